"""One step of an ordinary differential equation, by two methods, compiled: an explicit one, and one that carries decay.

Dormand and Prince 5(4) with its fourth-order dense output (Hairer, Norsett, Wanner, Solving Ordinary Differential
Equations I, 2nd ed., table II.5.2 and eq. II.6.12).

The exponential Runge-Kutta method of fourth order of Krogstad (J. Comput. Phys. 203 (2005) 72, eq. 51): with
dy/dt = N(y) - a y it carries the decay exactly, and what is left, N, as the classical method of Runge and Kutta does. Any
a will do, also none, as far as order goes; a state's own rate of decay makes it stable, and the better that is known, the
longer steps may be. Between its ends N is taken as the parabola through its values at the start, in the middle and at the
end. The error is what a fifth stage finds beside that parabola, and what the end finds beside the last stage (the latter
alone, of Whalen, Brio, Moloney, J. Comput. Phys. 280 (2015) 579, is blind where N depends on the time alone).
"""

from typing import Any, NamedTuple

import numpy as np
from numba import types

from ionweld.numerics.compiled import compiled, inner

# a callback (t, y, numbers, wiring, out): numbers and wiring are the equations' own, handed through
RIGHT_HAND_SIDE = types.void(
    types.float64, types.float64[::1], types.float64[::1], types.int64[::1], types.float64[::1]
)
WATCH = DECAYS = RIGHT_HAND_SIDE


class Equations(NamedTuple):
    """What is integrated. rates: writes dy/dt. watched: writes one number per event; an event is its crossing from below
    to 0. decays: writes a rate of decay for each state (1/s), 0 for none. The last two are asked for a moment only after
    the rates were, so that they may use what was worked out there. numbers, wiring: handed to all three.
    """

    rates: Any
    watched: Any
    decays: Any
    numbers: Any
    wiring: Any


class Tolerance(NamedTuple):
    """Of the error of a step: relative, and absolute for each state.

    together: first place and end of states that lie one after the other and of which the largest counts for all, shape (g, 2).
    """

    relative: float
    absolute: Any
    together: Any


# rows of a step's own memory: seven stages, where it leads, a state within it, the slope there, the rates of decay, and
# the weights of the exponential method (of the slope at the start for the half and the whole step, of the stages), and the
# size that errors are measured by. Of an exponential step the stages 1, 2 and 4 become what lies between its ends, stage 5
# its error
END, WITHIN, SLOPE, DECAY, _HALF, _MIDDLE, _WHOLE, _LATE, _INNER, _OUTER, _SIZE = range(7, 18)
MEMORY = 18
_FAST = 0.01  # decay times in a step: slower ones count as none, whose weights need no exponential
STIFF = 2.5  # decay times in a step above which it is an exponential one
_BESIDE_THE_NODES = 0.75  # of an exponential step: where its parabola is compared
_SPENT = 600.0  # decay times in a step after which nothing is left in any sense

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


class TimeStep(NamedTuple):
    """A step from t by h, and whether it was an exponential one."""

    t: Any
    h: Any
    stiff: Any


@inner
def copy(source, into):
    """Copy numbers one by one: a slice that is assigned compiles what says that its shape is wrong, for seconds."""
    for i in range(into.size):
        into[i] = source[i]


@compiled
def explicit_step(equations, t, h, y, memory):
    """Fill the stages 1 to 6 and the END of a step h from (t, y); stage 0 must hold dy/dt at the start.

    Every stage is one loop over rows of its own, short enough that a compiler takes four numbers at a time.
    """
    rates, numbers, wiring = equations.rates, equations.numbers, equations.wiring
    n, end, k1, k2, k3 = y.size, memory[END], memory[0], memory[1], memory[2]
    k4, k5, k6 = memory[3], memory[4], memory[5]
    for i in range(n):
        end[i] = y[i] + h * (_A2[0] * k1[i])
    rates(t + _C[1] * h, end, numbers, wiring, k2)
    for i in range(n):
        end[i] = y[i] + h * (_A3[0] * k1[i] + _A3[1] * k2[i])
    rates(t + _C[2] * h, end, numbers, wiring, k3)
    for i in range(n):
        end[i] = y[i] + h * (_A4[0] * k1[i] + _A4[1] * k2[i] + _A4[2] * k3[i])
    rates(t + _C[3] * h, end, numbers, wiring, k4)
    for i in range(n):
        end[i] = y[i] + h * (_A5[0] * k1[i] + _A5[1] * k2[i] + _A5[2] * k3[i] + _A5[3] * k4[i])
    rates(t + _C[4] * h, end, numbers, wiring, k5)
    for i in range(n):
        end[i] = y[i] + h * (_A6[0] * k1[i] + _A6[1] * k2[i] + _A6[2] * k3[i] + _A6[3] * k4[i] + _A6[4] * k5[i])
    rates(t + _C[5] * h, end, numbers, wiring, k6)
    for i in range(n):
        end[i] = y[i] + h * (_A7[0] * k1[i] + _A7[1] * k3[i] + _A7[2] * k4[i] + _A7[3] * k5[i] + _A7[4] * k6[i])
    rates(t + _C[6] * h, end, numbers, wiring, memory[6])


