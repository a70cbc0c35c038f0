"""How much charge flowed between the rows of a cycling table: by its times and currents alone, never by a counter.

Within a run of rows of one step and one direction the current is integrated by the trapezoidal rule. A run begins at its
own first instant: where the table has a step time, the first row carries its current over that time. An interval in
which time stands still or runs back (a power cut, two parts joined), or leaps (the machine was off), carries nothing:
nobody saw a current there.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.measurement.cycling import (
    CHARGING_CAPACITY,
    CURRENT,
    DISCHARGING_CAPACITY,
    REQUIRED,
    STEP,
    STEP_TIME,
    STEP_TYPE,
    TIME,
    VOLTAGE,
)

REST_FRACTION = 1e-3  # a current below this part of the largest one is a rest
GAP_FACTOR = 10.0  # a gap is ten times as long as nearly all other intervals under current (the 95th percentile)
GAP_LEAST_S = 10.0
LONGEST_MISSING_ROWS = 3  # so many rows without a current belong to the step that they interrupt; more are a rest
SECONDS_PER_HOUR = 3600.0

_DIRECTIONS = {"_CHG": 1, "_DCH": -1}  # how the words of the Battery Data Format end


@dataclass(frozen=True, slots=True)
class Flow:
    """What passed since the row before, shapes (rows,): seconds that count, and charge (Ah, charging positive).

    is_gap: the interval before this row, in the same run, is a leap in time; it counts for nothing.
    """

    seconds: NDArray[np.float64]
    charge_Ah: NDArray[np.float64]
    is_gap: NDArray[np.bool_]


def usable(table: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Return the rows that have a time, a voltage and (unless they rest) a current, and the direction of each.

    A row without a value costs that row: those before and after it are neighbours then.
    """
    direction = directions(table)
    known = {name: np.isfinite(floats(table[name])) for name in REQUIRED}
    keep = known[TIME] & known[VOLTAGE] & (known[CURRENT] | (direction.to_numpy() == 0))
    if keep.all():
        return table, direction
    mask = pl.Series(keep)
    return table.filter(mask), direction.filter(mask)


def floats(column: pl.Series) -> NDArray[np.float64]:
    """Return a column as numbers, NaN where it has none. Small tables are many: a query of polars takes longer than this."""
    return column.to_numpy().astype(np.float64, copy=False)


@dataclass(frozen=True, slots=True)
class Course:
    """The course of a test: its usable rows, the direction and the run of each, and what passed since the row before."""

    rows: pl.DataFrame
    direction: pl.Series
    run: pl.Series
    flow: Flow


def course(table: pl.DataFrame) -> Course:
    """Return the course of a test."""
    rows, direction = usable(table)
    run = runs(rows, direction)
    return Course(rows, direction, run, flow(rows, run))


def directions_of_words(table: pl.DataFrame) -> pl.Series | None:
    """Return +1 in charging steps, -1 in discharging ones, 0 in others, by the step's type; None without such types."""
    if STEP_TYPE not in table.columns:
        return None
    column = table[STEP_TYPE]
    signs = {word: _DIRECTIONS.get(word[-4:], 0) for word in column.unique().drop_nulls()}
    if not any(signs.values()):
        return None
    direction = np.zeros(column.len(), np.int8)
    for word, sign in signs.items():
        if sign:
            direction[(column == word).fill_null(False).to_numpy()] = sign
    return pl.Series(STEP_TYPE, direction)


def directions(table: pl.DataFrame) -> pl.Series:
    """Return +1 for charging rows, -1 for discharging, 0 for the rest: by the step's type, else by the current.

    By its type, because a current that is logged as 0.0000 at the end of a charge belongs to the charge.
    """
    named = directions_of_words(table)
    if named is not None:
        return named
    current = floats(table[CURRENT])
    known = ~np.isnan(current)
    least = REST_FRACTION * float(np.abs(current[known]).max(initial=0.0))
    sign = np.where(np.abs(current) > least, np.sign(current), 0.0)
    place = np.arange(current.size)
    last = np.maximum.accumulate(np.where(known, place, -1))
    held = (last >= 0) & (place - last <= LONGEST_MISSING_ROWS)
    return pl.Series(CURRENT, np.where(held, sign[last], 0.0).astype(np.int8))


def runs(table: pl.DataFrame, direction: pl.Series) -> pl.Series:
    """Return the number of the run that each row belongs to: rows in a row of one direction and one step."""
    began = begins(direction)
    if STEP in table.columns:
        began = began | begins(table[STEP])
    return pl.Series("run", np.cumsum(began, dtype=np.uint32))


