"""Which phases are in a pattern, and roughly with which cell: candidates enter one by one, the clearest first.

A list of line positions that match within some tolerance finds phases that are not there. So a candidate has to lower
chi2 of the whole pattern by more than its freedom is worth (BIC, with chi2 taken relative to the misfit that is
there anyway), and the lines it predicts have to be there: what is missing counts against it.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ionweld.analyse.xrd.model import GLOBALS, PatternModel, PhaseCandidate, shapes_of
from ionweld.numerics import varpro
from ionweld.numerics.limits import misfit_of

Floats = NDArray[np.float64]

SCAN_STEP = 1e-3  # of a cell length: moves a line at 60 deg by 0.07 deg, less than a width
SCAN_WIDTH_DEG = 0.15
LEAST_SUPPORT = 0.6
LEAST_SIGNIFICANCE = 4.0
FEWEST_LINES = 2  # one line by itself names no phase
_PROMISE = 0.4  # of what its freedom is worth: a candidate that promises less is not given a full fit
COARSE_WIDTH_DEG = 0.4  # a wide line sees a wrong cell from further away
_COARSE = 0.004  # steps of a distortion, as a fraction of a cell length: first coarse, over all that may be,
_FINE = 0.0015  # then fine, around the best
_LARGEST_DISTORTION = 0.024
UNEQUAL = np.array([1.0, 1.0 + 1e-3, 1.0 - 1e-3])  # axes that start equal would move together for ever


@dataclass(frozen=True)
class Fitted:
    """A model with its solution, and by how much formal variances are to be enlarged."""

    model: PatternModel
    problem: varpro.Problem
    solution: varpro.Solution
    misfit: float

    @property
    def residual(self) -> Floats:
        """(y - model) / sigma."""
        return (self.problem.y - self.solution.model) / self.problem.sigma

    def influence(self, slope: Floats) -> Floats:
        """Return by how much numbers move with each point (over sigma), shape (points, numbers).

        slope: of each number by all shapes and amplitudes, shape (numbers, p + k).
        """
        return self._design @ (self.solution.covariance @ slope.T)

    @cached_property
    def _design(self) -> Floats:
        model, found = self.model, self.solution
        columns = model.columns(found.theta, list(range(model.width)))
        return np.hstack([model.slopes(found.theta, found.amplitudes), columns]) / self.problem.sigma[:, None]

    @cached_property
    def lines(self) -> tuple[Floats, ...]:
        """The profile of each line of each candidate by itself, over sigma, shapes (points, lines)."""
        each = range(len(self.model.candidates))
        return tuple(self.model.line_columns(self.solution.theta, i) / self.problem.sigma[:, None] for i in each)


def fit_model(model: PatternModel, y: Floats, sigma: Floats, start: Floats | None = None) -> Fitted:
    """Return the best fit of a model, starting from `start` where it is given."""
    problem = _problem(model, y, sigma)
    shapes = shapes_of(model)
    if start is not None:
        shapes = replace(shapes, start=np.clip(start, shapes.lower, shapes.upper))
    return _fitted(model, problem, varpro.fit(problem, shapes))


def with_candidates(fitted: Fitted, candidates: tuple[PhaseCandidate, ...]) -> Fitted:
    """Return the fit with some of its candidates alone: amplitudes solved again, shapes left as they are."""
    model = replace(fitted.model, candidates=candidates)
    problem = _problem(model, fitted.problem.y, fitted.problem.sigma)
    shapes = replace(shapes_of(model), start=model.start_from(fitted.model, fitted.solution.theta))
    return _fitted(model, problem, varpro.solved(problem, shapes))


def _problem(model: PatternModel, y: Floats, sigma: Floats) -> varpro.Problem:
    return varpro.Problem(y, sigma, model.columns, model.at_least_zero(), slopes=model.slopes)


def _fitted(model: PatternModel, problem: varpro.Problem, solution: varpro.Solution) -> Fitted:
    residual = (problem.y - solution.model) / problem.sigma
    return Fitted(model, problem, solution, misfit_of(residual, lags_of(model, solution.theta)))


def lags_of(model: PatternModel, theta: Floats) -> int:
    """Return over how many points a misfit of line shape reaches: three widths."""
    step = (model.two_theta[-1] - model.two_theta[0]) / (len(model.two_theta) - 1)
    return int(np.clip(3.0 * max(theta[2], 0.1) / step, 2, 150))


def with_cell_scaled(c: PhaseCandidate, factor: float) -> PhaseCandidate:
    """Return the candidate with its cell lengths multiplied by `factor`."""
    return replace(c, metric=c.metric / factor**2)


def scan(fitted: Fitted, c: PhaseCandidate) -> tuple[float, PhaseCandidate]:
    """Return how much chi2 a candidate could take away, and the candidate with the cell that takes most."""
    basis = basis_of(fitted)
    reach = c.phase.cell_tolerance
    if c.lattice != c.phase.lattice:
        coarse = _best(fitted, basis, _distorted(c, reach, _LARGEST_DISTORTION, _COARSE), COARSE_WIDTH_DEG)
        gain, best = _best(fitted, basis, _distorted(coarse[1], 2.0 * _FINE, 2.0 * _FINE, _FINE), SCAN_WIDTH_DEG)
        return gain, replace(best, metric=best.metric * UNEQUAL)
    count = max(1, round(reach / SCAN_STEP))
    factors = 1.0 + reach * np.arange(-count, count + 1) / count
    return _best(fitted, basis, [with_cell_scaled(c, factor) for factor in factors], SCAN_WIDTH_DEG)


def _best(
    fitted: Fitted, basis: Floats, starts: list[PhaseCandidate], width_deg: float
) -> tuple[float, PhaseCandidate]:
    """Return what the best of many cells of one candidate promises, and the candidate with it."""
    columns = fitted.model.cell_columns(_scan_theta(fitted, width_deg), starts[0], np.array([c.metric for c in starts]))
    weighted = columns / fitted.problem.sigma[:, None]
    rest = weighted - basis @ (basis.T @ weighted)
    size = np.einsum("pc,pc->c", rest, rest)
    seen = size > 1e-6 * np.einsum(
        "pc,pc->c", weighted, weighted
    )  # or no line in the range, or one like the background
    gains = np.where(seen, np.maximum(0.0, rest.T @ fitted.residual) ** 2 / np.where(seen, size, 1.0), 0.0)
    at = int(np.argmax(gains))
    return float(gains[at]), starts[at]


def _distorted(c: PhaseCandidate, scale_reach: float, reach: float, step: float) -> list[PhaseCandidate]:
    """Return cells around one: scaled as a whole, one axis against the others, and the others against each other.

    The axes of a cubic cell are equal, so it is enough to draw out the first and to split the other two.
    """
    axes = 1.0 / np.sqrt(c.metric)
    scales, ones, splits = (_grid(r, step) for r in (scale_reach, reach, min(reach, 2.0 * step)))
    found = []
    for scale in scales:
        for t in ones:
            for u in splits[len(splits) // 2 :] if reach > step * 4 else splits:
                factors = 1.0 + scale + np.array([2.0 * t, u - t, -u - t])
                found.append(replace(c, metric=1.0 / (axes * factors) ** 2))
    return found


def _grid(reach: float, step: float) -> NDArray[np.floating[Any]]:
    count = round(reach / step)
    return step * np.arange(-count, count + 1, dtype=np.float64)


def basis_of(fitted: Fitted) -> Floats:
    """Return an orthonormal basis of the columns of a fit that are not held at zero, over sigma."""
    free = fitted.solution.free
    every = fitted.model.columns(fitted.solution.theta, np.flatnonzero(free).tolist())
    weighted = every / fitted.problem.sigma[:, None]
    return np.linalg.qr(weighted / np.linalg.norm(weighted, axis=0))[0]


def _scan_theta(fitted: Fitted, width_deg: float) -> Floats:
    theta = fitted.solution.theta[:GLOBALS].copy()
    theta[2] = max(theta[2], width_deg)
    return theta


def select(fitted: Fitted, candidates: list[PhaseCandidate]) -> tuple[Fitted, list[PhaseCandidate]]:
    """Return the fit with every candidate that belongs in it, and the candidates that do not, at their best cells."""
    waiting, refused = list(candidates), []
    promises = [scan(fitted, c) for c in waiting]
    while waiting:
        order = int(np.argmax([gain for gain, _ in promises]))
        gain, best = promises.pop(order)
        waiting.pop(order)
        promising = gain > _PROMISE * _worth(best, fitted)
        trial = _try(fitted, best) if promising else None
        if trial is not None:
            fitted = trial
            promises = [scan(fitted, c) for c in waiting]
        else:
            refused.append(replace(best, nearly=promising))
    return fitted, refused


def _try(fitted: Fitted, c: PhaseCandidate) -> Fitted | None:
    """Return the fit with the candidate added, or None when it does not belong."""
    model = replace(fitted.model, candidates=(*fitted.model.candidates, c))
    start = model.start_from(fitted.model, fitted.solution.theta)
    trial = fit_model(model, fitted.problem.y, fitted.problem.sigma, start)
    gain = (fitted.solution.chi2 - trial.solution.chi2) / trial.misfit
    index = len(model.candidates) - 1
    belongs = (
        gain > _worth(c, fitted)
        and significance(trial, index) > LEAST_SIGNIFICANCE
        and support(trial, index) > LEAST_SUPPORT
    )
    return trial if belongs else None


def _worth(c: PhaseCandidate, fitted: Fitted) -> float:
    """Return the chi2 that the freedom of a candidate is worth: shapes and amplitude, each ln(points).

    How its grains lie is not counted: its prior holds it.
    """
    return (c.shapes - c.leans + 1) * float(np.log(len(fitted.problem.y)))


def significance(fitted: Fitted, index: int) -> float:
    """Return the amplitude of a phase over its standard error, enlarged for misfit."""
    at = len(fitted.solution.theta) + index
    variance = fitted.solution.covariance[at, at] * fitted.misfit
    return float(fitted.solution.amplitudes[index] / np.sqrt(variance)) if variance > 0.0 else 0.0


def support(fitted: Fitted, index: int) -> float:
    """Return the share of a phase's expected strength that stands in lines which are there.

    Each group of lines closer than their width gets an amplitude of its own; it is there when that amplitude is at
    least two standard errors and half of what the phase as a whole predicts. Groups that could not be seen at all,
    because the noise or another phase's line is larger than they are, count neither way. One line alone is no support.
    """
    amplitude, error, strength = by_group(fitted, index)
    weight = np.where(could_be_seen(error), strength, 0.0)
    there = (amplitude > 0.5) & (amplitude > 2.0 * error)
    if np.sum(weight * there > 0.0) < FEWEST_LINES:
        return 0.0
    return float(np.sum(weight * there) / np.sum(weight))


def could_be_seen(error: Floats) -> NDArray[np.bool_]:
    """Return which groups of lines, by the errors of their amplitudes (1), say something of their phase."""
    return (error > 0.0) & (error < 0.5)


def by_group(fitted: Fitted, index: int) -> tuple[Floats, Floats, Floats]:
    """Return, for each group of lines, its own amplitude over that of the phase, its standard error, and its strength."""
    theta, sigma = fitted.solution.theta, fitted.problem.sigma
    groups = _groups(fitted, index) * fitted.solution.amplitudes[index]
    others = [i for i in np.flatnonzero(fitted.solution.free) if i != index]
    basis = np.linalg.qr(fitted.model.columns(theta, [int(i) for i in others]) / sigma[:, None])[0]
    rest = groups - basis @ (basis.T @ groups)
    wanted = fitted.residual + groups.sum(axis=1)
    inverse = np.linalg.pinv(rest.T @ rest, rcond=1e-10, hermitian=True)
    amplitude = inverse @ (rest.T @ (wanted - basis @ (basis.T @ wanted)))
    error = np.sqrt(np.maximum(np.diag(inverse), 0.0) * fitted.misfit)
    return amplitude, error, np.sum(groups * sigma[:, None], axis=0)


def _groups(fitted: Fitted, index: int) -> Floats:
    """Return the profile of each group of lines that are closer than their width, over sigma."""
    positions, _ = fitted.model.line_positions(fitted.solution.theta, index)
    columns = fitted.lines[index]
    order = np.argsort(np.where(np.isfinite(positions), positions, np.inf))
    order = order[columns.sum(axis=0)[order] > 0.0]
    if not len(order):
        return np.zeros((len(columns), 1))
    width, _ = fitted.model.widths(fitted.solution.theta, index, positions[order])
    new = np.concatenate([[0], np.cumsum(np.diff(positions[order]) > width[1:])])
    return np.stack([columns[:, order[new == group]].sum(axis=1) for group in range(new[-1] + 1)], axis=1)
