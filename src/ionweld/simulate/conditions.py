"""From a cell, its parameters and a seed to the numbers that the equations take, at the cell's own conditions."""

from dataclasses import dataclass
from math import gamma

import numpy as np
from numpy.typing import NDArray
from scipy.constants import physical_constants

from ionweld.errors import Fault, SpecError
from ionweld.laws import contact, filament
from ionweld.laws.thermal import arrhenius
from ionweld.simulate import equations as eq
from ionweld.simulate.seeds import stream
from ionweld.spec.cell import Cell
from ionweld.spec.derived import Derived, derive
from ionweld.spec.library import Entry, assumption
from ionweld.spec.protocol import AnyProtocol, Protocol, by_time, by_window

FARADAY = physical_constants["Faraday constant"][0]
MOST_RECORDS = 2e7  # about 4 GB of states and tables


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the equations take: scalars (SCALARS,), columns (COLUMN_ROWS, N), the first state y, and the short's law.

    cell and parameters: what all of it follows from.
    """

    scalars: NDArray[np.float64]
    columns: NDArray[np.float64]
    y: NDArray[np.float64]
    tolerance: NDArray[np.float64]
    short_numbers: NDArray[np.float64]
    derived: Derived
    cell: Cell
    parameters: Entry


def conditions(cell: Cell, protocol: Protocol, parameters: Entry, seed: str, columns: int | None = None) -> Conditions:
    """Return the equations' numbers; `columns` replaces the number that geometry gives (for tests and benchmarks)."""
    refuse_the_impossible(cell, protocol)
    derived = derive(cell, parameters)
    n = columns or derived.columns
    scalars, drawn = np.zeros(eq.SCALARS), np.zeros((eq.COLUMN_ROWS, n))
    set_lithium(scalars, drawn, cell, parameters, derived, seed)
    scalars[eq.LIMIT] = protocol.voltage_limit.value
    names = ("short_spread", "short_growth", "short_noise")
    return Conditions(
        scalars,
        drawn,
        first_state(drawn, derived),
        _tolerance_scales(n, derived, protocol),
        np.array([parameters[name] for name in names]),
        derived,
        cell,
        parameters,
    )


def refuse_the_impossible(cell: Cell, protocol: AnyProtocol) -> None:
    """Raise SpecError for what only shows when cell and protocol meet.

    That is too little lithium, too many records, or a temperature at which the laws of the twin do not hold.
    """
    faults = _temperature_faults(cell, protocol)
    if cell.cathode is not None:  # what it moves is bounded by the voltages, and by the cathode
        stages = by_window(protocol).stages
        half_cycles = [(stage.cycles, stage.time_limit.value) for stage in stages]
    else:
        program = by_time(protocol)
        faults += _lithium_faults(cell, program)
        half_cycles = [(stage.cycles, stage.half_cycle_time.value) for stage in program.stages]
    records = sum(2.0 * cycles * (seconds / protocol.record_every.value + 2.0) for cycles, seconds in half_cycles)
    if records > MOST_RECORDS:
        seen = f"{protocol.record_every.text!r} gives up to {records:.2g} records"
        faults.append(Fault("protocol: record_every", seen, f"Record less often: at most {MOST_RECORDS:.0e} records"))
    if faults:
        raise SpecError(faults)


def _lithium_faults(cell: Cell, protocol: Protocol) -> list[Fault]:
    """Return a fault for each stage whose half cycle strips more lithium than the thinner foil has."""
    v = cell.library.entry(cell.electrodes.negative.material)["molar_volume"] / FARADAY
    foil, faults = min(side.thickness.value for side in cell.sides), []
    for number, stage in enumerate(protocol.stages):
        moved = v * stage.current_density.value * stage.half_cycle_time.value
        if moved > foil:
            seen = f"a half cycle strips {1e6 * moved:.3g} um of lithium, and the foil has {1e6 * foil:.3g} um"
            faults.append(Fault(f"protocol: stages[{number}]", seen, "Take a thicker foil, or move less charge"))
    return faults


