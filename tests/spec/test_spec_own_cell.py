"""A material and a pair are one file each: a cell of them runs, and every output says first what is borrowed."""

import json
import re
from pathlib import Path

import command_line
import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
PROTOCOL = """
name = "three cycles"
first_half_cycle = "charge"
voltage_limit = "5 V"
[[stages]]
current_density = "0.1 mA/cm^2"
half_cycle_time = "0.5 h"
cycles = 3
[[impedance]]
when = "before"
"""
PAIR = """
name = "Li | ours"
kind = "anode interface"
sides = ["Li", "Li6PS5Cl, our batch 7"]
base = "Li | Li2OHCl"
about = "our bench"
[properties.charge_transfer_resistance]
value = "12 ohm*cm^2"
at = "25 degC"
status = "measured"
source = "our impedance"
"""


@pytest.fixture
def folder(undrawn: None, tmp_path: Path) -> Path:
    """A cell that names an electrolyte by its file, in a folder of nothing else."""
    cell = (EXAMPLES / "bare.toml").read_text("utf-8").replace('"Li2OHCl"', '"./my_electrolyte.toml"')
    (tmp_path / "cell.toml").write_text(cell, "utf-8")
    (tmp_path / "protocol.toml").write_text(PROTOCOL, "utf-8")
    (tmp_path / "my_electrolyte.toml").write_text((EXAMPLES / "my_electrolyte.toml").read_text("utf-8"), "utf-8")
    return tmp_path


def simulated(folder: Path, *words: str) -> command_line.Answer:
    files = (folder / "cell.toml", folder / "protocol.toml")
    answer = command_line.ionweld("simulate", *files, "--replicates", 1, "--out", folder / "out", *words)
    assert answer.status == 0, answer.err
    return answer


def test_a_cell_of_ones_own_electrolyte_runs_and_says_first_what_is_borrowed(folder: Path) -> None:
    first = simulated(folder).out.splitlines()[0]
    match = re.fullmatch(r"(\d+) of (\d+) parameters are borrowed from (.*): a picture, not a prediction", first)
    assert match is not None
    assert match[3] == "Li | Li2OHCl at 80 degC and Li6PS5Cl"
    document = json.loads((folder / "out" / "results.json").read_text("utf-8"))
    assert next(iter(document)) == "borrowed"
    assert document["borrowed"]["sentence"] == first
    assert len(document["borrowed"]["numbers"]) == int(match[1])
    assert document["borrowed"]["numbers"]["permittivity"] == "Li6PS5Cl"
    assert "conductivity" not in document["borrowed"]["numbers"]
    page = (folder / "out" / "report.html").read_text("utf-8")
    assert page.index(first) < page.index("<h1>")


def test_a_pair_in_the_folder_beside_is_borrowed_no_longer(folder: Path) -> None:
    before = simulated(folder, "--json").document
    (folder / "materials").mkdir()
    (folder / "materials" / "pair.toml").write_text(PAIR, "utf-8")
    (folder / "out").rename(folder / "before")
    after = simulated(folder, "--json").document
    gone = before["borrowed"]["numbers"].keys() - after["borrowed"]["numbers"].keys()
    assert gone == {"charge_transfer_resistance"}
    overpotential = [document["cycles"][0]["overpotential_V"] for document in (before, after)]
    assert overpotential[1] < 0.5 * overpotential[0]


def test_what_nothing_is_borrowed_for_says_nothing(folder: Path) -> None:
    (folder / "cell.toml").write_text((EXAMPLES / "bare.toml").read_text("utf-8"), "utf-8")
    answer = simulated(folder)
    assert "are borrowed" not in answer.out
    document = json.loads((folder / "out" / "results.json").read_text("utf-8"))
    assert document["borrowed"] == {"sentence": "", "numbers": {}, "total": document["borrowed"]["total"]}
    assert "are borrowed" not in (folder / "out" / "report.html").read_text("utf-8")


def test_a_sweep_names_the_electrolyte_that_borrows(folder: Path) -> None:
    answer = command_line.ionweld(
        "sweep", folder / "cell.toml", folder / "protocol.toml", "--vary", "electrolyte.material=./my_electrolyte.toml,Li2OHCl",
        "--replicates", 1, "--workers", 1, "--out", folder / "sweep",
    )  # fmt: skip
    assert answer.status == 0, answer.err
    first = answer.out.splitlines()[0]
    assert re.match(r"Li6PS5Cl, our batch 7: \d+ of \d+ parameters are borrowed from", first)
    assert json.loads((folder / "sweep" / "results.json").read_text("utf-8"))["borrowed"] == [first]
    assert first in (folder / "sweep" / "report.html").read_text("utf-8")


def test_materials_lists_what_there_is_and_what_a_person_has(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "materials").mkdir()
    (folder / "my_electrolyte.toml").rename(folder / "materials" / "mine.toml")
    monkeypatch.chdir(folder)
    listed = command_line.ionweld("materials", "--json").document["materials"]
    mine = next(row for row in listed if row["name"] == "Li6PS5Cl, our batch 7")
    assert mine["file"] == "materials/mine.toml"
    assert {"Li", "Li2OHCl", "Li | Li2OHCl"} <= {row["name"] for row in listed}
    kinds = {
        row["kind"] for row in command_line.ionweld("materials", "--kind", "metal", "--json").document["materials"]
    }
    assert kinds == {"metal"}
    said = command_line.ionweld("materials", "Li6PS5Cl, our batch 7").out
    assert "conductivity sigma = 2.4e-3 S/cm (0.0021 to 0.0027 S/cm), measured" in said


def test_materials_shows_every_number_with_unit_range_status_and_source() -> None:
    document = command_line.ionweld("materials", "Li | Li6PS5Cl", "--json").document
    for number in document["values"]:
        assert number["unit"]
        assert number["source"]
        assert number["status"] in ("measured", "literature", "assumed", "chosen", "derived", "fitted")
    borrowed = [number["name"] for number in document["values"] if number["borrowed_from"]]
    assert len(borrowed) == document["borrowed"]
    text = command_line.ionweld("materials", "Li | Li6PS5Cl").out
    assert "taken over from Li | Li2OHCl" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Unobtainium",), "not in the library"),
        (("--kind", "solid"), "no kind of entry"),
        (("./none.toml",), "cannot be read"),
    ],
)
def test_materials_refuses_what_it_does_not_know(words: tuple[str, ...], said: str) -> None:
    answer = command_line.ionweld("materials", *words)
    assert answer.status == 2
    assert said in answer.err
    assert answer.out == ""


@pytest.mark.parametrize("kind", ["material", "pair"])
def test_files_of_the_library_have_a_schema(kind: str) -> None:
    schema = command_line.ionweld("schema", kind).document
    numbers = schema["$defs"]["ElectrolyteNumbers" if kind == "material" else "AnodeNumbers"]
    assert "conductivity" in numbers["required"] or "charge_transfer_resistance" in numbers["required"]
