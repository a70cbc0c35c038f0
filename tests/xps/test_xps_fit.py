"""The joint XPS fit: line shapes, backgrounds, derivatives, real spectra, known compositions, flags."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from data_files import real_file
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import approx_fprime, least_squares
from scipy.stats import truncnorm

from ionweld.analyse.xps import model as xps_model
from ionweld.analyse.xps import solve as xps_solve
from ionweld.analyse.xps.backgrounds import shirley, tougaard
from ionweld.analyse.xps.composition import _Share
from ionweld.analyse.xps.fit import fit_xps
from ionweld.analyse.xps.flags import Claim, check_claim
from ionweld.analyse.xps.lineshapes import Shape, lopsided, lopsided_value, pseudo_voigt
from ionweld.analyse.xps.model import Background, build, evaluate, jacobian, residuals
from ionweld.analyse.xps.noise import prepare
from ionweld.analyse.xps.select import _swaps
from ionweld.errors import ComputationError, InputError
from ionweld.measurement.photoelectron import Photoelectron
from ionweld.read.xps import read_xps
from ionweld.simulate.xps import Peak, SurfaceScan, simulate_xps
from ionweld.spec.photoelectron import doublets, sensitivity, species_table, surface_tables

REGIONS = {"Li 1s": (48.0, 64.0), "C 1s": (278.0, 298.0), "O 1s": (524.0, 542.0), "F 1s": (678.0, 698.0)}
REGIONS["Cl 2p"] = (192.0, 208.0)
AMOUNTS = {
    "C-C": 30.0,
    "C-O": 12.0,
    "O-C=O": 6.0,
    "LiF": 18.0,
    "Li2CO3": 12.0,
    "organic F": 8.0,
    "organic O (C-O)": 14.0,
}


def sample(amounts: dict[str, float], seed: int, shift: float = 1.3, wander: float = 0.0) -> Photoelectron:
    """Simulate a composition; wander: how many of the table's standard errors positions and factors are drawn with."""
    draw = np.random.default_rng(seed)
    table, factors = species_table(), sensitivity()
    gain = {line: np.exp(wander * draw.normal(0.0, error)) for line, error in factors.log_error.items()}
    peaks = []
    for name, amount in amounts.items():
        for line in table[name].lines:
            energy = line.centre_eV + (0.0 if line.fixed else wander * draw.normal(0.0, line.error_eV))
            area = 100 * amount * table[name].formula[line.element] * factors.value[line.line] * gain[line.line]
            pair = doublets().get(line.line)
            split = (pair.splitting_eV, pair.minor_to_major) if pair else (0.0, 0.0)
            peaks.append(Peak(line.line, energy, area, *split))
    lines = sorted({peak.line for peak in peaks})
    return simulate_xps(tuple(peaks), tuple(SurfaceScan(line, *REGIONS[line]) for line in lines), shift, seed)


def shares(amounts: dict[str, float]) -> dict[str, float]:
    atoms = {name: amount * sum(species_table()[name].formula.values()) for name, amount in amounts.items()}
    return {name: 100 * count / sum(atoms.values()) for name, count in atoms.items()}


@given(st.floats(0.4, 4.0), st.floats(0.0, 1.0))
@settings(max_examples=25, deadline=None)
def test_line_has_unit_area_half_height_at_half_width_and_its_running_integral(width: float, mix: float) -> None:
    def value(x: float) -> float:
        return float(pseudo_voigt(np.array([x]), 0.0, width, mix).value[0])

    inner = quad(value, -50 * width, 50 * width, points=[-width, 0.0, width], limit=200)[0]
    assert inner == pytest.approx(1.0 - mix * (1.0 - 2.0 * np.arctan(100.0) / np.pi), abs=1e-6)
    assert value(width / 2) == pytest.approx(value(0.0) / 2, rel=1e-9)
    assert pseudo_voigt(np.array([0.0]), 0.0, width, mix).integral[0] == pytest.approx(0.5)


