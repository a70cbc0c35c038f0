"""Odd files of the surface techniques: what was left out is said everywhere, and no column is lost."""

import json

import numpy as np
import pytest
from command_line import ionweld
from independent_diffraction import Bench, Portion, host, lioh, measured

from ionweld.errors import FileFormatError
from ionweld.read.ftir import read_infrared
from ionweld.read.xps import read_xps
from ionweld.read.xrd import read_diffractogram

V = np.arange(4000.0, 1000.0, -4.0)
A = 0.05 + 0.4 / (1 + ((V - 3604) / 12) ** 2)


def table(path, head, *columns, between=","):
    rows = [between.join(f"{number:.7g}" for number in row) for row in zip(*columns, strict=True)]
    path.write_text("\n".join([head, *rows]) + "\n")
    return path


@pytest.fixture(scope="module")
def scan():
    return measured([Portion(host(3.91), 0.9, 0.1), Portion(lioh(), 0.1, 0.1)], Bench(seed=3, span=(15.0, 60.0, 0.05)))


def test_a_gap_of_the_detector_is_no_measurement(tmp_path, scan):
    x, counts = scan.two_theta_deg, scan.counts.copy()
    counts[(x > 40) & (x < 44)] = 0
    path = table(tmp_path / "gap.csv", "2theta,counts", x, counts)
    found = read_diffractogram(path)
    assert not np.any((found.two_theta_deg > 40.01) & (found.two_theta_deg < 43.99))
    assert found.ingest is not None
    assert any("a gap of the detector" in text for text in found.ingest.dropped)
    page = tmp_path / "page.html"
    verb = ("xrd", "fit", path, "--wavelength", "Cu", "--phases", "Li2OHCl,LiOH")
    status, _, err = ionweld(*verb, "--report", page)
    assert status == 0
    told = json.loads(ionweld(*verb, "--json")[1])
    for text in (err, page.read_text(), " ".join(told["warnings"])):
        assert "a gap of the detector" in text
    assert abs(told["phases"][0]["fraction"] - 0.9) < 2.5 * told["phases"][0]["fraction_stderr"]


def test_zeros_among_few_counts_are_counts(tmp_path):
    x = np.arange(15.0, 60.0, 0.05)
    counts = np.random.default_rng(0).poisson(0.3, len(x))
    counts[200:230] = 0
    assert len(read_diffractogram(table(tmp_path / "few.csv", "2theta,counts", x, counts)).counts) == len(x)


def test_an_absorbance_of_ninety_is_refused_with_the_way_to_say_per_cent(tmp_path):
    path = table(tmp_path / "percent.csv", "Wavenumber (cm-1),Absorbance", V, 100 * 10**-A)
    with pytest.raises(FileFormatError, match="--as transmittance"):
        read_infrared(path)


@pytest.mark.parametrize("name", ["Extinktion", "Absorbance"])
def test_bands_beyond_what_a_detector_sees_are_said(tmp_path, name):
    path = table(tmp_path / "strong.csv", f"Wavenumber (cm-1),{name}", V, np.minimum(9 * A, 3.5))
    found = read_infrared(path)
    assert found.ingest is not None
    assert any("not linear" in text for text in found.ingest.said)
    weak = read_infrared(table(tmp_path / "weak.csv", f"Wavenumber (cm-1),{name}", V, A))
    assert weak.ingest is not None
    assert weak.ingest.said == ()
    np.testing.assert_allclose(weak.absorbance, A[::-1], rtol=1e-6)


def test_regions_side_by_side_are_all_read(tmp_path):
    b = np.arange(540.0, 524.0, -0.1)
    signal = 500 + 4000 * np.exp(-((b - 531.8) ** 2))
    head = "O1s BE (eV),O1s counts,C1s BE (eV),C1s counts"
    first, second = read_xps(table(tmp_path / "side.csv", head, b, signal, b - 246, 2 * signal)).regions
    assert (first.label, second.label) == ("O 1s", "C 1s")
    np.testing.assert_allclose(second.intensity, 2 * first.intensity, rtol=1e-6)
    np.testing.assert_allclose(second.binding_energy_eV, first.binding_energy_eV - 246, rtol=1e-6)
