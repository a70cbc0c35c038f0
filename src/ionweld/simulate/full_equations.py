"""The equations of a full cell, compiled: columns that share the voltage, each with one lithium interface and LiFePO4.

States, in this order, for N columns: those of simulate.equations with one interface (contact N, restorable contact N,
filament N, then STATES_SHARED), then the OWN_STATES below, then the lithiated fraction z of each column (N).
Current is positive on charge. A column's lithium interface and its part of the cathode are in series: a column that
has lost its lithium contact has lost its LiFePO4 too.

    state                what changes it                          what it becomes
    z                    current of the column                    the column's voltage, the depth of the half cycle
    active fraction      falls after each cycle                   the current that a column takes, the charge it holds
    filament             local current above the critical one     a shorter way for electrons
    bridged column       burns back after a half cycle, or not    leaks through the polymer coat alone

The last line is descriptive, not mechanism.
"""

import numpy as np

from ionweld.laws.cathode import cathode_resistance, electronic_leak, full_cell_voltage, plateau_potential
from ionweld.numerics.compiled import callback, compiled
from ionweld.numerics.ode import RIGHT_HAND_SIDE, WATCH
from ionweld.simulate.equations import (
    BRIDGED,
    CHARGE,
    CHARGE_SHORT,
    COLUMN_ROWS,
    CONTACT,
    CURRENT,
    FLOW,
    LENGTH,
    LITHIUM,
    NEGATIVE,
    POROSITY,
    POSITIVE,
    RESISTANCE,
    RESTORABLE,
    SCALARS,
    STATES_SHARED,
    V_LI,
    VOLTAGE_TIME,
    X,
    column_resistances,
    contact_lost,
    contact_rates,
    filament_rates,
    layer_rates,
    shared_start,
    shunt,
)

# States of a full cell alone, counted from the end of STATES_SHARED: active fraction a_c of the cathode; energies per
# area (J/m2) supplied, dissipated and stored; lithium in burnt filaments and in faded cathode (m)
OWN_STATES = ("active", "supplied", "dissipated", "stored", "lithium_burnt", "lithium_faded")
ACTIVE, SUPPLIED, DISSIPATED, STORED, BURNT, FADED = range(len(STATES_SHARED), len(STATES_SHARED) + len(OWN_STATES))
BEFORE_Z = len(STATES_SHARED) + len(OWN_STATES)

# Further scalars, after those of simulate.equations
R_C, GROWTH, PLATEAU, EDGE, CAPACITY, SIGMA_E, COAT, UPPER, LOWER = range(SCALARS, SCALARS + 9)
FULL_SCALARS = SCALARS + 9

# Further rows of `columns`, worked out at every evaluation: equilibrium voltage, leak, current density (signed),
# resistance without the cathode
POTENTIAL, LEAK, LOCAL, SERIES = range(COLUMN_ROWS, COLUMN_ROWS + 4)
FULL_COLUMN_ROWS = COLUMN_ROWS + 4
MOST_PASSES = 200  # of the search for the voltage; two or three do, and each can only halve what is left

# Events that are watched
UPPER_LIMIT, LOWER_LIMIT, BRIDGE, CONTACT_GONE = 0, 1, 2, 3
EVENTS = 4

# What is recorded of a state
(
    SEEN_VOLTAGE, SEEN_CONTACT, SEEN_RESTORABLE, SEEN_X, SEEN_POROSITY, SEEN_FILAMENT, SEEN_BRIDGED, SEEN_LEAK,
    SEEN_LITHIATION, SEEN_LOWEST, SEEN_HIGHEST, SEEN_ACTIVE, SEEN_PEAK, SEEN_RESISTANCE,
) = range(14)  # fmt: skip
SEEN = 14


@compiled
def z_start(scalars, n):
    """Return the place of the first column's z."""
    return shared_start(scalars, n) + BEFORE_Z


@compiled
def _voltage_of_branches(y, scalars, columns, voltage):
    """Fill RESISTANCE for columns that take or give charge as at this voltage; return the voltage that follows."""
    n = columns.shape[1]
    active, z_first = y[shared_start(scalars, n) + ACTIVE], z_start(scalars, n)
    driven, conductance = 0.0, 0.0
    for i in range(n):
        left = y[z_first + i] if voltage > columns[POTENTIAL, i] else 1.0 - y[z_first + i]
        columns[RESISTANCE, i] = columns[SERIES, i] + cathode_resistance(scalars[R_C], scalars[GROWTH], left)
        driven += active * columns[POTENTIAL, i] / columns[RESISTANCE, i]
        conductance += active / columns[RESISTANCE, i] + columns[LEAK, i]
    return full_cell_voltage(scalars[CURRENT], driven / n, conductance / n)


@compiled
def _same_branches(columns, one, other):
    return np.all((one > columns[POTENTIAL]) == (other > columns[POTENTIAL]))


@compiled
def _shared_voltage(y, scalars, columns):
    """Return the voltage at which every column takes or gives charge as its own branch says, and fill RESISTANCE.

    A column's resistance depends on whether it is charged or discharged, so the current is piecewise linear in the
    voltage. It rises throughout: Newton's method between bounds that close finds the one solution.
    """
    low, high = -np.inf, np.inf
    voltage = high if scalars[CURRENT] > 0.0 else low
    for _ in range(MOST_PASSES):
        found = _voltage_of_branches(y, scalars, columns, voltage)
        if np.isnan(found) or _same_branches(columns, voltage, found):  # not a number: a trial step went too far
            return found
        if found > voltage:
            low = voltage
        else:
            high = voltage
        voltage = found if low < found < high else 0.5 * (low + high)
    return voltage


