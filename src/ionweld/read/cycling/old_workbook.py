"""Old Excel workbooks (.xls) through xlrd (BSD): pure Python, so that a damaged one ends in an exception.

The Rust library that reads .xlsx here also opens .xls, but a few changed bytes make it take all memory or never return.
"""

import io
from typing import Any

import polars as pl

from ionweld.errors import Fault, FileFormatError
from ionweld.read.cycling.archive import DAMAGE
from ionweld.read.text import RawFile

MAGIC = b"\xd0\xcf\x11\xe0"
_LONGEST_DURATION_DAYS = 10_000.0  # serial numbers below are durations: as dates they lie before 1927


class OldWorkbook:
    """The sheets of an .xls as tables. Raises FileFormatError when it is damaged."""

    def __init__(self, source: RawFile) -> None:
        import xlrd
        from xlrd.biffh import XLRDError
        from xlrd.compdoc import CompDocError

        try:
            self._book = xlrd.open_workbook(file_contents=source.data, logfile=io.StringIO(), on_demand=False)
        except (XLRDError, CompDocError, *DAMAGE) as error:
            mend = "Save it again as .xlsx, or export it as csv"
            seen = f"is a workbook that cannot be read: {str(error) or type(error).__name__}"
            raise FileFormatError(Fault(str(source.path), seen, mend)) from None
        self.names: list[str] = list(self._book.sheet_names())

    def first_rows(self, name: str, count: int) -> list[list[str]]:
        """Return the first rows of a sheet as text."""
        sheet = self._book.sheet_by_name(name)
        return [[_text(cell) for cell in sheet.row(at)] for at in range(min(count, sheet.nrows))]

    def rows(self, name: str, skip: int) -> pl.DataFrame:
        """Return the rows of a sheet below the first `skip`: columns of numbers, durations, times or text."""
        sheet = self._book.sheet_by_name(name)
        columns = [_column(f"c{at}", sheet.col(at, min(skip, sheet.nrows))) for at in range(sheet.ncols)]
        return pl.DataFrame(columns)


def _text(cell: Any) -> str:
    return str(cell.value).strip()


def _column(name: str, cells: list[Any]) -> pl.Series:
    import xlrd

    kinds = {cell.ctype for cell in cells} - {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}
    values = [None if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) else cell.value for cell in cells]
    if not kinds:
        return pl.Series(name, values, dtype=pl.Null)
    if kinds == {xlrd.XL_CELL_NUMBER}:
        return pl.Series(name, values, dtype=pl.Float64)
    if kinds == {xlrd.XL_CELL_DATE}:
        days = pl.Series(name, values, dtype=pl.Float64)
        return (days * 86.4e9).cast(pl.Duration("us")) if float(days.max() or 0.0) < _LONGEST_DURATION_DAYS else days  # pyright: ignore[reportArgumentType]
    return pl.Series(name, [None if value is None else str(value) for value in values], dtype=pl.String)
