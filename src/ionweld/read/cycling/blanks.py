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

import polars as pl

from ionweld.errors import Fault, FileFormatError
from ionweld.read.text import split_fields

ONE, TWO = " ", "  "
_IN_NO_TEXT = "\x1f"
_ROWS_LOOKED_AT = 20
_MOST = 0.9  # of the rows, at least, have as many cells as there are names
_BEFORE_BRACKET, _AROUND_SLASH = re.compile(r"\s+(?=[(\[])"), re.compile(r"\s*/\s*")
_OUTSIDE_BRACKETS = re.compile(r"\s+(?![^(\[]*[)\]])")


def names_apart(line: str, delimiter: str) -> list[str]:
    """Return the names in a line; where single blanks part them, a unit belongs to the name before it."""
    if delimiter == TWO:
        return split_fields(line, TWO)
    joined = _AROUND_SLASH.sub("/", _BEFORE_BRACKET.sub("", line.strip()))
    return [name.strip('"') for name in _OUTSIDE_BRACKETS.split(joined)]


def rows_apart(rows: Sequence[str], width: int) -> bool:
    """Return whether most of these rows have `width` cells."""
    lines = _filled(pl.Series(rows, dtype=pl.String)).head(_ROWS_LOOKED_AT)
    return _whole(_tabbed(lines, width), width).sum() > lines.len() / 2


def with_tabs(text: bytes, header_lines: int, width: int) -> tuple[bytes, int]:
    """Return the rows that have `width` cells, with tabs between these, and how many had another number of them.

    text: as UTF-8, rows below so many lines. Raises FileFormatError when rows of another width are many.
    """
    lines = pl.read_csv(
        text,
        has_header=False,
        skip_lines=header_lines,
        separator=_IN_NO_TEXT,
        quote_char=None,
        schema={"row": pl.String},
        truncate_ragged_lines=True,
    )["row"]
    lines = _tabbed(_filled(lines), width)
    rows = lines.filter(_whole(lines, width))
    if rows.len() < _MOST * lines.len():
        seen = f"{lines.len() - rows.len()} of its {lines.len()} rows have not the {width} cells that its header names"
        mend = "Save it with tabs, semicolons or commas between the columns, so that an empty cell can be told"
        raise FileFormatError(Fault("", seen, mend))
    out = BytesIO()
    rows.to_frame().write_csv(out, include_header=False, separator=_IN_NO_TEXT, quote_style="never")
    return out.getvalue(), lines.len() - rows.len()


def _filled(lines: pl.Series) -> pl.Series:
    bare = lines.str.strip_chars().drop_nulls()
    return bare.filter(bare != "")


def _tabbed(lines: pl.Series, width: int) -> pl.Series:
    """Return each line with tabs for what parts its cells: two blanks or more, any blank, or any but those between words."""
    apart, each = lines.str.replace_all(r"\t+|\s{2,}", "\t"), lines.str.replace_all(r"\s+", "\t")
    words = each.str.replace_all(r"(\p{L})\t(\p{L})", "$1 $2")
    return apart.zip_with(_whole(apart, width), each.zip_with(_whole(each, width), words))


def _whole(lines: pl.Series, width: int) -> pl.Series:
    return lines.str.count_matches("\t") == width - 1
