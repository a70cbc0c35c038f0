"""One thing at a time about cells: comments stay, all or nothing, and nobody's change is lost."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from project_bench import write_cycling_file

import ionweld as iw
from ionweld.errors import InputError, UnitError
from ionweld.lab.edit import StaleVersionError
from ionweld.units import point_for_comma, to_si

FILES = ("one.csv", "two.csv", "three.csv")


@pytest.fixture
def project(tmp_path: Path) -> iw.Project:
    """A project with three files, two cells, and a remark that a person wrote."""
    for number, name in enumerate(FILES):
        write_cycling_file(tmp_path / name, seed=number)
    found = iw.Project.open(tmp_path / "project")
    found.ingest([tmp_path / name for name in FILES])
    found.change([{"do": "add", "cell": name, "treatment": "bare"} for name in ("a", "b")])
    cells = found.folder / "cells.toml"
    cells.write_text(cells.read_text("utf-8").replace('name = "a"', 'name = "a" # the good one'), "utf-8")
    return found


def _cell(project: iw.Project, name: str) -> dict:
    return next(one for one in project.sheet()["cells"] if one["name"] == name)


def test_what_is_set_stands_in_the_file_and_remarks_stay(project: iw.Project) -> None:
    project.change([{"do": "set", "cell": "a", "key": "area", "value": " 28,3 mm^2 "}])
    assert _cell(project, "a")["area"] == "28.3 mm^2"
    assert "# the good one" in (project.folder / "cells.toml").read_text("utf-8")
    project.change([{"do": "set", "cell": "a", "key": "area", "value": None}])
    assert "area" not in _cell(project, "a")


def test_a_file_moves_from_cell_to_cell_with_what_is_said_of_it(project: iw.Project) -> None:
    project.change([{"do": "assign", "file": "one.csv", "cell": "a"}])
    project.change([{"do": "say", "file": "one.csv", "key": "state", "value": "before cycling"}])
    project.change([{"do": "assign", "file": "one.csv", "cell": "b"}])
    (file,) = [one for one in project.sheet()["files"] if one["file"] == "one.csv"]
    assert (file["cell"], file["state"]) == ("b", "before cycling")
    assert "measurement" not in _cell(project, "a")
    project.change([{"do": "assign", "file": "one.csv", "cell": None}])
    assert {one["cell"] for one in project.sheet()["files"]} == {None}


def test_what_is_asked_follows_from_the_files_of_a_cell(project: iw.Project) -> None:
    assert _cell(project, "a")["asks"] == []
    project.change([{"do": "assign", "file": "one.csv", "cell": "a"}])
    assert {"area", "kind", "first_half_cycle"} <= set(_cell(project, "a")["asks"])
    project.change([{"do": "set", "cell": "a", "key": "kind", "value": "full"}])
    assert {"active_mass"} <= set(_cell(project, "a")["asks"])
    assert "kind" not in _cell(project, "a")["asks"]


def test_changes_are_made_together_or_not_at_all(project: iw.Project) -> None:
    before = project.sheet()
    good = {"do": "set", "cell": "a", "key": "temperature", "value": "80 degC"}
    for bad in (
        {"do": "set", "cell": "b", "key": "area", "value": "28.3"},
        {"do": "set", "cell": "b", "key": "area", "value": "80 degC"},
        {"do": "set", "cell": "b", "key": "colour", "value": "red"},
        {"do": "set", "cell": "nobody", "key": "area", "value": "1 mm^2"},
        {"do": "set", "cell": "b", "key": "interfaces", "value": "two"},
        {"do": "set", "cell": "b", "key": "name", "value": "a"},
        {"do": "say", "file": "one.csv", "key": "state", "value": "x"},
        {"do": "add", "cell": "a", "treatment": "bare"},
        {"do": "burn"},
    ):
        with pytest.raises(InputError):
            project.change([good, bad])
        assert project.sheet() == before


def test_who_did_not_see_the_newest_version_changes_nothing(project: iw.Project) -> None:
    seen = project.sheet()["version"]
    table = project.folder.parent / "table.csv"
    table.write_text("file,cell,treatment\ntwo.csv,c,welded\n")
    project.assign(table)  # a command line in between
    with pytest.raises(StaleVersionError, match="since you looked"):
        project.change([{"do": "remove", "cell": "a"}], seen)
    assert [one["name"] for one in project.sheet()["cells"]] == ["a", "b", "c"]


def test_undo_writes_what_stood_there_byte_for_byte(project: iw.Project) -> None:
    stood = [(project.folder / name).read_bytes() for name in ("project.toml", "cells.toml")]
    edits = [{"do": "set", "cell": "a", "key": "treatment", "value": "welded"}, {"do": "remove", "cell": "b"}]
    before = project.change(edits)
    changed = project.sheet()["version"]
    project.put_back(before, changed)
    assert [(project.folder / name).read_bytes() for name in ("project.toml", "cells.toml")] == stood
    with pytest.raises(StaleVersionError):
        project.put_back(before, changed)


def test_a_cell_that_changes_its_group_gets_a_number_that_is_free(project: iw.Project) -> None:
    assert [one["replicate"] for one in project.sheet()["cells"]] == [1, 2]
    project.change([{"do": "add", "cell": "c", "treatment": "welded"}])
    project.change([{"do": "set", "cell": "c", "key": "treatment", "value": "bare"}])
    assert [one["replicate"] for one in project.sheet()["cells"]] == [1, 2, 3]
    project.change([{"do": "set", "cell": "b", "key": "treatment", "value": "new"}])
    assert _cell(project, "b")["replicate"] == 2  # alone in its group: what was written stays
    assert "new" in project.sheet()["treatments"]


@given(st.integers(0, 10**4), st.integers(0, 10**6), st.sampled_from(["mm^2", "mg", "degC"]))
def test_a_decimal_comma_is_a_point_unless_it_may_part_thousands(whole: int, part: int, unit: str) -> None:
    text = f"{whole},{part} {unit}"
    if whole and len(str(part)) == 3:
        with pytest.raises(UnitError, match="two ways"):
            point_for_comma(text)
    else:
        assert point_for_comma(text) == f"{whole}.{part} {unit}"


@pytest.mark.parametrize("text", ["28.3 mm^2", "1.000,5 mm", "lithium, 6 mm", "", "1,2,3 mm", "80 degC"])
def test_whatever_else_has_a_comma_stays(text: str) -> None:
    assert point_for_comma(text) == text


def test_an_exponent_may_follow_a_comma() -> None:
    assert to_si(point_for_comma("-1,5e-3 m"), "m") == -1.5e-3


def test_a_table_may_have_decimal_commas(project: iw.Project) -> None:
    table = project.folder.parent / "table.txt"
    table.write_text("file\tcell\ttreatment\tarea (mm^2)\ttemperature\none.csv\ta\tbare\t28,3\t80,5 degC\n")
    project.assign(table)
    assert (_cell(project, "a")["area"], _cell(project, "a")["temperature"]) == ("28.3 mm^2", "80.5 degC")


def test_a_treatment_is_described_in_a_sentence(project: iw.Project) -> None:
    before = project.change([{"do": "describe", "treatment": "bare", "value": " as pressed "}])
    assert project.sheet()["treatments"] == {"bare": "as pressed"}
    project.put_back(before, project.sheet()["version"])
    assert project.sheet()["treatments"] == {"bare": ""}
    with pytest.raises(InputError, match="no treatment is called 'wet'"):
        project.change([{"do": "describe", "treatment": "wet", "value": "x"}])
