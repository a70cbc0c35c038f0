"""What an analysis returns: numbers with their uncertainty and origin, warnings, and a way to lay them out as rows.

A result never hides how it was got: `status` says whether a number was measured, taken from the literature, assumed,
fitted or predicted, and `None` for an uncertainty means that it is not known, never that it is zero.
"""

from dataclasses import asdict, dataclass, is_dataclass
from math import isfinite
from typing import Any, Literal

import numpy as np

Status = Literal["measured", "literature", "assumed", "fitted", "predicted", "derived"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its unit, its standard error and its 95 % interval; None where these are not known."""

    value: float
    unit: str
    stderr: float | None = None
    low: float | None = None
    high: float | None = None
    status: Status = "derived"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a cell: its kind, where in the test, and the evidence that fired it."""

    kind: str
    cycle: int
    time_s: float
    evidence: str


def plain(value: Any) -> Any:
    """Return `value` as plain JSON data: dataclasses become objects, numpy becomes numbers, NaN and inf become null."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, float) and not isfinite(value):
        return None
    return value
