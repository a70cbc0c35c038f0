"""Files that once gave a wrong capacity, each kind in several makes: vendors, signs, orders and units differ.

Every test has the charge that really flowed, worked out by hand: `half(n)` below moves n intervals of a minute at 0.1 mA.
"""

import numpy as np
import polars as pl
import pytest
from data_files import real_file

from ionweld.analyse.cycling import summarise
from ionweld.measurement.cycling import CHARGING_CAPACITY, CURRENT, STEP, TIME, VOLTAGE, CyclingTest
from ionweld.read.cycling import read_cycling_file

AMPS = 1e-4
MINUTE_AH = AMPS / 60.0


def capacities(measurement: CyclingTest, first: str = "charge") -> list[tuple[float, float]]:
    """Return (charge, discharge) of each cycle, mAh."""
    cycles = summarise(measurement, "full", first).cycles  # type: ignore[arg-type]
    return [tuple(1e3 * row[f"{way}_capacity_Ah"] for way in ("charge", "discharge")) for row in cycles.to_dicts()]


def said(measurement: CyclingTest) -> str:
    assert measurement.ingest is not None
    return "\n".join((*measurement.ingest.warnings, *measurement.ingest.dropped))


def write(path, header: str, rows: list[str], above: str = "", encoding: str = "utf-8"):
    path.write_text(above + "\n".join([header, *rows]) + "\n", encoding=encoding)
    return path


# the shared inputs, with the answers in their README


SHARED = {
    "gcpl_reversing_net_counter.mpt": [(0.1, 0.1)] * 3,
    "land_counter_goes_on_over_two_discharges.csv": [(0.12, 0.12)] * 3,
    "maccor_counter_goes_on_from_cc_to_cv.txt": [(1.1, 1.1)] * 4,
    "nan_current.csv": [(0.098333, 0.098333)] * 3,
    "blank_line_after_header.csv": [(0.098333, 0.098333)] * 3,
    "gcpl_with_peis_between.mpt": [(0.1, 0.1)],
    "gcpl_absolute_time.mpt": [(0.1, 0.1)] * 3,
    "ecmpt_mean_ewe_header.mpt": [(0.1, 0.1)] * 3,
    "neware_btsda_english.csv": [(0.098333, 0.098333)] * 2,
    "neware_btsda_chinese.csv": [(0.098333, 0.098333)] * 2,
    "time_restarts_after_power_cut.csv": [(0.33, 0.331667)],
    "ten_hours_off_within_a_half_cycle.csv": [(0.096667, 0.098333)],
    "land_unsigned_one_negative_rest.csv": [(1.0, 1.0)] * 3,
}


@pytest.mark.parametrize("name", SHARED)
def test_the_shared_inputs_give_the_charge_that_flowed(name):
    measurement = read_cycling_file(real_file(f"faults/cycling/{name}"))
    assert capacities(measurement) == [pytest.approx(pair, rel=1e-3) for pair in SHARED[name]]


def test_the_shared_described_input_with_a_numeric_step_type():
    path = real_file("faults/cycling/numeric_step_type_column.csv")
    measurement = read_cycling_file(path, description=path.with_suffix(".toml"))
    assert capacities(measurement) == [pytest.approx((0.098333, 0.098333), rel=1e-4)] * 2
    assert "Step Type (as in the file)" in measurement.table.columns


# counters


def _mpt(
    signs: list[int], names=("time/s", "Ewe/V", "<I>/mA", "(Q-Qo)/mA.h"), decimal: str = ".", ns: bool = False
) -> list[str]:
    rows, net, n = [], 0.0, 0
    for half, sign in enumerate(signs):
        for _ in range(60):
            n += 1
            net += sign * 0.1 / 60.0
            rows.append(
                f"{n * 60:.1f}\t{3.3 + 0.05 * sign:.3f}\t{sign * 0.1:.4f}\t{net:.9f}\t{half // 2}\t{half if ns else 1}"
            )
    return [row.replace(".", decimal) for row in ["\t".join([*names, "cycle number", "Ns"]), *rows]]


