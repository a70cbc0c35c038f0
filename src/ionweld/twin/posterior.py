"""What the rows leave open: draws of all parameters, fitted and carried, each fitted anew to rows shaken by their errors.

Randomised maximum likelihood (Oliver, He and Reynolds 1996; Kitanidis 1995, from memory): for errors e ~ N(0, 1) of the
rows and a prior centre z0 ~ N(0, 1) of the parameters, in units of their spreads,

    minimise  sum_rows [(m(z) - d)/sigma - e]^2 + |z - z0|^2.

For a linear model the minima are draws of the posterior; for another one they are near it, and, unlike draws of a linear
posterior, each of them meets the rows as well as their errors allow. A bound counts where it is broken.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri

from ionweld.simulate.seeds import stream
from ionweld.twin.calibrate import CalibrationProblem
from ionweld.twin.pool import Mapper

Real = NDArray[np.float64]
EVALUATIONS = 10
SMALL = 0.02  # a fall of the cost that ends a descent: a draw scatters by 1 in each direction
UNLIKELY = 0.999  # a draw whose rows are worse than those of all but one in a thousand has not been fitted


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw: z (free + carried,), and the sum of squares of its rows against the numbers that were told."""

    z: Real
    rows: float


@dataclass(frozen=True, slots=True)
class Posterior:
    """Draws z (draws, free + carried), and how many others were refused because no fit to their rows was found."""

    z: Real
    refused: int


@dataclass(frozen=True, slots=True)
class _Task:
    problem: CalibrationProblem
    optimum: Real
    distances: Real
    slopes: Real
    errors: Real
    centre: Real


def posterior(
    problem: CalibrationProblem, z: Real, slopes: Real, count: int, seed: str, mapper: Mapper, done: Callable[[], None]
) -> Posterior:
    """Return draws about the optimum z (free,). slopes: of the rows' distances by all parameters, (rows, free + carried).

    `done` is called after each.
    """
    optimum = np.concatenate([z, np.zeros(len(problem.carried))])
    shaken = stream(seed, "posterior").standard_normal((count, slopes.shape[0] + slopes.shape[1]))
    errors, centres = np.split(shaken, [slopes.shape[0]], axis=1)
    known = problem.distances(optimum)
    tasks = [_Task(problem, optimum, known, slopes, e, z0) for e, z0 in zip(errors, centres, strict=True)]
    found: list[Draw] = []
    for draw in mapper(_fitted, tasks):
        found.append(draw)
        done()
    worst = float(chdtri(len(problem.rows), 1.0 - UNLIKELY))
    kept = [draw.z for draw in found if draw.rows <= worst]
    return Posterior(np.array(kept).reshape(len(kept), optimum.size), len(found) - len(kept))


def _fitted(task: _Task) -> Draw:
    """Return the minimum of one draw: Gauss-Newton, whose slopes learn from each evaluation (Broyden's update)."""
    slopes = task.slopes.copy()
    at, distances = task.optimum, task.distances
    best = _cost(task, at, distances)
    for _ in range(EVALUATIONS):
        step = _step(task, slopes, at, distances)
        there = _inside(task.problem, at + step)
        step = there - at
        if not step.any():
            break
        seen = task.problem.distances(there)
        slopes += np.outer(seen - distances - slopes @ step, step) / (step @ step)
        cost = _cost(task, there, seen)
        fallen = best - cost
        if fallen > 0.0:
            at, distances, best = there, seen, cost
        if 0.0 < fallen < SMALL:
            break
    return Draw(at, float(np.square(task.problem.counted(distances)).sum()))


def _shaken(task: _Task, distances: Real) -> Real:
    return task.problem.counted(distances - task.errors)


def _cost(task: _Task, z: Real, distances: Real) -> float:
    return float(np.square(_shaken(task, distances)).sum() + np.square(z - task.centre).sum())


def _step(task: _Task, slopes: Real, z: Real, distances: Real) -> Real:
    """Return the step to the minimum of the linear problem; bounds that the step itself would break are taken in."""
    counts = np.array([row.relation == "=" for row in task.problem.rows]) | (_shaken(task, distances) != 0.0)
    while True:
        A, r = slopes[counts], (distances - task.errors)[counts]
        step = np.asarray(np.linalg.solve(A.T @ A + np.eye(z.size), A.T @ -r + task.centre - z), dtype=np.float64)
        broken = _shaken(task, distances + slopes @ step) != 0.0
        if not (broken & ~counts).any():
            return step
        counts |= broken


def _inside(problem: CalibrationProblem, z: Real) -> Real:
    """Return z with every parameter inside its range; the range of a carried one is two spreads either way."""
    low, high = problem.bounds()
    edge = np.full(len(problem.carried), 2.0)
    return np.clip(z, np.concatenate([low, -edge]), np.concatenate([high, edge]))


@dataclass(frozen=True, slots=True)
class Direction:
    """A combination of parameters: weights in prior spreads, and its spread after the data over that before."""

    weights: Real
    learnt: float


def directions(draws: Real) -> list[Direction]:
    """Return the principal combinations of the parameters of draws (draws, parameters), the best known first."""
    variances, vectors = np.linalg.eigh(np.cov(draws, rowvar=False).reshape(draws.shape[1], -1))
    return [Direction(vector, float(np.sqrt(max(0.0, one)))) for one, vector in zip(variances, vectors.T, strict=True)]
