"""The mathematics under the fits: small systems, many minimisations at once, lines with a break."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ionweld.numerics.levenberg import minimise
from ionweld.numerics.lines import change_of_slope, straight
from ionweld.numerics.small_systems import solve_many


@given(st.integers(1, 7), st.integers(0, 1000))
def test_many_small_systems(size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(20, size, size + 2))
    matrix, right = root @ root.transpose(0, 2, 1), rng.normal(size=(20, size))
    solution = solve_many(matrix.transpose(1, 2, 0), right.T)
    assert np.einsum("kij,jk->ki", matrix, solution) == pytest.approx(right, rel=1e-6, abs=1e-6)


def rosenbrock(x: np.ndarray, _rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    residuals = np.stack([10 * (x[:, 1] - x[:, 0] ** 2), 1 - x[:, 0]], axis=1)
    zero = np.zeros(len(x))
    slopes = np.stack([np.stack([-20 * x[:, 0], zero - 1], axis=1), np.stack([zero + 10, zero], axis=1)], axis=1)
    return residuals, slopes


def test_every_start_finds_the_valley_floor() -> None:
    starts = np.random.default_rng(0).uniform(-2, 2, (30, 2))
    wide = np.full(2, np.inf)
    found = minimise(rosenbrock, starts, -wide, wide, tolerance=1e-14, iterations=200)
    assert np.all(found.converged)
    assert found.points == pytest.approx(np.ones((30, 2)), abs=1e-5)


def test_bounds_hold_and_the_rest_moves_on() -> None:
    found = minimise(rosenbrock, np.array([[-1.0, 0.0]]), np.array([-2.0, -2.0]), np.array([0.5, 2.0]), iterations=200)
    # on the bound x = 0.5 the best y is x^2
    assert found.points[0] == pytest.approx([0.5, 0.25], abs=1e-6)


def test_line_equals_the_textbook() -> None:
    rng = np.random.default_rng(3)
    x = np.linspace(0, 1, 9)
    y = 2 - 3 * x + 0.1 * rng.normal(size=9)
    found = straight(x, y)
    coefficients, covariance = np.polyfit(x, y, 1, cov=True)
    assert [found.slope, found.intercept] == pytest.approx(coefficients)
    assert found.slope_error == pytest.approx(np.sqrt(covariance[0, 0]), rel=1e-9)


def test_covariance_is_carried_into_the_slope() -> None:
    rng = np.random.default_rng(4)
    x = np.linspace(-1, 1, 8)
    root = rng.normal(size=(8, 8)) * 0.1 + 0.3 * np.eye(8)
    covariance = root @ root.T
    slopes, errors = [], []
    for _ in range(400):
        line = straight(x, 1 + 2 * x + root @ rng.normal(size=8), covariance)
        slopes.append(line.slope)
        design = np.column_stack([np.ones(8), x])
        errors.append(np.sqrt(np.linalg.inv(design.T @ np.linalg.solve(covariance, design))[1, 1]))
    assert np.mean(slopes) == pytest.approx(2, abs=4 * np.std(slopes) / np.sqrt(400))
    assert np.std(slopes) == pytest.approx(errors[0], rel=0.12)


@pytest.mark.parametrize("kind", ["bend", "jump"])
def test_a_break_is_found_with_its_place(kind: str) -> None:
    rng = np.random.default_rng(5)
    x = np.linspace(0, 1, 12)
    y = np.where(x < 0.5, 3 * (x - 0.5), 6 * (x - 0.5) + (1.0 if kind == "jump" else 0.0)) + 0.01 * rng.normal(size=12)
    found = change_of_slope(x, y)
    assert found is not None
    assert found.kind == kind
    assert found.left == pytest.approx((3, 0), abs=0.2)
    assert found.right == pytest.approx((6, 0), abs=0.2)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= 0.5 <= found.high
    assert found.high - found.low < 0.2


def test_single_lines_are_rarely_called_broken() -> None:
    rng = np.random.default_rng(6)
    x = np.linspace(0, 1, 10)
    broken = [change_of_slope(x, 2 * x + 0.05 * rng.normal(size=10)).kind != "none" for _ in range(40)]  # type: ignore[union-attr]
    assert np.mean(broken) <= 0.12  # 5 % is meant; 40 draws


def test_five_points_are_too_few_for_a_break() -> None:
    assert change_of_slope(np.arange(5.0), np.arange(5.0)) is None
