"""Bands and regions of one's own, from a file."""

from pathlib import Path

import numpy as np
import pytest

from ionweld.analyse.ftir import fit_infrared
from ionweld.errors import SpecError
from ionweld.laws.infrared import band
from ionweld.measurement.infrared import InfraredSpectrum
from ionweld.measurement.provenance import Provenance
from ionweld.spec.infrared import bands, own_bands

OWN = """
[region.low]
lowest = 480
highest = 700
baseline_degree = 2
[band.Li-O]
region = "low"
assignment = "Li-O stretch"
family = "product"
position = 560
position_sigma = 5
lowest = 545
highest = 575
width = 25
width_lowest = 10
width_highest = 60
status = "literature"
source = "own"
"""
AREA = 3.0


def written(folder: Path, text: str) -> Path:
    (folder / "own.toml").write_text(text)
    return folder / "own.toml"


def spectrum() -> InfraredSpectrum:
    """A band of area 3 at 562 on a sloping baseline, with noise of 1 mA."""
    x = np.arange(450.0, 760.0, 1.0)
    noise = np.random.default_rng(1).normal(0.0, 1e-3, x.size)
    y = 0.1 + 1e-4 * (x - 600.0) + AREA * band(x, 562.0, 25.0, 0.5) + noise
    return InfraredSpectrum(x, y, "absorbance", Provenance("measured", "low.csv", "0" * 64, "test"), "low")


def test_a_band_of_ones_own_in_a_region_of_ones_own(tmp_path: Path) -> None:
    own = own_bands([written(tmp_path, OWN)])
    (found,) = fit_infrared(spectrum(), None, own).bands
    assert (found.name, found.detected) == ("Li-O", True)
    assert found.position_cm1 == pytest.approx(562.0, abs=3 * (found.stderr or 0.0))
    assert abs(found.area - AREA) < 3 * found.area_stderr
    assert "Li-O" not in bands()  # what ships stays as it is


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('region = "low"', 'region = "hight"', "region 'hight' is not known"),
        ("position = 560", "position = 700", "position lies outside"),
        ("assignment", "asignment", "Did you mean 'assignment'"),
        ('family = "product"', 'family = "x"', "family"),
    ],
)
def test_what_the_file_gets_wrong_is_said(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        own_bands([written(tmp_path, OWN.replace(old, new))])
