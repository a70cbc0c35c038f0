"""Columns are told by their names: a table of any order gives the same scan and the same spectrum, or is refused."""

from pathlib import Path

import numpy as np
import pytest

from ionweld.errors import FileFormatError
from ionweld.read.ftir import read_infrared
from ionweld.read.xrd import read_diffractogram

ANGLES = np.arange(10.0, 70.0, 0.5)
COUNTS = np.round(100.0 + 5000.0 * np.exp(-((ANGLES - 32.0) ** 2)))
PLACES = np.arange(700.0, 3900.0, 20.0)
DARK = 0.02 + np.exp(-(((PLACES - 1435.0) / 60.0) ** 2))


def table(path: Path, names: str, *columns: np.ndarray, delimiter: str = ",") -> Path:
    rows = "\n".join(delimiter.join(f"{value:.10g}" for value in row) for row in zip(*columns, strict=True))
    path.write_text(f"{names}\n{rows}\n", encoding="utf-8")
    return path


NUMBER = np.arange(1.0, len(ANGLES) + 1.0)
SCANS = {
    "2Theta,Intensity": (ANGLES, COUNTS),
    "No.,2Theta,I": (NUMBER, ANGLES, COUNTS),
    "Point,Pos. [°2Th.],Iobs [cts]": (NUMBER, ANGLES, COUNTS),
    "Angle,TimePerStep,Intensity,ESD": (ANGLES, 0.0 * ANGLES + 60.0, COUNTS, np.sqrt(COUNTS)),
    "Counts,2 theta (deg)": (COUNTS, ANGLES),
    "d (A),2θ,cps": (1.540593 / 2.0 / np.sin(np.radians(ANGLES / 2.0)), ANGLES, COUNTS),
    "角度,强度": (ANGLES, COUNTS),
    "first,second": (ANGLES, COUNTS),
}


@pytest.mark.parametrize("names", SCANS)
def test_a_scan_is_read_by_the_names_of_its_columns(tmp_path, names):
    scan = read_diffractogram(table(tmp_path / "x.csv", names, *SCANS[names]))
    assert np.array_equal(scan.two_theta_deg, ANGLES)
    assert np.array_equal(scan.counts, COUNTS)


@pytest.mark.parametrize("names", ["d [A],I", "q (1/A),Intensity", "Energy (keV),counts"])
def test_a_scan_over_something_else_is_refused_by_its_name(tmp_path, names):
    with pytest.raises(FileFormatError, match="for 2 theta"):
        read_diffractogram(table(tmp_path / "x.csv", names, ANGLES / 10.0, COUNTS))


def test_angles_called_theta_are_read_as_2_theta_and_said(tmp_path):
    scan = read_diffractogram(table(tmp_path / "x.csv", "Theta,Counts", ANGLES, COUNTS))
    assert [said for said in scan.ingest.said if "read as 2 theta" in said]
    named = read_diffractogram(table(tmp_path / "y.csv", "2 Theta,Counts", ANGLES, COUNTS))
    assert not [said for said in named.ingest.said if "read as 2 theta" in said]


SPECTRA = {
    "Wavenumber (cm-1),Absorbance": (PLACES, DARK),
    "Index,Wavenumber [1/cm],Abs": (np.arange(1.0, len(PLACES) + 1.0), PLACES, DARK),
    "cm⁻¹,%T": (PLACES, 100.0 * 10.0**-DARK),
    "cm-1,background,Absorbance": (PLACES, 0.0 * DARK + 7.0, DARK),
    "Absorbance,wavenumber": (DARK, PLACES),
    "Wellenzahl cm-1,Transmission": (PLACES[::-1], 10.0 ** -DARK[::-1]),
}


@pytest.mark.parametrize("names", SPECTRA)
def test_a_spectrum_is_read_by_the_names_of_its_columns(tmp_path, names):
    spectrum = read_infrared(table(tmp_path / "x.csv", names, *SPECTRA[names]))
    assert np.array_equal(spectrum.wavenumber_cm1, PLACES)
    assert spectrum.absorbance == pytest.approx(DARK, rel=1e-6)


@pytest.mark.parametrize(
    ("names", "length"), [("Wavelength (um),Absorbance", 1e4), ("Wellenlänge / µm,Absorbance", 1e4), ("nm,Abs", 1e7)]
)
def test_a_spectrum_over_wavelength_is_turned_into_one_over_wavenumbers(tmp_path, names, length):
    spectrum = read_infrared(table(tmp_path / "x.csv", names, length / PLACES[::-1], DARK[::-1]))
    assert spectrum.wavenumber_cm1 == pytest.approx(PLACES, rel=1e-6)
    assert spectrum.absorbance == pytest.approx(DARK, rel=1e-6)


@pytest.mark.parametrize("names", ["Wavelength,Absorbance", "THz,Absorbance", "Points,Abs"])
def test_a_spectrum_over_something_else_is_refused(tmp_path, names):
    with pytest.raises(FileFormatError, match="for the wavenumber"):
        read_infrared(table(tmp_path / "x.csv", names, 1e4 / PLACES[::-1], DARK[::-1]))
