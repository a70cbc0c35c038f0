"""The tables of XPS: species with the ranges of their lines, and sensitivity factors with their spread."""

from dataclasses import dataclass
from functools import cache
from math import log
from typing import Any

from ionweld.spec.faults import shipped


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
    table = shipped("ionweld.spec", "xps_species.toml")
    smallest = table["smallest_error_eV"]
    return {name: species_of(name, entry, smallest) for name, entry in table["species"].items()}


@cache
def smallest_error_eV() -> float:  # noqa: N802 - the unit
    """Return the least standard error of a line's place, whatever its range."""
    return float(shipped("ionweld.spec", "xps_species.toml")["smallest_error_eV"])


@cache
def doublets() -> dict[str, Doublet]:
    """Return the doublets of xps_species.toml by line."""
    return {line: doublet_of(entry) for line, entry in shipped("ionweld.spec", "xps_species.toml")["doublet"].items()}


@dataclass(frozen=True, slots=True)
class CoreLine:
    """A line of an element: where it stands (eV), and its partner of the higher energy, if it has one apart."""

    name: str
    at_eV: tuple[float, ...]

    @property
    def element(self) -> str:
        return self.name.split()[0]

    @property
    def stronger_share(self) -> float:
        """The part of the whole line that the stronger partner has: that of the degeneracies 2j + 1."""
        return {"s": 1.0, "p": 4 / 6, "d": 6 / 10, "f": 8 / 14}[self.name[-1]]


@cache
def core_lines() -> dict[str, CoreLine]:
    """Return the lines of xps_lines.toml by name."""
    return {name: CoreLine(name, tuple(at)) for name, at in shipped("ionweld.spec", "xps_lines.toml")["line"].items()}


@dataclass(frozen=True)
class SurfaceTables:
    """What a fit knows: species by name, doublets by line, and a set of sensitivity factors."""

    species: dict[str, Species]
    doublets: dict[str, Doublet]
    sensitivity: Sensitivity

    def of_lines(self) -> dict[str, list[Species]]:
        """Return the species of each line."""
        known: dict[str, list[Species]] = {}
        for species in self.species.values():
            for line in species.lines:
                known.setdefault(line.line, []).append(species)
        return known


@cache
def surface_tables() -> SurfaceTables:
    """Return the tables that ship; a person's own are put beside them by ionweld.spec.own_surface_tables."""
    return SurfaceTables(species_table(), doublets(), sensitivity())


@cache
def windows() -> dict[str, tuple[float, float]]:
    """Return the range of binding energies (eV) over which each line is scanned in a simulation."""
    return {line: (low, high) for line, (low, high) in shipped("ionweld.spec", "xps_species.toml")["window"].items()}


@cache
def sensitivity() -> Sensitivity:
    """Return the sensitivity factors of xps_sensitivity.toml."""
    return sensitivity_of(shipped("ionweld.spec", "xps_sensitivity.toml"))


def doublet_of(entry: dict[str, Any]) -> Doublet:
    """Return the doublet that an entry of a table describes."""
    return Doublet(entry["splitting_eV"], entry["error_eV"], entry["minor_to_major"])


def sensitivity_of(table: dict[str, Any]) -> Sensitivity:
    """Return the set of sensitivity factors that a table describes."""
    value = {line: entry["value"] for line, entry in table["factor"].items()}
    error = {line: 0.5 * log(entry["largest_ratio"]) for line, entry in table["factor"].items()}
    return Sensitivity(table["name"], table["source"], value, error)


def species_of(name: str, entry: dict[str, Any], smallest: float) -> Species:
    """Return the species that an entry of a table describes; smallest: the least standard error of a line (eV)."""
    lines = tuple(
        SpeciesLine(
            line["line"], line["low_eV"], line["high_eV"], line["source"], line["status"], line.get("fixed", False),
            max(smallest, 0.25 * (line["high_eV"] - line["low_eV"])), 0.5 * (line["low_eV"] + line["high_eV"]),
        )
        for line in entry["lines"]
    )  # fmt: skip
    return Species(name, entry["formula"], lines, entry["role"], entry["what"], entry.get("default", True))
