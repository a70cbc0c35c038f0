"""`ionweld sem`: micrographs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ionweld.cli.output import JsonFlag, emit, emit_json, say

if TYPE_CHECKING:
    from ionweld.analyse.sem.layers import SemResult

app = typer.Typer(help="Micrographs (SEM).", no_args_is_help=True)

_UM = 1e6


@app.callback()
def root() -> None:
    """Micrographs (SEM)."""


@app.command("measure")
def measure(
    image: Annotated[Path, typer.Argument(help="Cross section: png, jpg or tif.")],
    scale: Annotated[
        str, typer.Option("--scale", help='"100 nm/px" or "5 um = 312 px"; goes before what the file says.')
    ] = "",
    upright: Annotated[
        bool | None, typer.Option("--upright/--flat", help="Whether the layers run up and down; default: found out.")
    ] = None,
    between: Annotated[
        str, typer.Option("--between", help="Only the layer nearest to two positions across, in fractions: 0.3,0.4.")
    ] = "",
    edges: Annotated[
        str,
        typer.Option(
            "--edges",
            help="What an edge is: steepest, foot, top or ridge; two for first (left, upper) and second: ridge,steepest.",
        ),
    ] = "steepest",
    report: Annotated[Path | None, typer.Option("--report", help="Write an HTML report with the edges found.")] = None,
    json: JsonFlag = False,
) -> None:
    """Measure the thickness of layers or gaps, with roughness, the error of the edges and that of the scale."""
    from ionweld.api.sem import measure_sem

    ends = parse_fractions(between, "--between") if between else None
    found = measure_sem(image, scale=scale or None, upright=upright, between=ends, edges=edges)
    if report is not None:
        found.report(report)
        say(f"report: {report}")
    if json:
        emit_json(found.to_dict())
    else:
        _print(found.found)


def parse_fractions(text: str, where: str) -> tuple[float, float]:
    """Return the two fractions of a picture that "0.3,0.4" stands for, in order."""
    from ionweld.errors import Fault, InputError

    try:
        low, high = sorted(float(part) for part in text.split(","))
    except ValueError:
        low, high = 0.0, 0.0
    if not 0.0 <= low < high <= 1.0:
        mend = "Write two numbers between 0 and 1, for example 0.3,0.4"
        raise InputError(Fault(where, f"{text!r} is no pair of fractions", mend))
    return low, high


def _print(result: "SemResult") -> None:
    first, second = result.layers[0].edges
    taken = first if first == second else f"{first} (first), {second} (second)"
    emit(f"{result.metres_per_pixel * 1e9:.4g} nm per pixel ({result.scale_says}); edges: {taken}")
    for layer in result.layers:
        causes = f"edges {layer.edges_stderr_m * _UM:.3f}, scale {layer.scale_stderr_m * _UM:.3f}"
        place = f"at {layer.first_px.mean():.0f} to {layer.second_px.mean():.0f} px"
        emit(f"  {layer.thickness_m * _UM:8.3f} um +- {layer.stderr_m * _UM:.3f} ({causes}); {place}")
        emit(f"           roughness {layer.roughness_m * _UM:.3f} um; {layer.kind}")
    for warning in result.warnings:
        emit(f"  ! {warning}")
