"""The table of targets: numbers as a reader reads them, and a reason for each verdict."""

from dataclasses import replace

import pytest

from ionweld.report.targets import readable, targets_tables
from ionweld.study.reproduce import Target

MISS = Target(
    id="x", quantity="cycle of the first drop", where="Result", unit="1", paper=14.0, relation="=", twin=5.0, twin_low=3.0,
    twin_high=15.2, chance_low=5.0, chance_high=5.0, role="predicted", holds=False, why="outside; rates are assumed",
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [(14882.6, "14,883"), (1488.2, "1,488"), (0.6038488, "0.6038"), (-0.068135, "-0.068"), (37.0, "37"), (0.0, "0")],
)
def test_numbers_are_never_powers_of_ten_to_unfold(value: float, text: str) -> None:
    assert readable(value) == text


def test_cycles_are_counted_and_not_divided() -> None:
    page = targets_tables([MISS])
    for text in (">-9<", ">cycles<", ">3 to 15.2<", ">5, no scatter<", ">MISS<", "outside; rates are assumed"):
        assert text in page


def test_a_value_is_apart_by_percent_and_a_bound_not_at_all() -> None:
    value = replace(MISS, unit="ohm*cm^2", paper=97.0, twin=96.99, holds=True)
    page = targets_tables([value])
    assert ">0.0 %<" in page, "never -0.0"
    assert ">ohm cm2<" in page
    assert ">holds<" in page
    bound = targets_tables([replace(value, relation=">")])
    assert ">&gt; 97<" in bound
    assert " %<" not in bound.split("single cells")[0].split("<tbody>")[1]
