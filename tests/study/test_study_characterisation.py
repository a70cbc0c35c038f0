"""The simulated characterisation of the paper: what was put in comes back, and the paper's peaks are checked."""

import json

import pytest

from ionweld.report.characterisation import characterisation_figures, characterisation_sections
from ionweld.report.figure import svg
from ionweld.result import plain
from ionweld.study.characterisation import Characterisation, characterise, document
from ionweld.study.model import load_study


@pytest.fixture(scope="module")
def found() -> Characterisation:
    return characterise(load_study("yu2021"))


def test_the_verdicts_of_the_papers_rows(found: Characterisation) -> None:
    """Written from the references: LiCl lies 1.3 eV from its line; of Li2OHCl no other work was found."""
    verdicts = {row.id: row.verdict for row in found.rows}
    verdicts.pop("fig4.bare.gap")  # one rough drawn section: whether its mean gap comes out at 10 um is chance
    assert verdicts == {
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


def test_the_sections_say_simulated_and_hold_every_row(found: Characterisation) -> None:
    shown = {name: svg(one) for name, one in characterisation_figures(found).items()}
    html = "".join(section.html for section in characterisation_sections(found, shown))
    assert html.count("<svg") == len(shown) == 5
    assert html.count("Everything in this section is simulated") == 2
    for row in found.rows:
        assert row.quantity in html
    assert "flagged" in html


def test_the_document_is_json(found: Characterisation) -> None:
    text = json.loads(json.dumps(plain(document(found)), allow_nan=False))
    assert text["kind"] == "simulated"
    assert text["composition"] == "assumed"
    assert len(text["rows"]) == 7
