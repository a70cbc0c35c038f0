"""Full cells, their protocols and parameters for tests, through the parser of a user's file."""

from dataclasses import replace
from typing import Any

from spine_cells import cell_document

from ionweld.spec.cell import CellSpec, parse_cell
from ionweld.spec.derived import library_parameters
from ionweld.spec.library import Entry
from ionweld.spec.protocol import AnyProtocol, parse_protocol

SLURRY = {"active": "60 %", "binder": "15 %", "salt": "15 %", "carbon": "10 %"}


def full_document(volume: str | None = None, **conditions: str) -> dict[str, Any]:
    document = cell_document(volume, **conditions)
    positive = {
        "material": "LiFePO4",
        "diameter": "6 mm",
        "loading": "2 mg/cm^2",
        "slurry": dict(SLURRY),
        "coat": "10 um",
    }
    return document | {"electrodes": document["electrodes"] | {"positive": positive}}


def make_full(volume: str | None = None, **conditions: str) -> CellSpec:
    return parse_cell(full_document(volume, **conditions))


def window_document(rate: str = "0.2 C", cycles: int = 3, rest: str | None = None, **limits: str) -> dict[str, Any]:
    stage: dict[str, Any] = {"c_rate": rate, "cycles": cycles}
    return {
        "name": "test",
        "first_half_cycle": "charge",
        "upper_voltage": limits.get("upper", "4.0 V"),
        "lower_voltage": limits.get("lower", "2.5 V"),
        "record_every": "300 s",
        "stages": [stage | ({"rest": rest} if rest else {})],
    }


def make_window(rate: str = "0.2 C", cycles: int = 3, rest: str | None = None, **limits: str) -> AnyProtocol:
    return parse_protocol(window_document(rate, cycles, rest, **limits))


def full_parameters(**values: float) -> Entry:
    """Return the library's parameters of a full cell with some of its numbers (SI) replaced."""
    library = library_parameters(make_full())
    return library.updated(
        {name: replace(library.quantity(name), value=value, low=None, high=None) for name, value in values.items()}
    )
