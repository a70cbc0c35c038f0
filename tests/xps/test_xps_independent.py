"""XPS fits of spectra that share no code with the product; many draws: benchmarks/independent_xps.py."""

import numpy as np
import pytest
from independent_photoelectrons import Bench, atomic_percent, measured

from ionweld.analyse.xps.fit import fit_xps

SURFACE = {"C-C": 30.0, "C-O": 10.0, "LiF": 18.0, "Li2CO3": 12.0, "organic O (C-O)": 10.0}
BENCHES = {
    "symmetric": Bench(seed=0, shift=-1.0, tail=0.0),
    "lopsided": Bench(seed=1, shift=0.5, tail=0.35),
    "a patch charged more": Bench(seed=2, shift=2.0, tail=0.0, patch=(0.2, 0.7)),
    "a patch charged less": Bench(seed=3, shift=2.0, tail=0.0, patch=(0.15, -0.7)),
}


def test_the_simulators_atoms_are_counted_by_hand():
    assert atomic_percent({"LiF": 1.0, "Li2CO3": 1.0}) == pytest.approx({"LiF": 25.0, "Li2CO3": 75.0})


@pytest.fixture(scope="module")
def fits():
    return {name: fit_xps(measured(SURFACE, bench)) for name, bench in BENCHES.items()}


@pytest.mark.parametrize("name", BENCHES)
def test_lopsided_lines_are_no_further_species(fits, name):
    result = fits[name]
    assert result.quality.good
    assert {one.name for one in result.species if one.detected} == set(SURFACE)
    assert all(one.upper_limit_95 > 0.0 for one in result.species if not one.detected)


def test_amounts_of_a_surface_are_held(fits):
    truth = atomic_percent(SURFACE)
    found = [one for result in fits.values() for one in result.species if one.name in truth]
    held = [one.low <= truth[one.name] <= one.high for one in found]
    assert np.mean(held) >= 0.93
    assert np.mean([(one.high - one.low) / truth[one.name] for one in found]) < 0.35  # wide intervals hold everything
