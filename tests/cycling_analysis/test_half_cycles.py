"""Half cycles, cycles and events on tables whose answer is known by hand, and on the twin's own."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spine_cells import make_cell, make_protocol, parameters

from ionweld.analyse.cycling import Thresholds, counted_half_cycles, cycles, find_events, half_cycles, summarise
from ionweld.measurement.cycling import CellContext, CyclingTest
from ionweld.measurement.provenance import Provenance
from ionweld.simulate.cell import simulate

TIME, VOLTAGE, CURRENT = "Test Time / s", "Voltage / V", "Current / A"
CYCLE, STEP = "Cycle Count / 1", "Step Count / 1"
AREA = 0.25e-4  # m2
AMPS = 2.5e-5  # 0.1 mA/cm2


def table_of(*pieces: dict, area: float | None = AREA, drop: tuple[str, ...] = ()) -> CyclingTest:
    """Return a cycling table of pieces: each with amps, cycle, seconds and a function of the time for the voltage."""
    rows, now = [], 0.0
    for step, piece in enumerate(pieces, start=1):
        inside = np.arange(0.0, piece.get("seconds", 600.0) + 1.0, piece.get("every", 60.0))
        rows.append(
            pl.DataFrame(
                {
                    TIME: now + inside,
                    VOLTAGE: np.broadcast_to(piece["volts"](inside), inside.shape).astype(float),
                    CURRENT: np.full(inside.size, piece["amps"]),
                    CYCLE: np.full(inside.size, piece.get("cycle", 1)),
                    STEP: np.full(inside.size, step),
                }
            )
        )
        now += inside[-1]
    table = pl.concat(rows).drop(*drop)
    return CyclingTest(table, Provenance("measured", "table", "", ""), CellContext(area_m2=area))


def flat(volts: float, amps: float = AMPS, **more) -> dict:
    sign = 1.0 if amps >= 0 else -1.0
    return {"volts": lambda t: sign * volts + 0.0 * t, "amps": amps, **more}


def plateaus(ohms: list[float], amps: list[float] | None = None) -> CyclingTest:
    """Return flat half cycles of given resistances, two to a cycle."""
    currents = amps or [AMPS] * len(ohms)
    return table_of(
        *(
            flat(R * j, j if i % 2 == 0 else -j, cycle=1 + i // 2)
            for i, (R, j) in enumerate(zip(ohms, currents, strict=True))
        )
    )


# half cycles


@settings(max_examples=30)
@given(st.floats(1e-3, 1.0), st.floats(-0.9, 3.0), st.floats(300.0, 5000.0).map(lambda s: 60.0 * round(s / 60.0)))
def test_a_ramp_gives_its_mean_wedge_and_flatness(start: float, growth: float, seconds: float) -> None:
    """V = a (1 + g t/T): mean a (1 + g/2), wedge g (1 - 120/T) / (1 + g/2), flatness 1 - |wedge|."""
    charge = {"volts": lambda t: start * (1 + growth * t / seconds), "amps": AMPS, "seconds": seconds}
    discharge = {**charge, "volts": lambda t: -start * (1 + growth * t / seconds), "amps": -AMPS}
    halves = half_cycles(table_of(charge, discharge))
    mean = start * (1 + growth / 2)
    wedge = growth * (1 - 120.0 / seconds) / (1 + growth / 2)
    assert halves["direction"].to_list() == ["charge", "discharge"]
    for name, expected in {
        "overpotential_V": mean,
        "wedge_index": wedge,
        "flatness": 1 - abs(wedge),
        "asr_ohm_cm2": mean / (1e-3 * AMPS / AREA / 1e4 * 1e3),
        "current_density_mA_cm2": 0.1,
        "start_V": start * (1 + growth * 120.0 / seconds),
        "end_V": start * (1 + growth),
        "duration_s": seconds,
    }.items():
        assert halves[name].to_numpy() == pytest.approx(np.full(2, expected), rel=1e-9, abs=1e-12), name
    assert halves["capacity_Ah"].to_numpy() == pytest.approx(AMPS * seconds / 3600.0)
    assert halves["current_A"].to_list() == pytest.approx([AMPS, -AMPS])


def test_the_mean_is_over_time_and_not_over_records() -> None:
    uneven = pl.DataFrame({TIME: [0.0, 1.0, 2.0, 3.0, 103.0], VOLTAGE: [0.4, 0.4, 0.4, 0.1, 0.1], CURRENT: [AMPS] * 5})
    halves = half_cycles(CyclingTest(uneven, Provenance("measured", "", "", "")))
    assert halves["overpotential_V"][0] == pytest.approx((2 * 0.4 + 0.25 + 100 * 0.1) / 103.0)


def test_rests_are_no_half_cycles() -> None:
    tiny = 5e-4 * AMPS  # what a cycler shows as current at rest
    rest, leak = flat(0.0, 0.0), flat(0.0, tiny)
    halves = half_cycles(table_of(rest, flat(0.1), rest, flat(0.1, -AMPS), leak, flat(0.1, cycle=2), rest))
    assert halves["half_cycle"].to_list() == [1, 2, 3]
    assert halves["cycle"].to_list() == [1, 1, 2]
    assert halves["start_s"].to_list() == [600.0, 1800.0, 3000.0]
    assert halves["overpotential_V"].to_list() == pytest.approx([0.1] * 3)


@pytest.mark.parametrize("drop", [(STEP,), (CYCLE,), (STEP, CYCLE)])
def test_without_step_or_cycle_columns_the_sign_of_the_current_decides(drop: tuple[str, ...]) -> None:
    pieces = [flat(0.1 + 0.01 * i, AMPS * (-1) ** i, cycle=1 + i // 2) for i in range(6)]
    with_all, without = half_cycles(table_of(*pieces)), half_cycles(table_of(*pieces, drop=drop))
    assert without.drop("cycle").equals(with_all.drop("cycle"))
    expected = [None] * 6 if CYCLE in drop else [1, 1, 2, 2, 3, 3]
    assert without["cycle"].to_list() == expected


def test_the_cyclers_steps_part_half_cycles_of_one_direction() -> None:
    pieces = [flat(0.1), flat(0.2)]
    assert half_cycles(table_of(*pieces)).height == 2
    assert half_cycles(table_of(*pieces, drop=(STEP,))).height == 1


def test_a_single_record_is_shown_without_a_plateau() -> None:
    halves = half_cycles(table_of(flat(0.1), flat(0.3, -AMPS, seconds=0.0)))
    assert halves["overpotential_V"][1] == 0.3
    assert halves["end_V"][1] == 0.3
    assert halves["capacity_Ah"][1] == 0.0
    assert [halves[name][1] for name in ("start_V", "wedge_index", "flatness")] == [None, None, None]


def test_a_half_cycle_shorter_than_the_settling_time_has_no_plateau() -> None:
    halves = half_cycles(table_of(flat(0.1, seconds=60.0), flat(0.1, -AMPS)))
    assert halves["wedge_index"].to_list() == [None, pytest.approx(0.0)]


def test_without_an_area_nothing_is_divided_by_one() -> None:
    halves = half_cycles(table_of(flat(0.1), area=None))
    assert "asr_ohm_cm2" not in halves.columns
    assert "current_density_mA_cm2" not in halves.columns
    assert halves["overpotential_V"][0] == pytest.approx(0.1)


def test_a_table_without_current_has_no_half_cycles() -> None:
    silent = table_of(flat(0.0, 0.0))
    assert half_cycles(silent).height == 0
    assert find_events(silent) == []
    empty = CyclingTest(silent.table.clear(), silent.provenance, silent.context)
    assert half_cycles(empty).height == 0


def test_the_analysis_leaves_the_measurement_alone() -> None:
    measured = table_of(flat(0.1), flat(0.1, -AMPS))
    before = measured.table.clone()
    half_cycles(measured)
    find_events(measured)
    assert measured.table.equals(before)


# cycles


@pytest.mark.parametrize(("first", "efficiency"), [("charge", 0.5), ("discharge", 2.0)])
def test_efficiency_is_the_second_half_cycle_over_the_first(first, efficiency: float) -> None:
    pieces = [flat(0.1, seconds=1200.0), flat(0.1, -AMPS, seconds=600.0)]
    table = cycles(table_of(*(pieces if first == "charge" else reversed(pieces))), first)
    assert table["coulombic_efficiency"].to_list() == pytest.approx([efficiency])
    assert table["charge_capacity_Ah"][0] == pytest.approx(AMPS * 1200.0 / 3600.0)


def test_an_unfinished_cycle_has_no_efficiency() -> None:
    table = cycles(table_of(flat(0.1), flat(0.1, -AMPS), flat(0.2, cycle=2)), "charge")
    assert table["cycle"].to_list() == [1, 2]
    assert table["coulombic_efficiency"].to_list() == [pytest.approx(1.0), None]
    assert table["overpotential_V"].to_list() == pytest.approx([0.1, 0.2])


# events


def kinds(ohms: list[float], amps: list[float] | None = None, **limits: float) -> dict[str, int]:
    """Return which half cycle (from 1) each event names."""
    found = find_events(plateaus(ohms, amps), Thresholds(**limits) if limits else None)
    assert all(earlier.time_s <= later.time_s for earlier, later in pairwise(found))
    assert all("resistance" in event.evidence for event in found)
    return {event.kind: 1 + round(event.time_s / 600.0) for event in found}


def test_a_steady_cell_has_no_events() -> None:
    assert kinds([1000.0] * 20) == {}
    assert kinds(list(np.linspace(1000.0, 3000.0, 40))) == {}
    assert kinds(list(np.geomspace(1000.0, 150.0, 200))) == {}  # it falls slowly, and never to a tenth


def test_a_change_of_the_current_is_no_event() -> None:
    for factor in (0.02, 0.5, 2.0, 100.0):
        assert kinds([1000.0] * 16, [AMPS] * 8 + [factor * AMPS] * 8) == {}


@given(st.floats(0.4, 10.0), st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_a_lead_that_opens_and_closes_is_no_drop_and_hides_none(
    added: float, opened: int, closed: int, ends_closed: bool
) -> None:
    once = [1000.0] * closed + [1000.0 * (1.0 + added)] * opened
    course = [1000.0] * 6 + once * 4 + ([1000.0] * 6 if ends_closed else [])
    assert kinds(course) == {}
    assert kinds([*course, *[1000.0] * 8, *[700.0] * 4]) == {
        "sudden drop": len(course) + 9,
        "short": len(course) + 9,
    }


def test_a_fall_below_what_was_before_the_leap_is_a_drop() -> None:
    assert kinds([1000.0] * 8 + [2000.0] * 6 + [700.0] * 4) == {"sudden drop": 15, "short": 15}
    assert kinds([1000.0] * 8 + [2000.0] * 6 + [800.0] * 4) == {}
    assert kinds([1000.0] * 8 + [500.0] * 2 + [1000.0] * 8 + [500.0] * 4) == {
        "sudden drop": 9,
        "short": 19,
    }  # it healed
    amps = [AMPS] * 8 + [2.0 * AMPS] * 10  # a rise with the current is no lead's
    assert kinds([1000.0] * 8 + [2000.0] * 6 + [1000.0] * 4, amps) == {"sudden drop": 15, "short": 15}


def test_one_low_half_cycle_is_a_drop_and_no_short() -> None:
    assert kinds([1000.0] * 8 + [500.0] + [1000.0] * 8) == {"sudden drop": 9}


def test_a_drop_that_lasts_is_a_short() -> None:
    assert kinds([1000.0] * 8 + [500.0] * 4) == {"sudden drop": 9, "short": 9}
    assert kinds([1000.0] * 8 + [500.0] * 3) == {"sudden drop": 9}
    assert kinds([1000.0] * 8 + [500.0] + [1000.0] * 5 + [400.0] * 6) == {"sudden drop": 9, "short": 15}


@pytest.mark.parametrize(("share", "fires"), [(0.751, False), (0.749, True)])
def test_the_drop_fires_at_its_threshold(share: float, fires: bool) -> None:
    assert bool(kinds([1000.0] * 8 + [1000.0 * share] * 6)) is fires
    assert bool(kinds([1000.0] * 8 + [1000.0 * share] * 6, drop=0.3)) is False


@pytest.mark.parametrize(("share", "fires"), [(0.101, False), (0.099, True)])
def test_failure_fires_at_a_tenth_of_the_first_cycle(share: float, fires: bool) -> None:
    ohms = [900.0, 1100.0, 4000.0, 4000.0] + [1000.0 * share] * 4
    assert ("failure" in kinds(ohms)) is fires
    if fires:
        assert kinds(ohms)["failure"] == 5


@settings(max_examples=40)
@given(st.lists(st.floats(10.0, 1e5), min_size=1, max_size=25), st.integers(-10, 10))
def test_events_do_not_depend_on_the_scale(ohms: list[float], power: int) -> None:
    """A scale by powers of two is exact: what lies on a threshold stays there."""
    assert kinds(ohms, [AMPS * 2.0**power] * len(ohms)) == kinds(ohms)


def test_the_analysis_sees_what_happened_in_the_twin() -> None:
    """The first short as a sudden drop and a short in the very half cycle, the failure in that half cycle too."""
    protocol = make_protocol((0.1, 0.5, 60))
    seen = 0
    for number in range(10):
        run = simulate(make_cell(), protocol, parameters(), f"twin {number}")
        happened = {event.kind: event for event in run.events}
        found = {event.kind: event for event in find_events(run.measurement)}
        assert ("first short" in happened) == ("sudden drop" in found), number
        for twin_kind, kind in (("first short", "sudden drop"), ("failure", "failure")):
            if twin_kind in happened:
                seen += 1
                assert 0.0 <= happened[twin_kind].time_s - found[kind].time_s <= 1800.0, (number, twin_kind)
                assert found[kind].cycle == happened[twin_kind].cycle
    assert seen >= 10


@pytest.mark.parametrize("every", [0.1, 7.0, 33.3])
def test_the_voltage_at_half_of_the_charge_is_that_of_the_record_in_the_middle(every):
    """An even number of equal intervals reaches the half at a record; sums of rounded charges decide nothing."""
    for intervals in range(2, 60, 2):
        time = every * np.arange(intervals + 1)
        table = pl.DataFrame(
            {TIME: time, VOLTAGE: 3.0 + time, CURRENT: np.full(time.size, AMPS), CYCLE: np.ones(time.size)}
        )
        test = CyclingTest(table, Provenance("measured", "table", "", ""))
        assert counted_half_cycles(test)["median_voltage_V"].to_list() == [3.0 + time[intervals // 2]]


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_a_test_with_nothing_or_one_direction_has_the_same_columns_as_any_other(rows):
    whole = table_of(flat(0.1), flat(0.1, -AMPS))
    few = CyclingTest(whole.table.head(rows), whole.provenance, whole.context)
    made, full = summarise(few, "symmetric", "charge"), summarise(whole, "symmetric", "charge")
    assert made.cycles.schema == full.cycles.schema
    assert made.half_cycles.schema == full.half_cycles.schema
