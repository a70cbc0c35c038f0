"""Adaptive integration of ordinary differential equations with located events, compiled.

Each step takes the method that costs less: an explicit one, or, where states decay faster than such a step may be long
(its limit of stability, about 3 decay times), one that carries decay exactly (numerics.steps).

The right-hand side, the watched functions and the rates of decay are compiled callbacks, see Equations; the mathematics
knows nothing of what the numbers mean.
"""

from typing import Any, NamedTuple

import numpy as np

from ionweld.numerics.borrowed import borrowed
from ionweld.numerics.compiled import compiled, inner
from ionweld.numerics.steps import (
    DECAY,
    END,
    MEMORY,
    SLOPE,
    STIFF,
    WITHIN,
    Equations,
    TimeStep,
    Tolerance,
    copy,
    error_norm,
    state_within,
    take_step,
)


class Output(NamedTuple):
    """Increasing times (m,) at which the state is to be written into rows (m, states)."""

    times: Any
    rows: Any


class Account(NamedTuple):
    """work (2,): right-hand sides and steps are added to it. pace (1,): the first step, where it is known; it is left for
    the next interval of the same kind.
    """

    work: Any
    pace: Any


NOTHING = -1  # no event fired: the end of the interval was reached
STALLED = -2  # the step became too small to change the time, or the steps too many

_SAFETY, _SHRINK, _GROW = 0.9, 0.2, 5.0
_WALL = 200.0  # error of a refused step from which on what it reached into is taken for a wall, see _short_of
_TOWARDS, _HALVED = (
    0.6,
    0.5,
)  # part of the way to a wall that a step may go (more than half, or none is ever passed), and
# of the step before it that it may always go
_WAITS = 20  # steps, after an exponential one that had to be shorter than an explicit one may be, before the next try
_MOST_CUTS, _NEAR = 100, 1e-6  # of the search for an event on the dense output of a step; half a dozen do
_MOST_SECANTS, _BESIDE, _CLOSE = 5, 1.0 - 1e-3, 1e-13  # of the steps to it; three do
_MOST_STEPS = (
    100_000  # in one call; a hundred do for a half cycle, so that many mean equations too stiff for this method
)


@inner
def first_step(span, y, slope, tolerance):
    """Return a cautious first step: a hundredth of the time in which the solution changes by its own size."""
    ratio = 0.0
    for i in range(y.size):
        scale = tolerance.absolute[i] + tolerance.relative * abs(y[i])
        ratio = max(ratio, abs(slope[i]) / (abs(y[i]) + scale / tolerance.relative))
    return span if ratio * span < 0.01 else 0.01 / ratio


@inner
def _locate(equations, event, reached, step, y, memory, values):
    """Return the fraction of the step at which the watched value of `event` reaches 0; `reached`: its value at the end.

    By false position after Illinois: an end that stays counts half, so both close in. Where that leads nowhere, or a value
    is no number, by bisection.
    """
    low, high, stayed, guess = 0.0, 1.0, 0, 0.0
    below, above, within = 0.0, reached, memory[WITHIN]
    for cut in range(_MOST_CUTS):
        state_within(guess, step, y, memory, within)
        t = step.t + guess * step.h
        equations.rates(t, within, equations.numbers, equations.wiring, memory[SLOPE])
        equations.watched(t, within, equations.numbers, equations.wiring, values)
        value = values[event]
        if cut == 0:
            below = value
        elif value < 0.0:
            low, below, above = guess, value, 0.5 * above if stayed > 0 else above
            stayed = 1
        else:
            high, above, below = guess, value, 0.5 * below if stayed < 0 else below
            stayed = -1
        if high - low <= _NEAR:
            break
        guess = (low * above - high * below) / (above - below)
        if cut >= _MOST_CUTS // 2 or not low <= guess <= high:
            guess = 0.5 * (low + high)
        guess = min(max(guess, low + 0.5 * _NEAR), high - 0.5 * _NEAR)  # next to a root that was met, the other side
    return high


@inner
def _fired(equations, armed, step, y, memory, values):
    """Return (event, fraction) of the first armed event within the step, or (NOTHING, 1)."""
    end = step.t + step.h  # the last stage was there
    equations.watched(end, memory[END], equations.numbers, equations.wiring, values)
    at_end = values.copy()
    event, fraction = NOTHING, 1.0
    for candidate in range(armed.size):
        if armed[candidate] and at_end[candidate] >= 0.0:
            where = _locate(equations, candidate, at_end[candidate], step, y, memory, values)
            if where < fraction or event == NOTHING:
                event, fraction = candidate, where
    return event, fraction


@inner
def _sharpened(equations, event, fraction, step, y, memory, values):
    """Return the fraction of an event that was found within a step, and fill the END there, both by steps to it.

    What lies within a step is of an order less than the step, and what it is wrong by would add up over half cycles. By
    secants, the first of them from a little before.
    """
    other, beside, found, guess = 0.0, 0.0, 0.0, fraction * _BESIDE
    for taken in range(_MOST_SECANTS + 2):
        part = TimeStep(step.t, guess * step.h, step.stiff)
        take_step(equations, part, y, memory)
        equations.watched(part.t + part.h, memory[END], equations.numbers, equations.wiring, values)
        other, beside, found, value = found, beside, guess, values[event]
        guess = fraction if taken == 0 else found - value * (found - other) / (value - beside)
        if not abs(guess - found) > _CLOSE or not 0.0 < guess < 2.0:
            break
        beside = value
    return found


