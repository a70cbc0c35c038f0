"""Straight lines through correlated points, and a test for a change of slope with an honest significance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.special import fdtri

Real = NDArray[np.float64]
_Located = tuple[float, float, float, tuple[float, float], tuple[float, float]]

_SIMULATIONS = 2000
_CANDIDATES = 60
_FEWEST_ON_A_SIDE = 3
_BISECTIONS = 30
_CONFIDENCE = 0.95
_ROUNDING = 1e-12  # of the largest variance


@dataclass(frozen=True, slots=True)
class Line:
    """y = intercept + slope x. covariance (2, 2) of (intercept, slope), scaled by the scatter where that is larger.

    excess: root of the reduced chi-squared (whitened data), 1 when the scatter is what the covariance says.
    """

    intercept: float
    slope: float
    covariance: Real
    excess: float

    @property
    def slope_error(self) -> float:
        return float(np.sqrt(self.covariance[1, 1]))


@dataclass(frozen=True, slots=True)
class Break:
    """One line against two. kind "none", "bend" (the lines meet) or "jump" (they do not).

    at, low, high: where the break lies in x, with its 95 % interval; left, right: (slope, standard error) on the two
    sides; aicc: of one line, of a bend and of a jump; p_value: how often one line with this scatter looks as broken.
    """

    kind: str
    at: float | None
    low: float | None
    high: float | None
    left: tuple[float, float] | None
    right: tuple[float, float] | None
    aicc: dict[str, float]
    p_value: float


def straight(x: Real, y: Real, covariance: Real | None = None) -> Line:
    """Return the generalised least-squares line through at least two points, (n,); covariance of y is (n, n).

    Without a covariance all points weigh the same and the scatter sets the errors. With one, the errors are never
    made smaller by a lucky scatter, only larger by an unlucky one (Birge).
    """
    design, target = _white(np.column_stack([np.ones_like(x), x]), y, covariance)
    solution, rss, inverse = _solve(design, target)
    freedom = len(y) - 2
    excess = float(np.sqrt(rss / freedom)) if freedom > 0 else float("nan")
    scale = excess**2 if covariance is None else max(1.0, excess**2) if freedom > 0 else 1.0
    return Line(float(solution[0]), float(solution[1]), inverse * scale, excess)


def _white(design: Real, y: Real, covariance: Real | None) -> tuple[Real, Real]:
    """Return design and data in units in which the errors are independent and equal."""
    if covariance is None:
        return design, y
    # errors that are one another's multiples leave directions without any, which rounding may turn negative
    rounding = _ROUNDING * np.diag(covariance).max()
    factor = np.linalg.cholesky(covariance + rounding * np.eye(len(y)))
    return solve_triangular(factor, design, lower=True), solve_triangular(factor, y, lower=True)


def _solve(design: Real, target: Real) -> tuple[Real, float, Real]:
    solution = np.asarray(np.linalg.lstsq(design, target, rcond=None)[0], float)
    inverse = np.asarray(np.linalg.pinv(design.T @ design), float)
    return solution, float(np.sum((target - design @ solution) ** 2)), inverse


def with_scatter(x: Real, y: Real, covariance: Real) -> Real:
    """Return the covariance plus the equal scatter of all points that a single line needs to be acceptable.

    The scatter brings the reduced chi-squared of the line down to one (Mandel and Paule); none is added when it is
    below one already.
    """

    def reduced(scatter: float) -> float:
        return straight(x, y, covariance + scatter * np.eye(len(x))).excess ** 2

    low, high = 0.0, 10 * float(np.var(y))
    if reduced(low) <= 1 or high == 0:
        return covariance
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if reduced(middle) > 1 else (low, middle)
    return covariance + high * np.eye(len(x))


def change_of_slope(x: Real, y: Real, covariance: Real | None = None, *, significance: float = 0.05) -> Break | None:
    """Test whether one line, two that meet, or two with a jump describe the points; None with fewer than six.

    The corrected Akaike criterion chooses between bend and jump; the break stands if fewer than `significance` of 2000
    simulated single lines, searched in the same way for their best break, look as broken (an F-test that knows about
    the search; seeded, so repeatable).
    """
    order = np.argsort(x)
    x, y = x[order], y[order]
    covariance = None if covariance is None else covariance[np.ix_(order, order)]
    if len(x) < 2 * _FEWEST_ON_A_SIDE:
        return None
    jumps = 0.5 * (
        x[_FEWEST_ON_A_SIDE - 1 : -_FEWEST_ON_A_SIDE] + x[_FEWEST_ON_A_SIDE : len(x) - _FEWEST_ON_A_SIDE + 1]
    )
    bends = _bend_places(x, y, covariance, jumps)
    one = np.column_stack([np.ones_like(x), x])
    rss = {
        "none": _searched(y, covariance, [one]),
        "bend": _searched(y, covariance, [_bend(x, at) for at in bends]),
        "jump": _searched(y, covariance, [_jump(x, at) for at in jumps]),
    }
    places = {"none": np.array([np.nan]), "bend": bends, "jump": jumps}
    aicc = {
        kind: _aicc(len(x), values.min(), unknowns)
        for (kind, values), unknowns in zip(rss.items(), (3, 5, 6), strict=True)
    }
    kind = min(("bend", "jump"), key=lambda name: aicc[name])
    designs = [_bend(x, at) if kind == "bend" else _jump(x, at) for at in places[kind]]
    # Twice, because either a bend or a jump would have been taken.
    p_value = min(1.0, 2 * _p_value(one, designs, covariance, rss["none"].min() / max(rss[kind].min(), 1e-300)))
    if p_value > significance:
        return Break("none", None, None, None, None, None, aicc, p_value)
    return Break(kind, *_located(kind, x, y, covariance, places[kind], rss[kind]), aicc, p_value)


def _bend_places(x: Real, y: Real, covariance: Real | None, jumps: Real) -> Real:
    """Return where a bend is looked for: a grid, the points, and where the two lines of each split cross.

    Precise data have their bend between the places of any grid, and would then be taken for a jump.
    """
    low, high = x[_FEWEST_ON_A_SIDE - 1], x[-_FEWEST_ON_A_SIDE]
    places = [*np.linspace(low, high, _CANDIDATES), *x[(x > low) & (x < high)]]
    for at in jumps:
        left, left_slope, right, right_slope = _solve(*_white(_jump(x, at), y, covariance))[0]
        if left_slope != right_slope:
            places.append(at + (left - right) / (right_slope - left_slope))
    return np.unique([place for place in places if low <= place <= high])


def _bend(x: Real, at: float) -> Real:
    return np.column_stack([np.ones_like(x), np.minimum(x - at, 0), np.maximum(x - at, 0)])


def _jump(x: Real, at: float) -> Real:
    left = (x < at).astype(float)
    return np.column_stack([left, left * (x - at), 1 - left, (1 - left) * (x - at)])


def _searched(y: Real, covariance: Real | None, designs: Sequence[Real]) -> Real:
    return np.array([_solve(*_white(design, y, covariance))[1] for design in designs])


def _aicc(points: int, rss: float, unknowns: int) -> float:
    """Return AICc with the scale of the errors as one of the unknowns; infinite when the points cannot carry it."""
    if points - unknowns - 1 <= 0:
        return float("inf")
    spread = points * np.log(max(rss, 1e-300) / points)
    return float(spread + 2 * unknowns + 2 * unknowns * (unknowns + 1) / (points - unknowns - 1))


def _p_value(one: Real, designs: Sequence[Real], covariance: Real | None, seen: float) -> float:
    noise = np.random.default_rng(0).standard_normal((len(one), _SIMULATIONS))

    power = np.sum(noise**2, axis=0)

    def left_over(design: Real) -> Real:
        basis = np.linalg.qr(_white(design, one[:, 0], covariance)[0])[0]
        return power - np.sum((basis.T @ noise) ** 2, axis=0)

    best = np.min([left_over(design) for design in designs], axis=0)
    return float((1 + np.sum(left_over(one) / np.maximum(best, 1e-300) >= seen)) / (1 + _SIMULATIONS))


def _located(kind: str, x: Real, y: Real, covariance: Real | None, places: Real, rss: Real) -> _Located:
    """Return where the break lies, from and to where it may, and the slopes before and after it with their errors."""
    design = _bend if kind == "bend" else _jump
    best = int(np.argmin(rss))
    solution, least, inverse = _solve(*_white(design(x, places[best]), y, covariance))
    freedom = max(len(x) - (4 if kind == "bend" else 5), 1)
    errors = np.sqrt(np.diag(inverse) * least / freedom)
    within = np.flatnonzero(rss <= least * (1 + fdtri(1, freedom, _CONFIDENCE) / freedom))
    low, high = float(places[within[0]]), float(places[within[-1]])
    if kind == "bend":  # places are known to the next one that was tried
        low, high = float(places[max(within[0] - 1, 0)]), float(places[min(within[-1] + 1, len(places) - 1)])
    else:  # anywhere between the two neighbouring points fits as well
        low, high = float(x[x < low].max()), float(x[x > high].min())
    right = 2 if kind == "bend" else 3
    before, after = ((float(solution[one]), float(errors[one])) for one in (1, right))
    return float(places[best]), low, high, before, after
