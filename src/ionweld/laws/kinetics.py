"""Charge transfer between lithium and an electrolyte, and the interphase that grows between them: numbers of a pair.

A pair is described by its resistance at small current R_t (per contact area), its activation energy and its surface
state; none of them can be taken over from another pair. Exchange current: j_0 = R T/(F R_t). Where the activation
energy of a pair is not known, that of conduction in its electrolyte is a fair guess for inorganic solids: the two are
"quite close", since nothing has to be desolvated (abstract of 10.5796/electrochemistry.80.740, Li2S-P2S5).
"""

import numpy as np

from ionweld.laws.constants import F, R
from ionweld.numerics.compiled import law

STRAIGHT = 1e-9  # of the argument of asinh: below it the curve is a straight line to rounding
SMALL_STEP = 0.02  # of carried_asinh: what its series leaves out is then a part in 10^15


@law
def charge_transfer_overpotential(j_loc, R_t, T):
    """Return the overpotential of charge transfer (V): eta = (2 R T/F) asinh(j_loc/2 j_0), with j_0 = R T/(F R_t).

    j_loc: current density per contact area, with its sign (A/m2); R_t: resistance at small current (ohm m2); T (K).
    Linear (R_t j_loc) far below j_0, logarithmic far above. Valid: symmetry factor 1/2, one electron, no diffusion limit.
    Source: Butler-Volmer equation with equal transfer coefficients, inverted.
    """
    thermal = R * T / F
    return 2.0 * thermal * np.arcsinh(j_loc * R_t / (2.0 * thermal))


@law
def charge_transfer_current(eta, R_t, T):
    """Return the current density per contact area (A/m2): j = 2 j_0 sinh(F eta/2RT), with j_0 = R T/(F R_t).

    eta: overpotential, with its sign (V); R_t (ohm m2); T (K). Inverse of charge_transfer_overpotential.
    Source: Butler-Volmer equation with equal transfer coefficients.
    """
    thermal = R * T / F
    return 2.0 * thermal / R_t * np.sinh(eta / (2.0 * thermal))


@law
def chord_resistance(j_loc, R_t, T):
    """Return the resistance eta/j_loc of charge transfer at a current (ohm m2), R_t at small current.

    R_t asinh(x)/x with x = j_loc F R_t/(2 R T). Arguments as in charge_transfer_overpotential; even in j_loc.
    Source: Butler-Volmer equation with equal transfer coefficients.
    """
    x = np.maximum(np.abs(j_loc) * R_t * F / (2.0 * R * T), STRAIGHT)
    return R_t * np.arcsinh(x) / x


@law
def asinh_step(x, x_0):
    """Return sinh(asinh(x) - asinh(x_0)), by the addition theorem: x sqrt(1 + x_0^2) - x_0 sqrt(1 + x^2).

    x, x_0: at least 0, one of them above. Written as (x - x_0)(x + x_0)/[x sqrt(1 + x_0^2) + x_0 sqrt(1 + x^2)], in which
    nothing cancels. Source: identity.
    """
    return (x - x_0) * (x + x_0) / (x * np.sqrt(1.0 + x_0**2) + x_0 * np.sqrt(1.0 + x**2))


@law
def carried_asinh(asinh_0, step):
    """Return asinh(x) from asinh(x_0) and their asinh_step: what divisions and roots do costs far less than a logarithm.

    The series of asinh(step) to its seventh power: exact to rounding for steps up to SMALL_STEP. Source: Taylor.
    """
    d = step**2
    return asinh_0 + step * (1.0 - d / 6.0 * (1.0 - 9.0 / 20.0 * d * (1.0 - 25.0 / 42.0 * d)))


@law
def tangent_resistance(j_loc, R_t, T):
    """Return the slope d eta/d j_loc of charge transfer at a current (ohm m2): R_t / sqrt(1 + (j_loc/2 j_0)^2).

    Arguments as in charge_transfer_overpotential; what a small alternating current on top of j_loc sees, and what
    Newton's method takes. Source: derivative of charge_transfer_overpotential.
    """
    return R_t / np.sqrt(1.0 + (j_loc * R_t * F / (2.0 * R * T)) ** 2)


@law
def interphase_dose_rate(K_dry, K_wet, chi):
    """Return what a time adds to the parabolic dose of an interphase (ohm2 m4/s): [(1 - chi) K_dry + chi K_wet]^2.

    K_dry, K_wet: parabolic constants without and with liquid (ohm m2/s^0.5): the layer grows as its reaction does at the
    temperature of that time (half of the reaction's activation energy), and counts with the resistance that it has at
    the reference temperature; what it has at T follows from its conduction, as R_t does. chi: filled fraction of the
    gap. Doses of steps at different temperatures add. Valid: passivating interphase.
    Source: Wagner's parabolic law written for a temperature that changes; linear mixing in chi is assumed.
    """
    return ((1.0 - chi) * K_dry + chi * K_wet) ** 2


@law
def passivating_interphase(dose, dose_rest):
    """Return what a passivating interphase adds to R_t after the first current (ohm m2): sqrt(dose) - sqrt(dose_rest).

    dose: sum of interphase_dose_rate times time since assembly (ohm2 m4); dose_rest: that at the first current. At
    constant temperature: K [sqrt(t + t_rest) - sqrt(t_rest)]. Valid: a layer that limits its own growth; R_t is meant
    at the first current. Source: Wagner 1933, parabolic growth.
    """
    return np.sqrt(dose) - np.sqrt(dose_rest)


@law
def mixed_conducting_interphase(k_m, t):
    """Return what a mixed-conducting interphase adds to R_t in the time t (ohm m2): k_m t.

    k_m: rate at that temperature (ohm m2/s); t: s. Electrons reach the electrolyte through it, so it never stops itself:
    pairs such as Li | Li10GeP2S12, LATP, LAGP. Valid: its own front reaction is the slow step; a front limited by
    diffusion through the layer grows parabolically (passivating_interphase) with a larger constant.
    Source: "the growth is not diffusion-controlled, but reaction-controlled": abstract of Bron, Roling and Dehnen 2017,
    "Impedance characterization reveals mixed-conducting interphases between sulfidic superionic conductors and lithium
    metal electrodes" (J. Power Sources; read, identifier not seen).
    """
    return k_m * t