@inner
def _weighted(weights, k, out):
    """Write the sum of the stages 1 and 3 to 7 with their weights into out; in two parts, as in explicit_step."""
    k1, k3, k4, k5, k6, k7 = k[0], k[2], k[3], k[4], k[5], k[6]
    for i in range(out.size):
        out[i] = weights[0] * k1[i] + weights[1] * k3[i] + weights[2] * k4[i]
    for i in range(out.size):
        out[i] += weights[3] * k5[i] + weights[4] * k6[i] + weights[5] * k7[i]


@compiled
def dense_output(fraction, h, y, memory, out):
    """Write the solution at `fraction` (0 to 1) of an explicit step into out; continuous, fourth order."""
    rest, k1, k7, end = 1.0 - fraction, memory[0], memory[6], memory[END]
    _weighted(_DENSE, memory, out)
    for i in range(y.size):
        change = end[i] - y[i]
        bend = h * k1[i] - change
        curve = change - h * k7[i] - bend
        out[i] = y[i] + fraction * (change + rest * (bend + fraction * (curve + rest * h * out[i])))


@inner
def _weights(h, memory):
    """Fill the weights of an exponential step, each for its state: functions phi of z = -a h, and of its half."""
    half, middle, whole = memory[_HALF], memory[_MIDDLE], memory[_WHOLE]
    late, inner_, outer, decay = memory[_LATE], memory[_INNER], memory[_OUTER], memory[DECAY]
    for i in range(decay.size):
        half[i], middle[i], whole[i] = 0.5 * h, 0.5 * h, h
        late[i], inner_[i], outer[i] = h, h / 3.0, h / 6.0
    for i in range(decay.size):
        if decay[i] * h > _FAST:
            z = -min(decay[i] * h, _SPENT)
            kept = np.exp(0.5 * z)
            phi = 2.0 * (kept - 1.0) / z
            half[i], middle[i] = 0.5 * h * phi, 2.0 * h * (phi - 1.0) / z
            phi_1 = (kept * kept - 1.0) / z
            phi_2 = (phi_1 - 1.0) / z
            phi_3 = (phi_2 - 0.5) / z
            whole[i], late[i] = h * phi_1, 2.0 * h * phi_2
            inner_[i], outer[i] = h * (2.0 * phi_2 - 4.0 * phi_3), h * (4.0 * phi_3 - phi_2)


@inner
def _decay_times(decay, h):
    """Return minus how many decay times a step takes; 0 where they are too few to count."""
    return -min(decay * h, _SPENT) if decay * h > _FAST else 0.0


@inner
def _parts(fraction, z):
    """Return the weights, over the step, of the slope at the start and of a line and a parabola of N up to a fraction."""
    if z == 0.0 or fraction == 0.0:
        return fraction, 0.5 * fraction**2, fraction**3 / 3.0
    x = fraction * z
    phi_1 = (np.exp(x) - 1.0) / x
    phi_2 = (phi_1 - 1.0) / x
    return fraction * phi_1, fraction**2 * phi_2, 2.0 * fraction**3 * (phi_2 - 0.5) / x


@inner
def _left(equations, t, stage, y, h, memory):
    """Ask for the slope at the END, and replace it by what N has changed since the start of the step."""
    k, start, end, decay = memory[stage], memory[0], memory[END], memory[DECAY]
    equations.rates(t, end, equations.numbers, equations.wiring, k)
    for i in range(y.size):
        k[i] -= start[i] + _decay_times(decay[i], h) / h * (end[i] - y[i])


