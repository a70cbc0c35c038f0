"""The half cycles and rests of a protocol in their order, and the conditions at which the cell is held in each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ionweld.simulate.changing import Held
from ionweld.simulate.mechanism import Real
from ionweld.spec.cell import CellSpec
from ionweld.spec.program import ProgramStep
from ionweld.spec.protocol import AnyProtocol, HalfCycleProtocol, Stage, WindowProtocol, WindowStage

# legs of a cycle: current density (A/m2), longest time (s), and of what holds a voltage that (V) and the current it ends at
_Cycle = list[tuple[float, float, float, float]]


class PlannedLegs(NamedTuple):
    """Half cycles and rests, one after the other, as arrays (m,): current density (A/m2), longest time (s), cycle (from 1),
    and whether each ends one.

    held: voltage that is held (V), 0 where the current is set; it goes on with the charge before it, where that has ended at
    its limit, until the current has fallen to cut_off (A/m2).
    """

    current: Real
    longest: Real
    held: Real
    cut_off: Real
    cycle: NDArray[np.int64]
    ends_cycle: NDArray[np.bool_]


class NewConditions(NamedTuple):
    """Conditions to which a cell is brought: evenly over a time (s), which may go on beyond a leg, or at once where it is 0."""

    held: Held
    over: float


@dataclass(frozen=True, slots=True)
class Schedule:
    """The legs of a test. changes: of conditions, by the leg with which they begin (from 0).

    every: interval of the record (s); records_end: whether the end of a leg is a moment of the record that is known before.
    """

    legs: PlannedLegs
    every: float
    records_end: bool
    changes: dict[int, NewConditions]

    @property
    def moments(self) -> NDArray[np.int64]:
        """How many moments of each leg are recorded at most, but for its end."""
        return np.ceil(self.legs.longest * (1 - 1e-9) / self.every).astype(np.int64)


def schedule(cell: CellSpec, protocol: AnyProtocol, nominal: float = 0.0) -> Schedule:
    """Return the legs of a test. nominal: charge of a full cell that 1 C means (C/m2)."""
    window = isinstance(protocol, WindowProtocol)
    legs = _legs(_by_window(protocol, nominal) if window else _by_time(protocol))
    changes: dict[int, NewConditions] = {}
    if protocol.program:
        legs, changes = _programmed(legs, Held(cell.temperature, cell.stack_pressure), protocol.program)
    return Schedule(legs, protocol.record_every.value, not window, changes)


def _legs(stages: Iterator[tuple[_Cycle, int]]) -> PlannedLegs:
    """Return the legs of stages: a cycle of each, and how often it comes."""
    legs, ends = [], []
    for cycle, count in stages:
        legs += cycle * count
        ends += ([False] * (len(cycle) - 1) + [True]) * count
    ends_cycle = np.array(ends)
    current, longest, held, cut_off = np.array(legs).T.copy()
    return PlannedLegs(current, longest, held, cut_off, np.cumsum(ends_cycle) - ends_cycle + 1, ends_cycle)


def _by_time(protocol: HalfCycleProtocol) -> Iterator[tuple[_Cycle, int]]:
    sign = 1.0 if protocol.first_half_cycle == "charge" else -1.0
    for stage in protocol.stages:
        j, duration = sign * stage.current_density.value, stage.half_cycle_time.value
        ways = (j,) if protocol.one_way else (j, -j)
        yield _with_rests([[_plain(way, duration)] for way in ways], _pause(stage)), stage.cycles


def _by_window(protocol: WindowProtocol, nominal: float) -> Iterator[tuple[_Cycle, int]]:
    for stage in protocol.stages:
        charge, discharge = (nominal * rate for rate in stage.rates(nominal))
        longest, hold = stage.time_limits(nominal), stage.hold(nominal)
        halves = [[_plain(charge, longest[0])], [_plain(-discharge, longest[1])]]
        if hold is not None:
            halves[0].append((charge, hold[1], protocol.upper_voltage.value, nominal * hold[0]))
        yield _with_rests(halves, _pause(stage)), stage.cycles


def _plain(current: float, span: float) -> tuple[float, float, float, float]:
    return current, span, 0.0, 0.0


def _pause(stage: Stage | WindowStage) -> float:
    return stage.rest.value if stage.rest is not None else 0.0


def _with_rests(halves: Sequence[_Cycle], pause: float) -> _Cycle:
    rest = [_plain(0.0, pause)] if pause > 0.0 else []
    return [leg for half in halves for leg in (*half, *rest)]


def _programmed(
    legs: PlannedLegs, now: Held, steps: Sequence[ProgramStep]
) -> tuple[PlannedLegs, dict[int, NewConditions]]:
    """Put the changes of a program before the cycles that they name, with the rests that they take."""
    changes: dict[int, NewConditions] = {}
    places, spans = [], []
    for step in steps:
        first = int(np.searchsorted(legs.cycle, step.before_cycle))
        now = Held(step.temperature or now.temperature, step.stack_pressure or now.pressure)
        rests, over = _rests(step)
        for span, during in rests:
            changes[first + len(places)] = NewConditions(now, during)
            places.append(first)
            spans.append(span)
        changes[first + len(places)] = NewConditions(now, over)
    put = {
        "current": 0.0,
        "longest": spans,
        "held": 0.0,
        "cut_off": 0.0,
        "cycle": legs.cycle[places],
        "ends_cycle": False,
    }
    return PlannedLegs(*(np.insert(getattr(legs, name), places, values) for name, values in put.items())), changes


def _rests(step: ProgramStep) -> tuple[list[tuple[float, float]], float]:
    """Return the rests of a step (s), each with the time over which conditions change in it, and from its cycle on."""
    over, rests = step.over.value if step.over is not None else 0.0, []
    if over > 0.0 and not step.under_current:
        rests, over = [(over, over)], 0.0
    if step.hold is not None and step.hold.value > 0.0:
        rests.append((step.hold.value, 0.0))
    return rests, over
