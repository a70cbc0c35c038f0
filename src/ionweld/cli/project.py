"""`ionweld ingest` and `ionweld project`: files into a project folder, and what the folder holds."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ionweld.cli.output import JsonFlag, OutFolder, emit, emit_json, progress, say

if TYPE_CHECKING:
    from ionweld.lab.ingest import Ingested, Stored
    from ionweld.lab.rebuild import Rebuilt
    from ionweld.lab.verify import Verified

app = typer.Typer(help="What a project folder holds, and whether it is intact.", no_args_is_help=True)
ProjectFolder = Annotated[Path, typer.Option("--project", help="The project folder; the current one if left out.")]

_NOT_ALL = 2  # some input is wrong: the lines above say which, and how to mend it
_OTHER_VALUES = 1


def register(root: typer.Typer) -> None:
    """Hang the verbs into the tree."""
    root.command("ingest")(ingest)
    root.add_typer(app, name="project")


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


@app.command("list")
def list_(project: ProjectFolder = Path(), json: JsonFlag = False) -> None:
    """List cells, measurements and what is still to be asked."""
    from ionweld.lab.catalog import summary
    from ionweld.lab.layout import open_project

    document = summary(open_project(project))
    if json:
        emit_json(document)
        return
    for cell in [*document["cells"], {"name": "not assigned to a cell", "treatment": "", "replicate": ""}]:
        name = None if cell["treatment"] == "" else cell["name"]
        emit(f"{cell['name']}  {cell['treatment']} {cell['replicate']}".rstrip())
        for item in (item for item in document["measurements"] if item["cell"] == name):
            size = f"{item['kind']:9}  {item['rows']:>8} rows"
            emit(f"  {item['sha256'][:12]}  {size}  {item['name']}  {item['state'] or ''}".rstrip())
    for ask in document["asks"]:
        emit(f"asked: {ask['where']}: {ask['missing']}")


@app.command()
def report(project: ProjectFolder = Path(), out: OutFolder = None, json: JsonFlag = False) -> None:
    """Compare the treatments: figures, effects with intervals, events with evidence, in one HTML file."""
    from ionweld.lab.collect import collect
    from ionweld.lab.compare import cell_count, compare
    from ionweld.lab.layout import open_project
    from ionweld.measurement.store import ensure_folder
    from ionweld.report.comparison import write_report

    home = open_project(project)
    folder = ensure_folder(out or home.folder / "report")
    with progress("cells", cell_count(collect(home))) as bar:
        found = compare(home, bar.advance)
    document = write_report(found, home.folder, folder)
    emit_json(document) if json else _tell_report(document, folder / "report.html")


def _tell_report(document: dict[str, Any], report: Path) -> None:
    for group in document["groups"]:
        emit(f"{group['treatment']}, {group['design']}: n = {group['n']}")
        for cell in group["cells"]:
            for test in cell["tests"]:
                told = ", ".join(
                    f"cycle {event['cycle']} {event['kind']} ({event['sign']})" for event in test["events"]
                )
                emit(f"  {cell['name']}: {len(test['cycles'])} cycles{'; ' if told else ''}{told}")
    for effect in document["effects"]:
        known = effect["low"] is not None
        interval = f"{effect['low']:.3g} to {effect['high']:.3g} (95 %)" if known else effect["method"]
        sign = "/" if effect["kind"] == "ratio" else "-"
        emit(
            f"{effect['design']}: {effect['quantity']}, {effect['other']} {sign} {effect['baseline']}: {effect['value']:.3g}; {interval}"
        )
    for ask in document["asks"]:
        emit(f"asked: {ask['where']}: {ask['missing']}")
    emit(f"report: {report}")


@app.command()
def verify(project: ProjectFolder = Path(), json: JsonFlag = False) -> None:
    """Hash every stored byte again; say what is damaged and what to repeat."""
    from ionweld.lab.layout import open_project
    from ionweld.lab.verify import raw_size
    from ionweld.lab.verify import verify as check

    home = open_project(project)
    with progress("hashed, bytes", raw_size(home)) as bar:
        found = check(home, bar.advance)
    if json:
        emit_json({"project": str(home.folder), "clean": not found.damages} | _verify_document(found))
    else:
        _tell_verify(found)
    if found.damages:
        raise typer.Exit(_NOT_ALL)


def _verify_document(found: "Verified") -> dict[str, Any]:
    return {
        "raw_files": found.raw_files,
        "derived_files": found.derived_files,
        "damages": list(found.damages),
        "left_over": found.left_over,
        "notes": found.notes,
    }


def _tell_verify(found: "Verified") -> None:
    for damage in found.damages:
        emit(f"{damage.what}: {damage.where}: {damage.seen}\n  repeat: {damage.repeat}")
    for note in found.notes:
        emit(f"note: {note}")
    state = f"{len(found.damages)} damages" if found.damages else "clean"
    emit(f"{state}: {found.raw_files} raw and {found.derived_files} derived files hashed")


@app.command()
def rebuild(
    project: ProjectFolder = Path(),
    accept_changes: Annotated[
        bool, typer.Option("--accept-changes", help="Take values that differ from those on record.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Derive everything again from the raw files, and compare."""
    from ionweld.lab.layout import open_project
    from ionweld.lab.rebuild import rebuild as work
    from ionweld.lab.verify import raw_size

    home = open_project(project)
    with progress("rebuilt, bytes", raw_size(home)) as bar:
        done = work(home, bar.advance, accept_changes)
    if json:
        emit_json({"project": str(home.folder), "rebuilt": done})
    else:
        _tell_rebuild(done)
    outcomes = {item.outcome for item in done}
    if "not rebuilt" in outcomes:
        raise typer.Exit(_NOT_ALL)
    if "values differ" in outcomes:
        raise typer.Exit(_OTHER_VALUES)


def _tell_rebuild(done: "list[Rebuilt]") -> None:
    for item in done:
        emit(f"{item.outcome:15} {item.sha256[:12]}  {item.name}")
        for fault in item.faults:
            emit(f"{'':15} {fault}")
    if any(item.outcome == "values differ" for item in done):
        say("failed: this version gives other values than those on record, which were kept")
        say("if the new values are right, run again with --accept-changes")
