"""Diffractogram and CIF readers: real files, generated ones of other origins, faults by name, and mutations."""

import random
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from data_files import real_file

from ionweld.errors import FileFormatError, InputError
from ionweld.measurement.pattern import Radiation
from ionweld.read.cif import read_cif
from ionweld.read.xrd import read_diffractogram

XRDML = """<?xml version="1.0" encoding="UTF-8"?>
<xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/2.1"><sample><id>s1</id><name>pellet</name></sample>
<xrdMeasurement><usedWavelength intended="K-Alpha 1"><kAlpha1 unit="Angstrom">1.789010</kAlpha1>
<kAlpha2 unit="Angstrom">1.792900</kAlpha2><ratioKAlpha2KAlpha1>0.5</ratioKAlpha2KAlpha1></usedWavelength>
<scan><dataPoints><positions axis="2Theta" unit="deg"><startPosition>10</startPosition>
<endPosition>20</endPosition></positions><counts unit="counts">COUNTS</counts></dataPoints></scan></xrdMeasurement>
</xrdMeasurements>"""


def rows(delimiter: str = "\t", mark: str = ".", count: int = 101) -> str:
    lines = [f"{10 + 0.1 * i:.2f}{delimiter}{100 + (i * 37) % 50}.5" for i in range(count)]
    return "\n".join(lines).replace(".", mark) + "\n"


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("name", "points", "first", "last", "wavelength"),
    [
        ("xrd/panalytical_scan.xrdml", 7181, 5.00475563, 124.99166689, 1.540598),
        ("xrd/rigaku.rasx", 2851, 3.0, 60.0, 1.540593),
        ("xrd/Mn2O3_LiF.xy", 9001, 10.0, 100.0, None),
        ("xrd/LiMnO2.xy", 9001, 10.0, 100.0, None),
    ],
)
def test_real_files(name, points, first, last, wavelength):
    scan = read_diffractogram(real_file(name))
    assert len(scan.counts) == points
    assert scan.two_theta_deg[[0, -1]] == pytest.approx([first, last])
    assert (scan.radiation.kalpha1 if scan.radiation else None) == wavelength
    assert scan.counts_are == "counts"


def test_a_real_file_keeps_its_first_counts():
    assert read_diffractogram(real_file("xrd/panalytical_scan.xrdml")).counts[:3] == pytest.approx([374, 401, 382])
    assert read_diffractogram(real_file("xrd/rigaku.rasx")).counts[:3] == pytest.approx([2589, 2684, 2505])


@pytest.mark.parametrize(
    "content",
    [
        rows(),
        rows(" "),
        rows(","),
        rows(";", ","),
        "\ufeff" + rows(),
        rows().replace("\n", "\r\n"),
        "sample A\n2theta;counts\n" + rows(";"),
        "# a comment\n\n" + rows("  "),
        "\n".join(reversed(rows().strip().split("\n"))) + "\n",
    ],
)
def test_text_columns_of_many_dialects(tmp_path, content):
    scan = read_diffractogram(write(tmp_path, "scan.dat", content))
    assert len(scan.counts) == 101
    assert scan.two_theta_deg[[0, -1]] == pytest.approx([10.0, 20.0])
    assert scan.counts[0] == pytest.approx(100.5)
    assert scan.radiation is None
    assert scan.counts_are == "intensity"


def test_a_header_may_name_the_wavelength(tmp_path):
    head = "Anode,Cu\nK-Alpha1 wavelength,1.540598\nK-Alpha2 wavelength,1.544426\nRatio K-Alpha2/K-Alpha1,0.50000\n"
    scan = read_diffractogram(write(tmp_path, "scan.csv", head + "Angle,Intensity\n" + rows(",")))
    assert scan.radiation == Radiation(1.540598, 1.544426, 0.5, "file header")
    head = "[Radiation]\nAnode=Cu\nAlpha1=1.54060\nAlpha2=1.54439\nAlpha12Ratio=0.5\n[Data]\nAngle,PSD\n"
    scan = read_diffractogram(write(tmp_path, "scan.txt", head + rows(",")))
    assert scan.radiation == Radiation(1.5406, 1.54439, 0.5, "file header")


def test_a_given_wavelength_replaces_the_files_and_the_report_says_so(tmp_path):
    path = write(tmp_path, "scan.xrdml", XRDML.replace("COUNTS", "5 " * 101))
    given = Radiation(1.540593, 1.544414, 0.5, "given: Cu")
    scan = read_diffractogram(path, given)
    assert scan.radiation == given
    assert scan.ingest is not None
    assert "1.789010" in scan.ingest.warnings[0]


