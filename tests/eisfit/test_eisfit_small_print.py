"""What an impedance analysis says beside its numbers, and its numbers at the limits: each beside a second way to them."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ionweld.analyse.eis.drt import peak_times
from ionweld.analyse.eis.fit import fit
from ionweld.analyse.eis.joint import joint_fit
from ionweld.analyse.eis.kramers_kronig import kramers_kronig
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.simulate.spectra import simulate_spectrum

F = np.geomspace(1e6, 1e-1, 57)
OMEGA = 2 * np.pi * F


def spectrum(Z: np.ndarray, noise: float = 0.0, seed: int = 0) -> ImpedanceSpectrum:
    """Return a spectrum of these impedances, with noise as a part of |Z| on both parts."""
    rng = np.random.default_rng(seed)
    shaken = Z + noise * np.abs(Z) * (rng.standard_normal(len(Z)) + 1j * rng.standard_normal(len(Z)))
    return replace(simulate_spectrum("R0", {"R0": 1.0}, F, noise=0, seed=0), impedance_ohm=shaken)


def arc(R: float, tau: float, n: float = 1.0) -> np.ndarray:
    return R / (1 + (1j * OMEGA * tau) ** n)


# --- fits


def test_correlated_unknowns_are_named_with_their_correlation() -> None:
    """Of a slow arc only the beginning lies in the window: there a Ws is R/sqrt(tau) alone."""
    found = fit(spectrum(10 + arc(1500, 30.0), 0.0005, 1), "R0-Ws1")
    J = found.problem.residuals(found.logs[None])[1][0]
    normal = np.linalg.inv(J @ J.T)
    r = normal[1, 2] / np.sqrt(normal[1, 1] * normal[2, 2])
    assert r > 0.99
    assert [said for said in found.warnings if "correlated" in said] == [f"Ws1.R and Ws1.tau are correlated ({r:+.3f})"]


def test_the_time_of_a_fit_is_that_of_a_clock() -> None:
    began = time.perf_counter()
    found = fit(spectrum(10 + arc(50, 1e-3), 0.002, 1), "R0-p(R1,C1)")
    assert 0.0 < found.milliseconds < 1e3 * (time.perf_counter() - began)


def test_a_series_without_links_has_nothing_to_doubt() -> None:
    fits = [fit(spectrum(10 + arc(R, 1e-3), 0.002, 1), "R0-p(R1,C1)") for R in (50.0, 80.0)]
    assert joint_fit(fits, (0.0, 1.0), {}).link_p_value == 1.0


# --- relaxation times


@pytest.mark.parametrize("ratio", [10.0, 20.0])
def test_two_arcs_a_decade_apart_are_two_peaks(ratio: float) -> None:
    found = peak_times(spectrum(10 + arc(50, 1e-4) + arc(50, 1e-4 * ratio), 0.002, 1))
    assert found == pytest.approx([1e-4, 1e-4 * ratio], rel=0.2)


# --- Kramers-Kronig


@pytest.mark.parametrize(("share", "word"), [(0.0, "in proportion to |Z|"), (0.5, "mixed"), (0.99, "constant")])
def test_the_kind_of_noise_is_said(share: float, word: str) -> None:
    found = replace(kramers_kronig(spectrum(10 + arc(50, 1e-3), 0.01, 1)), noise_constant=share)
    assert found.noise_said == f"noise {found.noise_percent:.2g} % of |Z| ({word})"


@settings(max_examples=8)
@given(st.floats(-6, 6))
def test_of_exact_numbers_the_sixth_digit_is_the_noise(decades: float) -> None:
    """A resistor of a microohm or a megaohm, one point off: no other noise is there to be read."""
    Z = np.full(len(F), 10.0**decades + 0j)
    Z[20] *= 1.05
    found = kramers_kronig(spectrum(Z))
    assert found.noise_percent == pytest.approx(1e-4)
    assert found.outliers == pytest.approx([F[20]])
