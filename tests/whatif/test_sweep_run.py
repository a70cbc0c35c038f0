"""A sweep from outside: what it writes, what it does not do twice, what it does when it is stopped or a cell fails."""

import importlib.util
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import command_line
import polars as pl
import pytest
from spine_cells import make_cell, make_protocol, parameters
from undrawn import draw_nothing

import ionweld
import ionweld.report.sweep
import ionweld.twin.grid as gridded
import ionweld.twin.sweep as under_test
from ionweld.analyse.cycling import summarise
from ionweld.errors import ComputationError
from ionweld.spec.cell import parse_cell
from ionweld.spec.faults import read_toml
from ionweld.spec.fields import fields
from ionweld.spec.protocol import parse_protocol
from ionweld.spec.quantity import parse_quantity
from ionweld.spec.variation import parse_variations
from ionweld.study.landmarks import landmarks
from ionweld.twin.calibrated import parameters_for, shipped
from ionweld.twin.ensemble import Recipe, run_member, run_one
from ionweld.twin.pool import workers
from ionweld.units import from_si

CELLS = Path(__file__).parent.parent.parent / "examples"
SHORT = """name = "short"
first_half_cycle = "charge"
voltage_limit = "5 V"
stages = [{ current_density = "0.1 mA/cm^2", half_cycle_time = "0.5 h", cycles = 2 }]
"""
RAMP = """name = "ramp"
first_half_cycle = "charge"
ramp = { start = "0.02 mA/cm^2", factor = 1.5, half_cycle_time = "0.5 h", highest = "1.6 mA/cm^2" }
"""
PRESSURES = "stack_pressure=0.1,0.2MPa"


