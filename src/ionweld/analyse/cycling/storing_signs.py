"""Signs in half and full cells, cycle by cycle: where charge goes, what it costs, and how much is left.

Like is compared with like: cycles at the same two currents, both half cycles run to their ends, and the first cycle after
a change of the current left out, because its charge began where a discharge at another current had ended. What is judged
is the discharge over the charge of a cycle: a leak lengthens the charge and shortens the discharge, and so never gives
more than 100 %.
"""

from collections.abc import Callable, Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.analyse.cycling.conditions import Stretches, stretches_of
from ionweld.analyse.cycling.levels import changed
from ionweld.analyse.cycling.limits import Limits
from ionweld.analyse.cycling.rivals import SignKind
from ionweld.analyse.cycling.signs import Sign, column, first_lasting, sign_at
from ionweld.analyse.cycling.temperature import Swing, efficiency_swing_of, swing_of
from ionweld.measurement import cycling as bdf

_SIGMA_OF_MAD = 1.4826  # standard deviation of a normal distribution over its median absolute deviation


Search = Callable[[pl.DataFrame, Limits], Sign | None]


def find(measurement: bdf.CyclingTest, cycles: pl.DataFrame, limits: Limits) -> list[Sign]:
    """Return the signs of a cell that stores charge; cycles: of summarise."""
    stretches = stretches_of(measurement, cycles, column(cycles, "end_s"))
    stepped = stretches.sign(cycles, 1e3 * column(cycles, "discharge_capacity_Ah"), "discharge capacity", "mAh")
    cycles = _by_stretch(cycles, stretches)
    judged = whole(cycles)
    steady = judged.filter(~pl.col("after_change"))
    formed = steady[limits.cycles_forming :]
    swings = efficiency_swing_of(measurement, formed), swing_of(measurement, steady)
    efficiencies = [_efficiency(search, formed, swings[0], limits) for search in (_excursion, _step)]
    found = [*efficiencies, _excess(formed, limits), _polarisation(steady, swings[1], limits)]
    found += [_life(judged, limits), _gone(cycles, limits), stepped]
    return [sign for sign in found if sign is not None]


def whole(cycles: pl.DataFrame) -> pl.DataFrame:
    """Return the cycles that can be judged: both half cycles finished, and those of the cycle before as well.

    after_change: the cycle before ran at another current; returned: discharge over charge, NaN as long as it is not known
    which half cycle opens a cycle; current_A: the mean.
    """
    table = cycles.with_row_index("_row").filter(
        (pl.col("charge_capacity_Ah") > 0.0) & (pl.col("discharge_capacity_Ah") > 0.0)
    )
    fresh = pl.Series("after_change", changed(table["current_level"].to_numpy()))
    after_whole = pl.col("complete").shift(1, fill_value=True)
    returned = (pl.col("discharge_capacity_Ah") / pl.col("charge_capacity_Ah")).alias("returned")
    known = pl.when(pl.col("coulombic_efficiency").is_finite()).then(returned).otherwise(np.nan)
    made = table.with_columns(fresh, known, pl.col("mean_current_A").alias("current_A"))
    return made.filter(pl.col("complete") & after_whole).drop("_row")


def _by_stretch(cycles: pl.DataFrame, stretches: Stretches) -> pl.DataFrame:
    """Return the cycles with another level for each stretch, retention within it, and none judged in which it changed."""
    if not stretches.mixed.any() and not stretches.said:
        return cycles
    level = cycles["current_level"].to_numpy() * (1 + stretches.number[-1]) + stretches.number
    whole = pl.Series("complete", cycles["complete"].to_numpy() & ~stretches.mixed)
    first = pl.col("retention").filter(pl.col("complete")).drop_nulls().first().over("current_level")
    return cycles.with_columns(pl.Series("current_level", level), whole).with_columns(pl.col("retention") / first)


