"""Signs in a current that rises evenly: record by record, because no level lasts.

Each moment is compared with the course since the current was half of what it is: by then kinetics, an offset between two
electrodes of lithium and the cell's slow changes have done little. The first that goes a quarter off is reported.

fall under a rising current  the voltage lies below what kinetics alone would have made of it
voltage runs away            the resistance lies above what it was
"""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.analyse.cycling.half_cycles import plateaus
from ionweld.analyse.cycling.limits import Limits
from ionweld.analyse.cycling.ramp_signs import by_kinetics
from ionweld.analyse.cycling.rivals import SignKind
from ionweld.analyse.cycling.signs import Sign
from ionweld.measurement import cycling as bdf
from ionweld.measurement.charge import SECONDS_PER_HOUR

_LEAST_V = 5e-3  # two electrodes of lithium differ by some 2 mV (assumed): below, that decides
_SINCE = 0.5  # of the current of now
_POINTS, _FEWEST_RECORDS = (
    400,
    3,
)  # of a sweep; a point is the median of so many records at least: one alone does not tell
_FEWEST_BEFORE = 3  # points


def find(measurement: bdf.CyclingTest, halves: pl.DataFrame, limits: Limits) -> list[Sign]:
    """Return the first contact loss and the first short of the sweeps of a symmetric cell; halves: of counted_half_cycles."""
    swept = halves.filter(pl.col("swept") == "current")
    found: list[Sign] = []
    for cycle, course in zip(swept["cycle"], _courses(measurement, swept), strict=True):
        for rises in (True, False):
            at = _first(*course[1:3], limits, rises=rises)
            if at is not None:
                found.append(_sign(int(cycle or 0), course, at, measurement.context.area_m2, limits, rises=rises))
        if found:
            break
    first = min((sign.time_s for sign in found if sign.sign is not SignKind.VOLTAGE_RUNS_AWAY), default=np.inf)
    return [sign for sign in found if sign.time_s <= first]  # what follows a short is its consequence


Points = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def _courses(measurement: bdf.CyclingTest, swept: pl.DataFrame) -> Iterator[Points]:
    """Yield times (s), |V|, |I| and charge (Ah) of each sweep while its current rises, as medians of a few records."""
    for time, volts, amps in plateaus(measurement, swept["half_cycle"].to_list(), settled=False):
        top = int(np.argmax(amps)) + 1
        width = max(_FEWEST_RECORDS, top // _POINTS)
        count = top // width
        moved = np.append(0.0, np.cumsum(np.diff(time) * (amps[1:] + amps[:-1]) / 2.0)) / SECONDS_PER_HOUR
        parts = (values[: count * width].reshape(count, width) for values in (time, volts, amps, moved))
        middle = [np.median(part, axis=1) for part in parts]
        yield middle[0], middle[1], middle[2], middle[3]


def _before(amps: NDArray[np.float64], volts: NDArray[np.float64], at: int) -> slice:
    """Return the points before one, since the current was half of its."""
    first = int(np.searchsorted(np.maximum.accumulate(amps[:at]), _SINCE * amps[at]))
    return slice(max(first, int(np.argmax(volts >= _LEAST_V))), at)


def _expected(volts: NDArray[np.float64], amps: NDArray[np.float64], at: int, *, rises: bool) -> float | None:
    """Return the voltage that a sound cell would show by its course before (V), at the most or at the least; None: not known."""
    before = _before(amps, volts, at)
    if at - before.start < _FEWEST_BEFORE or volts[before].max() < _LEAST_V:
        return None
    ratio = amps[at] / amps[before]
    return float(np.median(volts[before] * ratio if rises else by_kinetics(volts[before], ratio)))


def _first(volts: NDArray[np.float64], amps: NDArray[np.float64], limits: Limits, *, rises: bool) -> int | None:
    """Return the first of two points in a row that lie off, or the last point alone."""
    off = np.zeros(volts.size, dtype=bool)
    for at in range(_FEWEST_BEFORE, volts.size):
        expected = _expected(volts, amps, at, rises=rises)
        if expected is not None:
            most, least = (1.0 + limits.ramp_rise) * expected, (1.0 - limits.resistance.drop) * expected
            off[at] = volts[at] > most if rises else volts[at] < least
    stays = off & np.append(off[1:], True)
    return int(np.argmax(stays)) if stays.any() else None


def _sign(cycle: int, course: Points, at: int, area_m2: float | None, limits: Limits, *, rises: bool) -> Sign:
    time, volts, amps, moved = course
    expected, borne = _expected(volts, amps, at, rises=rises), float(amps[at - 1])
    assert expected is not None
    numbers = {
        "current_A": borne,
        "charge_Ah": float(moved[at - 1]),
        "voltage_V": float(volts[at]),
        "expected_V": expected,
    }
    named = f"{1e3 * borne:.4g} mA"
    if area_m2 is not None:
        numbers["current_density_mA_cm2"] = 0.1 * borne / area_m2
        named = f"{0.1 * borne / area_m2:.4g} mA/cm2"
    if rises:
        kind, what = SignKind.VOLTAGE_RUNS_AWAY, "climbed to"
        than = "by the resistance since half of that current it would be"
    else:
        gone = volts[at] < limits.resistance.failure * expected
        kind, what = SignKind.RESISTANCE_GONE if gone else SignKind.FALL_UNDER_LOAD, "fell to"
        than = "kinetics alone would leave"
    seen = f"the voltage {what} {1e3 * volts[at]:.4g} mV where {than} {1e3 * expected:.4g} mV"
    return Sign(kind, cycle, float(time[at]), f"at {named} of a current that was swept upwards, {seen}", numbers)
