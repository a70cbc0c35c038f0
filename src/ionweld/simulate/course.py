"""The course of a test: leg after leg (half cycles and rests), and the conditions that change between them or in them."""

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from ionweld.errors import ComputationError
from ionweld.numerics.compiled import Deferred
from ionweld.numerics.ode import NOTHING, STALLED, Account
from ionweld.simulate import watch
from ionweld.simulate.bench import C, N
from ionweld.simulate.changing import EvenChange, Held
from ionweld.simulate.conditions import StartConditions, conditions_at, pressing, wiring
from ionweld.simulate.equations import FIRST, LAST
from ionweld.simulate.half_cycles import ASKED, UNFINISHED, CellArrays, LegArrays, LegsLog, Rules, run_legs
from ionweld.simulate.layout import SlotLayout
from ionweld.simulate.legs import Legs, as_one, joined
from ionweld.simulate.mechanism import Mechanism, Real
from ionweld.simulate.mechanisms import mechanism, mechanism_names
from ionweld.simulate.schedule import NewConditions, Schedule
from ionweld.spec.library import Entry

_SOURCES = {
    "numbers": watch.FROM_NUMBERS,
    "columns": watch.FROM_COLUMNS,
    "states": watch.FROM_STATES,
    "shared": watch.FROM_SHARED,
}
_REDUCTIONS = {"value": watch.VALUE, "mean": watch.MEAN, "sum": watch.SUM, "max": watch.MAX, "min": watch.MIN}
_AT_ONCE = 2**17  # numbers that one compiled call may write, which no interrupt breaks off: tenths of a second


def machine_code() -> list[Deferred]:
    """Return all that a simulation calls. Asking each for its `code` compiles what is not on disk yet."""
    hooks = [FIRST, LAST, *(mechanism(name).hooks for name in mechanism_names())]
    return [run_legs, *(one for of_one in hooks for one in of_one.values())]


