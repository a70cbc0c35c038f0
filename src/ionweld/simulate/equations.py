"""The equations of columns in parallel, each a pellet with its lithium interfaces and, in a full cell, its cathode.

Everything is SI; time runs from the first current. Current is positive on charge: then lithium is plated at the negative
electrode. What happens at the interfaces and beside the columns is the mechanisms' (simulate.mechanisms): they fill what
a moment needs, this file puts it together. It does so as a mechanism would, by hooks: `begin` before those of all
mechanisms, `solve` and `book` after them. A symmetric cell has two lithium interfaces per column; a full cell one, and
its columns have a voltage of their own.
"""

import numpy as np

from ionweld.laws.assembly import widened_contact
from ionweld.laws.cathode import full_cell_voltage
from ionweld.laws.filament import cell_voltage
from ionweld.laws.interface import direct_conductance, gap_conductance
from ionweld.laws.kinetics import chord_resistance, tangent_resistance
from ionweld.numerics.compiled import inner
from ionweld.simulate.bench import MOMENT, RATES, C, G, N, has_cathode, hook, sides_of, whole
from ionweld.simulate.layout import NEGATIVE, POSITIVE

MOST_SWEEPS, STRAIGHT_ENOUGH = 60, 1e-7  # of the search for charge transfer at its own current; the next is the square
FREE_SWEEPS = 3  # of tangents alone; two do within a half cycle
MOST_PASSES = 200  # of the search for the voltage; two or three do, and each can only halve what is left


@inner
def _nothing(bench, row):
    """Make nothing of a number of each column."""
    of_each = whole(bench).columns[row]
    for i in range(bench.n):
        of_each[i] = 0.0


@hook
def begin(t, at, bench):
    """Make nothing of what mechanisms add to; contact is as it was pressed until a mechanism says otherwise."""
    cell, n = whole(bench), bench.n
    columns, widened = cell.columns, widened_contact(cell.shared[G.pressed_dose], cell.numbers[N.creep_exponent])
    cell.numbers[N.widened] = widened
    cell.numbers[N.shunt] = cell.numbers[N.longest] = 0.0
    cell.numbers[N.sunk + NEGATIVE] = cell.numbers[N.sunk + POSITIVE] = 0.0
    for side in range(sides_of(cell)):
        cell.numbers[N.chi + side] = cell.numbers[N.chi_start + side]
        assembly, pressed, contact = columns[C.assembly + side], columns[C.pressed + side], columns[C.contact + side]
        for i in range(n):
            pressed[i] = min(1.0, widened * assembly[i])
        for i in range(n):
            contact[i] = pressed[i]
        for row in (C.transfer, C.film, C.layer, C.constriction):
            _nothing(bench, row + side)
    _nothing(bench, C.leak)
    _nothing(bench, C.filament)


@inner
def _interfaces(bench, touching, filled):
    """Fill the resistances of the columns without cathode, and the share of the direct contact.

    touching, filled: where the charge transfer of the contact and of the filled gap stands.
    """
    cell, n = whole(bench), bench.n
    series = cell.columns[C.series]
    for i in range(n):
        series[i] = cell.numbers[N.bulk]
    for side in range(sides_of(cell)):
        _paths(bench, side, touching + side, filled + side)
        share, total = cell.columns[C.share + side], cell.columns[C.slope + side]
        for i in range(n):
            series[i] += 1.0 / total[i]
        for i in range(n):
            share[i] = share[i] / total[i]
    _in_parallel(bench)


@inner
def _paths(bench, side, touching, filled):
    """Fill the conductance of an interface, and that of its direct contact where the share of it will be.

    Loops over a few rows at a time, which a processor takes in fours.
    """
    cell, n = whole(bench), bench.n
    columns, chi = cell.columns, cell.numbers[N.chi + side]
    theta, R_L, R_s = columns[C.contact + side], columns[C.layer + side], columns[C.constriction + side]
    R_t, R_t_gap, R_f = columns[touching], columns[filled], columns[C.film + side]
    direct, total = columns[C.share + side], columns[C.slope + side]
    for i in range(n):
        direct[i] = direct_conductance(theta[i], R_t[i] + R_f[i], R_L[i], R_s[i], chi)
    for i in range(n):
        total[i] = direct[i]
    if chi > 0.0:
        for i in range(n):
            total[i] += gap_conductance(theta[i], R_t_gap[i] + R_f[i], R_L[i], chi)


