"""Each threshold of an event from both sides, on tables of a few rows written by hand."""

import numpy as np
import polars as pl
import pytest

from ionweld.analyse.cycling import Limits, storing_signs, symmetric_signs
from ionweld.analyse.cycling.conditions import stretches_of
from ionweld.analyse.cycling.leap_signs import leap_of
from ionweld.analyse.cycling.levels import changed, cycle_levels, finished, labels, runs
from ionweld.analyse.cycling.ramp_signs import KINETIC_V, by_kinetics, rising
from ionweld.analyse.cycling.rivals import SignKind
from ionweld.analyse.cycling.settling import is_sudden, settled_at
from ionweld.analyse.cycling.signs import Sign, first_lasting, running_median
from ionweld.analyse.cycling.temperature import swing_of
from ionweld.measurement import cycling as bdf
from ionweld.measurement.cycling import CyclingTest
from ionweld.measurement.provenance import Provenance
from ionweld.result import EventKind

HOUR = 3600.0

# cells that store charge

EMPTY = CyclingTest(
    pl.DataFrame({name: np.zeros(0) for name in bdf.REQUIRED}), Provenance("measured", "table", "", "")
)  # nothing but the half cycles below


def cycles(returned, **columns) -> pl.DataFrame:
    """Return a table of cycles of 1 mAh of charge, of which a share comes back."""
    returned = np.asarray(returned, dtype=float)
    n = returned.size
    made = {
        "cycle": np.arange(1, n + 1),
        "start_s": 7200.0 * np.arange(n),
        "end_s": 7200.0 * np.arange(n) + 7190.0,
        "charge_capacity_Ah": np.full(n, 1e-3),
        "discharge_capacity_Ah": 1e-3 * returned,
        "coulombic_efficiency": returned,
        "complete": np.full(n, True),
        "current_level": np.zeros(n, dtype=int),
        "retention": np.ones(n),
        "resistance_ohm": np.full(n, 50.0),
        "mean_current_A": np.full(n, 1e-3),
        "charge_mean_voltage_V": np.full(n, 3.6),
        "discharge_mean_voltage_V": np.full(n, 3.4),
    }
    return pl.DataFrame(made | {name: np.asarray(values) for name, values in columns.items()})


def stored(table: pl.DataFrame) -> dict[SignKind, int]:
    found = storing_signs.find(EMPTY, table, Limits())
    assert len({sign.sign for sign in found}) == len(found)
    return {sign.sign: sign.cycle for sign in found}


def at(values, changes: dict[int, float]) -> np.ndarray:
    """Return the values with some changed; places count cycles or half cycles from 1."""
    made = np.array(values, dtype=float)
    for place, value in changes.items():
        made[place - 1] = value
    return made


FLAT = np.full(30, 0.99)
ROUGH = 0.99 + 0.01 * (-1.0) ** np.arange(30)  # robust spread 1.5 %: six times it are 8.9 %


@pytest.mark.parametrize(
    ("returned", "found"),
    [
        (at(FLAT, {20: 0.939}), {SignKind.EFFICIENCY_EXCURSION: 20}),  # 5 % below the median of the cycles before
        (at(FLAT, {20: 0.941}), {}),
        (at(FLAT, {9: 0.93}), {SignKind.EFFICIENCY_EXCURSION: 9}),  # three forming, five to compare with
        (at(FLAT, {8: 0.93}), {}),
        (at(FLAT, {20: 1.2}), {}),  # a gain is no leak
        (at(FLAT + 0.2, {20: 1.02}), {}),  # a leak leaves less than 100 %
        (at(FLAT + 0.2, {20: 0.98}), {SignKind.EFFICIENCY_EXCURSION: 20}),
        (at(ROUGH, {21: 0.92}), {}),
        (at(ROUGH, {21: 0.89}), {SignKind.EFFICIENCY_EXCURSION: 21}),
        (at(FLAT, dict.fromkeys(range(20, 25), 0.974)), {SignKind.LASTING_LOSS: 20}),
        (at(FLAT, dict.fromkeys(range(20, 25), 0.976)), {}),
        (at(FLAT, dict.fromkeys(range(20, 24), 0.974)), {}),
        (at(FLAT + 0.05, dict.fromkeys(range(20, 31), 1.01)), {}),
        (at(ROUGH, dict.fromkeys(range(20, 31), 0.93)), {}),
        (np.full(30, np.nan), {}),
    ],
)  # fmt: skip
def test_what_comes_back(returned, found):
    assert stored(cycles(returned)) == found


def test_a_cycle_without_a_discharge_or_without_a_charge_is_not_judged():
    assert stored(cycles(at(FLAT, {20: 0.0}))) == {}
    table = cycles(FLAT, charge_capacity_Ah=at(np.full(30, 1e-3), {20: 0.0}))
    assert stored(table.with_columns(retention=pl.Series(at(np.ones(30), {20: 0.1})))) == {}


def test_a_leak_is_judged_whichever_half_cycle_comes_first():
    table = cycles(at(FLAT, {20: 0.93}))
    assert stored(table.with_columns(1.0 / pl.col("coulombic_efficiency"))) == {SignKind.EFFICIENCY_EXCURSION: 20}


def test_the_numbers_of_a_loss_say_how_charge_and_discharge_changed():
    table = cycles(at(FLAT, dict.fromkeys(range(20, 31), 0.96)))
    more = pl.when(pl.col("cycle") >= 20).then(1.02).otherwise(1.0)
    table = table.with_columns(
        (more * pl.col(f"{way}_capacity_Ah")).alias(f"{way}_capacity_Ah") for way in ("charge", "discharge")
    )
    (sign,) = storing_signs.find(EMPTY, table, Limits())
    assert sign.numbers["usual"] == pytest.approx(0.99)
    assert sign.numbers["discharge_over_charge"] == pytest.approx(0.96)
    assert sign.numbers["charge_change"] == pytest.approx(0.02)
    assert sign.numbers["discharge_change"] == pytest.approx(1.02 * 0.96 / 0.99 - 1.0)
    assert "96.0 % of the charge came back" in sign.evidence
    assert "+2.0 %" in sign.evidence


@pytest.mark.parametrize(
    ("ratio", "places", "found"),
    [
        (1.11, (10, 11, 12), {SignKind.CHARGE_LONGER: 10}),
        (1.09, (10, 11, 12), {}),
        (1.11, (10, 11, 13), {}),
        (1.5, (1, 2, 3), {}),
        (1.5, (4, 5, 6), {SignKind.CHARGE_LONGER: 4}),
    ],
)
def test_a_charge_longer_than_the_discharge(ratio, places, found):
    returned = at(np.ones(14), dict.fromkeys(places, 1.0 / ratio))
    table = cycles(returned).with_columns(coulombic_efficiency=pl.lit(None, pl.Float64))
    assert stored(table) == found


