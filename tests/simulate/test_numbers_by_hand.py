"""What each mechanism makes of a cell's numbers, worked out a second time without any law: formulas in lab notation."""

from dataclasses import replace
from math import atan, exp, pi, sqrt, tan
from typing import Any

import numpy as np
import pytest
from full_cells import full_document, full_parameters, make_window
from spine_cells import WELDED, cell_document, make_protocol, parameters

from ionweld.simulate.cell import simulate
from ionweld.simulate.conditions import StartConditions, conditions
from ionweld.simulate.lumped import lumped
from ionweld.spec.cell import parse_cell
from ionweld.spec.library import Entry, assumption, entry

GAS, FARADAY, V_M = 8.31446261815324, 96485.33212, 13.02e-6
K_80, K_60 = 353.15, 333.15
ONE = make_protocol((0.2, 0.5, 1))


def warmed(E: float, T: float, T_0: float) -> float:
    return exp(-E / GAS * (1 / T - 1 / T_0))


def pair(**values: float) -> Entry:
    """Return the paper's pair under the ordinary laws, some of its numbers (SI) replaced."""
    known = replace(entry("Li | Li2OHCl"), mechanisms=())
    stated = {name: known.properties.get(name) or assumption(f"usual_{name}") for name in values}
    changed = {name: replace(stated[name], value=value, low=None, high=None) for name, value in values.items()}
    return replace(known, properties=known.properties | changed)


def started(changed: Entry | None = None, volume: str | None = None, **about: Any) -> StartConditions:
    """Return the start of a cell at 60 degC and 3 MPa that rested for two hours, eight columns."""
    document = cell_document(volume, **({"temperature": "60 degC", "stack_pressure": "3 MPa", "rest": "2 h"} | about))
    return conditions(parse_cell(document), ONE, changed or pair(), "s", columns=8)


LI = entry("Li")
CREEP = LI["creep_rate"] * warmed(LI["creep_activation_energy"], K_60, LI["creep_temperature"])


def yields(T: float) -> float:
    return LI["yield_stress"] - LI["yield_stress_slope"] * (T - LI["yield_stress_temperature"])


# --- voids


def test_lithium_is_resupplied_by_diffusion_and_creep() -> None:
    numbers = {"vacancy_supersaturation": 0.1, "diffusion_distance": 50e-6, "boundary_width": 1e-9}
    changed = pair(replenishing_current=2e-6, **numbers)
    lattice = LI["vacancy_diffusivity"] * warmed(
        LI["vacancy_activation_energy"], K_60, LI["vacancy_diffusivity_temperature"]
    )
    boundary = LI["boundary_diffusivity"] * warmed(
        LI["boundary_activation_energy"], K_60, LI["vacancy_diffusivity_temperature"]
    )
    D = lattice + 3 * 1e-9 / LI["grain_size"] * boundary
    by_diffusion = FARADAY / V_M * D * 0.1 / 50e-6
    T_0 = changed.meant_at("replenishing_current")
    by_creep = 2e-6 * warmed(changed["replenishing_activation_energy"], K_60, T_0) * 3e6
    assert started(changed).number("resupply") == pytest.approx(max(by_diffusion, by_creep), rel=1e-4)
    assert started(changed, stack_pressure="0 MPa").number("resupply") == pytest.approx(by_diffusion, rel=1e-4)


def test_creep_closes_voids_and_small_ones_are_stronger() -> None:
    changed = pair(void_depth=2e-6, strengthening_size=4e-6, strengthening_exponent=0.5)
    stress = LI["creep_stress"] * (1 + sqrt(2.0))
    n = LI["creep_exponent"]
    closure = 1.5 * CREEP * (3 * 3e6 / (2 * n * stress)) ** n
    assert closure < 0.02
    assert started(changed).number("closure") == pytest.approx(closure, rel=1e-6)
    assert started(changed, stack_pressure="100 MPa").number("closure") == 0.02
    assert started(changed, stack_pressure="0 MPa").number("closure") == 0.0


