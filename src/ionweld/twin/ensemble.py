"""Replicates: the same cell drawn many times. Nothing that depends on chance is ever told from one run."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import nan
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.analyse.cycling import (
    CriticalCurrent,
    Moments,
    Thresholds,
    critical_current,
    cycles_of,
    events_in,
    half_cycles_of,
    summarised_cycles,
)
from ionweld.analyse.cycling.programs.ramp import LOST_CONTACT, SHORT
from ionweld.result import Event, EventKind
from ionweld.simulate.cell import Outcome, SimulatedTest, simulate
from ionweld.simulate.critical import CellLimits, cell_limits, end_of_life
from ionweld.simulate.impedance import low_frequency_resistance
from ionweld.simulate.recorded import conditions_by_cycle
from ionweld.simulate.snapshot import BEFORE
from ionweld.spec.cell import CellSpec
from ionweld.spec.conditions import placed
from ionweld.spec.library import Entry, assumption
from ionweld.spec.protocol import AnyProtocol
from ionweld.twin.pool import Mapper


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an ensemble is drawn from. Member i has the seed "<name>/<i>"."""

    name: str
    cell: CellSpec
    protocol: AnyProtocol
    parameters: Entry

    def seed(self, member: int) -> str:
        return f"{self.name}/{member}"


