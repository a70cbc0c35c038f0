"""Simulate a cell: from its description and a protocol to a cycling measurement, its states, and how it ended."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.errors import ComputationError
from ionweld.laws.interface import layer_thickness
from ionweld.measurement import cycling as bdf
from ionweld.result import EventKind
from ionweld.simulate import course
from ionweld.simulate import equations as eq
from ionweld.simulate.conditions import Conditions, conditions
from ionweld.simulate.full_cell import simulate_full
from ionweld.simulate.run import (
    RELATIVE_TOLERANCE,
    CellEvent,
    Outcome,
    Run,
    context,
    identity,
    provenance,
    steps_table,
)
from ionweld.simulate.seeds import stream
from ionweld.spec.cell import Cell
from ionweld.spec.library import Entry
from ionweld.spec.protocol import AnyProtocol, Protocol, by_time, by_window

_OUTCOMES = {
    course.COMPLETED: Outcome.COMPLETED,
    eq.FAILED: Outcome.FAILED,
    eq.VOLTAGE_LIMIT: Outcome.VOLTAGE_LIMIT,
}
_EVENTS = {
    eq.FIRST_SHORT: EventKind.FIRST_SHORT,
    eq.FAILED: EventKind.FAILURE,
    eq.VOLTAGE_LIMIT: EventKind.VOLTAGE_LIMIT,
    eq.CONTACT_GONE: EventKind.CONTACT_LOST,
}


@dataclass(frozen=True, slots=True)
class _Plan:
    """A protocol as arrays: one segment per half cycle or rest, and the moments to record."""

    segments: NDArray[np.float64]
    cycles: NDArray[np.int64]
    sample_times: NDArray[np.float64]
    sample_bounds: NDArray[np.int64]

    @property
    def segment_of_sample(self) -> NDArray[np.int64]:
        """Which segment each recorded moment belongs to."""
        return np.repeat(np.arange(len(self.segments)), np.diff(self.sample_bounds))


def simulate(
    cell: Cell,
    protocol: AnyProtocol,
    parameters: Entry,
    seed: str,
    *,
    columns: int | None = None,
    tolerance: float = RELATIVE_TOLERANCE,
) -> Run:
    """Run one cell, symmetric or full, through a protocol.

    parameters: of the cell's interfaces (spec.derived.library_parameters, or calibrated); seed: a name, the same name
    gives the same cell; columns: replaces the number that geometry gives; tolerance: relative, of the integrator.
    Raises ComputationError when the integrator stalls, and SpecError when the protocol is not for this kind of cell.
    """
    if cell.cathode is not None:
        return simulate_full(cell, by_window(protocol), parameters, seed, columns, tolerance)
    return _symmetric(cell, by_time(protocol), parameters, seed, columns, tolerance)


def _symmetric(
    cell: Cell, protocol: Protocol, parameters: Entry, seed: str, columns: int | None, tolerance: float
) -> Run:
    start = conditions(cell, protocol, parameters, seed, columns)
    plan = _plan(protocol)
    y, scalars = start.y.copy(), start.scalars.copy()
    normals = stream(seed, "short").standard_normal(1 + len(plan.segments))
    seen = np.empty((len(plan.sample_times), eq.SEEN))
    snapshots = np.empty((len(plan.segments), y.size))
    happened, work = np.empty((eq.EVENTS, course.EVENT_FIELDS)), np.zeros(2)
    ended, done, samples, count = course.run_course(
        eq.rates, eq.watched, plan.segments, plan.sample_times, plan.sample_bounds, y, scalars, start.columns,
        start.short_numbers, normals, tolerance, tolerance * start.tolerance, seen, snapshots, happened, work,
    )  # fmt: skip
    if ended not in _OUTCOMES:
        raise ComputationError(f"the integration of {cell.name!r} (seed {seed!r}) stalled in half cycle {done + 1}")
    finished = done + (ended != course.COMPLETED)
    ends = _ends(plan, finished, happened[:count])
    table = _table(cell, plan, seen[:samples], start)
    digest = identity(cell, protocol, parameters, seed, columns, tolerance)
    return Run(
        _OUTCOMES[ended],
        bdf.Cycling(table, provenance(cell, protocol, parameters, seed, digest), context(cell, start)),
        _states(plan, seen[:samples], start),
        tuple(_event(happened[i], plan) for i in range(count)),
        snapshots[:finished],
        plan.cycles[:finished],
        ends,
        start,
        {"right_hand_sides": int(work[0]), "steps": int(work[1])},
        *_balances(y, start, plan, ends),
    )


def _plan(protocol: Protocol) -> _Plan:
    sign = 1.0 if protocol.first_half_cycle == "charge" else -1.0
    segments, times, now, cycle = [], [], 0.0, 0
    every = protocol.record_every.value
    for stage in protocol.stages:
        j, duration = stage.current_density.value, stage.half_cycle_time.value
        pause = stage.rest.value if stage.rest is not None else 0.0
        recorded = {span: _moments(span, every) for span in (duration, pause)}
        for _ in range(stage.cycles):
            cycle += 1
            for current, span in ((sign * j, duration), (0.0, pause), (-sign * j, duration), (0.0, pause)):
                if span > 0.0:
                    segments.append((current, now, now + span, cycle))
                    times.append(now + recorded[span])
                    now += span
    table = np.array(segments)
    bounds = np.cumsum([0, *(len(moments) for moments in times)])
    return _Plan(table, table[:, course.SEGMENT_CYCLE].astype(np.int64), np.concatenate(times), bounds)


def _moments(span: float, every: float) -> NDArray[np.float64]:
    """Return the recorded moments of a step: its start, every interval, and its end."""
    inner = np.arange(0.0, span * (1 - 1e-9), every)
    return np.append(inner, span)


def _table(cell: Cell, plan: _Plan, seen: NDArray[np.float64], start: Conditions) -> pl.DataFrame:
    """Return the recorded moments in the columns of the Battery Data Format."""
    segment = plan.segment_of_sample[: len(seen)]
    time = plan.sample_times[: len(seen)]
    step_time = time - plan.segments[segment, course.SEGMENT_START]
    amps = plan.segments[segment, course.SEGMENT_CURRENT] * start.derived.electrode_area_m2
    when = {"time": time, "cycle": plan.cycles[segment], "step": segment + 1, "step_time": step_time}
    return steps_table(cell, seen[:, eq.SEEN_VOLTAGE], amps, when)


def _states(plan: _Plan, seen: NDArray[np.float64], start: Conditions) -> pl.DataFrame:
    """Return what no instrument sees: the states of the cell at the recorded moments."""
    segment = plan.segment_of_sample[: len(seen)]
    return pl.DataFrame(
        {
            bdf.TIME: plan.sample_times[: len(seen)],
            bdf.CYCLE: plan.cycles[segment],
            "Contact, negative / 1": seen[:, eq.SEEN_CONTACT],
            "Contact, positive / 1": seen[:, eq.SEEN_CONTACT + 1],
            "Restorable contact, negative / 1": seen[:, eq.SEEN_RESTORABLE],
            "Restorable contact, positive / 1": seen[:, eq.SEEN_RESTORABLE + 1],
            "Converted fraction / 1": seen[:, eq.SEEN_X],
            "Layer porosity / 1": seen[:, eq.SEEN_POROSITY],
            "Layer thickness / m": layer_thickness(start.scalars[eq.DELTA], seen[:, eq.SEEN_POROSITY]),
            "Longest filament / 1": seen[:, eq.SEEN_FILAMENT],
            "Short conductance / S m^-2": seen[:, eq.SEEN_SHORT],
            "Largest over mean column current / 1": seen[:, eq.SEEN_PEAK],
            "Area-specific resistance / ohm m^2": seen[:, eq.SEEN_RESISTANCE],
        }
    )


def _event(row: NDArray[np.float64], plan: _Plan) -> CellEvent:
    kind = _EVENTS[int(row[course.EVENT_KIND])]
    cycle = int(plan.cycles[int(row[course.EVENT_SEGMENT])])
    return CellEvent(kind, cycle, float(row[course.EVENT_TIME]), abs(float(row[course.EVENT_VOLTAGE])), kind.meaning)


def _ends(plan: _Plan, finished: int, happened: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return when each segment ended: as planned, or at the event that ended the test."""
    ends = plan.segments[:finished, course.SEGMENT_END].copy()
    for row in happened:
        if int(row[course.EVENT_KIND]) in (eq.FAILED, eq.VOLTAGE_LIMIT):
            ends[-1] = row[course.EVENT_TIME]
    return ends


def _balances(y: NDArray[np.float64], start: Conditions, plan: _Plan, ends: NDArray[np.float64]) -> tuple[float, float]:
    """Return the relative gaps of charge (applied against columns plus short) and of lithium (foils plus filaments)."""
    n = start.columns.shape[1]
    done = plan.segments[: ends.size]
    charges = done[:, course.SEGMENT_CURRENT] * (ends - done[:, course.SEGMENT_START])
    moved = max(float(np.abs(charges).sum()), 1e-30)
    shared = y[5 * n :]
    gap = shared[eq.CHARGE] + shared[eq.CHARGE_SHORT] - charges.sum()
    in_filaments = y[4 * n : 5 * n].mean() / start.scalars[eq.GAMMA]
    lithium = shared[eq.LITHIUM] + shared[eq.LITHIUM + 1] + in_filaments
    return abs(float(gap)) / moved, abs(float(lithium)) / (moved * start.scalars[eq.V_LI])
