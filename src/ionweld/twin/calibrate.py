"""Calibration: which parameters make the twin agree with the rows it is told, given what was believed before.

Least squares in the logarithms of the parameters, in units of their prior spread:

    minimise  sum_rows [(m(p) - d)/sigma]^2 + sum_parameters z^2,     p = p_prior factor^z

A row with the relation ">" (or "<") counts only where the twin falls short of it. Rows of quantities that scatter over
decades are compared in their logarithm. Every evaluation uses the same seeds (common random numbers), so the sum is
smooth enough for finite differences, whose step is a documented fraction of the prior. Several starts, drawn from the
prior, must agree; how many do is part of the result.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from ionweld.errors import ComputationError
from ionweld.simulate.seeds import stream
from ionweld.spec.library import Entry
from ionweld.spec.quantity import Quantity
from ionweld.twin.pool import Mapper

Model = Callable[[Entry], dict[str, float]]
STEP = 0.25  # of the prior's spread: above the graininess of an ensemble whose members die and bridge at cycles
WIDE_STEP = 0.5  # of the spread: carried numbers are moved over their whole ranges
# Two starts agree when every parameter lies within this part of its spread after the data: an ensemble of cells that
# short and die at cycles is grainy, and an optimum cannot be told more finely than the data tell it
AGREEMENT = 0.5


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One number that the twin is told: its value and uncertainty (relative if `logarithmic`, else in its unit)."""

    id: str
    value: float
    sigma: float
    relation: Literal["=", ">", "<"]
    logarithmic: bool