@compiled
def full_voltage(t, y, scalars, columns):
    """Fill what is worked out at every evaluation, the currents of the columns included; return the voltage (V)."""
    n = columns.shape[1]
    z_first = z_start(scalars, n)
    column_resistances(t, y, scalars, columns)
    for i in range(n):
        columns[SERIES, i] = columns[RESISTANCE, i]
        columns[POTENTIAL, i] = plateau_potential(y[z_first + i], scalars[PLATEAU], scalars[EDGE])
        columns[LEAK, i] = electronic_leak(scalars[SIGMA_E], scalars[LENGTH], y[2 * n + i], scalars[COAT])
        columns[LEAK, i] += shunt(t, scalars)
    voltage = _shared_voltage(y, scalars, columns)
    charging = scalars[CURRENT] > 0.0
    for i in range(n):
        columns[LOCAL, i] = (voltage - columns[POTENTIAL, i]) / columns[RESISTANCE, i]
        columns[FLOW, i] = max(0.0, columns[LOCAL, i] if charging else -columns[LOCAL, i])
    return voltage


@compiled
def _cathode_rates(y, scalars, columns, voltage, into_filaments, dy):
    """Fill the rates of charge, lithium, energy and lithiation."""
    n = columns.shape[1]
    first, z_first = shared_start(scalars, n), z_start(scalars, n)
    active, v = y[first + ACTIVE], scalars[V_LI]
    through, leak, dissipated, stored = 0.0, 0.0, 0.0, 0.0
    for i in range(n):
        j = columns[LOCAL, i]
        through += active * j / n
        leak += columns[LEAK, i] * voltage / n
        dissipated += (active * j * j * columns[RESISTANCE, i] + columns[LEAK, i] * voltage * voltage) / n
        stored += active * j * columns[POTENTIAL, i] / n
        dy[z_first + i] = -j / scalars[CAPACITY]
    dy[first + CHARGE], dy[first + CHARGE_SHORT], dy[first + VOLTAGE_TIME] = through, leak, abs(voltage)
    dy[first + LITHIUM + NEGATIVE] = v * through - into_filaments
    dy[first + LITHIUM + POSITIVE] = -v * through
    dy[first + SUPPLIED] = scalars[CURRENT] * voltage
    dy[first + DISSIPATED], dy[first + STORED] = dissipated, stored


@callback(RIGHT_HAND_SIDE)
def full_rates(t, y, scalars, columns, dy):
    n = columns.shape[1]
    dy[:] = 0.0  # the active fraction and what is burnt or faded change between half cycles alone
    voltage = full_voltage(t, y, scalars, columns)
    contact_rates(y, scalars, columns, dy)
    into_filaments = filament_rates(scalars, columns, dy)
    layer_rates(y, scalars, n, dy)
    _cathode_rates(y, scalars, columns, voltage, into_filaments, dy)


@compiled
def longest_open(y, scalars, columns):
    """Return the column with the longest filament that has not bridged, and that length over the pellet's; or -1, 0."""
    n, which, longest = columns.shape[1], -1, 0.0
    for i in range(n):
        length = y[2 * n + i] / scalars[LENGTH]
        if columns[BRIDGED, i] == 0.0 and length > longest:
            which, longest = i, length
    return which, longest


@callback(WATCH)
def full_watched(t, y, scalars, columns, values):
    voltage = full_voltage(t, y, scalars, columns)
    values[UPPER_LIMIT] = voltage - scalars[UPPER] if scalars[CURRENT] > 0.0 else -1.0
    values[LOWER_LIMIT] = scalars[LOWER] - voltage if scalars[CURRENT] < 0.0 else -1.0
    values[BRIDGE] = longest_open(y, scalars, columns)[1] - 1.0
    values[CONTACT_GONE] = contact_lost(scalars, columns)


@compiled
def full_see(t, y, scalars, columns, row):
    """Write what is recorded of a state into one row."""
    n = columns.shape[1]
    first, z_first = shared_start(scalars, n), z_start(scalars, n)
    row[SEEN_VOLTAGE] = full_voltage(t, y, scalars, columns)
    row[SEEN_CONTACT:] = 0.0
    row[SEEN_LOWEST], largest = 1.0, 0.0
    for i in range(n):
        row[SEEN_CONTACT] += columns[CONTACT, i] / n
        row[SEEN_RESTORABLE] += columns[RESTORABLE, i] / n
        row[SEEN_FILAMENT] = max(row[SEEN_FILAMENT], y[2 * n + i] / scalars[LENGTH])
        row[SEEN_BRIDGED] += columns[BRIDGED, i]
        row[SEEN_LEAK] += columns[LEAK, i] / n
        row[SEEN_LITHIATION] += y[z_first + i] / n
        row[SEEN_LOWEST] = min(row[SEEN_LOWEST], y[z_first + i])
        row[SEEN_HIGHEST] = max(row[SEEN_HIGHEST], y[z_first + i])
        row[SEEN_PEAK] += columns[FLOW, i] / n
        largest = max(largest, columns[FLOW, i])
        row[SEEN_RESISTANCE] += 1.0 / columns[RESISTANCE, i] / n
    row[SEEN_X], row[SEEN_POROSITY], row[SEEN_ACTIVE] = y[first + X], y[first + POROSITY], y[first + ACTIVE]
    row[SEEN_PEAK] = largest / row[SEEN_PEAK] if row[SEEN_PEAK] > 0.0 else 1.0
    row[SEEN_RESISTANCE] = 1.0 / row[SEEN_RESISTANCE]
