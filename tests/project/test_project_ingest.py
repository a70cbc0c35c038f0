"""Files into a project folder: what is stored, what is said, what stays as it was."""

import json
import os
import stat
from hashlib import sha256
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from command_line import ionweld
from data_files import real_file
from project_bench import raw_bytes, write_cycling_file, write_spectrum_file

from ionweld.measurement.store import read_cycling, read_spectra


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    write_cycling_file(tmp_path / "in" / "bare_1.csv", 1)
    write_spectrum_file(tmp_path / "in" / "eis" / "bare_1_80degC.csv", 4000.0)
    return tmp_path / "in"


def test_ingest_stores_raw_bytes_and_what_readers_make_of_them(inbox, tmp_path):
    done = ionweld("ingest", inbox, "--project", tmp_path / "P", "--json")
    assert done.status == 0, done.err
    stored = {item["name"]: item for item in done.document["stored"]}
    assert {name: item["status"] for name, item in stored.items()} == dict.fromkeys(stored, "stored")
    assert stored.keys() == {"bare_1.csv", "bare_1_80degC.csv"}
    for source in inbox.rglob("*.csv"):
        raw = source.read_bytes()
        item = stored[source.name]
        assert item["sha256"] == sha256(raw).hexdigest()
        assert (tmp_path / "P" / "raw" / item["sha256"] / source.name).read_bytes() == raw
        assert item["reader"]
        assert item["ingest"][0]["sha256"] == item["sha256"]


def test_derived_files_hold_the_numbers_of_the_file_and_the_hash_of_its_bytes(inbox, tmp_path):
    done = ionweld("ingest", inbox, "--project", tmp_path / "P", "--json").document
    for item in done["stored"]:
        path = tmp_path / "P" / item["measurements"][0]["file"]
        if item["name"] == "bare_1.csv":
            test = read_cycling(path)
            source = pl.read_csv(inbox / "bare_1.csv")
            assert test.provenance.sha256 == item["sha256"]
            assert test.table["Voltage / V"].to_list() == source["Voltage / V"].to_list()
        else:
            (sweep,) = read_spectra(path)
            source = np.loadtxt(inbox / "eis" / "bare_1_80degC.csv", delimiter=",", skiprows=1)
            assert sweep.provenance.sha256 == item["sha256"]
            np.testing.assert_array_equal(sweep.frequency_Hz, source[:, 0])
            np.testing.assert_array_equal(sweep.impedance_ohm, source[:, 1] + 1j * source[:, 2])


def test_raw_files_are_read_only(inbox, tmp_path):
    ionweld("ingest", inbox, "--project", tmp_path / "P")
    for path in (tmp_path / "P" / "raw").rglob("*"):
        assert not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


def test_the_same_file_twice_is_stored_once_whatever_its_name(inbox, tmp_path):
    project = tmp_path / "P"
    ionweld("ingest", inbox, "--project", project)
    before = raw_bytes(project)
    copy = tmp_path / "copy of bare_1.csv"
    copy.write_bytes((inbox / "bare_1.csv").read_bytes())
    done = ionweld("ingest", inbox / "bare_1.csv", copy, "--project", project, "--json")
    assert done.status == 0
    assert [(item["status"], item["name"]) for item in done.document["stored"]] == [
        ("already stored", "bare_1.csv")
    ] * 2
    assert raw_bytes(project) == before
    assert ionweld("project", "verify", "--project", project).status == 0


