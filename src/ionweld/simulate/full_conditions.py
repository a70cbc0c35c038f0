"""From a full cell, its parameters and a seed to the numbers that its equations take."""

import numpy as np
from numpy.typing import NDArray

from ionweld.simulate import equations as eq
from ionweld.simulate import full_equations as full
from ionweld.simulate.conditions import Conditions, first_state, refuse_the_impossible, set_lithium
from ionweld.spec.cell import Cathode, Cell
from ionweld.spec.derived import Charge, Derived, derive
from ionweld.spec.library import Entry
from ionweld.spec.protocol import WindowProtocol


def full_conditions(
    cell: Cell, protocol: WindowProtocol, parameters: Entry, seed: str, columns: int | None = None
) -> Conditions:
    """Return the equations' numbers; `columns` replaces the number that geometry gives (for tests and benchmarks)."""
    refuse_the_impossible(cell, protocol)
    derived = derive(cell, parameters)
    n = columns or derived.columns
    cathode, charge = cell.cathode, derived.cathode
    assert cathode is not None
    assert charge is not None
    scalars, drawn = np.zeros(full.FULL_SCALARS), np.zeros((full.FULL_COLUMN_ROWS, n))
    set_lithium(scalars, drawn, cell, parameters, derived, seed)
    set_cathode(scalars, cell, cathode, parameters)
    scalars[full.CAPACITY] = charge.theoretical_C_per_m2 * parameters["usable_fraction"]
    scalars[full.UPPER], scalars[full.LOWER] = protocol.upper_voltage.value, protocol.lower_voltage.value
    own = np.zeros(len(full.OWN_STATES))
    own[0] = 1.0  # the active fraction
    z = np.full(n, parameters["initial_lithiation"])
    y = np.concatenate([first_state(drawn, derived), own, z])
    return Conditions(
        scalars, drawn, y, _tolerance_scales(n, derived, charge, protocol), np.zeros(0), derived, cell, parameters
    )


def set_cathode(s: NDArray[np.float64], cell: Cell, cathode: Cathode, parameters: Entry) -> None:
    """Fill in the numbers of the cathode and of the electrons' leak at the cell's temperature."""
    T = cell.temperature.value
    material = cell.library.entry(cathode.material)
    s[full.R_C] = parameters.resistance_at("cathode_resistance", "cathode_activation_energy", T)
    s[full.SIGMA_E] = parameters.rate_at("electronic_leak", "leak_activation_energy", T)
    s[full.GROWTH] = parameters["cathode_growth"]
    s[full.PLATEAU], s[full.EDGE] = material["plateau_voltage"], material["plateau_edge"]
    s[full.COAT] = cathode.coat.value


def _tolerance_scales(n: int, derived: Derived, charge: Charge, protocol: WindowProtocol) -> NDArray[np.float64]:
    """Return the size of each state that counts as one, for the absolute tolerance."""
    moved, volts = charge.nominal_C_per_m2, protocol.upper_voltage.value
    time = 1.0 / protocol.stages[0].c_rate.value
    shared = [1.0, 1.0, 1.0, 1.0, moved, moved, volts * time, 1e-6, 1e-6]
    own = [1.0, volts * moved, volts * moved, volts * moved, 1e-6, 1e-6]
    # as in the symmetric cell, a contact is to be as precise when it has shrunk; and z near its two ends
    return np.concatenate([np.full(2 * n, 1e-4), np.full(n, derived.pellet_thickness_m), shared, own, np.full(n, 1e-2)])


def lithium_in_cathode(y: NDArray[np.float64], scalars: NDArray[np.float64], n: int) -> float:
    """Return the lithium in the active part of the cathode, as a thickness of metal (m)."""
    first = 3 * n
    per_charge = scalars[eq.V_LI] * scalars[full.CAPACITY]
    return float(per_charge * y[first + full.ACTIVE] * y[first + full.BEFORE_Z :].mean())
