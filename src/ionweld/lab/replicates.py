"""The cells of a project with all that was measured on them, each file through the analysis of its technique."""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
import polars as pl

from ionweld.analyse.cycling import (
    SHORTS,
    CyclingSummary,
    DifferentialCapacity,
    Finding,
    Kind,
    diagnose,
    differential_capacity,
    first_of,
    summarise,
)
from ionweld.analyse.cycling.cycles import First
from ionweld.errors import Fault, InputError, IonweldError
from ionweld.lab.catalog import read_records
from ionweld.lab.cells import Assigned, AssignedFile, BuiltCell, ProjectDescription, assign, read_description
from ionweld.lab.folder import ProjectFolder
from ionweld.lab.record import DerivedFile
from ionweld.measurement.cycling import CyclingTest
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.measurement.store import read_cycling, read_spectra
from ionweld.read import open_file

# What a file can do to an analysis: it is named with its cell, and costs no other cell its place in the report.
_FAILURES = (
    IonweldError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError, pl.exceptions.PolarsError,
)  # fmt: skip


@dataclass(frozen=True)
class Tested:
    """A cycling test through the analysis. differential: dQ/dV of the first whole cycle of cells that store charge."""

    file: str
    measurement: CyclingTest
    summary: CyclingSummary
    findings: tuple[Finding, ...]
    differential: tuple[DifferentialCapacity, ...]
    warnings: tuple[str, ...]

    @cached_property
    def cycles(self) -> float:
        """The last cycle that has both half cycles, as the cycler counts."""
        cycles = self.summary.cycles
        whole = cycles.filter((cycles["charge_capacity_Ah"] > 0.0) & (cycles["discharge_capacity_Ah"] > 0.0))
        return float(whole["cycle"].fill_null(0).to_numpy().max(initial=0))

    @cached_property
    def life(self) -> tuple[float, bool]:
        """The cycle of the first short, or the last whole cycle of the test; and whether there was a short."""
        short = first_of(self.findings, *SHORTS)
        return (float(short.cycle), True) if short is not None else (self.cycles, False)

    def at(self, column: str, first: int, last: int) -> float | None:
        """Return the mean of a column from one cycle to another; None where it is not known."""
        cycle = self._column("cycle")
        values = self._column(column)[(cycle >= first) & (cycle <= last)]
        values = values[np.isfinite(values)]
        return float(values.mean()) if values.size else None

    def _column(self, name: str) -> np.ndarray:
        return self.summary.cycles[name].cast(pl.Float64).to_numpy()


@dataclass(frozen=True, slots=True)
class Swept:
    """An impedance sweep, and the state of the cell that cells.toml names."""

    file: str
    state: str | None
    spectrum: ImpedanceSpectrum

    @property
    def lowest(self) -> tuple[float, float]:
        """The lowest frequency (Hz), and the real part there (ohm)."""
        at = int(np.argmin(self.spectrum.frequency_Hz))
        return float(self.spectrum.frequency_Hz[at]), float(self.spectrum.impedance_ohm[at].real)


@dataclass(frozen=True, slots=True)
class Characterised:
    """A file of another technique: a diffractogram, a spectrum, a picture. measurement: as its technique reads it."""

    file: str
    state: str | None
    technique: str
    kind: str
    measurement: Any


@dataclass(frozen=True, slots=True)
class Replicate:
    """A cell with all that was measured on it. unreadable: what is in the project but cannot be shown, and why."""

    name: str
    number: int
    tests: tuple[Tested, ...]
    sweeps: tuple[Swept, ...]
    others: tuple[Characterised, ...]
    unreadable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Laid:
    """A project as it stands, nothing loaded yet."""

    project: ProjectFolder
    description: ProjectDescription
    assigned: Assigned

    @property
    def groups(self) -> list[list[BuiltCell]]:
        """The cells by design and treatment, replicates in their order."""
        cells = sorted(self.description.cells, key=lambda cell: (cell.design, cell.replicate))
        return [list(group) for _, group in groupby(cells, key=lambda cell: cell.design)]

    def files_of(self, cell: BuiltCell) -> list[AssignedFile]:
        """Return the files of a cell, in the order of cells.toml."""
        mine = {item.said: item for item in self.assigned.files if item.cell is cell}
        return [mine[said] for said in cell.measurement if said in mine]


