"""What the simulated instruments put into a measurement, beside numbers worked out by hand: places, areas, levels, noise."""

from dataclasses import replace

import numpy as np
import pytest

from ionweld.errors import InputError, SpecError
from ionweld.simulate.eds import simulate_maps
from ionweld.simulate.ftir import HOST_AREA, InfraredSample, Spectrometer, band_areas, infrared_spectrum
from ionweld.simulate.sem import CrossSection, simulate_cross_section, true_thickness
from ionweld.simulate.soaking import molar_mass, soaked
from ionweld.simulate.spectra import FrequencySweep, frequencies, shaken, simulate_spectrum
from ionweld.simulate.surface import atomic_percent, hundred_atoms, surface_peaks, surface_scans
from ionweld.simulate.xps import Peak, SurfaceScan, simulate_xps
from ionweld.simulate.xrd import Diffractometer, PhaseAmount, diffractogram
from ionweld.spec.crystal import library_phase
from ionweld.spec.infrared import bands
from ionweld.spec.photoelectron import sensitivity

K1, K2 = 1.540593, 1.544414
LICL = library_phase("LiCl")
LIF = library_phase("LiF")
QUIET = Diffractometer(
    two_theta_deg=(25.0, 80.0, 0.01), peak_counts=1e7, background_counts=0.0, hump_counts=0.0, width_deg=0.05
)


# --- diffraction


def angle(a: float, squares: int, wavelength: float = K1) -> float:
    return float(2 * np.degrees(np.arcsin(wavelength * np.sqrt(squares) / (2 * a))))


def top(pattern, near: float, within: float = 0.5) -> float:
    x = pattern.two_theta_deg
    part = np.abs(x - near) < within
    return float(x[part][np.argmax(pattern.counts[part])])


@pytest.mark.parametrize(("zero", "displacement"), [(0.0, 0.0), (0.1, 0.0), (0.0, -0.2), (0.05, 0.15)])
def test_lines_stand_where_bragg_and_the_instrument_put_them(zero: float, displacement: float) -> None:
    a = LICL.cell[0] * 1.001
    cell = (a, a, a, 90.0, 90.0, 90.0)
    scan = replace(QUIET, zero_deg=zero, displacement_deg=displacement)
    pattern = diffractogram([PhaseAmount(LICL, 1.0, cell, 0.02)], scan, 1)
    for squares in (3, 4, 8, 11):
        true = angle(a, squares)
        expected = true + zero + displacement * np.cos(np.radians(true / 2))
        assert top(pattern, expected) == pytest.approx(expected, abs=0.012)
    assert pattern.counts.max() == pytest.approx(1e7, rel=0.01)


def area(pattern, near: float, within: float) -> float:
    part = np.abs(pattern.two_theta_deg - near) < within
    return float(pattern.counts[part].sum())


def test_areas_go_as_mass_over_density() -> None:
    """LiCl (111) at 30.1 and LiF (111) at 38.7 degrees; a mixture's ratio against that of the opposite mixture."""
    places = angle(LICL.cell[0], 3), angle(LIF.cell[0], 3)
    ratios = []
    for share in (0.2, 0.8):
        made = diffractogram(
            [PhaseAmount(LICL, share, None, 0.01), PhaseAmount(LIF, 1.0 - share, None, 0.01)], QUIET, 1
        )
        ratios.append(area(made, places[0], 0.7) / area(made, places[1], 0.7))
    assert ratios[1] / ratios[0] == pytest.approx(16.0, rel=0.01)
    twice = replace(
        LIF, sites=tuple(replace(one, occupancy=0.5) for one in LIF.sites)
    )  # half as dense, |F|^2 a quarter
    thin = diffractogram([PhaseAmount(LICL, 0.2, None, 0.01), PhaseAmount(twice, 0.8, None, 0.01)], QUIET, 1)
    assert area(thin, places[0], 0.7) / area(thin, places[1], 0.7) == pytest.approx(2.0 * ratios[0], rel=0.01)


