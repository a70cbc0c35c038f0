"""What the temperature of the room makes of a resistance, so that a warm day is not taken for a short.

ln R is fitted by a constant per level of current, a parabola of time (what the cell itself does), and either

    E / (k_B T)                                 where the file logs a temperature: E free, from 0 to 1.5 eV
    cos, sin of one and of half a day           where it does not, and the test lasts a day and a half at least

If that last part explains at least half of what the others leave, it counts as the temperature's, and is taken out of the
resistance; the parabola stays in. A sign that fires on the resistance as it is, but not on the steadied one, is named a
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
_EXPLAINS = 0.5  # of the variance


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

    def onto(self, table: pl.DataFrame) -> pl.DataFrame:
        """Return the table, which has start_s and resistance_ohm, with steady_ohm: the resistance without the swing."""
        share = np.exp(-np.interp(column(table, "start_s"), self.time_s, self.explained))
        return table.with_columns(pl.Series("steady_ohm", column(table, "resistance_ohm") * share))

    def named(self, fired: Sign) -> Sign:
        """Return the temperature swing in place of a sign that fires only because of it."""
        assert self.sign is not None, "a sign that does not fire on the steadied resistance has a swing"
        evidence = f"{self.says}; without it, what looks like {fired.sign.value.kind} ({fired.evidence}) is gone"
        swing = {"swing": float(np.ptp(np.exp(self.explained)))}
        return Sign(self.sign, fired.cycle, fired.time_s, evidence, swing)


def swing_of(measurement: bdf.Cycling, table: pl.DataFrame) -> Swing:
    """Return what the temperature explains of a resistance. table: start_s, resistance_ohm, and current_A of each row."""
    known = table.filter(pl.col("resistance_ohm").is_finite() & (pl.col("resistance_ohm") > 0.0))
    if known.height < _LEAST_ROWS:
        return Swing.none()
    time, log = column(known, "start_s"), np.log(column(known, "resistance_ohm"))
    trend = _trend(time, np.abs(column(known, "current_A")))
    logged = _logged(measurement, time)
    return _by_log(time, log, trend, logged) if logged is not None else _by_day(time, log, trend)


def _trend(time: NDArray[np.float64], current: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the columns of what is not the temperature's: a constant per level of current, and a parabola."""
    level = labels(current)
    constants = (level[:, None] == np.unique(level)[None, :]).astype(float)
    u = 2.0 * (time - time[0]) / max(time[-1] - time[0], 1.0) - 1.0
    return np.column_stack([constants, u, u**2])


def _logged(measurement: bdf.Cycling, at_s: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return the logged temperature (K) at moments of the test; None where there is none, or it hardly moves."""
    if bdf.TEMPERATURE not in measurement.table.columns:
        return None
    rows = measurement.table.select(bdf.TIME, bdf.TEMPERATURE).drop_nulls().filter(pl.col(bdf.TEMPERATURE).is_finite())
    if not rows.height:
        return None
    kelvin = np.interp(at_s, rows[bdf.TIME].to_numpy(), rows[bdf.TEMPERATURE].to_numpy()) + ZERO_CELSIUS_K
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


def _by_day(time: NDArray[np.float64], log: NDArray[np.float64], trend: NDArray[np.float64]) -> Swing:
    days = (time[-1] - time[0]) / DAY_S
    if days < _LEAST_DAYS or time.size < _LEAST_PER_DAY * days:
        return Swing.none()
    phase = 2.0 * np.pi * time / DAY_S
    waves = np.column_stack([wave(n * phase) for n in (1, 2) for wave in (np.cos, np.sin)])
    found = _explained(log, trend, waves)
    if found is None:
        return Swing.none()
    part, _, share = found
    says = (
        f"the resistance goes up and down by {100 * np.ptp(np.exp(part)):.0f} % with the time of day, which explains "
        f"{100 * share:.0f} % of its changes; no temperature is logged"
    )
    return Swing(SignKind.DAILY, time, part, says)


def _explained(
    log: NDArray[np.float64], trend: NDArray[np.float64], part: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float] | None:
    """Return what `part` explains beside the trend, its coefficients, and its share; None where that is less than half."""
    left = log - trend @ np.linalg.lstsq(trend, log, rcond=None)[0]
    both = np.column_stack([trend, part])
    fitted = np.linalg.lstsq(both, log, rcond=None)[0]
    rest = log - both @ fitted
    total = float(left @ left)
    share = 1.0 - float(rest @ rest) / total if total > 0.0 else 0.0
    if share < _EXPLAINS:
        return None
    own = fitted[trend.shape[1] :].astype(np.float64)
    return part @ own, own, share
