"""A decimal comma is understood in every quantity that is typed into the page, and a list keeps its commas."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from ionweld.errors import InputError
from ionweld.web.asked import with_points
from ionweld.web.screens import cell, diagnose, impedance, spectra, whatif


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("28,3 mm^2", "28.3 mm^2"), ("400 h at 0,4 mA/cm^2", "400 h at 0.4 mA/cm^2"), ("0,4, 0,6", "0.4, 0.6"),
        ("80,5 % capacity after 100 cycles", "80.5 % capacity after 100 cycles"), ("0.4, 0.6", "0.4, 0.6"), ("Cu", "Cu"),
        ("1.5406,1.5444", "1.5406,1.5444"), ("before@100,5degC", "before@100,5degC"), ("", ""),
    ],
)  # fmt: skip
def test_a_comma_is_a_point_within_a_number_alone(typed: str, meant: str) -> None:
    assert with_points(typed) == meant


def test_what_can_be_read_in_two_ways_is_asked() -> None:
    with pytest.raises(InputError, match="two ways"):
        with_points("1,234 mm")


@given(st.floats(0.0, 1e4).map(lambda number: f"{number:.2f}"))
def test_both_ways_of_writing_say_the_same(number: str) -> None:
    assert with_points(f"{number.replace('.', ',')} mV") == f"{number} mV"


@pytest.mark.parametrize(
    ("model", "needed", "field"),
    [
        *((cell.OneCell, {}, name) for name in ("area", "mass", "nominal")),
        *((impedance.AskedSweep, {"file": "x"}, name) for name in ("low", "high")),
        (whatif.AskedGoal, {}, "goal"),
        (diagnose.AskedDiagnosis, {"cell": "x", "measured": [{"file": "y"}]}, "goal"),
        (spectra.AskedInterface, {"parts": [{"file": "x", "technique": "sem"}]}, "temperature"),
    ],
)
def test_each_quantity_of_a_screen_understands_it(model: type[BaseModel], needed: dict[str, Any], field: str) -> None:
    assert getattr(model(**needed, **{field: "2,5 x"}), field) == "2.5 x"
