"""Half cycles: what each pass of current in one direction shows.

Definitions, for a symmetric cell, whose voltage at equilibrium is 0:

    overpotential             time average of |V| over the half cycle (V)
    area-specific resistance  overpotential over |current density| (ohm cm2): of the whole cell, pellet and interfaces
    wedge index               (|V| at the end - |V| after SETTLING) / mean |V|: 0 if the plateau is flat
    flatness                  1 - (max |V| - min |V|) / mean |V|, both from SETTLING on: 1 for a flat plateau
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.analyse.cycling.current_levels import parted_by_level
from ionweld.analyse.cycling.sweeping import NAMES, by_row, swept_runs
from ionweld.measurement import cycling as bdf
from ionweld.measurement.charge import (
    GAP_FACTOR,
    GAP_LEAST_S,
    SECONDS_PER_HOUR,
    Course,
    begins,
    counted,
    course,
    floats,
)

_BLOCK = 2**16  # rows
_ALONE = 0.75  # of the record before: less is no plateau's own shape, see Thresholds.drop
SETTLING_S = 120.0  # the first two minutes after a reversal belong to charging and rewetting, not to the plateau

_STEP, _SIGN, _TIME, _VOLTS, _AMPS, _INSIDE = "_step", "_sign", "_time", "_volts", "_current", "_inside"
_SECONDS, _MOVED = (
    "_seconds",
    "_moved",
)  # since the row before, of the same half cycle: time that counts, and charge (Ah)
_SWEPT = "_swept"  # see sweeping
_GAP = "_gap"  # a leap in time before this row, over which nothing was counted
_SPAN = "_span"  # of the plateau
_COUNTER = "_counter"  # charge of the half cycle so far (Ah), as the cycler counted it
_FEWEST_HEADS = 6  # beginnings of runs, of which one can be unlike the others
_NO_COUNTER = pl.Series([None], dtype=pl.Float64)


def half_cycles(measurement: bdf.CyclingTest) -> pl.DataFrame:
    """Return one row per half cycle, in the order of the test.

    Columns: half_cycle (from 1), cycle, direction ("charge" or "discharge"), start_s, duration_s, current_A,
    capacity_Ah, overpotential_V, start_V and end_V (of |V|, after SETTLING and at the end), wedge_index, flatness, and,
    where the area is known, current_density_mA_cm2 and asr_ohm_cm2. A table without any current has no rows.
    """
    return _described(_loaded(measurement.table), measurement.context.area_m2)


class Moments(NamedTuple):
    """Records under current, none of them lost, as arrays (m,): number of the half cycle, time (s), cycle, A, V."""

    half_cycle: NDArray[np.int64]
    time: NDArray[np.float64]
    cycle: NDArray[np.int64]
    amps: NDArray[np.float64]
    volts: NDArray[np.float64]


def half_cycles_of(moments: Moments, area_m2: float) -> pl.DataFrame:
    """Return half_cycles of records that need no reading: those of a simulated cell, of which there may be a million."""
    elapsed = np.diff(moments.time, prepend=moments.time[:1])
    seconds = np.where(np.diff(moments.half_cycle, prepend=-1) == 0, elapsed, 0.0)
    marked = {
        _STEP: moments.half_cycle,
        _SIGN: np.sign(moments.amps),
        _TIME: moments.time,
        _SECONDS: seconds,
        _VOLTS: moments.volts,
        _AMPS: moments.amps,
        "cycle": moments.cycle,
        _MOVED: np.abs(moments.amps) * seconds / SECONDS_PER_HOUR,
    }
    return _described(_with_plateaus(pl.DataFrame(marked)), area_m2)


def counted_half_cycles(measurement: bdf.CyclingTest) -> pl.DataFrame:
    """Return half_cycles with what the cycler counted, and voltages and energies for cells that store charge.

    Instead of the integral, capacity_Ah is the cycler's counter where the table has one (counted says so), and
    integral_Ah the integral; has_gap: a leap in time lies within it, whose charge nobody saw; swept: "current" or "voltage"
    where one was swept, so that there is no plateau. Besides: mean_voltage_V, the average over the charge; median_voltage_V, at half of the
    charge; energy_Wh = capacity times mean_voltage_V, so that a current logged too coarsely spoils neither; noise_V, the
    standard deviation from record to record within the plateau, by second differences.
    """
    return _described(_loaded(measurement.table), measurement.context.area_m2, counts=True)


def loaded_rows(
    measurement: bdf.CyclingTest, cycle: int, direction: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the voltages (V) of one half cycle, and the charge (Ah) that passed since the row before, shapes (n,)."""
    sign = 1.0 if direction == "charge" else -1.0
    rows = _loaded(measurement.table).filter((pl.col("cycle") == cycle) & (pl.col(_SIGN) == sign))
    return rows[_VOLTS].to_numpy(), rows[_MOVED].to_numpy()


