"""The command line from outside: results, exit statuses, one clear message, and nothing half-written."""

import json
import shlex
import sys
from pathlib import Path
from types import SimpleNamespace

import command_line
import pytest

import ionweld.report.files
import ionweld.report.reproduction
import ionweld.study.reproduce
import ionweld.twin.pool
import ionweld.twin.sample

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = ROOT / "examples"


def test_an_interrupt_leaves_nothing_half_written(tmp_path: Path, monkeypatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    def nothing_yet(*_: object, **__: object) -> SimpleNamespace:
        return SimpleNamespace(ensembles={})

    monkeypatch.setattr(ionweld.study.reproduce, "reproduce", nothing_yet)  # what was computed does not matter here
    monkeypatch.setattr(ionweld.report.reproduction, "figures", lambda found: {})
    monkeypatch.setattr(ionweld.report.reproduction, "page", lambda found, shown: "")
    monkeypatch.setattr(ionweld.report.files, "write_figures", interrupted)
    monkeypatch.setattr(ionweld.twin.sample, "make", interrupted)
    for words in (("reproduce", "yu2021", "--out"), ("sample",)):
        status, _, err = command_line.ionweld(*words, str(tmp_path / "new" / "folder"))
        assert status == 130
        assert "interrupted" in err
        assert list(tmp_path.iterdir()) == []


def test_work_that_is_stopped_leaves_no_folder(tmp_path: Path, monkeypatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        assert list(tmp_path.iterdir()) == []
        raise KeyboardInterrupt

    (there := tmp_path.with_name("there")).mkdir()
    monkeypatch.setattr(ionweld.study.reproduce, "reproduce", interrupted)
    for folder in (tmp_path / "new", there):
        assert command_line.ionweld("reproduce", "yu2021", "--out", str(folder)).status == 130
    assert (list(tmp_path.iterdir()), there.is_dir()) == ([], True)


def test_the_examples_run(undrawn: None, tmp_path: Path) -> None:
    for cell in ("bare", "welded"):
        status, out, err = command_line.ionweld(
            "simulate", str(EXAMPLES / f"{cell}.toml"), str(EXAMPLES / "cycling.toml"),
            "--out", str(tmp_path / cell), "--replicates", "1", "--json",
        )  # fmt: skip
        assert status == 0, err
        document = json.loads(out)
        assert {"outcome", "cycles", "events", "files"} <= document.keys()
        assert {event["kind"] for event in document["events"]} <= {"sudden drop", "short", "failure"}
        assert (cell == "bare") == bool(document["events"])
        assert 0.0 < document["cycles"][0]["overpotential_V"] < 0.2


def test_the_example_of_a_full_cell_runs(tmp_path: Path) -> None:
    """Charge before discharge, 40 cycles, no more than theory, nothing back that was not put in."""
    words = ("simulate", str(EXAMPLES / "full_cell.toml"), str(EXAMPLES / "full_cell_cycling.toml"))
    answer = command_line.ionweld(*words, "--out", str(tmp_path), "--replicates", "1", "--json")
    assert answer.status == 0, answer.err
    document = answer.document
    assert {"outcome", "cycles", "events", "files"} <= document.keys()
    assert len(document["cycles"]) == 40
    capacity = document["discharge_capacity_mAh_per_g"]["median"]
    assert 100.0 < capacity[0] < 170.0
    assert capacity == sorted(capacity, reverse=True)
    assert all(0.5 < efficiency < 1.0 for efficiency in document["coulombic_efficiency"]["median"])
    html = (tmp_path / "report.html").read_text()
    assert "LiFePO4" in html
    assert "simulated" in html.lower()


def test_five_faults_of_a_full_cell_are_five_messages(tmp_path: Path) -> None:
    text = (EXAMPLES / "full_cell.toml").read_text()
    faults = {
        '"2 mg/cm^2"': '"-2 mg/cm^2"',
        'assumed = "10 um"': 'assumed = "10"',
        '"60 %"': '"70 %"',
        '"80 degC"': '"80 kg"',
        'volume = "3 uL"': "",
    }
    for good, bad in faults.items():
        assert text.count(good) == 1
        text = text.replace(good, bad)
    (tmp_path / "five.toml").write_text(text)
    answer = command_line.ionweld("simulate", str(tmp_path / "five.toml"), str(EXAMPLES / "full_cell_cycling.toml"))
    assert (answer.status, answer.out) == (2, "")
    said = answer.err.strip().splitlines()
    assert len(said) == 5
    for place in ("positive.loading", "positive.coat", "positive.slurry", "temperature", "negative.interface"):
        assert sum(f"{place}: " in line for line in said) == 1, place
    assert "the parts add up to 110 %" in answer.err


@pytest.mark.parametrize(
    ("cell", "program", "said"),
    [
        ("full_cell", "cycling", "a full cell is cycled between two voltages"),
        ("bare", "full_cell_cycling", "in a symmetric cell the voltage does not follow the charge"),
        ("full_cell", "backwards", "the lower limit (4.5 V) is not below the upper one (4.0 V)"),
        ("full_cell", "no rate", "stages.0.c_rate: '0.2' has no unit"),
        ("full_cell", "discharge first", "first_half_cycle"),
        ("cathode beyond the pellet", "full_cell_cycling", "is wider than the pellet"),
        ("no loading", "full_cell_cycling", "electrodes.positive.loading: is missing"),
        ("unknown cathode", "full_cell_cycling", "electrodes.positive.material"),
    ],
)
def test_cells_and_protocols_that_do_not_fit_are_refused(tmp_path: Path, cell, program, said) -> None:
    changed = {
        "backwards": ("full_cell_cycling", '"2.5 V"', '"4.5 V"'),
        "no rate": ("full_cell_cycling", '"0.2 C"', '"0.2"'),
        "discharge first": ("full_cell_cycling", '"charge"', '"discharge"'),
        "cathode beyond the pellet": ("full_cell", 'diameter = "6 mm"\nloading', 'diameter = "12 mm"\nloading'),
        "no loading": ("full_cell", "loading =", "# loading ="),
        "unknown cathode": ("full_cell", '"LiFePO4"', '"LiMn2O4"'),
    }
    places = []
    for name in (cell, program):
        source, good, bad = changed.get(name, (name, "", ""))
        text = (EXAMPLES / f"{source}.toml").read_text()
        assert good in text
        places.append(tmp_path / f"{name}.toml")
        places[-1].write_text(text.replace(good, bad) if good else text)
    answer = command_line.ionweld("simulate", *map(str, places), "--out", str(tmp_path / "out"))
    assert (answer.status, answer.out) == (2, "")
    assert said in answer.err
    assert "Traceback" not in answer.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("reproduce nobody2020", "'nobody2020' is no study"),
        ("simulate missing.toml {cycling}", "missing.toml: cannot be read"),
        ("simulate {bare} {bare}", "stages: is missing"),
        ("simulate {bare} {cycling} --out /proc/nowhere", "cannot be written"),
        ("simulate {broken} {cycling}", "is not valid TOML"),
        ("simulate {five} {cycling}", "must be positive"),
        ("simulate {bare} {cycling} --replicates 0", "Invalid value"),
        ("simulate {bare} {greedy}", "um of lithium, and the foil has 100 um"),
        ("schema nothing", "Invalid value"),
    ],
)
def test_bad_input_gets_a_message_and_exit_status_2(tmp_path: Path, words: str, said: str) -> None:
    broken, five, greedy = tmp_path / "broken.toml", tmp_path / "five.toml", tmp_path / "greedy.toml"
    greedy.write_text((EXAMPLES / "cycling.toml").read_text().replace('"0.5 h"', '"500 h"'))
    broken.write_text("name = \n")
    faults = (EXAMPLES / "bare.toml").read_text()
    for before, after in [('"100 um"', '"-100 um"'), ('"0.15 g"', '"0.15"'), ('"80 degC"', '"80 kg"')]:
        faults = faults.replace(before, after)
    five.write_text(faults.replace('"6 mm"', '"60 mm"').replace("gap =", "gaps ="))
    places = {
        "bare": EXAMPLES / "bare.toml",
        "cycling": EXAMPLES / "cycling.toml",
        "broken": broken,
        "five": five,
        "greedy": greedy,
    }
    before = sorted(tmp_path.rglob("*"))
    status, out, err = command_line.ionweld(*shlex.split(words.format(**places)))
    assert (status, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
    if "{five}" in words:
        assert len(err.strip().splitlines()) == 5
    assert not [path for path in tmp_path.rglob("*") if path not in before]


def test_schema_and_doctor_speak_json() -> None:
    for kind in ("cell", "protocol", "study"):
        status, out, _ = command_line.ionweld("schema", kind)
        assert status == 0
        assert json.loads(out)["type"] == "object"
    status, out, _ = command_line.ionweld("doctor", "--json")
    assert status == 0
    assert json.loads(out)["ionweld"]


def test_help_needs_no_science() -> None:
    import subprocess

    heavy = "numpy polars numba pint matplotlib pydantic scipy jinja2"
    code = f"import sys, ionweld.cli.app; print([name for name in '{heavy}'.split() if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT / "src")
    assert said.stdout.strip() == "[]"


def test_a_shell_completes_verbs_and_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_IONWELD_COMPLETE", "complete_bash")
    for words, offered in (("ionweld ei", "eis"), ("ionweld eis fit --cir", "--circuit")):
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
        assert command_line.ionweld().out.split() == [offered]


def test_doctor_says_how_to_install_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    import ionweld.cli.doctor as doctor

    monkeypatch.setattr(doctor, "installed", lambda name: None if name == "access-parser" else "1")
    monkeypatch.setattr(
        doctor, "requires", lambda _: ["numpy>=2", "access-parser>=0.0.6; extra == 'arbin'", "sphinx; extra == 'docs'"]
    )
    answer = command_line.ionweld("doctor")
    assert "pip install 'ionweld[arbin]'" in answer.out
    assert "sphinx" not in answer.out
