"""Charge transfer that is curved: every column at its own current on the curve of Butler and Volmer.

    chord      resistance from no current to that of now: what the column is worked out with in the end
    tangent    resistance for small changes, with a voltage at no current: what Newton's method goes along

A dry contact, all of whose current passes the contact, is worked out in loops that a processor takes in fours.
"""

import numpy as np

from ionweld.laws.constants import F, R
from ionweld.laws.interface import direct_conductance, gap_conductance
from ionweld.laws.kinetics import (
    SMALL_STEP,
    STRAIGHT,
    asinh_step,
    carried_asinh,
    chord_resistance,
    tangent_resistance,
)
from ionweld.numerics.compiled import inner
from ionweld.simulate.bench import C, N, sides_of, whole
from ionweld.simulate.columns import column_voltage, in_parallel, linear_currents

MOST_SWEEPS, STRAIGHT_ENOUGH = 60, 1e-7  # of the search for charge transfer at its own current; the next is the square
FREE_SWEEPS = 3  # of tangents alone; two do within a half cycle


@inner
def chords(bench):
    """Take the charge transfer at the currents found; return the largest relative change that this makes to a path.

    A change counts by the share of the current that its path carries: a gap that carries next to nothing is rounding.
    """
    cell, changed = whole(bench), 0.0
    for side in range(sides_of(cell)):
        if cell.numbers[N.chi + side] > 0.0:
            for i in range(bench.n):
                changed = max(changed, _chord(bench, side, i))
        else:
            changed = max(changed, _dry_chords(bench, side))
    return changed


@inner
def _chord(bench, side, i):
    """Fill the chords of both paths of one interface; return their largest change."""
    cell = whole(bench)
    columns, T, chi = cell.columns, cell.numbers[N.curved_at], cell.numbers[N.chi + side]
    R_t, j, theta = columns[C.transfer + side, i], columns[C.local, i], columns[C.contact + side, i]
    share = columns[C.share + side, i]
    touching = filled = chord_resistance(j * share / theta, R_t, T)
    changed = share * abs(touching / columns[C.chord + side, i] - 1.0)
    columns[C.chord + side, i] = touching
    if chi * (1.0 - theta) > 0.0:
        filled = chord_resistance(j * (1.0 - share) / (chi * (1.0 - theta)), R_t, T)
        changed = max(changed, (1.0 - share) * abs(filled / columns[C.chord_gap + side, i] - 1.0))
    columns[C.chord_gap + side, i] = filled
    return changed


@inner
def _dry_chords(bench, side):
    """Fill the chords of an interface whose contact takes all current, from those of before; return the largest change.

    The curve is carried from the last argument to this one (laws.kinetics.carried_asinh), unless one has leapt.
    """
    cell, n = whole(bench), bench.n
    columns, per_volt = cell.columns, F / (2.0 * R * cell.numbers[N.curved_at])
    theta, R_t, local, chord = (
        columns[C.contact + side],
        columns[C.transfer + side],
        columns[C.local],
        columns[C.chord + side],
    )
    trial, argument, bend, moved = (
        columns[C.trial],
        columns[C.argument + side],
        columns[C.bend + side],
        columns[C.moved],
    )
    for i in range(n):
        x = abs(local[i]) * R_t[i] * per_volt / theta[i]
        trial[i] = STRAIGHT if x < STRAIGHT else x  # what is no number stays none, so that the step is refused
    for i in range(n):
        moved[i] = asinh_step(trial[i], argument[i])
    if _largest(moved, n) < SMALL_STEP:  # not where any is no number: then from the start
        for i in range(n):
            bend[i] = carried_asinh(bend[i], moved[i])
    else:
        for i in range(n):
            bend[i] = np.arcsinh(trial[i])
    for i in range(n):
        argument[i] = trial[i]
    for i in range(n):
        trial[i] = R_t[i] * bend[i] / argument[i]
    for i in range(n):
        moved[i] = trial[i] / chord[i] - 1.0
    for i in range(n):
        chord[i] = trial[i]
    return _largest(moved, n)


@inner
def _largest(row, n):
    """Return the largest of a row, whatever its sign; not a number if any is none.

    Apart from what fills the row, which a processor takes in fours.
    """
    found, total = 0.0, 0.0
    for i in range(n):
        found = max(found, abs(row[i]))
        total += row[i]
    return found if total == total else total


