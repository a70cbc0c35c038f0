"""`ionweld simulate` with named points: spectra in files that `ionweld eis` reads again, in the report and in the JSON."""

import json
import sys
from pathlib import Path

import pytest

from ionweld.cli import _run

ROOT = Path(__file__).parent.parent.parent
CELL = ROOT / "src" / "ionweld" / "study" / "yu2021" / "cells" / "full_welded.toml"
PROTOCOL = """
name = "two cycles"
first_half_cycle = "charge"
upper_voltage = "4.0 V"
lower_voltage = "2.5 V"
record_every = "300 s"

[[stages]]
c_rate = "0.2 C"
cycles = 2

[[impedance]]
when = "before"

[[impedance]]
after_cycle = 2
state = "rested"
rest = "2 h"
temperature = "60 degC"
points = 80
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["ionweld", *words])
        try:
            status = _run()
        except SystemExit as stop:
            status = int(stop.code or 0)
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


def test_spectra_are_written_shown_and_read_again(undrawn: None, run, tmp_path: Path) -> None:
    protocol = tmp_path / "protocol.toml"
    protocol.write_text(PROTOCOL)
    out = tmp_path / "out"
    status, said, err = run("simulate", str(CELL), str(protocol), "--out", str(out), "--replicates", "1", "--json")
    assert status == 0, err
    document = json.loads(said)
    before, rested = document["impedance"]
    assert rested["temperature_K"] == 333.15
    assert "rested 2 h, at 60 degC" in rested["moment"]
    assert before["states_ohm"]["total"] < rested["states_ohm"]["total"], "cooler, and two cycles older"
    paths = [out / "data" / one["file"] for one in (before, rested)]
    assert {str(path) for path in paths} <= set(document["files"])
    assert (out / "figures" / "impedance.svg").exists()
    assert "Nyquist" in (out / "report.html").read_text()
    circuit = "Rb-p(Rgb,CPEgb)-p(Ri,CPEi)-p(Rc,CPEc)-CPEw"
    status, said, err = run("eis", "fit", *(str(path) for path in paths), "--circuit", circuit, "--json")
    assert status == 0, err
    for one, asked in zip(json.loads(said)["spectra"], (before, rested), strict=True):
        assert one["temperature_K"] == pytest.approx(asked["temperature_K"])
        fitted = {row["name"]: row["value"] for row in one["parameters"]}
        assert fitted["Rb"] == pytest.approx(asked["states_ohm"]["grains"], rel=0.1)


def test_a_cell_whose_test_ended_before_the_point_is_taken_as_the_end_left_it(
    undrawn: None, run, tmp_path: Path
) -> None:
    protocol = tmp_path / "protocol.toml"
    protocol.write_text(PROTOCOL.replace('upper_voltage = "4.0 V"', 'upper_voltage = "3.43 V"'))  # dead at once
    out = tmp_path / "out"
    status, said, err = run("simulate", str(CELL), str(protocol), "--out", str(out), "--replicates", "1", "--json")
    assert status == 0, err
    before, rested = json.loads(said)["impedance"]
    assert before["moment"] == "before the first current"
    assert rested["moment"].startswith("after the discharge of cycle 1, rested 2 h, with which its test ended")
    assert (out / "data" / rested["file"]).exists()


def test_a_faulty_point_is_an_input_error(run, tmp_path: Path) -> None:
    protocol = tmp_path / "protocol.toml"
    protocol.write_text(PROTOCOL.replace("after_cycle = 2", "after_cycle = 3"))
    status, said, err = run("simulate", str(CELL), str(protocol), "--out", str(tmp_path / "out"))
    assert (status, said) == (2, "")
    assert "impedance.1.after_cycle" in err
    assert "2 cycles" in err
    assert not (tmp_path / "out").exists()


def test_the_schema_knows_named_points(run) -> None:
    status, said, _ = run("schema", "protocol")
    assert status == 0
    assert "after_cycle" in json.dumps(json.loads(said))
