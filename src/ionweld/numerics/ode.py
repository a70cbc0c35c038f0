"""Adaptive integration of ordinary differential equations with located events, compiled.

Method: Dormand and Prince 5(4) with its fourth-order dense output (Hairer, Norsett, Wanner, Solving Ordinary
Differential Equations I, 2nd ed., table II.5.2 and eq. II.6.12), step control by the error per step. Explicit, because
the fastest process here (rewetting, 20 s) is only about a hundred times faster than a half cycle.

The right-hand side and the watched functions are compiled callbacks, see RIGHT_HAND_SIDE and WATCH; the mathematics
knows nothing of what the numbers mean.
"""

import numpy as np
from numba import types

from ionweld.numerics.compiled import compiled, inner

# rhs(t, y, numbers, wiring, dy): writes dy/dt into dy; numbers and wiring are the equations' own, handed through
RIGHT_HAND_SIDE = types.void(
    types.float64, types.float64[::1], types.float64[::1], types.int64[::1], types.float64[::1]
)
# watch(t, y, numbers, wiring, values): writes one number per event; an event is its crossing from below to 0. It is
# asked for a moment only after the right-hand side was, so that it may use what was worked out there
WATCH = RIGHT_HAND_SIDE

NOTHING = -1  # no event fired: the end of the interval was reached
STALLED = -2  # the step became too small to change the time, or the steps too many

_C = np.array([0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0])
_A2 = (1 / 5,)
_A3 = (3 / 40, 9 / 40)
_A4 = (44 / 45, -56 / 15, 32 / 9)
_A5 = (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729)
_A6 = (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656)
_A7 = (35 / 384, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84)  # of the stages 1, 3, 4, 5, 6: the solution itself
_ERROR = (71 / 57600, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)  # of the stages 1, 3 to 7
_DENSE = (  # of the same stages
    -12715105075 / 11282082432,
    87487479700 / 32700410799,
    -10690763975 / 1880347072,
    701980252875 / 199316789632,
    -1453857185 / 822651844,
    69997945 / 29380423,
)
_SAFETY, _SHRINK, _GROW, _ORDER = 0.9, 0.2, 5.0, 5.0
_MOST_CUTS, _NEAR = 100, 1e-6  # of the search for an event on the dense output of a step; half a dozen do
_MOST_SECANTS, _BESIDE, _CLOSE = 5, 1.0 - 1e-3, 1e-13  # of the steps to it; three do
_MOST_STEPS = (
    100_000  # in one call; a hundred do for a half cycle, so that many mean equations too stiff for this method
)


@compiled
def explicit_step(rhs, t, h, y, numbers, wiring, k, y_new):
    """Fill the stages k[1:] and y_new for a step h from (t, y); k[0] must hold dy/dt at the start.

    Every stage is one loop over rows of its own, short enough that a compiler takes four numbers at a time.
    """
    n, (k1, k2, k3, k4, k5, k6) = y.size, (k[0], k[1], k[2], k[3], k[4], k[5])
    for i in range(n):
        y_new[i] = y[i] + h * (_A2[0] * k1[i])
    rhs(t + _C[1] * h, y_new, numbers, wiring, k2)
    for i in range(n):
        y_new[i] = y[i] + h * (_A3[0] * k1[i] + _A3[1] * k2[i])
    rhs(t + _C[2] * h, y_new, numbers, wiring, k3)
    for i in range(n):
        y_new[i] = y[i] + h * (_A4[0] * k1[i] + _A4[1] * k2[i] + _A4[2] * k3[i])
    rhs(t + _C[3] * h, y_new, numbers, wiring, k4)
    for i in range(n):
        y_new[i] = y[i] + h * (_A5[0] * k1[i] + _A5[1] * k2[i] + _A5[2] * k3[i] + _A5[3] * k4[i])
    rhs(t + _C[4] * h, y_new, numbers, wiring, k5)
    for i in range(n):
        y_new[i] = y[i] + h * (_A6[0] * k1[i] + _A6[1] * k2[i] + _A6[2] * k3[i] + _A6[3] * k4[i] + _A6[4] * k5[i])
    rhs(t + _C[5] * h, y_new, numbers, wiring, k6)
    for i in range(n):
        y_new[i] = y[i] + h * (_A7[0] * k1[i] + _A7[1] * k3[i] + _A7[2] * k4[i] + _A7[3] * k5[i] + _A7[4] * k6[i])
    rhs(t + _C[6] * h, y_new, numbers, wiring, k[6])


