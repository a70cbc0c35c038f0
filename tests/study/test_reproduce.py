"""What counts as a hit."""

import math

import pytest

from ionweld.study.reproduce import judge
from ionweld.study.text import Number
from ionweld.twin.ensemble import Band


def number(relation: str, value: str, precision: str | None = None) -> Number:
    return Number(
        id="x", quantity="x", where="x", quote="x", relation=relation, value=value, unit="V",  # pyright: ignore[reportArgumentType]
        precision=precision, role="predicted",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("relation", "median", "holds"),
    [(">", 0.16, True), (">", 0.15, False), (">", 0.14, False), ("<", 0.14, True), ("<", 0.15, False)],
)
def test_a_bound_holds_by_the_median(relation: str, median: float, holds: bool) -> None:
    wide = Band(0.155, 0.0, 0.1, 0.2, 1.0, 10, 10)
    assert judge(number(relation, "150 mV"), median, wide)[0] is holds


def test_an_equality_holds_within_the_printed_precision_or_the_band() -> None:
    told = number("=", "50 mV", "5 mV")
    nowhere = Band(*(math.nan,) * 5, n=0, total=10)
    assert judge(told, 0.0549, nowhere)[0]
    assert not judge(told, 0.0551, nowhere)[0]
    assert judge(told, 0.07, Band(0.07, 0.049, 0.06, 0.08, 0.09, 10, 10))[0]
    assert not judge(told, 0.07, Band(0.07, 0.051, 0.06, 0.08, 0.09, 10, 10))[0]
    assert not judge(told, math.nan, nowhere)[0]
