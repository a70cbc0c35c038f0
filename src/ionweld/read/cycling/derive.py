"""Columns that are not in the file but follow from it; each has its rule, which the report names."""

import polars as pl

from ionweld.measurement.cycling import (
    CHARGING_CAPACITY,
    CURRENT,
    CYCLE,
    DERIVED_CYCLE,
    DISCHARGING_CAPACITY,
    STEP,
    STEP_TYPE,
    TIME,
)
from ionweld.read.cycling.convert import IngestNotes, directions
from ionweld.read.cycling.format import (
    NET_CAPACITY,
    STEP_CUMULATIVE_CAPACITY,
    STEP_ID,
    STEP_NET_CAPACITY,
    STEP_TIME,
)

_COUNTERS = ("Charging Capacity / Ah", "Discharging Capacity / Ah", "Charging Energy / Wh", "Discharging Energy / Wh")
_LEAST_FALL = 1e-12


def derive(frame: pl.DataFrame, *, counters_reset: bool, notes: IngestNotes) -> pl.DataFrame:
    """Return the table with a step count, a derived cycle and capacities per step, where the file has none."""
    frame = _with_step_count(frame, notes)
    frame = _with_derived_cycle(frame, notes)
    if counters_reset:
        frame = _with_settled_counters(frame, notes)
    return _with_step_capacities(frame, notes)


def direction_of(frame: pl.DataFrame) -> pl.Series:
    """Return +1 for charging rows, -1 for discharging, 0 for the rest: by the step's type, else by the current."""
    named = directions(frame)
    return frame[CURRENT].sign().fill_null(0.0).fill_nan(0.0).cast(pl.Int8) if named is None else named


def _with_step_count(frame: pl.DataFrame, notes: IngestNotes) -> pl.DataFrame:
    if STEP in frame.columns:
        return frame
    keys = [name for name in (CYCLE, STEP_ID, STEP_TYPE) if name in frame.columns]
    changes = [pl.col(name).ne_missing(pl.col(name).shift(1)) for name in keys]
    rule = "counts the changes of " + ", ".join(keys)
    if not keys or keys == [CYCLE]:
        sign = pl.lit(direction_of(frame))
        changes, rule = [*changes, sign.ne_missing(sign.shift(1))], "counts the changes of the current's direction"
    if STEP_TIME in frame.columns:
        changes.append((pl.col(STEP_TIME) < pl.col(STEP_TIME).shift(1)).fill_null(False))
        rule += f", and each return of {STEP_TIME}"
    notes.derived[STEP] = rule
    is_new = pl.any_horizontal(changes) & (pl.int_range(pl.len()) > 0)
    return _beside(frame, (is_new.cast(pl.Int64).cum_sum() + 1).alias(STEP))


def _with_derived_cycle(frame: pl.DataFrame, notes: IngestNotes) -> pl.DataFrame:
    """A cycle begins each time the current takes the direction that it had first: no electrode need be known."""
    if CYCLE in frame.columns:
        return frame
    direction = direction_of(frame)
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


def _with_settled_counters(frame: pl.DataFrame, notes: IngestNotes) -> pl.DataFrame:
    """Name the counters by what resets all of them in this file: nothing, the cycle, or the step."""
    present = [name for name in _COUNTERS if name in frame.columns]
    prefix = next((prefix for prefix in ("", "Cycle ", "Step ") if _all_reset_with(frame, present, prefix)), None)
    if not prefix and prefix is not None:
        return frame
    if prefix is None:
        notes.warnings.append(
            "The counters return to zero neither with cycles nor with steps: their meaning is not known"
        )
    named = {name: f"{name} (resets unknown)" if prefix is None else prefix + name for name in present}
    notes.mapped.update({source: named[target] for source, target in notes.mapped.items() if target in named})
    if prefix:
        rule = f"the counters return to zero with each {prefix.strip().lower()} of this file"
        notes.derived.update(dict.fromkeys(named.values(), rule))
    return frame.rename(named)


