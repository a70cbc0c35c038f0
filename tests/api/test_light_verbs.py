"""A verb loads what it needs: no compiler where nothing is simulated, no plots where nothing is drawn."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SPECTRUM = "".join(f"{10 ** (i / 4)},{100 + 1000 / (1 + (10 ** (i / 4) / 1e3) ** 2)},{-i}\n" for i in range(25))
CYCLER = "".join(
    f"{60 * i},{0.05 if i % 60 < 30 else -0.05},{1e-4 if i % 60 < 30 else -1e-4},{i // 60 + 1}\n" for i in range(180)
)
RUN = """
import sys, io
from contextlib import redirect_stdout, suppress
from ionweld.cli import _run
sys.argv = ["ionweld", *sys.argv[1:]]
with redirect_stdout(io.StringIO()), suppress(SystemExit):
    assert _run() == 0
print(*sorted({name.split(".")[0] for name in sys.modules}), *(name for name in sys.modules if name == "scipy.stats"))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("files")
    (made / "s.csv").write_text("frequency_Hz,Z_real_ohm,Z_imag_ohm\n" + SPECTRUM)
    (made / "c.csv").write_text("Test Time / s,Voltage / V,Current / A,Cycle Count / 1\n" + CYCLER)
    return made


@pytest.mark.parametrize(
    ("words", "unwanted"),
    [
        (["eis", "fit", "s.csv", "--circuit", "R0-p(R1,C1)", "--json"], {"numba", "matplotlib", "scipy.stats"}),
        (["cycling", "summary", "c.csv", "--cell", "symmetric", "--json"], {"numba", "matplotlib", "scipy"}),
        (["materials", "Li2OHCl", "--json"], {"numba", "matplotlib", "scipy.stats"}),
        (["schema", "cell"], {"numba", "matplotlib", "scipy", "polars"}),
        (["doctor", "--json"], {"numba", "matplotlib", "scipy", "numpy", "polars"}),
        (["--help"], {"numba", "matplotlib", "scipy", "numpy", "polars", "pydantic", "pint"}),
    ],
)
def test_a_verb_loads_no_more_than_it_needs(folder: Path, words: list[str], unwanted: set[str]) -> None:
    command = [sys.executable, "-c", RUN, *words]
    loaded = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout.split()
    assert "typer" in loaded
    assert unwanted & set(loaded) == set()


def test_who_only_reads_a_study_compiles_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    command = [sys.executable, "-m", "ionweld", "schema", "study"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert '"Study"' in done.stdout
    assert done.stderr == ""
    assert list(tmp_path.rglob("*.nbi")) == []


def test_a_study_is_reproduced_and_reported_without_the_tables_of_statistics() -> None:
    code = "import sys, ionweld.api.studies, ionweld.report.reproduction; print('numba' in sys.modules, 'scipy.stats' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["True", "False"]
