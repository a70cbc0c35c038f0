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

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from ionweld.analyse.cycling import (
    SHORTS,
    DifferentialCapacity,
    Finding,
    Kind,
    Summary,
    diagnose,
    differential_capacity,
    first_of,
    summarise,
)
from ionweld.analyse.cycling.cycles import First
from ionweld.errors import InputError
from ionweld.lab.collect import Collection, Entry, Group, Member, collect, load_cycling, load_spectra
from ionweld.lab.effects import Effect, Sample, common_horizon, difference, ratio, restricted
from ionweld.lab.layout import Project
from ionweld.measurement.cycling import Cycling
from ionweld.measurement.impedance import Spectrum

_FIRST_CYCLES = 3
_FORMED = 4
_KINDS: dict[str, Kind] = {"symmetric": "symmetric", "half": "half", "full": "full"}
_FIRST: dict[str, First] = {"charge": "charge", "discharge": "discharge"}


@dataclass(frozen=True, slots=True)
class Tested:
    """A cycling test through the analysis. differential: dQ/dV of the first whole cycle of cells that store charge."""

    file: str
    measurement: Cycling
    summary: Summary
    findings: tuple[Finding, ...]
    differential: tuple[DifferentialCapacity, ...]
    warnings: tuple[str, ...]

    @property
    def cycles(self) -> float:
        """The last cycle that has both half cycles, as the cycler counts."""
        cycles = self.summary.cycles
        whole = cycles.filter((cycles["charge_capacity_Ah"] > 0.0) & (cycles["discharge_capacity_Ah"] > 0.0))
        return float(whole["cycle"].fill_null(0).to_numpy().max(initial=0))

    @property
    def life(self) -> tuple[float, bool]:
        """The cycle of the first short, or the last whole cycle of the test; and whether there was a short."""
        short = first_of(self.findings, *SHORTS)
        return (float(short.cycle), True) if short is not None else (self.cycles, False)

    def at(self, column: str, first: int, last: int) -> float | None:
        """Return the mean of a column from one cycle to another; None where it is not known."""
        cycles = self.summary.cycles
        known = cycles.filter(cycles["cycle"].is_between(first, last))[column].drop_nulls()
        value = known.mean()
        return value if isinstance(value, float) else None


@dataclass(frozen=True, slots=True)
class Swept:
    """An impedance sweep, and the state of the cell that cells.toml names."""

    file: str
    state: str | None
    spectrum: Spectrum

    @property
    def lowest(self) -> tuple[float, float]:
        """The lowest frequency (Hz), and the real part there (ohm)."""
        at = int(np.argmin(self.spectrum.frequency_Hz))
        return float(self.spectrum.frequency_Hz[at]), float(self.spectrum.impedance_ohm[at].real)


@dataclass(frozen=True, slots=True)
class Replicate:
    """A cell with its tests and sweeps. unreadable: what is in the project but cannot be shown, and why."""

    name: str
    number: int
    tests: tuple[Tested, ...]
    sweeps: tuple[Swept, ...]
    unreadable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Treated:
    """The replicates of one treatment and design."""

    treatment: str
    design: str
    kind: str | None
    replicates: tuple[Replicate, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All groups, what differs between treatments of the same design, and what a person has to say first."""

    name: str
    treatments: dict[str, str]
    groups: tuple[Treated, ...]
    effects: tuple[Effect, ...]
    asks: tuple[tuple[str, str], ...]


def compare(project: Project, done: Callable[[], None] = lambda: None) -> Comparison:
    """Return the comparison of a project; `done` is called after each cell. Raises SpecError for a faulty description."""
    found = collect(project)
    groups = tuple(_treated(project, group, done) for group in found.groups)
    pairs = [(a, b) for a, b in combinations(groups, 2) if a.design == b.design]
    effects = tuple(effect for a, b in pairs for effect in effects_between(a, b))
    return Comparison(
        found.name, found.treatments, groups, effects, tuple((ask.where, ask.missing) for ask in found.asks)
    )


def cell_count(collection: Collection) -> int:
    """Return how many cells a comparison will go through."""
    return sum(len(group.members) for group in collection.groups)


def _treated(project: Project, group: Group, done: Callable[[], None]) -> Treated:
    electrodes = " | ".join(name for name in (group.negative, group.positive) if name)
    design = ", ".join(text for text in (group.kind, electrodes) if text) or "design not said"
    replicates = []
    for member in group.members:
        replicates.append(_replicate(project, member))
        done()
    return Treated(group.treatment, design, group.kind, tuple(replicates))


def _replicate(project: Project, member: Member) -> Replicate:
    tests, sweeps, unreadable = [], [], []
    for entry in member.entries:
        try:
            if entry.kind == "cycling":
                tests.append(_tested(load_cycling(project, entry), member, entry))
            elif entry.kind == "impedance":
                name = entry.placed.record.name
                sweeps += [Swept(name, entry.state, sweep) for sweep in load_spectra(project, entry)]
        except InputError as error:
            unreadable.append(f"{entry.placed.record.name}: {error}")
    return Replicate(member.cell.name, member.cell.replicate, tuple(tests), tuple(sweeps), tuple(unreadable))


def _tested(measurement: Cycling, member: Member, entry: Entry) -> Tested:
    return analysed(
        entry.placed.record.name,
        measurement,
        _KINDS.get(member.cell.kind or ""),
        _FIRST.get(member.cell.first_half_cycle or ""),
        entry.warnings,
    )


def analysed(
    name: str, measurement: Cycling, kind: Kind | None, first: First | None, warnings: tuple[str, ...] = ()
) -> Tested:
    """Return a cycling test as the comparison sees it: the very path that a file and a simulation take."""
    summary = summarise(measurement, kind, first)
    differential = _differential(measurement, summary) if kind in ("half", "full") else ()
    return Tested(name, measurement, summary, diagnose(measurement, summary, kind), differential, warnings)


def _differential(measurement: Cycling, summary: Summary) -> tuple[DifferentialCapacity, ...]:
    cycles = summary.cycles
    whole = cycles.filter((cycles["charge_capacity_Ah"] > 0.0) & (cycles["discharge_capacity_Ah"] > 0.0))
    if not whole.height:
        return ()
    cycle = int(whole["cycle"][0])
    made = [differential_capacity(measurement, cycle, way) for way in ("charge", "discharge")]
    return tuple(item for item in made if item is not None)


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
        samples.append(Sample(group.treatment, tuple(value for value in values if value is not None and value > 0.0)))
    if not all(sample.values for sample in samples):
        return None
    if column in ("resistance_ohm", "asr_ohm_cm2"):
        return ratio(title, samples[0], samples[1])
    return difference(title, "1", samples[0], samples[1])


def _life_effect(baseline: Treated, other: Treated, tests: tuple[list[Tested], list[Tested]]) -> Effect:
    lives = [[test.life for test in side] for side in tests]
    horizon = common_horizon([life for side in lives for life in side])
    a, b = (
        Sample(group.treatment, restricted(side, horizon)) for group, side in zip((baseline, other), lives, strict=True)
    )
    return difference(f"life without a short, of the first {horizon:.0f} cycles", "cycles", a, b)


def _impedance_effects(baseline: Treated, other: Treated) -> list[Effect]:
    made = []
    sides = [_by_state(group) for group in (baseline, other)]
    for state in sides[0]:
        if state in sides[1]:
            a, b = (Sample(group.treatment, side[state]) for group, side in zip((baseline, other), sides, strict=True))
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
