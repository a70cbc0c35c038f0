"""XPS fits of spectra that share no code with the product; many draws: benchmarks/independent_xps.py."""

import numpy as np
import pytest
from independent_photoelectrons import Bench, atomic_percent, measured

from ionweld.analyse.xps.fit import fit_xps

SURFACE = {"C-C": 30.0, "C-O": 10.0, "LiF": 18.0, "Li2CO3": 12.0, "organic O (C-O)": 10.0}


def test_the_simulators_atoms_are_counted_by_hand():
    assert atomic_percent({"LiF": 1.0, "Li2CO3": 1.0}) == pytest.approx({"LiF": 25.0, "Li2CO3": 75.0})


def test_amounts_of_a_surface_are_held():
    truth, held = atomic_percent(SURFACE), []
    for seed in range(2):
        result = fit_xps(measured(SURFACE, Bench(seed=seed, shift=1.5 * seed - 1.0, tail=0.0)))
        assert result.quality.good
        for one in result.species:
            true = truth.get(one.name, 0.0)
            if one.detected:
                held.append(one.low <= true <= one.high)
            elif one.upper_limit_95 is not None:
                assert one.upper_limit_95 >= true
    assert len(held) >= 10
    assert np.mean(held) >= 0.8  # of 10 intervals of 95 % fewer hold once in a hundred times
