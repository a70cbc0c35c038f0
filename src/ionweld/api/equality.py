"""When two results are equal: the same type with the same values, arrays and tables included, to the last bit."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import polars as pl


def same(one: Any, other: Any) -> bool:
    """Say whether two values are equal. What is not known (NaN, null) equals itself; fields that do not compare are left out."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    known = next((compare for kind, compare in _BY_KIND if isinstance(one, kind)), None)
    if known is not None:
        return known(one, other)
    if is_dataclass(one):
        return all(same(getattr(one, part.name), getattr(other, part.name)) for part in fields(one) if part.compare)
    if type(one).__eq__ is object.__eq__ and not hasattr(one, "__qualname__"):
        # it cannot compare itself, and is no function or class: it is what it is made of
        made = vars if hasattr(one, "__dict__") else _made_of
        return same(made(one), made(other))
    return bool(one == other) or (one != one and other != other)


def _arrays(one: Any, other: Any) -> bool:
    """Compare arrays; those of records field by field, since only within a field a NaN equals itself."""
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    if one.dtype.names:
        return all(_arrays(one[name], other[name]) for name in one.dtype.names)
    return bool(np.array_equal(one, other, equal_nan=one.dtype.kind in "fc"))


def _tables(one: Any, other: Any) -> bool:
    return bool(one.equals(other, null_equal=True))


def _documents(one: Any, other: Any) -> bool:
    return list(one) == list(other) and all(same(one[key], other[key]) for key in one)


def _lists(one: Any, other: Any) -> bool:
    return len(one) == len(other) and all(map(same, one, other))


_BY_KIND: tuple[tuple[Any, Callable[[Any, Any], bool]], ...] = (
    (np.ndarray, _arrays),
    (pl.DataFrame, _tables),
    (dict, _documents),
    ((list, tuple), _lists),
)


def _made_of(one: Any) -> Any:
    """Return what pickle would write of an object without attributes; the object itself where it cannot be written."""
    try:
        return one.__reduce_ex__(4)
    except TypeError:
        return id(one)
