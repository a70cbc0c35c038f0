"""X-ray spectra: two formats written here with known channels, and which lines a spectrum of known lines shows."""

import json
from pathlib import Path

import numpy as np
import pytest
from command_line import ionweld

from ionweld.analyse.eds.spectrum import clipped, spectrum_lines
from ionweld.errors import FileFormatError
from ionweld.read import open_file
from ionweld.read.eds_spectrum import read_xray_spectrum

ENERGY = -0.1 + 0.01 * np.arange(1024)
LINES = {0.5249: 20000.0, 0.6768: 6000.0, 2.6220: 3000.0}  # O, F, Cl K-alpha


def counts(seed: int = 1) -> np.ndarray:
    """Poisson counts: three lines of 70 eV full width at their energies over a falling continuum."""
    sigma = 0.07 / 2.3548
    expected = 40.0 * np.exp(-np.maximum(ENERGY, 0.0) / 3.0) + 2.0
    for energy, area in LINES.items():
        expected += area * 0.01 / (sigma * np.sqrt(2 * np.pi)) * np.exp(-0.5 * ((ENERGY - energy) / sigma) ** 2)
    return np.random.default_rng(seed).poisson(expected).astype(float)


COUNTS = counts()


def emsa(kind: str = "Y", unit: str = "keV", per_row: int = 1, changes: dict[str, str] | None = None) -> str:
    scale = 1000.0 if unit == "eV" else 1.0
    header = {
        "FORMAT      ": "EMSA/MAS Spectral Data File", "VERSION     ": "1.0", "NPOINTS     ": "1024.",
        "XUNITS      ": unit, "DATATYPE    ": kind, "XPERCHAN    ": f"{0.01 * scale}", "OFFSET      ": f"{-0.1 * scale}",
        "SIGNALTYPE  ": "EDS", "LIVETIME  -s": "60.0", "BEAMKV   -kV": "5.0",
    }  # fmt: skip
    header |= changes or {}
    lines = [f"#{key}: {value}" for key, value in header.items()] + ["#SPECTRUM    : Spectral Data Starts Here"]
    if kind == "XY":
        lines += [f"{scale * e:.4f}, {c:.1f}" for e, c in zip(ENERGY, COUNTS, strict=True)]
    else:
        texts = [f"{c:.1f}" for c in COUNTS]
        lines += [", ".join(texts[at : at + per_row]) + "," for at in range(0, len(texts), per_row)]
    return "\r\n".join([*lines, "#ENDOFDATA   : "])


def spx(channels: str | None = None, calibration: str = "<CalibAbs>-0.1</CalibAbs><CalibLin>0.01</CalibLin>") -> str:
    listed = ",".join(f"{c:.0f}" for c in COUNTS) if channels is None else channels
    inner = f"<LifeTime>60000</LifeTime>{calibration}<PrimaryEnergy>5</PrimaryEnergy><Channels>{listed}</Channels>"
    return f'<?xml version="1.0"?><TRTSpectrum><ClassInstance Type="TRTSpectrum">{inner}</ClassInstance></TRTSpectrum>'


def saved(folder: Path, text: str, name: str = "point") -> Path:
    (folder / name).write_text(text, "utf-8", newline="")
    return folder / name


# as ISO 22029 has them since 2022, and as microscopes write them
OTHERS = [
    emsa(unit="eV", changes={"XUNITS      ": "Energy (eV)"}),
    emsa("XY", changes={"XUNITS      ": "Energy, keV", "SIGNALTYPE  ": "EDS_SEM"}),
    emsa(changes={"SIGNALTYPE  ": "EDX"}),
]