@pytest.mark.parametrize("signs", [[1, -1] * 3, [-1, 1] * 3])
@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("ns", [True, False])
def test_a_net_counter_that_shrinks_on_reversal_was_not_reset(tmp_path, signs, decimal, ns):
    header, *rows = _mpt(signs, decimal=decimal, ns=ns)
    path = write(tmp_path / "x.mpt", header, rows, "EC-Lab ASCII FILE\nNb header lines : 4\n\n")
    measurement = read_cycling_file(path)
    assert capacities(measurement) == [pytest.approx((0.1, 0.1))] * 3
    assert "counted" not in said(measurement)  # the integral, which knows nothing of the counter, agrees


@pytest.mark.parametrize("unit", ["Ah", "mAh"])
def test_a_net_counter_of_the_battery_data_format_is_the_same(tmp_path, unit):
    factor = {"Ah": 1.0, "mAh": 1e3}[unit]
    rows = []
    for half, sign in enumerate([1, -1, 1, -1]):
        start = 0.0 if sign > 0 else 1e-4
        rows += [
            f"{half * 3600 + 60 * i},3.3,{sign * AMPS},{half // 2 + 1},{factor * (start + sign * i * MINUTE_AH)}"
            for i in range(61)
        ]
    header = f"Test Time / s,Voltage / V,Current / A,Cycle Count / 1,Net Capacity / {unit}"
    measurement = read_cycling_file(write(tmp_path / "x.csv", header, rows))
    assert capacities(measurement) == [pytest.approx((0.1, 0.1))] * 2


def _land(steps: list[tuple[str, float, int]], restarts: list[bool], signed: bool = False) -> list[str]:
    """steps: state, mA, minutes; restarts: whether the counter begins at zero with that step."""
    rows, n, time, counter = [], 0, 0.0, 0.0
    for number, ((state, milliamps, minutes), again) in enumerate(zip(steps, restarts, strict=True), start=1):
        counter = 0.0 if again else counter
        for i in range(minutes + 1):
            n += 1
            counter += milliamps / 60.0 if i else 0.0
            current = -milliamps if signed and state == "RateD" else milliamps
            rows.append(
                f"{n},{time + 60 * i},{60 * i},{current},{counter:.7f},3.3,{1 + (number - 1) // 4},{number},{state}"
            )
        time += 60 * minutes
    return rows


LAND_HEADER = "Record,TestTime/Sec,StepTime/Sec,Current/mA,Capacity/mAh,Voltage/V,Cycle-Index,Step-Index,Step-State"
TWO_EACH = [("RateC", 0.1, 40), ("RateC", 0.05, 40), ("RateD", 0.1, 30), ("RateD", 0.05, 60)]


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize(
    "restarts", [[True] * 4, [True, False] * 2, [True, True, True, False], [True, False, True, True]]
)
def test_a_counter_is_counted_once_whether_it_goes_on_over_steps_of_one_direction_or_not(tmp_path, restarts, signed):
    path = write(tmp_path / "land.csv", LAND_HEADER, _land(TWO_EACH * 2, restarts * 2, signed))
    measurement = read_cycling_file(path)
    assert capacities(measurement) == [pytest.approx((0.1, 0.1), rel=1e-5)] * 2
    assert "counted" not in said(measurement)


def test_a_counter_that_restarts_with_a_step_that_is_longer_than_the_one_before_is_seen_by_the_current(tmp_path):
    """The first row of the second step already lies above the end of the first: no fall tells the restart."""
    steps = [("RateC", 0.1, 1), ("RateC", 0.1, 120)]
    rows = [row for row in _land(steps, [True, True]) if ",60.0,0,0.1,0.0000000" not in row and ",0,0.1" not in row]
    measurement = read_cycling_file(write(tmp_path / "land.csv", LAND_HEADER, rows))
    assert measurement.table[CHARGING_CAPACITY].max() == pytest.approx(120 * MINUTE_AH, rel=1e-4)


