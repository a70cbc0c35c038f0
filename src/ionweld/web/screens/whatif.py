"""What if: a cell under other conditions, drawn many times, over the measured curve, with its interface to scale."""

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from ionweld.errors import Fault, InputError
from ionweld.web.asked import Quantity
from ionweld.web.cell_files import cell_files
from ionweld.web.desk import Desk, DeskHere
from ionweld.web.origin import given, listed_in, origin
from ionweld.web.points import kept
from ionweld.web.progress import Tell, by_parts, unheard
from ionweld.web.recipe import call, recipe
from ionweld.web.screens import Screen
from ionweld.web.sliders import SLIDERS

if TYPE_CHECKING:
    import ionweld as iw
    from ionweld.api.simulated import Run

router = APIRouter()
SCREEN = Screen("whatif", "What if", "Move a slider: what would the cell have done?", 70, router)
_DRAWN, _DRAWN_FIRST = 20, 4  # cells of the band; of the first, quick look after a slider was moved
_WIDTHS = 700
_FRAMES = 24
Text = Annotated[str, Field(max_length=200)]


class AskedCell(BaseModel):
    """A cell and its test. cell: a file of the folder, or none for a new one of `electrolyte` and `liquid`.

    moved: the sliders that were moved, by their names, as text with a unit; tab: who asks, whose earlier question is dropped.
    """

    cell: Text = ""
    electrolyte: Text = "Li2OHCl"
    liquid: Text = ""
    moved: dict[Text, Text] = {}
    cycles: Annotated[int, Field(ge=1, le=400)] = 10
    draws: Annotated[int, Field(ge=2, le=_DRAWN)] = _DRAWN
    tab: Text = ""


class AskedGoal(AskedCell):
    """What is wanted of the cell, in words."""

    goal: Quantity


class MeasuredCycling(BaseModel):
    """A cycling file of a symmetric cell."""

    file: Text


@router.get("/start")
def start(desk: DeskHere) -> dict[str, Any]:
    """Return what can be chosen and moved."""
    import ionweld as iw

    table = iw.materials(desk.folder)
    pairs = {name.removeprefix("Li | ") for name in table.filter(kind="anode interface")["name"]}
    solids = [name for name in table.filter(kind="solid electrolyte")["name"] if name in pairs]
    return {
        "cells": cell_files(desk),
        "electrolytes": solids,
        "liquids": table.filter(kind="liquid electrolyte")["name"].to_list(),
        "sliders": [slider.shown() for slider in SLIDERS],
        "draws": _DRAWN,
        "first_draws": _DRAWN_FIRST,
    }


@router.post("/band")
def band(asked: AskedCell, desk: DeskHere) -> dict[str, Any]:
    """Simulate the cell as the sliders stand."""
    job = desk.crew.start("What if", band_of, slot=f"whatif {asked.tab}", **_described(asked, desk), draws=asked.draws)
    return {"job": job.shown()}


@router.post("/advice")
def advice(asked: AskedGoal, desk: DeskHere) -> dict[str, Any]:
    """Ask what to change for a goal."""
    from ionweld.infer.goal import parse_goal

    parse_goal(asked.goal)  # a goal that says nothing is refused before any work
    job = desk.crew.start(f"What to change for {asked.goal}", advice_for, **_described(asked, desk), goal=asked.goal)
    return {"job": job.shown()}


@router.post("/measured")
def measured(asked: MeasuredCycling, desk: DeskHere) -> dict[str, Any]:
    """Read the measured curve that is laid over the band."""
    return {"job": desk.crew.start(f"Reading {asked.file}", measured_of, place=str(desk.place(asked.file))).shown()}


def _described(asked: AskedCell, desk: Desk) -> dict[str, Any]:
    place = desk.place(asked.cell) if asked.cell else None
    moved = {slider.name: slider.checked(asked.moved[slider.name]) for slider in SLIDERS if slider.name in asked.moved}
    return {
        "place": None if place is None else str(place),
        "folder": str(desk.folder),
        "made_of": {"electrolyte": asked.electrolyte, "liquid": asked.liquid},
        "moved": moved,
        "cycles": asked.cycles,
    }


def cell_of(place: str | None, folder: str, made_of: dict[str, str], moved: dict[str, str]) -> "iw.Cell":
    """Return the cell as the sliders stand. Raises InputError."""
    import ionweld as iw

    document = iw.Cell.load(place).to_dict() if place else _new(**made_of)
    for slider in SLIDERS:
        if slider.path and (slider.name in moved or not place):
            slider.put(document, moved.get(slider.name, slider.start))
    if not place:
        document["electrodes"]["positive"] = document["electrodes"]["negative"]
    cell = iw.Cell(folder=Path(place).parent if place else folder, **document)
    if cell.spec.cathode is not None:
        mend = "Choose a cell with lithium on both sides; `ionweld simulate` runs full cells"
        raise InputError(Fault("cell", f"{cell.spec.name} is a full cell", mend))
    return cell


