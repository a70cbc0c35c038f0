"""The whole path from instrument files with known truth to figures, as docs/project.md walks it."""

import json
import re
import shlex
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import polars as pl
import pytest
from command_line import Answer, ionweld
from PIL import Image

GUIDE = Path(__file__).parents[2] / "docs" / "project.md"
COMMANDS = re.findall(r"```console\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
MM_PER_INCH = 25.4


def follow(command: str) -> Answer | None:
    """Run a command of the guide in this process."""
    program, *words = shlex.split(command)
    if program == "ionweld":
        return ionweld(*words)
    assert program == "cp", command
    for name in words[:-1]:
        shutil.copy(name, words[-1])
    return None


@pytest.fixture(scope="module")
def guided(tmp_path_factory) -> tuple[Path, dict[str, Answer]]:
    """The folder in which the guide was followed, and what its commands answered."""
    folder = tmp_path_factory.mktemp("guide")
    answers = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for command in (line for block in COMMANDS for line in block.splitlines()):
            answer = follow(command)
            if answer is not None:
                assert answer.status == 0, (command, answer.err)
                answers[command.split(" sample")[0].split(" --")[0]] = answer
    return folder / "sample", answers


@pytest.fixture(scope="module")
def report(guided) -> dict:
    return json.loads((guided[0] / "report" / "results.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def truth(guided) -> dict:
    return json.loads((guided[0] / "truth.json").read_text(encoding="utf-8"))


def cells(report: dict) -> dict[str, dict]:
    return {cell["name"]: cell for group in report["groups"] for cell in group["cells"]}


def test_the_guide_ends_with_a_clean_project_and_nothing_to_ask(guided, report):
    _, answers = guided
    assert "clean" in answers["ionweld project verify"].out
    assert report["asks"] == []
    groups = [(group["treatment"], group["design"], group["n"]) for group in report["groups"]]
    assert groups == [
        ("bare", "full, Li | LiFePO4", 3),
        ("welded", "full, Li | LiFePO4", 3),
        ("bare", "symmetric, Li | Li", 3),
        ("welded", "symmetric, Li | Li", 3),
    ]


def test_the_sample_says_what_was_put_in_and_takes_no_other_place(guided):
    """The table and the toml say the same; a folder that holds something is left alone."""
    from ionweld.lab.cells import read_description
    from ionweld.lab.folder import ProjectFolder

    by_table = read_description(ProjectFolder(guided[0] / "project"))
    by_hand = read_description(ProjectFolder(guided[0]))
    assert by_table == by_hand
    assert ionweld("sample", guided[0]).status == 2


def test_what_other_instruments_saw_comes_back_too(report, truth):
    others = {one["file"]: one for cell in cells(report).values() for one in cell["others"]}
    kinds = ["photoelectron spectra", "micrograph", "element map", "infrared spectrum", "diffractogram"]
    assert sorted(one["kind"] for one in others.values()) == sorted(kinds * 2)
    numbers = {name: {one["name"]: one["value"] for one in item["numbers"]} for name, item in others.items()}
    assert numbers["bare_1_sem.tif"]["length of a pixel"] == pytest.approx(50.0)
    assert numbers["bare_1_xrd.xy"]["strongest line at 2 theta"] == pytest.approx(32.38, abs=0.05)
    in_layer = truth["welded 1"]["surface"][
        "fluorine"
    ]  # counts per pixel in a tenth of the picture, on 0.5 of continuum
    assert numbers["welded_1_F_Ka.csv"]["F Ka per pixel"] == pytest.approx(0.5 + 0.1 * in_layer + 0.9 * 0.2, rel=0.03)


def of_kind(kind: str, report: dict, truth: dict) -> list[tuple[str, dict, dict]]:
    """Return the cells of a kind: name, what the report says, what was put in."""
    return [(name, cell, truth[name]) for name, cell in cells(report).items() if truth[name]["kind"] == kind]


def test_every_cell_comes_back_with_its_truth(report, truth):
    for name, cell in cells(report).items():
        known, (test,) = truth[name], cell["tests"]
        assert len(test["cycles"]) == known["cycles"]
        ohms = {sweep["state"]: sweep["real_at_lowest_ohm"] for sweep in cell["impedance"]}
        assert ohms["before cycling"] == pytest.approx(known["start_ohm"], rel=0.03)
        assert ohms["after cycling"] == pytest.approx(known["end_ohm"], rel=0.03)
        assert {sweep["temperature_K"] for sweep in cell["impedance"]} == {353.15}
        for cycle, moved in zip(test["cycles"], known["discharged_Ah"], strict=False):
            assert cycle["discharge_capacity_Ah"] == pytest.approx(moved, rel=1e-3), name
            assert cycle["discharge_integral_Ah"] == pytest.approx(moved, rel=5e-3), name


def test_symmetric_cells_come_back_with_their_resistance_and_their_program(report, truth):
    for name, cell, known in of_kind("symmetric", report, truth):
        (test,) = cell["tests"]
        # the first cycle's mean: the resistance at its start, and in bare cells up to 5 % more, as the wedge grows
        ratio = test["cycles"][0]["resistance_ohm"] / known["start_ohm"]
        assert 0.995 < ratio < (1.05 if known["treatment"] == "bare" else 1.005), name
        for cycle in test["cycles"][:-1]:
            assert cycle["charge_capacity_Ah"] == pytest.approx(1e-4 * 0.28274 * 0.5, rel=1e-3)


def test_full_cells_come_back_with_specific_capacity_efficiency_and_retention(report, truth):
    for _name, cell, known in of_kind("full", report, truth):
        cycles, moved = cell["tests"][0]["cycles"], known["discharged_Ah"]
        grams = 0.2 * 0.28274 * 1e-2  # the loading of 2 mg/cm2 on the foil's area, as the cell's file says
        assert cycles[0]["discharge_capacity_mAh_g"] == pytest.approx(1e3 * moved[0] / grams, rel=2e-3)
        for cycle, out in zip(cycles[:-1], moved, strict=False):
            assert cycle["retention"] == pytest.approx(out / moved[0], rel=2e-3)
            assert 0.0 < cycle["coulombic_efficiency"] <= 1.0
            assert cycle["coulombic_efficiency"] == pytest.approx(out / cycle["charge_capacity_Ah"], rel=2e-3)
            assert cycle["energy_efficiency"] < cycle["coulombic_efficiency"]


def test_shorts_are_found_in_bare_cells_and_in_no_welded_one(report, truth):
    for name, cell, known in of_kind("symmetric", report, truth):
        events = cell["tests"][0]["events"]
        found = {event["kind"]: event["cycle"] for event in reversed(events)}  # the first of each kind
        happened = known["events"]
        assert ("soft short" in found) == ("first short" in happened) == (known["treatment"] == "bare"), name
        assert found.get("hard short") == happened.get("failure"), name
        if "first short" in happened:
            # a path that heals again reads like a warm day where no temperature is logged: it is plain once it stays
            plain = max(i for i, share in enumerate(known["path_share"], 1) if share < 0.4) + 1
            assert happened["first short"] <= found["soft short"] <= max(plain, happened["first short"]) + 1, name
            assert cell["tests"][0]["life"] == {"cycle": float(found["soft short"]), "shorted": True}


def test_leaks_are_found_in_full_cells_that_leak_more_and_more_and_in_no_other(report, truth):
    """A sign may come before the bridge: what a filament has left of the pellet leaks more as it gets thinner."""
    for name, cell, known in of_kind("full", report, truth):
        found = [event["cycle"] for event in cell["tests"][0]["events"] if event["kind"] == "soft short"]
        share = known["path_share"]
        assert bool(found) == (known["treatment"] == "bare"), name
        if found:
            began = next(i for i, now in enumerate(share, 1) if now > share[0] + 0.008)  # 1.5 % of efficiency
            lasting = (i for i in range(4, len(share) - 2) if min(share[i - 1 : i + 2]) > 0.08)
            assert began <= found[0] <= next(lasting, known["cycles"]), name


def test_effects_point_the_right_way_with_intervals(report, truth):
    effects = {effect["quantity"]: effect for effect in report["effects"] if effect["design"].startswith("symmetric")}
    life = effects["life without a short, of the first 40 cycles"]
    lives = [cell["tests"][0]["life"]["cycle"] for name, cell in cells(report).items() if name.startswith("bare")]
    assert life["value"] == pytest.approx(40.0 - sum(lives) / 3)
    assert (
        0.0 < life["low"] < life["value"] < life["high"]
    )  # three lives of 12 to 24 cycles beside three of 40 and more
    before = effects["impedance at the lowest frequency, before cycling"]
    mean = 1.0
    for _name, _cell, known in of_kind("symmetric", report, truth):
        mean *= known["start_ohm"] ** (1 / 3 if known["treatment"] == "welded" else -1 / 3)
    assert before["value"] == pytest.approx(mean, rel=0.03)
    assert before["low"] < mean < before["high"] < 1.0


def test_figures_have_the_width_of_a_column_and_of_a_page(guided):
    figures = guided[0] / "report" / "figures"
    names = {path.stem for path in figures.iterdir()}
    both = {"voltage", "plateaus", "resistance", "impedance"}
    drawn = {
        "design1": both | {"capacity", "efficiency", "energy_efficiency", "differential_capacity"},
        "design2": both | {"wedge"},
    }
    expected = {f"{design}_{name}" for design, made in drawn.items() for name in made} | {"effects"}
    assert names == {f"{name}_{mm}mm" for name in expected for mm in (88, 180)}
    for name in names:
        width_mm = float(name.rpartition("_")[2].removesuffix("mm"))
        points = float(ET.parse(figures / f"{name}.svg").getroot().attrib["width"].removesuffix("pt"))  # noqa: S314 - our own file
        assert points / 72.0 * MM_PER_INCH == pytest.approx(width_mm, abs=0.1)
        with Image.open(figures / f"{name}.png") as image:
            assert image.width / 300.0 * MM_PER_INCH == pytest.approx(width_mm, abs=0.1)


def test_the_page_stands_alone_and_names_every_file(guided, report):
    page = (guided[0] / "report" / "report.html").read_text(encoding="utf-8")
    assert not re.search(r'(src|href)="(?!#|data:)', page)
    for cell in cells(report).values():
        assert cell["tests"][0]["sha256"] in page
    for text in ("from instrument files", "rivals, and what would tell", "3 uL of liquid electrolyte", "Welch"):
        assert text in page


def test_one_file_alone_says_the_same_as_the_report(guided, report):
    out = guided[1]["ionweld cycling summary"].out
    first = cells(report)["bare 1"]["tests"][0]["cycles"][0]
    assert f"{first['asr_ohm_cm2']:.5g}" in out
    assert "soft short (sudden drop)" in out


def test_a_project_with_one_cell_each_and_gaps_says_so(tmp_path, guided):
    """n = 1, a treatment without cycling, an unassigned file, no area: all said, nothing assumed, nothing fails."""
    files, project = guided[0] / "files", tmp_path / "P"
    names = ("bare_1.xlsx", "welded_2.csv", "welded_2_before_eis.txt")
    assert ionweld("ingest", *(files / name for name in names), "--project", project).status == 0
    (project / "project.toml").write_text('name = "two"\n[treatments]\nbare = "as pressed"\nwelded = "wet"\n')
    cell = '[[cell]]\nname = "{0}"\ntreatment = "{0}"\nreplicate = 1\nkind = "symmetric"\n[[cell.measurement]]\nfile = "{1}"\n'
    (project / "cells.toml").write_text(cell.format("bare", names[0]) + cell.format("welded", names[1]))
    told = ionweld("project", "report", "--project", project, "--json")
    assert told.status == 0
    assert len(told.document["asks"]) > 3
    (first, *_) = told.document["effects"]
    assert (first["quantity"], first["low"], first["baseline_n"]) == ("resistance, cycles 1 to 3", None, 1)
    page = (project / "report" / "report.html").read_text(encoding="utf-8")
    assert "One cell says nothing about the next one" in page
    assert "n = 1 in" in page
    (project / "cells.toml").write_text("")
    bare = ionweld("project", "report", "--project", project, "--out", tmp_path / "R")
    assert bare.status == 0
    assert "which cells do they belong to" in bare.out
    assert "Nothing to compare" in bare.out
    assert "Nothing to compare" in (tmp_path / "R" / "report.html").read_text(encoding="utf-8")


def test_a_damaged_table_is_named_and_stops_nothing(undrawn, tmp_path, guided):
    project = shutil.copytree(guided[0] / "project", tmp_path / "P")
    hurt = next(path for path in (project / "data").glob("*.bdf.parquet") if pl.read_parquet(path).height > 1000)
    hurt.chmod(0o644)
    hurt.write_bytes(b"PAR1 nothing")
    told = ionweld("project", "report", "--project", project, "--json")
    assert told.status == 0
    assert sum(len(cell["unreadable"]) for cell in cells(told.document).values()) == 1


def test_without_a_project_or_a_place_to_write_the_status_is_2(tmp_path, guided):
    assert ionweld("project", "report", "--project", tmp_path).status == 2
    (tmp_path / "file").write_text("")
    told = ionweld("project", "report", "--project", guided[0] / "project", "--out", tmp_path / "file" / "x")
    assert told.status == 2
    assert "cannot be written" in told.err
