"""What a person should know about a table before trusting it: time, gaps, and the counter against the integral."""

from statistics import median

import numpy as np
import polars as pl

from ionweld.measurement.charge import GAP_FACTOR, GAP_LEAST_S, Course, counted, floats
from ionweld.measurement.cycling import CURRENT, CYCLE, DERIVED_CYCLE, TIME
from ionweld.measurement.provenance import CounterCheck
from ionweld.read.cycling.format import UNIX_TIME
from ionweld.wording import many

_TOLERATED_SHARE = 0.02  # counter against integral; trapezoids over logged points are not better than this
_MUCH_LESS = 0.8  # from record to record: a trapezoid is within 0.4 % of a decay that falls by less
_STILL_SHARE = 0.1  # timers of one second repeat a time now and then
_COARSE_SHARE = 0.05
_BETWEEN_UNITS, _LIKE_A_UNIT = (60.0, 1000.0, 3600.0, 1e6), 0.1  # minutes, milli, seconds, micro
_KEPT = "The counter is kept"
_WITHHELD = "What the counter means was guessed: it is withheld, and capacities are those of the current"


def time_warnings(frame: pl.DataFrame, course: Course) -> list[str]:
    """Return sentences on time that runs backwards, stands still or leaps, with what that does to the charge."""
    said = [_backwards(frame, name) for name in (TIME, UNIX_TIME) if name in frame.columns]
    return [sentence for sentence in (*said, _still(frame), _gaps(frame), _leaps(course)) if sentence]


def _backwards(frame: pl.DataFrame, name: str) -> str:
    back = np.diff(floats(frame[name])) < 0.0
    count = int(np.count_nonzero(back))
    if not count:
        return ""
    said = f"{name} runs backwards {many(count, 'time')}, first at row {int(np.argmax(back)) + 2}"
    return f"{said}: no charge is counted there" if name == TIME else said


def _still(frame: pl.DataFrame) -> str:
    steps = np.diff(floats(frame[TIME]))
    steps = steps[np.isfinite(steps)]
    still = int(np.count_nonzero(steps == 0.0))
    if still and still == len(steps):
        return f"{TIME} is the same in all {many(frame.height, 'row')}: no charge, duration or rate can be told from it"
    if still > _STILL_SHARE * len(steps):
        return f"{TIME} stands still in {still} of {many(len(steps), 'interval')}: no charge is counted there"
    return ""


def _gaps(frame: pl.DataFrame) -> str:
    steps = frame[TIME].diff()
    usual = steps.quantile(0.95)
    if usual is None:
        return ""
    least = max(GAP_FACTOR * usual, GAP_LEAST_S)
    gaps = steps.filter(steps > least)
    if not gaps.len():
        return ""
    return f"{many(gaps.len(), 'gap')} in time longer than {least:.4g} s (ten usual intervals); the longest is {gaps.max():.6g} s"


def _leaps(course: Course) -> str:
    """Say which half cycles have a leap in time, over which nothing is known of the current."""
    rows, is_gap = course.rows, pl.Series(course.flow.is_gap & (course.direction.to_numpy() != 0))
    if not is_gap.any():
        return ""
    ahead = rows[TIME].diff().filter(is_gap)
    hours = float(ahead.sum()) / 3600.0
    held = float((ahead * rows[CURRENT].filter(is_gap).abs()).sum()) / 3.6
    return (
        f"{many(int(is_gap.sum()), 'of these lies', 'of these lie')} within half cycles, {hours:.4g} h in all: the integral counts no charge "
        f"there; had the current gone on, it would be {held:.4g} mAh more"
    )


def half_charges(course: Course) -> pl.DataFrame:
    """Return, per cycle and direction in the order of the test, what the cycler counted and what its current integrates to.

    Columns: cycle, way (+1 charge, -1 discharge), counted (Ah, null without a counter), moved (Ah), charge (the one that
    counts). Neither number knows of the other: see ionweld.measurement.charge.
    """
    rows, direction, run = course.rows, course.direction, course.run
    cycle = CYCLE if CYCLE in rows.columns else DERIVED_CYCLE
    counter = counted(rows, direction, run)
    moved = pl.Series("moved", course.flow.charge_Ah * direction.to_numpy())
    of_counter = pl.Series([None], dtype=pl.Float64).new_from_index(0, rows.height) if counter is None else counter
    parts = [rows[cycle].alias("cycle"), run, direction.alias("way"), of_counter.alias("counted"), moved]
    moving = pl.DataFrame(parts)
    kept = (direction.to_numpy() != 0) & np.isfinite(floats(rows[cycle]))
    moving = moving if kept.all() else moving.filter(pl.Series(kept))
    halves = moving.group_by("run", maintain_order=True).agg(
        pl.col("cycle", "way").first(), pl.col("counted").max(), pl.col("moved").sum()
    )
    counts = pl.when(pl.col("counted").is_not_null().any()).then(pl.col("counted").sum()).alias("counted")
    table = halves.group_by("cycle", "way", maintain_order=True).agg(counts, pl.col("moved").sum())
    return table.with_columns(pl.coalesce("counted", "moved").alias("charge"))


