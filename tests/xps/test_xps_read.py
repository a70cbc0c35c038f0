"""XPS readers: real files of every format, the same spectra written by another hand, and mutated files."""

import random
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from data_files import real_file

from ionweld.errors import FileFormatError, InputError
from ionweld.read import open_file
from ionweld.read.xps import read_xps
from ionweld.read.xps.names import line_name

REAL = {
    "xps/phi_versaprobe_multipak.npl": ["C 1s", "O 1s", "S 2p", "N 1s", "Mo 3d"],
    "xps/axis_supra_leading_blank_lines.vms": ["survey", "Ni 2p", "O 1s", "C 1s", "W 4f"],
    "xps/phi_sno2_crlf_header.spe": ["survey"],
    "xps/pet_c1s_three_components.csv": ["C 1s"],
    "xps/au_4f_doublet.csv": [""],
}


@pytest.mark.parametrize("name", REAL)
def test_every_real_file_is_read(name: str) -> None:
    measurement = read_xps(real_file(name))
    assert [region.label for region in measurement.regions] == REAL[name]
    for region in measurement.regions:
        assert region.binding_energy_eV.shape == region.intensity.shape
        assert np.all(np.isfinite(region.intensity))
    assert measurement.ingest is not None
    assert measurement.ingest.sha256 == measurement.provenance.sha256


def test_multipak_vamas_says_energies_dwell_and_unit() -> None:
    carbon = read_xps(real_file("xps/phi_versaprobe_multipak.npl")).regions[0]
    assert carbon.binding_energy_eV[0] == 305.0
    assert carbon.binding_energy_eV[-1] == pytest.approx(275.0)
    assert (carbon.intensity_unit, carbon.dwell_s, carbon.sweeps) == ("counts/s", 0.4, 1)
    counts = carbon.intensity * 0.4
    np.testing.assert_allclose(counts, np.rint(counts), atol=1e-6)  # so the dwell is the right one


def test_kratos_vamas_turns_kinetic_into_binding_energies_and_keeps_the_transmission() -> None:
    measurement = read_xps(real_file("xps/axis_supra_leading_blank_lines.vms"))
    oxygen = measurement.regions[2]
    assert oxygen.binding_energy_eV[0] == pytest.approx(545.0)
    assert oxygen.energy_from == "photon energy - kinetic energy"
    assert oxygen.transmission is not None
    assert np.all(oxygen.transmission > 0)
    assert measurement.ingest is not None
    assert "2 blank lines" in measurement.ingest.warnings[0]


def test_phi_binary_is_the_same_with_lf_in_its_header(tmp_path: Path) -> None:
    original = real_file("xps/phi_sno2_crlf_header.spe")
    head, tail = original.read_bytes().split(b"EOFH\r\n")
    copy = tmp_path / "lf.spe"
    copy.write_bytes(head.replace(b"\r\n", b"\n") + b"EOFH\n" + tail)
    one, other = read_xps(original).regions[0], read_xps(copy).regions[0]
    np.testing.assert_array_equal(one.intensity, other.intensity)
    assert (one.dwell_s, one.pass_energy_eV, one.binding_energy_eV[0]) == (0.12, 224.0, 1400.0)
    counts = one.intensity * 0.12
    np.testing.assert_allclose(counts, np.rint(counts), atol=0.02)


def test_phi_binary_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    data = real_file("xps/phi_sno2_crlf_header.spe").read_bytes()
    for length in (100, 5000, len(data) - 4):
        cut = tmp_path / "cut.spe"
        cut.write_bytes(data[:length])
        with pytest.raises(FileFormatError, match="PHI file"):
            read_xps(cut)


