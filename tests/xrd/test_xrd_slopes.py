"""The derivatives of a pattern against differences of the pattern itself, and a start without companions or tails."""

import numpy as np
import pytest

from ionweld.analyse.xrd.fit import BACKGROUND_DEGREE, priors
from ionweld.analyse.xrd.lines import add_lines, add_slopes
from ionweld.analyse.xrd.model import PatternModel, background_terms, candidate, shapes_of
from ionweld.measurement.pattern import Radiation
from ionweld.spec.crystal import library_phase

CU = Radiation(1.540593, 1.544414, 0.5, "given: Cu")
TWO_THETA = np.arange(12.0, 70.0, 0.05)


def _model(*names: str) -> PatternModel:
    candidates = tuple(candidate(library_phase(name), CU, 71.0) for name in names)
    return PatternModel(TWO_THETA, CU, candidates, priors(), background_terms(TWO_THETA, BACKGROUND_DEGREE), hump=True)


@pytest.mark.parametrize("tail", [0.0, 0.02], ids=["symmetric", "drawn out"])
def test_slopes_are_those_of_the_columns(tail: float) -> None:
    """A cubic and a tetragonal phase, whose grains lie unevenly, with hump and background."""
    model = _model("Li2OHCl", "LiOH")
    shapes, rng = shapes_of(model), np.random.default_rng(1)
    theta = shapes.start + 30.0 * shapes.step * rng.normal(size=len(shapes.start))
    theta[5] = tail
    amplitudes = np.abs(rng.normal(1.0, 0.3, model.width))
    known = model.slopes(theta, amplitudes)
    for i, step in enumerate(shapes.step / 10.0):
        ways = (1.0, 0.0) if theta[i] == shapes.lower[i] else (1.0, -1.0)
        moved = [theta + way * step * (np.arange(len(theta)) == i) for way in ways]
        up, down = (model.columns(one, range(model.width)) @ amplitudes for one in moved)
        change = (up - down) / (step * (ways[0] - ways[1]))
        assert np.abs(known[:, i] - change).max() < 1e-3 * np.abs(change).max(), i


@pytest.mark.parametrize("number", range(7))
def test_slopes_of_a_line_by_each_of_its_numbers(number: int) -> None:
    """A line with a companion, drawn out along and across."""
    line = np.array([33.0, 20.0, -0.04, 0.03, 0.21, 0.4, 35.0])[:, None]
    emitted, step = (np.array([0.0, 4e-3]), np.array([0.8, 0.2])), 1e-6

    def drawn(change: float) -> np.ndarray:
        out = np.zeros((1, len(TWO_THETA)))
        moved = line + change * (np.arange(7) == number)[:, None]
        add_lines(TWO_THETA, moved, *emitted, np.zeros(1, np.int64), out)
        return out[0]

    known = np.zeros((1, len(TWO_THETA)))
    add_slopes(TWO_THETA, line, *emitted, (np.arange(7.0) == number).astype(float)[None, :, None], known)
    change = (drawn(step) - drawn(-step)) / (2.0 * step)
    assert np.abs(known[0] - change).max() < 1e-6 * np.abs(change).max()
    ends = np.abs(TWO_THETA - 33.0) > 5.0  # where it goes to zero, 6.3 degrees away
    assert np.abs(known[0] - change)[ends].max() <= 1e-4 * np.abs(change[ends]).max()


def test_what_is_not_there_has_no_slope() -> None:
    model = _model("Li2OHCl", "LiOH")
    amplitudes = np.ones(model.width)
    amplitudes[1] = 0.0
    slopes = model.slopes(shapes_of(model).start, amplitudes)
    assert not slopes[:, 6 + model.candidates[0].shapes :].any()
    assert slopes[:, :6].any(axis=0).all()
