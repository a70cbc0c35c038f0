"""Effects with their intervals against scipy and by hand; lives that were cut off; what one cell may claim."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instrument import full_cell
from scipy import stats

from ionweld.lab.compare import ProjectComparison, Replicate, Treated, analysed, effects_between
from ionweld.measurement.cycling import CellContext
from ionweld.numerics.effects import GroupValues, common_horizon, difference, ratio, restricted
from ionweld.report.comparison import write_report

positive = st.lists(st.floats(1.0, 1e4), min_size=2, max_size=6)


@settings(max_examples=50)
@given(positive, positive)
def test_a_difference_has_the_interval_of_welchs_test(a, b):
    effect = difference("x", "1", GroupValues("a", tuple(a)), GroupValues("b", tuple(b)))
    assert effect.value == pytest.approx(np.mean(b) - np.mean(a), abs=1e-9)
    if min(np.ptp(a) / max(a), np.ptp(b) / max(b)) > 1e-6:  # scipy refuses groups without scatter
        known = stats.ttest_ind(b, a, equal_var=False).confidence_interval(0.95)
        assert (effect.low, effect.high) == pytest.approx((known.low, known.high), rel=1e-6, abs=1e-6)


@settings(max_examples=50)
@given(positive, positive, st.floats(0.01, 100.0))
def test_a_ratio_turns_over_and_does_not_depend_on_the_unit(a, b, scale):
    there = ratio("x", GroupValues("a", tuple(a)), GroupValues("b", tuple(b)))
    back = ratio("x", GroupValues("b", tuple(scale * x for x in b)), GroupValues("a", tuple(scale * x for x in a)))
    assert there.value * back.value == pytest.approx(1.0)
    if there.low is not None and back.high is not None:
        assert there.low * back.high == pytest.approx(1.0)


def test_welchs_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(400):
        a, b = rng.normal(0.0, 1.0, 3), rng.normal(1.0, 2.0, 4)
        effect = difference("x", "1", GroupValues("a", tuple(a)), GroupValues("b", tuple(b)))
        assert effect.low is not None
        assert effect.high is not None
        hits += effect.low <= 1.0 <= effect.high
    assert 0.92 <= hits / 400 <= 0.98


def test_one_cell_has_no_interval_and_it_is_said():
    effect = ratio("R", GroupValues("bare", (1200.0,)), GroupValues("welded", (400.0, 500.0)))
    assert (effect.low, effect.high, effect.baseline_n, effect.other_n) == (None, None, 1, 2)
    assert "n = 1" in effect.method
    assert effect.value == pytest.approx(np.sqrt(400 * 500) / 1200)
    assert "no scatter" in difference("R", "1", GroupValues("a", (1.0, 1.0)), GroupValues("b", (2.0, 2.0))).method


def test_a_test_that_was_stopped_is_no_short_life():
    lives = [(14.0, True), (37.0, True), (100.0, False), (60.0, False)]
    assert common_horizon(lives) == 60.0
    assert restricted(lives, 60.0) == (14.0, 37.0, 60.0, 60.0)
    assert common_horizon(lives[:2]) == 37.0


def group(treatment: str, n: int, **cell: float) -> Treated:
    context = CellContext(area_m2=0.5e-4, area_name="cathode", interfaces=1, active_mass_kg=1e-6)
    cells = []
    for i in range(n):
        made = {"resistance_ohm": 1000.0} | cell
        made["resistance_ohm"] *= 1.0 + 0.05 * i
        test = analysed("x", full_cell(20, context=context, **made), "full", "charge")
        cells.append(Replicate(f"{treatment} {i + 1}", i + 1, (test,), (), (), ()))
    return Treated(treatment, "full, Li | LFP", "full", tuple(cells))


def test_two_groups_of_full_cells_differ_by_what_was_put_in():
    bare, welded = group("bare", 3, resistance_ohm=2000.0, fade=0.01), group("welded", 3, fade=0.002)
    effects = {effect.quantity: effect for effect in effects_between(bare, welded)}
    first = effects["area-specific resistance, cycles 1 to 3"]
    assert first.value == pytest.approx(0.5, rel=1e-3)
    assert first.low is not None
    assert first.low < 0.5 < (first.high or 0.0)
    assert effects["retention, cycle 20"].value == pytest.approx(0.998**19 - 0.99**19)
    assert effects["coulombic efficiency, cycles 4 to 20"].value == pytest.approx(0.0, abs=1e-9)
    assert effects["life without a short, of the first 20 cycles"].value == 0.0


def test_a_leak_shortens_the_life_without_a_short():
    effects = effects_between(group("bare", 2, leak_S=2e-6), group("welded", 2))
    assert [effect.quantity for effect in effects[1:-1]] == [  # the leak does not hide what it does to the cell
        "area-specific resistance, cycle 20", "retention, cycle 20", "coulombic efficiency, cycles 4 to 20",
    ]  # fmt: skip
    life = effects[-1]
    assert life.quantity == "life without a short, of the first 20 cycles"
    assert life.value == 16.0  # the leak is there from the start: found in cycle 4, the first after forming


def test_the_report_of_full_cells_shows_what_they_store(tmp_path):
    groups = group("bare", 1, leak_S=2e-6), group("welded", 2)
    found = ProjectComparison("made up", {"bare": "x"}, groups, tuple(effects_between(*groups)), ())
    document = write_report(found, tmp_path, tmp_path / "out")
    names = {path.stem.rpartition("_")[0] for path in (tmp_path / "out" / "figures").iterdir()}
    assert names == {
        "voltage", "plateaus", "resistance", "capacity", "efficiency", "energy_efficiency", "differential_capacity",
        "effects",
    }  # fmt: skip
    assert {effect["method"] for effect in document["effects"]} == {"no interval: n = 1 in the first group"}
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    for text in ("simulated", "n = 1: bare (full, Li | LFP)", "charge longer than discharge", "Gaussian smoothing"):
        assert text in page
