"""What a calibration compares: smooth counterparts of the observables of a symmetric cell.

A cycle number is a whole number and an ensemble's median jumps; a least-squares fit needs neither. So moments are taken
in continuous time, a failure where the voltage of successive half cycles crosses its limit, and members are averaged
in the logarithm. A cell that outlives the protocol counts with the protocol's end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ionweld.errors import Fault, SpecError
from ionweld.result import EventKind
from ionweld.simulate.cell import SimulatedTest, simulate
from ionweld.simulate.run import CellEvent
from ionweld.spec.cell import CellSpec
from ionweld.spec.library import Entry, assumption
from ionweld.spec.protocol import HalfCycleProtocol
from ionweld.spec.quantity import Quantity
from ionweld.twin.observables import Observable


@dataclass(frozen=True, slots=True)
class SymmetricModel:
    """One test of a calibration. seed: with {} for the number of the member."""

    SMOOTH: ClassVar = "maximum overpotential until the sudden drop, overpotential of a cycle, cycle of an event"

    cell: CellSpec
    protocol: HalfCycleProtocol
    members: int
    seed: str
    observables: tuple[Observable, ...]

    def __post_init__(self) -> None:
        for one in self.observables:
            _smooth(one)

    def __call__(self, parameters: Entry) -> dict[str, float]:
        """Return the observables for one set of parameters, by their names (SI units, cycles)."""
        protocol = _coarse(self.protocol, self._cycles)
        readings = [_smooth(one) for one in self.observables]
        found = []
        for member in range(self.members):
            run = simulate(self.cell, protocol, parameters, self.seed.replace("{}", str(member)))
            found.append([read(run, protocol) for read in readings])
        means = found[0] if len(found) == 1 else np.exp(np.log(found).mean(axis=0)).tolist()
        return {one.id: float(value) for one, value in zip(self.observables, means, strict=True)}

    @property
    def _cycles(self) -> int:
        """How many cycles of the first stage are needed: all, unless every observable is of a given cycle."""
        asked = [one.cycle for one in self.observables]
        whole = self.protocol.stages[0].cycles
        return max((whole if cycle is None else cycle for cycle in asked), default=whole)


Smooth = Callable[[SimulatedTest, HalfCycleProtocol], float]


def _smooth(one: Observable) -> Smooth:
    """Return the smooth counterpart of an observable. Raises SpecError where there is none."""
    if one.quantity == "overpotential" and one.statistic == "maximum" and one.until == EventKind.SUDDEN_DROP:
        return lambda run, _: _volts_before_short(run)
    if one.quantity == "overpotential" and one.cycle is not None:
        ends = slice(2 * one.cycle - 2, 2 * one.cycle)
        return lambda run, _: float(half_cycle_overpotentials(run)[ends].mean())
    if one.event is EventKind.SUDDEN_DROP:
        return _short_cycle
    if one.event is EventKind.FAILURE:
        return _failure_cycle
    seen = f"no calibration of a symmetric cell can be told the {one.statistic} of {one.quantity}"
    raise SpecError(Fault(f"observable {one.id}", seen, f"It can be told: {SymmetricModel.SMOOTH}"))


def _coarse(protocol: HalfCycleProtocol, cycles: int) -> HalfCycleProtocol:
    """Return the first stage alone, so many cycles of it, recorded at the ends of half cycles only."""
    stage = protocol.stages[0].model_copy(update={"cycles": cycles})
    every = Quantity(stage.half_cycle_time.value, "s", stage.half_cycle_time.text)
    return protocol.model_copy(update={"stages": [stage], "record_every": every})


def half_cycle_overpotentials(run: SimulatedTest) -> NDArray[np.float64]:
    """Return the mean |V| of each half cycle that ran to its end, from the state that integrates it."""
    durations = np.diff(run.snapshot_times, prepend=0.0)
    integrals = np.diff(run.state("voltage_time")[:, 0], prepend=0.0)
    complete = durations > 0.999 * durations[0]
    return integrals[complete] / durations[complete]


def _first(run: SimulatedTest, kind: EventKind) -> CellEvent | None:
    return next((event for event in run.events if event.kind is kind), None)


def _times(protocol: HalfCycleProtocol) -> tuple[float, float]:
    """Return how long a cycle of the first stage takes, and all of them (s)."""
    stage = protocol.stages[0]
    cycle_s = 2.0 * stage.half_cycle_time.value
    return cycle_s, cycle_s * stage.cycles


def _volts_before_short(run: SimulatedTest) -> float:
    """Return |V| at the first short, or of the last half cycle (V)."""
    short = _first(run, EventKind.FIRST_SHORT)
    return short.voltage_V if short is not None else float(half_cycle_overpotentials(run)[-1])


def _short_cycle(run: SimulatedTest, protocol: HalfCycleProtocol) -> float:
    cycle_s, end_s = _times(protocol)
    short = _first(run, EventKind.FIRST_SHORT)
    return (short.time_s if short is not None else end_s) / cycle_s


def _failure_cycle(run: SimulatedTest, protocol: HalfCycleProtocol) -> float:
    """Return when ln |V|, drawn through the middles of the half cycles, crosses its limit."""
    cycle_s, end_s = _times(protocol)
    failed = _first(run, EventKind.FAILURE)
    if failed is None:
        return end_s / cycle_s
    complete = half_cycle_overpotentials(run)
    limit = assumption("failure_fraction").value * complete[:2].mean()
    before_s = (complete.size - 0.5) * run.snapshot_times[0]
    fraction = np.log(complete[-1] / limit) / np.log(complete[-1] / failed.voltage_V)
    return float(before_s + np.clip(fraction, 0.0, 1.0) * (failed.time_s - before_s)) / cycle_s
