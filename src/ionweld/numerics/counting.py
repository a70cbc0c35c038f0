"""The ratio of two rates that were counted, each with its background, and its interval by profile likelihood."""

from collections.abc import Callable
from dataclasses import dataclass
from math import atan2, cos, log, pi, sin, sqrt, tan

from scipy.optimize import brentq

_RISE_95 = 3.841458820694124  # 95 % point of chi-square with one degree of freedom


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts of a signal with its background, and of the background alone over as many pixels (None: there is none)."""

    gross: float
    background: float | None
    pixels: int

    @property
    def net_per_pixel(self) -> float:
        """Gross counts minus background; it may fall below zero by chance."""
        return (self.gross - (self.background or 0.0)) / self.pixels


def ratio_interval(over: Counted, under: Counted) -> tuple[float, float | None]:
    """Return the 95 % interval of the ratio of two rates; its upper end is None when the rate of `under` may be zero.

    Gross counts n are Poisson with mean S + B, the background's m with mean B. The unknown B of each region and the
    size t of both rates are profiled, and the interval holds the ratios tan(q) >= 0 with

        D(q) - min D <= 3.84,   D(q) = min_t [d(A1 t sin q; over) + d(A2 t cos q; under)],
        d(S; n, m) = 2 min_B [S + B - n + n ln(n/(S + B)) + B - m + m ln(m/B)].

    Valid at any number of counts; for many it tends to the linear error of a ratio. Source: profile likelihood of a
    Poisson signal with a counted background, W. A. Rolke, A. M. Lopez, J. Conrad, arXiv:physics/0403059, here for the
    ratio of two such signals.
    """
    rates = max(0.0, over.net_per_pixel), max(0.0, under.net_per_pixel)
    least = sum(_deviance(rate * one.pixels, one) for rate, one in zip(rates, (over, under), strict=True))

    def excess(angle: float) -> float:
        return _profiled(angle, over, under) - least - _RISE_95

    best = atan2(*rates)
    low = 0.0 if excess(0.0) <= 0 else tan(_root(excess, 0.0, best))
    high = None if excess(0.5 * pi) <= 0 else tan(_root(excess, best, 0.5 * pi))
    return low, high


def _profiled(angle: float, over: Counted, under: Counted) -> float:
    """Return the smallest deviance that two rates in the ratio tan(angle) can have: it is convex in their size."""
    parts = [(one.pixels * share, one) for share, one in ((sin(angle), over), (max(0.0, cos(angle)), under))]

    def slope(size: float) -> float:
        return sum(weight * _slope(weight * size, one) for weight, one in parts)

    largest = (over.gross + under.gross + 1.0) / sum(weight for weight, _ in parts)  # the slope is above zero there
    smallest = 1e-12 * largest
    size = smallest if slope(smallest) >= 0 else _root(slope, smallest, largest)
    return sum(_deviance(weight * size, one) for weight, one in parts)


def _deviance(signal: float, one: Counted) -> float:
    background = _background(signal, one)
    total = _poisson(one.gross, signal + background)
    return total if one.background is None else total + _poisson(one.background, background)


def _poisson(count: float, mean: float) -> float:
    """Return twice the log-likelihood that a count loses when its mean is not the count itself."""
    return 2.0 * (mean - count + (count * log(count / max(mean, 1e-300)) if count > 0 else 0.0))


def _slope(signal: float, one: Counted) -> float:
    """Return the derivative of the deviance by the signal."""
    mean = signal + _background(signal, one)
    return 2.0 * (1.0 - one.gross / max(mean, 1e-300)) if one.gross > 0 else 2.0


def _background(signal: float, one: Counted) -> float:
    """Return the likeliest mean of the background: the root of n/(S + B) + m/B = 2."""
    if one.background is None:
        return 0.0
    half = one.gross + one.background - 2.0 * signal
    return 0.25 * (half + sqrt(half * half + 8.0 * one.background * signal))


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    return float(brentq(function, low, high, xtol=1e-13 * high, rtol=1e-11))  # pyright: ignore[reportArgumentType]