@pytest.mark.parametrize(
    ("factor", "places", "found"),
    [
        (1.51, (10, 11, 12), {SignKind.GROWING_POLARISATION: 10}),
        (1.49, (10, 11, 12), {}),
        (1.51, (10, 11), {}),
        (1.51, (4, 5, 6), {SignKind.GROWING_POLARISATION: 4}),
        (0.5, (1, 2, 3), {SignKind.GROWING_POLARISATION: 4}),  # the first three are what is compared with
    ],
)
def test_polarisation(factor, places, found):
    assert stored(cycles(FLAT, resistance_ohm=at(np.full(30, 50.0), dict.fromkeys(places, 50.0 * factor)))) == found


@pytest.mark.parametrize(
    ("left", "places", "found"),
    [
        (0.79, range(10, 31), {SignKind.FADED: 10}),
        (0.81, range(10, 31), {}),
        (0.79, (10, 11, 12), {}),  # it came back: a cold day
        (0.79, (10, 11, 12, *range(16, 31)), {SignKind.FADED: 16}),
        (0.79, (10, 11, 12, *range(15, 31)), {SignKind.FADED: 10}),
        (0.79, (29, 30), {}),
    ],
)
def test_life(left, places, found):
    assert stored(cycles(FLAT, retention=at(np.ones(30), dict.fromkeys(places, left)))) == found


@pytest.mark.parametrize(("share", "found"), [(0.49, {SignKind.VOLTAGE_GONE: 12}), (0.51, {})])
def test_a_charge_at_no_voltage(share, found):
    assert stored(cycles(FLAT, charge_mean_voltage_V=at(np.full(30, 3.6), {12: share * 3.4}))) == found


def test_levels_are_judged_each_by_itself():
    """Two currents in turn, ten cycles each: another efficiency, another resistance and another capacity are no event."""
    level = np.repeat([0, 1, 0], 10)
    table = cycles(
        np.where(level == 1, 0.92, 0.99), current_level=level, resistance_ohm=np.where(level == 1, 200.0, 50.0)
    )
    assert stored(table) == {}
    late = cycles(at(np.where(level == 1, 0.92, 0.99), {19: 0.8}), current_level=level)
    assert stored(late) == {SignKind.EFFICIENCY_EXCURSION: 19}
    grown = np.where(level == 1, 200.0, 50.0)
    assert stored(cycles(FLAT, current_level=level, resistance_ohm=at(grown, dict.fromkeys((26, 27, 28), 80.0)))) == {
        SignKind.GROWING_POLARISATION: 26
    }


def test_the_first_cycle_after_a_change_of_current_is_not_judged_and_judges_none():
    level = np.repeat([0, 1, 0], 10)
    odd = at(FLAT, {11: 0.7, 21: 0.7})
    assert stored(cycles(odd, current_level=level)) == {}
    assert SignKind.EFFICIENCY_EXCURSION in stored(cycles(odd))


def test_a_cycle_that_was_cut_short_and_the_one_after_it_are_not_judged():
    cut = np.arange(30) == 19
    for odd in ({20: 0.4}, {21: 0.4}):
        assert stored(cycles(at(FLAT, odd), complete=~cut)) == {}
        assert SignKind.EFFICIENCY_EXCURSION in stored(cycles(at(FLAT, odd)))
    assert stored(cycles(at(FLAT, {22: 0.4}), complete=~cut)) == {SignKind.EFFICIENCY_EXCURSION: 22}


def swinging(change_per_K: float, n: int = 96) -> tuple[pl.DataFrame, CyclingTest]:
    """Return cycles of an hour in a room that warms for 4 hours, stays for 10 and cools for 10, each day; and its log.

    The share of the charge that comes back follows the change of temperature within a cycle.
    """

    def kelvin(t):
        return 298.15 + np.interp(t / HOUR % 24.0, [0.0, 4.0, 14.0, 24.0], [-1.5, 1.5, 1.5, -1.5])

    start = HOUR * np.arange(n)
    table = cycles(
        0.99 + change_per_K * (kelvin(start + HOUR - 1.0) - kelvin(start)), start_s=start, end_s=start + HOUR - 1.0
    )
    time = np.arange(0.0, start[-1] + 7200.0, 60.0)
    columns = {bdf.TIME: time, bdf.VOLTAGE: time * 0.0, bdf.CURRENT: time * 0.0, bdf.TEMPERATURE: kelvin(time) - 273.15}
    return table, CyclingTest(pl.DataFrame(columns), Provenance("measured", "t", "", ""))


def test_an_efficiency_that_follows_the_day_is_no_leak():
    table, log = swinging(0.06)
    kinds = [{sign.sign for sign in storing_signs.find(test, table, Limits())} for test in (EMPTY, log)]
    assert kinds == [{SignKind.DAILY}, {SignKind.LOGGED_TEMPERATURE}]
    leaking = table.with_columns(
        pl.col("discharge_capacity_Ah") * pl.when(pl.col("cycle") >= 40).then(0.9).otherwise(1.0)
    )
    for test in (EMPTY, log):
        found = storing_signs.find(test, leaking, Limits())
        assert {SignKind.EFFICIENCY_EXCURSION, SignKind.LASTING_LOSS} & {sign.sign for sign in found}


@pytest.mark.parametrize(("hours", "found"), [(9.4, {SignKind.LASTING_LOSS: 30}), (11.4, {})])
def test_a_small_leak_under_a_day_that_few_cycles_sample(hours, found):
    """2.5 cycles a day still show its wave, 2.1 no longer tell it from a slower one."""
    start = hours * HOUR * np.arange(60)
    wave = 0.985 + 0.016 * np.sin(2.0 * np.pi * start / 86400.0 + 0.5)
    leak = np.where(np.arange(60) < 29, 1.0, 0.96)
    table = cycles(wave * leak, start_s=start, end_s=start + hours * HOUR)
    assert {sign: cycle for sign, cycle in stored(table).items() if sign is SignKind.LASTING_LOSS} == found
    assert stored(cycles(wave, start_s=start, end_s=start + hours * HOUR)).keys() <= {SignKind.DAILY}


# symmetric cells


