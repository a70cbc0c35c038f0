"""Simulate a cell: from its description and a protocol to a cycling measurement, its states, and how it ended."""

import numpy as np
from numpy.typing import NDArray

from ionweld.numerics.ode import NOTHING
from ionweld.result import EventKind
from ionweld.simulate import watch
from ionweld.simulate.conditions import OF_FULL, OF_SYMMETRIC, conditions
from ionweld.simulate.course import CellCourse
from ionweld.simulate.leg import Leg
from ionweld.simulate.mechanism import Real
from ionweld.simulate.recorded import balances
from ionweld.simulate.run import RELATIVE_TOLERANCE, CellEvent, Outcome, SimulatedTest
from ionweld.simulate.schedule import schedule
from ionweld.spec.cell import CellSpec
from ionweld.spec.library import Entry, assumption
from ionweld.spec.protocol import AnyProtocol, HalfCycleProtocol, WindowProtocol, by_time, by_window

_ENDS = {watch.FAILED: Outcome.FAILED, watch.VOLTAGE_LIMIT: Outcome.VOLTAGE_LIMIT}
_SYMMETRIC_EVENTS = {
    watch.BRIDGE_EVENT: (EventKind.FIRST_SHORT, EventKind.FIRST_SHORT.meaning),
    watch.FAILED: (EventKind.FAILURE, EventKind.FAILURE.meaning),
    watch.VOLTAGE_LIMIT: (EventKind.VOLTAGE_LIMIT, EventKind.VOLTAGE_LIMIT.meaning),
    watch.CONTACT_GONE: (EventKind.CONTACT_LOST, EventKind.CONTACT_LOST.meaning),
}
_FULL_EVENTS = {  # a full cell has one interface with lithium, and the meaning says so
    watch.BRIDGE_EVENT: (EventKind.FIRST_BRIDGE, EventKind.FIRST_BRIDGE.meaning),
    watch.CONTACT_GONE: (EventKind.CONTACT_LOST, "the connected area of the lithium interface fell below its limit"),
}


def simulate(
    cell: CellSpec,
    protocol: AnyProtocol,
    parameters: Entry,
    seed: str,
    *,
    columns: int | None = None,
    tolerance: float = RELATIVE_TOLERANCE,
) -> SimulatedTest:
    """Run one cell, symmetric or full, through a protocol.

    parameters: of the cell's interfaces (spec.derived.library_parameters, or calibrated); seed: a name, the same name
    gives the same cell; columns: replaces the number that geometry gives; tolerance: relative, of the integrator, which
    takes a part of it (OF_FULL, OF_SYMMETRIC).
    Raises ComputationError when the integrator stalls, and SpecError when the protocol is not for this kind of cell.
    """
    full = cell.cathode is not None
    program = by_window(protocol) if full else by_time(protocol)
    start = conditions(cell, program, parameters, seed, columns)
    course = CellCourse(start, tolerance * (OF_FULL if full else OF_SYMMETRIC), _armed(full))
    outcome = _full(course, by_window(program)) if full else _symmetric(course, by_time(program))
    return SimulatedTest(
        outcome,
        _events(course, outcome),
        tuple(course.legs),
        start,
        protocol,
        columns,
        tolerance,
        {"right_hand_sides": int(course.work[0]), "steps": int(course.work[1])},
        *balances(course),
    )


def _armed(full: bool) -> NDArray[np.bool_]:
    """Return which events are watched: limits of time and resistance in a symmetric cell, of voltage in a full one."""
    armed = np.zeros(watch.EVENTS, dtype=np.bool_)
    watched = (watch.UPPER_LIMIT, watch.LOWER_LIMIT, watch.CUT_OFF) if full else (watch.FAILED, watch.VOLTAGE_LIMIT)
    armed[[watch.BRIDGE_EVENT, watch.CONTACT_GONE, *watched]] = True
    return armed


def _symmetric(course: CellCourse, protocol: HalfCycleProtocol) -> Outcome:
    """Run all half cycles, until the protocol is done or the cell has failed."""
    moments: dict[float, Real] = {}
    for planned in schedule(course.start.cell, protocol):
        if planned.longest not in moments:
            moments[planned.longest] = _moments(planned.longest, protocol.record_every.value)
        times = course.now + moments[planned.longest]
        done = course.advance(planned.current, planned.cycle, planned.longest, times, planned.held, planned.over)
        if done.event != NOTHING:
            return _ENDS[done.event]
        if protocol.stop_at_short and not np.isnan(course.happened[watch.BRIDGE_EVENT, 0]):
            return Outcome.SHORTED
        course.between()
        if planned.ends_cycle:
            course.after_cycle()
    return Outcome.COMPLETED


def _moments(span: float, every: float) -> Real:
    """Return the recorded moments of a step: its start, every interval, and its end."""
    inner = np.arange(0.0, span * (1 - 1e-9), every)
    return np.append(inner, span)


def _full(course: CellCourse, protocol: WindowProtocol) -> Outcome:
    """Run cycle after cycle, until the protocol is done or the cell is dead."""
    cell, charge = course.start.cell, course.start.derived.cathode
    assert charge is not None
    assert cell.cathode is not None
    loading, every = charge.wider * cell.cathode.loading.value, protocol.record_every.value
    dead = assumption("dead_capacity").value * loading
    for planned in schedule(cell, protocol, charge.nominal_C_per_m2):
        times = course.now + np.arange(0.0, planned.longest * (1 - 1e-9), every)
        done = course.advance(planned.current, planned.cycle, planned.longest, times, planned.held, planned.over)
        if planned.then is not None and done.event == watch.UPPER_LIMIT:
            course.hold_voltage(planned.then, every)
        if planned.current < 0.0 and -done.charge < dead:
            return Outcome.DEAD
        course.between()
        if planned.ends_cycle:
            course.after_cycle()
    return Outcome.COMPLETED


def _events(course: CellCourse, outcome: Outcome) -> tuple[CellEvent, ...]:
    """Return what happened, each kind at its first time, in the order of time."""
    cathode, found = course.start.cell.cathode, []
    meant = _SYMMETRIC_EVENTS if cathode is None else _FULL_EVENTS
    if cathode is not None and cathode.coat is None:
        meant = meant | {watch.BRIDGE_EVENT: _SYMMETRIC_EVENTS[watch.BRIDGE_EVENT]}
    for event, (kind, meaning) in meant.items():
        time, volts, cycle = course.happened[event].tolist()
        if not np.isnan(time):
            found.append(CellEvent(kind, int(cycle), time, volts, meaning))
    if cathode is not None:
        found += _ends_of_full(course, outcome)
    return tuple(sorted(found, key=lambda event: event.time_s))


def _ends_of_full(course: CellCourse, outcome: Outcome) -> list[CellEvent]:
    found, last = [], course.legs[-1]
    timed = (leg for leg in course.legs if leg.current != 0.0 and leg.event == NOTHING)
    late = next((leg for leg in timed if leg.at_voltage == 0.0), None)  # a voltage may be held for a time
    if late is not None:
        found.append(_at_end(EventKind.TIME_LIMIT, late))
    if outcome is Outcome.DEAD:
        found.append(_at_end(EventKind.DEAD, last))
    return found


def _at_end(kind: EventKind, leg: Leg) -> CellEvent:
    return CellEvent(kind, leg.cycle, leg.end, float(leg.rows[-1, watch.SEEN_VOLTAGE]), kind.meaning)
