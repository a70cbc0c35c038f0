"""Columns that are not in the file but follow from it; each has its rule, which the report names."""

import polars as pl

from ionweld.measurement.charge import directions
from ionweld.measurement.cycling import CURRENT, CYCLE, DERIVED_CYCLE, STEP, STEP_TIME, STEP_TYPE, TIME
from ionweld.read.cycling.counters import Counter, with_step_capacities
from ionweld.read.cycling.format import NET_CAPACITY, STEP_ID
from ionweld.read.cycling.notes import IngestNotes

_ONE_INTERVAL = 2.0  # the first row stands at the end of the first interval when it is not later than two of them


def derive(frame: pl.DataFrame, counter: Counter, notes: IngestNotes) -> pl.DataFrame:
    """Return the table with a step count, a derived cycle and capacities per step, where the file has none."""
    frame = _with_step_count(frame, notes)
    frame = _with_derived_cycle(frame, notes)
    if counter.first_row == "charged":
        frame = _with_step_time(frame, notes)
    return with_step_capacities(frame, counter, notes)


def _with_step_count(frame: pl.DataFrame, notes: IngestNotes) -> pl.DataFrame:
    if STEP in frame.columns:
        return frame
    keys = [name for name in (CYCLE, STEP_ID, STEP_TYPE) if name in frame.columns]
    changes = [pl.col(name).ne_missing(pl.col(name).shift(1)) for name in keys]
    rule = "counts the changes of " + ", ".join(keys)
    if not keys or keys == [CYCLE]:
        sign = pl.lit(directions(frame))
        changes, rule = [*changes, sign.ne_missing(sign.shift(1))], "counts the changes of the current's direction"
    if STEP_TIME in frame.columns:
        changes.append((pl.col(STEP_TIME) < pl.col(STEP_TIME).shift(1)).fill_null(False))
        rule += f", and each return of {STEP_TIME}"
    notes.derived[STEP] = rule
    is_new = pl.any_horizontal(changes) & (pl.int_range(pl.len()) > 0)
    return _beside(frame, (is_new.cast(pl.Int64).cum_sum() + 1).alias(STEP))


def _with_step_time(frame: pl.DataFrame, notes: IngestNotes) -> pl.DataFrame:
    """Say when steps began in a file that logs intervals at their end: at the row before, if the counter moved since."""
    if STEP_TIME in frame.columns:
        return frame
    time, begins = frame[TIME], frame[STEP].ne_missing(frame[STEP].shift(1))
    moved = frame[NET_CAPACITY].diff().fill_null(1.0) != 0.0 if NET_CAPACITY in frame.columns else begins
    before = pl.lit(time).shift(1).fill_null(_start(time))
    start = pl.when(pl.lit(begins)).then(pl.when(pl.lit(moved)).then(before).otherwise(pl.lit(time))).forward_fill()
    notes.derived[STEP_TIME] = (
        "the time since the last row of the step before, where charge was counted since: this format logs intervals at their end"
    )
    return _beside(frame, (pl.lit(time) - start).alias(STEP_TIME))


def _start(time: pl.Series) -> float:
    """Return when the first step began: at zero when the first row is one interval later, else at the first row."""
    if time.len() < 2 or time[0] is None or time[1] is None:
        return float(time[0] or 0.0)
    return 0.0 if 0.0 <= time[0] <= _ONE_INTERVAL * (time[1] - time[0]) else float(time[0])


def _with_derived_cycle(frame: pl.DataFrame, notes: IngestNotes) -> pl.DataFrame:
    """A cycle begins each time the current takes the direction that it had first: no electrode need be known."""
    if CYCLE in frame.columns:
        return frame
    direction = directions(frame)
    moving = direction.filter(direction != 0)
    first = int(moving[0]) if moving.len() else 1
    held = pl.lit(direction).replace(0, None).forward_fill()
    begins = (held == first) & held.shift(1).ne_missing(held) & held.shift(1).is_not_null()
    cycle = (begins.fill_null(False).cast(pl.Int64).cum_sum() + 1).alias(DERIVED_CYCLE)
    way = "charging" if first > 0 else "discharging"
    notes.derived[DERIVED_CYCLE] = (
        f"the file counts no cycles: one begins each time {way}, the first direction, returns"
    )
    return _beside(frame, cycle)


def ordered(frame: pl.DataFrame) -> pl.DataFrame:
    """Put time, voltage and current first, as every reader expects them."""
    first = [name for name in (TIME, "Voltage / V", CURRENT, CYCLE, STEP) if name in frame.columns]
    rest = [name for name in frame.columns if name not in first]
    return pl.DataFrame([frame[name] for name in first + rest])


def _beside(frame: pl.DataFrame, *made: pl.Expr) -> pl.DataFrame:
    """Put computed columns beside the others, which with_columns would copy: that counts at a million rows."""
    return frame.hstack(frame.select(*made))
