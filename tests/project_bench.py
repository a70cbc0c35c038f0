"""What the project tests share: small instrument files, the command line, kills at a chosen moment."""

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from command_line import Answer, ionweld

SOURCE = Path(__file__).parents[1] / "src"

# Kills the process at the n-th time that it touches a file of the project: opens, makes, renames or removes one.
KILLED_AT = """
import os, sys
left, folder = int(sys.argv.pop(1)), sys.argv.pop(1)
def watch(event, args):
    global left
    if event.split(".")[0] in ("open", "os", "sqlite3") and folder in str(args):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), 9)
sys.addaudithook(watch)
from ionweld.cli import _run
status = _run()
"""


def write_cycling_file(path: Path, seed: int, rows: int = 60) -> Path:
    """Write a galvanostatic test of a symmetric cell as a Battery Data Format csv; another seed, other voltages."""
    lines = ["Test Time / s,Voltage / V,Current / A,Cycle Count / 1"]
    for row in range(rows):
        sign = 1 if row // 10 % 2 == 0 else -1
        lines.append(
            f"{60.0 * row},{sign * (0.05 + 1e-4 * seed + 1e-5 * (row % 10)):.6f},{sign * 1e-4},{row // 20 + 1}"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    return path


def write_spectrum_file(path: Path, resistance_ohm: float) -> Path:
    """Write the spectrum of a resistance with a parallel capacitance of 1 nF as a plain csv."""
    lines = ["frequency_Hz,Z_real_ohm,Z_imag_ohm"]
    for step in range(25):
        frequency = 10 ** (6 - step / 4)
        z = resistance_ohm / (1 + 2j * 3.141592653589793 * frequency * resistance_ohm * 1e-9)
        lines.append(f"{frequency:.8g},{z.real:.10g},{z.imag:.10g}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    return path


def start(*words: object, code: str = "from ionweld.cli import main; main()") -> subprocess.Popen:
    """Start the command line in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def killed_at(moment: int, project: Path, *words: object) -> bool:
    """Run the command line and kill it at its n-th touch of the project; say whether it got that far."""
    process = start(moment, project, *words, code=KILLED_AT)
    _, err = process.communicate(timeout=60)
    assert process.returncode in (0, -9), err
    return process.returncode == -9


def assert_nothing_half_written(project: Path) -> None:
    """Every raw file has its hash, every record and derived file is whole, nothing else lies about."""
    for path in (project / "raw").glob("*/*"):
        assert sha256(path.read_bytes()).hexdigest() == path.parent.name
    for path in (project / "records").glob("*"):
        assert path.suffix == ".json"
        assert json.loads(path.read_bytes())["sha256"] == path.stem
    for path in (project / "data").glob("*"):
        assert path.name.endswith((".bdf.parquet", ".eis.parquet"))
        assert path.read_bytes()[-4:] == b"PAR1"


def raw_bytes(project: Path) -> dict[str, bytes]:
    """Return the raw files by hash."""
    return {path.parent.name: path.read_bytes() for path in (project / "raw").glob("*/*")}


def follow(answer: Answer) -> None:
    """Do what `verify` says is to be repeated."""
    import shlex

    for command in {damage["repeat"] for damage in answer.document["damages"]}:
        done = ionweld(*shlex.split(command)[1:])
        assert done.status == 0, (command, done.err)
