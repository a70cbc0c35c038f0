"""The equations of a symmetric cell, compiled: columns in parallel, two lithium interfaces each.

States, in this order, for N columns: contact theta of the negative and of the positive interface (2 N), restorable
contact theta_b (2 N), filament length (N), then the STATES_SHARED below. Everything is SI; time runs from the first
current. Current is positive on charge: then lithium is stripped at the positive electrode and plated at the negative.

    state                what changes it                       what it becomes
    contact              stripping loses, plating restores     resistance of the interface, local current
    filament             local current above the critical one  at the length of the pellet: a soft short
    soft short           grows by half cycles                  at a tenth of the first overpotential: failure
    filled gap           converts, densifies                   the welded layer's resistance
"""

import numpy as np

from ionweld.laws.contact import (
    plating_contact_rate,
    restorable_contact_rate,
    stripping_contact_rate,
)
from ionweld.laws.filament import cell_voltage, filament_rate, local_current
from ionweld.laws.interface import (
    charge_transfer_resistance,
    conversion_rate,
    densification_rate,
    direct_conductance,
    gap_conductance,
    layer_conductivity,
    layer_resistance,
    layer_thickness,
)
from ionweld.laws.transport import constriction_resistance
from ionweld.numerics.compiled import callback, compiled
from ionweld.numerics.ode import RIGHT_HAND_SIDE, WATCH

NEGATIVE, POSITIVE = 0, 1

# States that the columns share, counted from 5 N: converted fraction and porosity of each gap, charge through the
# columns and through the short (C/m2), integral of |V| (V s), lithium added to each foil (m)
STATES_SHARED = (
    "x_neg", "porosity_neg", "x_pos", "porosity_pos", "charge", "charge_short", "voltage_time", "lithium_neg",
    "lithium_pos",
)  # fmt: skip
X, POROSITY, CHARGE, CHARGE_SHORT, VOLTAGE_TIME, LITHIUM = 0, 1, 4, 5, 6, 7

# Numbers that do not change within a half cycle, by their place in `scalars`
(
    CURRENT, BULK, SIGMA, R_T0, K, T_REST, CHI, DELTA, K_X, K_P, SIGMA_LIQUID, SIGMA_SOLID, V_LI, DEPTH, J_REP, K_C,
    TAU, SPOT, J_C, GAMMA, LENGTH, SHORT, GROWING, FIRST_VOLTAGE, FAILURE, LIMIT, CONTACT_LOST, RESIDUAL,
) = (0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28)  # fmt: skip
SCALARS = 29  # CHI takes two places, one for each interface

# Numbers of each column, by their row in `columns`: contact at assembly and permanent fraction (2 rows each), flaw;
# then what is worked out anew at every evaluation: its resistance, and the share of direct contact (2 rows)
ASSEMBLY, PERMANENT, FLAW, RESISTANCE, SHARE = 0, 2, 4, 5, 6
COLUMN_ROWS = 8

# Events that are watched, by their place
FIRST_SHORT, FAILED, VOLTAGE_LIMIT, CONTACT_GONE = 0, 1, 2, 3
EVENTS = 4

# What is recorded of a state, by its place
(
    SEEN_VOLTAGE, SEEN_CONTACT, SEEN_RESTORABLE, SEEN_X, SEEN_POROSITY, SEEN_FILAMENT, SEEN_SHORT, SEEN_PEAK,
    SEEN_RESISTANCE,
) = (0, 1, 3, 5, 6, 7, 8, 9, 10)  # fmt: skip
SEEN = 11  # SEEN_CONTACT and SEEN_RESTORABLE take two places each


@compiled
def gap_resistance(y, scalars, n, side):
    """Return the area-specific resistance of the filled gap at one interface (ohm m2)."""
    x, porosity = y[5 * n + X + 2 * side], y[5 * n + POROSITY + 2 * side]
    sigma = layer_conductivity(scalars[SIGMA_LIQUID], scalars[SIGMA_SOLID], x, porosity)
    return layer_resistance(layer_thickness(scalars[DELTA], porosity), sigma)


@compiled
def column_resistances(t, y, scalars, columns):
    """Fill the rows RESISTANCE and SHARE of each column; return the conductance of all columns (S/m2)."""
    n = columns.shape[1]
    columns[RESISTANCE, :] = scalars[BULK]
    for side in range(2):
        chi = scalars[CHI + side]
        R_t = charge_transfer_resistance(scalars[R_T0], scalars[K], t, scalars[T_REST], chi)
        R_L = gap_resistance(y, scalars, n, side)
        for i in range(n):
            theta = y[side * n + i]
            R_s = constriction_resistance(theta, scalars[SPOT], scalars[SIGMA])
            direct = direct_conductance(theta, R_t, R_L, R_s, chi)
            total = direct + gap_conductance(theta, R_t, R_L, chi)
            columns[SHARE + side, i] = direct / total
            columns[RESISTANCE, i] += 1.0 / total
    conductance = 0.0
    for i in range(n):
        conductance += 1.0 / columns[RESISTANCE, i]
    return conductance / n


@compiled
def _plating_side(j):
    return NEGATIVE if j > 0.0 else POSITIVE


@compiled
def focused_current(y, scalars, columns, voltage):
    """Return the current-weighted mean of the local current density at the plating interface (A/m2)."""
    n, side = columns.shape[1], _plating_side(scalars[CURRENT])
    weight, total = 0.0, 0.0
    for i in range(n):
        j = abs(voltage) / columns[RESISTANCE, i]
        weight += j
        total += j * local_current(j, columns[SHARE + side, i], y[side * n + i], scalars[CHI + side])
    return total / weight


