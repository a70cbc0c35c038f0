"""Contact before the first current: what pressure, heat and time make of two rough faces."""

import numpy as np

from ionweld.numerics.compiled import law


@law
def adhesion_pressure(W, roughness):
    """Return the pressure (Pa) with which adhesion pulls two rough faces together: W / roughness.

    W: work of adhesion (J/m2), at least 0; roughness: height over which the faces have to close (m). To be added to the
    stack pressure in contact_dose: contact is finite without pressure, and rises with less than the first power of
    pressure. Valid as an order of magnitude. Source: work of adhesion over the distance of closing.
    """
    return W / roughness


@law
def contact_dose(P, t, creep_rate, n, P_ref):
    """Return what a time under pressure adds to the dose of contact (1): n creep_rate t (P / 3 P_ref)^n.

    P: stack pressure plus adhesion_pressure (Pa); t: time (s); creep_rate: strain rate of lithium at P_ref and the temperature of
    that time (1/s); n: stress exponent; P_ref (Pa). Doses of steps (assembly, formation hot and pressed, rest) add.
    Valid: no recovery between the steps; the pressure of each step is held. Source: as contact.assembly_contact, whose
    theta_e is dose^(1/n).
    """
    return n * creep_rate * t * (P / (3.0 * P_ref)) ** n


@law
def formed_contact(dose, n, spread):
    """Return a column's contact at the first current: min(1, spread dose^(1/n)).

    dose: sum of contact_dose (1); n: stress exponent; spread: of this column, mean 1 (1). The cap stands after the
    spread: enough pressure brings every column to full contact. Source: as contact.assembly_contact; spread assumed.
    """
    return np.minimum(1.0, spread * dose ** (1.0 / n))


@law
def wetted_contact(theta, T, T_melt):
    """Return the contact of lithium that is molten at T: 1 from its melting point on, theta below.

    theta: contact of the solid (1); T, T_melt (K). Valid for an electrolyte that liquid lithium wets, and for a
    formation step: cycling above the melting point is not described, there is no solid foil that a void could be in.
    Source: a liquid has no yield stress. Melting point 453.65 K, a handbook value.
    """
    molten = np.minimum(1.0, 1.0 + np.sign(T - T_melt))
    return theta + (1.0 - theta) * molten
