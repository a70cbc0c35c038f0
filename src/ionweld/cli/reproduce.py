"""`ionweld reproduce STUDY`: a published study, run again and set beside its numbers."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from ionweld.cli.output import JsonFlag, OutFolder, emit, emit_json, started


def reproduce(
    study: Annotated[str, typer.Argument(help="Name of a study that comes with ionweld, or the folder of your own.")],
    out: OutFolder = None,
    open_report: Annotated[bool, typer.Option("--open", help="Open the report in the browser.")] = False,
    recalibrate: Annotated[bool, typer.Option("--recalibrate", help="Calibrate from scratch, in minutes.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Run a published study again and set the results beside its numbers, hit or miss."""
    from ionweld.api.studies import reproduce as run

    folder = out or Path(f"ionweld-{Path(study).resolve().name}")
    with ExitStack() as bars:
        found = run(study, out=folder, recalibrate=recalibrate, progress=started(bars))
    if as_json:
        emit_json(found.to_dict())
    else:
        _print(found.to_dict(), folder / "report.html")
    if open_report:
        typer.launch((folder / "report.html").resolve().as_uri())


def _print(document: dict[str, Any], report: Path) -> None:
    if document["borrowed"]:
        emit(document["borrowed"])
    emit(f"{'quantity':<62} {'paper':>16} {'twin':>10}  verdict")
    for target in document["targets"]:
        unit = "" if target["unit"] == "1" else f" {target['unit']}"
        paper = f"{target['relation'].replace('=', '')} {target['paper']:.4g}{unit}".strip()
        verdict = ("holds" if target["holds"] else "MISS") + f" ({target['role']})"
        twin = "none" if target["twin"] is None else f"{target['twin']:.4g}"
        emit(f"{target['quantity'][:61]:<62} {paper:>16} {twin:>10}  {verdict}")
    emit(document["parameters_from"])
    emit(f"report: {report}")
