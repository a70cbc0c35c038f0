"""Levenberg-Marquardt on many starts at once: one batch of small dense problems, bounds by projection.

The damping follows H. B. Nielsen, "Damping Parameter in Marquardt's Method", report IMM-REP-1999-05 (1999), as later
programs quote it (the report itself was not at hand): the gain ratio decides how fast it falls, and a refused step
doubles the growth.
A parameter that sits on a bound and is pushed outward is held there for that step.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]
# points (k, p), rows (k,) of the batch that they are -> residuals (k, m) and their derivatives (k, p, m)
Model = Callable[[Real, NDArray[np.intp]], tuple[Real, Real]]

_LONGEST_STEP = 2.0  # in logarithms: no parameter changes by more than a factor e^2 at once
_GIVE_UP_DAMPING = 1e12


@dataclass(frozen=True, slots=True)
class Minima:
    """Where each start ended: points (k, p), costs = sum of squared residuals (k,), converged (k,)."""

    points: Real
    costs: Real
    converged: NDArray[np.bool_]


@dataclass(slots=True)
class _State:
    """The batch under way: gradient J r (k, p) and normal matrix J J^T (k, p, p), smaller than the J they come from."""

    x: Real
    gradient: Real
    normal: Real
    cost: Real
    damping: Real
    growth: Real
    done: NDArray[np.bool_]


def minimise(
    model: Model, starts: Real, lower: Real, upper: Real, *, tolerance: float = 1e-9, iterations: int = 60
) -> Minima:
    """Minimise the sum of squared residuals from each start, shape (k, p), within bounds of shape (p,) or (k, p).

    A start has converged when the decrease that its next step promises is below `tolerance` of its cost.
    """
    x = np.clip(np.atleast_2d(starts), lower, upper)
    low, high = (np.broadcast_to(bound, x.shape) for bound in (lower, upper))
    rows = np.arange(len(x))
    ones = np.ones(len(x))
    state = _State(x, *_normal_equations(*model(x, rows)), 1e-3 * ones, 2 * ones, np.zeros(len(x), bool))
    for _ in range(iterations):
        active = np.flatnonzero(~state.done)
        if not active.size:
            break
        _iterate(model, state, active, low[active], high[active], tolerance)
    return Minima(state.x, state.cost, state.done & (state.damping < _GIVE_UP_DAMPING))


def _iterate(model: Model, state: _State, active: NDArray[np.intp], low: Real, high: Real, tolerance: float) -> None:
    x, gradient, normal = state.x[active], state.gradient[active], state.normal[active]
    step = _step(x, gradient, normal, state.damping[active], low, high)
    promised = -2 * np.einsum("kp,kp->k", gradient, step) - np.einsum("kp,kpq,kq->k", step, normal, step)
    cost = state.cost[active]
    moving = promised > tolerance * cost
    state.done[active[~moving]] = True
    if not moving.any():
        return
    active, promised, cost = active[moving], promised[moving], cost[moving]
    trial = x[moving] + step[moving]
    gradient, normal, new_cost = _normal_equations(*model(trial, active))
    gain = (cost - new_cost) / promised
    better = gain > 0  # False for a cost that is not a number
    kept = active[better]
    state.x[kept], state.cost[kept] = trial[better], new_cost[better]
    state.gradient[kept], state.normal[kept] = gradient[better], normal[better]
    factor = np.maximum(1 / 3, 1 - (2 * np.clip(np.where(better, gain, 0), 0, 1) - 1) ** 3)
    state.damping[active] = np.where(
        better, np.maximum(state.damping[active] * factor, 1e-12), state.damping[active] * state.growth[active]
    )
    state.growth[active] = np.where(better, 2.0, 2 * state.growth[active])
    state.done[active[state.damping[active] > _GIVE_UP_DAMPING]] = True


def _normal_equations(r: Real, J: Real) -> tuple[Real, Real, Real]:
    """Return the gradient J r, the normal matrix J J^T and the cost r r of each point of the batch."""
    return np.matmul(J, r[..., None])[..., 0], np.matmul(J, J.transpose(0, 2, 1)), np.einsum("km,km->k", r, r)


def _step(x: Real, gradient: Real, normal: Real, damping: Real, low: Real, high: Real) -> Real:
    """Return the damped step, kept inside the bounds."""
    held = ((x <= low) & (gradient > 0)) | ((x >= high) & (gradient < 0))
    damped = normal.copy()
    diagonal = np.einsum("kpp->kp", damped)
    diagonal += damping[:, None] * np.maximum(diagonal, 1e-6 * diagonal.max(axis=1, keepdims=True)) + 1e-300
    if held.any():
        damped[held] = 0.0
        damped.transpose(0, 2, 1)[held] = 0.0
        diagonal[held] = 1.0
    step = -np.linalg.solve(damped, np.where(held, 0.0, gradient)[..., None])[..., 0]
    step *= np.minimum(1.0, _LONGEST_STEP / np.maximum(np.abs(step).max(axis=1, keepdims=True), 1e-300))
    return np.clip(x + step, low, high) - x
