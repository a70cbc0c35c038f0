"""Calibration: bounds count one way, known optima are found from anywhere, and the study's own is where it says."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ionweld.errors import ComputationError
from ionweld.spec.library import Entry, entry
from ionweld.study.calibration import load_calibrated, load_settings, problem
from ionweld.study.model import load_study
from ionweld.twin.calibrate import AGREEMENT, Optimum, Problem, Row, calibrate, descend, misfit, starting_points

PRIOR = entry("Li | Li2OHCl")


@dataclass(frozen=True)
class PowerLaw:
    """A model whose optimum is known: products of powers of the parameters."""

    def __call__(self, parameters: Entry) -> dict[str, float]:
        names = list(PRIOR.priors)
        ratio = {name: parameters[name] / PRIOR[name] for name in names}
        return {"a": ratio[names[0]] ** 2 * ratio[names[1]], "b": ratio[names[2]]}


ROWS = (Row("a", 9.0, 0.1, "=", True), Row("b", 5.0, 0.2, "=", True))


@given(st.floats(0.1, 10.0), st.sampled_from(["=", ">", "<"]), st.booleans())
def test_a_bound_costs_only_on_its_wrong_side(found: float, relation: str, logarithmic: bool) -> None:
    cost = misfit(Row("x", 1.0, 0.5, relation, logarithmic), found)  # pyright: ignore[reportArgumentType]
    holds = (relation == ">" and found >= 1.0) or (relation == "<" and found <= 1.0) or found == 1.0
    assert (cost == 0.0) == holds


def test_the_known_optimum_is_found_from_every_start() -> None:
    posed = Problem(PRIOR, PowerLaw(), ROWS)
    found = calibrate(posed, 6, "test", map)
    assert found.agreeing == 6
    log3, log5 = np.log(3.0), np.log(5.0)
    # linear least squares: rows (2 log3 z0 + log3 z1 - ln 9)/0.1 and (log5 z2 - log5)/0.2, priors z
    design = np.array([[2 * log3 / 0.1, log3 / 0.1, 0, 0, 0], [0, 0, log5 / 0.2, 0, 0], *np.eye(5)])
    expected = np.linalg.lstsq(design, np.array([np.log(9) / 0.1, log5 / 0.2, 0, 0, 0, 0, 0]), rcond=None)[0]
    assert found.optimum.z == pytest.approx(expected, abs=2e-3)
    assert found.optimum.covariance == pytest.approx(np.linalg.inv(design.T @ design), rel=1e-3, abs=1e-6)


def test_starts_that_disagree_are_an_error_not_a_result() -> None:
    ends = iter(range(10))

    def scattered(_function: object, tasks: list) -> list[Optimum]:
        return [Optimum(np.full(5, float(next(ends))), 1.0, np.eye(5), np.zeros(5), 1) for _ in tasks]

    with pytest.raises(ComputationError, match="no two ended"):
        calibrate(Problem(PRIOR, PowerLaw(), ROWS), 3, "test", scattered)  # pyright: ignore[reportArgumentType]


def test_starts_lie_inside_the_ranges_and_are_the_same_each_time() -> None:
    posed = Problem(PRIOR, PowerLaw(), ROWS)
    low, high = posed.bounds()
    starts = starting_points(posed, 20, "seed")
    assert all(np.all((start > low) & (start < high)) for start in starts)
    assert np.array_equal(starts, starting_points(posed, 20, "seed"))


def test_another_start_lands_on_the_kept_optimum_of_the_study() -> None:
    study, settings, kept = load_study("yu2021"), load_settings("yu2021"), load_calibrated("yu2021")
    posed = problem(study, settings)
    start = starting_points(posed, 2, "a start that the calibration never used")[1]
    found = descend((posed, start))
    again = posed.entry(found.z)
    factors = posed.prior.priors
    for name, fitted in kept.parameters.items():
        away = np.log(again[name] / (float(fitted.value.split()[0]))) / np.log(factors[name])
        assert abs(away) < AGREEMENT, name
    assert found.cost == pytest.approx(kept.cost, abs=0.02)


def test_held_out_rows_are_not_told_to_the_calibration() -> None:
    study, settings = load_study("yu2021"), load_settings("yu2021")
    roles = {number.id: number.role for number in study.numbers}
    assert {roles[row.number] for row in settings.row} == {"calibrated"}
    told = {row.number for row in settings.row}
    ready = {number.id for number in study.targets() if number.role == "calibrated" and number.needs is None}
    assert told == ready
