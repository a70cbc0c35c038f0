"""Text columns (.xy, .csv, .txt, .dat): 2 theta in degrees, then counts; anything above the numbers is a header.

The first block of rows with at least two numbers is the scan; further columns are kept out and listed. Names above them
say which column is which ("No., 2theta, I", "Angle, TimePerStep, Intensity"); what is named d or q is refused. A wavelength
is taken only from a header line that names it ("wavelength 1.5406", "K-Alpha1 wavelength,1.540598").
"""

import re
from dataclasses import replace

from ionweld.measurement.pattern import Diffractogram, Radiation
from ionweld.read.named_columns import find_column, number_table, wanted
from ionweld.read.text import RawFile, decode, start_report
from ionweld.read.xrd.scan import make_scan, radiation_or_none, refuse

_READER = "xrd text columns"
_WAVELENGTH = re.compile(r"(?i)(?:wave\s?length|lambda|k-?alpha\s?1?)\D{0,20}?(\d[.,]\d{2,})")
_SECOND = re.compile(r"(?i)k-?alpha\s?2\D{0,20}?(\d[.,]\d{2,})")
_RATIO = re.compile(r"(?i)ratio[^\n]{0,40}?[,;=:\s](0[.,]\d+)")
_ANGLE = wanted(r"2\s*[-*·]?\s*(theta|θ|ϑ|th\b)|two.?theta|\btth\b|angle|winkel|\bpos|角", r"omega|phi|chi|esd")
_COUNTS = wanted(
    r"count|cps|\bint|imp|obs|det|psd|signal|^y\b|^i\b|强度|强|강도", r"time|step|esd|sig|err|calc|back|bkg|diff"
)
_NO_ANGLE = wanted(r"^d\b|d.?spac|^q\b|q\s*[\[(/]|^s\b|energ|keV|time|channel", r"2\s*theta")
_HALF = wanted(r"^(theta|θ|ϑ|th)\b", r"2")


def read_columns(source: RawFile) -> Diffractogram:
    """Return the scan in a text file. Raises FileFormatError."""
    text = decode(source)
    found = number_table(text)
    if found is None:
        raise refuse(source, "has no rows of two numbers (2 theta, counts), and is neither .xrdml nor .rasx")
    above, names = found.above, found.names
    angle, signal = _places(source, above)
    if signal >= len(names):
        raise refuse(source, f"has no counts beside its column {above[angle]!r}")
    half = bool(above) and _HALF.is_named(above[angle])
    report = replace(
        start_report(source, _READER, text, found.layout),
        header_line=found.start or None,
        columns_mapped={names[angle]: "2 theta / deg", names[signal]: "counts"},
        columns_unmapped=found.besides(angle, signal),
        warnings=(
            *found.remarks,
            *([f"its angles are called {above[angle]!r}: they were read as 2 theta"] if half else []),
        ),
    )
    return make_scan(source, found.column(angle), found.column(signal), report, _radiation(text.lines[: found.start]))


def _places(source: RawFile, names: list[str]) -> tuple[int, int]:
    """Return which columns hold the angle and the counts. Raises FileFormatError where the first is named something else."""
    angle = find_column(names, _ANGLE)
    if angle is None and names and _NO_ANGLE.is_named(names[0]):
        raise refuse(source, f"has {names[0]!r} for 2 theta", "Export the scan over 2 theta in degrees")
    angle = angle or 0
    signal = find_column(names, _COUNTS, besides=angle)
    return angle, angle + 1 if signal is None else signal


def _radiation(header: list[str]) -> Radiation | None:
    joined = "\n".join(header)[:20000]
    found = [_WAVELENGTH.search(joined), _SECOND.search(joined), _RATIO.search(joined)]
    first, second, ratio = (float(match[1].replace(",", ".")) if match else 0.0 for match in found)
    return radiation_or_none(first, second, ratio, "file header") if first else None