@compiled
def exponential_step(equations, t, h, y, memory):
    """Fill the END of a step h from (t, y), and the slope there as stage 6; stage 0 must hold that of the start."""
    _weights(h, memory)
    end, k1, k2, k3, k4 = memory[END], memory[0], memory[1], memory[2], memory[3]
    half, middle, whole, late = memory[_HALF], memory[_MIDDLE], memory[_WHOLE], memory[_LATE]
    inner_, outer, decay = memory[_INNER], memory[_OUTER], memory[DECAY]
    for i in range(y.size):
        end[i] = y[i] + half[i] * k1[i]
    _left(equations, t + 0.5 * h, 1, y, h, memory)
    for i in range(y.size):
        end[i] = y[i] + half[i] * k1[i] + middle[i] * k2[i]
    _left(equations, t + 0.5 * h, 2, y, h, memory)
    for i in range(y.size):
        end[i] = y[i] + whole[i] * k1[i] + late[i] * k3[i]
    _left(equations, t + h, 3, y, h, memory)
    for i in range(y.size):
        slope, line, bend = _parts(_BESIDE_THE_NODES, _decay_times(decay[i], h))
        double = k2[i] + k3[i]  # of what N has changed in the middle, which the two stages there miss by as much
        end[i] = y[i] + h * (slope * k1[i] + line * (2.0 * double - k4[i]) + 2.0 * bend * (k4[i] - double))
    _left(equations, t + _BESIDE_THE_NODES * h, 4, y, h, memory)
    for i in range(y.size):
        end[i] = y[i] + whole[i] * k1[i] + inner_[i] * (k2[i] + k3[i]) + outer[i] * k4[i]
    equations.rates(t + h, end, equations.numbers, equations.wiring, memory[6])
    _close(h, y, memory)


@inner
def _close(h, y, memory):
    """Work out the error of an exponential step, and what lies between its ends."""
    start, last, end, decay = memory[0], memory[6], memory[END], memory[DECAY]
    for i in range(y.size):
        z, double = _decay_times(decay[i], h), memory[1, i] + memory[2, i]
        at_end = last[i] - start[i] - z / h * (end[i] - y[i])
        line, bend = 2.0 * double - at_end, 2.0 * (at_end - double)
        missed = memory[4, i] - _BESIDE_THE_NODES * (line + _BESIDE_THE_NODES * bend)
        memory[5, i] = memory[_OUTER, i] * (abs(at_end - memory[3, i]) + 2.0 * abs(missed))
        of_slope, of_line, of_bend = _parts(1.0, z)
        reached = y[i] + h * (of_slope * start[i] + of_line * line + of_bend * bend)
        memory[1, i], memory[2, i], memory[4, i] = line, bend, end[i] - reached


@inner
def _between(fraction, h, y, memory, out):
    """Write the solution at `fraction` of an exponential step into out."""
    start, line, bend, rest, decay = memory[0], memory[1], memory[2], memory[4], memory[DECAY]
    up = fraction * fraction * (3.0 - 2.0 * fraction)
    for i in range(y.size):
        of_slope, of_line, of_bend = _parts(fraction, _decay_times(decay[i], h))
        out[i] = y[i] + h * (of_slope * start[i] + of_line * line[i] + of_bend * bend[i]) + up * rest[i]


@inner
def _largest(row, first, last):
    """Return the largest of a part of a row whose numbers are at least 0; not a number if any is none.

    In four chains, none of which a processor waits for.
    """
    one, two, three, four, total = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(first, last - 3, 4):
        one, two, three, four = max(one, row[i]), max(two, row[i + 1]), max(three, row[i + 2]), max(four, row[i + 3])
        total += (row[i] + row[i + 1]) + (row[i + 2] + row[i + 3])
    for i in range(last - (last - first) % 4, last):
        one = max(one, row[i])
        total += row[i]
    return total if total != total else max(max(one, two), max(three, four))


@compiled
def error_norm(h, stiff, y, memory, tolerance):
    """Return the largest error of the step relative to its tolerance; not a number if any error is none."""
    errors, end, sizes = memory[WITHIN], memory[END], memory[_SIZE]
    absolute, together = tolerance.absolute, tolerance.together
    if stiff:
        copy(memory[5], errors)
    else:
        _weighted(_ERROR, memory, errors)
        for i in range(y.size):
            errors[i] *= h
    for i in range(y.size):
        sizes[i] = max(abs(y[i]), abs(end[i]))
    for group in range(together.shape[0]):
        first, last = together[group]
        largest = _largest(sizes, first, last)
        for i in range(first, last):
            sizes[i] = largest
    for i in range(y.size):
        errors[i] = abs(errors[i]) / (absolute[i] + tolerance.relative * sizes[i])
    return _largest(errors, 0, y.size)


@compiled
def take_step(equations, step, y, memory):
    """Take a step."""
    if step.stiff:
        exponential_step(equations, step.t, step.h, y, memory)
    else:
        explicit_step(equations, step.t, step.h, y, memory)


@compiled
def state_within(fraction, step, y, memory, out):
    """Write the state within a step that was taken into out."""
    if step.stiff:
        _between(fraction, step.h, y, memory, out)
    else:
        dense_output(fraction, step.h, y, memory, out)