def test_the_second_line_of_the_tube_has_half_the_area_of_the_first() -> None:
    """At high angle the two stand apart: the mean of the pair is a third of the way over."""
    squares, a = 20, LICL.cell[0]
    first, second = angle(a, squares), angle(a, squares, K2)
    scan = replace(QUIET, two_theta_deg=(first - 12.0, first + 2.0, 0.01), width_deg=0.02)
    made = diffractogram([PhaseAmount(LICL, 1.0, None, 0.01)], scan, 1)
    x, y = made.two_theta_deg, made.counts
    near = np.abs(x - first) < 0.9
    mean = float((x * y)[near].sum() / y[near].sum())
    assert second - first > 0.2
    assert (mean - first) / (second - first) == pytest.approx(1 / 3, abs=0.06)  # companions pull a little


def test_what_lies_under_the_lines() -> None:
    """Air: its level at the start, three fifths of it far away, e-folding over 15 degrees; a hump of its own width."""
    scan = Diffractometer(
        two_theta_deg=(10.0, 130.0, 0.02), peak_counts=0.0, background_counts=1e6, hump_counts=5e5,
        hump_position_deg=60.0, hump_width_deg=6.0,
    )  # fmt: skip
    made = diffractogram([], scan, 1)
    at = dict(zip(np.round(made.two_theta_deg, 2), made.counts, strict=True))
    assert at[10.0] == pytest.approx(1e6, rel=5e-3)
    assert at[25.0] == pytest.approx(1e6 * (0.6 + 0.4 * np.exp(-1.0)), rel=5e-3)
    air = 1e6 * (0.6 + 0.4 * np.exp(-50.0 / 15.0))
    assert at[60.0] == pytest.approx(air + 5e5, rel=5e-3)
    assert at[63.0] == pytest.approx(1e6 * (0.6 + 0.4 * np.exp(-53.0 / 15.0)) + 2.5e5, rel=5e-3)


def test_grains_that_lie_unevenly_change_areas_and_no_places() -> None:
    even, uneven = (diffractogram([PhaseAmount(LICL, 1.0)], replace(QUIET, texture=t), 3) for t in (0.0, 0.3))
    places = [angle(LICL.cell[0], squares) for squares in (3, 4, 8, 11, 12, 16)]
    logs = [np.log(area(uneven, at, 0.8) / area(even, at, 0.8)) for at in places]
    assert 0.1 < np.std(logs) < 0.6
    assert [top(uneven, at) for at in places] == pytest.approx([top(even, at) for at in places], abs=0.011)


def test_counts_are_poisson() -> None:
    flat = Diffractometer(two_theta_deg=(10.0, 80.0, 0.01), background_counts=1e5, hump_counts=0.0, peak_counts=0.0)
    counts = diffractogram([], flat, 1).counts[-2000:]
    assert np.std(np.diff(counts)) / np.sqrt(2) == pytest.approx(np.sqrt(counts.mean()), rel=0.06)


# --- photoelectrons


def scanned(peaks: tuple[Peak, ...], **about: float) -> tuple[np.ndarray, np.ndarray]:
    """Return energies in rising order and counts per second of a region counted for very long."""
    scan = SurfaceScan("C 1s", 275.0, 300.0, **{"sweeps": 200_000, "shirley_per_eV": 0.0, **about})
    (region,) = simulate_xps(peaks, (scan,), 1.5, seed=1).regions
    assert region.binding_energy_eV[0] > region.binding_energy_eV[-1]  # as spectrometers write them
    assert region.binding_energy_eV[-1] == pytest.approx(275.0)
    assert region.binding_energy_eV[0] == pytest.approx(300.0)
    return region.binding_energy_eV[::-1], region.intensity[::-1] / (0.5 * about.get("sweeps", 200_000))


