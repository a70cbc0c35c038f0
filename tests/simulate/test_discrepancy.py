"""Laws that are off: nothing changes in the first power, and each exponent moves what it says and no more."""

from dataclasses import replace

import numpy as np
import pytest
from spine_cells import voltages

from ionweld.infer.discrepancy import HOW_FAR_OFF, with_discrepancy
from ionweld.simulate.cell import simulate
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
PLAIN = dict.fromkeys(HOW_FAR_OFF, 1.0)


def run_with(off_by, *off, scale=1.0, past=False):
    """Return the cell with laws off by some powers and factors, without some mechanisms; None: by the exact laws."""
    cell = parse_cell(CELL)
    cell = cell.model_copy(update={"mechanisms": cell.mechanisms.model_copy(update=dict.fromkeys(off, False))})
    known = library_parameters(cell)
    stronger = replace(known.properties["interphase_growth"], value=scale * known["interphase_growth"])
    known = known.updated({"interphase_growth": stronger})
    if off_by is not None:
        own = {name: Quantity(value, "1", str(value)) for name, value in off_by.items()}
        known = with_discrepancy(replace(known, properties=known.properties | own), past=past)
    return simulate(cell, parse_protocol(TEST), known, "s0", columns=20, tolerance=1e-6)


def test_in_the_first_power_the_laws_are_those_of_the_others():
    exact, same = run_with(None), run_with(PLAIN)
    assert voltages(same) == pytest.approx(voltages(exact), rel=1e-4)


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


def longest(off_by, **settings):
    """Return the longest filament over the width of its thread."""
    return float(np.tan(np.max(run_with(PLAIN | off_by, **settings).state("angle"))))


def test_flaws_that_do_not_feel_the_interphase_grow_less():
    none, all_of_it = (longest({"opening_exponent": power}, scale=20.0) for power in (0.0, 1.0))
    assert all_of_it > 2.0 * none
    assert longest({}, scale=20.0, past=True) == none


def test_flaws_that_feel_more_of_the_current_grow_more():
    less, as_told, more = (longest({"flaw_focusing": factor}, scale=20.0) for factor in (0.1, 1.0, 3.0))
    assert more > 1.05 * as_told > 1.1 * less


def test_what_creep_resupplies_is_multiplied():
    none, once, twice = (
        run_with(PLAIN | {"resupply_factor": factor}).conditions.number("resupply") for factor in (0.0, 1.0, 2.0)
    )
    assert twice == pytest.approx(2.0 * once)  # what was measured under pressure is all that comes back
    assert once > none > 0.0  # diffusion alone
