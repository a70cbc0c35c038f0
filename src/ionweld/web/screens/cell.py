"""Cell: one cell or one cycling test: its verdict, its curves, its events with their evidence."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from ionweld.web.asked import AskedProject, Quantity
from ionweld.web.desk import Desk, DeskHere
from ionweld.web.measured import measurement, stamp
from ionweld.web.origin import given, origin, said_of_a_cell
from ionweld.web.points import MOST_WIDTHS, kept
from ionweld.web.recipe import call, recipe
from ionweld.web.screens import Screen

if TYPE_CHECKING:
    import polars as pl

    from ionweld.api.cycling import Summary
    from ionweld.api.project import ProjectCell

router = APIRouter()
SCREEN = Screen("cell", "Cell", "What happened in a cell, with the evidence, and what else it could be.", 30, router)
Text = Annotated[str, Field(max_length=200)]
_HOUR = 3600.0
_FIRST_WIDTH = 1200
_COLUMNS = (
    "cycle", "charge_capacity_Ah", "discharge_capacity_Ah", "coulombic_efficiency", "retention", "overpotential_V",
    "resistance_ohm", "asr_ohm_cm2", "wedge_index", "current_density_mA_cm2",
)  # fmt: skip


class OneCell(BaseModel):
    """A cell of a project, or a file with what a person says of it."""

    project: Text | None = None
    cell: Text | None = None
    file: Text | None = None
    at: int = 0
    kind: Literal["symmetric", "half", "full"] | None = None
    first: Literal["charge", "discharge"] | None = None
    area: Quantity | None = None
    mass: Quantity | None = None
    nominal: Quantity | None = None
    interfaces: Annotated[int, Field(ge=1)] | None = None

    def chosen(self, desk: Desk) -> dict[str, Any]:
        """Return what a job needs to know."""
        if self.cell is not None:
            return {"where": str(desk.project(self.project).folder), "cell": self.cell, "said": {}}
        names = ("kind", "first", "area", "mass", "nominal", "interfaces")
        said = {name: value for name in names if (value := getattr(self, name)) not in (None, "")}
        return {"where": str(desk.place(self.file or "")), "cell": None, "said": said | {"at": self.at}}


class AskedPart(OneCell):
    """A part of the curve of one test: hours from and to, None for all of it; width in pixels."""

    test: int = 0
    low: float | None = None
    high: float | None = None
    width: Annotated[int, Field(ge=1, le=MOST_WIDTHS)] = _FIRST_WIDTH


@router.post("/cells")
def cells(asked: AskedProject, desk: DeskHere) -> dict[str, Any]:
    """List the cells of a project."""
    if not desk.projects():
        return {"project": None, "cells": []}
    name = desk.project_name(asked.project)
    place = str(desk.project(name).folder)
    return {"job": desk.crew.start("Listing cells", cells_of, place=place, name=name).shown()}


def cells_of(place: str, name: str) -> dict[str, Any]:
    """Return the cells of a project by treatment."""
    import ionweld as iw

    listed = iw.Project.open(place).cells()
    columns = [one for one in ("name", "treatment", "kind", "replicate") if one in listed.columns]
    return {"project": name, "cells": listed.select(columns).to_dicts()}


@router.get("/fields")
def fields_of_a_cell() -> dict[str, str]:
    """Return what each field of a cell means, in the words of its schema."""
    from ionweld.lab.edit import fields

    return {one["name"]: one["help"] for one in fields()}


@router.post("/show")
def show(asked: OneCell, desk: DeskHere) -> dict[str, Any]:
    """Analyse a cell."""
    title = f"Analysing {asked.cell or asked.file}"
    return {"job": desk.crew.start(title, shown, slot="cell", **asked.chosen(desk)).shown()}


def shown(where: str, cell: str | None, said: dict[str, Any]) -> dict[str, Any]:
    """Return all that the screen shows of a cell."""
    from ionweld.result import plain

    found = _cell(where, cell, **said)
    tests = [
        _test(one)
        | {"recipe": _recipe(where, cell, found, one, said, number), "origin": _origin(where, cell, one, said)}
        for number, one in enumerate(found.tests)
    ]
    spectra = [
        {
            "state": state or one.data.label or "",
            "real_ohm": one.impedance.real,
            "minus_imaginary_ohm": -one.impedance.imag,
            "frequency_Hz": one.frequency,
        }
        for state, one in found.spectra
    ]
    about = {"name": found.name, "treatment": found.treatment, "kind": found.kind, "unreadable": found.unreadable}
    return plain(about | {"tests": tests, "spectra": spectra})


def _origin(where: str, cell: str | None, one: "Summary", said: dict[str, Any]) -> dict[str, Any]:
    """Return where the numbers of a test come from: its file, and what was said of the cell."""
    from ionweld.analyse.cycling.summary import DEFINITIONS

    meanings = {name: next((text for key, text in DEFINITIONS.items() if key in name), "") for name in _COLUMNS}
    measured = one.subject.measurement.provenance
    if cell is None:
        known = given({name: value for name, value in said.items() if name != "at"})
        return origin("summarise", "calculated", [where], known, meanings)
    file = Path(where) / "raw" / measured.sha256 / measured.source
    return origin("summarise", "calculated", [file], said_of_a_cell(where, cell), meanings)


def _test(one: "Summary") -> dict[str, Any]:
    gravest = one.gravest
    return {
        "verdict": one.verdict,
        "gravest": gravest and {"kind": gravest.kind, "cycle": gravest.cycle, "rivals": gravest.rivals},
        "asks": one.asks,
        "warnings": one.warnings,
        "events": [
            {
                "kind": event.kind,
                "meaning": event.kind.meaning,
                "sign": event.sign,
                "cycle": event.cycle,
                "time_h": event.time_s / _HOUR,
                "evidence": event.evidence,
                "rivals": event.rivals,
            }
            for event in one.events
        ],
        "cycles": one.cycles.select([name for name in _COLUMNS if name in one.cycles.columns]).to_dicts(),
        "rows": _rows(one),
        "spans_h": [[start / _HOUR, end / _HOUR] for start, end in one.cycles.select("start_s", "end_s").iter_rows()],
        "curve": _curve(one.subject.measurement.table, None, None, _FIRST_WIDTH),
        "dqdv": [
            {"cycle": d.cycle, "direction": d.direction, "voltage_V": d.voltage_V, "dQ_dV_Ah_per_V": d.dQ_dV_Ah_per_V}
            for d in one.dqdv()
        ]
        if one.subject.kind in ("half", "full")
        else [],
    }


def _rows(one: "Summary") -> list[list[int]]:
    """Return the first and the last row of each cycle in the measurement, from 1."""
    import numpy as np

    times = one.subject.measurement.table["Test Time / s"].to_numpy()
    spans = one.cycles.select("start_s", "end_s").to_numpy()
    first = np.searchsorted(times, spans[:, 0], "left") + 1
    return np.column_stack([first, np.searchsorted(times, spans[:, 1], "right")]).tolist()


@router.post("/curve")
def curve(asked: AskedPart, desk: DeskHere) -> dict[str, Any]:
    """Return a part of the curve, as finely as it can be seen."""
    part = {"test": asked.test, "low": asked.low, "high": asked.high, "width": asked.width}
    return {"job": desk.crew.start("Drawing", part_of_curve, slot="curve", **asked.chosen(desk), **part).shown()}


def part_of_curve(
    where: str, cell: str | None, said: dict[str, Any], test: int, low: float | None, high: float | None, width: int
) -> dict[str, Any]:
    """Return the points of a part of a test's curve."""
    return _curve(_cell(where, cell, **said).tests[test].subject.measurement.table, low, high, width)