def test_plated_lithium_lifts_the_foil_the_less_the_harder_it_is_pressed() -> None:
    changed = pair(lifting_free=0.3)
    sigma = yields(K_60)
    assert sigma > 0.1 * LI["yield_stress"]
    assert started(changed).number("lifting") == pytest.approx(0.3 * exp(-3e6 / sigma), rel=1e-9)
    warm = started(changed, temperature="175 degC")
    assert warm.number("lifting") == pytest.approx(0.3 * exp(-3e6 / yields(448.15)), rel=1e-9)


def test_contact_is_what_pressure_adhesion_and_time_make_of_hardness() -> None:
    changed = pair(work_of_adhesion=0.5, interface_roughness=1e-6, contact_modulus=200.0)
    n = LI["creep_exponent"]
    made = (n * CREEP * 7200.0) ** (1 / n) * (3e6 + 0.5e6) / (3 * LI["creep_stress"])
    drawn = started(changed, stack_pressure="3 MPa").column("assembly")
    assert made > 0.8
    assert drawn.mean() == pytest.approx(min(1.0, made), rel=0.02)
    light = started(changed, stack_pressure="0 MPa", temperature="25 degC").column("assembly")
    cold = LI["creep_rate"] * warmed(LI["creep_activation_energy"], 298.15, LI["creep_temperature"])
    assert light.mean() == pytest.approx((n * cold * 7200.0) ** (1 / n) * 0.5e6 / (3 * LI["creep_stress"]), rel=0.02)
    assert drawn.shape == (2, 8)


def test_steps_of_formation_add_their_doses() -> None:
    changed = pair(work_of_adhesion=0.0, contact_modulus=500.0)
    document = cell_document(None, temperature="25 degC", stack_pressure="0.05 MPa", rest="2 h")
    document["formation"] = [{"temperature": "60 degC", "stack_pressure": "0.2 MPa", "time": "1 h"}]
    n = LI["creep_exponent"]
    cold = LI["creep_rate"] * warmed(LI["creep_activation_energy"], 298.15, LI["creep_temperature"])

    def alone(rate: float, seconds: float, P: float) -> float:
        return (n * rate * seconds) ** (1 / n) * P / (3 * LI["creep_stress"])

    both = (alone(cold, 7200.0, 0.05e6) ** n + alone(CREEP, 3600.0, 0.2e6) ** n) ** (1 / n)
    drawn = conditions(parse_cell(document), ONE, changed, "s", columns=8).column("assembly")
    assert drawn.mean() == pytest.approx(both, rel=0.01)


# --- filaments


def test_a_flaw_opens_at_its_toughness_and_against_the_stack() -> None:
    changed = pair(crack_shape=1.2, toughness_porosity=8.0)
    start = started(changed)
    pellet = start.setting.electrolyte
    relative = start.cell.electrolyte.relative_density.value

    def of_pellet(name: str) -> float:
        return pellet[name] if name in pellet.properties else assumption(f"usual_{name}").value

    toughness = of_pellet("fracture_toughness") * exp(-8.0 * (of_pellet("typical_relative_density") - relative))
    strength = toughness / (1.2 * sqrt(pi * of_pellet("flaw_size")))
    assert start.number("opening_voltage") == pytest.approx(V_M / FARADAY * (strength + 3e6), rel=1e-4)
    coat = replace(changed.quantity("void_depth"), value=10 * strength)
    coated = replace(changed, properties=changed.properties | {"coat_strength": coat})
    assert started(coated).number("opening_voltage") == pytest.approx(V_M / FARADAY * (10 * strength + 3e6), rel=1e-4)


