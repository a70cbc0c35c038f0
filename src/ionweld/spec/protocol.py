"""What is done to a cell: stages of half cycles at constant current, rests between them, and limits."""

from math import log
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from ionweld.errors import Fault, SpecError
from ionweld.spec.faults import check, read_toml, readable
from ionweld.spec.impedance import ImpedancePoint, impedance_faults
from ionweld.spec.library import assumption
from ionweld.spec.part import Part
from ionweld.spec.program import ProgramStep, program_faults
from ionweld.spec.quantity import ArealCharge, CRate, CurrentDensity, Duration, Factor, Pause, Quantity, Voltage


class Stage(Part):
    """Cycles of two half cycles each, at one current density."""

    current_density: CurrentDensity = Field(examples=['"0.1 mA/cm^2"'], description="per area of the electrode")
    half_cycle_time: Duration = Field(examples=['"0.5 h"'], description="how long the current flows one way")
    cycles: int = Field(strict=True, gt=0, le=100_000, examples=["100"])
    rest: Pause | None = Field(None, description="pause after each half cycle", examples=['"5 min"'])


class Ramp(Part):
    """One cycle at each of rising current densities, until a short: how a critical current is measured."""

    start: CurrentDensity = Field(examples=['"0.05 mA/cm^2"'])
    step: CurrentDensity | None = Field(None, examples=['"0.05 mA/cm^2"'], description="added after each cycle")
    factor: Factor | None = Field(None, examples=['"1.2"'], description="or multiplied by after each cycle")
    half_cycle_time: Duration | None = Field(None, examples=['"1 h"'])
    half_cycle_charge: ArealCharge | None = Field(None, examples=['"0.5 mAh/cm^2"'], description="in place of a time")
    highest: CurrentDensity = Field(examples=['"5 mA/cm^2"'], description="where the ramp ends at the latest")
    rest: Pause | None = Field(None, description="pause after each half cycle", examples=['"5 min"'])

    def stages(self) -> list[Stage]:
        """Return the stages that it stands for, one cycle each."""
        found, j = [], self.start.value
        while j <= self.highest.value * (1.0 + 1e-9):
            seconds = self.half_cycle_time.value if self.half_cycle_time else self._charge() / j
            stage = {
                "current_density": Quantity(j, "A/m^2", f"{0.1 * j:.6g} mA/cm^2"),
                "half_cycle_time": Quantity(seconds, "s", f"{seconds / 3600.0:.6g} h"),
                "cycles": 1,
                "rest": self.rest,
            }
            found.append(Stage.model_construct(**stage))
            j = j + self.step.value if self.step else j * self._factor()
        return found

    def _charge(self) -> float:
        assert self.half_cycle_charge is not None  # one of the two is there: the spec was checked
        return self.half_cycle_charge.value

    def _factor(self) -> float:
        assert self.factor is not None
        return self.factor.value


# enters the identity of a run only where there is any (simulate.run.identity)
PROGRAM: Any = Field(default_factory=list, repr=False, description="changes of temperature and pressure in the test")


class HalfCycleProtocol(Part):
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
    stages: list[Stage] = Field(min_length=1, description="or a ramp in their place")
    impedance: list[ImpedancePoint] = Field(default_factory=list, description="spectra at named points of the test")
    program: list[ProgramStep] = PROGRAM
    # what follows enters the identity of a run only where it is not as here (simulate.run.identity)
    ramp: Ramp | None = Field(None, repr=False, description="rising currents until a short, in place of stages")
    one_way: bool = Field(False, repr=False, description="first half cycles alone: one electrode is stripped on and on")
    stop_at_short: bool = Field(False, repr=False, description="the test ends at the first short; a ramp always does")


