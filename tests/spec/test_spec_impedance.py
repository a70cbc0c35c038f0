"""Named points of a protocol and pellets: every fault at once, with its place and the way to mend it."""

from typing import Any

import pytest

from ionweld.errors import SpecError
from ionweld.spec.cell import PelletConduction
from ionweld.spec.derived import derive, electrolyte_entry
from ionweld.spec.pellet import parse_pellet
from ionweld.spec.protocol import HalfCycleProtocol, WindowProtocol, parse_protocol
from ionweld.study.model import load_study

WINDOW = {
    "name": "test",
    "first_half_cycle": "charge",
    "upper_voltage": "4 V",
    "lower_voltage": "2.5 V",
    "stages": [{"c_rate": "0.2 C", "cycles": 3}],
}
TIMED = {
    "name": "test",
    "first_half_cycle": "charge",
    "voltage_limit": "5 V",
    "stages": [{"current_density": "0.1 mA/cm^2", "half_cycle_time": "0.5 h", "cycles": 3}],
}
PELLET = {
    "name": "pellet",
    "electrolyte": {"material": "Li2OHCl", "thickness": "1 mm", "diameter": "10 mm"},
    "electrode": {"diameter": "10 mm"},
}


@pytest.mark.parametrize(("document", "kind"), [(WINDOW, WindowProtocol), (TIMED, HalfCycleProtocol)])
def test_both_kinds_of_protocol_take_points(document: dict[str, Any], kind: type) -> None:
    points = [{"when": "before"}, {"after_cycle": 2, "state": "rested", "rest": "2 h", "temperature": "60 degC"}]
    protocol = parse_protocol(document | {"impedance": points})
    assert isinstance(protocol, kind)
    assert [point.name for point in protocol.impedance] == ["before", "after_cycle_2_rested"]
    assert protocol.impedance[1].highest_frequency.status == "assumed"
    assert parse_protocol(document).impedance == []


@pytest.mark.parametrize(
    ("point", "where", "words"),
    [
        ({}, "impedance.0", "neither"),
        ({"when": "before", "after_cycle": 1}, "impedance.0", "both"),
        ({"when": "before", "rest": "2 h"}, "impedance.0.rest", "no such state"),
        ({"after_cycle": 1}, "impedance.0.state", "is missing"),
        ({"after_cycle": 4, "state": "end of charge"}, "impedance.0.after_cycle", "3 cycles"),
        ({"after_cycle": 1, "state": "rested"}, "impedance.0.rest", "rested for some time"),
        ({"after_cycle": 1, "state": "end of charge", "rest": "2 h"}, "impedance.0.rest", "only a rested cell"),
        ({"when": "before", "highest_frequency": "0.01 Hz"}, "impedance.0.highest_frequency", "not above"),
        ({"when": "before", "noise": "150 %"}, "impedance.0.noise", "no part"),
        ({"when": "before", "pionts": 3}, "impedance.0.pionts", "unknown key"),
        ({"when": "before", "points": 1}, "impedance.0.points", "greater"),
        ({"when": "before", "temperature": "80 V"}, "impedance.0.temperature", "80 V"),
    ],
)
def test_a_faulty_point_is_refused(point: dict[str, Any], where: str, words: str) -> None:
    with pytest.raises(SpecError) as raised:
        parse_protocol(WINDOW | {"impedance": [point]})
    (fault,) = [fault for fault in raised.value.faults if words in fault.seen]
    assert fault.where == f"protocol: {where}"
    assert fault.mend


def test_faults_of_all_points_come_at_once() -> None:
    points = [{"when": "before"}, {"when": "before"}, {"after_cycle": 1}, {"after_cycle": "x", "state": "rested"}]
    with pytest.raises(SpecError) as raised:
        parse_protocol(WINDOW | {"impedance": points})
    places = {fault.where for fault in raised.value.faults}
    assert {f"protocol: impedance.{rest}" for rest in ("1", "2.state", "3.after_cycle", "3.rest")} <= places


def test_points_that_are_no_list_are_a_plain_fault() -> None:
    for broken in ("before", {"when": "before"}, [3]):
        with pytest.raises(SpecError):
            parse_protocol(WINDOW | {"impedance": broken})


def test_what_is_known_of_a_pellet_takes_the_place_of_the_library() -> None:
    plain = electrolyte_entry(parse_pellet(PELLET))
    conduction = {"conductivity_activation_energy": {"measured": "0.5 eV", "source": "here"}}
    known = electrolyte_entry(parse_pellet(PELLET | {"conduction": conduction}))
    assert known["conductivity_activation_energy"] == pytest.approx(0.5 * 96485.332, rel=1e-6)
    assert known["conductivity"] == plain["conductivity"]


def test_a_faulty_pellet_reports_all_faults() -> None:
    electrolyte = {"material": "LiPON", "diameter": "10 mm"}
    with pytest.raises(SpecError) as raised:
        parse_pellet(PELLET | {"electrolyte": electrolyte, "conduction": {"conductivity": "1 V"}})
    places = {fault.where for fault in raised.value.faults}
    conduction = {f"pellet: conduction.conductivity{rest}" for rest in ("", "_temperature")}
    assert places == {"pellet: electrolyte", "pellet: electrolyte.material"} | conduction


def test_a_cell_takes_the_conductivity_that_was_measured_on_its_own_pellet() -> None:
    """A tenth of the library's conductivity at the same temperature is ten times the resistance of the pellet."""
    cell = load_study("yu2021").cells["bare"]
    plain = derive(cell.model_copy(update={"conduction": None}))
    slow = PelletConduction.model_validate({"conductivity": "1e-4 S/cm", "conductivity_temperature": "100 degC"})
    mine = derive(cell.model_copy(update={"conduction": slow}))
    assert mine.bulk_resistance_ohm_m2 == pytest.approx(10.0 * plain.bulk_resistance_ohm_m2, rel=1e-9)
    assert mine.spreading_factor == plain.spreading_factor


@pytest.mark.parametrize("share", ["100 %", "140 %", "-1 %"])
def test_grain_boundaries_are_a_part_of_the_pellet(share: str) -> None:
    with pytest.raises(SpecError) as raised:
        parse_pellet(PELLET | {"conduction": {"grain_boundary_share": share}})
    assert [fault.where for fault in raised.value.faults] == ["pellet: conduction.grain_boundary_share"]


@pytest.mark.parametrize("material", ["LLZO", "Li6PS5Cl"])
def test_conduction_that_a_material_has_no_law_for_is_refused(material: str) -> None:
    pellet = PELLET | {"electrolyte": PELLET["electrolyte"] | {"material": material}}
    with pytest.raises(SpecError) as raised:
        parse_pellet(pellet | {"conduction": {"transition_temperature": "40 degC"}})
    assert [fault.where for fault in raised.value.faults] == ["pellet: conduction.transition_temperature"]