@pytest.mark.parametrize(
    ("path", "crystal", "ratio"),
    [
        ("incidentBeamPath", "Ge", 0.0),
        ("incidentBeamPath", "Si", 0.0),
        ("incidentBeamPath", "Graphite", 0.5),
        ("diffractedBeamPath", "Ge", 0.5),
    ],
)
def test_a_crystal_in_the_incident_beam_leaves_one_wavelength(tmp_path, path, crystal, ratio):
    optics = f"<{path}><monochromator><crystal>{crystal}</crystal></monochromator></{path}>"
    text = XRDML.replace("<scan>", f"{optics}<scan>").replace("COUNTS", "5 " * 101)
    scan = read_diffractogram(write(tmp_path, "scan.xrdml", text))
    assert scan.radiation.kalpha2_ratio == ratio
    assert scan.radiation.kalpha1 == 1.78901
    assert len(scan.ingest.warnings) == (ratio == 0.0)


def test_xrdml_of_another_version_and_tube(tmp_path):
    scan = read_diffractogram(write(tmp_path, "anything.txt", XRDML.replace("COUNTS", "5 7 " * 50)))
    assert scan.radiation == Radiation(1.78901, 1.7929, 0.5, "file")
    assert scan.label == "pellet"
    assert scan.counts[:2] == pytest.approx([5, 7])


def rasx(profile: bytes, conditions: str = "<M><WavelengthKalpha1>1.54</WavelengthKalpha1></M>") -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Data0/Profile0.txt", profile)
        archive.writestr("Data0/MesurementConditions0.xml", conditions)
    return buffer.getvalue()


@pytest.mark.parametrize("scans", [1, 2, 12])
def test_a_rasx_of_several_scans_says_that_it_reads_the_first(tmp_path, scans):
    path = tmp_path / "map.rasx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(scans):
            rows = "".join(f"{10 + 0.02 * n:.4f}\t{100 * number + n}\t1\n" for n in range(60))
            archive.writestr(f"Data{number}/Profile{number}.txt", rows.encode("utf-8-sig"))
    scan = read_diffractogram(path)
    assert scan.counts[-1] == 59.0
    assert list(scan.ingest.warnings) == ([f"the file has {scans} scans; the first is read"] if scans > 1 else [])


def test_rasx_counts_are_multiplied_by_the_attenuator(tmp_path):
    profile = "".join(f"{10 + i * 0.1:.1f}\t{10 + i}\t{2 if i < 5 else 1}\n" for i in range(60))
    scan = read_diffractogram(write(tmp_path, "a.rasx", rasx(profile.encode("utf-8-sig"))))
    assert scan.counts[[0, 5]] == pytest.approx([20, 15])


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><xrdMeasurements>&c;</xrdMeasurements>'
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\x00" * 500, "empty"),
        (b"hello\nworld\n", "no rows of two numbers"),
        (rows(count=20).encode(), "a scan needs 50"),
        ((rows() + rows()).encode(), "several scans"),
        (rows().replace("100.5", "-5").encode(), "no scan"),
        (BOMB.encode(), "document type or entities"),
        (BOMB.encode("utf-16"), "document type or entities"),
        (b"<?xml version='1.0'?><html></html>", "another kind"),
        (b"<?xml version='1.0'?><xrdMeasurements>", "broken XML"),
        (b"<?xml version='1.0' encoding='nonsense'?><xrdMeasurements/>", "broken XML"),
        (XRDML.replace("COUNTS", "1 2 x").encode(), "no number"),
        (XRDML.replace("COUNTS", "").encode(), "missing or empty"),
        (
            XRDML.replace("<scan>", '<scan scanAxis="Phi">')
            .replace(
                "<startPosition>10</startPosition>\n<endPosition>20</endPosition>",
                "<commonPosition>27</commonPosition>",
            )
            .replace("COUNTS", "1 2 3")
            .encode(),
            "was scanned over Phi, not over 2 theta",
        ),
        (XRDML.replace('axis="2Theta"', 'axis="Phi"').replace("COUNTS", "1 2 3").encode(), "another axis"),
        (b"PK\x03\x04 not really", "broken zip"),
        (rasx(b"0" * 70_000_000), "unfolds"),
        (rasx(b"1\n" * 500_000), "lines"),
        (rasx(b"10 1 1\n" * 60), "do not rise"),
    ],
)
def test_faults_are_named(tmp_path, content, said):
    with pytest.raises(FileFormatError, match=said):
        read_diffractogram(write(tmp_path, "bad.file", content))


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    for path in (tmp_path / "none.xy", tmp_path):
        with pytest.raises(FileFormatError, match=str(path.name)):
            read_diffractogram(path)


