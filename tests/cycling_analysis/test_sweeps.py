"""A swept current gives the current of its event, a swept voltage is said; what has levels is no sweep."""

import numpy as np
import polars as pl
import pytest
from instrument import full_cell

from ionweld.analyse.cycling import Subject, analyses, counted_half_cycles, diagnose, summarise
from ionweld.measurement import cycling as bdf
from ionweld.measurement.cycling import CellContext, CyclingTest
from ionweld.measurement.provenance import Provenance

OHMS, END_A, SECONDS = 40.0, 3e-3, 10800.0
TIME = np.arange(0.0, SECONDS, 2.0)
RISING = END_A * TIME / SECONDS
TRIANGLE = 2e-3 * (2.0 / np.pi) * np.arcsin(np.sin(2.0 * np.pi * (TIME + 1.0) / 3600.0))  # up, down to -2 mA, up again
NOISE_V = 5e-5


def made(amps, volts, area_m2=1e-4):
    columns = {
        bdf.TIME: TIME[: len(amps)],
        bdf.VOLTAGE: volts,
        bdf.CURRENT: amps,
        bdf.CYCLE: np.ones(len(amps), dtype=int),
    }
    return CyclingTest(
        pl.DataFrame(columns), Provenance("measured", "sweep.csv", "0" * 64, "test"), CellContext(area_m2)
    )


def through_cell(amps, *, ohms=OHMS, offset_V=0.0, seed=0):
    return ohms * amps + offset_V + np.random.default_rng(seed).normal(0.0, NOISE_V, amps.size)


def analysed(test, kind="symmetric"):
    summary = summarise(test, kind, "charge")
    found = diagnose(test, summary, kind)
    programs = analyses(Subject(test, summary, kind, found))
    return {one.name: one for one in programs}, found


@pytest.mark.parametrize(("left", "cause"), [(0.03, "hard short"), (0.4, "soft short")])
@pytest.mark.parametrize("steps", [None, 300, 60])
@pytest.mark.parametrize("short_A", [0.6e-3, 1.7e-3])
def test_the_critical_current_is_that_of_the_short(left, cause, steps, short_A):
    amps = RISING if steps is None else np.floor(RISING / END_A * steps) * END_A / steps
    programs, found = analysed(made(amps, through_cell(amps, ohms=OHMS * np.where(amps > short_A, left, 1.0))))
    sweep = programs["sweep"].document
    assert "ramp" not in programs
    assert (sweep["swept"], sweep["cause"], sweep["censored"]) == ("current", cause, False)
    at, point = int(np.argmax(amps > short_A)), int(np.ceil(TIME.size / 400))  # a sweep is looked at in 400 points
    assert found[0].time_s == pytest.approx(TIME[at], abs=2.0 * point * TIME[1])
    assert 1e-3 * sweep["critical_current_density_mA_cm2"] == pytest.approx(
        amps[at - 1], abs=np.ptp(amps[at - 2 * point : at + 1])
    )
    charge_Ah = np.cumsum(amps)[at] * TIME[1] / 3600.0
    assert 1e-3 * sweep["charge_mAh_cm2"] == pytest.approx(charge_Ah, abs=2.0 * point * amps[at] * TIME[1] / 3600.0)
    assert sweep["rate_A_s"] == pytest.approx(END_A / SECONDS, rel=0.02)


def test_a_voltage_that_runs_away_is_a_lost_contact():
    share = np.maximum(0.0, RISING - 1.2e-3) / 1e-3
    sweep = analysed(made(RISING, through_cell(RISING, ohms=OHMS * (1.0 + 3.0 * share))))[0]["sweep"].document
    assert sweep["cause"] == "contact loss"
    assert sweep["critical_current_density_mA_cm2"] == pytest.approx(1.2 + 0.25 / 3.0, abs=0.04)


@pytest.mark.parametrize("offset_V", [0.0, 2e-3, -2e-3])
@pytest.mark.parametrize("amps", [RISING, TRIANGLE], ids=["rising", "triangles"])
def test_a_sound_cell_is_censored_whatever_its_offset(offset_V, amps):
    for seed in range(5):
        programs, found = analysed(made(amps, through_cell(amps, offset_V=offset_V, seed=seed)))
        assert not found
        assert programs["sweep"].document["censored"]
        assert "lies above" in programs["sweep"].says[0]


def test_kinetics_alone_are_no_short():
    b = 0.0514
    volts = b * np.arcsinh(RISING / 5e-5) + np.random.default_rng(0).normal(0.0, NOISE_V, RISING.size)
    assert not analysed(made(RISING, volts))[1]


def test_one_record_and_the_last_one_do_not_tell():
    volts = through_cell(RISING)
    volts[[3000, -1]] = 0.0
    assert not analysed(made(RISING, volts))[1]
    volts[3003:3013] = 0.0  # most of the records of one point of 13
    assert not analysed(made(RISING, volts))[1]


def test_a_resistance_that_falls_all_the_time_is_no_short():
    assert not analysed(made(RISING, through_cell(RISING, ohms=np.linspace(20.0, 10.0, RISING.size))))[1]


