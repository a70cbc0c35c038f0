"""What is said of a pellet's own conduction holds at the temperature that it was said for, in either phase."""

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spine_cells import cell_document

from ionweld.errors import SpecError
from ionweld.spec.cell import parse_cell
from ionweld.spec.cell_faults import CONDUCTION_LIMITS
from ionweld.spec.derived import conductivity, derive, electrolyte_entry
from ionweld.spec.library import Entry, entry

R = 8.314462618
CELSIUS = st.floats(0.0, 130.0)


def told(sigma_S_per_cm: float, celsius: float, **more: str) -> Entry:
    """Return the electrolyte of a cell whose pellet was measured at one temperature."""
    conduction = {"conductivity": f"{sigma_S_per_cm!r} S/cm", "conductivity_temperature": f"{celsius!r} degC"} | more
    return electrolyte_entry(parse_cell(cell_document() | {"conduction": conduction}))


@given(exponent=st.floats(-9.0, -2.0), celsius=CELSIUS, transition=st.floats(30.0, 80.0))
def test_at_its_own_temperature_a_pellet_conducts_as_it_was_measured(
    exponent: float, celsius: float, transition: float
) -> None:
    sigma = 10.0**exponent
    known = told(sigma, celsius, transition_temperature=f"{transition!r} degC")
    assert conductivity(known, known["conductivity_temperature"]) == pytest.approx(100.0 * sigma, rel=1e-12)


@given(celsius=CELSIUS)
def test_on_whichever_side_it_was_measured_the_two_branches_are_the_same_two(celsius: float) -> None:
    """The drop at the transition and the slope of each branch do not depend on where the one number was measured."""
    known, library = told(1e-5, celsius), entry("Li2OHCl")
    T_c = library["transition_temperature"]
    assert conductivity(known, T_c) / conductivity(known, T_c - 1e-9) == pytest.approx(
        library["transition_drop"], rel=1e-6
    )
    for cold, hot, energy in (
        (280.0, 300.0, "orthorhombic_activation_energy"),
        (330.0, 370.0, "conductivity_activation_energy"),
    ):
        rise = exp(-library[energy] / R * (1.0 / hot - 1.0 / cold))
        assert conductivity(known, hot) / conductivity(known, cold) == pytest.approx(rise, rel=1e-9)


def test_a_cell_measured_cold_has_the_resistance_that_was_measured() -> None:
    document = cell_document(temperature="25 degC")
    document["conduction"] = {"conductivity": "1e-6 S/cm", "conductivity_temperature": "25 degC"}
    assert derive(parse_cell(document)).conductivity_S_per_m == pytest.approx(1e-4, rel=1e-12)


def test_the_librarys_own_numbers_are_those_of_its_two_branches() -> None:
    """1e-3 S/cm at 100 degC and 0.605 eV; at 38 degC a twentieth, and 0.9 eV below: worked out here by hand."""
    known = entry("Li2OHCl")
    e, T_c = 96485.33212, 311.15
    assert conductivity(known, 353.15) == pytest.approx(0.1 * exp(-0.605 * e / R * (1 / 353.15 - 1 / 373.15)), rel=1e-6)
    at_transition = 0.1 / 20.0 * exp(-0.605 * e / R * (1 / T_c - 1 / 373.15))
    cold = at_transition * exp(-0.9 * e / R * (1 / 298.15 - 1 / T_c))
    assert conductivity(known, 298.15) == pytest.approx(cold, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("conductivity_activation_energy", "0.605 kJ/mol"),
        ("conductivity_activation_energy", "605 kJ/mol"),
        ("conductivity_activation_energy", {"measured": "0.6 eV", "range": ["0.58 kJ/mol", "0.63 eV"]}),
        ("transition_temperature", "400 degC"),
        ("transition_temperature", "38 K"),
        ("conductivity_temperature", "500 degC"),
    ],
)
def test_a_slip_of_the_unit_is_said(name: str, written: str | dict) -> None:
    conduction = {"conductivity": "1e-4 S/cm", "conductivity_temperature": "80 degC"} | {name: written}
    with pytest.raises(SpecError) as raised:
        parse_cell(cell_document() | {"conduction": conduction})
    (fault,) = raised.value.faults
    assert fault.where == f"cell: conduction.{name}"
    assert "outside" in fault.seen
    assert "unit" in fault.mend


def test_what_the_library_itself_holds_may_be_written() -> None:
    for material in ("Li2OHCl", "LLZO", "Li6PS5Cl"):
        known = entry(material)
        names = CONDUCTION_LIMITS.keys() & known.properties.keys()
        written = {}
        for name in names:
            one = known.quantity(name)
            ends = {} if one.low is None else {"range": [f"{one.low!r} {one.unit}", f"{one.high!r} {one.unit}"]}
            written[name] = {"measured": f"{one.value!r} {one.unit}"} | ends
        document = cell_document() | {"conduction": written | {"conductivity": "1e-4 S/cm"}}
        document["electrolyte"]["material"] = material
        assert parse_cell(document).conduction is not None
