"""Half cycles: what each pass of current in one direction shows.

Definitions, for a symmetric cell, whose voltage at equilibrium is 0:

    overpotential             time average of |V| over the half cycle (V)
    area-specific resistance  overpotential over |current density| (ohm cm2): of the whole cell, pellet and interfaces
    wedge index               (|V| at the end - |V| after SETTLING) / mean |V|: 0 if the plateau is flat
    flatness                  1 - (max |V| - min |V|) / mean |V|, both from SETTLING on: 1 for a flat plateau
"""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.analyse.cycling.current_levels import parted_by_level
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

_STEP, _TIME, _VOLTS, _AMPS, _INSIDE = "_step", "_time", "_volts", "_current", "_inside"
_MEAN, _PLATEAU = "_mean", "_plateau"
_SECONDS, _MOVED = (
    "_seconds",
    "_moved",
)  # since the row before, of the same half cycle: time that counts, and charge (Ah)
_GAP = "_gap"  # a leap in time before this row, over which nothing was counted
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
        "_sign": np.sign(moments.amps),
        _TIME: moments.time,
        _SECONDS: seconds,
        _VOLTS: np.abs(moments.volts),
        _AMPS: moments.amps,
        "cycle": moments.cycle,
        _MOVED: np.abs(moments.amps) * seconds / SECONDS_PER_HOUR,
    }
    return _described(_with_plateaus(pl.DataFrame(marked)), area_m2)


def counted_half_cycles(measurement: bdf.CyclingTest) -> pl.DataFrame:
    """Return half_cycles with what the cycler counted, and voltages and energies for cells that store charge.

    Instead of the integral, capacity_Ah is the cycler's counter where the table has one (counted says so), and
    integral_Ah the integral; has_gap: a leap in time lies within it, whose charge nobody saw. Besides: mean_voltage_V, the average over the charge; median_voltage_V, at half of the
    charge; energy_Wh = capacity times mean_voltage_V, so that a current logged too coarsely spoils neither; noise_V, the
    standard deviation from record to record within the plateau, by second differences.
    """
    return _described(_loaded(measurement.table), measurement.context.area_m2, counts=True)


