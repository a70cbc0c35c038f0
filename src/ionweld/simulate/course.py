"""The course of a test: leg after leg (half cycles and rests), with what happens at events and between them."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from ionweld.errors import ComputationError
from ionweld.numerics.borrowed import borrowed
from ionweld.numerics.compiled import Deferred, compiled, compiled_for
from ionweld.numerics.ode import NOTHING, STALLED, Account, Output, integrate
from ionweld.numerics.steps import Equations, Tolerance
from ionweld.simulate import watch
from ionweld.simulate.bench import AFTER, BRIDGE, SETTLE, C, N, bench_of, run_hooks
from ionweld.simulate.changing import EvenChange, Held
from ionweld.simulate.conditions import StartConditions, conditions_at, pressing, wiring
from ionweld.simulate.equations import FIRST, LAST
from ionweld.simulate.layout import SlotLayout
from ionweld.simulate.leg import Leg, joined
from ionweld.simulate.mechanism import Real
from ionweld.simulate.mechanisms import mechanism, mechanism_names
from ionweld.simulate.schedule import VoltageHold
from ionweld.spec.library import Entry

_SOURCES = {
    "numbers": watch.FROM_NUMBERS,
    "columns": watch.FROM_COLUMNS,
    "states": watch.FROM_STATES,
    "shared": watch.FROM_SHARED,
}
_REDUCTIONS = {"value": watch.VALUE, "mean": watch.MEAN, "sum": watch.SUM, "max": watch.MAX, "min": watch.MIN}


class CellArrays(NamedTuple):
    """A cell as it is carried: its state, changed in place, its numbers, and its wiring."""

    y: Any
    numbers: Any
    wires: Any


class Log(NamedTuple):
    """What is written down of a leg. times: moments to record; rows: filled, one for each of the times that was reached and
    one for the end where it is none of them, by the plan of seen_plan; happened: time, |V| and cycle of each event at its
    first time.
    """

    plan: Any
    times: Any
    rows: Any
    happened: Any
    cycle: Any


_ROW, _TABLE, _WHOLES = types.float64[::1], types.float64[:, ::1], types.int64[::1]
_CARRY = (
    types.NamedTuple((_ROW, _ROW, _WHOLES), CellArrays),
    types.boolean[::1],
    types.UniTuple(types.float64, 2),
    types.NamedTuple((types.float64, _ROW, _WHOLES), Tolerance),
    types.NamedTuple((types.int64[:, ::1], _ROW, _TABLE, _TABLE, types.int64), Log),
    types.NamedUniTuple(_ROW, 2, Account),
)


@compiled_for(*_CARRY)
def carry(cell, armed, span, tolerance, log, account):
    """Carry a cell through one leg, to an event that ends it or to its end.

    span: start and end (s); pace of the account: of the leg's beginning, see integrate.
    Returns (time at the end, the event that ended it or NOTHING or STALLED, rows written).
    """
    y, numbers, wires, plan = borrowed(cell.y), borrowed(cell.numbers), borrowed(cell.wires), borrowed(log.plan)
    (t, t_end), written = span, 0
    equations = Equations(watch.rates, watch.watched, watch.decays, numbers, wires)
    states, now, pace = np.empty((log.times.size, y.size)), np.empty(log.rows.shape[1]), account.pace
    while True:
        output = Output(log.times[written:], states)
        t, event, got = integrate(equations, armed, (t, t_end), y, tolerance, output, Account(account.work, pace))
        for row in range(got):
            watch.see(output.times[row], states[row], wires, plan, log.rows[written + row])
        written += got
        pace = np.zeros(1)  # what goes on after an event starts cautiously
        if event in (NOTHING, STALLED):
            break
        watch.see(t, y, wires, plan, now)
        if np.isnan(log.happened[event, 0]):
            first = log.happened[event]
            first[0], first[1], first[2] = t, abs(now[watch.SEEN_VOLTAGE]), log.cycle
        if event == watch.BRIDGE_EVENT:
            run_hooks(BRIDGE, t, bench_of(y, y, wires), wires)
        elif event == watch.CONTACT_GONE:
            armed[event] = False
        else:
            break
    if event != STALLED:
        if written == 0 or log.times[written - 1] < t:
            watch.see(t, y, wires, plan, log.rows[written])
            written += 1
        watch.evaluate(t, y, wires)
        run_hooks(SETTLE, t, bench_of(y, y, wires), wires)
    return t, event, written


@compiled
def _after(t, y, wires):
    """Let happen what happens between half cycles."""
    run_hooks(AFTER, t, bench_of(y, y, wires), wires)


def machine_code() -> list[Deferred]:
    """Return all that a simulation calls. Asking each for its `code` compiles what is not on disk yet."""
    hooks = [FIRST, LAST, *(mechanism(name).hooks for name in mechanism_names())]
    return [carry, *(one for of_one in hooks for one in of_one.values())]


@dataclass
class CellCourse:
    """A cell on its way through a test; changed in place, one leg after the other.

    happened: time, |V| and cycle of each event at its first time; not a number for what did not happen. start: the cell as
    assembled; now_at: the same at the conditions of now.
    """

    start: StartConditions
    tolerance: float
    armed: NDArray[np.bool_]
    now: float = 0.0
    legs: list[Leg] = field(default_factory=list)
    work: Real = field(default_factory=lambda: np.zeros(2))
    happened: Real = field(default_factory=lambda: np.full((watch.EVENTS, 3), np.nan))
    _draws: dict[str, np.random.Generator] = field(default_factory=dict)
    _paces: dict[tuple[float, float], Account] = field(default_factory=dict)
    _first: tuple[float, float] | None = None  # resistance of the first cycle, and what a fresh cell had then
    _change: EvenChange | None = None  # what goes on now
    # of a first cycle in which conditions change: charge, and what a fresh cell resisted meanwhile
    _fresh: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        start = self.now_at = self.start
        self.y, self.numbers, self.rows = start.y.copy(), start.numbers.copy(), start.columns.copy()
        self.wires = wiring(start, self.numbers, self.rows)
        self._arrays = CellArrays(self.y, self.numbers, self.wires)
        self.plan, self._errors = seen_plan(start), start.errors(self.tolerance)
        self._before = [one.before for one in start.mechanisms if one.before is not None]

    # what mechanisms may ask of a course between its legs

    @property
    def layout(self) -> SlotLayout:
        """Where everything stands."""
        return self.start.layout

    @property
    def parameters(self) -> Entry:
        """The parameters of the cell's interfaces."""
        return self.start.parameters

    @property
    def n(self) -> int:
        """The number of columns."""
        return self.start.n

    def state(self, name: str) -> Real:
        """Return a state by its name, to be changed in place: (sides or 1, N), or (sides or 1,) if shared."""
        found = self.y[self.layout.state(name, self.n)]
        return found if self.layout.has("shared", name) else found.reshape(-1, self.n)

    def number(self, name: str) -> float:
        """Return a number by its name."""
        return float(self.numbers[self.layout.place("numbers", name).start])

    def set_number(self, name: str, value: float) -> None:
        """Set a number by its name."""
        self.numbers[self.layout.place("numbers", name)] = value

    def column(self, name: str) -> Real:
        """Return what is kept of each column, to be changed in place: (sides or 1, N)."""
        return self.rows[self.layout.place("columns", name)]

    def draws(self, name: str) -> np.random.Generator:
        """Return a random stream of this cell, where it was left."""
        if name not in self._draws:
            self._draws[name] = self.start.setting.draws(name)
        return self._draws[name]

    # its legs

    def hold(self, held: Held) -> None:
        """Bring the cell to other conditions, so fast that nothing else changes meanwhile."""
        if [one.value for one in held] == [one.value for one in self._held()]:
            return
        self.now_at = conditions_at(self.start, self.numbers, *held)
        self.set_number("pressing", pressing(self.start, self.now_at))
        if self._change is None:  # a small step of an even change leaves the pace as it is
            self._paces.clear()

    def _held(self) -> Held:
        cell = self.now_at.cell
        return Held(cell.temperature, cell.stack_pressure)

    def advance(
        self, current: float, cycle: int, longest: float, times: Real, held: Held | None = None, over: float = 0.0
    ) -> Leg:
        """Run one half cycle (or, without current, a rest); times: moments to record (s, from the first current).

        held: conditions to which the cell is brought from its beginning on, evenly over a time (s) that may go on beyond
        it, or at once where that is 0. Raises ComputationError when the integrator stalls.
        """
        for before in self._before:
            before(self)
        if held is not None:
            self._change = EvenChange(self.now, self._held(), held, over) if over > 0.0 else None
            if self._change is None:
                self.hold(held)
        until, first = self.now + longest, len(self.legs)
        if self._change is None and not self._fresh:
            return self._leg(current, cycle, until, times)
        while len(self.legs) == first or (self.legs[-1].event == NOTHING and self.now < until):
            self._step(current, cycle, until, times)
            times = times[times > self.now]
        self.legs[first:] = [joined(self.legs[first:])]
        self.numbers[N.started] = self.legs[first].start  # of the whole half cycle, for what follows it
        return self.legs[first]

    def hold_voltage(self, hold: VoltageHold, every: float) -> Leg:
        """Go on with a charge at a voltage, recorded at an interval (s): how long, and what ends it, see VoltageHold.

        Raises ComputationError when the integrator stalls.
        """
        charge = self.legs[-1]
        self.numbers[N.held], self.numbers[N.cut_off] = hold.voltage, hold.cut_off
        times = self.now + np.arange(0.0, hold.longest * (1 - 1e-9), every)
        done = self.advance(charge.current, charge.cycle, hold.longest, times)
        self.numbers[N.held], self.numbers[N.started] = 0.0, charge.start  # both are one half cycle to what follows
        return done

    def _step(self, current: float, cycle: int, until: float, times: Real) -> None:
        """Run at the conditions of now, as long as they stay."""
        if self._change is not None:
            held, stays = self._change.at(self.now)
            self.hold(held)
            until, self._change = min(until, stays), self._change if stays < np.inf else None
        done = self._leg(current, cycle, until, times[times <= until])
        if self._first is None:
            self._fresh.append((abs(done.charge), self._fresh_resistance()))

    def _leg(self, current: float, cycle: int, until: float, times: Real) -> Leg:
        """Run at the conditions of now. Raises ComputationError when the integrator stalls."""
        self._refer()
        self.numbers[N.current], self.numbers[N.started] = current, self.now
        rows, volts = np.empty((times.size + 1, watch.SEEN_ALWAYS + len(self.plan))), float(self.numbers[N.held])
        pace = self._paces.setdefault((current, volts), Account(self.work, np.zeros(1)))
        end, event, written = carry(
            self._arrays, self.armed, (self.now, until), self._errors,
            Log(self.plan, times, rows, self.happened, cycle), pace,
        )  # fmt: skip
        if event == STALLED:
            name, seed = self.start.cell.name, self.start.setting.seed
            where = f"half cycle {len(self.legs) + 1}"
            raise ComputationError(f"the integration of {name!r} (seed {seed!r}) stalled in {where}")
        seen = np.empty(written)
        seen[:-1], seen[-1] = times[: written - 1], end
        snapshot, numbers = self.y.copy(), self.numbers.copy()
        warmth, press = (np.full(written, one.value) for one in self._held())
        done = Leg(
            current, cycle, self.now, end, event, snapshot, seen, rows[:written], self.now_at, numbers, warmth, press
        )
        if volts > 0.0:
            charges = done.rows[:, watch.SEEN_CHARGE]
            mean = float(charges[-1] - charges[0]) / (end - self.now) if end > self.now else current
            done = done._replace(current=mean, at_voltage=volts)
        self.legs.append(done)
        self.now = end
        return done

    def between(self) -> None:
        """Let happen what follows a half cycle."""
        _after(self.now, self.y, self.wires)
        if self.legs[-1].current == 0.0:
            return
        for one in self.start.mechanisms:
            if one.between is not None:
                one.between(self)

    def after_cycle(self) -> None:
        """Let happen what follows a cycle; the first one sets the resistance against which failure is measured."""
        if self.number("first_resistance") == 0.0:
            charge = 0.0
            for leg in self.legs:
                charge += abs(leg.charge)
            self._first = float(self.state("voltage_time")[0]) / charge, self._fresh_in_the_mean()
            self.set_number("first_resistance", self._first[0])
            self._fresh.clear()
        for one in self.start.mechanisms:
            if one.after_cycle is not None:
                one.after_cycle(self)

    def _refer(self) -> None:
        """Measure failure against what the first cycle would have shown at the conditions of now."""
        if self._first is not None and self.now_at is not self.start:
            resistance, fresh = self._first
            self.set_number("first_resistance", resistance * self._fresh_resistance() / fresh)

    def _fresh_in_the_mean(self) -> float:
        """Return the resistance that the cell would have had as assembled, over the charge of what changed in its course."""
        charges, fresh = np.array(self._fresh).T if self._fresh else (np.zeros(1), np.zeros(1))
        return float(np.average(fresh, weights=charges)) if charges.any() else self._fresh_resistance()

    def _fresh_resistance(self) -> float:
        """Return the resistance that the cell would have as assembled, at the conditions of now (ohm m2)."""
        y, numbers, rows = self.start.y.copy(), self.numbers.copy(), self.start.columns.copy()
        y[self.layout.state("pressed_dose", self.n)] = self.state("pressed_dose")
        numbers[N.current] = 0.0
        watch.evaluate(0.0, y, wiring(self.start, numbers, rows))
        return 1.0 / float(numbers[N.conductance])

    def lithium_held(self) -> float:
        """Return the lithium that the mechanisms hold, as a thickness of metal (m)."""
        return sum(one.lithium(self) for one in self.start.mechanisms if one.lithium is not None)


def seen_plan(start: StartConditions) -> NDArray[np.int64]:
    """Return what equations.see records: contact of each side, shunt, longest filament, and what the mechanisms want."""
    wanted: list[tuple[str, int, str]] = [
        ("columns", C.contact, "mean"),
        ("columns", C.contact + 1, "mean"),
        ("numbers", N.shunt, "value"),
        ("columns", C.filament, "max"),
    ]
    for one in start.mechanisms:
        wanted += [(s.kind, start.layout.place(s.kind, s.slot).start + s.side, s.how) for s in one.seen]
    return np.array([(_SOURCES[kind], place, _REDUCTIONS[how]) for kind, place, how in wanted], dtype=np.int64)
