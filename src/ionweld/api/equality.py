"""When two results are equal: the same type with the same values, arrays and tables included, to the last bit."""

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
    if isinstance(one, np.ndarray):
        exact = one.dtype.kind not in "fc"
        return one.shape == other.shape and bool(np.array_equal(one, other, equal_nan=not exact))
    if isinstance(one, pl.DataFrame):
        return one.equals(other, null_equal=True)
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if is_dataclass(one):
        return all(same(getattr(one, part.name), getattr(other, part.name)) for part in fields(one) if part.compare)
    if type(one).__eq__ is object.__eq__ and not callable(
        one
    ):  # a class that cannot compare itself is what it is made of
        made = vars if hasattr(one, "__dict__") else _made_of
        return same(made(one), made(other))
    return bool(one == other) or (one != one and other != other)


def _made_of(one: Any) -> Any:
    """Return what pickle would write of an object without attributes; the object itself where it cannot be written."""
    try:
        return one.__reduce_ex__(4)
    except TypeError:
        return id(one)