def vamas(regular: bool, energies: np.ndarray, counts: np.ndarray) -> str:
    """Write one XPS block in the standard's order of lines (Dench, Hazell and Seah 1988)."""
    head = ["VAMAS Surface Chemical Analysis Standard Data Transfer Format 1988 May 4", "lab", "tool", "me", "exp", "0"]
    head += ["NORM", "REGULAR" if regular else "IRREGULAR", "1", "0", "0", "0", "0", "0", "1"]
    block = [
        "b1",
        "s",
        "2020",
        "1",
        "2",
        "3",
        "4",
        "5",
        "0",
        "1",
        "a comment",
        "XPS",
        "Al",
        "1486.6",
        "1",
        "1E+37",
        "0",
    ]
    block += ["0", "0", "FAT", "20", "1", "0", "0", "0", "0", "0", "0", "C", "1s", "-1"]
    if regular:
        block += ["binding energy", "eV", f"{energies[0]}", f"{energies[1] - energies[0]}", "1", "counts", "d"]
        values = [f"{count:.0f}" for count in counts]
    else:
        block += ["2", "binding energy", "eV", "counts", "d"]
        values = [text for e, c in zip(energies, counts, strict=True) for text in (f"{e}", f"{c:.0f}")]
    block += ["pulse counting", "0.5", "4", "0", "0", "0", "0", "0", f"{len(values)}"]
    block += ["0", "1"] * (1 if regular else 2) + values
    return "\n".join([*head, *block, "end of experiment"])


@pytest.mark.parametrize("regular", [True, False])
@pytest.mark.parametrize(("ending", "name"), [("\n", "a.vms"), ("\r\n", "a.txt")])
def test_generated_vamas(tmp_path: Path, regular: bool, ending: str, name: str) -> None:
    energies, counts = np.linspace(290.0, 280.0, 101), np.arange(101) + 5.0
    path = tmp_path / name
    path.write_bytes(vamas(regular, energies, counts).replace("\n", ending).encode())
    region = read_xps(path).regions[0]
    np.testing.assert_allclose(region.binding_energy_eV, energies, atol=1e-9)
    np.testing.assert_array_equal(region.intensity, counts)
    assert (region.label, region.dwell_s, region.sweeps, region.pass_energy_eV) == ("C 1s", 0.5, 4, 20.0)


CASA = """Cycle 0:C 1s
Name\tC 1s
Characteristic Energy eV\t1486.69\tAcquisition Time s\t0.25
K.E.\tCounts\tBackground\tEnvelope\tB.E.\tCPS
"""
COMMA = "Energie / eV;Intensität C1s\n"
MULTIPAK = "1\nC1s\n,\n{c}\n\nO1s\n,\n{o}\n"


def test_generated_casaxps_text(tmp_path: Path) -> None:
    energies = np.linspace(290.0, 280.0, 41)
    rows = "\n".join(f"{1486.69 - e:.3f}\t{100 + i}\t90\t99\t{e:.3f}\t{4 * (100 + i)}" for i, e in enumerate(energies))
    path = tmp_path / "casa.txt"
    path.write_text(CASA + rows)
    region = read_xps(path).regions[0]
    np.testing.assert_allclose(region.binding_energy_eV, energies, atol=1e-3)
    np.testing.assert_array_equal(region.intensity, 100.0 + np.arange(41))
    assert (region.label, region.intensity_unit, region.dwell_s) == ("C 1s", "counts", 0.25)


def test_decimal_comma_and_western_encoding(tmp_path: Path) -> None:
    path = tmp_path / "comma.csv"
    rows = "\n".join(f"{280 + 0.1 * i:.2f};{10 + i},5".replace(".", ",") for i in range(30))
    path.write_bytes((COMMA + rows).encode("cp1252"))
    measurement = read_xps(path)
    region = measurement.regions[0]
    np.testing.assert_allclose(region.intensity, 10.5 + np.arange(30))
    assert region.binding_energy_eV[1] == pytest.approx(280.1)
    assert measurement.ingest is not None
    assert measurement.ingest.decimal_mark == ","


def test_multipak_csv_with_two_regions(tmp_path: Path) -> None:
    carbon = "\n".join(f"{290 - 0.1 * i:.2f},{i + 1}" for i in range(40))
    oxygen = "\n".join(f"{540 - 0.1 * i:.2f},{i + 2}" for i in range(50))
    path = tmp_path / "multipak.csv"
    path.write_text(MULTIPAK.format(c=carbon, o=oxygen))
    regions = read_xps(path).regions
    assert [(region.label, len(region.intensity)) for region in regions] == [("C 1s", 40), ("O 1s", 50)]


