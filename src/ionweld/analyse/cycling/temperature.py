"""What the temperature of the room makes of a resistance or an efficiency, so that a warm day is not taken for a short.

ln of the quantity is fitted by a constant per level of current, a parabola of time (what the cell itself does; for an
efficiency also one step, because a leak begins at a moment), and either

    E / (k_B T)                                 where the file logs a temperature: E free, from 0 to 1.5 eV
    changes of T within the two half cycles     the same, for the charge that comes back: their coefficients are free
    cos, sin of one and of half a day           where none is logged, the test lasts a day and a half, and a day is like
                                                the next (the charge that comes back is sampled once a cycle: there the
                                                first half of the test has to foretell the second)

If that last part explains at least half of the variance that the others leave, it counts as the temperature's, and is
taken out; the rest stays in. A sign that fires on the numbers as they are, but not on the steadied ones, is named a
temperature swing.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.analyse.cycling.levels import labels
from ionweld.analyse.cycling.rivals import SignKind
from ionweld.analyse.cycling.signs import Sign, column
from ionweld.measurement import cycling as bdf

K_B_EV = 8.617333262e-5  # eV/K, CODATA 2018
ZERO_CELSIUS_K = 273.15
DAY_S = 86400.0
_LARGEST_E_EV = 1.5  # no solid electrolyte conducts with a higher activation energy
_LEAST_SPAN_K = 0.5  # a thermometer's own scatter and steps
_LEAST_DAYS, _LEAST_PER_DAY, _LEAST_ROWS = 1.5, 4.0, 12
_LEAST_EFFICIENCIES = 2.2  # a day: fewer than two do not tell a day's wave from a slower one
_EXPLAINS = 0.5  # of the variance
_LEAST_SWING = 1e-3  # standard deviation of ln: less moves no threshold
_ALIKE = 0.5  # correlation of a day with the next
_PLACES = 40  # at which a step is tried


@dataclass(frozen=True, slots=True)
class Swing:
    """The part of ln R that the temperature explains, at moments of the test. sign: None where it explains nothing."""

    sign: SignKind | None
    time_s: NDArray[np.float64]
    explained: NDArray[np.float64]
    says: str

    @classmethod
    def none(cls) -> Self:
        """Return no swing at all."""
        return cls(None, np.array([0.0]), np.array([0.0]), "")

    def without(self, time_s: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return values at moments of the test without the swing."""
        return values * np.exp(-np.interp(time_s, self.time_s, self.explained))

    def onto(self, table: pl.DataFrame) -> pl.DataFrame:
        """Return the table, which has start_s and resistance_ohm, with steady_ohm: the resistance without the swing."""
        steady = self.without(column(table, "start_s"), column(table, "resistance_ohm"))
        return table.hstack([pl.Series("steady_ohm", steady)])

    def named(self, fired: Sign) -> Sign:
        """Return the temperature swing in place of a sign that fires only because of it."""
        assert self.sign is not None, "a sign that does not fire on the steadied resistance has a swing"
        evidence = f"{self.says}; without it, what looks like {fired.sign.value.kind} ({fired.evidence}) is gone"
        swing = {"swing": float(np.ptp(np.exp(self.explained)))}
        return Sign(self.sign, fired.cycle, fired.time_s, evidence, swing)


def swing_of(measurement: bdf.CyclingTest, table: pl.DataFrame) -> Swing:
    """Return what the temperature explains of a resistance. table: start_s, resistance_ohm, and current_A of each row."""
    known = _known(table, "resistance_ohm")
    time, log, trend = known
    if time.size < _LEAST_ROWS:
        return Swing.none()
    logged = _logged(measurement, time)
    return _by_log(time, log, trend, logged) if logged is not None else _by_day(known, "resistance")


def could_hide_a_day(measurement: bdf.CyclingTest) -> bool:
    """Return whether the room could change unseen: no temperature is logged, and the test is too short to show its days."""
    time = measurement.table[bdf.TIME].to_numpy()
    logs = bdf.logged_temperature(measurement.table) is not None
    return not logs and bool(time.size) and float(np.nanmax(time) - np.nanmin(time)) < _LEAST_DAYS * DAY_S


