"""Columns in parallel whose interfaces are known: their resistances, the voltage that they share, and their currents."""

import numpy as np

from ionweld.laws.cathode import full_cell_voltage
from ionweld.laws.filament import cell_voltage
from ionweld.laws.interface import direct_conductance, gap_conductance
from ionweld.numerics.compiled import inner
from ionweld.simulate.bench import C, N, has_cathode, sides_of, whole

MOST_PASSES = 200  # of the search for the voltage; two or three do, and each can only halve what is left


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
    in_parallel(bench)


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
def in_parallel(bench):
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
def _current_at(bench, voltage):
    """Return the current density that a held voltage drives, through the columns and past them."""
    cell, n = whole(bench), bench.n
    local, leak, through, past = cell.columns[C.local], cell.columns[C.leak], 0.0, 0.0
    for i in range(n):
        through += local[i]
        past += leak[i]
    return (cell.numbers[N.active] * through + past * voltage) / n


@inner
def _full_voltage(bench):
    """Return the voltage of columns with cathodes, and fill their currents."""
    cell, n = whole(bench), bench.n
    columns, voltage = cell.columns, cell.numbers[N.held]
    if voltage > 0.0:
        _voltage_of_branches(bench, voltage)
    else:
        voltage = _shared_voltage(bench)
    potential, source, resistance = columns[C.potential], columns[C.source], columns[C.resistance]
    local, flow, sign = columns[C.local], columns[C.flow], 1.0 if cell.numbers[N.current] > 0.0 else -1.0
    for i in range(n):
        local[i] = (voltage - (potential[i] + source[i])) / resistance[i]
    for i in range(n):
        flow[i] = max(0.0, sign * local[i])
    if cell.numbers[N.held] > 0.0:
        cell.numbers[N.current] = _current_at(bench, voltage)
    return voltage


@inner
def column_voltage(bench):
    return _full_voltage(bench) if has_cathode(whole(bench)) else _symmetric_voltage(bench)


@inner
def linear_currents(bench, touching, filled):
    """Find the voltage and all currents, once the charge transfer is known, see _interfaces."""
    cell, n = whole(bench), bench.n
    source = cell.columns[C.source]
    for i in range(n):
        source[i] = cell.numbers[N.gradient]
    _interfaces(bench, touching, filled)
    cell.numbers[N.voltage] = column_voltage(bench)
