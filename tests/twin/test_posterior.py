"""Draws of what rows leave open: exact for a linear model, each one a fit for another, and bounds that are not broken."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.stats import chi2

from ionweld.spec.library import Entry, entry
from ionweld.twin.calibrate import CalibrationProblem, TargetRow, sensitivities
from ionweld.twin.posterior import UNLIKELY, Posterior, directions, posterior

PRIOR = replace(entry("Li | Li2OHCl"), priors={"charge_transfer_resistance": 3.0, "layer_solid_conductivity": 10.0})
CARRIED = ("critical_current",)  # its range of a factor of ten is four spreads
A = np.array([[2.0 * np.log(3.0), np.log(10.0), 0.25 * np.log(10.0)], [np.log(3.0), 0.0, 0.0]]) / 0.5


def ratios(parameters: Entry) -> tuple[float, float, float]:
    """Return the two free parameters and the carried one over their values before."""
    one, two, three = (parameters[name] / PRIOR[name] for name in [*PRIOR.priors, *CARRIED])
    return one, two, three


@dataclass(frozen=True)
class Linear:
    """Products of powers: linear in what is drawn."""

    def __call__(self, parameters: Entry) -> dict[str, float]:
        one, two, three = ratios(parameters)
        return {"a": one**2 * two * three, "b": one}


@dataclass(frozen=True)
class Saturating:
    """Like a voltage of which a layer is a part: to well conducting layers it does not answer any more."""

    def __call__(self, parameters: Entry) -> dict[str, float]:
        one, two, three = ratios(parameters)
        return {"a": one + 3.0 / two, "b": three}


def drawn(model: Callable[[Entry], dict[str, float]], rows: tuple[TargetRow, ...], count: int) -> Posterior:
    posed = CalibrationProblem(PRIOR, model, rows, CARRIED)
    slopes = sensitivities(posed, np.zeros(2), map)
    return posterior(posed, np.zeros(2), slopes, count, "test", map, lambda: None)


def test_of_a_linear_model_the_draws_are_those_of_the_posterior() -> None:
    rows = (TargetRow("a", 1.0, 0.5, "=", True), TargetRow("b", 1.0, 0.5, "=", True))
    left = drawn(Linear(), rows, 1000)
    wide = np.linalg.inv(A.T @ A + np.eye(3))
    assert left.refused <= 3
    assert np.mean(left.z, axis=0) == pytest.approx([0.0, 0.0, 0.0], abs=0.1)
    inside = np.abs(left.z[:, 2]) < 1.99  # a carried number stays in its range
    assert np.mean(inside) > 0.9
    assert np.cov(left.z.T)[:2, :2] == pytest.approx(wide[:2, :2], abs=0.03)


def test_a_bound_that_is_far_from_broken_teaches_nothing() -> None:
    far = drawn(Linear(), (TargetRow("b", 1e-6, 0.1, ">", True),), 400)
    near = drawn(Linear(), (TargetRow("b", 1.0, 0.1, ">", True),), 400)
    assert np.std(far.z[:, 0]) == pytest.approx(1.0, rel=0.1)
    assert np.std(near.z[:, 0]) < 0.8
    assert np.mean(near.z[:, 0] > -0.3) > 0.97, "what breaks a bound is left, what holds it stays"


def test_each_draw_of_a_model_that_is_not_linear_meets_the_rows() -> None:
    rows = (TargetRow("a", 4.0, 0.05, "=", True), TargetRow("b", 1.0, 0.2, "=", True))
    left, model = drawn(Saturating(), rows, 200), Saturating()
    posed = CalibrationProblem(PRIOR, model, rows, CARRIED)
    misses = np.array([np.square(posed.residuals(z)[:2]).sum() for z in left.z])
    assert left.refused < 10
    assert misses.max() <= chi2.ppf(UNLIKELY, 2)
    assert np.mean(misses) == pytest.approx(2.0, rel=0.3), "two rows, each off by its own error"


def test_draws_that_no_fit_was_found_for_are_refused_and_counted() -> None:
    left = drawn(Linear(), (TargetRow("b", 1.0, 0.5, "=", True), TargetRow("a", 1e30, 0.01, "=", True)), 20)
    assert left.refused == 20
    assert left.z.shape == (0, 3)


def test_the_same_seed_gives_the_same_draws() -> None:
    rows = (TargetRow("a", 1.0, 0.5, "=", True),)
    assert np.array_equal(drawn(Linear(), rows, 5).z, drawn(Linear(), rows, 5).z)


def test_of_a_product_that_is_known_the_ratio_is_not() -> None:
    rng = np.random.default_rng(0)
    ratio, product = rng.standard_normal(4000), 0.02 * rng.standard_normal(4000)
    known, unknown = directions(np.stack([product + ratio, product - ratio], axis=1) / np.sqrt(2.0))
    assert known.weights[0] == pytest.approx(known.weights[1], rel=0.01)
    assert known.learnt == pytest.approx(0.02, rel=0.1)
    assert unknown.learnt == pytest.approx(1.0, rel=0.05)
