"""How rates and conductivities change with temperature."""

import numpy as np
from scipy.constants import R

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
