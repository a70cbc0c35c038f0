"""Conditions that a paper leaves out: found in cells and protocols, and put back into them."""

from dataclasses import replace

import pytest
from full_cells import make_full, make_window
from spine_cells import make_cell, make_protocol, quantity

from ionweld.errors import SpecError
from ionweld.spec.conditions import PATHS, condition, conditions_entry, placed
from ionweld.spec.library import Entry


def told(**values: tuple[float, str]) -> Entry:
    found = {name: quantity(*value) for name, value in values.items()}
    return Entry("told", "conditions", "", found, {name: name for name in found}, {})


def test_a_cell_is_placed_under_what_it_has_and_nothing_else_changes() -> None:
    cell = make_full("3 uL")
    moved = placed(cell, told(stack_pressure=(3e5, "Pa"), cathode_loading=(0.01, "kg/m^2"), upper_voltage=(3.9, "V")))
    assert moved.stack_pressure.value == 3e5
    assert condition(moved, "cathode_loading") == quantity(0.01, "kg/m^2")
    assert condition(cell, "stack_pressure") != condition(moved, "stack_pressure"), "the cell itself is left alone"
    for name in PATHS.keys() - {"stack_pressure", "cathode_loading"}:
        assert condition(moved, name) == condition(cell, name)
    assert moved.electrodes.negative == cell.electrodes.negative


def test_a_protocol_is_placed_between_its_voltages() -> None:
    program = make_window()
    moved = placed(program, told(upper_voltage=(3.9, "V"), lower_voltage=(2.6, "V"), rest=(60.0, "s")))
    assert [condition(moved, f"{which}_voltage") for which in ("upper", "lower")] == [
        quantity(3.9, "V"),
        quantity(2.6, "V"),
    ]
    assert moved.stages == program.stages


def test_what_a_cell_or_protocol_does_not_have_is_left_out() -> None:
    symmetric, by_time = make_cell(), make_protocol((0.1, 0.5, 1))
    assert placed(symmetric, told(cathode_loading=(0.01, "kg/m^2"), upper_voltage=(3.9, "V"))) == symmetric
    assert placed(by_time, told(upper_voltage=(3.9, "V"), stack_pressure=(3e5, "Pa"))) == by_time


def test_other_parameters_are_no_conditions() -> None:
    cell = make_full()
    assert placed(cell, told(charge_transfer_resistance=(1.0, "ohm*m^2"))) == cell


def test_a_condition_is_taken_from_the_first_that_states_it_with_its_range() -> None:
    ranged = replace(quantity(2e5, "Pa"), low=1e5, high=1e6)
    cell = make_cell().model_copy(update={"stack_pressure": ranged})
    assert conditions_entry([make_window(), cell], ["stack_pressure"]).quantity("stack_pressure") == ranged


@pytest.mark.parametrize("name", ["pressure", "stack_pressure", "upper_voltage"])
def test_an_unknown_name_and_one_without_a_range_are_refused(name: str) -> None:
    """An unknown name; a pressure without a range; voltages, which a symmetric cell does not have."""
    with pytest.raises(SpecError, match=name):
        conditions_entry([make_cell()], [name])
