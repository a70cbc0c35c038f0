"""What told papers teach: recovered from numbers of known truth, nothing where nothing is told."""

import numpy as np
import pytest

from ionweld.study.forecast import Forecast
from ionweld.study.told import LEVELS, Told, learned
from ionweld.study.validate import lessons, taught
from ionweld.study.validation_rows import MeasuredRow, ValidationPaper


def test_nothing_told_teaches_nothing() -> None:
    assert learned([]) is None


@pytest.mark.parametrize(("shift", "scale"), [(0.5, 0.05), (-0.4, 0.3), (0.0, 0.1)])
def test_many_told_numbers_give_their_shift_and_their_scatter(shift: float, scale: float) -> None:
    drawn = shift + scale * np.random.default_rng(1).standard_t(4.0, 300)
    found = learned([Told(float(one), 0.01) for one in drawn])
    assert found is not None
    assert found.shift == pytest.approx(shift, abs=0.06)
    assert found.scale == pytest.approx(scale, abs=0.04)


def test_one_told_number_moves_little_and_leaves_much_open() -> None:
    one, many = learned([Told(1.0, 0.1)]), learned([Told(1.0, 0.1)] * 30)
    assert one is not None
    assert many is not None
    assert 0.0 < one.shift < 0.8 < many.shift < 1.0
    assert np.ptp(one.offsets) > 3.0 * np.ptp(many.offsets)


def test_a_single_outlier_does_not_widen_all() -> None:
    calm = [Told(float(one), 0.05) for one in np.random.default_rng(2).normal(0.0, 0.1, 20)]
    plain, with_one = learned(calm), learned([*calm, Told(2.5, 0.05)])
    assert plain is not None
    assert with_one is not None
    assert with_one.scale < 2.0 * plain.scale
    assert abs(with_one.shift - plain.shift) < 0.05


def test_draws_are_multiplied_not_added_to() -> None:
    lesson = learned([Told(0.3, 0.02)] * 50)
    assert lesson is not None
    small, large = lesson.applied(np.array([1.0])), lesson.applied(np.array([100.0]))
    np.testing.assert_allclose(large, 100.0 * small)
    assert small.size == len(LEVELS)
    assert np.median(small) == pytest.approx(10**0.3, rel=0.05)


def paper(split: str, class_: str, value: str, relation: str = "=") -> tuple[ValidationPaper, MeasuredRow]:
    row = {
        "id": "x",
        "kind": "critical_current",
        "relation": relation,
        "value": value,
        "where": "text",
        "material": "LLZO",
    }
    about = {"citation": split + class_, "how_seen": "text", "class": class_, "split": split}
    made = ValidationPaper.model_validate(about | {"row": [row]})
    return made, made.row[0]


def test_held_out_numbers_and_bounds_teach_nothing() -> None:
    draws = Forecast(np.array([10.0, 10.0]))
    rows = [paper("held_out", "garnet", "9 mA/cm^2"), paper("told", "garnet", "9 mA/cm^2", ">")]
    assert lessons(rows, [draws, draws]) == {}
    assert taught(rows, [draws, draws]) == [draws, draws]


def test_a_class_moves_its_own_forecasts_further_than_those_of_others() -> None:
    draws = Forecast(np.array([10.0, 10.0]))
    rows = [paper("told", "garnet", "5 mA/cm^2")] * 4 + [paper("told", "argyrodite", "1 mA/cm^2")] * 4
    rows += [paper("held_out", name, "1 mA/cm^2") for name in ("garnet", "argyrodite", "polymer")]
    moved = taught(rows, [draws] * len(rows))
    garnet, argyrodite, polymer = (float(np.median(one.values)) for one in moved[-3:])
    assert garnet > polymer > argyrodite
    assert garnet == pytest.approx(50.0, rel=0.2)
