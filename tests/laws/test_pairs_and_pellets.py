"""Limits and closed forms of the laws of kinetics, fracture, gap, resupply and assembly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp

from ionweld.laws import assembly, contact, filament, fracture, gap, kinetics, resupply, transport

temperature = st.floats(250.0, 450.0)
area_resistance = st.floats(1e-5, 10.0)  # ohm m2
current = st.floats(1e-4, 1e3)  # A/m2
fraction = st.floats(1e-4, 1.0)
pressure = st.floats(0.0, 1e8)
V, V_M, FARADAY, GAS = 13.02e-6 / 96485.33212, 13.02e-6, 96485.33212, 8.31446261815324

# kinetics


@given(st.floats(-1e4, 1e4), area_resistance, temperature)
def test_butler_volmer_goes_there_and_back(j: float, R_t: float, T: float) -> None:
    eta = kinetics.charge_transfer_overpotential(j, R_t, T)
    assert kinetics.charge_transfer_current(eta, R_t, T) == pytest.approx(j, rel=1e-9, abs=1e-12)
    assert kinetics.charge_transfer_overpotential(-j, R_t, T) == pytest.approx(-eta)
    assert abs(eta) <= abs(j) * R_t * (1 + 1e-12)  # never above the straight line
    assert kinetics.chord_resistance(j, R_t, T) * j == pytest.approx(eta, rel=1e-9, abs=1e-12)


@given(st.floats(-1e3, 1e3), st.floats(1e-4, 1.0), temperature)
def test_a_tangent_is_the_slope_of_its_curve(j: float, R_t: float, T: float) -> None:
    scale = GAS * T / (FARADAY * R_t)  # the exchange current density
    ends = [kinetics.charge_transfer_overpotential(j + step * scale, R_t, T) for step in (-1e-4, 1e-4)]
    assert kinetics.tangent_resistance(j, R_t, T) == pytest.approx((ends[1] - ends[0]) / (2e-4 * scale), rel=1e-5)
    assert kinetics.tangent_resistance(j, R_t, T) <= kinetics.chord_resistance(j, R_t, T) * (1 + 1e-12)


@given(st.floats(1e-9, 1e6), st.floats(-1.0, 1.0))
def test_a_curve_that_is_carried_on_is_the_curve(x_0: float, part: float) -> None:
    """Exact to rounding from any point, as far as the series is said to go."""
    x = np.sinh(np.arcsinh(x_0) + part * min(kinetics.SMALL_STEP, np.arcsinh(x_0) / 2.0))
    step = kinetics.asinh_step(x, x_0)
    assert abs(step) <= kinetics.SMALL_STEP * 1.001
    assert kinetics.carried_asinh(np.arcsinh(x_0), step) == pytest.approx(np.arcsinh(x), rel=2e-14)


def test_butler_volmer_by_hand() -> None:
    """100 ohm cm2 at 80 degC has j0 = RT/(F R_t) = 0.304 mA/cm2; at 1 mA/cm2 the chord is 12 to 16 % lower."""
    R_t, T = 0.01, 353.15
    j_0 = GAS * T / (FARADAY * R_t)
    assert j_0 == pytest.approx(3.04, rel=1e-2)
    forward_less_back = j_0 * (np.exp(0.5 * 0.05 * FARADAY / GAS / T) - np.exp(-0.5 * 0.05 * FARADAY / GAS / T))
    assert kinetics.charge_transfer_current(0.05, R_t, T) == pytest.approx(forward_less_back, rel=1e-9)
    assert kinetics.chord_resistance(10.0, R_t, T) / R_t == pytest.approx(np.arcsinh(5 / j_0) / (5 / j_0), rel=1e-9)
    assert kinetics.chord_resistance(0.0, R_t, T) == R_t


@given(current, area_resistance, temperature)
def test_charge_transfer_falls_with_current(j: float, R_t: float, T: float) -> None:
    R = kinetics.chord_resistance(np.array([0.0, j, 2.0 * j]), R_t, T)
    assert R_t * (1 + 1e-12) >= R[0] >= R[1] * (1 - 1e-12) >= R[2] * (1 - 2e-12) > 0.0


@given(st.floats(1e-7, 1e-3), st.floats(1e-7, 1e-3), st.floats(0.0, 1.0), st.floats(0.0, 1e7), st.floats(1.0, 1e5))
def test_interphase_doses_give_the_parabola(K_dry: float, K_wet: float, chi: float, t: float, t_rest: float) -> None:
    rate = kinetics.interphase_dose_rate(K_dry, K_wet, chi)
    K = (1.0 - chi) * K_dry + chi * K_wet
    grown = kinetics.passivating_interphase(rate * (t + t_rest), rate * t_rest)
    assert grown == pytest.approx(K * (np.sqrt(t + t_rest) - np.sqrt(t_rest)), rel=1e-9, abs=1e-12)
    assert kinetics.interphase_dose_rate(K_dry, K_wet, 0.0) == K_dry**2  # dry
    assert kinetics.interphase_dose_rate(K_dry, K_wet, 1.0) == K_wet**2  # under liquid it does not stop
    assert kinetics.mixed_conducting_interphase(K, 2.0 * t) == 2.0 * K * t


# fracture


@given(st.floats(1e5, 5e6), st.floats(1e-7, 1e-3), pressure, area_resistance, temperature)
def test_a_flaw_opens_where_its_overpotential_is_reached(K_IC: float, a: float, P: float, R_t: float, T: float) -> None:
    strength = fracture.crack_stress(K_IC, a, 1.12)
    eta = fracture.critical_overpotential(strength, P, V_M)
    assert eta * FARADAY / V_M == pytest.approx(strength + P)
    assert strength == pytest.approx(2.0 * fracture.crack_stress(K_IC, 4.0 * a, 1.12))
    if eta < 1.0:
        j_c = kinetics.charge_transfer_current(eta, R_t, T)
        assert kinetics.charge_transfer_overpotential(j_c, R_t, T) == pytest.approx(eta, rel=1e-9)
        assert kinetics.charge_transfer_current(eta, 0.5 * R_t, T) == pytest.approx(2.0 * j_c)
        assert kinetics.charge_transfer_current(fracture.critical_overpotential(strength, P + 1e6, V_M), R_t, T) > j_c


def test_ten_millivolts_are_74_megapascals() -> None:
    assert fracture.critical_overpotential(74.1e6, 0.0, V_M) == pytest.approx(0.010, rel=1e-3)


@given(st.floats(1e-7, 1e-4), st.floats(0.61, 0.999), st.floats(0.02, 0.2), st.floats(1.0, 6.0))
def test_dense_pellets_are_stronger(grain: float, density: float, p_0: float, b: float) -> None:
    def strength(relative_density: float) -> float:
        K = fracture.porous_toughness(1e6, relative_density, b)
        return fracture.crack_stress(K, fracture.flaw_size(grain, relative_density, p_0), 1.12)

    assert strength(density) < strength(1.0)
    assert fracture.flaw_size(grain, 1.0, p_0) == 0.5 * grain
    assert fracture.percolating_porosity(density, 0.06) == max(0.0, 1.0 - density - 0.06)


def charge_to_short(L: float, width: float, share: float) -> float:
    """Return the charge (C/m2) that takes a filament through a pellet, from the integral of its rate."""

    def charge_per_length(length: float) -> float:
        Gamma = fracture.gathered_current(length, width, L)
        return 1.0 / filament.filament_rate(1.0, 1.0, 1.0 - share, Gamma, V)

    return quad(charge_per_length, 0.0, L, points=[min(width, L)], limit=200)[0]


@given(st.floats(10e-6, 2e-3), st.floats(1e-6, 3e-5), st.floats(0.05, 1.0))
def test_charge_to_a_short_follows_the_width_and_not_the_mesh(L: float, width: float, share: float) -> None:
    charge = charge_to_short(L, width, share)
    assert charge == pytest.approx(width / (V * share) * np.arctan(L / width), rel=1e-6)
    assert charge <= charge_to_short(2.0 * L, width, share)  # a thicker pellet is never pierced sooner


@given(st.floats(1e-7, 2e-3), st.floats(1e-6, 3e-5), st.floats(0.1, 100.0))
def test_the_angle_of_a_filament_turns_as_its_length_grows(length: float, width: float, j: float) -> None:
    """The angle's rate is that of the length over the slope of the length; it does not depend on the length."""
    Gamma, angle, step = fracture.gathered_current(length, width, 1.0), np.arctan(length / width), 1e-6
    turning = fracture.turning_rate(filament.filament_rate(j, 1e12, 1.0, Gamma, V), Gamma, width)
    assert turning == pytest.approx(V * j / width, rel=1e-9)
    ends = [fracture.filament_length(angle + side * step * (np.pi / 2 - angle), width) for side in (-1.0, 1.0)]
    slope = (ends[1] - ends[0]) / (2.0 * step * (np.pi / 2 - angle))
    assert turning * slope == pytest.approx(filament.filament_rate(j, 1e12, 1.0, Gamma, V), rel=1e-5)


