"""Simulate a cell: from its description and a protocol to a cycling measurement, its states, and how it ended."""

import numpy as np
from numpy.typing import NDArray

from ionweld.numerics.ode import NOTHING
from ionweld.result import EventKind
from ionweld.simulate import watch
from ionweld.simulate.conditions import OF_FULL, OF_SYMMETRIC, conditions
from ionweld.simulate.course import CellCourse
from ionweld.simulate.half_cycles import DEAD, SHORTED
from ionweld.simulate.legs import Leg
from ionweld.simulate.recorded import balances
from ionweld.simulate.run import RELATIVE_TOLERANCE, CellEvent, Outcome, SimulatedTest
from ionweld.simulate.schedule import schedule
from ionweld.spec.cell import CellSpec
from ionweld.spec.library import Entry, assumption
from ionweld.spec.protocol import AnyProtocol, HalfCycleProtocol, by_time, by_window

_OUTCOMES = {
    NOTHING: Outcome.COMPLETED,
    watch.FAILED: Outcome.FAILED,
    watch.VOLTAGE_LIMIT: Outcome.VOLTAGE_LIMIT,
    SHORTED: Outcome.SHORTED,
    DEAD: Outcome.DEAD,
}
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
    outcome = _OUTCOMES[_run(course, program)]
    return SimulatedTest(
        outcome,
        _events(course, outcome),
        course.legs,
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


def _run(course: CellCourse, protocol: AnyProtocol) -> int:
    """Run all half cycles, until the protocol is done or the cell has failed or is dead; return what ended it."""
    cell, charge = course.start.cell, course.start.derived.cathode
    if isinstance(protocol, HalfCycleProtocol):
        return course.run(schedule(cell, protocol), stops_at_short=protocol.stop_at_short)
    assert charge is not None
    assert cell.cathode is not None
    dead = assumption("dead_capacity").value * (charge.wider * cell.cathode.loading.value)
    return course.run(schedule(cell, protocol, charge.nominal_C_per_m2), dead)


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
    found, legs = [], course.legs
    timed = (legs.current != 0.0) & (legs.event == NOTHING)
    late = np.flatnonzero(timed & (legs.at_voltage == 0.0))  # a voltage may be held for a time
    if late.size:
        found.append(_at_end(EventKind.TIME_LIMIT, legs[late[0]]))
    if outcome is Outcome.DEAD:
        found.append(_at_end(EventKind.DEAD, legs[-1]))
    return found


def _at_end(kind: EventKind, leg: Leg) -> CellEvent:
    return CellEvent(kind, leg.cycle, leg.end, float(leg.rows[-1, watch.SEEN_VOLTAGE]), kind.meaning)
