"""Columns of text become numbers, durations and clock times; what does not fit is counted, never passed over."""

from dataclasses import dataclass

import numpy as np
import polars as pl

NOTHING = (
    "",
    "-",
    "--",
    "---",
    "/",
    "N/A",
    "n/a",
    "NA",
    "null",
    "None",
    "nan",
    "NaN",
)  # no value
_DAYS = r"^\s*(?:(\d+)\s*(?:[dD天]?[\s\-]+|[dD天.:]))?(\d+):(\d+):(\d+(?:[.,]\d+)?)\s*$"
_THOUSANDS_POINT = r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$"
_THOUSANDS_COMMA = r"^[+-]?\d{1,3}(?:[. ]\d{3})+,\d+$"  # with a decimal mark: "1.234" alone may be either
_MINUS, _BRACKETS = r"^[\u2212\u2013]", r"^\((\d[\d., ]*)\)$"
_EARLIEST_S, _LATEST_S = 3e8, 1e10  # since 1970: no file of a cycler is older than 1979
_LONGEST_DAYS = 2000.0  # of a test
_SECONDS_PER_DAY = 86400.0
_CELLS_TO_TRY = 100
_PIECE = 2**14  # rows
_EXCEL_EPOCH_DAYS = 25569.0  # from 1899-12-30, the zero of Excel's serial dates, to 1970-01-01


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A column that was converted: misfits counts the cells that held something else, first is one of them."""

    values: pl.Series
    misfits: int = 0
    first: str = ""


def filled_text(column: pl.Series) -> pl.Series:
    """Return the text without blanks around it, null where the instrument wrote that there is no value."""
    text = column.str.strip_chars()
    return text.set(text.is_in(NOTHING), None) if text.len() else text


def to_numbers(column: pl.Series, decimal: str | None) -> Cleaned:
    """Return the column as floats; null where a cell is empty or no number."""
    if column.dtype == pl.Float64:
        return Cleaned(column)
    if column.dtype != pl.String:
        numeric = column.dtype.is_numeric() or column.dtype == pl.Boolean
        return Cleaned(column.cast(pl.Float64) if numeric else to_seconds(column).values)
    text = filled_text(column)
    points = text.str.replace(",", ".", literal=True) if decimal == "," else text
    cleaned = _compared(text, points.cast(pl.Float64, strict=False))
    return _as_people_write(text, points, decimal) if cleaned.misfits else cleaned


def _as_people_write(text: pl.Series, points: pl.Series, decimal: str | None) -> Cleaned:
    """Return the numbers of a column as typesetters and ledgers write them.

    With marks of thousands ("1,234.5", or "1.234,5" with a decimal comma), with a real minus, or in brackets for less
    than nothing.
    """
    text, points = (one.str.replace(_MINUS, "-").str.replace(_BRACKETS, "-$1") for one in (text, points))
    marks, pattern = (". ", _THOUSANDS_COMMA) if decimal == "," else (",", _THOUSANDS_POINT)
    grouped = text.str.contains(pattern).fill_null(False)
    bare = text.str.replace_all(f"[{marks}]", "").str.replace(",", ".", literal=True)
    return _compared(text, bare.zip_with(grouped, points).cast(pl.Float64, strict=False))


def to_seconds(column: pl.Series) -> Cleaned:
    """Return durations ("1 02:03:04.5", "1d 02:03:04", "1:02:03:04", "02:03:04", an Excel duration or a number of s) in s."""
    if column.dtype == pl.Duration:
        return Cleaned(column.dt.total_microseconds() / 1e6)
    if column.dtype == pl.Time:
        return Cleaned(column.cast(pl.Int64) / 1e9)
    if column.dtype != pl.String:
        return Cleaned(pl.Series(column.name, [None] * column.len(), dtype=pl.Float64), column.len(), str(column.dtype))
    # a piece at a time: what the pattern takes apart is several times as large as the column itself
    pieces = [_seconds_of_text(column.slice(start, _PIECE)) for start in range(0, column.len(), _PIECE)]
    if not pieces:
        return Cleaned(column.cast(pl.Float64))
    values = pl.concat([piece.values for piece in pieces], rechunk=True)
    first = next((piece.first for piece in pieces if piece.misfits), "")
    return Cleaned(values, sum(piece.misfits for piece in pieces), first)


def _seconds_of_text(column: pl.Series) -> Cleaned:
    text = filled_text(column)
    parts = text.str.extract_groups(_DAYS).struct.unnest()
    days, hours, minutes = (parts.to_series(i).cast(pl.Float64, strict=False).fill_null(0.0) for i in range(3))
    seconds = parts.to_series(3).str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    return _compared(text, days * _SECONDS_PER_DAY + hours * 3600.0 + minutes * 60.0 + seconds)


def to_unix_time(column: pl.Series, formats: tuple[str, ...]) -> pl.Series | None:
    """Return clock times in s since 1970, read as if UTC; None when no single format fits all of them."""
    if column.dtype in (pl.Datetime, pl.Date):
        return column.cast(pl.Datetime("us")).dt.epoch("us") / 1e6
    if column.dtype.is_numeric():
        return _counted_moments(column.cast(pl.Float64))
    if column.dtype != pl.String:
        return None
    for form in formats:
        if _fits_first(column, form):
            pieces = (column.slice(start, _PIECE) for start in range(0, column.len(), _PIECE))
            moments = pl.concat([_moments(piece, form) for piece in pieces], rechunk=True)
            lost = moments.null_count() - column.null_count()
            if lost <= 1 or lost <= 1 + filled_text(column).null_count():  # a file that was cut off ends within a cell
                return moments
    return None


def _moments(column: pl.Series, form: str) -> pl.Series:
    return column.str.to_datetime(form, strict=False, time_unit="us").dt.epoch("us") / 1e6


def _counted_moments(numbers: pl.Series) -> pl.Series | None:
    """Return moments that are counted: s, ms, us or ns since 1970, or days as Excel counts them, told by their size.

    None where they are neither: the seconds of a test would be years of days.
    """
    known = numbers.to_numpy()[np.isfinite(numbers.to_numpy())]
    if not known.size:
        return None
    low, high = float(known.min()), float(known.max())
    for scale in (1.0, 1e-3, 1e-6, 1e-9):
        if low * scale >= _EARLIEST_S and high * scale <= _LATEST_S:
            return numbers * scale
    return (numbers - _EXCEL_EPOCH_DAYS) * _SECONDS_PER_DAY if high - low < _LONGEST_DAYS else None


def to_counts(numbers: pl.Series) -> pl.Series:
    """Return whole numbers as integers; a column with a fraction, or beyond 64 bits, stays as floats."""
    if numbers.dtype.is_integer():
        return numbers.cast(pl.Int64, strict=False)
    whole = numbers.cast(pl.Int64, strict=False)
    same = whole.null_count() == numbers.null_count() and bool((whole.cast(pl.Float64) == numbers).all())
    return whole if same else numbers


def numbers_or_text(column: pl.Series, decimal: str | None) -> pl.Series:
    """Return an unknown column as numbers when every filled cell is one, otherwise as it stands."""
    if column.dtype != pl.String:
        return column
    cleaned = to_numbers(column, decimal)
    return column if cleaned.misfits else cleaned.values


def _fits_first(column: pl.Series, form: str) -> bool:
    """Return whether the first filled cells fit, so that a wrong format costs nothing on a million rows."""
    first = filled_text(column.head(_CELLS_TO_TRY)).drop_nulls()
    return first.len() > 0 and first.str.to_datetime(form, strict=False, time_unit="us").null_count() == 0


def _compared(text: pl.Series, values: pl.Series) -> Cleaned:
    wrong = text.is_not_null() & values.is_null()
    count = int(wrong.sum())
    return Cleaned(values.alias(text.name), count, str(text.filter(wrong).item(0)) if count else "")