def _new(electrolyte: str, liquid: str) -> dict[str, Any]:
    """Return a new lithium symmetric cell, with a liquid or dry."""
    interface: dict[str, str] = {"gap": "10 um"} | ({"liquid": liquid, "volume": "3 uL"} if liquid else {})
    return {
        "name": f"Li | {electrolyte} | Li, {'with liquid' if liquid else 'dry'}",
        "temperature": "80 degC",
        "stack_pressure": "0.15 MPa",
        "electrolyte": {"material": electrolyte, "diameter": "10 mm", "thickness": "1 mm"},
        "electrodes": {
            "negative": {"material": "Li", "diameter": "6 mm", "thickness": "100 um", "interface": interface}
        },
    }


def protocol_of(moved: dict[str, str], cycles: int) -> "tuple[iw.Protocol, str]":
    """Return the test as the sliders stand, and the call that makes it."""
    import ionweld as iw

    course = {slider.name: moved.get(slider.name, slider.start) for slider in SLIDERS if not slider.path}
    return iw.Protocol.symmetric(**course, cycles=cycles), call("iw.Protocol.symmetric", **course, cycles=cycles)


def band_of(
    place: str | None, folder: str, made_of: dict[str, str], moved: dict[str, str], cycles: int, draws: int = _DRAWN
) -> dict[str, Any]:
    """Return what the twin says of the cell: band over replicates, typical voltage, survival, picture, what is borrowed."""
    import ionweld as iw
    from ionweld.spec.derived import interface_name

    cell = cell_of(place, folder, made_of, moved)
    protocol, made = protocol_of(moved, cycles)
    found = iw.ensemble(cell, protocol, n=draws)
    python = [
        f"cell = iw.Cell(**{cell.document!r})",
        f"found = iw.ensemble(cell, {made}, n={draws})",
        "found.plot()",
    ]
    said = found.to_dict()
    return {
        "verdict": found.verdict,
        "says": said["says"],
        "warnings": [text for text in found.warnings if text != said["borrowed"]["sentence"]],
        "borrowed": _borrowed(said["borrowed"]) | {"pair": interface_name(cell.spec)},
        "band": [_millivolt(row) for row in found.band("overpotential").to_dicts()],
        "survival": found.survival().to_dicts(),
        "trace": _trace(found.typical),
        "picture": found.typical.picture().frames(_FRAMES),
        "recipe": recipe("ionweld simulate CELL.toml PROTOCOL.toml", *python),
    }


def _borrowed(said: dict[str, Any]) -> dict[str, Any]:
    """Return how much of what the prediction stands on is of another material."""
    return {"sentence": said["sentence"], "count": len(said["numbers"]), "total": said["total"]}


def _millivolt(row: dict[str, Any]) -> dict[str, Any]:
    kept_as_is = ("cycle", "n")
    return {
        name: value if name in kept_as_is or value is None else 1e3 * value
        for name, value in row.items()
        if value is None or value == value
    }


def _trace(run: "Run") -> dict[str, list[float]]:
    table = run.test.table()
    hours, volts = table["Test Time / s"].to_numpy() / 3600.0, 1e3 * table["Voltage / V"].to_numpy()
    shown = kept(hours, volts, _WIDTHS)
    return {"x": hours[shown].tolist(), "y": volts[shown].tolist()}


def measured_of(place: str) -> dict[str, Any]:
    """Return the overpotential by cycle of a measured file."""
    import ionweld as iw

    found = iw.summarise(place, kind="symmetric", first="charge")
    rows = found.cycles.select("cycle", "overpotential_V").drop_nulls()
    return {
        "name": Path(place).name,
        "verdict": found.verdict,
        "x": rows["cycle"].to_list(),
        "y": (1e3 * rows["overpotential_V"]).to_list(),
    }


def advice_for(
    place: str | None,
    folder: str,
    made_of: dict[str, str],
    moved: dict[str, str],
    cycles: int,
    goal: str,
    tell: Tell = unheard,
) -> dict[str, Any]:
    """Return the levers over what is not known of the cell, the likeliest first; tell: hears how many cells are run."""
    from ionweld.infer.advice import DRAWS, Question, advise
    from ionweld.infer.counsel import document
    from ionweld.infer.goal import parse_goal
    from ionweld.infer.unknown import unknown_draws
    from ionweld.result import plain
    from ionweld.twin.pool import workers

    cell, protocol = cell_of(place, folder, made_of, moved).spec, protocol_of(moved, cycles)[0].spec
    aim = parse_goal(goal)
    with workers(1) as mapper:
        asked = Question(cell, protocol, aim, unknown_draws(cell, protocol, DRAWS, "0"), "0")
        found = advise(asked, mapper, by_parts(tell))
    command = f"ionweld advise CELL.toml PROTOCOL.toml --goal {quote(goal)}"
    python = f"subprocess.run({['ionweld', 'advise', 'CELL.toml', 'PROTOCOL.toml', '--goal', goal]!r}, check=True)"
    source = origin("ensemble", "calculated from virtual cells", [place] if place else [], given({"goal": goal}))
    told = {"origin": source, "written": {"levers": listed_in("ionweld.infer", "levers.toml", "lever")}}
    return plain(document(found, cell) | told | {"recipe": recipe(command, "import subprocess", python)})
