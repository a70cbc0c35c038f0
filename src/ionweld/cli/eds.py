"""`ionweld eds`: element maps."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    from dataclasses import replace

    from ionweld.analyse.eds.profile import eds_profile
    from ionweld.read.eds import read_maps
    from ionweld.read.sem import parse_scale

    measured = read_maps(maps)
    if scale:
        measured = replace(measured, scale=parse_scale(scale))
    result = eds_profile(measured, parse_fractions(layer, "--layer"), not flat, background or None)
    if json:
        emit_json({"files": [str(path) for path in maps], **document(result), "ingest": measured.ingest})
    else:
        _print(result)


def document(result: "EdsResult") -> dict[str, Any]:
    """Return the JSON document of the profiles."""
    return {
        "layer_px": result.layer_px,
        "position_px": result.position_px,
        "position_um": None if result.position_m is None else result.position_m * 1e6,
        "lines": result.profiles,
        "warnings": result.warnings,
    }


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
