"""The whole of `reproduce`, and the simulated characterisation in it: what was put in comes back, peaks are checked."""

import json
import re
import shutil
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import command_line
import pytest
from undrawn import draw_nothing

import ionweld.study.reproduce
import ionweld.twin.pool
from ionweld.report.figure import svg
from ionweld.report.study_figures import caption, study_figures
from ionweld.report.study_tables import study_table
from ionweld.result import plain
from ionweld.spec.faults import check, read_toml
from ionweld.spec.library import entry
from ionweld.study.characterisation import Characterisation, characterise, document
from ionweld.study.layout import NEEDS
from ionweld.study.model import load_study
from ionweld.twin.calibrated import Calibrated, shipped

FEW = {"bare": 4, "welded": 2, "full_bare": 3, "full_welded": 2}


@dataclass
class Reproduced:
    """What `reproduce --recalibrate` answered, where it wrote, and what it saw of the cells with other instruments."""

    folder: Path
    answer: command_line.Answer
    calibrations: int
    found: Characterisation


@pytest.fixture(scope="module")
def reproduced(tmp_path_factory: pytest.TempPathFactory) -> Reproduced:
    """A copy of the study that draws a few cells only. A calibration takes minutes: here the kept one stands in for it."""
    place = tmp_path_factory.mktemp("reproduced")
    folder = Path(shutil.copytree(str(files("ionweld.study").joinpath("yu2021")), place / "yu2021"))
    text = (folder / "study.toml").read_text("utf-8")
    for name, members in FEW.items():
        text = re.sub(rf'(name = "{name}"\n(?:.*\n)*?members = )\d+', rf"\g<1>{members}", text, count=1)
    (folder / "study.toml").write_text(text, "utf-8")
    asked, seen = [], []

    def characterised(*words: Any) -> Characterisation:
        seen.append(characterise(*words))
        return seen[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ionweld.twin.pool, "worker_count", lambda: 1)
        draw_nothing(patch)
        patch.setattr(ionweld.study.reproduce, "recalibrate", lambda *_: asked.append(1) or shipped()["yu2021"])
        patch.setattr(ionweld.study.reproduce, "characterise", characterised)
        out = place / "out"
        answer = command_line.ionweld("reproduce", str(folder), "--out", str(out), "--json", "--recalibrate")
    assert answer.status == 0, answer.err
    return Reproduced(out, answer, len(asked), seen[0])


@pytest.fixture(scope="module")
def found(reproduced: Reproduced) -> Characterisation:
    return reproduced.found


def test_reproduce_writes_a_whole_report_and_keeps_a_new_calibration_beside_it(reproduced: Reproduced) -> None:
    """Without the option to calibrate: the tests of small studies."""
    out, document = reproduced.folder, reproduced.answer.document
    assert reproduced.calibrations == 1
    kept = shipped()["yu2021"]
    assert check(Calibrated, read_toml(out / "calibrated.toml"), "calibrated.toml") == kept
    assert {"study", "targets", "fitted_parameters", "seconds", "files"} <= document.keys()
    assert document["fitted_parameters"] == 10
    fields = {"id", "quantity", "where", "unit", "paper", "relation", "twin", "twin_low", "twin_high", "role", "holds"}
    assert all(fields <= row.keys() for row in document["targets"])
    assert {row["role"] for row in document["targets"]} <= {"calibrated", "chosen", "predicted", "context"}
    assert all(Path(name).stat().st_size > 0 for name in document["files"])
    rivals = document["rivals"]["predictions"]
    assert "coulombic efficiency" in rivals[0]["experiment"]
    assert [one["separation"] for one in rivals] == sorted((one["separation"] for one in rivals), reverse=True)
    assert all(len(one["ranges"]) == len(document["rivals"]["names"]) for one in rivals if one["temperature_K"])
    assert json.loads((out / "results.json").read_text()) == document
    assert not list(out.glob(".incomplete*"))
    assert "full welded cells: 4/4" in reproduced.answer.err
    html = (out / "report.html").read_text()
    assert html.count("<svg") == sum(name.endswith(".svg") for name in document["files"]) >= 9
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", html), "a report makes no outside request"
    assert "MISS" in html
    assert "simulated" in html


def test_the_verdicts_of_the_papers_rows(found: Characterisation) -> None:
    """Written from the references: LiCl lies 1.3 eV from its line; of Li2OHCl no other work was found."""
    verdicts = {row.id: row.verdict for row in found.rows}
    assert verdicts == {
        "fig1a.kapton_hump": "paper only", "fig1b.oh_wavenumber": "paper only", "fig1b.solvent_wavenumber": "agrees",
        "fig4.bare.gap": "agrees",
        "fig4.welded.layer": "agrees", "xps.li2ohcl.li1s": "paper only",
        "xps.li2ohcl.o1s": "paper only", "xps.lioh.li1s": "agrees", "xps.lioh.o1s": "agrees", "xps.licl.cl2p": "flagged",
    }  # fmt: skip