def test_unreadable_files_are_named_one_by_one_and_stop_no_other(inbox, tmp_path):
    (inbox / "a picture.jpg").write_bytes(b"\xff\xd8\xff\xe0 no measurement")
    (inbox / "empty.txt").write_bytes(b"")
    os.mkfifo(inbox / "pipe.csv")
    (inbox / ".DS_Store").write_bytes(b"hidden")
    done = ionweld("ingest", inbox, tmp_path / "not there", "--project", tmp_path / "P", "--json")
    assert done.status == 2
    assert {Path(item["source"]).name for item in done.document["unreadable"]} == {
        "a picture.jpg", "empty.txt", "not there", "pipe.csv",
    }  # fmt: skip
    assert len(done.document["stored"]) == 2
    assert done.document["skipped"] == [str(inbox / ".DS_Store")]
    assert str(inbox / "empty.txt") in done.err
    assert ".incoming" not in done.err + done.out
    assert all(fault["mend"] for item in done.document["unreadable"] for fault in item["faults"])
    assert ionweld("project", "verify", "--project", tmp_path / "P").status == 0


def test_a_folder_without_files_is_named(tmp_path):
    (tmp_path / "in").mkdir()
    done = ionweld("ingest", tmp_path / "in", "--project", tmp_path / "P")
    assert done.status == 2
    assert f"{tmp_path / 'in'}: holds no file" in done.err


def test_a_project_inside_the_ingested_folder_is_not_ingested_into_itself(inbox):
    first = ionweld("ingest", inbox, "--project", inbox / "P", "--json").document
    again = ionweld("ingest", inbox, "--project", inbox / "P", "--json").document
    assert len(first["stored"]) == len(again["stored"]) == 2
    assert again["skipped"] == [str(inbox / "P")]
    assert ionweld("ingest", inbox / "P" / "raw", "--project", inbox / "P").status == 2


def test_a_name_that_is_no_text_is_refused_and_a_link_to_a_folder_is_not_followed(inbox, tmp_path):
    odd = os.fsencode(inbox) + b"/\xff.csv"
    with open(odd, "wb") as stream:  # noqa: PTH123 - a name of bytes
        stream.write((inbox / "bare_1.csv").read_bytes())
    (inbox / "round").symlink_to(inbox)
    done = ionweld("ingest", inbox, "--project", tmp_path / "P", "--json")
    assert done.status == 2
    assert [item["faults"][0]["mend"] for item in done.document["unreadable"]] == ["Rename it"]
    assert done.document["skipped"] == [str(inbox / "round")]


def test_a_folder_with_other_things_is_not_taken_for_a_project(inbox, tmp_path):
    done = ionweld("ingest", inbox, "--project", inbox)
    assert done.status == 2
    assert "new or an empty folder" in done.err
    assert sorted(path.name for path in inbox.iterdir()) == ["bare_1.csv", "eis"]
    done = ionweld("project", "verify", "--project", tmp_path / "nothing")
    assert done.status == 2
    assert "ingest" in done.err


@pytest.mark.parametrize("name", ["b.csv" * 100, "nothing"])
def test_a_path_that_leads_nowhere_is_named(inbox, tmp_path, name):
    done = ionweld("ingest", inbox / name, "--project", tmp_path / "P")
    assert done.status == 2
    assert name in done.err


def test_a_lost_cells_file_is_named_and_made_again(inbox, tmp_path):
    project = tmp_path / "P"
    ionweld("ingest", inbox, "--project", project)
    (project / "cells.toml").unlink()
    for verb in ("list", "verify", "rebuild"):
        done = ionweld("project", verb, "--project", project)
        assert done.status == 2
        assert "cells.toml" in done.err + done.out
    assert ionweld("ingest", inbox, "--project", project).status == 0
    assert ionweld("project", "list", "--project", project).status == 0


@pytest.mark.parametrize("place", ["/proc/ionweld-project", "{inbox}/bare_1.csv/P", "{inbox}/" + "P" * 300])
def test_a_place_that_cannot_be_written_gives_a_message(inbox, place):
    done = ionweld("ingest", inbox, "--project", place.format(inbox=inbox))
    assert done.status == 2
    assert "cannot be written" in done.err


