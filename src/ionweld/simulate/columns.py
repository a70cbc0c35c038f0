"""The current over the columns of a simulated cell, at the end of a half cycle."""

import numpy as np
from numpy.typing import NDArray

from ionweld.simulate import equations as eq
from ionweld.simulate.cell import Run


def column_currents(run: Run, half_cycle: int) -> NDArray[np.float64]:
    """Return each column's current density over the mean of all, shape (N,), at the end of a half cycle (from 0)."""
    columns, scalars = run.conditions.columns.copy(), run.conditions.scalars.copy()
    conductance = eq.column_resistances(run.snapshot_times[half_cycle], run.snapshots[half_cycle], scalars, columns)
    return 1.0 / columns[eq.RESISTANCE] / conductance
