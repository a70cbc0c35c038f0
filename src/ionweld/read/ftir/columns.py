"""Text columns (.csv, .dpt, .txt): wavenumber in 1/cm, then absorbance or transmittance; a header may name which.

Names above the numbers say which column is which; a wavelength is refused.
"""

import re
from dataclasses import replace

from ionweld.measurement.infrared import InfraredSpectrum, Ordinate
from ionweld.read.ftir.spectrum import make_spectrum, ordinate_of, refuse
from ionweld.read.named_columns import find_column, names_above, wanted
from ionweld.read.text import (
    RawFile,
    decode,
    numbers,
    sniff_layout,
    split_fields,
    split_table,
    start_report,
    unique_names,
)

_READER = "ftir text columns"
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?")
_LONGEST_HEADER = 2000
_PLACE = wanted(r"wave\s?num|cm\s*[-^(]|cm⁻|1/cm|wellenzahl|波数|波數|파수", r"wave\s?len")
_NO_PLACE = wanted(r"wave\s?len|µm|μm|\bum\b|micron|\bnm\b|wellenl|波长", r"cm\s*-")


def read_columns(source: RawFile, ordinate: Ordinate | None) -> InfraredSpectrum:
    """Return the spectrum in a text file. Raises FileFormatError."""
    text = decode(source)
    start = next((i for i in range(min(len(text.lines), _LONGEST_HEADER)) if _three_rows(text.lines[i : i + 3])), None)
    if start is None:
        raise refuse(source, "has no rows of two numbers (wavenumber, value), and is neither JCAMP-DX nor .spa")
    rows = [line for line in text.lines[start:] if line.strip()]
    layout = sniff_layout(rows)
    width = max(2, min(64, len(split_fields(rows[0].strip(" "), layout.delimiter))))
    above = names_above(text.lines[:start], layout, width)
    place, value = _places(source, above)
    if value >= width:
        raise refuse(source, f"has no spectrum beside its column {above[place]!r}")
    names = unique_names([*above, *(f"column {n}" for n in range(len(above) + 1, width + 1))])
    table = split_table(rows, names, layout)
    said = (ordinate_of(above[value]) if value < len(above) else None) or _said_by_header(text.lines[:start])
    report = replace(
        start_report(source, _READER, text, layout),
        header_line=start or None,
        columns_mapped={names[place]: "wavenumber / cm-1", names[value]: str(ordinate or said)},
        columns_unmapped=tuple(name for at, name in enumerate(names) if at not in (place, value)),
    )
    return make_spectrum(
        source,
        numbers(table[names[place]], layout.decimal_mark),
        numbers(table[names[value]], layout.decimal_mark),
        ordinate or said,
        report,
    )


def _places(source: RawFile, names: list[str]) -> tuple[int, int]:
    """Return which columns hold the wavenumber and the spectrum. Raises FileFormatError where the first is a wavelength."""
    place = find_column(names, _PLACE)
    if place is None and names and _NO_PLACE.is_named(names[0]):
        raise refuse(source, f"has {names[0]!r} for the wavenumber", "Export the spectrum over wavenumbers in 1/cm")
    place = place or 0
    value = next((at for at, name in enumerate(names) if at != place and ordinate_of(name)), None)
    return place, place + 1 if value is None else value


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
