"""`look`: any file or folder, zip members too: what it is, three numbers, one figure, how to go on."""

import gzip
import json
import shlex
import shutil
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZipFile, ZipInfo

import numpy as np
import polars as pl
import pytest
from command_line import Answer, ionweld
from data_files import real_file
from PIL import Image
from project_bench import follow, write_cycling_file, write_spectrum_file

import ionweld as iw
from ionweld.read.find import LARGEST_RATIO, find_files, shown


def look(out: Path, *paths: object, status: int = 0) -> dict[str, dict]:
    answer = ionweld("look", *paths, "--out", out, "--json")
    assert answer.status == status, answer.err
    return {Path(item["path"]).name: item for item in answer.document["items"]}


def numbers(item: dict) -> dict[str, float | None]:
    return {one["name"]: one["value"] for one in item["numbers"]}


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    write_cycling_file(tmp_path / "in" / "test.csv", 1)
    write_spectrum_file(tmp_path / "in" / "eis.csv", 4000.0)
    x = np.arange(10.0, 60.0, 0.05)
    counts = np.round(100 + 5000 * np.exp(-(((x - 38.02) / 0.08) ** 2)) + 800 * np.exp(-(((x - 21.5) / 0.08) ** 2)))
    (tmp_path / "in" / "scan.xy").write_text(
        "# wavelength 1.540598\n" + "".join(f"{a:.2f} {c:.0f}\n" for a, c in zip(x, counts, strict=True))
    )
    wavenumber = np.arange(4000.0, 600.0, -2.0)
    band = 0.8 * np.exp(-(((wavenumber - 3570.0) / 30.0) ** 2))
    (tmp_path / "in" / "ir.csv").write_text(
        "cm-1,absorbance\n" + "".join(f"{a},{b:.5f}\n" for a, b in zip(wavenumber, band, strict=True))
    )
    energy = np.arange(295.0, 280.0, -0.1)
    (tmp_path / "in" / "c1s.csv").write_text(
        "B.E. (eV),C1s counts\n" + "".join(f"{e:.1f},{300 + 2000 * np.exp(-((e - 284.8) ** 2)):.0f}\n" for e in energy)
    )
    grey = np.random.default_rng(1).integers(0, 9, (30, 40)).astype(np.uint8)
    Image.fromarray(grey).save(tmp_path / "in" / "F_Ka.tif")
    (tmp_path / "in" / "notes.md").write_text("# what I did\n")
    return tmp_path / "in"


def test_every_technique_gets_its_three_numbers_a_figure_and_the_verb_that_goes_on(inbox, tmp_path):
    shutil.copy(real_file("faults/characterisation/sem_zeiss_two_sizes.tif"), inbox / "sem.tif")
    before = sorted(inbox.rglob("*"))
    items = look(tmp_path / "out", inbox)
    assert sorted(inbox.rglob("*")) == before  # nothing is written into a user's folder
    kinds = {
        "test.csv": "cycling", "eis.csv": "impedance", "scan.xy": "diffractogram", "ir.csv": "infrared spectrum",
        "c1s.csv": "photoelectron spectra", "F_Ka.tif": "element map", "sem.tif": "micrograph", "notes.md": "not data",
    }  # fmt: skip
    assert {name: item["kind"] for name, item in items.items()} == kinds
    for name, item in items.items():
        if name != "notes.md":
            assert len(item["numbers"]) == 3, name
            assert all((one["value"] is None) == bool(one["why"]) for one in item["numbers"]), name
            assert item["next"].startswith("ionweld "), name
            figure = Path(item["figure"])
            assert figure.read_bytes()[:4] == b"\x89PNG"
            assert "<svg" in figure.with_suffix(".svg").read_text(encoding="utf-8")
            assert pl.read_csv(figure.with_suffix(".csv")).height > 10
    assert numbers(items["test.csv"])["whole cycles"] == 3
    assert numbers(items["test.csv"])["median polarisation"] == pytest.approx(50.1, abs=0.1)
    assert numbers(items["eis.csv"])["Re Z at 1 Hz"] == pytest.approx(4000.0, rel=1e-3)
    assert numbers(items["scan.xy"])["strongest line at 2 theta"] == pytest.approx(38.0, abs=0.05)
    assert numbers(items["scan.xy"])["its spacing"] == pytest.approx(1.540598 / 2 / np.sin(np.radians(19.0)), rel=2e-3)
    assert numbers(items["scan.xy"])["lines that stand out"] == 2
    assert numbers(items["ir.csv"])["strongest band"] == pytest.approx(3570.0, abs=2.0)
    assert numbers(items["c1s.csv"])["peak of C 1s, as written"] == pytest.approx(284.8, abs=0.1)
    assert numbers(items["F_Ka.tif"])["F Ka per pixel"] == pytest.approx(4.0, abs=0.4)


