"""`ionweld project`: what a project folder holds, what it says, and whether it is intact."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ionweld.cli.output import JsonFlag, OutFolder, emit, emit_json, progress, say
from ionweld.wording import many

if TYPE_CHECKING:
    from ionweld.lab.folder import ProjectFolder
    from ionweld.lab.verify import Rebuilt, Verified

app = typer.Typer(help="What a project folder holds, and whether it is intact.", no_args_is_help=True)
ProjectOption = Annotated[Path, typer.Option("--project", help="The project folder; the current one if left out.")]

_NOT_ALL = 2  # some input is wrong: the lines above say which, and how to mend it
_OTHER_VALUES = 1


@app.command("list")
def list_(project: ProjectOption = Path(), json: JsonFlag = False) -> None:
    """List cells, measurements and what is still to be asked."""
    from ionweld.lab.catalog import summary
    from ionweld.lab.folder import open_project

    document = summary(open_project(project))
    if json:
        emit_json(document)
        return
    from ionweld.read.find import shown

    width = max((len(item["kind"]) for item in document["measurements"]), default=0)
    for cell in [*document["cells"], {"name": "not assigned to a cell", "treatment": "", "replicate": ""}]:
        name = None if cell["treatment"] == "" else cell["name"]
        emit(f"{cell['name']}  {cell['treatment']} {cell['replicate']}".rstrip())
        for item in (item for item in document["measurements"] if item["cell"] == name):
            size = f"{item['kind']:{width}}  {item['rows']:>8} rows"
            emit(f"  {item['sha256'][:12]}  {size}  {shown(item['name'])}  {item['state'] or ''}".rstrip())
    for ask in document["asks"]:
        emit(f"asked: {ask['where']}: {ask['missing']}. {ask['how']}")


@app.command()
def assign(
    table: Annotated[Path, typer.Argument(help="csv or xlsx, one row per file: file, cell, treatment, area, mass ...")],
    project: ProjectOption = Path(),
    json: JsonFlag = False,
) -> None:
    """Say which file belongs to which cell, and what the cells are, in one table; what is missing is asked per group."""
    import sys

    from ionweld.lab.assign import assign_table
    from ionweld.lab.catalog import lay_out, refresh
    from ionweld.lab.folder import open_project

    home = open_project(project)
    given = assign_table(home, table)
    if not json and sys.stdin.isatty():
        _ask(home)
    refresh(home)
    asks = lay_out(home).assigned.asks
    if json:
        found = {"rows": given.rows, "new_treatments": given.new_treatments, "unused_columns": given.unused}
        emit_json({"project": str(home.folder), **found, "asks": asks})
        return
    emit(f"{many(given.rows, 'row')} written into {home.cells}")
    if given.unused:
        emit(f"not used: {', '.join(map(repr, given.unused))}, no columns of a table of cells")
    for name in given.new_treatments:
        emit(f'new treatment: {name} (say what it is in project.toml: {name} = "...")')
    for ask in asks:
        emit(f"asked: {ask.where}: {ask.missing}. {ask.how}")


def _ask(home: "ProjectFolder") -> None:
    """Ask a person at the terminal for each missing thing, once for all cells of a group; an empty answer leaves it."""
    from ionweld.errors import InputError
    from ionweld.lab.catalog import lay_out
    from ionweld.lab.cells import EXAMPLES
    from ionweld.lab.edit import change

    for ask in lay_out(home).assigned.asks:
        while ask.cells and ask.missing in EXAMPLES:
            question = f"{ask.missing} of {ask.where.removeprefix('cells.toml: ')}, such as {EXAMPLES[ask.missing]}"
            answer = typer.prompt(question, default="", show_default=False, err=True).strip().strip('"')
            try:
                if answer:
                    said = {"do": "set", "key": ask.missing, "value": answer}
                    change(home, [said | {"cell": name} for name in ask.cells])
                break
            except InputError as error:
                say(str(error))


@app.command()
def report(project: ProjectOption = Path(), out: OutFolder = None, json: JsonFlag = False) -> None:
    """Compare the treatments: figures, effects with intervals, events with evidence, in one HTML file."""
    from ionweld.lab.catalog import lay_out
    from ionweld.lab.compare import compare
    from ionweld.lab.folder import open_project
    from ionweld.measurement.store import prove_folder
    from ionweld.report.comparison import write_report

    home = open_project(project)
    folder = prove_folder(out or home.folder / "report")
    laid = lay_out(home)
    with progress("cells", len(laid.description.cells)) as bar:
        found = compare(laid, bar.advance)
    document = write_report(found, home.folder, folder)
    emit_json(document) if json else _tell_report(document, folder / "report.html")


def _tell_report(document: dict[str, Any], report: Path) -> None:
    for warning in document["warnings"]:
        emit(warning)
    for group in document["groups"]:
        emit(f"{group['treatment']}, {group['design']}: n = {group['n']}")
        for cell in group["cells"]:
            for test in cell["tests"]:
                told = ", ".join(
                    f"cycle {event['cycle']} {event['kind']} ({event['sign']})" for event in test["events"]
                )
                emit(f"  {cell['name']}: {many(len(test['cycles']), 'cycle')}{'; ' if told else ''}{told}")
    for effect in document["effects"]:
        known = effect["low"] is not None
        interval = f"{effect['low']:.3g} to {effect['high']:.3g} (95 %)" if known else effect["method"]
        sign = "/" if effect["kind"] == "ratio" else "-"
        emit(
            f"{effect['design']}: {effect['quantity']}, {effect['other']} {sign} {effect['baseline']}: {effect['value']:.3g}; {interval}"
        )
    for ask in document["asks"]:
        emit(f"asked: {ask['where']}: {ask['missing']}. {ask['how']}")
    emit(f"report: {report}")


@app.command()
def verify(project: ProjectOption = Path(), json: JsonFlag = False) -> None:
    """Hash every stored byte again; say what is damaged and what to repeat."""
    from ionweld.lab.folder import open_project
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
    state = f"{many(len(found.damages), 'damage')}" if found.damages else "clean"
    emit(f"{state}: {found.raw_files} raw and {found.derived_files} derived files hashed")


@app.command()
def rebuild(
    project: ProjectOption = Path(),
    accept_changes: Annotated[
        bool, typer.Option("--accept-changes", help="Take values that differ from those on record.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Derive everything again from the raw files, and compare."""
    from ionweld.lab.folder import open_project
    from ionweld.lab.verify import raw_size
    from ionweld.lab.verify import rebuild as work

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
    from ionweld.read.find import shown

    for item in done:
        emit(f"{item.outcome:15} {item.sha256[:12]}  {shown(item.name)}")
        for fault in item.faults:
            emit(f"{'':15} {fault}")
    if any(item.outcome == "values differ" for item in done):
        say("failed: this version gives other values than those on record, which were kept")
        say("if the new values are right, run again with --accept-changes")
