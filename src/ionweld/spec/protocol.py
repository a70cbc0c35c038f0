"""What is done to a cell: stages of half cycles at constant current, rests between them, and limits."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from ionweld.spec.cell import Part
from ionweld.spec.faults import check, read_toml
from ionweld.spec.library import assumption
from ionweld.spec.quantity import CurrentDensity, Duration, Pause, Voltage


class Stage(Part):
    """Cycles of two half cycles each, at one current density."""

    current_density: CurrentDensity = Field(examples=['"0.1 mA/cm^2"'], description="per area of the electrode")
    half_cycle_time: Duration = Field(examples=['"0.5 h"'])
    cycles: int = Field(gt=0, le=100_000, examples=["100"])
    rest: Pause | None = Field(None, description="pause after each half cycle", examples=['"5 min"'])


class Protocol(Part):
    """A galvanostatic cycling test."""

    name: str = Field(examples=['"0.1 mA/cm2, 100 cycles"'])
    first_half_cycle: Literal["charge", "discharge"] = Field(
        examples=['"charge"'], description="charge: the first current plates the negative electrode"
    )
    voltage_limit: Voltage = Field(examples=['"5 V"'], description="the test stops when |V| reaches it")
    record_every: Duration = Field(default_factory=lambda: assumption("record_every"))
    stages: list[Stage] = Field(min_length=1)


def load_protocol(path: Path) -> Protocol:
    """Read a protocol from a TOML file. Raises SpecError with every fault, or FileFormatError."""
    return parse_protocol(read_toml(path), path.name)


def parse_protocol(document: dict[str, Any], where: str = "protocol") -> Protocol:
    """Return the protocol that a TOML document describes. Raises SpecError with every fault."""
    return check(Protocol, document, where)