def halves(ohms, wedge=0.05, noise=1e-4, amps=1e-3, **columns) -> pl.DataFrame:
    """Return half cycles of an hour; ohms: mean resistances; wedge: share by which the end lies above the beginning."""
    R = np.asarray(ohms, dtype=float)
    n = R.size
    current = np.broadcast_to(amps, n) * (-1.0) ** np.arange(n)
    volts, wedge = R * np.abs(current), np.broadcast_to(wedge, n)
    made = {
        "half_cycle": np.arange(1, n + 1),
        "cycle": 1 + np.arange(n) // 2,
        "direction": ["charge" if i % 2 == 0 else "discharge" for i in range(n)],
        "start_s": HOUR * np.arange(n),
        "duration_s": np.full(n, HOUR),
        "current_A": current,
        "capacity_Ah": np.abs(current),
        "overpotential_V": volts,
        "start_V": volts * (1.0 - wedge / 2.0),
        "end_V": volts * (1.0 + wedge / 2.0),
        "wedge_index": wedge,
        "noise_V": volts * np.broadcast_to(noise, n),
        "has_gap": np.zeros(n, dtype=bool),
    }
    return pl.DataFrame(made | {name: np.asarray(values) for name, values in columns.items()})


def seen(table: pl.DataFrame, measurement: CyclingTest = EMPTY) -> list[Sign]:
    return symmetric_signs.find(measurement, table, Limits())


def signs(table: pl.DataFrame, measurement: CyclingTest = EMPTY) -> dict[SignKind, int]:
    """Return the half cycle, from 1, in which each sign fired."""
    return {sign.sign: 1 + round(sign.time_s / HOUR) for sign in seen(table, measurement)}


R = np.full(60, 100.0)


def from_(place: int, factor: float, n: int = 60) -> np.ndarray:
    return np.where(np.arange(1, n + 1) < place, 1.0, factor)


def ramped(place: int, length: int, factor: float, n: int = 60) -> np.ndarray:
    return np.interp(np.arange(1, n + 1), [place, place + length], [1.0, factor])


@pytest.mark.parametrize(
    ("ohms", "found"),
    [
        (R * from_(31, 0.74), {SignKind.SUDDEN_DROP: 31}),
        (R * from_(31, 0.76), {SignKind.FALLING_AND_FLAT: 34}),
        (R * from_(31, 0.86), {}),
        (at(R, {31: 70.0}), {SignKind.SUDDEN_DROP: 31}),
        (R * ramped(31, 12, 0.7), {SignKind.FALLING_AND_FLAT: 40}),  # 2.5 % in each half cycle is not sudden
        (R * from_(31, 0.099), {SignKind.SUDDEN_DROP: 31, SignKind.RESISTANCE_GONE: 31, SignKind.SHORTED: 31}),
        (R * from_(31, 0.101), {SignKind.SUDDEN_DROP: 31}),
        (R * from_(3, 0.45), {SignKind.SUDDEN_DROP: 3}),
        (R * from_(3, 0.6), {}),  # among the first half cycles it must be one half
    ],
)
def test_drops(ohms, found):
    assert signs(halves(ohms, wedge=0.0)) == found


def test_a_drop_says_whether_it_lasted():
    (stays,) = seen(halves(R * from_(31, 0.7)))
    (gone,) = seen(halves(at(R, {31: 70.0, 32: 70.0, 33: 70.0})))
    assert (stays.numbers["lasts"], gone.numbers["lasts"]) == (1.0, 0.0)
    assert "for 4 half cycles in a row" in stays.evidence
    assert "came back" in gone.evidence


@pytest.mark.parametrize(
    ("factor", "wedge", "found"),
    [
        (0.845, 0.0, {SignKind.FALLING_AND_FLAT: 44}),
        (0.855, 0.0, {}),
        (0.845, 0.004, {SignKind.FALLING_AND_FLAT: 44}),
        (0.845, 0.006, {}),
    ],
)
def test_a_slow_fall(factor, wedge, found):
    table = halves(R * ramped(31, 10, factor), wedge=np.where(np.arange(60) < 30, 0.02, 0.02 + wedge))
    assert signs(table) == found


@pytest.mark.parametrize(("back", "found"), [(0.92, {SignKind.FALLING_AND_FLAT: 37}), (0.93, {})])
def test_a_fall_that_comes_back_is_no_short(back, found):
    """Half of the threshold is where it counts as back: a path that grew does not go away by itself."""
    ohms = R * np.interp(np.arange(1, 61), [26, 36, 46, 56], [1.0, 0.8, 0.8, back])
    assert signs(halves(ohms, wedge=0.0)) == found


@pytest.mark.parametrize(("step", "found"), [(0.89, {SignKind.FALLING_AND_FLAT: 35}), (0.91, {})])
def test_a_path_that_heals_is_told_from_a_warm_day_by_a_step_that_no_room_makes(step, found):
    then = 100.0 * step * np.interp(np.arange(31, 61), [31, 33, 48, 58], [1.0, 0.93, 0.93, 1.0 / step])
    assert signs(halves(np.append(np.full(30, 100.0), then), wedge=0.0)) == found


def test_a_step_counts_by_the_hours_that_it_took():
    then = 89.0 * np.interp(np.arange(31, 61), [31, 33, 48, 58], [1.0, 0.93, 0.93, 1.0 / 0.89])
    ohms = np.append(np.full(30, 100.0), then)
    slow = halves(ohms, wedge=0.0, start_s=2.0 * HOUR * np.arange(60), duration_s=np.full(60, 2.0 * HOUR))
    assert signs(slow) == {}  # 11 % in two hours is a room's


SHORT_TEST = CyclingTest(
    pl.DataFrame({name: 0.5 * HOUR * np.arange(60) for name in bdf.REQUIRED}), Provenance("measured", "t", "", "")
)


@pytest.mark.parametrize(("lowest", "found"), [(0.82, set()), (0.78, {SignKind.FALLING_AND_FLAT})])
def test_what_rises_and_falls_back_in_a_short_test_without_a_log_may_be_the_room(lowest, found):
    """The cell had 80 % of its highest before: only what lies below that is more than a warm afternoon."""
    ohms = R * np.interp(np.arange(1, 61), [14, 30, 32, 45], [0.8, 1.0, 1.0, lowest])
    table = halves(ohms, wedge=0.0, start_s=0.5 * HOUR * np.arange(60), duration_s=np.full(60, 0.5 * HOUR))
    assert {sign.sign for sign in seen(table, SHORT_TEST)} == found
    long = SHORT_TEST.table.with_columns(pl.col(bdf.TIME) * 3.0)
    assert SignKind.FALLING_AND_FLAT in signs(table, CyclingTest(long, SHORT_TEST.provenance))
    logged_too = SHORT_TEST.table.with_columns(pl.lit(25.0).alias(bdf.TEMPERATURE))
    assert SignKind.FALLING_AND_FLAT in signs(table, CyclingTest(logged_too, SHORT_TEST.provenance))


