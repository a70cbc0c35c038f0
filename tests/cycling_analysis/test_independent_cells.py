"""The small form of benchmarks/cycling_alarms.py: cells of an independent generator, healthy and with a fault."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from independent_cycler import full_cell, symmetric_cell

from ionweld.analyse.cycling import SHORTS, Finding, Kind, diagnose, summarise
from ionweld.measurement.cycling import CyclingTest
from ionweld.result import EventKind

ALARMS = (*SHORTS, EventKind.CONTACT_LOSS, EventKind.END_OF_LIFE)


def found(test: CyclingTest, kind: Kind, *kinds: EventKind) -> list[Finding]:
    return [one for one in diagnose(test, summarise(test, kind, "charge"), kind) if one.kind in (kinds or ALARMS)]


COMMON = ["several currents", "rests", "thermal steps", "missing rows", "time restarts"]


@pytest.mark.parametrize(
    "program", ["rate", "formation", "unfinished", "days", "activation", "cv", "power cut", *COMMON]
)
def test_healthy_full_cells_raise_no_alarm(program):
    for seed in range(1000, 1004):
        assert found(full_cell(program, seed), "full") == [], seed


@pytest.mark.parametrize(
    "program", ["steady", "unfinished", "days", "activation", "power cut", "ramp", "pressure steps", *COMMON]
)
def test_healthy_symmetric_cells_raise_no_alarm(program):
    for seed in range(1000, 1004):
        assert found(symmetric_cell(program, seed), "symmetric") == [], seed


def test_a_leak_of_two_percent_is_found_where_it_begins():
    for seed in range(1000, 1004):
        test = full_cell("cv", seed, leak=0.02)
        begins = max(12, int(test.table["Cycle Count / 1"].to_numpy().max()) // 2)
        (event, *_) = found(test, "full", EventKind.SOFT_SHORT)
        assert event.cycle == begins
        assert event.numbers["discharge_over_charge"] == pytest.approx(0.959, abs=0.006)


@pytest.mark.parametrize("fault", [{"short": 0.5}, {"short": 20.0}, {"growing": 0.02}])
def test_shorts_of_symmetric_cells_are_found(fault):
    for seed in range(1000, 1003):
        (event, *_) = found(symmetric_cell("steady", seed, short_from=40, **fault), "symmetric", *SHORTS)
        assert event.cycle >= 21
        assert event.cycle == 21 or "growing" in fault


def test_a_void_in_a_ramp_is_found_with_its_density():
    for seed in range(1000, 1004):
        test = symmetric_cell("ramp", seed, void_from=6, void=0.5)
        (event, *_) = found(test, "symmetric", EventKind.CONTACT_LOSS)
        amps = np.abs(test.table["Current / A"].to_numpy())[test.table["Step Count / 1"].to_numpy() == 7].mean()
        assert (event.cycle, event.numbers["current_density_mA_cm2"]) == (4, pytest.approx(1e3 * amps, rel=0.01))


def test_days_are_named():
    kinds = {
        one.kind for seed in range(1000, 1006) for one in found(symmetric_cell("days", seed), "symmetric", *EventKind)
    }
    assert kinds == {EventKind.TEMPERATURE_SWING}


def test_steps_of_the_press_and_of_the_oven_are_named():
    for program in ("pressure steps", "thermal steps"):
        kinds = [one.kind for one in found(symmetric_cell(program, 1001), "symmetric", *EventKind)]
        assert kinds == [EventKind.CHANGED_CONDITIONS]


def test_rows_that_are_lost_leave_their_cycle_unjudged():
    """Charge that nobody saw is no leak: where rows are lost within a half cycle, or between two."""
    test = full_cell("cv", 1000)
    step = test.table["Step Count / 1"]
    for lost in (slice(40, 80), slice(0, 60), slice(-60, None)):
        rows = (step == 31).arg_true()[lost]
        table = test.table.with_row_index().filter(~pl.col("index").is_in(rows.implode())).drop("index")
        summary = summarise(replace(test, table=table), "full", "charge")
        cycle = test.table["Cycle Count / 1"][int(rows[0])]
        assert cycle in summary.cycles["cycle"].filter(~summary.cycles["complete"]).to_list()
        assert "has a gap" in summary.warnings[0]
