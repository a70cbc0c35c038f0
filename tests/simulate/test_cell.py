"""What a simulated cell must do whatever its numbers are: balances, bounds, symmetries, seeds, events."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from spine_cells import LIQUID, WELDED, besides_dose, make_cell, make_protocol, parameters, voltages, voltages_of

from ionweld.analyse.cycling import half_cycles
from ionweld.errors import ComputationError
from ionweld.laws.interface import direct_conductance, gap_conductance
from ionweld.measurement.cycling import CyclingTest
from ionweld.measurement.provenance import Provenance
from ionweld.simulate.cell import Outcome, SimulatedTest, simulate

# a run that fails is reported as drawn: shrinking it would cost thousands of runs
FEW = settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
volumes = st.sampled_from([None, "0.1 uL", WELDED])
seeds = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=6)
BARE_10 = make_protocol((0.1, 0.5, 10))


def contacts(run: SimulatedTest) -> tuple[np.ndarray, np.ndarray]:
    """Return theta and theta_b of both interfaces after each segment: shape (segments, 2 N)."""
    touching, restorable = run.state("touching"), run.state("restorable")
    return touching.reshape(len(touching), -1), restorable.reshape(len(restorable), -1)


@st.composite
def cell_runs(draw: st.DrawFn) -> SimulatedTest:
    stages = [(draw(st.sampled_from([0.02, 0.1, 0.4, 1.0])), draw(st.sampled_from([0.1, 0.5, 2.0])), 3)]
    if draw(st.booleans()):
        stages.append((0.2, 0.5, 2))
    protocol = make_protocol(*stages, rest=draw(st.sampled_from([None, "20 min"])))
    conditions = {
        "stack_pressure": draw(st.sampled_from(["0.05 MPa", "0.15 MPa", "1 MPa", "10 MPa", "100 MPa"])),
        "temperature": draw(st.sampled_from(["60 degC", "80 degC", "100 degC"])),
    }
    return simulate(make_cell(draw(volumes), **conditions), protocol, parameters(), draw(seeds))


# balances and bounds


@FEW
@given(cell_runs())
def test_charge_and_lithium_balance_in_every_run(run: SimulatedTest) -> None:
    assert run.charge_error < 1e-9
    assert run.lithium_error < 1e-9


@FEW
@given(cell_runs())
def test_contact_stays_within_what_can_be_restored(run: SimulatedTest) -> None:
    theta, theta_b = contacts(run)
    assembly = run.conditions.column("assembly").ravel()
    assert (theta > 0.0).all()
    # each is integrated to 1e-6 of the largest beside it per step
    assert (theta <= theta_b + 1e-6 * theta_b.max(axis=1, keepdims=True)).all()
    assert (theta_b > 0.0).all()
    assert (theta_b <= assembly * (1 + 1e-6)).all()
    assert (assembly <= 1.0).all()
    assert np.isfinite(voltages(run)).all()
    assert run.work["steps"] < 300 * len(run.snapshots)  # no corner of the conditions is stiff


@FEW
@given(cell_runs())
def test_the_columns_of_the_table_tell_one_story(run: SimulatedTest) -> None:
    """Charge by the step's capacity equals current by time; voltage has the sign of the current."""
    table = run.measurement.table
    volts, amps = voltages(run), table["Current / A"].to_numpy()
    assert (np.sign(volts) == np.sign(amps)).all()
    assert (np.diff(table["Test Time / s"].to_numpy()) >= 0.0).all()
    moved = table["Step Charging Capacity / Ah"].to_numpy() - table["Step Discharging Capacity / Ah"].to_numpy()
    assert moved == pytest.approx(amps * table["Step Time / s"].to_numpy() / 3600.0, rel=1e-12, abs=1e-18)
    resistance = run.states["Area-specific resistance / ohm m^2"].to_numpy()
    density = amps / run.measurement.context.area_m2
    short = run.states["Short conductance / S m^-2"].to_numpy()
    assert volts == pytest.approx(density / (1.0 / resistance + short), rel=1e-12, abs=1e-18)


def test_no_contact_is_lost_at_rest() -> None:
    run = simulate(make_cell(), make_protocol((0.1, 0.5, 4), rest="3 h"), parameters(), "s0")
    theta, theta_b = contacts(run)
    loaded, rested = slice(0, None, 2), slice(1, None, 2)
    assert (theta[rested] >= theta[loaded] * (1 - 1e-9)).all()
    assert (theta_b[rested] >= theta_b[loaded] * (1 - 1e-9)).all()
    assert (theta[rested] > theta[loaded] * (1 + 1e-4)).any()  # and what was stripped does recover
    resting = run.measurement.table.filter(pl.col("Step Type") == "REST")
    assert resting["Voltage / V"].abs().max() == 0.0


