"""A test by cycle: sums and averages over the half cycles of each, the currents they ran at, and whether they were finished.

Worked out in plain arrays: a project has a thousand small tests, and a query of a small table costs more than its numbers.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.analyse.cycling.levels import cycle_levels, finished, in_order, main_half_cycles
from ionweld.analyse.cycling.signs import column

WAYS = ("charge", "discharge")
_SUMMED = ("capacity_Ah", "integral_Ah", "energy_Wh")


def per_cycle(halves: pl.DataFrame, test_end_s: float, by_voltage: bool) -> pl.DataFrame:
    """Return one row per cycle, in the order of the test; halves: of counted_half_cycles, the others as for levels.finished.

    current_level: cycles with the same number ran at the same two currents; complete: both half cycles are finished.
    """
    numbers, part = in_order(halves["cycle"].to_list())
    count, way = len(numbers), halves["direction"].to_numpy()
    amps, made = {}, _spans(halves, part, count)
    for one in WAYS:
        sums, amps[f"{one}_current_A"] = _one_way(halves, np.where(way == one, part, -1), count)
        made |= {f"{one}_{name}": values for name, values in sums.items()}
    made |= _averages(halves, part, count) | amps
    ended = finished(halves, test_end_s, by_voltage)
    place = {number: at for at, number in enumerate(numbers)}
    cut = [place[number] for number, whole in zip(ended["cycle"], ended["finished"], strict=True) if not whole]
    return pl.DataFrame(
        [
            pl.Series("cycle", numbers, dtype=halves["cycle"].dtype),
            *(pl.Series(name, values, nan_to_null=True) for name, values in made.items()),
            pl.Series("current_level", cycle_levels(*amps.values())),
            pl.Series("complete", np.isin(np.arange(count), cut, invert=True)),
        ]
    )


def _spans(halves: pl.DataFrame, part: NDArray[np.int64], count: int) -> dict[str, NDArray[np.float64]]:
    """Return when each cycle begins and ends."""
    start, first, end = column(halves, "start_s"), np.empty(count), np.empty(count)
    first[part[::-1]] = start[::-1]  # the first of each part stays
    end[part] = start + column(halves, "duration_s")
    return {"start_s": first, "end_s": end}


def _one_way(
    halves: pl.DataFrame, part: NDArray[np.int64], count: int
) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.float64]]:
    """Return sums and voltages of the half cycles of one direction, and the current of the one that moved the most charge.

    part: the cycle that each half cycle belongs to, -1 for those of the other direction.
    """
    mine, main = part >= 0, main_half_cycles(halves, part, count)
    sums = {name: _total(part[mine], column(halves, name)[mine], count) for name in _SUMMED}
    charge = np.where(sums["capacity_Ah"] > 0.0, sums["capacity_Ah"], np.nan)
    means = {
        "mean_voltage_V": sums["energy_Wh"] / charge,
        "median_voltage_V": _at(main, column(halves, "median_voltage_V")),
    }
    return sums | means, _at(main, np.abs(column(halves, "current_A")))


def _at(rows: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values in some rows, NaN where the row is -1."""
    return np.append(values, np.nan)[rows]


def _averages(halves: pl.DataFrame, part: NDArray[np.int64], count: int) -> dict[str, NDArray[np.float64]]:
    """Return averages over time, of records without duration plain ones, and the means of what is known of the plateaus."""
    lasted = column(halves, "duration_s")
    weight = np.where(_total(part, lasted, count)[part] > 0.0, lasted, 1.0)
    made = {
        name: _total(part, values * weight, count) / _total(part, weight, count)
        for name, values in (
            ("mean_current_A", np.abs(column(halves, "current_A"))),
            ("_overpotential", column(halves, "overpotential_V")),
        )
    }
    for name in ("wedge_index", "flatness"):
        values = column(halves, name)
        known = np.isfinite(values)
        many = np.bincount(part[known], minlength=count)
        sums = _total(part[known], values[known], count)
        made[f"_{name.split('_')[0]}"] = np.divide(sums, many, out=np.full(count, np.nan), where=many > 0)
    return made


def _total(part: NDArray[np.int64], values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return the sum of the values of each part; of nothing, 0."""
    return np.bincount(part, values, count).astype(np.float64, copy=False)
