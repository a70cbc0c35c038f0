"""A few cells of the whole permitted range (600 of them: benchmarks/random_cells.py), and an electrode of an alloy."""

from dataclasses import replace

import pytest
from random_cells import CLOSED, LEAST, RULES, Rule, cycled, first_voltage, ramped, random_cell, said_of_ramp

from ionweld.simulate.critical import OPEN_WIDE

FEW = 4


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_must_rise_rises_and_what_must_fall_falls(rule: Rule) -> None:
    broken = {cell: rule.broken_by(cell) for cell in map(random_cell, range(FEW))}
    assert {cell: one for cell, one in broken.items() if one is not None and one > LEAST} == {}


def test_books_of_lithium_close_and_no_voltage_that_no_cell_has_goes_unsaid() -> None:
    found = [cycled(random_cell(number)) for number in range(FEW, 3 * FEW)]
    assert max(one.open_books for one in found) < CLOSED
    assert not any(one.printed_without_warning for one in found)


def test_a_short_says_what_decides_over_it() -> None:
    """Far above the opening of flaws a charge does; above lithium's yield stress the stack presses it in; else neither."""
    charge, pressed = "charge of a half cycle decides", "presses lithium into pores and flaws"
    by_charge, by_pressure = replace(random_cell(12), megapascals=0.1), replace(random_cell(12), megapascals=20.0)
    by_opening = replace(by_charge, celsius=100.0)
    assert (ramped(by_charge).driven > OPEN_WIDE, ramped(by_charge).pressed_in) == (True, False)
    assert charge in said_of_ramp(by_charge)
    assert pressed not in said_of_ramp(by_charge)
    assert pressed in said_of_ramp(by_pressure)
    assert ramped(by_opening).driven < ramped(by_charge).driven
    assert (charge in said_of_ramp(by_opening)) == (ramped(by_opening).driven > OPEN_WIDE)


def test_a_broken_rule_is_seen() -> None:
    """The same comparison with the direction turned round."""
    turned = Rule("voltage falls with current", first_voltage, -1, "current_mA_cm2", 1.5)
    assert turned.broken_by(random_cell(0)) > LEAST  # pyright: ignore[reportOperatorIssue]
