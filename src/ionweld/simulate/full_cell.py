"""Simulate a full cell: lithium, pellet, composite cathode; the same measurement type as any other cell."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.errors import ComputationError
from ionweld.laws.interface import layer_thickness
from ionweld.measurement import cycling as bdf
from ionweld.result import EventKind
from ionweld.simulate import equations as eq
from ionweld.simulate import full_equations as full
from ionweld.simulate.full_conditions import full_conditions, lithium_in_cathode
from ionweld.simulate.full_course import Course, Segment, ended_by_time
from ionweld.simulate.run import CellEvent, Outcome, Run, context, identity, provenance, steps_table
from ionweld.simulate.seeds import stream
from ionweld.spec.cell import Cell
from ionweld.spec.library import Entry, assumption
from ionweld.spec.protocol import WindowProtocol

_LOCATED = (  # a full cell has one interface with lithium, and the meaning says so
    (EventKind.FIRST_BRIDGE, EventKind.FIRST_BRIDGE.meaning),
    (EventKind.CONTACT_LOST, "the connected area of the lithium interface fell below its limit"),
)


def simulate_full(
    cell: Cell, protocol: WindowProtocol, parameters: Entry, seed: str, columns: int | None, tolerance: float
) -> Run:
    """Run one full cell through a protocol; arguments as in simulate.cell.simulate.

    Raises ComputationError when the integrator stalls.
    """
    start = full_conditions(cell, protocol, parameters, seed, columns)
    course = Course(start, tolerance, stream(seed, "burn back"))
    outcome = _run(course, cell, protocol, parameters, seed)
    table, states = _recorded(cell, course)
    digest = identity(cell, protocol, parameters, seed, columns, tolerance)
    return Run(
        outcome,
        bdf.Cycling(table, provenance(cell, protocol, parameters, seed, digest), context(cell, start)),
        states,
        _events(course, outcome),
        np.array([segment.snapshot for segment in course.segments]),
        np.array([segment.cycle for segment in course.segments]),
        np.array([segment.end for segment in course.segments]),
        start,
        {"right_hand_sides": int(course.work[0]), "steps": int(course.work[1])},
        *_balances(course),
    )


def _run(course: Course, cell: Cell, protocol: WindowProtocol, parameters: Entry, seed: str) -> Outcome:
    """Run cycle after cycle, until the protocol is done or the cell is dead."""
    charge = course.conditions.derived.cathode
    assert charge is not None
    assert cell.cathode is not None
    cycle, every = 0, protocol.record_every.value
    dead = assumption("dead_capacity").value * cell.cathode.loading.value
    for stage in protocol.stages:
        j, longest = charge.nominal_C_per_m2 * stage.c_rate.value, stage.time_limit.value
        pause = stage.rest.value if stage.rest is not None else 0.0
        for _ in range(stage.cycles):
            cycle += 1
            for current, span in ((j, longest), (0.0, pause), (-j, longest), (0.0, pause)):
                if span == 0.0:
                    continue
                done = course.advance(current, cycle, span, every)
                if done is None:
                    where = f"half cycle {len(course.segments) + 1}"
                    raise ComputationError(f"the integration of {cell.name!r} (seed {seed!r}) stalled in {where}")
                if current < 0.0 and j * (done.end - done.start) < dead:
                    return Outcome.DEAD
                if current != 0.0:
                    course.burn_back(parameters["burn_back_probability"])
            course.fade(parameters["capacity_fade"])
    return Outcome.COMPLETED


def _recorded(cell: Cell, course: Course) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the measurement's table, and what no instrument sees, at the same moments."""
    segments = course.segments
    lengths = [segment.times.size for segment in segments]

    def spread(values: list[float] | list[int]) -> NDArray:
        return np.repeat(values, lengths)

    seen = np.concatenate([segment.rows for segment in segments])
    time = np.concatenate([segment.times for segment in segments])
    cycle = spread([segment.cycle for segment in segments])
    when = {
        "time": time,
        "cycle": cycle,
        "step": spread(list(range(1, 1 + len(segments)))),
        "step_time": time - spread([segment.start for segment in segments]),
    }
    amps = spread([segment.current for segment in segments]) * course.conditions.derived.electrode_area_m2
    table = steps_table(cell, seen[:, full.SEEN_VOLTAGE], amps, when)
    return table, _states(time, cycle, seen, course.scalars[eq.DELTA])