@inner
def _in_parallel(bench):
    """Fill what each column conducts, and all of them."""
    cell, n = whole(bench), bench.n
    conducts, series, conductance = cell.columns[C.conducts], cell.columns[C.series], 0.0
    for i in range(n):
        conducts[i] = 1.0 / series[i]
    for i in range(n):
        conductance += conducts[i]
    cell.numbers[N.conductance] = conductance / n


@inner
def _symmetric_voltage(bench):
    """Return the voltage of columns that have none of their own, and fill their currents."""
    cell, n = whole(bench), bench.n
    columns, driven = cell.columns, 0.0
    conducts, source, local, flow = columns[C.conducts], columns[C.source], columns[C.local], columns[C.flow]
    for i in range(n):
        driven += source[i] * conducts[i]
    current = cell.numbers[N.current] + driven / n
    voltage = cell_voltage(current, cell.numbers[N.conductance], cell.numbers[N.shunt])
    for i in range(n):
        local[i] = (voltage - source[i]) * conducts[i]
    for i in range(n):
        flow[i] = abs(local[i])
    for i in range(n):
        columns[C.resistance, i] = columns[C.series, i]
    return voltage


@inner
def _voltage_of_branches(bench, voltage):
    """Fill the resistances of columns that take or give charge as at this voltage; return the voltage that follows."""
    cell, n = whole(bench), bench.n
    columns, active, driven, conductance = cell.columns, cell.numbers[N.active], 0.0, 0.0
    potential, source, leak, series = columns[C.potential], columns[C.source], columns[C.leak], columns[C.series]
    charging, discharging, resistance = columns[C.charging], columns[C.discharging], columns[C.resistance]
    for i in range(n):
        branch = charging[i] if voltage > potential[i] + source[i] else discharging[i]
        resistance[i] = series[i] + branch
    for i in range(n):
        through = active / resistance[i]
        driven += (potential[i] + source[i]) * through
        conductance += through + leak[i]
    return full_cell_voltage(cell.numbers[N.current], driven / n, conductance / n)


@inner
def _same_branches(bench, one, other):
    cell, n = whole(bench), bench.n
    potential, source, same = cell.columns[C.potential], cell.columns[C.source], True
    for i in range(n):
        own = potential[i] + source[i]
        same &= (one > own) == (other > own)
    return same


@inner
def _shared_voltage(bench):
    """Return the voltage at which every column takes or gives charge as its own branch says.

    A column's resistance depends on whether it is charged or discharged, so the current is piecewise linear in the
    voltage. It rises throughout: Newton's method between bounds that close finds the one solution, from the last one, which
    mostly lies on the same branches.
    """
    low, high, voltage = -np.inf, np.inf, whole(bench).numbers[N.voltage]
    if not np.isfinite(voltage):  # a trial step had none
        voltage = 0.0
    for _ in range(MOST_PASSES):
        found = _voltage_of_branches(bench, voltage)
        if np.isnan(found) or _same_branches(bench, voltage, found):  # not a number: a trial step went too far
            return found
        if found > voltage:
            low = voltage
        else:
            high = voltage
        voltage = found if low < found < high else 0.5 * (low + high)
    return voltage


@inner
def _full_voltage(bench):
    """Return the voltage of columns with cathodes, and fill their currents."""
    cell, n = whole(bench), bench.n
    columns, voltage = cell.columns, _shared_voltage(bench)
    potential, source, resistance = columns[C.potential], columns[C.source], columns[C.resistance]
    local, flow, sign = columns[C.local], columns[C.flow], 1.0 if cell.numbers[N.current] > 0.0 else -1.0
    for i in range(n):
        local[i] = (voltage - (potential[i] + source[i])) / resistance[i]
    for i in range(n):
        flow[i] = max(0.0, sign * local[i])
    return voltage


@inner
def _chords(bench):
    """Take the charge transfer at the currents found; return the largest relative change that this makes to a path.

    A change counts by the share of the current that its path carries: a gap that carries next to nothing is rounding.
    """
    cell, n = whole(bench), bench.n
    columns, T, changed = cell.columns, cell.numbers[N.curved_at], 0.0
    for side in range(sides_of(cell)):
        chi = cell.numbers[N.chi + side]
        for i in range(n):
            R_t, j, theta = columns[C.transfer + side, i], columns[C.local, i], columns[C.contact + side, i]
            share = columns[C.share + side, i]
            touching = filled = chord_resistance(j * share / theta, R_t, T)
            changed = max(changed, share * abs(touching / columns[C.chord + side, i] - 1.0))
            columns[C.chord + side, i] = touching
            if chi * (1.0 - theta) > 0.0:
                filled = chord_resistance(j * (1.0 - share) / (chi * (1.0 - theta)), R_t, T)
                changed = max(changed, (1.0 - share) * abs(filled / columns[C.chord_gap + side, i] - 1.0))
            columns[C.chord_gap + side, i] = filled
    return changed


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
def _tangents(bench):
    """Replace every interface by its tangent; fill what the columns are then."""
    cell, n = whole(bench), bench.n
    columns = cell.columns
    for i in range(n):
        columns[C.series, i], columns[C.source, i] = cell.numbers[N.bulk], 0.0
        for side in range(sides_of(cell)):
            _tangent(bench, side, i)
            columns[C.series, i] += 1.0 / columns[C.slope + side, i]
            columns[C.source, i] += columns[C.offset + side, i]
    _in_parallel(bench)


