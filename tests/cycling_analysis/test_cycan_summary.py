"""Cycles of symmetric and full cells against numbers that were put in; nothing that is missing is assumed."""

import numpy as np
import polars as pl
import pytest
from command_line import ionweld
from data_files import real_file
from hypothesis import given, settings
from hypothesis import strategies as st
from instrument import full_cell
from polars.testing import assert_frame_equal

from ionweld.analyse.cycling import differential_capacity, half_cycles, summarise, summarised_cycles, summary
from ionweld.measurement import cycling as bdf
from ionweld.measurement.cycling import CellContext
from ionweld.measurement.store import write_cycling
from ionweld.simulate.cell import simulate
from ionweld.study.model import load_study
from ionweld.twin.calibrated import parameters_for

KNOWN = CellContext(area_m2=0.5e-4, area_name="cathode, 8 mm", interfaces=1, active_mass_kg=1e-6)
LANDT = "cycling/landt_li_graphite_half_cell.csv"


@pytest.fixture(scope="module")
def bare():
    study = load_study("yu2021")
    cell = study.cells["bare"]
    return simulate(cell, study.protocols["figure2a"], parameters_for(cell), "cycan/0").measurement


def test_a_full_cell_gives_back_what_was_put_in():
    made = summarise(full_cell(5, fade=0.02, leak_S=2e-6, context=KNOWN), "full", "charge").cycles
    expected = 1e-4 * 0.98 ** np.arange(5)
    leak = 2e-6 * 3.42 / 1e-4
    assert made["charge_capacity_Ah"].to_numpy() == pytest.approx(expected / (1 - leak), rel=1e-9)
    assert made["discharge_capacity_Ah"].to_numpy() == pytest.approx(expected / (1 + leak), rel=1e-9)
    assert made["coulombic_efficiency"].to_numpy() == pytest.approx(np.full(5, (1 - leak) / (1 + leak)), rel=1e-9)
    assert made["retention"].to_numpy() == pytest.approx(0.98 ** np.arange(5), rel=1e-9)
    assert made["discharge_capacity_mAh_g"][0] == pytest.approx(100.0 / (1 + leak), rel=1e-9)
    assert made["discharge_capacity_mAh_cm2"][0] == pytest.approx(0.2 / (1 + leak), rel=1e-9)
    # the logarithm is antisymmetric about half charge: its mean vanishes, and the mean voltages are 3.42 V +- I R
    assert made["charge_mean_voltage_V"].to_numpy() == pytest.approx(np.full(5, 3.52), abs=1e-6)
    assert made["discharge_median_voltage_V"].to_numpy() == pytest.approx(np.full(5, 3.32), abs=2e-3)
    assert made["overpotential_V"].to_numpy() == pytest.approx(np.full(5, 0.1), abs=1e-6)
    assert made["asr_ohm_cm2"].to_numpy() == pytest.approx(np.full(5, 500.0), rel=1e-5)
    energy = (1 - leak) / (1 + leak) * 3.32 / 3.52
    assert made["energy_efficiency"].to_numpy() == pytest.approx(np.full(5, energy), rel=1e-6)
    assert made["wedge_index"].null_count() == 5
    halves = summarise(full_cell(5, fade=0.02, context=KNOWN), "full", "charge").half_cycles
    assert halves["overpotential_V"].to_numpy() == pytest.approx(np.full(10, 0.1), abs=1e-6)
    assert halves["asr_ohm_cm2"].to_numpy() == pytest.approx(np.full(10, 500.0), rel=1e-5)
    assert halves["wedge_index"].null_count() == 10


@pytest.mark.parametrize("kind", ["symmetric", "half", "full"])
def test_the_cycles_alone_are_those_of_the_summary_and_look_for_nothing_to_say(bare, kind, monkeypatch):
    for test in (full_cell(5, fade=0.02, leak_S=2e-6, context=KNOWN), bare):
        whole = summarise(test, kind, "charge").cycles
        with monkeypatch.context() as silent:
            for name in ("_across", "_unfinished", "_last_record", "_meaningful"):
                silent.delattr(summary, name)
            assert_frame_equal(summarised_cycles(test, kind, "charge"), whole)


