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
def run_course(
    rates, watched, segments, sample_times, sample_ends, y, scalars, columns, short_numbers, normals, rtol, atol,
    seen, snapshots, events, work,
):  # fmt: skip
    """Carry a cell through its segments.

    segments: shape (m, SEGMENT_FIELDS); sample_times: all times to record, and sample_ends: for each segment the index
    behind its last sample; short_numbers: (spread, growth rate, noise); normals: standard normal numbers, one for the
    first short and one per segment. Filled: seen (samples, SEEN), snapshots of the state at each segment's end,
    events (EVENTS, EVENT_FIELDS), work. Returns (how it ended, segments done, samples written, events written).
    """
    n = columns.shape[1]
    armed = np.ones(EVENTS, dtype=np.bool_)
    now = np.empty(SEEN)
    written, happened, first_samples, loaded = 0, 0, 0, 0.0
    for number in range(segments.shape[0]):
        scalars[CURRENT] = segments[number, SEGMENT_CURRENT]
        t, t_end = segments[number, SEGMENT_START], segments[number, SEGMENT_END]
        states = np.empty((sample_ends[number] - first_samples, y.size))
        first_samples = sample_ends[number]
        taken = 0
        while True:
            rest = states.shape[0] - taken
            times = sample_times[sample_ends[number] - rest : sample_ends[number]]
            t, event, got = integrate(
                rates, watched, armed, t, t_end, y, scalars, columns, rtol, atol, times, states[taken:], work
            )
            for row in range(got):
                see(times[row], states[taken + row], scalars, columns, seen[written])
                written += 1
            taken += got
            if event == NOTHING:
                break
            if event == STALLED:
                return STALLED, number, written, happened
            see(t, y, scalars, columns, now)
            events[happened, EVENT_KIND], events[happened, EVENT_TIME] = event, t
            events[happened, EVENT_SEGMENT], events[happened, EVENT_VOLTAGE] = number, now[SEEN_VOLTAGE]
            happened += 1
            armed[event] = False
            if event in (FAILED, VOLTAGE_LIMIT):
                snapshots[number] = y
                return event, number, written, happened
            if event == FIRST_SHORT:
                _short_begins(t, y, scalars, columns, short_numbers, normals[0])
        snapshots[number] = y
        if scalars[CURRENT] != 0.0:
            loaded += t_end - segments[number, SEGMENT_START]
            if scalars[SHORT] > 0.0:
                duration = t_end - segments[number, SEGMENT_START]
                scalars[SHORT] *= short_growth(short_numbers[1], duration, short_numbers[2], normals[1 + number])
        is_last = number + 1 == segments.shape[0]
        if scalars[FIRST_VOLTAGE] == 0.0 and (is_last or segments[number + 1, SEGMENT_CYCLE] > 1):
            scalars[FIRST_VOLTAGE] = y[5 * n + VOLTAGE_TIME] / loaded
    return COMPLETED, segments.shape[0], written, happened
