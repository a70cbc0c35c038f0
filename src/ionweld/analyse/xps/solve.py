"""Least squares for the joint model: starts from a scan of the charge shift, then bounded Gauss-Newton."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares, nnls

from ionweld.analyse.xps.model import (
    SHIFT_RANGE_EV,
    Component,
    Model,
    evaluate,
    jacobian,
    residuals,
    unit_profile,
)
from ionweld.analyse.xps.noise import smooth
from ionweld.errors import ComputationError

Array = NDArray[np.float64]
Trials = list[tuple[int, Sequence[float]]]  # places in the vector of parameters, and values to try there
_SHIFT_STEP_EV = 0.25
_VALLEYS = 3
_STARTS = 4
_WIDTHS_EV = (1.0, 1.4, 1.9)
_TAILS_EV = (-0.3, -0.1, 0.1, 0.3)  # never 0, from where no derivative leads away
_OFFSETS = (-1.6, -0.8, 0.0, 0.8, 1.6)  # in units of the references' disagreement
_ROUGH = 0.05
_FARTHEST = 12.0  # minima that much higher in chi-square are not worth keeping
_ROUGH_STEPS = 25
_MOST_STEPS = 100


@dataclass(frozen=True, slots=True)
class Explanation:
    """One minimum of the cost: parameters, covariance, and the share of the belief that it holds."""

    p: Array
    covariance: Array
    weight: float


@dataclass(frozen=True, slots=True)
class SurfaceSolution:
    """The best parameters and all explanations of comparable cost.

    chi2 counts the data alone with their true errors; cost and covariances hold the priors too, and errors that are
    `misfit` (at least 1) times wider, so that the data of a model that does not fit do not outvote the references.
    """

    explanations: tuple[Explanation, ...]
    chi2: float
    chi2_by_region: tuple[float, ...]
    cost: float
    channels: int
    free: int
    misfit: float

    @property
    def p(self) -> Array:
        return self.explanations[0].p

    @property
    def covariance(self) -> Array:
        return self.explanations[0].covariance

    @property
    def reduced_chi2(self) -> float:
        return self.chi2 / max(1, self.channels - self.free)


def solve(model: Model, starts: list[Array] | None = None) -> SurfaceSolution:
    """Return the least-squares solution, from the given starts or from a scan of the charge shift.

    The starts are searched with errors that grant the model a share of each intensity, which smooths the way down;
    the final weights come from the model, because weights taken from single noisy channels favour those that are
    low. Minima of comparable cost are all kept: overlapping lines can often be explained in more than one way, and
    the errors of the amounts must say so. Raises ComputationError when no solution is finite.
    """
    if starts is None:
        rough = [np.hypot(scan.sigma(smooth(scan.intensity)), _ROUGH * scan.intensity) for scan in model.scans]
        starts = [_refine(model, one, rough, _ROUGH_STEPS, 1e-3)[0] for one in _starts(model, rough)]
    near = [_refine(model, one, _model_sigma(model, one), _ROUGH_STEPS, 1e-4) for one in starts]
    least = min(cost for _, cost in near)
    sigma = _model_sigma(model, min(near, key=lambda found: found[1])[0])
    misfit = sqrt(max(1.0, least / sum(len(s) for s in sigma)))
    wide = [s * misfit for s in sigma]  # a model that does not fit may not outvote the references
    kept = [p for p, cost in near if cost <= 1.05 * least + 100.0]
    found = sorted((_refine(model, p, wide, _MOST_STEPS, 1e-7) for p in kept), key=lambda one: one[1])
    distinct: list[tuple[Array, float]] = []
    for p, cost in found:
        if np.all(np.isfinite(p)) and all(abs(cost - other) > 0.05 for _, other in distinct):
            distinct.append((p, cost))
    if not distinct:
        raise ComputationError("the joint fit of the XPS regions gave no finite parameters")
    return _solution(model, distinct, sigma, misfit)


def _model_sigma(model: Model, p: Array) -> list[Array]:
    return [scan.sigma(value) for scan, value in zip(model.scans, evaluate(model, p)[0], strict=True)]


def _refine(model: Model, start: Array, sigma: list[Array], steps: int, tolerance: float) -> tuple[Array, float]:
    margin = 1e-9
    inside = np.clip(start, model.lower + margin, np.maximum(model.upper - margin, model.lower + margin))

    @lru_cache(maxsize=1)  # the search asks for the residuals at a point, and then for their derivatives
    def at(point: bytes) -> Array:
        """Return derivatives and residuals, turned onto as few rows as there are columns: no sum of products changes."""
        p = np.frombuffer(point)
        known = evaluate(model, p)
        both = np.column_stack([jacobian(model, p, sigma, known), residuals(model, p, sigma, known)])
        return np.asarray(np.linalg.qr(both, mode="r"))

    found = least_squares(
        lambda p: at(p.tobytes())[:, -1], inside, lambda p: at(p.tobytes())[:, :-1],  # pyright: ignore[reportArgumentType]
        bounds=(model.lower, model.upper), x_scale="jac", max_nfev=steps, ftol=tolerance, xtol=tolerance, gtol=1e-12,
    )  # fmt: skip
    return found.x, float(2.0 * found.cost)


def _solution(model: Model, found: list[tuple[Array, float]], sigma: list[Array], misfit: float) -> SurfaceSolution:
    """Chi-squares are those of the true errors; costs and covariances those of the errors widened by `misfit`."""
    best, cost = found[0]
    parts = tuple(
        float(np.sum(((value - scan.intensity) / s) ** 2))
        for value, scan, s in zip(evaluate(model, best)[0], model.scans, sigma, strict=True)
    )
    free = int(np.sum(~np.isfinite(model.prior_error)))
    channels = sum(len(scan.energy_eV) for scan in model.scans)
    wide = [s * misfit for s in sigma]
    return SurfaceSolution(_explanations(model, found, wide), sum(parts), parts, cost, channels, free, misfit)


def _explanations(model: Model, found: list[tuple[Array, float]], sigma: list[Array]) -> tuple[Explanation, ...]:
    """Weigh the minima as Laplace's approximation does: exp(-cost/2) times the volume of each."""
    close = [(p, cost) for p, cost in found if cost - found[0][1] < _FARTHEST]
    covariances = [_covariance(model, p, sigma) for p, _ in close]
    logs = np.array(
        [
            -0.5 * (cost - found[0][1]) + 0.5 * _log_volume(covariance)
            for (_, cost), covariance in zip(close, covariances, strict=True)
        ]
    )
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    return tuple(
        Explanation(p, covariance, float(weight))
        for (p, _), covariance, weight in zip(close, covariances, weights, strict=True)
    )


