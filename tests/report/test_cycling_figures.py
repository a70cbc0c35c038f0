"""Where cycles stand in the figures of a symmetric cell."""

import numpy as np
import polars as pl
import pytest

from ionweld.measurement import cycling as bdf
from ionweld.report.cycling_figures import HOUR, Trace, middles


@pytest.mark.parametrize(("wait_h", "expected"), [(0.0, [0.5, 1.5, 2.5, 3.5]), (2.0, [0.5, 3.5, 4.5, 5.5])])
def test_a_cycle_stands_where_its_current_flows(wait_h: float, expected: list[float]) -> None:
    """Two cycles of an hour with a wait between them; other cells, which lived longer, go on without one."""
    hours = [0.0, 0.5, 0.5, 1.0, 1.0, 1.0 + wait_h, 1.0 + wait_h, 1.5 + wait_h, 2.0 + wait_h]
    current, cycle = [1.0, 1.0, -1.0, -1.0, 0.0, 0.0, 1.0, 1.0, -1.0], [1, 1, 1, 1, 2, 2, 2, 2, 2]
    table = pl.DataFrame({bdf.TIME: [HOUR * one for one in hours], bdf.CURRENT: current, bdf.CYCLE: cycle})
    assert middles(Trace("cell", table, np.zeros((3, 4)), 1.0)) == pytest.approx(expected)
