"""Cells that are not round are described by their area, and count as discs of it."""

from math import pi
from typing import Any

import pytest

import ionweld as iw
from ionweld.errors import SpecError
from ionweld.spec.derived import derive

SHEET = {"material": "Li6PS5Cl", "thickness": "50 um"}
FOIL = {"material": "Li", "thickness": "50 um"}


def pouch(pellet: dict[str, Any], foil: dict[str, Any], cathode: dict[str, Any] | None = None) -> iw.Cell:
    electrodes = {"negative": FOIL | foil}
    if cathode is not None:
        electrodes["positive"] = {"material": "NMC811", "loading": "10 mg/cm^2"} | cathode
    conditions = {"name": "pouch", "temperature": "25 degC", "stack_pressure": "2 MPa"}
    return iw.Cell(**conditions, electrolyte=SHEET | pellet, electrodes=electrodes)


def test_an_area_counts_as_a_disc_of_it() -> None:
    by_area = pouch({"area": "9 cm^2"}, {"area": "4 cm^2"}).spec
    across = {name: f"{20.0 * (area / pi) ** 0.5:.12g} mm" for name, area in (("pellet", 9.0), ("foil", 4.0))}
    round_one = pouch({"diameter": across["pellet"]}, {"diameter": across["foil"]}).spec
    of_area, of_disc = derive(by_area), derive(round_one)
    assert of_area.electrode_area_m2 == pytest.approx(4e-4, rel=1e-12)
    assert of_area.pellet_area_m2 == pytest.approx(9e-4, rel=1e-12)
    assert of_area.bulk_resistance_ohm_m2 == pytest.approx(of_disc.bulk_resistance_ohm_m2, rel=1e-9)


def test_a_range_of_areas_is_one_of_diameters() -> None:
    area = {"measured": "4 cm^2", "range": ["3.61 cm^2", "4.41 cm^2"]}
    disc = pouch({"area": "9 cm^2"}, {"area": area}).spec.electrodes.negative.diameter
    assert disc.low is not None
    assert disc.high is not None
    assert (disc.low / disc.value, disc.high / disc.value) == pytest.approx((0.95, 1.05))
    assert disc.status == "measured"


def test_what_a_test_is_told_of_its_area_is_what_was_written() -> None:
    cell = pouch({"area": "9 cm^2"}, {"area": "4 cm^2"}, {"area": "3 cm^2"})
    run = iw.simulate(cell, iw.Protocol.full(c_rate="0.2 C", lower_voltage="2.8 V", upper_voltage="4.2 V", cycles=1))
    known = run.test.data.context
    assert known.area_m2 == pytest.approx(3e-4)
    assert known.area_name == "cathode, 3 cm^2"
    assert "differ in size (4 cm^2 and 3 cm^2)" in " ".join(run.warnings)


@pytest.mark.parametrize(
    ("foil", "said"),
    [
        ({"area": "4 cm^2", "diameter": "1 mm"}, "electrodes.negative: diameter and area are both given"),
        ({}, "electrodes.negative.diameter: is missing"),
        ({"area": "4 cm"}, "electrodes.negative.area: '4 cm' has the wrong dimension"),
        (
            {"area": "12 cm^2"},
            r"electrodes.negative.area: the electrode \(12 cm\^2\) is wider than the pellet \(9 cm\^2\)",
        ),
        ({"diameter": "40 mm"}, r"electrodes.negative.diameter: the electrode \(40 mm\) is wider than the pellet"),
    ],
)
def test_a_size_is_given_once_and_fits(foil: dict[str, str], said: str) -> None:
    with pytest.raises(SpecError, match=said) as refused:
        pouch({"area": "9 cm^2"}, foil)
    assert len(refused.value.faults) == 1