def _log_volume(covariance: Array) -> float:
    values = np.linalg.eigvalsh(covariance)
    return float(np.sum(np.log(values[values > 1e-14 * values.max()])))


def amount_error(model: Model, solution: SurfaceSolution, at: int) -> float:
    """Return the standard error of an amount as if it were free, even where it is held at zero."""
    sigma = [s * solution.misfit for s in _model_sigma(model, solution.p)]
    return sqrt(float(_covariance(model, solution.p, sigma, freed=at)[at, at]))


def _covariance(model: Model, p: Array, sigma: list[Array], freed: int | None = None) -> Array:
    """Return the inverse of J^T J over the parameters that are not held at a bound, and the `freed` one."""
    matrix = jacobian(model, p, sigma)
    scale = np.sqrt(np.sum(matrix**2, axis=0))
    span = 1e-6 / np.maximum(scale, 1e-300)
    loose = (scale > 0) & (p > model.lower + span) & (p < model.upper - span)
    if freed is not None:
        loose[freed] = scale[freed] > 0
    small = matrix[:, loose] / scale[loose]
    inverse = np.linalg.pinv(small.T @ small, rcond=1e-13, hermitian=True) / np.outer(scale[loose], scale[loose])
    covariance = np.zeros((len(p), len(p)))
    covariance[np.ix_(loose, loose)] = inverse
    return covariance


def _starts(model: Model, sigma: list[Array]) -> list[Array]:
    """Return a few starts: valleys along the charge shift, then widths, and of the best the line positions one at a time.

    All that is linear is solved for at each point, so that no amount is caught at zero while its line stands wrong.
    """
    linear = _Linear(model, sigma)
    grid = np.arange(SHIFT_RANGE_EV[0] + _SHIFT_STEP_EV, SHIFT_RANGE_EV[1], _SHIFT_STEP_EV)
    costs = np.array([linear.solve(_moved(model.start, 0, shift))[1] for shift in grid])
    valleys = [i for i in range(len(grid)) if costs[i] == np.min(costs[max(0, i - 2) : i + 3])]
    lowest = sorted(valleys, key=lambda i: costs[i])[:_VALLEYS]
    near = sorted({i + step for i in lowest for step in (-2, -1, 0, 1, 2) if 0 <= i + step < len(grid)})
    lopsided = _moved(model.start, model.index("tail"), _TAILS_EV[-2])
    walked = [_walk(_moved(lopsided, 0, grid[i]), _forms(model), linear) for i in near]
    best = sorted(walked, key=lambda found: found[1])[:_STARTS]
    return [_walk(p, _places(model), linear)[0] for p, _ in best]


