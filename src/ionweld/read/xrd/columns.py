"""Text columns (.xy, .csv, .txt, .dat): 2 theta in degrees, then counts; anything above the numbers is a header.

The first block of rows with at least two numbers is the scan; further columns are kept out and listed. Names above them
say which column is which ("No., 2theta, I", "Angle, TimePerStep, Intensity"); what is named d or q is refused. A wavelength
is taken only from a header line that names it ("wavelength 1.5406", "K-Alpha1 wavelength,1.540598").
"""

import re
from dataclasses import replace

from ionweld.measurement.pattern import Diffractogram, Radiation
from ionweld.read.named_columns import find_column, names_above, wanted
from ionweld.read.text import (
    Layout,
    RawFile,
    Text,
    decode,
    numbers,
    sniff_layout,
    split_fields,
    split_table,
    start_report,
    unique_names,
)
from ionweld.read.xrd.scan import make_scan, radiation_or_none, refuse

_READER = "xrd text columns"
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?")
_WAVELENGTH = re.compile(r"(?i)(?:wave\s?length|lambda|k-?alpha\s?1?)\D{0,20}?(\d[.,]\d{2,})")
_SECOND = re.compile(r"(?i)k-?alpha\s?2\D{0,20}?(\d[.,]\d{2,})")
_RATIO = re.compile(r"(?i)ratio[^\n]{0,40}?[,;=:\s](0[.,]\d+)")
_LONGEST_HEADER = 2000
_ANGLE = wanted(r"2\s*[-*·]?\s*(theta|θ|ϑ|th\b)|two.?theta|\btth\b|angle|winkel|\bpos|角", r"omega|phi|chi|esd")
_COUNTS = wanted(
    r"count|cps|\bint|imp|obs|det|psd|signal|^y\b|^i\b|强度|强|강도", r"time|step|esd|sig|err|calc|back|bkg|diff"
)
_NO_ANGLE = wanted(r"^d\b|d.?spac|^q\b|q\s*[\[(/]|^s\b|energ|keV|time|channel", r"2\s*theta")
_HALF = wanted(r"^(theta|θ|ϑ|th)\b", r"2")


def read_columns(source: RawFile) -> Diffractogram:
    """Return the scan in a text file. Raises FileFormatError."""
    text = decode(source)
    start = _first_data_line(text)
    if start is None:
        raise refuse(source, "has no rows of two numbers (2 theta, counts), and is neither .xrdml nor .rasx")
    rows = [line for line in text.lines[start:] if line.strip()]
    layout = sniff_layout(rows)
    width = max(2, min(64, len(split_fields(rows[0].strip(" "), layout.delimiter))))
    above = names_above(text.lines[:start], layout, width)
    angle, signal = _places(source, above)
    if signal >= width:
        raise refuse(source, f"has no counts beside its column {above[angle]!r}")
    names = unique_names([*above, *(f"column {n}" for n in range(len(above) + 1, width + 1))])
    table = split_table(rows, names, layout)
    half = bool(above) and _HALF.is_named(above[angle])
    report = replace(
        start_report(source, _READER, text, layout),
        header_line=start or None,
        columns_mapped={names[angle]: "2 theta / deg", names[signal]: "counts"},
        columns_unmapped=tuple(name for at, name in enumerate(names) if at not in (angle, signal)),
        warnings=(f"its angles are called {above[angle]!r}: they were read as 2 theta",) if half else (),
    )
    angles = numbers(table[names[angle]], layout.decimal_mark)
    counts = numbers(table[names[signal]], layout.decimal_mark)
    return make_scan(source, angles, counts, report, _radiation(text.lines[:start]))


def _places(source: RawFile, names: list[str]) -> tuple[int, int]:
    """Return which columns hold the angle and the counts. Raises FileFormatError where the first is named something else."""
    angle = find_column(names, _ANGLE)
    if angle is None and names and _NO_ANGLE.is_named(names[0]):
        raise refuse(source, f"has {names[0]!r} for 2 theta", "Export the scan over 2 theta in degrees")
    angle = angle or 0
    signal = find_column(names, _COUNTS, besides=angle)
    return angle, angle + 1 if signal is None else signal


def _first_data_line(text: Text) -> int | None:
    """Return the first line from which three follow each other with two numbers."""
    run = 0
    for position, line in enumerate(text.lines[:_LONGEST_HEADER]):
        run = run + 1 if _has_two_numbers(line) else 0
        if run == 3:
            return position - 2
    return None


def _has_two_numbers(line: str) -> bool:
    for layout in (Layout("\t", "."), Layout(";", "."), Layout(",", "."), Layout(" ", ".")):
        fields = split_fields(line.strip(" "), layout.delimiter)
        if len(fields) >= 2 and all(_NUMBER.fullmatch(field) for field in fields[:2]):
            return True
    return False


def _radiation(header: list[str]) -> Radiation | None:
    joined = "\n".join(header)[:20000]
    found = [_WAVELENGTH.search(joined), _SECOND.search(joined), _RATIO.search(joined)]
    first, second, ratio = (float(match[1].replace(",", ".")) if match else 0.0 for match in found)
    return radiation_or_none(first, second, ratio, "file header") if first else None
