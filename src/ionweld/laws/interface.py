"""One interface between lithium and the electrolyte: the welded layer, and the paths through contact and gap.

chi is the fraction of the gap that liquid filled: 0 bare, 1 welded. It is the only thing in which they differ.
"""

import numpy as np

from ionweld.numerics.compiled import law


@law
def filled_fraction(volume, gap, area):
    """Return chi, the fraction of the gap that the liquid fills: min(1, volume / (gap area)).

    volume of liquid (m3), gap between lithium and pellet (m), area of the electrode (m2). Source: volume balance.
    """
    return np.minimum(1.0, volume / (gap * area))


@law
def conversion_rate(x, k_x):
    """Return dx/dt (1/s) of the liquid's converted fraction x: k_x (1 - x).

    k_x (1/s). Source: first order in what is left; the order is assumed.
    """
    return k_x * (1.0 - x)


@law
def densification_rate(porosity, x, k_p):
    """Return d porosity/dt (1/s) of the solidifying layer: -k_p x porosity^3.

    porosity: volume not yet filled by solid; x: converted fraction; k_p (1/s).
    Source: sintering-like closure that slows as pores vanish; the exponent is assumed.
    """
    return -k_p * x * porosity**3


@law
def layer_thickness(delta_dense, porosity):
    """Return the thickness of the layer (m): delta_dense / (1 - porosity), with delta_dense its solid content (m).

    Source: volume balance; with the paper's 10 um gap and 2 um layer the filled gap starts at a porosity of 0.8.
    """
    return delta_dense / (1.0 - porosity)


@law
def layer_conductivity(sigma_liquid, sigma_solid, x, porosity):
    """Return the conductivity (S/m) of the layer, liquid and solid in parallel.

    sigma = sigma_liquid (1 - x)^6 + x sigma_solid (1 - porosity)^1.5

    sigma_liquid, sigma_solid (S/m); x: converted fraction. Source: the second term is Bruggeman's; the exponent 6 of
    the first stands for the liquid that stops percolating and is ad hoc.
    """
    return sigma_liquid * (1.0 - x) ** 6 + x * sigma_solid * (1.0 - porosity) * np.sqrt(1.0 - porosity)


@law
def layer_resistance(delta, sigma):
    """Return the area-specific resistance (ohm m2) of a layer: delta / sigma, with delta (m), sigma (S/m).

    Source: Ohm's law.
    """
    return delta / sigma


@law
def direct_conductance(theta, R_t, R_L, R_s, chi):
    """Return the conductance (S/m2) of the touching part of an interface, per apparent area.

    1/g_d = (R_t + chi R_L)/theta + R_s (1 - c),  c = chi (R_t + chi R_L)/(R_t + R_L)

    theta: contact fraction; R_t, R_L: charge transfer and layer (ohm m2); R_s: constriction (ohm m2), which vanishes as
    the conductance c of the filled gap, relative to the contact, approaches 1: then no current has to converge.
    Source: parallel paths; the interpolation in c is assumed (exact at both ends).
    """
    contrast = chi * (R_t + chi * R_L) / (R_t + R_L)
    return 1.0 / ((R_t + chi * R_L) / theta + R_s * (1.0 - contrast))


@law
def gap_conductance(theta, R_t, R_L, chi):
    """Return the conductance (S/m2) of the filled part of the gap, per apparent area: chi (1 - theta)/(R_t + R_L).

    Arguments as in direct_conductance. Source: parallel paths.
    """
    return chi * (1.0 - theta) / (R_t + R_L)
