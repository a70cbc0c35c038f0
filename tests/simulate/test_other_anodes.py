"""Electrodes that are no lithium foil: the alloy Li-In, and a bare collector on which lithium is plated."""

from typing import Any

import numpy as np
import pytest

from ionweld.errors import SpecError
from ionweld.simulate.cell import SimulatedTest, simulate
from ionweld.spec.cell import parse_cell
from ionweld.spec.derived import library_parameters
from ionweld.spec.protocol import parse_protocol
from ionweld.spec.quantity import Quantity

CYCLED = {"name": "x", "first_half_cycle": "charge", "record_every": "0.5 h"}


def described(metal: str, cathode: bool) -> dict[str, Any]:
    made: dict[str, Any] = {"negative": {"material": metal, "diameter": "6 mm", "thickness": "100 um"}}
    if cathode:
        slurry = {"active": "70 %", "binder": "0 %", "salt": "0 %", "carbon": "3 %", "electrolyte": "27 %"}
        made["positive"] = {"material": "LiFePO4", "diameter": "6 mm", "loading": "2 mg/cm^2", "coat": "10 um", "slurry": slurry}  # fmt: skip
    pellet = {"material": "Li6PS5Cl", "diameter": "10 mm", "thickness": "0.8 mm"}
    return {"name": "x", "temperature": "60 degC", "stack_pressure": "5 MPa", "electrolyte": pellet, "electrodes": made}


def symmetric(metal: str, current: str) -> SimulatedTest:
    cell = parse_cell(described(metal, cathode=False))
    stages = [{"current_density": current, "half_cycle_time": "2 h", "cycles": 2}]
    program = parse_protocol(CYCLED | {"voltage_limit": "5 V", "stages": stages})
    return simulate(cell, program, library_parameters(cell), "x", columns=6)


def full(metal: str, leak: float) -> SimulatedTest:
    cell = parse_cell(described(metal, cathode=True))
    window = {"upper_voltage": "4.0 V", "lower_voltage": "1.5 V", "stages": [{"c_rate": "0.05 C", "cycles": 2}]}
    parameters = library_parameters(cell).updated({"electronic_leak": Quantity(leak, "S/m", f"{leak} S/m")})
    return simulate(cell, parse_protocol(CYCLED | window), parameters, "x", columns=6)


def charges(run: SimulatedTest) -> list[float]:
    """Return the charge of each half cycle (C/m2), positive where the cell was charged."""
    return [leg.current * (leg.end - leg.start) for leg in run.legs if leg.current != 0.0]


def middle_voltages(run: SimulatedTest) -> list[float]:
    """Return the voltage half way through the first charge and the first discharge."""
    legs = [leg for leg in run.legs if leg.current != 0.0]
    return [float(np.interp(0.5 * (leg.start + leg.end), leg.times, leg.rows[:, 0])) for leg in legs[:2]]


def test_an_alloy_loses_no_contact_and_grows_no_filament_at_currents_that_short_lithium() -> None:
    foil, alloy = symmetric("Li", "3 mA/cm^2"), symmetric("Li-In", "3 mA/cm^2")
    assert foil.events
    assert not alloy.events
    assert "filament" not in {name for name, _ in alloy.conditions.layout.slots["states"].items()}
    volts = np.abs(alloy.recorded.volts)
    assert volts.max() < 1.2 * volts.min(), "nothing but a slow interphase changes its voltage"


def test_a_full_cell_against_the_alloy_runs_its_potential_lower() -> None:
    """Half of the sum of charge and discharge is free of all resistances, as far as they are alike in both."""
    foil, alloy = full("Li", 1e-12), full("Li-In", 1e-12)
    assert np.mean(middle_voltages(foil)) - np.mean(middle_voltages(alloy)) == pytest.approx(0.62, abs=0.02)
    assert alloy.energy_error < 1e-6


@pytest.mark.parametrize("leak", [1e-12, 3e-6])
def test_a_bare_collector_gives_back_what_was_plated_and_no_more(leak: float) -> None:
    """Without a leak the discharge ends as a foil's does, when the cathode is full; with one, when the deposit does."""
    bare = full("Cu", leak)
    first, second = charges(bare)[:2]
    plated, stripped = first, -second
    assert stripped < plated
    held = bare.state("lithium")[:, 0] / bare.conditions.number("v_li")
    assert held.min() > -1e-3 * plated
    assert bare.lithium_error < 1e-12
    if leak < 1e-9:
        assert stripped == pytest.approx(-charges(full("Li", leak))[1], rel=0.02)
    else:
        assert stripped < 0.99 * held[0] < 0.99 * plated, "the leak takes its part of what was plated, and of the rest"
        assert held[1] < 0.01 * held[0], "nothing is left on the collector"


def test_a_collector_that_brings_no_lithium_needs_a_cathode_that_does() -> None:
    with pytest.raises(SpecError, match="Cu brings no lithium"):
        parse_cell(described("Cu", cathode=False))


def test_two_metals_in_one_cell_are_refused() -> None:
    document = described("Li", cathode=False)
    document["electrodes"]["positive"] = document["electrodes"]["negative"] | {"material": "Li-In"}
    with pytest.raises(SpecError, match="one electrode is of Li, the other of Li-In"):
        parse_cell(document)