def test_a_pair_of_counters_that_goes_on_from_cc_to_cv_is_counted_once(tmp_path):
    header = "channel_index,cycle_index,step_index,date_time_iso_string,test_time_s,step_time_s,current_A,voltage_V,"
    header += "discharge_capacity_Ah,charge_capacity_Ah,step_name"
    rows, counter, n = [], 0.0, 0
    for step, (name, amps) in enumerate([("charge CC", AMPS), ("charge CV", AMPS / 2)], start=1):
        for i in range(61):
            n += 1
            counter += amps / 60.0 if i else 0.0
            time = (step - 1) * 3600 + 60 * i
            rows.append(f"{n},1,{step},04/30/2024 14:33:19,{time},{60 * i},{amps},4.2,0,{counter:.9f},{name}")
    measurement = read_cycling_file(write(tmp_path / "x.csv", header, rows))
    assert capacities(measurement)[0][0] == pytest.approx(0.15, rel=1e-6)


def test_an_integral_never_begins_with_what_the_counter_says(tmp_path):
    """The counter holds 1 mAh in the first row already, which the current had no time to move: both numbers are shown."""
    rows = [
        row.replace(",".join(row.split(",")[4:5]), f"{1.0 + float(row.split(',')[4]):.7f}", 1)
        for row in _land([("RateC", 0.1, 60)], [True])
    ]
    measurement = read_cycling_file(write(tmp_path / "x.csv", LAND_HEADER, rows))
    halves = summarise(measurement, "full", "charge").half_cycles
    assert 1e3 * halves["integral_Ah"][0] == pytest.approx(0.1, rel=1e-4)
    assert 1e3 * halves["capacity_Ah"][0] == pytest.approx(1.1, rel=1e-4)
    assert "0.1 mAh integrated, 1.1 mAh counted" in said(measurement)


@pytest.mark.parametrize(("error", "withheld"), [(1.0, False), (1.01, False), (1.5, True)])
def test_a_counter_whose_meaning_is_guessed_is_withheld_when_the_current_says_otherwise(tmp_path, error, withheld):
    rows = [
        f"{i / 60:.6f}\t{i}\t{i / 60:.6f}\t1\tCharge\t3.3\t{AMPS}\t{error * i * MINUTE_AH:.9f}\t25\t1"
        for i in range(61)
    ]
    header = "~Time[h]\tDataSet\tt-Step[h]\tLine\tCommand\tU[V]\tI[A]\tAh[Ah]\tT1[\u00b0C]\tCyc-Count"
    measurement = read_cycling_file(
        write(tmp_path / "x.txt", header, rows, "~Start of Test: 19.06.2023 17:56:53\n", "latin-1")
    )
    assert measurement.provenance.software.startswith("Basytec")
    assert (CHARGING_CAPACITY in measurement.table.columns) is not withheld
    assert ("withheld" in said(measurement)) is withheld
    assert capacities(measurement)[0][0] == pytest.approx(0.1 * (1.0 if withheld else error), rel=1e-4)


# rows and time


def bdf(path, time, current, volts=None, **more):
    """Write a table of the Battery Data Format; None in a column is an empty cell."""
    volts = [3.3 + 1e-4 * (i % 7) for i in range(len(time))] if volts is None else volts
    pl.DataFrame({TIME: time, VOLTAGE: volts, CURRENT: current, **more}, strict=False).write_csv(path)
    return read_cycling_file(path)


def half(n: int, start: float = 0.0) -> list[float]:
    return [start + 60.0 * i for i in range(n + 1)]


@pytest.mark.parametrize("column", [TIME, VOLTAGE, CURRENT])
@pytest.mark.parametrize("hole", ["", "nan", "-", "1e30", "inf"])
def test_a_row_without_a_value_costs_that_row(tmp_path, column, hole):
    table = {TIME: half(60), VOLTAGE: [3.3] * 61, CURRENT: [AMPS] * 61}
    rows = [",".join(hole if (name, i) == (column, 30) else f"{table[name][i]}" for name in table) for i in range(61)]
    measurement = read_cycling_file(write(tmp_path / "x.csv", ",".join(table), rows))
    assert capacities(measurement)[0][0] == pytest.approx(0.1, rel=1e-6)
    assert "row 31" in said(measurement)