def _temperature_faults(cell: Cell, protocol: AnyProtocol) -> list[Fault]:
    """Return a fault for the cell's temperature, and for that of each named point, outside what the laws cover."""
    low, high = assumption("lowest_temperature"), assumption("highest_temperature")
    points = enumerate(protocol.impedance)
    asked = [("cell: temperature", cell.temperature)]
    asked += [(f"protocol: impedance.{i}.temperature", point.temperature) for i, point in points if point.temperature]
    return [
        Fault(
            where, f"the twin cannot say what a cell does at {known.text}", f"Stay between {low.text} and {high.text}"
        )
        for where, known in asked
        if not low.value <= known.value <= high.value
    ]


def set_lithium(
    scalars: NDArray[np.float64],
    drawn: NDArray[np.float64],
    cell: Cell,
    parameters: Entry,
    derived: Derived,
    seed: str,
) -> None:
    """Fill in the numbers of the pellet and of the lithium interfaces: the same for symmetric and full cells."""
    lithium = cell.library.entry(cell.electrodes.negative.material)
    _draw_columns(drawn, parameters, _contact_at_assembly(cell, lithium), len(cell.sides), seed)
    set_scalars(scalars, cell, parameters, derived)


def set_scalars(scalars: NDArray[np.float64], cell: Cell, parameters: Entry, derived: Derived) -> None:
    """Fill in those numbers of the pellet and of the lithium interfaces that all columns share."""
    lithium = cell.library.entry(cell.electrodes.negative.material)
    _set_cell(scalars, cell, derived, lithium)
    _set_interface(scalars, cell, parameters)
    _set_creep(scalars, cell, parameters, lithium)


def _creep_rate(cell: Cell, lithium: Entry) -> float:
    return arrhenius(
        lithium["creep_rate"],
        lithium["creep_activation_energy"],
        cell.temperature.value,
        lithium["creep_temperature"],
    )


def _contact_at_assembly(cell: Cell, lithium: Entry) -> float:
    rate, n, stress = _creep_rate(cell, lithium), lithium["creep_exponent"], lithium["creep_stress"]
    return float(contact.assembly_contact(cell.stack_pressure.value, cell.rest.value, rate, n, stress))


def _draw_columns(drawn: NDArray[np.float64], parameters: Entry, theta_e: float, sides: int, seed: str) -> None:
    """Fill in what differs from column to column; each property has a random stream of its own."""
    n = drawn.shape[1]
    for side, name in enumerate(("negative", "positive")[:sides]):
        spread = _weibull(parameters["contact_modulus"], n, seed, f"contact {name}")
        drawn[eq.ASSEMBLY + side] = np.minimum(1.0, theta_e * spread)
        X = stream(seed, f"residual depth {name}").exponential(size=n)
        phi = contact.residual_depth(X, parameters["residual_depth_floor"])
        drawn[eq.PERMANENT + side] = contact.permanent_fraction(parameters["permanent_loss"], phi)
    Y = _weibull(parameters["flaw_modulus"], n, seed, "flaw")
    drawn[eq.FLAW] = filament.flaw_factor(Y, parameters["flaw_floor"])


def _weibull(modulus: float, n: int, seed: str, name: str) -> NDArray[np.float64]:
    """Return Weibull distributed numbers of mean 1; a single column takes the mean itself."""
    if n == 1:
        return np.ones(1)
    return stream(seed, name).weibull(modulus, size=n) / gamma(1.0 + 1.0 / modulus)


def _set_cell(s: NDArray[np.float64], cell: Cell, derived: Derived, lithium: Entry) -> None:
    s[eq.BULK] = derived.bulk_resistance_ohm_m2
    s[eq.SIGMA] = derived.conductivity_S_per_m
    s[eq.LENGTH] = derived.pellet_thickness_m
    s[eq.T_REST] = cell.rest.value
    s[eq.V_LI] = lithium["molar_volume"] / FARADAY
    s[eq.GROWING] = 1.0
    s[eq.SIDES] = len(cell.sides)
    s[eq.FAILURE] = assumption("failure_fraction").value
    s[eq.CONTACT_LOST] = assumption("contact_lost_fraction").value
    for side, fill in enumerate(derived.fills):
        s[eq.CHI + side] = fill.chi
        s[eq.DELTA + side] = fill.dense_layer_m3 / derived.electrode_area_m2


