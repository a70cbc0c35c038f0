"""The state of a simulated cell at a moment at which one stops to look: as assembled, after a half cycle, or rested.

What is looked at is a copy: the test itself goes on as if nobody had stopped it.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from ionweld.errors import ComputationError
from ionweld.numerics.ode import STALLED, Account
from ionweld.simulate import watch
from ionweld.simulate.bench import N
from ionweld.simulate.conditions import StartConditions, conditions_at, wiring
from ionweld.simulate.course import seen_plan
from ionweld.simulate.half_cycles import CellArrays, Log, carry
from ionweld.simulate.mechanism import Real
from ionweld.simulate.run import RELATIVE_TOLERANCE, SimulatedTest
from ionweld.spec.library import Entry
from ionweld.spec.quantity import Quantity

Direction = Literal["charge", "discharge"]
BEFORE = -1  # the half cycle before the first current
_SIGNS: dict[Direction, float] = {"charge": 1.0, "discharge": -1.0}


@dataclass(frozen=True)
class Moment:
    """A cell without current. y: its state; numbers: those of the equations at its conditions.

    came_from: sign of the last current (1 charge, -1 discharge, 0 before the first); said: what moment it is, for a
    person.
    """

    conditions: StartConditions
    numbers: Real
    y: Real
    time_s: float
    came_from: float
    said: str

    @property
    def temperature(self) -> float:
        """The temperature (K)."""
        return self.conditions.cell.temperature.value

    @property
    def is_full(self) -> bool:
        """Whether the cell has a cathode."""
        return self.conditions.derived.cathode is not None

    @property
    def parameters(self) -> Entry:
        """The parameters of its interfaces."""
        return self.conditions.parameters

    @cached_property
    def evaluated(self) -> tuple[Real, Real]:
        """The numbers and columns that the equations work out at this moment."""
        numbers, columns, y = self.numbers.copy(), self.conditions.columns.copy(), self.y.copy()
        watch.evaluate(self.time_s, y, wiring(self.conditions, numbers, columns))
        return numbers, columns

    @property
    def shares(self) -> Real:
        """Each column's current density over the mean of all, shape (N,), of a small current through the cell."""
        return 1.0 / self.column("series")[0] / self.number("conductance")

    def number(self, name: str, side: int = 0) -> float:
        """Return a number by its name."""
        return float(self.evaluated[0][self.conditions.layout.place("numbers", name).start + side])

    def column(self, name: str) -> Real:
        """Return what there is of each column under a name, shape (sides or 1, N)."""
        return self.evaluated[1][self.conditions.layout.place("columns", name)]

    def state(self, name: str) -> Real:
        """Return a state by its name, shape (sides or 1, N), or (sides or 1,) if shared."""
        start = self.conditions
        found = self.y[start.layout.state(name, start.n)]
        return found if start.layout.has("shared", name) else found.reshape(-1, start.n)


def moment(run: SimulatedTest, half_cycle: int, rest_s: float = 0.0) -> Moment:
    """Return a cell after a half cycle (from 0; rests count; BEFORE for as assembled), and rested without current.

    Raises ComputationError when the integration of the rest stalls.
    """
    if half_cycle == BEFORE:
        start = run.conditions
        return rested(Moment(start, start.numbers.copy(), start.y.copy(), 0.0, 0.0, "before the first current"), rest_s)
    leg = run.legs[half_cycle]
    numbers = leg.numbers.copy()
    numbers[N.current] = numbers[N.held] = 0.0
    loaded = np.flatnonzero(run.legs.current[: half_cycle + 1])
    came_from, said = 0.0, "before the first current"
    if loaded.size:
        came_from = float(np.sign(run.legs.current[loaded[-1]]))
        said = f"after the {'charge' if came_from > 0.0 else 'discharge'} of cycle {run.legs.cycle[loaded[-1]]}"
    return rested(Moment(leg.conditions, numbers, leg.snapshot.copy(), leg.end, came_from, said), rest_s)


def half_cycle_of(run: SimulatedTest, cycle: int, direction: Direction | None = None) -> int | None:
    """Return the half cycle that ends a cycle, or its charge or discharge; None when the test ended before.

    Half cycles that an event broke off count as well.
    """
    signs = np.sign(run.legs.current) * (run.legs.cycle == cycle)
    found = np.flatnonzero(signs == _SIGNS[direction] if direction else signs)
    of_cycle = np.sign(run.legs.current[run.legs.cycle == cycle])
    if not found.size or (direction is None and np.unique(of_cycle).size < 2):
        return None
    return int(found[-1])


def rested(seen: Moment, rest_s: float) -> Moment:
    """Return a cell after a further rest: carried through the equations of the twin without current."""
    if rest_s == 0.0:
        return seen
    y, numbers, columns = seen.y.copy(), seen.numbers.copy(), seen.conditions.columns.copy()
    numbers[N.current], numbers[N.started] = 0.0, seen.time_s
    span, wires = (seen.time_s, seen.time_s + rest_s), wiring(seen.conditions, numbers, columns)
    plan = seen_plan(seen.conditions)
    tolerance = seen.conditions.errors(RELATIVE_TOLERANCE)
    rows = np.zeros((1, watch.SEEN_ALWAYS + len(plan)))
    end, event, _ = carry(
        CellArrays(y, numbers, wires), np.zeros(watch.EVENTS, dtype=np.bool_), span, tolerance,
        Log(plan, np.zeros(0), rows, np.zeros((watch.EVENTS, 3)), 0), Account(np.zeros(2), np.zeros(1)),
    )  # fmt: skip
    if event == STALLED:
        raise ComputationError(f"the integration of a rest of {rest_s:g} s {seen.said} stalled")
    return replace(seen, y=y, time_s=end, said=f"{seen.said}, rested {rest_s / 3600.0:g} h")


def at_temperature(seen: Moment, temperature: Quantity) -> Moment:
    """Return the same states at another temperature: as if heated or cooled so fast that nothing changed on the way.

    What has grown in the test keeps its thickness: the interphase's resistance follows that of charge transfer.
    """
    if temperature.value == seen.temperature:
        return seen
    numbers = seen.numbers.copy()
    start = conditions_at(seen.conditions, numbers, temperature, seen.conditions.cell.stack_pressure)
    return replace(seen, conditions=start, numbers=numbers, said=f"{seen.said}, at {temperature.text}")
