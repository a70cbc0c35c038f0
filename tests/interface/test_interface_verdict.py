"""The interface verdict: conductivity with its interval, agreement, contradiction, and the way into the twin."""

import tomllib
from dataclasses import replace
from math import exp, sqrt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spine_cells import cell_document, make_cell

from ionweld.analyse.eds.profile import eds_profile
from ionweld.analyse.xps.fit import XpsFit, fit_xps
from ionweld.errors import InputError, SpecError
from ionweld.simulate.eds import simulate_maps
from ionweld.simulate.xps import Peak, SurfaceScan, simulate_xps
from ionweld.spec.cell import CellSpec, parse_cell
from ionweld.spec.derived import derive
from ionweld.spec.library import entry
from ionweld.verdict.interface import (
    Evidence,
    Resistance,
    Thickness,
    another_arc,
    conductivity_range,
    judge,
    layer_conductivity,
    twin_snippet,
)
from ionweld.verdict.interface_files import load_study

WELD = Thickness(2e-6, 2e-8, "SEM")
ONE_OHM_CM2 = 1e-4


@pytest.fixture(scope="module")
def fluoride() -> XpsFit:
    """LiF, its fluorine four times as strong per atom as carbon and lithium 0.057 times (Scofield), and carbon."""
    peaks = (
        Peak("C 1s", 284.8, 4000.0), Peak("F 1s", 685.2, 4000.0 * 4.43), Peak("Li 1s", 56.2, 4000.0 * 0.057),
    )  # fmt: skip
    scans = (SurfaceScan("C 1s", 278, 298), SurfaceScan("F 1s", 678, 698), SurfaceScan("Li 1s", 48, 64))
    return fit_xps(simulate_xps(peaks, scans, 0.5, 1))


def maps(inside: float, outside: float, seed: int = 0):
    grids = simulate_maps({"F Ka": inside, "O Ka": 1.0}, {"F Ka": outside, "O Ka": 1.0}, seed)
    return eds_profile(grids, (0.45, 0.55), background_from="continuum")


def test_conductivity_is_thickness_over_resistance_with_both_errors() -> None:
    sigma = layer_conductivity(WELD, Resistance(100 * ONE_OHM_CM2, 5 * ONE_OHM_CM2, "fit"))
    assert sigma is not None
    assert sigma.value == pytest.approx(2e-4)  # 2 um over 100 ohm cm2 is 2e-6 S/cm
    assert sigma.stderr == pytest.approx(2e-4 * sqrt(0.01**2 + 0.05**2))
    assert layer_conductivity(WELD, None) is None


def test_electrolyte_conductivity_follows_its_activation_energy() -> None:
    low, high = conductivity_range(entry("Li2OHCl"), 353.15)
    assert low < 3.4e-2 < high  # 3.4e-4 S/cm at 80 degC
    assert conductivity_range(entry("Li2OHCl"), 373.15)[1] > high


def test_fluoride_cannot_carry_what_the_welded_layer_does(fluoride: XpsFit) -> None:
    verdict = judge(
        Evidence(
            "welded", 353.15, fluoride, maps(2.0, 0.4), WELD, Resistance(100 * ONE_OHM_CM2, 5 * ONE_OHM_CM2, "fit")
        )
    )
    assert verdict.verdict == "contradictory"
    assert any("asks for 2.0e-06 S/cm, about 100 times" in one for one in verdict.contradictions)
    assert any("fluorine: XPS finds LiF" in one and "Fe La" in one for one in verdict.agreements)
    candidates = {one.phase: one for one in verdict.candidates}
    assert candidates["LiF"].plausible is False
    assert candidates["LiF"].seen is True
    assert "activation energy" in verdict.next_measurement


@given(eps=st.floats(5.0, 30.0), um=st.floats(0.01, 100.0))
def test_an_arc_that_stores_what_a_plate_so_thick_would_is_the_layers(eps: float, um: float) -> None:
    layer, C = Thickness(1e-6 * um, 1e-9 * um, "SEM"), eps * 8.8541878e-12 / (1e-6 * um)
    resistance = Resistance(100 * ONE_OHM_CM2, ONE_OHM_CM2, "fit", C)
    assert another_arc(layer, resistance) is None
    assert another_arc(layer, replace(resistance, capacitance_F_m2=1e3 * C)) is not None
    assert another_arc(layer, replace(resistance, capacitance_F_m2=1e-3 * C)) is not None


def test_an_arc_of_a_double_layer_gives_no_conductivity_of_the_layer(fluoride: XpsFit) -> None:
    resistance = Resistance(100 * ONE_OHM_CM2, ONE_OHM_CM2, "fit", 1e-2)  # 1 uF/cm2
    verdict = judge(Evidence("welded", 353.15, fluoride, maps(2.0, 0.4), WELD, resistance))
    assert verdict.conductivity_S_per_m is None
    assert all(one.plausible is None for one in verdict.candidates)
    (said,) = (one for one in verdict.cautions if one.startswith("impedance"))
    assert not verdict.contradictions, "nothing contradicts: the layer was not seen"
    assert "as thin as 4.4 to 27 nm if it were a plate" in said  # 5 and 30 times 8.85e-12 F/m over 1e-2 F/m2
    assert "2 um could store 0.0022 to 0.013" in said
    assert "10 to 100 MHz" in verdict.next_measurement
    assert "second thickness" in verdict.next_measurement
    assert "cold" not in verdict.next_measurement, "in a cold cell the pellet dwarfs the layer"


