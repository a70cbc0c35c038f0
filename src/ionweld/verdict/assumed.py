"""The numbers that the verdict on a solvent assumes: spec/library/compatibility.toml."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def assumed() -> dict[str, float]:
    """Return the numbers that the verdict assumes."""
    text = (files("ionweld.spec") / "library" / "compatibility.toml").read_text(encoding="utf-8")
    return {name: float(row["value"]) for name, row in tomllib.loads(text).items()}
