"""How rates and conductivities change with temperature."""

import numpy as np

from ionweld.laws.constants import R
from ionweld.numerics.compiled import law


@law
def arrhenius(value_ref, E_a, T, T_ref):
    """Return a thermally activated quantity at temperature T.

    value(T) = value_ref exp[-E_a/R (1/T - 1/T_ref)]

    value_ref: the quantity at T_ref (any unit); E_a: activation energy (J/mol), negative for a resistance that falls on
    heating; T, T_ref: K. Valid within one phase: across the transition of Li2OHCl each branch has its own E_a.
    Source: Arrhenius 1889; for the conductivity of Li2OHCl the form sigma = sigma_0 exp(-E_a/RT) without the factor T
    is used, with which the paper's 1e-3 S/cm at 100 degC and 0.605 eV give 3.4e-4 S/cm at 80 degC.
    """
    return value_ref * np.exp(-E_a / R * (1.0 / T - 1.0 / T_ref))


@law
def two_phase_conductivity(sigma_ref, E_above, T_ref, T_c, drop, E_below, T):
    """Return the conductivity (unit of sigma_ref) of an electrolyte that changes its phase at T_c.

    sigma(T) = sigma_ref g(T)/g(T_ref), with
    T >= T_c: g = exp[-E_above/R (1/T - 1/T_c)]
    T <  T_c: g = 1/drop exp[-E_below/R (1/T - 1/T_c)]

    sigma_ref: at T_ref, of the phase that is stable there, so that sigma(T_ref) = sigma_ref on either side; E_above,
    E_below: activation energies (J/mol); T_c: of the transition (K); drop: conductivity just above T_c over that just
    below, at least 1; T, T_ref: K. Valid: complete transition without hysteresis, each phase with one mechanism.
    Source: Arrhenius 1889 in each phase; for the drop in Li2OHCl see its library entry.
    """
    step = np.where(T_c > T, 1.0 / drop, 1.0) / np.where(T_c > T_ref, 1.0 / drop, 1.0)
    above = arrhenius(sigma_ref, E_above, np.maximum(T, T_c), np.maximum(T_ref, T_c))
    return step * arrhenius(above, E_below, np.minimum(T, T_c), np.minimum(T_ref, T_c))