@settings(FEW, max_examples=6)
@given(seeds, volumes, st.sampled_from([(0.03, 0.1), (0.1, 0.3), (0.3, 2.0), (2.0, 20.0)]))
def test_resistance_falls_with_stack_pressure(seed: str, volume: str | None, pressures: tuple[float, float]) -> None:
    low, high = (
        simulate(make_cell(volume, stack_pressure=f"{P} MPa"), make_protocol((0.1, 0.5, 1)), parameters(), seed)
        for P in pressures
    )
    column = "Area-specific resistance / ohm m^2"
    assert (high.states[column] <= low.states[column] * (1 + 1e-6)).all()
    if volume != WELDED and pressures[0] < 1.0:  # chi = 1 makes both paths equal; above 1 MPa contact is full
        assert (high.states[column] < low.states[column]).all()


# bare and welded


def test_a_welded_file_without_volume_is_the_bare_cell_bit_for_bit() -> None:
    bare = simulate(make_cell(), BARE_10, parameters(), "s0")
    empty = simulate(make_cell("0 uL"), BARE_10, parameters(), "s0")
    assert bare.measurement.table.equals(empty.measurement.table)
    assert bare.states.equals(empty.states)
    assert np.array_equal(bare.snapshots, empty.snapshots)
    assert bare.work == empty.work


def test_bare_and_welded_differ_in_the_filled_fraction_alone() -> None:
    bare = simulate(make_cell("0 uL"), BARE_10, parameters(), "s0").conditions  # the same liquid, none of it
    welded = simulate(make_cell(WELDED), BARE_10, parameters(), "s0").conditions
    differ = np.flatnonzero(bare.numbers != welded.numbers)
    assert welded.numbers[differ].tolist() == [1.0] * 4
    assert bare.numbers[differ].tolist() == [0.0] * 4
    places = [bare.layout.place("numbers", name) for name in ("chi", "chi_start")]
    assert differ.tolist() == [i for place in places for i in range(place.start, place.stop)]
    assert np.array_equal(bare.columns, welded.columns)
    assert np.array_equal(besides_dose(bare), besides_dose(welded))
    assert make_cell(WELDED).electrodes.negative.interface.liquid == LIQUID


def test_more_liquid_than_the_gap_holds_changes_nothing() -> None:
    runs = [voltages(simulate(make_cell(volume), BARE_10, parameters(), "s0")) for volume in ("0.3 uL", "3 uL")]
    assert np.array_equal(*runs)


def test_the_welded_plateau_is_flatter() -> None:
    wedges = {
        volume: half_cycles(simulate(make_cell(volume), BARE_10, parameters(), "s0").measurement)["wedge_index"]
        for volume in (None, WELDED)
    }
    assert wedges[None].min() > 0.0
    # from the second cycle on: in the first, the liquid converts and the resistance rises for that reason
    assert wedges[WELDED][-10:].abs().max() < 0.5 * wedges[None][-10:].min()


# the theorem: no wedge without hysteresis


@given(
    contact=st.lists(st.floats(0.02, 1.0), min_size=2, max_size=6),
    R_t=st.floats(1e-4, 1.0),
    R_L=st.floats(0.0, 1.0),
    R_s=st.floats(0.0, 1.0),
    chi=st.floats(0.0, 1.0),
)
def test_reversible_contact_gives_no_wedge(
    contact: list[float], R_t: float, R_L: float, R_s: float, chi: float
) -> None:
    """If theta is any function of the charge moved, what one side loses the other has just gained: V is symmetric."""
    moved = np.linspace(0.0, 1.0, 61)  # charge moved over that of the half cycle; an odd number of equal steps
    nodes = np.linspace(0.0, 1.0, len(contact))
    resistance = 0.024
    for stripped in (moved, moved[::-1]):  # the stripped interface at q, the plated one at Q - q
        theta = np.interp(stripped, nodes, contact)
        resistance = resistance + 1.0 / (
            direct_conductance(theta, R_t, R_L, R_s, chi) + gap_conductance(theta, R_t, R_L, chi)
        )
    assert resistance == pytest.approx(resistance[::-1], rel=1e-12)
    table = pl.DataFrame({"Test Time / s": 1800.0 * moved, "Voltage / V": resistance, "Current / A": np.ones(61)})
    whole = half_cycles(
        CyclingTest(table.filter(pl.col("Test Time / s") >= 120.0), Provenance("simulated", "", "", ""))
    )
    assert table["Voltage / V"][-1] == pytest.approx(table["Voltage / V"][0], rel=1e-12)
    assert whole.height == 1