def plateaus(
    measurement: bdf.CyclingTest, wanted: Sequence[int], *, settled: bool = True
) -> list[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]]:
    """Return times (s), |V| (V) and |I| (A) of half cycles, told by their numbers; shapes (n,) each. settled: from SETTLING on."""
    rows = _loaded(measurement.table)
    numbers = np.cumsum(begins(rows[_STEP]))
    found = []
    for number in wanted:
        start, end = np.searchsorted(numbers, (number, number + 1)).tolist()
        part = rows.slice(start, end - start)
        inside = part[_INSIDE].to_numpy() if settled else slice(None)
        time, volts, amps = (floats(part[name])[inside] for name in (_TIME, _VOLTS, _AMPS))
        found.append((time, np.abs(volts), np.abs(amps)))
    return found


def with_sure_ends(measurement: bdf.CyclingTest, halves: pl.DataFrame) -> pl.DataFrame:
    """Return half cycles of a symmetric cell whose ends no single low record makes. halves: of counted_half_cycles.

    Where the last record alone lies a quarter below the one before it, end_V, wedge_index and flatness are those without it:
    a cycler may write its last record when the current is off. A path for electrons stays, and is seen in what follows.
    No simulated record is wrong.
    """
    names = ("end_V", "wedge_index", "flatness")
    ends, wedges, flat = (halves[name].to_numpy().astype(np.float64) for name in names)
    mean = halves["overpotential_V"].to_numpy()
    low = np.flatnonzero((ends < _ALONE * mean) & halves["swept"].is_null().to_numpy())
    if not low.size or measurement.provenance.kind == "simulated":
        return halves
    for at, (_, volts, _) in zip(low, plateaus(measurement, halves["half_cycle"].gather(low).to_list()), strict=True):
        if volts.size > 1 and volts[-1] < _ALONE * volts[-2]:
            ends[at], rest = volts[-2], volts[:-1]
            wedges[at], flat[at] = (rest[-1] - rest[0]) / mean[at], 1.0 - np.ptp(rest) / mean[at]
    return halves.with_columns(
        pl.Series(name, values, nan_to_null=True) for name, values in zip(names, (ends, wedges, flat), strict=True)
    )


def _described(rows: pl.DataFrame, area: float | None, *, counts: bool = False) -> pl.DataFrame:
    """Return one row per half cycle. Plain arrays: a project has a thousand small tests, a query costs more than its numbers."""
    parts = [_gathered(block, area, counts) for block in _blocks(rows)]
    steps = pl.concat(parts) if len(parts) > 1 else parts[0]
    return steps.insert_column(0, pl.Series("half_cycle", np.arange(1, steps.height + 1, dtype=np.uint32)))