@inner
def _shares(bench):
    """Fill the share of the direct contact at the currents that the tangents gave."""
    cell, n = whole(bench), bench.n
    columns = cell.columns
    for side in range(sides_of(cell)):
        for i in range(n):
            j = columns[C.local, i]
            if j != 0.0:
                across = (
                    j / columns[C.slope + side, i] + columns[C.offset + side, i] - columns[C.offset_direct + side, i]
                )
                columns[C.share + side, i] = across * columns[C.slope_direct + side, i] / j


@inner
def _voltage(bench):
    return _full_voltage(bench) if has_cathode(whole(bench)) else _symmetric_voltage(bench)


@inner
def _linear(bench, touching, filled):
    """Find the voltage and all currents, once the charge transfer is known, see _interfaces."""
    cell, n = whole(bench), bench.n
    source = cell.columns[C.source]
    for i in range(n):
        source[i] = 0.0
    _interfaces(bench, touching, filled)
    cell.numbers[N.voltage] = _voltage(bench)


@inner
def _no_start(bench):
    """Return whether the last solution is no start: its currents flow against that of now, not at all, or are none."""
    cell, n = whole(bench), bench.n
    through = 0.0
    for i in range(n):
        through += cell.columns[C.local, i]
    return not through * cell.numbers[N.current] > 0.0


@inner
def _curved(bench):
    """Find the voltage and all currents where charge transfer is curved, by Newton's method from the last solution.

    What is left of the chords' change is squared from pass to pass, so the last pass leaves rounding. Far from the
    solution tangents alone may wander: then each pass also takes the chords as they are. At the end all columns are worked
    out on the chords: what they conduct and the current that they share balance.
    """
    for sweep in range(MOST_SWEEPS):
        _tangents(bench)
        _voltage(bench)
        _shares(bench)
        if not _chords(bench) > STRAIGHT_ENOUGH:
            break
        if sweep >= FREE_SWEEPS:
            _linear(bench, C.chord, C.chord_gap)
            _chords(bench)
    _linear(bench, C.chord, C.chord_gap)


@inner
def _found(bench):
    """Find the voltage and all currents. (What numba inlines into a hook it compiles anew for functions: hence apart.)"""
    curved = whole(bench).numbers[N.curved_at] > 0.0
    if not curved or _no_start(bench):  # as at no current
        _linear(bench, C.transfer, C.transfer)
    if curved:
        _chords(bench)
        _curved(bench)


@hook
def solve(t, at, bench):
    """Find the voltage and the currents of all columns, once the mechanisms have said what they meet."""
    cell = whole(bench)
    for i in range(bench.n):
        cell.columns[C.leak, i] += cell.numbers[N.shunt]
    _found(bench)


@hook
def book(t, at, bench):
    """Fill the rates of charge and of lithium in the foils, once the mechanisms have said theirs."""
    cell, n = whole(bench), bench.n
    numbers, rates, columns = cell.numbers, cell.shared_rates, cell.columns
    voltage, v = numbers[N.voltage], numbers[N.v_li]
    if has_cathode(cell):
        through, past = 0.0, 0.0
        for i in range(n):
            through += columns[C.local, i]
            past += columns[C.leak, i]
        through, past = numbers[N.active] * through / n, past * voltage / n
    else:
        through, past = voltage * numbers[N.conductance], voltage * numbers[N.shunt]
    rates[G.pressed_dose] = numbers[N.pressing]
    rates[G.charge], rates[G.charge_past], rates[G.voltage_time] = through, past, abs(voltage)
    rates[G.lithium + NEGATIVE] = v * through - numbers[N.sunk + NEGATIVE]
    rates[G.lithium + POSITIVE] = -v * through - numbers[N.sunk + POSITIVE]


FIRST, LAST = {MOMENT: begin}, {MOMENT: solve, RATES: book}
