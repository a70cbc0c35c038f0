"""The measurements of a project laid out for a report: by treatment and design, by cell, by replicate."""

from dataclasses import dataclass, replace
from itertools import groupby

from ionweld.lab.assign import Ask, Placed, assign
from ionweld.lab.catalog import read_records
from ionweld.lab.description import Cell, read_description
from ionweld.lab.layout import Project
from ionweld.lab.record import Derived
from ionweld.measurement.cycling import Cycling
from ionweld.measurement.impedance import Spectrum
from ionweld.measurement.store import read_cycling, read_spectra


@dataclass(frozen=True, slots=True)
class Entry:
    """One measurement of a cell, not loaded yet. temperatures_K: one per sweep, or one for the cycling test."""

    id: str
    kind: str
    placed: Placed
    derived: Derived
    state: str | None
    temperatures_K: tuple[float | None, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A cell, which is one replicate of its group, with its measurements in the order of cells.toml."""

    cell: Cell
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The replicates of one treatment and one design; n = len(members) is what a comparison may claim."""

    treatment: str
    kind: str | None
    positive: str | None
    negative: str | None
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Collection:
    """All that a report can show, and what a person has to say first."""

    name: str
    treatments: dict[str, str]
    groups: tuple[Group, ...]
    unassigned: tuple[Entry, ...]
    asks: tuple[Ask, ...]


def collect(project: Project) -> Collection:
    """Return every measurement in its place; nothing is loaded. Raises SpecError for a faulty description."""
    description = read_description(project)
    assigned = assign(description, read_records(project))
    cells = sorted(description.cells, key=lambda cell: (_design(cell), cell.replicate))
    groups = tuple(_group(list(members), assigned.placed) for _, members in groupby(cells, key=_design))
    unassigned = tuple(entry for item in assigned.placed if item.cell is None for entry in _entries(item))
    return Collection(description.name, description.treatments, groups, unassigned, assigned.asks)


def _design(cell: Cell) -> tuple[str, str, str, str]:
    return cell.kind or "", cell.positive or "", cell.negative or "", cell.treatment


def _group(cells: list[Cell], placed: tuple[Placed, ...]) -> Group:
    first = cells[0]
    members = tuple(Member(cell, _entries_of(cell, placed)) for cell in cells)
    return Group(first.treatment, first.kind, first.positive, first.negative, members)


def _entries_of(cell: Cell, placed: tuple[Placed, ...]) -> tuple[Entry, ...]:
    mine = {item.assignment: item for item in placed if item.cell is cell}
    return tuple(entry for said in cell.measurements if said in mine for entry in _entries(mine[said]))


def _entries(item: Placed) -> list[Entry]:
    state = item.assignment.state if item.assignment else None
    return [
        Entry(part.id, part.kind, item, part, state, item.temperatures(part), item.record.warnings)
        for part in item.record.derived
    ]


def load_cycling(project: Project, entry: Entry) -> Cycling:
    """Return a cycling test with the context that cells.toml gives. Raises FileFormatError when it is damaged."""
    test = read_cycling(project.data / entry.derived.file)
    return replace(test, context=entry.placed.cell.context(entry.temperatures_K[0])) if entry.placed.cell else test


def load_spectra(project: Project, entry: Entry) -> list[Spectrum]:
    """Return the sweeps of a file with the geometry and temperature that cells.toml gives."""
    sweeps = read_spectra(project.data / entry.derived.file)
    cell = entry.placed.cell
    if cell is None:
        return sweeps
    return [
        replace(
            sweep,
            geometry=cell.geometry(),
            temperature_K=temperature,
            temperature_from=sweep.temperature_from if temperature == sweep.temperature_K else "given",
        )
        for sweep, temperature in zip(sweeps, entry.temperatures_K, strict=True)
    ]
