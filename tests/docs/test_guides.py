"""The guides that no technique's tests run: docs/materials.md, docs/sweep.md and, as far as its words go, docs/diagnosis.md."""

import re
import shlex
import shutil
import tomllib
from pathlib import Path

import pytest
import typer
from command_line import ionweld

import ionweld.twin.pool as ionweld_pool
from ionweld.api.cells import Cell, Protocol
from ionweld.api.twin import simulate
from ionweld.cli.app import app
from ionweld.spec.own_files import read_own

ROOT = Path(__file__).parents[2]
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def blocks(guide: str, kind: str) -> list[str]:
    found = FENCED.findall((ROOT / "docs" / guide).read_text("utf-8"))
    return [text.replace("\\\n", " ") for one, text in found if one == kind]


@pytest.fixture
def examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_cell_and_the_program_of_a_beginner_run() -> None:
    cell, stages, cathode, window, formation, program = map(tomllib.loads, blocks("start/own_cell.md", "toml"))
    full = cell | {"electrodes": cell["electrodes"] | cathode["electrodes"]}
    assert simulate(
        Cell(**full), Protocol(**window | {"stages": [{"c_rate": "0.1 C", "cycles": 1}]}), seed=1
    ).to_dict()["cycles"]
    run = simulate(Cell(**cell, **formation), Protocol(**stages, **program), seed=1)
    cycles = run.to_dict()["cycles"]
    assert [cycles[i]["stack_pressure_MPa"] for i in (4, 5, 10)] == pytest.approx([5.0, 10.0, 5.0])
    assert [cycles[i]["temperature_degC"] for i in (9, 10)] == pytest.approx([25.0, 60.0])
    assert cycles[10]["asr_ohm_cm2"] < 0.5 * cycles[9]["asr_ohm_cm2"]
    assert any("conditions change" in said for said in run.warnings)
    assert run.to_dict()["events"] == []  # by its resistance it would pass for a short


@pytest.mark.usefixtures("examples")
def test_the_commands_on_materials_run() -> None:
    (shown,) = blocks("materials.md", "")
    for line in shown.splitlines():
        answer = ionweld(*shlex.split(line)[1:])
        assert answer.status == 0, f"{line}\n{answer.err}"


def test_the_pair_and_the_cell_on_materials_are_understood(examples: Path) -> None:
    electrolyte, pair, surface, bare, appearance = blocks("materials.md", "toml")
    (examples / "materials").mkdir()
    (examples / "materials" / "pair.toml").write_text(pair)
    (examples / "materials" / "bare.toml").write_text(bare)
    own = (ROOT / "examples" / "my_electrolyte.toml").read_text("utf-8")
    (examples / "materials" / "ours.toml").write_text(own)
    entries, faults = read_own(sorted((examples / "materials").glob("*.toml")))
    assert faults == []
    assert entries["Li | batch 7"].quantity("charge_transfer_resistance").status == "measured"
    powder = entries["Li6PS5Cl | bare NMC811"]
    assert powder["cathode_resistance"] == pytest.approx(0.03)
    assert "cathode_resistance" not in powder.borrowed
    assert tomllib.loads(electrolyte)["electrolyte"]["material"].endswith("my_electrolyte.toml")
    assert (
        tomllib.loads(appearance)["appearance"]["bands"]["PS4"]["region"]
        in tomllib.loads(appearance)["appearance"]["regions"]
    )
    cell = Cell.load(ROOT / "examples" / "bare.toml").with_(**{"electrolyte.material": "LLZO-Ta"})
    document = cell.to_dict()
    document["electrodes"]["negative"]["interface"] = tomllib.loads(surface)["electrodes"]["negative"]["interface"]
    assert Cell(**document).spec.electrodes.negative.interface.interlayer == "Au"


def test_the_first_sweep_runs_with_one_short_cell_a_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("notebooks"))
    protocol = tmp_path / "examples" / "cycling.toml"
    protocol.write_text(protocol.read_text("utf-8").replace("cycles = 40", "cycles = 2"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ionweld_pool, "worker_count", lambda: 1)
    first, _cluster = blocks("sweep.md", "")
    words = shlex.split(first.replace("--replicates 20", "--replicates 1"))[1:]
    answer = ionweld(*words, "--out", "swept", "--json")
    assert answer.status == 0, answer.err
    assert answer.document["runs"] == 36


def test_the_script_for_a_cluster_is_python() -> None:
    (script,) = blocks("sweep.md", "python")
    compile(script, "docs/sweep.md", "exec")  # it needs a cluster: what it calls is tested in tests/whatif


def test_the_commands_on_diagnosis_are_understood() -> None:
    """Each takes minutes: what the verbs answer is tested in tests/infer, here that they take these words."""
    group = typer.main.get_command(app)
    lines = [line for block in blocks("diagnosis.md", "") for line in block.splitlines()]
    assert len(lines) >= 5
    for line in lines:
        program, verb, *words = shlex.split(line)
        assert program == "ionweld"
        command = group.get_command(typer.Context(group), verb)
        command.make_context(verb, words)  # raises for an option that the verb has not
