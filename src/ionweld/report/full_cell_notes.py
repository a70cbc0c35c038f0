"""What is to be said of a full cell before its numbers are believed: electrons that leak, what voltages are against, formation."""

import numpy as np

from ionweld.laws.cathode import electronic_leak
from ionweld.simulate.run import SimulatedTest
from ionweld.simulate.snapshot import moment
from ionweld.spec.entry import Entry
from ionweld.spec.protocol import WindowProtocol
from ionweld.twin.ensemble import DrawnCells, per_cycle
from ionweld.units import from_si

WORTH_SAYING = 0.01  # share of the smallest current: what less leaks lies within what the voltage limits are known to


def full_cell_notes(found: DrawnCells) -> list[str]:
    """Return the notes of a full cell's simulation."""
    return [*_against(found.typical), *_of_electrons(found.typical), *_of_first_cycles(found)]


def _against(run: SimulatedTest) -> list[str]:
    """Return what the upper voltage is against lithium, where the negative electrode is none."""
    potential = run.conditions.setting.lithium.properties.get("potential")
    if potential is None or not potential.value:
        return []
    upper, metal = _window(run).upper_voltage, run.conditions.cell.electrodes.negative.material
    whole = upper.value + potential.value
    return [f"voltages are those of the cell, against {metal}: {upper.value:.3g} V are {whole:.3g} V against lithium"]


def _of_electrons(run: SimulatedTest) -> list[str]:
    """Return what leaks through the unbroken pellet at the upper voltage, where the test's currents feel it."""
    leak, stages = leaking(run), _window(run).stages
    cathode = run.conditions.derived.cathode
    assert cathode is not None
    nominal = cathode.nominal_C_per_m2
    share = leak / min(nominal * rate for stage in stages for rate in stage.rates(nominal))
    held = [nominal * hold[0] for stage in stages if (hold := stage.hold(nominal)) is not None]
    floats = any(until < leak for until in held)
    if share < WORTH_SAYING and not floats:
        return []
    amount = f"{from_si(leak, 'A/m^2', 'mA/cm^2'):.2g} mA/cm2 at {_window(run).upper_voltage.value:.3g} V"
    said = f"electrons leak through the pellet, up to {amount}, {share:.2g} of the test's smallest current"
    if share >= 1.0:
        said += "; a charge that slow never ends but by its time"
    if floats:
        said += "; a voltage that is held cannot bring the current below that, and its charge counts what leaked"
    return [f"{said}. {_stands_on(run.conditions.parameters)}"]


def leaking(run: SimulatedTest) -> float:
    """Return the current density of electrons through the unbroken pellet at the upper voltage (A/m2), as the test ended."""
    seen = moment(run, len(run.legs) - 1)
    sigma, length, coat = (seen.number(name) for name in ("sigma_e", "length", "coat"))
    return float(electronic_leak(sigma, length, 0.0, coat)) * _window(run).upper_voltage.value


def _stands_on(parameters: Entry) -> str:
    known = (parameters.quantity(name) for name in ("electronic_leak", "leak_activation_energy"))
    return f"It rests on {' and '.join(f'{one.text} ({one.status}; {one.range_text})' for one in known)}"


def _of_first_cycles(found: DrawnCells) -> list[str]:
    """Return that the cell has no formation, and why a first efficiency may lie above one."""
    if any(one.name == "cathode_film" for one in found.typical.conditions.mechanisms):
        return []
    said = "no formation is in it: the charge that a fresh cathode keeps in its first cycle is not lost here"
    first = per_cycle(found.members, "coulombic_efficiency")[:, 0]
    if np.isfinite(first).any() and np.nanmedian(first) > 1.0:
        full = found.recipe.parameters.quantity("initial_lithiation")
        said += f". The first efficiency is above 1, as the cathode is assembled {full.text} full ({full.status})"
    return [said]


def _window(run: SimulatedTest) -> WindowProtocol:
    assert isinstance(run.protocol, WindowProtocol)
    return run.protocol