def _set_interface(s: NDArray[np.float64], cell: Cell, parameters: Entry) -> None:
    T = cell.temperature.value
    E_L, E_x = "layer_activation_energy", "reaction_activation_energy"
    s[eq.R_T0] = parameters.resistance_at("charge_transfer_resistance", "charge_transfer_activation_energy", T)
    s[eq.K] = parameters.rate_at("interphase_growth", E_x, T)
    s[eq.K_X] = parameters.rate_at("conversion_rate", E_x, T)
    s[eq.K_P] = parameters.rate_at("densification_rate", E_x, T)
    s[eq.SIGMA_SOLID] = parameters.rate_at("layer_solid_conductivity", E_L, T)
    s[eq.SIGMA_LIQUID] = arrhenius(
        _liquid(cell)["conductivity"], parameters[E_L], T, parameters["reference_temperature"]
    )
    s[eq.DEPTH] = parameters["void_depth"]
    s[eq.RESIDUAL] = parameters["residual_contact"]
    s[eq.TAU] = parameters["rewetting_time"]
    s[eq.SPOT] = parameters["spot_radius"]
    s[eq.J_C] = parameters["critical_current"]
    s[eq.GAMMA] = parameters["filament_focus"]
    s[eq.SOFT] = parameters["soft_short_growth"]


def _liquid(cell: Cell) -> Entry:
    """Return the liquid in the gaps; in a bare cell any will do, because its filled fraction is 0."""
    named = [side.interface.liquid for side in cell.sides if side.interface.liquid is not None]
    return cell.library.entry(named[0] if named else cell.library.names("liquid electrolyte")[0])


def _set_creep(s: NDArray[np.float64], cell: Cell, parameters: Entry, lithium: Entry) -> None:
    T, P = cell.temperature.value, cell.stack_pressure.value
    k_rep = parameters.rate_at("replenishing_current", "replenishing_activation_energy", T)
    s[eq.J_REP] = contact.replenishing_current(k_rep, P)
    n, stress = lithium["creep_exponent"], lithium["creep_stress"]
    closure = contact.void_closure_rate(P, _creep_rate(cell, lithium), n, stress)
    # above some 5 MPa the power law gives milliseconds and makes the equations stiff: rewetting is the fastest process
    s[eq.K_C] = min(closure, 0.5 / parameters["rewetting_time"])


def first_state(drawn: NDArray[np.float64], derived: Derived) -> NDArray[np.float64]:
    """Return the state at the first current, of the pellet and the lithium interfaces."""
    sides, n = len(derived.fills), drawn.shape[1]
    shared = np.zeros(len(eq.STATES_SHARED))
    for side, fill in enumerate(derived.fills):
        shared[eq.POROSITY + 2 * side] = fill.start_porosity
    contact_at_assembly = drawn[eq.ASSEMBLY : eq.ASSEMBLY + sides].ravel()
    return np.concatenate([contact_at_assembly, contact_at_assembly, np.zeros(n), shared])


def _tolerance_scales(n: int, derived: Derived, protocol: Protocol) -> NDArray[np.float64]:
    """Return the size of each state that counts as one, for the absolute tolerance."""
    stage = protocol.stages[0]
    charge = stage.current_density.value * stage.half_cycle_time.value
    shared = [1.0, 1.0, 1.0, 1.0, charge, charge, stage.half_cycle_time.value, 1e-6, 1e-6]
    # a contact can shrink to a thousandth of itself, and is to be as precise then: hence 1e-4
    return np.concatenate([np.full(4 * n, 1e-4), np.full(n, derived.pellet_thickness_m), shared])
