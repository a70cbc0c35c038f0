"""What is read off full cells, on tables made by hand."""

import polars as pl
import pytest

from ionweld.simulate.cell import Outcome
from ionweld.twin.ensemble import Member
from ionweld.twin.observables import Observable, observe, pooled_efficiency


def member(efficiency: list[float | None], given: list[float] | None = None) -> Member:
    given = given or [1.0] * len(efficiency)
    table = pl.DataFrame(
        {
            "coulombic_efficiency": efficiency,
            "discharge_capacity_Ah": given,
            "charge_capacity_Ah": [1.0] * len(efficiency),
            "discharge_capacity_mAh_g": [100.0 * one for one in given],
        },
        schema_overrides={"coulombic_efficiency": pl.Float64},
    )
    return Member("hand/0", table, (), Outcome.COMPLETED, 0.0, 0.0, 0.0, 6000.0, 43000.0)


UNSTABLE, UNSTABLE_MEMORY, STABLE = 0.05, 5, 0.01


def row(quantity: str, statistic: str, **more: object) -> Observable:
    return Observable.model_validate({"id": "x", "test": "x", "quantity": quantity, "statistic": statistic, **more})


unstable = row("coulombic efficiency", "first unlike", by=UNSTABLE, memory=UNSTABLE_MEMORY).of
stable_after = row("coulombic efficiency", "steady after", by=STABLE).of
HALF = row("discharge capacity", "first below", level=0.5)
half_capacity = HALF.of


def test_the_first_cycle_that_leaves_those_before_it_is_unstable() -> None:
    calm = [0.95] * 12
    assert unstable(member(calm)) is None
    assert unstable(member([*calm, 0.95 - 1.01 * UNSTABLE])) == 13.0
    assert unstable(member([*calm, 0.95 + 1.01 * UNSTABLE])) == 13.0, "a jump upwards is no less unstable"
    assert unstable(member([*calm, 0.95 - 0.99 * UNSTABLE])) is None


def test_a_slow_decline_is_not_unstable_and_a_single_bad_cycle_before_is_forgiven() -> None:
    slow = [0.99 - 0.5 * UNSTABLE / UNSTABLE_MEMORY * cycle for cycle in range(40)]
    assert unstable(member(slow)) is None
    assert unstable(member([0.5, *[0.95] * 10])) is None, "the first cycles have no median before them"


def test_a_cycle_that_gives_nothing_back_is_unstable() -> None:
    assert unstable(member([*[0.95] * 8, None])) == 9.0


def test_the_efficiency_is_stable_once_all_that_follow_are_alike() -> None:
    calm = [0.98] * 10
    assert stable_after(member(calm)) == 0.0
    assert stable_after(member([0.80, 0.90, 0.95, *calm])) == 3.0
    assert stable_after(member([0.98 - 0.9 * STABLE, *calm])) == 0.0
    assert stable_after(member([*calm, 0.5])) == 10.0, "what falls in the last cycle was never stable before it"


def test_efficiency_over_cycles_weighs_by_charge() -> None:
    table = pl.DataFrame({"charge_capacity_Ah": [3.0, 1.0, 9.0], "discharge_capacity_Ah": [2.7, 0.5, 0.0]})
    assert pooled_efficiency(table, (1, 2)) == pytest.approx(3.2 / 4.0)
    assert pooled_efficiency(table, (1, 1)) == pytest.approx(0.9)
    assert pooled_efficiency(table, (1, 20)) == pytest.approx(3.2 / 13.0), "a table that is shorter counts as it is"


def test_half_capacity_is_the_first_cycle_below_half_of_the_first() -> None:
    assert half_capacity(member([0.9] * 4, [1.0, 0.8, 0.5, 0.49])) == 4.0
    assert half_capacity(member([0.9] * 4, [1.0, 0.4, 0.8, 0.3])) == 2.0
    assert half_capacity(member([0.9] * 3, [1.0, 0.9, 0.8])) is None


def test_capacities_are_si_and_a_cycle_that_was_not_reached_has_none() -> None:
    assert row("specific capacity", "value", cycle=1).of(member([0.9], [1.5])) == pytest.approx(150.0 * 3600.0)
    assert row("specific capacity", "value", cycle=10).of(member([0.9])) is None


def test_a_band_counts_only_the_cells_that_have_the_number() -> None:
    found = observe(HALF, [member([0.9] * 2, [1.0, 0.4]), member([0.9] * 2)])
    assert (found.median, found.n, found.total) == (2.0, 1, 2)
