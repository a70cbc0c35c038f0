"""XRD fits of patterns from a diffractometer that shares no code with the product; many draws: benchmarks/independent_xrd.py."""

from dataclasses import replace

import numpy as np
import pytest
from independent_diffraction import (
    ATOMS,
    COPPER,
    KAPTON,
    Bench,
    Crystal,
    Portion,
    _axial,
    host,
    lab6,
    lioh,
    measured,
    rock_salt,
)

from ionweld.analyse.xrd import PhaseResult, fit_pattern
from ionweld.analyse.xrd.fit import first_fit, priors
from ionweld.analyse.xrd.lines import _ACROSS, _ALONG, _WEIGHTS
from ionweld.analyse.xrd.search import fit_model
from ionweld.analyse.xrd.weak import flank_variance
from ionweld.spec.crystal import Phase, Site, emission, phases_of
from ionweld.spec.library import entry

PHASES = phases_of(entry("Li2OHCl"))


def as_phase(crystal: Crystal, cell: float, species: dict[str, str]) -> Phase:
    sites = tuple(Site(species[name], (x, y, z), q, 0.3) for name, x, y, z, q in crystal.atoms)
    return Phase("standard", "cubic", (cell, cell, cell, 90.0, 90.0, 90.0), sites, 0.005, "assumed", "test")


def test_the_simulators_atoms_have_their_electrons():
    charge = {"Li+": 2, "H": 1, "B": 5, "C": 6, "O-": 9, "Na+": 10, "Cl-": 18, "La3+": 54}
    for name, (numbers, _) in ATOMS.items():
        assert numbers[8] + sum(numbers[0:8:2]) == pytest.approx(charge[name], abs=0.01)


@pytest.mark.parametrize(
    ("crystal", "density"), [(rock_salt("Li+", "Cl-", 5.13), 2.07), (lioh(), 1.46), (lab6(), 4.71)]
)
def test_the_simulators_crystals_are_as_dense_as_the_solids(crystal, density):
    assert crystal.density == pytest.approx(density, abs=0.02)


def test_a_line_standard_has_its_certified_cell_within_the_error():
    bench = Bench(seed=3, soller_deg=2.3, displacement=0.05, zero=0.01, counts=4000, span=(18.0, 80.0, 0.03))
    pattern = measured([Portion(lab6(), 1.0, 0.03, b_iso=0.3)], bench)
    found = fit_pattern(pattern, [as_phase(lab6(), 4.150, {"La3+": "La3+", "B": "B"})]).phases[0]
    assert abs(found.cell_angstrom[0] - 4.1568) < 1.96 * found.cell_stderr[0] < 0.004


def told(found: PhaseResult) -> tuple[float, float]:
    """Return share and standard error, of a phase that is seen or of one that is not."""
    if found.present:
        return found.fraction, found.fraction_stderr
    return found.trace, found.trace_stderr


@pytest.mark.parametrize(("halo", "counts", "share"), [(KAPTON, 3000, 0.05), ((), 1500, 0.03)])
def test_a_little_lioh_is_held_under_a_film_of_several_maxima_and_without(halo, counts, share):
    bench = Bench(seed=6, halo=halo, counts=counts, span=(12.0, 66.0, 0.03), displacement=0.03)
    parts = [Portion(host(), 1.0 - share), Portion(lioh(), share, 0.1)]
    pattern = measured(parts, bench)
    result = fit_pattern(pattern, PHASES[:2])
    assert (
        1.0 < result.cubic_odds < len(pattern.counts) * 1.01
    )  # two numbers more cost ln(points), and can only fit better
    host_found, found = result.phases
    # one draw of each: of eight (seeds 0 to 7) with the film and without 14 of 16 cells and 14 of 16 shares hold, both low
    assert abs(host_found.cell_angstrom[0] - 3.91) < 1.96 * host_found.cell_stderr[0] < 0.001
    value, error = told(found)
    assert abs(value - share) < 1.96 * error < 0.022
    assert found.present or found.upper_limit_95 > share