def sparse_warnings(course: Course, charges: pl.DataFrame) -> list[str]:
    """Return a sentence where the current falls so much between records that what it integrates to is not known to 2 %.

    The trapezoidal rule takes it as falling evenly; a current that decays, as at constant voltage, carries less. charges:
    of half_charges; what a counter counted needs no integral.
    """
    uncounted = charges.filter(pl.col("counted").is_null() & (pl.col("moved") > 0.0))
    if not uncounted.height or not (excess := _excess_of_trapezoids(course)).any():
        return []
    cycle = CYCLE if CYCLE in course.rows.columns else DERIVED_CYCLE
    parts = [course.rows[cycle].alias("cycle"), course.direction.alias("way"), pl.Series("excess", excess)]
    by_half = pl.DataFrame(parts).group_by("cycle", "way").agg(pl.col("excess").sum())
    shares = uncounted.join(by_half, on=["cycle", "way"]).with_columns(share=pl.col("excess") / pl.col("moved"))
    doubtful = shares.filter(pl.col("share") > _TOLERATED_SHARE).sort("share", descending=True)
    if not doubtful.height:
        return []
    number, way, share = doubtful.select("cycle", "way", "share").row(0)
    seen = f"In {many(doubtful.height, 'half cycle')} the current falls by much from one record to the next, and no counter counted"
    half = f"{'charge' if way > 0 else 'discharge'} of cycle {number:g}"
    return [f"{seen}: had it decayed evenly, the {half} would be {100 * share:.2g} % less"]


def _excess_of_trapezoids(course: Course) -> np.ndarray:
    """Return by how much (Ah) a trapezoid exceeds an exponential decay between each row and the one before it.

    Over an interval in which the current falls from I to r I the trapezoid has (1 + r) / 2, the decay (1 - r) / ln(1 / r).
    """
    current = np.abs(np.nan_to_num(floats(course.rows[CURRENT])))
    before = np.append(current[:1], current[:-1])
    charge = np.abs(course.flow.charge_Ah)
    falls = (charge > 0.0) & (current > 0.0) & (current < _MUCH_LESS * before)
    ratio = current[falls] / before[falls]
    exact = (1.0 - ratio) / np.log(1.0 / ratio) / ((1.0 + ratio) / 2.0)
    excess = np.zeros(charge.size)
    excess[falls] = charge[falls] * (1.0 - exact)
    return excess


def counter_checks(charges: pl.DataFrame) -> tuple[CounterCheck, ...]:
    """Return the half charges that the cycler counted, against the integral of its current. charges: of half_charges."""
    known = charges.filter(pl.col("counted").is_not_null()).sort("cycle", "way", descending=[False, True])
    return tuple(
        CounterCheck(int(number), "charge" if way > 0 else "discharge", count, integral)
        for number, way, count, integral in known.select("cycle", "way", "counted", "moved").iter_rows()
        if count or integral
    )


def disagree(checks: tuple[CounterCheck, ...]) -> bool:
    """Return whether counter and integral differ by more than 2 % in any half cycle."""
    return any(_disagreement(check) > _TOLERATED_SHARE for check in checks)


def counter_warnings(
    frame: pl.DataFrame, checks: tuple[CounterCheck, ...], resolution_A: float | None, *, withheld: bool = False
) -> list[str]:
    """Return a sentence when counter and integral disagree, and one when the logged current is too coarse for it.

    resolution_A: the last decimal that the file writes currents with, None when it is not known. withheld: what the
    counter means was guessed, so that it is not trusted then.
    """
    worst = max(checks, key=_disagreement, default=None)
    if worst is None or not disagree(checks):
        return []
    count = sum(_disagreement(check) > _TOLERATED_SHARE for check in checks)
    first = (
        f"In {count} of {many(len(checks), 'half cycle')} the current integrates to something else than the cycler counted; "
        f"most in the {worst.direction} of cycle {worst.cycle}: {worst.integral_Ah * 1e3:.4g} mAh integrated, "
        f"{worst.counter_Ah * 1e3:.4g} mAh counted. {_WITHHELD if withheld else _KEPT}"
    )
    return [first, *_other_unit(checks), *_coarse_current(frame, resolution_A)]


def _other_unit(checks: tuple[CounterCheck, ...]) -> list[str]:
    """Say so where counter and current differ by a factor between units, which no leak and no rounding makes."""
    ratios = [abs(check.counter_Ah / check.integral_Ah) for check in checks if check.counter_Ah and check.integral_Ah]
    middle = median(ratios) if ratios else 1.0
    factor = next((one for one in _BETWEEN_UNITS if abs(max(middle, 1.0 / middle) / one - 1.0) < _LIKE_A_UNIT), None)
    if factor is None:
        return []
    said = (
        f"Counter and current differ by a factor of {factor:g} throughout: the unit of one of them is not what the file"
    )
    return [f"{said} says, so that either may be wrong by it: compare with the program of the test"]


def _disagreement(check: CounterCheck) -> float:
    larger = max(abs(check.counter_Ah), abs(check.integral_Ah))
    return abs(check.counter_Ah - check.integral_Ah) / larger if larger else 0.0


def _coarse_current(frame: pl.DataFrame, resolution_A: float | None) -> list[str]:
    running = frame[CURRENT].abs().filter(frame[CURRENT] != 0.0).median()
    if resolution_A is None or not isinstance(running, float) or resolution_A < _COARSE_SHARE * running:
        return []
    said = f"The file writes current to {resolution_A * 1e3:.3g} mA while the cell ran at about {running * 1e3:.3g} mA"
    return [f"{said}: an integral of it is rounded by up to {50 * resolution_A / running:.0f} %"]
