"""Clock times of a day: put together with the date that stands in a column of its own, or counted on over midnight."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl

from ionweld.read.cycling.cleaning import to_seconds
from ionweld.read.cycling.clock import read_clock
from ionweld.read.cycling.raw import RawTable
from ionweld.read.cycling.spelling import readings
from ionweld.wording import many

_DAY_S = 86400.0
_NO_DATE = date(1899, 12, 31)  # what the reader of workbooks gives a time without one
_LONGEST_STEP_S = 3600.0  # over midnight; times that fall back by less than a day less this started again
_DATES = ("%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M", "%m/%d/%Y %H:%M", "%Y/%m/%d %H:%M", "%d.%m.%y %H:%M", "%d-%m-%Y %H:%M")


def with_day_times(raw: RawTable, dates: Collection[str], times: Collection[str]) -> RawTable:
    """Return the table with one column that says when, where it has the times of a day.

    dates, times: spelled names of the columns that may hold them. The file's times stay as they are where they are none.
    """
    time = _named(raw.frame, times)
    seconds = None if time is None else _of_a_day(raw.frame[time])
    if time is None or seconds is None:
        return raw
    day = _named(raw.frame.drop(time), dates)
    days = None if day is None else _days(raw.frame[day])
    if day is None or days is None:
        return _over_midnight(raw, time, seconds)
    if (np.diff(seconds)[np.diff(days) > 0.0] > 0.0).any():  # times since the start of the test, beside its date
        return raw
    moments = pl.from_epoch(pl.Series(day, 1e6 * (days + seconds)).cast(pl.Int64), time_unit="us")
    made = raw.made | {day: f"{day!r} and {time!r} together"}
    return replace(raw, frame=raw.frame.drop(time).with_columns(moments), made=made)


def _named(frame: pl.DataFrame, names: Collection[str]) -> str | None:
    return next((column for column in frame.columns if any(name in names for name, _ in readings(column))), None)


def _of_a_day(column: pl.Series) -> np.ndarray | None:
    """Return the seconds since midnight; None where the column holds other texts, numbers, or more than a day."""
    if column.dtype == pl.Datetime and column.len() and (column.dt.date() == _NO_DATE).all():
        column = column.dt.time()
    if column.dtype not in (pl.String, pl.Time, pl.Duration) or not column.len():
        return None
    if column.dtype == pl.String and not (column.head(1).str.count_matches(":") == 2).all():
        return None  # so that no other text of a million rows is taken apart for this
    cleaned = to_seconds(column)
    if cleaned.misfits or cleaned.values.null_count():
        return None
    seconds = cleaned.values.to_numpy()
    return seconds if seconds.min() >= 0.0 and seconds.max() < _DAY_S else None


def _days(column: pl.Series) -> np.ndarray | None:
    """Return when the days began, in s since 1970; None where the column holds no dates."""
    texts = column.str.strip_chars() + " 00:00" if column.dtype == pl.String else column
    clock = None if texts.dtype.is_numeric() else read_clock(texts, _DATES)
    if clock is None or clock.moments.null_count():
        return None
    days = clock.moments.to_numpy()
    return days if (days % _DAY_S == 0.0).all() else None


def _over_midnight(raw: RawTable, time: str, seconds: np.ndarray) -> RawTable:
    steps = np.diff(seconds)
    falls = steps < 0.0
    if not falls.any() or (steps[falls] > _LONGEST_STEP_S - _DAY_S).any():
        return raw
    counted = seconds + _DAY_S * np.append(0, np.cumsum(falls))
    name = f"{time.partition('(')[0].partition('[')[0].strip()} [s]"
    said = f"The times in {time!r} start again at midnight, {many(int(falls.sum()), 'time')}: they were counted on"
    frame = raw.frame.with_columns(pl.Series(time, counted)).rename({time: name})
    return replace(raw, frame=frame, warnings=(*raw.warnings, said), made=raw.made | {name: said})
