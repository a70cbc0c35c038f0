"""The cathode of a full cell: its voltage, its resistance over a half cycle, and electrons that leak to it.

z is the lithiated fraction of what is usable of the active material, y the depth of the half cycle (both 0 to 1).
"""

import numpy as np

from ionweld.numerics.compiled import law

SPENT = 1e-9  # of the charge of a column: less than this counts as nothing, so that 1 - z is always more than rounding


@law
def plateau_potential(z, plateau, slope, edge):
    """Return the equilibrium voltage against lithium (V): U = plateau - slope (z - 1/2) - edge ln[z/(1 - z)].

    plateau: at half lithiation; slope: 0 for two phases, the fall from empty to full of a solid solution; edge: how its
    ends bend (V). Valid: to some tens of millivolts for layered oxides within their usual window, no hysteresis. Source:
    the logarithm of an ideal lattice gas with a smaller prefactor, and a repulsion linear in z; descriptive.
    """
    return plateau - slope * (z - 0.5) - edge * np.log(z / (1.0 - z))


@law
def stored_energy(z, plateau, slope, edge):
    """Return the integral of the plateau potential from 0 to z, per charge of full lithiation (V).

    E = plateau z + slope z (1 - z)/2 - edge [z ln z + (1 - z) ln(1 - z)]

    Source: integral of plateau_potential.
    """
    return plateau * z + 0.5 * slope * z * (1.0 - z) - edge * (z * np.log(z) + (1.0 - z) * np.log(1.0 - z))


@law
def cathode_resistance(R_c, growth, left):
    """Return the area-specific resistance of the cathode (ohm m2): R_c [1 + growth/(1 - y)].

    R_c (ohm m2); growth, above 0; left: 1 - y, what the half cycle has left to convert. It is infinite at the end, so
    that a column runs out in an exponential, never to nothing; a resistance that stayed finite would drive z to
    exp(-50) within the voltage window, for no charge at all. With less than SPENT left, no current flows.
    Source: descriptive, after a reaction front that recedes from the conductors.
    """
    return R_c * (1.0 + growth / np.maximum(left - SPENT, 1e-30))  # a trial step may go below


@law
def composite_thickness(loading, density, share):
    """Return the thickness (m) of a composite cathode: L = loading/(density share).

    loading (kg/m2) and density (kg/m3) of the active material, share: of the volume that it takes, pores counted in.
    Source: geometry.
    """
    return loading / (density * share)


@law
def composite_resistance(L, share, tortuosity, sigma):
    """Return what the ions' way through a composite cathode adds to its resistance (ohm m2): tau L/(3 phi sigma).

    L (m); share: phi, of the volume that is electrolyte; tortuosity: tau in sigma_eff = phi sigma/tau, at least 1; sigma:
    of the electrolyte (S/m). Valid: a potential that falls with charge, so that all depths react alike, electrons that
    meet no resistance. A flat plateau has a front that travels, and up to three times as much at its end.
    Source: integral of the ohmic drop under an even reaction, the low-frequency limit of the transmission line of a
    porous electrode.
    """
    return tortuosity * L / (3.0 * share * sigma)


@law
def electronic_leak(sigma_e, L, filament, coat):
    """Return the conductance of a column for electrons (S/m2): sigma_e/(L - l + d_coat).

    sigma_e (S/m); L: thickness of the pellet; filament: length l, at most L; coat: d_coat, thickness of pellet that
    conducts electrons as badly as the polymer coat (m). A bridged column leaks through the coat alone. Source: Ohm's law.
    """
    return sigma_e / (L - np.minimum(filament, L) + coat)


@law
def film_conductance(charge, rate, filmed, potential):
    """Return the conductance (S/m2) of an oxidation that covers a cathode with its film: q k (1 - x)/U.

    charge: q, what the whole film takes (C/m2); rate: k (1/s); filmed: x (1); potential: U of the cathode (V). At the
    cathode's own potential the current is q k (1 - x): first order in what is bare. Valid: above the onset of oxidation,
    within some tenths of a volt of U. Source: blocking of a surface by its own product, order assumed.
    """
    return charge * rate * (1.0 - filmed) / potential


@law
def full_cell_voltage(j, driven, conductance):
    """Return the voltage (V) that columns share: (j + driven)/conductance.

    j: applied current density, positive on charge (A/m2); driven: mean of a_c U/R (A/m2); conductance: mean of
    a_c/R + g_e (S/m2), with a_c the active part of the cathode and g_e the leak. Source: Kirchhoff's laws.
    """
    return (j + driven) / conductance
