"""Intermittent titration: a short pulse of current into a material, and the way back to equilibrium."""

from typing import Any

import numpy as np


def titration_diffusivity(length: Any, duration: Any, equilibrium_step: Any, transient_step: Any) -> Any:
    """Return the chemical diffusivity of a mixed conductor from one pulse of a galvanostatic intermittent titration (m2/s).

    D = 4 / (pi tau) L^2 (Delta E_s / Delta E_t)^2

    length: L, volume of the material over the surface through which it is filled (m; of spheres, a third of the radius);
    duration: tau, of the pulse (s); equilibrium_step: Delta E_s, change of the equilibrium voltage by the pulse (V);
    transient_step: Delta E_t, change of the voltage during the pulse, without the ohmic step (V).
    Valid where tau << L^2 / D, and both steps are small. Source: Weppner and Huggins, J. Electrochem. Soc. 1977, 124,
    1569 (the solution for short pulses).
    """
    return 4.0 / (np.pi * duration) * length**2 * (equilibrium_step / transient_step) ** 2
