"""Signs in half and full cells, cycle by cycle: where charge goes, what it costs, and how much is left."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.analyse.cycling.limits import Limits
from ionweld.analyse.cycling.signs import Sign, first_lasting, sign_at
from ionweld.result import EventKind

_SIGMA_OF_MAD = 1.4826  # standard deviation of a normal distribution over its median absolute deviation


def find(cycles: pl.DataFrame, limits: Limits) -> list[Sign]:
    """Return the signs of a cell that stores charge; cycles: of summarise."""
    whole = cycles.filter((pl.col("charge_capacity_Ah") > 0.0) & (pl.col("discharge_capacity_Ah") > 0.0))
    searches = (_excursion, _step, _excess, _polarisation, _life)
    found = [search(whole, limits) for search in searches] + [_gone(cycles, limits)]
    return [sign for sign in found if sign is not None]


def _column(table: pl.DataFrame, name: str) -> NDArray[np.float64]:
    return table[name].cast(pl.Float64).fill_null(np.nan).to_numpy()


def _excursion(cycles: pl.DataFrame, limits: Limits) -> Sign | None:
    efficiency = _column(cycles, "coulombic_efficiency")  # all null until it is known which half cycle comes first
    for at, usual, spread in _usual(efficiency, limits):
        if abs(efficiency[at] - usual) > max(limits.excursion, limits.scatter * spread):
            numbers = {"coulombic_efficiency": efficiency[at], "usual": usual, "spread": spread}
            evidence = (
                f"coulombic efficiency {100 * efficiency[at]:.1f} %, {100 * usual:.1f} % in the median of the cycles before, "
                f"which scatter by {100 * spread:.2g} %"
            )
            return sign_at(cycles, at, EventKind.SOFT_SHORT, "efficiency excursion", evidence, numbers)
    return None


def _usual(values: NDArray[np.float64], limits: Limits) -> Iterator[tuple[int, float, float]]:
    """Yield each cycle that can be compared, with the median and the robust spread of those before it."""
    for at in range(limits.cycles_forming + limits.cycles_memory // 2, values.size):
        before = values[max(limits.cycles_forming, at - limits.cycles_memory) : at]
        before = before[np.isfinite(before)]
        if before.size and np.isfinite(values[at]):
            usual = float(np.median(before))
            yield at, usual, _SIGMA_OF_MAD * float(np.median(np.abs(before - usual)))


def _step(cycles: pl.DataFrame, limits: Limits) -> Sign | None:
    """An efficiency that fell by little and stays there: a leak too small to be told from chance in one cycle."""
    efficiency = _column(cycles, "coulombic_efficiency")
    into, out = (_column(cycles, f"{way}_capacity_Ah") for way in ("charge", "discharge"))
    for at, usual, spread in _usual(efficiency, limits):
        after = slice(at, at + limits.cycles_steady)
        lost = usual - efficiency[after]
        if lost.size < limits.cycles_steady or not np.all(lost > max(limits.step, limits.scatter * spread)):
            continue
        now = float(np.median(efficiency[after]))
        numbers = {
            "coulombic_efficiency": now,
            "usual": usual,
            "spread": spread,
            "charge_change": into[at] / into[at - 1] - 1.0,
            "discharge_change": out[at] / out[at - 1] - 1.0,
        }
        evidence = (
            f"coulombic efficiency {100 * now:.1f} % for {limits.cycles_steady} cycles in a row, {100 * usual:.1f} % in the "
            f"median of the cycles before, which scatter by {100 * spread:.2g} %; in the first of them the charge changed by "
            f"{100 * numbers['charge_change']:+.1f} %, the discharge by {100 * numbers['discharge_change']:+.1f} % (a leak "
            "lengthens the one as it shortens the other)"
        )
        return sign_at(cycles, at, EventKind.SOFT_SHORT, "lasting loss of efficiency", evidence, numbers)
    return None


def _excess(cycles: pl.DataFrame, limits: Limits) -> Sign | None:
    """A leak costs charge while charging and gives none while discharging, whichever half cycle comes first."""
    ratio = _column(cycles, "charge_capacity_Ah") / _column(cycles, "discharge_capacity_Ah")
    fires = ratio > limits.excess
    fires[: limits.cycles_forming] = False
    at = first_lasting(fires, limits.cycles_lasting)
    if at is None:
        return None
    evidence = f"charge {ratio[at]:.3f} times the discharge, for {limits.cycles_lasting} cycles in a row"
    return sign_at(
        cycles, at, EventKind.SOFT_SHORT, "charge longer than discharge", evidence, {"charge_over_discharge": ratio[at]}
    )


def _polarisation(cycles: pl.DataFrame, limits: Limits) -> Sign | None:
    resistance = _column(cycles, "resistance_ohm")
    start = resistance[: limits.cycles_forming]
    if not np.isfinite(start).any():
        return None
    first = float(np.nanmedian(start))
    at = first_lasting(resistance > limits.polarisation * first, limits.cycles_lasting)
    if at is None:
        return None
    evidence = f"polarisation {resistance[at]:.4g} ohm, {first:.4g} ohm in the first {limits.cycles_forming} cycles"
    numbers = {"resistance_ohm": resistance[at], "resistance_at_first_ohm": first}
    return sign_at(cycles, at, EventKind.CONTACT_LOSS, "growing polarisation", evidence, numbers)


def _gone(cycles: pl.DataFrame, limits: Limits) -> Sign | None:
    charge, discharge = (_column(cycles, f"{way}_mean_voltage_V") for way in ("charge", "discharge"))
    known = discharge[np.isfinite(discharge)]
    if not known.size:
        return None
    fired = np.flatnonzero(charge < limits.gone * known[0])
    if not fired.size:
        return None
    at = int(fired[0])
    evidence = f"the charge ran at {charge[at]:.3g} V, the first discharge at {known[0]:.3g} V: nothing is stored"
    numbers = {"charge_mean_voltage_V": charge[at], "first_discharge_mean_voltage_V": float(known[0])}
    return sign_at(cycles, at, EventKind.HARD_SHORT, "voltage gone", evidence, numbers)


def _life(cycles: pl.DataFrame, limits: Limits) -> Sign | None:
    retention = _column(cycles, "retention")
    at = first_lasting(retention < limits.life, limits.cycles_lasting)
    if at is None:
        return None
    evidence = f"{100 * retention[at]:.0f} % of the first discharge capacity is left"
    return sign_at(cycles, at, EventKind.END_OF_LIFE, "capacity", evidence, {"retention": retention[at]})
