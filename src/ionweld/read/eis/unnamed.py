"""Tables of numbers without names: read when a person says what the columns are.

    1000000 55.1 -3.2          --columns "f,re,im"
    1000000;55,1;3,2           --columns "f,re,-im"
    0.1, 300, -85, 25          --columns "f,mod,phase_deg,-"

The words are those of the vocabulary, with their usual units (Hz, ohm) or with one of their own ("f_kHz", "re_kohm");
"-" stands for a column that is not used.
"""

import re

from ionweld.errors import Fault, FileFormatError, InputError
from ionweld.read.eis.immittance import recipe
from ionweld.read.eis.table import Table, TableBlock, read_block
from ionweld.read.eis.vocabulary import Column, understand
from ionweld.read.text import RawFile, Text, is_number, sniff_layout, split_fields, unique_names

NAME = "table without names"
_UNUSED = "-"
HOW_TO_SAY = 'Write for example --columns "f,re,-im", "f,mod,phase_deg" or "f_kHz,re,im,-" ("-": not used)'
_FEWEST_ROWS = 3


def read(source: RawFile, text: Text, columns: str) -> Table:
    """Return the rows of numbers of a file whose columns a person named.

    Raises InputError for words that are not understood, FileFormatError when there are no such rows.
    """
    names, meaning = _meaning(columns)
    first = _first_row(text, len(names))
    if first is None:
        seen = f"has no rows of {len(names)} numbers, as --columns {columns!r} says"
        raise FileFormatError(Fault(str(source.path), seen, HOW_TO_SAY))
    layout = sniff_layout(text.lines[first:])
    return read_block(source, text, NAME, TableBlock(names, meaning, None, first, layout))


def strange_columns(text: Text) -> str | None:
    """Return what stands in a way where a text is a table of numbers that nobody can read; None where it is no table."""
    table = _names_above(text)
    if table is None:
        return None
    names, width = table
    if not names:
        return f"{width} columns of numbers without names"
    strange = ", ".join(repr(name[:40]) for name in names if understand(name) is None) or "none"
    return f"its columns are {', '.join(names)[:200]}; not understood: {strange}"


def names_an_impedance(text: Text) -> bool:
    """Return whether a table's columns are Z' and Z'' by their names, or |Z| and phase, though its frequency is not."""
    names, _ = _names_above(text) or ((), 0)
    roles = {column.role for column in map(understand, names) if column is not None}
    return {"real", "imaginary"} <= roles or {"modulus", "phase"} <= roles


def _names_above(text: Text) -> tuple[list[str], int] | None:
    """Return the names above the first table of numbers, none where there are none, and its width; None without a table."""
    filled = [line for line in text.lines[:200] if line.strip()]
    layout = sniff_layout(filled)
    rows = [split_fields(line.strip(), layout.delimiter) for line in filled]
    numeric = [row for row in rows if len(row) > 1 and all(map(is_number, row))]
    if len(numeric) < _FEWEST_ROWS or 2 * len(numeric) < len(rows):
        return None
    above = [row for row in rows[: rows.index(numeric[0])] if len(row) == len(numeric[0])]
    return (above[-1] if above else []), len(numeric[0])


def _meaning(columns: str) -> tuple[tuple[str, ...], dict[str, Column]]:
    words = [word.strip() for word in columns.split(",")]
    found = {word: understand(word) for word in words if word != _UNUSED}
    strange = [word for word, column in found.items() if column is None or column.factor is None]
    if strange:
        seen = f"{', '.join(repr(word) for word in strange)} is no quantity with a unit that is known"
        raise InputError(Fault("columns", seen, HOW_TO_SAY))
    known = {word: column for word, column in found.items() if column is not None}
    if recipe({column.role for column in known.values()}) is None:
        raise InputError(Fault("columns", f"{columns!r} names no frequency with a whole impedance", HOW_TO_SAY))
    names = unique_names([re.sub(r"^-$", "not used", word) for word in words])
    return tuple(names), known


def _first_row(text: Text, count: int) -> int | None:
    """Return the index of the first line of so many numbers."""
    for index, line in enumerate(text.lines[:3000]):
        for delimiter in ("\t", ";", ",", " "):
            fields = split_fields(line.strip(), delimiter)
            if len(fields) >= count and all(map(is_number, fields[:count])):
                return index
    return None