@pytest.mark.parametrize(("left", "found"), [(0.7, 0), (0.4, 1)])
def test_far_above_kinetics_a_voltage_need_not_rise_with_the_current(left, found):
    """At volts, three quarters of the voltage are what kinetics could leave of twice the current."""
    ohms = 1000.0 * np.where(RISING > 1.7e-3, left, 1.0)
    assert len(analysed(made(RISING, through_cell(RISING, ohms=ohms)))[1]) == found


def test_without_an_area_or_a_kind_the_current_is_said():
    test = made(RISING, through_cell(RISING, ohms=OHMS * np.where(RISING > 1.7e-3, 0.03, 1.0)), None)
    assert "hard short at 1.69" in analysed(test)[0]["sweep"].says[0]
    assert "--cell symmetric" in analysed(test, None)[0]["sweep"].says[0]


def voltammogram(peak_A=2e-3, cycles=2):
    phase = (TIME * cycles / SECONDS) % 1.0
    volts = np.where(phase < 0.5, -0.5 + 11.0 * phase, 10.5 - 11.0 * phase)
    way = np.where(phase < 0.5, 1.0, -1.0)
    amps = way * (5e-4 + peak_A * np.exp(-(((volts - 0.2) / 0.1) ** 2)))
    return made(amps + np.random.default_rng(0).normal(0.0, 1e-5, amps.size), volts)


@pytest.mark.parametrize("kind", ["symmetric", "half", "full", None])
def test_a_voltammogram_is_called_one_and_not_judged(kind):
    programs, found = analysed(voltammogram(cycles=6), kind)
    sweep = programs["sweep"].document
    assert not found
    assert not programs.keys() & {"ramp", "rate", "aurbach"}
    assert (sweep["swept"], sweep["lowest_V"], sweep["highest_V"]) == ("voltage", -0.5, pytest.approx(5.0, abs=0.02))
    assert sweep["rate_V_s"] == pytest.approx(6 * 11.0 / SECONDS, rel=0.02)


def test_through_a_resistance_the_straighter_of_the_two_was_set():
    volts = 50.0 * TRIANGLE
    noisy = volts / OHMS + np.random.default_rng(0).normal(0.0, 2e-5, volts.size)
    assert set(counted_half_cycles(made(noisy, volts))["swept"].drop_nulls()) == {"voltage"}


def test_steady_currents_and_decays_at_constant_voltage_are_no_sweeps():
    plateau = np.where(TIME < 5400.0, 1e-3, -1e-3)
    assert counted_half_cycles(made(plateau, through_cell(plateau)))["swept"].null_count() == 2
    decay = 1e-3 * np.exp(-TIME / 2000.0)
    held = 4.2 + np.random.default_rng(0).normal(0.0, NOISE_V, TIME.size)
    assert counted_half_cycles(made(decay, held))["swept"].is_null().all()
    last_digit = 4.2 + 1e-4 * (np.arange(TIME.size) % 2)  # its way grows as evenly as that of a sweep
    assert counted_half_cycles(made(decay, last_digit))["swept"].is_null().all()
    charge = np.where(TIME < 10600.0, 1e-3, 1e-3 * np.exp(-(TIME - 10600.0) / 200.0))
    assert counted_half_cycles(made(charge, np.minimum(3.0 + TIME / 10600.0, 4.0)))["swept"].is_null().all()
    sagging = 1e-3 - 2e-4 * TIME / SECONDS  # a current that is not quite held
    assert counted_half_cycles(made(sagging, np.sqrt(TIME)))["swept"].is_null().all()
    assert counted_half_cycles(full_cell(4))["swept"].is_null().all()
    levels = (1.0 + np.floor(TIME / 1080.0)) * 1e-4
    assert counted_half_cycles(made(levels, through_cell(levels)))["swept"].is_null().all()


def test_cycles_beside_a_sweep_are_judged_as_before():
    before = np.where((TIME // 600.0) % 2 == 0.0, 1e-3, -1e-3)[: TIME.size // 2]
    amps = np.append(before, RISING[: TIME.size - before.size])
    sound, shorted = np.full(amps.size, OHMS), np.full(amps.size, OHMS)
    shorted[2000:] = 0.02 * OHMS
    assert not analysed(made(amps, through_cell(amps, ohms=sound)))[1]
    assert analysed(made(amps, through_cell(amps, ohms=shorted)))[1][0].time_s < TIME[before.size]


def test_what_follows_a_short_in_a_sweep_is_its_consequence():
    rising = RISING[: TIME.size // 2]
    amps = np.append(rising, np.where((TIME // 300.0) % 2 == 0.0, -1e-3, 1e-3)[: TIME.size - rising.size])
    ohms = np.full(amps.size, OHMS)
    worn = np.where(np.arange(amps.size) < 3 * amps.size // 4, OHMS, 5.0 * OHMS)
    assert len(analysed(made(amps, through_cell(amps, ohms=worn)))[1]) == 1
    ohms[2000:] = 0.1 * worn[2000:]
    assert [event.time_s < TIME[rising.size] for event in analysed(made(amps, through_cell(amps, ohms=ohms)))[1]] == [
        True
    ]
