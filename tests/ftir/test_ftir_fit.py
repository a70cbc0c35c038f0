"""Infrared fits: bands of known samples, intervals, the small share of LiOH that XRD cannot see, honest refusals."""

from dataclasses import replace

import numpy as np
import pytest
from data_files import real_file
from hypothesis import given
from hypothesis import strategies as st

from ionweld.analyse.ftir import FtirResult, fit_infrared
from ionweld.errors import InputError
from ionweld.laws.infrared import band
from ionweld.read.ftir import read_infrared
from ionweld.simulate.ftir import InfraredSample, Spectrometer, infrared_spectrum
from ionweld.spec.infrared import bands, regions

HOST = {"Li2OHCl": 16.0}


def fit(sample: InfraredSample, seed: int = 1, **instrument: float) -> FtirResult:
    return fit_infrared(infrared_spectrum(sample, Spectrometer(**instrument), seed))


def by_name(result: FtirResult) -> dict:
    return {item.name: item for item in result.bands}


@given(st.floats(400.0, 4000.0), st.floats(1.0, 200.0), st.floats(0.0, 1.0))
def test_a_band_is_symmetric_and_half_as_high_at_half_its_width(position, width, share):
    peak = band(position, position, width, share)
    assert band(position + width / 2.0, position, width, share) == pytest.approx(peak / 2.0, rel=1e-6)
    assert band(position - 3.0, position, width, share) == pytest.approx(band(position + 3.0, position, width, share))


def test_the_pure_electrolyte_shows_its_band_alone():
    found = by_name(fit(InfraredSample(HOST)))
    assert [name for name, item in found.items() if item.detected] == ["Li2OHCl"]
    assert found["Li2OHCl"].position_cm1 == pytest.approx(3604.0, abs=0.05)
    assert found["Li2OHCl"].area == pytest.approx(16.0, abs=3 * found["Li2OHCl"].area_stderr)
    assert all(item.upper_limit_95 > 0.0 for item in found.values() if not item.detected)


@pytest.mark.parametrize("seed", range(4))
def test_three_percent_of_lioh_is_seen_at_three_sigma(seed):
    """The same sample is below the limit of a quick X-ray scan (tests/xrd)."""
    area = 16.0 * 0.03 / 0.97
    result = fit(InfraredSample({**HOST, "LiOH": area}), seed, noise=5e-3)
    lioh = by_name(result)["LiOH"]
    assert lioh.detected
    assert lioh.significance > 3.0
    assert result.lioh_share.value == pytest.approx(0.03, abs=3 * result.lioh_share.stderr)


def test_what_water_leaves_is_told_from_the_electrolyte():
    areas = {"LiOH.H2O": 8.0, "LiOH": 2.0, "water": 60.0, "water_bend": 6.0, "carbonate": 5.0}
    result = fit(InfraredSample(areas))
    assert {name for name, item in by_name(result).items() if item.detected} == set(areas)
    assert result.lioh_share is None


def test_residues_of_the_liquid_electrolyte_are_named_by_their_second_band():
    areas = {**HOST, "CH_asymmetric": 1.0, "cyclic_carbonate": 1.2, "PF6": 1.0}
    result = fit(InfraredSample(areas))
    assert {name for name, item in by_name(result).items() if item.detected} == set(areas)
    assert not any("which solvent" in warning for warning in result.warnings)


def test_a_lone_ch_band_names_no_solvent():
    result = fit(InfraredSample({**HOST, "CH_asymmetric": 1.0}))
    assert any("does not say which solvent" in warning for warning in result.warnings)


def test_intervals_hold_the_truth():
    """A smaller version of benchmarks/ftir_coverage.py. The formula is right here, and errors allow for one that is not."""
    held, wide, known = [], [], bands()
    for seed in range(30):
        rng = np.random.default_rng(seed)
        names = ("Li2OHCl", "LiOH", "CH_asymmetric", "cyclic_carbonate")
        sample = InfraredSample(
            areas={name: rng.uniform(1.0, 10.0) for name in names},
            positions={name: known[name].position + rng.uniform(-1.5, 1.5) for name in names},
            widths={name: known[name].width * rng.uniform(0.8, 1.2) for name in names},
            lorentz_share=rng.uniform(0.1, 0.9),
        )
        found = by_name(fit(sample, seed))
        for name in names:
            item = found[name]
            held.append(abs(item.position_cm1 - sample.positions[name]) < 1.96 * item.stderr)
            held.append(abs(item.area - sample.areas[name]) < 1.96 * item.area_stderr)
            wide.append(item.area_stderr / item.area)
    assert np.mean(held) > 0.95
    assert 0.005 < np.median(wide) < 0.025  # so far off are areas of bands that no formula describes


