"""`ionweld look PATH...`: what a file is, three numbers, one figure, and the verb that goes on."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ionweld.cli.output import JsonFlag, emit, emit_json, progress, say

if TYPE_CHECKING:
    from ionweld.read import Contents, LeftOut
    from ionweld.read.find import FoundFile, Refusal

_NOT_ALL = 2


def look(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders, zip archives too.", metavar="PATH...")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the figures; without it, a new temporary folder.")
    ] = None,
    technique: Annotated[
        str | None, typer.Option("--as", help="Take the files for this: cycling, eis, xrd, ftir, xps, sem, eds.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Say what files are: instrument, three numbers, one figure, and how to go on."""
    from tempfile import TemporaryDirectory, mkdtemp

    from ionweld.measurement.store import ensure_folder
    from ionweld.read.find import find_files
    from ionweld.report.figure import house_style

    found = find_files(paths)
    figures = ensure_folder(out or Path(mkdtemp(prefix="ionweld-look-")))
    items = [_refused(refusal) for refusal in found.refused]
    with TemporaryDirectory() as desk, house_style(), progress("files", len(found.files)) as bar:
        for file in found.files:
            items += _items(file, Path(desk), figures, technique)
            bar.advance()
    if json:
        emit_json({"items": items, "skipped": found.skipped, "figures": str(figures)})
    else:
        _print(items, figures)
    if any(item["kind"] == "not read" for item in items):
        raise typer.Exit(_NOT_ALL)


def _refused(refusal: "Refusal") -> dict[str, Any]:
    return _item(refusal.source, "not read", said=[str(fault) for fault in refusal.faults])


def _item(path: str, kind: str, instrument: str | None = None, said: Any = (), following: str = "") -> dict[str, Any]:
    return {
        "path": path,
        "kind": kind,
        "instrument": instrument,
        "numbers": [],
        "warnings": list(said),
        "next": following,
        "figure": None,
    }


def _items(file: "FoundFile", desk: Path, figures: Path, technique: str | None) -> Iterator[dict[str, Any]]:
    from ionweld.errors import InputError
    from ionweld.read import open_file, why_left_out
    from ionweld.read.find import on_disk

    try:
        with on_disk(file, desk) as path:
            try:
                for held in open_file(path, technique=technique):
                    yield _seen(file, held, figures)
            except InputError as error:
                yield _left_out(file, why_left_out(path, file.shown, error))
    except InputError as error:
        yield _item(file.shown, "not read", said=[str(fault) for fault in error.faults])


def _left_out(file: "FoundFile", left: "LeftOut") -> dict[str, Any]:
    return _item(file.shown, left.answer, said=[str(fault) for fault in left.faults], following=left.verb or "")


def _seen(file: "FoundFile", held: "Contents", figures: Path) -> dict[str, Any]:
    """Return what is to be said of one file, its figure written."""
    from shlex import quote

    from ionweld.report.files import write_glance
    from ionweld.report.glance import glance_at

    reports = [one.ingest for one in held.measurements if one.ingest is not None]
    warnings = list(dict.fromkeys(text for report in reports for text in report.warnings))
    place = f"'unpacked {file.name}'" if file.member else quote(str(file.path))
    item = _item(
        file.shown,
        held.technique.kind,
        reports[0].reader if reports else None,
        warnings,
        held.technique.next.replace("{file}", place),
    )
    found = glance_at(held.technique.name, held.measurements)
    if found is None:
        return item
    item["numbers"] = [
        {"name": one.name, "value": one.value, "unit": one.unit, "why": one.why} for one in found.numbers
    ]
    item["figure"] = write_glance(found, file.name, held.technique.name, figures)
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
