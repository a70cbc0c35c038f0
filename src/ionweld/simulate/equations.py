"""The equations of columns in parallel, each a pellet with its lithium interfaces and, in a full cell, its cathode.

Everything is SI; time runs from the first current. Current is positive on charge: then lithium is plated at the negative
electrode. What happens at the interfaces and beside the columns is the mechanisms' (simulate.mechanisms): they fill what
a moment needs, this file puts it together. A symmetric cell has two lithium interfaces per column; a full cell one, and
its columns have a voltage of their own.
"""

import numpy as np

from ionweld.laws.cathode import full_cell_voltage
from ionweld.laws.filament import cell_voltage
from ionweld.laws.interface import direct_conductance, gap_conductance
from ionweld.laws.kinetics import chord_resistance, tangent_resistance
from ionweld.numerics.compiled import callback, compiled
from ionweld.numerics.ode import RIGHT_HAND_SIDE, WATCH
from ionweld.simulate.bench import (
    MOMENT,
    RATES,
    W_CATHODE,
    C,
    G,
    N,
    bench_of,
    connected,
    run_hooks,
    sides_of,
    whole,
)
from ionweld.simulate.layout import NEGATIVE, POSITIVE

# Events that are watched, by their place
BRIDGE_EVENT, FAILED, VOLTAGE_LIMIT, CONTACT_GONE, UPPER_LIMIT, LOWER_LIMIT = range(6)
EVENTS = 6
MOST_SWEEPS, STRAIGHT_ENOUGH = 60, 1e-12  # of the search for the charge transfer at its own current; each closes most
MOST_PASSES = 200  # of the search for the voltage; two or three do, and each can only halve what is left

# What is recorded of every cell, before what its mechanisms record
SEEN_VOLTAGE, SEEN_PEAK, SEEN_RESISTANCE = range(3)
SEEN_ALWAYS = 3
FROM_NUMBERS, FROM_COLUMNS, FROM_STATES, FROM_SHARED = range(4)
VALUE, MEAN, SUM, MAX, MIN = range(5)


@compiled
def _clear(cell, n):
    """Make nothing of what mechanisms add to; contact is that at assembly until a mechanism says otherwise."""
    cell.numbers[N.shunt] = cell.numbers[N.longest] = 0.0
    for side in range(sides_of(cell)):
        cell.numbers[N.chi + side] = cell.numbers[N.chi_start + side]
        for i in range(n):
            cell.columns[C.constriction + side, i] = 0.0
            cell.columns[C.contact + side, i] = cell.columns[C.assembly + side, i]
            cell.columns[C.transfer + side, i] = cell.columns[C.layer + side, i] = 0.0
    for i in range(n):
        cell.columns[C.leak, i] = cell.columns[C.filament, i] = 0.0


@compiled
def _interfaces(cell, n):
    """Fill the resistances of the columns without cathode, and the share of the direct contact."""
    numbers, columns = cell.numbers, cell.columns
    for i in range(n):
        columns[C.series, i] = numbers[N.bulk]
    for side in range(sides_of(cell)):
        chi = numbers[N.chi + side]
        for i in range(n):
            theta = columns[C.contact + side, i]
            R_L, R_s = columns[C.layer + side, i], columns[C.constriction + side, i]
            direct = direct_conductance(theta, columns[C.chord + side, i], R_L, R_s, chi)
            total = direct + gap_conductance(theta, columns[C.chord_gap + side, i], R_L, chi)
            columns[C.share + side, i] = direct / total
            columns[C.series, i] += 1.0 / total
    conductance = 0.0
    for i in range(n):
        conductance += 1.0 / columns[C.series, i]
    numbers[N.conductance] = conductance / n


@compiled
def _symmetric_voltage(cell, n):
    """Return the voltage of columns that have none of their own, and fill their currents."""
    columns, driven = cell.columns, 0.0
    for i in range(n):
        driven += columns[C.source, i] / columns[C.series, i]
    current = cell.numbers[N.current] + driven / n
    voltage = cell_voltage(current, cell.numbers[N.conductance], cell.numbers[N.shunt])
    for i in range(n):
        columns[C.resistance, i] = columns[C.series, i]
        columns[C.local, i] = (voltage - columns[C.source, i]) / columns[C.resistance, i]
        columns[C.flow, i] = abs(columns[C.local, i])
    return voltage


