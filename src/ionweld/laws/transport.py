"""Resistance of the pellet: geometry, spreading of the current, constriction at spots of contact."""

import numpy as np

from ionweld.numerics.compiled import law


@law
def pellet_thickness(mass, diameter, density, relative_density):
    """Return the thickness (m) of a cylindrical pellet: L = mass / (relative_density density pi d^2/4).

    mass (kg), diameter (m), density of the crystal (kg/m3), relative_density in (0, 1]. Source: geometry.
    """
    return mass / (relative_density * density * np.pi * diameter**2 / 4.0)


@law
def disc_area(diameter):
    """Return the area (m2) of a disc of that diameter (m). Source: geometry."""
    return np.pi * diameter**2 / 4.0


@law
def spreading_factor(r, L, r_pellet):
    """Return the ratio of the pellet's resistance to that of a cylinder under the electrodes, at most 1.

    factor = (r / r_eff)^2,  r_eff = min(r + (2 ln 2/pi) L, r_pellet)

    r: radius of the electrodes (m); L: thickness of the pellet (m); r_pellet: radius of the pellet (m).
    Valid: L below the electrode's diameter and two equal, facing electrodes: the edge is treated as straight.
    Source: fringe of a strip between parallel plates by conformal mapping (2 ln 2/pi on either side).
    """
    return (r / np.minimum(r + 2.0 * np.log(2.0) / np.pi * L, r_pellet)) ** 2


@law
def bulk_resistance(L, sigma, spreading):
    """Return the area-specific resistance of the pellet (ohm m2), per electrode area: R_b = spreading L / sigma.

    L (m), sigma: ionic conductivity (S/m), spreading: from spreading_factor. Source: Ohm's law.
    """
    return spreading * L / sigma


@law
def constriction_resistance(theta, a, sigma):
    """Return the area-specific resistance (ohm m2) of current that converges onto round spots of contact.

    R_s = pi a (1 - sqrt(theta))^1.5 / (2 sigma theta)

    theta: contact fraction; a: radius of a spot (m); sigma: conductivity of the electrolyte (S/m), the lithium side
    being a metal. Zero at theta = 1. Valid: spots of one size, evenly spread.
    Source: Cooper, Mikic and Yovanovich 1969 (thermal contact conductance), in its electrical form; for its reach see
    Eckhardt et al. 2023, 10.1002/admi.202202354.
    """
    return np.pi * a * (1.0 - np.sqrt(theta)) ** 1.5 / (2.0 * sigma * theta)


@law
def independent_columns(area, L):
    """Return how many columns of the pellet carry current independently of each other: area / L^2, at least 1.

    area of the electrode (m2), L: thickness (m). Two spots closer than L share their field, so this number is set by
    the geometry and is no mesh. Source: decay length of a lateral potential difference in a slab, L/pi to L.
    """
    return np.maximum(1.0, np.rint(area / L**2))
