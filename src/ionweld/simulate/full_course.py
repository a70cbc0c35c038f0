"""The course of a full cell's test: each half cycle to its located voltage limit, and what happens between them."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ionweld.numerics.compiled import compiled
from ionweld.numerics.ode import NOTHING, STALLED, integrate
from ionweld.simulate import equations as eq
from ionweld.simulate import full_equations as full
from ionweld.simulate.conditions import Conditions
from ionweld.simulate.equations import BRIDGED, LENGTH, settle
from ionweld.simulate.full_equations import (
    BRIDGE,
    CONTACT_GONE,
    SEEN,
    full_see,
    longest_open,
)


@compiled
def carry(rates, watched, armed, t, t_end, y, scalars, columns, rtol, atol, times, rows, work, moments):
    """Carry a cell through one half cycle or rest, to a voltage limit or to t_end.

    times: moments to record, the first of them t; filled: rows (times + 1, SEEN), one for each of `times` that was
    reached and one for the end; moments: times of the first bridge and of contact loss, where they happen.
    Returns (time at the end, the event that ended it or NOTHING or STALLED, rows written).
    """
    states, written, n = np.empty((times.size, y.size)), 0, columns.shape[1]
    while True:
        t, event, got = integrate(
            rates, watched, armed, t, t_end, y, scalars, columns, rtol, atol, times[written:], states, work
        )
        for row in range(got):
            full_see(times[written + row], states[row], scalars, columns, rows[written + row])
        written += got
        if event == BRIDGE:
            which = longest_open(y, scalars, columns)[0]
            columns[BRIDGED, which], y[2 * n + which] = 1.0, scalars[LENGTH]
            moments[0] = min(moments[0], t)
        elif event == CONTACT_GONE:
            armed[event], moments[1] = False, t
        else:
            break
    if written == 0 or times[written - 1] < t:
        full_see(t, y, scalars, columns, rows[written])
        written += 1
    settle(t, y, scalars, columns)
    return t, event, written


@dataclass(frozen=True, slots=True)
class Segment:
    """A half cycle or a rest that was run: current density (A/m2), cycle, start and end (s), and what ended it."""

    current: float
    cycle: int
    start: float
    end: float
    event: int
    snapshot: NDArray[np.float64]
    times: NDArray[np.float64]
    rows: NDArray[np.float64]


@dataclass(slots=True)
class Course:
    """A cell on its way through a test; changed in place, one segment after the other."""

    conditions: Conditions
    tolerance: float
    draws: np.random.Generator
    y: NDArray[np.float64] = field(init=False)
    scalars: NDArray[np.float64] = field(init=False)
    columns: NDArray[np.float64] = field(init=False)
    segments: list[Segment] = field(init=False)
    now: float = 0.0
    armed: NDArray[np.bool_] = field(default_factory=lambda: np.ones(full.EVENTS, dtype=np.bool_))
    work: NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))
    moments: NDArray[np.float64] = field(default_factory=lambda: np.full(2, np.inf))

    def __post_init__(self) -> None:
        start = self.conditions
        self.y, self.scalars, self.columns = start.y.copy(), start.scalars.copy(), start.columns.copy()
        self.segments = []

    def advance(self, current: float, cycle: int, longest: float, every: float) -> Segment | None:
        """Run one half cycle (or, without current, a rest) and return it; None when the integrator stalls."""
        scalars = self.scalars
        scalars[eq.CURRENT], scalars[eq.STARTED] = current, self.now
        times = self.now + np.arange(0.0, longest * (1 - 1e-9), every)
        rows = np.empty((times.size + 1, SEEN))
        atol = self.tolerance * self.conditions.tolerance
        end, event, written = carry(
            full.full_rates, full.full_watched, self.armed, self.now, self.now + longest, self.y, scalars, self.columns,
            self.tolerance, atol, times, rows, self.work, self.moments,
        )  # fmt: skip
        if event == STALLED:
            return None
        seen = np.append(times, end)[:written]
        seen[-1] = end
        done = Segment(current, cycle, self.now, end, event, self.y.copy(), seen, rows[:written])
        self.segments.append(done)
        self.now = end
        return done

    def burn_back(self, probability: float) -> None:
        """Let bridges burn back, each with this probability, to an even part of the thickness. Descriptive."""
        n, shared = self.columns.shape[1], self._shared()
        chance, place = self.draws.random((2, n))  # drawn for every column, so that one bridge does not shift another's
        for i in np.flatnonzero((self.columns[BRIDGED] > 0.0) & (chance < probability)):
            left = place[i] * self.scalars[LENGTH]
            shared[full.BURNT] += (self.y[2 * n + i] - left) / self.scalars[eq.GAMMA] / n
            self.y[2 * n + i], self.columns[BRIDGED, i] = left, 0.0

    def fade(self, fraction: float) -> None:
        """Let the cathode lose a part of what is active, with the lithium in it."""
        shared, n = self._shared(), self.columns.shape[1]
        lost = fraction * shared[full.ACTIVE]
        lithiation = self.y[3 * n + full.BEFORE_Z :].mean()
        shared[full.FADED] += self.scalars[eq.V_LI] * self.scalars[full.CAPACITY] * lost * lithiation
        shared[full.ACTIVE] -= lost

    def _shared(self) -> NDArray[np.float64]:
        return self.y[3 * self.columns.shape[1] :]


def ended_by_time(segment: Segment) -> bool:
    """Whether a half cycle reached its time limit before a voltage limit."""
    return segment.current != 0.0 and segment.event == NOTHING