@compiled
def _voltage_of_branches(cell, n, voltage):
    """Fill the resistances of columns that take or give charge as at this voltage; return the voltage that follows."""
    columns, active = cell.columns, cell.numbers[N.active]
    driven, conductance = 0.0, 0.0
    for i in range(n):
        own = columns[C.potential, i] + columns[C.source, i]
        branch = C.charging if voltage > own else C.discharging
        columns[C.resistance, i] = columns[C.series, i] + columns[branch, i]
        driven += active * own / columns[C.resistance, i]
        conductance += active / columns[C.resistance, i] + columns[C.leak, i]
    return full_cell_voltage(cell.numbers[N.current], driven / n, conductance / n)


@compiled
def _same_branches(cell, n, one, other):
    same = True
    for i in range(n):
        own = cell.columns[C.potential, i] + cell.columns[C.source, i]
        same &= (one > own) == (other > own)
    return same


@compiled
def _shared_voltage(cell, n):
    """Return the voltage at which every column takes or gives charge as its own branch says.

    A column's resistance depends on whether it is charged or discharged, so the current is piecewise linear in the
    voltage. It rises throughout: Newton's method between bounds that close finds the one solution.
    """
    low, high = -np.inf, np.inf
    voltage = high if cell.numbers[N.current] > 0.0 else low
    for _ in range(MOST_PASSES):
        found = _voltage_of_branches(cell, n, voltage)
        if np.isnan(found) or _same_branches(cell, n, voltage, found):  # not a number: a trial step went too far
            return found
        if found > voltage:
            low = voltage
        else:
            high = voltage
        voltage = found if low < found < high else 0.5 * (low + high)
    return voltage


@compiled
def _full_voltage(cell, n):
    """Return the voltage of columns with cathodes, and fill their currents."""
    columns = cell.columns
    voltage = _shared_voltage(cell, n)
    charging = cell.numbers[N.current] > 0.0
    for i in range(n):
        own = columns[C.potential, i] + columns[C.source, i]
        columns[C.local, i] = (voltage - own) / columns[C.resistance, i]
        columns[C.flow, i] = max(0.0, columns[C.local, i] if charging else -columns[C.local, i])
    return voltage


@compiled
def _chords(cell, n):
    """Take the charge transfer at the currents found; return the largest relative change that this makes to a path.

    A change counts by the share of the current that its path carries: a gap that carries next to nothing is rounding.
    """
    columns, T, changed = cell.columns, cell.numbers[N.curved_at], 0.0
    for side in range(sides_of(cell)):
        chi = cell.numbers[N.chi + side]
        for i in range(n):
            R_t, j, theta = columns[C.transfer + side, i], columns[C.local, i], columns[C.contact + side, i]
            share = columns[C.share + side, i]
            touching = chord_resistance(j * share / theta, R_t, T)
            changed = max(changed, share * abs(touching / columns[C.chord + side, i] - 1.0))
            columns[C.chord + side, i] = touching
            if chi * (1.0 - theta) > 0.0:
                filled = chord_resistance(j * (1.0 - share) / (chi * (1.0 - theta)), R_t, T)
                changed = max(changed, (1.0 - share) * abs(filled / columns[C.chord_gap + side, i] - 1.0))
                columns[C.chord_gap + side, i] = filled
    return changed


@compiled
def _tangent(cell, side, i):
    """Fill the tangent of one interface at its current: the conductances for small changes, and voltages at none."""
    columns, T, chi = cell.columns, cell.numbers[N.curved_at], cell.numbers[N.chi + side]
    theta, R_t, R_L = columns[C.contact + side, i], columns[C.transfer + side, i], columns[C.layer + side, i]
    R_s, j, share = columns[C.constriction + side, i], columns[C.local, i], columns[C.share + side, i]
    through, past, filled = j * share, j * (1.0 - share), chi * (1.0 - theta)
    direct = direct_conductance(theta, tangent_resistance(through / theta, R_t, T), R_L, R_s, chi)
    offset = through * (1.0 / direct_conductance(theta, columns[C.chord + side, i], R_L, R_s, chi) - 1.0 / direct)
    columns[C.slope_direct + side, i], columns[C.offset_direct + side, i] = direct, offset
    total, driven = direct, direct * offset
    if filled > 0.0:
        gap = gap_conductance(theta, tangent_resistance(past / filled, R_t, T), R_L, chi)
        chord = gap_conductance(theta, columns[C.chord_gap + side, i], R_L, chi)
        total += gap
        driven += past * (gap / chord - 1.0)
    columns[C.slope + side, i], columns[C.offset + side, i] = total, driven / total


