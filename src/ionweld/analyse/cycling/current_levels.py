"""A current that is set anew while it goes on in one direction: without a column of steps, only the current shows it."""

from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.measurement.charge import begins

_SET_ANEW = 0.2  # of the larger of two neighbouring currents
_STEADY = 0.05  # of the median: a level, no decay at constant voltage
_FEWEST_ROWS = 5
_MOST_LEVELS = 20  # in one half cycle: more are a current logged too coarsely
_AT_ONCE = 5.0  # times as much as from record to record elsewhere, the voltage follows


def parted_by_level(run: pl.Series, current_A: NDArray[np.float64], voltage_V: NDArray[np.float64]) -> pl.Series:
    """Return the number of the run of each row, where runs are parted at which the current was set to another level.

    run: of each row, rising; current_A, voltage_V: shape (rows,). Both levels have to be steady, and the voltage has to
    follow the current at once: what is logged too coarsely jumps without it.
    """
    began = begins(run)
    size = np.abs(current_A)
    jumps = np.append(False, np.abs(np.diff(size)) > _SET_ANEW * np.maximum(size[1:], size[:-1])) & ~began
    starts = np.flatnonzero(began)
    per_run = np.add.reduceat(jumps, starts) if starts.size else np.zeros(0, dtype=int)
    bounds = np.append(starts, size.size)
    parted = began.copy()
    for which in np.flatnonzero((per_run > 0) & (per_run < _MOST_LEVELS)):
        first, last = bounds[which], bounds[which + 1]
        edges = [first, *(first + np.flatnonzero(jumps[first:last])), last]
        for (start, at), (_, end) in pairwise(pairwise(edges)):
            before, after = slice(start, at), slice(at, end)
            steady = _is_level(size[before]) and _is_level(size[after])
            parted[at] = steady and _follows(current_A[start:end], voltage_V[start:end], int(at - start))
    return pl.Series(run.name, np.cumsum(parted, dtype=np.uint32))


def _is_level(size: NDArray[np.float64]) -> bool:
    middle = np.median(size)
    return size.size >= _FEWEST_ROWS and bool(np.quantile(np.abs(size - middle), 0.9) <= _STEADY * middle)


def _follows(current: NDArray[np.float64], voltage: NDArray[np.float64], at: int) -> bool:
    """Return whether the voltage moves with the current at this row, by more than from record to record elsewhere."""
    steps = np.diff(voltage)
    moved = steps[at - 1] * np.sign(current[at] - current[at - 1])
    return bool(moved > _AT_ONCE * np.median(np.abs(steps)))
