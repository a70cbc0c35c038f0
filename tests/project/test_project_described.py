"""A csv of no known format goes in with a description, which is kept with it: the folder alone rebuilds it."""

from pathlib import Path

import pytest
from command_line import ionweld
from project_bench import follow, write_cycling_file

from ionweld.measurement.store import read_cycling

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
