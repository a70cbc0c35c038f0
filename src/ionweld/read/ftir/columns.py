"""Text columns (.csv, .dpt, .txt): wavenumber in 1/cm, then absorbance or transmittance; a header may name which."""

import re
from dataclasses import replace

from ionweld.measurement.infrared import InfraredSpectrum, Ordinate
from ionweld.read.ftir.spectrum import make_spectrum, ordinate_of, refuse
from ionweld.read.text import RawFile, decode, numbers, sniff_layout, split_fields, split_table, start_report

_READER = "ftir text columns"
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?")
_LONGEST_HEADER = 2000


def read_columns(source: RawFile, ordinate: Ordinate | None) -> InfraredSpectrum:
    """Return the spectrum in a text file. Raises FileFormatError."""
    text = decode(source)
    start = next((i for i in range(min(len(text.lines), _LONGEST_HEADER)) if _three_rows(text.lines[i : i + 3])), None)
    if start is None:
        raise refuse(source, "has no rows of two numbers (wavenumber, value), and is neither JCAMP-DX nor .spa")
    rows = [line for line in text.lines[start:] if line.strip()]
    layout = sniff_layout(rows)
    width = max(2, min(64, len(split_fields(rows[0].strip(" "), layout.delimiter))))
    names = ["wavenumber", "value", *(f"column {n}" for n in range(3, width + 1))]
    table = split_table(rows, names, layout)
    said = _said_by_header(text.lines[:start])
    report = replace(
        start_report(source, _READER, text, layout),
        header_line=start or None,
        columns_mapped={"column 1": "wavenumber / cm-1", "column 2": str(ordinate or said)},
        columns_unmapped=tuple(names[2:]),
    )
    return make_spectrum(
        source,
        numbers(table["wavenumber"], layout.decimal_mark),
        numbers(table["value"], layout.decimal_mark),
        ordinate or said,
        report,
    )


def _three_rows(lines: list[str]) -> bool:
    return len(lines) == 3 and all(_has_two_numbers(line) for line in lines)


def _has_two_numbers(line: str) -> bool:
    for delimiter in ("\t", ";", ",", " "):
        fields = split_fields(line.strip(" "), delimiter)
        if len(fields) >= 2 and all(_NUMBER.fullmatch(field) for field in fields[:2]):
            return True
    return False


def _said_by_header(lines: list[str]) -> Ordinate | None:
    for line in reversed(lines):
        for field in re.split(r"[\t;,]", line):
            found = ordinate_of(field.strip().strip('"'))
            if found is not None:
                return found
    return None
