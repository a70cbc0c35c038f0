"""Kramers-Kronig and relaxation times on spectra with known truth."""

from dataclasses import replace

import numpy as np
import pytest
from eisfit_sets import CIRCUIT, SWEEP, draw
from hypothesis import given, settings
from hypothesis import strategies as st

from ionweld.analyse.eis.drt import peak_times, relaxation_times
from ionweld.analyse.eis.kramers_kronig import kramers_kronig
from ionweld.errors import InputError
from ionweld.simulate.spectra import simulate_spectrum


@settings(max_examples=25)
@given(st.sampled_from("abcde"), st.integers(0, 10**6))
def test_spectra_of_circuits_pass(kind: str, seed: int) -> None:
    case = draw(kind, seed)
    result = kramers_kronig(case.spectrum)
    assert result.passes
    assert result.systematic_percent < 2
    exact = simulate_spectrum(CIRCUIT, case.truth, SWEEP, noise=0, seed=0)
    assert kramers_kronig(exact).residual_rms_percent < 0.5


def test_noise_is_told_from_drift() -> None:
    noisy = kramers_kronig(draw("b", 1).spectrum)
    assert noisy.noise_percent == pytest.approx(2, rel=0.5)
    assert noisy.passes


def test_a_cell_that_drifts_while_it_is_measured_fails() -> None:
    case = draw("a", 2)
    drift = np.linspace(1.0, 1.5, len(SWEEP))  # resistance grows by half during the sweep
    # drift of the real part only breaks the relation between real and imaginary part
    Z = case.spectrum.impedance_ohm.real * drift + 1j * case.spectrum.impedance_ohm.imag
    result = kramers_kronig(replace(case.spectrum, impedance_ohm=Z))
    assert not result.passes
    assert "systematic" in result.said


def test_one_bad_point_is_named() -> None:
    case = draw("a", 3)
    Z = case.spectrum.impedance_ohm.copy()
    Z[30] *= 1.1
    result = kramers_kronig(replace(case.spectrum, impedance_ohm=Z))
    assert not result.passes
    assert result.outliers_Hz == pytest.approx([SWEEP[30]])


def test_peaks_are_resistance_time_and_capacitance() -> None:
    truth = {"R0": 1000.0, "R1": 5000.0, "C1": 1e-9, "R2": 8000.0, "C2": 1e-7}
    spectrum = simulate_spectrum("R0-p(R1,C1)-p(R2,C2)", truth, SWEEP, noise=0.005, seed=1)
    result = relaxation_times(spectrum)
    assert len(result.peaks) == 2
    assert [peak.tau_s for peak in result.peaks] == pytest.approx([5e-6, 8e-4], rel=0.05)
    assert [peak.R_ohm for peak in result.peaks] == pytest.approx([5000, 8000], rel=0.03)
    assert [peak.C_F for peak in result.peaks] == pytest.approx([1e-9, 1e-7], rel=0.08)
    assert result.R_series_ohm == pytest.approx(1000, rel=0.02)


def test_the_blocking_tail_is_not_mistaken_for_processes() -> None:
    case = draw("a", 4)
    result = relaxation_times(case.spectrum)
    assert result.tail_exponent == pytest.approx(case.truth["CPE3.n"], abs=0.03)
    assert result.tail_Q == pytest.approx(case.truth["CPE3.Q"], rel=0.05)
    assert sum(peak.R_ohm for peak in result.peaks) == pytest.approx(case.truth["R1"] + case.truth["R2"], rel=0.15)
    assert np.all(result.gamma_ohm >= 0)


def test_an_inductance_is_found() -> None:
    truth = {"L1": 1e-5, "R0": 50.0, "R1": 100.0, "C1": 1e-6}
    spectrum = simulate_spectrum("L1-R0-p(R1,C1)", truth, SWEEP, noise=0.002, seed=1)
    assert pytest.approx(1e-5, rel=0.05) == relaxation_times(spectrum).L_H


def test_coarse_peaks_lie_near_the_arcs() -> None:
    truth = {"R0": 1000.0, "R1": 5000.0, "C1": 1e-9, "R2": 8000.0, "C2": 1e-7}
    times = np.array(peak_times(simulate_spectrum("R0-p(R1,C1)-p(R2,C2)", truth, SWEEP, noise=0.005, seed=1)))
    for tau in (5e-6, 8e-4):
        assert np.min(np.abs(np.log10(times / tau))) < 0.3


def test_short_sweeps_are_refused() -> None:
    short = simulate_spectrum("R0-C1", {"R0": 1.0, "C1": 1e-6}, SWEEP[:5], noise=0, seed=0)
    with pytest.raises(InputError, match="too few"):
        kramers_kronig(short)
    with pytest.raises(InputError, match="too few"):
        relaxation_times(short)