@compiled
def _tangents(cell, n):
    """Replace every interface by its tangent; fill what the columns are then."""
    columns, conductance = cell.columns, 0.0
    for i in range(n):
        columns[C.series, i], columns[C.source, i] = cell.numbers[N.bulk], 0.0
        for side in range(sides_of(cell)):
            _tangent(cell, side, i)
            columns[C.series, i] += 1.0 / columns[C.slope + side, i]
            columns[C.source, i] += columns[C.offset + side, i]
        conductance += 1.0 / columns[C.series, i]
    cell.numbers[N.conductance] = conductance / n


@compiled
def _shares(cell, n):
    """Fill the share of the direct contact at the currents that the tangents gave."""
    columns = cell.columns
    for side in range(sides_of(cell)):
        for i in range(n):
            j = columns[C.local, i]
            if j != 0.0:
                across = (
                    j / columns[C.slope + side, i] + columns[C.offset + side, i] - columns[C.offset_direct + side, i]
                )
                columns[C.share + side, i] = across * columns[C.slope_direct + side, i] / j


@compiled
def _voltage(cell, n, full):
    return _full_voltage(cell, n) if full else _symmetric_voltage(cell, n)


@compiled
def _begin(cell, n, curved):
    """Start from the chords of the last solution; from the resistance at no current where there is none, or no curve."""
    columns = cell.columns
    for i in range(n):
        columns[C.source, i] = 0.0
        for side in range(sides_of(cell)):
            R_t = columns[C.transfer + side, i]
            if not curved or not 0.0 < columns[C.chord + side, i] <= R_t:
                columns[C.chord + side, i] = R_t
            if not curved or not 0.0 < columns[C.chord_gap + side, i] <= R_t:
                columns[C.chord_gap + side, i] = R_t


@compiled
def _solve(cell, n, full):
    """Find the voltage and all currents; where charge transfer is curved, by Newton's method from the last solution."""
    curved = cell.numbers[N.curved_at] > 0.0
    for sweep in range(MOST_SWEEPS):
        _begin(cell, n, curved)
        _interfaces(cell, n)
        cell.numbers[N.voltage] = _voltage(cell, n, full)
        last = sweep == MOST_SWEEPS - 1  # what is left then is chords and their currents, which balance
        if not curved or last or not _chords(cell, n) > STRAIGHT_ENOUGH:
            break
        _tangents(cell, n)
        _voltage(cell, n, full)
        _shares(cell, n)
        _chords(cell, n)


@compiled
def evaluate(t, y, dy, wiring):
    """Fill all that is worked out anew at every evaluation; return the cell, with the voltage among its numbers."""
    bench = bench_of(y, dy, wiring)
    cell = whole(bench)
    _clear(cell, bench.n)
    run_hooks(MOMENT, t, bench, wiring)
    for i in range(bench.n):
        cell.columns[C.leak, i] += cell.numbers[N.shunt]
    _solve(cell, bench.n, wiring[W_CATHODE])
    return bench, cell


@compiled
def work_out(t, y, wiring):
    """Fill all that is worked out anew at every evaluation; for Python, which cannot hold what `evaluate` returns."""
    evaluate(t, y, y, wiring)


@compiled
def _book(cell, n, full):
    """Fill the rates of charge and of lithium in the foils."""
    numbers, rates, columns = cell.numbers, cell.shared_rates, cell.columns
    voltage, v = numbers[N.voltage], numbers[N.v_li]
    if full:
        through, past = 0.0, 0.0
        for i in range(n):
            through += numbers[N.active] * columns[C.local, i] / n
            past += columns[C.leak, i] * voltage / n
    else:
        through, past = voltage * numbers[N.conductance], voltage * numbers[N.shunt]
    rates[G.charge], rates[G.charge_past], rates[G.voltage_time] = through, past, abs(voltage)
    rates[G.lithium + NEGATIVE] = v * through - numbers[N.sunk + NEGATIVE]
    rates[G.lithium + POSITIVE] = -v * through - numbers[N.sunk + POSITIVE]