@pytest.mark.parametrize("two_theta", [25.0, 60.0, 90.0, 125.0])
def test_rays_out_of_the_plane_move_and_spread_a_line_as_two_soller_slits_do(two_theta):
    angle, slit = np.radians(two_theta), np.radians(2.3)
    moved, weights = _axial(angle / 2.0, 2.3)
    exact = moved - two_theta
    tail = np.degrees(slit**2)
    drawn = -tail / np.tan(angle) * np.array(_ALONG) + tail / np.sin(angle) * np.array(_ACROSS)
    assert np.sum(_WEIGHTS) == pytest.approx(1.0)
    assert _WEIGHTS @ drawn == pytest.approx(weights @ exact, rel=5e-3, abs=5e-5)
    assert _WEIGHTS @ drawn**2 == pytest.approx(weights @ exact**2, rel=0.04)
    assert _WEIGHTS @ drawn**3 == pytest.approx(weights @ exact**3, rel=0.4, abs=1e-8)  # needs a rule of more points


def test_copper_sends_companions_of_its_two_lines_and_a_monochromator_one_line():
    for parts in emission(COPPER.kalpha1, 0.5):
        assert parts[0][0] == 0.0
        assert sum(share for _, share in parts) == pytest.approx(1.0)
    mean = [sum(shift * share for shift, share in parts) for parts in emission(COPPER.kalpha1, 0.5)]
    assert np.all(np.abs(mean) < 1.5e-4)
    assert emission(COPPER.kalpha1, 0.0) == (((0.0, 1.0),), ((0.0, 1.0),))
    assert emission(1.0, 0.5) == (((0.0, 1.0),), ((0.0, 1.0),))


def test_a_pattern_repeats_with_its_seed():
    parts, bench = [Portion(host(), 1.0)], Bench(span=(30.0, 35.0, 0.05))
    assert np.array_equal(measured(parts, bench).counts, measured(parts, bench).counts)
    assert not np.array_equal(measured(parts, bench).counts, measured(parts, replace(bench, seed=1)).counts)


def test_the_influence_of_points_on_a_cell_is_how_it_moves():
    """What a line of the host misses moves the axis of LiOH as its error assumes."""
    parts = [Portion(host(3.91), 0.75, 0.1), Portion(lioh(3.549, 4.334), 0.25, 0.18, 0.55)]
    pattern = measured(parts, Bench(seed=6, counts=5000, span=(14.0, 66.0, 0.03)))
    fitted = first_fit(pattern, PHASES, priors())
    at = [c.phase.name for c in fitted.model.candidates].index("LiOH")
    slope = np.zeros((2, len(fitted.solution.covariance)))
    slope[:, fitted.model.metric_slice(at)] = np.eye(2)
    bump = 40.0 * np.exp(-0.5 * ((pattern.two_theta_deg - 32.62) / 0.1) ** 2)
    expected = (bump / fitted.problem.sigma) @ fitted.influence(slope)
    moved = fit_model(fitted.model, fitted.problem.y + bump, fitted.problem.sigma, fitted.solution.theta)
    where = fitted.model.metric_slice(at)
    np.testing.assert_allclose((moved.solution.theta - fitted.solution.theta)[where], expected, rtol=0.3)
    variance = fitted.solution.covariance[where, where][0, 0] + flank_variance(fitted, at, slope)[0]
    axis = np.sqrt(variance) * fitted.model.candidates[at].metric_scale[0] * 0.5 * 3.549**3  # a = 1 / sqrt(a*^2)
    found = next(one for one in fit_pattern(pattern, PHASES).phases if one.phase == "LiOH")
    assert found.cell_stderr[0] == pytest.approx(np.hypot(axis, 5e-5 * 3.549), rel=0.15)
    assert flank_variance(fitted, at, slope)[0] > 0.3 * variance  # without it the error is a fifth too small
    alone = first_fit(measured(parts[:1], Bench(seed=6, counts=5000, span=(14.0, 66.0, 0.03))), PHASES, priors())
    slope = np.eye(len(alone.solution.covariance))
    np.testing.assert_array_equal(flank_variance(alone, 0, slope), 0.0)
