"""The commands of docs/cycling.md run as they stand, on files of known content."""

import re
import shlex
from pathlib import Path

import pytest
from command_line import ionweld
from cycling_programs import cycles_at, made_of, plating, ramp, titration
from instrument import full_cell

PAGE = (Path(__file__).parents[2] / "docs" / "cycling.md").read_text("utf-8")
COMMANDS = [line for text in re.findall(r"```\n(.*?)```", PAGE, re.DOTALL) for line in text.splitlines()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tests = {
        "cell": full_cell(3),
        "part1": full_cell(2),
        "part2": full_cell(3),
        "ramp": made_of(ramp([(100.0, 100.0)] * 5 + [(100.0, 300.0)])),
        "plating": made_of(plating([(1.0, False), (-0.9, True)] * 3)),
        "titration": made_of(titration(), pause_s=0.0),
        "rate": made_of(cycles_at([1e-4] * 2 + [1e-3] * 2 + [2e-3] * 2, [2.0] * 2 + [1.8] * 2 + [1.2] * 2)),
    }
    for name, test in tests.items():
        test.table.write_csv(tmp_path / f"{name}.csv")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_page_has_commands() -> None:
    assert len(COMMANDS) == 10


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_runs(command: str) -> None:
    answer = ionweld(*shlex.split(command)[1:])
    assert answer.status == 0, answer.err
    said = {"ramp": "critical current density 0.5 mA/cm2", "plating": "coulombic efficiency 90.00 %", "titration": "8 pulses",
            "rate": "% of the slowest", "part1": "part 2", "dqdv": "peak at 3.5"}  # fmt: skip
    assert all(text in answer.out for word, text in said.items() if word in command)
