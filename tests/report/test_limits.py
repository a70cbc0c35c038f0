"""What is read off a simulated test of limits: units, lower bounds, chance beside what is unknown."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ionweld as iw
from ionweld.report.limits import Bound, shown, spread
from ionweld.result import EventKind
from ionweld.simulate.critical import cracks
from ionweld.spec.library import entry, material_names

CELL = {
    "temperature": "25 degC",
    "stack_pressure": {"assumed": "2 MPa", "range": ["1 MPa", "4 MPa"], "why": "a spring, not measured"},
    "electrolyte": {"material": "Li6PS5Cl", "thickness": "0.5 mm", "diameter": "10 mm"},
    "electrodes": {"negative": {"material": "Li", "diameter": "10 mm", "thickness": "200 um"}},
}
RAMP = iw.Protocol.ramp(start="0.2 mA/cm^2", factor=1.5, stop="5 mA/cm^2", half_cycle_time="0.5 h")


@pytest.fixture(scope="module")
def ramped() -> dict:
    return iw.ensemble(iw.Cell(name="ours", **CELL), RAMP, n=2, unknown=5, seed=3).to_dict()


def row(document: dict, name: str) -> dict:
    return next(one for one in document["limits"] if one["quantity"] == name)


def test_the_charge_of_a_ramp_is_current_times_time() -> None:
    """Each step lasts half an hour: the charge of a half cycle at the critical current, in mAh/cm2, is half of it."""
    found = iw.simulate(iw.Cell(name="ours", **CELL), RAMP).to_dict()
    borne = row(found, "critical current")["typical"]
    assert (borne["lower_bound"], found["critical_current"]["bore_all"]) == (False, 0)
    assert found["critical_current"]["band_mA_cm2"]["median"] == pytest.approx(borne["value"])
    assert found["critical_current"]["charge_mAh_cm2"]["median"] == pytest.approx(borne["value"] / 2.0)
    assert min(abs(borne["value"] - 0.2 * 1.5**n) for n in range(8)) < 1e-9


def test_what_is_unknown_is_wider_than_chance_and_said_beside_it(ramped: dict) -> None:
    for name in ("critical current", "interface resistance, negative, as assembled"):
        chance, unknown = row(ramped, name)["chance"], row(ramped, name)["unknown"]
        assert (chance["n"], unknown["n"]) == (2, 5)
        widths = [one["p95"]["value"] / one["p05"]["value"] for one in (chance, unknown)]
        assert widths[1] > widths[0]
    assert "over what is unknown: " in ramped["critical_current"]["sentence"]
    assert ramped["critical_current"]["sentence"] == ramped["says"][0]


def test_charge_one_way_is_current_times_time_and_a_bound_where_nothing_ended_it() -> None:
    strip = iw.Protocol.strip(current_density="0.1 mA/cm^2", half_cycle_time="1 h", steps=3)
    found = iw.simulate(iw.Cell(name="ours", **CELL), strip).to_dict()
    assert found["one_way_charge_mAh_cm2"] == pytest.approx(0.3)
    assert row(found, "charge one way")["typical"]["lower_bound"]
    assert found["says"][0] == "charge one way: > 0.3 mAh/cm^2"
    before, after = (found["interface_resistance_ohm_cm2"][when] for when in ("before", "after"))
    assert after[0] > before[0]  # stripped


bounds = st.lists(st.tuples(st.floats(0.1, 1e3), st.booleans()), min_size=1, max_size=12)


@given(bounds)
def test_quantiles_are_in_order_and_bounds_stay_bounds(values: list[Bound]) -> None:
    found = spread(values)
    assert found.low[0] <= found.median[0] <= found.high[0]
    assert found.low[1] <= found.median[1] <= found.high[1]  # above a bound, all is one
    assert found.high[1] == any(bound for _, bound in values)
    assert spread([*values, None]).total == len(values) + 1
    assert spread([*values, None]).n == len(values)


def test_a_spread_is_said_as_people_read_it() -> None:
    assert shown((5.0, True)) == "> 5"
    assert str(spread([(1.0, False), (2.0, False), (3.0, False)])) == "2 (1.1 to 2.9)"
    assert str(spread([(8.0, True)] * 3)) == "> 8"
    assert str(spread([None])) == "none"
    assert math.isnan(spread([]).median[0])


@pytest.mark.parametrize(("material", "assumed"), [("0.7Li(CB9H10)-0.3Li(CB11H12)", True), ("Li6PS5Cl", False)])
def test_a_short_whose_strength_nobody_measured_says_so(material: str, assumed: bool) -> None:
    pellet = CELL["electrolyte"] | {"material": material}
    cell = iw.Cell(name=material, **CELL | {"electrolyte": pellet})
    protocol = iw.Protocol.symmetric(current_density="8 mA/cm^2", half_cycle_time="0.5 h", cycles=1)
    found = iw.ensemble(cell, protocol, n=1, workers=1)
    assert EventKind.FIRST_SHORT in {event.kind for event in found.found.typical.events}
    said = [one for one in found.warnings if "both assumed" in one]
    assert bool(said) == assumed
    assert not assumed or "0.2 MPa*m^0.5 (a factor of 10 wide) and flaws of 7 um (a factor of 20 wide)" in said[0]


@pytest.mark.parametrize("material", material_names("solid electrolyte"))
def test_any_electrolyte_of_the_library_can_be_driven_to_its_end_and_read(material: str) -> None:
    """An entry may lack what most have: what is usual is taken then, and said."""
    cell = iw.Cell(
        name=material, **CELL | {"electrolyte": CELL["electrolyte"] | {"material": material}, "temperature": "60 degC"}
    )
    ramp = iw.Protocol.ramp(start="0.01 mA/cm^2", factor=3, stop="90 mA/cm^2", half_cycle_time="0.5 h")
    found = iw.ensemble(cell, ramp, n=1, workers=1)
    assert found.found.typical.events
    found.to_dict()
    known = entry(material).properties
    unknown = not {"fracture_toughness", "flaw_size"} & set(known) and cracks(found.found.typical)
    assert not unknown or any("both assumed" in one for one in found.warnings)