@pytest.fixture
def sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Run `ionweld sweep` on one of the examples in this process; return exit status, document and messages.

    Figures are drawn to the last stroke by the one test that asks for it: elsewhere they would take most of the time.
    """
    protocol = tmp_path / "short.toml"
    protocol.write_text(SHORT)

    def call(
        *words: str, cell: str = "bare", program: Path = protocol, out: str = "out", drawn: bool = False
    ) -> tuple[int, dict, str]:
        if not drawn:
            draw_nothing(monkeypatch)
        place = ["--out", str(tmp_path / out), "--json", "--workers", "1"]
        said = command_line.ionweld("sweep", CELLS / f"{cell}.toml", program, *place, *words)
        assert "Traceback" not in said.err
        return said.status, said.document if said.out else {}, said.err

    return call


def test_a_sweep_writes_its_files_and_never_repeats_a_finished_cell(sweep: Callable, tmp_path: Path) -> None:
    status, first, said = sweep("--vary", PRESSURES, "--replicates", "2", drawn=True)
    assert (status, first["runs"], first["reused"], first["failed"], first["points"]) == (0, 4, 0, 0, 2)
    assert "cells: 4/4" in said
    assert all(Path(name).stat().st_size > 0 for name in first["files"])
    suffixes = {Path(name).suffix for name in first["files"]}
    assert {".parquet", ".csv", ".svg", ".png", ".html", ".json"} <= suffixes
    html = (tmp_path / "out/report.html").read_text()
    assert html.count("<svg") == 3
    assert "range of the calibration" in html
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", html), "a report makes no outside request"
    table = (tmp_path / "out/data/cells.csv").read_bytes()
    kept = tmp_path / "out/cells/cells.sqlite"
    with closing(sqlite3.connect(kept)) as file, file:  # what another program broke is no finished cell
        assert file.execute("SELECT count(*) FROM cells").fetchone() == (4,)
        file.execute("UPDATE cells SET summary = 'half a' WHERE key = (SELECT min(key) FROM cells)")
    again = sweep("--vary", PRESSURES, "--replicates", "2")[1]
    assert (again["runs"], again["reused"]) == (4, 3)
    kept.write_text("half a file, and none of SQLite's")
    assert sweep("--vary", PRESSURES, "--replicates", "2")[1]["reused"] == 0
    assert (tmp_path / "out/data/cells.csv").read_bytes() == table
    assert sweep("--vary", PRESSURES, "--replicates", "3")[1]["reused"] == 4, "more replicates keep the former ones"
    assert sweep("--vary", PRESSURES, "--vary", "cell.rest=9h")[1]["reused"] == 0, "a changed cell is another cell"
    assert sweep("--vary", PRESSURES, "--replicates", "2", "--seed", "1")[1]["reused"] == 0


def test_a_point_of_a_sweep_is_the_cell_that_simulate_draws(sweep: Callable, tmp_path: Path) -> None:
    sweep("--vary", "stack_pressure=0.15MPa", "--replicates", "2")
    table = pl.read_parquet(tmp_path / "out/data/cells.parquet")
    cell, protocol = make_cell(rest="10 h"), make_protocol((0.1, 0.5, 2))
    for i, row in enumerate(table.iter_rows(named=True)):
        member = run_member((Recipe("0", cell, protocol, parameters_for(cell)), i))
        assert row["seed"] == member.seed == f"0/{i}"
        assert row["first_overpotential_V"] == member.cycles["overpotential_V"][0]
        assert row["survives"] == (not member.events)


def test_full_cells_are_swept_with_their_fade_and_their_own_landmarks(sweep: Callable, tmp_path: Path) -> None:
    words = ["stages.0.cycles=4", "positive.loading=1,2mg/cm^2", "interface.volume=0,3uL", "c_rate=0.2,0.4C"]
    varied = [part for word in words for part in ("--vary", word)]
    program = CELLS / "full_cell_cycling.toml"
    status, found, _ = sweep(*varied[2:], *varied[:2], "--replicates", "1", cell="full_cell", program=program)
    assert (status, found["runs"], found["failed"]) == (0, 8, 0)
    assert {Path(name).stem for name in found["files"] if name.endswith(".svg")} == {
        "overpotential", "cycles_to_short", "surviving", "fade"
    }  # fmt: skip
    html = (tmp_path / "out/report.html").read_text()
    assert "capacity lost per cycle" in html
    table = pl.read_parquet(tmp_path / "out/data/cells.parquet")
    for row in table.iter_rows(named=True):
        full = parse_cell(
            read_toml(CELLS / "full_cell.toml")
            | {"electrodes": electrodes(row["positive.loading / mg/cm^2"], row["interface.volume / uL"])}
        )
        rate = f"{row['c_rate / C']} C"
        document = read_toml(program) | {"stages": [{"c_rate": rate, "cycles": 4}]}
        run = run_one(Recipe("0", full, parse_protocol(document), parameters_for(full)), 0)
        cycles = summarise(run.measurement, "full", "charge").cycles
        first, last = cycles["discharge_capacity_Ah"][0], cycles["discharge_capacity_Ah"][-1]
        assert row["fade_per_cycle"] == pytest.approx((1.0 - last / first) / (cycles.height - 1))
        gap = cycles["charge_mean_voltage_V"][0] - cycles["discharge_mean_voltage_V"][0]
        assert row["first_overpotential_V"] == pytest.approx(gap / 2.0)


def test_a_ramp_is_swept_with_its_critical_current(sweep: Callable, tmp_path: Path) -> None:
    program = tmp_path / "ramp.toml"
    program.write_text(RAMP)
    words = ("--vary", "temperature=60,80degC", "--replicates", "2")
    status, found, _ = sweep(*words, program=program)
    assert status == 0
    points = pl.read_csv(tmp_path / "out/data/points.csv")
    cells = pl.read_csv(tmp_path / "out/data/cells.csv")
    for row in cells.iter_rows(named=True):  # one cycle at each current, the last of which failed
        assert row["failing_current_mA_cm2"] == pytest.approx(1.5 * row["critical_current_mA_cm2"])
        last = 0.02 * 1.5 ** (row["cycles"] - 1)  # of a cell that shorted; contact may have been lost before
        shorted = row["limited_by"] == "short"
        assert row["failing_current_mA_cm2"] == pytest.approx(last) if shorted else row["limited_by"] == "contact loss"
    for point in points.iter_rows(named=True):
        drawn = cells.filter(pl.col("point") == point["point"])
        low, high = sorted(drawn["critical_current_mA_cm2"])
        assert point["critical_current_mA_cm2"] == pytest.approx((low + high) / 2.0)
        assert point["critical_current_p05_mA_cm2"] == pytest.approx(low + 0.05 * (high - low))
        assert point["bore_all"] == drawn["failing_current_mA_cm2"].null_count()
        assert point["above_ramp"] == (point["bore_all"] >= 1)
    assert found["verdict"].startswith("Simulated: the critical current runs from ")
    assert f"{points['critical_current_mA_cm2'].max():.3g}" in found["verdict"]
    assert "critical_current.svg" in {Path(name).name for name in found["files"]}


def electrodes(loading: float, volume: float) -> dict[str, Any]:
    """Return the electrodes of the example with another loading (mg/cm2) and volume of liquid (uL)."""
    known = read_toml(CELLS / "full_cell.toml")["electrodes"]
    known["positive"]["loading"] = f"{loading} mg/cm^2"
    known["negative"]["interface"]["volume"] = f"{volume} uL"
    return known


def test_a_cell_that_fails_is_counted_with_its_reason(sweep: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    def stalls(*task: Any) -> object:
        if task[1] == 1:
            raise ComputationError("the integration stalled")
        return run_one(*task)

    monkeypatch.setattr(under_test, "run_one", stalls)
    words = ("--vary", "electrodes.diameter=6,60mm", "--replicates", "2")
    status, found, _ = sweep(*words)
    assert (status, found["runs"], found["failed"]) == (0, 4, 3)
    reasons = {one["reason"].split(".")[0]: one["cells"] for one in found["failures"]}
    assert reasons["the integration stalled"] == 1
    assert sum("wider than the pellet" in one["reason"] for one in found["failures"]) == 1


def test_an_interrupt_keeps_what_is_finished(sweep: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = under_test.run_cell, []

    def interrupted(task: tuple[Recipe, int]) -> object:
        calls.append(task)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(task)

    with monkeypatch.context() as patch:
        patch.setattr(under_test, "run_cell", interrupted)
        status, _, said = sweep("--vary", PRESSURES, "--replicates", "2")
    assert (status, [path.name for path in (tmp_path / "out").iterdir()]) == (130, ["cells"])
    assert "interrupted" in said
    found = sweep("--vary", PRESSURES, "--replicates", "2")[1]
    assert (found["runs"], found["reused"]) == (4, 2)
    sweep("--vary", PRESSURES, "--replicates", "2", out="whole")
    assert (tmp_path / "out/data/cells.csv").read_bytes() == (tmp_path / "whole/data/cells.csv").read_bytes()


def test_maps_of_numbers_and_texts(sweep: Callable) -> None:
    words = ("--vary", "interface.volume=0:0.3:0.15uL", "--vary", "first_half_cycle=charge,discharge")
    status, found, _ = sweep(*words, "--vary", "stages.0.cycles=1,2", "--replicates", "1", cell="welded", drawn=True)
    assert (status, found["runs"], found["failed"]) == (0, 12, 0)
    assert [one["field"] for one in found["varied"]] == ["interface.volume", "first_half_cycle", "stages.0.cycles"]
    status, _, said = sweep("--vary", "stack_pressure=0.05:1:8MPa", "--replicates", "1")
    assert status == 0
    assert "note: stack_pressure: the step of 8 MPa is larger than the range" in said


def test_voltages_that_no_cell_has_are_said(sweep: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ionweld.report.sweep, "UNREAL_V", 1e-3)
    status, found, said = sweep("--vary", PRESSURES, "--replicates", "1")
    sentence = "2 of 2 cells, at 2 of 2 points, pass 0.001 V: no cell does"
    assert status == 0
    assert sentence in said
    assert sentence in found["remarks"][-1]
    assert sentence in (tmp_path / "out/report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--vary", "nothing=1"], "is no field"),
        (["--vary", "interface.volume=1,3uL"], "no liquid"),
        ([], "Missing option"),
        (["--vary", PRESSURES, "--workers", "0"], "Invalid value"),
    ],
)
def test_wrong_input_is_refused_before_anything_runs(
    sweep: Callable, tmp_path: Path, words: list[str], said: str
) -> None:
    status, _, message = sweep(*words, out="none")
    assert status == 2
    assert said in message
    assert not (tmp_path / "none").exists()


def test_a_cell_and_a_test_that_do_not_meet_are_refused_and_a_point_alone_is_counted(
    sweep: Callable, tmp_path: Path
) -> None:
    status, _, message = sweep("--vary", "temperature=25,60degC", cell="full_cell", out="none")
    assert status == 2
    assert "a full cell is cycled between two voltages" in message
    assert not (tmp_path / "none").exists()
    status, found, _ = sweep("--vary", "negative.thickness=0.1,100um", "--replicates", "1")
    assert (status, found["runs"], found["failed"]) == (0, 2, 1)
    assert "strips" in found["failures"][0]["reason"]


def fitted(name: str, unit: str) -> tuple[float, float]:
    """Return a calibrated condition in a unit, and the factor of its standard deviation."""
    known = shipped()["yu2021"].parameters[name]
    return from_si(parse_quantity(known.value, known.unit).value, known.unit, unit), known.factor


def test_landmarks_are_the_papers_cells_in_the_written_unit() -> None:
    cell = make_cell("3 uL")
    document = {"electrodes": {"negative": {"interface": {}}}, "electrolyte": {}}
    known = fields(document, {"stages": [{}]}, parameters())
    asked = ["interface.volume=0,3uL", "stack_pressure=50,100kPa", "temperature=60,80degC", "liquid=none"]
    found = landmarks(parse_variations([*asked, "stages.0.cycles=1"], known), cell)
    assert found is not None
    bare, welded = found.cells
    pressure, factor = fitted("stack_pressure", "kPa")
    assert bare.place[:3] == pytest.approx((0.0, pressure, 80.0))
    assert welded.place[:3] == pytest.approx((3.0, pressure, 80.0))
    assert (bare.place[3], bare.place[4], welded.place[4]) == (None, 100.0, 100.0)
    assert found.ranges[0] == pytest.approx((0.0, 3.0))
    assert found.ranges[1] == pytest.approx((pressure / factor, pressure * factor))


def test_landmarks_of_a_full_cell_are_the_papers_full_cells() -> None:
    cell, program = read_toml(CELLS / "full_cell.toml"), read_toml(CELLS / "full_cell_cycling.toml")
    described = parse_cell(cell)
    known = fields(cell, program, parameters_for(described))
    asked = ["positive.loading=1:4:1mg/cm^2", "interface.volume=0,3uL", "upper_voltage=3.8,4V", "c_rate=0.1:0.5:0.1C"]
    found = landmarks(parse_variations(asked, known), described)
    assert found is not None
    bare, welded = found.cells
    assert (bare.name, welded.name) == ("yu2021: full bare cell", "yu2021: full welded cell")
    loading, factor = fitted("cathode_loading", "mg/cm^2")
    assert bare.place[:3] == pytest.approx((loading, 0.0, 4.0))
    assert welded.place[:3] == pytest.approx((loading, 3.0, 4.0))
    assert bare.place[3] == welded.place[3] == pytest.approx(0.2)
    assert found.ranges[0] == pytest.approx((loading / factor, loading * factor))


def test_the_same_numbers_on_two_workers() -> None:
    cell, protocol = make_cell(), make_protocol((0.1, 0.5, 2))
    tasks = [(Recipe("pool", cell, protocol, parameters()), i) for i in range(2)]
    alone = sorted(map(under_test.run_cell, tasks), key=str)
    with workers(2, ordered=False) as mapper:
        assert sorted(mapper(under_test.run_cell, tasks), key=str) == alone
    assert alone[0] != alone[1]


def test_the_same_numbers_on_a_cluster_of_two_workers() -> None:
    if importlib.util.find_spec("distributed") is None:
        pytest.skip("pip install 'ionweld[dask]' to test a sweep on a cluster")
    from distributed import LocalCluster  # pyright: ignore[reportMissingImports]

    from ionweld.twin.cluster import cluster

    cell, protocol = make_cell(), make_protocol((0.1, 0.5, 2))
    tasks = [(Recipe("pool", cell, protocol, parameters()), i) for i in range(4)]
    settings = {"n_workers": 2, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
    with LocalCluster(**settings) as started, cluster(started.scheduler_address) as mapper:
        assert len(started.workers) == 2
        alone = sorted(map(under_test.run_cell, tasks), key=str)
        assert sorted(mapper(under_test.run_cell, tasks), key=str) == alone


def test_a_large_grid_starts_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A hundred thousand points: what is asked for before the first cells come back is a few pieces, and no more."""
    document = read_toml(CELLS / "bare.toml")
    program = {"name": "p", "first_half_cycle": "charge", "voltage_limit": "5 V"}
    stage = {"current_density": "0.1 mA/cm^2", "half_cycle_time": "0.5 h", "cycles": 2}
    base = gridded.Base("0", document, program | {"stages": [stage]}, lambda cell: parameters())
    known = fields(base.cell, base.protocol, parameters())
    varied = parse_variations(["stack_pressure=0.1:1.09:0.001MPa", "temperature=60:159:1degC"], known)
    points = gridded.grid(base, varied, 1)
    assert len(points) == 99_100
    asked = []

    def mapper(function: Callable, pieces: Iterator) -> Iterator:
        for piece in pieces:
            asked.append(piece)
            raise KeyboardInterrupt
        yield

    def parsed(*_words: object) -> object:
        raise AssertionError("a point was read before it was asked for")

    monkeypatch.setattr(gridded, "_recipe", parsed)
    with pytest.raises(KeyboardInterrupt):
        under_test.run_grid(points, 1, tmp_path, mapper, lambda title, total: lambda: None)
    assert len(asked) == 1
    assert [number for number, _ in asked[0].places] == list(range(16))


