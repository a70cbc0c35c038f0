"""Half cycles: what each pass of current in one direction shows.

Definitions, for a symmetric cell, whose voltage at equilibrium is 0:

    overpotential             time average of |V| over the half cycle (V)
    area-specific resistance  overpotential over |current density| (ohm cm2): of the whole cell, pellet and interfaces
    wedge index               (|V| at the end - |V| after SETTLING) / mean |V|: 0 if the plateau is flat
    flatness                  1 - (max |V| - min |V|) / mean |V|, both from SETTLING on: 1 for a flat plateau
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.measurement import cycling as bdf

SETTLING_S = 120.0  # the first two minutes after a reversal belong to charging and rewetting, not to the plateau
REST_FRACTION = 1e-3  # a current below this part of the largest one is a rest

_STEP, _TIME, _VOLTS, _INSIDE = "_step", "_time", "_volts", "_inside"
_COUNTER, _MOVED = "_counter", "_moved"  # charge of the step so far (Ah), as counted; charge since the last row
_DIRECTIONS = {"_CHG": 1.0, "_DCH": -1.0}  # how the words of the Battery Data Format end


def half_cycles(measurement: bdf.Cycling) -> pl.DataFrame:
    """Return one row per half cycle, in the order of the test.

    Columns: half_cycle (from 1), cycle, direction ("charge" or "discharge"), start_s, duration_s, current_A,
    capacity_Ah, overpotential_V, start_V and end_V (of |V|, after SETTLING and at the end), wedge_index, flatness, and,
    where the area is known, current_density_mA_cm2 and asr_ohm_cm2. A table without any current has no rows.
    """
    return _described(_loaded(measurement.table), measurement.context.area_m2)


def counted_half_cycles(measurement: bdf.Cycling) -> pl.DataFrame:
    """Return half_cycles with what the cycler counted, and voltages and energies for cells that store charge.

    Instead of the integral, capacity_Ah is the cycler's counter where the table has one (counted says so), and
    integral_Ah the integral. Besides: mean_voltage_V, the average over the charge; median_voltage_V, at half of the
    charge; energy_Wh = capacity times mean_voltage_V, so that a current logged too coarsely spoils neither; noise_V, the
    standard deviation from record to record within the plateau, by second differences.
    """
    rows = _loaded(measurement.table)
    extra = rows.group_by(_STEP, maintain_order=True).agg(*_counted()).drop(_STEP)
    halves = _described(rows, measurement.context.area_m2).drop("capacity_Ah").hstack(extra)
    return halves.with_columns((pl.col("capacity_Ah") * pl.col("mean_voltage_V")).alias("energy_Wh"))


def loaded_rows(
    measurement: bdf.Cycling, cycle: int, direction: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the voltages (V) of one half cycle, and the charge (Ah) that passed since the row before, shapes (n,)."""
    sign = 1.0 if direction == "charge" else -1.0
    rows = _loaded(measurement.table).filter((pl.col("cycle") == cycle) & (pl.col("_sign") == sign))
    return rows["_signed"].to_numpy(), rows[_MOVED].to_numpy()


def _described(rows: pl.DataFrame, area: float | None) -> pl.DataFrame:
    steps = rows.group_by(_STEP, maintain_order=True).agg(*_summary())
    return _with_area(steps.drop(_STEP).with_row_index("half_cycle", offset=1), area)


def _direction(table: pl.DataFrame) -> pl.Expr:
    """Return +1 in charging rows, -1 in discharging ones, else 0: by the step's type, else by the current."""
    if bdf.STEP_TYPE in table.columns:
        words = table[bdf.STEP_TYPE].unique().drop_nulls()
        signs = {word: _DIRECTIONS.get(word[-4:], 0.0) for word in words}
        if any(signs.values()):  # a current that is logged as 0.0000 at the end of a charge belongs to the charge
            return pl.col(bdf.STEP_TYPE).replace_strict(signs, default=0.0, return_dtype=pl.Float64)
    current = pl.col(bdf.CURRENT)
    largest = float(table[bdf.CURRENT].abs().to_numpy().max(initial=0.0))
    return pl.when(current.abs() > REST_FRACTION * largest).then(current.sign()).otherwise(0.0)


def _counter(table: pl.DataFrame, sign: pl.Expr) -> pl.Expr:
    if not {bdf.CHARGING_CAPACITY, bdf.DISCHARGING_CAPACITY} <= set(table.columns):
        return pl.lit(None, dtype=pl.Float64)
    return pl.when(sign > 0.0).then(pl.col(bdf.CHARGING_CAPACITY)).otherwise(pl.col(bdf.DISCHARGING_CAPACITY))


