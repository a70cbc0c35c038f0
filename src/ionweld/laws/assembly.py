"""Contact before the first current: what pressure, heat and time make of two rough faces."""

import numpy as np

from ionweld.numerics.compiled import law


@law
def adhesion_pressure(W, roughness):
    """Return the pressure (Pa) with which adhesion pulls two rough faces together: W / roughness.

    W: work of adhesion (J/m2), at least 0; roughness: height over which the faces have to close (m). To be added to the
    stack pressure in contact.assembly_contact: contact is finite without pressure, and rises with less than the first power of
    pressure. Valid as an order of magnitude. Source: work of adhesion over the distance of closing.
    """
    return W / roughness


@law
def joined_contact(theta_1, theta_2, n):
    """Return the contact that two steps under pressure make together: (theta_1^n + theta_2^n)^(1/n).

    theta_1, theta_2: what each would make alone, from contact.assembly_contact (1); n: stress exponent of creep (1). Each
    step adds its dose n creep_rate t (P/3 P_ref)^n, which is theta^n; the order of steps does not matter, and a step split
    in two is the same step. Above 1 the contact is full. Valid: contact stays when the pressure is taken away again
    (adhesion holds it), and the metal does not recover. Source: Tabor's relation with power-law creep, as
    contact.assembly_contact.
    """
    return (theta_1**n + theta_2**n) ** (1.0 / n)


@law
def widened_contact(dose, n):
    """Return by how much later pressing has widened a contact (1): (1 + dose)^(1/n).

    dose: of creep since assembly, over that at assembly (1), at least 0: its rate is n creep_rate (P/3 P_ref)^n over
    theta^n; n: stress exponent of creep (1). joined_contact of both, over the first. Valid: below full contact.
    Source: as joined_contact.
    """
    return (1.0 + np.maximum(dose, 0.0)) ** (1.0 / n)


@law
def covered_fraction(left, film):
    """Return the part of a collector that a deposit covers (1): 1 - exp(-left/film).

    left: thickness of what is plated, on the mean, at least 0 (m); film: above which islands have grown together (m). Valid:
    islands at random places, of one height. Source: Johnson-Mehl-Avrami-Kolmogorov, covered area of overlapping islands.
    """
    return -np.expm1(-left / film)


@law
def soft_contact(P, E, nu, slope):
    """Return the contact fraction of lithium with a soft electrolyte, which yields first: sqrt(8/pi) P (1 - nu^2)/(E m).

    P: pressure, adhesion included, at least 0 (Pa); E, nu: Young's modulus and Poisson's ratio of the electrolyte (Pa, 1);
    slope: m, of the rough face (1), from face_slope. May exceed 1: then the contact is full. Valid: elastic, lithium rigid
    beside it; a melt that flows makes more. Source: Persson's theory of contact at small loads, as quoted in any text on
    rough contact (from memory).
    """
    return np.sqrt(8.0 / np.pi) * P * (1.0 - nu**2) / (E * slope)


@law
def face_slope(height, spots):
    """Return the root mean square slope of a rough face (1): pi h sqrt(n)/sqrt(2).

    height: h, from valley to peak (m); spots: n, of peaks per area (1/m2). Source: a sine wave of that height and distance.
    """
    return np.pi * height * np.sqrt(spots) / np.sqrt(2.0)