def test_a_blocked_data_folder_gives_a_message_and_the_rest_is_mended_later(inbox, tmp_path):
    project = tmp_path / "P"
    ionweld("ingest", inbox / "bare_1.csv", "--project", project)
    kept = raw_bytes(project)
    (project / "data").rename(project / "elsewhere")
    (project / "data").write_text("in the way")
    done = ionweld("ingest", inbox, "--project", project)
    assert done.status == 2
    assert "cannot be written" in done.err
    (project / "data").unlink()
    (project / "elsewhere").rename(project / "data")
    assert raw_bytes(project).items() >= kept.items()
    assert ionweld("ingest", inbox, "--project", project).status == 0
    assert ionweld("project", "verify", "--project", project).status == 0


def test_every_verb_prints_one_json_document(inbox, tmp_path):
    project = tmp_path / "P"
    ionweld("ingest", inbox, "--project", project)
    for verb in ("list", "verify", "rebuild"):
        done = ionweld("project", verb, "--project", project, "--json")
        assert done.status == 0, done.err
        assert json.loads(done.out)["project"] == str(project)


def test_real_files_go_in_and_come_out_the_same(tmp_path):
    files = [
        real_file("eis/pellet_series/s04147-140deg.txt"),
        real_file("eis/gamry_eispot.DTA"),
        real_file("eis/inli_lpscl_ncm_10_sweeps.csv"),
        real_file("cycling/landt_li_graphite_half_cell.csv"),
    ]
    done = ionweld("ingest", *files, "--project", tmp_path / "P", "--json")
    assert done.status == 0, done.err
    kinds = {item["name"]: item["measurements"][0]["kind"] for item in done.document["stored"]}
    assert kinds == {path.name: "cycling" if "cycling" in str(path) else "impedance" for path in files}
    sweeps = {item["name"]: item["measurements"][0]["sweeps"] for item in done.document["stored"]}
    assert sweeps["inli_lpscl_ncm_10_sweeps.csv"] == 10
    assert {len(item["ingest"]) for item in done.document["stored"]} == {1}
    again = ionweld("project", "rebuild", "--project", tmp_path / "P", "--json").document
    assert {item["outcome"] for item in again["rebuilt"]} == {"identical bytes"}


def answers(done) -> dict[str, tuple[str, str | None]]:
    return {Path(row["source"]).name: (row["answer"], row["of"]) for row in done.document["files"]}


CELLS = """
[[cell]]
name = "one"
treatment = "bare"
replicate = 1
[[cell.measurement]]
file = "{}"
"""


def test_the_answer_is_one_table_and_what_is_no_data_is_no_fault(inbox, tmp_path):
    (inbox / "notes.md").write_text("# what I did\n- pressed at 100 MPa\n")
    (inbox / "paper.pdf").write_bytes(b"%PDF-1.7\n\xff\xfe")
    (inbox / "thesis.docx").write_bytes(b"PK\x03\x04" + bytes(26) + b"word/document.xml")
    (inbox / "Li.cif").write_text("data_Li\n_cell_length_a 3.5\n")
    (inbox / "copy.csv").write_bytes((inbox / "bare_1.csv").read_bytes())
    done = ionweld("ingest", inbox, "--project", tmp_path / "P", "--json")
    assert done.status == 2  # the docx is cut off
    (inbox / "thesis.docx").unlink()
    done = ionweld("ingest", inbox, "--project", tmp_path / "Q", "--json")
    assert done.status == 0
    found = answers(done)
    assert {found["bare_1.csv"][0], found["copy.csv"][0]} == {"stored", "same as"}
    assert found["bare_1_80degC.csv"] == ("stored", None)
    assert found["notes.md"] == found["paper.pdf"] == ("not data", None)
    assert found["Li.cif"][0] == "another instrument"
    assert next(row["next"] for row in done.document["files"] if row["answer"] == "another instrument").startswith(
        "ionweld xrd"
    )
    text = ionweld("ingest", inbox, "--project", tmp_path / "Q").out
    for words in ("same as", "not data", "another instrument"):
        assert words in text


