"""Compare: what differs between treatments, with intervals and the numbers of cells, and the figure for a paper."""

from base64 import b64encode
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from ionweld.web.desk import Desk, DeskHere
from ionweld.web.origin import origin
from ionweld.web.recipe import call, recipe
from ionweld.web.screens import Screen

if TYPE_CHECKING:
    from ionweld.api.comparison import Comparison

router = APIRouter()
SCREEN = Screen("compare", "Compare", "What differs between treatments, and how sure that is.", 60, router)
Text = Annotated[str, Field(max_length=200)]


class Pair(BaseModel):
    """A project and two of its treatments; all of them where none are named."""

    project: Text | None = None
    baseline: Text | None = None
    other: Text | None = None

    def chosen(self, desk: Desk) -> dict[str, Any]:
        """Return what a job needs to know."""
        both = (self.baseline, self.other) if self.baseline and self.other else None
        return {"place": str(desk.project(self.project).folder), "both": both}


class Export(Pair):
    """A figure for print. width: of a journal's column or page, in mm."""

    width: Literal[88, 180] = 180
    format: Literal["svg", "png"] = "svg"


@router.post("/show")
def show(asked: Pair, desk: DeskHere) -> dict[str, Any]:
    """Compare the treatments of a project."""
    return {"job": desk.crew.start("Comparing treatments", compared, slot="compare", **asked.chosen(desk)).shown()}


@router.post("/figure")
def figure(asked: Export, desk: DeskHere) -> dict[str, Any]:
    """Draw the effects for print."""
    job = desk.crew.start("Drawing the effects", drawn, width=asked.width, kind=asked.format, **asked.chosen(desk))
    return {"job": job.shown()}


def _comparison(place: str, both: tuple[str, str] | None) -> "Comparison":
    import ionweld as iw

    found = iw.Project.open(place).comparison()
    return found.between(*both) if both else found


def compared(place: str, both: tuple[str, str] | None) -> dict[str, Any]:
    """Return the effects, the sentence, the cells behind it, and how to say it in a paper."""
    from ionweld.report.effects import labels
    from ionweld.result import plain

    found = _comparison(place, both)
    pair = f".between({', '.join(map(repr, both))})" if both else ""
    python = [f"found = {call('iw.Project.open', place)}.comparison(){pair}", "found.plot()"]
    effects = [
        row | {"said": one.said, "clear": one.clear, "none": one.none, "label": label}
        for row, one, label in zip(found.table().to_dicts(), found.effects, labels(found.effects), strict=True)
    ]
    return plain(
        {
            "verdict": found.verdict,
            "warnings": found.warnings,
            "treatments": sorted({group.treatment for group in found.found.groups}),
            "cells": [_group(group) for group in found.found.groups],
            "effects": effects,
            "methods": found.methods,
            "origin": origin("Project", "calculated", [f"{place}/cells.toml"])
            | {"made_by": "ionweld.Project.comparison"},
            "sentences": _sentences(place),
            "recipe": recipe(["project", "report", "--project", place], *python),
        }
    )


def _sentences(place: str) -> dict[str, str]:
    """Return what project.toml says of each treatment."""
    import ionweld as iw

    return iw.Project.open(place).sheet()["treatments"]


def _group(group: Any) -> dict[str, Any]:
    names = [one.name for one in group.replicates]
    return {"treatment": group.treatment, "design": group.design, "n": len(names), "names": names}


def drawn(place: str, both: tuple[str, str] | None, width: int, kind: str) -> dict[str, str]:
    """Return the figure of the effects at print size, as text or in base64."""
    from ionweld.report.figure import png, svg

    made = _comparison(place, both).figure(float(width))
    content = svg(made).encode() if kind == "svg" else png(made)
    return {"name": f"effects_{width}mm.{kind}", "content": b64encode(content).decode()}
