"""A spectrum as a sum of arcs, each a ZARC, with what stands beside them: the model, its slopes, its best fit.

    Z = R_0 + j omega L + sum_k s_k R_k/(1 + (j omega tau_k)^n_k) + B (j omega/omega_min)^-m

s_k = +1, or -1 for an arc that turns back (adsorbed intermediates, a loop below the real axis). The amplitudes enter
linearly: starts are ranked with amplitudes in closed form, then everything is refined together in logarithms.
"""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ionweld.numerics.levenberg import minimise

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]

_NARROWEST, _WIDEST = 1.0, 0.3  # exponents of an arc
_TAIL_RANGE = (0.2, 1.0)
_BEYOND = 10.0  # how far outside the window an arc is looked for
_SMALLEST = 1e-6  # of the smallest |Z|: below, an amplitude changes nothing, of data without noise either
_LEAST_REACTANCE = 1e-4  # of an inductance at the highest frequency, of the smallest |Z|
_TRIED_EXPONENTS = (0.95, 0.75)
_TRIED_TAILS = (0.9, 0.55)
_PER_DECADE = 1.5  # time constants that are tried
_LEAST_AMPLITUDE = 1e-3  # of the largest one, in a start
_RIDGE = 1e-9
FEW_STARTS, MANY_STARTS = 5, 30
_POLISHED = 2
_ROUGH, _FINE = 1e-4, 1e-6


@dataclass(frozen=True, slots=True)
class ArcTerms:
    """Which terms a sum has: the sign of each arc, and whether an inductance and a blocking tail stand beside them."""

    signs: tuple[int, ...]
    inductance: bool
    tail: bool

    @property
    def size(self) -> int:
        """Return how many unknowns there are: R_0, L, three for each arc, two for the tail."""
        return 1 + self.inductance + 3 * len(self.signs) + 2 * self.tail

    def with_arc(self, sign: int) -> "ArcTerms":
        """Return the same with one arc more, the last one."""
        return replace(self, signs=(*self.signs, sign))

    def without_arc(self, place: int) -> "ArcTerms":
        """Return the same with one arc less."""
        return replace(self, signs=self.signs[:place] + self.signs[place + 1 :])


@dataclass(frozen=True, slots=True)
class WeightedSweep:
    """What is described: omega (n,) rad/s, Z (n,) ohm; weights (n,) 1/ohm."""

    omega: Real
    Z: Complex
    weights: Real

    @property
    def data(self) -> int:
        """Return how many real numbers are described."""
        return 2 * len(self.Z)

    @property
    def times(self) -> tuple[float, float]:
        """Return the shortest and longest time constant (s) that are looked for."""
        return 1 / (_BEYOND * self.omega.max()), _BEYOND / self.omega.min()


@dataclass(frozen=True, slots=True)
class ArcSum:
    """A fitted sum. logs: ln of [R_0, L, (R, tau, n) of each arc, B, m], (shape.size,); cost: sum of squared residuals."""

    shape: ArcTerms
    logs: Real
    cost: float

    @property
    def arcs(self) -> Real:
        """Return ln of R, tau, n of each arc, (k, 3)."""
        first = 1 + self.shape.inductance
        return self.logs[first : first + 3 * len(self.shape.signs)].reshape(-1, 3)


def model(sweep: WeightedSweep, shape: ArcTerms, logs: Real) -> tuple[Complex, Complex]:
    """Return Z (k, n) in ohm and dZ/d ln(unknown) (k, p, n) for logs (k, p)."""
    jw, numbers = 1j * sweep.omega, np.exp(logs)
    slopes = np.empty((*logs.shape, len(jw)), complex)
    slopes[:, 0] = numbers[:, :1]
    place = 1
    if shape.inductance:
        slopes[:, 1] = numbers[:, 1:2] * jw
        place = 2
    Z = slopes[:, :place].sum(axis=1)
    for sign in shape.signs:
        R, tau, n = (numbers[:, place + i, None] for i in range(3))
        log_u = n * np.log(jw * tau)
        u = np.exp(log_u)
        arc = sign * R / (1 + u)
        bend = -arc * u / (1 + u)
        slopes[:, place], slopes[:, place + 1], slopes[:, place + 2] = arc, n * bend, log_u * bend
        Z = Z + arc
        place += 3
    if shape.tail:
        B, m = numbers[:, place, None], numbers[:, place + 1, None]
        log_v = -m * np.log(jw / sweep.omega.min())
        tail = B * np.exp(log_v)
        slopes[:, place], slopes[:, place + 1] = tail, log_v * tail
        Z = Z + tail
    return Z, slopes