def test_what_is_not_given_is_null_and_asked():
    test = full_cell(2)
    made = summarise(test)
    for name in ("coulombic_efficiency", "energy_efficiency", "overpotential_V", "asr_ohm_cm2", "charge_capacity_mAh_g",
                 "charge_capacity_mAh_cm2", "current_density_mA_cm2", "wedge_index"):  # fmt: skip
        assert made.cycles[name].null_count() == 2, name
    assert made.half_cycles["overpotential_V"].null_count() == 4  # 3.4 V are no overpotential
    assert [word for ask in made.asks for word in ("--cell", "--first", "--area", "--mass") if word in ask] == [
        "--cell", "--first", "--area", "--mass",
    ]  # fmt: skip
    assert "a charge, which need not be meant" in made.asks[1]
    assert summarise(full_cell(2, context=KNOWN), "full", "charge").asks == ()


def test_the_counter_counts_and_the_integral_stands_beside_it():
    test = full_cell(1)
    halved = test.table.with_columns(pl.col(bdf.CHARGING_CAPACITY) * 0.9)
    row = summarise(bdf.CyclingTest(halved, test.provenance), "full", "charge").cycles.row(0, named=True)
    assert row["charge_capacity_Ah"] == pytest.approx(0.9e-4)
    assert row["charge_integral_Ah"] == pytest.approx(1e-4)
    bare_table = test.table.drop(bdf.CHARGING_CAPACITY, bdf.DISCHARGING_CAPACITY)
    row = summarise(bdf.CyclingTest(bare_table, test.provenance)).cycles.row(0, named=True)
    assert row["charge_capacity_Ah"] == row["charge_integral_Ah"] == pytest.approx(1e-4)


def test_half_cycles_of_other_states_of_charge_have_no_overpotential():
    """A discharge that ran a third as long as the charge averages over other voltages: no difference is taken."""
    test = full_cell(1)
    cut = test.table.filter((pl.col(bdf.CURRENT) > 0) | (pl.col(bdf.DISCHARGING_CAPACITY) < 0.33e-4))
    row = summarise(bdf.CyclingTest(cut, test.provenance), "full", "charge").cycles.row(0, named=True)
    assert row["overpotential_V"] is None
    assert row["coulombic_efficiency"] == pytest.approx(0.33, abs=0.02)


def test_a_simulated_symmetric_cell_goes_the_same_way(bare):
    made = summarise(bare, "symmetric", "charge")
    halves = half_cycles(bare)
    for name in ("overpotential_V", "wedge_index", "asr_ohm_cm2", "start_s", "current_A"):
        assert made.half_cycles[name].equals(halves[name]), name
    cycle = made.cycles.row(4, named=True)
    pair = halves.filter(halves["cycle"] == 5)
    assert cycle["overpotential_V"] == pytest.approx(pair["overpotential_V"].mean())
    assert cycle["current_density_mA_cm2"] == pytest.approx(0.1)
    assert cycle["coulombic_efficiency"] == pytest.approx(1.0)
    assert cycle["charge_capacity_mAh_cm2"] == pytest.approx(0.05)
    assert cycle["energy_efficiency"] is None


# differential capacity


def test_differential_capacity_is_that_of_the_formula():
    """z = 1 / (1 + exp((U - 3.42) / 0.012)): dQ/dV has one peak, Q' / 0.048 high, at 3.42 V + I R; 0.96 Q' = Q."""
    test = full_cell(1, points=4000)
    found = differential_capacity(test, 1, "charge", step_V=2e-4, smoothing_V=0.0)
    assert found is not None
    top = int(np.argmax(found.dQ_dV_Ah_per_V))
    assert found.voltage_V[top] == pytest.approx(3.52, abs=1e-3)
    assert found.dQ_dV_Ah_per_V[top] == pytest.approx(1e-4 / 0.96 / 0.048, rel=2e-3)
    z = 1.0 / (1.0 + np.exp(-(found.voltage_V - 3.52) / 0.012))
    inside = np.abs(found.voltage_V - 3.52) < 0.04
    assert found.dQ_dV_Ah_per_V[inside] == pytest.approx((1e-4 / 0.96 / 0.012 * z * (1 - z))[inside], rel=0.01)


