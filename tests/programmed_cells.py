"""Cells and tests whose conditions change."""

from typing import Any

from ionweld.simulate.cell import simulate
from ionweld.simulate.run import SimulatedTest
from ionweld.spec.cell import CellSpec, parse_cell
from ionweld.spec.derived import library_parameters
from ionweld.spec.protocol import AnyProtocol, parse_protocol

LITHIUM = {"material": "Li", "diameter": "8 mm", "thickness": "100 um"}
COLUMNS = 4


def symmetric(electrolyte: str = "Li6PS5Cl", **changed: Any) -> CellSpec:
    pellet = {"material": electrolyte, "diameter": "10 mm", "thickness": "0.8 mm"}
    document = {"name": electrolyte, "temperature": "25 degC", "stack_pressure": "1 MPa", "electrolyte": pellet}
    return parse_cell(document | {"electrodes": {"negative": LITHIUM}} | changed)


def protocol(*program: dict[str, Any], cycles: int = 6, **changed: Any) -> AnyProtocol:
    stage = {"current_density": "0.1 mA/cm^2", "half_cycle_time": "0.5 h", "cycles": cycles}
    document = {"name": "test", "first_half_cycle": "charge", "stages": [stage], "record_every": "5 min"}
    return parse_protocol(document | {"program": list(program)} | changed)


def window(*program: dict[str, Any]) -> AnyProtocol:
    stage = {"c_rate": "0.2 C", "cycles": 4}
    document = {"name": "test", "first_half_cycle": "charge", "upper_voltage": "4.0 V", "lower_voltage": "2.5 V"}
    return parse_protocol(document | {"stages": [stage], "record_every": "10 min", "program": list(program)})


def run_of(cell: CellSpec, program: AnyProtocol) -> SimulatedTest:
    return simulate(cell, program, library_parameters(cell), "program", columns=COLUMNS)
