"""Laws that are off: nothing changes in the first power, and each exponent moves what it says and no more."""

from dataclasses import replace

import numpy as np
import pytest
from spine_cells import voltages

from ionweld.infer.discrepancy import with_discrepancy
from ionweld.simulate.cell import simulate
from ionweld.simulate.mechanisms.discrepancy import EXPONENTS
from ionweld.spec.cell import parse_cell
from ionweld.spec.derived import library_parameters
from ionweld.spec.protocol import parse_protocol
from ionweld.spec.quantity import Quantity

LITHIUM = {"material": "Li", "diameter": "6 mm", "thickness": "100 um"}
CELL = {
    "name": "dry",
    "temperature": "25 degC",
    "stack_pressure": "2 MPa",
    "electrolyte": {"material": "Li6PS5Cl", "diameter": "10 mm", "thickness": "0.8 mm"},
    "electrodes": {"negative": LITHIUM},
}
TEST = {
    "name": "short",
    "first_half_cycle": "charge",
    "stages": [{"current_density": "0.2 mA/cm^2", "half_cycle_time": "1 h", "cycles": 3}],
}
PLAIN = {"contact_exponent": 1.0, "interphase_exponent": 1.0, "focus_exponent": 1.0, "opening_exponent": 1.0}


def run_with(exponents, *off, scale=1.0):
    """Return the cell with laws off by some exponents, without some mechanisms; None: by the exact laws."""
    cell = parse_cell(CELL)
    cell = cell.model_copy(update={"mechanisms": cell.mechanisms.model_copy(update=dict.fromkeys(off, False))})
    known = library_parameters(cell)
    stronger = replace(known.properties["interphase_growth"], value=scale * known["interphase_growth"])
    known = known.updated({"interphase_growth": stronger})
    if exponents is not None:
        own = {name: Quantity(value, "1", str(value)) for name, value in exponents.items()}
        known = with_discrepancy(replace(known, properties=known.properties | own))
    return simulate(cell, parse_protocol(TEST), known, "s0", columns=20, tolerance=1e-6)


def test_in_the_first_power_the_laws_are_those_of_the_others():
    exact, same = run_with(None), run_with(PLAIN)
    assert voltages(same) == pytest.approx(voltages(exact), rel=1e-4)
    assert set(EXPONENTS) == set(PLAIN)


def test_contact_that_is_lost_counts_more_in_a_higher_power():
    contact = [
        run_with(PLAIN | {"contact_exponent": power}, "filament").states["Contact, negative / 1"].to_numpy()
        for power in (1.0, 2.0)
    ]
    lost = contact[0].argmin()
    assert contact[0][lost] < 0.95 * contact[0][0]
    assert contact[1].min() < contact[0].min()
    assert contact[1][0] == pytest.approx(contact[0][0])


def test_a_parabola_becomes_a_straight_line_in_the_second_power():
    def grown(power, scale):
        run = run_with(PLAIN | {"interphase_exponent": power}, "filament", "contact_loss", scale=scale)
        plain = run_with(PLAIN, "filament", "contact_loss", "interphase")
        R = [one.states["Area-specific resistance / ohm m^2"].to_numpy() for one in (run, plain)]
        return (R[0] - R[1])[[-1]].item()

    assert grown(1.0, 2.0) / grown(1.0, 1.0) == pytest.approx(2.0, rel=0.01)
    assert grown(2.0, 2.0) / grown(2.0, 1.0) == pytest.approx(4.0, rel=0.01)


def test_flaws_that_do_not_feel_the_interphase_grow_less():
    longest = [  # over the width of the thread
        float(np.tan(np.max(run_with(PLAIN | {"opening_exponent": power}, scale=20.0).state("angle"))))
        for power in (0.0, 1.0)
    ]
    assert longest[1] > 2.0 * longest[0]