@given(st.floats(1e-6, 1e-3), st.floats(1e-7, 1e-5), st.floats(0.1, 100.0))
def test_a_filament_holds_no_more_than_its_column_was_given(L: float, width: float, j: float) -> None:
    """As long as the column is wide, it takes all of the current (but for its own width), never much more."""
    rate = filament.filament_rate(j, 1e12, 1.0, fracture.gathered_current(L, width, L), V)
    taken = fracture.filament_content(rate, width, L**2)  # linear in the length: the rate of the content
    assert taken == pytest.approx(V * j * (1.0 + (width / L) ** 2), rel=1e-9)


def test_a_pellet_of_30_um_bears_almost_what_a_thick_one_does() -> None:
    """In 30 um a filament of 5 um takes more than 85 % of the charge it takes in 1 mm; a fixed Gamma gave 3 %."""
    assert 0.85 < charge_to_short(30e-6, 5e-6, 0.5) / charge_to_short(1e-3, 5e-6, 0.5) < 1.0


def test_a_filament_dissolves_when_its_electrode_is_stripped() -> None:
    """Plate and strip the same charge: nothing is left when all of it has contact, and never a negative length."""
    width, L, charge = 5e-6, 1e-3, 3.6e4

    def gathered(length: float) -> float:
        return fracture.gathered_current(length, width, L)

    def plating(_q: float, y: np.ndarray) -> list[float]:
        return [float(filament.filament_rate(1.0, 3.0, 1.0, gathered(y[0]), V))]

    def stripping(_q: float, y: np.ndarray, recovered: float) -> list[float]:
        return [-float(fracture.dissolution_rate(y[0], 1.0, gathered(y[0]), recovered, 0.1 * width, V))]

    def end(rates, start: float, *more: float) -> float:
        solved = solve_ivp(rates, (0.0, charge), [start], rtol=1e-9, atol=1e-15, method="LSODA", args=more)
        assert np.all(solved.y >= 0.0)
        return solved.y[0, -1]

    grown = end(plating, 0.0)
    assert grown > 0.5 * width
    lengths = [end(stripping, grown, recovered) for recovered in (1.0, 0.5, 0.0)]
    assert lengths[0] < 0.05 * grown < lengths[1] < lengths[2] == grown


