"""Hand-made tests with a program of their own, from numbers that are put in: ramps, plating, titrations, rate tests."""

import numpy as np
import polars as pl

from ionweld.analyse.cycling import Analysis, Kind, Subject, analyses, diagnose, summarise
from ionweld.measurement import cycling as bdf
from ionweld.measurement.cycling import CellContext, CyclingTest
from ionweld.measurement.provenance import Provenance

Step = tuple[int, float, np.ndarray, np.ndarray]  # cycle, current (A), seconds within the step, voltage (V)


def made_of(steps: list[Step], area_cm2: float | None = 1.0, pause_s: float = 1.0) -> CyclingTest:
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
    return CyclingTest(pl.concat(rows), Provenance("measured", "hand-made", "", ""), context)


def analysed(test: CyclingTest, kind: Kind | None, length_m: float | None = None) -> dict[str, Analysis]:
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


def plating(charges: list[tuple[float, bool]], reversed_leads: bool = False) -> list:
    """Return half cycles of 0.1 mA; charges: mAh (below zero: stripped) and whether the strip ends on a bare electrode."""
    steps, sign = [], -1.0 if reversed_leads else 1.0
    for number, (charge, bare) in enumerate(charges):
        t = np.linspace(0.0, 3600.0 * abs(charge) / 0.1, 200)
        volts = np.full(t.size, -0.03 if charge > 0 else 0.03)
        if bare:
            volts[-4:] = (0.1, 0.3, 0.7, 1.0)
        steps.append((1 + number // 2, sign * (-1e-4 if charge > 0 else 1e-4), t, sign * volts))
    return steps


L, D = 2e-6, 4e-15  # tau << L^2 / D = 1000 s


def titration(pulses: int = 8, tau: float = 20.0, amps: float = 1e-4, rest_s: float = 600.0) -> list:
    """Return pulses on a line of equilibrium voltages, with 100 ohm, and the transient that D gives (Weppner, Huggins)."""
    steps, step_V = [], 5e-3
    through = step_V * np.sqrt(4.0 * L**2 / (np.pi * tau * D))
    for i in range(pulses):
        E, t = 3.0 + step_V * i, np.linspace(0.1, tau, 60)
        steps.append((1, 0.0, np.linspace(0.0, rest_s, 30), E + 1e-3 * np.exp(-np.linspace(0.0, 60.0, 30))))
        steps.append((1, amps, t, E + 100.0 * amps + through * np.sqrt(t / tau)))
    steps.append((1, 0.0, np.linspace(0.0, rest_s, 30), np.full(30, 3.0 + step_V * pulses)))
    return steps


def cycles_at(currents: list[float], capacity_mAh: list[float]) -> list:
    steps = []
    for cycle, (amps, mAh) in enumerate(zip(currents, capacity_mAh, strict=True), start=1):
        t = np.linspace(0.0, 3.6 * mAh / amps, 50)
        steps += [(cycle, amps, t, 3.5 + 0.1 * t / t[-1]), (cycle, 0.0, np.linspace(0.0, 600.0, 10), np.full(10, 3.45))]
        steps += [(cycle, -amps, t, 3.4 - 0.9 * t / t[-1]), (cycle, 0.0, np.linspace(0.0, 600.0, 10), np.full(10, 3.0))]
    return steps
