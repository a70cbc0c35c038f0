"""Filaments of lithium as cracks: when they start, how they grow and dissolve, and lithium pressed into pores.

A flaw at the interface is driven open by the lithium plated into it, whose pressure is the local overpotential:
sigma = F eta/V_m. It opens where that exceeds the strength of the electrolyte at the flaw plus the closing stress of
the stack. Each electrode has filaments of its own; what plating put in, stripping takes out; so a short needs a current
above a critical one and a charge in one go.

    filament        what changes it                                  what it becomes
    starts          local overpotential above the critical one       grows
    grows           plating above the critical current               reaches the other side: a short
    retracts        stripping at the same electrode                  length 0
    pressed in      stack pressure above the yield stress in pores   a short without current
"""

import numpy as np

from ionweld.laws.constants import F
from ionweld.numerics.compiled import law


@law
def flaw_size(grain_size, relative_density, spread_porosity):
    """Return the length of the flaw that a pellet has by its making (m): a = (d/2) [1 + p/p_0].

    grain_size: d (m); relative_density: 1 - p, in (0, 1]; spread_porosity: p_0, at which pores have doubled the flaw
    (1). Valid as an order of magnitude: half a grain in a dense body, clusters of pores in a porous one.
    Source: fracture of ceramics starts at flaws of the size of grains or of pore clusters (Rice 1998, textbook, from
    memory); the linear form is assumed.
    """
    return 0.5 * grain_size * (1.0 + (1.0 - relative_density) / spread_porosity)


@law
def porous_toughness(K_dense, relative_density, b):
    """Return the fracture toughness of a porous body (Pa m^0.5): K_dense exp(-b p), p = 1 - relative_density.

    K_dense: of the dense body; relative_density in (0.8, 1]; b (1). Two points fix b = 8.2 for a garnet:
    0.44 MPa m^0.5 at 83 % and 1.51 at 98 %. Source: form after Rice (textbook, from memory); the two points from the
    abstract of Hu et al. 2021, 10.1088/0256-307X/38/9/098401.
    """
    return K_dense * np.exp(-b * (1.0 - relative_density))


@law
def crack_stress(K_IC, a, Y):
    """Return the stress inside a flaw at which it grows (Pa): K_IC / (Y sqrt(pi a)).

    K_IC: fracture toughness (Pa m^0.5); a: length of the flaw (m); Y: shape factor, 1.12 for an edge crack (1).
    Valid: linear elastic fracture, a much below the thickness. Source: Griffith 1921, Irwin 1957.
    """
    return K_IC / (Y * np.sqrt(np.pi * a))


@law
def coated_strength(strength, coat):
    """Return the stress at which lithium gets into a flaw under a coat (Pa): the greater of the two.

    strength: of the flaw, from crack_stress (Pa); coat: stress that breaks the coat, crack_stress of a flaw as long as
    the coat is thick (Pa), 0 where there is none. Lithium has to break the coat before it can open the flaw beneath, and
    a thin coat has short flaws only, so it is stronger than a pellet of the same toughness. Valid: a brittle coat without
    pinholes that conducts no electrons; a metal or an alloy is none.
    Source: Griffith 1921, weakest of two in series.
    """
    return np.maximum(strength, coat)


@law
def critical_overpotential(strength, P, V_m):
    """Return the local overpotential at which lithium opens a flaw (V): eta_c = (V_m/F) (strength + P).

    strength: from crack_stress, times what chance gives the flaw (Pa); P: stack pressure, which closes it (Pa); V_m:
    molar volume of lithium (m3/mol). Valid: no pressure lost by lithium flowing back out of the flaw.
    The local current there is kinetics.charge_transfer_current of it: about eta_c/R_t, so it rises with temperature as R_t
    falls. Valid: the overpotential at the flaw is that of charge transfer alone.
    Source: Porz et al. 2017, 10.1002/aenm.201701003; Klinsmann et al. 2019 (both from memory); arXiv 2603.20113 and
    arXiv 2001.06276 (abstracts read) describe the same flaw statistics.
    """
    return V_m / F * (strength + P)


@law
def gathered_current(length, width, L):
    """Return Gamma, by how much a filament gathers current: 1 + (l/w)^2, with l at most L.

    length: l (m); width: w of the filament (m); L: thickness of the pellet (m). A needle of metal draws the current of a
    disc of about its own length, so a thin pellet has short needles, which draw little: no more than (L/w)^2. The
    charge to a short is finite for thick pellets (w/v) pi/2 / (1 - j_c/j) and tends to L/v for pellets thinner than w.
    Source: dipole of a thin conducting spheroid in a uniform field (Landau and Lifshitz, Electrodynamics of Continuous
    Media, section 3), whose logarithm of the aspect ratio is dropped.
    """
    return 1.0 + (np.minimum(length, L) / width) ** 2