@pytest.mark.parametrize("tail", [-0.4, -0.1, 0.0, 0.2, 0.5])
def test_a_lopsided_line_is_its_line_spread_over_an_exponential(tail: float) -> None:
    energy = np.arange(-12.0, 12.0, 0.02)
    shape = lopsided(energy, 0.3, 1.3, 0.2, tail)
    lags = np.linspace(0.0, 30.0, 6001)
    spread = pseudo_voigt(0.9 - tail * (lags - 1.0), 0.3, 1.3, 0.2).value
    exact = np.trapezoid(np.exp(-lags) * spread, lags)
    assert np.interp(0.9, energy, shape.value) == pytest.approx(exact, rel=0.01)
    assert np.trapezoid(shape.value * energy, energy) == pytest.approx(0.3, abs=0.1)  # tails of Lorentz are cut off
    np.testing.assert_allclose(lopsided_value(energy, 0.3, 1.3, 0.2, tail), shape.value, rtol=1e-12)
    mirrored = lopsided(-energy, -0.3, 1.3, 0.2, -tail)
    np.testing.assert_allclose(mirrored.value, shape.value, atol=1e-12)
    np.testing.assert_allclose(np.gradient(shape.integral, energy)[1:-1], shape.value[1:-1], atol=2e-4)


@pytest.mark.parametrize("background", ["shirley", "tougaard", "linear"])
def test_derivatives_of_the_joint_model_match_finite_differences(background: Background) -> None:
    measurement = sample({"C-C": 20.0, "Li2OHCl": 30.0, "LiCl": 10.0}, 0)
    scans = tuple(prepare(region, region.label) for region in measurement.regions)
    species = tuple(species_table()[name] for name in ("C-C", "Li2OHCl", "LiCl"))
    model = build(scans, species, surface_tables(), background)
    draw = np.random.default_rng(1)
    p = model.start + draw.normal(0.0, 0.02, len(model.start))
    p[model.amounts] = 1000.0
    p[model.index("tail")] = 0.3
    for scan in scans:
        p[model.index(f"level {scan.line}")] = 500.0
        if background != "linear":
            p[model.index(f"step {scan.line}")] = 0.03
    sigma = [scan.sigma(scan.intensity) for scan in scans]
    exact = jacobian(model, p, sigma)
    for at in range(len(p)):

        def along(x: np.ndarray, at: int = at) -> float:
            moved = p.copy()
            moved[at] = x[0]
            return float(np.sum(np.sin(residuals(model, moved, sigma))))

        numeric = approx_fprime(p[at : at + 1], along, 1e-6 * max(1.0, abs(p[at])))[0]
        analytic = float(np.cos(residuals(model, p, sigma)) @ exact[:, at])
        assert analytic == pytest.approx(numeric, rel=2e-3, abs=2e-3 * (1.0 + float(np.linalg.norm(exact[:, at]))))


def test_all_lines_of_a_region_are_worked_out_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    names, calls = ("C-C", "Li2OHCl", "LiCl", "LiOH"), []
    scans = tuple(prepare(region, region.label) for region in sample({"C-C": 20.0, "Li2OHCl": 30.0}, 0).regions)
    model = build(scans, tuple(species_table()[name] for name in names), surface_tables(), "shirley")

    def seen(energy: np.ndarray, centres: np.ndarray, *shape: float) -> Shape:
        calls.append(len(centres))
        return lopsided(energy, centres, *shape)

    monkeypatch.setattr(xps_model, "lopsided", seen)
    evaluate(model, model.start)
    with_lines = {component.region for component in model.components}
    peaks = sum(1 + (component.doublet is not None) for component in model.components)
    assert (len(calls), sum(calls)) == (len(with_lines), peaks)
    assert peaks > 2 * len(with_lines)


def test_a_search_sees_few_rows_that_have_the_sums_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    scans = tuple(prepare(region, region.label) for region in sample({"C-C": 20.0, "Li2OHCl": 30.0}, 0).regions)
    model = build(scans, tuple(species_table()[one] for one in ("C-C", "Li2OHCl")), surface_tables(), "shirley")
    sigma, seen = [scan.sigma(scan.intensity) for scan in scans], []

    def watched(rows: Callable, start: np.ndarray, slopes: Callable, **how: Any) -> Any:
        seen.append((start, rows(start), slopes(start)))
        return least_squares(rows, start, slopes, **how)

    monkeypatch.setattr(xps_solve, "least_squares", watched)
    xps_solve._refine(model, model.start + 0.01, sigma, 3, 1e-3)
    ((p, few, slopes),) = seen
    every, whole = residuals(model, p, sigma), jacobian(model, p, sigma)
    assert few.shape == (len(p) + 1,)
    assert few @ few == pytest.approx(every @ every, rel=1e-12)
    np.testing.assert_allclose(slopes.T @ few, whole.T @ every, rtol=1e-8, atol=1e-8 * np.abs(whole.T @ every).max())
    np.testing.assert_allclose(
        slopes.T @ slopes, whole.T @ whole, rtol=1e-8, atol=1e-12 * np.abs(whole.T @ whole).max()
    )


