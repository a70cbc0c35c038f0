"""`ionweld ftir`: infrared spectra."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ionweld.cli.output import JsonFlag, emit, emit_json, say

if TYPE_CHECKING:
    from ionweld.analyse.ftir import BandResult, FtirResult
    from ionweld.measurement.infrared import InfraredSpectrum, Ordinate

app = typer.Typer(help="Infrared spectra.", no_args_is_help=True)


@app.callback()
def root() -> None:
    """Infrared spectra."""


@app.command("fit")
def fit(
    file: Annotated[Path, typer.Argument(help="Spectrum: csv, JCAMP-DX, or OMNIC .spa.")],
    ordinate: Annotated[
        str, typer.Option("--as", help="What the numbers are: absorbance or transmittance, if the file does not say.")
    ] = "",
    report: Annotated[Path | None, typer.Option("--report", help="Write an HTML report to this file.")] = None,
    json: JsonFlag = False,
) -> None:
    """Fit the bands of Li2OHCl, LiOH, water and solvent residues: where, how large, and what would have been seen."""
    from ionweld.analyse.ftir import fit_infrared
    from ionweld.read.ftir import read_infrared

    spectrum = read_infrared(file, parse_ordinate(ordinate))
    result = fit_infrared(spectrum)
    if report is not None:
        _write_report(report, spectrum, result)
    if json:
        emit_json(document(file, spectrum, result))
    else:
        _print(spectrum, result)


def parse_ordinate(text: str) -> "Ordinate | None":
    """Return what --as names, or None when it is not given."""
    from ionweld.errors import Fault, InputError

    if text == "absorbance":
        return "absorbance"
    if text == "transmittance":
        return "transmittance"
    if text:
        raise InputError(Fault("--as", f"{text!r} is neither", "Write --as absorbance or --as transmittance"))
    return None


def document(file: Path, spectrum: "InfraredSpectrum", result: "FtirResult") -> dict[str, Any]:
    """Return the JSON document of a fit."""
    return {
        "file": str(file),
        "reader": spectrum.ingest.reader if spectrum.ingest else None,
        "recorded_as": spectrum.recorded_as,
        "points": len(spectrum.absorbance),
        "bands": list(result.bands),
        "lioh_share_of_OH": result.lioh_share,
        "quality": {
            "verdict": result.verdict,
            "regions": [
                {"name": region.name, "noise": region.noise, "misfit": region.misfit} for region in result.regions
            ],
        },
        "warnings": list(result.warnings),
        "ingest": spectrum.ingest,
    }


def _print(spectrum: "InfraredSpectrum", result: "FtirResult") -> None:
    emit(f"{spectrum.label}: {result.verdict} fit, recorded as {spectrum.recorded_as}")
    emit(f"{'band':48s} {'position / cm-1':20s} area / cm-1")
    for band in result.bands:
        emit(_line(band))
    if result.lioh_share is not None:
        share = result.lioh_share
        low, high = 100 * (share.low or 0.0), 100 * (share.high or 0.0)
        emit(f"LiOH, share of the O-H groups: {100 * share.value:.2f} % (95 %: {low:.2f} to {high:.2f} %)")
        say("note: equal band strength per O-H is assumed; measure a standard mixture to calibrate it")
    for warning in result.warnings:
        say(f"note: {warning}")


def _line(band: "BandResult") -> str:
    if band.detected and band.position_cm1 is not None and band.area is not None:
        place = f"{band.position_cm1:.2f} +- {band.stderr or 0.0:.2f}"
        return f"{band.assignment:48s} {place:20s} {band.area:.3f} +- {band.area_stderr or 0.0:.3f}"
    limit = "no limit" if band.upper_limit_95 is None else f"< {band.upper_limit_95:.3f} (95 %)"
    return f"{band.assignment:48s} {'not detected':20s} {limit}"


def _write_report(path: Path, spectrum: "InfraredSpectrum", result: "FtirResult") -> None:
    from ionweld.measurement.store import write_whole
    from ionweld.report.ftir import render_ftir

    write_whole(path, render_ftir(spectrum, result))
    say(f"wrote {path}")
