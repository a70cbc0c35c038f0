"""The equations of columns in parallel with lithium interfaces, compiled; and of the symmetric cell, which has two.

States, in this order, for N columns: contact theta of the negative and of the positive interface (2 N), restorable
contact theta_b (2 N), filament length (N), then the STATES_SHARED below. Everything is SI; time runs from the first
current. Current is positive on charge: then lithium is stripped at the positive electrode and plated at the negative.
A full cell (full_equations) has one lithium interface, the negative one: N of each contact, then the same.

At the interface that is plated, contact follows a known course whatever the current does (laws.contact.plated_contact).
Its states keep their values of the start of the half cycle until `settle` writes the end into them; `contacts` gives
the contact of any moment. So rewetting, the fastest process, does not limit the integrator's steps.

    state                what changes it                       what it becomes
    contact              stripping loses, plating restores     resistance of the interface, local current
    filament             local current above the critical one  at the length of the pellet: a soft short
    soft short           grows by half cycles                  at a tenth of the first resistance: failure
    filled gap           converts, densifies                   the welded layer's resistance
"""

import numpy as np

from ionweld.laws.contact import (
    healed_contact,
    plated_contact,
    restorable_contact_rate,
    stripping_contact_rate,
)
from ionweld.laws.filament import cell_voltage, filament_rate, local_current, soft_short_conductance
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
    CURRENT, STARTED, BULK, SIGMA, R_T0, K, T_REST, K_X, K_P, SIGMA_LIQUID, SIGMA_SOLID, V_LI, DEPTH, J_REP, K_C, TAU,
    SPOT, J_C, GAMMA, LENGTH, SHORT, GROWING, FIRST_RESISTANCE, FAILURE, LIMIT, CONTACT_LOST, RESIDUAL,
) = range(27)  # fmt: skip
CHI, DELTA = 27, 29  # two places each, one for each interface
SIDES = 31  # how many lithium interfaces a column has
SOFT = 32  # growth of a soft short that was there from the start
SCALARS = 33

# Numbers of each column, by their row in `columns`: contact at assembly and permanent fraction (2 rows each), flaw;
# then what is worked out anew at every evaluation: the column's resistance, for each interface (2 rows each) the share
# of direct contact, the contact and the restorable contact of the moment, and the column's current density in the
# direction of the half cycle; whether a filament has bridged the column changes at events alone
ASSEMBLY, PERMANENT, FLAW, RESISTANCE, SHARE, CONTACT, RESTORABLE, FLOW, BRIDGED = 0, 2, 4, 5, 6, 8, 10, 12, 13
COLUMN_ROWS = 14

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
def sides_of(scalars):
    """Return how many lithium interfaces a column has: 2 in a symmetric cell, 1 in a full cell."""
    return int(scalars[SIDES])


@compiled
def shared_start(scalars, n):
    """Return the place of the first state that the columns share."""
    return (2 * sides_of(scalars) + 1) * n


@compiled
def plating_side(scalars):
    """Return which lithium interface is plated, or -1: the negative one on charge, the positive one, if lithium, else."""
    if scalars[CURRENT] == 0.0:
        return -1
    side = NEGATIVE if scalars[CURRENT] > 0.0 else POSITIVE
    return side if side < sides_of(scalars) else -1


@compiled
def contacts(t, y, scalars, columns):
    """Fill the rows CONTACT and RESTORABLE with the contact of this moment."""
    n, sides, plating = columns.shape[1], sides_of(scalars), plating_side(scalars)
    for side in range(sides):
        for i in range(n):
            columns[CONTACT + side, i] = y[side * n + i]
            columns[RESTORABLE + side, i] = y[(sides + side) * n + i]
    if plating >= 0:
        k_c, tau, elapsed = scalars[K_C], scalars[TAU], t - scalars[STARTED]
        creep, rewetting = np.exp(-k_c * elapsed), np.exp(-elapsed / tau)
        for i in range(n):
            theta, theta_b, theta_a = y[plating * n + i], y[(sides + plating) * n + i], columns[ASSEMBLY + plating, i]
            columns[CONTACT + plating, i] = plated_contact(theta, theta_b, theta_a, k_c, tau, creep, rewetting)
            columns[RESTORABLE + plating, i] = healed_contact(theta_b, theta_a, creep)