def test_shirley_background_is_found_from_data_that_has_one() -> None:
    energy = np.linspace(275.0, 305.0, 601)
    line = pseudo_voigt(energy, 288.0, 1.4, 0.0)
    truth = 200.0 + 0.05 * 3000.0 * line.integral
    np.testing.assert_allclose(shirley(energy, 3000.0 * line.value + truth), truth, atol=0.2)


def test_tougaard_background_meets_both_ends_and_rises() -> None:
    energy = np.linspace(275.0, 305.0, 301)
    intensity = 3000.0 * pseudo_voigt(energy, 285.0, 1.4, 0.0).value + 100.0 + 4.0 * np.maximum(energy - 285.0, 0.0)
    background = tougaard(energy, intensity)
    assert np.all(np.diff(background) >= -1e-9)
    assert background[0] == pytest.approx(100.0, abs=1.0)
    assert background[-3] == pytest.approx(np.mean(intensity[-5:]), rel=0.02)


def test_background_of_data_without_a_peak_is_refused() -> None:
    with pytest.raises(ComputationError, match="no peak"):
        shirley(np.linspace(0.0, 10.0, 50), 10.0 - np.linspace(0.0, 10.0, 50) ** 2)


def test_pet_has_its_three_carbons_in_the_ratio_of_the_polymer() -> None:
    result = fit_xps(read_xps(real_file("xps/pet_c1s_three_components.csv")))
    found = {one.name: one.atomic_percent for one in result.species if one.detected}
    assert set(found) == {"C-C", "C-O", "O-C=O"}
    for name, share in {"C-C": 60.0, "C-O": 20.0, "O-C=O": 20.0}.items():
        assert found[name] == pytest.approx(share, rel=0.10)


def test_gold_doublet_and_no_tidy_errors_of_a_bad_fit() -> None:
    result = fit_xps(read_xps(real_file("xps/au_4f_doublet.csv")))
    splitting = result.lines[0].splitting_eV
    assert splitting is not None
    assert splitting.value == pytest.approx(3.67, abs=0.02)
    assert result.quality.reduced_chi2 > 3.0
    assert not result.quality.good
    assert splitting.stderr is None
    assert all(one.stderr is None and one.low is None for one in result.species)
    assert any("bad fit" in flag for flag in result.flags)


@pytest.mark.parametrize(
    ("name", "whole"),
    [("xps/phi_versaprobe_multipak.npl", {"Mo", "N", "S"}), ("xps/axis_supra_leading_blank_lines.vms", {"Ni", "W"})],
)
def test_other_real_spectra_are_fitted_and_what_has_no_species_is_counted_whole(name: str, whole: set[str]) -> None:
    result = fit_xps(read_xps(real_file(name)))
    assert sum(one.atomic_percent for one in result.species) == pytest.approx(100.0)
    assert {one.element for one in result.whole_lines} == whole
    assert not any("not counted" in flag for flag in result.flags)


def test_a_survey_alone_asks_for_narrow_scans() -> None:
    with pytest.raises(InputError, match="Say which elements to count in it"):
        fit_xps(read_xps(real_file("xps/phi_sno2_crlf_header.spe")))


def test_a_shift_that_rests_on_one_line_alone_is_no_confident_assignment() -> None:
    """The sample on an Axis Supra holds oxides that the table lacks; its lines fit organic oxygen at a wrong shift."""
    result = fit_xps(read_xps(real_file("xps/axis_supra_leading_blank_lines.vms")))
    assert result.quality.fits
    assert not result.quality.anchored
    assert not result.quality.good
    assert any(flag.startswith("no confident assignment") for flag in result.flags)
    assert all(one.stderr is None and one.low is None for one in result.species)
    assert fit_xps(read_xps(real_file("xps/phi_versaprobe_multipak.npl"))).quality.good


def test_a_shift_is_anchored_by_carbon_or_by_a_species_in_two_regions() -> None:
    assert fit_xps(sample({"LiF": 40.0, "organic F": 10.0}, 4)).quality.anchored
    assert fit_xps(sample({"C-C": 40.0, "C-O": 10.0}, 4)).quality.anchored
    alone = fit_xps(sample({"organic O (C-O)": 40.0}, 4, shift=2.0))
    assert alone.quality.fits
    assert not alone.quality.anchored