@given(pressure, st.floats(1e5, 1e6), st.floats(0.0, 0.2), st.floats(1.0, 4.0))
def test_lithium_is_pressed_in_above_its_yield_stress_alone(P: float, flow: float, porosity: float, n: float) -> None:
    def rate(stress: float, pores: float = porosity) -> float:
        return fracture.extrusion_rate(stress, flow, pores, 1e-6, 1e-3, n, 1e6)

    assert (rate(P) > 0.0) == (3.0 * flow < P and porosity > 0.0) or rate(P) < 1e-30
    assert rate(2.0 * P) >= rate(P)
    assert rate(P, 0.0) == 0.0
    assert fracture.flaw_load(P, 1e7) == P / 1e7


# gap


@given(st.floats(0.0, 1e-3), st.floats(1e-7, 1e-4), st.floats(0.0, 5.0), st.floats(0.0, 1e-4), fraction)
def test_a_gap_is_bridged_until_stretching_and_liquid_end(
    u: float, layer: float, strain: float, liquid: float, chi_0: float
) -> None:
    chi = gap.bridged_fraction(chi_0, u, layer, strain, liquid)
    assert 0.0 < chi <= chi_0
    assert (chi == chi_0) == (u <= layer * strain + liquid) or u == pytest.approx(layer * strain + liquid, abs=1e-12)
    assert gap.bridged_fraction(chi_0, 2.0 * u, layer, strain, liquid) <= chi
    assert gap.bridged_fraction(0.0, u, layer, strain, liquid) == 0.0
    assert gap.bridged_fraction(chi_0, -u, layer, strain, liquid) == chi_0  # a foil that has grown opens nothing
    stretched = gap.stretched_thickness(layer, u, strain)
    assert layer <= stretched <= layer * (1.0 + strain) * (1.0 + 1e-12)
    assert gap.stretched_resistance(2.0, layer, layer) == 2.0
    assert gap.stretched_resistance(2.0, layer, stretched) >= 2.0


@given(pressure, st.floats(1e4, 1e7), st.floats(-10.0, 10.0))
def test_a_pressed_stack_follows(P: float, P_half: float, j: float) -> None:
    share = gap.followed_share(P, P_half)
    assert 0.0 <= share < 1.0 or 1e12 * P_half < P
    assert gap.followed_share(0.0, P_half) == 0.0
    assert gap.followed_share(P_half, P_half) == 0.5
    assert gap.opening_rate(j, share, V) + gap.opening_rate(-j, share, V) == 0.0  # what strips and plates comes back
    assert gap.opening_rate(j, 0.0, V) == V * j


