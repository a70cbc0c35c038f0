"""The cause by ablation: what the rules mean, by tables of fates made by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ionweld.infer.ablation import Fate, cause_of, helping_alike

DIED = Fate(dead=True, life_s=100.0, growth=0.5)


def outlives(growth):
    return Fate(dead=False, life_s=200.0, growth=growth)


@pytest.mark.parametrize(
    ("without", "cause"),
    [
        ({"filament": outlives(0.5), "contact_loss": DIED}, "filament"),
        ({"filament": Fate(True, 124.0, 0.5)}, "undecided"),  # less than a quarter longer
        ({"filament": Fate(True, 126.0, 0.5)}, "filament"),
        ({"filament": Fate(True, 150.0, 0.5), "contact_loss": Fate(True, 180.0, 0.5)}, "contact_loss"),
        # two that help alike tie, whatever else each of them spares; to a tenth of the longer life
        ({"filament": outlives(0.9), "contact_loss": outlives(0.0)}, "undecided"),
        ({"filament": Fate(True, 150.0, 0.5), "contact_loss": Fate(True, 166.0, 0.5)}, "undecided"),
        ({"filament": Fate(True, 150.0, 0.5), "contact_loss": Fate(True, 167.0, 0.5)}, "contact_loss"),
        # one lives longer but dies, the other outlives the test: that is longer than any life
        ({"filament": outlives(2.0), "contact_loss": Fate(True, 150.0, 0.0)}, "filament"),
        ({}, "undecided"),
    ],
)
def test_of_a_dead_cell_the_change_that_lets_it_live_longest(without, cause):
    assert cause_of(DIED, without) == cause


def test_lives_that_cannot_be_told_apart_are_a_tie():
    lasting = {"filament": outlives(0.9), "interphase": outlives(0.0), "contact_loss": DIED}
    assert set(helping_alike(DIED, lasting)) == {"filament", "interphase"}
    longer = {"filament": Fate(True, 150.0, 0.5), "interphase": Fate(True, 170.0, 0.5)}
    assert helping_alike(DIED, longer) == ("interphase",)
    assert helping_alike(DIED, {"filament": DIED, "interphase": DIED}) == ()
    assert helping_alike(Fate(False, 100.0, 1.0), lasting) == ()


def test_what_spares_a_cell_that_is_dead_before_its_test_is_the_cause():
    at_once = Fate(dead=True, life_s=0.0, growth=0.0)
    assert cause_of(at_once, {"filament": outlives(0.0), "contact_loss": at_once, "interphase": at_once}) == "filament"
    assert cause_of(at_once, {"filament": at_once, "contact_loss": at_once}) == "undecided"


@pytest.mark.parametrize(
    ("fate", "without", "cause"),
    [
        (Fate(False, 100.0, 0.1), {"contact_loss": Fate(False, 100.0, 0.0)}, "none"),
        (Fate(False, 100.0, 1.0), {"contact_loss": Fate(False, 100.0, 0.1)}, "contact_loss"),
        (Fate(False, 100.0, 1.0), {"contact_loss": Fate(False, 100.0, 0.6)}, "undecided"),
        (Fate(False, 100.0, 1.0), {"leads": Fate(False, 100.0, 0.1), "interphase": Fate(False, 100.0, 0.9)}, "leads"),
        (
            Fate(False, 100.0, 1.0),
            {"leads": Fate(False, 100.0, 0.1), "interphase": Fate(False, 100.0, 0.15)},
            "undecided",
        ),
        (Fate(False, 100.0, -0.4), {"soft_short": Fate(False, 100.0, 0.0)}, "soft_short"),
        (Fate(False, 100.0, -0.1), {"soft_short": Fate(False, 100.0, 0.0)}, "none"),
        (Fate(False, 100.0, 1.0), {"soft_short": Fate(False, 100.0, 1.3), "layer": Fate(False, 100.0, 0.0)}, "layer"),
        (Fate(False, 100.0, 0.5, faded=0.1), {"cathode": Fate(False, 100.0, 0.5, faded=0.01)}, "cathode"),
    ],
)
def test_of_a_living_cell_the_change_that_saves_most_of_what_it_lost(fate, without, cause):
    assert cause_of(fate, without) == cause


FATES = st.builds(Fate, st.booleans(), st.floats(1.0, 400.0), st.floats(-1.0, 3.0))


@given(FATES, st.dictionaries(st.sampled_from(["contact_loss", "filament", "interphase", "leads"]), FATES))
def test_the_order_in_which_mechanisms_are_left_out_does_not_matter(fate, without):
    turned = dict(reversed(without.items()))
    assert cause_of(fate, without) == cause_of(fate, turned)


@given(FATES, st.dictionaries(st.sampled_from(["contact_loss", "filament", "interphase"]), FATES), st.floats(0.1, 10.0))
def test_only_ratios_of_lives_count(fate, without, factor):
    scaled = {name: Fate(one.dead, factor * one.life_s, one.growth) for name, one in without.items()}
    close = any(abs(one.life_s / fate.life_s - edge) < 1e-6 for one in without.values() for edge in (1.25, 2.0))
    if not close:
        assert cause_of(fate, without) == cause_of(Fate(fate.dead, factor * fate.life_s, fate.growth), scaled)


@given(FATES)
def test_a_change_that_changes_nothing_is_no_cause(fate):
    assert cause_of(fate, {"contact_loss": fate, "filament": fate}) in ("none", "undecided")
