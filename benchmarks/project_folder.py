"""How much processor time a project folder takes: `python benchmarks/project_folder.py [CELLS [FILES]]`.

CELLS cells (1,000), each with one cycling test of three cycles, in ten treatments: `project list`, `verify`, `report`. FILES
files (500), half of them cycling tests and half impedance spectra: `ingest` into a new project. Each verb runs in a process
of its own, and its user and system time counts, start-up and compilation included; "aim" is what it may take.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

ROOT = Path(__file__).parents[1]
sys.path += [str(ROOT / "src"), str(ROOT / "tests")]

from project_bench import write_cycling_file, write_spectrum_file

TREATMENTS = 10
CELL = """
[[cell]]
name = "cell {n}"
treatment = "t{t}"
replicate = {r}
kind = "symmetric"
positive = "Li"
negative = "Li"
first_half_cycle = "charge"
area = "28.3 mm^2"
area_name = "foil"
interfaces = 2
temperature = "80 degC"
[[cell.measurement]]
file = "cell_{n}.csv"
"""


def cpu(*words: object) -> float:
    """Run a verb and return the processor time that it took, in seconds."""
    before = getrusage(RUSAGE_CHILDREN)
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "ionweld", *map(str, words)]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def fill(folder: Path, files: int) -> Path:
    """Write instrument files, half of them cycling tests and half spectra."""
    for n in range(files):
        if n % 2:
            write_spectrum_file(folder / f"eis_{n}.csv", 1000.0 + n)
        else:
            write_cycling_file(folder / f"test_{n}.csv", n)
    return folder


def describe(project: Path, cells: int) -> None:
    """Say what the cells are."""
    treatments = "".join(f't{t} = "treatment {t}"\n' for t in range(TREATMENTS))
    (project / "project.toml").write_text(f'name = "bench"\n[treatments]\n{treatments}')
    rows = (CELL.format(n=n, t=n % TREATMENTS, r=1 + n // TREATMENTS) for n in range(cells))
    (project / "cells.toml").write_text("".join(rows))


def main(cells: int = 1000, files: int = 500) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        print(f"{'verb':24} {'CPU / s':>8} {'aim / s':>8}")
        took = cpu("ingest", fill(place / "in", files), "--project", place / "P")
        print(f"{f'ingest, {files} files':24} {took:8.2f} {10.0 * files / 500:8.1f}")
        for n in range(cells):
            write_cycling_file(place / "cells" / f"cell_{n}.csv", n)
        cpu("ingest", place / "cells", "--project", place / "Q")
        describe(place / "Q", cells)
        cpu("project", "list", "--project", place / "Q")  # the catalogue follows the edit once
        for verb, aim in (("list", 1.0), ("verify", 5.0), ("report", 15.0)):
            took = cpu("project", verb, "--project", place / "Q")
            print(f"{f'{verb}, {cells} cells':24} {took:8.2f} {aim * cells / 1000:8.1f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
