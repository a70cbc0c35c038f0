"""`ionweld ingest PATH... --project DIR`: files into a project folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ionweld.cli.output import JsonFlag, emit, emit_json, progress, say

if TYPE_CHECKING:
    from ionweld.lab.ingest import Ingested, Stored

_NOT_ALL = 2  # some input is wrong: the lines above say which, and how to mend it


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders of instrument files.", metavar="PATH...")],
    project: Annotated[Path, typer.Option("--project", help="The project folder; made if it is not there.")],
    description: Annotated[
        Path | None,
        typer.Option("--description", help="A TOML file that says how to read csv files of no known format."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Store instrument files in a project folder: raw bytes under their hash, and what readers make of them."""
    from ionweld.lab.find import find_files
    from ionweld.lab.ingest import ingest as work
    from ionweld.lab.layout import begin_project

    home = begin_project(project)
    found = find_files(paths, home)
    with progress("read, bytes", found.size) as bar:
        done = work(found, home, description, bar.advance, say)
    emit_json(_ingest_document(home.folder, done)) if json else _tell_ingest(home.folder, done)
    if done.unreadable:
        raise typer.Exit(_NOT_ALL)


def _ingest_document(folder: Path, done: "Ingested") -> dict[str, Any]:
    return {
        "project": str(folder),
        "stored": [_stored_document(item) for item in done.stored],
        "unreadable": [{"source": item.source, "faults": list(item.faults)} for item in done.unreadable],
        "skipped": done.skipped,
    }


def _stored_document(item: "Stored") -> dict[str, Any]:
    record = item.record
    return {
        "source": item.source,
        "status": item.status,
        "sha256": record.sha256,
        "name": record.name,
        "reader": record.reader,
        "measurements": [
            {"id": part.id, "kind": part.kind, "file": f"data/{part.file}", "rows": part.rows, "sweeps": part.sweeps}
            for part in record.derived
        ],
        "warnings": record.warnings,
        "ingest": record.ingest,
    }


def _tell_ingest(folder: Path, done: "Ingested") -> None:
    for item in done.stored:
        if Path(item.source).name != item.record.name:
            emit(f"{Path(item.source).name} has the same bytes as")
        held = ", ".join(f"{part.kind} {part.rows} rows" for part in item.record.derived)
        emit(f"{item.status:15} {item.record.sha256[:12]}  {item.record.name}  ({held}; {item.record.reader})")
        for warning in item.record.warnings:
            emit(f"{'':15} warning: {warning}")
    emit(f"{len(done.stored)} files in {folder}, {len(done.unreadable)} not readable")
    if done.skipped:
        emit(f"passed over: {', '.join(done.skipped)}")
    emit("`ionweld project list` says what is still to be told about the cells")
