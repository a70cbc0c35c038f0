"""Cells, protocols and parameters that the tests of the spine share, all through the parser of a user's file."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ionweld.simulate.cell import SimulatedTest, simulate
from ionweld.simulate.conditions import StartConditions
from ionweld.spec.cell import CellSpec, parse_cell
from ionweld.spec.library import Entry, entry
from ionweld.spec.protocol import HalfCycleProtocol, parse_protocol
from ionweld.spec.quantity import Quantity

LIQUID = "1 M LiPF6 in EC:DEC:FEC 45:45:10"
WELDED, HALF_FILLED = "3 uL", "0.14137166941154072 uL"  # the second is half of the gap's 0.2827 uL


def cell_document(volume: str | None = None, **conditions: str) -> dict[str, Any]:
    """Return the cell of the design document: bare, or with that volume of liquid in each gap."""
    interface: dict[str, Any] = {"gap": "10 um"}
    if volume is not None:
        interface |= {"liquid": LIQUID, "volume": volume}
    return {
        "name": "Li | Li2OHCl | Li",
        "temperature": conditions.get("temperature", "80 degC"),
        "stack_pressure": conditions.get("stack_pressure", "0.15 MPa"),
        "rest": conditions.get("rest", "10 h"),
        "electrolyte": {"material": "Li2OHCl", "mass": "0.15 g", "diameter": "10 mm"},
        "electrodes": {
            "negative": {"material": "Li", "diameter": "6 mm", "thickness": "100 um", "interface": interface}
        },
    }


def make_cell(volume: str | None = None, **conditions: str) -> CellSpec:
    return parse_cell(cell_document(volume, **conditions))


def make_protocol(*stages: tuple[float, float, int], rest: str | None = None, limit: str = "5 V") -> HalfCycleProtocol:
    """Return a protocol of stages (mA/cm2, hours per half cycle, cycles)."""
    tables = [
        {"current_density": f"{j} mA/cm^2", "half_cycle_time": f"{hours} h", "cycles": cycles}
        for j, hours, cycles in stages
    ]
    if rest is not None:
        tables = [table | {"rest": rest} for table in tables]
    document = {"name": "test", "first_half_cycle": "charge", "voltage_limit": limit, "stages": tables}
    return parse_protocol(document)


def parameters(**values: float) -> Entry:
    """Return the library's interface with some of its numbers (SI) replaced."""
    library = entry("Li | Li2OHCl")
    changed = {
        name: replace(library.quantity(name), value=value, low=None, high=None) for name, value in values.items()
    }
    return replace(library, properties={**library.properties, **changed})


def besides_dose(start: StartConditions) -> NDArray[np.float64]:
    """Return the first state but for what an interphase has grown at rest, which a liquid keeps it from."""
    y = start.y.copy()
    for name in ("dose", "dose_rest"):
        y[start.layout.state(name, start.n)] = 0.0
    return y


def voltages(run: SimulatedTest) -> NDArray[np.float64]:
    return run.measurement.table["Voltage / V"].to_numpy()


def voltages_of(seed: str) -> bytes:
    """Return the voltages of a short bare run, bit for bit; it stands here so that a worker process can find it."""
    return voltages(simulate(make_cell(), make_protocol((0.1, 0.5, 2)), parameters(), seed)).tobytes()


def quantity(value: float, unit: str) -> Quantity:
    return Quantity(value, unit, f"{value} {unit}")
