"""Levers: what they move, what they leave, and where they have nothing to say."""

import pytest
from full_cells import make_full, make_window
from pydantic import ValidationError

from ionweld.infer.goal import LONGER_LIFE, parse_goal
from ionweld.infer.levers import Change, Lever, SilentLever, changes, levers
from ionweld.spec.cell import CellSpec, parse_cell
from ionweld.spec.protocol import AnyProtocol, parse_protocol
from ionweld.units import to_si

BY_NAME = {one.name: one for one in levers()}
DRY = {"gap": "10 um"}
WET = {"gap": "10 um", "liquid": "1 M LiPF6 in EC:DEC:FEC 45:45:10", "volume": "3 uL"}
FOIL = {"material": "Li", "diameter": "6 mm", "thickness": "100 um"}


def cell(interface: dict = DRY, electrolyte: str = "Li2OHCl", **more: object) -> CellSpec:
    pellet = {"material": electrolyte, "diameter": "10 mm", "mass": "0.15 g"}
    about = {"name": "one", "temperature": "80 degC", "stack_pressure": "1 MPa", "electrolyte": pellet}
    return parse_cell({**about, "electrodes": {"negative": {**FOIL, "interface": interface}}, **more})


def protocol(rest: str | None = None, currents: tuple[str, ...] = ("0.1 mA/cm^2",)) -> AnyProtocol:
    stages = [{"current_density": j, "half_cycle_time": "0.5 h", "cycles": 4} for j in currents]
    stages = [one | ({} if rest is None else {"rest": rest}) for one in stages]
    return parse_protocol({"name": "test", "first_half_cycle": "charge", "stages": stages})


def steps(name: str, of: CellSpec | None = None, test: AnyProtocol | None = None) -> list[Change]:
    found = changes(BY_NAME[name], of or cell(), test or protocol(), LONGER_LIFE)
    assert isinstance(found, list), found
    return found


def made(
    name: str, number: int, of: CellSpec | None = None, test: AnyProtocol | None = None
) -> tuple[CellSpec, AnyProtocol]:
    described, program = of or cell(), test or protocol()
    return steps(name, described, program)[number].step(described, program)


def test_pressure_is_set_whatever_a_draw_had() -> None:
    found = steps("stack pressure")
    assert [one.text for one in found] == [
        "stack pressure to 3 MPa (from 1 MPa)",
        "stack pressure to 10 MPa (from 1 MPa)",
    ]
    drawn = cell(stack_pressure="0.3 MPa")
    assert found[0].step(drawn, protocol())[0].stack_pressure.value == pytest.approx(3e6)
    pressed, same = made("stack pressure", 1)
    assert pressed.stack_pressure.value == pytest.approx(1e7)
    assert pressed.model_copy(update={"stack_pressure": cell().stack_pressure}) == cell()
    assert same == protocol()


def test_the_rate_of_a_full_cell_is_said_as_people_write_it() -> None:
    found = steps("current density", make_full(), make_window("0.2 C"))
    assert found[0].text.startswith("C rate to ")
    assert all(one.text.endswith(" C (from 0.2 C)") for one in found)
    assert len({one.step(make_full(), make_window("0.2 C"))[1].stages[0].c_rate.value for one in found}) == len(found)


def test_temperature_is_added_in_kelvin_and_said_in_degrees() -> None:
    hot, _ = made("temperature", 1)
    assert hot.temperature.value == pytest.approx(373.15)
    assert steps("temperature")[1].text == "temperature to 100 degC (from 80 degC)"


def test_a_lower_current_moves_the_same_charge() -> None:
    test = protocol(currents=("0.1 mA/cm^2", "0.4 mA/cm^2"))
    _, slow = made("current density", 0, test=test)
    for before, after in zip(test.stages, slow.stages, strict=True):
        assert after.current_density.value == pytest.approx(before.current_density.value / 2.0)
        charge = after.current_density.value * after.half_cycle_time.value
        assert charge == pytest.approx(before.current_density.value * before.half_cycle_time.value)
    assert steps("current density", test=test)[0].text == "current density times 0.5"


def test_a_shorter_half_cycle_keeps_the_current() -> None:
    _, short = made("charge per half cycle", 1)
    (stage,) = short.stages
    assert stage.half_cycle_time.value == pytest.approx(180.0)
    assert stage.current_density == protocol().stages[0].current_density


def test_a_ramp_keeps_its_charge_in_step_with_its_stages() -> None:
    rising = {"start": "0.1 mA/cm^2", "step": "0.1 mA/cm^2", "half_cycle_time": "1 h", "highest": "0.3 mA/cm^2"}
    test = parse_protocol({"name": "ramp", "first_half_cycle": "charge", "ramp": rising})
    _, short = made("charge per half cycle", 0, test=test)
    assert short.ramp.half_cycle_time.value == pytest.approx(1800.0)
    assert [one.half_cycle_time.value for one in short.stages] == pytest.approx([1800.0] * 3)


def test_a_rest_that_nobody_wrote_is_none() -> None:
    assert steps("rest after each half cycle")[0].text == "rest after each half cycle to 30 min (from 0 h)"
    _, resting = made("rest after each half cycle", 0)
    assert resting.stages[0].rest.value == pytest.approx(1800.0)
    assert len(steps("rest after each half cycle", test=protocol(rest="30 min"))) == 1  # the other of the two steps


