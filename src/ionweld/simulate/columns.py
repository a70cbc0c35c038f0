"""The current over the columns of a simulated cell, at the end of a half cycle."""

import numpy as np
from numpy.typing import NDArray

from ionweld.simulate.run import SimulatedTest
from ionweld.simulate.snapshot import moment


def column_currents(run: SimulatedTest, half_cycle: int) -> NDArray[np.float64]:
    """Return each column's current density over the mean of all, shape (N,), at the end of a half cycle (from 0)."""
    seen = moment(run, half_cycle)
    return 1.0 / seen.column("series")[0] / seen.number("conductance")
