"""The numbers that the verdict on a solvent assumes: spec/library/compatibility.toml."""

from functools import cache
from typing import Any

from ionweld.spec.faults import shipped


@cache
def assumed() -> dict[str, float]:
    """Return the numbers that the verdict assumes."""
    return {name: float(row["value"]) for name, row in _table().items()}


@cache
def assumed_range(name: str) -> tuple[float, float]:
    """Return within which limits one of these numbers may lie."""
    low, high = _table()[name]["range"]
    return float(low), float(high)


def _table() -> dict[str, Any]:
    return shipped("ionweld.spec", "library/compatibility.toml")