@pytest.mark.parametrize(
    "text", [emsa(), emsa("XY"), emsa(unit="eV"), emsa("XY", "eV"), emsa(per_row=5), spx(), *OTHERS]
)
def test_each_layout_gives_the_spectrum_it_was_written_from(tmp_path: Path, text: str) -> None:
    path = saved(tmp_path, text)
    (contents,) = open_file(path)
    assert contents.technique.name == "eds_spectrum"
    found = contents.measurements[0]
    np.testing.assert_allclose(found.energy_keV, ENERGY, atol=1e-9)
    np.testing.assert_array_equal(found.counts, COUNTS)
    assert (found.live_time_s, found.beam_keV) == (60.0, 5.0)
    assert not found.ingest.warnings


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (emsa(changes={"SIGNALTYPE  ": "ELS"}), "type ELS, not EDS"),
        (emsa(changes={"XUNITS      ": "nm"}), "no energy"),
        (emsa(changes={"XUNITS      ": "", "SIGNALTYPE  ": ""}), "do not say in which unit"),
        (emsa(changes={"XPERCHAN    ": "x"}), "XPERCHAN or OFFSET is missing"),
        (emsa(changes={"XPERCHAN    ": "-0.01"}), "no detector does"),
        (emsa().partition("#SPECTRUM")[0], "0 channels"),
        (spx(channels="1,2,x"), "no number"),
        (spx(calibration=""), "no calibration"),
        (spx()[:-40], "broken XML"),
        ('<?xml version="1.0"?><!DOCTYPE a><TRTSpectrum/>', "document type"),
        ("energy counts\n1 2\n", "no X-ray spectrum"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(FileFormatError, match=said):
        read_xray_spectrum(saved(tmp_path, text))


def test_a_spectrum_cut_short_and_rates_are_said(tmp_path: Path) -> None:
    short = read_xray_spectrum(saved(tmp_path, emsa().rpartition("\r\n")[0].rsplit("\r\n", 100)[0]))
    assert short.ingest is not None
    assert "says 1024 points, 924 were found" in short.ingest.warnings[0]
    rates = read_xray_spectrum(saved(tmp_path, emsa().replace(f"\r\n{COUNTS[500]:.1f},", "\r\n0.25,", 1)))
    assert rates.ingest is not None
    assert "no whole counts" in rates.ingest.warnings[0]


def test_the_lines_that_are_there_are_seen_and_no_others(tmp_path: Path) -> None:
    found = spectrum_lines(read_xray_spectrum(saved(tmp_path, emsa())))
    seen = {one.line: one for one in found.lines if one.seen}
    assert {"O Ka", "F Ka", "Cl Ka"} <= set(seen)
    for line, energy in zip(("O Ka", "F Ka", "Cl Ka"), LINES, strict=True):
        inside = 0.9075 * LINES[energy]  # of a Gaussian of 70 eV full width, within 50 eV on either side
        assert seen[line].net_counts == pytest.approx(inside, rel=0.08)
    assert any("Fe La" in text for text in seen["F Ka"].overlaps)  # named, since EDS cannot tell them apart
    far = {one.line for one in found.lines if one.seen and min(abs(one.energy_keV - e) for e in LINES) > 0.08}
    assert not far


def test_nothing_is_seen_in_a_continuum_alone() -> None:
    flat = np.random.default_rng(2).poisson(100.0, 500).astype(float)
    assert clipped(flat, 20) == pytest.approx(100.0 - 20.0, abs=25.0)


def test_the_verb(tmp_path: Path) -> None:
    path = saved(tmp_path, emsa(), "point.msa")
    status, out, _ = ionweld("eds", "spectrum", path, "--out", tmp_path / "point.csv")
    assert status == 0
    assert "O Ka" in out
    assert "no atomic percent" in out
    assert (tmp_path / "point.csv").read_text().startswith("Energy / keV,Counts / 1,Continuum / 1")
    status, out, _ = ionweld("eds", "spectrum", path, "--json")
    assert json.loads(out)["live_time_s"] == 60.0
    status, out, _ = ionweld("look", path, "--json")
    assert json.loads(out)["items"][0]["kind"] == "X-ray spectrum"