def efficiency_swing_of(measurement: bdf.CyclingTest, table: pl.DataFrame) -> Swing:
    """Return what the temperature explains of the charge that comes back. table: start_s, end_s, returned, current_A.

    A capacity follows the temperature, so that a cell which is colder when it is discharged than it was when it was charged
    gives back less.
    """
    known = _known(table, "returned")
    time, log, trend = known
    if time.size < _LEAST_ROWS:
        return Swing.none()
    end = np.interp(time, column(table, "start_s"), column(table, "end_s"))
    logged = _logged(measurement, np.concatenate([time, (time + end) / 2.0, end]))
    if logged is None:
        return _efficiency_by_day(time, log, trend)
    change = np.diff(logged.reshape(3, -1), axis=0).T  # within the charge, and within the discharge
    found = _explained(log, _with_step(log, trend, change), change)
    if found is None:
        return Swing.none()
    says = f"the share of charge that comes back goes up and down by {100 * np.ptp(np.exp(found[0])):.2g} % with the changes of "
    says += f"the logged temperature within a cycle, which explain {100 * found[2]:.0f} % of it"
    return Swing(SignKind.LOGGED_TEMPERATURE, time, found[0], says)


def _efficiency_by_day(time: NDArray[np.float64], log: NDArray[np.float64], trend: NDArray[np.float64]) -> Swing:
    """Two cycles a day and a little more show the wave of a day; its second half must be what the first one foretells."""
    days = (time[-1] - time[0]) / DAY_S
    if days < _LEAST_DAYS or time.size < _LEAST_EFFICIENCIES * days:
        return Swing.none()
    waves = _waves(time)[:, : 4 if time.size >= _LEAST_PER_DAY * days else 2]
    stepped = _with_step(log, trend, waves)
    found = _explained(log, stepped, waves)
    return (
        Swing.none()
        if found is None or not _foretold(_left(log, stepped)[0], waves)
        else _daily(time, found, "share of charge that comes back")
    )


def _foretold(left: NDArray[np.float64], waves: NDArray[np.float64]) -> bool:
    """Return whether the waves that fit the first half of what the trend leaves are there in the second half too."""
    half = left.size // 2
    own = np.linalg.lstsq(waves[:half], left[:half], rcond=None)[0]
    expected = waves[half:] @ own
    if min(np.std(expected), np.std(left[half:])) < _LEAST_SWING:
        return False
    return bool(np.corrcoef(expected, left[half:])[0, 1] >= _ALIKE)


