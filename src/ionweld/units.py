"""Text with a unit -> SI float, at the door.

Pint is imported here and nowhere else, and only when a text is read: inside, every number is a plain SI float whose
unit is declared once, on its field.
"""

import re
from functools import cache
from math import isfinite
from typing import Any

from ionweld.errors import Fault, UnitError

_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*$", re.DOTALL)
_COMMA = re.compile(r"\s*[+-]?(\d+),(\d+)(?=[eE][+-]?\d|\s|$|[^\d.,;])")
_TOWER = re.compile(r"\d\s*(?:\^|\*\*)")
_POWER = re.compile(r"(?<![A-Za-z])([kcdmun]?m|s|h|K|k?g|mol)(-?[1-3])(?![\w.^])")  # "mA cm-2", "cm2"
_DEGREES_CELSIUS = {"degC", "°C", "℃", "celsius"}
_KELVIN_AT_ZERO_CELSIUS = 273.15


@cache
def _registry() -> Any:
    import pint

    return pint.UnitRegistry(cache_folder=None)


def to_si(text: str, unit: str, where: str = "") -> float:
    """Return the number of `unit` (an SI unit such as "A/m^2") that `text` (such as "0.1 mA/cm^2") stands for.

    Temperatures in degrees Celsius become kelvin. Raises UnitError when the text has no number, no unit, an unknown
    unit or another dimension; `where` is the path that the message names.
    """
    number, written = _split(text, unit, where)
    if written in _DEGREES_CELSIUS and unit == "K":
        return number + _KELVIN_AT_ZERO_CELSIUS
    if not written and unit != "1":
        raise UnitError(
            Fault(where, f"{text!r} has no unit", f'Write the unit, for example "{text} {example_unit(unit)}"')
        )
    value = number * _factor(written or "1", unit, text, where)
    if not isfinite(value):
        raise UnitError(Fault(where, f"{text!r} is too large to be stored", "Write a smaller number"))
    return value


def from_si(value: float, unit: str, written: str) -> float:
    """Return the number of `written` units (such as "MPa" or "degC") that a value in an SI unit stands for."""
    zero, one = (to_si(f"{number} {written}".strip(), unit) for number in (0, 1))
    return (value - zero) / (one - zero)


def point_for_comma(text: str, where: str = "") -> str:
    """Return a quantity with a point where a decimal comma stood: "28,3 mm^2" becomes "28.3 mm^2"; all else stays.

    Raises UnitError for "1,234 mm": one and a bit to one reader, more than a thousand to another.
    """
    found = _COMMA.match(text)
    if found is None:
        return text
    if found[1] != "0" and len(found[2]) == 3:
        mend = f'Write "{found[1]}.{found[2]}" or "{found[1]}{found[2]}"'
        raise UnitError(Fault(where, f"{text!r} can be read in two ways", mend))
    return f"{text[: found.end(1)]}.{text[found.end(1) + 1 :]}"


def written_unit(text: str) -> str:
    """Return the unit as it is written in a text such as "0.1 mA/cm^2"; "1" where there is none."""
    return _split(text, "1", "")[1] or "1"


def _split(text: str, unit: str, where: str) -> tuple[float, str]:
    match = _NUMBER.match(text)
    if match is None:
        raise UnitError(Fault(where, f"{text!r} is not a number with a unit", f'Write it as "1 {example_unit(unit)}"'))
    number = float(match[1])
    if abs(number) == float("inf"):
        raise UnitError(Fault(where, f"{text!r} is too large to be stored", "Write a finite number"))
    return number, match[2]


def _factor(written: str, unit: str, text: str, where: str) -> float:
    try:
        return _conversion(written, unit)
    except _pint_faults() as error:
        raise UnitError(_fault(text, unit, where, error)) from None


@cache
def _conversion(written: str, unit: str) -> float:
    if _TOWER.search(written):  # a number to a power is no unit, and 9^9^9 would be worked out to its last digit
        raise ValueError(written)
    registry = _registry()
    quantity = registry.Quantity(1.0, "dimensionless" if written == "1" else _plain(written))
    if unit == "J/mol" and quantity.check("[energy]"):  # an activation energy in eV is meant per particle
        quantity = quantity * registry.Quantity(1.0, "avogadro_constant")
    target = "dimensionless" if unit == "1" else unit
    if (0.0 * quantity.units).to(target).magnitude != 0.0:  # degF, dB: such a scale is no factor
        raise ValueError(written)
    return float(quantity.to(target).magnitude)


def _plain(written: str) -> str:
    """Return the unit text as pint spells it: the micro and ohm signs have two code points each, powers a circumflex."""
    for sign, spelled in (("\u00b5", "u"), ("\u03bc", "u"), ("\u03a9", "ohm"), ("\u2126", "ohm"), ("\u2212", "-")):
        written = written.replace(sign, spelled)
    return _POWER.sub(r"\1^\2", written)


@cache
def _pint_faults() -> tuple[type[Exception], ...]:
    """What pint raises for a unit it does not know, another dimension, or a text it cannot parse at all."""
    from tokenize import TokenError

    from pint.errors import PintError

    return (
        PintError, TokenError, ValueError, TypeError, AttributeError, AssertionError, SyntaxError, KeyError,
        ArithmeticError, RecursionError,
    )  # fmt: skip


def _fault(text: str, unit: str, where: str, error: Exception) -> Fault:
    from pint.errors import DimensionalityError

    if isinstance(error, DimensionalityError):
        seen = f"{text!r} has the wrong dimension: it cannot be converted to {unit}"
    else:
        seen = f"the unit in {text!r} is not known"
    return Fault(where, seen, f'Write a number with a unit such as "1 {example_unit(unit)}"')


_EXAMPLES = {
    "1": "%", "m": "um", "m^2": "cm^2", "m^3": "uL", "kg": "g", "kg/m^3": "g/cm^3", "K": "degC", "Pa": "MPa",
    "s": "h", "A": "mA", "A/m^2": "mA/cm^2", "S/m": "S/cm", "ohm": "kohm", "ohm*m^2": "ohm*cm^2", "V": "mV",
    "J/mol": "kJ/mol", "C/m^2": "mAh/cm^2", "C/kg": "mAh/g", "kg/m^2": "mg/cm^2",
}  # fmt: skip


def example_unit(unit: str) -> str:
    """Return the unit that a lab would write for this SI unit."""
    return _EXAMPLES.get(unit, unit)
