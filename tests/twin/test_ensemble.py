"""Ensembles: the same cells on any number of workers, and bands that say how many cells they come from."""

import gc
import sys
import threading
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from ionweld.analyse.cycling import half_cycles
from ionweld.spec.protocol import parse_protocol
from ionweld.study.model import load_study
from ionweld.twin import ensemble
from ionweld.twin.calibrated import parameters_for
from ionweld.twin.ensemble import Look, Recipe, band, per_cycle, run, run_one, typical_number
from ionweld.twin.observables import observe
from ionweld.twin.pool import workers
from ionweld.units import _registry


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    study = load_study("yu2021")
    protocol = study.protocols["figure2a"]
    short = protocol.model_copy(update={"stages": [protocol.stages[0].model_copy(update={"cycles": 12})]})
    return Recipe("test/bare", study.cells["bare"], short, parameters_for(study.cells["bare"]))


def test_one_and_two_workers_give_the_same_numbers(recipe: Recipe) -> None:
    counted = []
    with workers(1) as alone, workers(2) as pair:
        one = run(recipe, 3, alone, lambda: counted.append(1))
        two = run(recipe, 3, pair, lambda: None)
    assert len(counted) == 3
    assert one.typical_number == two.typical_number
    for column in ("overpotential_V", "wedge_index", "asr_ohm_cm2"):
        assert np.array_equal(per_cycle(one.members, column), per_cycle(two.members, column))
    assert [member.events for member in one.members] == [member.events for member in two.members]
    assert max(member.charge_error for member in one.members) < 1e-9
    assert max(member.lithium_error for member in one.members) < 1e-9


RESTS = {"name": "rests", "first_half_cycle": "discharge", "record_every": "7 min"} | {
    "stages": [
        {"current_density": "0.1 mA/cm^2", "half_cycle_time": "0.5 h", "cycles": 3, "rest": "10 min"},
        {"current_density": "0.3 mA/cm^2", "half_cycle_time": "1 min", "cycles": 2},
    ]
}


@pytest.mark.parametrize("protocol", [RESTS, RESTS | {"one_way": True}], ids=["to and fro", "one way"])
def test_a_run_is_judged_by_its_arrays_as_its_table_is_read(recipe: Recipe, protocol: dict[str, Any]) -> None:
    done = run_one(replace(recipe, protocol=parse_protocol(protocol)), 0)
    read, of_arrays = half_cycles(done.measurement), ensemble.half_cycles_of_run(done)
    assert read.height == (10 if "one_way" not in protocol else 5)
    assert_frame_equal(read, of_arrays, check_dtypes=False, rel_tol=1e-12, abs_tol=0.0)
    assert read.columns == of_arrays.columns


def test_members_differ_and_the_typical_one_is_chosen_by_rule(recipe: Recipe) -> None:
    with workers(1) as alone:
        found = run(recipe, 3, alone, lambda: None)
    first = per_cycle(found.members, "overpotential_V")[:, 0]
    assert len(set(first)) == 3
    assert typical_number(found.members) == found.typical_number


def test_a_single_cell_is_simulated_once(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    once, counted = iter([run_one(recipe, 0)]), []
    monkeypatch.setattr(ensemble, "run_one", lambda recipe, number: next(once))
    with workers(1) as alone:
        found = run(recipe, 1, alone, lambda: counted.append(1), Look(lambda recipe, run: run.outcome, 1))
    assert (found.typical_number, len(counted), found.looked) == (0, 1, (found.typical.outcome,))
    assert found.members[0].outcome == found.typical.outcome
    assert found.members[0].cycles.height == found.typical.recorded.cycle[-1]


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=30))
def test_a_band_is_ordered_and_counts_who_is_in_it(values: list[float | None]) -> None:
    found = band(values)
    assert (found.n, found.total) == (sum(value is not None for value in values), len(values))
    if found.n:
        assert found.p05 <= found.p16 <= found.median <= found.p84 <= found.p95


def test_a_share_has_an_interval_even_when_all_survive(recipe: Recipe) -> None:
    with workers(1) as alone:
        found = run(recipe, 2, alone, lambda: None)
    share = observe(load_study("yu2021").observable("welded.survival"), found.members)
    assert 0.0 <= share.median <= 1.0
    assert share.p05 < share.p95


def interrupted(after: int) -> None:
    with workers(2) as pair:
        for number, _ in enumerate(pair(time.sleep, [0.03] * 60)):
            if number == after:
                raise KeyboardInterrupt


def _brought(_: int) -> tuple[int, int]:
    """Return how many tables of units a worker has that has not read one yet, and what it does not look through again."""
    return _registry.cache_info().currsize, gc.get_freeze_count()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are no copies")
def test_workers_bring_the_table_of_units_and_leave_what_they_brought_alone() -> None:
    with workers(2) as mapper:
        for tables, frozen in mapper(_brought, range(2)):
            assert tables == 1
            assert frozen > 100_000


@pytest.mark.parametrize("after", [1, 3, 5])
def test_an_interrupted_pool_ends_without_a_word(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """What waits is dropped before the processes end: else the pool's own thread ends in a traceback."""
    said: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda told: said.append(str(told.exc_value)))
    before = set(threading.enumerate())
    with pytest.raises(KeyboardInterrupt):
        interrupted(after)
    for thread in set(threading.enumerate()) - before:
        thread.join(5.0)
    assert said == []