class WindowStage(Part):
    """Cycles of a charge and a discharge each, between the voltage limits."""

    c_rate: CRate | None = Field(None, examples=['"0.2 C"'], description="of the cathode's nominal capacity")
    # what follows enters the identity of a run only where it is given
    current_density: CurrentDensity | None = Field(
        None,
        repr=False,
        examples=['"0.5 mA/cm^2"'],
        description="per area of the smaller electrode, in place of c_rate",
    )
    discharge_c_rate: CRate | None = Field(
        None, repr=False, examples=['"0.5 C"'], description="of the discharge, where it is another"
    )
    discharge_current_density: CurrentDensity | None = Field(
        None, repr=False, examples=['"1 mA/cm^2"'], description="in place of discharge_c_rate"
    )
    cycles: int = Field(strict=True, gt=0, le=10_000, examples=["40"])
    rest: Pause | None = Field(None, description="pause after each half cycle", examples=['"5 min"'])
    longest_half_cycle: Duration | None = Field(
        None, description="time limit of a half cycle that reaches no voltage limit", examples=['"10 h"']
    )
    hold_c_rate: CRate | None = Field(
        None,
        repr=False,
        examples=['"0.05 C"'],
        description="the upper voltage is held after a charge until the current has fallen to this",
    )
    hold_current_density: CurrentDensity | None = Field(
        None, repr=False, examples=['"0.05 mA/cm^2"'], description="in place of hold_c_rate"
    )
    hold_time: Duration | None = Field(
        None,
        repr=False,
        examples=['"1 h"'],
        description="for so long at the most; alone: the upper voltage is held so long",
    )

    def rates(self, nominal: float) -> tuple[float, float]:
        """Return the C rates of its charges and of its discharges (1/s); nominal: charge that 1 C means (C/m2)."""
        charge = _rate(self.c_rate, self.current_density, nominal)
        discharge = _rate(self.discharge_c_rate, self.discharge_current_density, nominal)
        assert charge is not None  # one of the two is there: the spec was checked
        return charge, charge if discharge is None else discharge

    def nominal_time(self, nominal: float) -> float:
        """Return how long a charge and a discharge of the nominal capacity take together (s); nominal: see rates."""
        return sum(1.0 / rate for rate in self.rates(nominal))

    def time_limits(self, nominal: float) -> tuple[float, float]:
        """Return when a charge and a discharge end at the latest (s): as given, or after a multiple of the nominal time."""
        if self.longest_half_cycle is not None:
            return self.longest_half_cycle.value, self.longest_half_cycle.value
        charge, discharge = (assumption("half_cycle_overrun").value / rate for rate in self.rates(nominal))
        return charge, discharge

    def hold(self, nominal: float) -> tuple[float, float] | None:
        """Return until which C rate (1/s) and how long at the most (s) the upper voltage is held; None where it is not."""
        until = _rate(self.hold_c_rate, self.hold_current_density, nominal)
        if until is None and self.hold_time is None:
            return None
        longest = self.hold_time.value if self.hold_time is not None else self.time_limits(nominal)[0]
        return until or 0.0, longest


def _rate(of_capacity: Quantity | None, density: Quantity | None, nominal: float) -> float | None:
    """Return a current as a part of the nominal capacity per second, whichever way it is given."""
    if of_capacity is not None:
        return of_capacity.value
    return None if density is None else density.value / nominal


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
    program: list[ProgramStep] = PROGRAM


AnyProtocol = HalfCycleProtocol | WindowProtocol


def load_protocol(path: Path) -> AnyProtocol:
    """Read a protocol from a TOML file. Raises SpecError with every fault, or FileFormatError."""
    return parse_protocol(read_toml(path), path.name)


def parse_protocol(document: dict[str, Any], where: str = "protocol") -> AnyProtocol:
    """Return the protocol that a TOML document describes, of half cycles that end by time or at voltages.

    Raises SpecError with every fault.
    """
    if protocol_model(document) is WindowProtocol:
        return check(WindowProtocol, document, where, lambda raw: [*_backwards(raw), *_currents(raw), *_by_cycle(raw)])
    wrong = _ramp(document)
    if wrong:  # stages are not missing because the ramp that stands for them is wrong
        return check(HalfCycleProtocol, document | {"stages": ANY_STAGES}, where, lambda _raw: wrong)
    return check(HalfCycleProtocol, _expanded(document), where, _by_cycle)


MOST_STEPS = 1000  # of a ramp
ANY_STAGES = [{"current_density": "0.1 mA/cm^2", "half_cycle_time": "1 h", "cycles": 1}]