def test_every_binding_energy_of_the_paper_has_a_row(found: Characterisation) -> None:
    study = load_study("yu2021")
    assert {n.id for n in study.numbers if n.id.startswith("xps.") and n.unit == "eV"} <= {r.id for r in found.rows}


def test_what_was_put_into_the_surfaces_comes_back(found: Characterisation) -> None:
    held = []
    for sample in found.spectra.values():
        assert sample.fit.quality.good
        species = {one.name: one for one in sample.fit.species}
        for name, truth in sample.truth_percent.items():
            low, high = species[name].low, species[name].high
            assert low is not None
            assert high is not None
            held.append(low <= truth <= high)
    assert sum(held) >= len(held) - 2  # 95 % intervals of 12 amounts


def test_maps_find_carbon_oxygen_and_fluorine_in_the_layer_and_less_chlorine(found: Characterisation) -> None:
    verdicts = {one.line: one.verdict for one in found.eds.profiles}
    assert verdicts["Cl Ka"] == "depleted"
    assert all(verdicts[line].startswith("enriched") for line in ("C Ka", "O Ka", "F Ka"))
    centre = sum(found.eds.layer_px) / 2 / len(found.eds.position_px)
    assert centre == pytest.approx(0.5, abs=0.02)


def test_the_report_draws_what_its_folder_lists_and_holds_every_row(found: Characterisation) -> None:
    study = load_study("yu2021")
    assert study.report is not None
    whole: Any = SimpleNamespace(study=study, characterisation=found, ensembles={})
    blocks = [
        block
        for section in study.report.section
        for block in section.block
        if NEEDS.get(block.shows) == "characterisation"
    ]
    shown = {name: svg(one) for name, one in study_figures(whole, blocks).items()}
    assert sorted(shown) == ["eds", "fig1a", "fig1b", "sem_bare", "sem_welded", "xps_bare", "xps_welded"]
    captions = [caption(whole, block) for block in blocks if block.figure]
    assert all("simulated" in one for one in captions)
    html = "".join(study_table(whole, block) for block in blocks if block.table)
    for row in found.rows:
        assert row.quantity in html
    assert "flagged" in html


def test_every_solvent_of_table_s1_is_judged_as_the_paper_judges_it(found: Characterisation) -> None:
    said = {one.name: one.verdict.verdict for one in found.soaking.solvents}
    bad = ("water", "ethanol", "DMSO", "DMF")
    good = ("THF", "DOL", "DME", "ACN", "DMC", "LE")
    assert said == dict.fromkeys(bad, "incompatible") | dict.fromkeys(good, "compatible")
    assert {one.name: one.paper for one in found.soaking.solvents} == said


def test_soaking_in_the_liquid_electrolyte_leaves_the_electrolyte_and_a_residue(found: Characterisation) -> None:
    """Figure 1B: the O-H band stays, and peaks around 3000 1/cm are new."""
    before, after = found.soaking.pristine, found.soaking.soaked
    for portion in (before, after):
        place = portion.band("Li2OHCl").position_cm1
        assert place is not None
        assert place == pytest.approx(3604.0, abs=2.0)
        assert [one.phase for one in portion.xrd.phases if one.present] == ["Li2OHCl"]
        assert portion.xrd.hump_deg == pytest.approx(20.0, abs=0.3)
    assert not before.band("CH_asymmetric").detected
    assert after.band("CH_asymmetric").detected


def test_the_arc_in_the_window_is_the_charge_transfer_and_not_the_layer(found: Characterisation) -> None:
    """The layer's own arc lies above 1 MHz: what a laboratory fits is the arc of the double layer, and it is told so."""
    joined = found.joined
    resistance, per_ohm = joined.evidence.resistance, joined.states.area_m2 / joined.interfaces
    assert resistance is not None
    assert resistance.value_ohm_m2 == pytest.approx(joined.states.lithium * per_ohm, rel=0.1)
    assert resistance.capacitance_F_m2 == pytest.approx(entry("Li | Li2OHCl")["interface_capacitance"], rel=0.3)
    assert joined.verdict.conductivity_S_per_m is None
    assert not joined.verdict.contradictions
    assert any(one.startswith("impedance: the arc stores") for one in joined.verdict.cautions)
    assert "100 MHz" in joined.verdict.next_measurement


def test_the_document_is_json(found: Characterisation) -> None:
    text = json.loads(json.dumps(plain(document(found)), allow_nan=False))
    assert text["kind"] == "simulated"
    assert text["composition"] == "assumed"
    assert len(text["rows"]) == 10
