"""X-ray lines that an energy-dispersive detector sees, and the elements that it does not."""

from dataclasses import dataclass
from functools import cache

from ionweld.spec.faults import shipped


@dataclass(frozen=True, slots=True)
class XrayLines:
    """energy_keV of each line ("F Ka"); lines nearer than resolution_keV are not told apart; what is invisible, why."""

    energy_keV: dict[str, float]
    resolution_keV: float
    invisible: dict[str, str]


@cache
def xray_lines() -> XrayLines:
    """Return the table of xray_lines.toml."""
    table = shipped("ionweld.spec", "xray_lines.toml")
    return XrayLines(table["lines_keV"], table["resolution_keV"], table["invisible"])