def test_kinetic_energies_without_photon_energy_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "kinetic.csv"
    path.write_text("E_kin,intensity\n" + "\n".join(f"{80 + i},{i}" for i in range(20)))
    with pytest.raises(FileFormatError, match="photon energy is not given"):
        read_xps(path)


@pytest.mark.parametrize(
    ("text", "line"),
    [("C1s", "C 1s"), ("InPET_C1s", "C 1s"), ("O 1s scan", "O 1s"), ("Su1s", "survey"), ("Wide", "survey"),
     ("Au4f7/2", "Au 4f"), ("intensity", ""), ("", "")],
)  # fmt: skip
def test_line_names(text: str, line: str) -> None:
    assert line_name(text) == line


def mutate(data: bytes, draw: random.Random) -> bytes:
    """Damage a file as transfers and editors do: flip, cut, repeat, or replace a number by another token."""
    kind = draw.randrange(6)
    at, other = sorted((draw.randrange(len(data)), draw.randrange(len(data))))
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + bytes([draw.randrange(256)]) + data[at + 1 :]
    if kind == 2:
        return data[:at] + data[other:]
    if kind == 3:
        return data[:other] + data[at:other] + data[other:]
    token = draw.choice([b"nan", b"-1", b"1e99", b"abc", b"", b"999999999", b"0", b"1E+37", b"\x00"])
    if kind == 4:
        lines = data.split(b"\n")
        lines[draw.randrange(min(len(lines), 400))] = token
        return b"\n".join(lines)
    return data[:at] + token + data[at + draw.randrange(8) :]


@pytest.mark.parametrize("name", REAL)
def test_mutated_real_files_are_read_or_refused_with_a_message(name: str, tmp_path: Path) -> None:
    data = real_file(name).read_bytes()
    draw = random.Random(name)
    path = tmp_path / "mutated"
    for _ in range(200):
        path.write_bytes(mutate(data, draw))
        with suppress(InputError):  # anything else is a fault of the reader
            for region in read_xps(path).regions:
                assert region.binding_energy_eV.shape == region.intensity.shape
                assert np.all(np.isfinite(region.binding_energy_eV))
                assert np.all(np.isfinite(region.intensity))


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Avantage"),
        (b"\x05\x00\x1f\x2b" + bytes(400), "Igor"),
        (b"\x00\x05\x1f\x2b" + bytes(400), "Igor"),
        (b"SOFH\nPlatform: Windows\nFileType: DEPTHPRO\nEOFH\n" + bytes(400), "DEPTHPRO"),
    ],
)
def test_whole_files_of_other_programs_are_named_and_not_called_damaged(
    tmp_path: Path, data: bytes, named: str
) -> None:
    path = tmp_path / "surface.dat"
    path.write_bytes(data)
    with pytest.raises(FileFormatError, match=named):
        read_xps(path)


ENERGIES = [295.0 - 0.1 * n for n in range(160)]
SIGNAL = [500.0 + 4000.0 * 2.0 ** -((energy - 285.0) ** 2) for energy in ENERGIES]


def _rows(row: str) -> str:
    pairs = zip(ENERGIES, SIGNAL, strict=True)
    return "".join(
        row.format(be=be, ke=1486.71 - be, n=n, comma=f"{be:.2f};{n:.0f}".replace(".", ",")) for be, n in pairs
    )


