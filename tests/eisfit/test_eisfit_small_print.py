"""What an impedance analysis says beside its numbers, and its numbers at the limits: each beside a second way to them."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ionweld.analyse.eis import propose as proposing
from ionweld.analyse.eis.arcs import arc_names
from ionweld.analyse.eis.arrhenius import resistor_roles
from ionweld.analyse.eis.drt import peak_times, relaxation_times
from ionweld.analyse.eis.fit import at_bound, fit
from ionweld.analyse.eis.joint import joint_fit
from ionweld.analyse.eis.kramers_kronig import kramers_kronig
from ionweld.analyse.eis.problem import bounds, problem
from ionweld.errors import InputError
from ionweld.measurement.impedance import SIGMA, ImpedanceSpectrum
from ionweld.simulate.spectra import simulate_spectrum
from ionweld.spec.circuit import circuit

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


def test_a_plain_arc_is_found_from_nearly_everywhere_and_needs_no_word() -> None:
    found = fit(spectrum(10 + arc(50, 1e-3), 0.002, 1), "R0-p(R1,C1)")
    assert found.warnings == ()
    assert found.starts // 2 < found.starts_agreeing <= found.starts


def test_few_points_are_fitted_without_a_distribution_of_times() -> None:
    few = np.linspace(0, len(F) - 1, 6).astype(int)
    whole = spectrum(10 + arc(50, 1e-3))
    six = replace(whole, frequency_Hz=F[few], impedance_ohm=whole.impedance_ohm[few])
    assert fit(six, "R0-p(R1,C1)").value("R1") == pytest.approx(50.0)


def test_what_sits_on_a_bound_is_seen_but_a_plain_capacitor_is_no_fault() -> None:
    task = fit(spectrum(10 + arc(50, 1e-3, 0.9), 0.002, 1), "R0-p(R1,CPE1)").problem
    exponent = np.array([kind == "exponent" for kind in task.circuit.kinds])
    assert at_bound(task, task.lower).all()
    assert np.array_equal(at_bound(task, task.upper), ~exponent)
    assert not at_bound(task, 0.5 * (task.lower + task.upper)).any()


def test_diffusion_may_be_as_slow_or_as_fast_as_the_window() -> None:
    """Z = A (j omega)^-1/2: four decades beyond the smallest |Z| at the lowest, the largest at the highest frequency."""
    low, high = (np.exp(edge) for edge in bounds(circuit("W1"), np.array([0.25, 4e6]), np.array([2.0, 3e3])))
    assert (low[0], high[0]) == pytest.approx((2e-4 * 0.5, 3e7 * 2e3))


@pytest.mark.parametrize("wrong", [0.0, -1.0, np.nan, np.inf])
def test_a_sigma_that_is_none_is_refused(wrong: float) -> None:
    sigma = np.full(len(F), 0.1)
    sigma[7] = wrong
    with pytest.raises(InputError, match="a standard deviation is zero, negative or missing"):
        problem(circuit("R0"), replace(spectrum(10 + arc(50, 1e-3)), extra={SIGMA: sigma}), "sigma")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_of_circuits_of_one_size_the_likeliest_is_proposed(
    order: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A resistor and noise: each of them serves, whatever stands behind the resistor."""
    texts = [("R0-p(R1,C1)", "R0-Ws9", "R0-G9")[place] for place in order]
    monkeypatch.setattr(proposing, "candidates", lambda _found: tuple(texts))
    first, *others = proposing.propose(spectrum(np.full(len(F), 10.0 + 0j), 0.05, 4))
    assert len(others) == 2
    assert first.odds == max(one.odds for one in (first, *others))
    assert min(one.odds for one in others) >= 0.2 * first.odds, "the test is one of circuits that all serve"


def test_eight_points_propose_no_circuit_that_half_of_their_numbers_could_not_judge() -> None:
    few = np.linspace(0, len(F) - 1, 8).astype(int)
    whole = spectrum(10 + arc(50, 1e-4) + 1 / (1e-4 * (1j * OMEGA) ** 0.9), 0.002, 1)
    shown = proposing.propose(replace(whole, frequency_Hz=F[few], impedance_ohm=whole.impedance_ohm[few]))
    assert any("CPE9" in one.circuit for one in shown)
    assert all(2 * len(one.fit.logs) < one.fit.problem.data for one in shown)


def test_an_arc_is_a_resistor_beside_a_capacitor_and_nothing_else() -> None:
    def arcs(text: str) -> list[str]:
        return [one.R for one in arc_names(circuit(text))]

    assert arcs("R0-p(R1,C1)-p(R2-Wo2,CPE2)") == ["R1", "R2"]
    assert arcs("R0-p(R1,C1-W2)") == []
    assert arcs("p(R1-p(R2,C2),C1)") == ["R1", "R2"]


def test_lone_resistors_have_a_role_by_their_label_or_stand_in_series() -> None:
    roles = resistor_roles([fit(spectrum(10 + arc(50, 1e-3), 0.002, 1), "R0-p(Rb,C1)")])
    assert roles["R0"] == ("series", ("an intercept: every ohmic part of the cell and its leads together",))
    assert roles["Rb"][0] == "bulk"
    assert resistor_roles([fit(spectrum(10 + arc(50, 1e-3), 0.002, 1), "Rb-p(R1,C1)")])["Rb"] == ("bulk", ())


# --- relaxation times


def test_what_holds_no_distribution_is_refused() -> None:
    whole = spectrum(10 + arc(50, 1e-3))
    for wrong in (np.nan, np.inf, 0.0):
        holed = whole.impedance_ohm.copy()
        holed[9] = wrong
        with pytest.raises(InputError, match="zero or not a number"):
            relaxation_times(replace(whole, impedance_ohm=holed))
    with pytest.raises(InputError, match="one frequency"):
        relaxation_times(replace(whole, frequency_Hz=np.full(len(F), 10.0)))


@pytest.mark.parametrize("ratio", [10.0, 20.0])
def test_two_arcs_a_decade_apart_are_two_peaks(ratio: float) -> None:
    found = peak_times(spectrum(10 + arc(50, 1e-4) + arc(50, 1e-4 * ratio), 0.002, 1))
    assert found == pytest.approx([1e-4, 1e-4 * ratio], rel=0.2)


# --- Kramers-Kronig


@pytest.mark.parametrize(
    ("R", "L", "C"), [(5.0, 0.0, np.inf), (0.0, 5e-6, np.inf), (0.0, 0.0, 1e-6), (10.0, 1e-6, 1e-5)]
)
def test_a_resistor_an_inductance_and_a_capacitor_are_in_the_model_as_they_are(R: float, L: float, C: float) -> None:
    found = kramers_kronig(spectrum(R + 1j * OMEGA * L - 1j / (OMEGA * C)))
    assert found.passes
    assert found.residual_rms_percent < 1e-9


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


@pytest.mark.parametrize("course", ["by the point", "by the clock"])
def test_a_drift_is_told_with_its_size_whether_points_or_hours_make_it(course: str) -> None:
    """A tenth from the first point to the last; a point takes its periods, so that by the clock nearly all comes last."""
    passed = np.arange(len(F)) if course == "by the point" else np.cumsum(1.0 / F)
    found = kramers_kronig(spectrum((20 + arc(100, 1e-3, 0.8)) * (1 + 0.1 * passed / passed[-1]), 0.002, 3))
    (fault,) = found.faults
    assert fault.kind == "drift"
    assert fault.percent == pytest.approx(10.0, abs=2.0 * fault.stderr_percent)
    assert fault.stderr_percent < 2.5
