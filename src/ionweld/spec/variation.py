"""What a sweep varies, as a person writes it: `FIELD=START:STOP:STEP` or `FIELD=a,b,c`, with a unit after the last number.

A range holds START, then every STEP from it, and always STOP as its last value. It is counted in decimal arithmetic,
in the unit that is written, so `0:3:0.25uL` holds 0.75 uL and not its neighbour.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic_core import PydanticCustomError

from ionweld.errors import Fault, SpecError
from ionweld.spec.fields import Field, find
from ionweld.spec.quantity import InCRate, Quantity, parse_quantity
from ionweld.units import example_unit

MOST_VALUES = 10_000
_PIECE = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*(.*?)\s*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a varied field: as text, as it goes into a document, and as a number in the written unit."""

    text: str
    raw: Any
    number: float | None


@dataclass(frozen=True, slots=True)
class Variation:
    """A field that is varied, or the same field of both electrodes. unit: as written, "" for text and whole numbers."""

    asked: str
    fields: tuple[Field, ...]
    unit: str
    values: tuple[Value, ...]
    remark: str = ""

    @property
    def label(self) -> str:
        """The name of the field with its unit, for a column or an axis."""
        return f"{self.asked} / {self.unit}" if self.unit else self.asked


def parse_variations(texts: list[str], known: list[Field]) -> list[Variation]:
    """Return what is varied. Raises SpecError with the faults of all texts."""
    found, faults = [], []
    for text in texts:
        try:
            found.append(parse_variation(text, known))
        except SpecError as error:
            faults += error.faults
    taken: dict[str, str] = {}
    for one in found:
        for field in one.fields:
            if field.path in taken:
                seen = f"{field.path} is varied twice, also by {taken[field.path]!r}"
                faults.append(Fault(f"vary {one.asked}", seen, "Name each field once"))
            taken[field.path] = one.asked
    if faults:
        raise SpecError(list(dict.fromkeys(faults)))
    return found


def parse_variation(text: str, known: list[Field]) -> Variation:
    """Return one varied field with its values. Raises SpecError."""
    asked, equals, values = (part.strip() for part in text.partition("="))
    if not (asked and equals and values):
        raise SpecError(Fault(f"vary {text}", "is no FIELD=VALUES", "Write it as stack_pressure=0.1,0.5,1MPa"))
    fields = tuple(find(asked, known))
    if fields[0].kind == "text":
        names = [part.strip() for part in values.split(",")]
        return _checked(Variation(asked, fields, "", tuple(Value(name, name, None) for name in names)))
    numbers, unit, remark = _numbers(values, asked, fields[0])
    made = tuple(_value(number, unit, fields[0], asked) for number in numbers)
    return _checked(Variation(asked, fields, unit, made, remark))


def _checked(one: Variation) -> Variation:
    texts = [value.text for value in one.values]
    if "" in texts or len(set(texts)) < len(texts):
        seen = "a value is missing between two commas" if "" in texts else "a value stands there twice"
        raise SpecError(Fault(f"vary {one.asked}", seen, "Write each value once"))
    return one


def _numbers(values: str, asked: str, field: Field) -> tuple[list[Decimal], str, str]:
    """Return the numbers, their unit, and a remark where the range is not what it may seem."""
    separator = ":" if ":" in values else ","
    parts = values.split(separator)
    pieces = [_PIECE.match(part) for part in parts]
    bad = [part for part, piece in zip(parts, pieces, strict=True) if piece is None]
    example = f"{asked}=1:5:1{example_unit(field.unit)}" if field.unit not in ("", "1") else f"{asked}=1:5:1"
    if bad:
        raise _fault(asked, f"{bad[0]!r} is no number", f"Write a range such as {example}, or values with commas")
    units = {piece[2] for piece in pieces if piece is not None and piece[2]}
    if len(units) > 1:
        raise _fault(asked, f"the units {', '.join(sorted(units))} are mixed", "Write one unit, after the last number")
    numbers = [Decimal(piece[1]) for piece in pieces if piece is not None]
    if separator == ",":
        return numbers, "".join(units), ""
    if len(numbers) != 3:
        raise _fault(asked, f"{values!r} is no START:STOP:STEP", f"Write it as {example}")
    return _range(numbers, "".join(units), asked)


def _range(numbers: list[Decimal], unit: str, asked: str) -> tuple[list[Decimal], str, str]:
    start, stop, step = numbers
    if step <= 0 or stop < start:
        raise _fault(asked, "the range does not run upwards", "Give a START, a larger STOP and a positive STEP")
    steps = int((stop - start) / step)
    if steps >= MOST_VALUES:
        raise _fault(asked, f"the range has more than {MOST_VALUES} values", "Give a larger step")
    values = [start + i * step for i in range(steps + 1)]
    if values[-1] == stop:
        return values, unit, ""
    remark = ""
    if step > stop - start:
        remark = f"{asked}: the step of {step} {unit} is larger than the range, so only its two ends are run"
    return [*values, stop], unit, remark.replace("  ", " ")


def _value(number: Decimal, unit: str, field: Field, asked: str) -> Value:
    plain = format(number.normalize(), "f")
    if field.kind == "whole number":
        if unit or number != int(number):
            raise _fault(asked, f"'{plain}{unit}' is no whole number", "Write whole numbers without a unit")
        return Value(plain, int(number), float(number))
    text = f"{plain} {unit}".strip()
    raw = {"chosen": text, "why": "varied by the sweep"}
    as_quantity(raw, field, asked)
    return Value(text, raw, float(number))


def as_quantity(raw: Any, field: Field, asked: str) -> Quantity:
    """Return a value as the quantity that the field holds. Raises SpecError for a wrong unit or sign."""
    try:
        return InCRate().parse(raw) if field.c_rate else parse_quantity(raw, field.unit, field.bound)
    except PydanticCustomError as error:
        context = error.context or {}
        raise _fault(asked, context["seen"], context["mend"]) from None


def _fault(asked: str, seen: str, mend: str) -> SpecError:
    return SpecError(Fault(f"vary {asked}", seen, mend))
