"""What the integrator is given of a cell, the events it watches, and what is recorded of a moment."""

from ionweld.numerics.compiled import compiled, inner
from ionweld.simulate.bench import (
    DECAYS,
    MOMENT,
    RATES,
    C,
    G,
    N,
    bench_of,
    connected,
    has_cathode,
    run_hooks,
    sides_of,
    whole,
)

# Events that are watched, by their place
BRIDGE_EVENT, FAILED, VOLTAGE_LIMIT, CONTACT_GONE, UPPER_LIMIT, LOWER_LIMIT, CUT_OFF = range(7)
EVENTS = 7

# What is recorded of every cell, before what its mechanisms record
SEEN_VOLTAGE, SEEN_PEAK, SEEN_RESISTANCE, SEEN_CURRENT, SEEN_CHARGE = range(5)
SEEN_ALWAYS = 5
FROM_NUMBERS, FROM_COLUMNS, FROM_STATES, FROM_SHARED = range(4)
VALUE, MEAN, SUM, MAX, MIN = range(5)


@compiled
def evaluate(t, y, wiring):
    """Fill all that is worked out anew at every moment, the voltage among the numbers."""
    run_hooks(MOMENT, t, bench_of(y, y, wiring), wiring)


@compiled
def rates(t, y, numbers, wiring, dy):
    """Fill the rates of change; the right-hand side of numerics.ode."""
    dy[:] = 0.0  # much changes at events and between half cycles alone
    bench = bench_of(y, dy, wiring)
    run_hooks(MOMENT, t, bench, wiring)
    run_hooks(RATES, t, bench, wiring)


@compiled
def decays(t, y, numbers, wiring, found):
    """Fill the rates at which states decay by themselves, at the moment for which `rates` were asked last."""
    found[:] = 0.0
    run_hooks(DECAYS, t, bench_of(y, found, wiring), wiring)


@inner
def _contact_lost(bench):
    """Return by how much the worst interface lies below its limit of connected area: negative while none does."""
    cell, lost = whole(bench), -1.0
    for side in range(sides_of(cell)):
        at_assembly = connected(cell.columns[C.assembly + side], cell.numbers[N.chi_start + side])
        now = connected(cell.columns[C.contact + side], cell.numbers[N.chi + side])
        lost = max(lost, cell.numbers[N.contact_lost] * at_assembly - now)
    return lost


@compiled
def watched(t, y, numbers, wiring, values):
    """Fill by how much each event has happened, at the moment for which `rates` were asked last."""
    bench = bench_of(y, y, wiring)
    cell = whole(bench)
    numbers = cell.numbers
    current, voltage, loaded = numbers[N.current], numbers[N.voltage], numbers[N.current] != 0.0
    failing = numbers[N.failure] * numbers[N.first_resistance] * abs(current)  # of resistance: stages may differ
    values[BRIDGE_EVENT] = numbers[N.longest] - 1.0
    values[FAILED] = failing - abs(voltage) if loaded else -1.0
    values[VOLTAGE_LIMIT] = abs(voltage) - numbers[N.limit] if loaded else -1.0
    values[CONTACT_GONE] = _contact_lost(bench)
    held = numbers[N.held] > 0.0
    values[UPPER_LIMIT] = voltage - numbers[N.upper] if current > 0.0 and not held else -1.0
    values[LOWER_LIMIT] = numbers[N.lower] - voltage if current < 0.0 else -1.0
    values[CUT_OFF] = numbers[N.cut_off] - current if held else -1.0


@inner
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
def _peak(bench):
    """Return the largest over the mean of the columns' currents; without current, of their conductances."""
    cell, n = whole(bench), bench.n
    if not has_cathode(cell):
        return 1.0 / _reduced(cell.columns[C.resistance], n, MIN) / cell.numbers[N.conductance]
    mean = _reduced(cell.columns[C.flow], n, MEAN)
    return _reduced(cell.columns[C.flow], n, MAX) / mean if mean > 0.0 else 1.0


@compiled
def see(t, y, wiring, plan, row):
    """Write what is recorded of a state into one row. plan: where from, which place, and how it is reduced."""
    evaluate(t, y, wiring)
    bench = bench_of(y, y, wiring)
    cell, n = whole(bench), bench.n
    conductance = cell.numbers[N.conductance]
    if has_cathode(cell):
        conductance = 0.0
        for i in range(n):
            conductance += 1.0 / cell.columns[C.resistance, i] / n
    row[SEEN_VOLTAGE] = cell.numbers[N.voltage]
    row[SEEN_PEAK] = _peak(bench)
    row[SEEN_RESISTANCE] = 1.0 / conductance
    row[SEEN_CURRENT] = cell.numbers[N.current]
    row[SEEN_CHARGE] = cell.shared[G.charge] + cell.shared[G.charge_past]
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