def test_a_filament_turns_and_is_filled_and_is_pressed_in() -> None:
    changed = pair(
        filament_width=4e-6, filament_recovered=0.7, pore_radius=1e-6, strengthening_size=4e-6,
        strengthening_exponent=0.5, closed_porosity=0.02, extrusion_rate=1e-4, extrusion_exponent=2.0,
        extrusion_stress=5e6,
    )  # fmt: skip
    start = started(changed, stack_pressure="10 MPa")
    L, area = start.number("length"), start.derived.electrode_area_m2
    assert start.number("steepest") == pytest.approx(atan(2 * L / 4e-6), rel=1e-12)
    assert start.number("thread") == pytest.approx((4e-6) ** 2 / (area / 8), rel=1e-9)
    assert start.number("recovered") == 0.7
    assert start.number("cracks_at") == pytest.approx(K_60)
    porosity = 1 - start.cell.electrolyte.relative_density.value - 0.02
    assert porosity > 0
    creeps_at = 5e6 * (1 + sqrt(4.0))
    excess = 10e6 - 3 * yields(K_60)
    assert excess > 0
    rate = 1e-6 * 1e-4 * porosity * (excess / creeps_at) ** 2
    assert start.number("extrusion") == pytest.approx(rate, rel=1e-6)
    pressed = rate * 7200.0
    n = start.n
    angle = start.y[start.layout.state("angle", n)][:n]
    assert tan(angle[0]) * 4e-6 == pytest.approx(pressed, rel=1e-6)
    held = start.y[start.layout.state("held", n)]
    assert held[0] == pytest.approx(start.number("thread") * pressed, rel=1e-6)
    assert np.all(held[1:] == 0.0)


def test_the_stack_opens_a_weak_pellet_only_where_lithium_yields() -> None:
    """A flaw that 1 MPa would open: but at 1 MPa lithium does not flow into it, and at 10 MPa it is through at once."""
    weak = pair(crack_shape=1e4)
    assert 1e6 < 3 * yields(K_60) < 10e6
    firm, open_ = (started(weak, stack_pressure=P) for P in ("1 MPa", "10 MPa"))
    assert firm.number("opening_voltage") < V_M / FARADAY * 2e6
    assert firm.number("extrusion") == 0.0
    angle = open_.y[open_.layout.state("angle", open_.n)][0]
    assert tan(angle) * open_.number("width") > 0.99 * open_.number("length")


# --- layer, gap, interphase, charge transfer


def test_a_gap_is_followed_by_the_stack_and_holds_its_liquid() -> None:
    start = started(pair(stack_half_pressure=1e6, limiting_strain=0.4), WELDED)
    area = start.derived.electrode_area_m2
    assert start.number("followed") == pytest.approx(0.75)
    assert start.number("strain") == 0.4
    assert area == pytest.approx(pi * 9e-6)
    for side in (0, 1):
        assert start.number("gap_width", side) == pytest.approx(10e-6)
        assert start.number("gap_liquid", side) == pytest.approx(3e-9 / area, rel=1e-9)
        assert start.number("chi", side) == start.number("chi_start", side) == pytest.approx(1.0)


def test_rates_of_a_layer_are_meant_at_their_temperature() -> None:
    changed = pair(conversion_rate=1e-5, densification_rate=2e-5, layer_solid_conductivity=1e-3)
    start = started(changed, WELDED)
    T_0 = changed["reference_temperature"]
    E_x, E_L = changed["reaction_activation_energy"], changed["layer_activation_energy"]
    at = {name: changed.meant_at(name) for name in ("conversion_rate", "layer_solid_conductivity")}
    assert pytest.approx(K_80) == T_0
    assert start.number("conversion") == pytest.approx(1e-5 * warmed(E_x, K_60, at["conversion_rate"]), rel=1e-9)
    assert start.number("densification") == pytest.approx(2e-5 * warmed(E_x, K_60, at["conversion_rate"]), rel=1e-9)
    assert start.number("sigma_solid") == pytest.approx(
        1e-3 * warmed(E_L, K_60, at["layer_solid_conductivity"]), rel=1e-9
    )
    liquid = entry("1 M LiPF6 in EC:DEC:FEC 45:45:10")
    sigma = liquid["conductivity"] * warmed(
        liquid["conductivity_activation_energy"], K_60, liquid["conductivity_temperature"]
    )
    assert start.number("sigma_liquid") == pytest.approx(sigma, rel=1e-9)