def _moved(p: Array, at: int, value: float) -> Array:
    moved = p.copy()
    moved[at] = value
    return moved


def _forms(model: Model) -> Trials:
    """Return a few values of each width, and of the tail of all lines."""
    widths = [(at, _WIDTHS_EV) for at, name in enumerate(model.names) if name.startswith("fwhm ")]
    return [*widths, (model.index("tail"), _TAILS_EV)]


def _places(model: Model) -> Trials:
    """Return a few positions of each line that has one of its own."""
    own = [at for at, name in enumerate(model.names) if name.startswith("offset ")]
    return [(at, [step * float(model.prior_error[at]) for step in _OFFSETS]) for at in own]


def _walk(p: Array, trials: Trials, linear: "_Linear") -> tuple[Array, float]:
    """Try the values of each parameter in turn, and keep what is best."""
    best, cost = linear.solve(p)
    for at, values in trials:
        for value in values:
            trial, trial_cost = linear.solve(_moved(best, at, value))
            if trial_cost < cost:
                best, cost = trial, trial_cost
    return best, cost


class _Linear:
    """Solves for all that is linear at given positions and widths; lines that did not move are kept from before."""

    def __init__(self, model: Model, sigma: list[Array]) -> None:
        self.model, self.sigma = model, sigma
        self.target = np.concatenate([scan.intensity / s for scan, s in zip(model.scans, sigma, strict=True)])
        self.ends = np.cumsum([0, *(len(s) for s in sigma)])
        self.fixed = self._backgrounds()
        self.lines: dict[tuple[float, ...], Array] = {}
        self.moving = [self._parameters(component) for component in model.components]

    def _parameters(self, component: Component) -> list[int]:
        """Return the places of all parameters that shape a component."""
        width = self.model.index(f"fwhm {self.model.scans[component.region].line}")
        extra = (component.offset, component.gain, component.splitting)
        return [0, self.model.index("mix"), self.model.index("tail"), width, *(at for at in extra if at is not None)]

    def _backgrounds(self) -> Array:
        """Return the columns of each region's rise and level, zero outside their own region."""
        regions = len(self.model.scans)
        columns = np.zeros((len(self.target), 2 * regions))
        for region, (scan, s) in enumerate(zip(self.model.scans, self.sigma, strict=True)):
            rows = slice(self.ends[region], self.ends[region + 1])
            rise = np.cumsum(scan.intensity - scan.intensity.min())
            columns[rows, region] = rise / max(float(rise[-1]), 1e-300) / s
            columns[rows, regions + region] = 1.0 / s
        return columns

    def solve(self, p: Array) -> tuple[Array, float]:
        """Return the parameters with amounts, levels and steps solved for (none negative), and the cost."""
        model, count, regions = self.model, len(self.model.species), len(self.model.scans)
        lines = np.zeros((len(self.target), count))
        for index, (component, at) in enumerate(zip(model.components, self.moving, strict=True)):
            key = (index, *p[at])
            if key not in self.lines:
                self.lines[key] = unit_profile(model, p, component) / self.sigma[component.region]
            lines[self.ends[component.region] : self.ends[component.region + 1], component.species] += self.lines[key]
        matrix = np.hstack([lines, self.fixed])
        scale = np.maximum(np.sqrt(np.einsum("ij,ij->j", matrix, matrix)), 1e-300)
        matrix /= scale
        solution, norm = _nonnegative(matrix.T @ matrix, matrix.T @ self.target, float(self.target @ self.target))
        solution = solution / scale
        found = p.copy()
        found[model.amounts] = solution[:count]
        for region, scan in enumerate(model.scans):
            found[model.index(f"level {scan.line}")] = solution[count + regions + region]
            _guess_step(model, found, region, solution[count + region])
        return found, norm + float(np.sum(((p - model.prior_mean) / model.prior_error) ** 2))


def _nonnegative(gram: Array, moment: Array, square: float) -> tuple[Array, float]:
    """Solve min |A x - b|^2 over x >= 0 from A'A, A'b and b'b; return x and the minimum."""
    ridge = gram + 1e-9 * np.eye(len(gram))
    factor = np.linalg.cholesky(ridge).T
    x, _ = nnls(factor, np.linalg.solve(factor.T, moment))
    return x, float(square - 2.0 * x @ moment + x @ gram @ x)


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