def test_a_fall_in_noise_is_judged_by_what_noise_makes_of_wedges():
    steeper = np.where(np.arange(60) < 30, 0.0, 0.02)
    assert signs(halves(R * ramped(31, 10, 0.8), wedge=steeper, noise=0.001)) == {}
    assert SignKind.FALLING_AND_FLAT in signs(halves(R * ramped(31, 10, 0.8), wedge=steeper, noise=0.01))


def test_a_change_of_current_is_a_new_reference():
    amps = np.where(np.arange(60) < 30, 1e-3, 2e-3)
    assert signs(halves(R * from_(31, 0.8), amps=amps)) == {}
    assert signs(halves(R * ramped(39, 10, 0.8), amps=amps)) == {SignKind.FALLING_AND_FLAT: 50}


@pytest.mark.parametrize(
    ("own", "then", "places", "found"),
    [
        (1.2e-3, 6.1e-3, range(31, 35), {SignKind.NOISE: 31}),
        (1.2e-3, 5.9e-3, range(31, 35), {}),
        (1.2e-3, 6.1e-3, range(31, 34), {}),
        (1e-4, 4.9e-3, range(31, 61), {}),
        (1e-4, 5.1e-3, range(31, 61), {SignKind.NOISE: 31}),
        (1e-4, 6e-3, range(9, 13), {}),
        (1e-4, 6e-3, range(13, 17), {SignKind.NOISE: 13}),
    ],
)
def test_noise(own, then, places, found):
    noise = at(np.full(60, own), dict.fromkeys(places, then))
    assert signs(halves(R, wedge=0.0, noise=noise)) == found


@pytest.mark.parametrize(
    ("start", "grown", "noise", "factor", "found"),
    [
        (0.05, 0.081, 1e-4, 1.0, {SignKind.WEDGE_GROWTH: 34}),
        (0.05, 0.079, 1e-4, 1.0, {}),
        (0.05, 0.109, 0.01, 1.0, {}),
        (0.05, 0.111, 0.01, 1.0, {SignKind.WEDGE_GROWTH: 34}),
        (0.031, 0.031, 1e-4, 1.26, {SignKind.WEDGE_GROWTH: 34}),
        (0.031, 0.031, 1e-4, 1.24, {}),
        (0.029, 0.029, 1e-4, 1.26, {}),
        (0.0, 0.0, 1e-4, 2.9, {}),  # an interphase that grows makes no wedge
    ],
)
def test_wedges(start, grown, noise, factor, found):
    wedge = np.where(np.arange(60) < 30, start, grown)
    assert signs(halves(R * from_(31, factor), wedge=wedge, noise=noise)) == found


def test_wedges_while_a_cell_forms_say_nothing():
    assert signs(halves(R[:15], wedge=np.where(np.arange(15) < 6, 0.0, 0.1))) == {}
    assert signs(halves(R[:18], wedge=np.where(np.arange(18) < 6, 0.0, 0.1))) == {SignKind.WEDGE_GROWTH: 13}


def test_a_drift_that_goes_on_over_the_reversal_is_no_wedge():
    """A resistance that rises by 4 % an hour makes wedges of 3.9 % and takes none of them back."""
    ohms = 100.0 * 1.04 ** np.maximum(0.0, np.arange(45) - 25.0)
    drift = np.where(np.arange(45) > 25, 0.04 * (1.0 - 120.0 / HOUR), 0.0)
    assert signs(halves(ohms, wedge=drift)) == {}
    assert SignKind.WEDGE_GROWTH in signs(halves(ohms, wedge=drift + 0.035 * (np.arange(45) > 25)))
    assert SignKind.WEDGE_GROWTH in signs(halves(np.full(45, 100.0), wedge=drift))


def grown(factor: float, n: int = 60) -> np.ndarray:
    """Return factors that rise evenly from the 11th half cycle to the 31st, and stay."""
    return np.interp(np.arange(1, n + 1), [11, 31], [1.0, factor])


@pytest.mark.parametrize(("factor", "found"), [(3.01, {SignKind.WORN: 31}), (2.99, {})])
def test_wear(factor, found):
    assert signs(halves(R * grown(factor), wedge=0.0)) == found


@pytest.mark.parametrize(("factor", "found"), [(3.01, {SignKind.ADDED_AT_ONCE: 31}), (2.99, {})])
def test_what_is_added_at_once_is_a_lead_and_no_wear(factor, found):
    assert signs(halves(R * from_(31, factor), wedge=0.0)) == found
    opened = SignKind.ADDED_AT_ONCE.value.kind
    assert opened is EventKind.OPEN_LEAD


def test_a_lead_that_opens_twice_is_named_where_it_first_did():
    assert signs(halves(R * from_(25, 2.0) * from_(40, 2.0), wedge=0.0)) == {SignKind.ADDED_AT_ONCE: 25}


def test_a_lead_within_a_half_cycle_or_two_is_one():
    ohms = at(R, {31: 180.0} | dict.fromkeys(range(32, 61), 400.0))
    assert signs(halves(ohms, wedge=at(np.zeros(60), {31: 0.9}))) == {SignKind.ADDED_AT_ONCE: 31}


def test_wear_beside_an_open_lead_is_wear():
    found = signs(halves(R * grown(3.5) + 300.0 * (np.arange(60) > 39), wedge=0.0))
    assert found == {SignKind.WORN: 28}
    assert SignKind.WORN in signs(halves(R * grown(3.5) + 100.0 * (np.arange(60) > 11), wedge=0.0))


@pytest.mark.parametrize(("steeper", "kind"), [(0.02, SignKind.ADDED_AT_ONCE), (0.2, SignKind.WORN)])
def test_plateaus_that_became_steeper_are_no_lead(steeper, kind):
    """Contact that is lost from one half cycle to the next goes on being lost within it: R of 400 ohm, over 100 before."""
    wedge = at(np.zeros(60), dict.fromkeys(range(31, 61), steeper / 4.0))
    assert kind in signs(halves(R * from_(31, 4.0), wedge=wedge))


def test_what_follows_a_drop_is_its_consequence():
    noisy = at(np.full(60, 1e-4), dict.fromkeys(range(40, 61), 0.01))
    assert signs(halves(R * from_(31, 0.5), noise=noisy)) == {SignKind.SUDDEN_DROP: 31}
    assert set(signs(halves(R * from_(50, 0.5), noise=noisy))) == {SignKind.SUDDEN_DROP, SignKind.NOISE}


