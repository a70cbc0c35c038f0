"""A test cycle by cycle, for symmetric, half and full cells: what was moved, what it cost, and what has to be asked.

Mass, area, the kind of cell and which half cycle opens a cycle are never assumed. Where one is missing, the numbers
that need it are null, and `asks` says what to give.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import numpy as np
import polars as pl

from ionweld.analyse.cycling.conditions import stretches_of
from ionweld.analyse.cycling.cycles import First
from ionweld.analyse.cycling.half_cycles import counted_half_cycles, with_sure_ends
from ionweld.analyse.cycling.levels import changed
from ionweld.analyse.cycling.per_cycle import WAYS, per_cycle
from ionweld.analyse.cycling.signs import column
from ionweld.measurement import cycling as bdf

Kind = Literal["symmetric", "half", "full"]

DEFINITIONS = {
    "capacity": "the charge of all steps of one direction in a cycle: the cycler's counter where the file has one, else "
    "the integral of the current; the integral stands beside it",
    "coulombic_efficiency": "charge of the second half cycle over that of the first, which opens the cycle; in a symmetric "
    "cell the program sets both, so it says nothing about lithium that was lost",
    "retention": "discharge capacity over that of the first finished cycle at the same currents (the first after a change of "
    "the current left out, where there are more), in cycles that have both half cycles",
    "complete": "both half cycles ran to their ends: none was cut short, as the last one of a test that is still running, "
    "and none has a gap in its records where no counter goes on",
    "current_level": "cycles with the same number ran at the same two currents; numbered as they first came",
    "charge_current_A, discharge_current_A": "of the step that moved the most charge: of CC then CV, the CC step",
    "c_rate": "current over the nominal capacity where it is given, else over the largest discharge capacity of the test",
    "energy": "capacity times the average of the voltage over the charge",
    "energy_efficiency": "energy of the discharge over that of the charge in the same cycle; cells that store energy",
    "mean_voltage_V": "average of the voltage over the charge of a half cycle",
    "median_voltage_V": "voltage at half of the charge of a half cycle",
    "overpotential_V": "symmetric: time average of |V|; half and full: half the difference of the two mean "
    "voltages of the cycle, where the two charges differ by less than a quarter; of one half cycle there: how far its mean "
    "voltage lies from the middle of the two",
    "asr_ohm_cm2": "overpotential over current density: the whole cell, electrolyte and interfaces",
    "wedge_index": "(|V| at the end - |V| two minutes after the reversal) / mean |V|; symmetric",
    "flatness": "1 - (max |V| - min |V|) / mean |V|, from two minutes after the reversal on; symmetric",
    "end_V": "|V| of the last record of a half cycle; symmetric: without it where it alone lies a quarter below the one before, "
    "so for wedge_index and flatness",
}
_OF_SYMMETRIC = ("overpotential_V", "asr_ohm_cm2", "wedge_index", "flatness")
_LIKE = 1.25  # charges of the two half cycles up to this ratio average over like states of charge


@dataclass(frozen=True, slots=True)
class CyclingSummary:
    """A test by half cycle and by cycle.

    asks: what a person has to say before the null columns can be filled; warnings: what a person should look at.
    """

    half_cycles: pl.DataFrame
    cycles: pl.DataFrame
    asks: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    def without_sweeps(self) -> "CyclingSummary":
        """Return it without half cycles in which current or voltage was swept, and without their cycles: they have no plateau."""
        swept = self.half_cycles["swept"].is_not_null()
        if not swept.any():
            return self
        cycles = set(self.half_cycles["cycle"].filter(swept))
        kept = [number not in cycles for number in self.cycles["cycle"]] if self.cycles.width else []
        return replace(
            self,
            half_cycles=self.half_cycles.filter(~swept),
            cycles=self.cycles.filter(pl.Series(kept, dtype=pl.Boolean)),
        )


def summarise(
    measurement: bdf.CyclingTest, kind: Kind | None = None, first: First | None = None, nominal_Ah: float | None = None
) -> CyclingSummary:
    """Return a test by half cycle and by cycle; area and active mass are those of the measurement's context.

    kind: the kind of cell; first: which half cycle opens a cycle; nominal_Ah: the capacity that 1C refers to. See
    DEFINITIONS for each number.
    """
    seen, halves, table = _tables(measurement, kind, first, nominal_Ah)
    halves, context = _meaningful(halves, table, kind), measurement.context
    said = (*_unfinished(table), *_last_record(seen, halves), *_across(measurement, halves, table, kind))
    return CyclingSummary(halves, table, _asks(halves, kind, first, context), said)


def summarised_cycles(measurement: bdf.CyclingTest, kind: Kind, first: First) -> pl.DataFrame:
    """Return the cycles of a summary alone: of hundreds of simulated cells nobody reads what else it says."""
    return _tables(measurement, kind, first, None)[2]


def _tables(
    measurement: bdf.CyclingTest, kind: Kind | None, first: First | None, nominal_Ah: float | None
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return the half cycles as they are, with ends that no single record makes, and the cycles."""
    seen = counted_half_cycles(measurement)
    halves = with_sure_ends(measurement, seen) if kind == "symmetric" else seen
    context = measurement.context
    test_end = float(measurement.table[bdf.TIME].to_numpy().max(initial=0.0))
    table = per_cycle(halves, test_end, by_voltage=kind != "symmetric")
    table = table.with_columns_seq(  # one after the other: a project has a thousand small tests
        _efficiency(first).alias("coulombic_efficiency"),
        *_specific(context.active_mass_kg),
        *_areal(context.area_m2),
        *_energy_efficiency(kind),
        pl.lit(_retention(table)).alias("retention"),
        *_c_rates(_capacity_of_1c(table, kind, nominal_Ah)),
    )
    return seen, halves, table.select_seq(pl.exclude(r"^_.*$"), *_polarisation(kind, context.area_m2))


