"""Which half cycles have no plateau, because the current or the voltage was swept: a straight line in time, up and perhaps back.

swept  the way that the quantity goes, the sum of its changes from point to point, grows evenly with time: it lies within a
       percent of a straight line, as a staircase of thirty steps does. Noise goes back and forth over the same range again,
       and so is told.
both   through a resistance current and voltage are straight alike: the one that is straighter was set, the other follows
"""

import numpy as np
from numpy.typing import NDArray

NOT_SWEPT, CURRENT_SWEPT, VOLTAGE_SWEPT = 0, 1, 2
NAMES = {CURRENT_SWEPT: "current", VOLTAGE_SWEPT: "voltage"}
_FEWEST_ROWS = 20
_POINTS = 200  # of a half cycle that are looked at
_STRAIGHT = 0.01  # of the way
_TURNS = 4.0  # the way is no more than so many times the range: up, back and a little
_STEADY = 0.05  # a current that is set to a level changes by less
_FROM_BELOW = (
    0.5  # a swept current begins below this share of its highest; one that decays at constant voltage is not straight
)
_MOSTLY_BELOW, _FEWEST_VALUES = (
    0.8,
    10,
)  # the current of a voltage sweep is mostly below this share of its highest, in many steps


def swept_runs(
    began: NDArray[np.bool_], seconds: NDArray[np.float64], amps: NDArray[np.float64], volts: NDArray[np.float64]
) -> NDArray[np.int8]:
    """Return for each run of rows what was swept in it: NOT_SWEPT, CURRENT_SWEPT or VOLTAGE_SWEPT, shape (runs,).

    began: the rows with which runs begin; seconds: since the row before; shapes (rows,), as for the others.
    """
    starts = np.flatnonzero(began)
    bounds = np.append(starts, began.size)
    rows, size = np.diff(bounds), np.abs(amps)
    found = np.zeros(starts.size, dtype=np.int8)
    if not starts.size:
        return found
    inner = size.copy()  # the first and the last record may have been taken before the current was there
    inner[starts], inner[bounds[1:] - 1] = size[np.minimum(starts + 1, size.size - 1)], size[bounds[1:] - 2]
    steady = np.minimum.reduceat(inner, starts) > (1.0 - _STEADY) * np.maximum.reduceat(inner, starts)
    for which in np.flatnonzero((rows >= _FEWEST_ROWS) & ~steady):
        inside = slice(bounds[which], bounds[which + 1])
        found[which] = _swept(np.cumsum(seconds[inside]), size[inside], volts[inside])
    return found


def _swept(elapsed: NDArray[np.float64], amps: NDArray[np.float64], volts: NDArray[np.float64]) -> int:
    points = _points(elapsed.size)
    elapsed, amps, volts = elapsed[points], amps[points], volts[points]
    answers = np.median(amps) < _MOSTLY_BELOW * amps.max() and np.unique(amps).size > _FEWEST_VALUES
    bent = {
        CURRENT_SWEPT: _bent(elapsed, amps) if amps.min() < _FROM_BELOW * amps.max() else np.inf,
        VOLTAGE_SWEPT: _bent(elapsed, volts) if answers else np.inf,
    }
    straighter = min(bent, key=lambda kind: bent[kind])
    return straighter if bent[straighter] < _STRAIGHT else NOT_SWEPT


def _bent(elapsed: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    """Return how far the way of a quantity lies from a straight line in time, as a share of the whole way (rms)."""
    way = _way(values)
    if not way[-1] or not elapsed[-1] or way[-1] > _TURNS * np.ptp(values):
        return np.inf
    slope, start = np.polyfit(elapsed, way, 1)
    return float(np.sqrt(np.mean((way - start - slope * elapsed) ** 2)) / way[-1])


def _way(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.append(0.0, np.cumsum(np.abs(np.diff(values))))


def rate(elapsed: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    """Return how fast a quantity was swept, in its unit per second; shapes (n,). nan of a single moment."""
    points = _points(elapsed.size)
    lasted = float(np.ptp(elapsed))
    return float(_way(values[points])[-1]) / lasted if lasted else np.nan


def _points(rows: int) -> NDArray[np.int64]:
    return np.unique(np.linspace(0, rows - 1, _POINTS + 1).astype(np.int64))


def by_row(kinds: NDArray[np.int8], began: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Return what was swept in the run of each row; a brief run of a test that is mostly swept belongs to the sweep.

    A current that crosses zero in noise makes many of them.
    """
    rows = np.diff(np.append(np.flatnonzero(began), began.size))
    long = rows >= _FEWEST_ROWS
    for kind in NAMES:
        if 2 * rows[kinds == kind].sum() > rows.sum():
            kinds = np.where(long, kinds, np.int8(kind))
    return np.repeat(kinds, rows)