def mutate(data: bytes, rng: random.Random) -> bytes:
    broken = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        kind, at = rng.randrange(6), rng.randrange(max(1, len(broken)))
        if kind == 0:
            broken[at : at + rng.randint(1, 4)] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 4)))
        elif kind == 1:
            del broken[at : at + rng.randint(1, 4000)]
        elif kind == 2:
            broken = broken[:at]
        elif kind == 3:
            broken[at:at] = broken[at : at + rng.randint(1, 2000)]
        elif kind == 4:
            broken[at:at] = rng.choice(
                [b"nan", b"1e999", b"-", b"\x00\x00", b"<a>", b"\xff\xfe", b",", b"&x;", b"'", b";"]
            )
        else:
            broken = bytearray(bytes(broken).replace(*rng.choice([(b".", b","), (b"\n", b"\r"), (b"\t", b" ")])))
    return bytes(broken)


def read_or_refusal(read, path: Path):
    """Return what the reader reads, or the message with which it refuses."""
    try:
        return read(path)
    except InputError as error:
        return str(error)


def shortened(path: Path) -> bytes:
    """Keep text files short, so that a thousand of them are read in seconds."""
    data = path.read_bytes()
    return b"\n".join(data.split(b"\n")[:400]) if path.suffix == ".xy" else data


@pytest.mark.parametrize("name", ["Mn2O3_LiF.xy", "LiMnO2.xy", "panalytical_scan.xrdml", "rigaku.rasx"])
def test_mutated_real_files_are_read_right_or_refused(tmp_path, name):
    original, rng = shortened(real_file(f"xrd/{name}")), random.Random(name)
    for number in range(350):
        path = write(tmp_path, f"{number % 3}.bin", mutate(original, rng))
        scan = read_or_refusal(read_diffractogram, path)
        if isinstance(scan, str):
            assert str(path) in scan
            continue
        assert np.all(np.isfinite(scan.counts))
        assert np.all(np.diff(scan.two_theta_deg) > 0)
        assert scan.counts.min() >= 0.0


@pytest.mark.parametrize("name", ["LiF_225.cif", "Mn2O3_206.cif"])
def test_mutated_real_cifs_are_read_right_or_refused(tmp_path, name):
    original, rng = real_file(f"xrd/{name}").read_bytes(), random.Random(name)
    for number in range(400):
        path = write(tmp_path, f"{number % 3}.cif", mutate(original, rng))
        phase = read_or_refusal(read_cif, path)
        if isinstance(phase, str):
            assert str(path) in phase
            continue
        assert phase.density >= 0.0
        assert len(phase.sites) > 0


def test_real_cifs():
    lif, mn2o3 = (read_cif(real_file(f"xrd/{name}")) for name in ("LiF_225.cif", "Mn2O3_206.cif"))
    assert (lif.lattice, len(lif.sites), lif.cell[0]) == ("cubic", 8, 4.067)
    assert (mn2o3.lattice, len(mn2o3.sites)) == ("cubic", 80)
    assert lif.sites[0].species == "Li"  # the file's "Li0+" is a neutral atom


CIF = """data_global
_journal_name_full 'An O'Hara journal'
_publ_section_title
;
 A title; with a semicolon
;
data_NaCl
_symmetry_space_group_name_H-M 'F m -3 m'
_cell_length_a 5.6402(2)
_cell_length_b 5.6402(2)
_cell_length_c 5.6402(2)
_cell_angle_alpha 90
_cell_angle_beta 90.
_cell_angle_gamma 90
loop_
_space_group_symop_operation_xyz
'x,y,z' 'x,y+1/2,z+1/2' 'x+1/2,y,z+1/2' 'x+1/2,y+1/2,z' '-x,-y,-z'
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_U_iso_or_equiv
Na1 Na+ 0 0 0 0.01 # a comment
Cl1 Cl- 0.5 0.5 0.5 ?
"""


def test_a_cif_with_symmetry_quotes_and_text_fields(tmp_path):
    phase = read_cif(write(tmp_path, "salt.cif", CIF))
    assert (phase.name, phase.lattice, len(phase.sites)) == ("salt", "cubic", 8)
    assert phase.cell[0] == pytest.approx(5.6402)
    assert {site.species for site in phase.sites} == {"Na1+", "Cl1-"}
    assert phase.sites[0].b_iso == pytest.approx(8 * np.pi**2 * 0.01)
    assert phase.density == pytest.approx(2.163, abs=0.01)  # rock salt, handbook


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("_cell_length_a 5.6402(2)", "", "no _cell_length_a"),
        ("_cell_length_b 5.6402(2)", "_cell_length_b wide", "no number"),
        ("_cell_length_b 5.6402(2)", "_cell_length_b 0", "no crystal"),
        ("'-x,-y,-z'", "'-x,-y,-w'", "no symmetry operation"),
        ("_space_group_symop_operation_xyz", "_other", "no symmetry operations"),
        ("Cl1 Cl- 0.5", "Cl1 Zz- 0.5", "no chemical element"),
        ("_atom_site_fract_x", "_atom_site_x", "no atom sites"),
        ("Na+ 0 0 0", "Na+ 0 0 oops", "no number"),
    ],
)
def test_faults_of_a_cif_are_named(tmp_path, old, new, said):
    assert old in CIF
    with pytest.raises(FileFormatError, match=said):
        read_cif(write(tmp_path, "bad.cif", CIF.replace(old, new)))