@pytest.mark.parametrize(
    ("head", "row", "unit"),
    [
        ("C1s Scan\t\t\nBinding Energy (E)\t\tCounts / s\neV\t\tCounts / s\n", "{be:.2f}\t\t{n:.1f}\n", "counts/s"),
        (
            "Title,C1s Scan\nBinding Energy (E) [eV],Counts / s (Residuals × 0.5),Backgnd.,Envelope\n",
            "{be:.2f},{n:.1f},500,{n:.1f}\n", "counts/s",
        ),
        (
            ("# Region:  C1s\n# Excitation Energy:   1486.71\n# Energy Axis:         Kinetic Energy\n# Dwell Time:   0.1\n"
            "#\n# ColumnLabels: energy counts/s\n"), "{ke:.3f}  {n:.2f}\n", "counts/s",
        ),
        (
            "[Region 1]\nRegion Name=C1s\n\n[Info 1]\nExcitation Energy=1486.71\nEnergy Scale=Kinetic\n\n[Data 1]\n",
            " {ke:.4E}   {n:.4E}\n", "arbitrary",
        ),
        ("C 1s\nBindungsenergie (eV);Zähler\n", "{comma}\n", "arbitrary"),
        ("C1s\nB.E.,Counts\n", '{be:.2f},"{n:,.0f}"\n', "counts"),
    ],
)  # fmt: skip
def test_tables_of_other_programs(tmp_path, head, row, unit):
    path = tmp_path / "export.txt"
    path.write_text(head + _rows(row), "utf-8")
    (region,) = read_xps(path).regions
    assert (region.label, region.intensity_unit, len(region.intensity)) == ("C 1s", unit, 160)
    top = int(np.argmax(region.intensity))
    assert region.binding_energy_eV[top] == pytest.approx(285.0, abs=0.03)
    assert region.intensity[top] == pytest.approx(4500.0, abs=1.0)


SPECSLAB2 = (
    "# Region: {name}\n# Dwell Time: 0.2\n# Number of Scans: 5\n# Excitation Energy: {photon}\n# Kinetic Energy: 100\n"
)
LABELS = "# Cycle: 0, Curve: 0\n#\n# ColumnLabels: energy counts/s scaling\n#\n"


@pytest.mark.parametrize(
    "says",
    ["#   Kinetic Energy Axis:      yes\n", "# values in kinetic energy\n", "# Energy Scale = Kinetic\n"],
)
def test_kinetic_energies_however_the_header_says_them(tmp_path, says):
    path = tmp_path / "specs.xy"
    path.write_text(says + SPECSLAB2.format(name="C1s", photon=1486.71) + LABELS + _rows("{ke:.3f}  {n:.2f}  1\n"))
    (region,) = read_xps(path).regions  # the column of scaling factors is no spectrum
    assert region.binding_energy_eV[int(np.argmax(region.intensity))] == pytest.approx(285.0, abs=0.03)
    assert (region.intensity_unit, region.dwell_s, region.sweeps) == ("counts/s", 0.2, 5)


@pytest.mark.parametrize("says", ["#   Kinetic Energy Axis:      no\n", "#   Energy Axis: Binding Energy\n", ""])
def test_binding_energies_stay_as_written(tmp_path, says):
    path = tmp_path / "specs.xy"
    path.write_text(says + SPECSLAB2.format(name="C1s", photon=1486.71) + LABELS + _rows("{be:.3f}  {n:.2f}  1\n"))
    (region,) = read_xps(path).regions
    assert region.energy_from == "as written"
    assert region.binding_energy_eV[int(np.argmax(region.intensity))] == pytest.approx(285.0, abs=0.03)


def test_each_region_has_its_own_photon_energy_and_dwell(tmp_path):
    first = "# Energy Axis: Kinetic Energy\n# Region: C1s\n# Excitation Energy:            1486.71\n# Dwell Time:                   0.1\n"
    second = "# Region: O1s\n# Excitation Energy: 1000\n# Dwell Time: 0.4\n"
    rows = _rows("{ke:.3f}  {n:.2f}\n")
    (tmp_path / "two.xy").write_text(f"{first}# ColumnLabels: energy counts/s\n{rows}\n{second}{rows}")
    one, other = read_xps(tmp_path / "two.xy").regions
    assert (one.photon_energy_eV, other.photon_energy_eV) == (1486.71, 1000.0)
    assert (one.dwell_s, other.dwell_s) == (0.1, 0.4)
    np.testing.assert_allclose(one.binding_energy_eV - other.binding_energy_eV, 486.71, atol=1e-9)