def _known(table: pl.DataFrame, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return where a quantity is known: moments, its logarithm, and the columns of what is not the temperature's."""
    values = column(table, name)
    known = np.isfinite(values) & (values > 0.0)
    time = column(table, "start_s")[known]
    trend = _trend(time, np.abs(column(table, "current_A")[known])) if time.size else np.zeros((0, 1))
    return time, np.log(values[known]), trend


def _trend(time: NDArray[np.float64], current: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the columns of what is not the temperature's: a constant per level of current, and a parabola."""
    level = labels(current)
    constants = (level[:, None] == np.unique(level)[None, :]).astype(float)
    u = 2.0 * (time - time[0]) / max(time[-1] - time[0], 1.0) - 1.0
    return np.column_stack([constants, u, u**2])


def _logged(measurement: bdf.CyclingTest, at_s: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return the logged temperature (K) at moments of the test; None where there is none, or it hardly moves."""
    name = bdf.logged_temperature(measurement.table)
    if name is None:
        return None
    rows = measurement.table.select(bdf.TIME, name).drop_nulls().filter(pl.col(name).is_finite())
    if not rows.height:
        return None
    kelvin = np.interp(at_s, rows[bdf.TIME].to_numpy(), rows[name].to_numpy()) + ZERO_CELSIUS_K
    return kelvin if np.ptp(kelvin) >= _LEAST_SPAN_K and kelvin.min() > 0.0 else None


def _by_log(
    time: NDArray[np.float64], log: NDArray[np.float64], trend: NDArray[np.float64], kelvin: NDArray[np.float64]
) -> Swing:
    beta = 1.0 / (K_B_EV * kelvin)
    found = _explained(log, trend, (beta - beta.mean())[:, None])
    if found is None:
        return Swing.none()
    part, (energy,), share = found
    if not 0.0 < energy < _LARGEST_E_EV:
        return Swing.none()
    says = (
        f"the resistance follows the logged temperature ({kelvin.min() - ZERO_CELSIUS_K:.1f} to "
        f"{kelvin.max() - ZERO_CELSIUS_K:.1f} degC) with {energy:.2f} eV, which explains {100 * share:.0f} % of its changes"
    )
    return Swing(SignKind.LOGGED_TEMPERATURE, time, part, says)


def _by_day(known: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]], what: str) -> Swing:
    time, log, trend = known
    days = (time[-1] - time[0]) / DAY_S
    if days < _LEAST_DAYS or time.size < _LEAST_PER_DAY * days:
        return Swing.none()
    found = _explained(log, trend, _waves(time))
    if found is None or not _repeats(time, _left(log, trend)[0]):
        return Swing.none()
    return _daily(time, found, what)


def _daily(
    time: NDArray[np.float64], found: tuple[NDArray[np.float64], NDArray[np.float64], float], what: str
) -> Swing:
    part, _, share = found
    says = (
        f"the {what} goes up and down by {100 * np.ptp(np.exp(part)):.0f} % with the time of day, which explains "
        f"{100 * share:.0f} % of its changes; no temperature is logged"
    )
    return Swing(SignKind.DAILY, time, part, says)


def _waves(time: NDArray[np.float64]) -> NDArray[np.float64]:
    phase = 2.0 * np.pi * time / DAY_S
    return np.column_stack([wave(n * phase) for n in (1, 2) for wave in (np.cos, np.sin)])


def _repeats(time: NDArray[np.float64], left: NDArray[np.float64]) -> bool:
    """Return whether what the trend leaves is the same a day later: waves alone could also bend to a single event."""
    first = time <= time[-1] - DAY_S
    later = np.interp(time[first] + DAY_S, time, left)
    if min(np.std(left[first]), np.std(later)) < _LEAST_SWING:
        return False
    return bool(np.corrcoef(left[first], later)[0, 1] >= _ALIKE)


def _explained(
    log: NDArray[np.float64], trend: NDArray[np.float64], part: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float] | None:
    """Return what `part` explains beside the trend, its coefficients, and its share; None where that is less than half."""
    left, _ = _left(log, trend)
    rest, fitted = _left(log, np.column_stack([trend, part]))
    total = float(left @ left)
    free = log.size - trend.shape[1]
    fewer = free / max(1, free - part.shape[1])  # every column explains something of mere noise
    share = 1.0 - fewer * float(rest @ rest) / total if total > 0.0 else 0.0
    if share < _EXPLAINS:
        return None
    own = fitted[trend.shape[1] :]
    return part @ own, own, share


def _left(log: NDArray[np.float64], columns: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what the columns leave of ln of the quantity, and their coefficients, by least squares."""
    fitted = np.linalg.lstsq(columns, log, rcond=None)[0]
    return log - columns @ fitted, fitted.astype(np.float64)


def _with_step(log: NDArray[np.float64], trend: NDArray[np.float64], part: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the trend with the one step that leaves least: a leak begins at a moment, a day does not."""
    places = np.unique(np.linspace(3, log.size - 3, _PLACES).astype(int))
    steps = [(np.arange(log.size) >= place).astype(float) for place in places]
    rests = [_left(log, np.column_stack([trend, step, part]))[0] for step in steps]
    best = int(np.argmin([float(rest @ rest) for rest in rests]))
    return np.column_stack([trend, steps[best]])
