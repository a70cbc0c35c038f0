"""The test in which a goal shows, and how far a cell came in it.

A life is counted in time under current: rests would lengthen it without any lithium being moved. A symmetric cell's life
ends with the first short or where the voltage reaches its limit, a full cell's as the analysis says: with a short, or where
80 % of the first capacity is left. A cell that is alive when its test ends has come at least as far as the test went.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from ionweld.analyse.cycling import SHORTS, diagnose, first_of, summarise, summarised_cycles
from ionweld.errors import Fault, SpecError
from ionweld.infer.goal import EXAMPLES, HIGHER_CURRENT, LONGER_LIFE, Goal, GoalKind
from ionweld.result import EventKind
from ionweld.simulate.critical import end_of_life
from ionweld.simulate.run import SimulatedTest
from ionweld.spec.cell import CellSpec
from ionweld.spec.derived import nominal_charge
from ionweld.spec.protocol import (
    AnyProtocol,
    HalfCycleProtocol,
    Ramp,
    Stage,
    WindowProtocol,
    WindowStage,
    by_time,
    by_window,
)
from ionweld.spec.quantity import Quantity
from ionweld.twin.ensemble import ramp_result

BEYOND = 1.2  # times the goal: how long it is tested, so that gains beyond it show
LONGER = 3.0  # times the test as it is, where no goal says how long
MOST_CYCLES = 20_000  # of a test: hours of work for a computer
RAMP_BELOW, RAMP_FACTOR = 10.0, 1.15  # a ramp made for a critical current starts so far below it and rises so by cycle
RAMP_RECORDS = (
    30  # of the first half cycle of a ramp: its critical current is read off the records, as of a measured one
)
SLACK = 1e-9  # sums of half cycles


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a cell came (SI). alive: it ended after its test, so that `value` is the least that it can do."""

    value: float
    alive: bool

    def reaches(self, target: float) -> bool | None:
        """Return whether a target is reached; None where the test of a living cell was too short to tell."""
        if self.value >= target * (1.0 - SLACK):
            return True
        return None if self.alive else False

    def text(self, kind: GoalKind) -> str:
        """Return it as a person says it, ">= 40 h" for a cell that is alive."""
        return f"{'>= ' if self.alive else ''}{kind.written(self.value):.3g} {kind.shown}"


def horizon(goal: Goal, cell: CellSpec, protocol: AnyProtocol) -> float:
    """Return how far a test goes, in the unit of the goal: the same for a cell as it is and with any change."""
    if goal.target is not None:
        return BEYOND * goal.target
    if goal.kind is GoalKind.CRITICAL_CURRENT:
        return LONGER * max(stage.current_density.value for stage in by_time(protocol).stages)
    if isinstance(protocol, HalfCycleProtocol):
        halves = 1 if protocol.one_way else 2
        usual = sum(halves * stage.half_cycle_time.value * stage.cycles for stage in protocol.stages)
    else:
        usual = sum(stage.cycles * stage.nominal_time(nominal_charge(cell)) for stage in protocol.stages)
    return LONGER * usual


def usual_goal(protocol: AnyProtocol) -> Goal:
    """Return what is wanted where nobody says: a longer life, or to bear more where the currents rise to an end."""
    return HIGHER_CURRENT if isinstance(protocol, HalfCycleProtocol) and protocol.ramp is not None else LONGER_LIFE


def goal_test(goal: Goal, cell: CellSpec, protocol: AnyProtocol, longest: float) -> AnyProtocol:
    """Return the test in which a goal shows: the protocol, at the goal's current, up to `longest` (see `horizon`).

    Raises SpecError where the kind of cell cannot have the goal, or where the test would be endless.
    """
    full = cell.cathode is not None
    if full and goal.current is not None:
        raise _not_for(
            goal, "a full cell is cycled as its protocol says", "Leave the current out: the protocol says how fast"
        )
    if full:
        return _window(goal, by_window(protocol), nominal_charge(cell), longest)
    if goal.kind is GoalKind.CAPACITY:
        raise _not_for(goal, "a symmetric cell has no capacity to keep", "Give a life, or a cell with a cathode")
    program = by_time(protocol)
    if goal.kind is GoalKind.CRITICAL_CURRENT:
        return _ramp(program, longest)
    return _at_length(goal, program, longest)


def _not_for(goal: Goal, why: str, mend: str) -> SpecError:
    return SpecError(Fault(f"goal {goal.text!r}", why, f"{mend}; goals are such as {EXAMPLES}"))


def _at_length(goal: Goal, program: HalfCycleProtocol, longest: float) -> HalfCycleProtocol:
    """Return a symmetric cell's test at the goal's current, as long as the goal needs."""
    if program.ramp is not None and goal.current is None:
        raise _not_for(goal, "the currents of a ramp rise until the cell ends", "Say at which current")
    stages = program.stages if goal.current is None else [_stage_at(goal.current, program)]
    halves = 1 if program.one_way else 2
    spans = [halves * stage.half_cycle_time.value for stage in stages]
    cycles = ceil(longest) if goal.kind is GoalKind.CYCLES else _cycles_for(longest, stages, spans)
    made = {"stages": _repeated(goal, stages, cycles), "ramp": None, "stop_at_short": True}
    return program.model_copy(update={**made, **_seldom_recorded(stages)})


def _seldom_recorded(stages: list[Stage]) -> dict[str, Any]:
    """Return what a test records: ends of half cycles, because events are found between them, and no spectra."""
    return {
        "record_every": max((stage.half_cycle_time for stage in stages), key=lambda time: time.value),
        "impedance": [],
    }