def test_many_rows_without_a_current_are_a_rest_and_no_part_of_a_half_cycle(tmp_path):
    current = [AMPS] * 31 + [None] * 20 + [AMPS] * 31
    measurement = bdf(tmp_path / "x.csv", half(81), current)
    assert capacities(measurement)[0][0] == pytest.approx(0.1, rel=1e-6)
    assert summarise(measurement, "full", "charge").half_cycles.height == 2


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_time_that_restarts_carries_no_charge_from_one_part_to_the_other(tmp_path, sign):
    time = half(99) + half(99)
    measurement = bdf(tmp_path / "x.csv", time, [sign * AMPS] * 200, [3.3] * 200)
    moved = capacities(measurement)[0][0 if sign > 0 else 1]
    assert moved == pytest.approx(1e3 * 198 * MINUTE_AH, rel=1e-6)
    assert "runs backwards 1 time, first at row 101" in said(measurement)


@pytest.mark.parametrize("hours", [0.5, 10.0, 1000.0])
def test_a_leap_in_time_within_a_half_cycle_carries_no_charge_that_nobody_saw(tmp_path, hours):
    time = half(30) + half(30, start=1860.0 + 3600.0 * hours)
    measurement = bdf(tmp_path / "x.csv", time, [AMPS] * 62)
    assert capacities(measurement)[0][0] == pytest.approx(1e3 * 60 * MINUTE_AH, rel=1e-6)
    assert f"it would be {0.1 * (hours + 1 / 60):.4g} mAh more" in said(measurement)


def test_rows_far_apart_within_a_whole_step_are_no_leap(tmp_path):
    """A step that is logged once in ten minutes beside rests that are logged each second."""
    time = list(range(2000)) + [2000.0 + 600.0 * i for i in range(7)]
    measurement = bdf(tmp_path / "x.csv", time, [0.0] * 2000 + [AMPS] * 7, **{STEP: [1] * 2000 + [2] * 7})
    assert capacities(measurement)[0][0] == pytest.approx(0.1, rel=1e-6)


