"""Limits, symmetries and closed forms of the laws, over the whole range in which they are meant to hold."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from ionweld.laws import contact, filament, interface, thermal, transport
from ionweld.laws.cathode import plateau_potential, stored_energy
from ionweld.laws.infrared import band
from ionweld.laws.small_signal import limiting_capacitance

fraction = st.floats(1e-4, 1.0)
below_one = st.floats(1e-4, 0.999)
area_resistance = st.floats(1e-5, 10.0)  # ohm m2
chis = st.floats(0.0, 1.0)
pressure = st.floats(1e3, 1e7)
creep_rate = st.floats(1e-6, 1.0)
exponent = st.floats(3.0, 8.0)
spot = st.floats(1e-7, 1e-4)
conductivity = st.floats(1e-4, 10.0)


def conductance(theta: float, R_t: float, R_L: float, R_s: float, chi: float) -> float:
    direct = interface.direct_conductance(theta, R_t, R_L, R_s, chi)
    return direct + interface.gap_conductance(theta, R_t, R_L, chi)


# transport


@given(spot, conductivity)
def test_full_contact_has_no_constriction(a: float, sigma: float) -> None:
    assert transport.constriction_resistance(1.0, a, sigma) == 0.0


@given(fraction, fraction, spot, conductivity)
def test_constriction_falls_with_contact(low: float, high: float, a: float, sigma: float) -> None:
    assume(low < high * (1 - 1e-9))
    assert transport.constriction_resistance(low, a, sigma) > transport.constriction_resistance(high, a, sigma) >= 0.0


@given(st.floats(1e-4, 0.1), st.floats(1e-5, 0.1), st.floats(1.0, 10.0))
def test_spreading_never_raises_the_resistance(r: float, L: float, wider: float) -> None:
    factor = transport.spreading_factor(r, L, r * wider)
    assert (1.0 / wider) ** 2 * (1 - 1e-12) <= factor <= 1.0
    assert factor >= transport.spreading_factor(r, 2.0 * L, r * wider)


@given(st.floats(1e-4, 0.1))
def test_a_thin_pellet_spreads_no_current(r: float) -> None:
    assert transport.spreading_factor(r, 1e-6 * r, 2.0 * r) == pytest.approx(1.0, abs=2e-6)
    assert transport.spreading_factor(r, r, r) == 1.0  # no pellet beside the electrode


@given(st.floats(1e-6, 1e-2), st.floats(1e-3, 3e-2), st.floats(500.0, 8000.0), st.floats(0.5, 1.0))
def test_pellet_thickness_gives_the_mass_back(mass: float, diameter: float, density: float, relative: float) -> None:
    L = transport.pellet_thickness(mass, diameter, density, relative)
    assert relative * density * transport.disc_area(diameter) * L == pytest.approx(mass, rel=1e-12)


@given(st.floats(1e-8, 1e-2), st.floats(1e-5, 1e-2))
def test_columns_are_whole_and_at_least_one(area: float, L: float) -> None:
    n = transport.independent_columns(area, L)
    assert n >= 1.0
    assert n == int(n)
    assert n == 1.0 or abs(n - area / L**2) <= 0.5


# interface


@given(area_resistance, area_resistance, chis)
def test_welded_without_layer_resistance_is_bare_at_full_contact(R_t: float, R_s: float, chi: float) -> None:
    """With R_L = 0 a filled gap is as good as contact; what is left of the gap is the dry part."""
    bare = conductance(1.0, R_t, 0.0, 0.0, 0.0)
    for theta in (1e-3, 0.1, 0.7, 1.0):
        assert conductance(theta, R_t, 0.0, R_s, 1.0) == pytest.approx(bare, rel=1e-12)
    assert conductance(1.0, R_t, 0.0, 0.0, chi) == pytest.approx(bare, rel=1e-12)


@given(below_one, area_resistance, area_resistance, chis)
def test_conductance_rises_with_contact_and_with_filling(theta: float, R_t: float, R_L: float, chi: float) -> None:
    more = min(1.0, theta + 1e-3)
    assert conductance(more, R_t, R_L, 0.0, 0.0) > conductance(theta, R_t, R_L, 0.0, 0.0)
    assert conductance(more, R_t, R_L, 0.0, chi) >= conductance(theta, R_t, R_L, 0.0, chi) * (1 - 1e-12)
    assert conductance(theta, R_t, R_L, 0.0, chi) > conductance(theta, R_t, 2.0 * R_L, 0.0, chi) or chi * R_L < 1e-9


@given(fraction, area_resistance, area_resistance, area_resistance, chis)
def test_paths_in_parallel_carry_positive_shares(theta: float, R_t: float, R_L: float, R_s: float, chi: float) -> None:
    direct = interface.direct_conductance(theta, R_t, R_L, R_s, chi)
    total = conductance(theta, R_t, R_L, R_s, chi)
    assert 0.0 < direct <= total
    assert total * R_t <= 1.0 + 1e-12  # nothing beats full contact without a layer


@given(fraction, area_resistance, area_resistance, area_resistance)
def test_a_bare_gap_conducts_nothing_and_its_layer_does_not_count(
    theta: float, R_t: float, R_L: float, R_s: float
) -> None:
    assert interface.gap_conductance(theta, R_t, R_L, 0.0) == 0.0
    assert conductance(theta, R_t, R_L, R_s, 0.0) == conductance(theta, R_t, 2.0 * R_L, R_s, 0.0)


@given(st.floats(0.0, 1e-6), st.floats(1e-7, 1e-3), st.floats(1e-7, 1e-2))
def test_filled_fraction_is_a_capped_balance(volume: float, gap: float, area: float) -> None:
    chi = interface.filled_fraction(volume, gap, area)
    assert 0.0 <= chi <= 1.0
    assert chi == 1.0 or chi * gap * area == pytest.approx(volume, rel=1e-12)


@given(st.floats(0.05, 3.0), st.floats(0.05, 20.0), st.floats(0.1, 0.95))
def test_the_layer_follows_its_closed_form(k_x: float, k_p: float, porosity_0: float) -> None:
    """x = 1 - exp(-k t) and 1/eps^2 = 1/eps0^2 + 2 k_p (integral of x) solve the two rates together (per hour)."""

    def rates(_t: float, y: np.ndarray) -> list[float]:
        return [interface.conversion_rate(y[0], k_x), interface.densification_rate(y[1], y[0], k_p)]

    times = np.array([0.5, 3.0, 20.0])
    found = solve_ivp(rates, (0.0, 20.0), [0.0, porosity_0], method="LSODA", t_eval=times, rtol=1e-10, atol=1e-13).y
    x = 1.0 - np.exp(-k_x * times)
    integral = times - x / k_x
    assert found[0] == pytest.approx(x, rel=1e-7)
    assert found[1] == pytest.approx((porosity_0**-2 + 2.0 * k_p * integral) ** -0.5, rel=1e-6)


@given(st.floats(1e-7, 1e-5), st.floats(0.0, 0.99))
def test_a_porous_layer_holds_its_solid(delta: float, porosity: float) -> None:
    assert interface.layer_thickness(delta, porosity) * (1.0 - porosity) == pytest.approx(delta, rel=1e-12)


@given(conductivity, conductivity, st.floats(0.0, 0.99))
def test_layer_conductivity_runs_from_liquid_to_solid(liquid: float, solid: float, porosity: float) -> None:
    assert interface.layer_conductivity(liquid, solid, 0.0, porosity) == liquid
    assert interface.layer_conductivity(liquid, solid, 1.0, 0.0) == pytest.approx(solid)
    assert interface.layer_conductivity(liquid, solid, 1.0, porosity) <= solid


# contact


@given(pressure, st.floats(1.0, 1e7), creep_rate, exponent)
def test_assembly_contact_rises_to_full_contact(P: float, t: float, rate: float, n: float) -> None:
    def made(pressure: float, time: float) -> float:
        return contact.assembly_contact(pressure, time, rate, n, 1e6)

    assert made(P, t) > 0.0
    assert made(2.0 * P, t) == pytest.approx(2.0 * made(P, t), rel=1e-12)
    assert made(P, 3.0 * t) >= made(P, t)
    assert made(1e12, t) > 1.0  # the cap stands after the spread over the columns (simulate.conditions)


@given(pressure, creep_rate, exponent)
def test_contact_by_creep_is_what_the_flow_law_makes_of_hardness(P: float, rate: float, n: float) -> None:
    """Pressed for the time in which lithium of flow stress s strains by 1/n, it touches with P / (3 s)."""
    flow = 10.0 * P
    strain_rate = rate * (flow / 1e6) ** n
    assert contact.assembly_contact(P, 1.0 / (n * strain_rate), rate, n, 1e6) == pytest.approx(P / (3.0 * flow))


@given(fraction, fraction, st.floats(0.0, 100.0), st.floats(0.0, 100.0))
def test_no_contact_is_lost_without_current(share: float, theta_b: float, j_d: float, j_rep: float) -> None:
    theta = share * theta_b
    v, depth = 1.35e-10, 1e-5
    assert contact.stripping_contact_rate(theta, theta_b, 0.0, j_rep, v, depth) >= 0.0
    assert contact.stripping_contact_rate(theta_b, theta_b, j_d, j_rep, v, depth) == -v / depth * j_d
    assert contact.lasting_loss_rate(theta_b, 0.0, 0.0, 1.0, v, depth) + contact.closing_rate(theta_b, 1.0, 1e-6) >= 0.0


@given(fraction, fraction, fraction, st.floats(0.0, 0.02), st.floats(1.0, 100.0), st.floats(0.0, 1000.0))
def test_plating_restores_contact_as_its_equations_say(
    share: float, part: float, theta_a: float, k_c: float, tau: float, t: float
) -> None:
    """The closed form against the matrix exponential of d theta_b = k_c (theta_a - theta_b), d theta = (theta_b - theta)/tau."""
    k_c = min(k_c, 0.5 / tau)
    theta_b, theta = part * theta_a, share * part * theta_a
    rates = np.array([[-k_c, 0.0, k_c * theta_a], [1.0 / tau, -1.0 / tau, 0.0], [0.0, 0.0, 0.0]])
    expected = (expm(rates * t) @ [theta_b, theta, 1.0])[:2]
    creep, rewetting = np.exp(-k_c * t), np.exp(-t / tau)
    healed = contact.healed_contact(theta_b, theta_a, creep)
    plated = contact.plated_contact(theta, theta_b, theta_a, k_c, tau, creep, rewetting)
    assert [healed, plated] == pytest.approx(expected, rel=1e-7, abs=1e-10)
    assert plated <= healed * (1 + 1e-12)


@given(fraction, st.floats(0.0, 100.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_contact_never_outruns_what_can_be_restored(theta_b: float, j_d: float, lost: float, residual: float) -> None:
    """On the line theta = theta_b the gap between the two can only open: theta <= theta_b holds for ever."""
    v, depth = 1.35e-10, 1e-5
    theta_r = residual * theta_b
    stripped = contact.stripping_contact_rate(theta_b, theta_b, j_d, 1.0, v, depth)
    for closing in (0.0, 1e-6):
        lasting = contact.lasting_loss_rate(theta_b, theta_r, j_d, lost, v, depth)
        restorable = lasting + contact.closing_rate(theta_b, 1.0, closing)
        assert restorable >= stripped
    at_the_end = contact.lasting_loss_rate(theta_b, theta_b, j_d, lost, v, depth)
    assert at_the_end == 0.0  # the spots that are never lost


@given(st.floats(0.0, 10.0), st.floats(1e-6, 100.0))
def test_permanent_part_is_a_part(f: float, X: float) -> None:
    phi = contact.residual_depth(X, 0.03)
    assert 0.0 < phi <= 1.0 / 0.03
    assert 0.0 <= contact.permanent_fraction(f, phi) <= 1.0


@given(pressure, creep_rate, exponent)
def test_voids_close_with_the_power_of_creep(P: float, rate: float, n: float) -> None:
    closing = contact.void_closure_rate(2.0 * P, rate, n, 1e6) / contact.void_closure_rate(P, rate, n, 1e6)
    assert closing == pytest.approx(2.0**n, rel=1e-9)
    assert contact.replenishing_current(5e-6, 2.0 * P) == 2.0 * contact.replenishing_current(5e-6, P)


# filament


@given(st.floats(0.01, 100.0), st.floats(0.01, 100.0), st.floats(0.1, 100.0))
def test_filaments_wait_for_the_critical_current(j: float, j_star: float, j_c: float) -> None:
    rate = filament.filament_rate(j, j_star, j_c, 1000.0, 1.35e-10)
    assert (rate > 0.0) == (j_star > j_c)
    assert rate <= 1.35e-10 * 1000.0 * j  # at most all of the column's lithium
    assert filament.filament_rate(j, 1e12, j_c, 1.0, 1.35e-10) == pytest.approx(1.35e-10 * j, rel=1e-6)


@given(st.floats(0.01, 100.0), fraction)
def test_local_current_is_the_current_over_its_area(j: float, theta: float) -> None:
    assert filament.local_current(j, 1.0, theta, 0.0) == pytest.approx(j / theta)
    assert filament.local_current(j, theta, theta, 1.0) == pytest.approx(j)  # evenly spread over contact and gap
    assert filament.local_current(j, 1.0, 1.0, 1.0) == pytest.approx(j)


@given(st.floats(0.0, 100.0))
def test_flaws_focus_within_their_limit(Y: float) -> None:
    assert filament.flaw_factor(1.0, 0.3) == 1.0
    assert 0.0 < filament.flaw_factor(Y, 0.3) <= 1.0 / 0.3


@given(st.floats(0.1, 10.0), st.floats(-3.0, 3.0), st.floats(0.0, 10.0))
def test_a_median_first_bridge_takes_half_of_the_current(R_cell: float, normal: float, j: float) -> None:
    G = filament.first_short_conductance(R_cell, 0.5, 0.0)
    assert filament.cell_voltage(j, 1.0 / R_cell, G) == pytest.approx(0.5 * filament.cell_voltage(j, 1.0 / R_cell, 0.0))
    assert filament.cell_voltage(-j, 1.0 / R_cell, G) == -filament.cell_voltage(j, 1.0 / R_cell, G)
    twice = filament.short_growth(0.1, 1.0, 0.25, normal) * filament.short_growth(0.1, 1.0, 0.25, -normal)
    assert twice == pytest.approx(filament.short_growth(0.1, 2.0, 0.25, 0.0))


# thermal


@given(st.floats(1e-6, 1e3), st.floats(0.0, 1e5), st.floats(250.0, 450.0), st.floats(250.0, 450.0))
def test_arrhenius_goes_there_and_back(value: float, E_a: float, T: float, T_ref: float) -> None:
    there = thermal.arrhenius(value, E_a, T, T_ref)
    assert thermal.arrhenius(value, E_a, T, T) == value
    assert thermal.arrhenius(there, E_a, T_ref, T) == pytest.approx(value, rel=1e-9)
    assert (there >= value) == (T_ref <= T) or E_a < 1e-6 or there == pytest.approx(value)


def test_arrhenius_against_the_papers_own_numbers() -> None:
    """Yu et al. 2021: 1e-3 S/cm at 100 degC and 0.605 eV; 3.4e-4 S/cm at 80 degC follows by hand."""
    by_hand = 1e-3 * np.exp(-0.605 * 1.602176634e-19 / 1.380649e-23 * (1 / 353.15 - 1 / 373.15))
    E_a = 0.605 * 1.602176634e-19 * 6.02214076e23
    assert thermal.arrhenius(1e-3, E_a, 353.15, 373.15) == pytest.approx(by_hand, rel=1e-12)
    assert by_hand == pytest.approx(3.4e-4, rel=0.02)


@given(st.floats(0.01, 0.99), st.floats(2.0, 5.0), st.floats(0.0, 1.5), st.floats(0.002, 0.05))
def test_the_charge_per_voltage_and_the_energy_of_a_cathode_follow_from_its_voltage(z, plateau, slope, edge) -> None:
    h = 1e-5
    ends = [plateau_potential(z + step, plateau, slope, edge) for step in (-h, h)]
    assert limiting_capacitance(1.0, z, slope, edge) == pytest.approx(2.0 * h / (ends[0] - ends[1]), rel=1e-4)
    energies = [stored_energy(z + step, plateau, slope, edge) for step in (-h, h)]
    assert (energies[1] - energies[0]) / (2.0 * h) == pytest.approx(
        plateau_potential(z, plateau, slope, edge), rel=1e-4
    )
    assert plateau_potential(0.5, plateau, slope, edge) == pytest.approx(plateau)
    rise = plateau_potential(0.4, plateau, slope, edge) - plateau_potential(0.4, plateau, 0.0, edge)
    assert rise == pytest.approx(0.1 * slope, abs=1e-12)


# infrared


@given(st.floats(-3.0, 3.0), st.floats(-60.0, 60.0), st.floats(5.0, 50.0))
def test_a_lopsided_band_has_the_width_of_its_place(skew: float, apart: float, width: float) -> None:
    """Beside its maximum it falls as a band does that is wider or narrower by 2/(1 + exp(s x)), x in widths."""
    local = 2.0 * width / (1.0 + np.exp(skew * apart / width))
    for share, fallen in ((1.0, 1.0 / (1.0 + 4.0 * (apart / local) ** 2)), (0.0, 0.0625 ** ((apart / local) ** 2))):
        top, there = band(np.array([1000.0, 1000.0 + apart]), 1000.0, width, share, skew)
        assert there / top == pytest.approx(fallen, rel=1e-9, abs=1e-200)
        assert there == pytest.approx(band(1000.0 - apart, 1000.0, width, share, -skew), rel=1e-9)
