"""Half cycles and rests of a cell, one after the other, compiled: what happens in each, at events, and between them."""

from typing import Any, NamedTuple

import numpy as np
from numba import types

from ionweld.numerics.borrowed import borrowed
from ionweld.numerics.compiled import compiled, compiled_for, inner
from ionweld.numerics.ode import NOTHING, STALLED, Account, Output, integrate
from ionweld.numerics.steps import Equations, Tolerance, copy
from ionweld.simulate import watch
from ionweld.simulate.bench import AFTER, BRIDGE, CYCLE, SETTLE, N, bench_of, run_hooks

# How a run of legs ends, besides with NOTHING, STALLED, or the event that ends a test
UNFINISHED, ASKED, SHORTED, DEAD = range(watch.EVENTS, watch.EVENTS + 4)


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


class LegArrays(NamedTuple):
    """Legs that are to be run, as arrays (m,): see schedule.PlannedLegs and Schedule. then_held: whether the voltage at its end
    is to be held; pace: the place of its account.

    drawn: numbers that each leg begins with, shape (m, d), and their places (d,).
    """

    current: Any
    longest: Any
    held: Any
    cut_off: Any
    cycle: Any
    ends_cycle: Any
    then_held: Any
    moments: Any
    pace: Any
    drawn: Any
    places: Any

    def part(self, first: int, last: int) -> "LegArrays":
        """Return the legs from a place on, up to another."""
        return self._make([*(one[first:last] for one in self[:-1]), self.places])


class Rules(NamedTuple):
    """What a test keeps to. armed: events that are watched; dead: charge of a discharge below which a cell counts as dead
    (C/m2); stops_at_short: at the first bridge; every, records_end: see schedule.Schedule.
    """

    armed: Any
    dead: Any
    stops_at_short: Any
    every: Any
    records_end: Any


class LegsLog(NamedTuple):
    """What is written down of legs. plan, happened: see Log; times, rows: of all legs, one after the other; spans: of each
    leg its start and end (s), shape (m, 2); what: its place, the event that ended it, and how many rows it has, shape (m, 3);
    states, numbers: of the cell at the end of each leg.
    """

    plan: Any
    happened: Any
    times: Any
    rows: Any
    spans: Any
    what: Any
    states: Any
    numbers: Any


@compiled
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


@inner
def _asked_for(legs, leg, rules, clock, times):
    """Write the moments to record of a leg that lie within its part of now; return how many there are.

    clock: now, and the beginning and the end of the part (s): now is the beginning but where a leg goes on.
    """
    (t, begun, until), count = clock, 0
    for i in range(legs.moments[leg] + 1):
        moment = begun + (i * rules.every if i < legs.moments[leg] else legs.longest[leg])
        known = i < legs.moments[leg] or rules.records_end
        if known and moment <= until and (moment > t or (i == 0 and t == begun)):
            times[count] = moment
            count += 1
    return count


@inner
def _ended(leg, done, legs, rules, log):
    """Return what ended a test with a leg, or NOTHING. done: its place among the legs that were run."""
    event, duration = log.what[done, 1], log.spans[done, 1] - log.spans[done, 0]
    if event in (watch.FAILED, watch.VOLTAGE_LIMIT):
        return event
    if rules.stops_at_short and not np.isnan(log.happened[watch.BRIDGE_EVENT, 0]):
        return SHORTED
    if legs.current[leg] < 0.0 and -legs.current[leg] * duration < rules.dead:
        return DEAD
    return NOTHING


_ROW, _TABLE, _WHOLES, _FLAGS = types.float64[::1], types.float64[:, ::1], types.int64[::1], types.boolean[::1]
_RUN = (
    types.NamedTuple((_ROW, _ROW, _WHOLES), CellArrays),
    types.NamedTuple((_ROW, _ROW, _ROW, _ROW, _WHOLES, _FLAGS, _FLAGS, _WHOLES, _WHOLES, _TABLE, _WHOLES), LegArrays),
    types.NamedTuple((_FLAGS, types.float64, types.boolean, types.float64, types.boolean), Rules),
    types.UniTuple(types.float64, 3),
    types.NamedTuple((types.float64, _ROW, types.int64[:, ::1]), Tolerance),
    types.NamedTuple((types.int64[:, ::1], _TABLE, _ROW, _TABLE, _TABLE, types.int64[:, ::1], _TABLE, _TABLE), LegsLog),
    types.NamedUniTuple(_ROW, 2, Account),
)


@inner
def _set_numbers(legs, leg, t, numbers):
    """Set the numbers with which a leg begins."""
    numbers[N.current], numbers[N.started], numbers[N.asks] = legs.current[leg], t, 0.0
    numbers[N.held], numbers[N.cut_off] = legs.held[leg], legs.cut_off[leg]
    for i in range(legs.places.size):
        numbers[legs.places[i]] = legs.drawn[leg, i]


@compiled_for(*_RUN)
def run_legs(cell, legs, rules, clock, tolerance, log, account):
    """Run legs one after the other, with what follows each, until the test ends or something asks for Python.

    clock: now, the beginning of the first leg, which may go on, and the end of what may be run of it (s); account: the
    paces of all that legs.pace names.
    Returns (time at the end, legs that are over, how many of them were run, how they ended: NOTHING where all are over).
    """
    (t, begun, until), numbers, wires, row, done = clock, cell.numbers, borrowed(cell.wires), 0, 0
    for leg in range(legs.current.size):
        if legs.held[leg] > 0.0 and numbers[N.charged_from] < 0.0:
            continue  # the charge has not come to the voltage that would be held
        begun = begun if leg == 0 else t
        end = min(begun + legs.longest[leg], until)
        _set_numbers(legs, leg, t, numbers)
        count = _asked_for(legs, leg, rules, (t, begun, end), log.times[row:])
        seen = Log(log.plan, log.times[row : row + count], log.rows[row:], log.happened, legs.cycle[leg])
        pace = Account(account.work, account.pace[legs.pace[leg] : legs.pace[leg] + 1])
        log.spans[done, 0] = t
        t, event, written = carry(cell, rules.armed, (t, end), tolerance, seen, pace)
        if event == STALLED:
            return t, leg, done, STALLED
        row += written
        log.times[row - 1] = log.spans[done, 1] = t
        log.what[done, 0], log.what[done, 1], log.what[done, 2] = leg, event, written
        copy(cell.y, log.states[done])
        copy(numbers, log.numbers[done])
        done += 1
        if event == NOTHING and t < begun + legs.longest[leg]:
            return t, leg + 1, done, UNFINISHED
        ended = _ended(leg, done - 1, legs, rules, log)
        if ended != NOTHING:
            return t, leg + 1, done, ended
        if event == watch.UPPER_LIMIT and legs.then_held[leg]:
            numbers[N.charged_from] = begun  # both are one half cycle to what follows
            continue
        numbers[N.started] = begun if numbers[N.charged_from] < 0.0 else numbers[N.charged_from]
        numbers[N.held], numbers[N.charged_from] = 0.0, -1.0
        run_hooks(AFTER, t, bench_of(cell.y, cell.y, wires), wires)
        if legs.ends_cycle[leg]:
            run_hooks(CYCLE, t, bench_of(cell.y, cell.y, wires), wires)
        if numbers[N.asks] > 0.0:
            return t, leg + 1, done, ASKED
    return t, legs.current.size, done, NOTHING
