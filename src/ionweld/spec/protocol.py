"""What is done to a cell: stages of half cycles at constant current, rests between them, and limits."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from ionweld.errors import Fault, SpecError
from ionweld.spec.faults import check, read_toml, readable
from ionweld.spec.impedance import ImpedancePoint, impedance_faults
from ionweld.spec.library import assumption
from ionweld.spec.part import Part
from ionweld.spec.quantity import CRate, CurrentDensity, Duration, Pause, Quantity, Voltage


class Stage(Part):
    """Cycles of two half cycles each, at one current density."""

    current_density: CurrentDensity = Field(examples=['"0.1 mA/cm^2"'], description="per area of the electrode")
    half_cycle_time: Duration = Field(examples=['"0.5 h"'])
    cycles: int = Field(strict=True, gt=0, le=100_000, examples=["100"])
    rest: Pause | None = Field(None, description="pause after each half cycle", examples=['"5 min"'])


class Protocol(Part):
    """A galvanostatic cycling test of a symmetric cell: half cycles of a given time."""

    name: str = Field(examples=['"0.1 mA/cm2, 100 cycles"'])
    first_half_cycle: Literal["charge", "discharge"] = Field(
        examples=['"charge"'], description="charge: the first current plates the negative electrode"
    )
    voltage_limit: Voltage = Field(
        default_factory=lambda: assumption("voltage_limit"),
        examples=['"5 V"'],
        description="the test stops when |V| reaches it",
    )
    record_every: Duration = Field(default_factory=lambda: assumption("record_every"))
    stages: list[Stage] = Field(min_length=1)
    impedance: list[ImpedancePoint] = Field(default_factory=list, description="spectra at named points of the test")


class WindowStage(Part):
    """Cycles of two half cycles each, at one C rate, between the voltage limits."""

    c_rate: CRate = Field(examples=['"0.2 C"'], description="of the cathode's nominal capacity")
    cycles: int = Field(strict=True, gt=0, le=10_000, examples=["40"])
    rest: Pause | None = Field(None, description="pause after each half cycle", examples=['"5 min"'])
    longest_half_cycle: Duration | None = Field(
        None, description="time limit of a half cycle that reaches no voltage limit", examples=['"10 h"']
    )

    @property
    def time_limit(self) -> Quantity:
        """When a half cycle ends at the latest: as given, or after a multiple of the nominal time."""
        if self.longest_half_cycle is not None:
            return self.longest_half_cycle
        overrun = assumption("half_cycle_overrun")
        seconds = overrun.value / self.c_rate.value
        return Quantity(seconds, "s", f"{seconds / 3600.0:g} h", overrun.status, source=overrun.source)


class WindowProtocol(Part):
    """A galvanostatic cycling test of a full cell: each half cycle ends where the voltage reaches its limit."""

    name: str = Field(examples=['"0.2 C, 40 cycles"'])
    first_half_cycle: Literal["charge"] = Field(
        examples=['"charge"'], description="a cell of lithium and LiFePO4 is assembled discharged"
    )
    upper_voltage: Voltage = Field(examples=['"4.0 V"'], description="where a charge ends")
    lower_voltage: Voltage = Field(examples=['"2.5 V"'], description="where a discharge ends")
    record_every: Duration = Field(default_factory=lambda: assumption("record_every"))
    stages: list[WindowStage] = Field(min_length=1)
    impedance: list[ImpedancePoint] = Field(default_factory=list, description="spectra at named points of the test")


AnyProtocol = Protocol | WindowProtocol


def load_protocol(path: Path) -> AnyProtocol:
    """Read a protocol from a TOML file. Raises SpecError with every fault, or FileFormatError."""
    return parse_protocol(read_toml(path), path.name)


def parse_protocol(document: dict[str, Any], where: str = "protocol") -> AnyProtocol:
    """Return the protocol that a TOML document describes, of half cycles that end by time or at voltages.

    Raises SpecError with every fault.
    """
    if protocol_model(document) is WindowProtocol:
        return check(WindowProtocol, document, where, lambda raw: [*_backwards(raw), *_spectra(raw)])
    return check(Protocol, document, where, _spectra)


def _spectra(document: dict[str, Any]) -> list[Fault]:
    stages = document.get("stages")
    listed = (
        [stage.get("cycles") for stage in stages if isinstance(stage, dict)] if isinstance(stages, list) else [None]
    )
    known = [cycles for cycles in listed if isinstance(cycles, int)]
    return impedance_faults(document, sum(known) if len(known) == len(listed) else None)


def protocol_model(document: dict[str, Any]) -> type[Protocol | WindowProtocol]:
    """Return which kind of protocol a document describes: with a voltage window, or of half cycles of given time."""
    return WindowProtocol if "upper_voltage" in document or "lower_voltage" in document else Protocol


def _backwards(document: dict[str, Any]) -> list[Fault]:
    upper, lower = (readable(document, (name,), "V") for name in ("upper_voltage", "lower_voltage"))
    if upper is None or lower is None or lower.value < upper.value:
        return []
    seen = f"the lower limit ({lower.text}) is not below the upper one ({upper.text})"
    return [Fault("lower_voltage", seen, "Exchange or mend the two limits")]


def by_time(protocol: AnyProtocol) -> Protocol:
    """Return a protocol of half cycles of given time. Raises SpecError for one that ends them at voltages."""
    if isinstance(protocol, Protocol):
        return protocol
    seen = "its half cycles end at voltages, but in a symmetric cell the voltage does not follow the charge"
    raise SpecError(
        Fault(f"protocol {protocol.name!r}", seen, "Give current_density and half_cycle_time, or a cathode")
    )


def by_window(protocol: AnyProtocol) -> WindowProtocol:
    """Return a protocol of half cycles that end at voltages. Raises SpecError for one that ends them by time."""
    if isinstance(protocol, WindowProtocol):
        return protocol
    seen = "its half cycles end by time, but a full cell is cycled between two voltages"
    raise SpecError(Fault(f"protocol {protocol.name!r}", seen, "Give upper_voltage, lower_voltage and c_rate"))