def loaded_rows(
    measurement: bdf.CyclingTest, cycle: int, direction: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the voltages (V) of one half cycle, and the charge (Ah) that passed since the row before, shapes (n,)."""
    sign = 1.0 if direction == "charge" else -1.0
    rows = _loaded(measurement.table).filter((pl.col("cycle") == cycle) & (pl.col("_sign") == sign))
    return rows["_signed"].to_numpy(), rows[_MOVED].to_numpy()


def plateaus(
    measurement: bdf.CyclingTest, wanted: Sequence[int]
) -> list[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]]:
    """Return times (s), |V| (V) and |I| (A) from SETTLING on of half cycles, told by their numbers; shapes (n,) each."""
    rows = _loaded(measurement.table)
    numbers = np.cumsum(begins(rows[_STEP]))
    found = []
    for number in wanted:
        start, end = np.searchsorted(numbers, (number, number + 1)).tolist()
        inside = rows.slice(start, end - start).filter(pl.col(_INSIDE))
        found.append((floats(inside[_TIME]), floats(inside[_VOLTS]), np.abs(floats(inside[_AMPS]))))
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
    low = np.flatnonzero(ends < _ALONE * mean)
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
    """Return one row per half cycle. One query: there may be a thousand small tests to describe."""
    counted_too = _counted() if counts else []
    last = [number.meta.output_name() for number in counted_too]
    first = [number for number in _summary() if number.meta.output_name() not in last]
    blocks = [
        block.with_columns(_by_row()).group_by(_STEP, maintain_order=True).agg(*_summed(), *counted_too)
        for block in _blocks(rows)
    ]
    steps = pl.concat(blocks).lazy().with_row_index("half_cycle", offset=1).with_columns(_means())
    steps = steps.select("half_cycle", *first, *last).with_columns(_of_area(area))
    if counts:
        energy = (pl.col("capacity_Ah") * pl.col("mean_voltage_V")).alias("energy_Wh")
        steps = steps.select(pl.exclude(last), *last, energy)
    return steps.collect()


def _blocks(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Return a large table as parts that end where half cycles end: what is worked out of one needs little memory."""
    if rows.height <= _BLOCK:
        return [rows]
    starts = np.flatnonzero(begins(rows[_STEP]))
    cuts = np.unique(np.append(starts[np.searchsorted(starts, np.arange(0, starts[-1] + 1, _BLOCK))], rows.height))
    return [rows.slice(start, end - start) for start, end in pairwise(cuts.tolist())]


def _loaded(table: pl.DataFrame) -> pl.DataFrame:
    """Return the rows under current, each with the run it belongs to: rows of one direction, step and level of the current."""
    passed = course(table)
    rows, direction = passed.rows, passed.direction
    run = parted_by_level(passed.run, floats(rows[bdf.CURRENT]), floats(rows[bdf.VOLTAGE]))
    named = next((name for name in (bdf.CYCLE, bdf.DERIVED_CYCLE) if name in rows.columns), None)
    cycle = rows[named] if named else pl.Series([None], dtype=pl.Int64).new_from_index(0, rows.height)
    counter = counted(rows, direction, run)
    marked = pl.DataFrame(
        [
            run.alias(_STEP),
            direction.alias("_sign"),
            rows[bdf.TIME].alias(_TIME),
            pl.Series(_SECONDS, np.where(begins(run), 0.0, floats(passed.flow.seconds))),  # a level has its own average
            rows[bdf.VOLTAGE].abs().alias(_VOLTS),
            rows[bdf.VOLTAGE].alias("_signed"),
            rows[bdf.CURRENT].alias(_AMPS),
            cycle.alias("cycle"),
            (_NO_COUNTER.new_from_index(0, rows.height) if counter is None else counter).alias(_COUNTER),
            passed.flow.charge_Ah.abs().alias(_MOVED),
            pl.Series(_GAP, _unseen(passed)),
        ]
    )
    moving = direction != 0
    return _with_plateaus(marked if moving.all() else marked.filter(moving))


def _with_plateaus(marked: pl.DataFrame) -> pl.DataFrame:
    """Return rows under current with whether each lies in the plateau of its half cycle."""
    return marked.hstack([pl.Series(_INSIDE, _elapsed(marked) >= SETTLING_S * (1.0 - 1e-12))])


def _unseen(passed: Course) -> NDArray[np.bool_]:
    """Return the rows beside a leap in time: within a run, or between two where the others follow at once."""
    within = passed.flow.is_gap.to_numpy()
    elapsed, heads = np.diff(floats(passed.rows[bdf.TIME]), prepend=np.nan), begins(passed.run)
    if np.count_nonzero(heads) < _FEWEST_HEADS:
        return within
    usual = max(np.median(elapsed[heads][1:]), np.nanmedian(elapsed), GAP_LEAST_S)
    between = heads & (elapsed > GAP_FACTOR * usual)
    return within | between | np.append(between[1:], False)


def _elapsed(marked: pl.DataFrame) -> NDArray[np.float64]:
    """Return for how long the half cycle of each row has been running; intervals that do not count are left out."""
    total, starts = np.cumsum(floats(marked[_SECONDS])), np.flatnonzero(begins(marked[_STEP]))
    before = np.append(0.0, total)[starts]
    return total - np.repeat(before, np.diff(np.append(starts, total.size)))


@cache
def _counted() -> list[pl.Expr]:
    total, volts = pl.col(_MOVED).sum(), pl.col("_signed")
    middle = ((volts + volts.shift(1)) / 2).fill_null(volts)
    bend = volts.diff().diff()  # second differences: of white noise, their variance is six times the noise's
    inside = pl.col(_INSIDE) & pl.col(_INSIDE).shift(2)
    halfway = volts.filter(pl.col(_MOVED).cum_sum() >= total / 2).first()
    return [
        pl.coalesce(pl.col(_COUNTER).max(), total).alias("capacity_Ah"),
        total.alias("integral_Ah"),
        pl.col(_COUNTER).is_not_null().any().alias("counted"),
        (pl.col(_GAP).any() & pl.col(_COUNTER).is_null().all()).alias("has_gap"),
        pl.when(total > 0.0)
        .then((middle * pl.col(_MOVED)).sum() / total)
        .otherwise(volts.mean())
        .alias("mean_voltage_V"),
        halfway.alias("median_voltage_V"),
        (bend.filter(inside).pow(2).mean() / 6.0).sqrt().alias("noise_V"),
    ]


@cache
def _by_row() -> list[pl.Expr]:
    """Return what is summed of each row: products by the trapezoidal rule (the first row of a half cycle has no width)."""
    middles = {name: (pl.col(name) + pl.col(name).shift(1)) / 2 for name in (_VOLTS, _AMPS)}
    products = [(middle * pl.col(_SECONDS)).alias(name + _SECONDS) for name, middle in middles.items()]
    return [*products, pl.when(_INSIDE).then(pl.col(_VOLTS)).alias(_PLATEAU)]


@cache
def _summed() -> list[pl.Expr]:
    """Return the sums, ends and bounds of each half cycle: such alone are quick for a thousand small groups."""
    return [
        *(pl.col(name).first() for name in ("cycle", "_sign", _TIME)),
        *(pl.col(name).sum() for name in (_SECONDS, _MOVED, _VOLTS + _SECONDS, _AMPS + _SECONDS)),
        *(pl.col(name).mean().alias(name + _MEAN) for name in (_VOLTS, _AMPS)),
        pl.col(_VOLTS).last().alias("end_V"),
        pl.col(_PLATEAU).drop_nulls().first().alias("start_V"),
        (pl.col(_PLATEAU).max() - pl.col(_PLATEAU).min()).alias(_PLATEAU),
    ]


@cache
def _means() -> list[pl.Expr]:
    """Return the time averages by the trapezoidal rule; of records without duration, their plain mean."""
    width = pl.col(_SECONDS)
    return [
        pl.when(width > 0.0).then(pl.col(name + _SECONDS) / width).otherwise(pl.col(name + _MEAN)).alias(name)
        for name in (_VOLTS, _AMPS)
    ]


@cache  # a project has a thousand tests
def _summary() -> list[pl.Expr]:
    mean = pl.col(_VOLTS)
    return [
        pl.col("cycle"),
        pl.when(pl.col("_sign") > 0).then(pl.lit("charge")).otherwise(pl.lit("discharge")).alias("direction"),
        pl.col(_TIME).alias("start_s"),
        pl.col(_SECONDS).alias("duration_s"),
        pl.col(_AMPS).alias("current_A"),
        pl.col(_MOVED).alias("capacity_Ah"),
        mean.alias("overpotential_V"),
        pl.col("start_V"),
        pl.col("end_V"),
        ((pl.col("end_V") - pl.col("start_V")) / mean).alias("wedge_index"),
        (1.0 - pl.col(_PLATEAU) / mean).alias("flatness"),
    ]


def _of_area(area: float | None) -> list[pl.Expr]:
    if area is None:
        return []
    density = pl.col("current_A").abs() / (1e4 * area)
    return [
        (1e3 * density).alias("current_density_mA_cm2"),
        (pl.col("overpotential_V") / density).alias("asr_ohm_cm2"),
    ]