def _levels(cycles: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for level in cycles["current_level"].unique(maintain_order=True):
        yield cycles.filter(pl.col("current_level") == level)


def _earliest(found: list[Sign | None]) -> Sign | None:
    return min((sign for sign in found if sign is not None), key=lambda sign: sign.time_s, default=None)


def _efficiency(search: Search, cycles: pl.DataFrame, swing: Swing, limits: Limits) -> Sign | None:
    """Return what a search finds of the efficiency, or the swing of the temperature that alone makes it fire."""
    calm = swing.without(column(cycles, "start_s"), column(cycles, "returned"))
    raw, steadied = (search(table, limits) for table in (cycles, cycles.with_columns(pl.Series("returned", calm))))
    return swing.named(raw) if raw is not None and steadied is None else steadied


def _excursion(cycles: pl.DataFrame, limits: Limits) -> Sign | None:
    return _earliest([_excursion_in(level, limits) for level in _levels(cycles)])


def _excursion_in(cycles: pl.DataFrame, limits: Limits) -> Sign | None:
    efficiency = column(cycles, "returned")
    for at, usual, spread in _usual(efficiency, limits):
        if efficiency[at] < min(1.0, usual - max(limits.excursion, limits.scatter * spread)):
            numbers = {"discharge_over_charge": efficiency[at], "usual": usual, "spread": spread}
            evidence = (
                f"{100 * efficiency[at]:.1f} % of the charge came back, {100 * usual:.1f} % in the median of the cycles before "
                f"at this current, which scatter by {100 * spread:.2g} %"
            )
            return sign_at(cycles, at, SignKind.EFFICIENCY_EXCURSION, evidence, numbers)
    return None


def _usual(values: NDArray[np.float64], limits: Limits) -> Iterator[tuple[int, float, float]]:
    """Yield each cycle that can be compared, with the median and the robust spread of those before it."""
    for at in range(limits.cycles_memory // 2, values.size):
        before = values[max(0, at - limits.cycles_memory) : at]
        before = before[np.isfinite(before)]
        if before.size and np.isfinite(values[at]):
            usual = float(np.median(before))
            yield at, usual, _SIGMA_OF_MAD * float(np.median(np.abs(before - usual)))


def _step(cycles: pl.DataFrame, limits: Limits) -> Sign | None:
    """An efficiency that fell by little and stays there: a leak too small to be told from chance in one cycle."""
    return _earliest([_step_in(level, limits) for level in _levels(cycles)])


def _step_in(cycles: pl.DataFrame, limits: Limits) -> Sign | None:
    efficiency = column(cycles, "returned")
    into, out = (column(cycles, f"{way}_capacity_Ah") for way in ("charge", "discharge"))
    for at, usual, spread in _usual(efficiency, limits):
        after = slice(at, at + limits.cycles_steady)
        now = efficiency[after]
        if now.size < limits.cycles_steady or not np.all(
            now < min(1.0, usual - max(limits.step, limits.scatter * spread))
        ):
            continue
        numbers = {
            "discharge_over_charge": float(np.median(now)),
            "usual": usual,
            "spread": spread,
            "charge_change": into[at] / into[at - 1] - 1.0,
            "discharge_change": out[at] / out[at - 1] - 1.0,
        }
        return sign_at(cycles, at, SignKind.LASTING_LOSS, _loss(numbers, limits), numbers)
    return None


def _loss(numbers: dict[str, float], limits: Limits) -> str:
    percent = {name: 100 * value for name, value in numbers.items()}
    return (
        f"{percent['discharge_over_charge']:.1f} % of the charge came back for {limits.cycles_steady} cycles in a row, "
        f"{percent['usual']:.1f} % in the median of the cycles before at this current, which scatter by "
        f"{percent['spread']:.2g} %; in the first of them the charge changed by {percent['charge_change']:+.1f} %, the "
        f"discharge by {percent['discharge_change']:+.1f} % (a leak lengthens the one as it shortens the other)"
    )


def _excess(cycles: pl.DataFrame, limits: Limits) -> Sign | None:
    """A leak costs charge while charging and gives none while discharging, whichever half cycle comes first."""
    ratio = column(cycles, "charge_capacity_Ah") / column(cycles, "discharge_capacity_Ah")
    at = first_lasting(ratio > limits.excess, limits.cycles_lasting)
    if at is None:
        return None
    evidence = f"charge {ratio[at]:.3f} times the discharge, for {limits.cycles_lasting} cycles in a row"
    return sign_at(cycles, at, SignKind.CHARGE_LONGER, evidence, {"charge_over_discharge": ratio[at]})


def _polarisation(cycles: pl.DataFrame, swing: Swing, limits: Limits) -> Sign | None:
    raw, steadied = (
        _earliest([_grown(level, name, limits) for level in _levels(swing.onto(cycles))])
        for name in ("resistance_ohm", "steady_ohm")
    )
    return swing.named(raw) if raw is not None and steadied is None else steadied


def _grown(cycles: pl.DataFrame, name: str, limits: Limits) -> Sign | None:
    resistance = column(cycles, name)
    start = resistance[: limits.cycles_forming]
    if not np.isfinite(start).any():
        return None
    first = float(np.nanmedian(start))
    at = first_lasting(resistance > limits.polarisation * first, limits.cycles_lasting)
    if at is None:
        return None
    evidence = f"polarisation {resistance[at]:.4g} ohm, {first:.4g} ohm in the first {limits.cycles_forming} cycles"
    numbers = {"resistance_ohm": resistance[at], "resistance_at_first_ohm": first}
    return sign_at(cycles, at, SignKind.GROWING_POLARISATION, evidence, numbers)


def _gone(cycles: pl.DataFrame, limits: Limits) -> Sign | None:
    charge, discharge = (column(cycles, f"{way}_mean_voltage_V") for way in ("charge", "discharge"))
    known = discharge[np.isfinite(discharge)]
    if not known.size:
        return None
    fired = np.flatnonzero(charge < limits.gone * known[0])
    if not fired.size:
        return None
    at = int(fired[0])
    evidence = f"the charge ran at {charge[at]:.3g} V, the first discharge at {known[0]:.3g} V: nothing is stored"
    numbers = {"charge_mean_voltage_V": charge[at], "first_discharge_mean_voltage_V": float(known[0])}
    return sign_at(cycles, at, SignKind.VOLTAGE_GONE, evidence, numbers)


def _life(cycles: pl.DataFrame, limits: Limits) -> Sign | None:
    return _earliest([_faded(level, limits) for level in _levels(cycles)])


def _faded(cycles: pl.DataFrame, limits: Limits) -> Sign | None:
    """Less than 80 % that does not come back: a cell on a cold day is not at its end."""
    retention = column(cycles, "retention")
    below = retention < limits.life
    lasting = limits.cycles_lasting
    backs = [i for i in range(below.size - lasting + 1) if not below[i : i + lasting].any()]
    alive = backs[-1] + lasting if backs else 0
    at = first_lasting(below[alive:], lasting)
    if at is None:
        return None
    at += alive
    evidence = f"{100 * retention[at]:.0f} % of the first discharge capacity at this current is left"
    return sign_at(cycles, at, SignKind.FADED, evidence, {"retention": retention[at]})