def test_tasks_are_taken_from_an_endless_row_as_workers_come_free() -> None:
    with workers(2, ordered=False) as mapper:
        squares = mapper(abs, count(-3))
        assert sorted(next(squares) for _ in range(3))[0] >= 0


def test_a_cluster_without_dask_says_what_to_install(sweep: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    status, _, said = sweep("--vary", PRESSURES, "--scheduler", "tcp://127.0.0.1:9")
    assert status == 2
    assert "pip install 'ionweld[dask]'" in said


def test_a_worker_that_is_killed_is_a_failed_computation() -> None:
    with pytest.raises(ComputationError, match="ended from outside"), workers(2, ordered=False) as mapper:
        list(mapper(os._exit, [1]))


def test_a_script_that_starts_workers_as_it_is_read_says_what_it_lacks(tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    script.write_text(
        "from ionweld.twin.pool import workers\nwith workers(2) as mapper:\n    print(list(mapper(abs, [-1])))\n"
    )
    home = {"PYTHONPATH": str(Path(ionweld.__file__).parent.parent)}
    ended = subprocess.run([sys.executable, script], env=os.environ | home, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 1
    assert 'mine.py starts processes as it is read: put what it runs under `if __name__ == "__main__":`' in ended.stderr


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_workers_end_with_a_parent_that_is_killed() -> None:
    code = (
        "import time\nfrom ionweld.twin.pool import workers\nif __name__ == '__main__':\n"
        "    with workers(2) as mapper:\n        list(mapper(time.sleep, [0.0, 0.0]))\n"
        "        print('up', flush=True)\n        list(mapper(time.sleep, [600.0, 600.0]))\n"
    )
    home = Path(ionweld.__file__).parent.parent
    script = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(home)}
    )
    assert script.stdout is not None
    assert script.stdout.readline() == "up\n"
    below = _below(script.pid)
    assert len(below) >= 2 + (sys.platform == "linux")  # there the workers are copies of one that is no worker
    script.send_signal(signal.SIGKILL)
    script.wait()
    script.stdout.close()
    end = time.monotonic() + 20.0
    while any(_lives(process) for process in below):
        assert time.monotonic() < end, "a worker outlived its parent"
        time.sleep(0.05)


def _below(process: int | str) -> list[str]:
    """Return the processes that this one has begun, and theirs."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return children + [one for child in children for one in _below(child)]


def _lives(process: str) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
