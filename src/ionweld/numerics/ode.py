"""Adaptive integration of ordinary differential equations with located events, compiled.

Method: Dormand and Prince 5(4) with its fourth-order dense output (Hairer, Norsett, Wanner, Solving Ordinary
Differential Equations I, 2nd ed., table II.5.2 and eq. II.6.12), step control by the error per step. Explicit, because
the fastest process here (rewetting, 20 s) is only about a hundred times faster than a half cycle.

The right-hand side and the watched functions are compiled callbacks, see RIGHT_HAND_SIDE and WATCH; the mathematics
knows nothing of what the numbers mean.
"""

import numpy as np
from numba import types

from ionweld.numerics.compiled import compiled

# rhs(t, y, numbers, wiring, dy): writes dy/dt into dy; numbers and wiring are the equations' own, handed through
RIGHT_HAND_SIDE = types.void(
    types.float64, types.float64[::1], types.float64[::1], types.int64[::1], types.float64[::1]
)
# watch(t, y, numbers, wiring, values): writes one number per event; an event is its crossing from below to 0
WATCH = RIGHT_HAND_SIDE

NOTHING = -1  # no event fired: the end of the interval was reached
STALLED = -2  # the step became too small to change the time, or the steps too many

_NODES = np.array([0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0])
_STAGES = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [1 / 5, 0.0, 0.0, 0.0, 0.0, 0.0],
        [3 / 40, 9 / 40, 0.0, 0.0, 0.0, 0.0],
        [44 / 45, -56 / 15, 32 / 9, 0.0, 0.0, 0.0],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, 0.0, 0.0],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656, 0.0],
        [35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
    ]
)
_ERROR = np.array([71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40])
_DENSE = np.array(
    [
        -12715105075 / 11282082432,
        0.0,
        87487479700 / 32700410799,
        -10690763975 / 1880347072,
        701980252875 / 199316789632,
        -1453857185 / 822651844,
        69997945 / 29380423,
    ]
)
_SAFETY, _SHRINK, _GROW, _ORDER = 0.9, 0.2, 5.0, 5.0
_BISECTIONS = 60
_MOST_STEPS = (
    100_000  # in one call; a hundred do for a half cycle, so that many mean equations too stiff for this method
)


@compiled
def explicit_step(rhs, t, h, y, numbers, wiring, k, y_new):
    """Fill the stages k[1:] and y_new for a step h from (t, y); k[0] must hold dy/dt at the start."""
    for stage in range(1, 7):
        y_new[:] = 0.0  # the slope, before it becomes the state: whole rows at a time, which a processor takes in fours
        for earlier in range(stage):
            weight, row = _STAGES[stage, earlier], k[earlier]
            for i in range(y.size):
                y_new[i] += weight * row[i]
        for i in range(y.size):
            y_new[i] = y[i] + h * y_new[i]
        rhs(t + _NODES[stage] * h, y_new, numbers, wiring, k[stage])


@compiled
def error_norm(h, y, y_new, k, rtol, atol):
    """Return the largest error of the step relative to its tolerance; not a number if any error is none."""
    worst = 0.0
    for i in range(y.size):
        error = 0.0
        for stage in range(7):
            error += _ERROR[stage] * k[stage, i]
        scale = atol[i] + rtol * max(abs(y[i]), abs(y_new[i]))
        ratio = abs(h * error) / scale
        if not ratio <= worst:  # true also for a ratio that is no number, and then nothing replaces it
            worst = ratio
        if worst != worst:
            return worst
    return worst


@compiled
def dense_output(fraction, h, y, y_new, k, out):
    """Write the solution at `fraction` (0 to 1) of the step into out; continuous, fourth order."""
    rest = 1.0 - fraction
    for i in range(y.size):
        change = y_new[i] - y[i]
        bend = h * k[0, i] - change
        curve = change - h * k[6, i] - bend
        quartic = 0.0
        for stage in range(7):
            quartic += _DENSE[stage] * k[stage, i]
        out[i] = y[i] + fraction * (change + rest * (bend + fraction * (curve + rest * h * quartic)))


