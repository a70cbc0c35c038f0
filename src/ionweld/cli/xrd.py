"""`ionweld xrd`: powder diffraction."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ionweld.cli.output import JsonFlag, Seed, SimulatedFile, emit, emit_json, hand_over, refuse_existing, say
from ionweld.cli.own_materials import HostOption, host_of

if TYPE_CHECKING:
    from ionweld.analyse.xrd import PhaseResult, XrdResult
    from ionweld.measurement.pattern import Diffractogram
    from ionweld.simulate.xrd import Diffractometer, PhaseAmount
    from ionweld.spec.crystal import Phase

app = typer.Typer(help="Powder diffraction.", no_args_is_help=True)


@app.callback()
def root() -> None:
    """Powder diffraction."""


@app.command("fit")
def fit(
    file: Annotated[Path, typer.Argument(help="Diffractogram: .xrdml, .rasx, or text columns.")],
    electrolyte: HostOption = "Li2OHCl",
    phases: Annotated[
        str,
        typer.Option(help="Names of the library and .cif files, separated by commas; else those of the electrolyte."),
    ] = "",
    wavelength: Annotated[
        str,
        typer.Option("--wavelength", help="Tube (Cu, Co, Mo ...), or angstrom: one number, or K-alpha-1,K-alpha-2."),
    ] = "",
    report: Annotated[Path | None, typer.Option("--report", help="Write an HTML report to this file.")] = None,
    json: JsonFlag = False,
) -> None:
    """Fit the whole pattern: which phases, how much, with which cell, and upper limits for what is not there."""
    from ionweld.analyse.xrd import fit_pattern
    from ionweld.read.xrd import read_diffractogram
    from ionweld.read.xrd.wavelength import parse_radiation

    pattern = read_diffractogram(file, parse_radiation(wavelength) if wavelength else None)
    wanted = parse_phases(phases) if phases else phases_of_host(electrolyte)
    result = fit_pattern(pattern, wanted)
    if report is not None:
        _write_report(report, pattern, result)
    if json:
        emit_json(document(file, pattern, result))
    else:
        _print(pattern, result)


@app.command("simulate")
def simulate(
    phases: Annotated[
        str, typer.Option("--phases", help='Shares of the mass: "Li2OHCl=97 %, LiOH=3 %"; also .cif files.')
    ],
    wavelength: Annotated[str, typer.Option("--wavelength", help="Tube: Cu, Co, Mo ...")],
    out: SimulatedFile,
    counts: Annotated[int, typer.Option("--counts", min=1, max=10**9, help="Height of the strongest line.")] = 1500,
    low: Annotated[str, typer.Option("--low", help="Lowest 2 theta.")] = "15 deg",
    high: Annotated[str, typer.Option("--high", help="Highest 2 theta.")] = "65 deg",
    step: Annotated[str, typer.Option("--step", help="From point to point.")] = "0.02 deg",
    displacement: Annotated[
        str, typer.Option("--displacement", help="Shift of the lines by the sample's height.")
    ] = "0 deg",
    texture: Annotated[str, typer.Option("--texture", help="Scatter of line heights from uneven grains.")] = "0 %",
    seed: Seed = 0,
    json: JsonFlag = False,
) -> None:
    """Write the diffractogram of a known mixture of phases, with the noise and the hump of an instrument."""
    from dataclasses import asdict

    from ionweld.cli.numbers import together
    from ionweld.simulate.xrd import as_xy, diffractogram

    _, sample, instrument = together(
        lambda: refuse_existing(out),
        lambda: _sample(phases),
        lambda: _instrument(wavelength, counts, (low, high, step), displacement, texture),
    )
    pattern = diffractogram(sample, instrument, seed, out.stem)
    shares = {part.phase.name: part.mass_fraction for part in sample}
    about = {"mass_fraction": shares, "instrument": asdict(instrument), "seed": seed}
    mixture = ", ".join(f"{name} {100 * share:g} %" for name, share in shares.items())
    hand_over(out, as_xy(pattern, about), pattern.provenance, about, f"{mixture} of the mass", json)


def _sample(text: str) -> list["PhaseAmount"]:
    from ionweld.cli.numbers import amounts_of, named_numbers, together
    from ionweld.simulate.xrd import PhaseAmount

    example = "Li2OHCl=97 %, LiOH=3 %"
    names = ",".join(named_numbers(text, {}, "--phases", example))
    shares, found = together(lambda: amounts_of(text, "--phases", example, whole=True), lambda: parse_phases(names))
    return [PhaseAmount(phase, share) for phase, share in zip(found, shares.values(), strict=True)]


def _instrument(
    tube: str, counts: int, angles: tuple[str, str, str], displacement: str, texture: str
) -> "Diffractometer":
    from ionweld.cli.numbers import between, scan_of, together
    from ionweld.simulate.xrd import Diffractometer

    _, steps, shift, uneven = together(
        lambda: _check_tube(tube),
        lambda: scan_of(angles, "degree", (1.0, 170.0)),
        lambda: between(displacement, "degree", "--displacement", -1.0, 1.0),
        lambda: between(texture, "1", "--texture", 0.0, 1.0),
    )
    return Diffractometer(tube, steps, float(counts), displacement_deg=shift, texture=uneven)


def _check_tube(tube: str) -> None:
    from ionweld.errors import Fault, InputError
    from ionweld.spec.crystal import tubes

    if tube not in tubes():
        raise InputError(
            Fault("--wavelength", f"{tube!r} is no tube of the library", f"Choose of {', '.join(tubes())}")
        )


def parse_phases(text: str) -> list["Phase"]:
    """Return the phases that a comma-separated list names; a name that ends in .cif is a file."""
    from ionweld.cli.numbers import together
    from ionweld.errors import Fault, SpecError

    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise SpecError(Fault("--phases", "is empty", "Name phases, for example --phases Li2OHCl,LiOH"))
    found = together(*(partial(_phase_of, name) for name in names))
    unique = {phase.name: phase for phase in found}
    if len(unique) < len(found):
        raise SpecError(Fault("--phases", f"{text!r} names a phase twice", "Give each phase once; rename a CIF file"))
    return list(unique.values())


def phases_of_host(electrolyte: str) -> list["Phase"]:
    """Return the phases that the file of an electrolyte names; .cif files lie beside it."""
    from ionweld.read.cif import read_cif
    from ionweld.spec.crystal import phase_for
    from ionweld.spec.entry import appearance_of

    host = host_of(electrolyte)
    names = appearance_of(host).phase_names
    folder = Path(host.file).parent
    return [read_cif(folder / name) if name.lower().endswith(".cif") else phase_for(name, host) for name in names]


def _phase_of(name: str) -> "Phase":
    from ionweld.read.cif import read_cif
    from ionweld.spec.crystal import library_phase

    return read_cif(Path(name)) if name.lower().endswith(".cif") else library_phase(name)


def document(file: Path, pattern: "Diffractogram", result: "XrdResult") -> dict[str, Any]:
    """Return the JSON document of a fit."""
    radiation = pattern.radiation
    return {
        "file": str(file),
        "reader": pattern.ingest.reader if pattern.ingest else None,
        "points": len(pattern.counts),
        "wavelength_angstrom": [radiation.kalpha1, radiation.kalpha2] if radiation else None,
        "wavelength_from": radiation.origin if radiation else None,
        "phases": [_phase(item) for item in result.phases],
        "quality": result.quality,
        "symmetry": {"cubic_odds": result.cubic_odds},
        "displacement_deg": result.displacement_deg,
        "displacement_stderr_deg": result.displacement_stderr_deg,
        "hump_deg": result.hump_deg,
        "hump_stderr_deg": result.hump_stderr_deg,
        "warnings": [*result.warnings, *(pattern.ingest.warnings if pattern.ingest else ())],
        "ingest": pattern.ingest,
    }


def _phase(item: "PhaseResult") -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(item)


def _print(pattern: "Diffractogram", result: "XrdResult") -> None:
    quality = result.quality
    left = f"Rwp {100 * quality.rwp:.1f} %, {100 * quality.unexplained:.0f} % unexplained"
    emit(f"{pattern.label}: {quality.verdict} ({left})")
    emit(f"{'phase':12s} {'share of mass':22s} {'cell / angstrom':40s}")
    for item in result.phases:
        emit(f"{item.phase:12s} {_share(item):22s} {_cell(item)}")
    if result.cubic_odds is not None:
        emit(f"odds of a cubic against an orthorhombic cell: {result.cubic_odds:.3g}")
    for warning in result.warnings:
        say(f"note: {warning}")


def _share(item: "PhaseResult") -> str:
    if item.present and item.fraction is not None:
        error = "" if item.fraction_stderr is None else f" +- {100 * item.fraction_stderr:.1f}"
        return f"{100 * item.fraction:.1f}{error} %"
    if item.present:
        return "seen, no share"
    if item.upper_limit_95 is None:
        return "not seen, no limit"
    return f"< {100 * item.upper_limit_95:.2f} % (95 %)"


def _cell(item: "PhaseResult") -> str:
    if not item.present:
        return ""
    errors = item.cell_stderr or (None, None, None)
    pairs = zip(item.cell_angstrom, errors, strict=True)
    return "  ".join(f"{length:.4f}" + ("" if error is None else f" +- {error:.4f}") for length, error in pairs)


def _write_report(path: Path, pattern: "Diffractogram", result: "XrdResult") -> None:
    from ionweld.measurement.store import write_whole
    from ionweld.report.xrd import render_xrd

    write_whole(path, render_xrd(pattern, result))
    say(f"wrote {path}")