def test_absent_bands_are_rarely_detected():
    seen = [item.name for seed in range(20) for item in fit(InfraredSample(HOST), 100 + seed).bands if item.detected]
    assert seen.count("Li2OHCl") == 20
    assert len(seen) - 20 <= 5  # of 280 bands that are not there


def test_a_spectrum_that_stops_short_says_which_regions_are_missing():
    result = fit(InfraredSample(HOST), range_cm1=(2600.0, 4000.0))
    assert any("carbonyl" in warning for warning in result.warnings)
    with pytest.raises(InputError, match="2700 to 3850"):
        fit(InfraredSample(HOST), range_cm1=(1900.0, 2150.0))


def test_something_else_gives_no_numbers():
    spectrum = infrared_spectrum(InfraredSample(HOST), Spectrometer(), 1)
    x = spectrum.wavenumber_cm1
    comb = np.where((x.astype(int) // 40) % 2 == 0, 1.0, 0.0)
    result = fit_infrared(replace(spectrum, absorbance=spectrum.absorbance + comb))
    assert result.verdict == "poor"
    assert not any(item.detected for item in result.bands)


@pytest.mark.parametrize(
    "shape",
    [
        lambda x: 0.0 * x,
        lambda x: x / 1e4,
        lambda x: np.where(x > 3600.0, 1.0, 0.0),
        lambda x: np.where(np.abs(x - 3604.0) < 2.0, 50.0, 0.0),
        lambda x: -np.exp(-(((x - 3604.0) / 20.0) ** 2)),
    ],
    ids=["zero", "ramp", "step", "spike", "negative"],
)
def test_odd_spectra_break_nothing(shape):
    spectrum = infrared_spectrum(InfraredSample(HOST), Spectrometer(), 1)
    result = fit_infrared(replace(spectrum, absorbance=shape(spectrum.wavenumber_cm1)))
    assert all(item.area is None or np.isfinite(item.area) for item in result.bands)
    assert all(np.isfinite(item.detection_limit) for item in result.bands)


def test_the_table_of_bands_is_sound():
    for item in bands().values():
        region = next(region for region in regions() if region.name == item.region)
        assert region.lowest < item.lowest < item.position < item.highest < region.highest
        assert item.width_lowest < item.width < item.width_highest
        assert item.status in ("literature", "assumed")


VAPOUR = (
    3649.2,
    3669.7,
    3675.0,
    3690.2,
    3701.7,
    3711.9,
    3735.8,
    3744.7,
    3750.4,
    3780.2,
    3801.5,
    3806.9,
    3820.8,
    3838.1,
)


@pytest.mark.parametrize("seed", range(3))
def test_water_vapour_is_named_and_is_not_taken_for_lioh(seed):
    """Each line with a strength of its own: nothing of the product's fit is used to make them."""
    dry = infrared_spectrum(InfraredSample(HOST), Spectrometer(noise=1e-3), seed)
    draw, x = np.random.default_rng(seed), dry.wavenumber_cm1
    lines = sum(draw.uniform(0.003, 0.02) * np.exp(-np.log(2.0) * ((x - place) / 3.0) ** 2) for place in VAPOUR)
    result = fit_infrared(replace(dry, absorbance=dry.absorbance + lines))
    assert any("water vapour in the hydroxyl region" in said for said in result.warnings)
    assert not by_name(result)["LiOH"].detected
    assert result.lioh_share.low == 0.0
    assert result.lioh_share.low <= result.lioh_share.value <= result.lioh_share.high
    assert not any("vapour" in said for said in fit_infrared(dry).warnings)


def test_the_moist_spectrum_excludes_neither_none_nor_its_own_estimate():
    path = real_file("faults/characterisation/ftir_water_vapour.csv")
    result = fit_infrared(read_infrared(path, "absorbance"))
    assert result.lioh_share.low == 0.0
    assert result.lioh_share.value < result.lioh_share.high < 0.1
    assert any("water vapour" in said for said in result.warnings)