@cache
def _efficiency(first: First | None) -> pl.Expr:
    if first is None:
        return pl.lit(None, dtype=pl.Float64)
    opening, closing = (pl.col(f"{way}_capacity_Ah") for way in (WAYS if first == "charge" else WAYS[::-1]))
    return pl.when((opening > 0.0) & (closing > 0.0)).then(closing / opening)


@cache
def _energy_efficiency(kind: Kind | None) -> list[pl.Expr]:
    into, out = (pl.col(f"{way}_energy_Wh") for way in WAYS)
    stores = pl.lit(kind in ("half", "full")) & (into > 0.0) & (out > 0.0)
    return [pl.when(stores).then(out / into).alias("energy_efficiency")]


def _retention(table: pl.DataFrame) -> pl.Series:
    """Return the discharge over that of the reference of its level: the first whole cycle, if it can be not after a change."""
    charge, discharge = (column(table, f"{way}_capacity_Ah") for way in WAYS)
    both = np.flatnonzero((charge > 0.0) & (discharge > 0.0))
    level, whole = table["current_level"].to_numpy()[both], table["complete"].to_numpy()[both]
    fresh = changed(level)
    reference: dict[int, float] = {}
    for allowed in (~fresh, fresh):
        for at in np.flatnonzero(whole & allowed):
            reference.setdefault(int(level[at]), float(discharge[both[at]]))
    made = np.full(table.height, np.nan)
    made[both] = discharge[both] / [reference.get(number, np.nan) for number in level]
    return pl.Series(made, nan_to_null=True)


def _unfinished(table: pl.DataFrame, most: int = 5) -> tuple[str, ...]:
    """Say which cycles were cut short, and that nothing is judged by them."""
    told = zip(table["cycle"], table["complete"], strict=True)
    cut = [str(number) for number, whole in told if number is not None and not whole]
    if not cut:
        return ()
    named = ", ".join(cut[:most]) + (f" and {len(cut) - most} more" if len(cut) > most else "")
    return (
        (
            f"a half cycle of cycle {named} was cut short, has a gap, or is still running: its capacities stand as they are, but no leak and "
            "no end of life is judged by it"
        ),
    )


def _last_record(seen: pl.DataFrame, halves: pl.DataFrame) -> tuple[str, ...]:
    """Say that a test ends with a single record far below the one before it, by which nothing is judged."""
    end, before = (float(table["end_V"].tail(1).sum()) for table in (seen, halves))
    if end == before:
        return ()
    said = (
        f"the last record of the test shows {1e3 * end:.4g} mV after {1e3 * before:.4g} mV: a short that came last, or a record "
        "taken when the current was off; one record does not tell, and no short is judged by it"
    )
    return (said,)


def _across(
    measurement: bdf.CyclingTest, halves: pl.DataFrame, table: pl.DataFrame, kind: Kind | None
) -> tuple[str, ...]:
    """Say what is not judged where logged conditions changed within the test."""
    if kind == "symmetric":
        ohms = column(halves, "end_V") / np.abs(column(halves, "current_A"))
        ends = column(halves, "start_s") + column(halves, "duration_s")
        return stretches_of(measurement, halves, ends).across(ohms, "resistance at the end of half cycles", "ohm")
    stretches = stretches_of(measurement, table, column(table, "end_s"))
    return stretches.across(1e3 * column(table, "discharge_capacity_Ah"), "discharge capacity", "mAh")


