"""Amounts that cannot be negative: the interval and the upper limit that a Gaussian estimate leaves."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtri_exp

Floats = NDArray[np.float64]


def upper_limit(estimate: float, stderr: float, level: float = 0.95) -> float:
    """Return the value below which a non-negative amount lies with probability `level`.

    The posterior of a flat prior on [0, inf) is the Gaussian (estimate, stderr) cut at zero. `estimate` may be
    negative; far below zero the limit tends to stderr^2 ln(1 / (1 - level)) / |estimate|.
    """
    tail = np.log(1.0 - level) + log_ndtr(estimate / stderr)  # in logarithms: far below zero the tail is tiny
    return float(estimate - stderr * ndtri_exp(tail))


def correlated_misfit(residual: Floats, weight: Floats, lags: int) -> float:
    """Return how many times larger the variance of a fitted number is than its formal one, from the residuals.

    residual: (y - model) / sigma. weight: derivative of the model by the number, over sigma; shape (n,) each. The
    ratio is sum_l sum_i w_i r_i w_(i+l) r_(i+l) / sum_i w_i^2 over |l| <= lags, with Bartlett's taper (Newey and West
    1987, 10.2307/1913610): 1 for white residuals of unit size, much more where a line's shape is missed.
    """
    scores = weight * residual
    total = float(scores @ scores)
    for lag in range(1, lags + 1):
        total += 2.0 * (1.0 - lag / (lags + 1.0)) * float(scores[lag:] @ scores[:-lag])
    return max(total, 0.0) / max(float(weight @ weight), 1e-300)


def misfit_of(residual: Floats, lags: int) -> float:
    """Return the factor on variances; 1 unless the residuals are clearly more than noise."""
    factor = correlated_misfit(residual, np.ones_like(residual), lags)
    noise = 4.0 * np.sqrt(2.0 / len(residual))
    square = float(residual @ residual)
    too_large = square / len(residual) > 1.0 + noise
    too_alike = float(residual[1:] @ residual[:-1]) > 4.0 / np.sqrt(len(residual)) * square
    return max(1.0, factor) if too_large or too_alike else 1.0