def test_nothing_is_made_when_the_path_does_not_exist(tmp_path):
    done = ionweld("ingest", tmp_path / "nothing", "--project", tmp_path / "P")
    assert done.status == 2
    assert not (tmp_path / "P").exists()


def test_the_same_content_is_found_by_both_its_names(inbox, tmp_path):
    project = tmp_path / "P"
    ionweld("ingest", inbox / "bare_1.csv", "--project", project)
    (inbox / "cell A.csv").write_bytes((inbox / "bare_1.csv").read_bytes())
    ionweld("ingest", inbox / "cell A.csv", "--project", project)
    (project / "project.toml").write_text('name = "P"\n[treatments]\nbare = "as pressed"\n')
    for name in ("bare_1.csv", "cell A.csv"):
        (project / "cells.toml").write_text(CELLS.format(name))
        (row,) = ionweld("project", "list", "--project", project, "--json").document["measurements"]
        assert row["cell"] == "one"
    assert ionweld("project", "verify", "--project", project).status == 0
    again = ionweld("project", "rebuild", "--project", project, "--json").document["rebuilt"]
    assert [item["outcome"] for item in again] == ["identical bytes"]
    (row,) = ionweld("project", "list", "--project", project, "--json").document["measurements"]
    assert row["cell"] == "one"


@pytest.mark.parametrize("renamed", [False, True])
def test_a_file_that_grew_is_a_newer_version_and_what_named_it_goes_on(tmp_path, renamed):
    project, weeks = tmp_path / "P", [tmp_path / week / "cell.csv" for week in ("one", "two", "three")]
    if renamed:
        weeks[1] = weeks[1].with_name("cell after 2 weeks.csv")
    for path, rows in zip(weeks, (40, 60, 90), strict=True):
        write_cycling_file(path, 1, rows)
    write_cycling_file(tmp_path / "other" / "cell_2.csv", 2, 90)  # other voltages: another cell
    first = ionweld("ingest", weeks[0], "--project", project, "--json").document["stored"][0]["sha256"]
    (project / "project.toml").write_text('name = "P"\n[treatments]\nbare = "as pressed"\n')
    (project / "cells.toml").write_text(CELLS.format(first[:12] if renamed else "cell.csv"))
    for week in weeks[1:]:
        done = ionweld("ingest", week, "--project", project, "--json")
        assert answers(done)[week.name][0] == "newer version of"
    assert answers(ionweld("ingest", tmp_path / "other", "--project", project, "--json")) == {
        "cell_2.csv": ("stored", None)
    }
    listed = ionweld("project", "list", "--project", project, "--json").document
    assert [(row["rows"], row["cell"]) for row in listed["measurements"] if row["cell"]] == [(90, "one")]
    assert "cell_2.csv" in listed["asks"][0]["missing"]
    assert not [ask for ask in listed["asks"] if "stored files have this name" in ask["missing"]]
    assert len(raw_bytes(project)) == 4  # the older versions stay
    verified = ionweld("project", "verify", "--project", project)
    assert verified.status == 0, verified.out
    for path in (project / "records").iterdir():
        path.unlink()
    assert ionweld("project", "rebuild", "--project", project).status == 0
    again = ionweld("project", "list", "--project", project, "--json").document
    assert [(row["rows"], row["cell"]) for row in again["measurements"] if row["cell"]] == [(90, "one")]


def test_a_workbook_that_grew_is_a_newer_version_though_its_bytes_are_all_new(tmp_path):
    for week, rows in (("one", 40), ("two", 70)):
        table = pl.read_csv(write_cycling_file(tmp_path / week / "cell.csv", 1, rows))
        table.write_excel(tmp_path / week / "cell.xlsx")
    ionweld("ingest", tmp_path / "one" / "cell.xlsx", "--project", tmp_path / "P")
    done = ionweld("ingest", tmp_path / "two" / "cell.xlsx", "--project", tmp_path / "P", "--json")
    assert answers(done)["cell.xlsx"] == ("newer version of", "cell.xlsx")
    pl.read_csv(write_cycling_file(tmp_path / "x.csv", 7, 99)).write_excel(tmp_path / "cell.xlsx")  # another cell
    done = ionweld("ingest", tmp_path / "cell.xlsx", "--project", tmp_path / "P", "--json")
    assert answers(done)["cell.xlsx"] == ("stored", None)


