"""`ionweld ftir`: infrared spectra."""

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
    from ionweld.analyse.ftir import BandResult, FtirResult
    from ionweld.measurement.infrared import InfraredSpectrum
    from ionweld.simulate.ftir import Spectrometer

app = typer.Typer(help="Infrared spectra.", no_args_is_help=True)


@app.callback()
def root() -> None:
    """Infrared spectra."""


@app.command("fit")
def fit(
    file: Annotated[Path, typer.Argument(help="Spectrum: csv, JCAMP-DX, OMNIC .spa or Bruker OPUS.")],
    electrolyte: HostOption = "Li2OHCl",
    ordinate: Annotated[
        str, typer.Option("--as", help="What the numbers are: absorbance or transmittance, if the file does not say.")
    ] = "",
    bands: Annotated[
        list[Path] | None, typer.Option("--bands", help="TOML file with own bands and regions; repeat for more.")
    ] = None,
    report: Annotated[Path | None, typer.Option("--report", help="Write an HTML report to this file.")] = None,
    json: JsonFlag = False,
) -> None:
    """Fit the bands of an electrolyte, LiOH, water and solvent residues: where, how large, and what would have been seen."""
    from ionweld.api.ftir import fit_ftir
    from ionweld.read.ftir import parse_ordinate

    found = fit_ftir(file, electrolyte=electrolyte, ordinate=parse_ordinate(ordinate, "--as"), bands=bands or ())
    if report is not None:
        found.report(report)
        say(f"wrote {report}")
    if json:
        emit_json(found.to_dict() | {"file": str(file)})
    else:
        _print(found.data, found.found, found.warnings)


@app.command("simulate")
def simulate(
    out: SimulatedFile,
    amounts: Annotated[
        str, typer.Option("--amounts", help='Shares of the formula units: "Li2OHCl=97 %, LiOH=3 %".')
    ] = "",
    bands: Annotated[
        str, typer.Option("--bands", help='Further bands, by their area over that of pure Li2OHCl: "CH_symmetric=4 %".')
    ] = "",
    noise: Annotated[str, typer.Option("--noise", help="Standard deviation of the absorbance.")] = "0.001",
    low: Annotated[str, typer.Option("--low", help="Lowest wavenumber.")] = "700 1/cm",
    high: Annotated[str, typer.Option("--high", help="Highest wavenumber.")] = "4000 1/cm",
    step: Annotated[str, typer.Option("--step", help="From point to point.")] = "2 1/cm",
    seed: Seed = 0,
    json: JsonFlag = False,
) -> None:
    """Write the absorbance of a powder of known composition, with the noise and the baseline of an instrument."""
    from dataclasses import asdict

    from ionweld.errors import together
    from ionweld.simulate.ftir import InfraredSample, as_csv, band_areas, infrared_spectrum

    _, (shares, residue), instrument = together(
        lambda: refuse_existing(out), lambda: _sample(amounts, bands), lambda: _spectrometer(noise, (low, high, step))
    )
    areas = band_areas(shares, residue)
    spectrum = infrared_spectrum(InfraredSample(areas), instrument, seed, out.stem)
    about = {
        "share_of_formula_units": shares,
        "band_area_per_cm": areas,
        "instrument": asdict(instrument),
        "seed": seed,
    }
    said = ", ".join(f"{name} {area:.3g} cm-1" for name, area in areas.items())
    hand_over(out, as_csv(spectrum, about), spectrum.provenance, about, f"areas of bands: {said}", json)


def _sample(substances: str, further: str) -> list[dict[str, float]]:
    """Return the shares of substances and the areas of further bands. Raises InputError with every fault."""
    from ionweld.cli.numbers import amounts_of
    from ionweld.errors import Fault, InputError, together
    from ionweld.simulate.ftir import SUBSTANCES
    from ionweld.spec.infrared import bands

    if not substances and not further:
        raise InputError(Fault("--amounts", "nothing is in the sample", "Give --amounts, --bands, or both"))
    return together(
        lambda: (
            amounts_of(substances, "--amounts", "Li2OHCl=97 %, LiOH=3 %", SUBSTANCES, whole=True) if substances else {}
        ),
        lambda: amounts_of(further, "--bands", "CH_symmetric=4 %", bands()) if further else {},
    )


def _spectrometer(noise: str, wavenumbers: tuple[str, str, str]) -> "Spectrometer":
    from ionweld.cli.numbers import between, scan_of
    from ionweld.errors import together
    from ionweld.simulate.ftir import Spectrometer

    scatter, (low, high, step) = together(
        lambda: between(noise, "1", "--noise", 0.0, 1.0), lambda: scan_of(wavenumbers, "1/cm", (100.0, 10_000.0))
    )
    return Spectrometer((low, high), step, scatter)


def _print(spectrum: "InfraredSpectrum", result: "FtirResult", warnings: Sequence[str]) -> None:
    emit(f"{spectrum.label}: {result.verdict} fit, recorded as {spectrum.recorded_as}")
    emit(f"{'band':48s} {'position / cm-1':20s} area / cm-1")
    for band in result.bands:
        emit(_line(band))
    if result.lioh_share is not None:
        share = result.lioh_share
        low, high = 100 * (share.low or 0.0), 100 * (share.high or 0.0)
        emit(f"LiOH, share of the O-H groups: {100 * share.value:.2f} % (95 %: {low:.2f} to {high:.2f} %)")
        say("note: equal band strength per O-H is assumed; measure a standard mixture to calibrate it")
    for warning in warnings:
        say(f"note: {warning}")


def _line(band: "BandResult") -> str:
    if band.detected and band.position_cm1 is not None and band.area is not None:
        place = f"{band.position_cm1:.2f} +- {band.stderr or 0.0:.2f}"
        return f"{band.assignment:48s} {place:20s} {band.area:.3f} +- {band.area_stderr or 0.0:.3f}"
    limit = "no limit" if band.upper_limit_95 is None else f"< {band.upper_limit_95:.3f} (95 %)"
    return f"{band.assignment:48s} {'not detected':20s} {limit}"
