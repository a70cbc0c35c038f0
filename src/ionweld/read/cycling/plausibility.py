"""Signs that a file is not what its header says: each a sentence for a person, none of them changes a number.

unit of the voltage    half of the voltages lie above any cell's: millivolts read as volts
unit of the time       the test lasts longer than any laboratory waits
no current             it is zero throughout, but the file's counters move
sign of the current    the file's own counters of charge and discharge count the other way, the voltage falls when the
                       current turns to charge, or it never changes
cycle count            is no whole number, goes back, or puts two charges into one cycle
efficiency             the half cycle that ends a cycle moves more than one and a half times what the first did
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.measurement.charge import Course, floats
from ionweld.measurement.cycling import CHARGING_CAPACITY, CURRENT, CYCLE, DISCHARGING_CAPACITY, TIME, VOLTAGE
from ionweld.read.cycling.signs import SURE, voltage_follows
from ionweld.wording import many

_HIGHEST_CELL_V = 20.0  # a single cell stays below 6 V, and few stacks are cycled as one
_LONGEST_TEST_S = 5 * 365.25 * 86400.0
_HIGHEST_EFFICIENCY = 1.5
_MOSTLY = 0.5
_CAPACITIES = ("capacity", "kapazität", "capacité", "capacidad", "容量")
_CYCLES_NAMED = 5
_SEVERAL = 2  # cycles


def implausible(frame: pl.DataFrame, course: Course, charges: pl.DataFrame) -> list[str]:
    """Return what does not look like a test of a cell, one sentence each. charges: of checks.half_charges."""
    said = [
        _voltages(frame),
        _duration(frame),
        _no_current(frame),
        _sign(course) or _sign_by_voltage(course),
        _one_way(course),
        *_cycle_count(frame, course),
        _efficiencies(charges),
    ]
    return [sentence for sentence in said if sentence]


def _voltages(frame: pl.DataFrame) -> str:
    middle = frame[VOLTAGE].abs().median()
    if not isinstance(middle, float) or middle <= _HIGHEST_CELL_V:
        return ""
    return f"Half of the voltages lie above {middle:.4g} V, more than a cell has: are they millivolts?"


def _duration(frame: pl.DataFrame) -> str:
    times = frame[TIME].drop_nulls()
    lasts = float(times.max()) - float(times.min()) if times.len() else 0.0  # pyright: ignore[reportArgumentType]
    if lasts <= _LONGEST_TEST_S:
        return ""
    return f"The test lasts {lasts / (365.25 * 86400.0):.3g} years: is the unit of its time right?"


def _no_current(frame: pl.DataFrame) -> str:
    """Say that a counter moves in a table whose current is zero throughout: what is not seen to flow makes no half cycle."""
    if not frame.height or frame[CURRENT].abs().max() != 0.0:
        return ""
    counts = [name for name in frame.columns if any(word in name.casefold() for word in _CAPACITIES)]
    moved = [name for name in counts if frame[name].dtype.is_numeric() and (frame[name].fill_null(0) != 0).any()]
    if not moved:
        return ""
    return (
        f"The current is zero in every row, but {moved[0]!r} counts: the current is logged too coarsely, or stands in another "
        "column; there is no half cycle without it"
    )


def _sign(course: Course) -> str:
    """Compare the sign of the current with the counters that the file keeps for each direction."""
    if not {CHARGING_CAPACITY, DISCHARGING_CAPACITY} <= set(course.rows.columns):
        return ""
    counted = _gained(course.rows[CHARGING_CAPACITY])
    counted -= _gained(course.rows[DISCHARGING_CAPACITY])
    if np.sign(course.flow.charge_Ah) @ counted >= -_MOSTLY * np.abs(counted).sum():
        return ""
    return (
        "The current has the other sign than the file's own counters of charge and discharge: is positive current a "
        "discharge here?"
    )


def _sign_by_voltage(course: Course) -> str:
    follows = voltage_follows(course.rows, course.direction)
    if follows is None or follows > -SURE:
        return ""
    return (
        "The voltage falls whenever the current turns from discharge to charge, as in no cell: is positive current a "
        "discharge here?"
    )


def _one_way(course: Course) -> str:
    """Say so when several cycles hold one direction only: an export may have lost the sign."""
    ways = course.direction.filter(course.direction != 0)
    if CYCLE not in course.rows.columns or ways.n_unique() != 1:
        return ""
    cycles = course.rows[CYCLE].filter(course.direction != 0).n_unique()
    if cycles < _SEVERAL:
        return ""
    way, other = ("charge", "discharge") if ways[0] > 0 else ("discharge", "charge")
    return (
        f"The current has one sign in all {cycles} cycles: unless the test only {way}s, the file has lost its sign, and "
        f"what is called a {way} holds the {other} too"
    )


def _gained(counter: pl.Series) -> NDArray[np.float64]:
    gained = np.diff(floats(counter), prepend=np.nan)
    return np.fmax(gained, 0.0, out=gained)


def _cycle_count(frame: pl.DataFrame, course: Course) -> list[str]:
    if CYCLE not in frame.columns:
        return []
    count = frame[CYCLE]
    said = []
    if count.dtype.is_float() and (fractions := (count != count.round()).fill_null(False)).any():
        at = int(fractions.arg_max() or 0)
        said.append(
            f"{CYCLE} is no whole number in {many(int(fractions.sum()), 'row')}, the first is {count[at]:g} in row {at + 1}"
        )
    back = (count.cast(pl.Float64).diff() < 0.0).fill_null(False)
    if back.any():
        at = int(back.arg_max() or 0)
        said.append(
            f"{CYCLE} goes back {many(int(back.sum()), 'time')}, first in row {at + 1}, from {count[at - 1]} to {count[at]}"
        )
    return [*said, *_several_charges(course)]


def _several_charges(course: Course) -> list[str]:
    """Say which cycles hold a second charge (or discharge) after the other direction came between: they are added up."""
    table = pl.DataFrame([course.rows[CYCLE].alias("cycle"), course.direction.alias("way")])
    table = table.filter((pl.col("way") != 0) & pl.col("cycle").is_not_null())
    turns = table.filter(
        (pl.col("way") != pl.col("way").shift(1)) | (pl.col("cycle") != pl.col("cycle").shift(1)).fill_null(True)
    )
    halves = turns.group_by("cycle", "way", maintain_order=True).len().filter(pl.col("len") > 1)
    cycles = halves["cycle"].unique(maintain_order=True)
    if not cycles.len():
        return []
    said = (
        f"{many(cycles.len(), 'cycle holds', 'cycles hold')} more than one charge or discharge by the file's own count (cycle {_named(cycles)}): "
        "their charges are added up"
    )
    return [said]


def _efficiencies(charges: pl.DataFrame) -> str:
    """Say where the second half cycle of a cycle moved more than one and a half times what the first did.

    The direction that came first in the test is taken to open each cycle; the last cycle may be unfinished.
    """
    if not charges.height:
        return ""
    opening = charges["way"][0]
    both = charges.pivot("way", index="cycle", values="charge", maintain_order=True).head(-1)
    if f"{-opening}" not in both.columns:
        return ""
    ratio = both[f"{-opening}"] / both[f"{opening}"]
    high = both.filter((ratio > _HIGHEST_EFFICIENCY) & ratio.is_finite())["cycle"]
    if not high.len():
        return ""
    most = float(ratio.filter(ratio.is_finite()).max())  # pyright: ignore[reportArgumentType]
    return (
        f"{many(high.len(), 'cycle has', 'cycles have')} an efficiency above 150 % if each {'charge' if opening > 0 else 'discharge'} opens a cycle "
        f"(cycle {_named(high)}; up to {100 * most:.0f} %): no cell does that, look at the cycle count and the counters"
    )


def _named(cycles: pl.Series) -> str:
    return ", ".join(f"{cycle:g}" for cycle in cycles.head(_CYCLES_NAMED)) + (
        ", ..." if cycles.len() > _CYCLES_NAMED else ""
    )
