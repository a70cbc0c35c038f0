"""Every law is called with pint quantities, and its result must have the dimension that its docstring says."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pint
import pytest

import ionweld.laws
from ionweld.laws import fracture, kinetics, resupply, salt, small_signal, thermal

U = pint.UnitRegistry(cache_folder=None)
Q = U.Quantity
AREA_OHM, AREA_SIEMENS, CURRENT = Q(0.01, "ohm*m^2"), Q(100.0, "S/m^2"), Q(1.0, "A/m^2")
PER_CHARGE, ONE, SMALL = Q(1.35e-10, "m^3/C"), Q(1.0, ""), Q(0.3, "")
CREEP = (Q(0.07, "1/s"), 6.56, Q(1.0, "MPa"))
TENTH_UM, UM, MPA, KELVIN = Q(0.1, "um"), Q(1.0, "um"), Q(1.0, "MPa"), Q(300.0, "K")
V_M, DIFFUSIVITY = Q(13.02, "cm^3/mol"), Q(5.7e-11, "cm^2/s")

# law: arguments, and the unit whose dimension the result must have
ROWS: dict[str, tuple[tuple[Any, ...], str]] = {
    "contact.assembly_contact": ((Q(0.15, "MPa"), Q(10.0, "h"), *CREEP), ""),
    "contact.void_closure_rate": ((Q(0.15, "MPa"), *CREEP), "1/s"),
    "contact.replenishing_current": ((Q(5e-6, "A/m^2/Pa"), Q(0.15, "MPa")), "A/m^2"),
    "contact.stripping_contact_rate": ((SMALL, 0.5 * ONE, CURRENT, CURRENT, PER_CHARGE, Q(10.0, "um")), "1/s"),
    "contact.healed_contact": ((SMALL, 0.5 * ONE, 0.9 * ONE), ""),
    "contact.plated_contact": ((SMALL, SMALL, 0.5 * ONE, Q(1e-6, "1/s"), Q(20.0, "s"), 0.9 * ONE, 0.1 * ONE), ""),
    "contact.permanent_fraction": ((SMALL, 2.0 * ONE), ""),
    "contact.residual_depth": ((SMALL, 0.03 * ONE), ""),
    "contact.lasting_loss_rate": ((SMALL, 1e-3 * ONE, CURRENT, SMALL, PER_CHARGE, Q(10.0, "um")), "1/s"),
    "contact.closing_rate": ((SMALL, 0.5 * ONE, Q(1e-6, "1/s")), "1/s"),
    "assembly.adhesion_pressure": ((Q(0.1, "J/m^2"), UM), "Pa"),
    "assembly.joined_contact": ((SMALL, 0.5 * ONE, 6.56), ""),
    "assembly.widened_contact": ((SMALL, 6.56), ""),
    "assembly.soft_contact": ((MPA, 2 * MPA, SMALL, 0.1 * ONE), ""),
    "assembly.face_slope": ((UM, Q(1e4, "1/cm^2")), ""),
    "resupply.resupplied_current": ((CURRENT, 2 * CURRENT), "A/m^2"),
    "roughening.crossing_growth": ((2 * UM, UM), ""),
    "roughening.roughening_rate": ((CURRENT, UM, 4 * UM, PER_CHARGE), "1/s"),
    "roughening.shear_modulus": ((MPA, SMALL), "Pa"),
    "roughening.smoothing_length": ((AREA_OHM, Q(0.1, "S/m"), SMALL, ONE), "m"),
    "roughening.smoothing_rate": ((ONE, CURRENT, UM, 4 * UM, SMALL, PER_CHARGE), "1/s"),
    "roughening.tip_height": ((ONE, UM), "m"),
    "roughening.unhindered_share": ((MPA, 2000 * MPA), ""),
    "salt.gradient_voltage": ((SMALL, SMALL, KELVIN), "V"),
    "salt.limiting_current": ((DIFFUSIVITY, Q(1.0, "mol/L"), SMALL, UM), "A/m^2"),
    "salt.relaxation_time": ((DIFFUSIVITY, UM), "s"),
    "salt.salt_diffusivity": ((Q(0.1, "S/m"), Q(1.0, "mol/L"), SMALL, KELVIN), "m^2/s"),
    "salt.salt_logarithm": ((SMALL,), ""),
    "salt.sand_time": ((DIFFUSIVITY, Q(1.0, "mol/L"), SMALL, CURRENT), "s"),
    "fracture.flaw_size": ((Q(5.0, "um"), 0.9 * ONE, 0.05 * ONE), "m"),
    "fracture.porous_toughness": ((Q(1.0, "MPa*m^0.5"), 0.9 * ONE, 3.0 * ONE), "Pa*m^0.5"),
    "assembly.covered_fraction": ((0.1 * UM, UM), ""),
    "fracture.coated_strength": ((40 * MPA, 150 * MPA), "Pa"),
    "fracture.crack_stress": ((Q(1.0, "MPa*m^0.5"), UM, 1.12 * ONE), "Pa"),
    "fracture.critical_overpotential": ((100 * MPA, MPA, V_M), "V"),
    "fracture.gathered_current": ((Q(30.0, "um"), UM, Q(20.0, "um")), ""),
    "fracture.filament_content": ((Q(0.3, "mm"), UM, Q(1.3, "mm^2")), "m"),
    "fracture.filament_length": ((SMALL, UM), "m"),
    "fracture.turning_rate": ((Q(1e-9, "m/s"), 400 * ONE, UM), "1/s"),
    "fracture.dissolution_rate": ((Q(30.0, "um"), CURRENT, 1000 * ONE, 0.9 * ONE, UM, PER_CHARGE), "m/s"),
    "fracture.extrusion_rate": ((10 * MPA, 0.7 * MPA, 0.05 * ONE, UM, Q(1e-3, "1/s"), 2, MPA), "m/s"),
    "fracture.percolating_porosity": ((0.85 * ONE, 0.06 * ONE), ""),
    "fracture.flaw_load": ((10 * MPA, 100 * MPA), ""),
    "gap.followed_share": ((MPA, 2 * MPA), ""),
    "gap.opening_rate": ((CURRENT, SMALL, PER_CHARGE), "m/s"),
    "gap.liquid_left": ((Q(3.0, "uL"), Q(0.28, "cm^2"), SMALL, Q(10.0, "um")), "m"),
    "gap.bridged_fraction": ((ONE, Q(8.0, "um"), 2 * UM, SMALL, UM), ""),
    "gap.stretched_thickness": ((2 * UM, Q(8.0, "um"), SMALL), "m"),
    "gap.stretched_resistance": ((AREA_OHM, 2 * UM, 3 * UM), "ohm*m^2"),
    "kinetics.charge_transfer_overpotential": ((CURRENT, AREA_OHM, KELVIN), "V"),
    "kinetics.charge_transfer_current": ((Q(10.0, "mV"), AREA_OHM, KELVIN), "A/m^2"),
    "kinetics.chord_resistance": ((CURRENT, AREA_OHM, KELVIN), "ohm*m^2"),
    "kinetics.tangent_resistance": ((CURRENT, AREA_OHM, KELVIN), "ohm*m^2"),
    "kinetics.asinh_step": ((2.0 * ONE, ONE), ""),
    "kinetics.carried_asinh": ((ONE, SMALL), ""),
    "kinetics.interphase_dose_rate": ((Q(2e-4, "ohm*m^2/s^0.5"), Q(1e-4, "ohm*m^2/s^0.5"), SMALL), "ohm^2*m^4/s"),
    "kinetics.passivating_interphase": ((Q(2e-4, "ohm^2*m^4"), Q(1e-4, "ohm^2*m^4")), "ohm*m^2"),
    "kinetics.mixed_conducting_interphase": ((Q(1e-4, "ohm*m^2/s"), Q(10.0, "h")), "ohm*m^2"),
    "resupply.diffusion_current": ((DIFFUSIVITY, ONE, Q(10.0, "um"), V_M), "A/m^2"),
    "resupply.effective_diffusivity": ((DIFFUSIVITY, 1e5 * DIFFUSIVITY, Q(0.5, "nm"), Q(100.0, "um")), "m^2/s"),
    "resupply.creep_current": ((Q(5e-6, "A/m^2/Pa"), Q(0.15, "MPa")), "A/m^2"),
    "resupply.strengthened_stress": ((MPA, UM, 2 * UM, 0.7), "Pa"),
    "voids.void_contact": ((0.4 * ONE, UM, Q(10.0, "um"), 1e-3 * ONE), ""),
    "voids.bridging_rate": ((UM, CURRENT, TENTH_UM, PER_CHARGE), "m/s"),
    "voids.reopening_rate": ((UM, CURRENT, UM, TENTH_UM, PER_CHARGE), "m/s"),
    "voids.filling_rate": ((UM, 2 * UM, CURRENT, SMALL, TENTH_UM, PER_CHARGE), "m/s"),
    "voids.lifted_rate": ((2 * UM, CURRENT, SMALL, TENTH_UM, PER_CHARGE), "m/s"),
    "voids.lifted_share": ((SMALL, MPA, 2 * MPA), ""),
    "voids.returned_rate": ((SMALL, 2 * SMALL, CURRENT, PER_CHARGE), "m/s"),
    "voids.cover_moment_rate": ((UM, CURRENT, Q(0.1, "nm/s"), UM, PER_CHARGE), "m^2/s"),
    "voids.plated_missing": ((UM, 0.1 * UM, SMALL, TENTH_UM), "m"),
    "voids.plated_open": ((0.5 * UM, UM, 0.9 * UM, 0.1 * UM, TENTH_UM), "m"),
    "voids.plated_cover": ((UM, 0.5 * UM, UM, 0.1 * UM, TENTH_UM), "m"),
    "voids.mean_cover": ((Q(1.0, "um^2"), UM, TENTH_UM), "m"),
    "cathode.plateau_potential": ((SMALL, Q(3.42, "V"), Q(0.7, "V"), Q(12.0, "mV")), "V"),
    "cathode.stored_energy": ((SMALL, Q(3.42, "V"), Q(0.7, "V"), Q(12.0, "mV")), "V"),
    "cathode.cathode_resistance": ((AREA_OHM, 0.05 * ONE, 0.5 * ONE), "ohm*m^2"),
    "cathode.composite_thickness": ((Q(9.0, "mg/cm^2"), Q(4.77, "g/cm^3"), SMALL), "m"),
    "cathode.composite_resistance": ((Q(45.0, "um"), SMALL, 4 * ONE, Q(1e-3, "S/cm")), "ohm*m^2"),
    "cathode.electronic_leak": ((Q(1e-8, "S/cm"), Q(1.15, "mm"), Q(0.2, "mm"), Q(10.0, "um")), "S/m^2"),
    "cathode.film_conductance": ((Q(0.01, "mAh/cm^2"), Q(0.05, "1/h"), SMALL, Q(3.4, "V")), "S/m^2"),
    "cathode.full_cell_voltage": ((CURRENT, CURRENT, AREA_SIEMENS), "V"),
    "filament.local_current": ((CURRENT, SMALL, SMALL, ONE), "A/m^2"),
    "filament.filament_rate": ((CURRENT, 3 * CURRENT, 2 * CURRENT, 1000 * ONE, PER_CHARGE), "m/s"),
    "filament.flaw_factor": ((SMALL, SMALL), ""),
    "filament.first_short_conductance": ((AREA_OHM, 0.5 * ONE, SMALL), "S/m^2"),
    "filament.short_growth": ((Q(0.1, "1/h"), Q(0.5, "h"), 0.25 * ONE, SMALL), ""),
    "filament.soft_short_conductance": ((Q(1e-7, "S/cm^2/h"), Q(100.0, "h")), "S/m^2"),
    "filament.soft_short_growth": ((Q(1e-3, "S/C"), CURRENT), "S/m^2/s"),
    "filament.cell_voltage": ((CURRENT, AREA_SIEMENS, AREA_SIEMENS), "V"),
    "interface.filled_fraction": ((Q(0.1, "uL"), Q(10.0, "um"), Q(0.28, "cm^2")), ""),
    "interface.conversion_rate": ((SMALL, Q(0.35, "1/h")), "1/s"),
    "interface.densification_rate": ((SMALL, SMALL, Q(2.4, "1/h")), "1/s"),
    "interface.layer_thickness": ((Q(2.0, "um"), SMALL), "m"),
    "interface.layer_conductivity": ((Q(1.5, "S/m"), Q(1e-5, "S/cm"), SMALL, SMALL), "S/m"),
    "interface.layer_resistance": ((Q(2.0, "um"), Q(1e-3, "S/m")), "ohm*m^2"),
    "interface.direct_conductance": ((SMALL, AREA_OHM, AREA_OHM, AREA_OHM, SMALL), "S/m^2"),
    "interface.gap_conductance": ((SMALL, AREA_OHM, AREA_OHM, SMALL), "S/m^2"),
    "titration.titration_diffusivity": ((Q(2.0, "um"), Q(10.0, "min"), Q(5.0, "mV"), Q(9.0, "mV")), "m^2/s"),
    "small_signal.dielectric_capacitance": ((10.0 * ONE, Q(0.84, "mm")), "F/m^2"),
    "small_signal.boundary_capacitance": ((Q(1e-9, "F/cm"), Q(0.84, "mm")), "F/m^2"),
    "small_signal.phase_element": ((AREA_OHM, Q(0.01, "F/m^2"), 0.9), "s^0.9/(ohm*m^2)"),
    "small_signal.phase_element_at": ((Q(0.01, "F/m^2"), Q(2.0, "1/s"), 0.9), "s^0.9/(ohm*m^2)"),
    "small_signal.shunted": ((Q(1e3, "1/s"), AREA_SIEMENS, Q(0.03, "s^0.9/(ohm*m^2)"), 0.9), "ohm*m^2"),
    "small_signal.limiting_capacitance": ((Q(0.3, "mAh/cm^2"), SMALL, Q(0.7, "V"), Q(12.0, "mV")), "F/m^2"),
    "small_signal.bounded_diffusion": ((Q(1e-3, "1/s"), AREA_OHM, Q(1e4, "F/m^2")), "ohm*m^2"),
    "thermal.two_phase_conductivity": (
        (
            Q(2.0, "S/m"),
            Q(0.6, "eV") * Q(1.0, "N_A"),
            Q(373.0, "K"),
            Q(311.0, "K"),
            20.0 * ONE,
            Q(0.9, "eV") * Q(1.0, "N_A"),
            Q(300.0, "K"),
        ),
        "S/m",
    ),
    "thermal.arrhenius": ((Q(2.0, "S/m"), Q(0.6, "eV") * Q(1.0, "N_A"), Q(353.0, "K"), Q(373.0, "K")), "S/m"),
    "transport.pellet_thickness": ((Q(0.15, "g"), Q(10.0, "mm"), Q(1.84, "g/cm^3"), 0.9 * ONE), "m"),
    "transport.disc_area": ((Q(6.0, "mm"),), "m^2"),
    "transport.spreading_factor": ((Q(3.0, "mm"), Q(1.15, "mm"), Q(5.0, "mm")), ""),
    "transport.porous_conductivity": ((Q(0.034, "S/m"), SMALL, 0.9 * ONE), "S/m"),
    "transport.bulk_resistance": ((Q(1.15, "mm"), Q(0.034, "S/m"), SMALL), "ohm*m^2"),
    "transport.constriction_resistance": ((SMALL, Q(10.0, "um"), Q(0.034, "S/m")), "ohm*m^2"),
    "transport.distributed_constriction": ((SMALL, Q(1e4, "1/mm^2"), Q(0.034, "S/m")), "ohm*m^2"),
    "transport.independent_columns": ((Q(0.28e-4, "m^2"), Q(1.15e-3, "m")), ""),
}


# circuit elements, by a change of units: each parameter with the powers of ohm and second in its unit
OHM, FARAD_N = Q(100.0, "ohm"), Q(1e-6, "s^0.9/ohm")
ELEMENTS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "resistor": ((100.0, 1, 0),),
    "inductor": ((1e-6, 1, 1),),
    "capacitor": ((1e-6, -1, 1),),
    "constant_phase": ((1e-6, -1, 0.9), (0.9, 0, 0)),
    "warburg": ((10.0, 1, -0.5),),
    "open_warburg": ((100.0, 1, 0), (1e-3, 0, 1)),
    "short_warburg": ((100.0, 1, 0), (1e-3, 0, 1)),
    "gerischer": ((100.0, 1, 0), (1e-3, 0, 1)),
    "transmission_line": ((100.0, 1, 0), (1e-6, -1, 0.9), (0.9, 0, 0)),
}
BY_CHANGE_OF_UNITS = {f"impedance.{name}{kind}" for name in ELEMENTS for kind in ("", "_slopes")}
ROWS |= {
    "impedance.conductivity": ((OHM, Q(1.0, "mm"), Q(1.0, "cm^2")), "S/m"),
    "impedance.arc_time": ((OHM, FARAD_N, 0.9), "s"),
    "impedance.capacitance_hsu_mansfeld": ((OHM, FARAD_N, 0.9), "F"),
    "impedance.capacitance_brug": ((OHM, FARAD_N, 0.9, OHM), "F"),
}

# crystallography and spectra live in angstrom, degrees and wavenumbers by convention; other programs are their oracle
IN_CONVENTIONAL_UNITS = {"diffraction", "infrared"}


def _laws() -> dict[str, Callable[..., Any]]:
    found = {}
    for info in pkgutil.iter_modules(ionweld.laws.__path__):
        if info.name in IN_CONVENTIONAL_UNITS:
            continue
        module = importlib.import_module(f"ionweld.laws.{info.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                found[f"{info.name}.{name}"] = function
    return found


LAWS = _laws()


def test_every_law_has_a_row() -> None:
    assert sorted(LAWS) == sorted(ROWS.keys() | BY_CHANGE_OF_UNITS)


@pytest.mark.parametrize("name", sorted(ELEMENTS))
def test_an_element_stays_the_same_in_other_units(name: str) -> None:
    """Counted in units of ohm and second that are 7 and 3 times smaller, every impedance and slope is 7 times larger."""
    omega, plain = 1e3, [value for value, _, _ in ELEMENTS[name]]
    counted = [value * 7.0**ohms * 3.0**seconds for value, ohms, seconds in ELEMENTS[name]]
    assert LAWS[f"impedance.{name}"](omega / 3.0, *counted) == pytest.approx(
        7.0 * LAWS[f"impedance.{name}"](omega, *plain)
    )
    _, slopes = LAWS[f"impedance.{name}_slopes"](omega, *plain)
    _, scaled = LAWS[f"impedance.{name}_slopes"](omega / 3.0, *counted)
    kept = slice(None, -1 if name in ("constant_phase", "transmission_line") else None)  # d/d ln n holds ln omega
    assert list(scaled[kept]) == pytest.approx([7.0 * slope for slope in slopes[kept]])


CONSTANTS = (
    (thermal, "R", "J/mol/K"),
    (small_signal, "EPSILON_0", "F/m"),
    (kinetics, "R", "J/mol/K"),
    (kinetics, "F", "C/mol"),
    (fracture, "F", "C/mol"),
    (resupply, "F", "C/mol"),
    (salt, "F", "C/mol"),
    (salt, "R", "J/mol/K"),
)


@pytest.fixture(autouse=True)
def _constants_with_their_units(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, unit in CONSTANTS:
        monkeypatch.setattr(module, name, Q(getattr(module, name), unit))


@pytest.mark.parametrize("name", sorted(ROWS))
def test_law_has_the_dimension_it_says(name: str) -> None:
    arguments, unit = ROWS[name]
    result = LAWS[name](*arguments)
    assert Q(result).check(U.Unit(unit).dimensionality), f"{name} returned {result!r}, expected {unit or 'a number'}"


@pytest.mark.parametrize("name", sorted(ROWS))
def test_the_number_does_not_depend_on_the_units_of_the_arguments(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same law with the SI magnitudes alone gives the SI magnitude of the result."""
    arguments, unit = ROWS[name]
    with_units = Q(LAWS[name](*arguments)).to(unit).magnitude
    for module, constant, _ in CONSTANTS:
        monkeypatch.setattr(module, constant, getattr(module, constant).magnitude)
    bare = [Q(argument).to_base_units().magnitude for argument in arguments]
    in_base_units = Q(LAWS[name](*bare), Q(1.0, unit).to_base_units().units)
    assert in_base_units.to(unit).magnitude == pytest.approx(with_units, rel=1e-12)