@pytest.mark.parametrize(("factor", "found"), [(0.8, {SignKind.SETTLING: 1}), (0.87, {})])
def test_activation_is_named_and_is_no_short(factor, found):
    ohms = 100.0 * (factor + (1.0 - factor) * np.exp(-np.arange(90) / 12.0))
    assert signs(halves(ohms, wedge=0.0)) == found


def test_a_cell_that_settles_to_a_tenth_is_not_gone_and_one_that_shorts_afterwards_is():
    ohms = 100.0 * (0.08 + 0.92 * np.exp(-np.arange(120) / 12.0))
    assert signs(halves(ohms, wedge=0.0)) == {SignKind.SETTLING: 1}
    shorted = ohms * from_(101, 0.05, 120)
    assert set(signs(halves(shorted, wedge=0.0))) == {
        SignKind.SETTLING, SignKind.SUDDEN_DROP, SignKind.RESISTANCE_GONE, SignKind.SHORTED,
    }  # fmt: skip


def test_a_half_cycle_cut_before_its_plateau_is_not_judged_unless_the_cell_was_failing():
    short = at(np.full(60, HOUR), {60: 60.0})
    assert signs(halves(at(R, {60: 5.0}), wedge=0.0, duration_s=short)) == {}
    assert signs(halves(at(R, {60: 60.0}), wedge=0.0, duration_s=short)) == {}
    failing = at(R * from_(59, 0.11), {60: 9.0})
    assert SignKind.RESISTANCE_GONE in signs(halves(failing, wedge=0.0, duration_s=short))
    assert SignKind.SUDDEN_DROP in signs(halves(at(R, {60: 60.0}), wedge=0.0, duration_s=at(short, {60: 150.0})))


# temperature


def logged(kelvin: np.ndarray) -> CyclingTest:
    columns = {bdf.TIME: HOUR * (np.arange(kelvin.size) + 0.0), bdf.VOLTAGE: kelvin * 0.0, bdf.CURRENT: kelvin * 0.0}
    return CyclingTest(pl.DataFrame(columns | {bdf.TEMPERATURE: kelvin - 273.15}), Provenance("measured", "t", "", ""))


HOURS = np.arange(96)
WARM = 298.15 - 3.0 * np.cos(2.0 * np.pi * HOURS / 24.0)
ARRHENIUS = 100.0 * np.exp(0.6 / 8.617333262e-5 * (1.0 / WARM - 1.0 / 298.15))


def test_a_day_is_named_before_a_short():
    assert set(signs(halves(ARRHENIUS, wedge=0.0))) == {SignKind.DAILY}
    (sign, *_) = seen(halves(ARRHENIUS, wedge=0.0), logged(WARM))
    assert sign.sign is SignKind.LOGGED_TEMPERATURE
    assert "0.60 eV" in sign.evidence
    assert "soft short" in sign.evidence
    assert sign.numbers["swing"] == pytest.approx(np.ptp(ARRHENIUS) / 100.0, rel=0.02)


def test_a_short_in_a_swinging_room_is_still_a_short():
    falling = ARRHENIUS * ramped(50, 30, 0.7, 96)
    assert SignKind.FALLING_AND_FLAT in signs(halves(falling, wedge=0.0))
    assert SignKind.FALLING_AND_FLAT in signs(halves(falling, wedge=0.0), logged(WARM))
    worn = ARRHENIUS * grown(4.0, 96)
    assert SignKind.WORN in signs(halves(worn, wedge=0.0), logged(WARM))


def test_a_temperature_that_the_resistance_does_not_follow_explains_nothing():
    steady = logged(np.full(96, 298.15))
    assert set(signs(halves(ARRHENIUS, wedge=0.0), steady)) == {SignKind.DAILY}  # a log that does not move says nothing
    against = logged(2.0 * 298.15 - WARM)  # warmer and more resistive: no ion conductor does that
    day = pl.DataFrame({"start_s": HOUR * HOURS, "resistance_ohm": ARRHENIUS, "current_A": np.full(96, 1e-3)})
    assert swing_of(against, day).sign is None
    for part, kind in ((day, SignKind.DAILY), (day.head(35), None), (day.gather_every(8), None)):
        assert swing_of(EMPTY, part).sign is kind


# steps of what was logged beside a cell


def beside(hours: int, **columns) -> CyclingTest:
    """Return a test that logs something every quarter of an hour, shapes (4 hours,)."""
    table = {name: np.zeros(4 * hours) for name in bdf.REQUIRED} | {bdf.TIME: np.arange(4 * hours) * HOUR / 4}
    return CyclingTest(pl.DataFrame(table | columns), Provenance("measured", "table", "", ""))


def stepped(place: float, before: float, after: float, name: str = bdf.PRESSURE, hours: int = 60) -> CyclingTest:
    """Return a test whose log steps within half cycle `place`, from 1, or where it begins."""
    quarter = np.arange(4 * hours) / 4.0
    noise = 1.0 + 0.01 * np.sin(37.0 * quarter)
    return beside(hours, **{name: noise * np.where(quarter < place - 1, before, after)})


@pytest.mark.parametrize(
    ("factor", "log", "found"),
    [
        (from_(31, 0.05), stepped(31, 2e6, 10e6), {SignKind.LOGGED_STEP: 31}),
        (from_(31, 5.0), stepped(31, 10e6, 2e6), {SignKind.LOGGED_STEP: 31}),
        (from_(31, 0.3), stepped(30.5, 2e6, 10e6), {SignKind.LOGGED_STEP: 30}),  # it steps within a half cycle
        (at(R, {31: 70.0}) / 100.0, beside(60, **{bdf.SENSOR: np.where(np.arange(240) == 122, 55.0, 25.0)}), {}),  # a visit
        (from_(30, 0.7) * from_(31, 0.5), stepped(30.99, 25.0, 60.0, bdf.SENSOR), {SignKind.LOGGED_STEP: 31}),  # at its end
        (from_(31, 0.1), stepped(31, 25.0, 60.0, bdf.TEMPERATURE), {SignKind.LOGGED_STEP: 31}),
        (from_(31, 0.1), stepped(31, 25.0, 60.0, bdf.SENSOR), {SignKind.LOGGED_STEP: 31}),
        (from_(31, 10.0), stepped(31, 60.0, 25.0, bdf.SENSOR), {SignKind.LOGGED_STEP: 31}),
        (from_(31, 0.85), stepped(31, 2e6, 10e6), {}),  # too little for a word
        (from_(31, 0.7), stepped(31, 2e6, 2.3e6), {SignKind.SUDDEN_DROP: 31}),  # 15 % more pressure is no step
        (from_(31, 0.7), stepped(31, 25.0, 28.0, bdf.TEMPERATURE), {SignKind.SUDDEN_DROP: 31}),
        (from_(41, 0.7), stepped(31, 2e6, 10e6), {SignKind.SUDDEN_DROP: 41}),  # a short elsewhere stays one
        (from_(21, 0.7), stepped(31, 2e6, 10e6), {SignKind.SUDDEN_DROP: 21}),
        (from_(31, 0.3) * from_(45, 0.5), stepped(31, 2e6, 10e6), {SignKind.LOGGED_STEP: 31, SignKind.SUDDEN_DROP: 45}),
        (np.interp(np.arange(60), [31, 34], [1.0, 0.3]), stepped(31, 2e6, 10e6), {SignKind.LOGGED_STEP: 31}),
    ],
)  # fmt: skip
def test_what_changes_at_a_logged_step_is_no_short(factor, log, found):
    assert signs(halves(R * factor, wedge=0.0), log) == found


