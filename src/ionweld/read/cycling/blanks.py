"""Tables whose columns stand apart by blanks alone, as programs print them: told, and written anew with tabs.

    Time / h    U / V     I / mA          time voltage current       # t(s) E(V) I(A)
      0.0000   3.4000    -0.1000          s V mA                     0.000e+00 3.400e+00 -1.000e-04

Names may hold single blanks where two or more stand between the columns. Nothing tells which cell of a row is missing,
so that a row with another number of cells than there are names is left out, and said; where many are, the table is
refused.
"""

import re
from collections.abc import Sequence
from io import BytesIO
from itertools import islice

from ionweld.errors import Fault, FileFormatError
from ionweld.read.text import split_fields
from ionweld.wording import many

ONE, TWO = " ", "  "
_ROWS_LOOKED_AT = 20
_MOST = 0.9  # of the rows, at least, have as many cells as there are names
_BEFORE_BRACKET, _AROUND_SLASH = re.compile(r"\s+(?=[(\[])"), re.compile(r"\s*/\s*")
_NOT_BETWEEN_WORDS = re.compile(r"(?<![^\W\d_])\s+|\s+(?![^\W\d_])")
_OUTSIDE_BRACKETS = re.compile(r"\s+(?![^(\[]*[)\]])")


def names_apart(line: str, delimiter: str) -> list[str]:
    """Return the names in a line; where single blanks part them, a unit belongs to the name before it."""
    if delimiter == TWO:
        return split_fields(line, TWO)
    joined = _AROUND_SLASH.sub("/", _BEFORE_BRACKET.sub("", line.strip()))
    return [name.strip('"') for name in _OUTSIDE_BRACKETS.split(joined)]


def rows_apart(rows: Sequence[str], width: int) -> bool:
    """Return whether most of these rows have `width` cells."""
    filled = [row for row in rows if row.strip()][:_ROWS_LOOKED_AT]
    return sum(_cells(row, width) is not None for row in filled) > len(filled) / 2


def with_tabs(text: bytes, header_lines: int, width: int) -> tuple[bytes, int]:
    """Return the rows that have `width` cells, with tabs between these, and how many had another number of them.

    text: as UTF-8, rows below so many lines. Raises FileFormatError when rows of another width are many.
    """
    out, rows, others = BytesIO(), 0, 0
    for line in islice(BytesIO(text), header_lines, None):
        if row := line.decode("utf-8", "replace").strip():
            cells = _cells(row, width)
            rows, others = rows + 1, others + (cells is None)
            out.write("\t".join(cells).encode("utf-8") + b"\n" if cells else b"")
    if others > (1.0 - _MOST) * rows:
        seen = f"{others} of its {many(rows, 'row')} have not the {width} cells that its header names"
        mend = "Save it with tabs, semicolons or commas between the columns, so that an empty cell can be told"
        raise FileFormatError(Fault("", seen, mend))
    return out.getvalue(), others


def _cells(row: str, width: int) -> list[str] | None:
    """Return the cells of a row: two blanks or more between them, or any blank, or any but those between words."""
    for delimiter in (TWO, ONE):
        cells = split_fields(row, delimiter)
        if len(cells) == width:
            return cells
    cells = _NOT_BETWEEN_WORDS.split(row.strip())
    return cells if len(cells) == width else None
