"""`ionweld xrd`: powder diffraction."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ionweld.cli.output import (
    HostOption,
    JsonFlag,
    Seed,
    SimulatedFile,
    emit,
    emit_json,
    hand_over,
    refuse_existing,
    say,
)

if TYPE_CHECKING:
    from ionweld.analyse.xrd import PhaseResult, XrdResult
    from ionweld.api.xrd import PatternFit
    from ionweld.measurement.pattern import Diffractogram
    from ionweld.simulate.xrd import Diffractometer, PhaseAmount

app = typer.Typer(help="Powder diffraction.", no_args_is_help=True)


@app.callback()
def root() -> None:
    """Powder diffraction."""


@app.command("fit")
def fit(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Diffractogram: .xrdml, .rasx, .ras, .brml, .raw, .fxye, or text columns; several are a series."
        ),
    ],
    electrolyte: HostOption = "Li2OHCl",
    phases: Annotated[
        str,
        typer.Option(help="Names of the library and .cif files, separated by commas; else those of the electrolyte."),
    ] = "",
    wavelength: Annotated[
        str,
        typer.Option("--wavelength", help="Tube (Cu, Co, Mo ...), or angstrom: one number, or K-alpha-1,K-alpha-2."),
    ] = "",
    at: Annotated[
        list[str] | None,
        typer.Option(
            "--at", help='Of a series: where each pattern stands, "60 degC" or "30 min"; once per file, in order.'
        ),
    ] = None,
    standard: Annotated[
        Path | None, typer.Option("--standard", help="Pattern of a standard, which shows the instrument's line shape.")
    ] = None,
    standard_cell: Annotated[
        str, typer.Option("--standard-cell", help="The standard as a .cif with its certified cell.")
    ] = "",
    report: Annotated[Path | None, typer.Option("--report", help="Write an HTML report to this file.")] = None,
    json: JsonFlag = False,
) -> None:
    """Fit the whole pattern: which phases, how much, with which cell, and upper limits for what is not there."""
    from ionweld.api.xrd import PatternFit, fit_xrd, fit_xrd_series
    from ionweld.cli.series_output import print_series

    names = [name.strip() for name in phases.split(",") if name.strip()] if phases else None
    looked_for = None if phases else electrolyte
    known = _standard(standard, standard_cell)
    asked = {"phases": names, "electrolyte": looked_for, "wavelength": wavelength or None, "standard": known}
    found = fit_xrd(files[0], **asked) if len(files) == 1 and not at else fit_xrd_series(files, at=at or (), **asked)
    if report is not None:
        found.report(report)
        say(f"wrote {report}")
    if isinstance(found, PatternFit):
        _show(found, files[0], json)
    elif json:
        emit_json(found.to_dict() | {"files": [str(file) for file in files]})
    else:
        print_series(found, "mass_fraction", "share of the mass")


def _show(found: "PatternFit", file: Path, json: bool) -> None:
    if json:
        emit_json(found.to_dict() | {"file": str(file)})
        return
    _print(found.data, found.found, found.warnings)
    if found.instrument is not None:
        emit(found.instrument.said)


def _standard(pattern: Path | None, cell: str) -> tuple[Path, str] | None:
    from ionweld.errors import Fault, InputError

    if (pattern is None) != (not cell):
        mend = "Give --standard PATTERN and --standard-cell LaB6.cif together"
        raise InputError(Fault("--standard", "a standard needs its pattern and its cell", mend))
    return (pattern, cell) if pattern else None


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

    from ionweld.errors import together
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
    from ionweld.cli.numbers import amounts_of, named_numbers
    from ionweld.errors import together
    from ionweld.read.xrd.phases import phases_named
    from ionweld.simulate.xrd import PhaseAmount

    example = "Li2OHCl=97 %, LiOH=3 %"
    names = list(named_numbers(text, {}, "--phases", example))
    shares, found = together(lambda: amounts_of(text, "--phases", example, whole=True), lambda: phases_named(names))
    return [PhaseAmount(phase, share) for phase, share in zip(found, shares.values(), strict=True)]


def _instrument(
    tube: str, counts: int, angles: tuple[str, str, str], displacement: str, texture: str
) -> "Diffractometer":
    from ionweld.cli.numbers import between, scan_of
    from ionweld.errors import together
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


def _print(pattern: "Diffractogram", result: "XrdResult", warnings: Sequence[str]) -> None:
    quality = result.quality
    left = f"Rwp {100 * quality.rwp:.1f} %, {100 * quality.unexplained:.0f} % unexplained"
    emit(f"{pattern.label}: {quality.verdict} ({left})")
    emit(f"{'phase':12s} {'share of mass':22s} {'cell / angstrom':40s}")
    for item in result.phases:
        emit(f"{item.phase:12s} {_share(item):22s} {_cell(item)}")
    if result.cubic_odds is not None:
        emit(f"odds of a cubic against an orthorhombic cell: {result.cubic_odds:.3g}")
    for warning in warnings:
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
