"""Patterns made by a simulator that shares nothing with the product: tails, platelets, halos, a phase nobody named."""

import numpy as np
import pytest
from data_files import real_file
from scipy.integrate import quad

from ionweld.analyse.xrd import XrdResult, fit_pattern
from ionweld.laws.diffraction import march_dollase
from ionweld.measurement.pattern import Radiation
from ionweld.read.xrd import read_diffractogram
from ionweld.spec.crystal import phases_of
from ionweld.spec.library import entry

CU = Radiation(1.540593, 1.544414, 0.5, "given: Cu")


def fitted(name: str) -> XrdResult:
    path = real_file(f"faults/characterisation/xrd_{name}.xy")
    return fit_pattern(read_diffractogram(path, CU), phases_of(entry("Li2OHCl")))


def phase(result: XrdResult, name: str):
    return next(item for item in result.phases if item.phase == name)


def test_the_lattice_is_held_in_spite_of_axial_tails():
    result = fitted("axial_light")
    host, lioh = phase(result, "Li2OHCl"), phase(result, "LiOH")
    assert abs(host.cell_angstrom[0] - 3.9100) < 1.96 * host.cell_stderr[0] < 0.002
    assert abs(lioh.fraction - 0.05) < 1.96 * lioh.fraction_stderr < 0.03


def test_platelets_are_seen_as_such_and_their_share_is_held():
    result = fitted("lioh_platelets")
    lioh = phase(result, "LiOH")
    assert abs(lioh.fraction - 0.05) < 1.96 * lioh.fraction_stderr < 0.03
    assert any("LiOH: its grains lie unevenly" in said and "r = 0.6" in said for said in result.warnings)


def test_five_percent_under_a_film_of_several_maxima_are_found():
    assert phase(fitted("kapton_lioh5"), "LiOH").present


def test_a_foreign_phase_does_not_hide_the_host():
    result = fitted("host_half_foreign")
    host = phase(result, "Li2OHCl")
    assert host.present
    assert host.cell_angstrom[0] == pytest.approx(3.910, abs=0.002)
    assert host.fraction is None  # of what it is a part is not known
    assert result.quality.verdict == "poor"
    assert "Li2OHCl seen, and another phase too" in result.warnings
    nacl = (27.37, 31.71, 45.46, 56.49, 66.24, 75.31)
    assert result.quality.unexplained_lines_deg == pytest.approx(nacl, abs=0.1)
    assert 0.4 < result.quality.unlisted < 0.8
    assert not any(item.present for item in result.phases if item.phase != "Li2OHCl")


@pytest.mark.parametrize("r", [0.4, 0.6, 1.0, 1.7])
def test_grains_that_lie_unevenly_keep_the_mean_over_the_sphere(r):
    mean = quad(lambda cosine: march_dollase(cosine**2, r), 0.0, 1.0)[0]
    assert mean == pytest.approx(1.0, abs=1e-6)
    assert march_dollase(1.0, r) == pytest.approx(r**-3)
    assert np.all(march_dollase(np.linspace(0.0, 1.0, 5), 1.0) == 1.0)
