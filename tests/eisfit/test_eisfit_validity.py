"""Kramers-Kronig and relaxation times on spectra with known truth."""

from dataclasses import replace

import numpy as np
import pytest
from eisfit_sets import CIRCUIT, SWEEP, draw
from hypothesis import given, settings
from hypothesis import strategies as st

from ionweld.analyse.eis.drt import peak_times, relaxation_times
from ionweld.analyse.eis.kramers_kronig import KramersKronig, kramers_kronig
from ionweld.analyse.eis.processes import Processes
from ionweld.errors import InputError
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.simulate.spectra import simulate_spectrum

F = np.geomspace(1e6, 1e-2, 81)
JW = 2j * np.pi * F


def zarc(R: float, tau: float, n: float) -> np.ndarray:
    """Return an arc, written here by itself: the product's elements have no part in it."""
    return R / (1 + (JW * tau) ** n)


def measured(Z: np.ndarray, noise: np.ndarray | float, seed: int) -> ImpedanceSpectrum:
    """Return a spectrum of these impedances with independent noise (ohm) on both parts."""
    rng = np.random.default_rng(seed)
    shaken = Z + noise * (rng.standard_normal(len(Z)) + 1j * rng.standard_normal(len(Z)))
    blank = simulate_spectrum("R0", {"R0": 1.0}, F, noise=0, seed=0)
    return replace(blank, impedance_ohm=shaken)


KINDS_OF_CELL = {
    "arc": 10 + zarc(100, 1e-3, 0.8),
    "two arcs": 10 + zarc(50, 1e-4, 0.85) + zarc(80, 1e-1, 0.85),
    "blocking": 20 + 1 / (1e-6 * JW**0.9),
    "diffusion": 10 + zarc(50, 1e-5, 0.85) + 20 * JW**-0.5,
}
KINDS_OF_NOISE = {
    "proportional": lambda Z: 0.01 * np.abs(Z),
    "constant": lambda Z: np.full(len(Z), 0.3),
    "mixed": lambda Z: np.hypot(0.003 * np.abs(Z), 0.1),
}


@pytest.mark.parametrize("noise", KINDS_OF_NOISE)
def test_consistent_spectra_pass_whatever_their_noise(noise: str) -> None:
    alarms = [
        kramers_kronig(measured(Z, KINDS_OF_NOISE[noise](Z), seed)).said
        for Z in KINDS_OF_CELL.values()
        for seed in range(10)
        if not kramers_kronig(measured(Z, KINDS_OF_NOISE[noise](Z), seed)).passes
    ]
    assert len(alarms) <= 2  # of 40; each of three kinds of fault may come by chance once in a hundred


@settings(max_examples=15)
@given(st.sampled_from("abcde"), st.integers(0, 10**6))
def test_spectra_of_circuits_leave_nothing_but_noise(kind: str, seed: int) -> None:
    case = draw(kind, seed)
    assert kramers_kronig(case.spectrum).systematic_percent < 2
    exact = simulate_spectrum(CIRCUIT, case.truth, SWEEP, noise=0, seed=0)
    assert kramers_kronig(exact).residual_rms_percent < 0.1


def test_the_noise_is_read_from_the_spectrum() -> None:
    Z = KINDS_OF_CELL["two arcs"]
    proportional = kramers_kronig(measured(Z, 0.02 * np.abs(Z), 1))
    assert proportional.noise_percent == pytest.approx(2, rel=0.3)
    assert proportional.noise_constant < 0.5
    constant = kramers_kronig(measured(Z, 0.3, 1))
    assert constant.noise_constant > 0.9
    assert constant.noise_percent == pytest.approx(100 * np.median(0.3 / np.abs(Z)), rel=0.3)


def _only(result: KramersKronig, kind: str) -> float:
    """Return the size of the fault that was found, in percent; there must be just this one."""
    assert not result.passes
    assert [fault.kind for fault in result.faults] == [kind]
    assert result.faults[0].kind in ("other",) or result.faults[0].said in result.said
    return result.faults[0].percent


