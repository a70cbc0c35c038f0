"""Tests with a program of their own give the numbers that were put in, and no other test is taken for one."""

from dataclasses import replace

import numpy as np
import pytest
from cycling_programs import D, L, analysed, cycles_at, made_of, plating, ramp, titration
from hypothesis import given, settings
from hypothesis import strategies as st
from instrument import full_cell

from ionweld.analyse.cycling import SHORTS, critical_current, diagnose, first_of, summarise
from ionweld.laws.titration import titration_diffusivity

FLAT = (100.0, 100.0)


# current ramps


@pytest.mark.parametrize("per_step", [1, 2, 6])
def test_contact_loss_ends_a_ramp(per_step):
    found = analysed(made_of(ramp([FLAT] * 5 + [(100.0, 300.0), (120.0, 600.0)], per_step=per_step)), "symmetric")[
        "ramp"
    ]
    expected = {
        "critical_current_density_mA_cm2": 0.5, "first_failing_mA_cm2": 0.6, "cause": "contact loss",
        "charge_mAh_cm2": 0.5, "censored": False,
    }  # fmt: skip
    assert {name: found.document[name] for name in expected} == pytest.approx(expected)
    assert "0.6 mA/cm2" in found.says[0]


@pytest.mark.parametrize(("last", "cause"), [((100.0, 40.0), "soft short"), ((100.0, 2.0), "hard short")])
def test_a_short_ends_a_ramp(last, cause):
    found = analysed(made_of(ramp([FLAT] * 4 + [last])), "symmetric")["ramp"].document
    assert (found["critical_current_density_mA_cm2"], found["cause"]) == (pytest.approx(0.4), cause)


def test_a_short_between_two_steps_is_seen_by_the_voltage_that_falls():
    found = analysed(made_of(ramp([FLAT] * 4 + [(60.0, 60.0)] * 2)), "symmetric")["ramp"].document
    assert (found["first_failing_mA_cm2"], found["cause"]) == (pytest.approx(0.5), "soft short")


def with_last(volts, ohms=150.0, level=5e-4):
    """Return a ramp whose last half cycle begins at 100 ohm and rises; volts: what becomes of its 61 records."""
    made = ramp([FLAT] * 4 + [(100.0, ohms)], per_step=1)
    cycle, amps, t, before = made[-1]
    return [*made[:-1], (cycle, amps, t, volts(np.abs(before)) * np.sign(amps))]


def fallen(at, share, to=None):
    def made(volts):
        found = volts.copy()
        found[at:to] *= 1.0 - share
        return found

    return made


@pytest.mark.parametrize(("at", "share"), [(40, 0.41), (55, 0.42), (58, 0.45), (10, 0.44)])
def test_a_short_within_the_last_half_cycle_of_a_ramp_is_seen_by_the_voltage_that_falls_at_once(at, share):
    """At the end the voltage may stand where it began: only the records show it."""
    test = made_of(with_last(fallen(at, share)))
    found = analysed(test, "symmetric")["ramp"].document
    assert (found["first_failing_mA_cm2"], found["cause"]) == (pytest.approx(0.5), "soft short")
    short = first_of(diagnose(test, summarise(test, "symmetric", "charge"), "symmetric"), *SHORTS)
    assert short.time_s == pytest.approx(4 * 3601.0 + 60.0 * at)


def test_a_short_after_a_contact_that_was_lost_is_said_with_its_own_density():
    made = ramp([FLAT] * 4 + [(100.0, 300.0), (300.0, 500.0)], per_step=1)
    cycle, amps, t, volts = made[-1]
    found = analysed(made_of([*made[:-1], (cycle, amps, t, fallen(45, 0.85)(volts))]), "symmetric")["ramp"]
    expected = {"first_failing_mA_cm2": 0.5, "cause": "contact loss", "shorted_mA_cm2": 0.6, "short": "soft short"}
    assert {name: found.document[name] for name in expected} == pytest.approx(expected)
    assert found.says[0].endswith("contact loss at 0.5 mA/cm2; soft short at 0.6 mA/cm2")
    alone = analysed(made_of(with_last(fallen(40, 0.41))), "symmetric")["ramp"]
    assert alone.says[0].endswith("soft short at 0.5 mA/cm2")
    assert alone.document["shorted_mA_cm2"] == pytest.approx(0.5)
    assert analysed(made_of(ramp([FLAT] * 5)), "symmetric")["ramp"].document["short"] is None


