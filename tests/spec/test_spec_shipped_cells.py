"""Every electrolyte of the library makes a cell that runs, and every liquid, interlayer and treated surface one that differs."""

from typing import Any

import numpy as np
import pytest
from spine_cells import LIQUID, make_protocol

from ionweld.errors import SpecError
from ionweld.measurement.cycling import CHARGING_CAPACITY
from ionweld.simulate.cell import SimulatedTest, simulate
from ionweld.spec.borrowed import borrowed
from ionweld.spec.cell import CellSpec, parse_cell
from ionweld.spec.derived import library_parameters
from ionweld.spec.library import entry, material_names
from ionweld.spec.pairs import LAYER
from ionweld.spec.protocol import HalfCycleProtocol, parse_protocol
from ionweld.spec.quantity import Quantity
from ionweld.twin.calibrated import parameters_for

TEMPERATURE = {"PEO-LiTFSI": "60 degC"}


def dry(material: str, **interface: Any) -> dict[str, Any]:
    """Return a dry cell as short as a person may write it."""
    electrode = {"material": "Li", "diameter": "6 mm", "thickness": "100 um"}
    return {
        "name": f"Li | {material} | Li",
        "temperature": TEMPERATURE.get(material, "25 degC"),
        "stack_pressure": "5 MPa",
        "electrolyte": {"material": material, "thickness": "0.5 mm", "diameter": "10 mm"},
        "electrodes": {"negative": electrode | ({"interface": interface} if interface else {})},
    }


def run(cell: CellSpec) -> SimulatedTest:
    return simulate(cell, make_protocol((0.02, 0.5, 2)), parameters_for(cell), "shipped")


def volts(document: dict[str, Any]) -> float:
    return float(np.abs(run(parse_cell(document)).measurement.table["Voltage / V"].to_numpy()).max())


@pytest.mark.parametrize("material", material_names("solid electrolyte"))
def test_lithium_on_every_electrolyte_runs(material: str) -> None:
    cell = parse_cell(dry(material))
    found = run(cell)
    V = found.measurement.table["Voltage / V"].to_numpy()
    assert np.isfinite(V).all()
    assert found.charge_error < 1e-9
    said = borrowed(cell, parameters_for(cell))
    pair, electrolyte = library_parameters(cell), entry(material)
    assert len(said.numbers) == len(pair.borrowed) + len(electrolyte.borrowed)
    assert said.total == len(pair.properties) + len(electrolyte.properties)
    assert bool(said.sentence) == (material != "Li2OHCl")


@pytest.mark.parametrize("name", material_names("interlayer"))
def test_an_interlayer_takes_the_place_of_the_bare_contact(name: str) -> None:
    assert volts(dry("LLZO-Ta", interlayer=name)) < volts(dry("LLZO-Ta"))


@pytest.mark.parametrize("state", list(entry("Li | LLZO-Ta").surfaces))
def test_a_treated_surface_resists_less(state: str) -> None:
    assert volts(dry("LLZO-Ta", surface=state)) < volts(dry("LLZO-Ta"))


@pytest.mark.parametrize("liquid", [name for name in material_names("liquid electrolyte") if name != LIQUID])
def test_a_cell_is_welded_with_any_liquid(liquid: str) -> None:
    assert np.isfinite(volts(dry("LLZO-Ta", gap="10 um", liquid=liquid, volume="3 uL")))


def test_under_a_liquid_it_does_not_matter_what_the_surface_was() -> None:
    wet = {"gap": "10 um", "liquid": "1 M LiTFSI in DOL:DME 1:1", "volume": "3 uL"}
    said = [library_parameters(parse_cell(dry("LLZO", **wet, **more))) for more in ({}, {"surface": "heat_treated"})]
    R_t = {one["charge_transfer_resistance"] for one in said}
    assert R_t == {entry("Li | LLZO-Ta").under_liquid["charge_transfer_resistance"].value}
    assert library_parameters(parse_cell(dry("LLZO")))["charge_transfer_resistance"] > max(R_t)
    assert "under liquid" in said[0].name


def test_a_dry_cell_needs_no_interface_and_its_gap_is_shown_as_an_assumption() -> None:
    interface = parse_cell(dry("LLZO")).electrodes.negative.interface
    assert interface.gap == entry("assumptions").quantity("gap")
    assert interface.gap.status == "assumed"
    assert interface.liquid is None


def test_a_pellet_is_as_dense_as_is_usual_for_its_material() -> None:
    assert parse_cell(dry("LLZO-Ta")).electrolyte.relative_density.value == pytest.approx(0.96)
    assert parse_cell(dry("Li2OHCl")).electrolyte.relative_density == entry("assumptions").quantity("relative_density")
    given = dry("LLZO-Ta")
    given["electrolyte"]["relative_density"] = "83 %"
    assert parse_cell(given).electrolyte.relative_density.value == pytest.approx(0.83)


def test_a_test_may_leave_its_voltage_limit_to_the_cycler() -> None:
    document = {"name": "x", "first_half_cycle": "charge", "stages": []}
    stage = {"current_density": "0.1 mA/cm^2", "half_cycle_time": "1 h", "cycles": 1}
    protocol = parse_protocol(document | {"stages": [stage]})
    assert isinstance(protocol, HalfCycleProtocol)
    assert protocol.voltage_limit == entry("assumptions").quantity("voltage_limit")