def _blocks(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Return a large table as parts that end where half cycles end: what is worked out of one needs little memory."""
    if rows.height <= _BLOCK:
        return [rows]
    starts = np.flatnonzero(begins(rows[_STEP]))
    cuts = np.unique(np.append(starts[np.searchsorted(starts, np.arange(0, starts[-1] + 1, _BLOCK))], rows.height))
    return [rows.slice(start, end - start) for start, end in pairwise(cuts.tolist())]


def _loaded(table: pl.DataFrame) -> pl.DataFrame:
    """Return the rows under current, each with the run it belongs to: rows of one direction, step and level of the current."""
    return _with_plateaus(_under_current(course(table)))


def _under_current(passed: Course) -> pl.DataFrame:
    rows, direction = passed.rows, passed.direction
    began, amps, volts = begins(passed.run), floats(rows[bdf.CURRENT]), floats(rows[bdf.VOLTAGE])
    swept = by_row(swept_runs(began, passed.flow.seconds, amps, volts), began)
    run = parted_by_level(passed.run, amps, volts, swept > 0)
    named = next((name for name in (bdf.CYCLE, bdf.DERIVED_CYCLE) if name in rows.columns), None)
    cycle = rows[named] if named else pl.Series([None], dtype=pl.Int64).new_from_index(0, rows.height)
    counter = counted(rows, direction, run)
    marked = pl.DataFrame(
        [
            run.alias(_STEP),
            direction.alias(_SIGN),
            rows[bdf.TIME].alias(_TIME),
            pl.Series(_SECONDS, np.where(begins(run), 0.0, passed.flow.seconds)),  # a level has its own average
            rows[bdf.VOLTAGE].alias(_VOLTS),
            rows[bdf.CURRENT].alias(_AMPS),
            cycle.alias("cycle"),
            (_NO_COUNTER.new_from_index(0, rows.height) if counter is None else counter).alias(_COUNTER),
            pl.Series(_MOVED, np.abs(passed.flow.charge_Ah)),
            pl.Series(_GAP, _unseen(passed)),
            pl.Series(_SWEPT, swept),
        ]
    )
    moving = direction.to_numpy() != 0
    return marked if moving.all() else marked.filter(moving)


def _with_plateaus(marked: pl.DataFrame) -> pl.DataFrame:
    """Return rows under current with whether each lies in the plateau of its half cycle."""
    return marked.hstack([pl.Series(_INSIDE, _elapsed(marked) >= SETTLING_S * (1.0 - 1e-12))])


def _unseen(passed: Course) -> NDArray[np.bool_]:
    """Return the rows beside a leap in time: within a run, or between two where the others follow at once."""
    time, heads = floats(passed.rows[bdf.TIME]), np.flatnonzero(begins(passed.run))
    before = time[heads[1:]] - time[heads[1:] - 1]
    unseen = passed.flow.is_gap.copy()
    if heads.size < _FEWEST_HEADS or not (before > GAP_FACTOR * max(np.median(before), GAP_LEAST_S)).any():
        return unseen
    usual = max(np.median(before), np.nanmedian(np.diff(time)), GAP_LEAST_S)
    at = heads[1:][before > GAP_FACTOR * usual]
    unseen[at] = unseen[at - 1] = True
    return unseen


def _elapsed(marked: pl.DataFrame) -> NDArray[np.float64]:
    """Return for how long the half cycle of each row has been running; intervals that do not count are left out."""
    elapsed, starts = np.cumsum(floats(marked[_SECONDS])), np.flatnonzero(begins(marked[_STEP]))
    before = np.append(0.0, elapsed[starts[1:] - 1])[: starts.size]
    elapsed -= np.repeat(before, np.diff(np.append(starts, elapsed.size)))
    return elapsed


def _gathered(rows: pl.DataFrame, area: float | None, counts: bool) -> pl.DataFrame:
    """Return one row per half cycle; counts: with what the cycler counted, and what cells that store charge need."""
    heads = begins(rows[_STEP])
    starts = np.flatnonzero(heads)
    made = _course(rows, starts) | _plateau(rows, starts)
    mean = made["overpotential_V"]
    with np.errstate(divide="ignore", invalid="ignore"):  # a voltage of 0 all the time: no number
        made["wedge_index"] = (made["end_V"] - made["start_V"]) / mean
        made["flatness"] = 1.0 - made.pop(_SPAN) / mean
    if area is not None:
        density = np.abs(made["current_A"]) / (1e4 * area)
        made |= {"current_density_mA_cm2": 1e3 * density, "asr_ohm_cm2": mean / density}
    swept = []
    if counts:
        made |= _stored(rows, starts, made.pop("capacity_Ah"))
        kinds = rows[_SWEPT].to_numpy()[starts]
        made["wedge_index"][kinds > 0] = made["flatness"][kinds > 0] = np.nan
        swept = [pl.Series("swept", [NAMES.get(kind) for kind in kinds.tolist()], dtype=pl.String)]
    ways = np.where(floats(rows[_SIGN])[starts] > 0.0, "charge", "discharge")
    named = [pl.Series(name, values, nan_to_null=True) for name, values in made.items()]
    return pl.DataFrame(
        [rows["cycle"].filter(pl.Series(heads)), pl.Series("direction", ways.tolist(), dtype=pl.String), *named, *swept]
    )


def _course(rows: pl.DataFrame, starts: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Return when each half cycle ran, and time averages by the trapezoidal rule; of records without duration, plain ones."""
    seconds = floats(rows[_SECONDS])
    lasted, records = np.add.reduceat(seconds, starts), np.diff(np.append(starts, seconds.size))
    means = []
    for values in (floats(rows[_AMPS]), np.abs(floats(rows[_VOLTS]))):
        area = np.add.reduceat(_middles(values) * seconds, starts)  # the first row of a half cycle has no width
        plain = np.add.reduceat(values, starts) / records
        means.append(np.divide(area, lasted, out=plain, where=lasted > 0.0))
    return {
        "start_s": floats(rows[_TIME])[starts],
        "duration_s": lasted,
        "current_A": means[0],
        "capacity_Ah": np.add.reduceat(floats(rows[_MOVED]), starts),
        "overpotential_V": means[1],
    }


def _middles(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the average of each value and the one before it; for the first, itself."""
    return (values + np.append(values[:1], values[:-1])) / 2.0


def _plateau(rows: pl.DataFrame, starts: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Return |V| after SETTLING, at the end, and its span between the two; NaN where a half cycle is shorter."""
    volts, inside = np.abs(floats(rows[_VOLTS])), rows[_INSIDE].to_numpy()
    ends = np.append(starts, volts.size)[1:]
    first = starts + np.add.reduceat(~inside, starts, dtype=np.int64)
    highest = np.maximum.reduceat(np.where(inside, volts, -np.inf), starts)
    lowest = np.minimum.reduceat(np.where(inside, volts, np.inf), starts)
    long = first < ends
    return {
        "start_V": np.where(long, volts[np.minimum(first, volts.size - 1)], np.nan),
        "end_V": volts[ends - 1],
        _SPAN: np.where(long, highest - lowest, np.nan),
    }


def _stored(
    rows: pl.DataFrame, starts: NDArray[np.int64], integral: NDArray[np.float64]
) -> dict[str, NDArray[np.float64] | NDArray[np.bool_]]:
    """Return charge as the cycler counted it, voltages and energy; integral: the charge (Ah) that the current makes."""
    volts, moved = floats(rows[_VOLTS]), floats(rows[_MOVED])
    counter = np.fmax.reduceat(floats(rows[_COUNTER]), starts)
    counted = ~np.isnan(counter)
    charge = np.where(counted, counter, integral)
    before = np.append(0.0, volts[:-1])
    before[starts] = volts[starts]
    weighted = np.add.reduceat((volts + before) / 2.0 * moved, starts)
    plain = np.add.reduceat(volts, starts) / np.diff(np.append(starts, volts.size))
    mean = np.divide(weighted, integral, out=plain, where=integral > 0.0)
    return {
        "capacity_Ah": charge,
        "integral_Ah": integral,
        "counted": counted,
        "has_gap": np.logical_or.reduceat(rows[_GAP].to_numpy(), starts) & ~counted,
        "mean_voltage_V": mean,
        "median_voltage_V": _halfway(volts, moved, starts, integral),
        "noise_V": _noise(volts, rows[_INSIDE].to_numpy(), starts),
        "energy_Wh": charge * mean,
    }


def _halfway(
    volts: NDArray[np.float64], moved: NDArray[np.float64], starts: NDArray[np.int64], total: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the voltage of the first record at which half of the charge of each half cycle had passed."""
    spans = pairwise([*starts.tolist(), volts.size])
    halves = (total / 2.0 * (1.0 - 1e-12)).tolist()  # rounding decides nothing where a record falls upon the half
    at = [
        start + np.searchsorted(np.cumsum(moved[start:end]), half)
        for (start, end), half in zip(spans, halves, strict=True)
    ]
    return volts[at]


def _noise(volts: NDArray[np.float64], inside: NDArray[np.bool_], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the noise of each plateau; of white noise, the variance of second differences is six times the noise's."""
    known = np.append([False, False], inside[2:] & inside[:-2])[: volts.size]
    known[starts] = known[np.minimum(starts + 1, volts.size - 1)] = False
    bent = np.where(known, np.append([0.0, 0.0], np.diff(volts, 2))[: volts.size], 0.0)
    records = np.add.reduceat(known, starts, dtype=np.int64)
    power = np.add.reduceat(bent**2, starts)
    return np.sqrt(np.divide(power, 6.0 * records, out=np.full(starts.size, np.nan), where=records > 0))
