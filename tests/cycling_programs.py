"""Hand-made tests with a program of their own, from numbers that are put in: ramps, plating, titrations, rate tests."""

import numpy as np
import polars as pl

from ionweld.analyse.cycling import Analysis, Kind, Subject, analyses, diagnose, summarise
from ionweld.measurement import cycling as bdf
from ionweld.measurement.cycling import CellContext, Cycling
from ionweld.measurement.provenance import Provenance

Step = tuple[int, float, np.ndarray, np.ndarray]  # cycle, current (A), seconds within the step, voltage (V)


def made_of(steps: list[Step], area_cm2: float | None = 1.0, pause_s: float = 1.0) -> Cycling:
    """Return a test made of steps; a current of 0 is a rest."""
    rows, now = [], 0.0
    for number, (cycle, amps, seconds, volts) in enumerate(steps, start=1):
        rows.append(
            pl.DataFrame(
                {
                    bdf.TIME: now + seconds,
                    bdf.VOLTAGE: volts,
                    bdf.CURRENT: np.full(seconds.size, amps),
                    bdf.CYCLE: np.full(seconds.size, cycle),
                    bdf.STEP: np.full(seconds.size, number),
                }
            )
        )
        now += seconds[-1] + pause_s
    context = CellContext(area_m2=None if area_cm2 is None else 1e-4 * area_cm2)
    return Cycling(pl.concat(rows), Provenance("measured", "hand-made", "", ""), context)


def analysed(test: Cycling, kind: Kind | None, length_m: float | None = None) -> dict[str, Analysis]:
    summary = summarise(test, kind, "charge")
    found = analyses(Subject(test, summary, kind, diagnose(test, summary, kind), length_m))
    return {analysis.name: analysis for analysis in found}


def ramp(ohms: list[tuple[float, float]], step_A: float = 1e-4, per_step: int = 2) -> list[Step]:
    """Return half cycles of an hour; ohms: at the beginning and at the end of each step's half cycles."""
    steps, t = [], np.arange(0.0, 3601.0, 60.0)
    for level, (first, last) in enumerate(ohms, start=1):
        for half in range(per_step):
            sign = 1.0 if half % 2 == 0 else -1.0
            R = first + (last - first) * (t / 3600.0) ** 2
            steps.append((1 + (len(steps) // 2), sign * level * step_A, t, sign * level * step_A * R))
    return steps
