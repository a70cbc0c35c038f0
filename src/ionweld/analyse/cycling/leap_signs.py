"""A voltage that falls at once under a current that stays: a path for electrons that opens within a half cycle.

Interfaces form, void and heal over minutes, rooms warm over hours; nothing of them takes a quarter of a resistance away from
one record to the next. It is looked for in the records themselves, because a test often ends with the half cycle in which
its cell shorted, whose mean and end say little.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.analyse.cycling.events import typical_before
from ionweld.analyse.cycling.half_cycles import plateaus
from ionweld.analyse.cycling.limits import Limits
from ionweld.analyse.cycling.rivals import SignKind
from ionweld.analyse.cycling.signs import Sign, column
from ionweld.measurement import cycling as bdf

_BEFORE, _AFTER = 3, 2  # records: one may be a spike, or the last of a half cycle, taken when the current was off


def find(measurement: bdf.CyclingTest, halves: pl.DataFrame, limits: Limits) -> Sign | None:
    """Return the first leap of a symmetric cell; halves: of counted_half_cycles, some of which may be left out."""
    end, start, amps = (column(halves, name) for name in ("end_V", "start_V", "current_A"))
    ohms, left = end / np.abs(amps), 1.0 - limits.ramp_wedge
    # a lead that was off for a while comes back to what the cell had been: a short goes below it
    fell = np.flatnonzero((end < left * start) & (ohms < left * typical_before(ohms, limits.resistance.memory)))
    if not fell.size:
        return None
    rows = plateaus(measurement, halves["half_cycle"].gather(fell).to_list())
    for at, (seconds, volts, amps) in zip(fell.tolist(), rows, strict=True):
        leap = leap_of(volts, amps, limits)
        if leap is not None:
            return _sign(halves, at, (seconds, volts), leap, limits)
    return None


def leap_of(volts: NDArray[np.float64], amps: NDArray[np.float64], limits: Limits) -> int | None:
    """Return the first record of a plateau after a leap, or None. volts and amps: magnitudes, shapes (n,).

    The voltage falls there by a quarter from one record to the next, under one current, and stays below all that it was
    before in this plateau.
    """
    if volts.size < _BEFORE + _AFTER:
        return None
    lowest_before, highest_after = np.minimum.accumulate(volts)[:-1], np.maximum.accumulate(volts[::-1])[::-1][1:]
    at_once = volts[1:] < (1.0 - limits.resistance.drop) * volts[:-1]
    stays = highest_after < (1.0 - limits.ramp_wedge) * lowest_before
    steady = np.abs(np.diff(amps)) < limits.current * amps[:-1]
    inside = np.arange(1, volts.size)
    fires = at_once & stays & steady & (inside >= _BEFORE) & (inside <= volts.size - _AFTER)
    return int(inside[fires][0]) if fires.any() else None


def _sign(
    halves: pl.DataFrame, at: int, rows: tuple[NDArray[np.float64], NDArray[np.float64]], leap: int, limits: Limits
) -> Sign:
    seconds, volts = rows
    before, after = float(volts[leap - 1]), float(volts[leap])
    evidence = (
        f"the voltage fell from {1e3 * before:.4g} to {1e3 * after:.4g} mV within {seconds[leap] - seconds[leap - 1]:.3g} s, "
        "under a current that stayed, and did not come back in this half cycle"
    )
    gone = after < limits.resistance.failure * before
    numbers = {"before_V": before, "after_V": after, "current_A": abs(halves["current_A"][at])}
    sign = SignKind.RESISTANCE_GONE if gone else SignKind.FALL_AT_ONCE
    return Sign(sign, int(halves["cycle"][at] or 0), float(seconds[leap]), evidence, numbers)