def test_a_step_is_told_with_its_numbers():
    log = beside(60, **{bdf.PRESSURE: np.repeat([2e6, 10e6], 120)})
    (sign,) = seen(halves(R * from_(31, 0.3), wedge=0.0), log)
    assert sign.evidence == "the resistance falls from 100 to 30 ohm where the logged pressure rises 2 -> 10 MPa"
    assert sign.sign.value.kind is EventKind.CHANGED_CONDITIONS
    assert (sign.numbers["before"], sign.numbers["after"]) == (pytest.approx(100.0), pytest.approx(30.0))
    back = halves(R * from_(31, 0.3) * from_(46, 3.0), wedge=0.0)
    log = beside(60, **{bdf.PRESSURE: np.repeat([2e6, 10e6, 2e6], [120, 60, 60])})
    (sign,) = seen(back, log)
    assert sign.evidence.endswith(" 2 -> 10 MPa; it changes at 1 more of the logged steps")


def test_what_is_not_judged_across_steps_is_said_with_what_came_back():
    """25, 60, 25, 40, 25 degC by twelve half cycles each: the resistance there was 100 ohm, and is 250 at last."""
    log = beside(60, **{bdf.SENSOR: np.repeat([25.0, 60.0, 25.5, 40.0, 25.0], 48)})
    ohms = np.repeat([100.0, 10.0, 150.0, 50.0, 250.0], 12)
    table = halves(ohms, wedge=0.0)
    found = stretches_of(log, table, HOUR * np.arange(1, 61)).across(ohms, "resistance", "ohm")
    assert found[0].startswith("the logged conditions step 4 times (the logged temperature rises 25 -> 60 degC)")
    assert found[1] == "at the conditions before, the resistance was 100 ohm; where they came back, it is 250"
    once = stretches_of(stepped(31, 25.0, 60.0, bdf.SENSOR), table, HOUR * np.arange(1, 61))
    assert [text[:36] for text in once.across(ohms, "resistance", "ohm")] == ["the logged conditions step 1 time (t"]
    assert stretches_of(EMPTY, table, HOUR * np.arange(1, 61)).across(ohms, "resistance", "ohm") == ()


def test_days_and_breathing_are_no_steps():
    """A half cycle of six hours sees six kelvin of a day's swing, every time; a short is seen as always."""
    hours = np.arange(4 * 360) / 4.0
    log = beside(360, **{bdf.TEMPERATURE: 25.0 + 4.0 * np.sin(2.0 * np.pi * hours / 24.0)})
    table = halves(R * from_(31, 0.5), wedge=0.0, start_s=6 * HOUR * np.arange(60), duration_s=np.full(60, 6 * HOUR))
    assert {sign.sign for sign in seen(table, log)} == {SignKind.SUDDEN_DROP}
    breathing = beside(60, **{bdf.PRESSURE: np.repeat(np.tile([5e6, 7e6], 30), 4)})
    assert signs(halves(R * from_(31, 0.5), wedge=0.0), breathing) == {SignKind.SUDDEN_DROP: 31}


def test_a_cold_cell_is_not_at_its_end():
    colder = np.where(np.arange(40) < 20, 1.0, 0.6)
    table = cycles(np.full(40, 0.99), retention=colder, discharge_capacity_Ah=1e-3 * colder, charge_capacity_Ah=1e-3 * colder,
                   resistance_ohm=50.0 / colder**2)  # fmt: skip
    assert stored(table).keys() == {SignKind.FADED, SignKind.GROWING_POLARISATION}
    log = stepped(41, 60.0, 25.0, bdf.SENSOR, hours=80)
    (sign,) = storing_signs.find(log, table, Limits())
    assert (sign.sign, sign.cycle) == (SignKind.LOGGED_STEP, 21)
    assert sign.evidence.startswith(
        "the discharge capacity falls from 1 to 0.6 mAh where the logged temperature falls "
    )
    fading = table.with_columns(pl.col("retention") * np.where(np.arange(40) < 30, 1.0, 0.75))
    assert {one.sign: one.cycle for one in storing_signs.find(log, fading, Limits())}[SignKind.FADED] == 31


def test_the_swing_is_taken_out_with_its_sign():
    day = pl.DataFrame({"start_s": HOUR * HOURS, "resistance_ohm": ARRHENIUS, "current_A": np.full(96, 1e-3)})
    for swing in (swing_of(EMPTY, day), swing_of(logged(WARM), day)):
        steady = swing.onto(day)["steady_ohm"].to_numpy()
        assert np.ptp(steady) < 0.03 * np.ptp(ARRHENIUS)
        assert np.mean(steady) == pytest.approx(100.0, rel=0.05)


# ramps


def steps(*level_ohms: float, last_wedge: float = 0.0, step: float = 1e-3) -> pl.DataFrame:
    """Return two half cycles per density; the end of the last ones lies above their beginning by last_wedge."""
    ohms, amps = np.repeat(level_ohms, 2), np.repeat(step * np.arange(1, len(level_ohms) + 1), 2)
    table = halves(ohms, wedge=0.0, amps=amps)
    start = table["end_V"].to_numpy().copy()
    start[-2:] /= 1.0 + last_wedge
    return table.with_columns(pl.Series("start_V", start))