def test_a_level_and_a_slope_lie_under_the_lines() -> None:
    energy, rate = scanned((), level_per_s=200.0, slope_per_s_eV=4.0)
    np.testing.assert_allclose(rate, 200.0 + 4.0 * (energy - 287.5), rtol=2e-3)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_line_has_its_place_area_width_and_shape(share: float) -> None:
    line = Peak("C 1s", 286.0, 1000.0)
    energy, rate = scanned((line,), level_per_s=100.0, lorentz_share=share, fwhm_eV=1.2)
    rate = rate - 100.0
    height = 1000.0 * ((1 - share) * np.sqrt(4 * np.log(2) / np.pi) / 1.2 + share * 2 / (np.pi * 1.2))
    assert energy[np.argmax(rate)] == pytest.approx(287.5, abs=0.06)
    assert rate.max() == pytest.approx(height, rel=5e-3)
    beyond = 1000.0 * share * (1.0 - 2.0 / np.pi * np.arctan(12.5 / 0.6))
    assert rate.sum() * 0.1 == pytest.approx(1000.0 - beyond, rel=5e-3)
    half = energy[rate > 0.5 * rate.max()]
    assert 0.1 * len(half) == pytest.approx(1.2, abs=0.11)


def test_a_doublet_shares_its_area() -> None:
    pair = Peak("C 1s", 284.0, 900.0, splitting_eV=6.0, minor_to_major=0.5)
    energy, rate = scanned((pair,), level_per_s=100.0, lorentz_share=0.0, fwhm_eV=1.0)
    rate = rate - 100.0
    low, high = rate[energy < 288.5].sum() * 0.1, rate[energy > 288.5].sum() * 0.1
    assert (low, high) == (pytest.approx(600.0, rel=5e-3), pytest.approx(300.0, rel=5e-3))
    assert energy[energy > 288.5][np.argmax(rate[energy > 288.5])] == pytest.approx(291.5, abs=0.06)
    other = scanned((replace(pair, line="O 1s"),), level_per_s=100.0)[1]
    np.testing.assert_allclose(other, 100.0, rtol=5e-3)


def test_a_step_rises_with_the_area_that_was_passed() -> None:
    line = Peak("C 1s", 285.0, 1000.0)
    energy, rate = scanned((line,), level_per_s=100.0, lorentz_share=0.0, fwhm_eV=1.0, shirley_per_eV=0.03)
    assert rate[energy < 282.0].mean() == pytest.approx(100.0, rel=5e-3)
    assert rate[energy > 291.0].mean() == pytest.approx(100.0 + 0.03 * 1000.0, rel=5e-3)


def test_atoms_of_a_surface_are_counted() -> None:
    """Li2CO3 has six atoms, LiF two: ten of each are 80, so in a hundred there are 12.5 of each."""
    amounts = {"Li2CO3": 10.0, "LiF": 10.0}
    assert hundred_atoms(amounts) == pytest.approx({"Li2CO3": 12.5, "LiF": 12.5})
    assert atomic_percent(amounts) == pytest.approx({"Li2CO3": 75.0, "LiF": 25.0})
    factors = sensitivity().value
    by_line = {peak.line: peak for peak in surface_peaks({"LiF": 3.0})}
    assert by_line["F 1s"].area_eV_per_s == pytest.approx(300.0 * factors["F 1s"])
    carbonate = {peak.line: peak for peak in surface_peaks({"Li2CO3": 1.0})}
    assert carbonate["O 1s"].area_eV_per_s == pytest.approx(300.0 * factors["O 1s"])
    (scan,) = surface_scans(["C 1s"], 1.3)
    assert (scan.low_eV, scan.high_eV, scan.fwhm_eV) == (278.0, 298.0, 1.3)


# --- infrared


def test_a_baseline_bends_from_end_to_end() -> None:
    made = infrared_spectrum(InfraredSample({}), Spectrometer(noise=0.0, offset=0.03, slope=0.02, curvature=0.04), 1)
    y = made.absorbance
    assert (y[0], y[-1]) == (pytest.approx(0.07), pytest.approx(0.05))
    middle = len(y) // 2
    assert y[middle] == pytest.approx(0.03 + 0.01 + 0.01, abs=1e-4)


