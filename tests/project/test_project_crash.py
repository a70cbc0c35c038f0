"""Kills, two processes at once, a full disk: nothing is lost and nothing is half-written.

A larger study (200 random moments, every file operation) is in benchmarks/project_crash.py.
"""

from pathlib import Path

import pytest
from command_line import ionweld
from project_bench import assert_nothing_half_written, follow, killed_at, raw_bytes, start, write_cycling_file


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    for number in range(2):
        write_cycling_file(tmp_path / "in" / f"cell_{number}.csv", number)
    return tmp_path / "in"


def assert_recovers(project: Path, *words: object) -> None:
    """After a kill: nothing is half-written, verify is clean or says what to repeat, and repeating mends all."""
    assert_nothing_half_written(project)
    before = raw_bytes(project)
    if (project / "project.toml").exists():
        follow(ionweld("project", "verify", "--project", project, "--json"))
    again = ionweld(*words)
    assert again.status == 0, again.err
    assert raw_bytes(project).items() >= before.items()
    state = ionweld("project", "verify", "--project", project, "--json").document
    assert state["clean"], state
    assert state["left_over"] == []


@pytest.mark.parametrize("moment", [1, 9, 20, 31, 42, 53, 64, 75])
def test_a_kill_during_ingest_loses_nothing(inbox, tmp_path, moment):
    words = ("ingest", inbox, "--project", tmp_path / "P")
    assert killed_at(moment, tmp_path / "P", *words)
    assert_recovers(tmp_path / "P", *words)


@pytest.mark.parametrize("moment", [5, 25, 45, 65])
def test_a_kill_during_rebuild_loses_nothing(inbox, tmp_path, moment):
    project = tmp_path / "P"
    ionweld("ingest", inbox, "--project", project)
    stored = raw_bytes(project)
    for path in [*(project / "data").iterdir(), min((project / "records").iterdir())]:
        path.unlink()
    words = ("project", "rebuild", "--project", project)
    assert killed_at(moment, project, *words)
    assert raw_bytes(project) == stored
    assert_recovers(project, *words)


def test_two_processes_ingest_the_same_files_at_once(tmp_path):
    for number in range(8):
        write_cycling_file(tmp_path / "in" / f"cell_{number}.csv", number)
    words = ("ingest", tmp_path / "in", "--project", tmp_path / "P", "--json")
    both = [start(*words), start(*words)]
    answers = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    state = ionweld("project", "verify", "--project", tmp_path / "P", "--json").document
    assert (state["clean"], state["raw_files"], state["left_over"]) == (True, 8, [])


FULL_DISK = """
import resource, sys
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
from ionweld.cli import main
main()
"""


@pytest.mark.parametrize("limit", [0, 1500, 6000, 20_000])
def test_a_full_disk_gives_a_message(inbox, tmp_path, limit):
    pytest.importorskip("resource")
    process = start(limit, "ingest", inbox, "--project", tmp_path / "P", code=FULL_DISK)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2, err
    assert "cannot be written" in err
    assert "Traceback" not in err
    assert_recovers(tmp_path / "P", "ingest", inbox, "--project", tmp_path / "P")
