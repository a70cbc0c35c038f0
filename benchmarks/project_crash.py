"""kill -9 during ingest and rebuild: at random moments, and at every single operation on a file of the project.

After each kill: every raw file has its hash and none is lost, nothing is half-written; `verify` is clean or says what
to repeat; after repeating it is clean. Run with PYTHONPATH=src; about ten minutes on two busy cores.

    python benchmarks/project_crash.py [--random 200] [--seed 1]
"""

import argparse
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from project_bench import (
    assert_nothing_half_written,
    follow,
    ionweld,
    killed_at,
    raw_bytes,
    start,
    write_cycling_file,
)

_FILES_RANDOM, _FILES_EVERYWHERE = 8, 2  # kills at every operation need few files, as there are 25 operations each


@dataclass
class Trial:
    """A command, and the state of the project that it starts from."""

    name: str
    words: tuple[str, ...]
    seed_project: Path
    files: int
    counts: Counter = field(default_factory=Counter)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--random", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rng = random.Random(given.seed)
        for trial in prepare(Path(folder, "random"), _FILES_RANDOM):
            kill_at_random(trial, Path(folder, "random"), given.random // 2, rng)
            report(trial)
        for trial in prepare(Path(folder, "everywhere"), _FILES_EVERYWHERE):
            kill_everywhere(trial, Path(folder, "everywhere"))
            report(trial)


def prepare(folder: Path, files: int) -> list[Trial]:
    """Make a project that holds one of the files, and one that holds all but has lost what was derived."""
    for number in range(files):
        write_cycling_file(folder / "in" / f"cell_{number}.csv", number)
    one, bare = folder / "one", folder / "bare"
    assert ionweld("ingest", folder / "in" / "cell_0.csv", "--project", one).status == 0
    assert ionweld("ingest", folder / "in", "--project", bare).status == 0
    for path in [*(bare / "data").iterdir(), *sorted((bare / "records").iterdir())[::2]]:
        path.unlink()
    project = str(folder / "P")
    return [
        Trial("ingest", ("ingest", str(folder / "in"), "--project", project), one, files),
        Trial("rebuild", ("project", "rebuild", "--project", project), bare, files),
    ]


def fresh(trial: Trial, folder: Path) -> Path:
    project = folder / "P"
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(trial.seed_project, project)
    return project


def kill_at_random(trial: Trial, folder: Path, times: int, rng: random.Random) -> None:
    """Kill at moments spread evenly over the time that the command takes."""
    duration = statistics.median(_duration(trial, folder) for _ in range(3))
    while trial.counts["random: killed"] < times:
        project = fresh(trial, folder)
        stored = raw_bytes(project)
        process = start(*trial.words)
        time.sleep(rng.uniform(0, duration))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if process.returncode == 0:  # it was faster than usual: no kill, so it does not count
            continue
        trial.counts["random: killed"] += 1
        examine(trial, project, stored, "random")
        say(f"{trial.name}: random kill {trial.counts['random: killed']}/{times}")


def _duration(trial: Trial, folder: Path) -> float:
    fresh(trial, folder)
    begin = time.perf_counter()
    process = start(*trial.words)
    process.communicate()
    assert process.returncode == 0
    return time.perf_counter() - begin


def kill_everywhere(trial: Trial, folder: Path) -> None:
    """Kill at the first, second, third ... operation on a file, until the command gets to its end."""
    moment, killed = 0, True
    while killed:
        moment += 1
        project = fresh(trial, folder)
        stored = raw_bytes(project)
        killed = killed_at(moment, project, *trial.words)
        if killed:
            trial.counts["every operation: killed"] += 1
            examine(trial, project, stored, "every operation")
            say(f"{trial.name}: operation {moment}")


def examine(trial: Trial, project: Path, stored: dict[str, bytes], how: str) -> None:
    """Stop with an AssertionError when a byte is lost, something is half-written, or repeating does not mend it."""
    assert raw_bytes(project).items() >= stored.items(), "a raw byte was lost"
    assert_nothing_half_written(project)
    answer = ionweld("project", "verify", "--project", project, "--json")
    clean = answer.document["clean"]
    trial.counts[f"{how}: verify {'clean at once' if clean else 'says what to repeat'}"] += 1
    follow(answer)
    assert ionweld("project", "verify", "--project", project, "--json").document["clean"], "repeating did not mend it"
    assert ionweld(*trial.words).status == 0
    assert len(raw_bytes(project)) == trial.files
    assert ionweld("project", "verify", "--project", project, "--json").document["clean"]
    trial.counts[f"{how}: whole again"] += 1


def report(trial: Trial) -> None:
    for what, count in sorted(trial.counts.items()):
        print(f"{trial.name:8} {what:45} {count:5}", flush=True)


def say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    main()
