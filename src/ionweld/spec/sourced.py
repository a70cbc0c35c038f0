"""A number of the library as it stands in a file: value, status, range and source; its unit is said once, in a schema.

[properties.density]
value = "1.84 g/cm^3"
status = "derived"
range = ["1.80 g/cm^3", "1.87 g/cm^3"]
source = "66.34 g/mol in a cubic cell of 3.91 angstrom"
"""

from dataclasses import dataclass, replace
from typing import Any

from pydantic_core import CoreSchema, core_schema

from ionweld.spec.quantity import STATUSES, Bound, Quantity, complaint, parse_quantity
from ionweld.units import example_unit

_KEYS = {"value", "status", "range", "source", "at", "prior_factor", "unit", "symbol"}
_RANGED = ("assumed", "literature")  # somebody else's number, or nobody's: how far off it may be is part of it


@dataclass(frozen=True, slots=True)
class Sourced:
    """The rule of a number: SI unit, symbol, and what it is.

    exact: it has no range, because it says at which temperature or stress another number is meant.
    """

    unit: str
    symbol: str
    about: str
    exact: bool = False
    bound: Bound = "not negative"

    @property
    def example(self) -> str:
        """How a file would state this number."""
        return f'{{ value = "1 {example_unit(self.unit)}", status = "assumed", range = [...], source = "..." }}: {self.about}'

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: Any) -> dict[str, Any]:
        about = f"{self.about} ({self.symbol}, in {self.unit})"
        return record_schema(f"1 {example_unit(self.unit)}") | {"description": about}

    def parse(self, raw: Any) -> Quantity:
        """Return the number that a record stands for. Raises PydanticCustomError."""
        return raw if isinstance(raw, Quantity) else _parse(raw, self.unit, self.bound, self.exact)


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """The rule of a number that no schema knows, for a mechanism of its own: its record says the unit itself."""

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: Any) -> dict[str, Any]:
        return record_schema("1 um")

    def parse(self, raw: Any) -> Quantity:
        """Return the number that a record stands for. Raises PydanticCustomError."""
        if isinstance(raw, Quantity):
            return raw
        if not isinstance(raw, dict) or not isinstance(raw.get("unit"), str):
            mend = 'Mend its name, or add its SI unit, such as unit = "S/m", if a mechanism of your own reads it'
            raise complaint("is no number that this kind of entry is known to have", mend)
        return _parse(raw, raw["unit"], "not negative", exact=False)


def record_schema(example: str) -> dict[str, Any]:
    """Return the JSON Schema of a number's record."""
    text = {"type": "string", "examples": [example]}
    properties = {
        "value": text,
        "status": {"enum": [status for status in STATUSES if status != "given"]},
        "range": {"type": "array", "items": text, "minItems": 2, "maxItems": 2},
        "source": {"type": "string", "minLength": 1},
        "at": {"type": "string", "description": "the temperature that the number is meant at", "examples": ["25 degC"]},
        "prior_factor": {"type": "number"},
        "unit": {"type": "string"},
        "symbol": {"type": "string"},
    }
    required = ["value", "status", "source"]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _parse(raw: Any, unit: str, bound: Bound, exact: bool) -> Quantity:
    if not isinstance(raw, dict):
        raise complaint(f"{raw!r} is no record", f"Write {Sourced(unit, '', '').example.removesuffix(': ')}")
    _complete(raw, exact)
    table = {raw["status"]: raw["value"], "source": raw["source"]}
    if "range" in raw:
        table["range"] = raw["range"]
    if "unit" in raw:
        parse_quantity(f"1 {raw['unit']}".removesuffix(" 1"), unit, "any")  # another dimension is a slip
    number = parse_quantity(table, unit, bound)
    return replace(number, at=parse_quantity(raw["at"], "K").value) if "at" in raw else number


def _complete(raw: dict[str, Any], exact: bool) -> None:
    """Raise for a record that leaves out what a reader must know, or that has more than that."""
    unknown = sorted(raw.keys() - _KEYS)
    if unknown:
        raise complaint(f"unknown key {unknown[0]!r}", f"Known here: {', '.join(sorted(_KEYS))}")
    missing = [key for key in ("value", "status", "source") if not raw.get(key)]
    if missing:
        raise complaint(f"has no {' and no '.join(missing)}", "A number of the library says value, status and source")
    if raw["status"] not in STATUSES or raw["status"] == "given":
        known = ", ".join(status for status in STATUSES if status != "given")
        raise complaint(f"the status {raw['status']!r} is not known", f"Write one of {known}")
    if raw["status"] in _RANGED and "range" not in raw and not exact:
        mend = "Add range = [lowest, highest], over samples and papers; wide where nothing is known"
        raise complaint(f"is {raw['status']} and has no range", mend)