@compiled
def settle(t, y, scalars, columns):
    """Write the contact of this moment into the state, at the end of a half cycle."""
    n, sides = columns.shape[1], sides_of(scalars)
    contacts(t, y, scalars, columns)
    for side in range(sides):
        for i in range(n):
            y[side * n + i] = columns[CONTACT + side, i]
            y[(sides + side) * n + i] = columns[RESTORABLE + side, i]


@compiled
def gap_resistance(y, scalars, n, side):
    """Return the area-specific resistance of the filled gap at one interface (ohm m2)."""
    first = shared_start(scalars, n)
    x, porosity = y[first + X + 2 * side], y[first + POROSITY + 2 * side]
    sigma = layer_conductivity(scalars[SIGMA_LIQUID], scalars[SIGMA_SOLID], x, porosity)
    return layer_resistance(layer_thickness(scalars[DELTA + side], porosity), sigma)


@compiled
def column_resistances(t, y, scalars, columns):
    """Fill the rows worked out at every evaluation; return the conductance of all columns (S/m2)."""
    n = columns.shape[1]
    contacts(t, y, scalars, columns)
    columns[RESISTANCE, :] = scalars[BULK]
    for side in range(sides_of(scalars)):
        chi = scalars[CHI + side]
        R_t = charge_transfer_resistance(scalars[R_T0], scalars[K], t, scalars[T_REST], chi)
        R_L = gap_resistance(y, scalars, n, side)
        for i in range(n):
            theta = columns[CONTACT + side, i]
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
def shunt(t, scalars):
    """Return the conductance for electrons past the columns (S/m2): of the short by filaments, and of a soft short."""
    return scalars[SHORT] + soft_short_conductance(scalars[SOFT], t)


@compiled
def _column_flows(columns, voltage):
    """Fill the row FLOW of a symmetric cell, whose columns have no voltage of their own."""
    for i in range(columns.shape[1]):
        columns[FLOW, i] = abs(voltage) / columns[RESISTANCE, i]


@compiled
def focused_current(scalars, columns):
    """Return the current-weighted mean of the local current density at the plated interface (A/m2)."""
    n, side = columns.shape[1], plating_side(scalars)
    weight, total = 0.0, 0.0
    for i in range(n):
        j = columns[FLOW, i]
        weight += j
        theta = columns[CONTACT + side, i]
        total += j * local_current(j, columns[SHARE + side, i], theta, scalars[CHI + side])
    return total / weight if weight > 0.0 else 0.0


@compiled
def contact_rates(y, scalars, columns, dy):
    """Fill the rates of contact: of stripping or rest; a plated interface keeps its state until it is settled."""
    n, sides, plating = columns.shape[1], sides_of(scalars), plating_side(scalars)
    v, depth = scalars[V_LI], scalars[DEPTH]
    for side in range(sides):
        for i in range(n):
            if side == plating:
                dy[side * n + i] = 0.0
                dy[(sides + side) * n + i] = 0.0
                continue
            theta, theta_b, theta_a = y[side * n + i], y[(sides + side) * n + i], columns[ASSEMBLY + side, i]
            j_d = columns[FLOW, i] * columns[SHARE + side, i]
            dy[side * n + i] = stripping_contact_rate(theta, theta_b, j_d, scalars[J_REP], v, depth)
            fraction, theta_r = columns[PERMANENT + side, i], scalars[RESIDUAL] * theta_a
            dy[(sides + side) * n + i] = restorable_contact_rate(
                theta_b, theta_a, theta_r, j_d, fraction, v, depth, scalars[K_C]
            )


@compiled
def filament_rates(scalars, columns, dy):
    """Fill the growth of the filaments; return the lithium they take up, as a thickness per time (m/s)."""
    n, into_filaments, first = columns.shape[1], 0.0, 2 * sides_of(scalars) * columns.shape[1]
    growing = scalars[GROWING] > 0.0 and plating_side(scalars) >= 0
    focus = focused_current(scalars, columns) if growing else 0.0
    for i in range(n):
        rate = 0.0
        if growing and columns[BRIDGED, i] == 0.0:
            flaw = columns[FLAW, i] * focus
            rate = filament_rate(columns[FLOW, i], flaw, scalars[J_C], scalars[GAMMA], scalars[V_LI])
        dy[first + i] = rate
        into_filaments += rate / scalars[GAMMA] / n
    return into_filaments


