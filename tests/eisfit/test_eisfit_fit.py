"""The automatic fit: five sets with known truth, other circuits, honest intervals, and what it refuses."""

import numpy as np
import pytest
from eisfit_sets import CIRCUIT, SWEEP, draw, judged

from ionweld.analyse.eis.compare import compare
from ionweld.analyse.eis.fit import covariance_interval, fit, parameters, profile_interval
from ionweld.errors import InputError
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.measurement.provenance import Provenance
from ionweld.simulate.spectra import simulate_spectrum
from ionweld.spec.circuit import circuit


@pytest.mark.parametrize("kind", ["a", "b", "c", "d", "e"])
def test_the_global_optimum_without_start_values(kind: str) -> None:
    found = []
    for seed in range(20):
        case = draw(kind, seed)
        automatic = fit(case.spectrum, CIRCUIT)
        truth = np.log([case.truth[name] for name in automatic.circuit.names])
        found.append(automatic.chi2 <= fit(case.spectrum, CIRCUIT, start=truth).chi2 * 1.001)
        assert automatic.starts >= 16
        assert 1 <= automatic.starts_agreeing <= automatic.starts
    assert np.sum(found) >= 19


def test_parameters_of_clean_spectra_are_close() -> None:
    close = 0
    for seed in range(30):
        case = draw("a", 100 + seed)
        found = fit(case.spectrum, CIRCUIT)
        close += np.max(np.abs(judged(found.circuit.values(found.logs)) / judged(case.truth) - 1)) < 0.05
    assert close >= 28


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    inside = []
    for seed in range(60):
        case = draw("b", 200 + seed)
        truth = np.log([case.truth[name] for name in circuit(CIRCUIT).names])
        found = fit(case.spectrum, CIRCUIT, start=truth)
        for index, name in enumerate(found.circuit.names):
            low, high = covariance_interval(found, index)
            inside.append(low <= case.truth[name] <= high)
    assert 0.92 <= np.mean(inside) <= 0.98  # 540 intervals, nine of each spectrum correlated


OTHERS = {
    "R0-p(R1-Wo1,CPE1)": {"R0": 5, "R1": 40, "Wo1.R": 60, "Wo1.tau": 2, "CPE1.Q": 2e-5, "CPE1.n": 0.9},
    "R(C[RW])": {"R1": 10, "C1": 1e-6, "R2": 200, "W1": 30},
    "L1-R0-p(R1,CPE1)-G1": {"L1": 2e-7, "R0": 3, "R1": 50, "CPE1.Q": 1e-5, "CPE1.n": 0.85, "G1.R": 80, "G1.tau": 1},
    "R0-p(R1,C1)-TLM1": {"R0": 4, "R1": 20, "C1": 1e-5, "TLM1.R": 60, "TLM1.Q": 2e-2, "TLM1.n": 0.9},
    "R0-p(R1-p(R2,C2),C1)": {"R0": 10, "R1": 100, "R2": 300, "C2": 1e-4, "C1": 1e-7},
    "p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)": {
        "R1": 100, "CPE1.Q": 1e-9, "CPE1.n": 0.95, "R2": 300, "CPE2.Q": 1e-7, "CPE2.n": 0.9, "R3": 900, "CPE3.Q": 1e-5,
        "CPE3.n": 0.85,
    },
}  # fmt: skip


@pytest.mark.parametrize("text", list(OTHERS))
def test_any_circuit_of_the_grammar(text: str) -> None:
    truth = OTHERS[text]
    optimum = 0
    for seed in range(3):
        spectrum = simulate_spectrum(text, truth, SWEEP, noise=0.003, seed=seed)
        start = np.log([truth[name] for name in circuit(text).names])
        optimum += fit(spectrum, text).chi2 <= fit(spectrum, text, start=start).chi2 * 1.001
    assert optimum == 3


def test_fixed_and_shared_parameters_are_kept() -> None:
    text = "R0{20}-p(R1,CPE1)-p(R2,CPE2{n=CPE1.n})"
    truth = {"R1": 300.0, "CPE1.Q": 1e-8, "CPE1.n": 0.9, "R2": 900.0, "CPE2.Q": 1e-5}
    found = fit(simulate_spectrum(text, truth, SWEEP, noise=0.002, seed=1), text)
    rows = {row.name: row for row in parameters(found)}
    assert rows["R0"].value == 20
    assert rows["R0"].interval_from == "fixed"
    assert rows["R0"].stderr is None
    assert rows["CPE2.n"].value == rows["CPE1.n"].value
    for name, value in truth.items():
        assert rows[name].value == pytest.approx(value, rel=0.05)


def test_arcs_come_in_the_order_of_their_times_and_impedance_scales() -> None:
    for seed in range(5):
        case = draw("a", 300 + seed)
        found = fit(case.spectrum, CIRCUIT)
        taus = judged(found.circuit.values(found.logs))[3:5]
        assert taus[0] < taus[1]


def test_exact_data_give_back_the_truth() -> None:
    case = draw("a", 7)
    exact = simulate_spectrum(CIRCUIT, case.truth, SWEEP, noise=0, seed=0)
    found = fit(exact, CIRCUIT)
    assert found.circuit.values(found.logs) == pytest.approx(case.truth, rel=1e-5)


