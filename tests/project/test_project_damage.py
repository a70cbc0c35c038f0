"""A flipped bit is found wherever it is, and what `verify` says to repeat mends it; rebuild gives the same values."""

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import ionweld
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from project_bench import follow, raw_bytes, write_cycling_file, write_spectrum_file

from ionweld.lab import catalog
from ionweld.lab import stored as records
from ionweld.lab.folder import ProjectFolder, nothing
from ionweld.lab.verify import verify


@pytest.fixture(scope="module")
def pristine(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("damage")
    write_cycling_file(folder / "in" / "a.csv", 1)
    write_spectrum_file(folder / "in" / "b.csv", 900.0)
    assert ionweld("ingest", folder / "in", "--project", folder / "P").status == 0
    return folder / "P"


@pytest.fixture
def project(pristine, tmp_path) -> Path:
    shutil.copytree(pristine, tmp_path / "P")
    for path in (tmp_path / "P" / "raw").rglob("*"):
        path.chmod(0o755)
    return tmp_path / "P"


def flip(path: Path, bit: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[bit // 8 % len(raw)] ^= 1 << bit % 8
    path.write_bytes(raw)


def stored_files(project: Path) -> list[Path]:
    return sorted(path for part in ("raw", "data", "records") for path in (project / part).rglob("*") if path.is_file())


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(which=st.integers(0, 5), bit=st.integers(0, 2**18))
def test_a_single_flipped_bit_is_found_and_named(project, which, bit):
    path = stored_files(project)[which]
    good = path.read_bytes()
    flip(path, bit)
    damages = verify(ProjectFolder(project), nothing).damages
    named = {damage.where for damage in damages}
    path.write_bytes(good)
    assert path.relative_to(project).as_posix() in named
    assert all(damage.repeat for damage in damages)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bit=st.integers(0, 2**20))
def test_a_flipped_bit_in_the_catalogue_is_found_or_changes_nothing(pristine, project, bit):
    home = ProjectFolder(project)
    good = home.catalog.read_bytes()
    flip(home.catalog, bit)
    damages = verify(home, nothing).damages
    if not damages:
        with catalog.open_read_only(home) as found, catalog.open_read_only(ProjectFolder(pristine)) as true:
            assert catalog.content(found) == catalog.content(true)
        found.close()
        true.close()
    home.catalog.write_bytes(good)


def test_a_catalogue_whose_names_are_no_text_any_more_is_damaged(project):
    home = ProjectFolder(project)
    raw = home.catalog.read_bytes()
    home.catalog.write_bytes(raw.replace(b"sqlite_autoindex_treatment", b"sqlite_autoindex_trea\xf4ment"))
    answer = ionweld("project", "verify", "--project", project, "--json")
    assert [damage["what"] for damage in answer.document["damages"]] == ["catalogue"]
    follow(answer)
    assert ionweld("project", "verify", "--project", project).status == 0


@pytest.mark.parametrize("harm", ["flip", "truncate", "remove"])
@pytest.mark.parametrize(
    "part", ["raw/*/a.csv", "data/*.bdf.parquet", "data/*.eis.parquet", "records/*", "catalog.sqlite"]
)
def test_what_verify_says_to_repeat_mends_it(project, part, harm):
    before = raw_bytes(project)
    path = min(project.glob(part))
    if harm == "flip":
        flip(path, 8 * 100)
    elif harm == "truncate":
        path.write_bytes(path.read_bytes()[:50])
    else:
        path.unlink()
    answer = ionweld("project", "verify", "--project", project, "--json")
    assert answer.status == 2
    assert not answer.document["clean"]
    follow(answer)
    done = ionweld("project", "verify", "--project", project, "--json")
    assert done.document["clean"], done.out
    assert raw_bytes(project) == before


def test_what_to_repeat_can_be_pasted_whatever_the_folder_is_called(tmp_path):
    source = write_cycling_file(tmp_path / "a 'b' $c" / "d e.csv", 1)
    project = tmp_path / 'the "new" one'
    ionweld("ingest", source, "--project", project)
    for part in ("raw/*/*", "data/*", "catalog.sqlite"):
        path = min(project.glob(part))
        path.parent.chmod(0o755)
        path.unlink()
        follow(ionweld("project", "verify", "--project", project, "--json"))
    assert ionweld("project", "verify", "--project", project).status == 0


def test_a_damaged_raw_file_is_never_read_and_never_overwritten_by_rebuild(project):
    path = min(project.glob("raw/*/a.csv"))
    flip(path, 1000)
    harmed = path.read_bytes()
    derived = {item.name: item.read_bytes() for item in (project / "data").iterdir()}
    done = ionweld("project", "rebuild", "--project", project, "--json")
    assert done.status == 2
    assert [item["outcome"] for item in done.document["rebuilt"] if item["name"] == "a.csv"] == ["not rebuilt"]
    assert path.read_bytes() == harmed
    assert {item.name: item.read_bytes() for item in (project / "data").iterdir()} == derived


def test_everything_but_raw_can_be_lost_and_comes_back_with_the_same_bytes(project):
    derived = {item.name: item.read_bytes() for item in (project / "data").iterdir()}
    for part in ("data", "records", ".incoming"):
        shutil.rmtree(project / part)
    (project / "catalog.sqlite").unlink()
    done = ionweld("project", "rebuild", "--project", project, "--json")
    assert {item["outcome"] for item in done.document["rebuilt"]} == {"restored"}
    assert {item.name: item.read_bytes() for item in (project / "data").iterdir()} == derived
    assert ionweld("project", "verify", "--project", project).status == 0


def test_other_values_are_reported_and_the_old_ones_kept_until_accepted(project, monkeypatch):
    true_reader = records.open_file

    def other_reader(path, description):
        (held,) = true_reader(path, description)
        if path.name != "a.csv":
            return (held,)
        return (
            replace(held, measurements=tuple(replace(test, table=test.table.head(5)) for test in held.measurements)),
        )

    monkeypatch.setattr(records, "open_file", other_reader)
    before = {item.name: item.read_bytes() for item in (project / "data").iterdir()}
    kept = ionweld("project", "rebuild", "--project", project, "--json")
    assert kept.status == 1
    assert sorted(item["outcome"] for item in kept.document["rebuilt"]) == ["identical bytes", "values differ"]
    assert {item.name: item.read_bytes() for item in (project / "data").iterdir()} == before
    taken = ionweld("project", "rebuild", "--accept-changes", "--project", project, "--json")
    assert taken.status == 0
    assert sorted(item["outcome"] for item in taken.document["rebuilt"]) == ["changed", "identical bytes"]
    assert ionweld("project", "verify", "--project", project).status == 0


def test_a_file_that_belongs_to_nothing_is_named(project):
    (project / "data" / "mine.parquet").write_bytes(b"x")
    answer = ionweld("project", "verify", "--project", project, "--json").document
    assert [(damage["what"], damage["where"]) for damage in answer["damages"]] == [("stray", "data/mine.parquet")]


def test_cells_that_were_edited_by_hand_are_no_damage(project):
    (project / "cells.toml").write_text('[[cell]]\nname = "one"\ntreatment = "bare"\nreplicate = 1\n')
    (project / "project.toml").write_text('name = "P"\n[treatments]\nbare = "as pressed"\n')
    answer = ionweld("project", "verify", "--project", project, "--json")
    assert (answer.status, answer.document["clean"]) == (0, True)
    assert any("edited" in note for note in answer.document["notes"])
    assert "note: " in ionweld("project", "verify", "--project", project).out
    with closing(sqlite3.connect(project / "catalog.sqlite")) as connection:  # what the edit does not explain is found
        connection.execute("UPDATE file SET size = size + 1")
        connection.commit()
    harmed = ionweld("project", "verify", "--project", project, "--json").document
    assert [damage["what"] for damage in harmed["damages"]] == ["catalogue"]


def test_after_the_edit_is_taken_up_a_harmed_catalogue_is_damage_again(project):
    (project / "project.toml").write_text('name = "P"\n[treatments]\nbare = "as pressed"\n')
    assert ionweld("project", "list", "--project", project).status == 0
    with closing(sqlite3.connect(project / "catalog.sqlite")) as connection:
        connection.execute("UPDATE treatment SET description = 'other'")
        connection.commit()
    found = ionweld("project", "verify", "--project", project, "--json").document
    assert [damage["what"] for damage in found["damages"]] == ["catalogue"]
    assert found["notes"] == []


def test_a_second_file_beside_a_raw_file_is_named_and_what_to_repeat_mends_it(project):
    raw = min(project.glob("raw/*/a.csv"))
    (raw.parent / "a b.csv").write_bytes(raw.read_bytes())
    answer = ionweld("project", "verify", "--project", project, "--json")
    (damage,) = answer.document["damages"]
    assert (damage["what"], damage["where"]) == ("stray", f"raw/{raw.parent.name}/a b.csv")
    assert ionweld("project", "rebuild", "--project", project).status == 0  # which file is meant stands in the record
    subprocess.run(damage["repeat"], shell=True, check=True)  # noqa: S602 - the line that a user would paste
    assert ionweld("project", "verify", "--project", project).status == 0
    assert raw.exists()


def test_two_raw_files_of_which_none_is_on_record_are_mended_step_by_step(project):
    raw = min(project.glob("raw/*/a.csv"))
    source = json.loads((project / "records" / f"{raw.parent.name}.json").read_bytes())["source"]
    (raw.parent / "other.csv").write_bytes(b"other")
    (project / "records" / f"{raw.parent.name}.json").unlink()
    found = ionweld("project", "verify", "--project", project, "--json").document
    assert "raw missing" in [damage["what"] for damage in found["damages"]]
    assert ionweld("ingest", source, "--project", project).status == 0
    (damage,) = ionweld("project", "verify", "--project", project, "--json").document["damages"]
    assert damage["where"].endswith("other.csv")


def test_a_copy_of_the_folder_is_as_good_as_the_folder(project, tmp_path):
    shutil.copytree(project, tmp_path / "copy", copy_function=shutil.copyfile)
    assert ionweld("project", "verify", "--project", tmp_path / "copy").status == 0
    there = ionweld("project", "list", "--project", tmp_path / "copy", "--json").document
    here = ionweld("project", "list", "--project", project, "--json").document
    assert json.dumps(there["measurements"]) == json.dumps(here["measurements"])