@pytest.mark.parametrize("cell", KINDS_OF_CELL)
@pytest.mark.parametrize(("gain", "at"), [(1.03, 1e3), (0.96, 10.0), (1.05, 3e4)])
def test_a_step_of_gain_is_named_with_its_size_and_place(cell: str, gain: float, at: float) -> None:
    Z = KINDS_OF_CELL[cell]
    result = kramers_kronig(measured(np.where(at > F, gain * Z, Z), 0.001 * np.abs(Z), 5))
    assert _only(result, "step") == pytest.approx(100 * (gain - 1), abs=0.7)
    assert result.faults[0].at_Hz == pytest.approx(at, rel=0.3)


@pytest.mark.parametrize("cell", KINDS_OF_CELL)
@pytest.mark.parametrize("size", [0.1, -0.15, 0.2])
def test_a_drift_is_named_with_its_size(cell: str, size: float) -> None:
    Z = KINDS_OF_CELL[cell]
    result = kramers_kronig(measured(Z * (1 + size * np.linspace(0, 1, len(F))), 0.003 * np.abs(Z), 6))
    assert _only(result, "drift") == pytest.approx(100 * size, rel=0.35)


@pytest.mark.parametrize("noise", KINDS_OF_NOISE)
def test_one_bad_point_is_named(noise: str) -> None:
    Z = KINDS_OF_CELL["two arcs"].copy()
    sigma = KINDS_OF_NOISE[noise](Z)
    Z[30] *= 1.15
    result = kramers_kronig(measured(Z, sigma, 3))
    assert result.outliers == pytest.approx([F[30]])
    assert not result.passes
    assert kramers_kronig(measured(Z, sigma, 3), limit_percent=10.0).passes


def test_the_order_of_the_points_changes_nothing() -> None:
    spectrum = measured(KINDS_OF_CELL["arc"], 0.3, 4)
    back = replace(
        spectrum, frequency_Hz=spectrum.frequency_Hz[::-1].copy(), impedance_ohm=spectrum.impedance_ohm[::-1].copy()
    )
    one, other = kramers_kronig(spectrum), kramers_kronig(back)
    np.testing.assert_allclose(one.residuals, other.residuals[::-1])


# cell, its arcs as (R, tau, n), and how near R must come: the weak arc of two is known to a tenth
ARCS = {
    "broad": ([(50, 1e-3, 0.8)], 0, [0.03]),
    "narrow": ([(50, 1e-3, 0.95)], 0, [0.03]),
    "far apart": ([(50, 1e-4, 0.85), (80, 1e-1, 0.85)], 0, [0.03, 0.03]),
    "near": ([(50, 1e-3, 0.85), (80, 10**-1.8, 0.85)], 0, [0.12, 0.08]),
    "weak": ([(100, 1e-4, 0.9), (10, 1e-1, 0.9)], 0, [0.03, 0.15]),
    "blocked": ([(50, 1e-5, 0.85), (80, 1e-3, 0.85)], 1 / (1e-2 * JW**0.9), [0.03, 0.03]),
    "diffusion": ([(50, 1e-5, 0.85), (80, 1e-3, 0.85)], 20 * JW**-0.5, [0.04, 0.04]),
}


def _times(Z: np.ndarray, seed: int, noise: float = 0.01) -> Processes:
    return relaxation_times(measured(Z, noise * np.abs(Z), seed))


@pytest.mark.parametrize("name", ARCS)
def test_as_many_processes_as_there_are(name: str) -> None:
    arcs, beside, near = ARCS[name]
    for seed in range(4):
        result = _times(10 + sum(zarc(*arc) for arc in arcs) + beside, seed)
        assert len(result.peaks) == len(arcs)
        assert result.describes
        for peak, (R, tau, n), tolerance in zip(result.peaks, arcs, near, strict=True):
            assert pytest.approx(R, rel=tolerance) == peak.R_ohm
            assert pytest.approx(tau, rel=max(0.1, 2 * tolerance)) == peak.tau_s
            assert pytest.approx(n, abs=max(0.03, 0.5 * tolerance)) == peak.n
        assert (result.tail is not None) == isinstance(beside, np.ndarray)


