"""The rules by which columns are derived and files are judged, each on the smallest table that shows it."""

import numpy as np
import polars as pl
import pytest
from command_line import ionweld
from cycread.generators import landt_us_rows, text_of, truth
from hypothesis import given
from hypothesis import strategies as st

from ionweld.measurement.cycling import CURRENT, CYCLE, STEP, TIME, VOLTAGE
from ionweld.read.cycling import read_cycling_file
from ionweld.read.cycling.cleaning import to_counts, to_numbers, to_seconds, to_unix_time
from ionweld.read.cycling.spelling import factor, readings, spell

TRUTH = truth()


def _bdf(path, times, currents, **more):
    table = {TIME: times, VOLTAGE: np.linspace(3.0, 3.1, len(times)), CURRENT: currents, **more}
    pl.DataFrame(table).write_csv(path)
    return read_cycling_file(path)


@pytest.mark.parametrize(("first", "way"), [(1.0, "charging"), (-1.0, "discharging")])
def test_a_derived_cycle_begins_when_the_first_direction_returns(tmp_path, first, way):
    currents = first * np.array([0, 1, 1, 0, -1, -1, 0, 1, -1, 1.0])
    measurement = _bdf(tmp_path / "x.csv", np.arange(10.0), currents)
    assert measurement.table["Derived Cycle / 1"].to_list() == [1, 1, 1, 1, 1, 1, 1, 2, 2, 3]
    assert measurement.ingest is not None
    assert way in measurement.ingest.derived["Derived Cycle / 1"]
    assert measurement.table[STEP].to_list() == [1, 2, 2, 3, 4, 4, 5, 6, 7, 8]


def test_a_files_own_cycle_count_is_left_alone_and_nothing_is_derived_beside_it(tmp_path):
    measurement = _bdf(tmp_path / "x.csv", np.arange(4.0), [1.0, -1.0, 1.0, -1.0], **{CYCLE: [7, 7, 7, 9]})
    assert measurement.table[CYCLE].to_list() == [7, 7, 7, 9]
    assert "Derived Cycle / 1" not in measurement.table.columns


def test_time_that_runs_backwards_is_reported_with_its_row_and_not_mended(tmp_path):
    measurement = _bdf(tmp_path / "x.csv", [0.0, 1.0, 0.5, 2.0], [1.0] * 4)
    assert measurement.table[TIME].to_list() == [0.0, 1.0, 0.5, 2.0]
    assert measurement.ingest is not None
    assert (
        "Test Time / s runs backwards 1 time, first at row 3: no charge is counted there" in measurement.ingest.warnings
    )


def test_rows_that_stand_twice_are_left_out_and_every_output_says_so(tmp_path):
    table = {TIME: 60.0 * np.arange(40), VOLTAGE: np.linspace(3.0, 3.1, 40), CURRENT: [1e-3] * 20 + [-1e-3] * 20}
    frame = pl.DataFrame(table)
    pl.concat([frame[:30], frame[20:]]).write_csv(tmp_path / "x.csv")
    text = ionweld("cycling", "summary", tmp_path / "x.csv")
    assert "left out: 10 rows that stand in the file twice, the first of them row 31" in text.out
    told = ionweld("cycling", "summary", tmp_path / "x.csv", "--json").document["warnings"]
    assert any(sentence.startswith("left out: 10 rows") for sentence in told)
    stored = ionweld("ingest", tmp_path / "x.csv", "--project", tmp_path / "P")
    assert "left out: 10 rows" in stored.out


def test_a_gap_is_reported_with_its_length(tmp_path):
    times = np.concatenate([np.arange(100.0), 5000.0 + np.arange(100.0)])
    measurement = _bdf(tmp_path / "x.csv", times, np.ones(200))
    assert measurement.ingest is not None
    (said,) = [said for said in measurement.ingest.warnings if "gap in time" in said]
    assert said.startswith("1 gap in time")
    assert "4901 s" in said


def test_even_intervals_are_no_gaps(tmp_path):
    measurement = _bdf(tmp_path / "x.csv", np.arange(300.0) * 30.0, np.ones(300))
    assert measurement.ingest is not None
    assert not [said for said in measurement.ingest.warnings if "gap in time" in said]


@given(error=st.floats(-0.5, 0.5).filter(lambda e: abs(abs(e) - 0.02) > 0.002))
def test_counter_and_integral_are_compared_and_the_counter_is_kept(tmp_path_factory, error):
    t = truth(cycles=1, points=40)
    header, rows = landt_us_rows(t)
    for row in rows:
        row[8], row[9] = row[8] * (1.0 + error), row[9] * (1.0 + error)
    path = tmp_path_factory.mktemp("x") / "x.csv"
    path.write_text(text_of((header, rows)))
    measurement = read_cycling_file(path)
    assert measurement.ingest is not None
    for check, way in zip(measurement.ingest.counters, ("charge", "discharge"), strict=True):
        assert check.direction == way
        assert check.counter_Ah == pytest.approx(t.counter(way).max() * (1.0 + error), rel=1e-6)
        assert check.integral_Ah == pytest.approx(t.counter(way).max(), rel=1e-6)
    larger = max(1.0, 1.0 + error)
    told = any("counted" in said for said in measurement.ingest.warnings)
    assert told is (abs(error) / larger > 0.02)


@given(st.integers(0, 10**8), st.integers(0, 999))
def test_durations_in_every_spelling_are_the_same_seconds(whole, milli):
    day, rest = divmod(whole, 86400)
    clock = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}.{milli:03d}"
    texts = [
        f"{day} {clock}",
        f"  {day}d {clock} ",
        f"{day}-{clock}",
        f"{day}天 {clock}",
        f"{day} {clock}".replace(".", ","),
    ]
    np.testing.assert_allclose(to_seconds(pl.Series(texts)).values.to_numpy(), whole + milli / 1000.0, rtol=1e-14)


