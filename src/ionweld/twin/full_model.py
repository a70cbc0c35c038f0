"""What a calibration compares of full cells: smooth counterparts of the observables, straight from the states.

Members are averaged, impedances in the logarithm. A cell that dies counts with the cycles that it had, and its
impedance with that of its last state.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import polars as pl

from ionweld.analyse.cycling import cycles
from ionweld.errors import Fault, SpecError
from ionweld.simulate.cell import SimulatedTest, simulate
from ionweld.simulate.impedance import low_frequency_resistance
from ionweld.simulate.snapshot import BEFORE
from ionweld.spec.cell import CellSpec
from ionweld.spec.library import Entry, assumption
from ionweld.spec.protocol import WindowProtocol
from ionweld.spec.quantity import Quantity
from ionweld.twin.ensemble import impedance_rest
from ionweld.twin.observables import Observable, pooled_efficiency

NEVER = 1e9  # s between records: only the ends of half cycles are kept
TOLERANCE = 1e-4  # a calibration's residuals are a hundred times coarser; steps are limited by stability, not by this


@dataclass(frozen=True, slots=True)
class FullModel:
    """One test of a calibration. seed: with {} for the number of the member."""

    SMOOTH: ClassVar = (
        "specific capacity of a cycle, pooled or lowest coulombic efficiency, impedance at the start or end"
    )

    cell: CellSpec
    protocol: WindowProtocol
    members: int
    seed: str
    observables: tuple[Observable, ...]

    def __post_init__(self) -> None:
        for one in self.observables:
            _smooth(one)

    def __call__(self, parameters: Entry) -> dict[str, float]:
        """Return the observables for one set of parameters, by their names (SI units, cycles)."""
        runs = [self._run(parameters, member) for member in range(self.members)]
        tables = [cycles(run.measurement, "charge") for run in runs]
        found = {}
        for one in self.observables:
            read = _smooth(one)
            values = [read(run, table, parameters) for run, table in zip(runs, tables, strict=True)]
            found[one.id] = _mean(values, logarithmic=one.quantity == "impedance")
        return found

    def _run(self, parameters: Entry, member: int) -> SimulatedTest:
        """Run a cell that is recorded at the ends of half cycles only."""
        rare = self.protocol.model_copy(update={"record_every": Quantity(NEVER, "s", "never")})
        return simulate(self.cell, rare, parameters, self.seed.replace("{}", str(member)), tolerance=TOLERANCE)


Smooth = Callable[[SimulatedTest, pl.DataFrame, Entry], float]


def _smooth(one: Observable) -> Smooth:
    """Return the smooth counterpart of an observable. Raises SpecError where there is none."""
    if one.statistic == "pooled":
        return lambda _run, table, _parameters: pooled_efficiency(table, one.cycles)
    if one.quantity == "coulombic efficiency" and one.statistic == "minimum":
        return lambda _run, table, _parameters: float(table["coulombic_efficiency"].fill_null(0.0).to_numpy().min())
    if one.quantity == "impedance":
        return _impedance_at_start if one.at == "start" else _impedance_at_end
    if one.quantity == "specific capacity" and one.cycle is not None:
        cycle = one.cycle
        return lambda run, table, _parameters: _capacity(run, table, cycle)
    seen = f"no calibration of a full cell can be told the {one.statistic} of {one.quantity}"
    raise SpecError(Fault(f"observable {one.id}", seen, f"It can be told: {FullModel.SMOOTH}"))


def _mean(values: list[float], *, logarithmic: bool) -> float:
    if len(values) == 1:
        return values[0]
    return float(np.exp(np.mean(np.log(values)))) if logarithmic else float(np.mean(values))


def _impedance_at_start(run: SimulatedTest, _table: pl.DataFrame, _parameters: Entry) -> float:
    return low_frequency_resistance(run, BEFORE).total


def _impedance_at_end(run: SimulatedTest, _table: pl.DataFrame, parameters: Entry) -> float:
    return low_frequency_resistance(run, len(run.snapshots) - 1, impedance_rest(parameters)).total


def _capacity(run: SimulatedTest, table: pl.DataFrame, cycle: int) -> float:
    """Return the capacity of a cycle (C/kg), or of the last one before it that the cell had."""
    mass = run.measurement.context.active_mass_kg
    assert mass is not None
    given = table["discharge_capacity_Ah"]
    per_mass = 3600.0 / mass * given
    return max(assumption("dead_capacity").value, float(per_mass[min(cycle, given.len()) - 1]))
