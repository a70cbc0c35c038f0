"""Least squares by variable projection: shapes are searched, the amplitudes that multiply them are solved for.

    model(theta) = C(theta) a,   minimise |(y - C a) / sigma|^2 + |(theta - prior) / prior_sigma|^2

For each theta the best a follows from linear algebra (some of them held at or above zero), so that only theta is
searched, by Levenberg-Marquardt with Kaufman's Jacobian: the derivative of the model with a held, projected away from
the columns of C. A shape that a step would carry over its bound is put on the bound, and the others are solved again:
cut off afterwards, they would have moved to make up for what it did not do. The search ends when the step to the
minimum promises less chi2 than matters beside the noise. The errors come from the full problem, theta and a together,
so that nothing is taken as known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ionweld.errors import ComputationError

Floats = NDArray[np.float64]
_MOST_STEPS = 60
_ENOUGH = 1e-4  # of chi2, per point: the minimum is a hundredth of a standard error away
_LEAST_DAMPING, _MIDDLE_DAMPING, _LARGEST_DAMPING = 1e-9, 0.1, 1e12
_LITTLE, _MOST = 0.25, 0.75  # of a promise


@dataclass(frozen=True, slots=True)
class Shapes:
    """The searched parameters: start, bounds and a Gaussian prior (sigma inf = none), each of shape (p,).

    step: the size of change that the numerical derivative uses.
    """

    start: Floats
    lower: Floats
    upper: Floats
    prior: Floats
    prior_sigma: Floats
    step: Floats


@dataclass(frozen=True, slots=True)
class Problem:
    """y and sigma, shape (n,); columns(theta, which) -> those columns of C, shape (n, len(which)).

    at_least_zero: which amplitudes may not be negative, shape (k,). slopes(theta, amplitudes): the derivative of
    columns @ amplitudes by each shape, shape (n, p); where the model does not know it, it is taken by differences of the
    columns that each shape touches.
    """

    y: Floats
    sigma: Floats
    columns: Callable[[Floats, Sequence[int]], Floats]
    at_least_zero: NDArray[np.bool_]
    touched: Sequence[Sequence[int]] = ()
    slopes: Callable[[Floats, Floats], Floats] | None = None


@dataclass(frozen=True, slots=True)
class Solution:
    """theta (p,), amplitudes (k,), their joint covariance (p + k, p + k), chi2 without the prior, the model (n,).

    free: which amplitudes were not held at zero. converged: False when the search ran out of steps.
    """

    theta: Floats
    amplitudes: Floats
    covariance: Floats
    chi2: float
    model: Floats
    free: NDArray[np.bool_]
    converged: bool


def solve_amplitudes(columns: Floats, y: Floats, sigma: Floats, at_least_zero: NDArray[np.bool_]) -> Floats:
    """Return the amplitudes a, shape (k,), of the best y ~ columns @ a with some of them not negative.

    By an active set: the most negative amplitude that may not be is held at zero, and the rest solved again.
    """
    weighted = columns / sigma[:, None]
    size = np.linalg.norm(weighted, axis=0)
    free = size > 0.0
    scaled = weighted / np.where(free, size, 1.0)
    gram, right = scaled.T @ scaled, scaled.T @ (y / sigma)
    while True:
        index = np.flatnonzero(free)
        a = np.zeros(len(free))
        a[index] = np.linalg.lstsq(gram[index][:, index], right[index], rcond=1e-13)[0]
        negative = at_least_zero & (a < 0.0)
        if not negative.any():
            return a / np.where(size > 0.0, size, 1.0)
        free[np.argmin(np.where(negative, a, 0.0))] = False


def fit(problem: Problem, shapes: Shapes) -> Solution:
    """Return the best theta and amplitudes. Raises ComputationError when the model is not finite."""
    damping, converged = 1e-3, False
    state = _State.at(problem, shapes, shapes.start.copy())
    for _ in range(_MOST_STEPS):
        gram, slope = _normal_equations(problem, shapes, state)
        enough = _ENOUGH * max(1.0, state.cost / len(problem.y))
        if slope @ _step(shapes, state.theta, gram, slope, 0.0) < enough:
            converged = True
            break
        state, damping, moved = _improve(problem, shapes, state, gram, slope, damping)
        if not moved:
            converged = True
            break
    return _solution(problem, shapes, state, converged)


def solved(problem: Problem, shapes: Shapes) -> Solution:
    """Return the best amplitudes at the shapes to start from, which are not searched."""
    return _solution(problem, shapes, _State.at(problem, shapes, shapes.start), converged=True)


@dataclass(frozen=True, slots=True)
class _State:
    theta: Floats
    columns: Floats
    amplitudes: Floats
    residual: Floats
    cost: float

    @staticmethod
    def at(problem: Problem, shapes: Shapes, theta: Floats) -> "_State":
        columns = problem.columns(theta, range(len(problem.at_least_zero)))
        if not np.all(np.isfinite(columns)):
            raise ComputationError("the model is not finite; the data or a phase is outside what it can describe")
        amplitudes = solve_amplitudes(columns, problem.y, problem.sigma, problem.at_least_zero)
        residual = (problem.y - columns @ amplitudes) / problem.sigma
        prior = (theta - shapes.prior) / shapes.prior_sigma
        return _State(theta, columns, amplitudes, residual, float(residual @ residual + prior @ prior))


def _projected(problem: Problem, shapes: Shapes, state: _State) -> Floats:
    change = _changes(problem, shapes, state)
    active = (state.amplitudes != 0.0) | ~problem.at_least_zero
    weighted = state.columns[:, active] / problem.sigma[:, None]
    basis, _ = np.linalg.qr(weighted / np.maximum(np.linalg.norm(weighted, axis=0), 1e-300))
    return change - basis @ (basis.T @ change)


def _changes(problem: Problem, shapes: Shapes, state: _State) -> Floats:
    if problem.slopes is not None:
        return problem.slopes(state.theta, state.amplitudes) / problem.sigma[:, None]
    change = np.zeros((len(problem.y), len(state.theta)))
    for i in range(len(state.theta)):
        which = [column for column in problem.touched[i] if state.amplitudes[column] != 0.0]
        if not which:
            continue
        step = shapes.step[i] if state.theta[i] + shapes.step[i] <= shapes.upper[i] else -shapes.step[i]
        moved = state.theta.copy()
        moved[i] += step
        change[:, i] = (problem.columns(moved, which) - state.columns[:, which]) @ state.amplitudes[which] / step
    return change / problem.sigma[:, None]


def _normal_equations(problem: Problem, shapes: Shapes, state: _State) -> tuple[Floats, Floats]:
    jacobian, precision = _projected(problem, shapes, state), 1.0 / shapes.prior_sigma**2
    slope = jacobian.T @ state.residual - precision * (state.theta - shapes.prior)
    return jacobian.T @ jacobian + np.diag(precision), slope


def _improve(
    problem: Problem, shapes: Shapes, state: _State, gram: Floats, slope: Floats, damping: float
) -> tuple[_State, float, bool]:
    """Return the next state, the damping, and whether any step helped."""
    while damping < _LARGEST_DAMPING:
        step = _step(shapes, state.theta, gram, slope, damping)
        trial = _State.at(problem, shapes, np.clip(state.theta + step, shapes.lower, shapes.upper))
        if trial.cost < state.cost:
            kept = (state.cost - trial.cost) / (2.0 * slope @ step - step @ gram @ step)
            return trial, _next_damping(damping, float(kept)), True
        damping *= 10.0
        if np.all(np.abs(step) < 1e-9 * (np.abs(state.theta) + shapes.step)):
            break
    return state, damping, False


def _next_damping(damping: float, kept: float) -> float:
    """Return the damping after a step that kept this part of its promise: one that kept little had gone too far."""
    if kept < _LITTLE:
        return max(10.0 * damping, _MIDDLE_DAMPING)
    return max(damping / 10.0, _LEAST_DAMPING) if kept > _MOST else damping


def _step(shapes: Shapes, theta: Floats, gram: Floats, slope: Floats, damping: float) -> Floats:
    """Return the damped step within the bounds: what would cross one is put on it, and the rest solved again."""
    damped = gram + np.diag(damping * np.diag(gram) + 1e-30)
    step, free = np.zeros(len(theta)), np.ones(len(theta), dtype=bool)
    while free.any():
        right = slope[free] - damped[free][:, ~free] @ step[~free]
        step[free] = np.linalg.lstsq(damped[free][:, free], right, rcond=None)[0]
        bounded = np.clip(step, shapes.lower - theta, shapes.upper - theta)
        crossing = free & (bounded != step)
        if not crossing.any():
            break
        step[crossing], free[crossing] = bounded[crossing], False
    return step


def _solution(problem: Problem, shapes: Shapes, state: _State, converged: bool) -> Solution:
    free = (state.amplitudes != 0.0) | ~problem.at_least_zero
    full = np.hstack([_changes(problem, shapes, state), state.columns[:, free] / problem.sigma[:, None]])
    precision = np.concatenate([1.0 / shapes.prior_sigma**2, np.zeros(int(free.sum()))])
    size = np.sqrt(np.sum(full * full, axis=0) + precision)
    size = np.where(size > 0.0, size, 1.0)
    gram = (full / size).T @ (full / size) + np.diag(precision / size**2)
    inner = np.linalg.pinv(gram, rcond=1e-13, hermitian=True) / np.outer(size, size)
    index = np.concatenate([np.arange(len(state.theta)), len(state.theta) + np.flatnonzero(free)])
    covariance = np.zeros((len(state.theta) + len(free),) * 2)
    covariance[np.ix_(index, index)] = inner
    chi2 = float(state.residual @ state.residual)
    model = state.columns @ state.amplitudes
    return Solution(state.theta, state.amplitudes, covariance, chi2, model, free, converged)


def directions(problem: Problem, shapes: Shapes, solution: Solution) -> tuple[Floats, Floats]:
    """Return an orthonormal basis of all that the fit can follow, and its residual; prior rows stand below the data.

    What is added to the model shows only in the part that is at right angles to this basis, shape (n + p, rank).
    """
    state = _State.at(problem, shapes, solution.theta)
    data = np.hstack([_changes(problem, shapes, state), state.columns[:, solution.free] / problem.sigma[:, None]])
    prior = np.zeros((len(solution.theta), data.shape[1]))
    np.fill_diagonal(prior, 1.0 / shapes.prior_sigma)
    full = np.vstack([data, prior])
    size = np.linalg.norm(full, axis=0)
    vectors, values, _ = np.linalg.svd(full[:, size > 0.0] / size[size > 0.0], full_matrices=False)
    residual = np.concatenate([state.residual, (shapes.prior - solution.theta) / shapes.prior_sigma])
    return vectors[:, values > 1e-7 * values[0]], residual
