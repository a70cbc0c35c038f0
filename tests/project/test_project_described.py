"""A csv of no known format goes in with a description, which is kept with it: the folder alone rebuilds it."""

import shutil
import zipfile
from pathlib import Path

import pytest
from command_line import ionweld
from PIL import Image
from project_bench import follow, write_cycling_file, write_spectrum_file

from ionweld.api.looking import look
from ionweld.api.reading import read
from ionweld.lab.catalog import read_records
from ionweld.lab.folder import ProjectFolder
from ionweld.measurement.store import read_cycling
from ionweld.read import open_file, said_beside

DESCRIPTION = """
current_positive = "charge"
[columns]
"Zeit" = { as = "Test Time / s", unit = "s" }
"U" = { as = "Voltage / V", unit = "V" }
"I" = { as = "Current / A", unit = "A" }
"Zyklus" = { as = "Cycle Count / 1" }
"""


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    path = write_cycling_file(tmp_path / "in" / "odd.csv", 1)
    lines = path.read_text().splitlines()
    path.write_text("\n".join(["Zeit,U,I,Zyklus", *lines[1:]]) + "\n")
    (tmp_path / "how.toml").write_text(DESCRIPTION)
    return path


@pytest.fixture
def project(odd: Path, tmp_path: Path) -> Path:
    done = ionweld("ingest", odd, "--project", tmp_path / "P", "--description", tmp_path / "how.toml", "--json")
    assert done.status == 0, done.err
    return tmp_path / "P"


def voltages(project: Path) -> list[float]:
    return read_cycling(min((project / "data").iterdir())).table["Voltage / V"].to_list()


def test_without_its_description_it_is_not_readable(odd, tmp_path):
    done = ionweld("ingest", odd, "--project", tmp_path / "P")
    assert done.status == 2
    assert str(odd) in done.err
    missing = ionweld("ingest", odd, "--project", tmp_path / "P", "--description", tmp_path / "no.toml")
    assert missing.status == 2
    assert "no.toml" in missing.err


def test_the_folder_alone_rebuilds_it(project, odd, tmp_path):
    expected = [float(line.split(",")[1]) for line in odd.read_text().splitlines()[1:]]
    assert voltages(project) == expected
    for path in [odd, tmp_path / "how.toml", *(project / "data").iterdir(), *(project / "records").iterdir()]:
        path.unlink()
    done = ionweld("project", "rebuild", "--project", project, "--json")
    assert [item["outcome"] for item in done.document["rebuilt"]] == ["restored"], done.out
    assert voltages(project) == expected
    assert ionweld("project", "verify", "--project", project).status == 0


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_text(DESCRIPTION + "# mine")])
def test_a_damaged_description_is_found_never_used_and_mended(project, odd, harm):
    harm(min((project / "descriptions").iterdir()))
    answer = ionweld("project", "verify", "--project", project, "--json")
    assert [damage["what"] for damage in answer.document["damages"]] == ["description damaged"]
    assert ionweld("project", "rebuild", "--project", project).status == 2
    assert ionweld("ingest", odd, "--project", project).status == 2
    follow(answer)
    assert ionweld("project", "verify", "--project", project).status == 0


def test_it_can_be_described_anew(project, odd, tmp_path):
    before = voltages(project)
    (tmp_path / "better.toml").write_text(DESCRIPTION.replace('unit = "V"', 'unit = "mV"'))
    words = ("ingest", odd, "--project", project, "--description", tmp_path / "better.toml", "--json")
    assert [ionweld(*words).document["stored"][0]["status"] for _ in range(2)] == ["described anew", "already stored"]
    assert voltages(project) == pytest.approx([1e-3 * voltage for voltage in before])
    assert ionweld("project", "verify", "--project", project).status == 0
    again = ionweld("project", "rebuild", "--project", project, "--json").document["rebuilt"]
    assert [item["outcome"] for item in again] == ["identical bytes"]


def test_what_files_beside_a_picture_or_a_spectrum_say_is_kept_with_it(tmp_path):
    came = tmp_path / "in"
    came.mkdir()
    Image.new("L", (40, 30), 128).save(came / "gap.png")
    (came / "gap.txt").write_text("[SemImageFile]\r\nPixelSize=99.5\r\n")
    write_spectrum_file(came / "a.csv", 1000.0)
    (came / "ionweld-eis.toml").write_text(
        'area = "0.5 cm^2"\narea_name = "gold"\n[files."a.csv"]\ntemperature = "60 degC"\n'
    )
    (came / "bare.csv").write_text("".join(f"{10.0 ** (6 - n / 4)},100.0,{-1.0 - n}\n" for n in range(20)))
    (came / "bare.csv.toml").write_text('technique = "eis"\ncolumns = "f,re,im"\nthickness = "1 mm"\n')
    first = ionweld("ingest", came, "--project", tmp_path / "P", "--json")
    answers = {Path(row["source"]).name: (row["answer"], row["of"]) for row in first.document["files"]}
    assert answers == {
        "gap.png": ("stored", None), "gap.txt": ("not data", None),
        "ionweld-eis.toml": ("description of", "the spectra beside it"),
        "a.csv": ("stored", None), "bare.csv": ("stored", None), "bare.csv.toml": ("description of", "bare.csv"),
    }  # fmt: skip
    again = ionweld("ingest", came, "--project", tmp_path / "P", "--json")
    assert {row["answer"] for row in again.document["files"]} == {"same as", "not data", "description of"}
    shutil.rmtree(came)  # the project needs nothing from outside any more
    home = ProjectFolder(tmp_path / "P")
    held = {
        record.name: open_file(home.raw / record.sha256 / record.name, home.descriptions / f"{record.sha256}.toml")[0]
        for record in read_records(home)
    }
    assert held["gap.png"].measurements[0].scale.metres_per_pixel == pytest.approx(99.5e-9)
    spectrum, bare = (held[name].measurements[0] for name in ("a.csv", "bare.csv"))
    assert spectrum.temperature_K == pytest.approx(333.15)
    assert (spectrum.geometry.area_m2, spectrum.geometry.area_name) == (pytest.approx(5e-5), "gold")
    assert bare.geometry.thickness_m == pytest.approx(1e-3)
    assert bare.impedance_ohm[0] == pytest.approx(100.0 - 1.0j)
    done = ionweld("project", "rebuild", "--project", tmp_path / "P", "--json")
    assert {item["outcome"] for item in done.document["rebuilt"]} == {"identical bytes"}


