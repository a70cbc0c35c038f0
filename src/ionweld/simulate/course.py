"""The course of a test, compiled: half cycle after half cycle, with what happens at events and between them."""

import numpy as np

from ionweld.laws.filament import first_short_conductance, short_growth
from ionweld.numerics.compiled import compiled
from ionweld.numerics.ode import NOTHING, STALLED, integrate
from ionweld.simulate.equations import (
    CURRENT,
    EVENTS,
    FAILED,
    FIRST_SHORT,
    FIRST_VOLTAGE,
    GROWING,
    SEEN,
    SEEN_VOLTAGE,
    SHORT,
    VOLTAGE_LIMIT,
    VOLTAGE_TIME,
    column_resistances,
    see,
)

# Rows of a segment: current density (A/m2), start and end (s), cycle; the samples of a segment are given beside it
SEGMENT_CURRENT, SEGMENT_START, SEGMENT_END, SEGMENT_CYCLE = 0, 1, 2, 3
SEGMENT_FIELDS = 4
EVENT_KIND, EVENT_TIME, EVENT_SEGMENT, EVENT_VOLTAGE = 0, 1, 2, 3
EVENT_FIELDS = 4
COMPLETED = -1  # how a course ends when no event stopped it


@compiled
def _short_begins(t, y, scalars, columns, short_numbers, normal):
    R_cell = 1.0 / column_resistances(t, y, scalars, columns)
    scalars[SHORT] = first_short_conductance(R_cell, short_numbers[0], normal)
    scalars[GROWING] = 0.0  # the bridge takes the current: the other filaments stop


@compiled
def _after_half_cycle(duration, scalars, short_numbers, normal):
    """Let a short that exists grow by one half cycle."""
    if scalars[SHORT] > 0.0 and scalars[CURRENT] != 0.0:
        scalars[SHORT] *= short_growth(short_numbers[1], duration, short_numbers[2], normal)


@compiled
def _after_first_cycle(number, segments, y, scalars, n):
    """Once the first cycle is over, keep its mean overpotential: failure is measured against it."""
    over = number + 1 == segments.shape[0] or segments[number + 1, SEGMENT_CYCLE] > 1
    if over and scalars[FIRST_VOLTAGE] == 0.0:
        loaded = 0.0
        for i in range(number + 1):
            if segments[i, SEGMENT_CURRENT] != 0.0:
                loaded += segments[i, SEGMENT_END] - segments[i, SEGMENT_START]
        scalars[FIRST_VOLTAGE] = y[5 * n + VOLTAGE_TIME] / loaded


@compiled
def run_course(
    rates, watched, segments, sample_times, sample_bounds, y, scalars, columns, short_numbers, normals, rtol, atol,
    seen, snapshots, events, work,
):  # fmt: skip
    """Carry a cell through its segments.

    segments: shape (m, SEGMENT_FIELDS); sample_times: all times to record (the time of an event that ends the course
    is put in), those of segment i from sample_bounds[i] to sample_bounds[i + 1]; short_numbers: (spread, growth rate,
    noise); normals: standard normal numbers, one for the first short and one per segment. Filled: seen (samples,
    SEEN), snapshots of the state at each segment's end, events (EVENTS, EVENT_FIELDS), work.
    Returns (how it ended, segments done, samples written, events written).
    """
    armed = np.ones(EVENTS, dtype=np.bool_)
    now, states = np.empty(SEEN), np.empty((np.max(np.diff(sample_bounds)), y.size))
    written, happened = 0, 0
    for number in range(segments.shape[0]):
        scalars[CURRENT] = segments[number, SEGMENT_CURRENT]
        t, t_end, event = segments[number, SEGMENT_START], segments[number, SEGMENT_END], 0
        while event != NOTHING:
            times = sample_times[written : sample_bounds[number + 1]]
            t, event, got = integrate(
                rates, watched, armed, t, t_end, y, scalars, columns, rtol, atol, times, states, work
            )
            for row in range(got):
                see(times[row], states[row], scalars, columns, seen[written + row])
            written += got
            if event == STALLED:
                return STALLED, number, written, happened
            if event != NOTHING:
                see(t, y, scalars, columns, now)
                events[happened, :] = np.array((float(event), t, float(number), now[SEEN_VOLTAGE]))
                happened += 1
                armed[event] = False
            if event in (FAILED, VOLTAGE_LIMIT):
                if written < sample_bounds[number + 1]:
                    sample_times[written], seen[written] = t, now
                    written += 1
                snapshots[number] = y
                return event, number, written, happened
            if event == FIRST_SHORT:
                _short_begins(t, y, scalars, columns, short_numbers, normals[0])
        snapshots[number] = y
        _after_half_cycle(t_end - segments[number, SEGMENT_START], scalars, short_numbers, normals[1 + number])
        _after_first_cycle(number, segments, y, scalars, columns.shape[1])
    return COMPLETED, segments.shape[0], written, happened