def test_an_arc_of_something_else_leaves_the_verdict_open_unless_others_contradict(fluoride: XpsFit) -> None:
    resistance = Resistance(100 * ONE_OHM_CM2, ONE_OHM_CM2, "fit", 1e-2)
    alone = judge(Evidence("x", 353.15, fluoride, None, WELD, resistance))
    agreed = judge(Evidence("x", 353.15, fluoride, maps(2.0, 0.4), WELD, resistance))
    disagreed = judge(Evidence("x", 353.15, fluoride, maps(1.0, 1.0), WELD, resistance))
    assert [one.verdict for one in (alone, agreed, disagreed)] == ["incomplete", "incomplete", "contradictory"]


def test_an_arc_that_stores_too_little_is_of_something_thick() -> None:
    said = another_arc(WELD, Resistance(100 * ONE_OHM_CM2, ONE_OHM_CM2, "fit", 1e-8))
    assert said is not None
    assert "as thick as 4.4e+06 to 2.7e+07 nm" in said  # 4.4 to 27 mm, by the same formula


def test_a_resistance_without_its_capacitance_is_used_with_a_caution() -> None:
    bare = judge(Evidence("x", 353.15, None, None, WELD, Resistance(100 * ONE_OHM_CM2, ONE_OHM_CM2, "fit")))
    told = judge(Evidence("x", 353.15, None, None, WELD, Resistance(100 * ONE_OHM_CM2, ONE_OHM_CM2, "fit", 4e-5)))
    assert bare.conductivity_S_per_m == told.conductivity_S_per_m is not None
    assert [one for one in bare.cautions if "capacitance" in one]
    assert not [one for one in told.cautions if "capacitance" in one]


def test_a_resistive_layer_of_fluoride_is_consistent(fluoride: XpsFit) -> None:
    verdict = judge(Evidence("thick", 353.15, fluoride, None, WELD, Resistance(2e6 * ONE_OHM_CM2, ONE_OHM_CM2, "fit")))
    assert verdict.verdict == "consistent"
    assert not verdict.contradictions
    assert "EDS" in verdict.next_measurement


def test_fluorine_of_xps_against_none_in_eds_is_a_contradiction(fluoride: XpsFit) -> None:
    verdict = judge(Evidence("odd", 353.15, fluoride, maps(1.0, 1.0), None, None))
    assert verdict.verdict == "contradictory"
    assert "EDS says: no difference" in verdict.contradictions[0]


def test_a_bad_xps_fit_is_not_used(fluoride: XpsFit) -> None:
    bad = replace(fluoride, quality=replace(fluoride.quality, good=False))
    verdict = judge(Evidence("bad", 353.15, bad, maps(1.0, 1.0), None, None))
    assert verdict.verdict == "incomplete"
    assert any("not used" in one for one in verdict.cautions)
    assert all(one.seen is None for one in verdict.candidates)


def _cell_with(snippet: str) -> CellSpec:
    document = cell_document("3 uL")
    document["electrodes"]["negative"]["interface"] |= tomllib.loads(snippet)
    return parse_cell(document)


def test_the_measured_gap_is_the_gap_of_a_cell() -> None:
    text = twin_snippet(Thickness(12e-6, 0.12e-6, 'SEM "a.tif", C:\\b\nsecond line', is_gap=True))
    gap = _cell_with(text).electrodes.negative.interface.gap
    assert gap.value == pytest.approx(12e-6)
    assert gap.low == pytest.approx(12e-6 * exp(-0.0196), rel=1e-3)
    assert gap.high == pytest.approx(12e-6 * exp(0.0196), rel=1e-3)
    assert (gap.status, gap.source) == ("measured", 'SEM "a.tif", C:\\b\nsecond line')


def test_the_measured_layer_is_the_solid_that_the_liquid_leaves() -> None:
    """A layer is no gap: written as one it would empty the cell of nine tenths of its liquid."""
    plain, told = make_cell("3 uL"), _cell_with(twin_snippet(Thickness(1e-6, 1e-8, "SEM")))
    before, after = derive(plain).fills[0], derive(told).fills[0]
    assert told.electrodes.negative.interface.gap == plain.electrodes.negative.interface.gap
    assert after.dense_layer_m3 == pytest.approx(0.5 * before.dense_layer_m3)  # 1 um where the library has 2 um
    assert after.start_porosity == pytest.approx(0.9)


def test_a_thickness_known_to_a_factor_of_two_is_still_a_range() -> None:
    gap = _cell_with(twin_snippet(Thickness(1e-6, 0.7e-6, "SEM", is_gap=True))).electrodes.negative.interface.gap
    assert gap.low is not None
    assert 0 < gap.low < gap.value


def test_a_study_with_many_faults_lists_them_all(tmp_path: Path) -> None:
    study = tmp_path / "study.toml"
    study.write_text(
        'nonsense = 1\n[xps]\nfiles = "one.vms"\ncolour = 2\n[eds]\nmaps = ["F.csv"]\nlayer = [0.6, 0.4]\n'
    )
    with pytest.raises(SpecError) as caught:
        load_study(study)
    places = {fault.where.split(": ")[1] for fault in caught.value.faults}
    assert places == {"nonsense", "xps.files", "xps.colour", "eds.layer", "temperature"}


@pytest.mark.parametrize(
    ("text", "said"),
    [("temperature = [", "is not valid TOML"), ('temperature = "80 degC"', "names no measurement"),
     ('temperature = "80 V"\n[thickness]\nvalue = "-1 um"\nstderr = "0.1"\n', "wrong dimension"),
     ('temperature = "80 degC"\n[impedance]\nstderr = "1 ohm*cm^2"\n', "is missing")],
)  # fmt: skip
def test_a_bad_study_is_refused(tmp_path: Path, text: str, said: str) -> None:
    study = tmp_path / "study.toml"
    study.write_text(text)
    with pytest.raises(InputError, match=said):
        load_study(study)