def test_the_verb_that_goes_on_asks_for_what_the_file_itself_does_not_say(inbox, tmp_path):
    for place in ("xrd/panalytical_scan.xrdml", "xrd/LiMnO2.xy", "faults/characterisation/sem_zeiss_two_sizes.tif"):
        shutil.copy(real_file(place), inbox)
    Image.fromarray(np.random.default_rng(2).integers(0, 99, (400, 500)).astype(np.uint8)).save(inbox / "plain.png")
    items = look(tmp_path / "out", inbox)
    asked = {name: item["next"].partition(" --")[2].partition(" ")[0] for name, item in items.items()}
    assert asked["panalytical_scan.xrdml"] == asked["scan.xy"] == asked["sem_zeiss_two_sizes.tif"] == ""
    assert (asked["LiMnO2.xy"], asked["plain.png"]) == ("wavelength", "scale")


def test_the_text_says_the_same_and_needs_no_option(inbox, tmp_path, monkeypatch):
    monkeypatch.chdir(inbox)
    before = sorted(inbox.rglob("*"))
    answer = ionweld("look", "scan.xy", "notes.md")
    assert answer.status == 0
    for text in ("diffractogram", "strongest line at 2 theta 38", "next: ionweld xrd fit", "notes.md: not data"):
        assert text in answer.out
    assert sorted(inbox.rglob("*")) == before
    figure = next(line.split(": ")[1] for line in answer.out.splitlines() if "figure" in line)
    assert Path(figure).exists()
    shutil.rmtree(Path(figure).parent)


def test_members_of_a_zip_are_looked_at_one_by_one(inbox, tmp_path):
    with ZipFile(tmp_path / "week.zip", "w", ZIP_DEFLATED) as archive:
        for file in inbox.iterdir():
            archive.write(file, f"monday/{file.name}")
        archive.writestr("__MACOSX/monday/._scan.xy", b"shadow")
    items = look(tmp_path / "out", tmp_path / "week.zip")
    assert items["scan.xy"]["kind"] == "diffractogram"
    assert items["test.csv"]["kind"] == "cycling"
    assert items["scan.xy"]["path"].endswith("week.zip:monday/scan.xy")


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def _refused(answer: Answer) -> str:
    assert answer.status == 2
    assert "Traceback" not in answer.err
    return answer.err + answer.out


