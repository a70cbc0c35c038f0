"""One number of a specification: its SI value, and what is known about where it comes from."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from ionweld.errors import UnitError
from ionweld.units import example_unit, from_si, to_si, written_unit

Status = Literal["given", "measured", "literature", "assumed", "chosen", "derived", "fitted"]
Bound = Literal["positive", "not negative", "any"]
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in SI units with its status, the range it may lie in, and its source or reason.

    `text` is the number as it was written, with the unit of the person who wrote it. at: the temperature (K) that it is
    meant at, where it says so itself.
    """

    value: float
    unit: str
    text: str
    status: Status = "given"
    low: float | None = None
    high: float | None = None
    source: str = ""
    at: float | None = None

    def moved(self, value: float, status: Status | None = None) -> "Quantity":
        """Return the quantity with another value, which stands in its SI unit."""
        text = f"{value:.6g} {self.unit}"
        return Quantity(value, self.unit, text, status or self.status, self.low, self.high, self.source, self.at)

    @property
    def range_text(self) -> str:
        """The range in the unit in which the number itself is written; empty where there is none."""
        if self.low is None or self.high is None:
            return ""
        unit = written_unit(self.text)
        low, high = (from_si(edge, self.unit, "" if unit == "1" else unit) for edge in (self.low, self.high))
        return f"{low:.4g} to {high:.4g}" + ("" if unit == "1" else f" {unit}")


@dataclass(frozen=True, slots=True)
class In:
    """The rule for a field that holds a Quantity: the SI unit it is kept in, and the values that are possible.

    A number is written as text with any fitting unit, `"0.1 MPa"`, or with what is known about it,
    `{ assumed = "0.1 MPa", range = ["0.02 MPa", "1 MPa"], why = "not reported" }`; the first key is one of STATUSES.
    """

    unit: str
    bound: Bound = "positive"

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(lambda raw: parse_quantity(raw, self.unit, self.bound))

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: Any) -> dict[str, Any]:
        example = f"1 {example_unit(self.unit)}"
        text = {"type": "string", "description": f"a number with a unit, in {self.unit}", "examples": [example]}
        about = {"range": {"type": "array", "items": text}, "why": {"type": "string"}, "source": {"type": "string"}}
        properties = {**dict.fromkeys(STATUSES, text), **about}
        table = {"type": "object", "properties": properties, "additionalProperties": False}
        return {"anyOf": [text, table, *([{"type": "number"}] if self.unit == "1" else [])]}


_C_RATE = re.compile(r"\s*(\S+?)\s*C\s*")


@dataclass(frozen=True, slots=True)
class InCRate:
    """The rule for a current as a part of the nominal capacity per hour: `"0.2 C"`, kept in 1/s."""

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: Any) -> dict[str, Any]:
        text = {"type": "string", "description": "a part of the nominal capacity per hour", "examples": ["0.2 C"]}
        about = {"range": {"type": "array", "items": text}, "why": {"type": "string"}, "source": {"type": "string"}}
        table = {"type": "object", "properties": {**dict.fromkeys(STATUSES, text), **about}}
        return {"anyOf": [text, {**table, "additionalProperties": False}]}

    def parse(self, raw: Any) -> Quantity:
        """Return the Quantity in 1/s that a TOML value such as "0.2 C" stands for."""
        try:
            return parse_quantity(_per_hour(raw), "1/s")
        except PydanticCustomError as error:
            seen = (error.context or {}).get("seen", str(error))
            raise complaint(seen, 'Write it as "0.2 C" (1 C: the nominal capacity in one hour) or "0.2 1/h"') from None


