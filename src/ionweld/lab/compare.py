"""Treatments side by side: every cell through the same analysis, every replicate kept, every effect with its interval.

What is compared, between two treatments of one design (kind of cell and electrodes):

    resistance, first cycles      mean of cycles 1 to 3, and
    resistance, last cycle        at the last cycle that every cell of both groups reached; in symmetric cells before its
                                  first short, because a short takes the resistance away
    life without a short          cycles before the first soft or hard short, up to the cycle to which all were followed
    retention, efficiency         half and full cells: at the last common cycle, and the mean from cycle 4 to there
    impedance                     real part at the lowest frequency, per state named in cells.toml

The life is "restricted": a cell that had no short counts with the cycle to which all cells were followed, so that a test
that was stopped early is never taken for a short life. The difference of such means is what it says and no extrapolation.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
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
from ionweld.lab.catalog import Laid
from ionweld.lab.cells import Ask, AssignedFile, BuiltCell
from ionweld.lab.folder import ProjectFolder
from ionweld.lab.stored import DerivedFile
from ionweld.measurement.cycling import CyclingTest
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.measurement.store import read_cycling, read_spectra
from ionweld.numerics.effects import Effect, GroupValues, common_horizon, difference, ratio, restricted
from ionweld.read import open_file

_FIRST_CYCLES = 3
_FORMED = 4
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
        whole = (self._column("charge_capacity_Ah") > 0.0) & (self._column("discharge_capacity_Ah") > 0.0)
        return float(np.nan_to_num(self._column("cycle")[whole]).max(initial=0.0))

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
        return self.summary.cycles[name].to_numpy().astype(np.float64, copy=False)


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


@dataclass(frozen=True, slots=True)
class Treated:
    """The replicates of one treatment and design; their number is what a comparison may claim."""

    treatment: str
    design: str
    kind: str | None
    replicates: tuple[Replicate, ...]


@dataclass(frozen=True, slots=True)
class ProjectComparison:
    """All groups, what differs between treatments of the same design, and what a person has to say first."""

    name: str
    treatments: dict[str, str]
    groups: tuple[Treated, ...]
    effects: tuple[Effect, ...]
    asks: tuple[Ask, ...]


def compare(laid: Laid, done: Callable[[], None] = lambda: None) -> ProjectComparison:
    """Return the comparison of a project; `done` is called after each cell."""
    groups = tuple(_treated(laid, group, done) for group in laid.groups)
    pairs = [(a, b) for a, b in combinations(groups, 2) if a.design == b.design]
    effects = tuple(effect for a, b in pairs for effect in effects_between(a, b))
    said = laid.description
    return ProjectComparison(said.name, said.treatments, groups, effects, laid.assigned.asks)


def _treated(laid: Laid, cells: Sequence[BuiltCell], done: Callable[[], None]) -> Treated:
    first = cells[0]
    electrodes = " | ".join(name for name in (first.negative, first.positive) if name)
    design = ", ".join(text for text in (first.kind, electrodes) if text) or "design not said"
    replicates = []
    for cell in cells:
        replicates.append(replicate_of(laid, cell))
        done()
    return Treated(first.treatment, design, first.kind, tuple(replicates))


def effects_between(baseline: Treated, other: Treated) -> list[Effect]:
    """Return what differs between two treatments of one design, as far as both were measured."""
    made = [*_cycling_effects(baseline, other), *_impedance_effects(baseline, other)]
    return [replace(effect, design=baseline.design) for effect in made]


def _longest(group: Treated) -> list[Tested]:
    """Return one test per cell: the one with most cycles."""
    tested = [replicate.tests for replicate in group.replicates if replicate.tests]
    return [max(tests, key=lambda test: test.summary.cycles.height) for tests in tested]


def _cycling_effects(baseline: Treated, other: Treated) -> list[Effect]:
    tests = _longest(baseline), _longest(other)
    if baseline.kind is None or not all(tests):
        return []
    both = [test for side in tests for test in side]
    symmetric = baseline.kind == "symmetric"
    last = int(min(_sound_until(test) if symmetric else test.cycles for test in both))
    known = all(test.measurement.context.area_m2 is not None for test in both)
    name, column = ("area-specific resistance", "asr_ohm_cm2") if known else ("resistance", "resistance_ohm")
    first = min(_FIRST_CYCLES, last)
    wanted = [(f"{name}, cycles 1 to {first}", column, 1, first)]
    if last > _FIRST_CYCLES:
        wanted.append((f"{name}, cycle {last}", column, last, last))
        if not symmetric:
            wanted.append((f"retention, cycle {last}", "retention", last, last))
            wanted.append((f"coulombic efficiency, cycles {_FORMED} to {last}", "coulombic_efficiency", _FORMED, last))
    made = [_column_effect(baseline, other, tests, *one) for one in wanted]
    return [effect for effect in made if effect is not None] + [_life_effect(baseline, other, tests)]


def _sound_until(test: Tested) -> float:
    """Return the last cycle before the first short, at least 1."""
    cycle, shorted = test.life
    return max(1.0, cycle - 1.0) if shorted else cycle


def _column_effect(
    baseline: Treated, other: Treated, tests: tuple[list[Tested], list[Tested]], title: str, column: str, *span: int
) -> Effect | None:
    samples = []
    for group, side in zip((baseline, other), tests, strict=True):
        values = [test.at(column, span[0], span[1]) for test in side]
        samples.append(
            GroupValues(group.treatment, tuple(value for value in values if value is not None and value > 0.0))
        )
    if not all(sample.values for sample in samples):
        return None
    if column in ("resistance_ohm", "asr_ohm_cm2"):
        return ratio(title, samples[0], samples[1])
    return difference(title, "1", samples[0], samples[1])


def _life_effect(baseline: Treated, other: Treated, tests: tuple[list[Tested], list[Tested]]) -> Effect:
    lives = [[test.life for test in side] for side in tests]
    horizon = common_horizon([life for side in lives for life in side])
    a, b = (
        GroupValues(group.treatment, restricted(side, horizon))
        for group, side in zip((baseline, other), lives, strict=True)
    )
    return difference(f"life without a short, of the first {horizon:.0f} cycles", "cycles", a, b)


def _impedance_effects(baseline: Treated, other: Treated) -> list[Effect]:
    made = []
    sides = [_by_state(group) for group in (baseline, other)]
    for state in sides[0]:
        if state in sides[1]:
            a, b = (
                GroupValues(group.treatment, side[state]) for group, side in zip((baseline, other), sides, strict=True)
            )
            made.append(ratio(f"impedance at the lowest frequency, {state or 'state not said'}", a, b))
    return made


def _by_state(group: Treated) -> dict[str | None, tuple[float, ...]]:
    """Return one real part per cell and state: the mean of its sweeps in that state."""
    found: dict[str | None, tuple[float, ...]] = {}
    for replicate in group.replicates:
        for state in dict.fromkeys(sweep.state for sweep in replicate.sweeps):
            parts = [sweep.lowest[1] for sweep in replicate.sweeps if sweep.state == state]
            if np.mean(parts) > 0.0:
                found[state] = (*found.get(state, ()), float(np.mean(parts)))
    return found