def test_order_of_the_points_does_not_matter() -> None:
    case = draw("a", 8)
    shuffled = np.random.default_rng(0).permutation(len(SWEEP))
    from dataclasses import replace

    mixed = replace(
        case.spectrum,
        frequency_Hz=case.spectrum.frequency_Hz[shuffled],
        impedance_ohm=case.spectrum.impedance_ohm[shuffled],
    )
    assert fit(mixed, CIRCUIT).logs == pytest.approx(fit(case.spectrum, CIRCUIT).logs, abs=1e-3)


def test_unit_weights_are_another_fit() -> None:
    case = draw("b", 9)
    modulus, unit = fit(case.spectrum, CIRCUIT), fit(case.spectrum, CIRCUIT, weighting="unit")
    assert unit.chi2 == pytest.approx(np.sum(np.abs(unit.model_ohm - case.spectrum.impedance_ohm) ** 2))
    residuals = (modulus.model_ohm - case.spectrum.impedance_ohm) / np.abs(case.spectrum.impedance_ohm)
    assert modulus.chi2 == pytest.approx(np.sum(np.abs(residuals) ** 2))


def test_profile_equals_covariance_where_r_is_well_determined() -> None:
    found = fit(draw("a", 10).spectrum, CIRCUIT)
    index = found.circuit.index("R1")
    assert profile_interval(found, index) == pytest.approx(covariance_interval(found, index), rel=0.01)


def test_a_resistance_that_is_not_there_has_no_lower_end() -> None:
    truth = {"R1": 500.0, "CPE1.Q": 1e-8, "CPE1.n": 0.9}
    spectrum = simulate_spectrum("p(R1,CPE1)", truth, SWEEP, noise=0.01, seed=2)
    found = fit(spectrum, "R0-p(R1,CPE1)")
    row = next(row for row in parameters(found, profiles=True) if row.name == "R0")
    assert row.interval_from == "profile"
    assert row.ci95 is not None
    assert row.ci95[0] is None  # the data cannot exclude zero
    assert row.ci95[1] is not None
    assert row.ci95[1] < 5


def test_too_many_arcs_are_warned_about_and_serve_no_better() -> None:
    truth = {"R0": 10.0, "R1": 500.0, "CPE1.Q": 1e-8, "CPE1.n": 0.9}
    spectrum = simulate_spectrum("R0-p(R1,CPE1)", truth, SWEEP, noise=0.01, seed=3)
    one, two = fit(spectrum, "R0-p(R1,CPE1)"), fit(spectrum, "R0-p(R1,CPE1)-p(R2,CPE2)")
    ranking = compare([two, one]).ranking
    assert ranking[0][0] == "R0-p(R1,CPE1)"
    assert two.warnings


def test_two_names_of_one_circuit_serve_equally() -> None:
    case = draw("a", 11)
    found = compare([fit(case.spectrum, CIRCUIT), fit(case.spectrum, "R(RQ)(RQ)Q")])
    assert found.warning is not None
    assert "equally" in found.warning
    assert sum(weight for _, _, weight in found.ranking) == pytest.approx(1)


@pytest.mark.parametrize("off", [0.0, 1e-8, 1e-4])
def test_what_the_last_digits_leave_is_not_systematic(off: float) -> None:
    """Off: a deviation that runs smoothly over the frequencies, as a share of the impedance."""
    omega = 2 * np.pi * np.geomspace(1e6, 1.0, 61)
    impedance = (100.0 + 1e3 / (1 + 1e-4j * omega)) * (1.0 + off * np.sin(np.log(omega)))
    found = fit(
        ImpedanceSpectrum(omega / (2 * np.pi), impedance, Provenance("measured", "made", "", "")), "R0-p(R1,C1)"
    )
    assert any("systematic" in warning for warning in found.warnings) == (off > 1e-6)


def test_a_wrong_circuit_leaves_systematic_residuals() -> None:
    found = fit(draw("a", 12).spectrum, "R0-p(R1,CPE1)-CPE3")
    assert any("systematic" in warning for warning in found.warnings)
    assert not any("systematic" in warning for warning in fit(draw("a", 12).spectrum, CIRCUIT).warnings)


def test_too_few_points_are_refused() -> None:
    truth = {"R0": 10.0, "R1": 500.0, "CPE1.Q": 1e-8, "CPE1.n": 0.9}
    short = simulate_spectrum("R0-p(R1,CPE1)", truth, SWEEP[:2], noise=0, seed=0)
    with pytest.raises(InputError, match="cannot determine"):
        fit(short, "R0-p(R1,CPE1)")


def test_simulation_repeats_and_lists_every_fault() -> None:
    truth = {"R0": 10.0, "R1": 500.0, "CPE1.Q": 1e-8, "CPE1.n": 0.9}
    first, second, other = (simulate_spectrum("R0-p(R1,CPE1)", truth, SWEEP, noise=0.01, seed=s) for s in (4, 4, 5))
    assert np.array_equal(first.impedance_ohm, second.impedance_ohm)
    assert first.provenance == second.provenance
    assert first.provenance.sha256 != other.provenance.sha256
    assert first.provenance.kind == "simulated"
    with pytest.raises(InputError) as caught:
        simulate_spectrum("R0-p(R1,CPE1)", {"R0": -1.0, "R1": 5.0, "CPE1.n": 2.0, "X": 1.0}, SWEEP, noise=0, seed=0)
    assert len(caught.value.faults) == 4