def lay_out(project: ProjectFolder) -> Laid:
    """Return every file in its place. Raises SpecError for a faulty description."""
    description = read_description(project)
    return Laid(project, description, assign(description, read_records(project)))


def one_cell(laid: Laid, name: str) -> tuple[BuiltCell, Replicate]:
    """Return one cell, and all that was measured on it. Raises InputError for a name that no cell has."""
    found = next((cell for cell in laid.description.cells if cell.name == name), None)
    if found is None:
        known = ", ".join(cell.name for cell in laid.description.cells) or "none yet"
        raise InputError(Fault("cell", f"no cell is called {name!r}", f"Choose of {known}"))
    return found, replicate_of(laid, found)


def replicate_of(laid: Laid, cell: BuiltCell) -> Replicate:
    """Return all that was measured on a cell; a file that cannot be analysed is named with the reason."""
    found: list[Tested | Swept | Characterised] = []
    unreadable = []
    for item in laid.files_of(cell):
        for derived in item.record.derived:
            try:
                found += _measured(laid.project, item, derived)
            except _FAILURES as error:
                said = str(error) if isinstance(error, IonweldError) else f"{type(error).__name__}: {error}"
                unreadable.append(f"{item.record.name}: could not be analysed: {said}")
    return Replicate(
        cell.name,
        cell.replicate,
        tuple(one for one in found if isinstance(one, Tested)),
        tuple(one for one in found if isinstance(one, Swept)),
        tuple(one for one in found if isinstance(one, Characterised)),
        tuple(unreadable),
    )


def _measured(project: ProjectFolder, item: AssignedFile, derived: DerivedFile) -> list[Any]:
    """Return what one derived file holds, analysed as far as a comparison needs it."""
    name, state, cell = item.record.name, item.said.state if item.said else None, item.cell
    if derived.kind == "cycling":
        test, kind, first = load_cycling(project, item, derived), cell and cell.kind, cell and cell.first_half_cycle
        return [analysed(name, test, kind, first, item.record.warnings)]
    if derived.kind == "impedance":
        return [Swept(name, state, sweep) for sweep in load_spectra(project, item, derived)]
    held = open_file(project.raw / item.record.sha256 / name, _description(project, item))
    return [
        Characterised(name, state, one.technique.name, derived.kind, measurement)
        for one in held
        if one.technique.kind == derived.kind
        for measurement in one.measurements
    ]


def _description(project: ProjectFolder, item: AssignedFile) -> Any:
    return project.descriptions / f"{item.record.sha256}.toml" if item.record.description_sha256 else None


def load_cycling(project: ProjectFolder, item: AssignedFile, derived: DerivedFile) -> CyclingTest:
    """Return a cycling test with the context that cells.toml gives. Raises FileFormatError when it is damaged."""
    test = read_cycling(project.data / derived.file)
    return replace(test, context=item.cell.context(item.temperatures(derived)[0])) if item.cell else test


def load_spectra(project: ProjectFolder, item: AssignedFile, derived: DerivedFile) -> list[ImpedanceSpectrum]:
    """Return the sweeps of a file with the geometry and temperature that cells.toml gives."""
    sweeps = read_spectra(project.data / derived.file)
    if item.cell is None:
        return sweeps
    return [
        replace(
            sweep,
            geometry=item.cell.geometry(),
            temperature_K=temperature,
            temperature_from=sweep.temperature_from if temperature == sweep.temperature_K else "given",
        )
        for sweep, temperature in zip(sweeps, item.temperatures(derived), strict=True)
    ]


def analysed(
    name: str, measurement: CyclingTest, kind: Kind | None, first: First | None, warnings: tuple[str, ...] = ()
) -> Tested:
    """Return a cycling test as the comparison sees it: the very path that a file and a simulation take."""
    summary = summarise(measurement, kind, first)
    differential = _differential(measurement, summary) if kind in ("half", "full") else ()
    return Tested(name, measurement, summary, diagnose(measurement, summary, kind), differential, warnings)


def _differential(measurement: CyclingTest, summary: CyclingSummary) -> tuple[DifferentialCapacity, ...]:
    cycles = summary.cycles
    whole = cycles.filter((cycles["charge_capacity_Ah"] > 0.0) & (cycles["discharge_capacity_Ah"] > 0.0))
    if not whole.height:
        return ()
    cycle = int(whole["cycle"][0])
    made = [differential_capacity(measurement, cycle, way) for way in ("charge", "discharge")]
    return tuple(item for item in made if item is not None)