@settings(max_examples=25)
@given(st.floats(0.0, 3e-3), st.floats(5e-4, 1e-2), st.floats(0.0, 2e-2), st.integers(0, 1000))
def test_differential_capacity_keeps_the_charge_whatever_the_noise(noise, step, smoothing, seed):
    test = full_cell(1)
    volts = test.table[bdf.VOLTAGE].to_numpy() + np.random.default_rng(seed).normal(0.0, noise, test.table.height)
    noisy = bdf.CyclingTest(test.table.with_columns(pl.Series(bdf.VOLTAGE, volts)), test.provenance)
    found = differential_capacity(noisy, 1, "discharge", step_V=step, smoothing_V=smoothing)
    assert found is not None
    assert found.charge_Ah == pytest.approx(1e-4, rel=1e-5)
    assert found.dQ_dV_Ah_per_V.min() > -1e-9


def test_differential_capacity_of_what_is_not_there_is_none():
    assert differential_capacity(full_cell(1), 2, "charge") is None


# the command line


def test_the_real_landt_file_gives_two_cycles_with_the_counters_capacities():
    told = ionweld(
        "cycling", "summary", real_file(LANDT), "--cell", "half", "--first", "discharge", "--mass", "5 mg", "--json"
    )
    assert told.status == 0
    assert told.document.keys() >= {"file", "reader", "rows", "cycles", "events", "ingest"}
    first, second = told.document["cycles"]
    assert told.document["rows"] == 25162
    assert (first["cycle"], first["discharge_capacity_Ah"], first["charge_capacity_Ah"]) == (1, 6.3e-3, 3.2e-3)
    assert (second["discharge_capacity_Ah"], second["charge_capacity_Ah"]) == (1.3e-3, 0.0)
    assert first["discharge_integral_Ah"] == pytest.approx(7.14e-3, abs=1e-5)
    assert first["coulombic_efficiency"] == pytest.approx(3.2 / 6.3)
    assert first["discharge_capacity_mAh_g"] == pytest.approx(1260.0)
    # the energies that the cycler counted itself, to the digit that it writes
    assert first["discharge_energy_Wh"] == pytest.approx(1.2e-3, abs=0.5e-4)
    assert first["charge_energy_Wh"] == pytest.approx(0.5e-3, abs=0.5e-4)
    assert second["coulombic_efficiency"] is None
    assert any("Current" in text or "current" in text for text in told.document["ingest"]["warnings"])


def test_the_real_neware_file_gives_the_energy_that_the_cycler_counted():
    told = ionweld("cycling", "summary", real_file("cycling/neware_small.ndax"), "--json")
    (cycle,) = told.document["cycles"]
    assert cycle["charge_energy_Wh"] == pytest.approx(2.545e-3, rel=1e-3)
    assert cycle["coulombic_efficiency"] is None


def test_a_table_that_ionweld_wrote_is_summarised_with_its_own_area(bare, tmp_path):
    path = write_cycling(tmp_path / "bare.bdf.parquet", bare)
    told = ionweld("cycling", "summary", path, "--cell", "symmetric", "--first", "charge", "--json")
    assert told.status == 0
    assert told.document["asks"] == []
    first = bare.table.filter(bare.table["Cycle Count / 1"] == 1)
    ohms = float((first["Voltage / V"] / first["Current / A"]).mean())
    assert told.document["cycles"][0]["asr_ohm_cm2"] == pytest.approx(1e4 * bare.context.area_m2 * ohms, rel=0.01)
    assert [(event["kind"], event["sign"]) for event in told.document["events"]][-1] == ("end of life", "hard short")
    assert all(event["rivals"] for event in told.document["events"])
    people = ionweld("cycling", "summary", path, "--cell", "symmetric", "--area", "0.5 cm^2")
    assert people.status == 0
    for part in ("ASR/ohm cm2", "soft short (sudden drop)", "rival", "asked: which half cycle"):
        assert part in people.out


@pytest.mark.parametrize(("option", "text"), [("--mass", "5"), ("--mass", "0 mg"), ("--area", "3 mg"), ("--area", "x")])
def test_a_wrong_quantity_ends_with_status_2(tmp_path, option, text):
    path = write_cycling(tmp_path / "cell.bdf.parquet", full_cell(1))
    told = ionweld("cycling", "summary", path, option, text)
    assert (told.status, told.out) == (2, "")
    assert option in told.err