@inner
def _weighted(weights, k, out):
    """Write the sum of the stages 1 and 3 to 7 with their weights into out; in two parts, as in explicit_step."""
    k1, k3, k4, k5, k6, k7 = k[0], k[2], k[3], k[4], k[5], k[6]
    for i in range(out.size):
        out[i] = weights[0] * k1[i] + weights[1] * k3[i] + weights[2] * k4[i]
    for i in range(out.size):
        out[i] += weights[3] * k5[i] + weights[4] * k6[i] + weights[5] * k7[i]


@inner
def error_norm(h, y, y_new, k, rtol, atol, scratch):
    """Return the largest error of the step relative to its tolerance; not a number if any error is none."""
    _weighted(_ERROR, k, scratch)
    for i in range(y.size):
        scratch[i] = abs(h * scratch[i]) / (atol[i] + rtol * max(abs(y[i]), abs(y_new[i])))
    worst, total = 0.0, 0.0
    for i in range(y.size):
        worst = max(worst, scratch[i])
        total += scratch[i]
    return total if total != total else worst


@compiled
def dense_output(fraction, h, y, y_new, k, out):
    """Write the solution at `fraction` (0 to 1) of the step into out; continuous, fourth order."""
    rest, k1, k7 = 1.0 - fraction, k[0], k[6]
    _weighted(_DENSE, k, out)
    for i in range(y.size):
        change = y_new[i] - y[i]
        bend = h * k1[i] - change
        curve = change - h * k7[i] - bend
        out[i] = y[i] + fraction * (change + rest * (bend + fraction * (curve + rest * h * out[i])))


@inner
def _copy(source, into):
    """Copy numbers one by one: a slice that is assigned compiles what says that its shape is wrong, for seconds."""
    for i in range(into.size):
        into[i] = source[i]


@inner
def first_step(span, y, slope, rtol, atol):
    """Return a cautious first step: a hundredth of the time in which the solution changes by its own size."""
    ratio = 0.0
    for i in range(y.size):
        scale = atol[i] + rtol * abs(y[i])
        ratio = max(ratio, abs(slope[i]) / (abs(y[i]) + scale / rtol))
    return span if ratio * span < 0.01 else 0.01 / ratio


@inner
def _value_at(rhs, watch, event, fraction, t, h, y, y_new, k, numbers, wiring, values, scratch, slope):
    """Return the watched value of an event within a step."""
    dense_output(fraction, h, y, y_new, k, scratch)
    rhs(t + fraction * h, scratch, numbers, wiring, slope)
    watch(t + fraction * h, scratch, numbers, wiring, values)
    return values[event]


@inner
def _locate(rhs, watch, event, reached, t, h, y, y_new, k, numbers, wiring, values, scratch, slope):
    """Return the fraction of the step at which the watched value of `event` reaches 0; `reached`: its value at the end.

    By false position after Illinois: an end that stays counts half, so both close in. Where that leads nowhere, or a value
    is no number, by bisection.
    """
    low, high, stayed = 0.0, 1.0, 0
    rhs(t, y, numbers, wiring, slope)
    watch(t, y, numbers, wiring, values)
    below, above = values[event], reached
    for cut in range(_MOST_CUTS):
        if high - low <= _NEAR:
            break
        guess = (low * above - high * below) / (above - below)
        if cut >= _MOST_CUTS // 2 or not low <= guess <= high:
            guess = 0.5 * (low + high)
        guess = min(max(guess, low + 0.5 * _NEAR), high - 0.5 * _NEAR)  # next to a root that was met, the other side
        value = _value_at(rhs, watch, event, guess, t, h, y, y_new, k, numbers, wiring, values, scratch, slope)
        if value < 0.0:
            low, below, above = guess, value, 0.5 * above if stayed > 0 else above
            stayed = 1
        else:
            high, above, below = guess, value, 0.5 * below if stayed < 0 else below
            stayed = -1
    return high


