"""Lithium that is plated against a soft electrolyte roughens: what stands out gets more of the current, and grows into a filament.

tip             what changes it                                          what it becomes
ln(height)      rises with the charge plated, falls with that stripped   at the thickness of the electrolyte: a short
how fast        a resistive interface evens the current out              salt that is used up undoes that
                an electrolyte stiffer than lithium presses it flat
"""

import numpy as np

from ionweld.numerics.compiled import law


@law
def smoothing_length(R_t, sigma, t_plus, salt_left):
    """Return the height below which an interface evens the current out (m): Lambda = R_t t sigma c_s/c_0.

    R_t: of charge transfer and interphase (ohm m2); sigma: conductivity (S/m); t_plus: t, transference number (1);
    salt_left: c_s/c_0, salt at the electrode over its mean, at least 0 (1). The ratio of the resistance of the interface to
    that of the electrolyte under a current that lasts, in which lithium alone moves: 1/(t sigma), the more the less salt.
    Valid: tips much narrower than the electrolyte is thick, diffusion around them steady (1 um: within a second).
    Source: Wagner number (textbook, for example Newman and Thomas-Alyea, Electrochemical Systems, chapter 18); t sigma
    after Bruce and Vincent 1987, 10.1016/0022-0728(87)80001-3 (from memory).
    """
    return R_t * t_plus * sigma * np.maximum(salt_left, 0.0)


@law
def roughening_rate(j, tip, Lambda, v):
    """Return the rate of the logarithm of a tip's height (1/s): v j/(w + Lambda).

    j: current density of the column through its contact (A/m2); tip: w, its radius (m); Lambda: smoothing_length (m); v:
    volume of lithium per charge (m3/C). A tip of height h sees the drop j h/(t sigma) more than the flat metal, across the
    spreading w/(t sigma) around it and its interface R_t, so it gets j h/(w + Lambda) more. Stripping: the same, backwards.
    So filaments quicken on their way, and a smaller current is always slower, as in the model of Monroe and Newman 2003,
    10.1149/1.1606686 (abstract), which shorts within a charge above three quarters of the limiting current.
    Valid: tips apart from each other by more than their height; surface tension left out, which matters little (the same
    abstract). Source: linear stability of a plated surface (Barton and Bockris 1962, Sundstrom and Bark 1995, from memory),
    with the interface in series.
    """
    return v * j / (tip + Lambda)


@law
def unhindered_share(G, G_metal):
    """Return what an electrolyte's stiffness leaves of roughening (1): max(0, 1 - G/(2 G_Li)).

    G, G_metal: shear moduli of electrolyte and lithium (Pa). Nothing roughens where the electrolyte is twice as stiff as
    lithium; a soft one hinders nothing. Source: both ends from Monroe and Newman 2005, 10.1149/1.1850854 (abstract read);
    the straight line between them is assumed.
    """
    return np.maximum(0.0, 1.0 - G / (2.0 * G_metal))


@law
def shear_modulus(E, nu):
    """Return the shear modulus (Pa): E/(2 (1 + nu)). E: Young's modulus (Pa); nu: Poisson's ratio (1). Isotropic bodies."""
    return E / (2.0 * (1.0 + nu))


@law
def tip_height(growth, roughness):
    """Return how far a tip stands out beyond the roughness that it began as (m): h_0 (exp(s) - 1).

    growth: s, the logarithm of its height over that roughness, at least 0 (1); roughness: h_0 (m).
    Source: integral of roughening_rate.
    """
    return roughness * np.expm1(growth)


@law
def crossing_growth(length, roughness):
    """Return the growth at which a tip has a length (1): ln(1 + l/h_0), the inverse of tip_height.

    length: l (m); roughness: h_0 (m). Source: as tip_height.
    """
    return np.log1p(length / roughness)


@law
def smoothing_rate(growth, j, tip, Lambda, recovered, v):
    """Return how fast stripping lowers the logarithm of a tip's height (1/s): recovered v j/(w + Lambda) (1 - exp(-s)).

    growth: s, at least 0 (1); recovered: part of it that still has contact (1: all, 0: dead lithium); the rest as in
    roughening_rate. Never below the roughness that it began as. Source: roughening_rate backwards; that a part can be cut
    off is known of dead lithium.
    """
    return recovered * v * j / (tip + Lambda) * -np.expm1(-growth)
