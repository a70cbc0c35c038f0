"""What a calibration compares: smooth counterparts of the observables of the bare and the welded symmetric cell.

A cycle number is a whole number and an ensemble's median jumps; a least-squares fit needs neither. So moments are taken
in continuous time, a failure where the voltage of successive half cycles crosses its limit, and members are averaged
in the logarithm. A cell that outlives the protocol counts with the protocol's end.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ionweld.result import EventKind
from ionweld.simulate import equations as eq
from ionweld.simulate.cell import Run, simulate
from ionweld.spec.cell import Cell
from ionweld.spec.library import Entry, assumption
from ionweld.spec.protocol import Protocol
from ionweld.spec.quantity import Quantity

OUTPUTS = ("bare.max_overpotential", "bare.first_short_cycle", "bare.failure_cycle", "welded.overpotential_cycle_10")


@dataclass(frozen=True, slots=True)
class SymmetricModel:
    """The cells of a calibration; `members` bare ones, and one welded: before a short, chance does not touch it."""

    bare: Cell
    bare_protocol: Protocol
    welded: Cell
    welded_protocol: Protocol
    members: int
    seed: str

    def __call__(self, parameters: Entry) -> dict[str, float]:
        """Return OUTPUTS for one set of parameters: V, cycles, cycles, V."""
        protocol = _coarse(self.bare_protocol, self.bare_protocol.stages[0].cycles)
        runs = [simulate(self.bare, protocol, parameters, f"{self.seed}/{i}") for i in range(self.members)]
        summaries = np.log([_bare_summary(run, protocol) for run in runs])
        short, volts, failure = np.exp(summaries.mean(axis=0))
        welded = simulate(self.welded, _coarse(self.welded_protocol, 10), parameters, f"{self.seed}/welded")
        means = half_cycle_overpotentials(welded)
        found = (float(volts), float(short), float(failure), float(means[-2:].mean()))
        return dict(zip(OUTPUTS, found, strict=True))


def _coarse(protocol: Protocol, cycles: int) -> Protocol:
    """Return the first stage alone, so many cycles of it, recorded at the ends of half cycles only."""
    stage = protocol.stages[0].model_copy(update={"cycles": cycles})
    every = Quantity(stage.half_cycle_time.value, "s", stage.half_cycle_time.text)
    return protocol.model_copy(update={"stages": [stage], "record_every": every})


def half_cycle_overpotentials(run: Run) -> NDArray[np.float64]:
    """Return the mean |V| of each half cycle that ran to its end, from the state that integrates it."""
    n = run.conditions.columns.shape[1]
    durations = np.diff(run.snapshot_times, prepend=0.0)
    integrals = np.diff(run.snapshots[:, 5 * n + eq.VOLTAGE_TIME], prepend=0.0)
    complete = durations > 0.999 * durations[0]
    return integrals[complete] / durations[complete]


def _bare_summary(run: Run, protocol: Protocol) -> tuple[float, float, float]:
    """Return first short (cycles), |V| at that moment (V) and failure (cycles) of one cell."""
    stage = protocol.stages[0]
    cycle_s = 2.0 * stage.half_cycle_time.value
    end_s = cycle_s * stage.cycles
    short = next((event for event in run.events if event.kind is EventKind.FIRST_SHORT), None)
    short_s = short.time_s if short is not None else end_s
    volts = short.voltage_V if short is not None else float(half_cycle_overpotentials(run)[-1])
    return short_s / cycle_s, volts, _failure_time(run, end_s) / cycle_s


def _failure_time(run: Run, end_s: float) -> float:
    """Return when ln |V|, drawn through the middles of the half cycles, crosses its limit."""
    failed = next((event for event in run.events if event.kind is EventKind.FAILURE), None)
    if failed is None:
        return end_s
    complete = half_cycle_overpotentials(run)
    limit = assumption("failure_fraction").value * complete[:2].mean()
    before_s = (complete.size - 0.5) * run.snapshot_times[0]
    fraction = np.log(complete[-1] / limit) / np.log(complete[-1] / failed.voltage_V)
    return float(before_s + np.clip(fraction, 0.0, 1.0) * (failed.time_s - before_s))