@compiled
def layer_rates(y, scalars, n, dy):
    """Fill the rates of the filled gaps: conversion of the liquid and densification of what it becomes."""
    first = shared_start(scalars, n)
    for side in range(sides_of(scalars)):
        x, porosity = y[first + X + 2 * side], y[first + POROSITY + 2 * side]
        dy[first + X + 2 * side] = conversion_rate(x, scalars[K_X])
        dy[first + POROSITY + 2 * side] = densification_rate(porosity, x, scalars[K_P])


@compiled
def _shared_rates(t, y, scalars, n, voltage, conductance, into_filaments, dy):
    first = shared_start(scalars, n)
    layer_rates(y, scalars, n, dy)
    through = voltage * conductance
    dy[first + CHARGE] = through
    dy[first + CHARGE_SHORT] = voltage * shunt(t, scalars)
    dy[first + VOLTAGE_TIME] = abs(voltage)
    dy[first + LITHIUM + NEGATIVE] = scalars[V_LI] * through
    dy[first + LITHIUM + POSITIVE] = -scalars[V_LI] * through
    if scalars[CURRENT] != 0.0:
        dy[first + LITHIUM + plating_side(scalars)] -= into_filaments


@callback(RIGHT_HAND_SIDE)
def rates(t, y, scalars, columns, dy):
    conductance = column_resistances(t, y, scalars, columns)
    voltage = cell_voltage(scalars[CURRENT], conductance, shunt(t, scalars))
    _column_flows(columns, voltage)
    contact_rates(y, scalars, columns, dy)
    into_filaments = filament_rates(scalars, columns, dy)
    _shared_rates(t, y, scalars, columns.shape[1], voltage, conductance, into_filaments, dy)


@compiled
def connected(contact, chi):
    """Return the mean connected fraction of an interface: touching, or bridged by the filled gap."""
    return np.mean(contact) + chi * (1.0 - np.mean(contact))


@compiled
def contact_lost(scalars, columns):
    """Return by how much the worst interface lies below its limit of connected area: negative while none does."""
    lost = -1.0
    for side in range(sides_of(scalars)):
        at_assembly = connected(columns[ASSEMBLY + side], scalars[CHI + side])
        now = connected(columns[CONTACT + side], scalars[CHI + side])
        lost = max(lost, scalars[CONTACT_LOST] * at_assembly - now)
    return lost


@callback(WATCH)
def watched(t, y, scalars, columns, values):
    n = columns.shape[1]
    conductance = column_resistances(t, y, scalars, columns)
    voltage = abs(cell_voltage(scalars[CURRENT], conductance, shunt(t, scalars)))
    longest = 0.0
    for i in range(n):
        longest = max(longest, y[4 * n + i])
    loaded = scalars[CURRENT] != 0.0
    values[FIRST_SHORT] = longest / scalars[LENGTH] - 1.0
    failing = scalars[FAILURE] * scalars[FIRST_RESISTANCE] * abs(scalars[CURRENT])  # of resistance: stages may differ
    values[FAILED] = failing - voltage if loaded else -1.0
    values[VOLTAGE_LIMIT] = voltage - scalars[LIMIT] if loaded else -1.0
    values[CONTACT_GONE] = contact_lost(scalars, columns)


@compiled
def see(t, y, scalars, columns, row):
    """Write what is recorded of a state into one row."""
    n = columns.shape[1]
    conductance = column_resistances(t, y, scalars, columns)
    voltage = cell_voltage(scalars[CURRENT], conductance, shunt(t, scalars))
    row[SEEN_VOLTAGE] = voltage
    for side in range(2):
        row[SEEN_CONTACT + side] = np.mean(columns[CONTACT + side])
        row[SEEN_RESTORABLE + side] = np.mean(columns[RESTORABLE + side])
    row[SEEN_X] = y[5 * n + X]
    row[SEEN_POROSITY] = y[5 * n + POROSITY]
    row[SEEN_FILAMENT] = np.max(y[4 * n : 5 * n]) / scalars[LENGTH]
    row[SEEN_SHORT] = shunt(t, scalars)
    row[SEEN_PEAK] = 1.0 / np.min(columns[RESISTANCE]) / conductance
    row[SEEN_RESISTANCE] = 1.0 / conductance
