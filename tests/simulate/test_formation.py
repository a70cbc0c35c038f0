"""What heat and pressure before the test do to a cell."""

from typing import Any

import numpy as np
import pytest

from ionweld.errors import SpecError
from ionweld.simulate.conditions import StartConditions, conditions
from ionweld.simulate.run import identity
from ionweld.spec.cell import CellSpec, parse_cell
from ionweld.spec.derived import library_parameters
from ionweld.spec.protocol import parse_protocol

PROTOCOL = parse_protocol(
    {
        "name": "one cycle",
        "first_half_cycle": "charge",
        "stages": [{"current_density": "0.1 mA/cm^2", "half_cycle_time": "0.5 h", "cycles": 1}],
    }
)


def step(temperature: str, pressure: str, time: str) -> dict[str, str]:
    return {"temperature": temperature, "stack_pressure": pressure, "time": time}


def cell(*steps: dict[str, Any]) -> CellSpec:
    lithium = {"material": "Li", "diameter": "8 mm", "thickness": "100 um"}
    return parse_cell(
        {
            "name": "Li | Li6PS5Cl | Li",
            "temperature": "25 degC",
            "stack_pressure": "0.1 MPa",
            "electrolyte": {"material": "Li6PS5Cl", "diameter": "10 mm", "thickness": "0.8 mm"},
            "electrodes": {"negative": lithium},
            "formation": list(steps),
        }
    )


def start(*steps: dict[str, Any]) -> StartConditions:
    built = cell(*steps)
    return conditions(built, PROTOCOL, library_parameters(built), "formation", columns=40)


def contact(*steps: dict[str, Any]) -> float:
    return float(start(*steps).column("assembly").mean())


def test_heat_pressure_and_time_make_contact() -> None:
    cold = contact(step("25 degC", "1 MPa", "1 h"))
    assert contact() < cold < contact(step("25 degC", "3 MPa", "1 h"))
    assert cold < contact(step("25 degC", "1 MPa", "10 h"))
    assert cold < contact(step("80 degC", "1 MPa", "1 h"))


def test_a_step_like_the_rest_is_a_longer_rest() -> None:
    longer = cell()
    rest = longer.rest
    doubled = longer.model_copy(update={"rest": type(rest)(2.0 * rest.value, rest.unit, "20 h")})
    known = library_parameters(longer)
    expected = conditions(doubled, PROTOCOL, known, "formation", columns=40).column("assembly")
    formed = start(step("25 degC", "0.1 MPa", f"{rest.value} s")).column("assembly")
    np.testing.assert_allclose(formed, expected, rtol=1e-9)


def test_molten_lithium_touches_everywhere() -> None:
    assert contact(step("190 degC", "0 MPa", "10 min")) == 1.0
    assert contact(step("170 degC", "0 MPa", "10 min")) < 1.0


def test_a_hot_formation_grows_an_interphase() -> None:
    def grown(*steps: dict[str, Any]) -> float:
        made = start(*steps)
        dose, rest = (made.y[made.layout.state(name, made.n)][0] for name in ("dose", "dose_rest"))
        return float((dose - rest) / rest * cell().rest.value)

    assert grown() == 0.0
    assert grown(step("25 degC", "1 MPa", "1 h")) == pytest.approx(3600.0)
    assert grown(step("100 degC", "1 MPa", "1 h")) > 36000.0


def test_a_formation_is_part_of_what_a_run_is() -> None:
    known = library_parameters(cell())
    of = [identity(one, PROTOCOL, known, "0") for one in (cell(), cell(step("60 degC", "5 MPa", "1 h")))]
    assert of[0] != of[1]


def test_a_step_says_how_hot_how_pressed_and_how_long() -> None:
    with pytest.raises(SpecError, match="formation"):
        cell({"temperature": "100", "stack_pressure": "5 MPa", "time": "1 h"})
    with pytest.raises(SpecError, match="time"):
        cell({"temperature": "100 degC", "stack_pressure": "5 MPa"})
