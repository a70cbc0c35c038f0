"""`ionweld simulate`: the same cell whatever its file is called, nothing overwritten, ramps told with their cause."""

import json
from pathlib import Path

import command_line
import pytest

CELL = """
name = "ours"
temperature = "{T}"
stack_pressure = "0.15 MPa"
electrolyte = {{ material = "Li2OHCl", mass = "0.15 g", diameter = "10 mm" }}
electrodes.negative = {{ material = "Li", diameter = "6 mm", thickness = "100 um", interface.gap = "10 um" }}
mechanisms.filament = {filament}
"""
CYCLES = """
name = "two"
first_half_cycle = "charge"
voltage_limit = "{limit}"
stages = [{{ current_density = "{j}", half_cycle_time = "0.5 h", cycles = 2 }}]
"""
RAMP = """
name = "ramp"
first_half_cycle = "charge"
voltage_limit = "5 V"
ramp = { start = "0.05 mA/cm^2", step = "0.2 mA/cm^2", half_cycle_time = "0.5 h", highest = "1 mA/cm^2" }
"""


@pytest.fixture
def bench(undrawn: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.toml").write_text(CELL.format(T="80 degC", filament="true"))
    (tmp_path / "copy.toml").write_text(CELL.format(T="80 degC", filament="true"))
    (tmp_path / "cycles.toml").write_text(CYCLES.format(j="0.1 mA/cm^2", limit="5 V"))
    (tmp_path / "ramp.toml").write_text(RAMP)
    return tmp_path


def simulated(*words: str) -> command_line.Answer:
    return command_line.ionweld("simulate", *words, "--replicates", "1")


def test_a_copy_of_a_cell_gives_the_same_result_and_another_seed_another(bench: Path) -> None:
    found = [simulated(name, "cycles.toml", "--json").document["cycles"] for name in ("one.toml", "copy.toml")]
    assert found[0] == found[1]
    other = simulated("one.toml", "cycles.toml", "--seed", "1", "--out", "other", "--json").document
    assert other["cycles"] != found[0]
    assert other["ensemble"]["seeds"] == ["1/0"]


def test_an_earlier_result_is_kept(bench: Path) -> None:
    assert simulated("one.toml", "cycles.toml").status == 0
    before = (bench / "ionweld-one" / "results.json").read_bytes()
    again = simulated("one.toml", "cycles.toml")
    assert again.status == 0
    assert "ionweld-one-2" in again.err
    assert (bench / "ionweld-one-2" / "results.json").exists()
    refused = simulated("one.toml", "cycles.toml", "--out", "ionweld-one")
    assert refused.status == 2
    assert "holds an earlier result" in refused.err
    assert (bench / "ionweld-one" / "results.json").read_bytes() == before


def test_a_ramp_says_its_critical_current_and_why(bench: Path) -> None:
    answer = simulated("one.toml", "ramp.toml", "--out", "r")
    assert answer.status == 0, answer.err
    assert "critical current " in answer.out
    document = json.loads((bench / "r" / "results.json").read_text())
    assert document["critical_current"]["causes"] in ({"short": 1}, {"none": 1}, {"contact loss": 1})
    assert len(document["interface_resistance_ohm_cm2"]["before"]) == 2
    assert "critical current" in (bench / "r" / "report.html").read_text()


def test_a_voltage_that_no_cell_has_is_printed_with_its_warning(bench: Path) -> None:
    (bench / "cold.toml").write_text(CELL.format(T="20 degC", filament="false"))
    (bench / "fast.toml").write_text(CYCLES.format(j="1 mA/cm^2", limit="1 MV"))
    answer = simulated("cold.toml", "fast.toml", "--out", "cold")
    assert answer.status == 0, answer.err
    assert "pass 100 V" in answer.out
    assert "pass 100 V" in (bench / "cold" / "report.html").read_text()
