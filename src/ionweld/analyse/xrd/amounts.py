"""Cells, shares of the mass and upper limits, with their errors."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ionweld.analyse.xrd.model import PhaseCandidate, shapes_of
from ionweld.analyse.xrd.result import PhaseResult
from ionweld.analyse.xrd.search import Fitted, fit_model, lags_of, significance, support
from ionweld.analyse.xrd.weak import flank_error, flank_variance, over_lines, over_shapes, vibration_error
from ionweld.laws.diffraction import cell_of
from ionweld.numerics import varpro
from ionweld.numerics.limits import correlated_misfit, upper_limit

Floats = NDArray[np.float64]

_WIDE_deg = 0.25  # size width of crystallites of some 35 nm: lines that wide hide more
_USUAL = (
    1  # of the cells and widths that an absent phase is looked for with: the cell it fits best with, its usual width
)
_PLACES = 5e-5  # relative, of a cell: lines are placed to some 0.003 deg by a model of their asymmetry, at 60 deg
_LIMIT_IN_STDERR = 1.96  # a 95 % upper limit of nothing, in standard errors


def phase_results(fitted: Fitted, absent: list[PhaseCandidate], verdict: str) -> list[PhaseResult]:
    """Return one result per phase that was looked for; a poor fit gives no errors and no amounts."""
    shown = range(len(fitted.model.candidates))
    amplitudes, covariance = _amplitudes(fitted)
    mass = np.array([c.phase.density for c in fitted.model.candidates])
    amount = amplitudes * mass
    total = float(amount.sum())
    around = varpro.directions(fitted.problem, shapes_of(fitted.model), fitted.solution)
    if verdict == "no confident match":
        return [_absent(fitted, c, 0.0, around) for c in (*fitted.model.candidates, *absent)]
    tidy = verdict != "poor"
    missing = [_absent(fitted, c, total if tidy else 0.0, around) for c in absent]
    results = [_present(fitted, index, amount, mass, covariance, tidy) for index in shown]
    hidden = [result.upper_limit_95 or 0.0 for result in missing]
    return [_beside_hidden(result, hidden, alone=len(results) == 1) for result in results] + missing


def _beside_hidden(result: PhaseResult, limits: list[float], *, alone: bool) -> PhaseResult:
    """Return a share whose error holds what phases may take that were not seen; theirs are limits."""
    if result.fraction is None or result.fraction_stderr is None:
        return result
    if not limits:
        return replace(result, fraction_stderr=None) if alone else result
    taken = result.fraction * float(np.hypot.reduce(limits)) / _LIMIT_IN_STDERR
    return replace(result, fraction_stderr=float(np.hypot(result.fraction_stderr, taken)))


def _enlarged(fitted: Fitted, index: int) -> float:
    """Return the factor on the variances of one phase: the misfit at its own lines, at least the general one."""
    if fitted.misfit == 1.0:
        return 1.0
    column = fitted.model.columns(fitted.solution.theta, [index])[:, 0] / fitted.problem.sigma
    own = correlated_misfit(fitted.residual, column, lags_of(fitted.model, fitted.solution.theta))
    return max(own, fitted.misfit)


def _amplitudes(fitted: Fitted) -> tuple[Floats, Floats]:
    """Return the amplitudes of the phases and their covariance, weak ones averaged over what their lines do not say."""
    count, first = len(fitted.model.candidates), len(fitted.solution.theta)
    amplitudes = fitted.solution.amplitudes[:count].copy()
    covariance = fitted.solution.covariance[first : first + count, first : first + count].copy()
    missed = np.zeros(count)
    for index in range(count):
        averaged = over_shapes(fitted, index)
        if averaged is not None:
            amplitudes[index], covariance[index, index] = averaged
        else:
            agreed, scatter = over_lines(fitted, index)
            missed[index] = np.hypot(flank_error(fitted, index), scatter * amplitudes[index])
            amplitudes[index] *= agreed
    scale = np.sqrt([_enlarged(fitted, index) for index in range(count)])
    relative = [np.hypot(_uneven(fitted, index), vibration_error(fitted, index)) for index in range(count)]
    added = np.square(relative * amplitudes) + np.square(missed)
    return amplitudes, covariance * np.outer(scale, scale) + np.diag(added)


def _uneven(fitted: Fitted, index: int) -> float:
    """Return the relative error of an amplitude from unevenly lying grains: lines scatter, the strong ones weigh most."""
    lines = fitted.lines[index]
    weight = np.sum(lines * lines, axis=0)
    return float(fitted.model.priors.texture[1] * np.linalg.norm(weight) / max(float(weight.sum()), 1e-300))


def _present(fitted: Fitted, index: int, amount: Floats, mass: Floats, covariance: Floats, tidy: bool) -> PhaseResult:
    c = fitted.model.candidates[index]
    metric = fitted.model.metric(fitted.solution.theta, index)
    cell = cell_of(c.lattice, metric)
    total = float(amount.sum())
    slope = mass * ((np.arange(len(mass)) == index) - amount[index] / total) / total
    stderr = float(np.sqrt(max(slope @ covariance @ slope, 0.0)))
    errors = _cell_errors(fitted, index, c, metric)
    return PhaseResult(
        phase=c.phase.name,
        present=True,
        lattice=c.lattice,
        cell_angstrom=(float(cell[0]), float(cell[1]), float(cell[2])),
        cell_stderr=(float(errors[0]), float(errors[1]), float(errors[2])) if tidy else None,
        cell_angles_deg=(float(cell[3]), float(cell[4]), float(cell[5])),
        fraction=float(amount[index] / total) if tidy else None,
        fraction_stderr=stderr if tidy else None,
        upper_limit_95=None,
        trace=None,
        trace_stderr=None,
        support=support(fitted, index),
        significance=significance(fitted, index),
        status="fitted",
        source=c.phase.source,
    )


def _cell_errors(fitted: Fitted, index: int, c: PhaseCandidate, metric: Floats) -> Floats:
    where = fitted.model.metric_slice(index)
    slope = np.zeros((6, len(fitted.solution.covariance)))  # of the six numbers of the cell
    for i, scale in enumerate(c.metric_scale):
        step = np.zeros(len(metric))
        step[i] = 1e-6 * scale
        slope[:, where.start + i] = (cell_of(c.lattice, metric + step) - cell_of(c.lattice, metric - step)) / 2e-6
    formal = np.maximum(np.einsum("ij,jk,ik->i", slope, fitted.solution.covariance, slope), 0.0)
    variance = formal * _enlarged(fitted, index) + flank_variance(fitted, index, slope)
    return np.sqrt(variance + (_PLACES * cell_of(c.lattice, metric)) ** 2)


def _absent(fitted: Fitted, c: PhaseCandidate, total: float, around: tuple[Floats, Floats]) -> PhaseResult:
    """Return an upper limit: the largest over the cells and widths that the phase may have; none when it has no line in range."""
    found = [_estimate(fitted, cell, around) for cell in _cells(c)] if total > 0.0 else []
    closer = _fitted_estimate(fitted, c) if c.nearly and found else None
    estimates = [estimate for estimate in (*found, closer) if estimate is not None]
    limit = max((upper_limit(value, error) for value, error in estimates), default=None)
    value, error = closer or (found[_USUAL] if found else None) or (None, None)
    share = None if limit is None else limit * c.phase.density / (limit * c.phase.density + total)
    a, b, length_c, alpha, beta, gamma = c.phase.cell
    return PhaseResult(
        phase=c.phase.name,
        present=False,
        lattice=c.phase.lattice,
        cell_angstrom=(a, b, length_c),
        cell_stderr=None,
        cell_angles_deg=(alpha, beta, gamma),
        fraction=None,
        fraction_stderr=None,
        upper_limit_95=share,
        trace=None if value is None else value * c.phase.density / total,
        trace_stderr=None if error is None else error * c.phase.density / total,
        support=0.0,
        significance=value / error if value is not None and error else 0.0,
        status=c.phase.status,
        source=c.phase.source,
    )


def _fitted_estimate(fitted: Fitted, c: PhaseCandidate) -> tuple[float, float] | None:
    """Return amplitude and standard error of a phase that nearly belonged, from a fit with it.

    Without it the lines of its neighbours have bent towards its own, and what is left says too little of it.
    """
    model = replace(fitted.model, candidates=(*fitted.model.candidates, c))
    start = model.start_from(fitted.model, fitted.solution.theta)
    trial = fit_model(model, fitted.problem.y, fitted.problem.sigma, start)
    at = len(model.candidates) - 1
    averaged = over_shapes(trial, at)
    if averaged is None:
        return None
    relative = np.hypot(_uneven(trial, at), vibration_error(trial, at))
    return averaged[0], float(np.sqrt(averaged[1] * _enlarged(trial, at) + (relative * averaged[0]) ** 2))


def _cells(c: PhaseCandidate) -> list[PhaseCandidate]:
    reach = 0.5 * min(c.phase.cell_tolerance, 0.004)
    factors = (1.0 - reach, 1.0, 1.0 + reach)
    return [
        replace(c, metric=c.metric / factor**2, size_width=width, free=False)
        for width in (None, _WIDE_deg)
        for factor in factors
    ]


def _estimate(fitted: Fitted, c: PhaseCandidate, around: tuple[Floats, Floats]) -> tuple[float, float] | None:
    """Return amplitude and standard error of a phase added to the fit, everything else free to give way.

    None when nothing in the range can tell: no line, or only lines that the background can take over.
    """
    trial = replace(fitted.model, candidates=(*fitted.model.candidates, c))
    at = len(fitted.model.candidates)
    column = trial.columns(fitted.solution.theta, [at])[:, 0] / fitted.problem.sigma
    basis, residual = around
    padded = np.concatenate([column, np.zeros(len(residual) - len(column))])
    rest = padded - basis @ (basis.T @ padded)
    size = float(rest @ rest)
    if size <= 1e-6 * float(column @ column):
        return None
    own = correlated_misfit(fitted.residual, column, lags_of(fitted.model, fitted.solution.theta))
    enlarged = max(own, fitted.misfit) if fitted.misfit > 1.0 else 1.0
    texture = _texture(fitted, rest[: len(column)] / size)
    return float(rest @ residual) / size, float(np.sqrt(enlarged / size + texture**2))


def _texture(fitted: Fitted, weight: Floats) -> float:
    """Return the error of an estimate weight . y that comes from unevenly lying grains of the phases that are there.

    A line of theirs that is stronger or weaker than computed is taken for one of the phase looked for, or hides it.
    """
    moved = 0.0
    for index in range(len(fitted.model.candidates)):
        lines = fitted.lines[index]
        moved += float(np.sum((weight @ lines * fitted.solution.amplitudes[index]) ** 2))
    return fitted.model.priors.texture[1] * float(np.sqrt(moved))