@pytest.mark.parametrize(
    ("last", "wedge", "found"),
    [
        (126.0, 0.11, {SignKind.VOLTAGE_RUNS_AWAY: 11}),
        (124.0, 0.11, {}),
        (126.0, 0.09, {}),
        (74.0, 0.0, {SignKind.FALL_UNDER_LOAD: 11}),
        (76.0, 0.0, {}),
        (9.9, 0.0, {SignKind.RESISTANCE_GONE: 11, SignKind.SHORTED: 11}),
        (10.1, 0.0, {SignKind.FALL_UNDER_LOAD: 11}),
    ],
)
def test_ramps(last, wedge, found):
    assert signs(steps(*[100.0] * 5, last, last_wedge=wedge, step=1e-5)) == found


def test_a_fall_that_kinetics_could_make_is_none_where_the_voltage_is_large():
    """b asinh: at 1 V a step from 5 to 6 leaves 95 % of a tenth more voltage, at 5 mV nearly all of a fifth."""
    assert signs(steps(*[400.0] * 5, 290.0, step=1e-3)) == {SignKind.FALL_UNDER_LOAD: 11}
    tafel = 0.1027 * np.arcsinh(np.arange(1, 9) / 0.05) / (1e-3 * np.arange(1, 9))
    assert signs(steps(*tafel)) == {}


def test_kinetics_are_linear_at_small_voltages_and_logarithmic_at_large_ones():
    volts, same = np.array([1e-4, 0.05, 1.0, 100.0]), np.ones(4)
    assert by_kinetics(volts, same) == pytest.approx(volts)
    assert by_kinetics(volts, 2.0 * same)[0] == pytest.approx(2e-4, rel=1e-4)
    assert by_kinetics(volts, np.e * same)[2:] == pytest.approx([1.0 + KINETIC_V, 100.0], rel=2e-3)
    assert by_kinetics(volts, 0.5 * same)[:2] == pytest.approx([5e-5, 0.0256], rel=0.03)


def test_a_ramp_of_long_levels_is_judged_as_a_constant_current_too():
    amps = np.repeat([1e-3, 2e-3, 3e-3], 40)
    falling = R[:1].repeat(120) * ramped(60, 15, 0.8, 120)
    assert signs(halves(falling, amps=amps)) == {SignKind.FALLING_AND_FLAT: 74}  # 15 % at 71.25, seen 2.5 later
    short = halves(falling[:60], amps=np.repeat(1e-3 * np.arange(1, 7), 10))
    assert SignKind.FALLING_AND_FLAT not in signs(short)


def test_one_half_cycle_at_another_current_breaks_nothing():
    assert signs(halves(R, amps=at(np.full(60, 1e-3), {31: 5e-4}))) == {}


def test_a_fall_within_a_half_cycle_is_a_short_at_a_constant_density():
    table = steps(*[100.0] * 6).with_columns(
        end_V=pl.when(pl.col("half_cycle") == 8).then(0.7 * pl.col("end_V")).otherwise(pl.col("end_V"))
    )
    assert signs(table)[SignKind.FALL_UNDER_LOAD] == 8


def test_what_is_a_ramp():
    assert rising(steps(1.0, 1.0, 1.0), Limits()) == [(0, 2), (2, 4), (4, 6)]
    back = halves(np.ones(10), amps=np.repeat([1.0, 2.0, 3.0, 1.0, 4.0], 2))
    assert rising(back, Limits()) == [(0, 2), (2, 4), (4, 6)]
    assert rising(halves(np.ones(6), amps=np.repeat([3.0, 2.0, 1.0], 2)), Limits()) == []


@pytest.mark.parametrize(
    ("amps", "found"),
    [
        ([1.0] * 2 + [2.0] * 2, [(0, 2), (2, 4)]),
        ([1.0] * 4 + [2.0], [(0, 4), (4, 5)]),
        ([1.0] * 5 + [2.0], []),  # long enough to be judged by itself
        ([1.0] * 2 + [2.0] * 5, []),  # a slow start, then the test
        ([1.0] * 2 + [2.0] * 2 + [1.0], []),
        ([1.0] * 4, []),
    ],
)
def test_two_brief_levels_that_rise_are_a_ramp_whose_second_current_may_be_too_much(amps, found):
    table = halves(np.ones(len(amps)), amps=np.array(amps))
    assert rising(table, Limits()) == found
    assert len(rising(table, Limits(), known=True)) == (2 if len(set(amps)) == 2 else 1)


# what the signs stand on


def test_levels():
    assert labels(np.array([1.0, 2.0, 1.05, np.nan, 0.0, 2.1])).tolist() == [0, 1, 0, -1, -1, 1]
    assert labels(np.array([1.0, 1.07, 1.14, 1.22])).tolist() == [0, 0, 0, 0]  # a chain drifts
    assert labels(np.array([1.0, 1.1])).tolist() == [0, 1]
    assert cycle_levels(np.array([2.0, 1.0, 2.0, 2.0]), np.array([1.0, 1.0, 1.0, 3.0])).tolist() == [0, 1, 0, 2]
    assert changed(np.array([0, 0, 1, 1, 0])).tolist() == [False, False, True, False, True]
    assert runs(np.array([1.0, 1.01, 1.05, 1.05, 0.9]), 0.02) == [(0, 2), (2, 4), (4, 5)]


@pytest.mark.parametrize(
    ("charge", "volts", "end_s", "by_voltage", "whole"),
    [
        (0.97, 3.0, 40 * HOUR, True, True),  # it reached its usual end
        (0.97, 3.1, 40 * HOUR, True, False),  # 8 % of the span away, with less charge
        (0.985, 3.1, 40 * HOUR, True, True),
        (0.97, 3.05, 40 * HOUR, True, True),
        (0.97, 3.1, 40 * HOUR, False, True),
        (0.97, 3.0, 20 * HOUR, True, False),  # nothing follows: it is still running
        (0.97, 3.0, 20 * HOUR, False, False),
        (1.2, 3.5, 20 * HOUR, True, True),  # more than usual: that is for the efficiency to say
    ],
)
def test_what_is_finished(charge, volts, end_s, by_voltage, whole):
    table = halves(np.ones(20)).with_columns(end_V=pl.when(pl.col("direction") == "charge").then(4.2).otherwise(3.0))
    last = pl.col("half_cycle") == 20
    table = table.with_columns(
        capacity_Ah=pl.when(last).then(1e-3 * charge).otherwise(1e-3),
        end_V=pl.when(last).then(volts).otherwise("end_V"),
    )
    found = finished(table, end_s, by_voltage)
    assert found["finished"].to_list() == [True] * 19 + [whole]
    gap = finished(table.with_columns(has_gap=pl.col("half_cycle") == 7), end_s, by_voltage)
    assert gap["finished"].to_list() == [True] * 6 + [False] + [True] * 12 + [whole]