def begins(column: pl.Series) -> NDArray[np.bool_]:
    """Return which rows hold another value than the row before; the first one does."""
    if column.null_count():
        return column.ne_missing(column.shift(1)).to_numpy() | (np.arange(column.len()) == 0)
    values = column.to_numpy()
    differs = values[1:] != values[:-1]
    if column.dtype.is_float():
        differs &= ~(np.isnan(values[1:]) & np.isnan(values[:-1]))
    return np.append(True, differs)[: values.size]


def flow(table: pl.DataFrame, run: pl.Series) -> Flow:
    """Return what passed between the rows of a table; a row without a time or a current carries nothing."""
    current = np.nan_to_num(floats(table[CURRENT]))
    seconds = np.nan_to_num(np.diff(floats(table[TIME]), prepend=np.nan), copy=False)
    same = ~begins(run)
    limit = _longest_interval(pl.Series(seconds[same & (current != 0.0) & (seconds > 0.0)]))
    is_gap = _leaps(seconds, run, same, limit)
    heads = np.flatnonzero(~same)
    at_heads = current[heads] * _running_before(table, heads, seconds[heads], limit)
    seconds[~same | (seconds < 0.0) | is_gap] = 0.0  # in place, as below: a table may have ten million rows
    charge = np.append(0.0, current[:-1])[: current.size]
    charge += current
    charge /= 2.0
    charge *= seconds
    charge[heads] = at_heads
    charge /= SECONDS_PER_HOUR
    return Flow(seconds, charge, is_gap)


def _longest_interval(intervals: pl.Series) -> float:
    """Return how long an interval may be without being a gap."""
    return max(GAP_FACTOR * (intervals.quantile(0.95) or 0.0), GAP_LEAST_S)


def _leaps(elapsed: NDArray[np.float64], run: pl.Series, same: NDArray[np.bool_], limit: float) -> NDArray[np.bool_]:
    """Return which intervals are leaps: longer than `limit`, and than ten times the median of their own run."""
    long = same & (elapsed > limit)
    if not long.any():
        return long
    runs_of = run.to_numpy()
    for number in np.unique(runs_of[long]):
        first, last = np.searchsorted(runs_of, [number, number + 1])  # runs are numbered in the order of the rows
        inside = slice(first + 1, last)
        long[inside] &= elapsed[inside] > GAP_FACTOR * np.median(elapsed[inside])
    return long


def _running_before(
    table: pl.DataFrame, heads: NDArray[np.int64], elapsed: NDArray[np.float64], limit: float
) -> NDArray[np.float64]:
    """Return for how long a step had been running at the first rows of its runs. elapsed: since the row before those."""
    if STEP_TIME not in table.columns:
        return np.zeros(heads.size)
    since = np.maximum(np.nan_to_num(floats(table[STEP_TIME])[heads]), 0.0)
    within = np.where(elapsed > 0.0, np.minimum(since, elapsed), since)
    return np.where(within <= limit, within, 0.0)


def counted(table: pl.DataFrame, direction: pl.Series, run: pl.Series) -> pl.Series | None:
    """Return the charge (Ah) of each row's run so far as the cycler counted it; None where the table has no counter.

    The table's counters are those of a step; where a step holds several runs, each begins where the one before ended.
    Null over a run in which the counter of the other direction counts in place of this one: the sign of the current or the
    names of the counters are wrong then, and 0 was not measured.
    """
    if not {CHARGING_CAPACITY, DISCHARGING_CAPACITY} <= set(table.columns):
        return None
    into, out = (floats(table[name]) for name in (CHARGING_CAPACITY, DISCHARGING_CAPACITY))
    charges = direction.to_numpy() > 0
    counter = np.where(charges, into, out)
    starts = begins(run)
    goes_on = starts & ~begins(table[STEP]) if STEP in table.columns else np.zeros(counter.size, dtype=bool)
    if goes_on.any():
        at = np.flatnonzero(starts)
        ended = np.where(charges[at], into[at - 1], out[at - 1])
        counter = counter - np.repeat(np.where(goes_on[at], ended, 0.0), np.diff(np.append(at, counter.size)))
    counter[_counts_other_way(counter, np.where(charges, out, into), starts)] = np.nan
    return pl.Series("counter", counter, nan_to_null=True)


def _counts_other_way(
    own: NDArray[np.float64], other: NDArray[np.float64], starts: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which rows lie in a run whose own counter stays at 0 while the other one rises."""
    at = np.flatnonzero(starts)
    if not at.size:
        return np.zeros(own.size, dtype=bool)
    rises = np.fmax.reduceat(other, at) > other[at]
    return np.repeat((np.fmax.reduceat(np.abs(own), at) == 0.0) & rises, np.diff(np.append(at, own.size)))