def _states(time: NDArray, cycle: NDArray, seen: NDArray[np.float64], delta: float) -> pl.DataFrame:
    return pl.DataFrame(
        {
            bdf.TIME: time,
            bdf.CYCLE: cycle,
            "Contact, negative / 1": seen[:, full.SEEN_CONTACT],
            "Restorable contact, negative / 1": seen[:, full.SEEN_RESTORABLE],
            "Converted fraction / 1": seen[:, full.SEEN_X],
            "Layer porosity / 1": seen[:, full.SEEN_POROSITY],
            "Layer thickness / m": layer_thickness(delta, seen[:, full.SEEN_POROSITY]),
            "Longest filament / 1": seen[:, full.SEEN_FILAMENT],
            "Bridged columns / 1": seen[:, full.SEEN_BRIDGED].astype(np.int64),
            "Electronic leak / S m^-2": seen[:, full.SEEN_LEAK],
            "Lithiated fraction, mean / 1": seen[:, full.SEEN_LITHIATION],
            "Lithiated fraction, lowest / 1": seen[:, full.SEEN_LOWEST],
            "Lithiated fraction, highest / 1": seen[:, full.SEEN_HIGHEST],
            "Active fraction of the cathode / 1": seen[:, full.SEEN_ACTIVE],
            "Largest over mean column current / 1": seen[:, full.SEEN_PEAK],
            "Area-specific resistance / ohm m^2": seen[:, full.SEEN_RESISTANCE],
        }
    )


def _events(course: Course, outcome: Outcome) -> tuple[CellEvent, ...]:
    """Return the first bridge, contact loss and time limit, and death, in the order of time."""
    found = []
    for (kind, meaning), time in zip(_LOCATED, course.moments, strict=True):
        segment = next((one for one in course.segments if one.start <= time <= one.end), None)
        if segment is not None:
            found.append(_event(kind, segment, float(time), meaning))
    late = next((segment for segment in course.segments if ended_by_time(segment)), None)
    if late is not None:
        found.append(_event(EventKind.TIME_LIMIT, late, late.end, EventKind.TIME_LIMIT.meaning))
    if outcome is Outcome.DEAD:
        found.append(_event(EventKind.DEAD, course.segments[-1], course.now, EventKind.DEAD.meaning))
    return tuple(sorted(found, key=lambda event: event.time_s))


def _event(kind: EventKind, segment: Segment, time: float, meaning: str) -> CellEvent:
    """Return an event with the voltage between the two records around it."""
    volts = float(np.interp(time, segment.times, segment.rows[:, full.SEEN_VOLTAGE]))
    return CellEvent(kind, segment.cycle, time, volts, meaning)


def _balances(course: Course) -> tuple[float, float, float]:
    """Return the relative gaps of charge, lithium and energy.

    Charge: applied against columns plus leak. Lithium: foil, filaments, burnt filaments, and the cathode, active and
    faded, against what the cathode held at first. Energy: supplied against dissipated plus stored.
    """
    n, scalars, y = course.columns.shape[1], course.scalars, course.y
    charges = np.array([segment.current * (segment.end - segment.start) for segment in course.segments])
    moved = max(float(np.abs(charges).sum()), 1e-30)
    shared = y[3 * n :]
    charge = shared[eq.CHARGE] + shared[eq.CHARGE_SHORT] - charges.sum()
    held = lithium_in_cathode(y, scalars, n) - lithium_in_cathode(course.conditions.y, scalars, n)
    in_filaments = y[2 * n : 3 * n].mean() / scalars[eq.GAMMA] + shared[full.BURNT]
    lithium = shared[eq.LITHIUM + eq.NEGATIVE] + in_filaments + held + shared[full.FADED]
    energy = shared[full.SUPPLIED] - shared[full.DISSIPATED] - shared[full.STORED]
    turned_over = moved * scalars[full.PLATEAU]
    return (
        abs(float(charge)) / moved,
        abs(float(lithium)) / (moved * scalars[eq.V_LI]),
        abs(float(energy)) / turned_over,
    )
