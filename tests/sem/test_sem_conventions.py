"""Edge conventions: foot, top and ridge against simulated edges of known place, and what says which was used."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command_line import ionweld
from PIL import Image

from ionweld.analyse.sem.conventions import CONVENTIONS, TO_TEN_PERCENT, parse_edges
from ionweld.analyse.sem.layers import measure_layers
from ionweld.analyse.sem.ridges import fit_ridge
from ionweld.errors import ComputationError, InputError
from ionweld.simulate.sem import CrossSection, simulate_cross_section, true_thickness

GAP = CrossSection(10e-6, 100e-9, (150.0, 40.0, 120.0), rows=320, roughness_m=5e-8, correlation_m=8e-7)
WELD = CrossSection(2e-6, 20e-9, (150.0, 90.0, 120.0), rows=320, roughness_m=1e-8, correlation_m=1.5e-7)
GRADUAL = {"edge_px": (4.0, 2.5)}
RIDGES = {"ridge": (60.0, 60.0), "ridge_px": 4.0, "ridge_at_px": (-3.0, 4.0)}
CASES = [
    (("steepest", "steepest"), GRADUAL),
    (("foot", "foot"), GRADUAL),
    (("top", "top"), GRADUAL),
    (("foot", "steepest"), GRADUAL),
    (("ridge", "ridge"), RIDGES),
    (("ridge", "steepest"), {**RIDGES, "ridge": (60.0, 0.0)}),
]


def test_the_ten_percent_level_is_where_it_is_said_to_be() -> None:
    assert 0.5 * (1.0 + math.erf(-TO_TEN_PERCENT / math.sqrt(2.0))) == pytest.approx(0.1, abs=1e-12)


@pytest.mark.parametrize("section", [GAP, WELD])
@pytest.mark.parametrize(("edges", "kind"), CASES)
def test_each_convention_is_met_to_one_percent(section: CrossSection, edges: tuple[str, str], kind: dict) -> None:
    section = replace(section, **kind)
    off = []
    for seed in range(3):
        one = replace(section, upright=bool(seed % 2), tilt_deg=seed - 1.0, centre=0.46 + 0.03 * seed)
        layer = measure_layers(simulate_cross_section(one, seed), edges=edges).layers[0]
        assert layer.edges == edges
        off.append(layer.thickness_m / true_thickness(one, edges) - 1.0)
    assert abs(np.mean(off)) < 0.01
    assert np.max(np.abs(off)) < 0.02


def test_the_levels_of_a_gradual_edge_stand_apart_by_its_width() -> None:
    section = replace(GAP, **GRADUAL)
    layer = measure_layers(simulate_cross_section(section, 1)).layers[0]
    assert layer.innermost_m < layer.steepest_m < layer.outermost_m
    assert layer.steepest_m == pytest.approx(layer.thickness_m)
    blurred = [math.hypot(width, section.blur_px) for width in (4.0, 2.5)]
    for found, width in zip(layer.edge_width_m, blurred, strict=True):
        assert found == pytest.approx(2 * TO_TEN_PERCENT * width * section.metres_per_pixel, rel=0.06)
    # the gap is dark: its feet are its inner ends
    assert true_thickness(section, ("foot", "foot")) == pytest.approx(layer.innermost_m, rel=0.01)
    assert true_thickness(section, ("top", "top")) == pytest.approx(layer.outermost_m, rel=0.01)


def test_a_wide_edge_is_warned_of_and_a_sharp_one_is_not() -> None:
    wide = measure_layers(simulate_cross_section(replace(GAP, edge_px=(6.0, 6.0)), 0))
    assert any("% of the layer wide" in one for one in wide.warnings)
    assert not any("% of the layer wide" in one for one in measure_layers(simulate_cross_section(GAP, 0)).warnings)


def test_a_tilted_ridge_is_warned_of() -> None:
    tilted = simulate_cross_section(replace(GAP, tilt_deg=2.5, **RIDGES), 0)
    warnings = measure_layers(tilted, edges=("ridge", "ridge")).warnings
    assert any("turn the picture upright" in one for one in warnings)
    assert not any("upright" in one for one in measure_layers(tilted).warnings)


def test_a_ridge_is_found_where_it_is_and_none_where_none_is() -> None:
    x, edge = np.arange(120.0), np.full(40, 50.0)
    step = 50.0 + 40.0 * (x > 50.0)
    rows = np.tile(step + 60.0 * np.exp(-0.5 * ((x - 58.0) / 3.0) ** 2), (40, 1))
    crest = fit_ridge(rows, edge, True, 40.0, 2.0)
    assert crest is not None
    np.testing.assert_allclose(crest, 58.0, atol=0.2)
    mirrored = fit_ridge(rows[:, ::-1].copy(), 119.0 - edge, False, 40.0, 2.0)
    assert mirrored is not None
    np.testing.assert_allclose(119.0 - mirrored, crest, atol=0.02)
    assert fit_ridge(np.tile(step, (40, 1)), edge, True, 40.0, 2.0) is None
    with pytest.raises(ComputationError, match="ridge was asked for"):
        measure_layers(simulate_cross_section(GAP, 0), edges=("ridge", "ridge"))


@pytest.mark.parametrize("name", CONVENTIONS)
def test_one_name_stands_for_both_edges(name: str) -> None:
    assert parse_edges(name, "") == (name, name)
    assert parse_edges(f" {name.upper()} , steepest", "") == (name, "steepest")


@pytest.mark.parametrize("text", ["", "crest", "ridge,", "foot,top,ridge", "foot;top"])
def test_other_names_are_refused_with_those_that_are_known(text: str) -> None:
    with pytest.raises(InputError, match="ridge,steepest"):
        parse_edges(text, "--edges")


def test_the_verb_says_which_edges_it_took(tmp_path: Path) -> None:
    grey = simulate_cross_section(replace(GAP, rows=160, **RIDGES), 0).grey.astype(np.uint8)
    path, report = tmp_path / "section.png", tmp_path / "sem.html"
    Image.fromarray(grey).save(path)
    call = ("sem", "measure", str(path), "--scale", "100 nm/px", "--edges", "ridge,steepest")
    status, out, _ = ionweld(*call, "--json", "--report", str(report))
    assert status == 0
    document = json.loads(out)
    assert document["edges"] == ["ridge", "steepest"]
    levels = document["by_edge_level_um"]
    assert levels["innermost"] < levels["steepest"] < levels["outermost"]
    page = report.read_text(encoding="utf-8")
    assert "First edge: the brightest line of the ridge" in page
    assert "edges: ridge (first), steepest (second)" in ionweld(*call)[1]
    status, out, err = ionweld(*call[:-1], "crest")
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert "no choice of edges" in err


def test_an_interface_study_takes_the_convention_too(tmp_path: Path) -> None:
    grey = simulate_cross_section(replace(GAP, rows=160, **RIDGES), 0).grey.astype(np.uint8)
    Image.fromarray(grey).save(tmp_path / "section.png")
    study = tmp_path / "study.toml"
    text = 'temperature = "80 degC"\n[sem]\nimage = "section.png"\nscale = "100 nm/px"\nedges = "ridge,steepest"\n'
    study.write_text(text, encoding="utf-8")
    status, out, _ = ionweld("interface", str(study), "--json")
    assert status == 0
    assert "edges ridge and steepest" in json.loads(out)["thickness"]["source"]
    study.write_text(text.replace("ridge,steepest", "crest"), encoding="utf-8")
    status, out, err = ionweld("interface", str(study), "--json")
    assert (status, out) == (2, "")
    assert "sem.edges" in err