def test_a_duration_that_is_none_is_a_misfit():
    cleaned = to_seconds(pl.Series(["1 00:00:01", "soon", "-", None]))
    assert (cleaned.values.to_list(), cleaned.misfits, cleaned.first) == ([86401.0, None, None, None], 1, "soon")


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=1))
def test_numbers_survive_either_decimal_mark(values):
    for mark in (".", ","):
        texts = pl.Series([f" {value!r} ".replace(".", mark) for value in values])
        assert to_numbers(texts, mark).values.to_list() == values


def test_cells_that_are_no_numbers_are_counted_and_left_empty():
    cleaned = to_numbers(pl.Series(["1", "-", "", "--", "N/A", "x1", None, "2.5"]), ".")
    assert cleaned.values.to_list() == [1.0, None, None, None, None, None, None, 2.5]
    assert (cleaned.misfits, cleaned.first) == (1, "x1")


def test_counts_become_whole_numbers_only_when_they_are():
    assert to_counts(pl.Series([1.0, None, 3.0])).dtype == pl.Int64
    assert to_counts(pl.Series([1.0, 2.5])).dtype == pl.Float64
    assert to_counts(pl.Series([1.0, float("inf")])).dtype == pl.Float64


def test_a_clock_of_no_known_pattern_is_no_time():
    formats = ("%m/%d/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S")
    assert to_unix_time(pl.Series(["04/30/2024 14:33:19"]), formats).to_list() == [1714487599.0]
    assert to_unix_time(pl.Series(["2024-04-30 14:33:19", "-"]), formats).to_list() == [1714487599.0, None]
    assert to_unix_time(pl.Series(["yesterday"]), formats) is None
    assert to_unix_time(pl.Series(["04/30/2024 14:33:19", "2024-04-30 14:33:19", "x"]), formats) is None
    assert to_unix_time(pl.Series([45412.60646990741]), formats)[0] == pytest.approx(1714487599.0, abs=0.01)


@pytest.mark.parametrize(
    ("header", "reading"),
    [
        ("SpeCap/mAh/g", ("specap", "mAh/g")), ("Test (Sec)", ("test", "Sec")), ("电流/A", ("电流", "A")),
        ("WE(1).Potential (V)", ("we(1).potential", "V")), ("current_A", ("current", "A")),
        ("Aux_Temperature(℃)_1", ("aux_temperature_1", "°C")), ("Voltage / V", ("voltage", "V")),
        ("（Q-Qo）/mA.h", ("(q_qo)", "mA.h")), ("\ufeffCurrent/µA", ("current", "uA")),
    ],
)  # fmt: skip
def test_a_header_is_read_as_a_name_and_a_unit(header, reading):
    assert reading in readings(header)


@pytest.mark.parametrize(
    ("unit", "target", "expected"),
    [
        ("mAh", "Ah", 1e-3),
        ("µA", "A", 1e-6),
        ("MPa", "Pa", 1e6),
        ("Sec", "s", 1.0),
        ("h", "s", 3600.0),
        ("mA.h", "Ah", 1e-3),
    ],
)
def test_units_of_instruments_are_known(unit, target, expected):
    assert factor(unit, target) == expected


@pytest.mark.parametrize(("unit", "target"), [("mPa", "Pa"), ("V", "A"), ("", "s"), ("mAh/g", "Ah")])
def test_units_of_other_things_are_not(unit, target):
    assert factor(unit, target) is None


def test_names_are_compared_without_case_blanks_and_hyphens():
    assert spell(" Cycle-Index ") == spell("cycle index") == spell("CYCLE_INDEX") == "cycle_index"


@pytest.mark.parametrize(("volts", "is_none"), [(9.9e3, False), (1.01e4, True), (-1.01e4, True)])
def test_a_voltage_beyond_ten_kilovolts_is_read_as_no_value(tmp_path, volts, is_none):
    table = {TIME: [0.0, 60.0, 120.0], VOLTAGE: [3.3, volts, 3.3], CURRENT: [1.0, 1.0, 1.0]}
    pl.DataFrame(table).write_csv(tmp_path / "x.csv")
    assert (read_cycling_file(tmp_path / "x.csv").table[VOLTAGE][1] is None) is is_none


@pytest.mark.parametrize(("milliamps", "is_said"), [("0.2", True), ("0.200", False)])
def test_a_current_that_is_written_too_coarsely_is_said_beside_the_disagreement(tmp_path, milliamps, is_said):
    """The counter moves 0.18 mA where the file writes 0.2: only a file of few decimals can have rounded that."""
    rows = [f"{i},{60 * i},{60 * i},{milliamps},{0.18 * i / 60:.6f},3.3,1,1,RateC" for i in range(61)]
    header = "Record,TestTime/Sec,StepTime/Sec,Current/mA,Capacity/mAh,Voltage/V,Cycle-Index,Step-Index,Step-State"
    (tmp_path / "x.csv").write_text("\n".join([header, *rows]) + "\n")
    report = read_cycling_file(tmp_path / "x.csv").ingest
    assert report is not None
    coarse = [said for said in report.warnings if "writes current to 0.1 mA while the cell ran at about 0.2 mA" in said]
    assert bool(coarse) is is_said
    assert any("0.2 mAh integrated, 0.18 mAh counted. The counter is kept" in said for said in report.warnings)