@callback(RIGHT_HAND_SIDE)
def rates(t, y, numbers, wiring, dy):
    dy[:] = 0.0  # much changes at events and between half cycles alone
    bench, cell = evaluate(t, y, dy, wiring)
    cell.numbers[N.sunk + NEGATIVE] = cell.numbers[N.sunk + POSITIVE] = 0.0
    run_hooks(RATES, t, bench, wiring)
    _book(cell, bench.n, wiring[W_CATHODE])


@compiled
def _contact_lost(cell, n):
    """Return by how much the worst interface lies below its limit of connected area: negative while none does."""
    lost = -1.0
    for side in range(sides_of(cell)):
        at_assembly = connected(cell.columns[C.assembly + side], cell.numbers[N.chi_start + side])
        now = connected(cell.columns[C.contact + side], cell.numbers[N.chi + side])
        lost = max(lost, cell.numbers[N.contact_lost] * at_assembly - now)
    return lost


@callback(WATCH)
def watched(t, y, numbers, wiring, values):
    bench, cell = evaluate(t, y, y, wiring)
    numbers = cell.numbers
    current, voltage, loaded = numbers[N.current], numbers[N.voltage], numbers[N.current] != 0.0
    failing = numbers[N.failure] * numbers[N.first_resistance] * abs(current)  # of resistance: stages may differ
    values[BRIDGE_EVENT] = numbers[N.longest] - 1.0
    values[FAILED] = failing - abs(voltage) if loaded else -1.0
    values[VOLTAGE_LIMIT] = abs(voltage) - numbers[N.limit] if loaded else -1.0
    values[CONTACT_GONE] = _contact_lost(cell, bench.n)
    values[UPPER_LIMIT] = voltage - numbers[N.upper] if current > 0.0 else -1.0
    values[LOWER_LIMIT] = numbers[N.lower] - voltage if current < 0.0 else -1.0


@compiled
def _reduced(row, n, how):
    """Return the mean, sum, largest or smallest of a row of n columns."""
    if how in (MEAN, SUM):
        total = 0.0
        for i in range(n):
            total += row[i]
        return total / n if how == MEAN else total
    best = row[0]
    for i in range(n):
        best = max(best, row[i]) if how == MAX else min(best, row[i])
    return best


@compiled
def _peak(cell, n, full):
    """Return the largest over the mean of the columns' currents; without current, of their conductances."""
    if not full:
        return 1.0 / _reduced(cell.columns[C.resistance], n, MIN) / cell.numbers[N.conductance]
    mean = _reduced(cell.columns[C.flow], n, MEAN)
    return _reduced(cell.columns[C.flow], n, MAX) / mean if mean > 0.0 else 1.0


@compiled
def see(t, y, wiring, plan, row):
    """Write what is recorded of a state into one row. plan: where from, which place, and how it is reduced."""
    bench, cell = evaluate(t, y, y, wiring)
    n, full = bench.n, wiring[W_CATHODE]
    conductance = 0.0
    for i in range(n):
        conductance += 1.0 / cell.columns[C.resistance, i] / n
    row[SEEN_VOLTAGE] = cell.numbers[N.voltage]
    row[SEEN_PEAK] = _peak(cell, n, full)
    row[SEEN_RESISTANCE] = 1.0 / (conductance if full else cell.numbers[N.conductance])
    for i in range(plan.shape[0]):
        source, place, how = plan[i]
        if source == FROM_NUMBERS:
            row[SEEN_ALWAYS + i] = cell.numbers[place]
        elif source == FROM_COLUMNS:
            row[SEEN_ALWAYS + i] = _reduced(cell.columns[place], n, how)
        elif source == FROM_STATES:
            row[SEEN_ALWAYS + i] = _reduced(cell.states[place], n, how)
        else:
            row[SEEN_ALWAYS + i] = cell.shared[place]
