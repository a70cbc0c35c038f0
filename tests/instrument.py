"""Cells with a short of known conductance added, and full cells of known numbers."""

from dataclasses import replace

import numpy as np
import polars as pl

from ionweld.measurement import cycling as bdf
from ionweld.measurement.cycling import CellContext, CyclingTest
from ionweld.measurement.provenance import Provenance


def with_slow_short(
    test: CyclingTest, start_s: float, per_hour: float, jitter: float = 0.0, seed: int = 0
) -> CyclingTest:
    """Return the test with an electronic path from start_s on: G R = per_hour (t - start), so V -> V / (1 + G R).

    R is the cell's own resistance at that moment. jitter: relative noise of the path from record to record.
    """
    time, volts = test.table[bdf.TIME].to_numpy(), test.table[bdf.VOLTAGE].to_numpy()
    grown = per_hour * np.maximum(0.0, time - start_s) / 3600.0
    grown = grown * np.exp(jitter * np.random.default_rng(seed).normal(size=time.size))
    return replace(test, table=test.table.with_columns(pl.Series(bdf.VOLTAGE, volts / (1.0 + grown))))


def full_cell(
    cycles: int,
    *,
    resistance_ohm: float = 1000.0,
    current_A: float = 1e-4,
    capacity_Ah: float = 1e-4,
    fade: float = 0.0,
    leak_S: float = 0.0,
    points: int = 60,
    context: CellContext | None = None,
) -> CyclingTest:
    """Return a Li | LFP cell of known numbers, charge first: U = 3.42 - 0.012 ln(z / (1 - z)) V, V = U +- I R.

    fade: share of the capacity lost per cycle. leak_S: an electronic path, so that the charge takes longer and the
    discharge is shorter: |I_cell| = |I| -+ leak U, at U = 3.42 V.
    """
    rows, now, step = [], 0.0, 0
    for cycle in range(1, cycles + 1):
        stored = capacity_Ah * (1.0 - fade) ** (cycle - 1)
        for sign in (1.0, -1.0):
            step += 1
            seconds = 3600.0 * stored / (current_A - sign * leak_S * 3.42)
            t = np.linspace(0.0, seconds, points)
            z = np.clip(0.02 + 0.96 * t / seconds, None, 0.98)
            z = 1.0 - z if sign > 0 else z  # lithium in the cathode: out while charging
            U = 3.42 - 0.012 * np.log(z / (1.0 - z))
            rows.append(
                {
                    bdf.TIME: now + t, bdf.VOLTAGE: U + sign * current_A * resistance_ohm,
                    bdf.CURRENT: np.full(points, sign * current_A), bdf.CYCLE: np.full(points, cycle),
                    bdf.STEP: np.full(points, step),
                    bdf.CHARGING_CAPACITY: current_A * t / 3600.0 * (sign > 0),
                    bdf.DISCHARGING_CAPACITY: current_A * t / 3600.0 * (sign < 0),
                }
            )  # fmt: skip
            now += seconds + 1.0
    table = pl.concat([pl.DataFrame(row) for row in rows])
    return CyclingTest(table, Provenance("simulated", "Li | LFP, made for a test", "", ""), context or CellContext())