def _expanded(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with the stages of its ramp, where it has one."""
    if not isinstance(document.get("ramp"), dict):
        return document
    ramp = check(Ramp, document["ramp"], "protocol.ramp", lambda _raw: [])
    return document | {"stages": ramp.stages(), "stop_at_short": True}


def _ramp(document: dict[str, Any]) -> list[Fault]:
    """Return the faults that lie between the fields of a ramp."""
    ramp = document.get("ramp")
    if not isinstance(ramp, dict):
        return []
    faults = []
    for one, other in (("step", "factor"), ("half_cycle_time", "half_cycle_charge")):
        if (one in ramp) == (other in ramp):
            seen = f"{one} and {other} are both given" if one in ramp else f"neither {one} nor {other} is given"
            faults.append(Fault("ramp", seen, f"Give one of {one} and {other}"))
    if "stages" in document:
        faults.append(Fault("ramp", "stages are given besides", "Give a ramp or stages"))
    return faults or _steps(document)


def _steps(document: dict[str, Any]) -> list[Fault]:
    """Return the fault of a ramp that never rises, or has too many steps."""
    start, highest, step = (readable(document, ("ramp", name), "A/m^2") for name in ("start", "highest", "step"))
    factor = readable(document, ("ramp", "factor"), "1")
    if start is None or highest is None:
        return []
    if factor is not None and factor.value <= 1.0:
        return [Fault("ramp.factor", f"{factor.text!r} does not rise", 'Write a factor above 1, for example "1.2"')]
    if highest.value < start.value:
        return [Fault("ramp.highest", f"{highest.text} lies below the start", "Write a current above the start")]
    if step is not None and (highest.value - start.value) / step.value > MOST_STEPS:
        return [Fault("ramp.step", f"more than {MOST_STEPS} steps", "Take larger steps")]
    if factor is not None and MOST_STEPS * log(factor.value) < log(highest.value / start.value):
        return [Fault("ramp.factor", f"more than {MOST_STEPS} steps", "Take a larger factor")]
    return []


def _by_cycle(document: dict[str, Any]) -> list[Fault]:
    """Return the faults of what names a cycle: spectra, and changes of conditions."""
    stages = document.get("stages")
    listed = [_cycles(stage) for stage in stages] if isinstance(stages, list) else [None]
    known = [cycles for cycles in listed if isinstance(cycles, int)]
    cycles = sum(known) if len(known) == len(listed) else None
    return [*impedance_faults(document, cycles), *program_faults(document, cycles)]


def _cycles(stage: Any) -> Any:
    return stage.get("cycles") if isinstance(stage, dict) else getattr(stage, "cycles", None)


def protocol_model(document: dict[str, Any]) -> type[HalfCycleProtocol | WindowProtocol]:
    """Return which kind of protocol a document describes: with a voltage window, or of half cycles of given time."""
    return WindowProtocol if "upper_voltage" in document or "lower_voltage" in document else HalfCycleProtocol


def _backwards(document: dict[str, Any]) -> list[Fault]:
    upper, lower = (readable(document, (name,), "V") for name in ("upper_voltage", "lower_voltage"))
    if upper is None or lower is None or lower.value < upper.value:
        return []
    seen = f"the lower limit ({lower.text}) is not below the upper one ({upper.text})"
    return [Fault("lower_voltage", seen, "Exchange or mend the two limits")]


def _currents(document: dict[str, Any]) -> list[Fault]:
    """Return the faults of stages whose current is said twice, or not at all."""
    stages, found = document.get("stages"), []
    for i, stage in enumerate(stages if isinstance(stages, list) else []):
        if not isinstance(stage, dict):
            continue
        for before in ("", "discharge_", "hold_"):
            one, other = f"{before}c_rate", f"{before}current_density"
            both, neither = one in stage and other in stage, one not in stage and other not in stage
            if both or (neither and not before):
                seen = f"{one} and {other} are both given" if both else f"neither {one} nor {other} is given"
                found.append(Fault(f"stages.{i}", seen, f'Give one of them, for example {one} = "0.2 C"'))
    return found


def by_time(protocol: AnyProtocol) -> HalfCycleProtocol:
    """Return a protocol of half cycles of given time. Raises SpecError for one that ends them at voltages."""
    if isinstance(protocol, HalfCycleProtocol):
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
    raise SpecError(
        Fault(f"protocol {protocol.name!r}", seen, "Give upper_voltage, lower_voltage, and c_rate or current_density")
    )
