"""Lists of a count and as many rows of frequency, Z', Z'', `.i2b`.

    lines of comments
    29
    10000.0 109.00918219439028 -26.55567987651522
    7196.856730011521 112.05775995468218 -35.16622560165986

| position | meaning                                  |
|----------|------------------------------------------|
| 1        | frequency in Hz                          |
| 2        | real part in ohm                         |
| 3        | imaginary part, negative for a capacitor |

Nothing names the columns, so a list is taken for one only where the count holds to the last row and the first column runs
as a frequency does. (Layout: the test files of pyimpspec, beside the same data in eight other formats.)
"""

import re

from ionweld.read.eis.sequence import runs_as_frequency
from ionweld.read.eis.table import Table, TableBlock, read_block
from ionweld.read.eis.vocabulary import Column
from ionweld.read.text import Layout, RawFile, Text, is_number

NAME = "counted list (.i2b)"
_COUNT = re.compile(r"\s*\d{1,6}\s*")
_SEARCHED_LINES = 100
_NAMES = ("frequency", "Z'", "Z''")
_MEANING = {
    "frequency": Column("frequency", note="known by its place alone; read as Hz"),
    "Z'": Column("real", note="known by its place alone; read as ohm"),
    "Z''": Column("imaginary", note="known by its place alone; read as ohm"),
}


def recognises(text: Text) -> bool:
    """Return whether a count stands above the rows, and these are three numbers each that begin with a frequency."""
    return _first_row(text) is not None


def read(source: RawFile, text: Text) -> Table:
    """Return the rows below the count."""
    first = _first_row(text)
    assert first is not None, "read follows recognises"
    block = TableBlock(_NAMES, _MEANING, None, first, Layout(" ", "."))
    return read_block(source, text, NAME, block, int(text.lines[first - 1]))


def _first_row(text: Text) -> int | None:
    """Return the index of the line below a count that holds: as many rows as it says, or a few that were cut off."""
    for at, line in enumerate(text.lines[:_SEARCHED_LINES]):
        if not _COUNT.fullmatch(line) or not all(map(_is_row, text.lines[at + 1 : at + 4])):
            continue
        rows = [row for row in text.lines[at + 1 :] if row.strip()]
        if 3 <= len(rows) <= int(line) and all(map(_is_row, rows)):
            return at + 1 if runs_as_frequency([float(row.split()[0]) for row in rows]) else None
    return None


def _is_row(line: str) -> bool:
    fields = line.split()
    return len(fields) == 3 and all(is_number(field) and "," not in field for field in fields)