@dataclass
class CellCourse:
    """A cell on its way through a test; changed in place.

    happened: time, |V| and cycle of each event at its first time; not a number for what did not happen. start: the cell as
    assembled; now_at: the same at the conditions of now.
    """

    start: StartConditions
    tolerance: float
    armed: NDArray[np.bool_]
    now: float = 0.0
    work: Real = field(default_factory=lambda: np.zeros(2))
    happened: Real = field(default_factory=lambda: np.full((watch.EVENTS, 3), np.nan))
    _pieces: list[Legs] = field(default_factory=list)  # what each compiled call left
    _first: tuple[float, float] | None = None  # resistance of the first cycle, and what a fresh cell had then
    _first_current: float = 0.0  # density, A/m2
    _change: EvenChange | None = None  # what goes on now
    # of a first cycle in which conditions change: charge, and what a fresh cell resisted meanwhile
    _fresh: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        start = self.now_at = self.start
        self.y, self.numbers, self.rows = start.y.copy(), start.numbers.copy(), start.columns.copy()
        self._arrays = CellArrays(self.y, self.numbers, wiring(start, self.numbers, self.rows))
        self._plan, self._errors = seen_plan(start), start.errors(self.tolerance)
        self._paces = np.zeros(0)
        self.lithium_at_first = self.lithium_held()

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

    @property
    def half_cycles(self) -> int:
        """How many half cycles were run so far; rests do not count."""
        return sum(int(np.count_nonzero(one.current)) for one in self._pieces)

    def state(self, name: str) -> Real:
        """Return a state by its name, to be changed in place: (sides or 1, N), or (sides or 1,) if shared."""
        found = self.y[self.layout.state(name, self.n)]
        return found if self.layout.has("shared", name) else found.reshape(-1, self.n)

    def number(self, name: str) -> float:
        """Return a number by its name."""
        return float(self.numbers[self.layout.place("numbers", name).start])

    def column(self, name: str) -> Real:
        """Return what is kept of each column, to be changed in place: (sides or 1, N)."""
        return self.rows[self.layout.place("columns", name)]

    def lithium_held(self) -> float:
        """Return the lithium that the mechanisms hold, as a thickness of metal (m)."""
        return sum(one.lithium(self) for one in self.start.mechanisms if one.lithium is not None)

    # its legs

    @cached_property
    def legs(self) -> Legs:
        """What was run, once the test is over."""
        return joined(self._pieces)

    def run(self, test: Schedule, dead: float = 0.0, *, stops_at_short: bool = False) -> int:
        """Run a test; return how it ended: NOTHING when all of it was run, or see half_cycles.

        dead: charge of a discharge below which the cell counts as dead (C/m2). Raises ComputationError when the integrator
        stalls.
        """
        legs, stops, place, ended = self._arranged(test), self._stops(test), 0, NOTHING
        rules = Rules(self.armed, dead, stops_at_short, test.every, test.records_end)
        while place < stops[-1] and ended == NOTHING:
            if place in test.changes:
                self._bring(test.changes[place])
            in_steps = self._change is not None or bool(self._fresh)
            alone = in_steps or self.now_at is not self.start
            part = legs.part(place, place + 1 if alone else stops[bisect_right(stops, place)])
            run = self._in_steps(part, rules) if in_steps else self._carried(part, rules, self.now, np.inf)
            ended, place = run[0], place + run[1]
            ended = self._followed(ended, ends_cycle=bool(legs.ends_cycle[place - 1]))
        return ended

    def _arranged(self, test: Schedule) -> LegArrays:
        """Return the legs of a test as compiled code takes them, each with the numbers that are drawn for it."""
        kinds, pace = np.unique(test.legs.current + 1j * test.legs.held, return_inverse=True)
        self._paces, count = np.zeros(kinds.size), pace.size
        drawn = [one.drawn(self.start.setting, count) for one in self.start.mechanisms if one.drawn is not None]
        values = {name: value for of_one in drawn for name, value in of_one.items()}
        places = np.array([self.layout.place("numbers", name).start for name in values], dtype=np.int64)
        table = np.array(list(values.values())).reshape(len(values), count).T.copy()
        then_held = np.append(test.legs.held[1:] > 0.0, False)
        return LegArrays(*test.legs, then_held, test.moments, pace, table, places)

    def _stops(self, test: Schedule) -> list[int]:
        """Return before which legs a compiled call ends at the latest."""
        rows = (test.moments + 2) * (watch.SEEN_ALWAYS + len(self._plan))
        written = np.cumsum(rows + self.y.size + self.numbers.size)
        enough = np.flatnonzero(np.diff(written // _AT_ONCE)) + 1
        first_cycle = np.flatnonzero(test.legs.ends_cycle)[:1] + 1  # sets the resistance for what follows
        return sorted({*enough.tolist(), *first_cycle.tolist(), *test.changes, written.size})

    def _carried(self, legs: LegArrays, rules: Rules, begun: float, until: float) -> tuple[int, int]:
        """Run legs at the conditions of now; return how they ended, and how many are over.

        begun, until: see half_cycles.run_legs.
        """
        self._refer()
        log, charged = self._log(legs), self._charged()
        clock, account = (self.now, begun, until), Account(self.work, self._paces)
        end, over, count, ended = run_legs(self._arrays, legs, rules, clock, self._errors, log, account)
        if ended == STALLED:
            name, seed = self.start.cell.name, self.start.setting.seed
            where = f"half cycle {sum(len(one) for one in self._pieces) + count + 1}"
            raise ComputationError(f"the integration of {name!r} (seed {seed!r}) stalled in {where}")
        self._keep(legs, log, count, charged)
        self.now = end
        return ended, over

    def _log(self, legs: LegArrays) -> LegsLog:
        """Return room for what legs leave."""
        count, rows = legs.current.size, int(legs.moments.sum()) + 2 * legs.current.size
        seen = np.empty((rows, watch.SEEN_ALWAYS + len(self._plan)))
        spans, what = np.empty((count, 2)), np.empty((count, 3), dtype=np.int64)
        states, numbers = np.empty((count, self.y.size)), np.empty((count, self.numbers.size))
        return LegsLog(self._plan, self.happened, np.empty(rows), seen, spans, what, states, numbers)

    def _charged(self) -> float:
        """Return the charge that has passed until now, positive on charge (C/m2)."""
        return float(self.state("charge")[0] + self.state("charge_past")[0])

    def _keep(self, legs: LegArrays, log: LegsLog, count: int, charged: float) -> None:
        """Keep what legs have left. charged: what had passed before them (C/m2)."""
        start, end = log.spans[:count].T
        place, event, recorded = log.what[:count].T
        rows = int(recorded.sum())
        current, held_volts = _mean_currents(legs, log, count, charged), legs.held[place]
        held = [np.full(rows, one.value) for one in self._held()]
        self._pieces.append(
            Legs(
                current, held_volts, legs.cycle[place], start, end, event, recorded, log.states[:count],
                log.numbers[:count], (self.now_at,) * count, log.times[:rows], log.rows[:rows], *held,
            )
        )  # fmt: skip

    def _followed(self, ended: int, *, ends_cycle: bool) -> int:
        """Let happen what follows legs and needs Python; return how they ended, but for that."""
        if ended == ASKED:
            for one in self.start.mechanisms:
                if one.between is not None:
                    one.between(self)
            ended = NOTHING
        if ended == NOTHING and ends_cycle and self._first is None:
            self._set_first()
        return ended

    # conditions that change

    def hold(self, held: Held) -> None:
        """Bring the cell to other conditions, so fast that nothing else changes meanwhile."""
        if [one.value for one in held] == [one.value for one in self._held()]:
            return
        self.now_at = conditions_at(self.start, self.numbers, *held)
        self.numbers[N.pressing] = pressing(self.start, self.now_at)
        if self._change is None:  # a small step of an even change leaves the pace as it is
            self._paces[:] = 0.0

    def _held(self) -> Held:
        cell = self.now_at.cell
        return Held(cell.temperature, cell.stack_pressure)

    def _bring(self, change: NewConditions) -> None:
        """Begin to bring the cell to other conditions, or do so at once."""
        self._change = EvenChange(self.now, self._held(), *change) if change.over > 0.0 else None
        if self._change is None:
            self.hold(change.held)

    def _in_steps(self, leg: LegArrays, rules: Rules) -> tuple[int, int]:
        """Run a leg in which conditions change, in steps for which they stay; return how it ended, and that one is over."""
        begun, ended, before = self.now, UNFINISHED, len(self._pieces)
        if leg.held[0] > 0.0 and self.number("charged_from") < 0.0:
            return NOTHING, 1
        while ended == UNFINISHED:
            until = np.inf
            if self._change is not None:
                held, until = self._change.at(self.now)
                self.hold(held)
                self._change = self._change if until < np.inf else None
            ended, _ = self._carried(leg, rules, begun, until)
            if self._first is None:
                done = self._pieces[-1]
                fresh = self._fresh_resistance(done.snapshots[-1], done.numbers[-1], float(done.current[-1]))
                self._fresh.append((abs(float(done.charges[-1])), fresh))
        self._pieces[before:] = [as_one(self._pieces[before:])]
        return ended, 1

    def _set_first(self) -> None:
        """Set the resistance of the first cycle, against which failure is measured."""
        charge = sum(float(abs(one)) for piece in self._pieces for one in piece.charges)
        self._first_current = float(max(np.abs(piece.current).max() for piece in self._pieces))
        self._first = float(self.state("voltage_time")[0]) / charge, self._fresh_in_the_mean()
        self.numbers[N.first_resistance] = self._first[0]
        self._fresh.clear()

    def _refer(self) -> None:
        """Measure failure against what the first cycle would have shown at the conditions of now."""
        if self._first is not None and self.now_at is not self.start:
            resistance, fresh = self._first
            now = self._fresh_resistance(self.y, self.numbers, self._first_current)
            self.numbers[N.first_resistance] = resistance * now / fresh

    def _fresh_in_the_mean(self) -> float:
        """Return the resistance that the cell would have had as assembled, over the charge of what changed in its course."""
        charges, fresh = np.array(self._fresh).T if self._fresh else (np.zeros(1), np.zeros(1))
        if charges.any():
            return float(np.average(fresh, weights=charges))
        return self._fresh_resistance(self.y, self.numbers, self._first_current)

    def _fresh_resistance(self, y: Real, numbers: Real, current: float) -> float:
        """Return the resistance that the cell would have as assembled, but at the conditions of another moment (ohm m2).

        y, numbers: of that moment; what the stack has pressed until then stays pressed. current: density (A/m2), along which
        charge transfer is curved.
        """
        place = self.layout.state("pressed_dose", self.n)
        fresh, numbers, rows = self.start.y.copy(), numbers.copy(), self.start.columns.copy()
        fresh[place] = y[place]
        numbers[N.current] = current
        watch.evaluate(0.0, fresh, wiring(self.start, numbers, rows))
        return 1.0 / float(numbers[N.conductance])


def _mean_currents(legs: LegArrays, log: LegsLog, count: int, charged: float) -> Real:
    """Return the current density of each leg that was run: as it was set, or the mean where a voltage was held.

    charged: what had passed before the first (C/m2).
    """
    place, _, recorded = log.what[:count].T
    current, held = legs.current[place], legs.held[place] > 0.0
    if held.any():
        passed = np.append(charged, log.rows[np.cumsum(recorded) - 1, watch.SEEN_CHARGE])  # the last row is of the end
        lasted = log.spans[:count, 1] - log.spans[:count, 0]
        held &= lasted > 0.0
        current[held] = np.diff(passed)[held] / lasted[held]
    return current


def seen_plan(start: StartConditions) -> NDArray[np.int64]:
    """Return what watch.see records: contact of each side, shunt, longest filament, and what the mechanisms want."""
    return _seen_plan(start.mechanisms, start.layout)


@cache
def _seen_plan(mechanisms: tuple[Mechanism, ...], layout: SlotLayout) -> NDArray[np.int64]:
    wanted: list[tuple[str, int, str]] = [
        ("columns", C.contact, "mean"),
        ("columns", C.contact + 1, "mean"),
        ("numbers", N.shunt, "value"),
        ("columns", C.filament, "max"),
    ]
    for one in mechanisms:
        wanted += [(s.kind, layout.place(s.kind, s.slot).start + s.side, s.how) for s in one.seen]
    return np.array([(_SOURCES[kind], place, _REDUCTIONS[how]) for kind, place, how in wanted], dtype=np.int64)