@pytest.mark.parametrize(
    "volts",
    [
        fallen(30, 0.5, 40),  # it comes back
        fallen(40, 0.2),  # less than a quarter
        lambda volts: np.where(np.arange(61) % 30 == 20, 2.0, 1.0) * volts,  # spikes upwards
        lambda volts: volts * np.linspace(1.0, 0.8, 61),  # slowly
        lambda volts: volts * np.where((np.arange(61) > 20) & (np.arange(61) < 40), 1.4, 1.0),  # a lead that was off
        lambda volts: volts * np.where(np.arange(61) < 30, 1.5, 1.0),  # a lead that was off from the start
    ],
)
def test_what_comes_back_is_slow_or_small_is_no_short(volts):
    found = analysed(made_of(with_last(volts, ohms=101.0)), "symmetric")["ramp"].document
    assert found["cause"] != "soft short"


def test_a_short_in_the_last_half_cycle_under_one_current_is_seen():
    steps = [
        (1 + n // 2, (-1) ** n * 1e-4, np.arange(0.0, 3601.0, 60.0), np.full(61, (-1) ** n * 0.01)) for n in range(40)
    ]
    cycle, amps, t, volts = steps[-1]
    sound, shorted = (
        made_of(steps),
        made_of([*steps[:-1], (cycle, amps, t, fallen(56, 0.4)(volts * np.linspace(1.0, 1.5, 61)))]),
    )
    names = [
        [one.sign for one in diagnose(test, summarise(test, "symmetric", "charge"), "symmetric")]
        for test in (sound, shorted)
    ]
    assert names == [[], ["fall at once under one current"]]


@pytest.mark.parametrize("per_step", [1, 2, 4])
def test_a_ramp_whose_second_current_is_too_much_has_a_critical_current(per_step):
    found = analysed(made_of(ramp([FLAT, (100.0, 300.0)], per_step=per_step)), "symmetric")["ramp"].document
    expected = {"critical_current_density_mA_cm2": 0.1, "first_failing_mA_cm2": 0.2, "cause": "contact loss"}
    assert {name: found[name] for name in expected} == pytest.approx(expected)


@pytest.mark.parametrize(("ends", "cause"), [((100.0, 40.0), "soft short"), ((100.0, 300.0), "contact loss")])
def test_a_known_ramp_may_fail_at_its_first_current(ends, cause):
    test = made_of(ramp([ends]))
    assert "ramp" not in analysed(test, "symmetric")
    known = replace(test, provenance=replace(test.provenance, details={"program": "ramp"}))
    found = analysed(known, "symmetric")["ramp"].document
    assert (found["borne_mA_cm2"], found["first_failing_mA_cm2"], found["cause"]) == (None, pytest.approx(0.1), cause)
    one = critical_current(known)
    assert (one.critical_A_m2, one.failing_A_m2, one.charge_C_m2) == (None, pytest.approx(1.0), pytest.approx(3600.0))


def test_the_critical_current_in_si_is_that_of_the_ramp():
    found = critical_current(made_of(ramp([FLAT] * 4 + [(100.0, 40.0)])))
    assert (found.critical_A_m2, found.failing_A_m2, found.charge_C_m2) == pytest.approx((4.0, 5.0, 0.4e-3 * 3600e4))
    assert found.cause == "short"
    assert critical_current(made_of(ramp([FLAT] * 5))).cause == "none"
    assert critical_current(made_of(ramp([FLAT] * 5), area_cm2=None)) is None


@pytest.mark.parametrize("last", [0.0, 0.05, 0.4, 0.7])
@pytest.mark.parametrize("program", [ramp([FLAT] * 5), ramp([FLAT] * 20, step_A=0.0)])
def test_a_single_low_record_at_the_end_is_no_short_and_is_said(last, program):
    steps = [(cycle, amps or (-1) ** at * 1e-4, t, volts) for at, (cycle, amps, t, volts) in enumerate(program)]
    steps = [(cycle, amps, t, 100.0 * amps * np.ones(t.size)) for cycle, amps, t, _ in steps]
    cycle, amps, t, volts = steps[-1]
    test = made_of([*steps[:-1], (cycle, amps, t, volts * np.where(np.arange(t.size) < t.size - 1, 1.0, last))])
    summary = summarise(test, "symmetric", "charge")
    assert diagnose(test, summary, "symmetric") == ()
    assert ("the last record of the test shows" in "".join(summary.warnings)) is (last <= 0.7)
    sure = replace(test, provenance=replace(test.provenance, kind="simulated"))  # no simulated record is wrong
    assert any(found.kind in SHORTS for found in diagnose(sure, summarise(sure, "symmetric"), "symmetric"))


def test_last_records_without_current_in_every_half_cycle_make_no_short():
    steps = ramp([FLAT] * 5, per_step=2)
    ends = [(cycle, amps, t, volts * np.where(t < t[-1], 1.0, 0.02)) for cycle, amps, t, volts in steps]
    found = analysed(made_of(ends), "symmetric")["ramp"].document
    assert (found["censored"], found["steps"][-1]["resistance_ohm"]) == (True, pytest.approx(100.0))


def test_a_short_two_records_before_the_end_of_a_test_is_seen():
    found = analysed(made_of(with_last(fallen(59, 0.6))), "symmetric")["ramp"].document
    assert (found["first_failing_mA_cm2"], found["cause"]) == (pytest.approx(0.5), "soft short")


@pytest.mark.parametrize("drop", [0.5, 0.05])
def test_a_short_after_a_ramp_is_seen(drop):
    """A ramp to 0.5 mA/cm2 that was borne, then forty half cycles at 0.1, of which the last ten are shorted."""
    made = ramp([FLAT] * 5)
    t = made[0][2]
    for number in range(40):
        amps = (-1) ** number * 1e-4
        made.append((11 + number // 2, amps, t, 100.0 * amps * np.full(t.size, 1.0 if number < 30 else drop)))
    test = made_of(made)
    first = first_of(diagnose(test, summarise(test, "symmetric", "charge"), "symmetric"), *SHORTS)
    assert first is not None
    assert first.cycle == 26
    assert analysed(test, "symmetric")["ramp"].document["censored"]


def test_kinetics_that_lower_the_resistance_with_the_current_are_no_short():
    """V = b asinh(j / j0): the resistance falls by more than half, the voltage never does."""
    amps = 1e-4 * np.arange(1, 11)
    ohms = 0.1 * np.arcsinh(amps / 1e-4) / amps
    found = analysed(made_of(ramp([(R, R) for R in ohms])), "symmetric")["ramp"].document
    assert (found["censored"], found["borne_mA_cm2"]) == (True, pytest.approx(1.0))


def test_a_ramp_without_a_failure_is_censored_and_one_without_area_speaks_of_currents():
    found = analysed(made_of(ramp([FLAT] * 5)), "symmetric")["ramp"]
    assert found.document["critical_current_density_mA_cm2"] is None
    assert found.document["cause"] is None
    assert found.document["borne_mA_cm2"] == pytest.approx(0.5)
    assert "lies above" in found.says[0]
    bare = analysed(made_of(ramp([FLAT] * 5 + [(100.0, 300.0)]), area_cm2=None), "symmetric")["ramp"]
    assert bare.document["critical_current_density_mA_cm2"] is None
    assert bare.document["borne_A"] == pytest.approx(5e-4)
    assert "0.5 mA (no area given)" in bare.says[0]


def test_a_cell_that_fails_at_the_first_step_lies_below_it():
    found = analysed(made_of(ramp([(100.0, 400.0), (400.0, 900.0), (500.0, 2000.0)])), "symmetric")["ramp"]
    assert found.document["critical_current_density_mA_cm2"] is None
    assert found.document["first_failing_mA_cm2"] == pytest.approx(0.1)
    assert "lies below" in found.says[0]


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 8), st.floats(0.1, 10.0), st.floats(0.3, 5.0))
def test_the_critical_density_scales_with_the_area_and_not_with_the_resistance(good, area, ohms):
    made = ramp([(100.0 * ohms, 100.0 * ohms)] * good + [(100.0 * ohms, 250.0 * ohms)])
    if good + 1 < 3:
        return
    found = analysed(made_of(made, area_cm2=area), "symmetric")["ramp"].document
    assert found["critical_current_density_mA_cm2"] == pytest.approx(0.1 * good / area)


def test_constant_current_is_no_ramp():
    steps = [(c, a, t, v) for c, _, t, v in ramp([FLAT] * 5) for a in (1e-4,)]
    assert "ramp" not in analysed(made_of(steps), "symmetric")
    assert "ramp" not in analysed(made_of(ramp([FLAT] * 5)), "full")


# plating and stripping


@pytest.mark.parametrize("reversed_leads", [False, True])
def test_full_strips_give_stripped_over_plated(reversed_leads):
    cycles = [(1.0, False), (-0.9, True), (1.0, False), (-0.97, True), (1.0, False), (-0.98, True)]
    found = analysed(made_of(plating(cycles, reversed_leads)), "half")["aurbach"].document
    assert found["coulombic_efficiency"] == pytest.approx(0.95, abs=1e-6)
    assert (found["protocol"], found["cycles"]) == ("full strip", 3)
    assert found["per_cycle"] == pytest.approx([0.9, 0.97, 0.98], abs=1e-6)


@pytest.mark.parametrize("conditioned", [False, True])
def test_a_reservoir_gives_the_formula_of_adams(conditioned):
    first = [(5.0, False), (-4.0, True)] if conditioned else []
    cycles = [*first, (5.0, False), *[(-1.0, False), (1.0, False)] * 10, (-4.7, True)]
    found = analysed(made_of(plating(cycles)), "half")["aurbach"].document
    assert found["coulombic_efficiency"] == pytest.approx((10 * 1.0 + 4.7) / (10 * 1.0 + 5.0), abs=1e-6)
    assert (found["protocol"], found["cycles"]) == ("reservoir", 10)
    assert found["reservoir_Ah"] == pytest.approx(5e-3, rel=1e-6)


def test_a_strip_that_still_runs_does_not_count():
    cycles = [(1.0, False), (-0.9, True), (1.0, False), (-0.3, False)]
    found = analysed(made_of(plating(cycles)), "half")["aurbach"].document
    assert (found["coulombic_efficiency"], found["cycles"]) == (pytest.approx(0.9, abs=1e-6), 1)
    assert "aurbach" not in analysed(made_of(plating(cycles[2:])), "half")


def test_more_stripped_than_plated_is_said_and_plating_is_no_leak():
    test = made_of(plating([(1.0, False), (-1.2, True)]))
    found = analysed(test, "half")
    assert "more lithium was stripped than plated" in found["aurbach"].warnings[0]
    assert "aurbach" not in analysed(full_cell(4), "full")
    assert "aurbach" not in analysed(full_cell(4), "half")


# titrations


def test_a_titration_gives_back_resistance_steps_and_diffusivity():
    found = analysed(made_of(titration(), pause_s=0.0), "half", L)["gitt"]
    assert len(found.document["pulses"]) == 8
    for pulse in found.document["pulses"]:
        assert pulse["resistance_ohm"] == pytest.approx(100.0, rel=0.02)
        assert pulse["equilibrium_V"] - pulse["before_V"] == pytest.approx(5e-3, rel=1e-6)
        assert pulse["diffusivity_m2_s"] == pytest.approx(D, rel=0.05)
        assert pulse["tau_D_over_L2"] == pytest.approx(0.02, rel=0.05)
        assert pulse["line_r2"] == pytest.approx(1.0, abs=1e-3)
        assert pulse["relaxation_V"] > 0.0
    assert found.warnings == ()


def test_a_long_pulse_a_short_rest_and_a_missing_length_are_said():
    long = analysed(made_of(titration(tau=200.0), pause_s=0.0), "half", L)["gitt"]
    assert any("tau D / L^2" in text for text in long.warnings)
    headless = analysed(made_of(titration()[1:], pause_s=0.0), "half", L)["gitt"].document["pulses"]
    assert len(headless) == 7  # nothing was resting before the first
    assert [pulse["resistance_ohm"] for pulse in headless] == pytest.approx([100.0] * 7, rel=0.05)
    asked = analysed(made_of(titration(), pause_s=0.0), "half")["gitt"]
    assert asked.document["pulses"][0]["diffusivity_m2_s"] is None
    assert any("--diffusion-length" in text for text in asked.warnings)
    steps = [(c, a, t, v + 1e-4 * t / 60.0 if a == 0.0 else v) for c, a, t, v in titration()]  # 6 mV/h
    drifting = analysed(made_of(steps, pause_s=0.0), "half", L)["gitt"]
    assert any("mV/h" in text for text in drifting.warnings)


def test_few_pulses_and_cycles_with_rests_are_no_titration():
    assert "gitt" not in analysed(made_of(titration(pulses=4), pause_s=0.0), "half")
    assert "gitt" not in analysed(full_cell(6), "full")


def test_the_diffusivity_falls_with_the_square_of_the_transient():
    assert titration_diffusivity(L, 20.0, 1.0, 2.0) == pytest.approx(titration_diffusivity(L, 20.0, 1.0, 1.0) / 4.0)
    assert titration_diffusivity(1.0, 4.0 / np.pi, 1.0, 1.0) == pytest.approx(1.0)


# rate tests and rests


def test_a_rate_test_is_a_table_of_steps():
    currents = [1e-4] * 3 + [1e-3] * 3 + [2e-3] * 3 + [1e-4] * 2
    found = analysed(made_of(cycles_at(currents, [2.0] * 3 + [1.8] * 3 + [1.2] * 3 + [1.98] * 2)), "full")
    steps = found["rate"].document["steps"]
    assert [(step["first_cycle"], step["last_cycle"]) for step in steps] == [(1, 3), (4, 6), (7, 9), (10, 11)]
    assert [step["share_of_slowest"] for step in steps] == pytest.approx([1.0, 0.9, 0.6, 0.99], rel=1e-6)
    assert [step["c_rate"] for step in steps] == pytest.approx([0.05, 0.5, 1.0, 0.05], rel=1e-6)
    assert [step["coulombic_efficiency"] for step in steps] == pytest.approx([1.0] * 4)
    assert "rate" not in analysed(made_of(cycles_at([1e-4] * 2 + [1e-3] * 9, [2.0] * 11)), "full")


def test_rests_say_where_the_voltage_stands_and_whether_it_drifts():
    steps = cycles_at([1e-3] * 3, [2.0] * 3)
    found = analysed(made_of(steps), "full")["rests"].document["rests"]
    assert [(rest["after"], rest["end_V"]) for rest in found[:2]] == [("charge", 3.45), ("discharge", 3.0)]
    assert found[0]["drift_V_per_h"] == pytest.approx(0.0, abs=1e-12)
    falling = [(c, a, t, v - 1e-3 * t / 3600.0 if a == 0.0 else v) for c, a, t, v in steps]
    drifting = analysed(made_of(falling), "full")["rests"].document["rests"]
    assert drifting[0]["drift_V_per_h"] == pytest.approx(-1e-3, rel=1e-6)
    assert "rests" not in analysed(full_cell(3), "full")


def test_a_ramp_after_cycles_at_a_higher_current_is_found():
    """Ten half cycles at 0.3 mA/cm2, then 0.1, 0.2 ... 0.5, at which contact is lost; a short in the cycles before is seen too."""
    t = np.arange(0.0, 3601.0, 60.0)

    def conditioned(shorted: float) -> list:
        amps = [3e-4 * (-1) ** number for number in range(10)]
        shares = [shorted if number >= 6 else 1.0 for number in range(10)]
        return [
            (1 + n // 2, i, t, 100.0 * i * k * np.ones(t.size))
            for n, (i, k) in enumerate(zip(amps, shares, strict=True))
        ]

    rise = [(cycle + 5, *rest) for cycle, *rest in ramp([FLAT] * 4 + [(100.0, 300.0)])]
    found = analysed(made_of([*conditioned(1.0), *rise]), "symmetric")["ramp"].document
    expected = {"critical_current_density_mA_cm2": 0.4, "first_failing_mA_cm2": 0.5, "cause": "contact loss"}
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    test = made_of([*conditioned(0.3), *ramp([(30.0, 30.0)] * 5)])
    short = first_of(diagnose(test, summarise(test, "symmetric", "charge"), "symmetric"), *SHORTS)
    assert short is not None
    assert short.cycle == 4