def test_the_twin_has_a_wedge_because_its_contact_has_hysteresis() -> None:
    """The very contact that the twin went through on stripping is not the one it comes back through on plating."""
    run = simulate(make_cell(), BARE_10, parameters(permanent_loss=0.0), "s0")
    halves = half_cycles(run.measurement)
    assert (halves["wedge_index"] > 0.005).all()
    last = run.states.join(run.measurement.table.select("Test Time / s", "Step Count / 1"), on="Test Time / s")
    stripped = last.filter(pl.col("Step Count / 1") == 18)["Contact, negative / 1"].to_numpy()
    plated = last.filter(pl.col("Step Count / 1") == 19)["Contact, negative / 1"].to_numpy()
    assert np.all(np.diff(stripped) <= 0.0)  # a discharge strips the negative electrode
    halfway = len(plated) // 2
    assert plated[halfway] > stripped[len(stripped) // 2]


def test_instant_recovery_leaves_only_what_stripping_does() -> None:
    """Deep voids (lambda large) and no permanent loss: contact hardly moves, and neither does the voltage."""
    run = simulate(make_cell(), BARE_10, parameters(permanent_loss=0.0, void_depth=1.0, interphase_growth=0.0), "s0")
    assert half_cycles(run.measurement)["wedge_index"].abs().max() < 1e-6


# seeds


def test_the_same_seed_gives_the_same_cell_in_another_process() -> None:
    here = [voltages_of(seed) for seed in ("a", "b")]
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert list(pool.map(voltages_of, ("a", "b"))) == here
    assert here[0] != here[1]
    assert voltages_of("a") == here[0]


def test_each_property_has_a_random_stream_of_its_own() -> None:
    one = simulate(make_cell(), BARE_10, parameters(), "s0").conditions
    other = simulate(make_cell(), BARE_10, parameters(contact_modulus=8.0), "s0").conditions
    assert not np.array_equal(one.column("assembly"), other.column("assembly"))
    assert np.array_equal(one.column("permanent"), other.column("permanent"))
    assert np.array_equal(one.column("flaw"), other.column("flaw"))


# events and outcomes


def test_the_voltage_limit_stops_the_test() -> None:
    run = simulate(make_cell(), make_protocol((0.1, 0.5, 10), limit="0.15 V"), parameters(), "s0")
    assert run.outcome is Outcome.VOLTAGE_LIMIT
    assert [event.kind for event in run.events] == ["voltage limit"]
    volts = np.abs(voltages(run))
    assert volts[-1] == pytest.approx(0.15, rel=1e-9)
    assert (volts[:-1] < 0.15).all()
    assert run.measurement.table["Test Time / s"][-1] == run.events[0].time_s
    assert len(run.snapshots) == run.measurement.table["Step Count / 1"][-1]
    assert run.charge_error < 1e-9


def test_a_limit_that_is_passed_at_once_stops_at_once() -> None:
    run = simulate(make_cell(), make_protocol((0.1, 0.5, 10), limit="10 mV"), parameters(), "s0")
    assert run.outcome is Outcome.VOLTAGE_LIMIT
    assert run.measurement.table.height == 1
    assert run.events[0].time_s == 0.0


def test_contact_is_reported_lost_once() -> None:
    """One column stripped for long: its contact falls linearly, so the moment at which a tenth is left is known."""
    entry = parameters(replenishing_current=0.0, permanent_loss=0.0, filament_focus=1e-6)
    run = simulate(make_cell(), make_protocol((0.1, 30.0, 1), limit="100 V"), entry, "s0", columns=1)
    assembly = run.conditions.column("assembly")[0, 0]
    by_hand = 0.9 * assembly * 10e-6 / (13.02e-6 / 96485.33212 * 1.0)  # lambda theta / (v j) at 1 A/m2
    kinds = [event.kind for event in run.events]
    assert kinds.count("contact lost") == 1
    assert run.events[kinds.index("contact lost")].time_s == pytest.approx(by_hand, rel=1e-6)
    assert run.outcome is Outcome.VOLTAGE_LIMIT  # a dead contact never becomes a negative one


def test_a_short_halves_the_voltage_and_failure_ends_the_test() -> None:
    run = simulate(make_cell(), make_protocol((0.1, 0.5, 60)), parameters(short_spread=0.0, short_noise=0.0), "s0")
    assert run.outcome is Outcome.FAILED
    assert [event.kind for event in run.events] == ["first short", "failure"]
    times = run.measurement.table["Test Time / s"].to_numpy()
    volts = np.abs(voltages(run))
    at = int(np.searchsorted(times, run.events[0].time_s))
    assert volts[at] == pytest.approx(0.5 * volts[at - 1], rel=0.02)
    short = run.states["Short conductance / S m^-2"].to_numpy()
    assert (short[:at] == 0.0).all()
    assert (short[at:] > 0.0).all()
    assert run.states["Longest filament / 1"].to_numpy()[at:] == pytest.approx(1.0, abs=1e-6)
    first = half_cycles(run.measurement)["overpotential_V"][:2].mean()
    assert volts[-1] <= 0.1 * first * (1 + 1e-3)


def test_a_smaller_current_is_no_failure() -> None:
    """A twentieth of the current gives a twentieth of the voltage in a healthy cell."""
    run = simulate(make_cell(WELDED), make_protocol((0.4, 0.5, 2), (0.02, 0.5, 3)), parameters(), "a")
    assert run.outcome is Outcome.COMPLETED
    assert run.events == ()


def test_a_stalled_integration_is_a_failed_computation() -> None:
    with pytest.raises(ComputationError, match="stalled in half cycle 1"):
        simulate(make_cell(), BARE_10, parameters(charge_transfer_resistance=float("nan")), "s0")
