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
from itertools import combinations

import numpy as np

from ionweld.lab.cells import Ask, BuiltCell
from ionweld.lab.replicates import Laid, Replicate, Tested, replicate_of
from ionweld.numerics.effects import Effect, GroupValues, common_horizon, difference, ratio, restricted

_FIRST_CYCLES = 3
_FORMED = 4


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