def test_known_composition_and_shift_are_found_within_their_intervals() -> None:
    result = fit_xps(sample(AMOUNTS, 5, shift=2.2))
    assert result.quality.good
    assert result.charge_shift_eV.value == pytest.approx(2.2, abs=0.1)
    found = {one.name: one for one in result.species if one.detected}
    assert set(found) == set(AMOUNTS)
    for name, truth in shares(AMOUNTS).items():
        low, high = found[name].low, found[name].high
        assert low is not None
        assert high is not None
        assert low < truth < high
    assert sum(one.atomic_percent for one in result.elements) == pytest.approx(100.0)


def test_intervals_hold_the_truth_when_references_and_factors_are_off_as_they_may_be() -> None:
    truth, held = shares(AMOUNTS), []
    for seed in range(5):
        result = fit_xps(sample(AMOUNTS, 100 + seed, wander=1.0), list(AMOUNTS))
        intervals = {one.name: (one.low or 0.0, one.high or 0.0) for one in result.species}
        held += [low <= truth[name] <= high for name, (low, high) in intervals.items()]
    assert np.mean(held) > 0.85  # of 35 intervals; benchmarks/xps_coverage.py draws hundreds


def test_hydroxide_within_the_electrolyte_needs_all_regions() -> None:
    amounts = {"C-C": 20.0, "Li2OHCl": 49.0, "LiOH": 21.0}
    result = fit_xps(sample(amounts, 3), list(amounts))
    found = {one.name: one for one in result.species}
    errors = found["LiOH"].stderr
    assert errors is not None
    assert abs(found["LiOH"].atomic_percent - shares(amounts)["LiOH"]) < 3.0 * errors


def test_intervals_are_those_of_a_mixture_over_sets_of_species() -> None:
    """Half the belief holds none of a species: the lower end is zero, and the upper end that of the other half."""
    there = _Share(np.array([1.0]), np.array([0.2]), np.array([0.01]))
    half = _Share(np.array([0.5, 0.5]), np.array([0.2, 0.0]), np.array([0.01, 0.0]))
    assert half.quantile(0.025) == 0.0
    assert half.quantile(0.975) == pytest.approx(there.quantile(0.95), rel=1e-6)
    assert there.quantile(0.5) == pytest.approx(20.0)
    assert there.quantile(0.8413447) == pytest.approx(21.0, abs=0.05)


@pytest.mark.parametrize(("share", "error"), [(5e-5, 4.4e-4), (0.118, 0.113), (0.882, 0.113), (0.5, 0.4)])
def test_an_interval_near_nothing_or_everything_is_that_of_a_normal_within_its_bounds(
    share: float, error: float
) -> None:
    found = _Share(np.array([1.0]), np.array([share]), np.array([error]))
    exact = truncnorm(-share / error, (1.0 - share) / error, share, error)
    for level in (0.025, 0.5, 0.975):
        assert found.quantile(level) == pytest.approx(100.0 * exact.ppf(level), rel=1e-6)


def test_what_is_less_than_its_own_error_is_not_named() -> None:
    """Carbon that only anchors the energies is in every set of species; of a sample without it the limit is said."""
    found = fit_xps(sample({"Li2CO3": 40.0, "LiOH": 30.0}, 1, 0.5))
    carbon = next(one for one in found.species if one.name == "C-C")
    assert not carbon.detected
    assert carbon.upper_limit_95 is not None
    assert 0.0 < carbon.upper_limit_95 < 1.0
    assert "C-C" not in found.said


def test_a_dropped_species_is_tried_in_place_of_one_of_its_kind() -> None:
    table = species_table()
    kept = tuple(table[name] for name in ("C-C", "C-O", "organic O (C=O)", "LiF"))
    swapped = [{one.name for one in species} for species in _swaps(kept, ("organic O (C-O)", "C=O"), surface_tables())]
    assert {"C-C", "C-O", "organic O (C-O)", "LiF"} in swapped
    assert {"C-C", "C=O", "organic O (C=O)", "LiF"} in swapped
    assert len(swapped) == 2  # carbon, the reference, is never replaced