def bounds(sweep: WeightedSweep, shape: ArcTerms) -> tuple[Real, Real]:
    """Return the bounds of the logarithms, (p,) each, from the scale of the data."""
    size = np.abs(sweep.Z)
    ohm = (_SMALLEST * size.min(), 1e3 * size.max())
    rows = [ohm]
    if shape.inductance:
        rows.append((_LEAST_REACTANCE * size.min() / sweep.omega.max(), 1e2 * size.max() / sweep.omega.min()))
    for _ in shape.signs:
        rows += [ohm, sweep.times, (_WIDEST, _NARROWEST)]
    if shape.tail:
        rows += [ohm, _TAIL_RANGE]
    low, high = np.log(np.array(rows)).T
    return low, high


def refined(sweep: WeightedSweep, shape: ArcTerms, starts: Real) -> ArcSum:
    """Return the best of the fits from these starts (k, p): all of them roughly, the best to the last digit."""
    low, high = bounds(sweep, shape)

    def residuals(logs: Real, _rows: NDArray[np.intp]) -> tuple[Real, Real]:
        Z, slopes = model(sweep, shape, logs)
        return ((Z - sweep.Z) * sweep.weights).view(float), (slopes * sweep.weights).view(float)

    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # a start that blows up is not the best one
        rough = minimise(residuals, starts, low, high, tolerance=_ROUGH, iterations=12)
        best = np.argsort(np.where(np.isfinite(rough.costs), rough.costs, np.inf))[:_POLISHED]
        fine = minimise(residuals, rough.points[best], low, high, tolerance=_FINE, iterations=40)
    winner = int(np.argmin(np.where(np.isfinite(fine.costs), fine.costs, np.inf)))
    return ArcSum(shape, fine.points[winner], float(fine.costs[winner]))


def with_another(sweep: WeightedSweep, found: ArcSum, sign: int = 1, starts: int = FEW_STARTS) -> ArcSum:
    """Return the best sum with one arc more than `found`: the new one is tried all over the window.

    starts: how many of the tried ones are refined.
    """
    low, high = sweep.times
    grid = np.geomspace(low, high, int(_PER_DECADE * np.log10(high / low)) + 1)
    tried = np.log(list(product(grid, _TRIED_EXPONENTS)))
    begin = _starts(sweep, found.shape.with_arc(sign), found.arcs[:, 1:], tried, _tails(found))
    return refined(sweep, found.shape.with_arc(sign), begin[:starts])


def without(sweep: WeightedSweep, found: ArcSum, shape: ArcTerms, arcs: Real) -> ArcSum:
    """Return the best sum of a smaller shape, from the ln tau and ln n of the arcs that are kept, (k, 2)."""
    starts = _starts(sweep, shape, arcs[:-1], arcs[-1:], _tails(found)[:1])
    return refined(sweep, shape, starts[:1])


def alone(sweep: WeightedSweep, shape: ArcTerms) -> ArcSum:
    """Return the best sum without arcs."""
    none = np.zeros((0, 2))
    return refined(sweep, shape, _starts(sweep, shape, none, none, _TRIED_TAILS))


def _tails(found: ArcSum) -> tuple[float, ...]:
    """Return the exponents of a tail that are tried: its own first."""
    return (float(np.exp(found.logs[-1])), *_TRIED_TAILS) if found.shape.tail else _TRIED_TAILS