def test_an_interphase_grows_by_half_of_its_energy_and_conducts_as_charge_transfer_does() -> None:
    changed = pair(interphase_growth=1e-6)
    with_liquid = replace(
        changed,
        properties=changed.properties
        | {
            "interphase_under_liquid": replace(changed.quantity("void_depth"), value=0.25),
            "interphase_linear_growth": replace(changed.quantity("void_depth"), value=3e-9),
        },
    )
    start = started(with_liquid)
    E_t, E_x = changed["charge_transfer_activation_energy"], changed["reaction_activation_energy"]
    conducts = 1.0 / warmed(E_t, K_60, changed.meant_at("charge_transfer_resistance"))
    T_0 = changed.meant_at("interphase_growth")
    growth = 1e-6 * warmed(0.5 * E_x, K_60, T_0)
    assert start.number("conducts") == pytest.approx(conducts, rel=1e-9)
    assert start.number("growth") == pytest.approx(growth, rel=1e-9)
    assert start.number("growth_wet") == pytest.approx(0.25 * growth, rel=1e-9)
    assert start.number("growth_linear") == pytest.approx(3e-9 * warmed(E_x, K_60, T_0), rel=1e-9)
    clean = changed["charge_transfer_resistance"] * conducts
    assert start.number("clean") == pytest.approx(clean, rel=1e-9)


# --- the cell itself


def test_numbers_of_the_cell() -> None:
    document = cell_document(None, temperature="60 degC", stack_pressure="3 MPa", rest="2 h")
    document["formation"] = [
        {"temperature": "80 degC", "stack_pressure": "1 MPa", "time": "1 h"},
        {"temperature": "60 degC", "stack_pressure": "1 MPa", "time": "30 min"},
    ]
    start = conditions(parse_cell(document), ONE, pair(), "s", columns=8)
    E_x, n = pair()["reaction_activation_energy"], start.n
    dose, rest = (start.y[start.layout.state(name, n)] for name in ("dose", "dose_rest"))
    formed = 3600.0 * warmed(E_x, K_80, K_60) + 1800.0
    assert dose / rest == pytest.approx(np.full(2, 1.0 + formed / 7200.0), rel=1e-9)
    assert start.number("v_li") == pytest.approx(V_M / FARADAY, rel=1e-4)
    assert start.number("sides") == 2.0
    assert start.number("limit") == 5.0
    thickness = 0.15e-3 / (start.cell.electrolyte.relative_density.value * entry("Li2OHCl")["density"] * pi * 25e-6)
    assert start.number("length") == pytest.approx(thickness, rel=1e-9)
    # 0.2 mA/cm2 for half an hour is what counts as one of charge; one of |V| t is one volt for that time
    layout, n = start.layout, start.n
    assert start.scales[layout.state("charge", n)] == pytest.approx(2.0 * 1800.0)
    assert start.scales[layout.state("voltage_time", n)] == pytest.approx(1800.0)