@pytest.mark.parametrize(
    ("interface", "where", "said"),
    [
        ({"liquid": LIQUID, "volume": "3 uL"}, "interface", "the gap that it fills"),
        ({"interlayer": "Pt"}, "interface.interlayer", "Known: Au"),
        ({"surface": "shiny"}, "interface.surface", "heat_treated"),
    ],
)
def test_an_interface_that_cannot_be_is_refused(interface: dict[str, str], where: str, said: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_cell(dry("LLZO-Ta", **interface))
    (fault,) = caught.value.faults
    assert fault.where == f"cell: electrodes.negative.{where}"
    assert said in f"{fault.seen} {fault.mend}"


def test_a_surface_that_the_pair_knows_nothing_of_is_refused() -> None:
    with pytest.raises(SpecError, match="as received only"):
        parse_cell(dry("Li6PS5Cl", surface="polished"))


def test_both_electrodes_have_the_same_surface() -> None:
    document = dry("LLZO-Ta", surface="polished")
    document["electrodes"]["positive"] = document["electrodes"]["negative"] | {"interface": {"surface": "coated"}}
    with pytest.raises(SpecError, match="the two electrodes differ in it"):
        parse_cell(document)


def test_what_a_treatment_states_is_borrowed_no_longer_and_says_its_name() -> None:
    plain, treated = (library_parameters(parse_cell(dry("LLZO-Ta", **how))) for how in ({}, {"interlayer": "ZnO"}))
    assert treated.name == "Li | LLZO-Ta, with ZnO"
    assert treated["charge_transfer_resistance"] == entry("ZnO")["charge_transfer_resistance"]
    assert "thickness" not in treated.properties
    assert plain.properties.keys() | {"film_resistance"} == treated.properties.keys()  # none grows under the layer


def test_a_calibration_is_lent_to_no_other_pair_nor_put_over_a_treatment() -> None:
    fitted = parameters_for(parse_cell(dry("Li2OHCl")))
    assert fitted.quantity("charge_transfer_resistance").status == "fitted"
    other = parameters_for(parse_cell(dry("Li6PS5Cl")))
    assert {known.status for known in other.properties.values()} & {"fitted"} == set()
    layered = parameters_for(parse_cell(dry("Li2OHCl", interlayer="Au")))
    assert layered.quantity("charge_transfer_resistance") == entry("Au").quantity("charge_transfer_resistance")


WINDOWS = {"LiFePO4": ("2.5 V", "4.0 V"), "NMC811": ("2.8 V", "4.4 V"), "LiCoO2": ("3.0 V", "4.3 V")}


def full(material: str, cathode: str) -> dict[str, Any]:
    """Return a full cell with a composite of powders, welded so that it cycles."""
    document = dry(material, gap="10 um", liquid=LIQUID, volume="3 uL") | {"temperature": "80 degC"}
    slurry = {"active": "70 %", "binder": "0 %", "salt": "0 %", "carbon": "3 %", "electrolyte": "27 %"}
    positive = {"material": cathode, "diameter": "6 mm", "loading": "2 mg/cm^2", "coat": "10 um", "slurry": slurry}
    document["electrodes"]["positive"] = positive
    return document


@pytest.mark.parametrize("cathode", material_names("cathode material"))
@pytest.mark.parametrize("material", ["Li2OHCl", "LLZO-Ta"])
def test_every_cathode_cycles_and_gives_what_is_usable_of_it(material: str, cathode: str) -> None:
    cell = parse_cell(full(material, cathode))
    lower, upper = WINDOWS[cathode]
    window = {"name": "w", "first_half_cycle": "charge", "upper_voltage": upper, "lower_voltage": lower}
    protocol = parse_protocol(window | {"stages": [{"c_rate": "0.02 C", "cycles": 1}]})
    parameters = parameters_for(cell).updated({"electronic_leak": Quantity(1e-12, "S/m", "1e-12 S/m")})
    table = simulate(cell, protocol, parameters, "shipped").measurement.table
    charge = abs(float(table[CHARGING_CAPACITY].max())) * 3600.0  # pyright: ignore[reportArgumentType]
    in_theory = 2e-2 * np.pi * 0.003**2 * entry(cathode)["specific_capacity"]
    usable = parameters["usable_fraction"]
    assert 0.75 * usable < charge / in_theory < usable
    assert len(borrowed(cell, parameters).numbers) > 0 or (material, cathode) == ("Li2OHCl", "LiFePO4")


def test_the_nominal_rate_is_what_is_usual_for_the_cathode() -> None:
    for name, mAh_per_g in (("NMC811", 200.0), ("LiCoO2", 140.0), ("LiFePO4", 170.0)):
        nominal = parse_cell(full("Li2OHCl", name)).electrodes.positive.nominal_capacity
        assert nominal.value == pytest.approx(3600.0 * mAh_per_g)
        assert nominal.status == "assumed"  # so it is listed among what the cell's file did not say


def test_the_layer_of_another_liquid_is_borrowed() -> None:
    own, other = (
        parse_cell(dry("Li2OHCl", gap="10 um", liquid=liquid, volume="3 uL"))
        for liquid in (LIQUID, "1 M LiTFSI in DOL:DME 1:1")
    )
    assert not borrowed(own, parameters_for(own)).sentence
    said = borrowed(other, parameters_for(other))
    assert set(said.numbers) == set(LAYER)
    assert said.sentence.startswith(f"{len(LAYER)} of ")
    assert LIQUID in said.sentence


def test_a_cell_that_nothing_presses_still_has_some_contact() -> None:
    document = dry("LLZO-Ta") | {"stack_pressure": "0 MPa"}
    assert volts(dry("LLZO-Ta")) < volts(document) < 5.0
    with pytest.raises(SpecError, match="must be not negative"):
        parse_cell(document | {"stack_pressure": "-1 MPa"})