@pytest.mark.parametrize(
    ("between", "label"),
    [
        ("# Cycle: 0, Curve: 0, Scan: 1\n#\n# ColumnLabels: energy counts/s\n", "C 1s"),
        ("# Cycle: 1, Curve: 0\n", "C 1s"),
        ("# Region: valley\n# Cycle: 0, Curve: 0, Scan: 0\n", ""),
        ("another sample\n", ""),
    ],
)
def test_a_further_scan_belongs_to_the_region_before_it(tmp_path, between, label):
    head = SPECSLAB2.format(name="C1s", photon=1486.71) + "# Cycle: 0, Curve: 0, Scan: 0\n"
    rows = _rows("{be:.3f}  {n:.2f}\n")
    (tmp_path / "scans.xy").write_text(f"{head}{rows}\n{between}{rows}")
    first, second = read_xps(tmp_path / "scans.xy").regions
    assert (first.label, second.label, first.sweeps) == ("C 1s", label, 1)


ENERGY, COUNTS = np.arange(294.0, 280.0, -0.5), np.arange(100.0, 128.0)


@pytest.mark.parametrize(
    ("head", "energy"),
    [
        ("结合能(eV),强度", ENERGY), ("結合エネルギー,強度", ENERGY), ("Binding energy,Counts", -ENERGY),
        ("X-ray source: Al K-alpha\nKinetic Energy (eV),Counts", 1486.6 - ENERGY),
        ("Source,Mg Ka\nÉnergie cinétique (eV),Counts", 1253.6 - ENERGY), ("hv = 1486.6 eV\n动能(eV),强度", 1486.6 - ENERGY),
    ],
)  # fmt: skip
def test_energies_are_binding_energies_in_any_words(tmp_path, head, energy):
    path = tmp_path / "words.csv"
    path.write_text(
        f"C 1s\n{head}\n" + "".join(f"{e:.2f},{c:.0f}\n" for e, c in zip(energy, COUNTS, strict=True)), encoding="utf-8"
    )
    (region,) = read_xps(path).regions
    np.testing.assert_allclose(region.binding_energy_eV, ENERGY, atol=1e-9)
    np.testing.assert_array_equal(region.intensity, COUNTS)


def test_kinetic_energies_in_chinese_ask_for_the_photon_energy_too(tmp_path):
    path = tmp_path / "words.csv"
    path.write_text("C 1s\n动能(eV),强度\n" + "".join(f"{1486.6 - e:.2f},1\n" for e in ENERGY), encoding="utf-8")
    with pytest.raises(FileFormatError, match="the photon energy is not given"):
        read_xps(path)


def test_a_row_of_units_below_the_names_hides_no_name(tmp_path):
    """Avantage writes them so; its fitted components and its background are no spectra of their own."""
    path = tmp_path / "scan.csv"
    rows = "".join(f"{e:.2f},{c:.0f},{c / 2:.0f},90\n" for e, c in zip(ENERGY, COUNTS, strict=True))
    path.write_text('"C1s Scan"\n\n"Binding Energy (E)","Counts / s","C1s Scan A","Backgnd."\n"eV","","",""\n' + rows)
    (region,) = read_xps(path).regions
    assert (region.label, region.intensity_unit) == ("C 1s", "counts/s")
    np.testing.assert_array_equal(region.intensity, COUNTS)


@pytest.mark.parametrize("head", ["c:\\data\\s1.spe\n\nC1s\n,,,\n", "C 1s\t\n", '"C_1s"\n'])
def test_a_table_under_the_name_of_a_line_alone_is_of_photoelectrons(tmp_path, head):
    path = tmp_path / "line.csv"
    path.write_text(head + "".join(f"{e:.2f},{c:.0f}\n" for e, c in zip(ENERGY, COUNTS, strict=True)))
    assert [contents.technique.name for contents in open_file(path)] == ["xps"]
