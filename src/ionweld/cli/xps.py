"""`ionweld xps`: photoelectron spectra."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ionweld.cli.output import JsonFlag, Seed, SimulatedFile, emit, emit_json, hand_over, refuse_existing, say

if TYPE_CHECKING:
    from ionweld.analyse.xps.fit import XpsFit

app = typer.Typer(help="Photoelectron spectra (XPS).", no_args_is_help=True)


@app.callback()
def root() -> None:
    """Photoelectron spectra (XPS)."""


@app.command("fit")
def fit(
    files: Annotated[
        list[Path], typer.Argument(help="VAMAS, PHI .spe or csv; several files of one sample are joined.")
    ],
    species: Annotated[
        str, typer.Option("--species", help="Species to fit, separated by commas; default: what the data asks for.")
    ] = "",
    background: Annotated[
        Literal["shirley", "tougaard", "linear"], typer.Option("--background", help="Under the peaks.")
    ] = "shirley",
    region: Annotated[str, typer.Option("--region", help='Line of a region without a name, e.g. "C 1s".')] = "",
    sputtered: Annotated[
        bool | None, typer.Option("--sputtered/--not-sputtered", help="Whether the sample was sputtered.")
    ] = None,
    rinsed: Annotated[bool | None, typer.Option("--rinsed/--not-rinsed", help="Whether the sample was rinsed.")] = None,
    claim: Annotated[
        list[str] | None, typer.Option("--claim", help='An assignment to check, e.g. "LiCl Cl 2p 200.1".')
    ] = None,
    tables: Annotated[
        list[Path] | None,
        typer.Option(
            "--tables", help="TOML file with own species, doublets or a set of sensitivity factors; repeat for more."
        ),
    ] = None,
    elements: Annotated[
        str,
        typer.Option(
            "--elements", help="Elements to count whole, without species, in a survey or narrow scans: C,O,Zr."
        ),
    ] = "",
    levels: Annotated[
        bool, typer.Option("--levels", help="A depth profile: every line several times in a file, or a file per level.")
    ] = False,
    report: Annotated[Path | None, typer.Option("--report", help="Write an HTML report to this file.")] = None,
    json: JsonFlag = False,
) -> None:
    """Fit all regions jointly: one charge shift, doublets and stoichiometry tied, honest errors or none."""
    from ionweld.api.xps import fit_xps, fit_xps_levels

    found = (fit_xps_levels if levels else fit_xps)(
        files,
        species=_names(species),
        background=background,
        region=region or None,
        sputtered=sputtered,
        rinsed=rinsed,
        claims=claim or (),
        tables=tables or (),
        elements=_names(elements),
    )
    if report is not None:
        found.report(report)
        say(f"report: {report}")
    if json:
        emit_json(found.to_dict())
    else:
        _show(found)


def _show(found: Any) -> None:
    from ionweld.api.series import Series
    from ionweld.cli.series_output import print_series

    if isinstance(found, Series):
        print_series(found, "atomic_percent", "at.%")
    else:
        _print(found.found, found.warnings)


@app.command("simulate")
def simulate(
    amounts: Annotated[
        str, typer.Option("--amounts", help='Formula units of each species, in any ratio: "LiF=20, Li2CO3=40, C-C=17".')
    ],
    out: SimulatedFile,
    regions: Annotated[
        str, typer.Option("--regions", help='Lines to scan, such as "Li 1s,O 1s"; default: all that the species have.')
    ] = "",
    charge_shift: Annotated[str, typer.Option("--charge-shift", help="By which all lines are moved.")] = "0 eV",
    fwhm: Annotated[str, typer.Option("--fwhm", help="Width of every line.")] = "1.4 eV",
    time: Annotated[str, typer.Option("--time", help="How long each channel is counted.")] = "5 s",
    seed: Seed = 0,
    json: JsonFlag = False,
) -> None:
    """Write the spectra of a surface of known composition, with charging, backgrounds and counting noise."""
    from dataclasses import asdict

    from ionweld.cli.numbers import amounts_of, between
    from ionweld.errors import together
    from ionweld.simulate.surface import (
        atomic_percent,
        hundred_atoms,
        surface_lines,
        surface_peaks,
        surface_scans,
        surface_species,
    )
    from ionweld.simulate.xps import as_csv, simulate_xps

    _, found, lines, shift, width, dwell = together(
        lambda: refuse_existing(out),
        lambda: amounts_of(amounts, "--amounts", "LiF=20, Li2CO3=40, C-C=17", surface_species()),
        lambda: _lines(regions),
        lambda: between(charge_shift, "eV", "--charge-shift", -5.0, 5.0),
        lambda: between(fwhm, "eV", "--fwhm", 0.3, 4.0),
        lambda: between(time, "s", "--time", 0.01, 1000.0),
    )
    scans = surface_scans(lines or surface_lines(found), width, dwell, 1)
    measurement = simulate_xps(surface_peaks(hundred_atoms(found)), scans, shift, seed, out.stem)
    truth = atomic_percent(found)
    instrument = {"charge_shift_eV": shift, "scans": [asdict(scan) for scan in scans]}
    about = {"formula_units": found, "atomic_percent": truth, "instrument": instrument, "seed": seed}
    said = ", ".join(f"{name} {percent:.3g} at.%" for name, percent in truth.items())
    hand_over(out, as_csv(measurement, about), measurement.provenance, about, said, json)


def _names(text: str) -> list[str] | None:
    return [name.strip() for name in text.replace(";", ",").split(",") if name.strip()] or None


def _lines(text: str) -> tuple[str, ...]:
    """Return the lines that --regions names. Raises InputError for every one that the tables do not have."""
    from ionweld.errors import Fault, InputError
    from ionweld.spec.photoelectron import windows

    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    mend = f"Choose of {', '.join(windows())}"
    unknown = [Fault("--regions", f"{name!r} is not known", mend) for name in names if name not in windows()]
    if unknown:
        raise InputError(unknown)
    return names


def _print(result: "XpsFit", warnings: Sequence[str]) -> None:
    shift, quality = result.charge_shift_eV, result.quality
    if shift is not None:
        emit(f"charge shift {_with_error(shift.value, shift.stderr)} eV; reduced chi-square {quality.reduced_chi2:.2f}")
    emit(f"{result.background} background; sensitivity factors: {result.sensitivity_set}")
    for one in result.species:
        if one.detected:
            emit(f"  {one.name:18s} {_with_error(one.atomic_percent, one.stderr)} at.%   {', '.join(one.regions)}")
        else:
            limit = f"below {one.upper_limit_95:.2g} at.% (95 %)" if one.upper_limit_95 is not None else "not needed"
            emit(f"  {one.name:18s} {limit}")
    for line in result.lines:
        energy = line.binding_energy_eV
        split = (
            f", splitting {_with_error(line.splitting_eV.value, line.splitting_eV.stderr)}" if line.splitting_eV else ""
        )
        emit(f"  {line.species:18s} {line.line:6s} {_with_error(energy.value, energy.stderr)} eV{split}")
    for one in result.whole_lines:
        where = f"highest at {one.peak_eV:.1f} eV" if one.seen else "not seen"
        emit(f"  {one.element:18s} {one.line:6s} area {_with_error(one.area, one.area_stderr)}, {where}")
    for flag in warnings:
        emit(f"  ! {flag}")


def _with_error(value: float, error: float | None) -> str:
    return f"{value:.2f} +- {error:.2f}" if error is not None else f"{value:.2f}"
