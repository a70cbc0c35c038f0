"""Which half cycles and cycles ran at the same current, and which were finished: only like is compared with like."""

from collections.abc import Hashable, Iterable
from itertools import pairwise
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.analyse.cycling.signs import column

Key = TypeVar("Key", bound=Hashable)

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
    or is the last of the test with nothing after it, or has a gap. With nothing to compare, it counts as finished.
    """
    keys, part = in_order(zip(halves["cycle"].to_list(), halves["direction"].to_list(), strict=True))
    if not keys:
        return pl.DataFrame(schema={"cycle": pl.Int64, "direction": pl.String, "finished": pl.Boolean})
    charge = np.bincount(part, weights=column(halves, "capacity_Ah")).astype(np.float64)
    end_V, end_s = np.empty(len(keys)), np.empty(len(keys))
    end_V[part] = column(halves, "end_V")  # the last of each part stays
    end_s[part] = column(halves, "start_s") + column(halves, "duration_s")
    charges = np.array([way == "charge" for _, way in keys])
    level = labels(np.abs(column(halves, "current_A"))[main_half_cycles(halves, part, len(keys))])
    usual_Ah, usual_V = (_median_of_like(values, level, charges) for values in (charge, end_V))
    span = 0.0
    if by_voltage and charges.any() and not charges.all():
        span = abs(float(np.median(end_V[charges]) - np.median(end_V[~charges])))
    away = (np.abs(end_V - usual_V) > NEAR * span) & (span > 0.0)
    at_end = (np.arange(len(keys)) == len(keys) - 1) & (end_s >= test_end_s)
    whole = ~((charge < FULL * usual_Ah) & (away | at_end))
    whole[part[halves["has_gap"].to_numpy()]] = False
    cycles, ways = zip(*keys, strict=True)
    return pl.DataFrame({"cycle": pl.Series(cycles, dtype=halves["cycle"].dtype), "direction": ways, "finished": whole})


def _median_of_like(
    values: NDArray[np.float64], level: NDArray[np.int64], charges: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return for each value the median of those of its direction and level."""
    made = np.empty(values.size)
    for like in {(number, way) for number, way in zip(level.tolist(), charges.tolist(), strict=True)}:
        alike = (level == like[0]) & (charges == like[1])
        made[alike] = np.median(values[alike])
    return made


def in_order(keys: Iterable[Key]) -> tuple[list[Key], NDArray[np.int64]]:
    """Return the different keys in the order in which they first come, and the place of each key among them."""
    places: dict[Key, int] = {}
    part = [places.setdefault(key, len(places)) for key in keys]
    return list(places), np.array(part, dtype=np.int64)


def main_half_cycles(halves: pl.DataFrame, part: NDArray[np.int64], parts: int) -> NDArray[np.int64]:
    """Return the row of that half cycle of each part which moved the most charge: of CC then CV, the CC step.

    part: the part that each half cycle belongs to, -1 for none; -1 for a part without any.
    """
    charge = column(halves, "capacity_Ah")
    order = np.lexsort((-np.arange(part.size), charge))  # the largest charge comes last, of equal ones the first
    order = order[part[order] >= 0]
    made = np.full(parts, -1, dtype=np.int64)
    made[part[order]] = order
    return made
