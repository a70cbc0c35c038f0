"""Tables with a header of their own: find it anywhere in a text, and read the rows that belong to it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ionweld.errors import Fault, FileFormatError
from ionweld.read.eis.immittance import recipe
from ionweld.read.eis.numbered import without_numbers
from ionweld.read.eis.table import HOW_TO_MEND, Table, TableBlock, read_block
from ionweld.read.eis.vocabulary import Column, may_name_frequency, understand
from ionweld.read.text import Layout, RawFile, Text, decimal_mark, is_number, sniff_layout, split_fields, unique_names

_SEARCHED_LINES = 3000
_LONGEST_HEADER = 20_000
_LETTERS = re.compile(r"[^\W\d_eE]")
_BEGINS_WITH_NUMBER = re.compile(r"\W*\d")  # no header does, and most rows do
_VALUE = re.compile(r"[+-]?\d+[.,]?\d*(?:\s|[eEdD])")  # "1.0D+05", "100 Hz": no unit
_NUMBER_SIGN = re.compile(r"\s*#[\s,;]")
_COMMENT = re.compile(r"\s*(?:#|%|//)\s*")


@dataclass(frozen=True, slots=True)
class Header:
    """A line that names a frequency and an impedance: its index, its fields, and how they were separated."""

    line: int
    fields: tuple[str, ...]
    delimiter: str


def read_named(source: RawFile, text: Text, reader: str) -> Table:
    """Return the table below the first header that names a whole impedance.

    Raises FileFormatError when there is no such header, no row below it, or a second, different header further down.
    """
    header = find_header(text.lines)
    if header is None:
        seen = "it has no header that names a frequency and Z' with Z'', or |Z| with phase"
        raise FileFormatError(Fault(str(source.path), f"was recognised as {reader}, but {seen}", HOW_TO_MEND))
    return read_block(source, text, reader, block_below(source.path, text.lines, header))


def find_header(lines: Sequence[str]) -> Header | None:
    """Return the first line whose fields name a whole impedance, or None."""
    for index, line in enumerate(lines[:_SEARCHED_LINES]):
        if header := _as_header(index, line):
            return header
    return None


def _as_header(index: int, line: str) -> Header | None:
    if len(line) > _LONGEST_HEADER or _BEGINS_WITH_NUMBER.match(line) or not _LETTERS.search(line):
        return None
    if not may_name_frequency(line):
        return None
    line = _COMMENT.sub("", line, count=1) if _COMMENT.match(line) else line
    for delimiter in ("\t", ";", ",", "  ", " "):
        fields = without_numbers(split_fields(line, delimiter))
        roles = {column.role for column in map(understand, fields) if column}
        if recipe(roles):
            while fields and not fields[-1]:
                fields.pop()
            return Header(index, tuple(fields), delimiter.strip(" ") or " ")
    return None


def block_below(path: Path, lines: Sequence[str], header: Header) -> TableBlock:
    """Return the block of rows below a header. Raises FileFormatError when there is none, or a second other header."""
    header = _with_its_mark(lines, _without_gaps(lines, header))
    units, first = _units_below(lines, header)
    meaning = _meaning(header.fields, units)
    other = _other_header(lines, header, first)
    if other is not None:
        seen = f"line {other + 1} has another header than line {header.line + 1}"
        raise FileFormatError(Fault(str(path), seen, "Put each table into a file of its own"))
    sample = [line for line in lines[first : first + 400] if line.strip()]
    if not sample:
        raise FileFormatError(
            Fault(str(path), f"has a header in line {header.line + 1}, but no numbers follow", "Export it again")
        )
    layout = _layout(sample, header)
    return TableBlock(header.fields, meaning, header.line, first, layout)


def _without_gaps(lines: Sequence[str], header: Header) -> Header:
    """Return the header without empty names, where the rows have just as many fields as it has names."""
    names = tuple(field for field in header.fields if field)
    fits = len(names) < len(header.fields) and _most_rows_have(len(names), lines, header)
    return replace(header, fields=names) if fits else header


def _with_its_mark(lines: Sequence[str], header: Header) -> Header:
    """Return the header with a "#" before it as the name of a column, where the rows have one field more than names."""
    fits = _NUMBER_SIGN.match(lines[header.line]) and _most_rows_have(len(header.fields) + 1, lines, header)
    return replace(header, fields=("#", *header.fields)) if fits else header


def _most_rows_have(count: int, lines: Sequence[str], header: Header) -> bool:
    rows = [line for line in lines[header.line + 1 : header.line + 100] if _BEGINS_WITH_NUMBER.match(line)]
    counts = [len(split_fields(row.rstrip(), header.delimiter)) for row in rows]
    return 2 * counts.count(count) > len(counts)


def _units_below(lines: Sequence[str], header: Header) -> tuple[tuple[str, ...], int]:
    """Return the units that stand in a row of their own below the header, and the index of the first row."""
    first = header.line + 1
    while first < len(lines) and not lines[first].strip():
        first += 1
    if first < len(lines) and _LETTERS.search(lines[first]) and len(lines[first]) < _LONGEST_HEADER:
        units = split_fields(lines[first], header.delimiter)
        if len(units) == len(header.fields) and not any(is_number(unit) or _VALUE.match(unit) for unit in units):
            return tuple(units), first + 1
    return (), first


def _meaning(fields: tuple[str, ...], units: tuple[str, ...]) -> dict[str, Column]:
    named = zip(unique_names(fields), fields, units or [""] * len(fields), strict=True)
    return {name: column for name, field, unit in named if (column := understand(field, unit))}


def _other_header(lines: Sequence[str], header: Header, first: int) -> int | None:
    for index in range(first, len(lines)):
        other = _as_header(index, lines[index])
        if other and _without_gaps(lines, other).fields != header.fields:
            return index
    return None


def _layout(sample: Sequence[str], header: Header) -> Layout:
    """The header's delimiter where the rows use it too, otherwise the one that the rows show."""
    rows = [split_fields(line.strip(" "), header.delimiter) for line in sample[:50]]
    if header.delimiter != " " and 2 * sum(len(row) >= len(header.fields) for row in rows) > len(rows):
        mark = decimal_mark(field for row in rows for field in row)
        return Layout(header.delimiter, mark)
    return sniff_layout(sample)