def test_time_that_stands_still_carries_no_charge_and_is_said(tmp_path):
    time = [60.0 * (i // 2) for i in range(122)]
    measurement = bdf(tmp_path / "x.csv", time, [AMPS] * 122)
    assert capacities(measurement)[0][0] == pytest.approx(0.1, rel=1e-6)
    assert "stands still in 61 of 121 intervals" in said(measurement)


def test_a_block_that_stands_in_the_file_twice_is_counted_once(tmp_path):
    time, volts = half(60), [3.3 + 1e-3 * i for i in range(61)]
    again = slice(20, 41)
    measurement = bdf(
        tmp_path / "x.csv", time[:41] + time[again] + time[41:], [AMPS] * 82, volts[:41] + volts[again] + volts[41:]
    )
    assert capacities(measurement)[0][0] == pytest.approx(0.1, rel=1e-6)
    assert measurement.table.height == 61
    assert "21 rows that stand in the file twice, the first of them row 42" in said(measurement)


def _clocked(tmp_path, start: str, *, set_by_h: int, at_row: int, missing: int = 0) -> CyclingTest:
    """Return 120 records, a minute apart, of a charge at 0.1 mA by a clock that is set at one row; `missing` follow it."""
    minutes = np.arange(120) + missing * (np.arange(120) >= at_row) + 60 * set_by_h * (np.arange(120) >= at_row)
    stamps = np.datetime64(start, "s") + minutes.astype("timedelta64[m]")
    rows = [f"{i + 1},1,1,CC Chg,0.1,3.3,{str(stamp).replace('T', ' ')}" for i, stamp in enumerate(stamps.tolist())]
    header = "DataPoint,Cycle Index,Step Index,Step Type,Current(mA),Voltage(V),Date"
    return read_cycling_file(write(tmp_path / "x.csv", header, rows))


@pytest.mark.parametrize(
    ("start", "set_by_h", "at_row"),
    [
        ("2024-10-27T02:30:00", -1, 30),  # Berlin, 3:00 is 2:00
        ("2025-10-26T01:15:00", -1, 45),  # London, 2:00 is 1:00
        ("2024-11-03T00:40:00", -1, 80),  # New York
        ("2025-03-30T01:00:00", 1, 60),  # Berlin, 2:00 is 3:00
        ("2025-03-09T00:20:00", 1, 100),  # New York
        ("2025-10-05T01:30:00", 1, 30),  # Sydney
        ("2025-04-06T02:10:00", -1, 50),  # Sydney, 3:00 is 2:00
    ],
)
def test_a_clock_set_for_summer_time_moves_no_charge(tmp_path, start, set_by_h, at_row):
    measurement = _clocked(tmp_path, start, set_by_h=set_by_h, at_row=at_row)
    assert capacities(measurement)[0][0] == pytest.approx(1e3 * 119 * MINUTE_AH, rel=1e-6)
    way = "forward" if set_by_h > 0 else "back"
    assert f"was set {way} an hour at row {at_row + 1}" in said(measurement)


@pytest.mark.parametrize(
    ("start", "set_by_h", "missing", "fault"),
    [
        ("2024-10-25T02:30:00", -1, 0, "runs backwards"),  # a Friday
        ("2024-07-07T02:30:00", -1, 0, "runs backwards"),  # a Sunday in July
        ("2025-03-31T01:30:00", 1, 0, "gap in time"),  # a Monday
        ("2025-03-30T01:10:00", 1, 0, "gap in time"),  # the hour from 1:40, which no clock leaves out
        ("2024-10-27T02:30:00", -1, 15, "runs backwards"),  # a quarter of an hour besides
        ("2025-03-30T01:30:00", 1, 15, "gap in time"),  # and a quarter of an hour in which nothing was recorded
    ],
)
def test_a_clock_that_leaps_otherwise_carries_no_charge_over_the_leap(tmp_path, start, set_by_h, missing, fault):
    measurement = _clocked(tmp_path, start, set_by_h=set_by_h, at_row=30, missing=missing)
    assert capacities(measurement)[0][0] == pytest.approx(1e3 * 118 * MINUTE_AH, rel=1e-6)  # one interval is not known
    assert fault in said(measurement)
    assert "summer time" not in said(measurement)


@pytest.mark.parametrize(
    "written", ["{d}:{h:02}:{m:02}:{s:02}", "{d}.{h:02}:{m:02}:{s:02}", "{d}d{h:02}:{m:02}:{s:02}"]
)
def test_times_with_days_before_the_hours_are_read(tmp_path, written):
    seconds = [60 * i + 85000 for i in range(61)]
    texts = [written.format(d=t // 86400, h=t % 86400 // 3600, m=t % 3600 // 60, s=t % 60) for t in seconds]
    rows = [f"{text},{way * 0.1},{way * 0.03}" for i, text in enumerate(texts) if (way := 1 if i < 30 else -1)]
    measurement = read_cycling_file(write(tmp_path / "x.csv", "Test Time,Current (mA),Voltage (V)", rows))
    assert measurement.table[TIME].to_list() == seconds


@pytest.mark.parametrize(
    ("header", "kept"),
    [
        ("time/s,Ewe/V,Ewe-Ece/V,I/mA", "Ewe/V"),
        ("time/s,Ewe-Ece/V,Ewe/V,I/mA", "Ewe/V"),
        ("Time (s),Potential (V),Cell voltage (V),Current (mA)", "Potential (V)"),
    ],
)
def test_of_two_voltages_that_of_the_cell_is_taken_and_the_other_said(tmp_path, header, kept):
    cell = [name for name in header.split(",") if name.endswith("V") or "oltage" in name or "otential" in name]
    rows = [
        f"{60 * i},{','.join('9.9' if name == kept else str(way * 0.03) for name in cell)},{way * 0.1}"
        for i in range(20)
        if (way := 1 if i < 10 else -1)
    ]
    measurement = read_cycling_file(write(tmp_path / "x.csv", header, rows))
    assert set(measurement.table[VOLTAGE]) == {0.03, -0.03}
    assert measurement.ingest is not None
    assert f"; {kept!r} was left" in measurement.ingest.derived[VOLTAGE]


def test_the_time_of_the_test_is_taken_before_that_of_its_steps(tmp_path):
    rows = [f"{60 * (i % 10)},{60 * i},{way * 0.03},{way * 0.1}" for i in range(40) if (way := 1 if i < 20 else -1)]
    measurement = read_cycling_file(write(tmp_path / "x.csv", "Time (s),Total time (s),Voltage (V),Current (mA)", rows))
    assert measurement.table[TIME].to_list() == [60.0 * i for i in range(40)]


MACCOR_HEADER = "Rec#\tCyc#\tStep\tTest (Sec)\tStep (Sec)\tAmp-hr\tAmps\tVolts\tState\tDPt Time"


def _maccor(dates: list[str], days: list[float]) -> list[str]:
    return [
        f"{i + 1}\t1\t1\t{86400 * day}\t{86400 * day}\t{AMPS * 24 * day:.9f}\t{AMPS}\t3.3\tC\t{date} 00:00:00"
        for i, (date, day) in enumerate(zip(dates, days, strict=True))
    ]


@pytest.mark.parametrize(
    ("dates", "days", "expected"),
    [
        (["05/11/2021", "05/12/2021", "05/13/2021"], [0, 1, 2], 1620691200.0),  # no 13th month
        (["11/05/2021", "12/05/2021", "13/05/2021"], [0, 1, 2], 1620691200.0),
        (["05/11/2021", "05/12/2021"], [0, 1], 1620691200.0),  # one day passed by the test time
        (["11/05/2021", "12/05/2021"], [0, 1], 1620691200.0),
    ],
)
def test_the_order_of_day_and_month_is_told_by_the_file(tmp_path, dates, days, expected):
    measurement = read_cycling_file(write(tmp_path / "x.txt", MACCOR_HEADER, _maccor(dates, days)))
    assert measurement.table["Unix Time / s"][0] == expected
    assert "could have" not in said(measurement)


def test_an_order_of_day_and_month_that_cannot_be_told_is_said(tmp_path):
    rows = _maccor(["05/11/2021"] * 2, [0, 0.1])
    measurement = read_cycling_file(write(tmp_path / "x.txt", MACCOR_HEADER, rows))
    assert measurement.table["Unix Time / s"][0] == 1620691200.0  # Maccor is American
    assert "could have the day or the month first ('05/11/2021 00:00:00'): they were read month first" in said(
        measurement
    )


# signs


@pytest.mark.parametrize("odd", [-0.0002, 0.0002])
@pytest.mark.parametrize(("charge", "discharge"), [(1, 1), (-1, 1), (1, -1)])
def test_one_sample_of_another_sign_at_rest_changes_no_sign(tmp_path, odd, charge, discharge):
    """Unsigned, turned round and signed files of LAND; the states say charge and discharge."""
    rows = []
    for n, (state, milliamps) in enumerate([("RateC", charge), ("R", 0), ("RateD", discharge), ("R", 0)]):
        for i in range(61):
            current = odd if state == "R" and i == 5 else milliamps
            rows.append(
                f"{len(rows)},{3600 * n + 60 * i},{60 * i},{current},{abs(milliamps) * i / 60:.7f},3.3,1,{n},{state}"
            )
    measurement = read_cycling_file(write(tmp_path / "x.csv", LAND_HEADER, rows))
    assert capacities(measurement) == [pytest.approx((1.0, 1.0), rel=1e-5)]
    moving = measurement.table.filter(pl.col("Step Type").str.ends_with("_DCH"))
    assert (moving[CURRENT] < 0.0).all()
    assert (measurement.table.filter(pl.col("Step Type").str.ends_with("_CHG"))[CURRENT] > 0.0).all()


# plausibility


def cycled(n: int = 3, *, charge: int = 60, discharge: int = 60, **columns):
    """Return times, currents and cycles of n cycles of a charge and a discharge, in minutes."""
    time, current, cycle, now = [], [], [], 0.0
    for number in range(1, n + 1):
        for sign, minutes in ((1, charge), (-1, discharge)):
            time += half(minutes, now)
            current += [sign * AMPS] * (minutes + 1)
            cycle += [number] * (minutes + 1)
            now = time[-1]
    return time, current, cycle


def test_a_sound_file_has_nothing_to_look_at(tmp_path):
    time, current, cycle = cycled()
    assert said(bdf(tmp_path / "x.csv", time, current, **{"Cycle Count / 1": cycle})) == ""


def test_millivolts_read_as_volts_are_said(tmp_path):
    time, current, cycle = cycled()
    measurement = bdf(tmp_path / "x.csv", time, current, [3300.0] * len(time), **{"Cycle Count / 1": cycle})
    assert "above 3300 V, more than a cell has: are they millivolts?" in said(measurement)
    sound = bdf(tmp_path / "y.csv", time, current, [19.0] * len(time), **{"Cycle Count / 1": cycle})
    assert "millivolts" not in said(sound)


@pytest.mark.parametrize(("years", "is_said"), [(4.9, False), (5.1, True), (16.0, True)])
def test_a_test_of_many_years_is_said(tmp_path, years, is_said):
    time = list(np.linspace(0.0, years * 365.25 * 86400.0, 50))
    assert ("years: is the unit of its time right" in said(bdf(tmp_path / "x.csv", time, [0.0, AMPS] * 25))) is is_said


def test_a_time_that_never_moves_is_said(tmp_path):
    assert "is the same in all 50 rows" in said(bdf(tmp_path / "x.csv", [7.0] * 50, [AMPS] * 50))


@pytest.mark.parametrize(("sign", "is_said"), [(1, False), (-1, True)])
def test_a_current_against_the_files_own_counters_is_said(tmp_path, sign, is_said):
    time, current, cycle = cycled()
    moved = np.concatenate([[0.0], np.diff(time)]) * np.array(current) / 3600.0
    counters = {
        "Charging Capacity / Ah": np.cumsum(moved.clip(0)),
        "Discharging Capacity / Ah": np.cumsum((-moved).clip(0)),
    }
    turned = [sign * value for value in current]
    measurement = bdf(tmp_path / "x.csv", time, turned, **{"Cycle Count / 1": cycle}, **counters)
    assert ("the other sign than the file's own counters" in said(measurement)) is is_said
    for both in capacities(measurement, "charge" if sign > 0 else "discharge"):
        assert both == pytest.approx((0.1, 0.1), rel=0.02)  # what flowed, never the 0 of the counter that stood still


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (lambda cycle: 2 * np.pi * cycle, "is no whole number in 366 rows, the first is 6.28319 in row 1"),
        (lambda cycle: cycle + (cycle == 2) * 0.5, "is no whole number in 122 rows, the first is 2.5 in row 123"),
        (lambda cycle: np.where(cycle == 3, 1, cycle), "goes back 1 time, first in row 245, from 2 to 1"),
        (
            lambda cycle: np.where(cycle == 3, 2, cycle),
            "1 cycle holds more than one charge or discharge by the file's own count (cycle 2)",
        ),
    ],
)
def test_a_cycle_count_that_is_none_is_said(tmp_path, count, sentence):
    time, current, cycle = cycled()
    measurement = bdf(tmp_path / "x.csv", time, current, **{"Cycle Count / 1": count(np.array(cycle))})
    assert sentence in said(measurement)


@pytest.mark.parametrize(
    ("charge", "discharge", "is_said"), [(60, 60, False), (60, 91, True), (60, 89, False), (91, 60, False)]
)
def test_an_efficiency_that_no_cell_has_is_said(tmp_path, charge, discharge, is_said):
    time, current, cycle = cycled(3, charge=charge, discharge=discharge)
    measurement = bdf(tmp_path / "x.csv", time, current, **{"Cycle Count / 1": cycle})
    assert (
        "an efficiency above 150 % if each charge opens a cycle (cycle 1, 2; up to 152 %)" in said(measurement)
    ) is is_said
    turned = bdf(tmp_path / "y.csv", time, [-value for value in current], **{"Cycle Count / 1": cycle})
    assert ("if each discharge opens" in said(turned)) is is_said
