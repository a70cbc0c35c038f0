"""Diagnose: why a measured cell fails, with odds; what is known better now, what to measure next and what to change."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from ionweld.web.desk import DeskHere
from ionweld.web.recipe import call, recipe
from ionweld.web.screens import Screen

router = APIRouter()
SCREEN = Screen("diagnose", "Diagnose", "Why did it fail, how sure is that, and what decides.", 80, router)
Text = Annotated[str, Field(max_length=300)]
_MOST_FILES = 40


class Measured(BaseModel):
    """A file with its moment ("before", "after", "cycle:20"); a cycling file needs none."""

    file: Text
    moment: Text = ""


class Question(BaseModel):
    """A cell and what was measured on it. first: which half cycle opens a cycle."""

    cell: Text
    measured: Annotated[list[Measured], Field(min_length=1, max_length=_MOST_FILES)]
    first: Literal["charge", "discharge"] | None = None


@router.post("/show")
def show(asked: Question, desk: DeskHere) -> dict[str, Any]:
    """Ask why a cell fails."""
    files = [
        f"{one.moment}={desk.place(one.file)}" if one.moment else str(desk.place(one.file)) for one in asked.measured
    ]
    job = desk.crew.start(
        f"Diagnosing {asked.cell}", diagnosed, place=str(desk.place(asked.cell)), files=files, first=asked.first
    )
    return {"job": job.shown()}


def diagnosed(place: str, files: list[str], first: Literal["charge", "discharge"] | None) -> dict[str, Any]:
    """Return the diagnosis, with the words for its mechanisms."""
    import ionweld as iw
    from ionweld.infer.diagnosis import WORDS
    from ionweld.result import plain

    found = iw.diagnose(place, files, first=first)
    said = found.to_dict()
    bars = [{"name": WORDS.get(name, name), "odds": odds} for name, odds in found.odds.items()]
    command = ["diagnose", place, *files, *(("--first", first) if first else ())]
    python = call("iw.diagnose", place, files, first=first)
    return plain(
        said | {"verdict": found.verdict, "bars": bars, "warnings": found.warnings, "recipe": recipe(command, python)}
    )
