"""Cells described once, in a table: what is written, what contradicts, what is asked, and how often."""

from pathlib import Path

import polars as pl
import pytest
from command_line import ionweld
from project_bench import write_cycling_file, write_spectrum_file

from ionweld.lab.cells import read_description
from ionweld.lab.folder import ProjectFolder

HEAD = "file,cell,treatment,kind,positive,negative,first_half_cycle,area (mm^2),area_name,interfaces,thickness,temperature,state"
FULL = "symmetric,Li,Li,charge,28.3,foil,2,0.9 mm,80 degC"
ROWS = [
    f"bare_1.csv,bare 1,bare,{FULL},",
    "bare_1_eis.csv,bare 1,,,,,,,,,,,before cycling",
    f"bare_2.csv,bare 2,bare,{FULL},",
    f"welded_1.csv,welded 1,welded,{FULL},",
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for number, name in enumerate(("bare_1", "bare_2", "welded_1"), start=1):
        write_cycling_file(tmp_path / "in" / f"{name}.csv", number)
    write_spectrum_file(tmp_path / "in" / "bare_1_eis.csv", 4000.0)
    assert ionweld("ingest", tmp_path / "in", "--project", tmp_path / "P").status == 0
    return tmp_path / "P"


def assign(project: Path, rows: list[str], head: str = HEAD):
    table = project.parent / "cells.csv"
    table.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return ionweld("project", "assign", table, "--project", project, "--json")


def test_a_table_says_all_of_every_cell(project):
    done = assign(project, ROWS)
    assert done.status == 0, done.err
    assert (done.document["rows"], done.document["new_treatments"], done.document["asks"]) == (
        4,
        ["bare", "welded"],
        [],
    )
    found = read_description(ProjectFolder(project))
    assert [(cell.name, cell.treatment, cell.replicate) for cell in found.cells] == [
        ("bare 1", "bare", 1), ("bare 2", "bare", 2), ("welded 1", "welded", 1),
    ]  # fmt: skip
    first = found.cells[0]
    assert first.area.value == pytest.approx(28.3e-6)
    assert first.temperature.value == pytest.approx(353.15)
    assert [(one.file, one.state) for one in first.measurement] == [
        ("bare_1.csv", None),
        ("bare_1_eis.csv", "before cycling"),
    ]
    assert ionweld("project", "verify", "--project", project).status == 0


def test_a_workbook_says_the_same(project):
    rows = [row.split(",") for row in ROWS]
    table = pl.DataFrame({name: [row[place] or None for row in rows] for place, name in enumerate(HEAD.split(","))})
    table.with_columns(pl.col("area (mm^2)", "interfaces").cast(pl.Float64)).write_excel(project.parent / "cells.xlsx")
    done = ionweld("project", "assign", project.parent / "cells.xlsx", "--project", project, "--json")
    assert done.status == 0, done.err
    assert done.document["asks"] == []
    assert [cell.interfaces for cell in read_description(ProjectFolder(project)).cells] == [2, 2, 2]


def test_each_missing_thing_is_asked_once_for_all_cells_of_a_treatment(project):
    done = assign(
        project, ["bare_1.csv;bare 1;bare", "bare_2.csv;bare 2;bare", "welded_1.csv;w;welded"], "file;cell;treatment"
    )
    assert done.status == 0, done.err
    asked = [ask for ask in done.document["asks"] if ask["missing"] == "area"]
    assert [ask["where"] for ask in asked] == ["cells.toml: bare 1, bare 2", "cells.toml: w"]
    assert "under [[cell]]" in asked[0]["how"]
    assert sum("belong" in ask["missing"] for ask in done.document["asks"]) == 1  # the spectrum


def test_what_a_person_wrote_stays_with_its_comments(project):
    written = '# mine\n[[cell]]\nname = "bare 1" # the good one\ntreatment = "bare"\nreplicate = 7\n[[cell.measurement]]\nfile = "bare_1.csv"\n'
    (project / "cells.toml").write_text(written)
    (project / "project.toml").write_text('name = "P" # ours\n[treatments]\nbare = "as pressed"\n')
    assert assign(project, ROWS).status == 0
    assert assign(project, ROWS).status == 0  # the same table twice changes nothing
    text = (project / "cells.toml").read_text()
    for words in ("# mine", "# the good one", "replicate = 7"):
        assert words in text
    assert text.count('"bare_1.csv"') == 1
    assert "as pressed" in (project / "project.toml").read_text()
    found = read_description(ProjectFolder(project)).cells
    assert [(cell.replicate, len(cell.measurement)) for cell in found] == [(7, 2), (1, 1), (1, 1)]


def test_a_temperature_that_differs_between_rows_is_that_of_each_measurement(project):
    rows = ["bare_1.csv,bare 1,bare,80 degC", "bare_1_eis.csv,bare 1,bare,45 degC"]
    assert assign(project, rows, "file,cell,treatment,temperature").status == 0
    (cell,) = read_description(ProjectFolder(project)).cells
    assert cell.temperature is None
    assert [one.temperature.value for one in cell.measurement] == pytest.approx([353.15, 318.15])


def test_every_fault_is_said_with_its_row_and_nothing_is_written(project):
    before = (project / "cells.toml").read_text()
    rows = [
        "a.csv,one,bare,28.3 mm,3",
        "b.csv,one,bare,,two",
        ",two,bare,,",
        "c.csv,two,welded,5 mm^2,1",
        "a.csv,two,welded,,",
    ]
    done = assign(project, rows, "file,cell,treatment,area,interfaces")
    assert done.status == 2
    for words in (
        "row 2: area",
        "row 3: interfaces",
        "row 4: has no file",
        "row 5: treatment of two",
        "row 6: a.csv is",
    ):
        assert words in done.err
    assert (project / "cells.toml").read_text() == before
    unknown = assign(project, ["a,b"], "file,colour")
    assert unknown.status == 2
    assert "'colour'" in unknown.err
    assert "no column 'cell'" in unknown.err


def test_a_laboratorys_own_spreadsheet_is_understood_and_what_it_says_besides_is_left(project):
    rows = ["bare_1.csv;A1;bare;0,785;80;5,2;Kim;dried", "bare_2.csv;A1;bare;0,785;80;5,2;;"]
    done = assign(project, rows, "File name;Cell ID;Group;Area (cm2);Temperature (°C);Mass (mg);Operator;Comment")
    assert done.status == 0, done.err
    assert done.document["unused_columns"] == ["Operator"]
    (cell,) = read_description(ProjectFolder(project)).cells
    assert cell.area.value == pytest.approx(7.85e-5)
    assert cell.active_mass.value == pytest.approx(5.2e-6)
    assert cell.temperature.value == pytest.approx(353.15)
    assert cell.measurement[0].note == "dried"
    other = assign(project, ["bare_1.csv,A1,78.5 mm^2,353.15 K"], "Datei,Zelle,Fläche,Temperatur")
    assert other.status == 0, other.err  # the same, in other units
    contrary = assign(project, ["bare_1.csv,A1,79 mm^2"], "file,cell,area")
    assert contrary.status == 2
    assert "area of A1 is '79 mm^2'" in contrary.err


def test_a_column_that_is_nearly_one_of_a_cell_is_a_fault(project):
    done = assign(project, ["a.csv,one,28.3 mm^2"], "file,cell,aera")
    assert done.status == 2
    assert "Did you mean 'area'?" in done.err


def test_at_a_terminal_each_thing_is_asked_once_and_written_for_all(project, monkeypatch):
    import sys

    import typer

    asked = []

    def answer(question, **_):
        asked.append(question)
        return {"area": "28.3" if len(asked) == 4 else "28.3 mm^2", "kind": "symmetric"}.get(question.split()[0], "")

    monkeypatch.setattr(typer, "prompt", answer)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    (project.parent / "t.csv").write_text("file,cell,treatment\nbare_1.csv,bare 1,bare\nbare_2.csv,bare 2,bare\n")
    done = ionweld("project", "assign", project.parent / "t.csv", "--project", project)
    assert done.status == 0, done.err
    assert [question.split(",")[0] for question in asked if question.startswith("kind")] == ["kind of bare 1"]
    assert sum(question.startswith("area of") for question in asked) == 2  # the first answer had no unit
    cells = read_description(ProjectFolder(project)).cells
    assert [(cell.kind, cell.area.value) for cell in cells] == [("symmetric", pytest.approx(28.3e-6))] * 2
