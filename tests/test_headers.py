"""What a table of two columns is, told by its header in the words of several laboratories; what none knows is said."""

from pathlib import Path

import numpy as np
import pytest

from ionweld.errors import FileFormatError
from ionweld.read import open_file

WAVENUMBER = np.arange(4000.0, 600.0, -2.0)
ABSORBANCE = 0.02 + 0.5 * np.exp(-(((WAVENUMBER - 3570.0) / 20.0) ** 2))
PER_CENT = 100.0 * 10.0**-ABSORBANCE
ANGLE = np.arange(10.0, 80.0, 0.05)
COUNTS = np.round(100.0 + 2000.0 * np.exp(-(((ANGLE - 32.3) / 0.1) ** 2)))
ENERGY = np.arange(300.0, 280.0, -0.1)
ELECTRONS = np.round(300.0 + 2000.0 * np.exp(-(((ENERGY - 284.8) / 0.6) ** 2)))


def table(folder: Path, header: str, x: np.ndarray, y: np.ndarray, sep: str = ",", above: str = "") -> Path:
    path = folder / "scan.csv"
    rows = (f"{a:.6f}{sep}{b:.6f}" for a, b in zip(x, y, strict=True))
    path.write_text("\n".join([above + header, *rows]) + "\n", encoding="utf-8")
    return path


def read(path: Path, technique: str):
    (contents,) = open_file(path)
    assert contents.technique.name == technique
    return contents.measurements[0]


@pytest.mark.parametrize(
    ("header", "x", "y"),
    [
        ("Wavelength (um),Transmission", 1e4 / WAVENUMBER, PER_CENT / 100.0),
        ("Wavelength (µm),Absorbance", 1e4 / WAVENUMBER, ABSORBANCE),
        ("Wavelength (nm),%T", 1e7 / WAVENUMBER, PER_CENT),
        ("波长 (μm),透过率 (%)", 1e4 / WAVENUMBER, PER_CENT),
        ("Wellenlänge [µm],Transmission (%)", 1e4 / WAVENUMBER, PER_CENT),
        ("波数 (cm-1),吸光度", WAVENUMBER, ABSORBANCE),
    ],
)
def test_an_infrared_spectrum_over_its_wavelength_is_no_diffractogram(tmp_path, header, x, y):
    spectrum = read(table(tmp_path, header, x, y), "ftir")
    order = np.argsort(spectrum.wavenumber_cm1)[::-1]
    np.testing.assert_allclose(spectrum.wavenumber_cm1[order], WAVENUMBER, rtol=1e-4)
    np.testing.assert_allclose(spectrum.absorbance[order], ABSORBANCE, atol=1e-4)


def test_a_wavelength_without_its_unit_is_no_wavenumber(tmp_path):
    with pytest.raises(FileFormatError, match="'Wavelength' for the wavenumber"):
        open_file(table(tmp_path, "Wavelength,Transmittance (%)", 1e4 / WAVENUMBER, PER_CENT))


@pytest.mark.parametrize("header", ["Angle (deg),Iobs", "theta;I", "Winkel [°];Intensität", "角度 (°);强度"])
def test_an_angle_is_that_of_a_diffractogram(tmp_path, header):
    sep = ";" if ";" in header else ","
    np.testing.assert_allclose(read(table(tmp_path, header, ANGLE, COUNTS, sep), "xrd").two_theta_deg, ANGLE, atol=1e-6)


def test_the_wavelength_of_a_tube_is_no_axis(tmp_path):
    scan = read(table(tmp_path, "", ANGLE, COUNTS, " ", above="# wavelength 1.5406"), "xrd")
    assert scan.radiation is not None
    np.testing.assert_allclose(scan.two_theta_deg, ANGLE, atol=1e-6)


@pytest.mark.parametrize(
    "header",
    ["结合能 (eV),强度", "E_B (eV),CPS", "BindingEnergy(eV),Counts", "Bindungsenergie [eV],Counts", "BE/eV,C1s"],
)
def test_a_binding_energy_is_that_of_photoelectrons(tmp_path, header):
    (region,) = read(table(tmp_path, header, ENERGY, ELECTRONS), "xps").regions
    order = np.argsort(region.binding_energy_eV)[::-1]
    np.testing.assert_allclose(region.binding_energy_eV[order], ENERGY, atol=1e-6)


@pytest.mark.parametrize("header", ["q (1/nm),Counts", "d-spacing,Intensity", "Foo,Bar"])
def test_what_no_technique_knows_is_no_fault_of_one(tmp_path, header):
    with pytest.raises(FileFormatError, match=r"looks like no file of cycling, .*--as xrd") as caught:
        open_file(table(tmp_path, header, ANGLE, COUNTS))
    assert header in str(caught.value)
    assert "Maccor" not in str(caught.value)
