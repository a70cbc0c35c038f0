"""Which column of a table holds what, by the names above its numbers; without names, by their usual order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.read.text import Layout, Text, is_number, numbers, sniff_layout, split_fields, split_table, unique_names
from ionweld.read.thousands import rejoined, without_thousands

_DELIMITERS = ("\t", ";", ",")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|\d{1,3}(?:[.,'\u00a0\u202f]\d{3})+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?")
# "##XUNITS=1/CM", "YUNITS<tab>%T", "x-axis label: Wavenumber": the axes, named by settings above the numbers
_AXIS = re.compile(
    r'[#\s"]*(?P<axis>[xy])(?:[\s_-]*(?:axis|units?|label|title))*\s*"?\s*[:=\t,;]\s*"?(?P<name>[^\t;"]+)', re.I
)
_LONGEST_HEADER = 2000  # lines
_MOST_COLUMNS = 64


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a column may be called: a pattern of names that mean it, and one of names that do not."""

    means: re.Pattern[str]
    other: re.Pattern[str]

    def is_named(self, name: str) -> bool:
        """Return whether a column of this name holds what is wanted."""
        return bool(self.means.search(name)) and not self.other.search(name)


def wanted(means: str, other: str) -> Wanted:
    """Return what the two patterns say, whatever the case of the letters."""
    return Wanted(re.compile(means, re.IGNORECASE), re.compile(other, re.IGNORECASE))


@dataclass(frozen=True, slots=True)
class NumberTable:
    """The numbers of a text file. start: the line where they begin; above: the names over them, none where there are none;
    names: of all columns; cells: as texts; remarks: what was done to them.
    """

    start: int
    layout: Layout
    above: list[str]
    names: list[str]
    cells: pl.DataFrame
    remarks: tuple[str, ...]

    def column(self, at: int) -> NDArray[np.float64]:
        """Return the numbers of a column."""
        return numbers(self.cells[self.names[at]], self.layout.decimal_mark)

    def besides(self, *places: int) -> tuple[str, ...]:
        """Return the names of the other columns."""
        return tuple(name for at, name in enumerate(self.names) if at not in places)

    def unread(self, *places: int, besides: Wanted) -> tuple[str, ...]:
        """Return a warning of named columns that are not read and are not what usually stands `besides` the numbers."""
        named = [name for at, name in enumerate(self.above) if at not in places]
        more = [name for name in named if name and not besides.is_named(name)]
        if not more:
            return ()
        listed = ", ".join(repr(name[:40]) for name in more[:8])
        return (f"further columns were not read: {listed}. One file gives one: put each into a file of its own",)


def number_table(text: Text) -> NumberTable | None:
    """Return the first rows of which three follow each other with two numbers, and all below; None where there are none."""
    start = next((i for i in range(min(len(text.lines), _LONGEST_HEADER)) if _three_rows(text.lines[i : i + 3])), None)
    if start is None:
        return None
    rows, joined = rejoined([line for line in text.lines[start:] if line.strip()])
    layout = sniff_layout(rows)
    width = max(2, min(_MOST_COLUMNS, len(split_fields(rows[0].strip(" "), layout.delimiter))))
    above = names_above(text.lines[:start], layout, width)
    names = unique_names([*above, *(f"column {n}" for n in range(len(above) + 1, width + 1))])
    cells, cleaned = without_thousands(split_table(rows, names, layout), layout.decimal_mark)
    return NumberTable(start, layout, above, names, cells, (*joined, *cleaned))


def _three_rows(lines: Sequence[str]) -> bool:
    return len(lines) == 3 and all(_has_two_numbers(line) for line in lines)


def _has_two_numbers(line: str) -> bool:
    for delimiter in (*_DELIMITERS, " "):
        fields = split_fields(line.strip(" "), delimiter)
        if len(fields) >= 2 and all(_NUMBER.fullmatch(field) for field in fields[:2]):
            return True
    return False


def names_above(lines: Sequence[str], layout: Layout, width: int) -> list[str]:
    """Return the names of the columns, from the last filled line above the numbers, else from settings that name two axes.

    None where nothing names them.
    """
    line = next((line for line in reversed(lines) if line.strip()), "").strip().lstrip("#!;").strip()
    for delimiter in (layout.delimiter, *_DELIMITERS):
        names = split_fields(line.rstrip(delimiter), delimiter)
        if len(names) == width and not re.search("[:=]", line):  # settings have values behind a colon
            return names
    said = [(match["axis"].lower(), match["name"].strip()) for line in lines if (match := _AXIS.match(line))]
    axes = {axis: name for axis, name in said if name and not is_number(name.split()[0])}  # "X: 10.5 mm" is a place
    return [axes["x"], axes["y"]] if width == len(axes) else []


def find_column(names: Sequence[str], what: Wanted, besides: int | None = None) -> int | None:
    """Return the place of the first column that is called what is wanted, not counting `besides`."""
    return next((at for at, name in enumerate(names) if at != besides and what.is_named(name)), None)