def test_absent_species_get_an_upper_limit() -> None:
    result = fit_xps(sample({"C-C": 40.0, "LiF": 40.0, "organic F": 10.0}, 2))
    missing = [one for one in result.species if not one.detected]
    assert missing
    assert all(one.upper_limit_95 is not None and 0.0 < one.upper_limit_95 < 15.0 for one in missing)


def test_the_papers_chloride_is_flagged_and_the_partner_of_the_doublet_named() -> None:
    checked = check_claim(Claim("LiCl", "Cl 2p", 200.1))
    assert checked.agrees is False
    assert "198.5 to 198.8" in checked.says
    assert "partner" in checked.says
    assert check_claim(Claim("LiCl", "Cl 2p", 198.6)).agrees is True
    assert check_claim(Claim("LiCl", "Na 1s", 1071.0)).agrees is None


def test_a_fluoride_verdict_asks_for_sputtering_and_rinsing() -> None:
    measurement = sample(AMOUNTS, 5)
    asked = fit_xps(replace(measurement, sputtered=None, rinsed=None))
    assert any("say whether the sample was sputtered and rinsed" in flag for flag in asked.flags)
    told = fit_xps(replace(measurement, sputtered=True, rinsed=True))
    assert any("was sputtered, which turns" in flag for flag in told.flags)
    assert not any(flag.startswith("LiF") for flag in fit_xps(measurement).flags)


def test_a_fit_without_the_carbon_reference_says_so() -> None:
    result = fit_xps(sample({"LiF": 40.0, "organic F": 10.0}, 4))
    assert any("no reference line" in flag for flag in result.flags)


def test_bad_requests_name_what_is_wrong() -> None:
    measurement = sample({"C-C": 40.0, "LiF": 40.0}, 1)
    with pytest.raises(InputError, match="not in the table"):
        fit_xps(measurement, ["unobtainium"])
    with pytest.raises(InputError, match="none of their lines was measured"):
        fit_xps(measurement, ["LiF", "LiCl", "Au"])
    twice = replace(measurement, regions=measurement.regions + measurement.regions[:1])
    with pytest.raises(InputError, match="more than once"):
        fit_xps(twice)
    region = measurement.regions[0]
    negative = replace(region, intensity=region.intensity - 1e6)
    with pytest.raises(InputError, match="negative"):
        fit_xps(replace(measurement, regions=(negative,)))


def test_every_number_of_the_tables_has_a_source() -> None:
    for species in species_table().values():
        for line in species.lines:
            assert line.source
            assert line.status in {"literature", "assumed"}
            assert line.low_eV <= line.centre_eV <= line.high_eV
    assert set(sensitivity().value) == set(sensitivity().log_error)


def test_model_of_no_amount_is_its_level() -> None:
    measurement = sample({"C-C": 20.0}, 0)
    scan = prepare(measurement.regions[0], "C 1s")
    model = build((scan,), (species_table()["C-C"],), surface_tables(), "shirley")
    p = model.start.copy()
    p[model.index("level C 1s")] = 7.0
    np.testing.assert_allclose(evaluate(model, p)[0][0], 7.0)


def test_nitrogen_phosphorus_and_sulfur_are_fitted_when_their_species_are_asked_for() -> None:
    """C-C anchors the shift; amounts are per atom through Scofield's factors."""
    amounts = {"C-C": 40.0, "organic N": 20.0, "phosphate": 15.0, "sulfide": 15.0, "S-O": 10.0}
    windows = {"N 1s": (392.0, 408.0), "P 2p": (126.0, 142.0), "S 2p": (156.0, 174.0), "C 1s": (278.0, 298.0)}
    peaks = []
    for name, amount in amounts.items():
        (line,) = species_table()[name].lines
        pair = doublets().get(line.line)
        split = (pair.splitting_eV, pair.minor_to_major) if pair else (0.0, 0.0)
        peaks.append(Peak(line.line, line.centre_eV, 100.0 * amount * sensitivity().value[line.line], *split))
    measurement = simulate_xps(
        tuple(peaks), tuple(SurfaceScan(line, *window) for line, window in windows.items()), 0.7, 3
    )
    unasked = fit_xps(measurement)
    assert {one.line for one in unasked.lines} == {"C 1s"}
    assert sum("asked for by name" in flag for flag in unasked.flags) == 3
    result = fit_xps(measurement, list(amounts))
    assert result.quality.good
    for one in result.species:
        assert one.low is not None
        assert one.high is not None
        assert one.low <= amounts[one.name] <= one.high