@dataclass(frozen=True, slots=True)
class Member:
    """One cell of an ensemble, as the analysis sees it: per-cycle results and events; and how the simulation ended.

    largest_V: the largest |V|; critical: of a ramp. arcs_before_ohm, arcs_after_ohm: what the arcs of its spectrum span
    before the first current and, rested, at the end; these and the limits where they were asked for.
    """

    seed: str
    cycles: pl.DataFrame
    events: tuple[Event, ...]
    outcome: Outcome
    charge_error: float
    lithium_error: float
    energy_error: float
    arcs_before_ohm: float = nan
    arcs_after_ohm: float = nan
    largest_V: float = 0.0
    critical: CriticalCurrent | None = None
    limits: CellLimits | None = None

    def first(self, kind: EventKind) -> Event | None:
        """Return the first event of a kind, or None."""
        return next((event for event in self.events if event.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Band:
    """A number over an ensemble: median, the 16-84 % and the 5-95 % band; n members have it, of `total`."""

    median: float
    p05: float
    p16: float
    p84: float
    p95: float
    n: int
    total: int


@dataclass(frozen=True, slots=True)
class DrawnCells:
    """A cell drawn many times. `typical` is the member that typical_number names, with all of its states.

    looked: what was looked at besides, of the first members (see Look). unknown: further cells, each with other numbers for
    what nobody measured; failed_unknown: how many of those could not be simulated.
    """

    recipe: Recipe
    members: list[Member]
    typical: SimulatedTest
    typical_number: int
    looked: tuple[Any, ...] = ()
    unknown: tuple[Member, ...] = ()
    failed_unknown: int = 0


class Look(NamedTuple):
    """What else is looked at of the first `members` of an ensemble while their runs are at hand."""

    at: Callable[[Recipe, SimulatedTest], Any]
    members: int


def run_member(task: tuple[Recipe, int]) -> Member:
    """Simulate and analyse one member."""
    return _run_and_look((*task, None))[0]


def _run_and_look(task: tuple[Recipe, int, Look | None]) -> tuple[Member, Any]:
    recipe, number, look = task
    return _seen(recipe, run_one(recipe, number), number, look)


def _seen(recipe: Recipe, run: SimulatedTest, number: int, look: Look | None) -> tuple[Member, Any]:
    seen = look.at(recipe, run) if look is not None and number < look.members else None
    return judged(recipe, run, number), seen


def run_one(recipe: Recipe, number: int) -> SimulatedTest:
    """Simulate one member, with all of its states."""
    return simulate(recipe.cell, recipe.protocol, recipe.parameters, recipe.seed(number))


def judged(recipe: Recipe, run: SimulatedTest, number: int) -> Member:
    """Return a run as the analysis sees it, with what is read off its states besides."""
    limits = cell_limits(run, one_way=getattr(recipe.protocol, "one_way", False))
    rest, last = impedance_rest(recipe.parameters), len(run.snapshots) - 1
    arcs = low_frequency_resistance(run, BEFORE).total, low_frequency_resistance(run, last, rest).total
    return replace(analysed(recipe, run, number), arcs_before_ohm=arcs[0], arcs_after_ohm=arcs[1], limits=limits)


def analysed(recipe: Recipe, run: SimulatedTest, number: int) -> Member:
    """Return a run as the analysis sees it: the very path that a measured file takes."""
    table, events = _per_cycle(recipe, run)
    return Member(
        recipe.seed(number),
        table,
        events,
        run.outcome,
        run.charge_error,
        run.lithium_error,
        run.energy_error,
        largest_V=float(np.abs(run.recorded.volts).max()),
        critical=ramp_result(run) if getattr(recipe.protocol, "ramp", None) is not None else None,
    )


def ramp_result(run: SimulatedTest) -> CriticalCurrent | None:
    """Return the critical current of a simulated ramp, as the analysis of its records has it.

    A ramp ends with the half cycle in which its cell failed: where that came with its last record, or changed the voltage by
    too little to be seen, only the simulation knows that the last current was too much.
    """
    found = critical_current(run.measurement)
    if found is None or found.failing_A_m2 is not None or end_of_life(run) is None:
        return found
    recorded, area = run.recorded, run.conditions.derived.electrode_area_m2
    earlier = recorded.cycle < recorded.cycle[-1]
    borne = np.abs(recorded.amps[earlier]) / area
    charge = borne * recorded.step_time[earlier]
    cause = LOST_CONTACT if run.outcome is Outcome.VOLTAGE_LIMIT else SHORT
    last = float(np.abs(recorded.amps[~earlier]).max()) / area
    if not borne.size:
        return CriticalCurrent(None, last, cause, found.charge_C_m2)
    highest = borne >= borne.max() * (1.0 - 1e-9)
    return CriticalCurrent(float(borne.max()), last, cause, float(charge[highest].max()))


def impedance_rest(parameters: Entry) -> float:
    """Return how long a cell rests before its last spectrum (s): the assumption, or what is among the parameters."""
    known = parameters.properties.get("impedance_rest")
    return (known or assumption("impedance_rest")).value


def _per_cycle(recipe: Recipe, run: SimulatedTest) -> tuple[pl.DataFrame, tuple[Event, ...]]:
    """Return the cycles and the events. Their signs are of cells at constant conditions that store no charge.

    A full cell would fire them all; where a program changes the conditions, a warmer or harder pressed cell would pass for a
    shorted one, so that its events are those of its states.
    """
    first, program = recipe.protocol.first_half_cycle, recipe.protocol.program
    if recipe.cell.cathode is not None:
        cycles, events = summarised_cycles(run.measurement, "full", first), ()
    else:
        halves = half_cycles_of_run(run)
        cycles = cycles_of(halves, first)
        by_state = (Event(one.kind, one.cycle, one.time_s, one.meaning) for one in run.events)
        events = tuple(by_state if program else events_in(halves, Thresholds()))
    return cycles.join(conditions_by_cycle(run.recorded), "cycle", "left") if program else cycles, events


def half_cycles_of_run(run: SimulatedTest) -> pl.DataFrame:
    """Return the half cycles of a run by its arrays: what its table would say, whose reading takes longer."""
    found = run.recorded
    at = np.flatnonzero(found.amps)
    moments = Moments(found.step[at], found.time[at], found.cycle[at], found.amps[at], found.volts[at])
    return half_cycles_of(moments, run.conditions.derived.electrode_area_m2)


def run(recipe: Recipe, members: int, mapper: Mapper, done: Callable[[], None], look: Look | None = None) -> DrawnCells:
    """Simulate and analyse `members` cells, and look at the first of them; `done` is called after each."""
    if members == 1:  # the typical one of one is known before
        only = run_one(recipe, 0)
        member, seen = _seen(recipe, only, 0, look)
        done()
        return DrawnCells(recipe, [member], only, 0, (seen,) if look else ())
    found, looked = [], []
    for member, seen in mapper(_run_and_look, [(recipe, number, look) for number in range(members)]):
        found.append(member)
        looked.append(seen)
        done()
    number = typical_number(found)
    return DrawnCells(recipe, found, run_one(recipe, number), number, tuple(looked[: look.members]) if look else ())


def run_draws(recipe: Recipe, draws: list[Entry], mapper: Mapper, done: Callable[[], None]) -> list[Member]:
    """Simulate and analyse one cell for each draw of the parameters, conditions among them; `done` after each.

    Cell i has the chance of member i of `run`, so that the two differ by the parameters alone.
    """
    found = []
    for member in mapper(run_member, [(under(recipe, draw), number) for number, draw in enumerate(draws)]):
        found.append(member)
        done()
    return found


def under(recipe: Recipe, parameters: Entry) -> Recipe:
    """Return a recipe with other parameters; conditions of cell and protocol that are among them are put in place."""
    cell, protocol = placed(recipe.cell, parameters), placed(recipe.protocol, parameters)
    return replace(recipe, cell=cell, protocol=protocol, parameters=parameters)


def typical_number(members: list[Member]) -> int:
    """Return the number of the member nearest to the medians of its end and of its sudden drop, counted in ranks.

    A rule, so that no run is picked by eye; members without a drop rank behind all others.
    """
    lives = [float(member.cycles.height) for member in members]
    drops = [
        float(event.cycle) if (event := member.first(EventKind.SUDDEN_DROP)) is not None else np.inf
        for member in members
    ]
    middle = (len(members) + 1) / 2.0
    away = np.abs(_ranks(lives) - middle) + np.abs(_ranks(drops) - middle)
    return int(np.argmin(away))


def _ranks(values: list[float]) -> NDArray[np.float64]:
    """Return the rank of each value from 1; equal ones share their mean. (scipy.stats costs 60 MB of every worker.)"""
    ordered = np.sort(values)
    below, upto = np.searchsorted(ordered, values, "left"), np.searchsorted(ordered, values, "right")
    return np.asarray(0.5 * (below + upto + 1), dtype=np.float64)


def band(values: list[float | None]) -> Band:
    """Return the band of the members that have the number; all of it is NaN when none has."""
    known = np.array([value for value in values if value is not None], dtype=float)
    if not known.size:
        return Band(*(float("nan"),) * 5, n=0, total=len(values))
    p = [float(quantile) for quantile in np.quantile(known, [0.5, 0.05, 0.16, 0.84, 0.95])]
    return Band(*p, n=known.size, total=len(values))


def per_cycle(members: list[Member], column: str) -> NDArray[np.float64]:
    """Return a column of all members by cycle, shape (members, cycles); NaN after a member's end."""
    length = max(member.cycles.height for member in members)
    table = np.full((len(members), length), np.nan)
    for row, member in enumerate(members):
        table[row, : member.cycles.height] = member.cycles[column].to_numpy()
    return table
