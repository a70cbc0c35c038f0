"""How much charge flowed between the rows of a cycling table: by its times and currents alone, never by a counter.

Within a run of rows of one step and one direction the current is integrated by the trapezoidal rule. A run begins at its
own first instant: where the table has a step time, the first row carries its current over that time. An interval in
which time stands still or runs back (a power cut, two parts joined), or leaps (the machine was off), carries nothing:
nobody saw a current there.
"""

from dataclasses import dataclass

import polars as pl

from ionweld.measurement.cycling import (
    CHARGING_CAPACITY,
    CURRENT,
    DISCHARGING_CAPACITY,
    REQUIRED,
    STEP,
    STEP_TIME,
    STEP_TYPE,
    TIME,
)

REST_FRACTION = 1e-3  # a current below this part of the largest one is a rest
GAP_FACTOR = 10.0  # a gap is ten times as long as nearly all other intervals under current (the 95th percentile)
GAP_LEAST_S = 10.0
LONGEST_MISSING_ROWS = 3  # so many rows without a current belong to the step that they interrupt; more are a rest
SECONDS_PER_HOUR = 3600.0

_DIRECTIONS = {"_CHG": 1, "_DCH": -1}  # how the words of the Battery Data Format end


@dataclass(frozen=True, slots=True)
class Flow:
    """What passed since the row before, one value per row: seconds that count, and charge (Ah, charging positive).

    is_gap: the interval before this row, in the same run, is a leap in time; it counts for nothing.
    """

    seconds: pl.Series
    charge_Ah: pl.Series
    is_gap: pl.Series


