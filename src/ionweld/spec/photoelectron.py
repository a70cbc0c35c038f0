"""The tables of XPS: species with the ranges of their lines, and sensitivity factors with their spread."""

import tomllib
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class SpeciesLine:
    """One photoelectron line of a species: where references put it, and how far they disagree."""

    line: str
    low_eV: float
    high_eV: float
    source: str
    status: str
    fixed: bool
    error_eV: float
    centre_eV: float

    @property
    def element(self) -> str:
        return self.line.split()[0]


@dataclass(frozen=True, slots=True)
class Species:
    """A chemical species: atoms that XPS sees, and its lines (the major one of a doublet)."""

    name: str
    formula: dict[str, float]
    lines: tuple[SpeciesLine, ...]
    role: str
    what: str
    default: bool


@dataclass(frozen=True, slots=True)
class Doublet:
    """The partner of a line: how far above it in binding energy, and its area relative to the line."""

    splitting_eV: float
    error_eV: float
    minor_to_major: float


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """A set of relative sensitivity factors; log_error is the spread between sets, relative to the reference line."""

    name: str
    source: str
    value: dict[str, float]
    log_error: dict[str, float]


@cache
def species_table() -> dict[str, Species]:
    """Return the species of xps_species.toml by name."""
    table = _load("xps_species.toml")
    smallest = table["smallest_error_eV"]
    return {name: _species(name, entry, smallest) for name, entry in table["species"].items()}


@cache
def doublets() -> dict[str, Doublet]:
    """Return the doublets of xps_species.toml by line."""
    return {
        line: Doublet(entry["splitting_eV"], entry["error_eV"], entry["minor_to_major"])
        for line, entry in _load("xps_species.toml")["doublet"].items()
    }


@cache
def windows() -> dict[str, tuple[float, float]]:
    """Return the range of binding energies (eV) over which each line is scanned in a simulation."""
    return {line: (low, high) for line, (low, high) in _load("xps_species.toml")["window"].items()}


@cache
def sensitivity() -> Sensitivity:
    """Return the sensitivity factors of xps_sensitivity.toml."""
    table = _load("xps_sensitivity.toml")
    value = {line: entry["value"] for line, entry in table["factor"].items()}
    error = {line: 0.5 * log(entry["largest_ratio"]) for line, entry in table["factor"].items()}
    return Sensitivity(table["name"], table["source"], value, error)


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def _species(name: str, entry: dict[str, Any], smallest: float) -> Species:
    lines = tuple(
        SpeciesLine(
            line["line"], line["low_eV"], line["high_eV"], line["source"], line["status"], line.get("fixed", False),
            max(smallest, 0.25 * (line["high_eV"] - line["low_eV"])), 0.5 * (line["low_eV"] + line["high_eV"]),
        )
        for line in entry["lines"]
    )  # fmt: skip
    return Species(name, entry["formula"], lines, entry["role"], entry["what"], entry.get("default", True))
