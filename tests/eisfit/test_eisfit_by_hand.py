"""Numbers of the impedance analysis beside what a hand calculation gives: each formula, bound and sentence once."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import trapezoid

from ionweld.analyse.eis import arc_sum, processes
from ionweld.analyse.eis.arc_sum import ArcSum, ArcTerms, WeightedSweep
from ionweld.analyse.eis.arcs import by_label, name_arcs, nearest_class
from ionweld.analyse.eis.arrhenius import SEPARATE, WEIGHTED, arrhenius, said_of
from ionweld.analyse.eis.compare import aicc, compare
from ionweld.analyse.eis.cycles import changes
from ionweld.analyse.eis.drt import peak_times
from ionweld.analyse.eis.fit import CircuitFit, covariance_interval, fit, parameters, percent, profile_interval
from ionweld.analyse.eis.geometry import conduction
from ionweld.analyse.eis.joint import at_solution, joint_fit, joint_parameters
from ionweld.analyse.eis.kramers_kronig import kramers_kronig
from ionweld.analyse.eis.problem import bounds
from ionweld.analyse.eis.processes import Processes, RelaxationPeak, Tail
from ionweld.analyse.eis.propose import candidates, propose
from ionweld.analyse.eis.seeds import starts
from ionweld.errors import InputError
from ionweld.measurement.impedance import ImpedanceSpectrum, SampleGeometry
from ionweld.simulate.spectra import frequencies, simulate_spectrum
from ionweld.spec.circuit import circuit

F = np.geomspace(1e6, 1e-1, 57)
OMEGA = 2 * np.pi * F
ONE_ARC = {"R0": 10.0, "R1": 50.0, "CPE1.Q": 2e-6, "CPE1.n": 0.85}
K_EV = 8.617333262e-5
T95 = {1: 12.706205, 2: 4.302653, 3: 3.182446}  # Student's t for 95 %, from a printed table


def spectrum(Z: np.ndarray, noise: float = 0.0, seed: int = 0, **about: object) -> ImpedanceSpectrum:
    """Return a spectrum of these impedances, with noise as a part of |Z| on both parts."""
    rng = np.random.default_rng(seed)
    shaken = Z + noise * np.abs(Z) * (rng.standard_normal(len(Z)) + 1j * rng.standard_normal(len(Z)))
    return replace(simulate_spectrum("R0", {"R0": 1.0}, F, noise=0, seed=0), impedance_ohm=shaken, **about)


def arc(R: float, tau: float, n: float = 1.0) -> np.ndarray:
    return R / (1 + (1j * OMEGA * tau) ** n)


# --- what a spectrum proposes


def peak(R: float, tau: float, n: float) -> RelaxationPeak:
    return RelaxationPeak(tau, R, n, tau / R, (tau, tau), (R, R), True)


def processes_with(*peaks: RelaxationPeak, tail: float | None = None, L: float | None = None) -> Processes:
    end = None if tail is None else Tail(tail, 0.01, 1.0)
    return Processes(peaks, 1.0, (0.9, 1.1), L, end, F, F, True, 0.1, 0.0, "", F + 0j)


@pytest.mark.parametrize(
    ("found", "texts"),
    [
        (processes_with(peak(5, 1e-3, 0.9)), ["R0-p(R1,CPE1)", "R0-p(R1,CPE1)-p(R2,CPE2)"]),
        (processes_with(peak(5, 1e-3, 0.99)), ["R0-p(R1,CPE1)", "R0-p(R1,C1)", "R0-p(R1,CPE1)-p(R2,CPE2)"]),
        (
            processes_with(peak(5, 1e-3, 0.7)),  # broad: it may be diffusion
            ["R0-p(R1,CPE1)", "R0-Ws9", "R0-G9", "R0-p(R1,CPE1)-p(R2,CPE2)"],
        ),
        (processes_with(peak(5, 1e-3, 0.76)), ["R0-p(R1,CPE1)", "R0-p(R1,CPE1)-p(R2,CPE2)"]),
        (
            processes_with(peak(5, 1e-3, 0.7), tail=0.9),  # broad, but the tail is what blocks
            ["R0-p(R1,CPE1)-CPE9", "R0-p(R1,CPE1)-p(R2,CPE2)-CPE9"],
        ),
        (
            processes_with(tail=0.5, L=1e-6),
            ["L0-R0-CPE9", "L0-R0-W9", "L0-R0-Wo9", "L0-R0-Ws9", "L0-R0-p(R1,CPE1)-CPE9"],
        ),
        (processes_with(tail=0.36), ["R0-CPE9", "R0-W9", "R0-Wo9", "R0-Ws9", "R0-p(R1,CPE1)-CPE9"]),
        (processes_with(tail=0.66), ["R0-CPE9", "R0-p(R1,CPE1)-CPE9"]),
        (processes_with(tail=0.34), ["R0-CPE9", "R0-p(R1,CPE1)-CPE9"]),
        (
            processes_with(peak(5, 1e-5, 0.8), peak(5, 1e-2, 0.8)),
            [
                "R0-p(R1,CPE1)-p(R2,CPE2)",
                "R0-p(R1,CPE1)",
                "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)",
            ],
        ),
        (
            processes_with(peak(5, 1e-5, 0.8), peak(-5, 1e-2, 0.8)),  # a loop turns the arc before it back
            ["R0-p(R1,CPE1,R7-L7)", "R0-p(R1,CPE1,R7-L7)-p(R2,CPE2)"],
        ),
        (processes_with(peak(-5, 1e-2, 0.9)), ["R0", "R0-p(R1,CPE1)"]),
    ],
)
def test_processes_suggest_these_circuits_and_no_other(found: Processes, texts: list[str]) -> None:
    assert list(candidates(found)) == texts


def bic(one: CircuitFit) -> float:
    return one.problem.data * np.log(one.chi2 / one.problem.data) + len(one.logs) * np.log(one.problem.data)


def test_odds_are_those_of_schwarz_and_the_plainest_that_serves_comes_first() -> None:
    shown = propose(simulate_spectrum("R0-p(R1,CPE1)", ONE_ARC, F, noise=0.005, seed=2))
    assert 2 <= len(shown) <= 5
    for one in shown[1:]:
        assert one.odds / shown[0].odds == pytest.approx(np.exp(-0.5 * (bic(one.fit) - bic(shown[0].fit))), rel=1e-6)
    best = max(shown, key=lambda one: one.odds)
    assert shown[0].odds >= 0.2 * best.odds
    assert all(len(shown[0].fit.logs) <= len(one.fit.logs) for one in shown if one.odds >= 0.2 * best.odds)
    assert [one.odds for one in shown[1:]] == sorted((one.odds for one in shown[1:]), reverse=True)


def test_at_most_five_circuits_are_proposed() -> None:
    """A broad arc beside a tail of diffusion has seven candidates."""
    shown = propose(spectrum(10 + arc(50, 1e-4, 0.99) + arc(30, 1e-2, 0.9) + 20 * (1j * OMEGA) ** -0.5, 0.002, 3))
    assert len(shown) == 5


# --- the sum of arcs


SHAPE = ArcTerms((1, -1), True, True)
LOGS = np.log([3.0, 1e-6, 50.0, 1e-3, 0.8, 7.0, 1e-1, 0.9, 4.0, 0.6])
SWEEP = WeightedSweep(OMEGA, np.full(len(F), 100 + 0j), np.full(len(F), 0.01))


def test_a_sum_of_arcs_is_written_out() -> None:
    at = 1j * OMEGA
    by_hand = (
        3.0 + 1e-6 * at + 50 / (1 + (at * 1e-3) ** 0.8) - 7 / (1 + (at * 1e-1) ** 0.9) + 4 * (at / OMEGA.min()) ** -0.6
    )
    Z, slopes = arc_sum.model(SWEEP, SHAPE, LOGS[None])
    np.testing.assert_allclose(Z[0], by_hand, rtol=1e-12)
    for i in range(len(LOGS)):
        step = np.zeros(len(LOGS))
        step[i] = 1e-6
        sides = [arc_sum.model(SWEEP, SHAPE, (LOGS + sign * step)[None])[0][0] for sign in (1, -1)]
        np.testing.assert_allclose(slopes[0, i], (sides[0] - sides[1]) / 2e-6, rtol=1e-5, atol=1e-6)


def test_its_covariance_is_the_inverse_of_the_normal_matrix_times_the_noise() -> None:
    found = ArcSum(SHAPE, LOGS, cost=2.5)
    J = (arc_sum.model(SWEEP, SHAPE, LOGS[None])[1][0] * 0.01).view(float)
    expected = np.linalg.inv(J @ J.T) * 2.5 / (2 * len(F) - len(LOGS))
    np.testing.assert_allclose(arc_sum.covariance(SWEEP, found), expected, rtol=1e-4)


def test_bounds_of_a_sum_follow_the_data() -> None:
    low, high = (np.exp(edge) for edge in arc_sum.bounds(replace(SWEEP, Z=np.geomspace(2, 200, len(F)) + 0j), SHAPE))
    assert (low[0] < 1e-3, high[0]) == (True, pytest.approx(2e5))
    assert (low[1], high[1]) == (pytest.approx(1e-4 * 2 / OMEGA.max()), pytest.approx(1e2 * 200 / OMEGA.min()))
    assert (low[3], high[3]) == (pytest.approx(1 / (10 * OMEGA.max())), pytest.approx(10 / OMEGA.min()))
    assert SWEEP.data == 2 * len(F)


@pytest.mark.parametrize("n", [0.5, 0.7, 0.9, 0.98])
def test_the_distribution_of_an_arc_has_its_top_and_its_area(n: float) -> None:
    """At its time constant R cot((1 - n) pi/2)/(2 pi); over all ln tau R."""
    one = peak(50.0, 1e-3, n)
    top = 50.0 / (2 * np.pi) / np.tan(0.5 * (1 - n) * np.pi)
    assert processes.distribution(np.array([1e-3]), one)[0] == pytest.approx(top, rel=1e-9)
    ln = np.linspace(-60, 60, 200_001)
    assert trapezoid(processes.distribution(1e-3 * np.exp(ln), one), ln) == pytest.approx(50.0, rel=1e-3)


def test_neighbours_are_alike_or_opposite() -> None:
    signs = (-1.0) ** np.arange(len(F)) * (1 + 1j)
    assert processes.neighbours(OMEGA, signs) == pytest.approx(-1.0)
    assert processes.neighbours(OMEGA, np.full(len(F), 1 - 2j)) == pytest.approx(1.0)
    shuffled = np.random.default_rng(1).permutation(len(F))
    assert processes.neighbours(OMEGA[shuffled], signs[shuffled]) == pytest.approx(-1.0)
    assert processes.neighbours(OMEGA, np.zeros(len(F), complex)) == 0.0


def test_what_is_said_of_a_misfit() -> None:
    noisy = processes.processes_of(OMEGA, spectrum(10 + arc(50, 1e-3, 0.8), 0.005, 1).impedance_ohm)
    assert noisy.said == f"1 process, misfit {noisy.misfit_percent:.2g} % of |Z|, which looks like noise"
    assert noisy.misfit_percent == pytest.approx(0.5, rel=0.15)
    assert abs(noisy.neighbours) < 0.4
    (one,) = noisy.peaks
    assert (one.C_F, one.inside) == (pytest.approx(one.tau_s / one.R_ohm), True)
    np.testing.assert_allclose(np.abs(noisy.model_ohm / (10 + arc(50, 1e-3, 0.8)) - 1), 0, atol=0.01)


def test_an_arc_beyond_the_window_is_not_inside() -> None:
    found = processes.processes_of(OMEGA, spectrum(10 + arc(50, 4.0), 0.002, 1).impedance_ohm)
    assert [one.inside for one in found.peaks] == [False]
    last = processes.processes_of(OMEGA, spectrum(10 + arc(50, 1.2), 0.002, 1).impedance_ohm)
    assert [one.inside for one in last.peaks] == [True]  # the window ends at 1/(2 pi 0.1 Hz) = 1.6 s


def test_arcs_are_found_one_after_the_other() -> None:
    """Of an exact spectrum: each further arc is tried beside those there are, and the last leaves nothing."""
    Z = 10 + arc(50, 1e-5, 0.9) + arc(80, 1e-3, 0.85) + arc(60, 1e-1, 0.9)
    sweep = WeightedSweep(OMEGA, Z, 1 / np.abs(Z))
    found = [arc_sum.alone(sweep, ArcTerms((), False, False))]
    for _ in range(3):
        found.append(arc_sum.with_another(sweep, found[-1], 1, starts=1))
    costs = [one.cost for one in found]
    assert costs == sorted(costs, reverse=True)
    assert costs[3] < 1e-12 * costs[2]
    assert np.sort(np.exp(found[3].arcs[:, 1])) == pytest.approx([1e-5, 1e-3, 1e-1], rel=1e-4)
    kept = np.delete(found[3].arcs[:, 1:], 1, axis=0)
    less = arc_sum.without(sweep, found[3], ArcTerms((1, 1), False, False), kept)
    assert less.cost < costs[1]


DIFFUSION = 5 * (1j * OMEGA / OMEGA.min()) ** -0.5


@pytest.mark.parametrize(
    ("beside", "tail", "tau", "sign"),
    [(DIFFUSION, True, tau, 1) for tau in (1e-5, 1e-4, 1e-3, 1e-2, 1e-1)]
    + [(arc(50, tau, 0.85), False, other, 1) for tau, other in ((1e-5, 1e-3), (1e-4, 1e-1), (1e-2, 1e-6), (3e-5, 3e-4))]
    + [(arc(80, tau, 0.85), False, 100 * tau, -1) for tau in (1e-4, 1e-3, 1e-2)],
)
def test_the_best_start_alone_leads_to_the_arc_that_is_there(
    beside: np.ndarray, tail: bool, tau: float, sign: int
) -> None:
    Z = 100 + beside + sign * arc(30, tau, 0.9)
    sweep = WeightedSweep(OMEGA, Z, 1 / np.abs(Z))
    found = arc_sum.alone(sweep, ArcTerms((), False, tail))
    if not tail:
        found = arc_sum.with_another(sweep, found, 1, starts=1)
    assert arc_sum.with_another(sweep, found, sign, starts=1).cost < 1e-20


def test_errors_belong_to_the_numbers_beside_which_they_stand() -> None:
    """With an inductance in front: what estimates scatter by over 16 spectra is what their intervals say."""
    Z = 10 + 2e-5j * OMEGA + arc(50, 1e-3, 0.85)
    found = [processes.processes_of(OMEGA, spectrum(Z, 0.01, seed).impedance_ohm) for seed in range(16)]
    peaks = [one.peaks[0] for one in found if one.L_H is not None and len(one.peaks) == 1]
    assert len(peaks) >= 12
    for value, interval in (("R_ohm", "R_ci95"), ("tau_s", "tau_ci95")):
        scatter = np.std([np.log(getattr(one, value)) for one in peaks])
        told = np.mean([np.log(getattr(one, interval)[1] / getattr(one, interval)[0]) / (2 * 1.96) for one in peaks])
        assert told == pytest.approx(scatter, rel=0.45)


def test_a_loop_is_said_with_its_frequency() -> None:
    at = 1j * OMEGA
    Z = 5 + 1 / (1 / 100 + 2e-5 * at**0.9 + 1 / (60 + at * 30))
    found = processes.processes_of(OMEGA, spectrum(Z, 0.003, 1).impedance_ohm)
    (loop,) = (one for one in found.peaks if one.R_ohm < 0)
    assert f"(an inductive loop) near {1 / (2 * np.pi * loop.tau_s):.3g} Hz do" in found.said
    assert loop.R_ci95[0] < loop.R_ohm < loop.R_ci95[1] < 0.0


def test_eight_points_carry_one_arc_at_most() -> None:
    """Sixteen numbers: R, L and a tail are four unknowns, an arc three more; half of the numbers are kept for a judgement."""
    few = np.linspace(0, len(F) - 1, 8).astype(int)
    Z = 10 + arc(50, 1e-5) + arc(80, 1e-3) + arc(60, 1e-1)
    found = processes.processes_of(OMEGA[few], Z[few])
    assert len(found.peaks) <= 1


def test_an_arc_is_seen_beside_a_blocking_tail() -> None:
    blocked = spectrum(20 + arc(100, 1e-4) + 1 / (1e-5 * (1j * OMEGA) ** 0.9), 0.002, 1)
    assert min(peak_times(blocked)) == pytest.approx(1e-4, rel=0.05)


def test_a_broad_arc_is_no_row_of_ripples() -> None:
    counts = [len(peak_times(spectrum(10 + arc(100, 1e-3, 0.6), 0.01, seed))) for seed in range(4)]
    assert max(counts) <= 2


# --- names of arcs


def test_warnings_say_where_an_apex_lies() -> None:
    made = circuit("p(Rb,Cb)-p(Rgb,Cgb)")
    logs = np.log([100.0, 1e-12, 100.0, 1.0])  # 1e-10 s and 100 s, in the order of the names
    values = made.values(logs)
    assert (values["Rb"], values["Cgb"]) == (pytest.approx(100.0), pytest.approx(1.0))
    fast, slow = name_arcs(made, logs, OMEGA)
    assert fast.warning is not None
    assert slow.warning is not None
    assert "above the measured window, at 1.59e+09 Hz" in fast.warning
    assert "below the measured window, at 0.00159 Hz" in slow.warning
    assert (fast.role, slow.role, fast.role_from) == ("bulk", "grain boundary", "label")
    assert (fast.C_eff_F, slow.tau_s) == (pytest.approx(1e-12), pytest.approx(100.0))


def test_capacitance_per_cm_names_and_closeness_warns() -> None:
    """3 mm thick, 0.5 cm2: a factor of 0.6 per cm."""
    made = circuit("p(R1,C1)-p(R2,C2)")
    where = SampleGeometry(thickness_m=3e-3, area_m2=0.5e-4)
    one, two = name_arcs(made, np.log([1e3, 1e-11, 1e3, 9e-11]), OMEGA, where)
    assert (one.C_per_cm_F, two.C_per_cm_F) == (pytest.approx(6e-12), pytest.approx(5.4e-11))
    assert one.warning is not None
    assert "within a factor 10 of that of R2" in one.warning
    far = name_arcs(made, np.log([1e3, 1e-11, 1e3, 1.1e-10]), OMEGA, where)
    assert "within a factor" not in (far[0].warning or "")
    assert nearest_class(6e-12).role == "bulk"
    assert [by_label(name) for name in ("Rb", "Rgb2", "R_ct", "R7")] == ["bulk", "grain boundary", "interface", None]


def test_brug_takes_the_resistance_in_series() -> None:
    """Q^(1/n) (1/Rs + 1/R)^((n-1)/n) with 1 uF s^(n-1), n = 0.8, 20 and 30 ohm."""
    made = circuit("R0-p(R1,CPE1)")
    logs = np.log([20.0, 30.0, 1e-6, 0.8])
    (found,) = name_arcs(made, logs, OMEGA, formula="Brug")
    assert found.C_eff_F == pytest.approx(1e-6**1.25 * (1 / 12.0) ** -0.25, rel=1e-9)
    assert found.tau_s == pytest.approx((30e-6) ** 1.25, rel=1e-9)


# --- geometry


def test_the_area_is_said_and_spreads() -> None:
    """Radius 3 mm, 1 mm thick, pellet of 10 mm: r_eff = 3 + ln 2/pi mm = 3.2206 mm."""
    small = SampleGeometry(thickness_m=1e-3, area_m2=np.pi * 9e-6, interfaces=2)
    found = conduction(small, 10e-3)
    r = 3e-3 + np.log(2) / np.pi * 1e-3
    assert found.area_m2 == pytest.approx(np.pi * r**2, rel=1e-6)
    assert found.said[0] == "area of the electrode: 0.2827 cm2, thickness 1 mm"
    assert (
        "from radius 3 mm into the pellet to r_eff = r + (ln 2/pi) L = 3.221 mm: conductivities use 0.3259 cm2"
        in (found.said[1])
    )
    assert found.conductivity(100.0) == pytest.approx(1e-3 / (100 * np.pi * r**2) / 100, rel=1e-6)
    assert found.area_specific(100.0) == pytest.approx(100 * np.pi * 0.09 / 2)
    thick = conduction(replace(small, thickness_m=20e-3), 10e-3)
    assert thick.area_m2 == pytest.approx(np.pi * 25e-6)
    assert "5 mm (the rim)" in thick.said[1]
    with pytest.raises(InputError, match=r"6 mm across\) is wider than the pellet \(5 mm"):
        conduction(small, 5e-3)
    assert conduction(small, 6e-3).area_m2 == pytest.approx(np.pi * 9e-6)  # as wide as the pellet is no fault


# --- which circuit, and what a fit may find


def test_akaikes_criterion_by_hand() -> None:
    shaken = simulate_spectrum("R0-p(R1,CPE1)", ONE_ARC, F, noise=0.005, seed=2)
    fits = [fit(shaken, text) for text in ("R0-p(R1,CPE1)", "R0-p(R1,CPE1)-p(R2,CPE2)", "R0-p(R1,C1)")]
    N = 2 * len(F)

    def by_hand(one: CircuitFit) -> float:
        k = len(one.logs) + 1
        return N * np.log(one.chi2 / N) + 2 * k + 2 * k * (k + 1) / (N - k - 1)

    scores = np.array([by_hand(one) for one in fits])
    np.testing.assert_allclose([aicc(one) for one in fits], scores, rtol=1e-12)
    weights = np.exp(-0.5 * (scores - scores.min()))
    found = compare(fits)
    for text, above, weight in found.ranking:
        at = [one.circuit.text for one in fits].index(text)
        assert above == pytest.approx(scores[at] - scores.min())
        assert weight == pytest.approx(weights[at] / weights.sum())
    assert [above for _, above, _ in found.ranking] == sorted(above for _, above, _ in found.ranking)
    few = replace(fits[0].problem, Z=fits[0].problem.Z[:3], omega=OMEGA[:3])
    assert aicc(replace(fits[0], problem=few)) == np.inf


def test_bounds_of_a_fit_leave_four_decades_of_room() -> None:
    made = circuit("R0-L1-CPE2-Ws3")
    low, high = (np.exp(edge) for edge in bounds(made, np.array([0.5, 2e6]), np.array([2.0, 3e3])))
    by_name = {name: (low[i], high[i]) for i, name in enumerate(made.names)}
    assert by_name["R0"] == pytest.approx((2e-4, 3e7))
    assert by_name["L1"] == pytest.approx((2e-4 / 2e6, 3e7 / 0.5))
    assert by_name["CPE2.Q"] == pytest.approx((1 / (3e7 * 2e6), 1 / (2e-4 * 0.5)))
    assert by_name["CPE2.n"] == pytest.approx((0.2, 1.0))
    times = next(edges for name, edges in by_name.items() if made.kinds[made.index(name)] == "time")
    assert times == pytest.approx((1 / (1e4 * 2e6), 1e4 / 0.5))


def test_chi2_is_the_sum_over_both_parts() -> None:
    shaken = simulate_spectrum("R0-p(R1,CPE1)", ONE_ARC, F, noise=0.01, seed=2)
    found = fit(shaken, "R0-p(R1,CPE1)")
    off = (found.model_ohm - shaken.impedance_ohm) / np.abs(shaken.impedance_ohm)
    assert found.chi2 == pytest.approx(np.sum(off.real**2 + off.imag**2), rel=1e-9)
    assert found.problem.freedom == 2 * len(F) - 4
    assert found.noise == pytest.approx(found.chi2 / found.problem.freedom)
    J = found.problem.residuals(found.logs[None])[1][0]
    np.testing.assert_allclose(found.covariance, np.linalg.inv(J @ J.T) * found.noise, rtol=1e-5)


def test_a_relative_error_is_written_without_powers_of_ten() -> None:
    assert [percent(one) for one in (0.00123, 0.0456, 0.994, 0.996, 1.0, 34.0)] == [
        "0.12 %",
        "4.6 %",
        "99 %",
        "100 %",
        "100 %",
        "3400 %",
    ]


def test_stray_points_count_less_by_hubers_rule() -> None:
    """A residual of size s beyond 2 robust deviations u = 2 median/1.1774 keeps the weight u/s, in squares."""
    Z = spectrum(20 + arc(100, 1e-3, 0.8), 0.002, 3).impedance_ohm.copy()
    Z[[38, 45]] *= 1.2
    plain, robust = (fit(spectrum(Z), "R0-p(R1,CPE1)", weighting=how) for how in ("modulus", "robust"))
    assert robust.value("R1") == pytest.approx(100.0, rel=0.01)
    assert abs(robust.value("R1") - 100.0) < abs(plain.value("R1") - 100.0)
    size = np.abs((robust.model_ohm - Z) / np.abs(Z))
    share = (robust.problem.weights * np.abs(Z)) ** 2
    usual = 2.0 * np.median(size) / np.sqrt(2 * np.log(2))
    assert share[[38, 45]] == pytest.approx(usual / size[[38, 45]], rel=0.1)
    assert np.median(share) == 1.0


def test_intervals_of_a_fit_follow_student_and_the_profile() -> None:
    found = fit(simulate_spectrum("R0-p(R1,CPE1)", ONE_ARC, F, noise=0.02, seed=2), "R0-p(R1,CPE1)")
    index = found.circuit.index("R1")
    error = np.sqrt(found.covariance[index, index])
    low, high = covariance_interval(found, index)
    t = 1.9818  # of 110 degrees of freedom
    assert found.problem.freedom == 110
    assert np.log([low, high]) == pytest.approx(found.logs[index] + t * error * np.array([-1, 1]), rel=1e-5)
    assert profile_interval(found, index) == pytest.approx((low, high), rel=0.01)  # near the optimum all is a parabola
    told = {one.name: one for one in parameters(found)}
    assert told["R1"].stderr == pytest.approx(told["R1"].value * error)
    assert found.correlation[index, index] == pytest.approx(1.0)


STARTED = {
    "R0-p(R1,C1)": {"R0": 10.0, "R1": 50.0, "C1": 2e-6},
    "R0-p(R1,CPE1)-CPE2": {"R0": 10.0, "R1": 50.0, "CPE1.Q": 2e-6, "CPE1.n": 0.9, "CPE2.Q": 1e-2, "CPE2.n": 0.9},
    "L0-R0-p(R1,C1)": {"L0": 1e-5, "R0": 10.0, "R1": 50.0, "C1": 2e-5},
    "R0-Ws1": {"R0": 10.0, "Ws1.R": 50.0, "Ws1.T": 0.1},
    "R0-p(R1,C1)-W2": {"R0": 10.0, "R1": 50.0, "C1": 2e-6, "W2": 20.0},
}


@pytest.mark.parametrize("text", STARTED)
def test_starts_lie_near_the_truth_before_any_fit(text: str) -> None:
    """Amplitudes follow in closed form: the best start explains nearly all of an exact spectrum."""
    made = circuit(text)
    values = dict(zip(made.names, STARTED[text].values(), strict=True))
    exact = simulate_spectrum(text, values, F, noise=0, seed=0)
    problem = fit(exact, text).problem
    found = starts(problem, 5)
    costs = problem.chi2(found)
    assert costs[0] < 0.02 * 2 * len(F) * 0.5
    assert costs[0] == pytest.approx(costs.min(), rel=1.0)
    known = starts(problem, 1, times=(1e-4,))
    assert len(known) >= 1
    assert np.all(known >= problem.lower)


# --- series


def series_of(energy: float, temperatures: tuple[float, ...], noise: float = 0.003) -> list[CircuitFit]:
    """Return fits of a resistance that follows ln(T/R) = const - E/kT exactly, but for the noise of the points."""
    fits = []
    for place, T in enumerate(temperatures):
        R = 1e4 * T / 330.0 * np.exp(energy / K_EV * (1 / T - 1 / 330.0))
        about = {"temperature_K": T, "geometry": SampleGeometry(thickness_m=1e-3, area_m2=1e-4)}
        fits.append(fit(spectrum(arc(R, R * 1e-8), noise, place, **about), "p(Rb,Cb)"))
    return fits


def test_roads_to_an_energy_and_their_intervals() -> None:
    fits = series_of(0.5, (310.0, 330.0, 350.0))
    (found,), joint = arrhenius(fits, conduction(SampleGeometry(thickness_m=1e-3, area_m2=1e-4)))
    assert len(found.methods) == 4
    for one in found.methods:
        assert one.Ea_eV == pytest.approx(0.5, abs=0.003)
        low, high = one.ci95_eV
        assert high - one.Ea_eV == pytest.approx(one.Ea_eV - low)
        assert low < one.Ea_eV < high
    by_name = {one.method: one for one in found.methods}
    for name in (SEPARATE, WEIGHTED):
        one = by_name[name]
        assert one.ci95_eV[1] - one.Ea_eV == pytest.approx(T95[1] * one.stderr_eV, rel=1e-5)
    linked = found.methods[3]
    freedom = sum(one.problem.freedom for one in fits)
    assert freedom > 300
    assert linked.ci95_eV[1] - linked.Ea_eV == pytest.approx(1.967 * linked.stderr_eV, rel=2e-3)  # t of so many
    prefactor = by_name[SEPARATE].prefactor
    assert prefactor is not None
    sigma = found.sigma[1]
    assert sigma.S_per_cm * 330.0 == pytest.approx(prefactor * np.exp(-found.Ea_eV / (K_EV * 330.0)), rel=0.01)
    assert sigma.S_per_cm == pytest.approx(1e-3 / (1e4 * 1e-4) / 100, rel=0.01)
    assert sigma.stderr == pytest.approx(sigma.S_per_cm * np.sqrt(fits[1].covariance[0, 0]), rel=1e-6)
    # the slope of the line through three equally weighted points, and its standard error, written out
    x, y = np.array([1 / 310, 1 / 330, 1 / 350]), np.log([one.S_per_cm * one.T_K for one in found.sigma])
    slope = np.sum((x - x.mean()) * y) / np.sum((x - x.mean()) ** 2)
    rest = y - y.mean() - slope * (x - x.mean())
    assert by_name[SEPARATE].Ea_eV == pytest.approx(-slope * K_EV, rel=1e-6)
    error = np.sqrt(np.sum(rest**2) / np.sum((x - x.mean()) ** 2))
    assert by_name[SEPARATE].stderr_eV == pytest.approx(error * K_EV, rel=1e-6)
    assert joint.chi2 == pytest.approx(sum(one.chi2 for one in fits), rel=1e-3)
    assert not any("Arrhenius lines" in said or "on lines in 1/T" in said for said in found.warnings)


def test_a_bend_has_its_sides_and_its_place() -> None:
    """0.9 eV below 330 K, 0.4 eV above."""
    fits = [
        series_of(0.9 if T < 330 else 0.4, (T,), noise=0.001)[0] for T in (300.0, 310.0, 320.0, 340.0, 350.0, 360.0)
    ]
    (found,), _ = arrhenius(fits, conduction(SampleGeometry(thickness_m=1e-3, area_m2=1e-4)))
    bend = found.transition
    assert bend is not None
    assert bend.kind == "bend"
    assert pytest.approx(330.0, abs=1.0) == bend.T_K
    assert bend.T_low_K is not None
    assert bend.T_high_K is not None
    assert 310.0 < bend.T_low_K < bend.T_K < bend.T_high_K < 350.0
    assert bend.Ea_below_eV is not None
    assert bend.Ea_above_eV is not None
    assert bend.Ea_below_eV[0] == pytest.approx(0.9, abs=0.01)
    assert bend.Ea_above_eV[0] == pytest.approx(0.4, abs=0.01)
    assert min(bend.Ea_below_eV[1], bend.Ea_above_eV[1]) > 0
    assert said_of(bend).startswith(f"bend at {bend.T_K:.1f} K ({bend.T_low_K:.1f} to {bend.T_high_K:.1f} K")
    assert any("one activation energy for the whole range hides a transition" in said for said in found.warnings)
    assert any("the resistances are not all on Arrhenius lines (p = " in said for said in found.warnings)


def test_a_change_over_cycles_by_hand() -> None:
    sizes = (100.0, 130.0, 169.0)
    fits = [
        fit(spectrum(20 + arc(R, R * 1e-6, 0.9), 0.002, i), "R0-p(R1,CPE1)", weighting="modulus")
        for i, R in enumerate(sizes)
    ]
    found, joint = changes(fits, positions=(1, 3, 5))
    (grown,) = (one for one in found if one.resistor == "R1")
    assert found[0] is grown
    assert grown.verdict == "grew"
    assert grown.ratio == pytest.approx(1.69, rel=0.01)
    assert grown.delta_ohm == pytest.approx(grown.R_ohm[-1] - grown.R_ohm[0])
    assert grown.delta_ohm == pytest.approx(69.0, rel=0.03)
    place = joint.place("R1")
    c = joint.covariance[np.ix_(place, place)]
    half = 1.967 * np.sqrt(c[0, 0] + c[2, 2] - 2 * c[0, 2])
    assert np.log(grown.ratio_ci95) == pytest.approx(np.log(grown.ratio) + np.array([-half, half]), rel=2e-3)
    assert grown.per_cycle == pytest.approx(np.log(1.69) / 4, rel=0.02)
    assert grown.per_cycle_stderr is not None
    assert 0 < grown.per_cycle_stderr < 0.01
    (same,) = (one for one in found if one.resistor == "R0")
    assert same.verdict == "unchanged within error"
    tied, joint = changes(fits, links={"CPE1.Q": "shared", "CPE1.n": "shared", "R1": "free", "R0": "shared"})
    place = joint.place("R1")
    c = joint.covariance[np.ix_(place, place)]
    assert abs(c[0, 2]) > 0.05 * c[0, 0], "what is shared ties the errors"
    (grown,) = (one for one in tied if one.resistor == "R1")
    half = 1.967 * np.sqrt(c[0, 0] + c[2, 2] - 2 * c[0, 2])
    assert np.log(grown.ratio_ci95) == pytest.approx(np.log(grown.ratio) + np.array([-half, half]), rel=1e-3)
    back, _ = changes(fits[::-1])
    assert next(one for one in back if one.resistor == "R1").verdict == "fell"
    two, _ = changes(fits[:2])
    assert two[0].per_cycle is None


def test_links_of_a_joint_fit_hold() -> None:
    fits = [fit(spectrum(20 + arc(R, R * 1e-6, 0.9), 0.002, i), "R0-p(R1,CPE1)") for i, R in enumerate((100.0, 300.0))]
    joint = joint_fit(fits, (0.0, 2.0), {"R0": "shared", "R1": "arrhenius"})
    R0, R1 = (np.exp(joint.logs[:, fits[0].circuit.index(name)]) for name in ("R0", "R1"))
    assert R0[0] == R0[1]
    assert pytest.approx([100.0, 300.0], rel=0.02) == R1
    slope, error = joint.slope("R1")
    assert slope == pytest.approx(np.log(R1[1] / R1[0]) / 2.0)
    place = joint.place("R1")
    c = joint.covariance[np.ix_(place, place)]
    assert error == pytest.approx(np.sqrt(c[0, 0] + c[1, 1] - 2 * c[0, 1]) / 2.0, rel=1e-9)
    assert joint.excess == pytest.approx(1.0, abs=0.1)
    assert 0.0 <= joint.link_p_value <= 1.0
    wrong = joint_fit(fits, (0.0, 2.0), {"R1": "shared"})
    assert wrong.link_p_value < 1e-6
    assert wrong.excess > 3.0
    assert wrong.chi2 > 10 * joint.chi2


def test_a_joint_solution_is_a_fit_of_each_spectrum() -> None:
    fits = [fit(spectrum(20 + arc(R, R * 1e-6, 0.9), 0.01, i), "R0-p(R1,CPE1)") for i, R in enumerate((100.0, 300.0))]
    joint = joint_fit(fits, (0.0, 1.0), {"CPE1.n": "shared"})
    for index, one in enumerate(at_solution(joint)):
        Z = one.circuit.impedance(OMEGA, one.logs)
        np.testing.assert_allclose(one.model_ohm, Z, rtol=1e-9)
        np.testing.assert_allclose(one.residuals, (Z - one.spectrum.impedance_ohm) * one.problem.weights, atol=1e-12)
        assert one.chi2 == pytest.approx(np.sum(np.abs(one.residuals) ** 2))
        errors = np.sqrt(np.diag(one.covariance))
        told = {row.name: row for row in joint_parameters(joint, index)}
        assert told["R1"].stderr == pytest.approx(told["R1"].value * errors[one.circuit.index("R1")])


def test_noise_that_is_alike_is_the_mean_over_the_degrees_of_freedom() -> None:
    """With one noise for all, a quiet spectrum no longer outweighs a noisy one: the excess stays that of all together."""
    fits = [fit(spectrum(20 + arc(100, 1e-4, 0.9), noise, i), "R0-p(R1,CPE1)") for i, noise in enumerate((0.001, 0.02))]
    own, alike = (joint_fit(fits, (0.0, 1.0), {"R0": "shared"}, alike=how) for how in (False, True))
    assert own.excess == pytest.approx(1.0, abs=0.1)
    assert alike.excess == pytest.approx(1.0, abs=0.1)
    place = own.place("R1")
    quiet, noisy = np.sqrt(np.diag(own.covariance)[place])
    assert noisy > 10 * quiet
    same = np.sqrt(np.diag(alike.covariance)[place])
    assert same[0] == pytest.approx(same[1], rel=0.2)


# --- Kramers-Kronig


@pytest.mark.parametrize("at", [5, 12, 28, 44, 51])
@pytest.mark.parametrize("by", [1.15, 0.9])
def test_a_bad_point_is_named_with_its_size_wherever_it_lies(at: int, by: float) -> None:
    """At the ends the model can follow a point almost wholly: what it leaves is small, but so is the room it has."""
    Z = 20 + arc(100, 1e-3, 0.8)
    bad = spectrum(Z, 0.002, 3).impedance_ohm.copy()
    bad[at] *= by
    found = kramers_kronig(spectrum(bad))
    assert found.outliers == pytest.approx([F[at]])
    (fault,) = found.faults
    assert fault.percent == pytest.approx(100 * abs(by - 1), abs=2.0)
    assert f"stands out by {fault.percent:.2g} % of |Z|" in fault.said


@pytest.mark.parametrize("at", [3, 53])
def test_a_point_near_an_end_is_judged_by_the_room_that_the_model_leaves_it(at: int) -> None:
    bad = spectrum(20 + arc(100, 1e-3, 0.8), 0.002, 3).impedance_ohm.copy()
    bad[at] *= 1.05
    assert kramers_kronig(spectrum(bad)).outliers == pytest.approx([F[at]])


def noise_read(drift: float) -> float:
    """Return the noise in percent that is read from a spectrum with 0.3 %, and a drift over the sweep."""
    Z = (20 + arc(100, 1e-3, 0.8)) * (1 + drift * np.linspace(0, 1, len(F)))
    return float(np.mean([kramers_kronig(spectrum(Z, 0.003, seed)).noise_percent for seed in range(4)]))


def test_a_slow_deviation_is_not_taken_for_noise() -> None:
    still = noise_read(0.0)
    assert still == pytest.approx(0.3, rel=0.3)
    assert [noise_read(0.1), noise_read(-0.2)] == pytest.approx([still, still], rel=0.2)


@settings(max_examples=10)
@given(st.floats(1e-3, 1e3))
def test_a_scale_of_the_impedance_changes_no_verdict(scale: float) -> None:
    bad = spectrum(20 + arc(100, 1e-3, 0.8), 0.002, 3).impedance_ohm.copy()
    bad[20] *= 1.1
    one, other = kramers_kronig(spectrum(bad)), kramers_kronig(spectrum(scale * bad))
    assert one.outliers == other.outliers
    assert one.noise_percent == pytest.approx(other.noise_percent, rel=1e-3)
    np.testing.assert_allclose(one.model_ohm * scale, other.model_ohm, rtol=1e-5)


def test_a_sweep_has_its_ends_and_equal_steps() -> None:
    assert frequencies(1e6, 1e-1, 57) == pytest.approx(F)
