"""Files of other laboratories whose headers hold the words of two techniques: each is read as what it is."""

from pathlib import Path

import numpy as np
import pytest

from ionweld.errors import FileFormatError
from ionweld.read import open_file


def rows(places: np.ndarray, heights: np.ndarray, between: str = "\t") -> str:
    return "".join(f"{x:.3f}{between}{y:.2f}\n" for x, y in zip(places, heights, strict=True))


def peak(places: np.ndarray, at: float, width: float) -> np.ndarray:
    return 20.0 + 900.0 * np.exp(-(((places - at) / width) ** 2))


ANGLES = np.arange(10.0, 60.0, 0.02)
ENERGIES = np.arange(382.0, 364.0, -0.05)
LITHIUM = np.arange(62.0, 50.0, -0.1)
SCAN, REGION, LINE = (
    rows(ANGLES, peak(ANGLES, 38.7, 0.1)),
    rows(ENERGIES, peak(ENERGIES, 368.3, 0.6)),
    rows(LITHIUM, peak(LITHIUM, 55.6, 0.8)),
)
SCIENTA = "[Region 1]\nRegion Name=Ag3d\nDimension 1 name=Binding Energy [eV]\n\n[Info 1]\nLens Mode=Transmission\n\n[Data 1]\n"
MADE = {
    "an analyser in its transmission mode": (SCIENTA + REGION, "xps"),
    "a tube's line and an energy": ("Source: Al K-alpha\nRegion: Li 1s\nEnergy (eV)\tCounts\n" + LINE, "xps"),
    "a diffractometer in transmission": ("STOE\nGeometry: Transmission\nCu K-alpha1\n2Theta\tI\n" + SCAN, "xrd"),
    "a remark above a scan": ("# geometry: transmission\n" + SCAN, "xrd"),
    "a tube's voltage and current": ("# Voltage: 40 kV\n# Current: 30 mA\n" + SCAN, "xrd"),
    "a correction for absorption": ("Absorption: none\nAngle,Counts\n" + SCAN.replace("\t", ","), "xrd"),
}


@pytest.mark.parametrize(("text", "technique"), MADE.values(), ids=MADE)
def test_a_word_in_a_setting_does_not_say_what_a_file_is(text: str, technique: str, tmp_path: Path) -> None:
    path = tmp_path / "measured.txt"
    path.write_text(text)
    assert [contents.technique.name for contents in open_file(path)] == [technique]


def test_a_spectrum_whose_header_says_transmission_alone_is_infrared(tmp_path: Path) -> None:
    wavenumber = np.arange(400.0, 4000.0, 2.0)
    path = tmp_path / "measured.txt"
    path.write_text(
        "Mode: % Transmission\nSample: salt\n" + rows(wavenumber, 95.0 - peak(wavenumber, 1450.0, 20.0) / 20.0)
    )
    assert [contents.technique.name for contents in open_file(path)] == ["ftir"]


def test_where_a_stage_stood_names_no_axes(tmp_path: Path) -> None:
    path = tmp_path / "measured.xy"
    path.write_text("# X: 10.5 mm\n# Y: -3.2 mm\n" + SCAN)
    assert [contents.technique.name for contents in open_file(path)] == ["xrd"]


@pytest.mark.parametrize(
    "remark", ["# Technique: Chronoamperometry", "# columns: time (s) and temperature", "E: 0.5 V, per minute"]
)
def test_what_ran_over_time_is_no_scan(remark: str, tmp_path: Path) -> None:
    """Numbers that rise evenly from 10 to 60 might be angles, but for what the remark says."""
    path = tmp_path / "measured.txt"
    path.write_text(f"{remark}\n" + SCAN)
    with pytest.raises(FileFormatError):
        open_file(path)
