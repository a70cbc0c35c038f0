"""What a cycler's counter of charge is, and the charge of each step that follows from it.

Three kinds, told by the column's name in the Battery Data Format:

    pair      Charging and Discharging Capacity   one for each direction; neither falls but by starting again
    unsigned  Cumulative Capacity                 one for both directions; the step says which way it counts
    net       Net Capacity                        charge minus discharge: it falls when the current reverses, which is
                                                  no restart

Each format says in its own file (Format.counter) what makes its counter start again and what its first row holds. Many
programs leave that to the operator, so the data decide: between two rows a counter either went on or started again, and
at a change of step it is taken as whichever lies closer to the charge that the current had time to move. A counter
that goes on over consecutive steps of one direction is therefore counted once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.measurement.charge import directions, floats, flow, runs
from ionweld.measurement.cycling import CHARGING_CAPACITY, CURRENT, CYCLE, DISCHARGING_CAPACITY, STEP, TIME
from ionweld.read.cycling.notes import IngestNotes
from ionweld.wording import many

Kind = Literal["pair", "unsigned", "net"]

_RESETS = ("Step ", "Cycle ", "")
_NAMES: dict[Kind, tuple[str, ...]] = {
    "pair": ("Charging", "Discharging"),
    "unsigned": ("Cumulative",),
    "net": ("Net",),
}
_STARTED_AGAIN = 0.5  # below this share of the value before, a counter that never falls has started again
_NOTHING_AH = 1e-12
_LEAST_AT_REST = 1e-4  # of all that was counted
_ONE_INTERVAL = 2.0  # a first row holds charge of this file when it is not more than so many intervals of current


@dataclass(frozen=True, slots=True)
class Counter:
    """What is known of a format's counter.

    restarts: what makes it start from zero; "program": the operator's program decides, so that the data must show it.
    first_row: whether the first row of a step stands at its beginning ("zero") or at the end of the first interval, with
    its charge ("charged"). known: where this was learnt.
    """

    restarts: Literal["never", "cycle", "step", "program", "by name"]
    first_row: Literal["zero", "charged"] = "zero"
    known: Literal["documented", "seen in files", "guessed"] = "seen in files"


BY_NAME = Counter("by name", "zero", "documented")  # the prefix in the Battery Data Format says what resets it


@dataclass(frozen=True, slots=True)
class _Found:
    """The counter that a table has: its kind, the prefix that says what resets it, its one or two columns."""

    kind: Kind
    prefix: str
    columns: tuple[str, ...]


def with_step_capacities(frame: pl.DataFrame, counter: Counter, notes: IngestNotes) -> pl.DataFrame:
    """Return the table with the charge of each step so far, by direction, and its own counter named by what resets it.

    A file's counter per step that is what it says stays as it is.
    """
    found = _find(frame)
    if found is None:
        return frame
    direction = directions(frame)
    frame = _counted_upwards(frame, found, direction, notes)
    passed = flow(frame, runs(frame, direction)).charge_Ah
    begins = frame[STEP].ne_missing(frame[STEP].shift(1)) | (frame[TIME].diff() < 0.0).fill_null(False)
    values = [_without_holes(frame[name]) for name in found.columns]
    restarted = [
        _restarts(value, expected, begins, found.kind)
        for value, expected in zip(values, _expected(passed, found), strict=True)
    ]
    resets = _what_resets(frame, values, restarted, begins, found)
    frame = _named(frame, found, resets, notes)
    notes.counter_guessed = resets is None or counter.known == "guessed"
    if found.kind == "pair" and resets == "Step ":
        return frame
    moved = [
        _increments(value, again, found, frame, expected)
        for value, again, expected in zip(values, restarted, _expected(passed, found), strict=True)
    ]
    into, out = _by_direction(moved, direction, found.kind)
    notes.warnings += _counted_at_rest(moved[0], direction) if found.kind != "pair" else []
    rule = f"the charge of each step, from {_names_of(found, resets)}"
    notes.derived[CHARGING_CAPACITY] = notes.derived[DISCHARGING_CAPACITY] = rule
    made = [
        _within_steps(series, frame[STEP], name)
        for series, name in ((into, CHARGING_CAPACITY), (out, DISCHARGING_CAPACITY))
    ]
    return frame.hstack(made)


def _find(frame: pl.DataFrame) -> _Found | None:
    """Return the counter that says most about steps: a pair before one for both, one per step before one per cycle."""
    order: Iterable[tuple[Kind, str]] = [
        ("pair", "Step "), ("unsigned", "Step "), ("net", "Step "), ("net", ""), ("pair", ""), ("pair", "Cycle "),
        ("unsigned", ""), ("unsigned", "Cycle "), ("net", "Cycle "),
    ]  # fmt: skip
    for kind, prefix in order:
        columns = tuple(f"{prefix}{way} Capacity / Ah" for way in _NAMES[kind])
        if set(columns) <= set(frame.columns):
            return _Found(kind, prefix, columns)
    return None


def _counted_upwards(frame: pl.DataFrame, found: _Found, direction: pl.Series, notes: IngestNotes) -> pl.DataFrame:
    """Return the table with counters by their size that a program writes with the sign of the current."""
    signed = [name for name in found.columns if _counts_down(frame[name].fill_nan(None), direction, found.kind)]
    if not signed:
        return frame
    notes.warnings.append(f"{' and '.join(signed)} counts downwards while the cell discharges: its size is taken")
    return frame.with_columns(pl.col(signed).abs())


def _counts_down(value: pl.Series, direction: pl.Series, kind: Kind) -> bool:
    below, above = value < -_NOTHING_AH, value > _NOTHING_AH
    if kind == "net" or not below.any():
        return False
    if kind == "pair":
        return not above.any()
    return not (below & (direction > 0)).any() and not (above & (direction < 0)).any()


def _without_holes(value: pl.Series) -> pl.Series:
    """Return a counter in which a row without a value holds that of the row before, the first 0."""
    known = np.isfinite(floats(value))
    return value if known.all() else value.set(pl.Series(~known), None).forward_fill().fill_null(0.0)


def _expected(passed: NDArray[np.float64], found: _Found) -> Iterator[NDArray[np.float64]]:
    """Yield the charge that the current had time to move since the row before, for each column of the counter."""
    if found.kind == "pair":
        yield np.maximum(passed, 0.0)
        yield np.maximum(-passed, 0.0)
    else:
        yield passed if found.kind == "net" else np.abs(passed)


def _restarts(value: pl.Series, expected: NDArray[np.float64], begins: pl.Series, kind: Kind) -> pl.Series:
    """Return the rows in which the counter started again since the row before."""
    now, before = floats(value), np.append(0.0, floats(value)[:-1])
    at, again = begins.arg_true().to_numpy(), np.zeros(now.size, dtype=bool)
    left = expected[at]
    again[at] = np.abs(now[at] - left) < np.abs(now[at] - before[at] - left)
    if kind != "net":
        again |= (now < _STARTED_AGAIN * before) & (before > _NOTHING_AH)
    return pl.Series(again)


def _what_resets(
    frame: pl.DataFrame, values: list[pl.Series], restarted: list[pl.Series], begins: pl.Series, found: _Found
) -> str | None:
    """Return the prefix of what resets the counter ("" for nothing), "some steps", or None when that is not understood."""
    cycle = frame[CYCLE].ne_missing(frame[CYCLE].shift(1)) if CYCLE in frame.columns else None
    changes = {"": pl.Series([False]).new_from_index(0, frame.height), "Cycle ": cycle, "Step ": begins}
    holds = [
        prefix
        for prefix in dict.fromkeys((found.prefix, "", "Cycle ", "Step "))
        if (change := changes[prefix]) is not None and _all_restart_with(change, values, restarted)
    ]
    if holds:
        return holds[0]
    inside = any((again & ~begins).any() for again in restarted)
    return None if inside else "some steps"


def _all_restart_with(change: pl.Series, values: list[pl.Series], restarted: list[pl.Series]) -> bool:
    """Return whether every counter starts again at each change (where it held something), and nowhere else."""
    for value, again in zip(values, restarted, strict=True):
        at = (again != change).arg_true().to_numpy()
        if (np.abs(floats(value)[at[at > 0] - 1]) > _NOTHING_AH).any():
            return False
    return True


def _named(frame: pl.DataFrame, found: _Found, resets: str | None, notes: IngestNotes) -> pl.DataFrame:
    """Name the counters, and the energies beside them, by what resets them in this file."""
    if resets == found.prefix:
        return frame
    if resets is None:
        notes.warnings.append(
            "The counters start again in the middle of steps: their meaning is not known, but guessed"
        )
    columns = [name for name in frame.columns for way in _NAMES[found.kind] if name.startswith(f"{found.prefix}{way} ")]
    named = {name: _renamed(name.removeprefix(found.prefix), resets) for name in columns}
    notes.mapped.update({source: named[target] for source, target in notes.mapped.items() if target in named})
    notes.derived.update(dict.fromkeys(named.values(), _rule(resets)))
    return frame.rename(named)


def _renamed(bare: str, resets: str | None) -> str:
    if resets in _RESETS:
        return f"{resets}{bare}"
    return f"{bare} (restarts {'unknown' if resets is None else 'with some steps'})"


def _rule(resets: str | None) -> str:
    if resets is None:
        return "the counters start again in the middle of steps"
    if resets == "":
        return "the counters never start again in this file"
    return f"the counters start again with {'each ' + resets.strip().lower() if resets in _RESETS else resets} of this file"


def _names_of(found: _Found, resets: str | None) -> str:
    names = " and ".join(_renamed(name.removeprefix(found.prefix), resets) for name in found.columns)
    return f"{names} ({'signed' if found.kind == 'net' else 'unsigned'}); a restart is counted from zero"


def _increments(
    value: pl.Series, again: pl.Series, found: _Found, frame: pl.DataFrame, expected: NDArray[np.float64]
) -> pl.Series:
    """Return the charge that was counted since the row before."""
    gone_on = value - value.shift(1).fill_null(0.0)
    increments = gone_on.zip_with(~again, value)
    if found.prefix == "" and not _begins_here(value, frame, expected):  # what was counted before this file began
        increments = increments.scatter(0, 0.0) if increments.len() else increments
    return increments


def _begins_here(value: pl.Series, frame: pl.DataFrame, expected: NDArray[np.float64]) -> bool:
    """Return whether what a counter that never restarts holds in the first row can be charge of this file."""
    if frame.height < 2:
        return True
    current, time = frame[CURRENT].head(2), frame[TIME].head(2)
    interval = abs((current[0] or 0.0) * ((time[1] or 0.0) - (time[0] or 0.0))) / 3600.0
    return abs(value[0]) <= _ONE_INTERVAL * max(interval, abs(expected[0])) + _NOTHING_AH


def _by_direction(moved: list[pl.Series], direction: pl.Series, kind: Kind) -> tuple[pl.Series, pl.Series]:
    """Return what went in and what went out since the row before."""
    if kind == "pair":
        return moved[0], moved[1]
    nothing = moved[0] * 0.0
    into = moved[0].zip_with(direction > 0, nothing)
    out = moved[0].zip_with(direction < 0, nothing)
    return into, (0.0 - out if kind == "net" else out)


def _counted_at_rest(moved: pl.Series, direction: pl.Series) -> list[str]:
    """Say what was counted in rows that neither charge nor discharge: it belongs to no half cycle."""
    idle = moved.abs().zip_with(direction == 0, moved * 0.0)
    lost, every = float(idle.sum()), float(moved.abs().sum())
    rows = (idle > _NOTHING_AH).arg_true() + 1
    if not lost > _LEAST_AT_REST * every or not rows.len():  # NaN, of a damaged counter, is above nothing
        return []
    said = f"{1e3 * lost:.4g} mAh were counted in {many(rows.len(), 'row that neither charges nor discharges', 'rows that neither charge nor discharge')} by their state"
    return [f"{said}, the first is row {rows[0]}: they stand in no half cycle"]


def _within_steps(moved: pl.Series, step: pl.Series, name: str) -> pl.Series:
    """Return the running sum of each step."""
    total = moved.cum_sum()
    begins = step.ne_missing(step.shift(1))
    before = pl.when(pl.lit(begins)).then(pl.lit(total).shift(1).fill_null(0.0)).forward_fill()
    return pl.select((pl.lit(total) - before).alias(name)).to_series()
