"""How lithium comes back to a stripped interface: through the metal by diffusion, and by creep under pressure.

resupplied_current of diffusion_current and creep_current is j_rep of voids.returned_rate: the current density that an
interface bears for ever. It is finite at zero pressure, and each part has its own activation energy (laws.thermal.arrhenius).
Power-law creep closes voids besides (laws.contact.void_closure_rate), but only above the yield stress.
"""

import numpy as np

from ionweld.laws.constants import F
from ionweld.numerics.compiled import law


@law
def diffusion_current(D, supersaturation, distance, V_m):
    """Return the current density (A/m2) that vacancies carry away from a stripped interface.

    j = (F/V_m) D s / d

    D: self-diffusion coefficient of the metal, from effective_diffusivity (m2/s); supersaturation: s, how much above
    equilibrium the vacancy concentration at the interface can rise, over equilibrium, before voids form (1); distance:
    d, to where vacancies end: grain size or thickness of the foil (m); V_m: molar volume (m3/mol).
    Valid: steady state, t > d^2/D_v of the vacancies themselves. Independent of pressure.
    Source: self-diffusion is vacancy fraction times vacancy diffusion (correlation factor taken as 1); the picture
    after Krauskopf et al. 2019, 10.1021/acsami.9b02537 (title page seen, equation from memory).
    """
    return F / V_m * D * supersaturation / distance


@law
def effective_diffusivity(D_lattice, D_boundary, width, grain_size):
    """Return the self-diffusion coefficient of polycrystalline metal (m2/s): D_l + 3 (w/d) D_gb.

    D_lattice, D_boundary: in the lattice and along grain boundaries (m2/s), each Arrhenius of itself; width: w of a
    boundary (m); grain_size: d (m). Valid: grains much wider than w. 3 w/d is the volume fraction of the boundaries of
    equiaxed grains.
    Source: Hart 1957 (parallel paths); that boundaries of lithium are 3 to 6 orders faster than its lattice: abstract
    of Yoon, Sulaimon and Siegel 2023, 10.1039/d3ta03814a.
    """
    return D_lattice + 3.0 * width / grain_size * D_boundary


@law
def creep_current(k_rep, P):
    """Return the current density (A/m2) that lithium under pressure is seen to resupply, by creep and whatever else: k_rep P.

    k_rep: A/m2 per Pa at the cell's temperature; P: stack pressure, at least 0 (Pa). Valid to about 5 MPa in sulphide
    cells: linear, as diffusional (Nabarro-Herring, Coble) creep is. Measured critical currents rise faster between 3
    and 7 MPa at 25 degC (0.2 to 1.0 mA/cm2), where power-law creep sets in.
    Source: critical currents of Spencer-Jolly et al. 2021, 10.1021/acsami.1c06706 (abstract read): 0.5 mA/cm2 at 1 MPa
    and 2.5 at 5 MPa, 80 degC.
    """
    return k_rep * P


@law
def resupplied_current(by_diffusion, under_pressure):
    """Return the current density (A/m2) that an interface bears for ever: the greater of the two.

    by_diffusion: from diffusion_current; under_pressure: from creep_current (A/m2). The current that was measured under
    pressure is all that came back, diffusion included, so the two are not added; diffusion is what is left without
    pressure. Source: critical stripping currents of Spencer-Jolly et al. 2021, 10.1021/acsami.1c06706 (abstract read), which
    rise in proportion to the pressure from 1 to 5 MPa and so leave no sizeable part that does not.
    """
    return np.maximum(by_diffusion, under_pressure)


@law
def strengthened_stress(P_ref, size, reference_size, exponent):
    """Return the stress (Pa) at which small volumes of lithium creep as bulk lithium does at P_ref.

    P_ref [1 + (d_0/d)^m]

    P_ref: of bulk lithium (Pa); size: d, of what has to flow, such as the depth of a void (m); reference_size: d_0, where
    strength has doubled (m); exponent: m (1). Valid from about 1 um to bulk; an order of magnitude.
    Source: micropillars of lithium yield at 15 to 105 MPa, bulk below 1 MPa: Xu et al. 2017, 10.1073/pnas.1615733114
    (from memory, not checked).
    """
    return P_ref * (1.0 + (reference_size / size) ** exponent)
