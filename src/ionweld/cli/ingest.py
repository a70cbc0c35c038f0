"""`ionweld ingest PATH... --project DIR`: files into a project folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ionweld.cli.output import JsonFlag, emit, emit_json, progress, say
from ionweld.wording import many

if TYPE_CHECKING:
    from ionweld.lab.ingest import Ingested

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
    from ionweld.lab.folder import begin_project, refuse_foreign
    from ionweld.lab.ingest import ingest as work
    from ionweld.read.find import find_files

    found = find_files(paths, refuse_foreign(project).folder)  # before anything is made: a wrong path makes no project
    home = begin_project(project)
    with progress("read, bytes", found.size) as bar:
        done = work(found, home, description, bar.advance, say)
    emit_json(document(home.folder, done, found.skipped)) if json else _tell(home.folder, done, found.skipped)
    if any(item.answer == "not read" for item in done):
        raise typer.Exit(_NOT_ALL)


def document(folder: Path, done: "list[Ingested]", skipped: tuple[str, ...]) -> dict[str, Any]:
    """Return the JSON document: one table of all files, and in full what is stored and what could not be read."""
    return {
        "project": str(folder),
        "files": [_row(item) for item in done],
        "stored": [_stored_document(item) for item in done if item.record is not None],
        "unreadable": [{"source": item.source, "faults": item.faults} for item in done if item.answer == "not read"],
        "skipped": skipped,
    }


def _row(item: "Ingested") -> dict[str, Any]:
    kinds = [part.kind for part in item.record.derived] if item.record else []
    said = [str(fault) for fault in item.faults] or (list(item.record.warnings) if item.record else [])
    return {
        "source": item.source,
        "answer": item.answer,
        "of": item.of,
        "kinds": kinds,
        "instrument": item.record.reader if item.record else None,
        "next": item.verb,
        "said": said,
    }


def _stored_document(item: "Ingested") -> dict[str, Any]:
    record = item.record
    assert record is not None
    return {
        "source": item.source,
        "status": {"same as": "already stored", "newer version of": "newer version"}.get(item.answer, item.answer),
        "sha256": record.sha256,
        "name": record.name,
        "also": record.also,
        "older_version": record.older_version,
        "reader": record.reader,
        "measurements": [
            {"id": part.id, "kind": part.kind, "file": f"data/{part.file}", "rows": part.rows, "sweeps": part.sweeps}
            for part in record.derived
        ],
        "warnings": record.warnings,
        "ingest": record.ingest,
    }


def _tell(folder: Path, done: "list[Ingested]", skipped: tuple[str, ...]) -> None:
    from ionweld.read.find import shown

    for item in done:
        emit(f"{item.answer:18}  {_shortened(item.source)}  {_about(item)}".rstrip())
        for warning in item.record.warnings if item.record and item.answer != "same as" else ():
            emit(f"{'':18}  warning: {warning}")
    counts = {
        answer: sum(item.answer == answer for item in done) for answer in dict.fromkeys(item.answer for item in done)
    }
    emit(f"{shown(folder)}: " + ", ".join(f"{count} {answer.removesuffix(' of')}" for answer, count in counts.items()))
    if skipped:
        emit(f"passed over: {', '.join(skipped)}")
    emit("`ionweld project list` says what is still to be told about the cells")


def _shortened(source: str) -> str:
    """Return the last two parts of a place: enough to know the file by."""
    return "/".join(Path(source).parts[-2:])


def _about(item: "Ingested") -> str:
    from ionweld.read.find import shown

    if item.verb:
        return f"({item.verb})"
    if item.record is None:
        return "(see above)" if item.faults else shown(item.of or "")
    held = ", ".join(f"{part.kind} {many(part.rows, 'row')}" for part in item.record.derived)
    other = f"{shown(item.of)}  " if item.of else ""
    return f"{other}({held}; {item.record.reader})"
