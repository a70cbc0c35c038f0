"""Which half cycles and cycles ran at the same current, and which were finished: only like is compared with like."""

from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

SAME = 1.08  # neighbours up to this ratio are one level: programs step by a tenth at least, a CV step ages by less per cycle
FULL = 0.98  # a half cycle with this share of the usual charge was not cut short
NEAR = 0.05  # of the span between the ends of charge and discharge: so near to the usual end, a limit was reached


def labels(values: NDArray[np.float64], ratio: float = SAME) -> NDArray[np.int64]:
    """Return a number for each value, 0 for the smallest level: neighbours in size up to `ratio` share it; else -1.

    values: shape (n,), positive; NaN and what is not positive get -1.
    """
    made = np.full(values.size, -1, dtype=np.int64)
    known = np.flatnonzero(np.isfinite(values) & (values > 0.0))
    order = known[np.argsort(values[known])]
    if order.size:
        gaps = np.diff(np.log(values[order])) > np.log(ratio)
        made[order] = np.concatenate([[0], np.cumsum(gaps)])
    return made


def runs(values: NDArray[np.float64], share: float) -> list[tuple[int, int]]:
    """Return where runs of one value begin and end; a change by more than `share` of the next value starts another."""
    steps = np.flatnonzero(np.abs(np.diff(values)) > share * values[1:]) + 1
    return list(pairwise([0, *steps.tolist(), values.size]))


def cycle_levels(charge_A: NDArray[np.float64], discharge_A: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return a number for each cycle, counted in the order of the test: cycles with the same two currents share it."""
    pairs = list(zip(labels(charge_A).tolist(), labels(discharge_A).tolist(), strict=True))
    numbers = {pair: number for number, pair in enumerate(dict.fromkeys(pairs))}
    return np.array([numbers[pair] for pair in pairs], dtype=np.int64)


def changed(level: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which cycles are the first after a change of level: their halves began where another current had ended."""
    return np.concatenate([[False], level[1:] != level[:-1]])[: level.size]


def finished(halves: pl.DataFrame, test_end_s: float, by_voltage: bool) -> pl.DataFrame:
    """Return for each cycle and direction whether it ran to its end: columns cycle, direction, finished.

    halves: of counted_half_cycles; test_end_s: time of the last row of the test; by_voltage: a voltage ends a half cycle,
    as in cells that store charge. A half cycle was cut short where it
    moved less charge than others of its direction and current and either ended far from the voltage at which they ended,
    or is the last of the test with nothing after it. With nothing to compare, it counts as finished.
    """
    parts = halves.group_by("cycle", "direction", maintain_order=True).agg(
        pl.col("capacity_Ah").sum(),
        pl.col("end_V").last(),
        (pl.col("start_s") + pl.col("duration_s")).last().alias("end_s"),
        main_current(pl.lit(value=True)).alias("current"),
    )
    amps = parts["current"].to_numpy()
    parts = parts.with_columns(pl.Series("level", labels(amps)))
    same = ["direction", "level"]
    usual = parts.with_columns(
        pl.col("capacity_Ah").median().over(same).alias("usual_Ah"),
        pl.col("end_V").median().over(same).alias("usual_V"),
    )
    ends = parts.group_by("direction").agg(pl.col("end_V").median())["end_V"].to_numpy()
    span = float(np.ptp(ends)) if by_voltage and ends.size == 2 else 0.0
    less = pl.col("capacity_Ah") < FULL * pl.col("usual_Ah")
    away = (pl.col("end_V") - pl.col("usual_V")).abs() > NEAR * span if span else pl.lit(value=False)
    at_end = (pl.int_range(pl.len()) == pl.len() - 1) & (pl.col("end_s") >= test_end_s)
    return usual.select("cycle", "direction", (~(less & (away | at_end))).alias("finished"))


def main_current(here: pl.Expr) -> pl.Expr:
    """Return |current| of that step, among those `here`, which moved the most charge: of CC then CV, the CC step (A)."""
    charge = pl.col("capacity_Ah").filter(here)
    return pl.col("current_A").abs().filter(here).get(charge.arg_max(), null_on_oob=True)
