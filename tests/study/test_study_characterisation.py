"""The simulated characterisation of the paper: what was put in comes back, and the paper's peaks are checked."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from ionweld.report.figure import svg
from ionweld.report.study_figures import caption, study_figures
from ionweld.report.study_tables import study_table
from ionweld.result import plain
from ionweld.spec.derived import library_parameters
from ionweld.spec.library import entry
from ionweld.study.characterisation import Characterisation, characterise, document
from ionweld.study.layout import NEEDS
from ionweld.study.model import load_study
from ionweld.twin.ensemble import Recipe, run


@pytest.fixture(scope="module")
def found() -> Characterisation:
    """Two welded cells of the library's parameters stand for the ensemble."""
    study = load_study("yu2021")
    cell, protocol = study.cells["welded"], study.protocols["figure2c"]
    recipe = Recipe("characterisation", cell, protocol, library_parameters(cell))
    assert study.characterisation is not None
    return characterise(study, study.characterisation, run(recipe, 2, map, lambda: None))


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
