"""Every law at round numbers, against a value worked out by hand from its equation: a lost factor or sign shows here."""

import importlib
import inspect
import math
import pkgutil
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

import ionweld.laws

FARADAY, GAS = 96485.33212, 8.314462618  # C/mol, J/(mol K): CODATA 2018
AT_300 = GAS * 300.0 / FARADAY  # V, what R T/F is at 300 K
J, HALF_TURN = 1j, math.pi
E = math.e
WIDE = (1.0 + 2.69269 + 2.42843 + 4.47163 + 0.07842 + 1.0) ** 0.2
SHORT = (1 - 1j) / 2 * (math.sinh(2.0) + 1j * math.sin(2.0)) / (math.cosh(2.0) + math.cos(2.0))  # tanh(s)/s, s = 1 + j
LAMBERT = float(brentq(lambda w: w + math.log(w) - E**2, 1.0, 10.0))

# law, arguments, and what its equation gives for them
BY_HAND: list[tuple[str, tuple[Any, ...], Any]] = [
    ("assembly.adhesion_pressure", (0.1, 1e-6), 1e5),
    ("assembly.joined_contact", (0.3, 0.4, 2.0), 0.5),
    ("assembly.widened_contact", (15.0, 4.0), 2.0),
    ("assembly.soft_contact", (1e5, 2e6, 0.5, 0.1), 0.375 * math.sqrt(8.0 / HALF_TURN)),
    ("assembly.face_slope", (math.sqrt(2.0) * 1e-6 / HALF_TURN, 1e10), 0.1),
    ("cathode.plateau_potential", (1 / (1 + E), 3.4, 0.2, 0.05), 3.4 + 0.05 - 0.2 * (1 / (1 + E) - 0.5)),
    ("cathode.stored_energy", (0.5, 3.0, 0.4, 0.1), 1.5 + 0.05 + 0.1 * math.log(2.0)),
    ("cathode.cathode_resistance", (2e-3, 0.5, 0.25), 6e-3),
    ("cathode.composite_thickness", (0.1, 5000.0, 0.4), 5e-5),
    ("cathode.composite_resistance", (6e-5, 0.4, 3.0, 0.1), 1.5e-3),
    ("cathode.electronic_leak", (1e-6, 1e-3, 6e-4, 1e-4), 2e-3),
    ("cathode.film_conductance", (400.0, 1e-3, 0.75, 4.0), 0.025),
    ("cathode.full_cell_voltage", (2.0, 8.0, 4.0), 2.5),
    ("contact.assembly_contact", (6.0, 2.0, 4.0, 2.0, 1.0), 8.0),
    ("contact.void_closure_rate", (4.0, 2.0, 3.0, 1.0), 24.0),
    ("contact.replenishing_current", (5e-6, 2e5), 1.0),
    ("contact.stripping_contact_rate", (0.25, 0.5, 3.0, 2.0, 1e-10, 1e-5), -2e-5),
    ("contact.healed_contact", (0.2, 1.0, 0.5), 0.6),
    ("contact.plated_contact", (0.4, 0.5, 0.9, 0.5, 1.0, 0.5, 0.25), 0.9 - 0.4 + 0.3 / 4),
    ("contact.permanent_fraction", (0.2, 3.0), 0.6),
    ("contact.residual_depth", (0.1, 4.0), 0.25),
    ("contact.lasting_loss_rate", (0.5, 0.25, 4.0, 0.5, 1e-10, 1e-5), -1e-5),
    ("contact.closing_rate", (0.5, 0.9, 1e-4), 4e-5),
    ("filament.local_current", (6.0, 0.5, 0.5, 0.25), 24.0),
    ("filament.filament_rate", (3.0, 4.0, 1.0, 10.0, 1e-10), 2.25e-9),
    ("filament.flaw_factor", (0.25, 0.1), 4.0),
    ("filament.first_short_conductance", (0.5, 2.0, 0.5), 2.0 * E),
    ("filament.short_growth", (1e-3, 500.0, 0.25, 2.0), E),
    ("filament.soft_short_conductance", (2e-6, 500.0), 1e-3),
    ("filament.soft_short_growth", (2e-6, -3.0), 6e-6),
    ("filament.cell_voltage", (6.0, 1.0, 2.0), 2.0),
    ("fracture.flaw_size", (4e-6, 0.9, 0.05), 6e-6),
    ("fracture.porous_toughness", (1e6, 0.9, 10.0), 1e6 / E),
    ("assembly.covered_fraction", (math.log(4.0) * 1e-7, 1e-7), 0.75),
    ("fracture.coated_strength", (4e7, 1.5e8), 1.5e8),
    ("fracture.coated_strength", (4e8, 1.5e8), 4e8),
    ("fracture.crack_stress", (1e6, 4e-6 / HALF_TURN, 1.25), 4e8),
    ("fracture.critical_overpotential", (9e7, 1e7, 1.3e-5), 1.3e3 / FARADAY),
    ("fracture.gathered_current", (3e-5, 1e-6, 2e-5), 401.0),
    ("fracture.filament_content", (3e-4, 1e-6, 1e-6), 3e-10),
    ("fracture.filament_length", (np.pi / 4, 3e-6), 3e-6),
    ("fracture.filament_length", (np.arctan(20.0), 3e-6), 6e-5),
    ("fracture.turning_rate", (6e-9, 401.0, 2e-6), 6e-9 / 8.02e-4),
    ("fracture.dissolution_rate", (3e-6, 2.0, 10.0, 0.5, 1e-6, 1e-10), 7.5e-10),
    ("fracture.extrusion_rate", (5e6, 1e6, 0.05, 1e-6, 1e-3, 2.0, 1e6), 2e-10),
    ("fracture.percolating_porosity", (0.8, 0.05), 0.15),
    ("fracture.flaw_load", (2e7, 8e7), 0.25),
    ("gap.followed_share", (1e6, 3e6), 0.25),
    ("gap.opening_rate", (2.0, 0.25, 1e-10), 1.5e-10),
    ("gap.liquid_left", (3e-9, 1e-4, 0.25, 1e-5), 1.5e-5),
    ("gap.bridged_fraction", (0.8, 8e-6, 2e-6, 0.5, 1e-6), 0.32),
    ("gap.stretched_thickness", (2e-6, 8e-6, 0.5), 3e-6),
    ("gap.stretched_resistance", (4e-3, 2e-6, 3e-6), 9e-3),
    ("interface.filled_fraction", (2e-10, 1e-5, 1e-4), 0.2),
    ("interface.conversion_rate", (0.75, 2e-5), 5e-6),
    ("interface.densification_rate", (0.5, 0.8, 1e-4), -1e-5),
    ("interface.layer_thickness", (2e-6, 0.75), 8e-6),
    ("interface.layer_conductivity", (6.4, 0.8, 0.5, 0.75), 0.1 + 0.4 / 8),
    ("interface.layer_resistance", (2e-6, 1e-3), 2e-3),
    ("interface.direct_conductance", (0.5, 3e-3, 1e-3, 8e-3, 0.0), 1 / 14e-3),
    ("interface.gap_conductance", (0.25, 3e-3, 1e-3, 0.5), 93.75),
    ("kinetics.charge_transfer_overpotential", ((E - 1 / E) * AT_300 * 1e3, 1e-3, 300.0), 2 * AT_300),
    ("kinetics.charge_transfer_current", (2 * AT_300, 1e-3, 300.0), (E - 1 / E) * AT_300 * 1e3),
    ("kinetics.chord_resistance", ((E - 1 / E) * AT_300 * 1e3, 1e-3, 300.0), 2e-3 / (E - 1 / E)),
    ("kinetics.tangent_resistance", (2e3 * AT_300 * math.sqrt(3.0), 1e-3, 300.0), 5e-4),
    ("kinetics.asinh_step", (4.0 / 3.0, 0.75), 4.0 / 3.0 * 1.25 - 0.75 * 5.0 / 3.0),
    ("kinetics.carried_asinh", (0.5, 0.01), 0.5 + 0.01 - 1e-6 / 6.0 + 3e-10 / 40.0 - 15e-14 / 336.0),
    ("kinetics.interphase_dose_rate", (3e-4, 1e-4, 0.25), 6.25e-8),
    ("kinetics.passivating_interphase", (16e-8, 9e-8), 1e-4),
    ("kinetics.mixed_conducting_interphase", (2e-7, 500.0), 1e-4),
    ("resupply.diffusion_current", (1e-15, 2.0, 1e-5, 1.3e-5), FARADAY * 2e-10 / 1.3e-5),
    ("resupply.effective_diffusivity", (1e-15, 2e-10, 1e-9, 3e-5), 1e-15 + 2e-14),
    ("resupply.creep_current", (5e-6, 2e5), 1.0),
    ("resupply.strengthened_stress", (1e6, 2e-6, 8e-6, 0.5), 3e6),
    ("small_signal.boundary_capacitance", (1e-9, 2e-3), 5e-7),
    ("small_signal.dielectric_capacitance", (10.0, 1e-3), 8.8541878128e-8),
    ("small_signal.phase_element", (4.0, 4.0, 0.5), 1.0),
    ("small_signal.phase_element_at", (2.0, 16.0, 0.5), 8.0),
    ("small_signal.shunted", (4.0, 0.5, 0.25, 0.5), 1 / (0.5 + 0.25 * math.sqrt(2.0) * (1 + J))),
    ("small_signal.limiting_capacitance", (100.0, 0.5, 0.2, 0.05), 250.0),
    ("small_signal.bounded_diffusion", (1e-6, 2e-3, 5.0), 2e-3 - 2e5j),
    ("thermal.arrhenius", (2.0, GAS * 1200.0, 400.0, 300.0), 2.0 * E),
    ("thermal.two_phase_conductivity", (2.0, GAS * 1200.0, 400.0, 350.0, 10.0, GAS * 1200.0, 300.0), 0.2 / E),
    ("titration.titration_diffusivity", (1e-5, 400.0 / HALF_TURN, 0.02, 0.04), 2.5e-13),
    ("transport.pellet_thickness", (1e-3 * HALF_TURN, 2e-2, 2000.0, 0.5), 1e-2),
    ("transport.disc_area", (2e-2,), HALF_TURN * 1e-4),
    ("transport.spreading_factor", (3e-3, HALF_TURN / math.log(2.0) * 1e-3, 1.0), 0.5625),
    ("transport.porous_conductivity", (0.05, 0.5, 0.125), 0.4),
    ("transport.bulk_resistance", (1e-3, 0.05, 0.5), 0.01),
    ("transport.constriction_resistance", (0.5625, 4e-6 / HALF_TURN, 0.1), 5e-7 / 0.225),
    ("transport.distributed_constriction", (0.5625, 1e8 * HALF_TURN, 0.5), 0.125 / (2.0 * 0.75e4)),
    ("transport.independent_columns", (1e-4, 2e-3), 25.0),
    ("voids.void_contact", (0.8, 0.5 * 0.8 * 1e-5, 1e-5, 0.5), 0.8 * (0.5 + 0.5 / E)),
    ("voids.bridging_rate", (2e-6, 3.0, 1e-8, 1e-10), 6e-8),
    ("voids.reopening_rate", (2e-6, 3.0, 3e-8, 1e-8, 1e-10), 1.5e-8),
    ("voids.filling_rate", (2e-6, 3e-6, 4.0, 0.25, 1e-6, 1e-10), 1.5e-10),
    ("voids.lifted_rate", (3e-6, 4.0, 0.2, 1e-6, 1e-10), 1.6e-10),
    ("voids.lifted_share", (0.5, 7e5, 7e5), 0.5 / E),
    ("voids.returned_rate", (0.6, 0.8, 4.0, 1e-10), 1e-10),
    ("voids.cover_moment_rate", (2e-6, 3.0, 1e-10, 1e-6, 1e-10), 6e-16 - 1e-16),
    ("voids.mean_cover", (6e-13, 2e-6, 1e-8), 3e-7),
    ("voids.mean_cover", (6e-22, 2e-15, 1e-6), 3e-7),  # twice the billionth part of the skin still counts
    ("voids.mean_cover", (6e-22, 0.0, 1e-6), 6e-7),
    ("voids.plated_missing", (E * 1e-8, 2e-8 * E, 0.5, 1e-8), 1e-8),
    ("voids.plated_open", (1e-6, 2e-6, 1e-6, 1e-8, 1e-8), 5e-7 / E),
    ("voids.plated_cover", (3e-8, 0.0, 2e-6, 1e-8, 1e-8), 4e-8),
    ("diffraction.index_sums", ("cubic", [[1, 2, 3]]), [[14]]),
    ("diffraction.metric_of", ("tetragonal", [2.0, 2.0, 4.0, 90.0, 90.0, 90.0]), [0.25, 0.0625]),
    ("diffraction.cell_of", ("tetragonal", [0.25, 0.0625]), [2.0, 2.0, 4.0, 90.0, 90.0, 90.0]),
    (
        "diffraction.metric_tensor",
        ([2.0, 3.0, 4.0, 60.0, 60.0, 60.0],),
        [[4.0, 3.0, 4.0], [3.0, 9.0, 6.0], [4.0, 6.0, 16.0]],
    ),
    ("diffraction.volume", ([2.0, 3.0, 4.0, 90.0, 30.0, 90.0],), 12.0),
    ("diffraction.bragg_angle", (0.25, 2.0), 60.0),
    ("diffraction.lorentz_polarisation", (90.0,), 2.0 * math.sqrt(2.0)),
    ("diffraction.scattering_factor", ([1.0, 0.0, 0.0, 0.0, 2.0, 3.0, 4.0, 0.0, 0.0, 0.0, 0.0], 0.5), 5.0 + 1 / E),
    ("diffraction.structure_factor_squared", ([[1, 0, 0]], [[0.0, 0.0, 0.0], [0.25, 0.0, 0.0]], [[3.0, 4.0]]), [25.0]),
    ("diffraction.march_dollase", (0.0, 4.0), 8.0),
    ("diffraction.pseudo_voigt", (0.1, 0.2, 1.0), 5.0 / HALF_TURN),
    ("diffraction.thompson_width", (0.0, 2.0), (2.0, 1.0)),
    ("infrared.band", (1010.0, 1000.0, 20.0, 1.0), 0.05 / HALF_TURN),
    ("impedance.resistor", (2.0, 5.0), 5.0),
    ("impedance.inductor", (2.0, 5.0), 10j),
    ("impedance.capacitor", (2.0, 0.25), -2j),
    ("impedance.constant_phase", (4.0, 0.25, 0.5), math.sqrt(2.0) * (1 - J)),
    ("impedance.warburg", (4.0, 6.0), 3.0 - 3j),
    ("impedance.open_warburg", (1e-6, 3.0, 2.0), 1.0 - 1.5e6j),
    ("impedance.short_warburg", (1e8, 3.0, 2.0), 1.5e-4 * (1 - J)),
    ("impedance.gerischer", (1e8, 3.0, 2.0), 3.0 / math.sqrt(2e8) * (1 - J) / math.sqrt(2.0)),
    ("impedance.transmission_line", (1e-6, 3.0, 2.0, 1.0), 1.0 - 5e5j),
    ("impedance.arc_time", (2.0, 8.0, 0.5), 256.0),
    ("impedance.capacitance_hsu_mansfeld", (2.0, 8.0, 0.5), 128.0),
    ("impedance.capacitance_brug", (2.0, 3.0, 0.5, 2.0), 9.0),
    ("impedance.conductivity", (200.0, 1e-3, 1e-4), 0.05),
    ("cathode.plateau_potential", (1 / (1 + E**2), 3.4, 0.0, 0.05), 3.5),
    ("contact.assembly_contact", (6.0, 2.0, 4.0, 2.0, 2.0), 4.0),
    ("contact.void_closure_rate", (4.0, 2.0, 2.0, 3.0), 3.0),
    ("contact.plated_contact", (0.4, 0.5, 0.9, 0.25, 2.0, 0.5, 0.25), 0.9 - 0.4 + 0.3 / 4),
    ("diffraction.index_sums", ("triclinic", [[2, 3, 5]]), [[4, 9, 25, 15, 10, 6]]),
    ("diffraction.metric_of", ("hexagonal", [2.0, 2.0, 4.0, 90.0, 90.0, 120.0]), [1 / 3, 0.0625]),
    ("diffraction.cell_of", ("hexagonal", [1 / 3, 0.0625]), [2.0, 2.0, 4.0, 90.0, 90.0, 120.0]),
    (
        "diffraction.cell_of",
        ("triclinic", [3 / 8, 3 / 32, 3 / 128, -1 / 32, -1 / 16, -1 / 8]),
        [2.0, 4.0, 8.0, 60.0, 60.0, 60.0],
    ),
    ("diffraction.lorentz_polarisation", (120.0,), 1.25 / 0.375),
    ("diffraction.structure_factor_squared", ([[1, 0, 0]], [[0.25, 0.0, 0.0]], [[3.0 + 4j]]), [25.0]),
    ("diffraction.structure_factor_squared", ([[1, 0, 0]], [[0.0, 0.0, 0.0], [0.25, 0.0, 0.0]], [[3.0, 4j]]), [1.0]),
    ("diffraction.march_dollase", (0.5, 2.0), 2.25**-1.5),
    ("diffraction.pseudo_voigt", (0.2, 0.2, 0.0), 10.0 * math.sqrt(math.log(2.0) / HALF_TURN) / 16.0),
    (
        "diffraction.pseudo_voigt",
        (0.2, 0.2, 0.5),
        5.0 * (0.2 / HALF_TURN + math.sqrt(math.log(2.0) / HALF_TURN) / 16.0),
    ),
    ("diffraction.thompson_width", (1.0, 1.0), (WIDE, 1.36603 / WIDE - 0.47719 / WIDE**2 + 0.11116 / WIDE**3)),
    ("diffraction.thompson_width", (2.0, 0.0), (2.0, 0.0)),
    ("filament.local_current", (6.0, 0.75, 0.5, 0.25), 12.0),
    ("filament.local_current", (6.0, 0.75, 0.25, 1.0), 18.0),
    ("impedance.resistor", (2.0, 4.0 - 1j), 4.0 - 1j),
    ("impedance.short_warburg", (1e-6, 3.0, 2.0), 3.0 - 2e-6j),
    ("impedance.short_warburg", (1.0, 3.0, 2.0), 3.0 * SHORT),
    ("impedance.capacitance_brug", (3.0, 4.0, 0.8, 6.0), 4.0**1.25 * 2.0**0.25),
    ("infrared.band", (1020.0, 1000.0, 20.0, 0.0), 0.1 * math.sqrt(math.log(2.0) / HALF_TURN) / 16.0),
    (
        "infrared.band",
        (1020.0, 1000.0, 20.0, 0.5),
        0.05 * (0.2 / HALF_TURN + math.sqrt(math.log(2.0) / HALF_TURN) / 16.0),
    ),
    ("interface.direct_conductance", (0.5, 3e-3, 1e-3, 8e-3, 0.5), 1 / (7e-3 + 8e-3 * (1 - 0.4375))),
    ("kinetics.charge_transfer_overpotential", ((E**2 - E**-2) * AT_300 * 1e3, 1e-3, 300.0), 4 * AT_300),
    ("kinetics.chord_resistance", ((E**2 - E**-2) * AT_300 * 1e3, 1e-3, 300.0), 4e-3 / (E**2 - E**-2)),
    ("small_signal.bounded_diffusion", (2e4, 3e-3, 5.0), 3e-4 * (1 - J) / math.sqrt(2.0)),
    ("thermal.two_phase_conductivity", (2.0, GAS * 1200.0, 300.0, 350.0, 10.0, GAS * 1200.0, 400.0), 20.0 * E),
    ("thermal.two_phase_conductivity", (2.0, GAS * 1200.0, 300.0, 350.0, 10.0, GAS * 1200.0, 300.0), 2.0),
    ("voids.plated_missing", (E**2 * 1e-8, 4e-8, 0.5, 1e-8), 1e-8 * LAMBERT),
    ("resupply.resupplied_current", (2.0, 5.0), 5.0),
    ("resupply.resupplied_current", (2.0, 0.0), 2.0),
    ("roughening.crossing_growth", (2e-6, 1e-6), math.log(3.0)),
    ("roughening.roughening_rate", (2.0, 1e-6, 4e-6, 1e-10), 4e-5),
    ("roughening.shear_modulus", (2.5e6, 0.25), 1e6),
    ("roughening.smoothing_length", (5e-3, 0.1, 0.2, 0.5), 5e-5),
    ("roughening.smoothing_length", (5e-3, 0.1, 0.2, -0.5), 0.0),
    ("roughening.smoothing_rate", (math.log(4.0), 2.0, 1e-6, 4e-6, 0.5, 1e-10), 1.5e-5),
    ("roughening.tip_height", (math.log(3.0), 1e-6), 2e-6),
    ("roughening.unhindered_share", (1e9, 2e9), 0.75),
    ("roughening.unhindered_share", (5e9, 2e9), 0.0),
    ("salt.gradient_voltage", ((E - 1.0) / (E + 1.0), 0.25, 300.0), 1.5 * AT_300),
    ("salt.limiting_current", (1e-11, 1000.0, 0.5, 1e-4), 4e-4 * FARADAY),
    ("salt.relaxation_time", (1e-11, HALF_TURN * 1e-5), 10.0),
    ("salt.salt_diffusivity", (2.0, 1000.0, 0.25, 300.0), 0.75e-3 * AT_300 / FARADAY),
    ("salt.salt_logarithm", (E,), 1.0),
    ("salt.salt_logarithm", (0.0,), math.log(1e-4) - 1.0),
    ("salt.sand_time", (1e-11, 1000.0, 0.5, FARADAY), HALF_TURN * 1e-5),
    (
        "voids.plated_cover",
        (3e-8, 1e-6, 2e-6, 2e-8, 1e-8),
        (2.5e-8 + (1e-8 + 0.5e-8 / E**2 - 0.5e-8)) / (1 - 0.5 / E**2),
    ),
]


def named_laws() -> dict[str, Any]:
    """Return every public function that a file of laws defines; slopes are held against differences elsewhere."""
    rooms = (
        importlib.import_module(f"ionweld.laws.{found.name}") for found in pkgutil.iter_modules(ionweld.laws.__path__)
    )
    return {
        f"{room.__name__.rsplit('.', 1)[1]}.{name}": law
        for room in rooms
        for name, law in inspect.getmembers(room, inspect.isfunction)
        if law.__module__ == room.__name__ and not name.startswith("_") and not name.endswith("_slopes")
    }


LAWS = named_laws()


def test_every_law_is_worked_out_by_hand() -> None:
    assert set(LAWS) == {name for name, _, _ in BY_HAND}


@pytest.mark.parametrize(("name", "arguments", "expected"), BY_HAND)
def test_a_law_gives_what_its_equation_says(name: str, arguments: tuple[Any, ...], expected: Any) -> None:
    assert np.asarray(LAWS[name](*arguments)) == pytest.approx(np.asarray(expected), rel=1e-6, abs=0.0)
