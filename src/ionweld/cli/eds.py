"""`ionweld eds`: element maps."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ionweld.cli.output import JsonFlag, emit, emit_json
from ionweld.cli.sem import parse_fractions

if TYPE_CHECKING:
    from ionweld.analyse.eds.profile import EdsResult, LineProfile

app = typer.Typer(help="Element maps (EDS).", no_args_is_help=True)


@app.callback()
def root() -> None:
    """Element maps (EDS)."""


@app.command("profile")
def profile(
    maps: Annotated[list[Path], typer.Argument(help="One map of counts per line (F_Ka.csv, O.tif ...), or one .bcf.")],
    layer: Annotated[str, typer.Option("--layer", help="Edges of the layer in fractions of the picture: 0.45,0.55.")],
    flat: Annotated[bool, typer.Option("--flat", help="The layer runs from left to right.")] = False,
    background: Annotated[
        str, typer.Option("--background", help="Map of the continuum (named continuum...), taken off each line.")
    ] = "",
    scale: Annotated[str, typer.Option("--scale", help='Length of a pixel, such as "50 nm/px".')] = "",
    json: JsonFlag = False,
) -> None:
    """Compare each line's counts within and outside a layer: counting errors, overlaps, no atomic percent."""
    from ionweld.api.eds import profile_eds

    edges = parse_fractions(layer, "--layer")
    found = profile_eds(maps, layer=edges, upright=not flat, background=background or None, scale=scale or None)
    if json:
        document = found.to_dict()
        del document["file"]
        emit_json({"files": [str(path) for path in maps], **document})
    else:
        _print(found.found)


@app.command("spectrum")
def spectrum(
    file: Annotated[Path, typer.Argument(help="EMSA/MAS text (.msa, .emsa), or Bruker .spx.")],
    out: Annotated[Path | None, typer.Option("--out", help="Write the spectrum with its continuum as a table.")] = None,
    json: JsonFlag = False,
) -> None:
    """Say which X-ray lines a spectrum shows: net counts with counting errors, overlaps, no atomic percent."""
    import polars as pl

    from ionweld.analyse.eds.spectrum import spectrum_lines
    from ionweld.measurement.store import write_table
    from ionweld.read.eds_spectrum import read_xray_spectrum

    measured = read_xray_spectrum(file)
    found = spectrum_lines(measured)
    if out is not None:
        columns = {"Energy / keV": measured.energy_keV, "Counts / 1": measured.counts, "Continuum / 1": found.continuum}
        write_table(out, pl.DataFrame(columns))
    if json:
        known = {"live_time_s": measured.live_time_s, "beam_keV": measured.beam_keV, "ingest": measured.ingest}
        emit_json({"file": str(file), "lines": found.lines, "warnings": found.warnings, **known})
        return
    for one in found.lines:
        if one.seen:
            emit(f"  {one.line:6s} {one.energy_keV:7.3f} keV  {one.net_counts:10.0f} +- {one.stderr:.0f} counts")
            for overlap in one.overlaps:
                emit(f"         ! {overlap}")
    for warning in (*(measured.ingest.warnings if measured.ingest else ()), *found.warnings):
        emit(f"  ! {warning}")


def _print(result: "EdsResult") -> None:
    emit("counts per pixel   within the layer      outside            within/outside (95 %)")
    for one in result.profiles:
        emit(
            f"  {one.line:14s} {one.layer_per_pixel:8.3f} +- {one.layer_stderr:.3f}  {one.outside_per_pixel:8.3f} +- "
            f"{one.outside_stderr:.3f}  {_ratio(one):22s} {one.verdict}"
        )
    for warning in result.warnings:
        emit(f"  ! {warning}")


def _ratio(one: "LineProfile") -> str:
    best = "" if one.ratio is None else f"{one.ratio:.2f} "
    if one.ratio_high is None:
        return f"{best}(above {one.ratio_low:.2f})" if one.ratio_low > 0 else f"{best}(not known)"
    return f"{best}({one.ratio_low:.2f} to {one.ratio_high:.2f})"
