"""Infrared bands and the regions of a spectrum they stand in, from the library."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Band:
    """One band: where it may stand and how wide it may be (cm-1), what it stands for, and who says so."""

    name: str
    region: str
    assignment: str
    family: str
    position: float
    position_sigma: float
    lowest: float
    highest: float
    width: float
    width_lowest: float
    width_highest: float
    status: str
    source: str


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the spectrum (cm-1) whose bands share one baseline, a polynomial of this degree."""

    name: str
    lowest: float
    highest: float
    baseline_degree: int


@dataclass(frozen=True, slots=True)
class AreaRatio:
    """Band area per mole of a substance over that in Li2OHCl, with its range."""

    value: float
    low: float
    high: float
    status: str


@cache
def bands() -> dict[str, Band]:
    """Return every band of the library by its name."""
    return {name: Band(name=name, **row) for name, row in _table()["band"].items()}


@cache
def regions() -> tuple[Region, ...]:
    """Return the regions of the library."""
    return tuple(Region(name=name, **row) for name, row in _table()["region"].items())


def area_ratio(name: str) -> AreaRatio:
    """Return how strongly a substance absorbs, per mole, relative to Li2OHCl."""
    row = _table()["ratio"][name]
    return AreaRatio(float(row["value"]), float(row["range"][0]), float(row["range"][1]), row["status"])


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("ionweld.spec") / "library" / "ir_bands.toml").read_text(encoding="utf-8"))