def test_a_band_has_its_area_place_and_width() -> None:
    flat = Spectrometer(noise=0.0, offset=0.0, slope=0.0, curvature=0.0)
    moved = InfraredSample({"LiOH": 5.0}, {"LiOH": 3670.0}, {"LiOH": 20.0}, lorentz_share=0.0)
    made = infrared_spectrum(moved, flat, 1)
    x, y = made.wavenumber_cm1, made.absorbance
    assert y.sum() == pytest.approx(5.0, rel=1e-3)
    assert x[np.argmax(y)] == pytest.approx(3670.0, abs=0.6)
    assert y.max() == pytest.approx(5.0 * np.sqrt(4 * np.log(2) / np.pi) / 20.0, rel=1e-3)
    plain = infrared_spectrum(InfraredSample({"LiOH": 5.0}, lorentz_share=1.0), flat, 1)
    known = bands()["LiOH"]
    assert plain.absorbance.max() == pytest.approx(10.0 / (np.pi * known.width), rel=2e-3)
    noisy = infrared_spectrum(InfraredSample({}), replace(flat, noise=2e-3), 1)
    assert np.std(noisy.absorbance) == pytest.approx(2e-3, rel=0.06)


def test_bands_of_a_powder_add_up() -> None:
    made = band_areas({"Li2OHCl": 0.9, "Li2CO3": 0.1, "LiCl": 0.5}, {"carbonate": 0.2, "water": 0.0}, contact=0.5)
    assert made == pytest.approx({"Li2OHCl": 0.45 * HOST_AREA, "carbonate": 0.5 * HOST_AREA * (2.0 * 0.1 + 0.2)})
    assert band_areas({"LiOH": 0.2, "LiOH.H2O": 0.3}, {}) == pytest.approx(
        {"LiOH": 0.2 * HOST_AREA, "LiOH.H2O": 0.3 * HOST_AREA}
    )


def test_soaking_loses_no_lithium_but_what_is_carried_away() -> None:
    """Each portion: lithium and chlorine against one mole of the host and its trace of hydroxide."""
    for seed in range(4):
        moles = soaked("water", seed).moles
        hydroxide = moles["LiOH"] + moles["LiOH.H2O"] + 2.0 * moles["Li2CO3"]
        converted = 1.0 - moles["Li2OHCl"]
        assert 0.4 <= converted <= 1.0
        assert 0.0 <= hydroxide - converted <= 0.01
        assert 0.9 * converted <= moles["LiCl"] <= converted
        assert 0.2 * 0.75 * hydroxide <= moles["LiOH.H2O"] <= 0.9 * hydroxide
    dry = soaked(None, 1).moles
    assert (dry["Li2OHCl"], dry["LiCl"]) == (1.0, 0.0)


def test_the_band_of_a_portion_stands_where_it_stands_in_others() -> None:
    """Portions differ by about half a wavenumber."""
    spectra = [soaked(None, seed).spectrum for seed in range(5)]
    tops = [one.wavenumber_cm1[np.argmax(one.absorbance)] for one in spectra]
    assert tops == pytest.approx([3604.0] * 5, abs=3.0)


@pytest.mark.parametrize(
    ("name", "mass"), [("LiOH", 23.948), ("LiOH.H2O", 41.964), ("Li2CO3", 73.891), ("LiCl", 42.394), ("Li2OHCl", 66.34)]
)
def test_molar_masses(name: str, mass: float) -> None:
    assert molar_mass(name) == pytest.approx(mass, abs=0.03)


# --- maps and micrographs


def test_a_layer_of_a_map_has_its_columns_and_counts() -> None:
    maps = simulate_maps({"C K": 40.0}, {"C K": 10.0}, 1, (0.4, 0.6), (100, 200), continuum=2.0, metres_per_pixel=1e-8)
    counts = maps.counts["C K"]
    assert counts[:, 80:120].mean() == pytest.approx(42.0, rel=0.02)
    assert counts[:, :80].mean() == pytest.approx(12.0, rel=0.02)
    assert counts[:, 120:].mean() == pytest.approx(12.0, rel=0.02)
    assert maps.counts["continuum"].mean() == pytest.approx(2.0, rel=0.05)
    with pytest.raises(SpecError, match="other lines"):
        simulate_maps({"C K": 1.0}, {"O K": 1.0}, 1)


