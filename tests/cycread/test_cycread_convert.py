"""From a raw table to the columns of the Battery Data Format, each rule on a table of a few rows written by hand."""

from dataclasses import replace
from datetime import datetime

import polars as pl
import pytest

from ionweld.errors import FileFormatError
from ionweld.measurement.cycling import CURRENT, CYCLE, STEP_TYPE, TIME, VOLTAGE
from ionweld.read.cycling.convert import convert
from ionweld.read.cycling.format import UNIX_TIME, Format, FormatColumn, match_columns
from ionweld.read.cycling.notes import IngestNotes
from ionweld.read.cycling.raw import RawTable

FORM = Format(
    "by hand",
    (
        FormatColumn(TIME, ("time",), "duration"),
        FormatColumn(VOLTAGE, ("volts",), unit="V"),
        FormatColumn(CURRENT, ("current",), unit="A"),
        FormatColumn(CYCLE, ("cycle",), "count"),
        FormatColumn(STEP_TYPE, ("state",), "words"),
        FormatColumn(UNIX_TIME, ("clock",), "clock"),
        FormatColumn("Surface Temperature / degC", ("skin",), unit="degC"),
    ),
    sign="signed or by state",
    states={"charging": "CC_CHG", "emptying": "CC_DCH"},
    assumed_states=frozenset({"emptying"}),
    clock_formats=("%Y-%m-%d %H:%M:%S",),
)
TABLE = {"time/s": [0.0, 60.0, 120.0, 180.0], "volts/V": [3.0, 3.1, 3.2, 3.1], "current/A": [1.0, 1.0, -1.0, -1.0]}
DAYS = ["2024-04-30 12:00:00", "2024-04-30 12:01:00", "2024-04-30 12:03:00", "2024-05-01 12:00:00"]


def converted(table: dict, form: Format = FORM, **raw) -> tuple[pl.DataFrame, IngestNotes]:
    frame, notes = pl.DataFrame(table), IngestNotes()
    return convert(RawTable(frame, **raw), form, match_columns(form, frame.columns), notes), notes


def replaced(names: dict[str, str], **columns) -> dict:
    """Return the table with columns under another name, or with other cells, or further ones."""
    table = {names.get(name, name): cells for name, cells in TABLE.items() if names.get(name) != ""}
    return table | {name.replace("_per_", "/"): cells for name, cells in columns.items()}


def test_each_unit_has_its_factor_which_the_report_names_with_the_last_decimal():
    table = replaced({"time/s": "time/h", "volts/V": "volts/mV", "current/A": "current/mA"})
    frame, notes = converted(table, resolution={"current/mA": 0.1, "volts/mV": 7.0})
    assert frame[TIME].to_list() == pytest.approx([0.0, 60 * 3600.0, 120 * 3600.0, 180 * 3600.0])
    assert frame[VOLTAGE][1] == pytest.approx(3.1e-3)
    assert frame[CURRENT].to_list() == pytest.approx([1e-3, 1e-3, -1e-3, -1e-3])
    assert notes.factors == pytest.approx({"time/h": 3600.0, "volts/mV": 1e-3, "current/mA": 1e-3})
    assert notes.mapped == {"time/h": TIME, "volts/mV": VOLTAGE, "current/mA": CURRENT}
    assert notes.current_resolution_A == pytest.approx(1e-4)
    assert converted(TABLE)[1].current_resolution_A is None


def test_what_is_no_number_is_counted_with_an_example_and_left_out():
    frame, notes = converted(replaced({}, volts_per_V=["3.0", "x", "3.2", "y"]), decimal_mark=".")
    assert frame[VOLTAGE].to_list() == [3.0, None, 3.2, None]
    assert notes.warnings[0] == "2 cells of 'volts/V' are no numbers, for example 'x'"
    assert not any("no numbers" in text for text in converted(TABLE)[1].warnings)


def test_counts_are_whole_and_a_fraction_stays_what_it_is():
    for cells, dtype in (
        ([1, 1, 2, 2], pl.Int64),
        ([1.0, 1.0, 2.0, 2.0], pl.Int64),
        ([1.0, 1.5, 2.0, 2.0], pl.Float64),
    ):
        frame, notes = converted(replaced({}, cycle=cells))
        assert frame[CYCLE].dtype == dtype
        assert frame[CYCLE].to_list() == cells
        assert notes.mapped["cycle"] == CYCLE
    thousands = Format(
        "t", tuple(FormatColumn(CYCLE, ("cycle",), "count") if c.target == CYCLE else c for c in FORM.columns)
    )
    assert converted(replaced({}, cycle=["1", "1", "2", "2"]), thousands)[0][CYCLE].dtype == pl.Int64