def _all_reset_with(frame: pl.DataFrame, counters: list[str], prefix: str) -> bool:
    """Return whether every counter falls at each change of the cycle (or step), and nowhere else."""
    key = {"Cycle ": CYCLE, "Step ": STEP}.get(prefix)
    if key is not None and key not in frame.columns:
        return False
    changes = pl.lit(False) if key is None else (pl.col(key) != pl.col(key).shift(1)).fill_null(False)
    against = []
    for name in counters:
        value, before = pl.col(name), pl.col(name).shift(1)
        falls = (value < before - _LEAST_FALL).fill_null(False)
        against.append((falls & ~changes) | (changes & ~falls & (before > _LEAST_FALL).fill_null(False)))
    return not frame.select(pl.any_horizontal(against).any()).item() if against else True


def _with_step_capacities(frame: pl.DataFrame, notes: IngestNotes) -> pl.DataFrame:
    if CHARGING_CAPACITY in frame.columns or DISCHARGING_CAPACITY in frame.columns:
        return frame
    made = _step_capacities(frame)
    if made is None:
        return frame
    charging, discharging, rule = made
    notes.derived[CHARGING_CAPACITY] = notes.derived[DISCHARGING_CAPACITY] = rule
    return _beside(frame, charging.alias(CHARGING_CAPACITY), discharging.alias(DISCHARGING_CAPACITY))


def _step_capacities(frame: pl.DataFrame) -> tuple[pl.Expr, pl.Expr, str] | None:
    """Return the charge that went in and out within each step, from whichever counter the file has."""
    if STEP_CUMULATIVE_CAPACITY in frame.columns:
        direction, counter = pl.lit(direction_of(frame)), pl.col(STEP_CUMULATIVE_CAPACITY).abs()
        into, out = (pl.when(sign).then(counter).otherwise(counter * 0.0) for sign in (direction > 0, direction < 0))
        rule = f"{STEP_CUMULATIVE_CAPACITY} in steps of that direction, 0 in others"
        return into, out, rule
    for name in (STEP_NET_CAPACITY, NET_CAPACITY):
        if name in frame.columns:
            net = pl.col(name) if name == STEP_NET_CAPACITY else _since_step_began(name)
            rule = f"the positive and the negative part of {name} since the step began"
            return net.clip(lower_bound=0.0), (0.0 - net).clip(lower_bound=0.0), rule
    for prefix in ("", "Cycle "):
        pair = f"{prefix}Charging Capacity / Ah", f"{prefix}Discharging Capacity / Ah"
        if all(name in frame.columns for name in pair):
            rule = f"{pair[0]} and {pair[1]} since the step began"
            return _since_step_began(pair[0]), _since_step_began(pair[1]), rule
    return None


def _since_step_began(name: str) -> pl.Expr:
    """Return a counter minus its last value before the step; a counter that fell there started again from zero."""
    value, before = pl.col(name), pl.col(name).shift(1)
    begins = pl.col(STEP).ne_missing(pl.col(STEP).shift(1))
    fell = value.abs() < before.abs() - _LEAST_FALL
    start = pl.when(before.is_null()).then(value).when(fell).then(0.0).otherwise(before)
    return value - pl.when(begins).then(start).forward_fill()


def ordered(frame: pl.DataFrame) -> pl.DataFrame:
    """Put time, voltage and current first, as every reader expects them."""
    first = [name for name in (TIME, "Voltage / V", CURRENT, CYCLE, STEP) if name in frame.columns]
    rest = [name for name in frame.columns if name not in first]
    return pl.DataFrame([frame[name] for name in first + rest])


def _beside(frame: pl.DataFrame, *made: pl.Expr) -> pl.DataFrame:
    """Put computed columns beside the others, which with_columns would copy: that counts at a million rows."""
    return frame.hstack(frame.select(*made))