SHARP = CrossSection(8e-6, 5e-8, blur_px=1e-3, noise=0.0, rows=60)


def widths(section: CrossSection) -> np.ndarray:
    """Return how many pixels of each row are dark."""
    return (simulate_cross_section(section, 1).grey < 90).sum(axis=1)


def test_a_section_has_its_greys_and_its_thickness() -> None:
    grid = simulate_cross_section(SHARP, 1).grey
    assert (grid[0, 0], grid[0, 320], grid[0, -1]) == (150.0, 60.0, 120.0)
    assert widths(SHARP) == pytest.approx(160.0, abs=1.0)  # 8 um over 50 nm
    assert widths(replace(SHARP, scale_error=0.25)) == pytest.approx(128.0, abs=1.0)
    dark = np.flatnonzero(grid[0] < 90)
    assert 0.5 * (dark[0] + dark[-1]) == pytest.approx(319.5, abs=1.0)
    aside = np.flatnonzero(simulate_cross_section(replace(SHARP, centre=0.25), 1).grey[0] < 90)
    assert 0.5 * (aside[0] + aside[-1]) == pytest.approx(159.5, abs=1.0)


def test_a_tilted_layer_is_wider_across_and_wanders_over_the_picture() -> None:
    tilted = replace(SHARP, tilt_deg=20.0, rows=100)
    assert widths(tilted) == pytest.approx(160.0 / np.cos(np.radians(20.0)), abs=1.5)
    grid = simulate_cross_section(tilted, 1).grey
    first = [np.flatnonzero(row < 90)[0] for row in grid]
    assert first[-1] - first[0] == pytest.approx(99 * np.tan(np.radians(20.0)), abs=2.0)


def test_edges_are_as_rough_as_said() -> None:
    rough = replace(SHARP, roughness_m=3e-7, correlation_m=2e-7, rows=3000, columns=300)
    grid = simulate_cross_section(rough, 1).grey
    edges = np.array([np.flatnonzero(row < 90)[[0, -1]] for row in grid])
    assert np.std(edges[:, 0]) == pytest.approx(6.0, rel=0.15)  # 0.3 um over 50 nm
    assert np.std(edges[:, 1]) == pytest.approx(6.0, rel=0.15)
    moved = edges[:, 0] - edges[:, 0].mean()
    reach = int(2 * 2e-7 / 5e-8)
    assert np.mean(moved[reach:] * moved[:-reach]) / np.var(moved) == pytest.approx(np.exp(-1.0), abs=0.15)


def test_the_brightest_points_stand_where_they_are_said_to_stand() -> None:
    """Ridges on slopes, beside their middles: the slope and the blur move their tops."""
    section = replace(SHARP, edge_px=(6.0, 4.0), ridge=(60.0, 40.0), ridge_px=8.0, ridge_at_px=(-3.0, 5.0), blur_px=1.5)
    row = simulate_cross_section(section, 1).grey[0]
    tops = [np.flatnonzero(part == part.max()).mean() for part in (row[:320], row[320:])]
    seen = 5e-8 * (320.0 + tops[1] - tops[0])  # in whole pixels and greys
    assert true_thickness(section, ("ridge", "ridge")) == pytest.approx(seen, abs=5e-8)
    assert abs(seen - 8e-6 - 8 * 5e-8) > 2 * 5e-8, "the tops do not stand in the middles"


def test_grain_and_noise_have_their_sizes() -> None:
    plain = replace(SHARP, rows=300)
    grain = simulate_cross_section(replace(plain, texture=5.0, blur_px=1e-3), 1).grey[:, :200]
    assert np.std(grain) == pytest.approx(5.0 * 3.0 / 3.0, rel=0.15)
    noise = simulate_cross_section(replace(plain, noise=8.0), 1).grey[:, :200]
    assert np.std(noise) == pytest.approx(8.0, rel=0.03)


