"""Excel workbooks -> raw tables: the sheet whose rows hold a known header, and the sheets that continue it."""

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from ionweld.errors import Fault, FileFormatError
from ionweld.read.cycling.archive import without_panic_text
from ionweld.read.cycling.cleaning import to_numbers, to_seconds
from ionweld.read.cycling.old_workbook import MAGIC, OldWorkbook
from ionweld.read.cycling.raw import RawTable, with_units, without_empty_tail
from ionweld.read.cycling.spelling import spell
from ionweld.read.text import RawFile, decimal_mark, unique_names

_ROWS_TO_SEARCH = 40
_SUMMARIES = ("statistic", "cycle", "循环")
_NUMBERED = re.compile(r"^(.*?)[\s_\-]*(?:\(?(\d+)\)?)?$")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first rows of a sheet, as text."""

    name: str
    rows: list[list[str]]

    def header(self, row: int) -> list[str]:
        """Return the names in a row, with their units where these stand in the row below."""
        names = unique_names(without_empty_tail(self.rows[row]))
        return with_units(names, self._below(row)) or names

    def start(self, row: int) -> int:
        """Return where the records below the header in `row` begin."""
        return row + 1 if with_units(self.rows[row], self._below(row)) is None else row + 2

    def _below(self, row: int) -> list[str]:
        return self.rows[row + 1] if row + 1 < len(self.rows) else []


@dataclass(frozen=True, slots=True)
class Workbook:
    """An opened workbook and the first rows of each of its sheets."""

    source: RawFile
    book: "_NewWorkbook | OldWorkbook"
    sheets: tuple[Sheet, ...]


class _NewWorkbook:
    """The sheets of an .xlsx as tables, through fastexcel."""

    def __init__(self, source: RawFile) -> None:
        import fastexcel

        logging.getLogger("fastexcel").addHandler(logging.NullHandler())  # an empty column is our business to report
        self._handle = fastexcel.read_excel(source.data)
        self.names: list[str] = list(self._handle.sheet_names)

    def first_rows(self, name: str, count: int) -> list[list[str]]:
        """Return the first rows of a sheet as text."""
        sheet = self._handle.load_sheet(name, header_row=None, skip_rows=0, n_rows=count, dtypes="string")
        return [["" if cell is None else cell.strip() for cell in row] for row in sheet.to_polars().rows()]

    def rows(self, name: str, skip: int) -> pl.DataFrame:
        """Return a sheet's rows with the types that its cells have; all as text when one column mixes too much."""
        import fastexcel

        try:
            sheet = self._handle.load_sheet(name, header_row=None, skip_rows=skip, schema_sample_rows=None)
        except fastexcel.UnsupportedColumnTypeCombinationError:
            sheet = self._handle.load_sheet(name, header_row=None, skip_rows=skip, dtypes="string")
        return sheet.to_polars()


def open_workbook(source: RawFile) -> Workbook:
    """Return the workbook with the first rows of each sheet. Raises FileFormatError when it is damaged."""
    with refusing_damage(source):
        book = OldWorkbook(source) if source.data.startswith(MAGIC) else _NewWorkbook(source)
        return Workbook(source, book, tuple(Sheet(name, book.first_rows(name, _ROWS_TO_SEARCH)) for name in book.names))


def read_sheets(book: Workbook, sheet: Sheet, row: int, time: str) -> RawTable:
    """Return the rows below the header in `row` of `sheet`, and of the other sheets that go on with the same test.

    A sheet goes on when it has the same header, or when it has none, no more columns, and the same name with a number
    behind it (`Record`, `Record_1`): continuations of LAND have no header. They follow each other by these numbers,
    wherever they stand in the book. time: the column that says when.
    Raises FileFormatError when a cell cannot be read, or when time starts again: then the sheets are several tests.
    """
    header, names = sheet.rows[row], sheet.header(row)
    others = [other for other in book.sheets if other is not sheet and is_summary(other) == is_summary(sheet)]
    later = [(other.name, start) for other in others if (start := _continuation(other, sheet, header)) is not None]
    parts = sorted([(sheet.name, sheet.start(row)), *later], key=lambda part: _number_of(part[0]))
    with refusing_damage(book.source):
        frames = [_named(book.book.rows(name, skip), names) for name, skip in parts]
    _check_one_test(book, [name for name, _ in parts], [frame[time] for frame in frames])
    said = f"The test goes on over {len(parts)} sheets: {', '.join(name for name, _ in parts)}"
    table = _joined(frames)
    return RawTable(table, None, _mark_of_texts(table), row + 1, (said,) if len(parts) > 1 else ())


