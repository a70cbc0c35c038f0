"""The columns of a simulated cell at the end of a half cycle: how the current spreads, and what they resist together."""

import numpy as np
from numpy.typing import NDArray

from ionweld.simulate import equations as eq
from ionweld.simulate import full_equations as full
from ionweld.simulate.cell import Run


def column_currents(run: Run, half_cycle: int) -> NDArray[np.float64]:
    """Return each column's current density over the mean of all, shape (N,), at the end of a half cycle (from 0)."""
    columns, scalars = run.conditions.columns.copy(), run.conditions.scalars.copy()
    conductance = eq.column_resistances(run.snapshot_times[half_cycle], run.snapshots[half_cycle], scalars, columns)
    return 1.0 / columns[eq.RESISTANCE] / conductance


def arc_resistance(run: Run, half_cycle: int | None) -> float:
    """Return the resistance (ohm) that the arcs of the cell's spectrum span: pellet, interfaces and charge transfer.

    half_cycle: at the end of which one (from 0, or -1 for the last), None for before the first current. Diffusion in the
    cathode and leaking electrons are no part of it: in a spectrum they lie below the arcs in frequency.
    """
    start = run.conditions
    columns, scalars, n = start.columns.copy(), start.scalars.copy(), start.columns.shape[1]
    scalars[eq.CURRENT] = 0.0  # a snapshot is settled: its contact is that of the state
    time, y = (0.0, start.y) if half_cycle is None else (run.snapshot_times[half_cycle], run.snapshots[half_cycle])
    conductance = eq.column_resistances(time, y, scalars, columns)
    if scalars[eq.SIDES] == 1:
        active = y[eq.shared_start(scalars, n) + full.ACTIVE]
        conductance = active * float(np.mean(1.0 / (columns[eq.RESISTANCE] + scalars[full.R_C])))
    return float(1.0 / conductance / start.derived.electrode_area_m2)
