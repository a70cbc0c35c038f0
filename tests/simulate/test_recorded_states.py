"""What is recorded of a moment, worked out a second time from the very arrays of the cell."""

from typing import Any

import numpy as np
import pytest
from full_cells import full_parameters, make_full, make_window
from numpy.typing import NDArray
from spine_cells import make_cell, make_protocol, parameters

from ionweld.simulate import watch
from ionweld.simulate.bench import C, N
from ionweld.simulate.conditions import StartConditions, conditions, wiring
from ionweld.simulate.course import seen_plan

COLUMNS = 7
REDUCED = {watch.MEAN: np.mean, watch.SUM: np.sum, watch.MAX: np.max, watch.MIN: np.min}


def seen(start: StartConditions, state: str, values: NDArray[np.float64], current: float) -> tuple[Any, ...]:
    """Return what is recorded of a cell in which one state differs from column to column, and the arrays that it has then."""
    y, numbers, columns, plan = start.y.copy(), start.numbers.copy(), start.columns.copy(), seen_plan(start)
    y[start.layout.state(state, COLUMNS)][:COLUMNS] = values
    numbers[N.current] = current
    row = np.full(watch.SEEN_ALWAYS + len(plan), np.nan)
    watch.see(0.0, y, wiring(start, numbers, columns), plan, row)
    return row, y, numbers, columns


def expected(start: StartConditions, y: Any, numbers: Any, columns: Any) -> list[float]:
    states = y[: start.layout.sizes.states * COLUMNS].reshape(-1, COLUMNS)
    rows, found = {watch.FROM_COLUMNS: columns, watch.FROM_STATES: states}, []
    single = {watch.FROM_NUMBERS: numbers, watch.FROM_SHARED: y[states.size :]}
    for source, place, how in seen_plan(start).tolist():
        found.append(float(REDUCED[how](rows[source][place]) if source in rows else single[source][place]))
    return found


def test_a_symmetric_cell() -> None:
    start = conditions(make_cell(), make_protocol((0.1, 0.5, 2)), parameters(), "seed", columns=COLUMNS)
    row, y, numbers, columns = seen(start, "touching", np.linspace(0.05, 0.2, COLUMNS), 1.0)
    assert row[watch.SEEN_ALWAYS :] == pytest.approx(expected(start, y, numbers, columns), rel=1e-12)
    conducts = 1.0 / columns[C.resistance]
    assert row[watch.SEEN_PEAK] == pytest.approx(conducts.max() / conducts.mean(), rel=1e-12)
    assert row[watch.SEEN_PEAK] > 1.01
    assert row[watch.SEEN_RESISTANCE] == pytest.approx(1.0 / conducts.mean(), rel=1e-12)


@pytest.mark.parametrize("current", [1.0, -1.0, 0.0])
def test_a_full_cell(current: float) -> None:
    start = conditions(make_full(), make_window(), full_parameters(), "seed", columns=COLUMNS)
    lithiation = np.array([0.5, 0.42, 0.61, 0.47, 0.55, 0.5, 0.53])
    row, y, numbers, columns = seen(start, "lithiation", lithiation, current)
    assert row[watch.SEEN_ALWAYS :] == pytest.approx(expected(start, y, numbers, columns), rel=1e-12)
    assert {0.42, 0.61} <= set(row.tolist())
    flow = columns[C.flow]
    assert row[watch.SEEN_PEAK] == pytest.approx(flow.max() / flow.mean(), rel=1e-12)
    assert row[watch.SEEN_RESISTANCE] == pytest.approx(1.0 / np.mean(1.0 / columns[C.resistance]), rel=1e-12)