@inner
def _fill(written, output, reached, step, y, memory):
    """Write the states that were asked for within a step; return how many rows are written then."""
    while written < output.times.size and output.times[written] <= reached:
        state_within((output.times[written] - step.t) / step.h, step, y, memory, output.rows[written])
        written += 1
    return written


@inner
def _already(armed, values):
    """Return the first event that is armed and true, or NOTHING."""
    for event in range(armed.size):
        if armed[event] and values[event] >= 0.0:
            return event
    return NOTHING


@inner
def _shrinkage(error, order):
    """Return by how much a step that was refused is tried again smaller."""
    return max(_SHRINK, _SAFETY * error ** (-1 / order)) if error < np.inf else _SHRINK


@inner
def _growth(error, error_before, h, before, refused, order):
    """Return by how much the next step may be longer than this one, h.

    before: the step before it, with its error; 0 where there was none. As the error says, no more than the course of the
    errors says (Gustafsson's predictive control: where steps have to shrink on and on, as towards the end of a half cycle,
    every other one would be refused); nothing right after one that was refused.
    """
    seen = max(error, 1e-10)
    factor = _SAFETY * seen ** (-1 / order)
    if before > 0.0:
        factor *= min(1.0, h / before * (max(error_before, 1e-2) / seen) ** (1 / order))
    return min(1.0 if refused else _GROW, max(_SHRINK, factor))


@inner
def _short_of(wall, t, h, before):
    """Return the next step: h, or less where a wall is near, into which an earlier step had gone.

    Towards the end of a half cycle a potential falls without bound, and steps have to shrink with what is left: what the
    last error says comes too late, and every third step would be refused. A wall that is none, but a bend, is passed in a
    few steps.
    """
    return min(h, max(_TOWARDS * (wall - t), _HALVED * before)) if wall > t else h


@inner
def _fastest(decay):
    """Return the largest rate of decay."""
    fastest = 0.0
    for i in range(decay.size):
        fastest = max(fastest, decay[i])
    return fastest


@compiled
def integrate(equations, armed, span, y, tolerance, output, account):
    """Integrate y in place over a span (start, end), or to the first armed event.

    armed: bool, shape (events,).
    Returns (time reached, event or NOTHING or STALLED, number of rows of the output that were written).
    """
    numbers, wiring = borrowed(equations.numbers), borrowed(equations.wiring)
    lent = Equations(equations.rates, equations.watched, equations.decays, numbers, wiring)
    within = Tolerance(tolerance.relative, borrowed(tolerance.absolute), borrowed(tolerance.together))
    written_to = Output(borrowed(output.times), borrowed(output.rows))
    room = np.zeros((MEMORY, y.size)), np.empty(armed.size)
    return _integrated((lent, armed, within), span, borrowed(y), written_to, account, room)


@compiled
def _integrated(problem, span, y, output, account, room):
    """Integrate as `integrate` says. problem: equations, armed events, tolerance; room: to work in, the caller's."""
    (equations, armed, tolerance), memory, values = problem, borrowed(room[0]), borrowed(room[1])
    numbers, wiring, work, pace = equations.numbers, equations.wiring, account.work, account.pace
    (t, t_end), written, steps = span, 0, 0
    equations.rates(t, y, numbers, wiring, memory[0])
    equations.watched(t, y, numbers, wiring, values)
    event = _already(armed, values)
    if event != NOTHING:
        return t, event, written
    equations.decays(t, y, numbers, wiring, memory[DECAY])
    h = pace[0] if pace[0] > 0.0 else first_step(t_end - t, y, memory[0], tolerance)
    begun, waits, before, error_before, refused, wall = t, 0, 0.0, 1.0, False, -np.inf
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
        fastest = _fastest(memory[DECAY])
        step = TimeStep(t, h, waits <= 0 and fastest * h > STIFF)
        take_step(equations, step, y, memory)
        work[0] += 5 if step.stiff else 6
        work[1] += 1
        error, order = error_norm(h, step.stiff, y, memory, tolerance), 4.0 if step.stiff else 5.0
        if not error <= 1.0:  # also when it is not a number
            if not (error < _WALL or t < wall < t + h):  # the nearest; beyond it there may be no number
                wall = t + h
            h, refused = h * _shrinkage(error, order), True
            waits = _WAITS if step.stiff and fastest * h < STIFF else waits
            continue
        next_h = h * _growth(error, error_before, h, before, refused, order)
        before, error_before, waits, refused = h, error, waits - 1, False
        if t == begun:
            pace[0] = next_h
        event, fraction = _fired(equations, armed, step, y, memory, values)
        reached = t_end if last and event == NOTHING else t + fraction * h
        written = _fill(written, output, reached, step, y, memory)
        if event != NOTHING:
            fraction = _sharpened(equations, event, fraction, step, y, memory, values)
            work[0] += 12
            copy(memory[END], y)
            return t + fraction * h, event, written
        copy(memory[END], y)
        copy(memory[6], memory[0])
        t, h = reached, _short_of(wall, reached, next_h, h)
        equations.decays(t, y, numbers, wiring, memory[DECAY])
    return t, NOTHING, written
