"""What a person gives: quantities as text with a unit, places as text or Path, seeds as whole numbers."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeGuard, TypeVar, cast

from ionweld.errors import Fault, InputError, UnitError
from ionweld.units import example_unit, to_si

Place = str | os.PathLike[str]
One = TypeVar("One")


def several(given: One | Sequence[One]) -> Sequence[One]:
    """Return what was given as a list, also where it was one thing alone; a text is one thing."""
    if isinstance(given, str) or not isinstance(given, Sequence):
        return [cast("One", given)]
    return cast("Sequence[One]", given)


def is_table(value: object) -> TypeGuard[dict[str, Any]]:
    """Say whether a value of a document is a table of others."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[Sequence[Any]]:
    """Say whether a value is a list of others; a text is none."""
    return isinstance(value, Sequence) and not isinstance(value, str)


def as_text(value: Any) -> Any:
    """Return a quantity of pint or its like as text with its unit, within tables and lists too; all else as it is."""
    if is_table(value):
        return {key: as_text(one) for key, one in value.items()}
    if is_list(value):
        return [as_text(one) for one in value]
    return f"{value:~}" if hasattr(value, "magnitude") and hasattr(value, "units") else value


def quantity(value: Any, unit: str, where: str) -> float:
    """Return a quantity in its SI unit. Raises UnitError for a bare number, an unknown unit or another dimension."""
    text = as_text(value)
    if not isinstance(text, str):
        mend = f'Write it as text with its unit, for example "1 {example_unit(unit)}"'
        raise UnitError(Fault(where, f"{text!r} has no unit", mend))
    return to_si(text, unit, where)


def positive(value: Any, unit: str, where: str) -> float | None:
    """Return a quantity in its SI unit, None for none. Raises UnitError, or InputError for one that is not positive."""
    if value is None:
        return None
    found = quantity(value, unit, where)
    if found <= 0:
        raise InputError(Fault(where, f"{as_text(value)!r} is not positive", "Give a positive quantity with its unit"))
    return found


def all_positive(given: dict[str, tuple[Any, str]]) -> dict[str, float]:
    """Return those quantities that are given, name -> SI; given: name -> (quantity or None, unit). Raises with every fault."""
    found: dict[str, float] = {}
    faults: list[Fault] = []
    for name, (value, unit) in given.items():
        try:
            si = positive(value, unit, name)
        except InputError as error:
            faults += error.faults
        else:
            found |= {} if si is None else {name: si}
    if faults:
        raise InputError(faults)
    return found


def text_of(value: Any, where: str, example: str) -> str:
    """Return what is said in words, or a quantity as text with its unit. Raises InputError for a bare number and all else."""
    text = as_text(value)
    if not isinstance(text, str):
        raise InputError(Fault(where, f"{text!r} is no text", f'Write it as text, such as "{example}"'))
    return text


def each(given: Any, where: str) -> list[Any]:
    """Return what was given as a list; a text is one thing. Raises InputError for what is no list."""
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        if not isinstance(given, str | os.PathLike):
            raise InputError(Fault(where, f"{given!r} is no list", "Give a list, with one thing in it at least"))
        return [given]
    return list(cast("Iterable[Any]", given))


def path_of(place: Place, where: str) -> Path:
    """Return a place as a Path. Raises InputError for what is none."""
    if not isinstance(place, str | os.PathLike):  # pyright: ignore[reportUnnecessaryIsInstance] - a notebook holds no types
        raise InputError(Fault(where, f"{place!r} is no path", 'Give a path as text or Path, such as "cell.toml"'))
    return Path(place)


def count(value: Any, where: str, least: int = 1) -> int:
    """Return a whole number. Raises InputError for anything else, or one below `least`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InputError(Fault(where, f"{value!r} is no whole number from {least} on", f"Give one such as {least}"))
    return value


def fractions(pair: Sequence[float], where: str) -> tuple[float, float]:
    """Return two fractions of a picture. Raises InputError for anything else."""
    try:
        low, high = (float(one) for one in pair)
    except (TypeError, ValueError):
        low, high = 0.0, 0.0
    if not 0.0 <= low < high <= 1.0:
        raise InputError(Fault(where, f"{pair!r} is no pair of fractions", "Write two from 0 to 1, such as (0.3, 0.4)"))
    return low, high
