"""Whether a fit can be trusted: what is left over, where it stands, and the verdict."""

import numpy as np
from numpy.typing import NDArray

from ionweld.analyse.xrd.result import PatternQuality
from ionweld.analyse.xrd.search import Fitted

Floats = NDArray[np.float64]

GOOD_UNEXPLAINED = 0.10
POOR_UNEXPLAINED = 0.35
HOPELESS_UNEXPLAINED = 0.6
_SEEN = 6.0  # standard errors that a left-over line must stand out by
_WORTH_NAMING = 0.02  # of the strongest line


def judge(fitted: Fitted) -> tuple[PatternQuality, list[str]]:
    """Return the quality of a fit and what a person should know about it."""
    y, sigma, model = fitted.problem.y, fitted.problem.sigma, fitted.solution.model
    phases = list(range(len(fitted.model.candidates)))
    net = fitted.model.columns(fitted.solution.theta, phases) @ fitted.solution.amplitudes[phases]
    lines, unlisted = _left_over(fitted, net)
    unexplained = _unexplained(fitted, net)
    quality = PatternQuality(
        verdict=_verdict(bool(phases), unexplained),
        rwp=float(np.sqrt(np.sum(((y - model) / sigma) ** 2) / np.sum((y / sigma) ** 2))),
        goodness=float(np.sqrt(fitted.solution.chi2 / len(y))),
        misfit=float(np.sqrt(fitted.misfit)),
        unexplained=unexplained,
        unexplained_lines_deg=tuple(lines),
        unlisted=unlisted,
        converged=fitted.solution.converged,
    )
    return quality, _warnings(quality, [c.phase.name for c in fitted.model.candidates])


def unexplained_of(fitted: Fitted) -> float:
    """Return the share of the net intensity that no phase explains."""
    phases = list(range(len(fitted.model.candidates)))
    return _unexplained(
        fitted, fitted.model.columns(fitted.solution.theta, phases) @ fitted.solution.amplitudes[phases]
    )


def _verdict(any_phase: bool, unexplained: float) -> str:
    if not any_phase or unexplained > HOPELESS_UNEXPLAINED:
        return "no confident match"
    if unexplained > POOR_UNEXPLAINED:
        return "poor"
    return "good" if unexplained < GOOD_UNEXPLAINED else "usable"


def _smooth(fitted: Fitted) -> tuple[Floats, Floats, int]:
    """Return the residual averaged over half a width, its standard error, and the number of points averaged."""
    x = fitted.model.two_theta
    step = (x[-1] - x[0]) / (len(x) - 1)
    points = max(3, 2 * int(0.5 * max(fitted.solution.theta[2], 0.08) / step / 2) + 1)
    kernel = np.ones(points) / points
    residual = np.convolve(fitted.problem.y - fitted.solution.model, kernel, mode="same")
    error = np.sqrt(np.convolve(fitted.problem.sigma**2, kernel, mode="same") / points)
    return residual, error, points


def _unexplained(fitted: Fitted, net: Floats) -> float:
    residual, error, _ = _smooth(fitted)
    if not net.any():
        return 1.0
    real = np.where(np.abs(residual) > 3.0 * error, np.abs(residual), 0.0)
    return float(
        min(1.0, real.sum() / max(net.sum() + np.maximum(residual, 0.0)[np.abs(residual) > 3.0 * error].sum(), 1e-300))
    )


def _left_over(fitted: Fitted, net: Floats) -> tuple[list[float], float]:
    """Return 2 theta of the clearest lines that stand where no phase has intensity, and their share of all."""
    residual, error, points = _smooth(fitted)
    height = max(float(net.max(initial=0.0)), float(residual.max()))
    seen = (residual > _SEEN * error) & (residual > _WORTH_NAMING * height) & (residual > 2.0 * net)
    found: list[float] = []
    theirs = 0.0
    x, left = fitted.model.two_theta, np.where(seen, residual, 0.0)
    while left.max(initial=0.0) > 0.0 and len(found) < 12:
        at = int(np.argmax(left))
        found.append(float(x[at]))
        near = np.abs(x - x[at]) < max(0.5, points * (x[1] - x[0]))
        theirs += float(residual[near & (residual > 3.0 * error) & (residual > net)].sum())
        left[near] = 0.0
    return sorted(found), theirs / max(theirs + float(net.sum()), 1e-300)


def _warnings(quality: PatternQuality, seen: list[str]) -> list[str]:
    found = []
    if quality.verdict == "poor" and quality.unexplained_lines_deg:
        found.append(f"{', '.join(seen)} seen, and another phase too")
    if quality.unexplained_lines_deg:
        angles = ", ".join(f"{angle:.2f}" for angle in quality.unexplained_lines_deg)
        found.append(f"lines at {angles} deg belong to none of the phases: a phase is missing from the list")
    if quality.verdict == "no confident match":
        found.append("none of the phases explains this pattern: no confident match")
    if quality.misfit > 1.5 and quality.verdict in ("good", "usable"):
        found.append(f"the fit misses line shapes or intensities; errors were enlarged {quality.misfit:.1f} times")
    if quality.verdict == "poor":
        found.append("more than a third of the pattern is not explained: no errors and no amounts are given")
    if not quality.converged:
        found.append("the fit ran out of steps before it settled")
    return found
