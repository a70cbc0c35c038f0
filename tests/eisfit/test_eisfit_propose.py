"""Circuits that a spectrum proposes: the one it was made of, the plainest that serves, odds that say when two do."""

import pytest

from ionweld.analyse.eis.fit import fit
from ionweld.analyse.eis.propose import propose
from ionweld.errors import InputError
from ionweld.simulate.spectra import frequencies, simulate_spectrum
from ionweld.spec.circuit import circuit

SWEEP = frequencies(1e6, 1e-2, 70)
MADE = {
    "R0-p(R1,CPE1)": {"R0": 10.0, "R1": 50.0, "CPE1.Q": 2e-6, "CPE1.n": 0.85},
    "R0-p(R1,CPE1)-p(R2,CPE2)": {
        "R0": 10.0, "R1": 50.0, "CPE1.Q": 2e-6, "CPE1.n": 0.85, "R2": 80.0, "CPE2.Q": 2e-3, "CPE2.n": 0.9,
    },
    "R0-p(R1,CPE1)-CPE9": {"R0": 10.0, "R1": 50.0, "CPE1.Q": 2e-6, "CPE1.n": 0.85, "CPE9.Q": 1e-2, "CPE9.n": 0.88},
    "R0-CPE9": {"R0": 20.0, "CPE9.Q": 1e-6, "CPE9.n": 0.9},
    "R0-p(R1,CPE1)-W9": {"R0": 10.0, "R1": 50.0, "CPE1.Q": 2e-6, "CPE1.n": 0.85, "W9": 20.0},
    "L0-R0-p(R1,CPE1)": {"L0": 1e-6, "R0": 10.0, "R1": 50.0, "CPE1.Q": 2e-5, "CPE1.n": 0.85},
}  # fmt: skip


@pytest.mark.parametrize("made", MADE)
def test_a_spectrum_proposes_what_it_was_made_of(made: str) -> None:
    for seed in range(3):
        proposals = propose(simulate_spectrum(made, MADE[made], SWEEP, noise=0.005, seed=seed))
        assert proposals[0].circuit == made
        assert proposals[0].odds > 0.3
        assert sum(one.odds for one in proposals) <= 1.0 + 1e-9


def test_an_ideal_arc_is_proposed_with_a_capacitor() -> None:
    truth = {"R0": 10.0, "R1": 50.0, "C1": 1e-6}
    first = propose(simulate_spectrum("R0-p(R1,C1)", truth, SWEEP, noise=0.005, seed=1))[0]
    assert first.circuit == "R0-p(R1,C1)"
    assert first.fit.value("C1") == pytest.approx(1e-6, rel=0.01)


def test_an_inductive_loop_is_proposed_as_a_branch() -> None:
    truth = {"R0": 5.0, "R1": 100.0, "CPE1.Q": 2e-5, "CPE1.n": 0.9, "R7": 60.0, "L7": 30.0}
    first = propose(simulate_spectrum("R0-p(R1,CPE1,R7-L7)", truth, SWEEP, noise=0.005, seed=1))[0]
    assert first.circuit == "R0-p(R1,CPE1,R7-L7)"
    assert first.fit.value("L7") == pytest.approx(30.0, rel=0.1)


@pytest.mark.parametrize("truth", [{"R0": 2.1, "L0": 3e-7}, {"R0": 900.0, "L0": 1e-5}])
def test_a_resistance_alone_says_that_it_may_be_a_short(truth: dict[str, float]) -> None:
    first = propose(simulate_spectrum("L0-R0", truth, SWEEP, noise=0.003, seed=1))[0]
    assert first.circuit == "L0-R0"
    assert any("no arc from 0.01 to 1e+06 Hz" in note and "a short" in note for note in first.fit.warnings)


def test_an_arc_is_no_short_whatever_circuit_it_is_fitted_with() -> None:
    made = simulate_spectrum("R0-p(R1,CPE1)", MADE["R0-p(R1,CPE1)"], SWEEP, noise=0.003, seed=1)
    for asked in ("R0", "L0-R0", "R0-p(R1,CPE1)"):
        assert not any("a short" in note for note in fit(made, circuit(asked)).warnings)


def test_too_few_points_propose_nothing() -> None:
    short = simulate_spectrum("R0-CPE9", MADE["R0-CPE9"], SWEEP[:6], noise=0.005, seed=1)
    with pytest.raises(InputError, match="too few"):
        propose(short)
