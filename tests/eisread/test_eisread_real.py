"""The real files: read as an independent few lines read them, also when re-encoded."""

import csv
import sys
from io import BytesIO

import numpy as np
import pytest
from data_files import real_file

from ionweld.errors import FileFormatError, MissingExtraError
from ionweld.read.eis import read_spectra

PELLETS = [f"eis/pellet_series/s04147-{celsius}deg.txt" for celsius in range(140, 201, 10)]
IN_LI, LI_LI = "eis/inli_lpscl_ncm_end_of_discharge.mpr", "eis/lili_tegdme_45_geis_sweeps.mpr"


def columns_after(path, begins, skip, delimiter, picked):
    """Return three columns of the rows that follow the line that begins with `begins`, and `skip` further lines."""
    lines = path.read_bytes().decode("latin-1").splitlines()
    first = max(n for n, line in enumerate(lines) if line.strip().strip('"').lstrip().startswith(begins)) + 1 + skip
    return np.array([[float(line.split(delimiter)[n]) for n in picked] for line in lines[first:]]).T


TEXTS = {
    "eis/autolab_fra_z60w.txt": ("Freq (Hz)", 0, ",", (0, 4, 5), 1),
    "eis/biologic_peis.mpt": ("freq/Hz", 0, "\t", (0, 1, 2), -1),
    "eis/gamry_eispot.DTA": ("ZCURVE", 2, "\t", (3, 4, 5), 1),
    "eis/zplot.z": ("End Comments", 0, "\t", (0, 4, 5), 1),
} | dict.fromkeys(PELLETS, ("Freq.", 0, "\t", (0, 1, 2), 1))


@pytest.mark.parametrize("name", TEXTS)
def test_a_real_text_is_read_to_the_last_digit(name):
    path = real_file(name)
    *where, sign = TEXTS[name]
    f, real, imaginary = columns_after(path, *where)
    (spectrum,) = read_spectra(path)
    np.testing.assert_array_equal(spectrum.frequency_Hz, f)
    np.testing.assert_array_equal(spectrum.impedance_ohm, real + 1j * sign * imaginary)
    assert spectrum.ingest.dropped == ()


@pytest.mark.parametrize("name", TEXTS)
def test_a_real_text_reads_the_same_in_every_dress(tmp_path, name):
    raw = real_file(name).read_bytes()
    text = raw.decode("utf-8-sig") if raw.startswith(b"\xef\xbb\xbf") else raw.decode("latin-1")
    (true,) = read_spectra(real_file(name))
    dresses = {
        "utf-16": text.encode("utf-16"),
        "utf-16-be": text.encode("utf-16-be"),
        "utf-8-sig": text.encode("utf-8-sig"),
        "crlf": text.replace("\n", "\r\n").encode("utf-8"),
        "cr": text.replace("\n", "\r").encode("utf-8"),
        "blank lines around": f"\n\n{text}\n\n\x1a".encode(),
        "nuls after": text.encode("latin-1") + b"\x00" * 512,
    }
    if "z60w" not in name:  # its columns are separated by commas
        dresses["decimal commas"] = text.replace(".", ",").replace("Freq,[Hz]", "Freq.[Hz]").encode("latin-1")
    for dress, data in dresses.items():
        path = tmp_path / "wrong.pdf"
        path.write_bytes(data)
        (spectrum,) = read_spectra(path)
        np.testing.assert_array_equal(spectrum.impedance_ohm, true.impedance_ohm, dress)
        np.testing.assert_array_equal(spectrum.frequency_Hz, true.frequency_Hz, dress)


def test_ten_sweeps_lose_only_their_sentinels():
    path = real_file("eis/inli_lpscl_ncm_10_sweeps.csv")
    with path.open() as file:
        rows = [row for row in csv.DictReader(file) if float(row["freq/Hz"]) > 0]
    spectra = read_spectra(path)
    assert len(spectra) == 10
    for loop, spectrum in enumerate(spectra):
        mine = [row for row in rows if row["loop_index"] == str(loop)]
        np.testing.assert_array_equal(spectrum.frequency_Hz, [float(row["freq/Hz"]) for row in mine])
        np.testing.assert_allclose(np.abs(spectrum.impedance_ohm), [float(row["|Z|/Ohm"]) for row in mine], rtol=1e-12)
        phase = np.degrees(np.angle(spectrum.impedance_ohm))
        np.testing.assert_allclose(phase, [float(row["Phase(Z)/deg"]) for row in mine], rtol=1e-9)
        assert spectrum.ingest.dropped[0].startswith("10 rows with a frequency of 0 Hz")
        assert spectrum.provenance.details == {"sweep": f"{loop + 1} of 10"}