def _curve(table: "pl.DataFrame", low: float | None, high: float | None, width: int) -> dict[str, Any]:
    from ionweld.result import plain

    hours, volts, amps = (table[name].to_numpy() for name in ("Test Time / s", "Voltage / V", "Current / A"))
    hours = hours / _HOUR
    between = None if low is None or high is None else (low, high)
    at = kept(hours, volts, width, between)
    return plain({"time_h": hours[at], "voltage_V": volts[at], "current_mA": 1e3 * amps[at], "rows": len(hours)})


def _cell(where: str, cell: str | None, at: int = 0, **said: Any) -> "ProjectCell":
    """Return a cell analysed, from what is kept where nothing has changed since."""
    return _analysed(where, cell, at, tuple(sorted(said.items())), _stamp(Path(where)))


def _stamp(place: Path) -> tuple[int, ...]:
    if place.is_file():
        return stamp(place)
    files = [place / "cells.toml", place / "project.toml", place / "records"]
    return tuple(path.stat().st_mtime_ns for path in files if path.exists())


@lru_cache(16)
def _analysed(
    where: str, cell: str | None, at: int, said: tuple[tuple[str, Any], ...], _stamp: tuple[int, ...]
) -> "ProjectCell":
    import ionweld as iw
    from ionweld.api.project import ProjectCell

    if cell is not None:
        return iw.Project.open(where).cell(cell)
    given: dict[str, Any] = dict(said)
    test = iw.summarise(measurement(where, "cycling", at, given.get("area")), **given)
    return ProjectCell(Path(where).name, "", given.get("kind"), given.get("first"), (test,), (), ())


def _recipe(
    where: str, cell: str | None, found: "ProjectCell", one: "Summary", said: dict[str, Any], number: int
) -> dict[str, str]:
    """Return how the command line and Python come to the same summary."""
    measured = one.subject.measurement
    given = {name: value for name, value in said.items() if name != "at"}
    if cell is None:
        place, python = where, call("iw.summarise", where, **given)
    else:
        origin, context = measured.provenance, measured.context
        place = str(Path(where) / "raw" / origin.sha256 / origin.source)
        sizes = {"area": (context.area_m2, 1e4, "cm^2"), "mass": (context.active_mass_kg, 1e6, "mg")}
        known = {name: f"{factor * value:.9g} {unit}" for name, (value, factor, unit) in sizes.items() if value}
        given = {"kind": found.kind, "first": found.first, **known, "interfaces": context.interfaces}
        python = f"iw.Project.open({where!r}).cell({cell!r}).tests[{number}]"
    names = {"kind": "--cell"}
    words = [[names.get(name, f"--{name}"), str(value)] for name, value in given.items() if value is not None]
    return recipe(
        ["cycling", "summary", place, *(word for pair in words for word in pair)],
        f"test = {python}",
        "test.cycles",
        "test.events",
    )
