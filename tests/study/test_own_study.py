"""A study of one's own is a folder: the shipped small one is reproduced as it stands, and one that a test writes."""

import json
import re
import shutil
from importlib.resources import files
from pathlib import Path

import command_line
import pytest
from small_study import write_study

import ionweld.twin.pool
from ionweld.errors import SpecError
from ionweld.study.model import available, load_study, read_study
from ionweld.twin.observables import Observable


@pytest.fixture
def quick(undrawn: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ionweld.twin.pool, "worker_count", lambda: 1)


def test_the_small_study_is_reproduced_without_any_calibration(quick: None, tmp_path: Path) -> None:
    """As it ships, but for the number of cells: one of each is drawn."""
    folder = Path(shutil.copytree(str(files("ionweld.study").joinpath("nasir2025")), tmp_path / "nasir2025"))
    listed = (folder / "study.toml").read_text("utf-8")
    (folder / "study.toml").write_text(re.sub(r"members = \d+", "members = 1", listed), "utf-8")
    answer = command_line.ionweld("reproduce", str(folder), "--out", str(tmp_path / "out"), "--json")
    assert answer.status == 0, answer.err
    document = answer.document
    assert (document["study"], document["fitted_parameters"], document["calibration"]) == ("nasir2025", 0, None)
    assert {target["id"]: target["role"] for target in document["targets"]} == dict.fromkeys(
        ("critical_current", "life", "retention", "efficiency"), "predicted"
    )
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "This study has no calibration" in page
    assert "parameters are borrowed from" in document["borrowed"]
    assert page.index(document["borrowed"].partition(":")[0]) < page.index("<h1>")
    assert page.count("<svg") == 3 * 3  # of each test: two of its cycling, one of its states
    assert "no cell has it" in page or all(target["twin"] is not None for target in document["targets"])


def test_without_a_calibration_none_can_be_run_again(tmp_path: Path) -> None:
    answer = command_line.ionweld("reproduce", "nasir2025", "--out", str(tmp_path), "--recalibrate")
    assert (answer.status, "calibration.toml" in answer.err) == (2, True)


def test_a_folder_of_ones_own_is_reproduced_and_nothing_else_is_touched(quick: None, tmp_path: Path) -> None:
    folder = write_study(tmp_path / "my_study")
    assert sum(path.is_file() for path in folder.rglob("*")) == 5
    answer = command_line.ionweld("reproduce", str(folder), "--out", str(tmp_path / "out"), "--json")
    assert answer.status == 0, answer.err
    (target,) = answer.document["targets"]
    assert answer.document["study"] == "my_study"
    assert (target["id"], target["holds"]) == ("volts", True)
    assert target["twin"] > 1.0
    assert json.loads((tmp_path / "out" / "results.json").read_text())["study"] == "my_study"


@pytest.mark.parametrize(
    ("name", "old", "new", "seen"),
    [
        ("study.toml", 'cell = "cell"', 'cell = "sell"', "there is no cell 'sell'"),
        ("study.toml", 'protocol = "short"', 'protocol = "long"', "there is no protocol 'long'"),
        ("study.toml", 'test = "only"', 'test = "lonely"', "there is no test 'lonely'"),
        ("study.toml", "cycle = 1", "", "needs cycle"),
        ("study.toml", 'statistic = "value"', 'statistic = "share"', "has no statistic"),
        ("study.toml", 'name = "only"', 'name = "Only one"', "pattern"),
        ("numbers.toml", 'observable = "first"', 'observable = "last"', "there is no observable 'last'"),
    ],
)
def test_a_name_that_nothing_defines_is_said_with_its_file(
    tmp_path: Path, name: str, old: str, new: str, seen: str
) -> None:
    folder = write_study(tmp_path / "my_study")
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))
    with pytest.raises(SpecError) as caught:
        read_study(folder)
    assert any(seen in fault.seen and name in fault.where for fault in caught.value.faults)


def test_missing_files_and_wrong_blocks_are_said_at_once(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "my_study")
    (folder / "numbers.toml").unlink()
    (folder / "report.toml").write_text(
        '[[section]]\nheading = "A"\n[[section.block]]\nfigure = "a"\n[[section.block]]\ntable = "nothing"\n'
    )
    with pytest.raises(SpecError) as caught:
        read_study(folder)
    said = str(caught.value)
    assert "numbers.toml: is missing" in said
    assert "a figure, and only a figure, has a kind and a caption" in said
    assert said.count("\n") >= 2


@pytest.mark.parametrize(
    ("block", "seen"),
    [
        ('figure = "a"\nkind = "zoom"\ncaption = "x"', "names no test"),
        ('figure = "a"\nkind = "capacity"\ncaption = "x"\ntests = ["only"]', "cannot show the cell of only"),
        ('figure = "a"\nkind = "nyquist"\ncaption = "x"\ntests = ["only"]', "no spectrum is taken of only"),
        ('figure = "a"\nkind = "pellets"\ncaption = "x"', "has nothing to show"),
        ('figure = "a"\nkind = "states"\ncaption = "{two} cells"\ntests = ["only"]', "there is no test 'two'"),
        ('table = "checked"', "has nothing to show"),
    ],
)
def test_a_block_that_cannot_be_drawn_is_refused_when_the_study_is_read(tmp_path: Path, block: str, seen: str) -> None:
    folder = write_study(tmp_path / "my_study")
    (folder / "report.toml").write_text(f'[[section]]\nheading = "A"\n[[section.block]]\n{block}\n')
    with pytest.raises(SpecError, match=seen):
        read_study(folder)


def test_a_second_folder_that_is_broken_does_not_stop_a_simulation(tmp_path: Path) -> None:
    """A person's studies are read when they are asked for: what `simulate` knows comes from calibrations that ship."""
    broken = write_study(tmp_path / "my_study")
    (broken / "study.toml").write_text("title = ")
    with pytest.raises(SpecError, match="not valid TOML"):
        load_study(str(broken))
    assert {"yu2021", "nasir2025"} <= set(available())


@pytest.mark.parametrize(
    "row",
    [
        {"quantity": "event", "statistic": "value"},
        {"quantity": "impedance", "statistic": "value"},
        {"quantity": "survival", "statistic": "value"},
        {"quantity": "overpotential", "statistic": "share"},
        {"quantity": "overpotential", "statistic": "pooled", "cycles": [1, 2]},
        {"quantity": "overpotential", "statistic": "first unlike", "by": 0.1},
    ],
)
def test_an_observable_that_means_nothing_is_refused(row: dict) -> None:
    with pytest.raises(ValueError, match=r"needs|has no statistic|can be pooled"):
        Observable.model_validate({"id": "x", "test": "x", **row})
