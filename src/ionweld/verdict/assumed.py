"""The numbers that the verdict on a solvent assumes: spec/library/compatibility.toml."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


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
    text = (files("ionweld.spec") / "library" / "compatibility.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