def test_what_each_convention_calls_the_thickness() -> None:
    """Levels of a gradual edge: 1.2816 standard deviations from its middle, outwards at the foot of a dark layer's edges."""
    soft = replace(SHARP, edge_px=(4.0, 3.0), blur_px=1.5)
    pixel, blur = 5e-8, np.sqrt(1.5**2 + 1 / 12)
    left, right = np.hypot(4.0, blur), np.hypot(3.0, blur)
    assert true_thickness(soft) == 8e-6
    tops = 8e-6 + 1.281552 * (left + right) * pixel
    assert true_thickness(soft, ("top", "top")) == pytest.approx(tops, rel=1e-6)
    assert true_thickness(soft, ("foot", "steepest")) == pytest.approx(8e-6 - 1.281552 * left * pixel, rel=1e-6)
    wider = replace(soft, scale_error=0.1, tilt_deg=60.0)
    assert true_thickness(wider, ("top", "top")) == pytest.approx(
        8e-6 + 1.281552 * (left + right) * pixel * 1.1 * 0.5, rel=1e-6
    )
    ridged = replace(SHARP, ridge=(500.0, 500.0), ridge_px=2.0, ridge_at_px=(-5.0, 7.0), greys=(100.0, 100.0, 100.0))
    assert true_thickness(ridged, ("ridge", "ridge")) == pytest.approx(8e-6 + 12.0 * pixel, rel=1e-3)


def test_a_ridge_is_drawn_where_it_is_said() -> None:
    ridged = replace(SHARP, ridge=(80.0, 0.0), ridge_px=3.0, ridge_at_px=(-10.0, 0.0))
    row = simulate_cross_section(ridged, 1).grey[0]
    assert np.argmax(row) == pytest.approx(240 - 10, abs=1)  # the left edge stands at 240
    assert row.max() == pytest.approx(230.0, abs=3)
    assert row[230 + 3] == pytest.approx(150.0 + 80.0 * np.exp(-0.5), abs=6)


# --- spectra


def test_a_spectrum_is_exact_or_shaken_by_so_much() -> None:
    F = frequencies(1e5, 1.0, 4000)
    exact = simulate_spectrum("R0-p(R1,C1)", {"R0": 10.0, "R1": 50.0, "C1": 1e-4}, F, noise=0.0, seed=1).impedance_ohm
    np.testing.assert_allclose(exact, 10.0 + 50.0 / (1 + 2j * np.pi * F * 5e-3), rtol=1e-12)
    noise = (shaken(exact, 0.02, np.random.default_rng(1)) - exact) / np.abs(exact)
    assert np.std(noise.real) == pytest.approx(0.02, rel=0.05)
    assert np.std(noise.imag) == pytest.approx(0.02, rel=0.05)
    assert abs(np.mean(noise)) < 0.002
    assert FrequencySweep(100.0, 1.0, 3).grid() == pytest.approx([100.0, 10.0, 1.0])
    assert len(frequencies(2.0, 1.0, 2)) == 2
    for high, low, points in ((1.0, 1.0, 5), (1.0, 2.0, 5), (1.0, 0.0, 5), (np.inf, 1.0, 5), (2.0, 1.0, 1)):
        with pytest.raises(InputError, match="cannot be made"):
            frequencies(high, low, points)
    for wrong in (-0.1, 1.0):
        with pytest.raises(InputError, match="no fraction"):
            shaken(exact, wrong, np.random.default_rng(1))
    for name, value in (("CPE1.n", 1.01), ("R1", 0.0), ("R1", -1.0), ("R1", np.inf)):
        known = {"R1": 1.0, "CPE1.Q": 1e-6, "CPE1.n": 1.0} | {name: value}
        with pytest.raises(InputError, match="out of range"):
            simulate_spectrum("p(R1,CPE1)", known, F, noise=0.0, seed=1)
