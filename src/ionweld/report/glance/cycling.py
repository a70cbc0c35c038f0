"""A cycling test at first sight: voltage over time; cycles, the largest discharge, and efficiency or polarisation."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from matplotlib.axes import Axes

from ionweld.analyse.cycling import summarise
from ionweld.measurement import cycling as bdf
from ionweld.report.figure import OKABE_ITO
from ionweld.report.glance import Glance, GlanceNumber

_HOUR = 3600.0
_MOST_DRAWN = 20_000
_SYMMETRIC_SHARE = 0.9  # of the rows with current in which voltage and current have the same sign


def glance(tests: Sequence[bdf.CyclingTest]) -> Glance:
    """Return the first sight of one test."""
    (test,) = tests
    every = max(1, test.table.height // _MOST_DRAWN)
    drawn = test.table.gather_every(every).select(
        (pl.col(bdf.TIME) / _HOUR).alias("Test Time / h"), pl.col(bdf.VOLTAGE), pl.col(bdf.CURRENT)
    )
    return Glance(_numbers(test), lambda axes: _draw(axes, drawn), drawn)


def _numbers(test: bdf.CyclingTest) -> tuple[GlanceNumber, ...]:
    made = summarise(test)
    cycles, swept = made.cycles, made.half_cycles["swept"].drop_nulls()
    both = cycles.filter((cycles["charge_capacity_Ah"] > 0.0) & (cycles["discharge_capacity_Ah"] > 0.0))
    discharged = bool((cycles["discharge_capacity_Ah"] > 0.0).any())
    way = "discharge" if discharged else "charge"  # a test may go one way alone
    moved = 1e3 * (both if both.height else cycles)[f"{way}_capacity_Ah"].to_numpy()
    largest = float(np.nanmax(moved)) if np.isfinite(moved).any() else None
    return (
        GlanceNumber("whole cycles", both.height),
        GlanceNumber(f"largest {way}", largest, "mAh", "no current flowed"),
        _third(test, both),
        *(GlanceNumber(f"sweeps of the {what}", int((swept == what).sum())) for what in swept.unique()),
    )


def _third(test: bdf.CyclingTest, cycles: pl.DataFrame) -> GlanceNumber:
    """Where voltage follows the sign of the current, lithium stands on both sides; else charge is stored."""
    volts, amps = (test.table[name].to_numpy() for name in (bdf.VOLTAGE, bdf.CURRENT))
    flows = np.abs(amps) > 0.0
    both_signs = flows.any() and amps[flows].min() < 0.0 < amps[flows].max()
    if both_signs and np.mean(volts[flows] * amps[flows] > 0.0) > _SYMMETRIC_SHARE:
        return GlanceNumber("median polarisation", 1e3 * float(np.median(np.abs(volts[flows]))), "mV")
    share = (cycles["discharge_capacity_Ah"] / cycles["charge_capacity_Ah"]).median() if cycles.height else None
    value = 100.0 * share if isinstance(share, float) else None
    return GlanceNumber("median discharge / charge", value, "%", "no cycle has both")


def _draw(axes: Axes, drawn: pl.DataFrame) -> None:
    axes.plot(drawn["Test Time / h"].to_numpy(), drawn[bdf.VOLTAGE].to_numpy(), color=OKABE_ITO[0], lw=0.7)
    axes.set_xlabel("test time / h")
    axes.set_ylabel("voltage / V")
