"""The half cycles and rests of a protocol in their order, and the conditions at which the cell is held in each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ionweld.simulate.changing import Held
from ionweld.spec.cell import CellSpec
from ionweld.spec.program import ProgramStep
from ionweld.spec.protocol import AnyProtocol, HalfCycleProtocol, WindowProtocol, WindowStage


class VoltageHold(NamedTuple):
    """A voltage (V) that is held until the current has fallen to a density (A/m2), or so long at the most (s)."""

    voltage: float
    cut_off: float
    longest: float


@dataclass(frozen=True, slots=True)
class PlannedLeg:
    """A half cycle or rest of a protocol: current density (A/m2), longest time (s), cycle, and whether it ends one.

    then: what follows where it ends at its voltage limit. held: conditions to which the cell is brought as it begins, none where they stay: evenly over a time (s), which may go
    on beyond it, or at once where that is 0.
    """

    current: float
    longest: float
    cycle: int
    ends_cycle: bool
    held: Held | None = None
    over: float = 0.0
    then: VoltageHold | None = None


def schedule(cell: CellSpec, protocol: AnyProtocol, nominal: float = 0.0) -> Iterator[PlannedLeg]:
    """Return the legs of a test. nominal: charge of a full cell that 1 C means (C/m2)."""
    legs = _by_window(protocol, nominal) if isinstance(protocol, WindowProtocol) else _by_time(protocol)
    return _programmed(legs, Held(cell.temperature, cell.stack_pressure), protocol.program)


def _by_time(protocol: HalfCycleProtocol) -> Iterator[PlannedLeg]:
    sign, cycle = 1.0 if protocol.first_half_cycle == "charge" else -1.0, 0
    for stage in protocol.stages:
        j, duration = sign * stage.current_density.value, stage.half_cycle_time.value
        pause = stage.rest.value if stage.rest is not None else 0.0
        for _ in range(stage.cycles):
            cycle += 1
            legs = list(_cycle(((j, duration), (-j, duration)), pause, cycle))
            yield from _one_way(legs) if protocol.one_way else legs


def _one_way(legs: list[PlannedLeg]) -> list[PlannedLeg]:
    """Return the first half cycle of a cycle, with its rest."""
    first = legs[: len(legs) // 2]
    return [*first[:-1], replace(first[-1], ends_cycle=True)]


def _by_window(protocol: WindowProtocol, nominal: float) -> Iterator[PlannedLeg]:
    cycle = 0
    for stage in protocol.stages:
        charge, discharge = (nominal * rate for rate in stage.rates(nominal))
        halves = tuple(zip((charge, -discharge), stage.time_limits(nominal), strict=True))
        pause = stage.rest.value if stage.rest is not None else 0.0
        for _ in range(stage.cycles):
            cycle += 1
            first, *others = _cycle(halves, pause, cycle)
            yield replace(first, then=_hold(protocol, stage, nominal))
            yield from others


def _hold(protocol: WindowProtocol, stage: WindowStage, nominal: float) -> VoltageHold | None:
    """Return how the upper voltage is held after a charge; None where it is not."""
    hold = stage.hold(nominal)
    return None if hold is None else VoltageHold(protocol.upper_voltage.value, nominal * hold[0], hold[1])


def _cycle(halves: Sequence[tuple[float, float]], pause: float, cycle: int) -> Iterator[PlannedLeg]:
    """Return the legs of a cycle: half cycles of a current density (A/m2) and a longest time (s), each with its pause."""
    legs = [leg for half in halves for leg in (half, (0.0, pause))]
    legs = [(current, span) for current, span in legs if span > 0.0]
    for number, (current, span) in enumerate(legs):
        yield PlannedLeg(current, span, cycle, number + 1 == len(legs))


def _programmed(legs: Iterable[PlannedLeg], now: Held, steps: Sequence[ProgramStep]) -> Iterator[PlannedLeg]:
    """Put the changes of a program before the cycles that they name."""
    named, cycle = {step.before_cycle: step for step in steps}, 0
    for leg in legs:
        step = named.get(leg.cycle) if leg.cycle != cycle else None
        cycle = leg.cycle
        if step is None:
            yield leg
            continue
        now = Held(step.temperature or now.temperature, step.stack_pressure or now.pressure)
        over = step.over.value if step.over is not None else 0.0
        if over > 0.0 and not step.under_current:
            yield PlannedLeg(0.0, over, cycle, ends_cycle=False, held=now, over=over)
            over = 0.0
        if step.hold is not None and step.hold.value > 0.0:
            yield PlannedLeg(0.0, step.hold.value, cycle, ends_cycle=False, held=now)
        yield replace(leg, held=now, over=over)
