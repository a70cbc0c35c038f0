"""FTIR fits of spectra that share no code with the product; many draws: benchmarks/independent_ftir.py."""

import numpy as np
import pytest
from independent_infrared import Band, Bench, Recorded, recorded

from ionweld.analyse.ftir import fit_infrared
from ionweld.laws.infrared import band
from ionweld.spec.library import entry

HOST = entry("Li2OHCl")


def spectrum(seed: int, lioh: float, vapour: float = 0.0) -> Recorded:
    """Lopsided bands on a curved baseline with a fringe."""
    draw = np.random.default_rng(seed)
    skew = lambda: float(np.clip(draw.normal(0.0, 0.2), -0.4, 0.4))  # noqa: E731 - one line, used four times below
    bands = {
        "Li2OHCl": Band(draw.normal(3604, 3), draw.uniform(18, 32), draw.uniform(8, 25), skew(), 0.5),
        "CH_asymmetric": Band(draw.normal(2965, 8), draw.uniform(25, 45), draw.uniform(0.5, 3), skew(), 0.5),
        "carbonate": Band(draw.normal(1435, 8), draw.uniform(60, 100), draw.uniform(1, 8), skew(), 0.5),
    }
    if lioh:
        bands["LiOH"] = Band(draw.normal(3678, 1), draw.uniform(11, 22), lioh, skew(), 0.5)
    return recorded(bands, Bench(seed=seed, vapour=vapour, fringe=0.005))


def share_held(truth: Recorded) -> bool:
    share = truth.areas.get("LiOH", 0.0) / (truth.areas.get("LiOH", 0.0) + truth.areas["Li2OHCl"])
    told = fit_infrared(truth.spectrum, HOST).lioh_share
    assert told.low <= told.value <= told.high
    return told.low <= share <= told.high


def test_places_and_areas_of_lopsided_bands_are_held():
    held = []
    for seed in range(8):
        truth = spectrum(seed, lioh=1.5)
        for one in fit_infrared(truth.spectrum, HOST).bands:
            if one.detected:
                assert one.name in truth.areas
                held.append(abs(one.position_cm1 - truth.places[one.name]) < 1.96 * one.stderr)
                held.append(abs(one.area - truth.areas[one.name]) < 1.96 * one.area_stderr)
            elif one.upper_limit_95 is not None:
                assert one.upper_limit_95 >= truth.areas.get(one.name, 0.0)
    assert len(held) >= 60
    assert np.mean(held) >= 0.93  # of 62 intervals of 95 % fewer hold in one case of eight


def test_the_share_of_lioh_lies_in_its_interval_and_so_does_its_estimate():
    held = [share_held(spectrum(100 + seed, lioh)) for lioh in (0.0, 0.4, 2.0) for seed in range(4)]
    assert sum(held) >= 9  # so many do: of lopsided bands 90 +- 4 % hold (docs/characterisation.md), not 95 %


@pytest.mark.parametrize(
    ("skew", "place", "mix"), [(-0.4, 3600, 0.3), (-0.4, 3600, 0.7), (-0.4, 3604, 0.7), (0.4, 3604, 0.3)]
)
def test_the_flank_of_a_lopsided_band_is_no_band_of_its_own(skew: float, place: float, mix: float):
    truth = recorded(
        {"Li2OHCl": Band(place, 28.0, 19.0, skew, mix)}, Bench(seed=1, fringe=0.003, span=(2600.0, 3900.0))
    )
    found = {one.name: one for one in fit_infrared(truth.spectrum, HOST).bands}
    assert [name for name, one in found.items() if one.detected] == ["Li2OHCl"]
    host = found["Li2OHCl"]
    assert host.area == pytest.approx(19.0, abs=min(1.96 * host.area_stderr, 3.0))
    assert host.position_cm1 == pytest.approx(truth.places["Li2OHCl"], abs=1.96 * host.stderr)
    assert host.stderr < 5.0


def test_a_hydrate_beside_the_electrolyte_is_a_band_of_its_own():
    bands = {"Li2OHCl": Band(3604.0, 25.0, 16.0), "LiOH.H2O": Band(3567.0, 22.0, 5.0)}
    found = {one.name: one for one in fit_infrared(recorded(bands, Bench(seed=2)).spectrum, HOST).bands}
    for name, true in bands.items():
        assert found[name].area == pytest.approx(true.area, abs=1.96 * found[name].area_stderr)
        assert found[name].area_stderr < 0.2 * true.area


def test_vapour_that_one_region_shows_stands_in_all():
    """Lines in the hydroxyl region too weak to be found there by themselves."""
    bands = {"Li2OHCl": Band(3604.0, 25.0, 16.0), "carbonate": Band(1435.0, 80.0, 3.0)}
    fit = fit_infrared(recorded(bands, Bench(seed=4, vapour=0.004, noise=2e-3)).spectrum, HOST)
    assert any("vapour in the carbonyl region" in said for said in fit.warnings)
    assert fit.lioh_share.low == 0.0


def test_water_vapour_hides_no_lioh_and_makes_none():
    assert share_held(spectrum(200, 0.0, vapour=0.02))
    assert share_held(spectrum(201, 2.0, vapour=0.02))


@pytest.mark.parametrize("skew", [-2.0, -0.7, 0.0, 0.35, 2.0])
def test_a_lopsided_band_keeps_its_area_and_its_maximum_and_mirrors(skew):
    x = np.arange(-4000.0, 4000.0, 0.02)
    gauss = band(x, 10.0, 20.0, 0.0, skew)
    assert np.trapezoid(gauss, x) == pytest.approx(1.0, abs=2e-3)
    assert np.trapezoid(band(x, 10.0, 20.0, 1.0, skew), x) == pytest.approx(1.0, abs=5e-3)
    assert x[np.argmax(gauss)] == pytest.approx(10.0, abs=0.03)
    assert band(np.array([3.0]), 10.0, 20.0, 0.4, skew) == pytest.approx(band(np.array([17.0]), 10.0, 20.0, 0.4, -skew))
