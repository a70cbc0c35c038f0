"""Text columns (.xy, .csv, .txt, .dat): 2 theta in degrees, then counts; anything above the numbers is a header.

The first block of rows with at least two numbers is the scan; further columns are kept out and listed. A wavelength
is taken only from a header line that names it ("wavelength 1.5406", "K-Alpha1 wavelength,1.540598").
"""

import re
from dataclasses import replace

from ionweld.measurement.pattern import Diffractogram, Radiation
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
)
from ionweld.read.xrd.scan import make_scan, radiation_or_none, refuse

_READER = "xrd text columns"
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?")
_WAVELENGTH = re.compile(r"(?i)(?:wave\s?length|lambda|k-?alpha\s?1?)\D{0,20}?(\d[.,]\d{2,})")
_SECOND = re.compile(r"(?i)k-?alpha\s?2\D{0,20}?(\d[.,]\d{2,})")
_RATIO = re.compile(r"(?i)ratio[^\n]{0,40}?[,;=:\s](0[.,]\d+)")
_LONGEST_HEADER = 2000


def read_columns(source: RawFile) -> Diffractogram:
    """Return the scan in a text file. Raises FileFormatError."""
    text = decode(source)
    start = _first_data_line(text)
    if start is None:
        raise refuse(source, "has no rows of two numbers (2 theta, counts), and is neither .xrdml nor .rasx")
    rows = [line for line in text.lines[start:] if line.strip()]
    layout = sniff_layout(rows)
    width = max(2, min(64, len(split_fields(rows[0].strip(" "), layout.delimiter))))
    names = ["two theta", "counts", *(f"column {n}" for n in range(3, width + 1))]
    table = split_table(rows, names, layout)
    report = replace(
        start_report(source, _READER, text, layout),
        header_line=start or None,
        columns_mapped={"column 1": "2 theta / deg", "column 2": "counts"},
        columns_unmapped=tuple(names[2:]),
    )
    angles = numbers(table["two theta"], layout.decimal_mark)
    counts = numbers(table["counts"], layout.decimal_mark)
    return make_scan(source, angles, counts, report, _radiation(text.lines[:start]))


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
