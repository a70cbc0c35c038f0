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
