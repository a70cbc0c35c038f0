"""Least squares for the joint model: a start by scanning the charge shift, then bounded Gauss-Newton, twice weighted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares, nnls

from ionweld.analyse.xps.model import SHIFT_RANGE_EV, Model, evaluate, jacobian, residuals
from ionweld.analyse.xps.noise import smooth
from ionweld.errors import ComputationError

Array = NDArray[np.float64]
_SHIFT_STEP_EV = 0.25
_STARTS = 3
_MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Solution:
    """The best parameters; chi2 counts the data alone, cost the priors too. sigma: one array per region."""

    p: Array
    covariance: Array
    chi2: float
    chi2_by_region: tuple[float, ...]
    cost: float
    channels: int
    free: int
    sigma: tuple[Array, ...]

    @property
    def reduced_chi2(self) -> float:
        return self.chi2 / max(1, self.channels - self.free)


def solve(model: Model, start: Array | None = None) -> Solution:
    """Return the least-squares solution, from `start` or from a scan of the charge shift.

    The weights come from a running mean of the data first and from the model then: weights taken from single noisy
    channels would favour those that are low. Raises ComputationError when no start leads to a solution.
    """
    sigma = [scan.sigma(smooth(scan.intensity)) for scan in model.scans]
    starts = [start] if start is not None else _starts(model, sigma)
    tried = [_refine(model, one, sigma, _MOST_STEPS) for one in starts]
    best = min(tried, key=lambda found: found[1])
    sigma = [scan.sigma(value) for scan, value in zip(model.scans, evaluate(model, best[0])[0], strict=True)]
    p, cost = _refine(model, best[0], sigma, _MOST_STEPS)
    if not np.all(np.isfinite(p)):
        raise ComputationError("the joint fit of the XPS regions gave no finite parameters")
    return _solution(model, p, cost, sigma)


def _refine(model: Model, start: Array, sigma: list[Array], steps: int) -> tuple[Array, float]:
    margin = 1e-9
    inside = np.clip(start, model.lower + margin, np.maximum(model.upper - margin, model.lower + margin))
    found = least_squares(
        lambda p: residuals(model, p, sigma), inside, lambda p: jacobian(model, p, sigma),
        bounds=(model.lower, model.upper), x_scale="jac", max_nfev=steps, ftol=1e-9, xtol=1e-9, gtol=1e-9,
    )  # fmt: skip
    return found.x, float(2.0 * found.cost)


def _solution(model: Model, p: Array, cost: float, sigma: list[Array]) -> Solution:
    values, _ = evaluate(model, p)
    parts = tuple(
        float(np.sum(((value - scan.intensity) / s) ** 2))
        for value, scan, s in zip(values, model.scans, sigma, strict=True)
    )
    data_parameters = int(np.sum(~np.isfinite(model.prior_error)))
    channels = sum(len(scan.energy_eV) for scan in model.scans)
    covariance = _covariance(model, p, sigma)
    return Solution(p, covariance, sum(parts), parts, cost, channels, data_parameters, tuple(sigma))


def _covariance(model: Model, p: Array, sigma: list[Array]) -> Array:
    """Return the inverse of J^T J over the parameters that are not held at a bound."""
    matrix = jacobian(model, p, sigma)
    scale = np.sqrt(np.sum(matrix**2, axis=0))
    span = 1e-6 / np.maximum(scale, 1e-300)
    loose = (scale > 0) & (p > model.lower + span) & (p < model.upper - span)
    small = matrix[:, loose] / scale[loose]
    inverse = np.linalg.pinv(small.T @ small, rcond=1e-13, hermitian=True) / np.outer(scale[loose], scale[loose])
    covariance = np.zeros((len(p), len(p)))
    covariance[np.ix_(loose, loose)] = inverse
    return covariance


def _starts(model: Model, sigma: list[Array]) -> list[Array]:
    """Return the best few starts along the charge shift; all that is linear is solved for at each."""
    grid = np.arange(SHIFT_RANGE_EV[0] + _SHIFT_STEP_EV, SHIFT_RANGE_EV[1], _SHIFT_STEP_EV)
    scanned = [_linear_start(model, float(shift), sigma) for shift in grid]
    costs = np.array([cost for _, cost in scanned])
    valleys = [i for i in range(len(grid)) if costs[i] == np.min(costs[max(0, i - 2) : i + 3])]
    return [scanned[i][0] for i in sorted(valleys, key=lambda i: costs[i])[:_STARTS]]


def _linear_start(model: Model, shift: float, sigma: list[Array]) -> tuple[Array, float]:
    """Solve for the amounts, levels and background rises (none negative) at a given shift; return start and cost."""
    p = model.start.copy()
    p[0], p[model.amounts] = shift, 1.0
    _, slopes = evaluate(model, p)
    count, regions = len(model.species), len(model.scans)
    rows = []
    for region, (scan, slope, s) in enumerate(zip(model.scans, slopes, sigma, strict=True)):
        own = np.zeros((len(s), 2 * regions))
        rise = np.cumsum(scan.intensity - scan.intensity.min())
        own[:, region], own[:, regions + region] = rise / max(float(rise[-1]), 1e-300), 1.0
        rows.append(np.hstack([slope[:, model.amounts], own]) / s[:, None])
    matrix = np.vstack(rows)
    scale = np.maximum(np.sqrt(np.sum(matrix**2, axis=0)), 1e-300)
    target = np.concatenate([scan.intensity / s for scan, s in zip(model.scans, sigma, strict=True)])
    solution, norm = nnls(matrix / scale, target)
    solution = solution / scale
    p[model.amounts] = solution[:count]
    for region, scan in enumerate(model.scans):
        p[model.index(f"level {scan.line}")] = solution[count + regions + region]
        _guess_step(model, p, region, solution[count + region])
    return p, float(norm**2)


def _guess_step(model: Model, p: Array, region: int, rise: float) -> None:
    """Turn the rise of the background over a region into its step parameter (Shirley: per unit of line area)."""
    if model.background == "linear":
        return
    area = sum(
        p[model.amounts.start + component.species] * component.factor
        for component in model.components
        if component.region == region
    )
    at = model.index(f"step {model.scans[region].line}")
    p[at] = min(rise / area, 0.9 * model.upper[at], 1.0) if area > 0 else 0.0