def _starts(sweep: WeightedSweep, shape: ArcTerms, kept: Real, tried: Real, tails: tuple[float, ...]) -> Real:
    """Return starts (k, shape.size), best first: the arcs that are kept and one that is tried, with each tail.

    kept (a, 2), tried (b, 2): ln tau and ln n. Amplitudes follow in closed form from small linear problems, all at once.
    """
    arcs = np.vstack([kept, tried])
    ends = tails if shape.tail else (1.0,)
    columns, scale = _columns(sweep, shape, arcs, ends)
    data = (sweep.Z * sweep.weights).view(float)
    gram, right = columns @ columns.T, columns @ data
    lone = list(range(1 + shape.inductance))
    first, last = len(lone), len(lone) + len(arcs)
    new = range(first + len(kept), last) if len(tried) else [None]
    picks = [
        [
            *lone,
            *range(first, first + len(kept)),
            *([] if one is None else [one]),
            *([last + tail] if shape.tail else []),
        ]
        for one, tail in product(new, range(len(ends)))
    ]
    rows = np.array(picks)
    solved = np.linalg.solve(
        gram[rows[:, :, None], rows[:, None, :]] + _RIDGE * np.eye(rows.shape[1]), right[rows][..., None]
    )[..., 0]
    solved = np.maximum(solved, _LEAST_AMPLITUDE * np.abs(solved).max(axis=1, keepdims=True))
    cost = np.einsum("ki,kij,kj->k", solved, gram[rows[:, :, None], rows[:, None, :]], solved) - 2 * np.sum(
        solved * right[rows], axis=1
    )
    order = np.argsort(cost)
    return np.array([_logs(shape, arcs, ends, first, rows[i], np.log(solved[i] / scale[rows[i]])) for i in order])


def _columns(sweep: WeightedSweep, shape: ArcTerms, arcs: Real, tails: tuple[float, ...]) -> tuple[Real, Real]:
    """Return the weighted columns of unit length (c, 2 n) of R_0, L, each arc and each tail, and their scale (c,)."""
    jw = 1j * sweep.omega
    signs = np.ones(len(arcs))
    signs[: len(shape.signs)] = shape.signs
    if len(shape.signs):
        signs[len(shape.signs) - 1 :] = shape.signs[-1]  # the last arc is the one that is tried
    lone = [np.ones_like(jw), jw] if shape.inductance else [np.ones_like(jw)]
    turned = [
        sign / (1 + np.exp(np.exp(ln_n) * np.log(jw * np.exp(ln_tau))))
        for sign, (ln_tau, ln_n) in zip(signs, arcs, strict=True)
    ]
    ends = [np.exp(-m * np.log(jw / sweep.omega.min())) for m in tails] if shape.tail else []
    weighted = (np.array([*lone, *turned, *ends]) * sweep.weights).view(float)
    scale = np.sqrt(np.sum(weighted**2, axis=1))
    return weighted / scale[:, None], scale


def _logs(
    shape: ArcTerms, arcs: Real, tails: tuple[float, ...], first: int, picked: NDArray[np.intp], amplitudes: Real
) -> Real:
    """Return the logarithms of the unknowns of one choice of columns with their ln amplitudes."""
    chosen = picked[first : len(picked) - shape.tail] - first
    body = np.column_stack([amplitudes[first : len(picked) - shape.tail], arcs[chosen]]).ravel()
    end = [amplitudes[-1], np.log(tails[picked[-1] - first - len(arcs)])] if shape.tail else []
    return np.concatenate([amplitudes[:first], body, end])


def covariance(sweep: WeightedSweep, found: ArcSum) -> Real:
    """Return the covariance of the logarithms, (p, p), scaled by the noise that is there."""
    slopes = (model(sweep, found.shape, found.logs[None])[1][0] * sweep.weights).view(float)
    norms = np.maximum(np.sqrt(np.sum(slopes**2, axis=1)), 1e-150)
    unit = slopes / norms[:, None]
    inverse = np.linalg.pinv(unit @ unit.T, rcond=1e-13, hermitian=True) / np.outer(norms, norms)
    return inverse * found.cost / max(sweep.data - found.shape.size, 1)