@pytest.mark.parametrize(
    ("name", "cells", "seconds"),
    [
        ("time", ["0:00:00", "0:01:00", "1:00:00", "1 00:00:01"], [0.0, 60.0, 3600.0, 86401.0]),
        ("time/s", ["0:00:00", "0:01:00", "1:00:00", "2:00:00"], [0.0, 60.0, 3600.0, 7200.0]),  # the header is wrong
        ("time/h", ["0:00:00", "0:01:00", "1:00:00", "2:00:00"], [0.0, 60.0, 3600.0, 7200.0]),
        ("time/s", ["0", "60", "120", "x"], [0.0, 60.0, 120.0, None]),
        ("time/s", ["0", "60", "0:02:00", "180"], [0.0, 60.0, None, 180.0]),  # most of them are numbers
        ("time/h", ["0", "1", "2", "end of test"], [0.0, 3600.0, 7200.0, None]),  # numbers keep their unit
    ],
)
def test_a_duration_is_read_as_whichever_most_of_its_cells_are(name, cells, seconds):
    frame, notes = converted(replaced({"time/s": ""}, **{name.replace("/", "_per_"): cells}), decimal_mark=".")
    assert frame[TIME].to_list() == seconds
    if name == "time/h":
        assert notes.factors[name] == (1.0 if ":" in cells[0] else 3600.0)


@pytest.mark.parametrize("cells", [DAYS, [None, *DAYS[1:]], [datetime.fromisoformat(text) for text in DAYS]])
def test_a_test_time_of_dates_is_a_clock_and_counts_from_its_first_row(cells):
    frame, notes = converted(replaced({"time/s": ""}, time=cells))
    start = 0.0 if cells[0] is not None else 60.0
    assert frame[TIME].to_list()[1:] == [60.0 - start, 180.0 - start, 86400.0 - start]
    assert frame[TIME][0] == (None if cells[0] is None else 0.0)
    assert frame[UNIX_TIME][3] == 1714564800.0
    assert notes.derived[TIME] == "the file has clock times only: the seconds since its first row"
    assert notes.mapped["time"] == UNIX_TIME


def test_dates_with_points_are_dates():
    cells = ["30.04.2024 12:00:00", "30.04.2024 12:01:00", "30.04.2024 12:03:00", "01.05.2024 12:00:00"]
    frame, _ = converted(replaced({"time/s": ""}, time=cells), replace(FORM, clock_formats=("%d.%m.%Y %H:%M:%S",)))
    assert frame[TIME].to_list() == [0.0, 60.0, 180.0, 86400.0]


def test_a_single_cell_that_is_no_number_is_said_and_a_temperature_in_kelvin_is_on_another_scale():
    frame, notes = converted(
        replaced({}, volts_per_V=["3.0", "x", "3.2", "3.1"], skin_per_K=[300.0] * 4), decimal_mark="."
    )
    assert notes.warnings[0] == "1 cell of 'volts/V' is no number, for example 'x'"
    assert frame["Surface Temperature / degC"][0] == pytest.approx(26.85)


def test_of_two_clocks_the_file_s_own_is_taken_and_the_test_time_counts_from_it():
    later = [text.replace("2024-04-30", "2024-04-29") for text in DAYS]
    frame, notes = converted(replaced({"time/s": ""}, time=later, clock=DAYS))
    assert frame[TIME].to_list() == [0.0, 60.0, 180.0, 86400.0]
    assert notes.mapped["clock"] == UNIX_TIME
    assert "time" in notes.unmapped


def test_a_test_time_without_any_cell_is_no_clock():
    with pytest.raises(FileFormatError, match="'time'"):
        converted(replaced({"time/s": ""}, time=["", "-", "", None]))


