"""Filaments that grow through the electrolyte, and the short circuits that they make.

The growth law follows the physics of Porz et al. 2017 (10.1002/aenm.201701003) and Li and Monroe 2019
(10.1039/c9cp03884a): above a critical local current, lithium is driven into a flaw. What happens after the first
bridge (`short_*`) is descriptive, not mechanism, and every report says so.
"""

import numpy as np

from ionweld.numerics.compiled import law


@law
def local_current(j, direct_share, theta, chi):
    """Return the current density (A/m2) at the busier of the two paths of a column's plating interface.

    j_loc = max[ j s_d/theta, j (1 - s_d)/(chi (1 - theta)) ]

    j: current density of the column (A/m2); direct_share: s_d, the part through the contact; theta: contact fraction;
    chi: filled fraction of the gap. Without a filled gap only the first path exists.
    Source: division by the area that carries it.
    """
    gap = np.maximum(
        chi * (1.0 - theta), 1e-12
    )  # where there is no filled gap, s_d = 1: the second path carries nothing
    return np.maximum(j * direct_share / theta, j * (1.0 - direct_share) / gap)


@law
def filament_rate(j, j_star, j_c, Gamma, v):
    """Return dl/dt (m/s) of the filament in a column.

    dl/dt = v Gamma j (1 - j_c/j_star)  above j_c, else 0

    j: current density of the column (A/m2); j_star: local current at the flaw (A/m2); j_c: critical one (A/m2); Gamma:
    how much thinner than the column the filament is (1); v: volume of lithium per charge (m3/C).
    Source: Porz et al. 2017, 10.1002/aenm.201701003 (threshold); the linear excess is assumed.
    """
    return v * Gamma * j * np.maximum(0.0, 1.0 - j_c / np.maximum(j_star, j_c))


@law
def flaw_factor(Y, floor):
    """Return by how much a flaw focuses the current: s = 1/max(floor, Y), Y Weibull distributed with mean 1.

    Source: Weibull statistics of brittle flaws; modulus and cut-off are assumed.
    """
    return 1.0 / np.maximum(floor, Y)


@law
def first_short_conductance(R_cell, spread, normal):
    """Return the conductance (S/m2) of the first bridge: exp(spread normal) / R_cell.

    R_cell: the cell's area-specific resistance at that moment (ohm m2); spread (1); normal: standard normal number.
    Source: descriptive: a first bridge takes about half of the current.
    """
    return np.exp(spread * normal) / R_cell


@law
def short_growth(k_g, duration, noise, normal):
    """Return the factor by which a short's conductance changes in one half cycle: exp(k_g duration + noise normal).

    k_g (1/s); duration of the half cycle (s); noise (1); normal: standard normal number. Source: descriptive.
    """
    return np.exp(k_g * duration + noise * normal)


@law
def soft_short_conductance(growth, t):
    """Return the conductance of a soft short (S/m2) that grows from the first current on: growth t.

    growth (S/m2/s); t (s). Carried by electrons: it hardly changes with temperature. Valid: small against the cell's own
    conductance. Source: the rival reading of a falling overpotential (soft short circuits; Menkin 2023, Counihan 2023);
    that it grows in proportion to time is assumed.
    """
    return growth * t


@law
def soft_short_growth(gain, j):
    """Return dG/dt (S/m2/s) of a soft short that plating thickens: gain |j|.

    gain: conductance per charge plated (S/C); j: current density through the electrolyte (A/m2). By charge, not by the
    clock: a resting cell grows no short. Carried by electrons, so it hardly changes with temperature. Valid: small
    against the cell's own conductance. Source: rival reading of a falling overpotential, as soft_short_conductance.
    """
    return gain * np.abs(j)


@law
def cell_voltage(j, conductance, G_s):
    """Return the voltage (V) of columns in parallel with a short: j / (conductance + G_s).

    j: applied current density (A/m2); conductance: mean of 1/R over the columns (S/m2); G_s: short (S/m2).
    Source: Kirchhoff's laws.
    """
    return j / (conductance + G_s)
