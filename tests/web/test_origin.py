"""Every number answers where it comes from: what made it, of which file, and what was said for it, with file and line."""

from pathlib import Path

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from ionweld.spec.written import line_of, lines_of
from ionweld.web.origin import given, listed_in, origin, said_of_a_cell
from ionweld.web.screens import drop

CELLS = """# of my laboratory
[[cell]]
name = "a"
area = "1 cm^2"
[[cell.measurement]]
file = "one.csv"

[[cell]]
name = "b"  # the good one
note = \"\"\"
area = "no, this is text"
\"\"\"
area = "2 cm^2"
electrodes = { gap = "10 um" }

[cell.half]
"my key" = 3
"""


def test_the_line_of_each_key_is_where_a_person_finds_it() -> None:
    found, text = lines_of(CELLS), CELLS.splitlines()
    assert text[found["cell.0.area"] - 1] == 'area = "1 cm^2"'
    assert text[found["cell.1.area"] - 1] == 'area = "2 cm^2"'
    assert text[found["cell.0.measurement.0.file"] - 1] == 'file = "one.csv"'
    assert text[found["cell.1"] - 1] == "[[cell]]"
    assert text[found["cell.1.half.my key"] - 1] == '"my key" = 3'


def test_what_stands_within_a_line_has_that_line_and_what_nobody_wrote_has_none() -> None:
    assert line_of(CELLS, "cell.1.electrodes.gap") == lines_of(CELLS)["cell.1.electrodes"]
    assert line_of(CELLS, "cell.1.electrodes.volume") is None
    assert line_of(CELLS, "rest") is None


@for_all(st.text())
def test_any_text_has_lines_and_none_of_them_lies_outside(text: str) -> None:
    assert all(1 <= line <= len(text.splitlines()) for line in lines_of(text).values())


def test_what_was_said_of_a_cell_names_its_lines(tmp_path: Path) -> None:
    (tmp_path / "cells.toml").write_text(CELLS, "utf-8")
    said = {one["name"]: one for one in said_of_a_cell(tmp_path, "b")}
    assert (said["area"]["value"], said["area"]["line"]) == ("2 cm^2", 13)
    assert said_of_a_cell(tmp_path, "c") == []


def test_a_record_says_what_made_a_number_and_by_whose_numbers() -> None:
    found = origin("fit_xps", "fitted", ["a.vms"], given({"region": "C 1s", "species": ""}))
    assert found["made_by"] == "ionweld.fit_xps"
    assert found["how"].startswith("Fit all regions jointly")
    assert any("Shirley" in text for text in found["sources"])
    assert [one["value"] for one in found["said"]] == ["C 1s"]


@pytest.mark.parametrize(("file", "table"), [("experiments.toml", "experiment"), ("levers.toml", "lever")])
def test_each_experiment_and_lever_is_found_in_its_list(file: str, table: str) -> None:
    found = listed_in("ionweld.infer", file, table)
    text = (Path(drop.__file__).parents[2] / "infer" / file).read_text("utf-8").splitlines()
    assert len(found) > 5
    assert all(name in text[one["line"]] for name, one in found.items())  # the head; its name stands in the next line
