"""Bench: the cells of a project as cards: which file belongs to which, what was done to them, what is still asked."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from ionweld.errors import Fault, InputError
from ionweld.web.asked import AskedProject
from ionweld.web.desk import Desk, DeskHere
from ionweld.web.progress import Tell, by_parts, unheard
from ionweld.web.recipe import call, recipe
from ionweld.web.screens import Screen
from ionweld.wording import many

router = APIRouter()
SCREEN = Screen("bench", "Bench", "Say which file belongs to which cell, and what was done to it.", 20, router)
_MOST_EDITS = 500
_MOST_UNDONE = 100
Text = Annotated[str, Field(max_length=500)]


class TakeIn(AskedProject):
    """Files of the folder to be stored."""

    files: Annotated[list[Text], Field(min_length=1, max_length=5000)]


class Edit(BaseModel):
    """One change, as `Project.change` takes it."""

    do: Literal["add", "set", "assign", "say", "remove", "describe"]
    cell: Text | None = None
    file: Text | None = None
    treatment: Text | None = None
    key: Text | None = None
    value: Text | None = None


class AskedChange(AskedProject):
    """Changes of the sheet of that version."""

    version: Text
    edits: Annotated[list[Edit], Field(min_length=1, max_length=_MOST_EDITS)]


class Paste(AskedProject):
    """Rows from a spreadsheet: a head, then one row per file."""

    text: Annotated[str, Field(max_length=1_000_000)]


class Undo(AskedProject):
    """The last change of this page is to be undone; version: of the sheet that is seen."""

    version: Text


@router.post("/sheet")
async def sheet(asked: AskedProject, desk: DeskHere) -> dict[str, Any]:
    """Return what is said of the cells; begun: whether there is a project at all."""
    name = desk.project_name(asked.project)
    if name not in desk.projects():
        return {"project": name, "begun": False}
    return await _done(desk, name, "Reading the project", sheet_of)


@router.post("/take")
def take(asked: TakeIn, desk: DeskHere) -> dict[str, Any]:
    """Store files of the folder in the project, which is begun where there is none."""
    place = desk.new_place(desk.project_name(asked.project))
    paths = [str(desk.place(name)) for name in asked.files]
    return {
        "job": desk.crew.start(f"Storing {many(len(paths), 'file')}", stored, place=str(place), paths=paths).shown()
    }


@router.post("/change")
async def change(asked: AskedChange, desk: DeskHere) -> dict[str, Any]:
    """Make changes, all or none."""
    desk.refuse_read_only()
    edits = [one.model_dump(exclude_unset=True) for one in asked.edits]
    name = desk.project_name(asked.project)
    return await _done(desk, name, "Writing the project", changed, edits=edits, version=asked.version)


@router.post("/paste")
async def paste(asked: Paste, desk: DeskHere) -> dict[str, Any]:
    """Take a table as it was copied from a spreadsheet."""
    desk.refuse_read_only()
    return await _done(desk, desk.project_name(asked.project), "Writing the project", pasted, text=asked.text)


@router.post("/undo")
async def undo(asked: Undo, desk: DeskHere) -> dict[str, Any]:
    """Undo the last change that was made on this page."""
    desk.refuse_read_only()
    name = desk.project_name(asked.project)
    changes = desk.earlier.get(name, [])
    if not changes:
        raise InputError(Fault("", "There is nothing to undo", "Only changes of this run of the page can be undone"))
    _, before = changes[-1]
    found = await _done(desk, name, "Undoing", put_back, before=before, version=asked.version)
    changes.pop()
    return found | {"undoable": len(changes)}


async def _done(desk: Desk, name: str, title: str, what: Any, **arguments: Any) -> dict[str, Any]:
    """Have a short job done, remember what it replaced, and return the sheet as it is then."""
    place = str(desk.project(name).folder)
    found = await desk.crew.outcome(desk.crew.start(title, what, place=place, **arguments))
    before = found.pop("before", None)
    changes = desk.earlier.setdefault(name, [])
    if before is not None:
        changes.append((found["version"], before))
        del changes[:-_MOST_UNDONE]
    return found | {"project": name, "begun": True, "undoable": len(changes), "recipe": _recipe(place)}


def sheet_of(place: str) -> dict[str, Any]:
    """Return the sheet of a project."""
    import ionweld as iw

    return iw.Project.open(place).sheet()


def stored(place: str, paths: list[str], tell: Tell = unheard) -> dict[str, Any]:
    """Store files; return what became of each. tell: hears how far it is."""
    import warnings

    import ionweld as iw

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the table says the same of each file
        table = iw.Project.open(place).ingest(paths, progress=by_parts(tell))
    said = recipe(["ingest", *paths, "--project", place], call("iw.Project.open", place) + f".ingest({paths!r})")
    return {"files": table.to_dicts(), "recipe": said}


def changed(place: str, edits: list[dict[str, Any]], version: str) -> dict[str, Any]:
    """Change the sheet; return it as it is then, and what stood there before."""
    import ionweld as iw

    project = iw.Project.open(place)
    before = project.change(edits, version)
    return project.sheet() | {"before": before}


def pasted(place: str, text: str) -> dict[str, Any]:
    """Take a table; return the sheet as it is then, and what stood there before."""
    import ionweld as iw

    project = iw.Project.open(place)
    before = project.change([])
    with TemporaryDirectory() as folder:
        table = Path(folder) / "pasted.txt"
        table.write_text(text.strip("\n") + "\n", encoding="utf-8")
        project.assign(table)
    return project.sheet() | {"before": before}


def put_back(place: str, before: Any, version: str) -> dict[str, Any]:
    """Write what stood there before; return the sheet."""
    import ionweld as iw

    project = iw.Project.open(place)
    project.put_back(before, version)
    return project.sheet()


def _recipe(place: str) -> dict[str, str]:
    project = call("iw.Project.open", place)
    return recipe(
        ["project", "assign", "cells.csv", "--project", place],
        f"project = {project}",
        "project.sheet()",
        'project.assign("cells.csv")',
    )
