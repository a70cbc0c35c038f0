"""What a technique says of itself, so that every file of a laboratory finds its way without a list to edit.

A technique is a package in this room with a module `technique` that has a TECHNIQUE, or the module `read` of a package
from outside (see ionweld.rooms). Whoever meets a file shows its first bytes to all of them.
"""

import gzip
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ionweld.errors import Fault, FileFormatError, SpecError, why
from ionweld.read.find import GZIP
from ionweld.read.named_columns import names_above
from ionweld.read.text import Layout, RawFile, decode, is_number, numbers, sniff_layout, split_fields, split_table
from ionweld.spec.faults import read_toml

_HEAD_BYTES = 2**16
_MOST_HEADER_LINES = 500
_FEWEST_ROWS = 8
_REMARK = re.compile(r"\s*(?:[#;!%'*]|//)|.*[:=]")  # a comment, or a setting with its value
_NUMBER_LIKE = re.compile(r"[+-]?\d[\d.,:/ T+-]{0,40}(?:[eE][+-]?\d+)?")  # numbers, times and dates


class Likeness(IntEnum):
    """How much a file looks like one of a technique."""

    NO = 0
    BARE = 1  # columns of numbers that nothing names, and that run as this technique's do
    ASK = 2  # the beginning cannot tell: the reader has to look
    NAMED = 3  # a signature, or a header with this technique's words


@dataclass(frozen=True)
class Glimpse:
    """The beginning of a file. lines: of a text file; none where the bytes are no text."""

    path: Path
    head: bytes
    lines: tuple[str, ...]

    @cached_property
    def columns(self) -> "Columns":
        """The first block of rows of numbers, and the lines above it."""
        start = next((at for at in range(min(len(self.lines), _MOST_HEADER_LINES)) if self._rows_from(at)), None)
        if start is None:
            return Columns(self.lines[:_MOST_HEADER_LINES], np.empty((0, 0)))
        lines = [line for line in self.lines[start:] if line.strip()]
        layout = sniff_layout(lines)
        names = [f"c{index}" for index in range(len(_fields(lines[0], layout)))]
        table = split_table(lines[:-1] or lines, names, layout)  # the last line of a glimpse may be cut off
        values = np.column_stack([numbers(table[name], layout.decimal_mark) for name in names])
        above = self.lines[:start]
        return Columns(above, values, tuple(names_above(above, layout, len(names))))

    @cached_property
    def is_tabular(self) -> bool:
        """Whether lines follow each other that have the same columns, most of them of numbers, times or dates."""
        return any(_rows_of(self.lines, delimiter) >= _FEWEST_ROWS for delimiter in "\t;,")

    def _rows_from(self, start: int) -> bool:
        block = self.lines[start : start + 3]
        return len(block) == 3 and all(_is_row(line) for line in block)


@dataclass(frozen=True)
class Columns:
    """header: the lines above; values: shape (rows, columns), NaN where a field is no number; no rows where none are.

    names: of the columns, where the last line above them has them.
    """

    header: tuple[str, ...]
    values: NDArray[np.float64]
    names: tuple[str, ...] = ()

    def says(self, *words: str) -> bool:
        """Say whether one of these lower-case words stands above the numbers."""
        above = "\n".join(self.header).lower()
        return any(word in above for word in words)

    @property
    def is_bare(self) -> bool:
        """Two or three columns of numbers that nothing names, under remarks at most: only their run can tell what they are."""
        rows, width = self.values.shape
        said = any(line.strip() and not _REMARK.match(line) for line in self.header)
        return rows >= _FEWEST_ROWS and 2 <= width <= 3 and not said and not self.names

    @property
    def is_table(self) -> bool:
        """Rows of numbers, whatever they are."""
        return self.values.shape[0] >= _FEWEST_ROWS