@compiled
def first_step(span, y, slope, rtol, atol):
    """Return a cautious first step: a hundredth of the time in which the solution changes by its own size."""
    ratio = 0.0
    for i in range(y.size):
        scale = atol[i] + rtol * abs(y[i])
        ratio = max(ratio, abs(slope[i]) / (abs(y[i]) + scale / rtol))
    return span if ratio * span < 0.01 else 0.01 / ratio


@compiled
def _locate(watch, event, t, h, y, y_new, k, numbers, wiring, values, scratch):
    """Return the fraction of the step at which the watched value of `event` reaches 0, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        dense_output(middle, h, y, y_new, k, scratch)
        watch(t + middle * h, scratch, numbers, wiring, values)
        if values[event] < 0.0:
            low = middle
        else:
            high = middle
    return high


@compiled
def _fired(watch, armed, t, h, y, y_new, k, numbers, wiring, values, scratch):
    """Return (event, fraction) of the first armed event within the step, or (NOTHING, 1)."""
    watch(t + h, y_new, numbers, wiring, values)
    crossed = armed & (values >= 0.0)
    event, fraction = NOTHING, 1.0
    for candidate in range(armed.size):
        if crossed[candidate]:
            where = _locate(watch, candidate, t, h, y, y_new, k, numbers, wiring, values, scratch)
            if where < fraction or event == NOTHING:
                event, fraction = candidate, where
    return event, fraction


@compiled
def integrate(rhs, watch, armed, t, t_end, y, numbers, wiring, rtol, atol, t_out, y_out, work):
    """Integrate y in place from t to t_end, or to the first armed event.

    armed: bool, shape (events,); t_out: increasing times, shape (m,), at which the state is written to y_out, shape
    (m, states); work: float counters, shape (2,), to which right-hand sides and steps are added.
    Returns (time reached, event or NOTHING or STALLED, number of rows of y_out that were written).
    """
    k = np.empty((7, y.size))
    y_new, scratch = np.empty(y.size), np.empty(y.size)
    values = np.empty(armed.size)
    written, steps = 0, 0
    watch(t, y, numbers, wiring, values)
    for event in range(armed.size):
        if armed[event] and values[event] >= 0.0:
            return t, event, written
    rhs(t, y, numbers, wiring, k[0])
    h = first_step(t_end - t, y, k[0], rtol, atol)
    work[0] += 1
    while t < t_end:
        last = t + h >= t_end
        if last:
            h = t_end - t
        elif t + h == t:
            return t, STALLED, written
        steps += 1
        if steps > _MOST_STEPS:
            return t, STALLED, written
        explicit_step(rhs, t, h, y, numbers, wiring, k, y_new)
        work[0] += 6
        work[1] += 1
        error = error_norm(h, y, y_new, k, rtol, atol)
        if not error <= 1.0:  # also when it is not a number
            h *= max(_SHRINK, _SAFETY * error ** (-1 / _ORDER)) if error < np.inf else _SHRINK
            continue
        event, fraction = _fired(watch, armed, t, h, y, y_new, k, numbers, wiring, values, scratch)
        reached = t_end if last and event == NOTHING else t + fraction * h
        while written < t_out.size and t_out[written] <= reached:
            dense_output((t_out[written] - t) / h, h, y, y_new, k, y_out[written])
            written += 1
        if event != NOTHING:
            dense_output(fraction, h, y, y_new, k, scratch)
            y[:] = scratch
            return reached, event, written
        t, y[:], k[0] = reached, y_new, k[6]
        h *= min(_GROW, max(_SHRINK, _SAFETY * max(error, 1e-10) ** (-1 / _ORDER)))
    return t, NOTHING, written