ATTENUATED = XRDML.replace('<counts unit="counts">', "<beamAttenuationFactors>FACTORS</beamAttenuationFactors><counts>")


def test_counts_behind_the_attenuator_are_multiplied_by_its_factor_and_intensities_are_not(tmp_path):
    counts, factors = ["100"] * 101, ["1"] * 101
    factors[40] = "56.9"
    text = ATTENUATED.replace("COUNTS", " ".join(counts)).replace("FACTORS", " ".join(factors))
    scan = read_diffractogram(write(tmp_path, "a.xrdml", text))
    assert scan.counts[40] == pytest.approx(5690.0)
    assert scan.counts[39] == 100.0
    assert "1 point was measured through the attenuator" in scan.ingest.warnings[0]
    corrected = text.replace("<counts>", "<intensities>").replace("</counts>", "</intensities>")
    scan = read_diffractogram(write(tmp_path, "b.xrdml", corrected))
    assert scan.counts[40] == 100.0
    assert not scan.ingest.warnings


@pytest.mark.parametrize("factors", ["1 1 1", "0 " * 101, "nan " * 101])
def test_factors_that_fit_no_scan_are_refused(tmp_path, factors):
    text = ATTENUATED.replace("COUNTS", "100 " * 101).replace("FACTORS", factors)
    with pytest.raises(FileFormatError, match="attenuation"):
        read_diffractogram(write(tmp_path, "a.xrdml", text))


def test_the_attenuated_scan_keeps_its_strongest_line():
    scan = read_diffractogram(real_file("faults/characterisation/xrd_counts_with_attenuator.xrdml"))
    assert scan.counts.max() == 37_700.0  # 377 counts behind a factor of 100; 18702 is the flank beside it


def test_a_cif_of_quotes_that_close_nowhere_is_refused_in_no_time(tmp_path):
    from time import process_time

    from ionweld.read.cif import read_cif

    before = process_time()
    for name, text in (("quotes", " 'a" * 100_000), ("digits", "_cell_length_a " + "1" * 30_000 + "x")):
        path = tmp_path / f"{name}.cif"
        path.write_text(f"data_x\n{text}\n")
        with pytest.raises(FileFormatError):
            read_cif(path)
    assert process_time() - before < 2.0


@pytest.mark.parametrize(
    ("row", "head"),
    [
        ("{x:.2f}\t{n:,}", ""),
        ("{x:.2f},{n:,}", "2theta,counts"),
        ('{x:.2f},"{n:,}"', "2theta,counts"),
        ("{x:.2f} {n:,}", ""),
        ("{x:.2f};{n:,}", ""),
        ("{x:.2f}\t{n:_}", ""),  # a blank between thousands, below
        ("{comma};{n:.}", "Winkel;Impulse"),
    ],
)
def test_marks_between_thousands_of_counts_are_taken_out_and_said(tmp_path, row, head):
    angles = 20.0 + 0.02 * np.arange(200)
    counts = (40 + 20000 * np.exp(-(((angles - 22.0) / 0.5) ** 2))).astype(int)
    counts[5:9] = (1050, 2007, 999, 1000)
    lines = [head] if head else []
    for x, n in zip(angles, counts, strict=True):
        marked = f"{n:,}"
        pattern = row.replace("{n:_}", marked.replace(",", "\u00a0")).replace("{n:.}", marked.replace(",", "."))
        lines.append(pattern.format(x=x, n=n, comma=f"{x:.2f}".replace(".", ",")))
    path = tmp_path / "scan.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    scan = read_diffractogram(path)
    assert np.array_equal(scan.counts, counts)
    assert scan.two_theta_deg == pytest.approx(angles)
    assert any("thousands" in said for said in scan.ingest.warnings)


@pytest.mark.parametrize("third", ["120", "7.5", "1.25"])
def test_three_columns_of_numbers_are_no_thousands(tmp_path, third):
    path = tmp_path / "scan.csv"
    path.write_text("".join(f"{20 + 0.02 * n:.2f},{100 + n % 7},{third}\n" for n in range(200)), "utf-8")
    scan = read_diffractogram(path)
    assert scan.counts.max() == 106
    assert not scan.ingest.warnings