@dataclass(frozen=True)
class Technique:
    """One kind of measurement.

    name: that of its folder and its verb; kind: what one measurement is called; suffix: of the derived file.
    recognises: from the beginning of a file; read: the measurements in a file, raising an InputError when it holds none;
    write: the measurements of one file as one Parquet table with named columns and units.
    shares_file: rows of another technique may stand beside its own (a cycling test with spectra between).
    next: the verb that goes on, with {file} in it; unsaid: the options by which that verb must be told what these
    measurements do not say of themselves (a wavelength, a scale).
    read_described: the same as read for a file of no known format, with its owner's description.
    read_sized: the same as both, of a cell with this area (m2), where a file may give things per area.
    said_beside: what other files beside one of its files say of it, as the text of a description; None where none do.
    companion: the verb that takes a file which is no measurement but goes with some (a crystal structure), or None.
    """

    name: str
    kind: str
    suffix: str
    recognises: Callable[[Glimpse], Likeness]
    read: Callable[[Path], Sequence[Any]]
    write: Callable[[Path, Sequence[Any]], Path]
    next: str
    unsaid: Callable[[Sequence[Any]], str] = lambda _: ""
    shares_file: bool = False
    read_described: Callable[[Path, Path], Sequence[Any]] | None = None
    read_sized: Callable[[Path, Path | None, float], Sequence[Any]] | None = None
    said_beside: Callable[[Path], str | None] = lambda _: None
    companion: Callable[[Glimpse], str | None] = lambda _: None


def description_beside(path: Path) -> Path | None:
    """Return the description that lies beside a file, `cell.csv.toml` beside `cell.csv`; None where there is none."""
    beside = path.with_name(f"{path.name}.toml")
    return beside if beside.is_file() else None


def own_description(path: Path, technique: str) -> Path | None:
    """Return the description beside a file where it says that the file is of this technique; every door heeds it."""
    beside = description_beside(path)
    return beside if beside is not None and read_toml(beside).get("technique") == technique else None


def said_of(description: Path, technique: str, *keys: str) -> dict[str, str]:
    """Return what a description says under these keys, each a text. Raises SpecError for anything else in it."""
    said = read_toml(description)
    known = ("technique", *keys)
    faults = [
        Fault(
            f"{description}: {key}",
            "is not known" if key not in known else "is no text",
            f"Of {technique}, say {', '.join(known)}",
        )
        for key, value in said.items()
        if key not in known or not isinstance(value, str)
    ]
    if faults:
        raise SpecError(faults)
    return {key: said[key] for key in keys if key in said}


def glimpse_of(path: Path) -> Glimpse:
    """Return the beginning of a file, of what is in it where it is packed. Raises FileFormatError when it cannot be opened."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
        if head.startswith(GZIP):
            with gzip.open(path) as stream:
                head = stream.read(_HEAD_BYTES)
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise FileFormatError(
            Fault(str(path), f"cannot be opened: {why(error)}", "Check its name and permissions")
        ) from None
    return Glimpse(path, head, _lines(path, head))


def _lines(path: Path, head: bytes) -> tuple[str, ...]:
    try:
        return tuple(decode(RawFile(path, head, "")).lines)
    except FileFormatError:
        return ()


def _is_row(line: str) -> bool:
    for delimiter in ("\t", ";", ",", " "):
        fields = split_fields(line.strip(" "), delimiter)
        if len(fields) >= 2 and all(map(is_number, fields[:2])):
            return True
    return False


def _rows_of(lines: Sequence[str], delimiter: str) -> int:
    """Return how many lines at most stand one below the other that look like rows of one table."""
    best = run = width = 0
    for line in lines:
        fields = split_fields(line, delimiter)
        counted = sum(bool(_NUMBER_LIKE.fullmatch(field)) for field in fields)
        run = (run + 1 if len(fields) == width else 1) if counted >= max(2, len(fields) // 2 + 1) else 0
        width, best = len(fields), max(best, run)
    return best


def _fields(line: str, layout: Layout) -> list[str]:
    return split_fields(line.strip(" "), layout.delimiter)