def _capacity_of_1c(table: pl.DataFrame, kind: Kind | None, nominal_Ah: float | None) -> float | None:
    """Return the current of 1C (A), None in cells that store nothing."""
    largest = float(table["discharge_capacity_Ah"].to_numpy().max(initial=0.0))
    stores = kind in ("half", "full") and (nominal_Ah is not None or largest > 0.0)
    return (nominal_Ah or largest) if stores else None


def _c_rates(nominal_Ah: float | None) -> list[pl.Expr]:
    return [(pl.col(f"{way}_current_A") / pl.lit(nominal_Ah, pl.Float64)).alias(f"{way}_c_rate") for way in WAYS]


@cache
def _specific(mass_kg: float | None) -> list[pl.Expr]:
    grams = None if mass_kg is None else 1e3 * mass_kg
    return [
        (1e3 * pl.col(f"{way}_capacity_Ah") / pl.lit(grams, pl.Float64)).alias(f"{way}_capacity_mAh_g") for way in WAYS
    ]


@cache
def _areal(area_m2: float | None) -> list[pl.Expr]:
    area = pl.lit(None if area_m2 is None else 1e4 * area_m2, pl.Float64)
    charge = [(1e3 * pl.col(f"{way}_capacity_Ah") / area).alias(f"{way}_capacity_mAh_cm2") for way in WAYS]
    return [*charge, (1e3 * pl.col("mean_current_A") / area).alias("current_density_mA_cm2")]


@cache
def _polarisation(kind: Kind | None, area_m2: float | None) -> list[pl.Expr]:
    """Return overpotential, resistance and the shape of the plateaus, as far as they mean something in such a cell."""
    nothing = pl.lit(None, dtype=pl.Float64)
    ratio = pl.col("charge_capacity_Ah") / pl.col("discharge_capacity_Ah")
    gap = pl.col("charge_mean_voltage_V") - pl.col("discharge_mean_voltage_V")
    gap = pl.when(ratio.is_between(1 / _LIKE, _LIKE)).then(gap / 2)
    overpotential = {"symmetric": pl.col("_overpotential"), "half": gap, "full": gap}.get(kind or "", nothing)
    resistance = overpotential / pl.col("mean_current_A")
    area = pl.lit(None if area_m2 is None else 1e4 * area_m2, pl.Float64)
    symmetric = pl.lit(kind == "symmetric")
    return [
        overpotential.alias("overpotential_V"),
        resistance.alias("resistance_ohm"),
        (resistance * area).alias("asr_ohm_cm2"),
        pl.when(symmetric).then(pl.col("_wedge")).alias("wedge_index"),
        pl.when(symmetric).then(pl.col("_flatness")).alias("flatness"),
    ]


def _meaningful(halves: pl.DataFrame, cycles: pl.DataFrame, kind: Kind | None) -> pl.DataFrame:
    """Return the half cycles with those numbers only that mean something in such a cell.

    In half and full cells |V| is no overpotential: there it is how far the mean voltage of a half cycle lies from the
    middle of its cycle's two mean voltages.
    """
    if kind == "symmetric":
        return halves
    nothing = [pl.lit(None, pl.Float64).alias(name) for name in _OF_SYMMETRIC if name in halves.columns]
    if kind is None:
        return halves.with_columns(nothing)
    ways = [pl.col(f"{way}_mean_voltage_V") for way in WAYS]
    known = pl.when(pl.col("overpotential_V").is_not_null()).then((ways[0] + ways[1]) / 2)
    middle = cycles.select("cycle", known.alias("_middle"))
    joined = (
        halves.lazy()
        .with_columns(nothing)
        .join(middle.lazy(), on="cycle", how="left", nulls_equal=True, maintain_order="left")
    )
    away = (pl.col("mean_voltage_V") - pl.col("_middle")).abs()
    made = [away.alias("overpotential_V")]
    if "asr_ohm_cm2" in halves.columns:
        made.append((1e3 * away / pl.col("current_density_mA_cm2")).alias("asr_ohm_cm2"))
    return joined.with_columns(made).drop("_middle").collect()


def _asks(halves: pl.DataFrame, kind: Kind | None, first: First | None, context: bdf.CellContext) -> tuple[str, ...]:
    said = []
    if kind is None:
        said.append("kind of cell (--cell symmetric, half or full): for overpotentials, resistances and events")
    if first is None:
        seen = (
            f"; the first current of this file is a {halves['direction'][0]}, which need not be meant"
            if halves.height
            else ""
        )
        said.append(f"which half cycle opens a cycle (--first charge or discharge): for coulombic efficiencies{seen}")
    if context.area_m2 is None:
        said.append('area (--area "0.2827 cm^2"): for current densities, areal capacities and resistances')
    if context.active_mass_kg is None and kind != "symmetric":
        said.append('active mass (--mass "5 mg"): for specific capacities')
    return tuple(said)