@given(st.floats(0.0, 1e-8), st.floats(1e-5, 1e-3), st.floats(0.0, 1.0), st.floats(0.0, 1e-4))
def test_liquid_is_used_up(volume: float, area: float, x: float, taken: float) -> None:
    left = gap.liquid_left(volume, area, x, taken)
    assert 0.0 <= left <= volume / area
    assert gap.liquid_left(volume, area, 1.0, taken) == 0.0


def test_forty_mah_open_a_welded_gap() -> None:
    """40 mAh/cm2 one way are 194 um of lithium: a dense layer of 2 um that stretches to twice itself has torn."""
    opening = 144e4 * gap.opening_rate(1.0, 0.5, V)
    assert opening == pytest.approx(97e-6, rel=0.01)
    assert gap.bridged_fraction(1.0, opening, 2e-6, 1.0, 0.0) < 0.05


# resupply, assembly, constriction


def test_diffusion_alone_bears_about_a_tenth_of_a_milliampere() -> None:
    """D = 5.6e-11 cm2/s over 50 um with a doubled vacancy concentration: (F/V_m) D/d by hand."""
    assert resupply.diffusion_current(5.6e-15, 1.0, 50e-6, V_M) == pytest.approx(0.83, rel=0.01)


@given(st.floats(1e-18, 1e-10), st.floats(1.0, 1e6), st.floats(1e-7, 1e-3))
def test_boundaries_only_help(D: float, faster: float, grain: float) -> None:
    effective = resupply.effective_diffusivity(D, faster * D, 0.5e-9, grain)
    assert effective > D
    assert resupply.effective_diffusivity(D, faster * D, 0.5e-9, 2.0 * grain) < effective
    assert effective == pytest.approx(D * (1.0 + 1.5e-9 / grain * faster))


@given(st.floats(0.0, 10.0), st.floats(0.0, 1e7), st.floats(1e-7, 1e-4))
def test_what_was_measured_under_pressure_is_not_counted_twice(by_diffusion: float, P: float, k_rep: float) -> None:
    under = resupply.creep_current(k_rep, P)
    both = resupply.resupplied_current(by_diffusion, under)
    assert both in (by_diffusion, under)
    assert both >= max(by_diffusion, under)
    assert resupply.resupplied_current(by_diffusion, resupply.creep_current(k_rep, 0.0)) == by_diffusion


@given(pressure, st.floats(1e-7, 1e-2), st.floats(0.0, 2.0))
def test_small_volumes_are_strong(P: float, size: float, m: float) -> None:
    assert resupply.creep_current(2e-6, P) == 2e-6 * P
    assert resupply.strengthened_stress(1e6, size, size, m) == 2e6
    assert (
        resupply.strengthened_stress(1e6, size, 1e-6, m) >= resupply.strengthened_stress(1e6, 2 * size, 1e-6, m) >= 1e6
    )


@given(st.floats(1e3, 1e8), st.floats(1.0, 1e6), st.floats(1e-8, 1.0), st.floats(3.0, 8.0), st.floats(0.1, 0.9))
def test_a_step_of_formation_split_in_two_is_the_same_step(P: float, t: float, rate: float, n: float, part: float):
    def made(seconds: float) -> float:
        return contact.assembly_contact(P, seconds, rate, n, 1e6)

    joined = assembly.joined_contact(made(part * t), made((1.0 - part) * t), n)
    assert joined == pytest.approx(made(t), rel=1e-9)
    assert assembly.joined_contact(made(t), 0.0, n) == pytest.approx(made(t), rel=1e-12)


@given(st.floats(1e-3, 1.0), st.floats(1e-7, 1e-4))
def test_adhesion_makes_contact_without_pressure(W: float, roughness: float) -> None:
    def made(P: float) -> float:
        pulled = P + assembly.adhesion_pressure(W, roughness)
        return contact.assembly_contact(pulled, 3.6e4, 7.7e-3, 6.56, 1e6)

    assert 0.0 < made(0.0) <= made(1e5) <= made(0.0) * (1.0 + 1e5 * roughness / W) * (1 + 1e-9)
    assert assembly.adhesion_pressure(0.0, roughness) == 0.0


@given(fraction, st.floats(1e6, 1e14), st.floats(1e-4, 10.0))
def test_spots_of_a_fixed_density_are_spots_of_their_radius(theta: float, density: float, sigma: float) -> None:
    radius = np.sqrt(theta / (np.pi * density))
    same = transport.constriction_resistance(theta, radius, sigma)
    assert transport.distributed_constriction(theta, density, sigma) == pytest.approx(same, rel=1e-9, abs=1e-15)


def test_constriction_of_growing_spots_falls_as_the_root_of_contact() -> None:
    few = transport.distributed_constriction(np.array([1e-4, 1e-3]), 1e8, 1.0)
    assert np.log10(few[1] / few[0]) == pytest.approx(-0.5, abs=0.03)