def test_the_pellets_tell_their_temperature_in_their_names():
    spectra = [read_spectra(real_file(name))[0] for name in PELLETS]
    assert [spectrum.temperature_K for spectrum in spectra] == [t + 273.15 for t in range(140, 201, 10)]
    assert {spectrum.temperature_from for spectrum in spectra} == {"file name"}


def test_the_cut_zplot_file_says_so():
    (spectrum,) = read_spectra(real_file("eis/zplot.z"))
    assert spectrum.ingest.warnings == ("the file says it has 56 points, but 21 rows were found",)


@pytest.mark.parametrize("name", ["Arrhenius_Analysis_Report", "Batch_EISfit_Report", "Effective_Capacitance_Values"])
def test_a_report_of_numbers_is_no_spectrum(name):
    with pytest.raises(FileFormatError, match="Known formats"):
        read_spectra(real_file(f"eis/pellet_series/Example3_{name}.txt"))


def test_other_files_are_refused_by_what_they_are():
    for name, reason in (
        ("cycling/neware_small.ndax", "zip container"),
        ("xrd/panalytical_scan.xrdml", "no impedance"),
    ):
        with pytest.raises(FileFormatError, match=reason):
            read_spectra(real_file(name))


@pytest.mark.parametrize(("name", "sweeps", "points"), [(IN_LI, 1, 86), (LI_LI, 45, 9)])
def test_a_real_mpr_agrees_with_its_own_modulus_and_phase(name, sweeps, points):
    galvani = pytest.importorskip("galvani.BioLogic")
    data = galvani.MPRfile(BytesIO(real_file(name).read_bytes())).data
    polar = np.split(data["|Z|/Ohm"] * np.exp(1j * np.radians(data["Phase(Z)/deg"])), sweeps)
    spectra = read_spectra(real_file(name))
    assert [spectrum.frequency_Hz.size for spectrum in spectra] == [points] * sweeps
    for spectrum, expected in zip(spectra, polar, strict=True):
        np.testing.assert_allclose(spectrum.impedance_ohm, expected, rtol=2e-6)
        np.testing.assert_allclose(spectrum.frequency_Hz, spectra[0].frequency_Hz, rtol=1e-2)
        assert np.all(np.diff(spectrum.frequency_Hz) < 0)


def test_a_strange_settings_block_does_not_cost_the_data_of_an_mpr(tmp_path):
    pytest.importorskip("galvani")
    data = real_file(LI_LI).read_bytes()
    true = read_spectra(real_file(LI_LI))
    start, end = data.index(b"MODULEVMP Set"), data.index(b"MODULEVMP data")
    broken = {
        "date": data[:start] + data[start : start + 57].replace(b"08/11/23", b"99/99/99") + data[start + 57 :],
        "length": data[: start + 41] + b"\xff\xff\xff\x7f" + data[start + 45 :],
        "missing": data[:start] + data[end:],
        "log cut": data[:-300],
    }
    for fault, damaged in broken.items():
        assert damaged != data, fault
        path = tmp_path / "cell.mpr"
        path.write_bytes(damaged)
        spectra = read_spectra(path)
        assert any("besides the data could not be read" in warning for warning in spectra[0].ingest.warnings), fault
        for spectrum, original in zip(spectra, true, strict=True):
            np.testing.assert_array_equal(spectrum.impedance_ohm, original.impedance_ohm)


def test_an_mpr_cut_in_its_data_or_of_another_technique_is_refused(tmp_path):
    pytest.importorskip("galvani")
    path = tmp_path / "cut.mpr"
    for size in (30, 60, 1000, 12_000):
        path.write_bytes(real_file(LI_LI).read_bytes()[:size])
        with pytest.raises(FileFormatError, match="data module"):
            read_spectra(path)
    with pytest.raises(FileFormatError, match=r"no complete impedance: its columns are .*'Ewe/V'"):
        read_spectra(real_file("cycling/lili_tegdme_gcpl_rest.mpr"))


def test_without_the_extra_an_mpr_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "galvani", None)
    monkeypatch.setitem(sys.modules, "galvani.BioLogic", None)
    path = tmp_path / "anything.txt"
    path.write_bytes(b"BIO-LOGIC MODULAR FILE\x1a".ljust(48) + b"\x00" * 8)
    with pytest.raises(MissingExtraError, match=r"pip install 'ionweld\[biologic\]'"):
        read_spectra(path)