@compiled
def _contact_rates(y, scalars, columns, voltage, dy):
    n = columns.shape[1]
    plating = _plating_side(scalars[CURRENT]) if scalars[CURRENT] != 0.0 else -1
    v, depth = scalars[V_LI], scalars[DEPTH]
    for side in range(2):
        for i in range(n):
            theta, theta_b = y[side * n + i], y[(2 + side) * n + i]
            j_d = 0.0 if side == plating else abs(voltage) / columns[RESISTANCE, i] * columns[SHARE + side, i]
            if side == plating:
                dy[side * n + i] = plating_contact_rate(theta, theta_b, scalars[TAU])
            else:
                dy[side * n + i] = stripping_contact_rate(theta, theta_b, j_d, scalars[J_REP], v, depth)
            theta_a, fraction = columns[ASSEMBLY + side, i], columns[PERMANENT + side, i]
            theta_r = scalars[RESIDUAL] * theta_a
            dy[(2 + side) * n + i] = restorable_contact_rate(
                theta_b, theta_a, theta_r, j_d, fraction, v, depth, scalars[K_C]
            )


@compiled
def _filament_rates(y, scalars, columns, voltage, dy):
    """Fill the growth of the filaments; return the lithium they take up, as a thickness per time (m/s)."""
    n, into_filaments = columns.shape[1], 0.0
    growing = scalars[GROWING] > 0.0 and scalars[CURRENT] != 0.0
    focus = focused_current(y, scalars, columns, voltage) if growing else 0.0
    for i in range(n):
        rate = 0.0
        if growing:
            j = abs(voltage) / columns[RESISTANCE, i]
            rate = filament_rate(j, columns[FLAW, i] * focus, scalars[J_C], scalars[GAMMA], scalars[V_LI])
        dy[4 * n + i] = rate
        into_filaments += rate / scalars[GAMMA] / n
    return into_filaments


@compiled
def _shared_rates(y, scalars, n, voltage, conductance, into_filaments, dy):
    first = 5 * n
    for side in range(2):
        x, porosity = y[first + X + 2 * side], y[first + POROSITY + 2 * side]
        dy[first + X + 2 * side] = conversion_rate(x, scalars[K_X])
        dy[first + POROSITY + 2 * side] = densification_rate(porosity, x, scalars[K_P])
    through = voltage * conductance
    dy[first + CHARGE] = through
    dy[first + CHARGE_SHORT] = voltage * scalars[SHORT]
    dy[first + VOLTAGE_TIME] = abs(voltage)
    dy[first + LITHIUM + NEGATIVE] = scalars[V_LI] * through
    dy[first + LITHIUM + POSITIVE] = -scalars[V_LI] * through
    dy[first + LITHIUM + _plating_side(scalars[CURRENT])] -= into_filaments


@callback(RIGHT_HAND_SIDE)
def rates(t, y, scalars, columns, dy):
    conductance = column_resistances(t, y, scalars, columns)
    voltage = cell_voltage(scalars[CURRENT], conductance, scalars[SHORT])
    _contact_rates(y, scalars, columns, voltage, dy)
    into_filaments = _filament_rates(y, scalars, columns, voltage, dy)
    _shared_rates(y, scalars, columns.shape[1], voltage, conductance, into_filaments, dy)


@compiled
def connected(y, scalars, n, side):
    """Return the mean connected fraction of an interface: touching, or bridged by the filled gap."""
    total = 0.0
    for i in range(n):
        total += y[side * n + i] + scalars[CHI + side] * (1.0 - y[side * n + i])
    return total / n


@callback(WATCH)
def watched(t, y, scalars, columns, values):
    n = columns.shape[1]
    conductance = column_resistances(t, y, scalars, columns)
    voltage = abs(cell_voltage(scalars[CURRENT], conductance, scalars[SHORT]))
    longest, lost = 0.0, -1.0
    for i in range(n):
        longest = max(longest, y[4 * n + i])
    for side in range(2):
        at_assembly = 0.0
        for i in range(n):
            touching = columns[ASSEMBLY + side, i]
            at_assembly += (touching + scalars[CHI + side] * (1.0 - touching)) / n
        lost = max(lost, scalars[CONTACT_LOST] * at_assembly - connected(y, scalars, n, side))
    loaded = scalars[CURRENT] != 0.0
    values[FIRST_SHORT] = longest / scalars[LENGTH] - 1.0
    values[FAILED] = scalars[FAILURE] * scalars[FIRST_VOLTAGE] - voltage if loaded else -1.0
    values[VOLTAGE_LIMIT] = voltage - scalars[LIMIT] if loaded else -1.0
    values[CONTACT_GONE] = lost


@compiled
def see(t, y, scalars, columns, row):
    """Write what is recorded of a state into one row."""
    n = columns.shape[1]
    conductance = column_resistances(t, y, scalars, columns)
    voltage = cell_voltage(scalars[CURRENT], conductance, scalars[SHORT])
    row[SEEN_VOLTAGE] = voltage
    for side in range(2):
        row[SEEN_CONTACT + side] = np.mean(y[side * n : (side + 1) * n])
        row[SEEN_RESTORABLE + side] = np.mean(y[(2 + side) * n : (3 + side) * n])
    row[SEEN_X] = y[5 * n + X]
    row[SEEN_POROSITY] = y[5 * n + POROSITY]
    row[SEEN_FILAMENT] = np.max(y[4 * n : 5 * n]) / scalars[LENGTH]
    row[SEEN_SHORT] = scalars[SHORT]
    row[SEEN_PEAK] = 1.0 / np.min(columns[RESISTANCE]) / conductance
    row[SEEN_RESISTANCE] = 1.0 / conductance
