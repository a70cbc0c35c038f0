"""The posterior over the measured curve: what cells that stand for the measured one would have shown, cycle by cycle."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.analyse.cycling import summarised_cycles
from ionweld.errors import ComputationError, InputError
from ionweld.infer.draws import DrawPlan, virtual_cell
from ionweld.infer.engine import Inference
from ionweld.infer.observation import CellKind
from ionweld.infer.protocol import Direction
from ionweld.infer.seen import seen_test
from ionweld.measurement.cycling import CyclingTest
from ionweld.twin.pool import Mapper

Real = NDArray[np.float64]
DRAWS = 40
OF = {  # kind of cell: what is compared, its column, its unit and the factor to that
    "symmetric": ("overpotential", "overpotential_V", "mV", 1e3),
    "full": ("discharge capacity", "discharge_capacity_Ah", "mAh", 1e3),
}


@dataclass(frozen=True, slots=True)
class Predictive:
    """A number by cycle, in `unit`: measured (cycles,), and of draws of the posterior (draws, cycles), NaN after an end."""

    quantity: str
    unit: str
    measured: Real
    draws: Real

    def band(self, share: float) -> tuple[Real, Real]:
        """Return the edges of the middle share of the draws that still run; NaN where fewer than a fifth do."""
        outside = (1.0 - share) / 2.0
        found = np.full((2, self.draws.shape[1]), np.nan)
        runs = np.isfinite(self.draws).mean(axis=0) >= 0.2
        found[:, runs] = np.nanquantile(self.draws[:, runs], [outside, 1.0 - outside], axis=0)
        return found[0], found[1]

    @property
    def running(self) -> Real:
        """The share of the draws that still run, by cycle."""
        return np.isfinite(self.draws).mean(axis=0)


def predictive(found: Inference, mapper: Mapper, started: Callable[[str, int], Callable[[], None]]) -> Predictive:
    """Return what the posterior's heaviest draws show beside what was measured."""
    weights, plan = found.posterior.weights, found.plan
    heaviest = np.argsort(-weights, kind="stable")[:DRAWS].tolist()
    numbers = [found.table.draws[place].number for place in heaviest if weights[place] > 0.0]
    done, curves = started("curves", len(numbers)), []
    for curve in mapper(_curve, [(plan, number) for number in numbers]):
        curves.append(curve)
        done()
    measured = by_cycle(found.observation.test, plan.kind, plan.protocol.first)
    quantity, _, unit, factor = OF[plan.kind]
    length = max(len(one) for one in (measured, *curves))
    made = [_padded(one, length) * factor for one in (measured, *curves)]
    return Predictive(quantity, unit, made[0], np.array(made[1:]).reshape(-1, length))


def _curve(task: tuple[DrawPlan, int]) -> Sequence[float]:
    """Return a draw's number by cycle; nothing where it cannot be simulated."""
    plan, number = task
    one = virtual_cell(plan, number)
    try:
        test = seen_test(one.run(), one.nuisances, plan.sampling, plan.protocol.seconds)
    except (ComputationError, InputError, ArithmeticError):
        return []
    return by_cycle(test, plan.kind, plan.protocol.first)


def by_cycle(test: CyclingTest, kind: CellKind, first: Direction) -> Sequence[float]:
    """Return the number that is compared, one for each cycle of a test."""
    column = summarised_cycles(test, kind, first)[OF[kind][1]]
    return column.cast(pl.Float64).fill_null(float("nan")).to_list()


def _padded(values: Sequence[float], length: int) -> Real:
    return np.array([*values, *[np.nan] * (length - len(values))])
