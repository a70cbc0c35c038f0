"""Calibration: bounds count one way, known optima are found from anywhere, and the study's own is where it says."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from ionweld.errors import ComputationError
from ionweld.spec.library import Entry, entry
from ionweld.spec.quantity import parse_quantity
from ionweld.study.calibration import problem
from ionweld.study.model import load_study
from ionweld.twin.calibrate import (
    CalibrationProblem,
    Optimum,
    TargetRow,
    calibrate,
    counted,
    distance,
    starting_points,
    within,
)
from ionweld.twin.posterior import UNLIKELY

PRIOR = entry("Li | Li2OHCl")
STUDY = load_study("yu2021")
assert STUDY.calibration is not None
assert STUDY.calibrated is not None
TOLD, KEPT = STUDY.calibration, STUDY.calibrated


@dataclass(frozen=True)
class PowerLaw:
    """A model whose optimum is known: products of powers of the parameters."""

    def __call__(self, parameters: Entry) -> dict[str, float]:
        names = list(PRIOR.priors)
        ratio = {name: parameters[name] / PRIOR[name] for name in names}
        return {"a": ratio[names[0]] ** 2 * ratio[names[1]], "b": ratio[names[2]]}


ROWS = (TargetRow("a", 9.0, 0.1, "=", True), TargetRow("b", 5.0, 0.2, "=", True))


@given(st.floats(0.1, 10.0), st.sampled_from(["=", ">", "<"]), st.booleans())
def test_a_bound_costs_only_on_its_wrong_side(found: float, relation: str, logarithmic: bool) -> None:
    row = TargetRow("x", 1.0, 0.5, relation, logarithmic)  # pyright: ignore[reportArgumentType]
    cost = counted(row, distance(row, found))
    holds = (relation == ">" and found >= 1.0) or (relation == "<" and found <= 1.0) or found == 1.0
    assert (cost == 0.0) == holds


def test_the_known_optimum_is_found_from_every_start() -> None:
    posed = CalibrationProblem(PRIOR, PowerLaw(), ROWS)
    found = calibrate(posed, 6, "test", map)
    assert found.agreeing == 6
    log3, log5 = np.log(3.0), np.log(5.0)
    # linear least squares: rows (2 log3 z0 + log5 z1 - ln 9)/0.1 and (log3 z2 - log5)/0.2, priors z
    design = np.array([[2 * log3 / 0.1, log5 / 0.1, 0, 0], [0, 0, log3 / 0.2, 0], *np.eye(4)])
    expected = np.linalg.lstsq(design, np.array([np.log(9) / 0.1, log5 / 0.2, 0, 0, 0, 0]), rcond=None)[0]
    assert found.optimum.z == pytest.approx(expected, abs=2e-3)
    assert found.optimum.covariance == pytest.approx(np.linalg.inv(design.T @ design), rel=1e-3, abs=1e-6)


def test_starts_that_disagree_are_an_error_not_a_result() -> None:
    ends = iter(range(10))

    def scattered(_function: object, tasks: list) -> list[Optimum]:
        return [Optimum(np.full(4, float(next(ends))), 1.0, np.eye(4), np.zeros(4), 1) for _ in tasks]

    with pytest.raises(ComputationError, match="no two ended"):
        calibrate(CalibrationProblem(PRIOR, PowerLaw(), ROWS), 3, "test", scattered)  # pyright: ignore[reportArgumentType]


def test_starts_lie_inside_the_ranges_and_are_the_same_each_time() -> None:
    posed = CalibrationProblem(PRIOR, PowerLaw(), ROWS)
    low, high = posed.bounds()
    starts = starting_points(posed, 20, "seed")
    assert all(np.all((start > low) & (start < high)) for start in starts)
    assert np.array_equal(starts, starting_points(posed, 20, "seed"))


@pytest.fixture(scope="module")
def kept_optimum() -> tuple[CalibrationProblem, np.ndarray]:
    """Return the study's problem, and its kept optimum in prior spreads."""
    posed = problem(STUDY, TOLD)
    prior = posed.prior
    z = [
        np.log(parse_quantity(fitted.value, fitted.unit).value / prior[name]) / np.log(prior.priors[name])
        for name, fitted in KEPT.parameters.items()
    ]
    assert list(KEPT.parameters) == posed.names
    return posed, np.array(z)


def test_the_kept_optimum_is_as_good_as_it_says(kept_optimum: tuple[CalibrationProblem, np.ndarray]) -> None:
    posed, z = kept_optimum
    found = posed.residuals(z)
    rows = len(posed.rows)
    assert found[:rows] == pytest.approx([KEPT.misfits[row.id] for row in posed.rows], abs=0.02)
    assert found @ found == pytest.approx(KEPT.cost, abs=0.02)


@pytest.mark.parametrize("name", ["stack_pressure", "cathode_loading"])
def test_the_kept_optimum_is_one(kept_optimum: tuple[CalibrationProblem, np.ndarray], name: str) -> None:
    """Half of its posterior spread to either side along a condition, the sum of squares is higher."""
    posed, z = kept_optimum
    step = np.zeros(z.size)
    step[posed.names.index(name)] = 0.5 * KEPT.parameters[name].posterior_over_prior
    for there in (z + step, z - step):
        found = posed.residuals(np.clip(there, *posed.bounds()))
        assert found @ found > KEPT.cost


def test_the_kept_draws_meet_the_rows_that_were_told(kept_optimum: tuple[CalibrationProblem, np.ndarray]) -> None:
    posed, _ = kept_optimum
    assert {len(draw) for draw in KEPT.draws} == {len(posed.names) + len(posed.carried)}
    assert KEPT.refused <= 0.05 * len(KEPT.draws)
    for draw in KEPT.draws[::160]:
        found = posed.residuals(np.array(draw))[: len(posed.rows)]
        assert found @ found < chi2.ppf(UNLIKELY, len(posed.rows)) + 2.0  # kept with three decimals


@given(st.floats(-10.0, 10.0))
def test_what_is_carried_stays_within_its_range(step: float) -> None:
    for name in ("critical_current", "interphase_growth"):  # in the logarithm, and from 0 on
        known = PRIOR.quantity(name)
        assert known.low is not None
        assert known.high is not None
        assert known.low <= within(known, step) <= known.high
        assert within(known, 0.0) == pytest.approx(known.value)


def test_held_out_rows_are_not_told_to_the_calibration() -> None:
    roles = {number.id: number.role for number in STUDY.numbers}
    assert {roles[row.number] for row in TOLD.row} == {"calibrated"}
    told = {row.number for row in TOLD.row}
    ready = {number.id for number in STUDY.targets() if number.role == "calibrated"}
    assert told == ready
