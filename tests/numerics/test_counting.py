"""The ratio of two counted rates: against the binomial and a general minimiser, symmetries, and coverage of few counts."""

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import xlogy

from ionweld.numerics.counting import Counted, ratio_interval

RISE = 3.841458820694124
COUNTS = st.integers(1, 400)
PIXELS = st.integers(1, 50)


def binomial_rise(ratio: float, over: Counted, under: Counted) -> float:
    """Without background the ratio follows from how the sum of both counts is shared: a binomial, in closed form."""
    share = ratio * over.pixels / (ratio * over.pixels + under.pixels)
    total = over.gross + under.gross
    return 2 * (over.gross * log(over.gross / (total * share)) + under.gross * log(under.gross / (total * (1 - share))))


def least_deviance(over: Counted, under: Counted, ratio: float | None = None) -> float:
    """Minimise the deviance of all four counts by a general method; ratio None: it is free."""
    counts = np.array([over.gross, over.background, under.gross, under.background], dtype=float)

    def deviance(logs: np.ndarray) -> float:
        rate, b1, b2, r = *np.exp(logs[:3]), (ratio if ratio is not None else np.exp(logs[3]))
        means = np.array([over.pixels * rate * r + b1, b1, under.pixels * rate + b2, b2])
        return float(2 * np.sum(means - counts + xlogy(counts, counts / means)))

    start = np.log([max(0.1, under.net_per_pixel), counts[1] + 0.5, counts[3] + 0.5, ratio or 1.0])
    found = minimize(deviance, start, method="Nelder-Mead", options={"maxiter": 4000, "xatol": 1e-9, "fatol": 1e-9})
    return float(found.fun)


@given(COUNTS, COUNTS, PIXELS, PIXELS)
@settings(max_examples=60, deadline=None)
def test_without_background_the_ends_are_those_of_the_binomial(n: int, m: int, a: int, b: int) -> None:
    over, under = Counted(n, None, a), Counted(m, None, b)
    low, high = ratio_interval(over, under)
    assert high is not None
    assert low < over.net_per_pixel / under.net_per_pixel < high
    assert binomial_rise(low, over, under) == pytest.approx(RISE, rel=1e-6)
    assert binomial_rise(high, over, under) == pytest.approx(RISE, rel=1e-6)


@pytest.mark.parametrize("counts", [(30, 6, 60, 20), (24, 5, 40, 9), (300, 200, 800, 100)])
def test_with_background_the_ends_agree_with_a_general_minimiser(counts: tuple[int, int, int, int]) -> None:
    over, under = Counted(counts[0], counts[1], 10), Counted(counts[2], counts[3], 40)
    least = least_deviance(over, under)
    for end in ratio_interval(over, under):
        assert end is not None
        assert least_deviance(over, under, end) - least == pytest.approx(RISE, abs=1e-3)


@given(COUNTS, COUNTS, COUNTS, COUNTS, PIXELS, PIXELS)
@settings(max_examples=60, deadline=None)
def test_turned_over_the_interval_is_the_inverse(n: int, m: int, k: int, j: int, a: int, b: int) -> None:
    over, under = Counted(n, m, a), Counted(k, j, b)
    (low, high), (inverse_low, inverse_high) = ratio_interval(over, under), ratio_interval(under, over)
    assert (low == 0.0) == (inverse_high is None)
    assert (high is None) == (inverse_low == 0.0)
    if inverse_high is not None:
        assert low * inverse_high == pytest.approx(1.0, rel=1e-6)


def test_many_counts_give_the_linear_error_and_none_give_a_limit() -> None:
    over, under = Counted(640_000, 128_000, 256_000), Counted(2_534_400, 1_152_000, 2_304_000)
    low, high = ratio_interval(over, under)
    assert high is not None
    ratio = over.net_per_pixel / under.net_per_pixel
    relative = np.hypot(np.sqrt(768_000) / 512_000, np.sqrt(3_686_400) / 1_382_400)
    assert 0.5 * (high - low) == pytest.approx(1.959964 * ratio * relative, rel=1e-3)
    assert ratio_interval(Counted(0, 0, 10), Counted(40, 3, 40))[0] == 0.0
    assert ratio_interval(Counted(0, 0, 10), Counted(0, 0, 40)) == (0.0, None)
    assert ratio_interval(Counted(50, 3, 10), Counted(0, 2, 40))[1] is None


@pytest.mark.parametrize(("over", "under", "pixels"), [(2.0, 0.6, (10, 40)), (0.4, 1.6, (10, 40)), (1.0, 1.0, (5, 20))])
def test_few_counts_are_held_in_93_to_97_percent(over: float, under: float, pixels: tuple[int, int]) -> None:
    """With about twenty counts; 1.96 linear errors hold the first of these in 86 % of the draws that have them."""
    draw, held, draws = np.random.default_rng(3), 0, 600
    for _ in range(draws):
        n, m, k, j = (
            float(draw.poisson(size * rate))
            for size, rates in zip(pixels, ((over + 0.5, 0.5), (under + 0.5, 0.5)), strict=True)
            for rate in rates
        )
        low, high = ratio_interval(Counted(n, m, pixels[0]), Counted(k, j, pixels[1]))
        held += low <= over / under and (high is None or over / under <= high)
    assert 0.925 <= held / draws <= 0.975  # 93 to 97 %, widened by half a standard error of 600 draws
