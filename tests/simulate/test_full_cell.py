"""Full cells: against an independent integration, and what must hold whatever the numbers are."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from full_cells import full_parameters, make_full, make_window
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from independent_cell import Numbers
from independent_full_cell import IndependentFullCell, Positive
from spine_cells import WELDED, besides_dose, make_cell, make_protocol, parameters

from ionweld.analyse.cycling import cycles, half_cycles
from ionweld.errors import SpecError
from ionweld.laws.cathode import stored_energy
from ionweld.simulate.cell import simulate
from ionweld.simulate.run import Outcome, SimulatedTest

FEW = settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
NO_BURN = {"burn_back_probability": 0.0}


def half_ends(run: SimulatedTest) -> pl.DataFrame:
    return run.measurement.table.group_by("Step Count / 1", maintain_order=True).last()


def independent(run: SimulatedTest, entry, chi: float, current: float) -> IndependentFullCell:
    drawn = run.conditions
    L_cm = 0.15 / (0.9 * 1.84 * np.pi * 0.5**2)
    sigma = 1e-3 * np.exp(-0.605 / 8.617333262e-5 * (1 / 353.15 - 1 / 373.15))
    numbers = Numbers(
        p=entry,
        chi=chi,
        stack_pressure_MPa=0.15,
        rest_h=10.0,
        bulk=run.conditions.derived.spreading_factor * L_cm / sigma,
        sigma=sigma,
        length_um=1e4 * L_cm,
        assembly=drawn.column("assembly")[:1],
        permanent=drawn.column("permanent")[:1],
        flaw=drawn.column("flaw")[0],
    )
    # 2 mg/cm2 of 170 mAh/g, of which 90 % can be used
    positive = Positive(1000.0, 0.05, 0.34 * 0.9, 3e-8, 10.0, 0.01, 0.995, current, 2.5, 4.0)
    return IndependentFullCell(numbers, positive)


@pytest.mark.parametrize(
    ("volume", "chi", "rate", "rest_h", "count"),
    [(None, 0.0, 0.2, 0.0, 3), (WELDED, 1.0, 0.2, 0.0, 3), (None, 0.0, 0.1, 0.5, 2)],
)
def test_half_cycles_end_where_an_independent_integration_ends_them(volume, chi, rate, rest_h, count) -> None:
    entry = full_parameters()
    protocol = make_window(f"{rate} C", count, f"{rest_h} h" if rest_h else None)
    run = simulate(make_full(volume), protocol, entry, "s0", tolerance=1e-8)
    cell = independent(run, entry, chi, rate * 0.34)
    ends, volts, leaked = cell.run(count, rest_h)
    mine = half_ends(run)
    assert mine["Test Time / s"].to_numpy() / 3600.0 == pytest.approx(np.array(ends), rel=2e-6)
    assert mine["Voltage / V"].to_numpy() == pytest.approx(np.array(volts), rel=2e-6)
    assert run.state("charge_past")[-1, 0] / 3.6e4 == pytest.approx(leaked, rel=1e-6)


@st.composite
def full_runs(draw: st.DrawFn) -> SimulatedTest:
    conditions = {
        "stack_pressure": draw(st.sampled_from(["0.05 MPa", "0.15 MPa", "1 MPa", "20 MPa"])),
        "temperature": draw(st.sampled_from(["70 degC", "80 degC", "90 degC"])),
    }
    rest = draw(st.sampled_from([None, "20 min"]))
    protocol = make_window(draw(st.sampled_from(["0.1 C", "0.2 C", "0.5 C"])), draw(st.sampled_from([2, 12])), rest)
    cell = make_full(draw(st.sampled_from([None, "0.1 uL", WELDED])), **conditions)
    return simulate(cell, protocol, full_parameters(filament_focus=3000.0), draw(st.sampled_from("abcdef")))


@FEW
@given(full_runs())
def test_charge_lithium_and_energy_balance_in_every_run(run: SimulatedTest) -> None:
    assert run.charge_error < 1e-9
    assert run.lithium_error < 1e-9
    assert run.energy_error < 1e-9
    z = run.state("lithiation")
    assert (z > 0.0).all()
    assert (z < 1.0).all()
    theta, theta_b = run.state("touching")[:, 0], run.state("restorable")[:, 0]
    assert (theta > 0.0).all()
    assert (theta <= theta_b + 1e-6 * theta_b.max(axis=-1, keepdims=True)).all()  # wrong by that of the largest
    assert (run.state("filament") <= run.conditions.number("length")).all()


def test_the_books_of_a_test_that_ends_at_once_are_closed() -> None:
    cell = make_full(stack_pressure="0.05 MPa", temperature="70 degC")
    runs = [simulate(cell, make_window("0.5 C", 2, "20 min"), full_parameters(), seed) for seed in "abc"]
    assert any(run.legs[0].end == 0.0 for run in runs)  # the first charge begins above its limit
    assert max(max(run.charge_error, run.lithium_error, run.energy_error) for run in runs) < 1e-9


@FEW
@given(full_runs())
def test_the_efficiency_of_the_states_is_that_of_the_analysis(run: SimulatedTest) -> None:
    """The table knows time and current; the states know what went into the columns and what leaked."""
    area = run.measurement.context.area_m2
    through = (run.state("charge") + run.state("charge_past"))[:, 0]
    moved = np.diff(through, prepend=0.0)
    for row in cycles(run.measurement, "charge").iter_rows(named=True):
        mine = moved[run.snapshot_cycles == row["cycle"]]
        charged, discharged = mine[mine > 1e-9].sum(), -mine[mine < -1e-9].sum()
        assert row["charge_capacity_Ah"] == pytest.approx(charged * area / 3600.0, rel=1e-9, abs=1e-15)
        assert row["discharge_capacity_Ah"] == pytest.approx(discharged * area / 3600.0, rel=1e-9, abs=1e-15)
        if row["coulombic_efficiency"] is not None:
            assert row["coulombic_efficiency"] == pytest.approx(discharged / charged, rel=1e-9)


def test_half_cycles_end_on_the_limit_itself() -> None:
    run = simulate(make_full(), make_window(cycles=4), full_parameters(), "s0")
    ends = half_ends(run)["Voltage / V"].to_numpy()
    assert ends[0::2] == pytest.approx(4.0, abs=1e-10)
    assert ends[1::2] == pytest.approx(2.5, abs=1e-10)
    volts = run.measurement.table["Voltage / V"].to_numpy()
    assert volts.max() < 4.0 + 1e-10
    assert volts.min() > 2.5 - 1e-10


def test_without_a_leak_and_fade_the_efficiency_is_one() -> None:
    run = simulate(make_full(WELDED), make_window(cycles=4), full_parameters(electronic_leak=0.0), "s0", tolerance=1e-9)
    table = cycles(run.measurement, "charge")
    # the first charge starts from the fully lithiated powder, and a cathode that fades takes lithium with it:
    # neither touches a cycle's own balance, but the layer's growing resistance shifts where a half cycle ends
    kept = run.state("lithiation")[1::2, 0, -1]
    assert run.state("charge_past")[-1, 0] == 0.0
    before = np.concatenate([[0.995], kept[:-1]])
    after_charge = run.state("lithiation")[0::2, 0, -1]
    by_hand = (kept - after_charge) / (before - after_charge)
    assert table["coulombic_efficiency"].to_numpy() == pytest.approx(by_hand, rel=1e-6)
    assert table["coulombic_efficiency"][-1] == pytest.approx(1.0, abs=2e-4)


def test_a_leak_lowers_the_efficiency_as_its_share_of_the_current() -> None:
    """A leak V g on charge and discharge: 1 - CE is about 2 V g/j, with V near the plateau."""
    entry = full_parameters()
    run = simulate(make_full(WELDED), make_window(cycles=3), entry, "s0")
    g = entry["electronic_leak"] / (run.conditions.derived.pellet_thickness_m + 10e-6)
    j = 0.2 * 3.4  # A/m2
    assert 1.0 - cycles(run.measurement, "charge")["coulombic_efficiency"][-1] == pytest.approx(
        2 * 3.42 * g / j, rel=0.05
    )


def test_stored_energy_is_the_integral_of_the_potential() -> None:
    run = simulate(make_full(), make_window(cycles=2), full_parameters(capacity_fade=0.0), "s0", tolerance=1e-9)
    capacity, *curve = (run.conditions.number(name) for name in ("capacity", "plateau", "slope", "edge"))
    ends = run.state("lithiation")[:, 0]
    before = stored_energy(np.full(ends.shape[1], 0.995), *curve)
    held = capacity * np.mean(before - stored_energy(ends, *curve), axis=1)
    assert run.state("stored")[:, 0] == pytest.approx(held, rel=1e-5, abs=1e-6 * held.max())


def test_a_column_without_lithium_contact_has_lost_its_cathode() -> None:
    run = simulate(make_full(), make_window(cycles=30), full_parameters(filament_focus=1e-6), "s0")
    used = np.ptp(run.state("lithiation")[-5:-1, 0], axis=0)  # how far z of each column still moves
    contact = run.state("restorable")[-3, 0] / run.conditions.column("assembly")[0]
    gone = contact < 0.01
    assert gone.any()
    assert not gone.all()
    assert used[gone].max() < 0.5 * used[~gone].max()


def test_more_pressure_lasts_longer_and_more_liquid_too() -> None:
    last = {}
    for name, cell in (
        ("low", make_full(stack_pressure="0.15 MPa")),
        ("high", make_full(stack_pressure="5 MPa")),
        ("welded", make_full(WELDED)),
    ):
        run = simulate(cell, make_window(cycles=15), full_parameters(), "s0")
        last[name] = half_cycles(run.measurement)["capacity_Ah"][-1]
    assert last["low"] < last["high"]
    assert last["low"] < last["welded"]


def test_a_coat_that_hardly_conducts_electrons_holds_up_pellet_and_bridges() -> None:
    """Pellet and coat in series: 1/g = (L - l)/sigma_e + d/sigma_coat, at 80 degC, where both numbers are meant."""
    entry, coat = full_parameters(filament_focus=3000.0, **NO_BURN), 3e-11
    known = {"coat_electronic_conductivity": replace(entry.quantity("electronic_leak"), value=coat)}
    run = simulate(make_full(), make_window(cycles=15), replace(entry, properties=entry.properties | known), "s0")
    assert run.states["Bridged columns / 1"][-1] > 0
    L, length = run.conditions.number("length"), run.state("filament")[-1, 0]
    leak = np.mean(1.0 / ((L - length) / entry["electronic_leak"] + 10e-6 / coat))
    assert run.states["Electronic leak / S m^-2"][-1] == pytest.approx(leak, rel=1e-12)


def test_a_coat_that_conducts_no_electrons_lets_none_past() -> None:
    entry = full_parameters(filament_focus=3000.0)
    none = {"coat_electronic_conductivity": replace(entry.quantity("electronic_leak"), value=0.0)}
    run = simulate(make_full(), make_window(cycles=15), replace(entry, properties=entry.properties | none), "s0")
    assert "first bridge" in [event.kind for event in run.events]
    assert run.state("charge_past")[-1, 0] == 0.0


def test_bridges_leak_through_the_coat_and_burn_back() -> None:
    stays = simulate(make_full(), make_window(cycles=15), full_parameters(filament_focus=3000.0, **NO_BURN), "s0")
    assert "first bridge" in [event.kind for event in stays.events]
    bridged = stays.states["Bridged columns / 1"].to_numpy()
    assert (np.diff(bridged) >= 0).all()
    ends = stays.state("filament")[-1, 0]
    L = stays.conditions.number("length")
    leak = np.mean(stays.conditions.number("sigma_e") / (L - ends + 10e-6))
    assert stays.states["Electronic leak / S m^-2"][-1] == pytest.approx(leak, rel=1e-12)
    always = full_parameters(filament_focus=3000.0, burn_back_probability=1.0)
    burns = simulate(make_full(), make_window(cycles=15), always, "s0")
    assert burns.states["Bridged columns / 1"].to_numpy()[-1] < bridged[-1]
    assert burns.lithium_error < 1e-9


def test_a_dead_cell_stops_and_says_so() -> None:
    run = simulate(make_full(), make_window(cycles=60), full_parameters(capacity_fade=0.2), "s0")
    assert run.outcome is Outcome.DEAD
    assert run.snapshot_cycles[-1] > 1
    assert run.events[-1].kind == "dead"
    assert run.measurement.table["Test Time / s"][-1] == run.events[-1].time_s


@pytest.mark.parametrize("times_the_current", [0.5, 0.99, 1.01, 2.0, 100.0])
def test_a_leak_near_or_above_the_current_is_an_outcome_and_no_failed_computation(times_the_current: float) -> None:
    """The charge then flows past the columns: they stay, or become, lithiated, and the time limit ends the half cycle."""
    start = simulate(make_full(), make_window(cycles=1), full_parameters(), "s0").conditions
    j, L = 0.2 * start.derived.cathode.nominal_C_per_m2 / 3600.0, start.derived.pellet_thickness_m
    leak = times_the_current * j * (L + 10e-6) / 3.42
    run = simulate(make_full(), make_window(cycles=1), full_parameters(electronic_leak=leak), "s0")
    assert ("time limit" in [event.kind for event in run.events]) == (times_the_current > 0.9)
    assert max(run.charge_error, run.lithium_error, run.energy_error) < 1e-9


def test_a_charge_too_slow_for_the_leak_ends_by_time_and_costs_few_steps() -> None:
    """Days beyond the end of the plateau: a column with nothing left takes no current, so nothing there is stiff."""
    protocol = make_window("0.0005 C", 1)
    run = simulate(make_full(), protocol, full_parameters(), "s0")
    assert "time limit" in [event.kind for event in run.events]
    assert run.work["right_hand_sides"] < 10_000
    assert max(run.charge_error, run.lithium_error, run.energy_error) < 1e-9
    assert (run.state("lithiation") < 1.0).all()


def test_columns_that_exchange_charge_at_rest_dissipate_and_never_gain() -> None:
    """Unequal columns level out at rest: one takes what another gives, each along its own branch."""
    run = simulate(make_full(), make_window("0.5 C", 2, "5 h"), full_parameters(electronic_leak=0.0), "s0")
    stored = run.state("stored")[:, 0]
    spread = np.ptp(run.state("lithiation")[:, 0], axis=1)
    assert (stored[1::2] <= stored[0::2]).all()
    assert (spread[1::2] < spread[0::2]).all()


def test_the_context_names_one_interface_and_the_active_mass() -> None:
    context = simulate(make_full(), make_window(cycles=1), full_parameters(), "s0").measurement.context
    assert context.interfaces == 1
    assert context.active_mass_kg == pytest.approx(2e-2 * np.pi * 0.003**2)


def test_bare_and_welded_differ_in_the_filled_fraction_alone() -> None:
    bare, welded = (
        simulate(make_full(volume), make_window(cycles=1), full_parameters(), "s0").conditions
        for volume in ("0 uL", WELDED)  # the same liquid, none of it
    )
    assert np.flatnonzero(bare.numbers != welded.numbers).tolist() == [
        bare.layout.place("numbers", name).start for name in ("chi", "chi_start")
    ]
    assert np.array_equal(besides_dose(bare), besides_dose(welded))


def test_the_same_seed_gives_the_same_lithium_as_in_a_symmetric_cell() -> None:
    whole = simulate(make_full(), make_window(cycles=1), full_parameters(), "s0").conditions
    again = simulate(make_full(), make_window(cycles=1), full_parameters(), "s0").conditions
    symmetric = simulate(make_cell(), make_protocol((0.1, 0.1, 1)), parameters(), "s0").conditions
    for name in ("assembly", "permanent", "flaw"):
        assert np.array_equal(whole.column(name)[0], symmetric.column(name)[0])
    assert np.array_equal(whole.columns, again.columns)


def test_a_protocol_for_the_other_kind_of_cell_is_refused() -> None:
    with pytest.raises(SpecError, match="cycled between two voltages"):
        simulate(make_full(), make_protocol((0.1, 0.5, 1)), full_parameters(), "s0")
    with pytest.raises(SpecError, match="does not follow the charge"):
        simulate(make_cell(), make_window(), parameters(), "s0")
