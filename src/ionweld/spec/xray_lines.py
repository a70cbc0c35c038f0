"""X-ray lines that an energy-dispersive detector sees, and the elements that it does not."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class XrayLines:
    """energy_keV of each line ("F Ka"); lines nearer than resolution_keV are not told apart; what is invisible, why."""

    energy_keV: dict[str, float]
    resolution_keV: float
    invisible: dict[str, str]


@cache
def xray_lines() -> XrayLines:
    """Return the table of xray_lines.toml."""
    table = tomllib.loads(Path(__file__).with_name("xray_lines.toml").read_text(encoding="utf-8"))
    return XrayLines(table["lines_keV"], table["resolution_keV"], table["invisible"])