@dataclass(frozen=True, slots=True)
class CalibrationProblem:
    """What is calibrated: the entry whose prior_factors name the free parameters, the model, and the rows.

    carried: further numbers of the entry that are not fitted, but whose ranges reach every prediction.
    """

    prior: Entry
    model: Model
    rows: tuple[TargetRow, ...]
    carried: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """The free parameters."""
        return list(self.prior.priors)

    def entry(self, z: NDArray[np.float64]) -> Entry:
        """Return the parameters at a point z of the free parameters, and of what is carried if z is as long as both."""
        moved = self.names if z.size == len(self.names) else [*self.names, *self.carried]
        return self.prior.updated({name: self._moved(name, step) for name, step in zip(moved, z.tolist(), strict=True)})

    def _moved(self, name: str, step: float) -> Quantity:
        known = self.prior.quantity(name)
        value = known.value * self.prior.priors[name] ** step if name in self.prior.priors else within(known, step)
        status = "fitted" if name in self.prior.priors else known.status
        return known.moved(value, status)

    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the range of every free parameter, in units of the prior's spread."""
        limits = []
        for name in self.names:
            known, factor = self.prior.quantity(name), log(self.prior.priors[name])
            low, high = known.low or known.value * 1e-6, known.high or known.value * 1e6
            limits.append((log(low / known.value) / factor, log(high / known.value) / factor))
        return np.array(limits).T[0], np.array(limits).T[1]

    def residuals(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the weighted misfit of each row, then the distance of each parameter from its prior."""
        return np.concatenate([self.counted(self.distances(z)), z])

    def counted(self, distances: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what of each row's distance counts, shape (rows,): bounds where they are broken."""
        return np.array([counted(row, one) for row, one in zip(self.rows, distances.tolist(), strict=True)])

    def distances(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the distance of each row in sigma, bounds as if they were equalities."""
        found = self.model(self.entry(z))
        return np.array([distance(row, found[row.id]) for row in self.rows])


@dataclass(frozen=True, slots=True)
class Optimum:
    """One start's end: z (parameters,), its cost (sum of squares), covariance of z, residuals and evaluations."""

    z: NDArray[np.float64]
    cost: float
    covariance: NDArray[np.float64]
    residuals: NDArray[np.float64]
    evaluations: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """The best optimum with its parameters, how many starts there were, and how many of them ended there."""

    parameters: Entry
    optimum: Optimum
    starts: int
    agreeing: int


def within(known: Quantity, step: float) -> float:
    """Return a number that lies `step` spreads from its value; its range counts as two spreads either way of the middle.

    In the logarithm, unless the range begins at 0. Never outside the range.
    """
    low, high = known.low, known.high
    assert low is not None
    assert high is not None
    moved = known.value * (high / low) ** (step / 4.0) if low > 0.0 else known.value + step * (high - low) / 4.0
    return min(max(moved, low), high)


def distance(row: TargetRow, found: float) -> float:
    """Return how many sigma the twin's number lies from the row, on whichever side."""
    return (log(found / row.value) if row.logarithmic else found - row.value) / row.sigma


def counted(row: TargetRow, sigmas: float) -> float:
    """Return what of a distance counts: all of it, or of an inequality that on its wrong side."""
    if row.relation == "=":
        return sigmas
    return min(0.0, sigmas) if row.relation == ">" else max(0.0, sigmas)


def starting_points(problem: CalibrationProblem, count: int, seed: str) -> list[NDArray[np.float64]]:
    """Return the prior's median and count - 1 draws from the prior, inside the parameters' ranges."""
    low, high = problem.bounds()
    draws = stream(seed, "starts").standard_normal((count, len(problem.names)))
    draws[0] = 0.0
    margin = 1e-3 * (high - low)
    return [np.clip(draw, low + margin, high - margin) for draw in draws]


def descend(task: tuple[CalibrationProblem, NDArray[np.float64]]) -> Optimum:
    """Return the optimum that one start leads to."""
    problem, start = task
    counted = 0

    def residuals(z: NDArray[np.float64]) -> NDArray[np.float64]:
        nonlocal counted
        counted += 1
        return problem.residuals(z)

    def jacobian(z: NDArray[np.float64]) -> NDArray[np.float64]:
        steps = STEP * np.eye(z.size)
        return np.array([(residuals(z + step) - residuals(z - step)) / (2 * STEP) for step in steps]).T

    low, high = problem.bounds()
    slopes: Any = jacobian  # scipy's stubs know of no function here
    done = least_squares(residuals, start, slopes, bounds=(low, high), xtol=1e-3, ftol=1e-4, gtol=1e-6, max_nfev=40)
    return Optimum(done.x, 2.0 * float(done.cost), np.linalg.inv(done.jac.T @ done.jac), done.fun, counted)


def calibrate(
    problem: CalibrationProblem, starts: int, seed: str, mapper: Mapper, done: Callable[[], None] = lambda: None
) -> Calibration:
    """Calibrate from several starts; `done` is called after each. Raises ComputationError when no two starts agree."""
    found: list[Optimum] = []
    for optimum in mapper(descend, [(problem, start) for start in starting_points(problem, starts, seed)]):
        found.append(optimum)
        done()
    best = min(found, key=lambda optimum: optimum.cost)
    agreeing = sum(_same(optimum, best) for optimum in found)
    if starts > 1 and agreeing < 2:
        raise ComputationError(f"calibration: of {starts} starts no two ended at the same optimum")
    return Calibration(problem.entry(best.z), best, starts, agreeing)


def _same(one: Optimum, best: Optimum) -> bool:
    """Return whether a start ended where the best one did."""
    left = np.sqrt(np.diag(best.covariance))  # of each parameter's spread before the data
    return bool(np.all(np.abs(one.z - best.z) < AGREEMENT * left))


def sensitivities(problem: CalibrationProblem, z: NDArray[np.float64], mapper: Mapper) -> NDArray[np.float64]:
    """Return how each row's distance changes per spread of each free and carried parameter, at the optimum z.

    Shape (rows, free + carried). The steps are wider than those of the fit: over a whole spread matters, not at a point.
    """
    both = [*problem.names, *problem.carried]
    steps = WIDE_STEP * np.eye(len(both))
    at = np.concatenate([z, np.zeros(len(problem.carried))])
    tasks = [(problem, at + sign * step) for step in steps for sign in (1.0, -1.0)]
    found = np.array(list(mapper(_row_distances, tasks)))
    return ((found[0::2] - found[1::2]) / (2 * WIDE_STEP)).T


def _row_distances(task: tuple[CalibrationProblem, NDArray[np.float64]]) -> NDArray[np.float64]:
    problem, z = task
    return problem.distances(z)
