"""Full cells as laboratories build them: discs of unlike size, cathodes pressed from powders, no coat before the pellet."""

from math import pi

import numpy as np
import pytest
from full_cells import full_document, full_parameters, make_window
from spine_cells import cell_document

from ionweld.simulate.cell import simulate
from ionweld.simulate.critical import driven
from ionweld.simulate.run import Outcome
from ionweld.spec.cell import parse_cell
from ionweld.spec.derived import derive, library_parameters

SHORTING = {"filament_focus": 3000.0}


def full(negative: str = "6 mm", volume: str | None = None, **positive):
    """A full cell; what is None is left out of its cathode."""
    document = full_document(volume)
    document["electrodes"]["negative"] = document["electrodes"]["negative"] | {"diameter": negative}
    cathode = document["electrodes"]["positive"] | positive
    document["electrodes"]["positive"] = {name: said for name, said in cathode.items() if said is not None}
    return parse_cell(document)


def slow_charge(cell) -> float:
    """What a slow charge gives."""
    table = simulate(cell, make_window("0.02 C", 1), full_parameters(electronic_leak=1e-12), "s0").measurement.table
    return table["Step Charging Capacity / Ah"].max()


def test_a_wider_cathode_gives_all_its_charge_through_the_lithium_that_faces_it() -> None:
    same, wider = full(), full(diameter="9 mm")
    narrow, wide = derive(same), derive(wider)
    assert wide.electrode_area_m2 == narrow.electrode_area_m2 == pytest.approx(pi * 0.003**2)
    assert wide.bulk_resistance_ohm_m2 == narrow.bulk_resistance_ohm_m2
    assert wide.cathode.active_mass_kg == pytest.approx(0.02 * pi * 0.0045**2)
    assert slow_charge(wider) == pytest.approx(2.25 * slow_charge(same), rel=0.02)  # the area is 1.5^2 of the other
    of = [simulate(cell, make_window(), full_parameters(), "s0").conditions for cell in (same, wider)]
    assert of[0].number("cathode_resistance") == pytest.approx(2.25 * of[1].number("cathode_resistance"))
    assert "the rim of the cathode" in " ".join(wide.warnings)


def test_one_c_of_a_wider_cathode_is_that_of_its_mass() -> None:
    wide = derive(full(diameter="9 mm"))
    amps_for_an_hour = wide.cathode.nominal_C_per_m2 * wide.electrode_area_m2 / 3600.0
    assert amps_for_an_hour == pytest.approx(wide.cathode.active_mass_kg * 1e3 * 0.170)


def test_wider_lithium_faces_its_cathode_with_a_part_and_with_that_part_of_the_liquid() -> None:
    same, wider = derive(full(volume="0.2 uL")), derive(full("9 mm", "0.45 uL"))  # as much liquid on each area
    assert wider.electrode_area_m2 == same.electrode_area_m2
    assert wider.fills[0].chi == pytest.approx(same.fills[0].chi)
    assert 0.0 < same.fills[0].chi < 1.0
    assert "the rim" not in " ".join(wider.warnings)
    assert "the electrodes differ in size (9 mm and 6 mm)" in " ".join(wider.warnings)


def test_two_unlike_foils_are_the_same_whichever_is_the_negative_one() -> None:
    document = cell_document()
    foil = document["electrodes"]["negative"]
    discs = [foil | {"diameter": "5 mm"}, foil | {"diameter": "6 mm"}]
    one, other = (
        derive(parse_cell(document | {"electrodes": {"negative": a, "positive": b}})) for a, b in (discs, discs[::-1])
    )
    assert one.electrode_area_m2 == other.electrode_area_m2 == pytest.approx(pi * 0.0025**2)


def test_the_area_of_a_simulated_test_is_named_after_the_smaller_disc() -> None:
    named = [
        simulate(cell, make_window(cycles=1), full_parameters(), "s0").measurement.context.area_name
        for cell in (full(), full(diameter="9 mm"), full("9 mm"))
    ]
    assert named == ["lithium foil, 6 mm", "lithium foil, 6 mm", "cathode, 6 mm"]


@pytest.mark.parametrize(
    "slurry", [None, {"active": "70 %"}, {"active": "70 %", "electrolyte": "27 %", "carbon": "3 %"}]
)
def test_a_recipe_says_what_is_known_of_it(slurry) -> None:
    mass = derive(full(slurry=slurry)).cathode.coating_mass_kg
    assert mass is None if slurry is None else mass == pytest.approx(0.02 * pi * 0.003**2 / 0.7)


def test_without_a_coat_the_first_bridge_shorts_the_cell() -> None:
    program = make_window(cycles=15)
    coated = simulate(full(), program, full_parameters(**SHORTING, burn_back_probability=1.0), "s0")
    bare = simulate(full(coat=None), program, full_parameters(**SHORTING, burn_back_probability=1.0), "s0")
    kinds = [event.kind for event in bare.events]
    assert "first short" in kinds
    assert "first bridge" not in kinds
    assert "first bridge" in [event.kind for event in coated.events]
    short = next(event for event in bare.events if event.kind == "first short")
    bridged, times = bare.states["Bridged columns / 1"].to_numpy(), bare.states["Test Time / s"].to_numpy()
    assert (bridged[times > short.time_s] == 1).all()  # nothing burns back, and no other follows
    leak = bare.states["Electronic leak / S m^-2"].to_numpy()
    pellet = bare.conditions.number("sigma_e") / bare.conditions.number("length")
    assert leak[times < short.time_s] == pytest.approx(pellet, rel=1e-12)  # of the pellet as it was pressed
    assert leak[-1] > 100.0 * pellet
    assert bare.outcome is Outcome.DEAD
    assert max(bare.charge_error, bare.lithium_error, bare.energy_error) < 1e-9


def test_what_opened_the_flaw_is_said_of_the_side_that_has_lithium() -> None:
    document = full_document()
    document["electrolyte"] = {"material": "Li6PS5Cl", "diameter": "10 mm", "thickness": "0.5 mm"}
    cell = parse_cell(document | {"temperature": "25 degC", "stack_pressure": "5 MPa"})
    of = [
        simulate(cell, make_window(rate, 1), library_parameters(cell), "s0", columns=4) for rate in ("0.1 C", "0.2 C")
    ]
    one, twice = map(driven, of)
    assert 0.0 < twice == pytest.approx(2.0 * one, rel=0.05)  # one charge transfer, nearly straight at such currents


def test_before_a_bridge_a_coat_only_lengthens_the_way_of_electrons() -> None:
    ends = [
        simulate(full(coat=coat), make_window(cycles=3), full_parameters(filament_focus=1.0), "s0").measurement.table
        for coat in ("1 nm", None)
    ]
    volts = [table["Voltage / V"].to_numpy() for table in ends]
    assert np.abs(volts[0] - volts[1]).max() < 1e-5