@inner
def _fired(rhs, watch, armed, t, h, y, y_new, k, numbers, wiring, values, scratch, slope):
    """Return (event, fraction) of the first armed event within the step, or (NOTHING, 1)."""
    watch(t + h, y_new, numbers, wiring, values)  # the last stage of the step was there
    at_end = values.copy()
    event, fraction = NOTHING, 1.0
    for candidate in range(armed.size):
        if armed[candidate] and at_end[candidate] >= 0.0:
            where = _locate(
                rhs, watch, candidate, at_end[candidate], t, h, y, y_new, k, numbers, wiring, values, scratch, slope
            )
            if where < fraction or event == NOTHING:
                event, fraction = candidate, where
    return event, fraction


@inner
def _value_after(rhs, watch, event, fraction, t, h, y, y_new, k, numbers, wiring, values):
    """Take a part of a step anew, and return the watched value of an event at its end."""
    explicit_step(rhs, t, fraction * h, y, numbers, wiring, k, y_new)
    watch(t + fraction * h, y_new, numbers, wiring, values)
    return values[event]


@inner
def _sharpened(rhs, watch, event, fraction, t, h, y, y_new, k, numbers, wiring, values):
    """Return the fraction of an event that was found on the dense output, and fill y_new there, both by steps to it.

    Dense output is of an order less than the step, and what it is wrong by would add up over half cycles. By secants,
    the first of them from a little before.
    """
    other = fraction * _BESIDE
    beside = _value_after(rhs, watch, event, other, t, h, y, y_new, k, numbers, wiring, values)
    value = _value_after(rhs, watch, event, fraction, t, h, y, y_new, k, numbers, wiring, values)
    for _ in range(_MOST_SECANTS):
        guess = fraction - value * (fraction - other) / (value - beside)
        if not abs(guess - fraction) > _CLOSE or not 0.0 < guess < 2.0:
            break
        other, beside, fraction = fraction, value, guess
        value = _value_after(rhs, watch, event, fraction, t, h, y, y_new, k, numbers, wiring, values)
    return fraction


@inner
def _fill(written, t_out, y_out, reached, t, h, y, y_new, k):
    """Write the states that were asked for within a step; return how many rows are written then."""
    while written < t_out.size and t_out[written] <= reached:
        dense_output((t_out[written] - t) / h, h, y, y_new, k, y_out[written])
        written += 1
    return written


@compiled
def integrate(rhs, watch, armed, t, t_end, y, numbers, wiring, rtol, atol, t_out, y_out, work, pace):
    """Integrate y in place from t to t_end, or to the first armed event.

    armed: bool, shape (events,); t_out: increasing times, shape (m,), at which the state is written to y_out, shape
    (m, states); work: float counters, shape (2,), to which right-hand sides and steps are added.
    Returns (time reached, event or NOTHING or STALLED, number of rows of y_out that were written).
    """
    k = np.empty((7, y.size))
    y_new, scratch = np.empty(y.size), np.empty(y.size)
    values, slope = np.empty(armed.size), np.empty(y.size)
    written, steps = 0, 0
    rhs(t, y, numbers, wiring, k[0])
    watch(t, y, numbers, wiring, values)
    for event in range(armed.size):
        if armed[event] and values[event] >= 0.0:
            return t, event, written
    h = pace[0] if pace[0] > 0.0 else first_step(t_end - t, y, k[0], rtol, atol)
    begun = t
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
        error = error_norm(h, y, y_new, k, rtol, atol, scratch)
        if not error <= 1.0:  # also when it is not a number
            h *= max(_SHRINK, _SAFETY * error ** (-1 / _ORDER)) if error < np.inf else _SHRINK
            continue
        next_h = h * min(_GROW, max(_SHRINK, _SAFETY * max(error, 1e-10) ** (-1 / _ORDER)))
        if t == begun:
            pace[0] = next_h
        event, fraction = _fired(rhs, watch, armed, t, h, y, y_new, k, numbers, wiring, values, scratch, slope)
        reached = t_end if last and event == NOTHING else t + fraction * h
        written = _fill(written, t_out, y_out, reached, t, h, y, y_new, k)
        if event != NOTHING:
            fraction = _sharpened(rhs, watch, event, fraction, t, h, y, y_new, k, numbers, wiring, values)
            work[0] += 12
            _copy(y_new, y)
            return t + fraction * h, event, written
        _copy(y_new, y)
        _copy(k[6], k[0])
        t, h = reached, next_h
    return t, NOTHING, written
