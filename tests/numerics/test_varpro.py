"""Variable projection against a general least-squares program on the same model, bounds included."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import least_squares

from ionweld.numerics import varpro

Floats = NDArray[np.float64]
X = np.linspace(-5.0, 5.0, 400)
LOWER, UPPER = np.array([-2.0, 0.3, -2.0, 0.9]), np.array([2.0, 3.0, 2.0, 3.0])
START = np.array([-1.0, 1.0, 1.0, 1.0])


def _columns(theta: Floats) -> Floats:
    """Two Gaussian lines, each with place and width, on a constant."""
    lines = [np.exp(-(((X - theta[i]) / theta[i + 1]) ** 2)) for i in (0, 2)]
    return np.column_stack([*lines, np.ones_like(X)])


def _data(seed: int, second_width: float) -> Floats:
    truth = _columns(np.array([-0.8, 0.8, 0.8, second_width])) @ np.array([50.0, 30.0, 10.0])
    return truth + np.random.default_rng(seed).normal(0.0, 1.0, len(X))


def _ours(y: Floats) -> varpro.Solution:
    problem = varpro.Problem(
        y, np.ones_like(y), lambda theta, which: _columns(theta)[:, list(which)],
        np.array([True, True, False]), [[0], [0], [1], [1]],
    )  # fmt: skip
    none = np.full(4, np.inf)
    return varpro.fit(problem, varpro.Shapes(START, LOWER, UPPER, START, none, np.full(4, 1e-5)))


def _oracle(y: Floats) -> tuple[Floats, Floats]:
    """Return shapes and amplitudes by scipy, which searches all of them at once."""
    inf = np.full(3, np.inf)
    found = least_squares(
        lambda p: _columns(p[:4]) @ p[4:] - y, np.concatenate([START, [40.0, 20.0, 9.0]]),
        bounds=(np.concatenate([LOWER, -inf]), np.concatenate([UPPER, inf])), xtol=1e-12, ftol=1e-12, gtol=1e-12,
    )  # fmt: skip
    return found.x[:4], found.x[4:]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("second_width", [1.1, 0.6], ids=["free", "held at its bound of 0.9"])
def test_the_minimum_is_that_of_a_general_program(seed: int, second_width: float) -> None:
    y = _data(seed, second_width)
    solution, (shapes, amplitudes) = _ours(y), _oracle(y)
    assert solution.converged
    assert solution.chi2 - np.sum((_columns(shapes) @ amplitudes - y) ** 2) < 1e-3
    error = np.sqrt(np.diag(solution.covariance))
    assert np.all(np.abs(np.concatenate([solution.theta - shapes, solution.amplitudes - amplitudes])) < 0.03 * error)
    assert bool(solution.theta[3] == 0.9) == (second_width < 0.9)
    assert np.all((solution.theta >= LOWER) & (solution.theta <= UPPER))
