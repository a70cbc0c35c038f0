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

    factor = (r / r_eff)^2,  r_eff = min(r + (ln 2/pi) L, r_pellet)

    r: radius of the electrodes (m); L: thickness of the pellet (m); r_pellet: radius of the pellet (m).
    Valid: two equal, facing discs, L below their diameter: the edge is treated as straight. By symmetry the middle
    plane is at one potential, so each half of the pellet spreads as over a depth of L/2. For a disc against an electrode
    that covers the whole pellet, put 2 L for L. Within 1.5 % of a solution of Laplace's equation for a 6 mm foil on a
    10 mm pellet of 1.15 mm.
    Source: fringe of a half-plane at a distance d from a plane, (2 ln 2/pi) d, by conformal mapping, with d = L/2.
    """
    return (r / np.minimum(r + np.log(2.0) / np.pi * L, r_pellet)) ** 2


@law
def bulk_resistance(L, sigma, spreading):
    """Return the area-specific resistance of the pellet (ohm m2), per electrode area: R_b = spreading L / sigma.

    L (m), sigma: ionic conductivity (S/m), spreading: from spreading_factor. Source: Ohm's law.
    """
    return spreading * L / sigma


@law
def porous_conductivity(sigma, relative_density, usual):
    """Return the conductivity of a pellet of another density (S/m): sigma (relative_density / usual)^1.5.

    sigma: measured on pellets of the density `usual` (S/m); both densities in (0, 1]. Valid: pores that are round and
    do not conduct, above some 80 %; sintered necks lose more.
    Source: Bruggeman 1935, effective medium with insulating spheres.
    """
    return sigma * (relative_density / usual) ** 1.5


@law
def constriction_resistance(theta, a, sigma):
    """Return the area-specific resistance (ohm m2) of current that converges onto round spots of contact.

    R_s = pi a (1 - sqrt(theta))^1.5 / (4 sigma theta)

    theta: contact fraction; a: radius of a spot (m); sigma: conductivity of the electrolyte (S/m), the lithium side
    being a metal, in which no current has to converge. Zero at theta = 1. Valid: spots of one size, evenly spread.
    Source: Cooper, Mikic and Yovanovich 1969 (thermal contact conductance), in its electrical form; for its reach see
    Eckhardt et al. 2023, 10.1002/admi.202202354.
    """
    dry = np.maximum(0.0, 1.0 - np.sqrt(theta))  # rounding may carry an integrated theta past 1, and that has no root
    return np.pi * a * dry * np.sqrt(dry) / (4.0 * sigma * theta)


@law
def distributed_constriction(theta, density, sigma):
    """Return the area-specific resistance (ohm m2) of current that converges onto a fixed number of round spots.

    R_s = (1 - sqrt(theta))^1.5 sqrt(pi) / (4 sigma sqrt(density theta))

    theta: contact fraction; density: spots per area (1/m2), each of radius a = sqrt(theta/(pi density)); sigma (S/m).
    Equal to constriction_resistance at that a. Contact that grows by the growth of its spots: R falls as theta^-0.5, and
    so as P^-0.5 where contact rises with pressure; at fixed radius it falls as 1/theta. Zero at theta = 1.
    Valid: spots of one size, evenly spread; a below the thickness of the pellet.
    Source: Cooper, Mikic and Yovanovich 1969; measured exponents -0.5 in pressure and -1 in recoverable contact area on
    Li6PS5Cl: abstract of arXiv 2501.00600.
    """
    dry = np.maximum(0.0, 1.0 - np.sqrt(theta))  # as in constriction_resistance
    return dry * np.sqrt(dry) * np.sqrt(np.pi) / (4.0 * sigma * np.sqrt(density * theta))


@law
def independent_columns(area, L):
    """Return how many columns of the pellet carry current independently of each other: area / L^2, at least 1.

    area of the electrode (m2), L: thickness (m). Two spots closer than L share their field, so this number is set by
    the geometry and is no mesh. Source: decay length of a lateral potential difference in a slab, L/pi to L.
    """
    return np.maximum(1.0, np.rint(area / L**2))
