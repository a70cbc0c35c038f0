"""A few cells of the whole permitted range (600 of them: benchmarks/random_cells.py), and an electrode of an alloy."""

import pytest
from random_cells import CLOSED, LEAST, RULES, Rule, cycled, first_voltage, random_cell

FEW = 4


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_must_rise_rises_and_what_must_fall_falls(rule: Rule) -> None:
    broken = {cell: rule.broken_by(cell) for cell in map(random_cell, range(FEW))}
    assert {cell: one for cell, one in broken.items() if one is not None and one > LEAST} == {}


def test_books_of_lithium_close_and_no_voltage_that_no_cell_has_goes_unsaid() -> None:
    found = [cycled(random_cell(number)) for number in range(FEW, 3 * FEW)]
    assert max(one.open_books for one in found) < CLOSED
    assert not any(one.printed_without_warning for one in found)


def test_a_broken_rule_is_seen() -> None:
    """The same comparison with the direction turned round."""
    turned = Rule("voltage falls with current", first_voltage, -1, "current_mA_cm2", 1.5)
    assert turned.broken_by(random_cell(0)) > LEAST  # pyright: ignore[reportOperatorIssue]
