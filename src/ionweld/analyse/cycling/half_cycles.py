"""Half cycles: what each pass of current in one direction shows.

Definitions, for a symmetric cell, whose voltage at equilibrium is 0:

    overpotential             time average of |V| over the half cycle (V)
    area-specific resistance  overpotential over |current density| (ohm cm2): of the whole cell, pellet and interfaces
    wedge index               (|V| at the end - |V| after SETTLING) / mean |V|: 0 if the plateau is flat
    flatness                  1 - (max |V| - min |V|) / mean |V|, both from SETTLING on: 1 for a flat plateau
"""

import polars as pl

from ionweld.measurement import cycling as bdf

SETTLING_S = 120.0  # the first two minutes after a reversal belong to charging and rewetting, not to the plateau
REST_FRACTION = 1e-3  # a current below this part of the largest one is a rest

_STEP, _TIME, _VOLTS, _INSIDE = "_step", "_time", "_volts", "_inside"


def half_cycles(measurement: bdf.Cycling) -> pl.DataFrame:
    """Return one row per half cycle, in the order of the test.

    Columns: half_cycle (from 1), cycle, direction ("charge" or "discharge"), start_s, duration_s, current_A,
    capacity_Ah, overpotential_V, start_V and end_V (of |V|, after SETTLING and at the end), wedge_index, flatness, and,
    where the area is known, current_density_mA_cm2 and asr_ohm_cm2. A table without any current has no rows.
    """
    steps = _loaded(measurement.table).group_by(_STEP, maintain_order=True).agg(*_summary())
    return _with_area(steps.drop(_STEP).with_row_index("half_cycle", offset=1), measurement.context.area_m2)


def _loaded(table: pl.DataFrame) -> pl.DataFrame:
    """Return the rows under current, each with the step it belongs to: the cycler's own, or runs of one sign."""
    current = pl.col(bdf.CURRENT)
    largest = float(table[bdf.CURRENT].abs().to_numpy().max(initial=0.0))
    sign = pl.when(current.abs() > REST_FRACTION * largest).then(current.sign()).otherwise(0.0)
    parts = [sign.rle_id()] if bdf.STEP not in table.columns else [sign.rle_id(), pl.col(bdf.STEP).rle_id()]
    cycle = pl.col(bdf.CYCLE) if bdf.CYCLE in table.columns else pl.lit(None, dtype=pl.Int64)
    marked = table.select(
        pl.struct(*(part.alias(f"_{i}") for i, part in enumerate(parts))).rle_id().alias(_STEP),
        sign.alias("_sign"),
        pl.col(bdf.TIME).alias(_TIME),
        pl.col(bdf.VOLTAGE).abs().alias(_VOLTS),
        current.alias("_current"),
        cycle.alias("cycle"),
    ).filter(pl.col("_sign") != 0.0)
    settled = pl.col(_TIME) - pl.col(_TIME).first().over(_STEP) >= SETTLING_S
    return marked.with_columns(settled.alias(_INSIDE))


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
