"""The equations of columns in parallel, each a pellet with its lithium interfaces and, in a full cell, its cathode.

Everything is SI; time runs from the first current. Current is positive on charge: then lithium is plated at the negative
electrode. What happens at the interfaces and beside the columns is the mechanisms' (simulate.mechanisms): they fill what
a moment needs, this file puts it together. It does so as a mechanism would, by hooks: `begin` before those of all
mechanisms, `solve` and `book` after them. A symmetric cell has two lithium interfaces per column; a full cell one, and
its columns have a voltage of their own.
"""

from ionweld.laws.assembly import widened_contact
from ionweld.numerics.compiled import inner
from ionweld.simulate.bench import MOMENT, RATES, C, G, N, has_cathode, hook, sides_of, whole
from ionweld.simulate.columns import linear_currents
from ionweld.simulate.curved import chords, curved_currents, no_start
from ionweld.simulate.layout import NEGATIVE, POSITIVE


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
    cell.numbers[N.shunt] = cell.numbers[N.longest] = cell.numbers[N.gradient] = 0.0
    cell.numbers[N.salt_left + NEGATIVE] = cell.numbers[N.salt_left + POSITIVE] = 1.0
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
def _found(bench):
    """Find the voltage and all currents. (What numba inlines into a hook it compiles anew for functions: hence apart.)"""
    curved = whole(bench).numbers[N.curved_at] > 0.0
    if not curved or no_start(bench):  # as at no current
        linear_currents(bench, C.transfer, C.transfer)
    if curved:
        chords(bench)
        curved_currents(bench)


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
        through, past = (voltage - numbers[N.gradient]) * numbers[N.conductance], voltage * numbers[N.shunt]
    rates[G.pressed_dose] = numbers[N.pressing]
    rates[G.charge], rates[G.charge_past], rates[G.voltage_time] = through, past, abs(voltage)
    rates[G.lithium + NEGATIVE] = v * through - numbers[N.sunk + NEGATIVE]
    rates[G.lithium + POSITIVE] = -v * through - numbers[N.sunk + POSITIVE]


FIRST, LAST = {MOMENT: begin}, {MOMENT: solve, RATES: book}
