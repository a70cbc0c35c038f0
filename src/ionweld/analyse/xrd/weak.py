"""How much there is of a weak phase, whatever the width of its lines and however its grains lie, and what models miss.

A line that hardly stands out of the noise does not say how wide it is, and its area goes with the width: the best fit
takes the width that makes most of the noise, and its formal error knows nothing of the others. So the amount is averaged
over widths and March parameters, each weighed by how well it fits and by what is known before.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from ionweld.analyse.xrd.model import shapes_of
from ionweld.analyse.xrd.search import Fitted, by_group, could_be_seen, significance
from ionweld.numerics import varpro

Floats = NDArray[np.float64]

_CLEAR = 15.0  # standard errors: from here on the lines say themselves how wide they are
_WIDTHS_deg = np.geomspace(0.02, 0.8, 9)
_FEWEST_GROUPS = 4
# How well a pseudo-Voigt with one axial tail follows the lines of a goniometer: of the height, and of what is far out.
_NEAR, _FAR = 0.01, 0.1
_NEIGHBOURHOOD_deg = 1.0
_ALIKE = 2.0  # neighbouring points are wrong together: as one error of each, it is so much larger
_LEANS = (-0.6, -0.3, 0.0, 0.3, 0.6)  # ln r


def over_shapes(fitted: Fitted, index: int) -> tuple[float, float] | None:
    """Return amplitude and variance (for noise as it is said to be) of a weak phase; None where it is clear."""
    if significance(fitted, index) > _CLEAR:
        return None
    sigma = np.hypot(fitted.problem.sigma, _ALIKE * _missed(fitted, index))
    columns, prior = _shapes(fitted, index, sigma)
    basis, residual = _without(fitted, index, sigma)
    padded = np.vstack([columns, np.zeros((len(residual) - len(columns), columns.shape[1]))])
    rest = padded - basis @ (basis.T @ padded)
    size = np.einsum("pc,pc->c", rest, rest)
    seen = size > 1e-6 * np.einsum("pc,pc->c", columns, columns)
    if not seen.any():
        return None
    amplitude, size, prior = (rest.T @ residual)[seen] / size[seen], size[seen], prior[seen]
    log_weight = 0.5 * amplitude**2 * size / fitted.misfit - 0.5 * np.log(size) + prior
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    mean = float(weight @ amplitude)
    return max(mean, 0.0), float(weight @ (1.0 / size + (amplitude - mean) ** 2 / fitted.misfit))


def _shapes(fitted: Fitted, index: int, sigma: Floats) -> tuple[Floats, Floats]:
    """Return the phase at its cell with each width and lean, over sigma, and the logarithm of what is known of them."""
    model, theta = fitted.model, fitted.solution.theta
    at = model.metric_slice(index).stop
    leans = _LEANS if model.candidates[index].leans else (0.0,)
    known = model.priors
    columns, prior = [], []
    for width in _WIDTHS_deg:
        for lean in leans:
            trial = theta.copy()
            trial[at : at + 2] = width, 0.0
            if model.candidates[index].leans:
                trial[at + 2] = lean
            columns.append(model.columns(trial, [index])[:, 0])
            prior.append(
                -0.5 * (np.log(width / known.size_width[0]) / known.size_spread[1]) ** 2
                - 0.5 * (lean / known.log_march[1]) ** 2
            )
    return np.stack(columns, axis=1) / sigma[:, None], np.array(prior)


def _without(fitted: Fitted, index: int, sigma: Floats) -> tuple[Floats, Floats]:
    """Return what the fit without this phase can follow, and its residual, at the shapes that were found with it."""
    model = replace(fitted.model, candidates=tuple(c for i, c in enumerate(fitted.model.candidates) if i != index))
    solution = replace(
        fitted.solution,
        theta=model.start_from(fitted.model, fitted.solution.theta),
        free=np.delete(fitted.solution.free, index),
    )
    problem = varpro.Problem(fitted.problem.y, sigma, model.columns, model.at_least_zero(), slopes=model.slopes)
    return varpro.directions(problem, shapes_of(model), solution)


def over_lines(fitted: Fitted, index: int) -> tuple[float, float]:
    """Return the amplitude of a clear phase as its lines agree on it, over the fitted one, and the error of their scatter.

    A line on the flank of a stronger one is measured finely and wrongly. Where lines disagree by more than their errors,
    each has an error of its own besides, of the size that the scatter shows (DerSimonian and Laird 1986,
    10.1016/0197-2456(86)90046-2): one that is merely precise weighs no more than the others.
    """
    amplitude, error, _ = by_group(fitted, index)
    known = could_be_seen(error)
    if np.sum(known) < _FEWEST_GROUPS:
        return 1.0, 0.0
    amplitude, weight = amplitude[known], error[known] ** -2
    mean = float(weight @ amplitude / weight.sum())
    excess = float(weight @ (amplitude - mean) ** 2) - (len(weight) - 1)
    own = max(excess, 0.0) / float(weight.sum() - weight @ weight / weight.sum())
    weight = 1.0 / (1.0 / weight + own)
    return float(weight @ amplitude / weight.sum()), float(weight.sum() ** -0.5) if own > 0.0 else 0.0


def flank_error(fitted: Fitted, index: int) -> float:
    """Return the error of a clear amplitude from what the lines drawn for the other phases miss beneath its own."""
    lines = fitted.lines[index]
    total = lines.sum(axis=1)
    return float(np.linalg.norm(lines.T @ (_missed(fitted, index) / fitted.problem.sigma)) / max(total @ total, 1e-300))


def flank_variance(fitted: Fitted, index: int, slope: Floats) -> Floats:
    """Return the variance of numbers of a phase from what the lines drawn for the other phases miss.

    slope: of each number by all shapes and amplitudes, shape (numbers, p + k).
    """
    missed = _ALIKE * _missed(fitted, index) / fitted.problem.sigma
    return missed**2 @ fitted.influence(slope) ** 2


def vibration_error(fitted: Fitted, index: int) -> float:
    """Return the relative error of an amplitude from atoms that vibrate more or less than assumed: exp(-2 B s^2)."""
    model, theta = fitted.model, fitted.solution.theta
    lines = fitted.lines[index]
    weight = np.sum(lines * lines, axis=0)
    s_squared = model.candidates[index].lines.sums @ model.metric(theta, index) / 4.0
    return 2.0 * model.priors.b_iso[1] * float(weight @ s_squared / max(float(weight.sum()), 1e-300))


def _missed(fitted: Fitted, index: int) -> Floats:
    """Return by how much (counts) the lines of the other phases may be wrong at each point.

    They are drawn well to so much of their height near their maxima, and of what is left of them further out; a weak line
    that stands there takes the difference for its own.
    """
    model = fitted.model
    others = [i for i in range(len(model.candidates)) if i != index]
    beneath = model.columns(fitted.solution.theta, others) @ fitted.solution.amplitudes[others]
    span = float(model.two_theta[-1] - model.two_theta[0])
    points = max(3, round(_NEIGHBOURHOOD_deg * len(beneath) / span))
    return np.minimum(_FAR * beneath, _NEAR * maximum_filter1d(beneath, points))