def _mark_of_texts(table: pl.DataFrame) -> str | None:
    """Return the decimal mark of numbers that stand as texts in their cells; None where none do."""
    texts = [table[name].head(_ROWS_TO_SEARCH).drop_nulls() for name in table.columns if table[name].dtype == pl.String]
    return decimal_mark(cell for column in texts for cell in column) if texts else None


def _check_one_test(book: Workbook, sheets: Sequence[str], times: Sequence[pl.Series]) -> None:
    seconds = [to_seconds(time) if time.dtype == pl.String else to_numbers(time, None) for time in times]
    ends = [cleaned.values.drop_nulls() for cleaned in seconds]
    for index, (before, after) in enumerate(pairwise(ends)):
        if before.len() and after.len() and after[0] < before[-1]:
            seen = f"holds several tests: time starts again from sheet {sheets[index]!r} to {sheets[index + 1]!r}"
            raise FileFormatError(Fault(str(book.source.path), seen, "Save each test as a workbook of its own"))


def is_summary(sheet: Sheet) -> bool:
    """Return whether a sheet is called a summary of cycles, whose columns may be named like those of the records."""
    return any(word in sheet.name.casefold() for word in _SUMMARIES)


def _continuation(later: Sheet, first: Sheet, header: Sequence[str]) -> int | None:
    """Return the row where `later` goes on with the data of `first`, or None when it is something else."""
    wanted = [spell(cell) for cell in header]
    for index, cells in enumerate(later.rows):
        if [spell(cell) for cell in cells[: len(wanted)]] == wanted:
            return later.start(index)
    is_narrow = bool(later.rows) and len(later.rows[0]) <= len(header)
    return 0 if is_narrow and _is_numbered_after(later.name, first.name) else None


def _is_numbered_after(later: str, first: str) -> bool:
    """Return whether a sheet is called as the first one with a number behind it, or with a higher one."""
    name, before = _NUMBERED.fullmatch(later), _NUMBERED.fullmatch(first)
    if name is None or not name[2]:
        return False
    return name[1] == first or (before is not None and bool(before[2]) and name[1] == before[1])


def _number_of(sheet: str) -> int:
    """Return the number behind a sheet's name; a name without one comes first."""
    number = _NUMBERED.fullmatch(sheet)
    return int(number[2]) if number and number[2] else -1


def _named(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    frame = frame.select(frame.columns[: len(names)])
    frame = frame.rename(dict(zip(frame.columns, names, strict=False)))
    missing = [pl.lit(None, dtype=pl.Null).alias(name) for name in names[frame.width :]]
    return frame.with_columns(missing)


def _joined(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Put the sheets below each other; a column that is a number in one and text in another becomes text."""
    columns = []
    for name in frames[0].columns:
        common = _common({frame[name].dtype for frame in frames} - {pl.Null})
        columns.append(pl.concat([frame[name].cast(common, strict=False) for frame in frames]))
    return pl.DataFrame(columns)


def _common(types: set[pl.DataType]) -> pl.DataType:
    if len(types) == 1:
        return types.pop()
    return pl.Float64() if types and all(kind.is_numeric() for kind in types) else pl.String()


@contextmanager
def refusing_damage(source: RawFile) -> Iterator[None]:
    """Turn what the library raises on a damaged workbook into one message."""
    import fastexcel

    try:
        with without_panic_text():
            yield
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError, ValueError) as error:
        raise _damaged(source, str(error).splitlines()[0] if str(error) else type(error).__name__) from None
    except _panics():
        raise _damaged(source, "its parts contradict each other") from None


def _panics() -> tuple[type[BaseException], ...]:
    """Return what compiled libraries raise when they panic: a type of its own in each, which fastexcel does not export."""
    return tuple(kind for kind in BaseException.__subclasses__() if kind.__module__ == "pyo3_runtime")


def _damaged(source: RawFile, reason: str) -> FileFormatError:
    mend = "Save it again, or export it as csv"
    return FileFormatError(Fault(str(source.path), f"is a workbook that cannot be read: {reason}", mend))