def test_what_stands_beside_a_file_in_an_archive_is_kept_with_it_too(tmp_path):
    sweep = "".join(f"{10.0 ** (6 - n / 4)},OHM,{-1.0 - n}\n" for n in range(20))
    said = 'technique = "eis"\ncolumns = "f,re,im"\nthickness = "{} mm"\n'
    Image.new("L", (40, 30), 128).save(tmp_path / "gap.png")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for folder, thickness in (("one", 1), ("two", 2)):
            archive.writestr(f"{folder}/bare.csv", sweep.replace("OHM", f"{thickness}00.0"))
            archive.writestr(f"{folder}/bare.csv.toml", said.format(thickness))
        archive.write(tmp_path / "gap.png", "two/gap.png")
        archive.writestr("two/gap.txt", "[SemImageFile]\r\nPixelSize=99.5\r\n")
        archive.writestr("three/bare.csv.toml", said.format(3))
        archive.write(write_spectrum_file(tmp_path / "a.csv", 1000.0), "four/a.csv")
        archive.writestr("four/ionweld-eis.toml", 'thickness = "4 mm"\n[files."a.csv"]\ntemperature = "60 degC"\n')
    done = ionweld("ingest", tmp_path / "all.zip", "--project", tmp_path / "P", "--json")
    answers = {row["source"].partition(":")[2]: (row["answer"], row["of"]) for row in done.document["files"]}
    assert answers == {
        "one/bare.csv": ("stored", None), "one/bare.csv.toml": ("description of", "bare.csv"),
        "two/bare.csv": ("stored", None), "two/bare.csv.toml": ("description of", "bare.csv"),
        "two/gap.png": ("stored", None), "two/gap.txt": ("not data", None), "three/bare.csv.toml": ("not data", None),
        "four/a.csv": ("stored", None), "four/ionweld-eis.toml": ("description of", "the spectra beside it"),
    }  # fmt: skip
    home = ProjectFolder(tmp_path / "P")
    held = [
        open_file(home.raw / record.sha256 / record.name, home.descriptions / f"{record.sha256}.toml")[0].measurements[
            0
        ]
        for record in read_records(home)
    ]
    spectra = [one for one in held if hasattr(one, "geometry")]
    told = {(one.geometry.thickness_m, one.temperature_K and round(one.temperature_K)) for one in spectra}
    assert told == {(1e-3, None), (2e-3, None), (4e-3, 333)}
    assert {100, 200} < {round(one.impedance_ohm[0].real) for one in spectra}
    assert 333 in {round(getattr(one.data, "temperature_K", None) or 0.0) for one in read(tmp_path / "all.zip")}
    (picture,) = (one for one in held if not hasattr(one, "geometry"))
    assert picture.scale.metres_per_pixel == pytest.approx(99.5e-9)
    seen = {one.path.partition(":")[2]: one.kind for one in look(tmp_path / "all.zip")}
    assert seen["one/bare.csv"] == "impedance"


def test_a_table_of_conditions_beside_a_picture_says_nothing_of_it(tmp_path):
    Image.new("L", (40, 30), 128).save(tmp_path / "gap.png")
    (tmp_path / "ionweld-eis.toml").write_text('area = "0.5 cm^2"\n')
    assert said_beside(tmp_path / "gap.png") is None


def test_currents_per_area_are_stored_with_the_area_that_a_description_gives(tmp_path):
    path = write_cycling_file(tmp_path / "in" / "odd.csv", 1)
    path.write_text(path.read_text().replace("Current / A", "Current / mA cm-2"))
    refused = ionweld("ingest", tmp_path / "in", "--project", tmp_path / "P", "--json")
    assert refused.status == 2
    assert "the cell's area is not known" in refused.document["unreadable"][0]["faults"][0]["seen"]
    (tmp_path / "in" / "odd.csv.toml").write_text('area = "0.5 cm^2"')
    done = ionweld("ingest", tmp_path / "in", "--project", tmp_path / "P", "--json")
    assert {row["answer"] for row in done.document["files"]} == {"stored", "description of"}
    assert any("0.5 cm2" in said for said in done.document["stored"][0]["warnings"])