@inner
def _tangent(bench, side, i):
    """Fill the tangent of one interface at its current: the conductances for small changes, and voltages at none."""
    cell = whole(bench)
    columns, T, chi = cell.columns, cell.numbers[N.curved_at], cell.numbers[N.chi + side]
    theta, R_t, R_L = columns[C.contact + side, i], columns[C.transfer + side, i], columns[C.layer + side, i]
    R_s, j, share = columns[C.constriction + side, i], columns[C.local, i], columns[C.share + side, i]
    R_f = columns[C.film + side, i]
    through, past, filled = j * share, j * (1.0 - share), chi * (1.0 - theta)
    direct = direct_conductance(theta, tangent_resistance(through / theta, R_t, T) + R_f, R_L, R_s, chi)
    on_chord = direct_conductance(theta, columns[C.chord + side, i] + R_f, R_L, R_s, chi)
    offset = through * (1.0 / on_chord - 1.0 / direct)
    columns[C.slope_direct + side, i], columns[C.offset_direct + side, i] = direct, offset
    total, driven = direct, direct * offset
    if filled > 0.0:
        gap = gap_conductance(theta, tangent_resistance(past / filled, R_t, T) + R_f, R_L, chi)
        chord = gap_conductance(theta, columns[C.chord_gap + side, i] + R_f, R_L, chi)
        total += gap
        driven += past * (gap / chord - 1.0)
    columns[C.slope + side, i], columns[C.offset + side, i] = total, driven / total


@inner
def _dry_tangents(bench, side):
    """Fill the tangents of an interface whose contact takes all current, see _tangent."""
    cell, n = whole(bench), bench.n
    columns = cell.columns
    theta, R_t, R_f, R_s = (
        columns[C.contact + side],
        columns[C.transfer + side],
        columns[C.film + side],
        columns[C.constriction + side],
    )
    slope, offset, argument, chord = (
        columns[C.slope + side],
        columns[C.offset + side],
        columns[C.argument + side],
        columns[C.chord + side],
    )
    local = columns[C.local]
    for i in range(n):
        offset[i] = R_t[i] / np.sqrt(1.0 + argument[i] ** 2)  # of small changes, until the next loop but one
    for i in range(n):
        slope[i] = 1.0 / ((offset[i] + R_f[i]) / theta[i] + R_s[i])
    for i in range(n):
        offset[i] = local[i] * (chord[i] - offset[i]) / theta[i]


@inner
def _tangents(bench):
    """Replace every interface by its tangent; fill what the columns are then."""
    cell, n = whole(bench), bench.n
    series, source = cell.columns[C.series], cell.columns[C.source]
    for i in range(n):
        series[i] = cell.numbers[N.bulk]
    for i in range(n):
        source[i] = cell.numbers[N.gradient]
    for side in range(sides_of(cell)):
        if cell.numbers[N.chi + side] > 0.0:
            for i in range(n):
                _tangent(bench, side, i)
        else:
            _dry_tangents(bench, side)
        slope, offset = cell.columns[C.slope + side], cell.columns[C.offset + side]
        for i in range(n):
            series[i] += 1.0 / slope[i]
        for i in range(n):
            source[i] += offset[i]
    in_parallel(bench)


@inner
def _shares(bench):
    """Fill the share of the direct contact at the currents that the tangents gave; without a filled gap it is all."""
    cell, n = whole(bench), bench.n
    columns = cell.columns
    for side in range(sides_of(cell)):
        if not cell.numbers[N.chi + side] > 0.0:
            continue
        for i in range(n):
            j = columns[C.local, i]
            if j != 0.0:
                across = (
                    j / columns[C.slope + side, i] + columns[C.offset + side, i] - columns[C.offset_direct + side, i]
                )
                columns[C.share + side, i] = across * columns[C.slope_direct + side, i] / j


@inner
def no_start(bench):
    """Return whether the last solution is no start: its currents flow against that of now, not at all, or are none."""
    cell, n = whole(bench), bench.n
    through = 0.0
    for i in range(n):
        through += cell.columns[C.local, i]
    return not through * cell.numbers[N.current] > 0.0


@inner
def curved_currents(bench):
    """Find the voltage and all currents where charge transfer is curved, by Newton's method from the last solution.

    What is left of the chords' change is squared from pass to pass, so the last pass leaves rounding. Far from the
    solution tangents alone may wander: then each pass also takes the chords as they are. At the end all columns are worked
    out on the chords: what they conduct and the current that they share balance.
    """
    for sweep in range(MOST_SWEEPS):
        _tangents(bench)
        column_voltage(bench)
        _shares(bench)
        if not chords(bench) > STRAIGHT_ENOUGH:
            break
        if sweep >= FREE_SWEEPS:
            linear_currents(bench, C.chord, C.chord_gap)
            chords(bench)
    linear_currents(bench, C.chord, C.chord_gap)
