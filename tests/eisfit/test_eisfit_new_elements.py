"""Circuits of the newer elements are fitted without start values, and an element from outside is one file."""

import numpy as np
import pytest

from ionweld.analyse.eis.fit import fit
from ionweld.errors import SpecError
from ionweld.simulate.spectra import frequencies, simulate_spectrum
from ionweld.spec.circuit import circuit

SWEEP = frequencies(1e6, 1e-3, 80)
TRUTHS = {
    "R0-ZARC1": {"R0": 10.0, "ZARC1.R": 100.0, "ZARC1.tau": 1e-3, "ZARC1.n": 0.8},
    "R0-HN1": {"R0": 10.0, "HN1.R": 100.0, "HN1.tau": 1e-3, "HN1.n": 0.9, "HN1.b": 0.6},
    "R0-Wsg1": {"R0": 10.0, "Wsg1.R": 100.0, "Wsg1.tau": 1.0, "Wsg1.n": 0.42},
    "R0-p(R1,CPE1)-Gf1": {
        "R0": 10.0, "R1": 50.0, "CPE1.Q": 1e-5, "CPE1.n": 0.9, "Gf1.R": 80.0, "Gf1.tau": 5.0, "Gf1.n": 0.4,
    },
    "La1-R0-p(R1,CPE1)": {"La1.L": 1e-5, "La1.n": 0.9, "R0": 10.0, "R1": 50.0, "CPE1.Q": 1e-3, "CPE1.n": 0.9},
}  # fmt: skip


@pytest.mark.parametrize("text", TRUTHS)
def test_the_truth_comes_back_without_start_values(text: str) -> None:
    found = fit(simulate_spectrum(text, TRUTHS[text], SWEEP, noise=0.002, seed=1), text)
    for name, value in TRUTHS[text].items():
        assert found.value(name) == pytest.approx(value, rel=0.1), name


def test_of_a_negative_resistor_in_series_only_the_sum_is_known() -> None:
    truth = {"R0": 50.0, "R1": 80.0, "CPE1.Q": 1e-5, "CPE1.n": 0.9, "NR1": 30.0}
    found = fit(simulate_spectrum("R0-p(R1,CPE1)-NR1", truth, SWEEP, noise=0.002, seed=1), "R0-p(R1,CPE1)-NR1")
    assert found.value("R0") - found.value("NR1") == pytest.approx(20.0, rel=0.02)


@pytest.mark.parametrize("symbol", ["T", "O"])
def test_a_letter_that_means_two_things_is_refused(symbol: str) -> None:
    with pytest.raises(SpecError, match="one thing in circuit description codes"):
        circuit(f"R0-{symbol}1")
    assert circuit(f"R{symbol}").text  # in a description code it has one meaning


def test_a_composite_electrode_is_fitted() -> None:
    truth = {"R0": 5.0, "TLMR1.Ri": 60.0, "TLMR1.Re": 2.0, "TLMR1.Rct": 200.0, "TLMR1.Q": 1e-4, "TLMR1.n": 0.9}
    text = "R0-TLMR1{Re=2}"
    found = fit(simulate_spectrum("R0-TLMR1", truth, SWEEP, noise=0.002, seed=2), text)
    for name in ("TLMR1.Ri", "TLMR1.Rct", "TLMR1.Q"):
        assert found.value(name) == pytest.approx(truth[name], rel=0.05)
    assert np.isfinite(found.chi2)
