"""Why: any number of the library or of a cell: its value, range, status, source, and the file and line where it is written."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from ionweld.web.cell_files import cell_files
from ionweld.web.desk import Desk, DeskHere
from ionweld.web.recipe import call, recipe
from ionweld.web.screens import Screen

router = APIRouter()
SCREEN = Screen("why", "Why", "Where a number comes from: source, status, range, file and line.", 90, router)
Text = Annotated[str, Field(max_length=300)]


class AskedEntry(BaseModel):
    """A material or a pair by its name, or a cell by its file below the folder."""

    material: Text | None = None
    cell: Text | None = None


@router.get("/entries")
def entries(desk: DeskHere) -> dict[str, Any]:
    """List what there is: materials and pairs of the library and of the folder, and the cells that files describe."""
    import ionweld as iw

    listed = iw.materials(desk.folder)
    return {
        "materials": listed.to_dicts(),
        "cells": cell_files(desk),
        "recipe": recipe(["materials"], call("iw.materials", str(desk.folder))),
    }


def _written(place: Path, path: str, desk: Desk) -> dict[str, Any]:
    """Return file and line of a number of a cell; of what nobody wrote, where the library has it."""
    import ionweld as iw
    from ionweld.spec.written import line_of

    line = line_of(place.read_text("utf-8"), path)
    usual = iw.material("assumptions").filter(property=path.rpartition(".")[2])
    if line is None and usual.height:
        return {"file": usual["file"][0], "line": usual["line"][0]}
    return {"file": desk.name_of(place), "line": line}


@router.post("/numbers")
def numbers(asked: AskedEntry, desk: DeskHere) -> dict[str, Any]:
    """Return every number of one of them."""
    import ionweld as iw
    from ionweld.result import plain

    if asked.cell:
        place = desk.place(asked.cell)
        cell = iw.Cell.load(place)
        said = recipe("ionweld simulate CELL.toml PROTOCOL.toml", f"{call('iw.Cell.load', str(place))}.numbers()")
        rows = [row | _written(place, row["path"], desk) for row in cell.numbers().to_dicts()]
        return plain({"title": repr(cell), "rows": rows, "recipe": said})
    name = asked.material or ""
    rows = iw.material(name, desk.folder).to_dicts()
    said = recipe(["materials", name], call("iw.material", name, str(desk.folder)))
    return plain({"title": name, "rows": rows, "recipe": said})
