"""Diagnose: why a measured cell fails, with odds; what is known better now, what to measure next and what to change."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from ionweld.web.asked import Quantity
from ionweld.web.desk import DeskHere
from ionweld.web.origin import given, listed_in, origin
from ionweld.web.progress import Tell, by_parts, unheard
from ionweld.web.recipe import call, recipe
from ionweld.web.screens import Screen

if TYPE_CHECKING:
    from ionweld.infer.predictive import Predictive

router = APIRouter()
SCREEN = Screen("diagnose", "Diagnose", "Why did it fail, how sure is that, and what decides.", 80, router)
Text = Annotated[str, Field(max_length=300)]
_MOST_FILES = 40
_SHARES = (0.9, 0.5)


class Measured(BaseModel):
    """A file with its moment ("before", "after", "cycle:20"); a cycling file needs none."""

    file: Text
    moment: Quantity = ""


class AskedDiagnosis(BaseModel):
    """A cell and what was measured on it. first: which half cycle opens a cycle."""

    cell: Text
    measured: Annotated[list[Measured], Field(min_length=1, max_length=_MOST_FILES)]
    first: Literal["charge", "discharge"] | None = None
    goal: Quantity = ""


@router.post("/show")
def show(asked: AskedDiagnosis, desk: DeskHere) -> dict[str, Any]:
    """Ask why a cell fails."""
    files = [
        f"{one.moment}={desk.place(one.file)}" if one.moment else str(desk.place(one.file)) for one in asked.measured
    ]
    job = desk.crew.start(
        f"Diagnosing {asked.cell}",
        diagnosed,
        place=str(desk.place(asked.cell)),
        files=files,
        first=asked.first,
        goal=asked.goal or None,
    )
    return {"job": job.shown()}


def diagnosed(
    place: str,
    files: list[str],
    first: Literal["charge", "discharge"] | None,
    goal: str | None = None,
    tell: Tell = unheard,
) -> dict[str, Any]:
    """Return the diagnosis, with the words for its mechanisms and the posterior's band over what was measured."""
    import ionweld as iw
    from ionweld.infer.diagnosis import WORDS
    from ionweld.result import plain

    found = iw.diagnose(place, files, first=first, goal=goal, progress=by_parts(tell))
    said = found.to_dict()
    bars = [{"name": WORDS.get(name, name), "odds": odds} for name, odds in found.odds.items()]
    command = ["diagnose", place, *files, *(("--first", first) if first else ())]
    command += ["--goal", goal] if goal else []
    python = call("iw.diagnose", place, files, first=first, goal=goal)
    made = {
        "verdict": found.verdict,
        "bars": bars,
        "warnings": found.warnings,
        "curves": _curves(found.followed.curves),
    }
    known = given({"first half cycle": first, "goal": goal})
    written = {"experiments": listed_in("ionweld.infer", "experiments.toml", "experiment")}
    written["levers"] = listed_in("ionweld.infer", "levers.toml", "lever")
    source = origin("diagnose", "calculated from virtual cells", [place, *files], known)
    return plain(
        said | made | {"recipe": recipe(command, python), "origin": source, "written": written, "pair": _pair(place)}
    )


def _pair(place: str) -> str:
    """Return the name of the pair of electrode and electrolyte whose numbers stand behind a cell."""
    import ionweld as iw
    from ionweld.spec.derived import interface_name

    return interface_name(iw.Cell.load(place).spec)


def _curves(found: "Predictive") -> dict[str, Any]:
    """Return what was measured by cycle, and the middle 90 and 50 % of what cells that stand for it would have shown."""
    edges = [found.band(share) for share in _SHARES] if found.draws.size else []
    bands = [{"share": share, "low": low, "high": high} for share, (low, high) in zip(_SHARES, edges, strict=False)]
    cycles = list(range(1, len(found.measured) + 1))
    return {"quantity": found.quantity, "unit": found.unit, "cycle": cycles, "measured": found.measured, "bands": bands}
