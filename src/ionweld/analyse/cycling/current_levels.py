"""A current that is set anew while it goes on in one direction: without a column of steps, only the current shows it."""

from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.measurement.charge import begins

_SET_ANEW = 0.03  # of the larger of two neighbouring currents: programs step by more
_STEADY = (
    0.25  # of the step between two levels: nearly all records lie so near to their own, no decay at constant voltage
)
_FEWEST_ROWS = 5
_MOST_LEVELS = 100  # in one half cycle: more are a current logged too coarsely
_AT_ONCE = 5.0  # times as much as from record to record elsewhere, the voltage moves


def parted_by_level(
    run: pl.Series, current_A: NDArray[np.float64], voltage_V: NDArray[np.float64], swept: NDArray[np.bool_]
) -> pl.Series:
    """Return the number of the run of each row, where runs are parted at which the current was set to another level.

    run: of each row, rising; current_A, voltage_V: shape (rows,); swept: rows in which no level is, as for sweeping. Both
    levels have to be steady, and the voltage has to move with the current at once: what is logged too coarsely jumps without it.
    """
    began = begins(run)
    size = np.abs(current_A)
    jumps = np.append(False, np.abs(np.diff(size)) > _SET_ANEW * np.maximum(size[1:], size[:-1])) & ~began & ~swept
    starts = np.flatnonzero(began)
    per_run = np.add.reduceat(jumps, starts) if starts.size else np.zeros(0, dtype=int)
    bounds = np.append(starts, size.size)
    parted = began.copy()
    for which in np.flatnonzero((per_run > 0) & (per_run < _MOST_LEVELS)):
        first, last = bounds[which], bounds[which + 1]
        edges = [first, *(first + np.flatnonzero(jumps[first:last])), last]
        for (start, at), (_, end) in pairwise(pairwise(edges)):
            before, after = slice(start, at), slice(at, end)
            parted[at] = _are_levels(size[before], size[after]) and _moves(voltage_V[start:end], int(at - start))
    return pl.Series(run.name, np.cumsum(parted, dtype=np.uint32))


def _are_levels(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Return whether both currents are steady, for what lies between them."""
    step = abs(float(np.median(one) - np.median(other)))
    spread = (np.quantile(np.abs(size - np.median(size)), 0.9) for size in (one, other))
    return min(one.size, other.size) >= _FEWEST_ROWS and all(float(width) <= _STEADY * step for width in spread)


def _moves(voltage: NDArray[np.float64], at: int) -> bool:
    """Return whether the voltage moves at this row by more than from record to record elsewhere, up or (a short) down."""
    steps = np.abs(np.diff(voltage))
    return bool(steps[at - 1] > _AT_ONCE * np.median(steps))