def _stage_at(current: float, program: HalfCycleProtocol) -> Stage:
    """Return a stage at a current, with the half cycles and rests of the stage that comes nearest."""
    near = min(program.stages, key=lambda stage: abs(stage.current_density.value - current))
    told = Quantity(current, "A/m^2", f"{0.1 * current:.6g} mA/cm^2", source="the goal's")
    return near.model_copy(update={"current_density": told, "cycles": 1})


def _cycles_for(span: float, stages: Sequence[Stage | WindowStage], spans: list[float]) -> int:
    """Return how many cycles take a time under current (s), the last stage going on and on."""
    cycles = 0
    for one, stage in zip(spans[:-1], stages[:-1], strict=True):
        done = min(stage.cycles, ceil(span / one - SLACK))
        cycles, span = cycles + done, span - done * one
    return cycles + max(0, ceil(span / spans[-1] - SLACK)) if span > 0.0 else cycles


def _repeated(goal: Goal, stages: Sequence[Any], cycles: int) -> list[Any]:
    """Return stages of so many cycles in all: cut where they are more, the last one repeated where they are fewer."""
    if cycles > MOST_CYCLES:
        raise _not_for(goal, f"its test takes more than {MOST_CYCLES:,} cycles", "Ask for less")
    found, left = [], cycles
    for number, stage in enumerate(stages):
        count = left if number == len(stages) - 1 else min(stage.cycles, left)
        if count > 0:
            found.append(stage.model_copy(update={"cycles": count}))
        left -= count
    return found


def _window(goal: Goal, program: WindowProtocol, nominal: float, longest: float) -> WindowProtocol:
    """Return a full cell's test, as long as the goal needs."""
    if goal.kind is GoalKind.CRITICAL_CURRENT:
        raise _not_for(goal, "a full cell is cycled between voltages", "Take a symmetric cell for a critical current")
    spans = [stage.nominal_time(nominal) for stage in program.stages]
    cycles = ceil(longest) if goal.kind is GoalKind.CYCLES else _cycles_for(longest, program.stages, spans)
    return program.model_copy(
        update={"stages": _repeated(goal, program.stages, goal.cycles or cycles), "impedance": []}
    )


def _ramp(program: HalfCycleProtocol, longest: float) -> HalfCycleProtocol:
    """Return a test of rising currents to beyond the goal: the protocol's own, or one with its half cycles."""
    highest = Quantity(longest, "A/m^2", f"{0.1 * longest:.6g} mA/cm^2")
    if program.ramp is not None:
        ramp = program.ramp.model_copy(update={"highest": max(program.ramp.highest, highest, key=lambda j: j.value)})
    else:
        first, start = program.stages[0], longest / BEYOND / RAMP_BELOW
        ramp = Ramp.model_construct(
            start=Quantity(start, "A/m^2", f"{0.1 * start:.6g} mA/cm^2"),
            step=None,
            factor=Quantity(RAMP_FACTOR, "1", str(RAMP_FACTOR)),
            half_cycle_time=first.half_cycle_time,
            half_cycle_charge=None,
            highest=highest,
            rest=first.rest,
        )
    stages = ramp.stages()
    often = stages[0].half_cycle_time
    records = {"record_every": often.moved(often.value / RAMP_RECORDS), "impedance": []}
    return program.model_copy(update={"ramp": ramp, "stages": stages, "stop_at_short": True, **records})


def reach(goal: Goal, run: SimulatedTest) -> Reach:
    """Return how far a cell came towards a goal in a test of `goal_test`, or in any other that was long enough."""
    return _READERS[goal.kind](goal, run)


def under_current(run: SimulatedTest, until: float) -> float:
    """Return how long current flowed before a moment (s)."""
    time = np.minimum(run.recorded.time, until)
    return float(np.diff(time)[run.recorded.amps[1:] != 0.0].sum())


def _end(run: SimulatedTest) -> tuple[float, int] | None:
    """Return when a cell ended (s) and in which cycle; None where it is alive."""
    if run.conditions.cell.cathode is None:
        event = end_of_life(run)
        return None if event is None else (event.time_s, event.cycle)
    found = summarise(run.measurement, "full", "charge")
    end = first_of(diagnose(run.measurement, found, "full"), *SHORTS, EventKind.END_OF_LIFE)
    return None if end is None else (end.time_s, end.cycle)


def _life_reached(_goal: Goal, run: SimulatedTest) -> Reach:
    end = _end(run)
    return Reach(under_current(run, np.inf if end is None else end[0]), end is None)


def _cycles_reached(_goal: Goal, run: SimulatedTest) -> Reach:
    end = _end(run)
    return Reach(float(run.snapshot_cycles[-1] if end is None else end[1] - 1), end is None)


def _current_borne(_goal: Goal, run: SimulatedTest) -> Reach:
    found = ramp_result(run)
    if found is None:
        return Reach(0.0, alive=end_of_life(run) is None)
    return Reach(found.critical_A_m2 or 0.0, found.failing_A_m2 is None)


def _capacity_kept(goal: Goal, run: SimulatedTest) -> Reach:
    """Return the part of the first discharge capacity that is left after the goal's cycles; 0 of a cell that died before."""
    capacity = summarised_cycles(run.measurement, "full", "charge")["discharge_capacity_Ah"].to_list()
    asked = goal.cycles or len(capacity)
    return Reach(capacity[asked - 1] / capacity[0] if len(capacity) >= asked and capacity[0] else 0.0, False)


_READERS: dict[GoalKind, Callable[[Goal, SimulatedTest], Reach]] = {
    GoalKind.LIFE: _life_reached,
    GoalKind.CYCLES: _cycles_reached,
    GoalKind.CRITICAL_CURRENT: _current_borne,
    GoalKind.CAPACITY: _capacity_kept,
}
