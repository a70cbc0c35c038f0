"""What a person should know about a table before trusting it: time, gaps, and the counter against the integral."""

import polars as pl

from ionweld.measurement.cycling import CHARGING_CAPACITY, CURRENT, CYCLE, DISCHARGING_CAPACITY, REQUIRED, STEP, TIME
from ionweld.measurement.provenance import CounterCheck
from ionweld.read.cycling.derive import DERIVED_CYCLE
from ionweld.read.cycling.format import UNIX_TIME

_TOLERATED_SHARE = 0.02  # counter against integral; trapezoids over logged points are not better than this
_GAP_FACTOR = 10.0  # a gap is ten times as long as nearly all other intervals (the 95th percentile)
_GAP_LEAST_S = 10.0
_COARSE_SHARE = 0.05
_SECONDS_PER_HOUR = 3600.0


def time_warnings(frame: pl.DataFrame) -> list[str]:
    """Return sentences on time that runs backwards, gaps, and cells without a number in the required columns."""
    said = [_backwards(frame, name) for name in (TIME, UNIX_TIME) if name in frame.columns]
    return [sentence for sentence in (*said, _gaps(frame), _infinite(frame)) if sentence]


def _backwards(frame: pl.DataFrame, name: str) -> str:
    back = (frame[name].diff() < 0.0).fill_null(False)
    count = int(back.sum())
    return f"{name} runs backwards {count} times, first at row {int(back.arg_max() or 0) + 1}" if count else ""


def _gaps(frame: pl.DataFrame) -> str:
    steps = frame[TIME].diff()
    usual = steps.quantile(0.95)
    if usual is None:
        return ""
    least = max(_GAP_FACTOR * usual, _GAP_LEAST_S)
    gaps = steps.filter(steps > least)
    if not gaps.len():
        return ""
    return (
        f"{gaps.len()} gaps in time longer than {least:.4g} s (ten usual intervals); the longest is {gaps.max():.6g} s"
    )


def _infinite(frame: pl.DataFrame) -> str:
    counts = {name: int((~frame[name].is_finite()).sum() or 0) for name in REQUIRED}
    return "; ".join(f"{count} values of {name} are not finite" for name, count in counts.items() if count)


def counter_checks(frame: pl.DataFrame) -> tuple[CounterCheck, ...]:
    """Return, per cycle and direction, the cycler's counter and the integral of the current, in Ah.

    The integral is the trapezoid over the logged points of a step, from the value that the counter has at its first.
    """
    cycle = CYCLE if CYCLE in frame.columns else DERIVED_CYCLE
    if not {CHARGING_CAPACITY, DISCHARGING_CAPACITY, STEP, cycle} <= set(frame.columns):
        return ()
    into, out, moved = pl.col("into"), pl.col("out"), pl.col("moved")
    per_step = (
        frame.lazy()
        .select(
            pl.col(cycle).alias("cycle"),
            STEP,
            pl.col(CHARGING_CAPACITY).alias("into"),
            pl.col(DISCHARGING_CAPACITY).alias("out"),
            _charge_since_last_row().alias("moved"),
        )
        .group_by("cycle", STEP)
        .agg(
            into.max().alias("counted in"),
            out.max().alias("counted out"),
            (into.first() + moved.clip(lower_bound=0.0).sum()).alias("moved in"),
            (out.first() - moved.clip(upper_bound=0.0).sum()).alias("moved out"),
        )
    )
    numbered = per_step.filter(pl.col("cycle").cast(pl.Float64).is_finite())
    totals = numbered.group_by("cycle").agg(pl.exclude("cycle", STEP).sum()).sort("cycle").collect()
    return tuple(check for row in totals.iter_rows(named=True) for check in _pair(row))


def _charge_since_last_row() -> pl.Expr:
    current, elapsed = pl.col(CURRENT), pl.col(TIME).diff()
    same_step = pl.col(STEP) == pl.col(STEP).shift(1)
    within = 0.5 * (current + current.shift(1)) * elapsed / _SECONDS_PER_HOUR
    return pl.when(same_step).then(within).otherwise(0.0).fill_null(0.0)


def _pair(row: dict[str, float]) -> list[CounterCheck]:
    cycle = int(row["cycle"])
    charge = CounterCheck(cycle, "charge", row["counted in"], row["moved in"])
    discharge = CounterCheck(cycle, "discharge", row["counted out"], row["moved out"])
    return [check for check in (charge, discharge) if check.counter_Ah or check.integral_Ah]


def counter_warnings(frame: pl.DataFrame, checks: tuple[CounterCheck, ...], resolution_A: float | None) -> list[str]:
    """Return a sentence when counter and integral disagree, and one when the logged current is too coarse for it.

    resolution_A: the last decimal that the file writes currents with, None when it is not known.
    """
    worst = max(checks, key=_disagreement, default=None)
    if worst is None or _disagreement(worst) <= _TOLERATED_SHARE:
        return []
    count = sum(_disagreement(check) > _TOLERATED_SHARE for check in checks)
    first = (
        f"In {count} of {len(checks)} half cycles the current integrates to something else than the cycler counted; "
        f"most in the {worst.direction} of cycle {worst.cycle}: {worst.integral_Ah * 1e3:.4g} mAh integrated, "
        f"{worst.counter_Ah * 1e3:.4g} mAh counted. The counter is kept"
    )
    return [first, *_coarse_current(frame, resolution_A)]


def _disagreement(check: CounterCheck) -> float:
    larger = max(abs(check.counter_Ah), abs(check.integral_Ah))
    return abs(check.counter_Ah - check.integral_Ah) / larger if larger else 0.0


def _coarse_current(frame: pl.DataFrame, resolution_A: float | None) -> list[str]:
    running = frame[CURRENT].abs().filter(frame[CURRENT] != 0.0).median()
    if resolution_A is None or not isinstance(running, float) or resolution_A < _COARSE_SHARE * running:
        return []
    said = f"The file writes current to {resolution_A * 1e3:.3g} mA while the cell ran at about {running * 1e3:.3g} mA"
    return [f"{said}: an integral of it is rounded by up to {50 * resolution_A / running:.0f} %"]