def test_both_weeks_in_one_folder_are_put_in_their_order(tmp_path):
    write_cycling_file(tmp_path / "in" / "a_long.csv", 1, 90)
    write_cycling_file(tmp_path / "in" / "b_short.csv", 1, 40)
    done = ionweld("ingest", tmp_path / "in", "--project", tmp_path / "P", "--json")
    assert answers(done) == {"a_long.csv": ("newer version of", "b_short.csv"), "b_short.csv": ("stored", None)}


def test_every_technique_is_stored_verified_rebuilt_and_reported(tmp_path):
    files = {
        "xrd/LiMnO2.xy": "diffractogram",
        "xps/pet_c1s_three_components.csv": "photoelectron spectra",
        "sem/CS-MA-30000.jpg": "micrograph",
        "cycling/neware_small.ndax": "cycling",
    }
    project = tmp_path / "P"
    done = ionweld("ingest", *map(real_file, files), "--project", project, "--json")
    assert done.status == 0, done.err
    assert {item["name"]: item["measurements"][0]["kind"] for item in done.document["stored"]} == {
        Path(file).name: kind for file, kind in files.items()
    }
    (project / "project.toml").write_text('name = "P"\n[treatments]\nbare = "as pressed"\n')
    said = "".join(f'[[cell.measurement]]\nfile = "{Path(file).name}"\n' for file in files)
    (project / "cells.toml").write_text(f'[[cell]]\nname = "one"\ntreatment = "bare"\nreplicate = 1\n{said}')
    assert ionweld("project", "verify", "--project", project).status == 0
    again = ionweld("project", "rebuild", "--project", project, "--json").document["rebuilt"]
    assert {item["outcome"] for item in again} == {"identical bytes"}
    report = ionweld("project", "report", "--project", project, "--out", tmp_path / "R", "--json")
    assert report.status == 0, report.err
    (cell,) = report.document["groups"][0]["cells"]
    assert [one["kind"] for one in cell["others"]] == ["diffractogram", "photoelectron spectra", "micrograph"]
    page = (tmp_path / "R" / "report.html").read_text(encoding="utf-8")
    for text in ("Other measurements", "strongest line at 2 theta 45.13", "CS-MA-30000.jpg: micrograph of one"):
        assert text in page


def test_one_bad_file_never_kills_the_report_of_all_cells(inbox, tmp_path, monkeypatch):
    from ionweld.lab import compare

    true = compare.summarise

    def fails_for_the_second(test, *rest):
        if test.provenance.source == "bare_2.csv":
            raise TypeError("cannot compare str with i64")
        return true(test, *rest)

    monkeypatch.setattr(compare, "summarise", fails_for_the_second)
    write_cycling_file(inbox / "bare_2.csv", 2)
    project = tmp_path / "P"
    ionweld("ingest", inbox, "--project", project)
    (project / "project.toml").write_text('name = "P"\n[treatments]\nbare = "as pressed"\n')
    cells = CELLS.format("bare_1.csv") + CELLS.format("bare_2.csv").replace('"one"', '"two"').replace("= 1", "= 2")
    (project / "cells.toml").write_text(cells)
    report = ionweld("project", "report", "--project", project, "--out", tmp_path / "R", "--json")
    assert report.status == 0, report.err
    one, two = report.document["groups"][0]["cells"]
    assert (len(one["tests"]), one["unreadable"], len(two["tests"])) == (1, [], 0)
    assert "bare_2.csv: could not be analysed: TypeError" in two["unreadable"][0]
