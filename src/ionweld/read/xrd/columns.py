"""Text columns (.xy, .csv, .txt, .dat): 2 theta in degrees, then counts; anything above the numbers is a header.

The first block of rows with at least two numbers is the scan; further columns are kept out and listed. Names above them
say which column is which ("No., 2theta, I", "Angle, TimePerStep, Intensity"); what is named d, q or radians, and roots and
logarithms of counts, are refused. A wavelength is taken only from a header line that names it ("wavelength 1.5406",
"K-Alpha1 wavelength,1.540598", "Wavelength (m): 4.13e-11"), in angstrom unless it says otherwise.
"""

import re
from dataclasses import replace

from ionweld.measurement.pattern import Diffractogram, Radiation
from ionweld.read.named_columns import find_column, number_table, wanted
from ionweld.read.text import RawFile, decode, start_report
from ionweld.read.xrd.scan import make_scan, radiation_or_none, refuse

_READER = "xrd text columns"
_LENGTH = (
    r"(?P<before>[^\d\n]{0,20}?)(?P<number>\d+[.,]\d{2,}(?:[eE][+-]?\d+)?|\d[.,]\d+[eE]-\d+)(?P<after>[^\d\n]{0,12})"
)
_FIRST = re.compile(r"(?:wave\s?length|lambda|k-?alpha\s?1?|(?<![a-z])alpha_?1)" + _LENGTH, re.IGNORECASE)
_SECOND = re.compile(r"(?:k-?alpha\s?2|(?<![a-z])alpha_?2)" + _LENGTH, re.IGNORECASE)
_RATIO = re.compile(r"ratio[^\n]{0,40}?[,;=:\s](0[.,]\d+)", re.IGNORECASE)
_ANGSTROM_PER = {"nm": 10.0, "pm": 0.01, "m": 1e10}
_UNIT = re.compile(r"(?<![a-z])(nm|pm|m)(?![a-z])", re.IGNORECASE)
_ANGLE = wanted(r"2\s*[-*·]?\s*(theta|θ|ϑ|th\b)|two.?theta|\btth\b|angle|winkel|\bpos|角", r"omega|phi|chi|esd")
_COUNTS = wanted(
    r"count|cps|\bint|imp|obs|det|psd|signal|^y\b|^i\b|强度|强|강도", r"time|step|esd|sig|err|calc|back|bkg|diff"
)
_NO_ANGLE = wanted(
    r"^d\b|d.?spac|^q\b|q\s*[\[(/]|^s\b|energ|keV|time|channel|wave\s?num|wave\s?len.*[uµμn]m|wellen|波|cm\s*[-^]"
    r"|hz\b|binding|volt|current|temp",
    r"2\s*theta",
)
_RADIANS = wanted(r"\brad(?:ian)?s?\b|mrad", r"radiation")
_NO_COUNTS = wanted(r"\b(?:sqrt|log(?:10)?|ln)\b|√", r"catalog")
_BESIDES = wanted(
    r"time|step|esd|sig|err|weight|calc?|back|bkg|b(?:kg)?\b|diff|resid|-|theta|angle|omega|\bd\b|^q|no\.?$|index|point|^column",
    "^$",
)
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
            *found.unread(angle, signal, besides=_BESIDES),
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
    signal = angle + 1 if signal is None else signal
    if angle < len(names) and _RADIANS.is_named(names[angle]):
        raise refuse(source, f"has {names[angle]!r} in radians", "Export the scan over 2 theta in degrees")
    if signal < len(names) and _NO_COUNTS.is_named(names[signal]):
        raise refuse(source, f"has {names[signal]!r} for counts", "Export the counts themselves: their noise is needed")
    return angle, signal


def _radiation(header: list[str]) -> Radiation | None:
    joined = "\n".join(header)[:20000]
    first, second = (_angstrom(pattern.search(joined)) for pattern in (_FIRST, _SECOND))
    ratio = _RATIO.search(joined)
    return radiation_or_none(first, second, float(ratio[1].replace(",", ".")) if ratio else 0.0, "file header")


def _angstrom(match: re.Match[str] | None) -> float:
    if match is None:
        return 0.0
    unit = _UNIT.search(match["before"]) or _UNIT.search(match["after"])
    return float(match["number"].replace(",", ".")) * (_ANGSTROM_PER[unit[1].lower()] if unit else 1.0)
