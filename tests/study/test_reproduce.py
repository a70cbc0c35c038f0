"""What counts as a hit."""

import math

import pytest

from ionweld.study.reproduce import judge
from ionweld.study.text import PaperNumber
from ionweld.twin.ensemble import Band


def number(relation: str, value: str, precision: str | None = None) -> PaperNumber:
    return PaperNumber(
        id="x", quantity="x", where="x", quote="x", relation=relation, value=value, unit="V",  # pyright: ignore[reportArgumentType]
        precision=precision, role="predicted",
    )  # fmt: skip


def chance(median: float, low: float = math.nan, high: float = math.nan) -> Band:
    return Band(median, low, low, high, high, 10, 10)


@pytest.mark.parametrize(
    ("relation", "median", "holds"),
    [(">", 0.16, True), (">", 0.15, False), (">", 0.14, False), ("<", 0.14, True), ("<", 0.15, False)],
)
def test_a_bound_holds_by_the_median(relation: str, median: float, holds: bool) -> None:
    assert judge(number(relation, "150 mV"), chance(median, 0.0, 1.0))[0] is holds


def test_an_equality_holds_within_the_printed_precision_the_aim_or_the_band_of_chance() -> None:
    told = number("=", "50 mV", "5 mV")
    assert judge(told, chance(0.0549))[0]
    assert not judge(told, chance(0.0551))[0]
    assert judge(told, chance(0.07, 0.049, 0.09))[0]
    assert not judge(told, chance(0.07, 0.051, 0.09))[0]
    assert not judge(told, chance(math.nan))[0]
    aimed = told.model_copy(update={"aim": "20 %"})
    assert judge(aimed, chance(0.0599))[0]
    assert not judge(aimed, chance(0.0601))[0]