def test_dates_are_told_by_all_of_the_first_hundred_cells():
    n = 130
    table = {"time": [DAYS[0]] * 100 + ["x"] * 30, "volts/V": [3.0] * n, "current/A": [1.0, -1.0] * (n // 2)}
    with pytest.raises(FileFormatError, match="clock times follow no known pattern"):
        converted(table)
    mixed = table | {"time": ["0:00:01", *[DAYS[0]] * 129]}
    assert converted(mixed)[0][TIME].null_count() == 129


def test_a_clock_beside_a_test_time_is_a_column_of_its_own_and_may_be_unreadable():
    frame, notes = converted(TABLE | {"clock": DAYS})
    assert (frame[TIME].to_list(), frame[UNIX_TIME][0]) == (TABLE["time/s"], 1714478400.0)
    assert TIME not in notes.derived
    assert "read as if it were UTC" in notes.derived[UNIX_TIME]
    frame, notes = converted(TABLE | {"clock": ["noon"] * 4})
    assert frame["clock"].to_list() == ["noon"] * 4
    assert UNIX_TIME not in frame.columns
    assert "clock" in notes.unmapped
    assert "clock" not in notes.mapped
    assert "The clock times in 'clock' follow no known pattern and are kept as text" in notes.warnings


@pytest.mark.parametrize(("hours", "days"), [(24, 1), (29 * 24, 29)])
def test_the_test_time_tells_whether_the_day_or_the_month_comes_first(hours, days):
    """The first of February to the first of March, or the second of January to the third."""
    clock = ["01/02/2024 00:00:00", "01/03/2024 00:00:00"]
    table = {"time/s": [0.0, 3600.0 * hours], "volts/V": [3.0, 3.1], "current/A": [1.0, -1.0], "clock": clock}
    frame, _ = converted(table, Format("dates", FORM.columns, clock_formats=("%d/%m/%Y %H:%M:%S",)))
    assert frame[UNIX_TIME][1] - frame[UNIX_TIME][0] == 86400.0 * days


def test_without_a_time_and_a_clock_nothing_is_read():
    with pytest.raises(FileFormatError, match="has no test time"):
        converted(replaced({"time/s": ""}))


def test_words_are_translated_and_those_that_no_file_confirmed_are_said():
    frame, notes = converted(TABLE | {"state": [" Charging", "", "emptying", "odd"]})
    assert frame[STEP_TYPE].to_list() == ["CC_CHG", None, "CC_DCH", "odd"]
    assert notes.derived[STEP_TYPE] == "words of the file translated: Charging = CC_CHG, emptying = CC_DCH"
    (said,) = [text for text in notes.warnings if "confirms" in text]
    assert "'emptying' as CC_DCH" in said
    assert "Charging" not in said
    _, notes = converted(TABLE | {"state": ["charging", "charging", "odd", "odd"]})
    assert not any("confirms" in text for text in notes.warnings)
    assert STEP_TYPE not in converted(TABLE | {"state": ["a", "b", "a", "b"]})[1].derived
    assert converted(TABLE | {"state": [1, 1, 2, 2]})[0][STEP_TYPE].to_list() == ["1", "1", "2", "2"]


def test_an_unknown_column_keeps_its_name_and_one_that_means_something_to_us_is_marked():
    frame, notes = converted(TABLE | {"note": ["a", "b", "c", "d"], "extra": ["1", "2", "3", "4"], VOLTAGE: [9.0] * 4})
    assert frame["note"].to_list() == ["a", "b", "c", "d"]
    assert frame["extra"].to_list() == [1.0, 2.0, 3.0, 4.0]
    assert frame[f"{VOLTAGE} (as in the file)"].to_list() == [9.0] * 4
    assert notes.unmapped == ["note", "extra", VOLTAGE]
    assert frame.columns[:3] == [TIME, VOLTAGE, CURRENT]


def test_an_empty_column_is_said_and_one_that_is_needed_stops_the_reading():
    nothing = pl.Series([None] * 4, dtype=pl.Float64)
    frame, notes = converted(TABLE | {"skin/degC": nothing, "note": nothing})
    assert frame.columns == [TIME, VOLTAGE, CURRENT]
    assert notes.empty == ["skin/degC", "note"]
    assert notes.unmapped == []
    assert "skin/degC" not in notes.mapped
    assert "skin/degC" not in notes.factors
    partly, notes = converted(TABLE | {"skin/degC": [None, None, None, 25.0]})
    assert partly["Surface Temperature / degC"].to_list() == [None, None, None, 25.0]
    assert notes.empty == []
    with pytest.raises(FileFormatError, match=rf"nothing in .*\({VOLTAGE}\), .*\({CURRENT}\) is understood"):
        converted(TABLE | {"volts/V": nothing, "current/A": nothing})


def test_a_column_that_was_computed_has_its_rule_and_no_factor():
    _, notes = converted(TABLE, made={"current/A": "worked out"})
    assert notes.derived[CURRENT] == "worked out"
    assert "current/A" not in notes.mapped
    assert "current/A" not in notes.factors


@pytest.mark.parametrize(
    ("states", "rows"),
    [
        (["charging", "charging", "emptying", "emp"], 3),
        (["charging", "charging", "emptying", "emptyi\ufffd"], 3),
        (["charging", "charging", "emptying", "emptying"], 4),
        (["charging", "charging", "emptying", "odd"], 4),
        (["charging", "emp", "emptying", "emp"], 4),  # a word of the file, whatever it means
        (["charging", "charging", "emptying", None], 4),
    ],
)
def test_a_file_cut_off_within_its_last_state_loses_that_row(states, rows):
    frame, notes = converted(TABLE | {"state": states, "current/A": [1.0, 1.0, -1.0, 0.0]})
    assert frame.height == rows
    assert (f"1 row: the file ends within the state {states[-1]!r} of its last line" in notes.dropped) == (rows == 3)
    signed = Format(FORM.name, FORM.columns, states=FORM.states)
    assert converted(TABLE | {"state": states}, signed)[0].height == 4
    alone = {name: cells[-1:] for name, cells in (TABLE | {"state": states, "current/A": [0.0] * 4}).items()}
    assert converted(alone)[0].height == 1


def test_of_two_rows_the_second_may_be_the_cut_one():
    table = {name: cells[2:] for name, cells in TABLE.items()} | {
        "state": ["emptying", "empt"],
        "current/A": [-1.0, 0.0],
    }
    assert converted(table)[0].height == 1
