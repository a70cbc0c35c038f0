"""What is compared of measured and virtual cells: numbers that the analysis reads off a test, one set for both.

Time-resolved, because a short in progress changes all that comes after it: up to the first sudden drop (the cell's life)
at parts of that life, and from there on by itself. What a test does not show is absent, never 0. Names are sentences,
because what does not fit is said by them. Resistances are compared in their logarithm.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.analyse.cycling import Thresholds, counted_half_cycles
from ionweld.analyse.cycling.events import events_in, first_drop, without_leaps
from ionweld.measurement.cycling import CyclingTest
from ionweld.result import EventKind

Real = NDArray[np.float64]
Features = dict[str, float]
FEWEST = 4  # half cycles: of fewer nothing can be said
PARTS = (0.1, 0.25, 0.5, 0.75, 0.9, 1.0)  # of the life
RISE = 1.05  # over the current before: the next step of a ramp
JUMP = 0.2  # of ln resistance from one half cycle to the next: a loose contact, or a short that comes and goes
QUIET = 1e-3  # noise over polarisation: less of it says nothing of a cell
QUIET_V = 1e-4
WIDTH = 2  # half cycles to either side that are averaged over
FEWEST_OF_A_LAW = 7  # half cycles, of which three numbers are fitted
FIRST_RESISTANCE, LAST_GROWTH = "ln(resistance at first / ohm)", "ln growth of the resistance at 100% of its life"
EARLY_NOISE = "ln noise over polarisation, early"
LIFE = "share of the protocol until the first sudden drop, or the end"
LAST_CURRENT = "ln(current before the first sudden drop, or the end / A)"

# what a measured curve is known by: how high, how it rises, how long
LEVELS = (FIRST_RESISTANCE, *(f"ln growth of the resistance at {part:.0%} of its life" for part in (0.25, 0.5, 1.0)), LIFE,
          "ln(cycles)", "ln(first discharge / Ah)", "ln retention of the discharge at 100% of its life")  # fmt: skip


def test_features(test: CyclingTest, kind: str, whole_s: float) -> Features:
    """Return the features of a test. whole_s: how long the protocol lasts, so that an early end is seen as one."""
    halves = counted_half_cycles(test)
    if halves.height < FEWEST:
        return {}
    with warnings.catch_warnings():  # the median of nothing is NaN, and is left out below
        warnings.simplefilter("ignore", RuntimeWarning)
        found = _symmetric(halves, whole_s) if kind == "symmetric" else _full(halves, whole_s)
    return {name: float(value) for name, value in found.items() if np.isfinite(value)}


def _column(table: pl.DataFrame, name: str) -> Real:
    return table[name].cast(pl.Float64).to_numpy()  # null becomes NaN


def _symmetric(halves: pl.DataFrame, whole_s: float) -> dict[str, Any]:
    halves, failed = _until_failure(halves)
    current = np.abs(_column(halves, "current_A"))
    R = np.log(np.maximum(_column(halves, "overpotential_V") / current, 1e-9))
    drop = first_drop(halves, Thresholds())
    n = min(halves.height, max(2, drop if drop is not None else halves.height))
    end_s = _column(halves, "start_s") + _column(halves, "duration_s")
    found = {
        FIRST_RESISTANCE: R[:2].mean(),
        LAST_CURRENT: np.log(current[n - 1]),
        "ln(voltage before the first sudden drop, or the end / V)": R[n - 1] + np.log(current[n - 1]),
        LIFE: end_s[n - 1] / whole_s,
        "share of the protocol that was run": end_s[-1] / whole_s,
        "ln(half cycles until the first sudden drop, or the end)": np.log(n),
        "a sudden drop": float(drop is not None),
        "failed: the resistance is gone": float(failed),
    }
    found |= _along(R[:n] - R[:2].mean(), "ln growth of the resistance")
    found |= _law(np.exp(R[:n] - R[:2].mean()), end_s[:n], current[:n])
    found |= _leaps(np.exp(R[:n]), current[:n])
    return found | _shapes(halves, n) | _jumps(halves, R, n) | _after_drop(R, drop) | _levels(R[:n], current[:n])


def _until_failure(halves: pl.DataFrame) -> tuple[pl.DataFrame, bool]:
    """Return the half cycles up to the one in which the resistance was gone, and whether it is: a cycler may run on."""
    gone = next((one for one in events_in(halves, Thresholds()) if one.kind is EventKind.FAILURE), None)
    if gone is None:
        return halves, False
    return halves.filter((pl.col("start_s") <= gone.time_s) | (pl.col("half_cycle") <= 2)), True


def _along(values: Real, name: str) -> Features:
    """Return a number at parts of the life: the median of the half cycles around each."""
    return {f"{name} at {part:.0%} of its life": _around(values, part) for part in PARTS}


def _around(values: Real, part: float) -> float:
    at = round(part * (values.size - 1))
    return float(np.nanmedian(values[max(0, at - WIDTH) : at + WIDTH + 1]))


def _shapes(halves: pl.DataFrame, n: int) -> dict[str, Any]:
    """Return the shape of the plateaus: wedge, flatness, what a reversal takes back, and how unlike the directions are."""
    wedge, flat = _column(halves, "wedge_index")[:n], _column(halves, "flatness")[:n]
    start, end, mean = (_column(halves, name)[:n] for name in ("start_V", "end_V", "overpotential_V"))
    taken_back = np.append(np.log(start[1:] / end[:-1]), np.nan)
    charge = (halves["direction"] == "charge").to_numpy()[:n]
    late = np.arange(n) >= 0.8 * n
    found = _along(wedge, "wedge of the plateaus") | _along(taken_back, "ln of what a reversal leaves")
    found["largest wedge"] = np.nanmax(wedge)
    for name, where in (("", np.ones(n, bool)), (" late in life", late)):
        found[f"flatness{name}"] = np.nanmedian(flat[where])
        found[f"ln charge over discharge polarisation{name}"] = np.log(
            np.nanmedian(mean[charge & where]) / np.nanmedian(mean[~charge & where])
        )
    return found


def _jumps(halves: pl.DataFrame, R: Real, n: int) -> dict[str, Any]:
    """Return how rough the course is: jumps from one half cycle to the next, scatter, and noise within half cycles."""
    steps = np.diff(R[:n])
    noise = np.log(np.maximum(_column(halves, "noise_V") / _column(halves, "overpotential_V"), QUIET))
    third = max(1, n // 3)
    return {
        "share of half cycles that jump up": np.mean(steps > JUMP),
        "share of half cycles that jump down": np.mean(steps < -JUMP),
        "largest jump up": steps.max(),
        "scatter from half cycle to half cycle": np.median(np.abs(np.diff(steps))) if n > 3 else np.nan,
        EARLY_NOISE: np.nanmedian(noise[:third]),
        "ln noise over polarisation, late": np.nanmedian(noise[n - third : n]),
        "largest ln noise over polarisation": np.nanmax(noise[:n]),
        "ln of the last growth per half cycle": R[n - 1] - R[max(0, n - 4)],
    }


def _leaps(R: Real, current: Real) -> Features:
    """Return what a lead that opens and closes adds (ohm, over the resistance at first), and how much of it stays."""
    held = R - without_leaps(R, current, Thresholds())
    most = float(held.max())
    found = {"ln of what leaps add at most, over the resistance at first": np.log(most / R[:2].mean() + QUIET)}
    return found | ({"share of what leaps add that stays": held[-1] / most} if most > 0.0 else {})


def _after_drop(R: Real, drop: int | None) -> Features:
    if drop is None:
        return {}
    after, before = R[drop:], np.median(R[max(0, drop - 4) : drop]) if drop else R[0]
    return {
        "ln fall in the sudden drop": R[drop] - before,
        "ln fall that lasts": np.median(after[:6]) - before,
        "ln resistance at the end over that before the drop": after[-1] - before,
        "ln(half cycles after the drop)": np.log(after.size),
        "roughness after the drop": np.median(np.abs(np.diff(after))) if after.size > 1 else np.nan,
    }


def _law(R: Real, time_s: Real, current: Real) -> Features:
    """Return in which law the resistance grows: with the root of time, and with time itself or, in a ramp, the current.

    R: over that at first. As shares of the resistance at first that each has added by the end.
    """
    if R.size < FEWEST_OF_A_LAW:
        return {}
    t, name, other = time_s / time_s[-1], "time", time_s / time_s[-1]
    if np.ptp(current) > (RISE - 1.0) * current[0]:
        name, other = "the current", current / current[-1]
    terms = np.stack([np.ones_like(t), np.sqrt(t), other], axis=1)
    shares = np.linalg.lstsq(terms, R, rcond=None)[0]
    return {
        "growth with the root of time, over the resistance at first": shares[1],
        f"growth with {name}, over the resistance at first": shares[2],
        "ln of what no such law tells, over the resistance at first": np.log(np.std(R - terms @ shares) + QUIET),
    }


def _levels(R: Real, current: Real) -> Features:
    """Return what a rising current does to the resistance: the first and the last step up, and beside the time between."""
    ups = np.flatnonzero(current[1:] > RISE * current[:-1]) + 1
    if not ups.size:
        return {}
    first, last = ups[0], ups[-1]
    steps = np.diff(R)
    between = np.delete(steps, ups - 1)
    early, late = np.array_split(between, 2)
    return {
        "ln growth at a rise of the current": np.median(steps[ups - 1]),
        "ln growth per half cycle between rises": np.nanmedian(between),
        "ln growth per half cycle between rises, late less early": np.nanmedian(late) - np.nanmedian(early),
        "ln change of the resistance at the first rise of the current": _around_step(R, first),
        "ln change of the resistance at the last rise of the current": _around_step(R, last),
        "ln change of the resistance over all rises of the current": R[-1] - R[max(0, first - 1)],
    }


def _around_step(R: Real, at: int) -> float:
    return float(np.median(R[at : at + 2]) - np.median(R[max(0, at - 2) : at]))


def _full(halves: pl.DataFrame, whole_s: float) -> dict[str, Any]:
    per = halves.group_by("cycle", maintain_order=True).agg(
        *(_of(way, "capacity_Ah", pl.Expr.sum) for way in ("charge", "discharge")),
        *(_of(way, "mean_voltage_V", pl.Expr.mean) for way in ("charge", "discharge")),
        pl.col("current_A").abs().mean(),
        pl.col("noise_V").median(),
    )
    whole = per.filter((pl.col("charge_capacity_Ah") > 0.0) & (pl.col("discharge_capacity_Ah") > 0.0))
    if not whole.height:
        return {}
    into, out = (np.log(_column(whole, f"{way}_capacity_Ah")) for way in ("charge", "discharge"))
    gap = _column(whole, "charge_mean_voltage_V") - _column(whole, "discharge_mean_voltage_V")
    R = np.log(np.maximum(gap / 2.0 / _column(whole, "current_A"), 1e-9))
    end_s = (halves["start_s"] + halves["duration_s"]).to_numpy()[-1]
    efficiency = out - into
    found = {
        "ln(first discharge / Ah)": out[0],
        "ln(first charge over first discharge)": into[0] - out[0],
        FIRST_RESISTANCE: R[:2].mean(),
        "ln(cycles)": np.log(whole.height),
        "ln(duration over that of the protocol)": np.log(end_s / whole_s),
        "ln of the lowest efficiency after the third cycle": efficiency[3:].min() if efficiency.size > 3 else np.nan,
        "scatter of the efficiency": np.std(efficiency[3:]) if efficiency.size > 4 else np.nan,
        "share of cycles with a dip of the efficiency": np.mean(efficiency[1:] < np.median(efficiency) - 0.01),
        "largest ln fall of the discharge in one cycle": np.diff(out).min() if out.size > 1 else np.nan,
        "ln noise / V": np.log(max(float(np.nanmedian(_column(whole, "noise_V"))), QUIET_V)),
    }
    found |= _last_charge(per)
    found |= _along(out - out[: min(2, out.size)].max(), "ln retention of the discharge")
    found |= _along(R - R[:2].mean(), "ln growth of the resistance") | _along(efficiency, "ln efficiency")
    return found


def _last_charge(per: pl.DataFrame) -> dict[str, Any]:
    """Return by how much the last charge exceeds the one before: in a shorted cell it goes on, and gives nothing back.

    A charge that was cut short says nothing.
    """
    moved = np.log(_column(per.filter(pl.col("charge_capacity_Ah") > 0.0), "charge_capacity_Ah"))
    return (
        {"ln of the last charge over that before, if more": max(0.0, moved[-1] - moved[-2])} if moved.size > 1 else {}
    )


def _of(way: str, name: str, how: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    return how(pl.col(name).filter(pl.col("direction") == way)).alias(f"{way}_{name}")
