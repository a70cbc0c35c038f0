"""Every command that the README shows is run, as it stands there, on files that stand in for a person's own."""

import re
import shlex
from pathlib import Path

import command_line
import pytest

import ionweld.twin.pool

ROOT = Path(__file__).parent.parent
BLOCKS = re.findall(r"^```\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line.startswith("ionweld ")]
RECORDS = "Test Time / s,Voltage / V,Current / A,Cycle Count / 1\n" + "".join(
    f"{60 * i},{0.05 if i < 30 else -0.05},{1e-4 if i < 30 else -1e-4},1\n" for i in range(60)
)


def test_the_readme_shows_commands_and_the_install_line_that_ci_runs() -> None:
    assert len(COMMANDS) >= 5
    steps = (
        "python3 -m venv .venv && .venv/bin/pip install {}-c constraints.txt -e '.[test]'",
        ".venv/bin/python -m pytest",
    )
    assert any(" && ".join(steps).format("") in block for block in BLOCKS)
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert lines.index(steps[0].format("-q ")) < lines.index(steps[1])
    assert any("ionweld reproduce yu2021" in block for block in BLOCKS)


def test_the_commands_run_in_order(undrawn: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ionweld.twin.pool, "worker_count", lambda: 1)
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "cell.csv").write_text(RECORDS)
    for command in COMMANDS:
        words = shlex.split(command)[1:]
        places = {"FILE": "stick/cell.csv", "FOLDER": "stick"}
        words = [places.get(word, str(ROOT / word) if word.startswith("examples/") else word) for word in words]
        answer = command_line.ionweld(*words)
        assert answer.status == 0, f"{command}\n{answer.err}"
