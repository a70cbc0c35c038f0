"""Every format that is written with a known truth comes back as that truth, in Battery Data Format columns."""

import numpy as np
import polars as pl
import pytest
from cycread.generators import FORMATS, Truth, arbin_rows, land_rows, text_of, truth, write_xlsx

from ionweld.errors import FileFormatError
from ionweld.measurement.cycling import CHARGING_CAPACITY, CURRENT, CYCLE, DISCHARGING_CAPACITY, STEP, TIME, VOLTAGE
from ionweld.read.cycling import read_cycling_file

TRUTH = truth()


def assert_is(table: pl.DataFrame, t: Truth) -> None:
    """Check time, voltage, current, steps and (where there is a counter) the cycler's capacities against the truth."""
    for name, expected in ((TIME, t.time_s), (VOLTAGE, t.voltage_V), (CURRENT, t.current_A), (STEP, t.step_count)):
        np.testing.assert_allclose(table[name].to_numpy(), expected, rtol=1e-8, atol=1e-9, err_msg=name)
    cycle = CYCLE if CYCLE in table.columns else "Derived Cycle / 1"
    np.testing.assert_array_equal(table[cycle].to_numpy(), t.cycle)
    for name, way in ((CHARGING_CAPACITY, "charge"), (DISCHARGING_CAPACITY, "discharge")):
        if name in table.columns:
            np.testing.assert_allclose(table[name].to_numpy(), t.counter(way), rtol=1e-7, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_comes_back_as_the_truth_that_was_written(tmp_path, name):
    write, reader = FORMATS[name]
    measurement = read_cycling_file(write(tmp_path / "file.of.any.name", TRUTH))
    assert_is(measurement.table, TRUTH)
    assert measurement.ingest is not None
    assert measurement.ingest.reader.startswith(reader)
    assert not measurement.ingest.dropped
    assert not [said for said in measurement.ingest.warnings if "counted" in said or "gap in time" in said]


@pytest.mark.parametrize("name", FORMATS)
def test_every_column_of_the_file_is_accounted_for_and_numbers_are_never_text(tmp_path, name):
    write, _ = FORMATS[name]
    measurement = read_cycling_file(write(tmp_path / "x", TRUTH))
    report = measurement.ingest
    assert report is not None
    kept = set(report.columns_mapped.values()) | set(report.columns_unmapped)
    assert kept | set(report.derived) == set(measurement.table.columns)
    texts = [column for column, kind in measurement.table.schema.items() if kind == pl.String]
    assert set(texts) <= {"Step Type", "Current range"}


@pytest.mark.parametrize(("time", "current", "capacity"), [("h", "A", "Ah"), ("Sec", "mA", "mAh"), ("", "uA", "uAh")])
@pytest.mark.parametrize("chinese", [False, True])
@pytest.mark.parametrize("signed", [False, True])
def test_land_takes_units_from_the_header_and_signs_from_the_state(tmp_path, time, current, capacity, chinese, signed):
    path = tmp_path / "land.csv"
    path.write_text(
        text_of(land_rows(TRUTH, time, current, capacity, chinese=chinese, signed=signed)), encoding="utf-8"
    )
    measurement = read_cycling_file(path)
    assert_is(measurement.table, TRUTH)
    assert measurement.ingest is not None
    assert (CURRENT in measurement.ingest.derived) is (not signed)


def test_land_whose_discharge_is_positive_is_turned_round_and_says_so(tmp_path):
    header, rows = land_rows(TRUTH, "Sec", "A", "Ah", signed=True)
    for row in rows:
        row[3] = -row[3]
    path = tmp_path / "land.csv"
    path.write_text(text_of((header, rows)), encoding="utf-8")
    measurement = read_cycling_file(path)
    assert_is(measurement.table, TRUTH)
    assert measurement.ingest is not None
    assert "sign changed" in measurement.ingest.derived[CURRENT]


def test_unsigned_current_with_an_unknown_state_is_refused_not_guessed(tmp_path):
    header, rows = land_rows(TRUTH, "Sec", "A", "Ah")
    for row in rows:
        row[-1] = {"RateD": "Zauber"}.get(row[-1], row[-1])
    path = tmp_path / "land.csv"
    path.write_text(text_of((header, rows)), encoding="utf-8")
    with pytest.raises(FileFormatError, match=r"'Zauber'.*--description"):
        read_cycling_file(path)


def test_unsigned_current_without_a_state_column_is_refused_not_guessed(tmp_path):
    header, rows = land_rows(TRUTH, "Sec", "A", "Ah")
    path = tmp_path / "land.csv"
    path.write_text(text_of((header[:-1], [row[:-1] for row in rows])), encoding="utf-8")
    with pytest.raises(FileFormatError, match="no column says whether a step charges"):
        read_cycling_file(path)


def test_a_required_column_with_an_unknown_unit_is_refused(tmp_path):
    header, rows = land_rows(TRUTH, "Sec", "A", "Ah")
    header[header.index("Current/A")] = "Current/parsec"
    path = tmp_path / "land.csv"
    path.write_text(text_of((header, rows)), encoding="utf-8")
    with pytest.raises(FileFormatError, match="no column for Current / A, or its unit is not known"):
        read_cycling_file(path)


def test_titles_and_headers_between_the_cycles_are_left_out_and_counted(tmp_path):
    header, rows = land_rows(TRUTH, "Sec", "mA", "mAh")
    titled = [*rows[:50], ["第2循环"], header, *rows[50:]]
    path = tmp_path / "land.txt"
    path.write_bytes(text_of((header, titled), "\t", above=["第1循环"]).encode("gb18030"))
    measurement = read_cycling_file(path)
    assert_is(measurement.table, TRUTH)
    assert measurement.ingest is not None
    assert measurement.ingest.dropped[0] == "1 row that repeats the header"
    assert measurement.ingest.dropped[1].startswith("1 row without time")
    assert measurement.ingest.encoding == "gb18030"


def test_two_tests_in_one_workbook_are_not_mixed(tmp_path):
    header, rows = land_rows(TRUTH, "Sec", "mA", "mAh")
    path = write_xlsx(tmp_path / "two.xlsx", {"Record": [header, *rows], "Other cell": [header, *rows]})
    with pytest.raises(FileFormatError, match=r"several tests.*'Record' to 'Other cell'"):
        read_cycling_file(path)


def test_cycles_are_never_renumbered(tmp_path):
    header, rows = land_rows(TRUTH, "Sec", "mA", "mAh")
    at = header.index("Cycle-Index")
    for row in rows:
        row[at] += 40
    path = tmp_path / "late.csv"
    path.write_text(text_of((header, rows)), encoding="utf-8")
    assert read_cycling_file(path).table[CYCLE].unique().sort().to_list() == [41, 42, 43]


def test_counters_that_the_program_resets_are_named_by_what_resets_them(tmp_path):
    path = tmp_path / "arbin.csv"
    path.write_text(text_of(arbin_rows(TRUTH, resets=True)), encoding="utf-8")
    measurement = read_cycling_file(path)
    assert_is(measurement.table, TRUTH)
    assert measurement.ingest is not None
    assert measurement.ingest.columns_mapped["Charge Capacity (Ah)"] == CHARGING_CAPACITY
    assert "with each step" in measurement.ingest.derived[CHARGING_CAPACITY]


def test_counters_that_fall_in_the_middle_of_steps_keep_a_name_that_says_so(tmp_path):
    header, rows = arbin_rows(TRUTH)
    for row in rows[25:30]:
        row[8] = 0.0
    path = tmp_path / "arbin.csv"
    path.write_text(text_of((header, rows)), encoding="utf-8")
    measurement = read_cycling_file(path)
    assert measurement.ingest is not None
    assert "Charging Capacity / Ah (restarts unknown)" in measurement.table.columns
    assert CHARGING_CAPACITY not in measurement.table.columns
    assert any("meaning is not known" in said for said in measurement.ingest.warnings)
    (said,) = [said for said in measurement.ingest.warnings if "mAh counted" in said]
    assert "withheld" in said
    assert "kept" not in said


def test_a_header_of_a_format_is_found_wherever_it_stands(tmp_path):
    header, rows = land_rows(TRUTH, "h", "mA", "mAh")
    path = tmp_path / "deep.csv"
    path.write_text(text_of((header, rows), above=["a note, with, commas, 1, 2, 3"] * 60), encoding="utf-8")
    measurement = read_cycling_file(path)
    assert measurement.ingest is not None
    assert measurement.ingest.header_line == 61
    assert_is(measurement.table, TRUTH)


def test_states_that_no_file_has_confirmed_are_said_in_the_report(tmp_path):
    for name, words in (
        ("land english xlsx", ()),
        ("land gb18030 txt", ("'恒流充电' as CC_CHG", "'恒流放电' as CC_DCH", "'静置' as REST")),
    ):
        report = read_cycling_file(FORMATS[name][0](tmp_path / name.replace(" ", "."), truth())).ingest
        assert report is not None
        said = [warning for warning in report.warnings if "No known file" in warning]
        assert len(said) == bool(words)
        assert all(word in said[0] for word in words)