@pytest.mark.parametrize(
    "name", ["../../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "C:\\evil.csv", "..\\evil.csv"]
)
def test_a_member_that_names_a_place_outside_is_refused_and_the_others_are_taken(inbox, tmp_path, name):
    data = (inbox / "test.csv").read_bytes()
    path = _zip(tmp_path / "z.zip", {name: data, "good.csv": data})
    assert "outside of its archive" in _refused(ionweld("look", path, "--out", tmp_path / "out"))
    done = ionweld("ingest", path, "--project", tmp_path / "P", "--json")
    assert [item["name"] for item in done.document["stored"]] == ["good.csv"]
    assert not list(tmp_path.rglob("evil.csv"))


@pytest.mark.parametrize("method", [ZIP_DEFLATED, ZIP_LZMA, ZIP_BZIP2])
def test_a_member_that_cannot_be_unpacked_costs_itself_alone(inbox, tmp_path, method):
    good = (inbox / "test.csv").read_bytes()
    with ZipFile(tmp_path / "z.zip", "w", method) as archive:
        for name in ("bad.csv", "good.csv"):
            archive.writestr(name, good)
    packed = bytearray((tmp_path / "z.zip").read_bytes())
    packed[60:120] = bytes(60 * [0xFF])  # within the first member
    (tmp_path / "z.zip").write_bytes(packed)
    found = {seen.path.rpartition(":")[2]: seen for seen in iw.look(tmp_path / "z.zip")}
    assert found["good.csv"].kind == "cycling"
    assert found["bad.csv"].kind == "not read"
    assert "cannot be read" in found["bad.csv"].warnings[0]


def test_a_zip_bomb_a_link_and_a_broken_archive_are_refused(inbox, tmp_path):
    bomb = _zip(tmp_path / "bomb.zip", {"zeros.csv": bytes(100_000_000)})
    assert bomb.stat().st_size * LARGEST_RATIO < 100_000_000
    assert "zip bomb" in _refused(ionweld("look", bomb, "--out", tmp_path / "out"))
    link = ZipInfo("link.csv")
    link.external_attr = 0o120777 << 16
    with ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "is a link" in _refused(ionweld("look", tmp_path / "link.zip", "--out", tmp_path / "out"))
    broken = tmp_path / "broken.zip"
    broken.write_bytes(_zip(tmp_path / "z.zip", {"a.csv": b"1,2\n" * 1000}).read_bytes()[:-30])
    assert "damaged" in _refused(ionweld("look", broken, "--out", tmp_path / "out"))


def test_a_member_that_holds_more_than_it_says_is_refused(inbox, tmp_path):
    path = _zip(tmp_path / "liar.zip", {"a.csv": (inbox / "test.csv").read_bytes()})
    raw = bytearray(path.read_bytes())
    place = raw.rindex(b"PK\x01\x02") + 24
    raw[place : place + 4] = (100).to_bytes(4, "little")
    path.write_bytes(bytes(raw))
    answer = ionweld("ingest", path, "--project", tmp_path / "P", "--json")
    assert answer.status == 2
    assert answer.document["stored"] == []


def test_a_gz_is_an_archive_of_one_file(inbox, tmp_path):
    data = (inbox / "test.csv").read_bytes()
    (tmp_path / "test.csv.gz").write_bytes(gzip.compress(data))
    (tmp_path / "again").write_bytes(gzip.compress(data))  # the content decides, not the name
    items = look(tmp_path / "out", tmp_path / "test.csv.gz", tmp_path / "again", inbox / "test.csv")
    assert numbers(items["test.csv.gz:test.csv"]) == numbers(items["test.csv"])
    assert items["again:again unpacked"]["kind"] == "cycling"
    assert str(tmp_path / "test.csv.gz") in items["test.csv.gz:test.csv"]["next"]
    done = ionweld("ingest", tmp_path / "test.csv.gz", inbox / "test.csv", "--project", tmp_path / "P", "--json")
    assert [row["answer"] for row in done.document["files"]] == ["stored", "same as"]
    assert {item["name"] for item in done.document["stored"]} == {"test.csv"}
    assert ionweld("project", "verify", "--project", tmp_path / "P").status == 0


ROWS = gzip.compress(b"1,2\n" * 1000)
UNTRUSTED = {
    "week.tar.gz": (lambda: ROWS, "is a tar archive"),
    "week.tgz": (lambda: ROWS, "is a tar archive"),
    "zeros.csv.gz": (lambda: gzip.compress(bytes(100_000_000), 1), "zip bomb"),
    "cut.csv.gz": (lambda: ROWS[:-8] + bytes(4), "cannot be read"),
    "liar.csv.gz": (lambda: ROWS[:-4] + (100).to_bytes(4, "little"), "cannot be read"),
    "two.csv.gz": (lambda: ROWS + gzip.compress(b"1,2\n"), "more than its archive says"),
    "head.csv.gz": (lambda: ROWS[:10], "cannot be read"),
}


@pytest.mark.parametrize("name", UNTRUSTED)
def test_a_gz_that_is_not_to_be_trusted_is_refused(tmp_path, name):
    packed, said = UNTRUSTED[name]
    (tmp_path / name).write_bytes(packed())
    done = ionweld("ingest", tmp_path / name, "--project", tmp_path / "P")
    assert said in _refused(done)


def test_workbooks_are_no_archives(tmp_path):
    pl.DataFrame({"a": [1.0]}).write_excel(tmp_path / "x.xlsx")
    (found,) = find_files([tmp_path / "x.xlsx"]).files
    assert found.member is None


def test_control_characters_in_names_are_shown_escaped(tmp_path):
    assert shown("a\x1b[2Jb\nc\u202e.csv") == "a\\x1b[2Jb\\nc\\u202e.csv"
    odd = write_cycling_file(tmp_path / "in" / "od\x1b[31md.csv", 1)
    for words in (("look", odd, "--out", tmp_path / "out"), ("ingest", odd, "--project", tmp_path / "P")):
        answer = ionweld(*words)
        assert answer.status == 0
        assert "\x1b" not in answer.out + answer.err
    listed = ionweld("project", "list", "--project", tmp_path / "P")
    assert "od\\x1b[31md.csv" in listed.out
    assert "\x1b" not in listed.out


def test_a_path_that_is_not_there_and_a_damaged_file_are_said(inbox, tmp_path):
    assert "does not exist" in _refused(ionweld("look", tmp_path / "nothing"))
    (inbox / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    answer = ionweld("look", inbox / "bad.jpg", "--out", tmp_path / "out", "--json")
    assert answer.status == 2
    assert json.loads(answer.out)["items"][0]["kind"] == "not read"


def test_what_verify_says_to_repeat_brings_a_member_of_a_zip_back(inbox, tmp_path):
    path, project = _zip(tmp_path / "z.zip", {"a/test.csv": (inbox / "test.csv").read_bytes()}), tmp_path / "P"
    assert ionweld("ingest", path, "--project", project).status == 0
    (raw,) = (project / "raw").glob("*/test.csv")
    raw.parent.chmod(0o755)
    raw.unlink()
    follow(ionweld("project", "verify", "--project", project, "--json"))
    assert ionweld("project", "verify", "--project", project).status == 0


def sweep(header: str = "") -> str:
    f = np.logspace(6, 1, 41)
    Z = 20.0 + 100.0 / (1.0 + 2j * np.pi * f * 1e-4)
    return header + "".join(f"{a:.5g}\t{z.real:.5g}\t{-z.imag:.5g}\n" for a, z in zip(f, Z, strict=True))


def test_a_sweep_without_names_is_no_infrared_spectrum(tmp_path):
    (tmp_path / "bare.txt").write_text(sweep())
    (said,) = look(tmp_path / "out", tmp_path / "bare.txt", status=2).values()
    assert any('--columns "f,re,-im"' in text for text in said["warnings"])
    assert not said.get("next")  # no cycling test is to be described
    assert not any("absorbance" in text for text in said["warnings"])


def test_an_impedance_per_area_asks_for_the_area_and_takes_it(tmp_path):
    path = tmp_path / "own.txt"
    path.write_text(sweep("f/Hz\tZ' (ohm cm2)\t-Z'' (ohm cm2)\n"))
    (asked,) = look(tmp_path / "out", path, status=2).values()
    assert asked["next"] == f'ionweld eis fit {path} --area "0.785 cm^2"'
    assert len(asked["warnings"]) == 1
    (told,) = look(tmp_path / "out", path, "--area", "0.5 cm^2").values()
    assert numbers(told)["Re Z at 1e+06 Hz"] == pytest.approx(40.0, rel=1e-3)
    answer = ionweld(*shlex.split(told["next"])[1:], "--circuit", "R0-p(R1,C1)", "--json")
    fitted = answer.document["spectra"][0]["parameters"]
    assert next(one["value"] for one in fitted if one["name"] == "R1") == pytest.approx(200.0, rel=1e-3)


@pytest.mark.parametrize(
    ("header", "row", "seen"),
    [
        ("Test Time,Current (mA),Voltage (V),Cycle", "T+{n}x,{way:.3f},{way:.3f},1", "'Test Time'"),
        (
            "Zeitpunkt;Strom [mA];Spannung [V]",
            "{n}. Minute;{way:.3f};{way:.3f}",
            "'Zeitpunkt, Strom [mA], Spannung [V]'",
        ),
        ("Stamp\tI (mA)\tU (V)\tT (degC)", "{n} min\t{way:.3f}\t{way:.3f}\t25", "no column for Test Time"),
    ],
)
def test_a_table_that_is_not_understood_says_which_column_instead_of_being_no_data(tmp_path, header, row, seen):
    rows = [row.format(n=n, way=0.1 if n < 20 else -0.1) for n in range(40)]
    (tmp_path / "x.csv").write_text("\n".join([header, *rows]) + "\n")
    (tmp_path / "orders.csv").write_text(
        "Item,Supplier,Price,Date\n" + "".join(f"LiOH {n},Merck,{n}.90,2025-01-{n + 1:02}\n" for n in range(20))
    )
    items = look(tmp_path / "out", tmp_path, status=2)
    assert items["orders.csv"]["kind"] == "not data"
    assert items["x.csv"]["kind"] == "not read"
    assert seen in str(items["x.csv"])
    assert items["x.csv"]["next"] == f"ionweld cycling describe {tmp_path / 'x.csv'}"


def test_a_charge_of_an_impedance_instrument_is_told_of_as_a_cycling_test(tmp_path):
    rows = "".join(f"\t{n}\t{n}\t{3.0 + n / 100}\t0.02\n" for n in range(40))
    head = "EXPLAIN\nTAG\tPWR800_CHARGE\nCURVE\tTABLE\t40\n\tPt\tT\tVf\tIm\n\t#\ts\tV\tA\n"
    (tmp_path / "charge.dta").write_text(head + rows)
    (said,) = look(tmp_path / "out", tmp_path / "charge.dta", status=2).values()
    assert any("current_positive" in text for text in said["warnings"])
    assert not any("ZCURVE" in text for text in said["warnings"])


def test_a_test_of_one_direction_says_what_it_moved(tmp_path):
    rows = [f"{60 * n},{0.05 if n > 2 else 0.0},{0.2 if n > 2 else 0}" for n in range(63)]
    (tmp_path / "strip.csv").write_text("\n".join(["Time (s),Voltage (V),Current (mA)", *rows]) + "\n")
    found = numbers(look(tmp_path / "out", tmp_path / "strip.csv")["strip.csv"])
    assert found["largest charge"] == pytest.approx(0.2 * 59 / 60)
    assert "largest discharge" not in found
