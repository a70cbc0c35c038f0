"""Contact between lithium and a rough solid electrolyte: made by creep, lost by stripping, healed by plating.

theta is the fraction of the apparent area that touches; theta_b the part of it that plating can restore; both lie in
(0, 1]. A wedge-shaped voltage plateau needs the asymmetry written here: stripping loses contact slowly, plating
restores it fast. Plating into a closed contact builds up a pressure F eta/V_m (10 mV -> 74 MPa) far above the yield
stress of lithium; stripping has only the stack pressure.
"""

import numpy as np

from ionweld.numerics.compiled import law


@law
def assembly_contact(P, t_rest, creep_rate, n, P_ref):
    """Return the contact fraction that creep makes at assembly; above 1 the contact is full, whatever its spread.

    theta_e = (P / 3 P_ref) (n creep_rate t_rest)^(1/n)

    P: stack pressure (Pa); t_rest: time under pressure before the first current (s); creep_rate: strain rate of
    lithium at the stress P_ref (1/s); n: stress exponent. The asperity carries a mean pressure of 3 times the flow
    stress (hardness H = 3 sigma). Valid: theta_e well below 1.
    Source: Tabor's relation with power-law creep; constants of lithium from Masias et al. 2019,
    10.1007/s10853-018-2971-3.
    """
    return P / (3.0 * P_ref) * (n * creep_rate * t_rest) ** (1.0 / n)


@law
def void_closure_rate(P, creep_rate, n, P_ref):
    """Return the rate (1/s) at which creep closes voids that plating did not fill.

    k_c = (3/2) creep_rate [3 P / (2 n P_ref)]^n

    Arguments as in assembly_contact. Valid: dilute voids in a power-law solid. Negligible at 0.1 MPa, 1/(40 h) at
    1 MPa. Source: Budiansky, Hutchinson and Slutsky 1982 (void growth and collapse in viscous solids).
    """
    return 1.5 * creep_rate * (3.0 * P / (2.0 * n * P_ref)) ** n


@law
def replenishing_current(k_rep, P):
    """Return the current density (A/m2) that creep of lithium can resupply to a stripping contact.

    j_rep = k_rep P

    It is also the critical stripping current: under stripping_contact_rate a contact comes to rest at
    theta = theta_b (1 - j/j_rep), which exists only below j_rep; above it the contact is lost after a finite charge, so
    a test of small capacity bears more.

    k_rep: A/m2 per Pa at the cell's temperature; P: stack pressure (Pa). Valid within sulphide cells to about 5 MPa;
    other electrolytes need their own prefactor. Source: calibrated on the critical currents of Spencer-Jolly et al.
    2021, 10.1021/acsami.1c06706.
    """
    return k_rep * P


@law
def stripping_contact_rate(theta, theta_b, j_d, j_rep, v, depth):
    """Return d theta/dt (1/s) of an interface that is stripped or at rest.

    d theta/dt = (v/lambda) [-j_d + j_rep (1 - theta/theta_b)]

    j_d: current density through the direct contact, per apparent area (A/m2), 0 at rest; j_rep: replenishing current
    (A/m2); v: volume of lithium per charge (m3/C); depth: lambda, the depth of a void when it has lost contact (m).
    Source: Spencer-Jolly et al. 2021, 10.1021/acsami.1c06706, with Krauskopf's vacancy picture; ionweld design notes.
    """
    return v / depth * (-j_d + j_rep * (1.0 - theta / theta_b))


@law
def healed_contact(theta_b0, theta_a, creep_decay):
    """Return the restorable contact after a time without stripping: theta_a - (theta_a - theta_b0) exp(-k_c t).

    The solution of d theta_b/dt = k_c (theta_a - theta_b). theta_b0: at the start; theta_a: contact of this column at
    assembly; creep_decay: exp(-k_c t), with k_c from void_closure_rate. Source: Budiansky, Hutchinson and Slutsky 1982.
    """
    return theta_a - (theta_a - theta_b0) * creep_decay


@law
def plated_contact(theta_0, theta_b0, theta_a, k_c, tau, creep_decay, rewetting_decay):
    """Return theta of an interface that is plated: the voids within reach fill fast, at any current.

    The solution of d theta/dt = (theta_b - theta)/tau while theta_b heals as in healed_contact:
    theta = theta_a - A exp(-k_c t) + (theta_0 - theta_a + A) exp(-t/tau),  A = (theta_a - theta_b0)/(1 - k_c tau)

    theta_0, theta_b0: at the start of plating; tau: rewetting time (s); k_c (1/s), below 1/tau; creep_decay:
    exp(-k_c t); rewetting_decay: exp(-t/tau). Source: descriptive; see the pressure argument at the top of this file.
    """
    A = (theta_a - theta_b0) / (1.0 - k_c * tau)
    return theta_a - A * creep_decay + (theta_0 - theta_a + A) * rewetting_decay


@law
def permanent_fraction(f, phi):
    """Return which part of the contact lost in stripping is lost for good: min(1, f phi).

    f: mean scale (1); phi: relative depth of the residual void (1). The loss for good cannot exceed the loss.
    Source: descriptive.
    """
    return np.minimum(1.0, f * phi)


@law
def residual_depth(X, floor):
    """Return the relative depth of the void that a column keeps: phi = 1 / max(floor, X), X exponential of mean 1.

    Source: residual depths follow the bearing-area (Abbott-Firestone) curve of a rough surface; the cut-off is assumed.
    """
    return 1.0 / np.maximum(floor, X)


@law
def lasting_loss_rate(theta_b, theta_r, j_d, fraction, v, depth):
    """Return d theta_b/dt (1/s) of stripping, which leaves voids that stay.

    d theta_b/dt = -fraction (v/lambda) j_d (1 - theta_r/theta_b)

    theta_r: the few spots that are never lost; fraction: from permanent_fraction; the rest as in stripping_contact_rate.
    Pass j_d = 0 at rest. Source: descriptive.
    """
    return -fraction * v / depth * j_d * (1.0 - theta_r / theta_b)


@law
def closing_rate(theta_b, theta_a, k_c):
    """Return d theta_b/dt (1/s) of creep, which slowly closes the voids that stay: k_c (theta_a - theta_b).

    theta_a: contact of this column at assembly; k_c: from void_closure_rate (1/s).
    Source: closure after Budiansky, Hutchinson and Slutsky 1982.
    """
    return k_c * (theta_a - theta_b)
