"""The guide to impedance: every command and the Python example in it run, and say what the guide promises."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from command_line import ionweld

from ionweld.read.eis import conditions
from ionweld.spec.cell import PelletConduction
from ionweld.spec.protocol import parse_protocol

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "impedance.md").read_text("utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def test_every_command_of_the_guide_runs(undrawn: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    said = {}
    for line in "".join(blocks("console")).splitlines():
        printed = ionweld(*shlex.split(line)[1:])
        assert printed.status == 0, f"{line}\n{printed.err}"
        said[line] = printed.out
    assert len(said) == 15
    (change,) = (out for line, out in said.items() if "--over cycles" in line)
    assert re.search(r"R2 .*factor (9\.\d|10(\.\d)?)\d* .*: grew", change)
    assert re.search(r"R1 .*unchanged within error", change)
    (first,) = (out for line, out in said.items() if "eis arrhenius" in line and "--json" not in line)
    assert "change of slope: not tested, which takes six temperatures" in first
    assert "r_eff" in first
    assert {path.name for path in tmp_path.glob("*.html")} == {
        "check.html",
        "fit.html",
        "change.html",
        "arrhenius.html",
    }
    (example,) = blocks("python")
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    ran = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, check=False, env=environment)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("Rb ")


def test_the_toml_of_the_guide_is_understood(tmp_path: Path) -> None:
    example, points, conduction = blocks("toml")
    assert PelletConduction.model_validate(tomllib.loads(conduction)["conduction"]).conductivity is not None
    stage = {"c_rate": "0.2 C", "cycles": 40}
    window = {"name": "guide", "first_half_cycle": "charge", "upper_voltage": "4 V", "lower_voltage": "2.5 V"}
    protocol = parse_protocol({**window, "stages": [stage], **tomllib.loads(points)})
    assert [point.name for point in protocol.impedance] == ["before", "after_cycle_40_end_of_discharge"]
    (tmp_path / "cell-7.txt").touch()
    path = tmp_path / conditions.SIDECAR
    path.write_text(example)
    said = conditions.read_sidecar(path, "cell-7.txt")
    assert said["temperature"] == pytest.approx(353.15)
    assert said["thickness"] == pytest.approx(2.1e-3)