def test_liquid_goes_into_both_gaps_and_a_dry_cell_has_none() -> None:
    two = {"negative": {**FOIL, "interface": WET}, "positive": {**FOIL, "interface": {**WET, "volume": "1 uL"}}}
    wet, _ = made("liquid volume", 1, cell(electrodes=two))
    volumes = [side.interface.volume.value for side in wet.sides]
    assert volumes == pytest.approx([6e-9, 2e-9])
    silent = changes(BY_NAME["liquid volume"], cell(), protocol(), LONGER_LIFE)
    assert silent == SilentLever("liquid volume", "there is no liquid in the gap")


def test_a_pellet_is_made_thicker_by_what_its_file_says() -> None:
    heavy, _ = made("pellet thickness", 1)
    assert heavy.electrolyte.mass.value == pytest.approx(0.3e-3)
    thin = cell(electrolyte="Li2OHCl")
    thin = parse_cell(
        {
            "name": "thin",
            "temperature": "80 degC",
            "stack_pressure": "1 MPa",
            "electrolyte": {"material": "Li2OHCl", "diameter": "10 mm", "thickness": "1 mm"},
            "electrodes": {"negative": FOIL},
        }
    )
    assert made("pellet thickness", 1, thin)[0].electrolyte.thickness.value == pytest.approx(2e-3)


def test_a_step_outside_of_its_range_is_not_tried() -> None:
    pressed = cell(stack_pressure="20 MPa")
    found = changes(BY_NAME["stack pressure"], pressed, protocol(), LONGER_LIFE)
    assert isinstance(found, SilentLever)
    assert "20 MPa" in found.why
    assert "25 MPa" in found.why


def test_names_are_those_of_the_library_but_the_present_one() -> None:
    garnet = cell(electrolyte="LLZO-Al")
    assert {one.text for one in steps("surface treatment", garnet)} >= {"surface treatment: polished"}
    polished, _ = made("surface treatment", 0, garnet)
    assert polished.electrodes.negative.interface.surface is not None
    materials = [one.text for one in steps("electrolyte material")]
    assert not [text for text in materials if "material: Li2OHCl (" in text]
    assert "electrolyte material: Li6PS5Cl (in place of Li2OHCl)" in materials
    assert isinstance(changes(BY_NAME["surface treatment"], cell(), protocol(), LONGER_LIFE), SilentLever)


def test_another_material_forgets_what_was_measured_of_the_pellet() -> None:
    known = cell(electrolyte="LLZO-Al", conduction={"grain_boundary_share": "40 %"})
    treated = known.model_copy(update={"electrodes": cell({**DRY, "surface": "polished"}, "LLZO-Al").electrodes})
    other, _ = next(one for one in steps("electrolyte material", treated) if "Li6PS5Cl" in one.text).step(
        treated, protocol()
    )
    assert other.electrolyte.material == "Li6PS5Cl"
    assert other.conduction is None
    assert other.electrolyte.relative_density != treated.electrolyte.relative_density  # usual of the other
    assert other.electrodes.negative.interface.surface is None


@pytest.mark.parametrize("goal", ["400 h at 0.4 mA/cm^2", "critical current 1 mA/cm^2"])
def test_a_goal_that_says_the_current_leaves_no_choice_of_it(goal) -> None:
    found = changes(BY_NAME["current density"], cell(), protocol(), parse_goal(goal))
    assert isinstance(found, SilentLever)
    assert goal in found.why


def test_a_lever_without_a_law_says_so() -> None:
    found = changes(BY_NAME["pulsed current"], cell(), protocol(), LONGER_LIFE)
    assert isinstance(found, SilentLever)
    assert found.why.startswith("the twin has no law for this")


@pytest.mark.parametrize("lever", [one for one in levers() if one.law], ids=lambda one: one.name)
def test_every_lever_moves_a_field_that_there_is(lever: Lever) -> None:
    wet = cell(WET, "LLZO-Al")
    found = changes(lever, wet, protocol(), LONGER_LIFE)
    assert isinstance(found, list), found
    for one in found:
        changed = one.step(wet, protocol())
        assert changed != (wet, protocol())
        assert type(changed[0]) is CellSpec
    for move in lever.moves:
        assert lever.choices or move.range is not None


def test_ranges_run_upwards_and_have_units() -> None:
    units = {"stack pressure": "Pa", "temperature": "K", "liquid volume": "m^3", "rest before the first current": "s"}
    for name, unit in units.items():
        (move,) = BY_NAME[name].moves
        low, high = (to_si(edge, unit) for edge in move.range or ())
        assert low < high


@pytest.mark.parametrize(
    "wrong",
    [
        {"law": "a law"},
        {"law": "a law", "no_law": "none", "times": [2], "moves": [{"field": "cell.rest"}]},
        {"law": "a law", "times": [2], "plus": ["1 K"], "moves": [{"field": "cell.rest"}]},
        {"no_law": "none", "times": [2]},
    ],
)
def test_an_entry_that_says_too_little_or_too_much_is_refused(wrong) -> None:
    with pytest.raises(ValidationError):
        Lever.model_validate({"name": "lever", "lab": "lab", **wrong})
