"""What is said of the rival readings follows from the paper's row and the twin's numbers, whichever way they fall."""

from dataclasses import replace

import pytest
from pydantic import ValidationError
from spine_cells import parameters

from ionweld.errors import SpecError
from ionweld.study.calibration import predictive
from ionweld.study.model import load_study
from ionweld.study.rivals import bench_of, rival_of, sentences
from ionweld.study.settings import RivalModel
from ionweld.twin.rivals import Prediction, RivalReading

TOLD = 95.0  # %, the paper's lower bound


def verdict(*efficiency: float, growth: float = 1e-6) -> tuple[str, ...]:
    study = load_study("yu2021")
    assert study.calibration is not None
    assert study.calibrated is not None
    assert study.rivals is not None
    known = predictive(study, study.calibration, study.calibrated)[0]
    changed = replace(known.quantity("soft_short_growth"), value=growth)
    dense, leaky = (
        RivalReading("compaction", known, 0.05, -0.03),
        RivalReading("soft short", known.updated({"soft_short_growth": changed}), 0.05, -0.03),
    )
    row = Prediction("full cell: lowest coulombic efficiency of 40 cycles", "%", efficiency, "")
    told = study.number(study.rivals.efficiency)
    return sentences(told, bench_of(study, study.rivals, known), [dense, leaky, leaky], [row])


def test_the_row_that_it_stands_on_is_the_papers() -> None:
    study = load_study("yu2021")
    assert study.rivals is not None
    told = study.number(study.rivals.efficiency)
    assert (told.relation, told.value_si) == (">", pytest.approx(TOLD / 100.0))


@pytest.mark.parametrize(
    ("small", "large", "against"), [(50.0, 0.0, True), (97.0, 96.0, False), (97.0, 50.0, False), (94.9, 94.8, True)]
)
def test_the_full_cell_argues_only_against_leaks_that_both_break_its_row(
    small: float, large: float, against: bool
) -> None:
    said = verdict(98.0, small, large)[1]
    assert ("argues against it" in said) is against
    assert ("does not decide" in said) is not against
    assert f"{small:.3g} % and {large:.3g} %" in said


def test_the_leak_is_said_per_square_centimetre() -> None:
    """1e-6 S/m2/s over 280 cycles of one hour."""
    siemens_per_cm2 = 1e-6 * 3600.0 * 280 * 1e-4
    assert f"{siemens_per_cm2:.2g} S/cm2" in verdict(98.0, 0.0, 0.0)[0]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"fixed": {"densification_rate": "0 S"}}, "densification_rate"),
        ({"fixed": {"no_such_rate": "0 1/s"}}, "no_such_rate"),
        ({"free": [{"parameter": "soft_short_growth", "start": "1 m"}] * 2}, "soft_short_growth"),
    ],
)
def test_a_rival_of_a_parameter_or_unit_that_is_none_is_refused(changed: dict, says: str) -> None:
    document = {"name": "x", "free": [{"parameter": "soft_short_growth", "times": 2.0}] * 2} | changed
    with pytest.raises(SpecError, match=says):
        rival_of(RivalModel.model_validate(document), parameters())


@pytest.mark.parametrize("start", [{}, {"start": "1 S/m^2/s", "times": 2.0}])
def test_a_free_parameter_starts_somewhere_and_once(start: dict) -> None:
    with pytest.raises(ValidationError, match="start"):
        RivalModel.model_validate({"name": "x", "free": [{"parameter": "soft_short_growth", **start}] * 2})