def usable(table: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Return the rows that have a time, a voltage and (unless they rest) a current, and the direction of each.

    A row without a value costs that row: those before and after it are neighbours then.
    """
    direction = directions(table)
    finite = [pl.col(name).is_finite().fill_null(False) for name in REQUIRED if name != CURRENT]
    keep = table.select(
        pl.all_horizontal(*finite, pl.col(CURRENT).is_finite().fill_null(False) | (pl.lit(direction) == 0))
    )
    if keep.to_series().all():
        return table, direction
    return table.filter(keep.to_series()), direction.filter(keep.to_series())


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
    words = table[STEP_TYPE].unique().drop_nulls()
    signs = {word: _DIRECTIONS.get(word[-4:], 0) for word in words}
    if not any(signs.values()):
        return None
    return table[STEP_TYPE].replace_strict(signs, default=0, return_dtype=pl.Int8)


def directions(table: pl.DataFrame) -> pl.Series:
    """Return +1 for charging rows, -1 for discharging, 0 for the rest: by the step's type, else by the current.

    By its type, because a current that is logged as 0.0000 at the end of a charge belongs to the charge.
    """
    named = directions_of_words(table)
    if named is not None:
        return named
    current = table[CURRENT]
    largest = current.abs().fill_nan(None).max()
    least = REST_FRACTION * largest if isinstance(largest, float) else 0.0
    known = pl.col(CURRENT).fill_nan(None)
    sign = pl.when(known.abs() > least).then(known.sign()).otherwise(known * 0.0)
    filled = sign.forward_fill(limit=LONGEST_MISSING_ROWS).fill_null(0.0)
    return table.select(filled.cast(pl.Int8)).to_series()


def runs(table: pl.DataFrame, direction: pl.Series) -> pl.Series:
    """Return the number of the run that each row belongs to: rows in a row of one direction and one step."""
    parts = [direction.alias("direction")] + ([table[STEP]] if STEP in table.columns else [])
    changed = [part.ne_missing(part.shift(1)) for part in parts]
    began = changed[0] if len(changed) == 1 else changed[0] | changed[1]
    return began.cast(pl.UInt32).cum_sum().alias("run")


def flow(table: pl.DataFrame, run: pl.Series) -> Flow:
    """Return what passed between the rows of a table whose rows are all usable."""
    elapsed = table[TIME].diff().fill_null(0.0)
    same = (run == run.shift(1)).fill_null(False)
    limit = _longest_interval(elapsed.filter(same & (table[CURRENT].fill_null(0.0) != 0.0)))
    is_gap = same & _leaps(elapsed, run, same, limit)
    counts = same & (elapsed > 0.0) & ~is_gap
    parts = pl.DataFrame(
        [
            elapsed.alias("elapsed"),
            counts.alias("counts"),
            same.alias("same"),
            _heads(table, elapsed, limit).alias("head"),
        ]
    )
    current, before = table[CURRENT].fill_null(0.0), table[CURRENT].fill_null(0.0).shift(1)
    seconds = pl.when("counts").then("elapsed").otherwise(0.0)
    mean = pl.when("same").then((pl.lit(current) + pl.lit(before)) / 2).otherwise(pl.lit(current))
    width = pl.when("same").then(seconds).otherwise("head")
    made = parts.select(seconds.alias("seconds"), (mean * width / SECONDS_PER_HOUR).fill_null(0.0).alias("charge"))
    return Flow(made["seconds"], made["charge"], is_gap)


def _longest_interval(elapsed: pl.Series) -> float:
    """Return how long an interval may be without being a gap."""
    usual = elapsed.filter(elapsed > 0.0).quantile(0.95)
    return max(GAP_FACTOR * (usual or 0.0), GAP_LEAST_S)


def _leaps(elapsed: pl.Series, run: pl.Series, same: pl.Series, limit: float) -> pl.Series:
    """Return which intervals are leaps: longer than `limit`, and than ten times the median of their own run."""
    long = same & (elapsed > limit)
    if not long.any():
        return long
    frame = pl.DataFrame([run.alias("run"), elapsed.alias("elapsed"), same.alias("same")])
    inside = frame.filter(pl.col("run").is_in(run.filter(long).unique().implode()) & pl.col("same"))
    medians = inside.group_by("run").agg(pl.col("elapsed").median().alias("median"))
    typical = frame.join(medians, on="run", how="left", maintain_order="left")["median"]
    return long & (elapsed > GAP_FACTOR * typical).fill_null(False)


def _heads(table: pl.DataFrame, elapsed: pl.Series, limit: float) -> pl.Series:
    """Return for how long a step had been running at each row, should it be the first of its run."""
    if STEP_TIME not in table.columns:
        return pl.Series([0.0]).new_from_index(0, table.height)
    since = table[STEP_TIME].fill_null(0.0).fill_nan(0.0).clip(lower_bound=0.0)
    within = (
        pl.when(pl.lit(elapsed) > 0.0).then(pl.min_horizontal(pl.lit(since), pl.lit(elapsed))).otherwise(pl.lit(since))
    )
    head = pl.select(within.alias("head")).to_series()
    return head.zip_with(head <= limit, pl.Series([0.0]))


def counted(table: pl.DataFrame, direction: pl.Series, run: pl.Series) -> pl.Series | None:
    """Return the charge (Ah) of each row's run so far as the cycler counted it; None where the table has no counter.

    The table's counters are those of a step; where a step holds several runs, each begins where the one before ended.
    """
    if not {CHARGING_CAPACITY, DISCHARGING_CAPACITY} <= set(table.columns):
        return None
    of_step = pl.when(pl.lit(direction) > 0).then(CHARGING_CAPACITY).otherwise(DISCHARGING_CAPACITY)
    counter = table.select(of_step.alias("counter")).to_series()
    if STEP not in table.columns:
        return counter
    starts = run.ne_missing(run.shift(1))
    goes_on = starts & table[STEP].eq_missing(table[STEP].shift(1))
    if not goes_on.any():
        return counter
    names = (CHARGING_CAPACITY, DISCHARGING_CAPACITY)
    into, out = (pl.col(name).shift(1) for name in names)
    ended = pl.when(pl.lit(direction) > 0).then(into).otherwise(out)
    before = pl.when(pl.lit(goes_on)).then(ended).when(pl.lit(starts)).then(0.0).forward_fill()
    return counter - table.select(before.alias("before")).to_series()