@law
def filament_content(length, width, column_area):
    """Return the lithium in a filament, as a thickness over its column (m): l w^2/A.

    length: l (m); width: w (m); column_area: A, area of the electrode over the number of columns (m2), at least w^2.
    Its rate dl/dt w^2/A is what a filament takes from the lithium plated in its column: with Gamma of gathered_current,
    v j (w^2 + l^2)/A, all of it only when the filament has grown as long as the column is wide.
    Source: geometry, a square thread.
    """
    return length * width**2 / column_area


@law
def filament_length(angle, width):
    """Return the length of a filament from its angle (m): l = w tan(angle), angle = arctan(l/w).

    angle: from 0 to below pi/2 (1); width: w (m). As a filament gathers current with the square of its length, its length
    rises without bound within a finite charge, but its angle in proportion to that charge: so the angle is what an
    integrator follows. Source: integral of filament.filament_rate with gathered_current.
    """
    return width * np.tan(angle)


@law
def turning_rate(rate, Gamma, width):
    """Return the rate of the angle of filament_length (1/s): (dl/dt)/(w Gamma), d arctan(l/w) = dl/(w [1 + (l/w)^2]).

    rate: dl/dt (m/s); Gamma: gathered_current at l; width: w (m). Source: derivative of the arctangent.
    """
    return rate / (width * Gamma)


@law
def dissolution_rate(length, j, Gamma, recovered, start, v):
    """Return how fast stripping shortens a filament (m/s): recovered v Gamma j l/(l + l_0).

    length: l, at least 0 (m); j: stripping current density of the column at the electrode of the filament, at least 0
    (A/m2); Gamma: gathered_current; recovered: part of it that still has contact (1: all, 0: dead lithium); start: l_0,
    length below which there is no filament to speak of (m); v (m3/C). Never below length 0.
    Source: lithium balance; that a part can be cut off is known of dead lithium.
    """
    return recovered * v * Gamma * j * length / (length + start)


@law
def extrusion_rate(P, yield_stress, open_porosity, radius, creep_rate, n, P_ref):
    """Return dl/dt (m/s) of lithium that stack pressure presses into pores, without current.

    dl/dt = r creep_rate (p_o/P_ref^n) max(0, P - 3 sigma_y)^n

    P: stack pressure (Pa); yield_stress: sigma_y of lithium at T (Pa), 3 sigma_y what a soft metal withstands in a
    constriction; open_porosity: p_o, from percolating_porosity (1); radius: r of the pores (m); creep_rate at P_ref
    (1/s), n: how steep (1); P_ref (Pa), from resupply.strengthened_stress at r, as what is narrow creeps less. Nothing below the yield stress, nothing into a pellet without open pores.
    Valid: as a lower estimate; a crack that the pressure opens (flaw_load) is faster.
    Source: form assumed; Doux et al. 2020, 10.1002/aenm.201903253 (abstract read): Li6PS5Cl cells short at once at
    75 MPa, within hours to days at 10 to 25 MPa, and run over 1000 h at 5 MPa.
    """
    excess = np.maximum(0.0, P - 3.0 * yield_stress)
    return radius * creep_rate * open_porosity * (excess / P_ref) ** n


@law
def percolating_porosity(relative_density, closed):
    """Return the part of a pellet that is pores open from face to face (1): max(0, 1 - relative_density - p_c).

    relative_density in (0, 1]; closed: p_c, porosity below which pores are isolated (1), 0.05 to 0.1.
    Source: pores close off near 92 to 95 % of density in sintering (textbook, from memory).
    """
    return np.maximum(0.0, 1.0 - relative_density - closed)


@law
def flaw_load(P, strength):
    """Return how far stack pressure alone loads a flaw (1): P/strength; at 1 it opens, and the cell shorts at once.

    P: stack pressure (Pa), which lithium far above its yield stress passes on like a liquid; strength: crack_stress of
    the largest flaw (Pa). Valid: P above 3 sigma_y. Source: Griffith 1921 with the stack's pressure inside the flaw;
    Doux et al. 2020 as in extrusion_rate.
    """
    return P / strength
