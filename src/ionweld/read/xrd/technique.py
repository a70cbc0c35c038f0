"""Powder diffractograms: counts over 2 theta."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from ionweld.measurement.pattern import Diffractogram
from ionweld.measurement.store import write_measurements
from ionweld.read.technique import Glimpse, Likeness, Technique

_WORDS = (
    "2theta",
    "2 theta",
    "2-theta",
    "two theta",
    "two_theta",
    "2θ",
    "2th",
    "twotheta",
    "k-alpha",
    "kalpha",
)
_WAVELENGTH = re.compile(r"wave\s?length[^\n]{0,20}\d", re.IGNORECASE)  # that of the tube; without a number, an axis
_ANGLE = re.compile(r"\bangle\b|\btheta\b|\bθ|winkel|角", re.IGNORECASE)
_ELSE = re.compile(
    r"volt|potential|current|\bamp|temperature|seconds?\b|minutes?\b|hours?\b|[\[(/]\s?(?:s|min|h|V|mA|nm|eV)\b|chrono|raman|\bnm\b|\bTGA?\b|\bDSC\b",
    re.IGNORECASE,
)  # in remarks above bare columns: what is scanned there is no angle
_NARROWEST_DEG, _WIDEST_DEG = 10.0, 180.0


def _recognises(glimpse: Glimpse) -> Likeness:
    if _is_known(glimpse.head):
        return Likeness.NAMED
    if not glimpse.columns.is_table:
        return Likeness.NO
    if glimpse.columns.says(*_WORDS) or any(map(_WAVELENGTH.search, glimpse.columns.header)):
        return Likeness.NAMED
    named = any(map(_ANGLE.search, glimpse.columns.header[-1:]))
    other = any(map(_ELSE.search, glimpse.columns.header)) and not glimpse.columns.says("kv")  # a tube's is given in kV
    bare = glimpse.columns.is_bare and not other
    return Likeness.BARE if (named or bare) and _runs_as_a_scan(glimpse) else Likeness.NO


def _is_known(head: bytes) -> bool:
    """Return whether one of the formats calls the beginning of a file its own."""
    from ionweld.read.xrd import known_formats

    return any(module.recognises(head) for module in known_formats())


def _runs_as_a_scan(glimpse: Glimpse) -> bool:
    """Angles that rise in equal steps over more than a photoelectron region is wide, and nothing below zero."""
    angles, counts = glimpse.columns.values[:, 0], glimpse.columns.values[:, 1]
    steps = np.diff(angles)
    even = bool(np.all(steps > 0.0)) and float(np.ptp(steps)) < 0.1 * float(np.median(steps))
    inside = angles[0] >= 0.0 and angles[-1] <= _WIDEST_DEG and angles[-1] - angles[0] >= _NARROWEST_DEG
    return even and bool(inside) and bool(np.all(counts >= 0.0))


def _companion(glimpse: Glimpse) -> str | None:
    """A crystal structure (CIF) is a phase to fit with."""
    is_cif = any(line.startswith(("_cell_length_a", "data_")) for line in glimpse.lines[:50])
    return "ionweld xrd fit SCAN --phases {file}" if is_cif and glimpse.path.suffix.lower() == ".cif" else None


def _read(path: Path) -> list[Diffractogram]:
    from ionweld.read.xrd import read_diffractogram

    return [read_diffractogram(path)]


def _unsaid(scans: Sequence[Diffractogram]) -> str:
    return " --wavelength Cu" if any(scan.radiation is None for scan in scans) else ""


def _write(path: Path, scans: Sequence[Diffractogram]) -> Path:
    (scan,) = scans
    table = pl.DataFrame({"2 Theta / deg": scan.two_theta_deg, "Intensity / 1": scan.counts})
    return write_measurements(path, table, scans)


TECHNIQUE = Technique(
    name="xrd",
    kind="diffractogram",
    suffix=".xrd.parquet",
    recognises=_recognises,
    read=_read,
    write=_write,
    next="ionweld xrd fit {file}",
    unsaid=_unsaid,
    companion=_companion,
)
