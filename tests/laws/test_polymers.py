"""Limits, signs and closed forms of the laws of polymers: salt, roughening, soft contact."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ionweld.laws import assembly, roughening, salt

V = 1.35e-10  # m3/C
share = st.floats(0.02, 0.95)
current = st.floats(0.01, 100.0)
length = st.floats(1e-7, 1e-3)
growth = st.floats(0.0, 8.0)


@given(share, st.floats(100.0, 4000.0), st.floats(1e-3, 1.0), st.floats(1e-5, 1e-3), current)
def test_the_salt_that_a_current_moves_is_what_diffusion_brings_back(
    t_plus: float, c: float, sigma: float, L: float, j: float
) -> None:
    """At the limiting current the steady slope (1 - t) j/(F D) takes all salt over half of the thickness."""
    D = salt.salt_diffusivity(sigma, c, t_plus, 340.0)
    slope = (1.0 - t_plus) * salt.limiting_current(D, c, t_plus, L) / (96485.33212 * D)
    assert slope * L / 2.0 == pytest.approx(c)
    assert salt.limiting_current(D, c, t_plus, 2.0 * L) == pytest.approx(0.5 * salt.limiting_current(D, c, t_plus, L))
    assert salt.sand_time(D, c, t_plus, 2.0 * j) == pytest.approx(0.25 * salt.sand_time(D, c, t_plus, j))


@given(share, st.floats(1e-4, 0.99))
def test_a_gradient_holds_the_current_up_and_a_small_one_adds_a_resistance(t_plus: float, u: float) -> None:
    U = salt.gradient_voltage(u, t_plus, 340.0)
    assert U > 0.0 == salt.gradient_voltage(0.0, t_plus, 340.0)
    assert salt.gradient_voltage(-u, t_plus, 340.0) == pytest.approx(-U)
    # Bruce and Vincent: in the steady state of a small current the resistance is that of t sigma, not of sigma
    sigma, c, L = 0.1, 1000.0, 1e-4
    limit = salt.limiting_current(salt.salt_diffusivity(sigma, c, t_plus, 340.0), c, t_plus, L)
    extra = salt.gradient_voltage(1e-6, t_plus, 340.0) / (1e-6 * limit)
    assert L / sigma + extra == pytest.approx(L / (t_plus * sigma), rel=1e-6)


@given(st.floats(-3.0, 3.0), st.floats(1e-6, 1.0))
def test_the_logarithm_goes_on_below_no_salt(at: float, more: float) -> None:
    assert salt.salt_logarithm(at + more) > salt.salt_logarithm(at)
    assert salt.salt_logarithm(salt.LEAST_SALT) == np.log(salt.LEAST_SALT)
    assert salt.salt_logarithm(-1.0) < -1000.0  # beyond any voltage limit


@given(current, length, length, growth)
def test_what_plating_roughens_stripping_smooths(j: float, tip: float, Lambda: float, s: float) -> None:
    up = roughening.roughening_rate(j, tip, Lambda, V)
    assert up == pytest.approx(V * j / (tip + Lambda))
    down = roughening.smoothing_rate(s, j, tip, Lambda, 1.0, V)
    assert 0.0 <= down <= up
    assert roughening.smoothing_rate(0.0, j, tip, Lambda, 1.0, V) == 0.0  # a flat face has nothing to lose
    assert roughening.smoothing_rate(60.0, j, tip, Lambda, 0.4, V) == pytest.approx(0.4 * up)


@given(current, length, st.floats(1e-4, 0.1), st.floats(1e-3, 1.0), share, share)
def test_salt_and_interface_hold_roughening_back(
    j: float, tip: float, R_t: float, sigma: float, t_plus: float, left: float
) -> None:
    def rate(R: float, salt_left: float) -> float:
        return roughening.roughening_rate(j, tip, roughening.smoothing_length(R, sigma, t_plus, salt_left), V)

    assert rate(R_t, left) > rate(2.0 * R_t, left)
    assert rate(R_t, left) > rate(R_t, 1.0)
    assert rate(R_t, 0.0) == rate(0.0, 1.0) == V * j / tip  # all that diffusion brings goes to the tip


@given(st.floats(1e5, 1e11), st.floats(1e9, 5e9))
def test_an_electrolyte_twice_as_stiff_as_lithium_stays_flat(G: float, G_metal: float) -> None:
    left = roughening.unhindered_share(G, G_metal)
    assert 0.0 <= left <= 1.0
    assert (left == 0.0) == (2.0 * G_metal <= G)
    assert roughening.unhindered_share(1e5, G_metal) > 0.9999


@given(growth, length)
def test_height_and_growth_are_one(s: float, roughness: float) -> None:
    assert roughening.crossing_growth(roughening.tip_height(s, roughness), roughness) == pytest.approx(s, abs=1e-12)
    assert roughening.shear_modulus(3.0, 0.5) == 1.0  # rubber: a third


@given(st.floats(0.0, 1e7), st.floats(1e5, 1e9), st.floats(0.3, 0.5), st.floats(1e-3, 0.3))
def test_soft_contact_rises_with_pressure_and_falls_with_stiffness(P: float, E: float, nu: float, slope: float) -> None:
    theta = assembly.soft_contact(P, E, nu, slope)
    assert assembly.soft_contact(2.0 * P, E, nu, slope) == pytest.approx(2.0 * theta)
    assert assembly.soft_contact(P, 2.0 * E, nu, slope) == pytest.approx(0.5 * theta)
    assert assembly.face_slope(2e-6, 1e8) == pytest.approx(2.0 * assembly.face_slope(1e-6, 1e8))
    assert assembly.face_slope(1e-6, 4e8) == pytest.approx(2.0 * assembly.face_slope(1e-6, 1e8))