def test_settling_ends_where_a_fall_stops_or_becomes_faster():
    blocks = [100.0, 90.0, 85.0, 83.0, 82.0, 81.5]
    assert settled_at(np.repeat(blocks, 6), 6) == 24
    assert settled_at(np.repeat([100.0, 97.0, 90.0, 70.0], 6), 6) == 12
    assert settled_at(np.repeat([100.0, 99.0, 80.0], 6), 6) == 0
    assert settled_at(np.repeat([100.0, 120.0, 80.0], 6), 6) == 0
    assert settled_at(np.full(11, 1.0), 6) == 0


def test_sudden():
    flat = np.full(8, 100.0)
    assert is_sudden(at(flat, {8: 87.0}), 7, 0.125)
    assert not is_sudden(at(flat, {8: 88.0}), 7, 0.125)
    assert is_sudden(at(flat, {7: 94.0, 8: 87.0}), 7, 0.125)
    assert not is_sudden(at(flat, {5: 80.0, 6: 72.0, 7: 66.0, 8: 60.0}), 7, 0.125)
    assert not is_sudden(at(flat, {3: 94.0, 4: 92.0, 5: 90.0, 6: 84.0, 7: 78.0, 8: 73.0}), 7, 0.125)
    assert is_sudden(at(flat, {2: 49.0}), 1, 0.125)
    assert not is_sudden(at(flat, {2: 51.0}), 1, 0.125)
    assert not is_sudden(flat, 0, 0.125)


def test_running_numbers():
    values = np.array([1.0, 5.0, np.nan, 3.0])
    assert running_median(values, 2).tolist() == [1.0, 3.0, 5.0, 3.0]
    assert np.isnan(running_median(np.array([np.nan]), 2)).all()
    fires = np.array([True, False, True, True, True])
    assert [first_lasting(fires, n) for n in (1, 2, 3, 4)] == [0, 2, 2, None]


# what is said


def sentence(found: list[Sign], kind: SignKind) -> str:
    return next(sign.evidence for sign in found if sign.sign is kind)


NOISY = at(np.full(60, 1e-4), dict.fromkeys(range(31, 61), 6e-3))


@pytest.mark.parametrize(
    ("kind", "table", "said"),
    [
        (SignKind.FALL_UNDER_LOAD, steps(*[100.0] * 5, 74.0, step=1e-5), ("at 0.06 mA", "to 74 ohm, 26 % below", "(100 ohm)", "to 4.44 mV", "leave 5.999 mV")),
        (SignKind.VOLTAGE_RUNS_AWAY, steps(*[100.0] * 5, 150.0, last_wedge=0.5, step=1e-5), ("at 0.06 mA", "from 6 to 9 mV", "150 ohm at its end, 100 ohm")),
        (SignKind.NOISE, halves(R, wedge=0.0, noise=NOISY), ("half cycle 0.6 mV, 0.01 mV in the first", "at 100 mV")),
        (SignKind.WORN, halves(R * grown(4.0), wedge=0.0), ("310 ohm, 3.1 times", "(100 ohm)")),
        (SignKind.ADDED_AT_ONCE, halves(R * from_(31, 4.0), wedge=0.0), ("from 100 to 400 ohm", "it is 100 ohm in the last")),
        (SignKind.WEDGE_GROWTH, halves(R, wedge=0.05 + 0.1 * (np.arange(60) > 29)), ("wedge index 10.0 % (5.0 %", "100 ohm (100 ohm then)")),
        (SignKind.FALLING_AND_FLAT, halves(R * ramped(31, 12, 0.7), wedge=0.0), ("below its highest (100 ohm, cycle", "0.0 % against 0.0 %")),
        (SignKind.SETTLING, halves(100.0 * (0.8 + 0.2 * np.exp(-np.arange(90) / 12.0)), wedge=0.0), ("from 100 ohm in the first half cycle",)),
    ],
    ids=lambda part: part.name if isinstance(part, SignKind) else "",
)  # fmt: skip
def test_what_is_said_of_a_symmetric_cell_has_the_numbers_of_its_table(kind, table, said):
    for words in said:
        assert words in sentence(seen(table), kind)


@pytest.mark.parametrize(
    ("kind", "table", "said"),
    [
        (SignKind.EFFICIENCY_EXCURSION, cycles(at(FLAT, {20: 0.93})), ("93.0 % of the charge came back, 99.0 %", "by 0 %")),
        (SignKind.GROWING_POLARISATION, cycles(FLAT, resistance_ohm=at(np.full(30, 50.0), dict.fromkeys(range(10, 31), 80.0))), ("80 ohm, 50 ohm in the first 3",)),
        (SignKind.FADED, cycles(FLAT, retention=at(np.ones(30), dict.fromkeys(range(10, 31), 0.75))), ("75 % of the first discharge",)),
        (SignKind.VOLTAGE_GONE, cycles(FLAT, charge_mean_voltage_V=at(np.full(30, 3.6), {12: 0.34})), ("ran at 0.34 V, the first discharge at 3.4 V",)),
    ],
    ids=lambda part: part.name if isinstance(part, SignKind) else "",
)  # fmt: skip
def test_what_is_said_of_a_storing_cell_has_the_numbers_of_its_table(kind, table, said):
    for words in said:
        assert words in sentence(storing_signs.find(EMPTY, table, Limits()), kind)


def test_a_density_stands_where_an_area_is_known():
    table = steps(*[100.0] * 5, 74.0, step=1e-5).with_columns(current_density_mA_cm2=pl.col("current_A").abs() * 500.0)
    (sign,) = [one for one in seen(table) if one.sign is SignKind.FALL_UNDER_LOAD]
    assert sign.evidence.startswith("at 0.03 mA/cm2")
    assert sign.numbers["current_density_mA_cm2"] == pytest.approx(0.03)
    assert sign.numbers["current_A"] == pytest.approx(6e-5)


@pytest.mark.parametrize(
    ("after", "found"), [([0.7, 0.7, 0.7], 4), ([0.7, 0.95, 0.95], None), ([0.7, 0.7, 0.91], None)]
)
@pytest.mark.parametrize("scale", [0.01, 1.0, 10.0])
def test_a_leap_stays_a_tenth_below_all_that_was_before(after, found, scale):
    volts = scale * np.array([1.0, 1.0, 1.0, 1.0, *after])
    assert leap_of(volts, np.ones(7), Limits()) == found