def test_numbers_of_a_cathode() -> None:
    changed = full_parameters()
    start = conditions(parse_cell(full_document()), make_window("0.2 C", 2), changed, "s", columns=4)
    T, T_0 = start.cell.temperature.value, changed.meant_at("cathode_resistance")
    R_c = changed["cathode_resistance"] / warmed(changed["cathode_activation_energy"], T, T_0)
    assert start.number("cathode_resistance") == pytest.approx(R_c, rel=1e-9)
    lfp = entry("LiFePO4")
    assert start.number("plateau") == pytest.approx(lfp["plateau_voltage"])
    charge = start.derived.cathode
    assert charge is not None
    assert start.number("capacity") == pytest.approx(charge.theoretical_C_per_m2 * changed["usable_fraction"])
    assert start.number("sides") == 1.0
    z = start.y[start.layout.state("lithiation", 4)]
    assert z == pytest.approx(np.full(4, changed["initial_lithiation"]))
    window = make_window("0.2 C", 2)
    upper, rate = window.upper_voltage.value, window.stages[0].c_rate.value
    assert (start.number("upper"), start.number("lower")) == (upper, window.lower_voltage.value)
    scales = start.scales
    assert scales[start.layout.state("charge", 4)] == pytest.approx(charge.nominal_C_per_m2)
    assert scales[start.layout.state("voltage_time", 4)] == pytest.approx(upper / rate)
    assert scales[start.layout.state("supplied", 4)] == pytest.approx(upper * charge.nominal_C_per_m2)
    leak = changed["electronic_leak"] * warmed(
        changed["leak_activation_energy"], T, changed.meant_at("electronic_leak")
    )
    assert start.number("sigma_e") == pytest.approx(leak, rel=1e-9)


# --- a cell in a handful of numbers


def test_a_lumped_cell_has_the_resistance_of_the_whole() -> None:
    """At a small current V/j of the simulated cell is what pellet, interface and (curved) charge transfer add up to."""
    small = make_protocol((1e-4, 0.01, 1))
    for entry_ in (pair(), parameters()):
        run = simulate(parse_cell(cell_document(WELDED, temperature="60 degC")), small, entry_, "s", columns=4)
        found = lumped(run)
        assert (found.temperature, found.area) == (pytest.approx(K_60), pytest.approx(pi * 9e-6))
        assert found.thickness == pytest.approx(run.conditions.number("length"))
        transfer = 0.0 if found.exchange_current is None else GAS * K_60 / (FARADAY * found.exchange_current)
        assert (found.exchange_current is None) is (entry_.mechanisms != ())
        whole = found.thickness / found.conductivity + found.interface + transfer
        first = run.measurement.table.row(1, named=True)
        seen = abs(first["Voltage / V"] / first["Current / A"]) * found.area
        assert whole == pytest.approx(seen, rel=2e-3)
        assert found.cathode is None
        assert lumped(run, 1).said != found.said


def test_a_film_is_ohmic_in_a_lumped_cell() -> None:
    """Charge transfer keeps its exchange current; the film joins the series resistance, over the contact of both sides."""
    known, small = pair(), make_protocol((1e-4, 0.01, 1))
    film = replace(known.quantity("charge_transfer_resistance"), value=4e-3)
    filmed = replace(known, properties=known.properties | {"film_resistance": film})
    cell = parse_cell(cell_document(None, temperature="80 degC"))
    runs = [simulate(cell, small, one, "s", columns=1) for one in (known, filmed)]
    bare, coated = (lumped(run) for run in runs)
    assert coated.exchange_current == pytest.approx(bare.exchange_current, rel=1e-9)
    theta = runs[0].conditions.column("assembly")[0, 0]
    assert coated.interface - bare.interface == pytest.approx(2 * 4e-3 / theta, rel=1e-9)


def test_a_lumped_cathode_is_that_of_the_cell() -> None:
    changed = full_parameters()
    run = simulate(parse_cell(full_document()), make_window("0.2 C", 1), changed, "s", columns=2)
    found = lumped(run).cathode
    assert found is not None
    start = run.conditions
    assert found.capacity == pytest.approx(start.number("capacity"))
    assert found.resistance == pytest.approx(start.number("cathode_resistance"))
    assert found.lithiation == pytest.approx(changed["initial_lithiation"])
    assert (found.plateau, found.slope, found.edge) == tuple(
        start.number(name) for name in ("plateau", "slope", "edge")
    )
    assert found.growth == start.number("cathode_growth")
    assert found.potential(0.5) == pytest.approx(found.plateau)
