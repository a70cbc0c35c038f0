"""`ionweld look PATH...`: what a file is, three numbers, one figure, and the verb that goes on."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ionweld.cli.output import JsonFlag, emit, emit_json, progress, say

if TYPE_CHECKING:
    from ionweld.api.looking import Seen

_NOT_ALL = 2


def look(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders, zip archives too.", metavar="PATH...")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the figures; without it, a new temporary folder.")
    ] = None,
    technique: Annotated[
        str | None, typer.Option("--as", help="Take the files for this: cycling, eis, xrd, ftir, xps, sem, eds.")
    ] = None,
    area: Annotated[
        str | None,
        typer.Option("--area", help='Of the cell, where a file has currents or impedances per area: "0.785 cm^2".'),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Say what files are: instrument, three numbers, one figure, and how to go on."""
    from tempfile import TemporaryDirectory, mkdtemp

    from ionweld.api.looking import look_at, refused
    from ionweld.api.quantities import positive
    from ionweld.measurement.store import ensure_folder
    from ionweld.read.find import find_files
    from ionweld.report.figure import house_style

    area_m2 = positive(area, "m^2", "--area")
    found = find_files(paths)
    figures = ensure_folder(out or Path(mkdtemp(prefix="ionweld-look-")))
    items = [_item(refused(refusal), figures) for refusal in found.refused]
    with TemporaryDirectory() as desk, house_style(), progress("files", len(found.files)) as bar:
        for file in found.files:
            items += [_item(seen, figures) for seen in look_at(file, Path(desk), technique, area_m2)]
            bar.advance()
    if json:
        emit_json({"items": items, "skipped": found.skipped, "figures": str(figures)})
    else:
        _print(items, figures)
    if any(item["kind"] == "not read" for item in items):
        raise typer.Exit(_NOT_ALL)


def _item(seen: "Seen", figures: Path) -> dict[str, Any]:
    """Return what is to be said of one file, its figure written."""
    from ionweld.report.files import write_glance

    item = {
        "path": seen.path,
        "kind": seen.kind,
        "instrument": seen.instrument,
        "numbers": [{"name": n.name, "value": n.value, "unit": n.unit, "why": n.why} for n in seen.numbers],
        "warnings": list(seen.warnings),
        "next": seen.next,
        "figure": None,
    }
    if seen.glance is not None and seen.technique is not None:
        item["figure"] = write_glance(seen.glance, seen.name, seen.technique, figures)
    return item


def _print(items: list[dict[str, Any]], figures: Path) -> None:
    from ionweld.report.glance import GlanceNumber

    for item in items:
        reader = f", {item['instrument']}" if item["instrument"] else ""
        emit(f"{item['path']}: {item['kind']}{reader}")
        for number in item["numbers"]:
            emit(f"  {GlanceNumber(**number)}")
        for warning in item["warnings"]:
            emit(f"  warning: {warning}")
        if item["figure"]:
            emit(f"  figure: {item['figure']}")
        if item["next"]:
            emit(f"  next: {item['next']}")
    if any(item["figure"] for item in items):
        say(f"figures: {figures}")