def _per_hour(raw: Any) -> Any:
    """Return a value with every "0.2 C" in it written as "0.2 1/h": to a table of units, C is a coulomb."""
    if isinstance(raw, dict):
        return {key: value if key in ("why", "source") else _per_hour(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [_per_hour(value) for value in raw]
    match = _C_RATE.fullmatch(raw) if isinstance(raw, str) else None
    return f"{match[1]} 1/h" if match else raw


Length = Annotated[Quantity, In("m")]
Area = Annotated[Quantity, In("m^2")]
Volume = Annotated[Quantity, In("m^3", "not negative")]
Mass = Annotated[Quantity, In("kg")]
Fraction = Annotated[Quantity, In("1")]
Share = Annotated[Quantity, In("1", "not negative")]
Loading = Annotated[Quantity, In("kg/m^2")]
SpecificCapacity = Annotated[Quantity, In("C/kg")]
CRate = Annotated[Quantity, InCRate()]
Temperature = Annotated[Quantity, In("K")]
Pressure = Annotated[Quantity, In("Pa")]
StackPressure = Annotated[Quantity, In("Pa", "not negative")]
Duration = Annotated[Quantity, In("s")]
Pause = Annotated[Quantity, In("s", "not negative")]
CurrentDensity = Annotated[Quantity, In("A/m^2")]
ArealCharge = Annotated[Quantity, In("C/m^2")]
Factor = Annotated[Quantity, In("1")]
Voltage = Annotated[Quantity, In("V")]
Conductivity = Annotated[Quantity, In("S/m")]
ActivationEnergy = Annotated[Quantity, In("J/mol")]
Frequency = Annotated[Quantity, In("Hz")]


def parse_quantity(raw: Any, unit: str, bound: Bound = "positive") -> Quantity:
    """Return the Quantity that a TOML value stands for; raises PydanticCustomError with what was seen and a mend."""
    if isinstance(raw, Quantity):
        return raw
    if isinstance(raw, dict):
        return _from_table(raw, unit, bound)
    return Quantity(_number(raw, unit, bound), unit, str(raw))


def _from_table(raw: dict[str, Any], unit: str, bound: Bound) -> Quantity:
    named: list[Status] = [status for status in STATUSES if status in raw]
    unknown = sorted(set(raw) - {*STATUSES, "range", "why", "source"})
    if unknown or len(named) != 1:
        seen = f"unknown key {unknown[0]!r}" if unknown else "says neither or several of " + ", ".join(STATUSES)
        raise complaint(seen, f'Write it as {{ assumed = "1 {example_unit(unit)}", range = [...], why = "..." }}')
    status = named[0]
    low, high = _range(raw.get("range"), unit, bound)
    value = _number(raw[status], unit, bound)
    if low is not None and high is not None and not low <= value <= high:
        raise complaint(f"{raw[status]!r} lies outside its own range {raw['range']}", "Widen the range, or mend it")
    return Quantity(value, unit, str(raw[status]), status, low, high, raw.get("why") or raw.get("source") or "")


def _range(raw: Any, unit: str, bound: Bound) -> tuple[float | None, float | None]:
    if raw is None:
        return None, None
    if not isinstance(raw, list) or len(raw) != 2:
        raise complaint(f"the range {raw!r} is no pair", "Write range = [lowest, highest]")
    low, high = _number(raw[0], unit, bound), _number(raw[1], unit, bound)
    if low > high:
        raise complaint(f"the range {raw!r} runs backwards", "Write range = [lowest, highest]")
    return low, high


def _number(raw: Any, unit: str, bound: Bound) -> float:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise complaint(f"{raw!r} is no number with a unit", f'Write it as "1 {example_unit(unit)}"')
    try:
        value = to_si(str(raw), unit)
    except UnitError as error:
        fault = error.faults[0]
        raise complaint(fault.seen, fault.mend) from None
    if (bound == "positive" and value <= 0.0) or (bound == "not negative" and value < 0.0):
        raise complaint(f"{raw!r} must be {bound}", "Check the number and its sign")
    return value


def complaint(seen: str, mend: str) -> PydanticCustomError:
    """Return what a rule raises for a value that cannot be: what was seen, and how to mend it."""
    return PydanticCustomError("quantity", "{seen}", {"seen": seen, "mend": mend})