def test_the_intervals_hold_the_truth() -> None:
    held = []
    for seed in range(40):
        result = _times(10 + zarc(50, 1e-4, 0.85) + zarc(80, 1e-2, 0.9), seed)
        truth = ((50, 1e-4), (80, 1e-2))
        held += [low <= R <= high for (low, high), (R, _) in zip([p.R_ci95 for p in result.peaks], truth, strict=True)]
        held += [
            low <= t <= high for (low, high), (_, t) in zip([p.tau_ci95 for p in result.peaks], truth, strict=True)
        ]
    assert 0.88 <= np.mean(held) <= 0.99  # 160 numbers that should hold in 95 %


def test_the_distribution_holds_the_resistances() -> None:
    result = _times(10 + zarc(50, 1e-4, 0.8) + zarc(80, 1e-1, 0.85), 1)
    area = np.trapezoid(result.gamma_ohm, np.log(result.tau_s))
    assert area == pytest.approx(130, rel=0.03)
    assert np.all(result.gamma_ohm >= 0)


def test_a_blocking_electrode_is_a_tail_and_no_process() -> None:
    result = _times(20 + 1 / (1e-6 * JW**0.9), 2, noise=0.003)
    assert result.peaks == ()
    assert result.R_series_ohm == pytest.approx(20, rel=0.01)
    low, high = result.R_series_ci95
    assert 19.8 < low < 20 < high < 20.2
    assert result.said_of_series.startswith("R ")
    assert "below" not in result.said_of_series
    assert result.tail is not None
    assert result.tail.exponent == pytest.approx(0.9, abs=0.005)
    assert pytest.approx(1e-6, rel=0.02) == result.tail.Q


@pytest.mark.parametrize(("R2", "L2"), [(60.0, 30.0), (30.0, 3.0), (100.0, 300.0)])
def test_a_loop_is_none_of_a_distribution(R2: float, L2: float) -> None:
    Z = 5 + 1 / (1 / 100 + 2e-5 * JW**0.9 + 1 / (R2 + JW * L2))
    result = _times(Z, 3, noise=0.005)
    assert not result.describes
    assert "cannot describe" in result.said
    assert min(peak.R_ohm for peak in result.peaks) < 0.0


def test_an_inductance_is_found() -> None:
    result = _times(50 + zarc(100, 1e-4, 1.0) + JW * 1e-5, 1, noise=0.002)
    assert pytest.approx(1e-5, rel=0.05) == result.L_H


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


TWO = (zarc(300, 1e-5, 0.9), zarc(500, 1e-2, 0.85))
SWEPT = np.linspace(0.0, 1.0, len(F))  # from the first point to the last


@pytest.mark.parametrize("change", [0.3, -0.3])
@pytest.mark.parametrize("seed", range(4))
def test_an_arc_that_drifts_while_the_sweep_goes_on_is_called_a_drift(change: float, seed: int) -> None:
    Z = 20 + TWO[0] + TWO[1] * (1 + change * SWEPT)
    assert [fault.kind for fault in kramers_kronig(measured(Z, 0.003 * np.abs(Z), seed)).faults] == ["drift"]


@pytest.mark.parametrize("change", [0.03, -0.03])
@pytest.mark.parametrize("at_Hz", [10.0, 1e3, 1e5])
def test_a_change_of_gain_stays_a_step(change: float, at_Hz: float) -> None:
    Z = (20 + sum(TWO)) * np.where(at_Hz > F, 1 + change, 1.0)
    (fault,) = kramers_kronig(measured(Z, 0.003 * np.abs(Z), 1)).faults
    assert (fault.kind, np.sign(fault.percent)) == ("step", np.sign(change))
    assert fault.at_Hz is not None
    assert abs(np.log10(fault.at_Hz / at_Hz)) < 0.15


def test_a_capacitor_has_no_processes_though_its_modulus_goes_over_eight_decades() -> None:
    Z = 1 / (1e-6 * JW)
    found = relaxation_times(measured(Z, 0.005 * np.abs(Z), 0))
    assert (found.peaks, found.describes) == ((), True)
    assert found.R_series_ci95[0] == 0.0
    assert 0.0 < found.R_series_ci95[1] < 1e-2 * np.abs(Z).min()
    assert "R below" in found.said_of_series
    assert found.tail is not None
    assert found.tail.exponent == pytest.approx(1.0, abs=1e-3)