def _loaded(table: pl.DataFrame) -> pl.DataFrame:
    """Return the rows under current, each with the step it belongs to: the cycler's own, or runs of one direction."""
    sign = _direction(table)
    parts = [sign.rle_id()] if bdf.STEP not in table.columns else [sign.rle_id(), pl.col(bdf.STEP).rle_id()]
    counted = next((name for name in (bdf.CYCLE, bdf.DERIVED_CYCLE) if name in table.columns), None)
    cycle = pl.col(counted) if counted else pl.lit(None, dtype=pl.Int64)
    marked = table.select(
        pl.struct(*(part.alias(f"_{i}") for i, part in enumerate(parts))).rle_id().alias(_STEP),
        sign.alias("_sign"),
        pl.col(bdf.TIME).alias(_TIME),
        pl.col(bdf.VOLTAGE).abs().alias(_VOLTS),
        pl.col(bdf.VOLTAGE).alias("_signed"),
        pl.col(bdf.CURRENT).alias("_current"),
        cycle.alias("cycle"),
        _counter(table, sign).alias(_COUNTER),
    ).filter(pl.col("_sign") != 0.0)
    settled = pl.col(_TIME) - pl.col(_TIME).first().over(_STEP) >= SETTLING_S
    middle = (pl.col("_current") + pl.col("_current").shift(1)) / 2
    moved = (middle * pl.col(_TIME).diff()).abs().over(_STEP).fill_null(0.0) / 3600.0
    return marked.with_columns(settled.alias(_INSIDE), moved.alias(_MOVED))


def _counted() -> list[pl.Expr]:
    total, volts = pl.col(_MOVED).sum(), pl.col("_signed")
    before = pl.col(_COUNTER).first().fill_null(0.0)  # what had passed at the first row of the step
    integral = total + before
    middle = ((volts + volts.shift(1)) / 2).fill_null(volts)
    bend = volts.diff().diff()  # second differences: of white noise, their variance is six times the noise's
    inside = pl.col(_INSIDE) & pl.col(_INSIDE).shift(2)
    halfway = volts.filter(pl.col(_MOVED).cum_sum() >= total / 2).first()
    return [
        pl.coalesce(pl.col(_COUNTER).max(), integral).alias("capacity_Ah"),
        integral.alias("integral_Ah"),
        pl.col(_COUNTER).is_not_null().any().alias("counted"),
        pl.when(total > 0.0)
        .then((middle * pl.col(_MOVED)).sum() / total)
        .otherwise(volts.mean())
        .alias("mean_voltage_V"),
        halfway.alias("median_voltage_V"),
        (bend.filter(inside).pow(2).mean() / 6.0).sqrt().alias("noise_V"),
    ]


def _time_mean(column: str) -> pl.Expr:
    """Return the time average of a column by the trapezoidal rule; of a single record, the record itself."""
    width = pl.col(_TIME).diff()
    middle = (pl.col(column) + pl.col(column).shift(1)) / 2
    mean = (middle * width).sum() / width.sum()
    return pl.when(pl.len() > 1).then(mean).otherwise(pl.col(column).first())


def _summary() -> list[pl.Expr]:
    plateau = pl.col(_VOLTS).filter(pl.col(_INSIDE))
    mean = _time_mean(_VOLTS)
    duration = pl.col(_TIME).last() - pl.col(_TIME).first()
    return [
        pl.col("cycle").first(),
        pl.when(pl.col("_sign").first() > 0.0).then(pl.lit("charge")).otherwise(pl.lit("discharge")).alias("direction"),
        pl.col(_TIME).first().alias("start_s"),
        duration.alias("duration_s"),
        _time_mean("_current").alias("current_A"),
        (_time_mean("_current").abs() * duration / 3600.0).alias("capacity_Ah"),
        mean.alias("overpotential_V"),
        plateau.first().alias("start_V"),
        pl.col(_VOLTS).last().alias("end_V"),
        ((pl.col(_VOLTS).last() - plateau.first()) / mean).alias("wedge_index"),
        (1.0 - (plateau.max() - plateau.min()) / mean).alias("flatness"),
    ]


def _with_area(steps: pl.DataFrame, area: float | None) -> pl.DataFrame:
    if area is None:
        return steps
    density = pl.col("current_A").abs() / (1e4 * area)
    return steps.with_columns(
        (1e3 * density).alias("current_density_mA_cm2"),
        (pl.col("overpotential_V") / density).alias("asr_ohm_cm2"),
    )
