"""`ionweld cycling summary` and `dqdv` from the command line: programs, warnings everywhere, parts, reports, csv."""

import csv
import json
from io import StringIO

import numpy as np
import polars as pl
import pytest
from command_line import ionweld
from cycling_programs import made_of, ramp
from data_files import real_file
from instrument import full_cell
from matplotlib.figure import Figure

from ionweld.analyse.cycling.joined import CLOCK, OWN_CYCLE, PART, join_parts
from ionweld.errors import InputError
from ionweld.measurement import cycling as bdf
from ionweld.measurement.cycling import CyclingTest
from ionweld.measurement.provenance import Provenance
from ionweld.report.numbers import csv_text, drawn_numbers, safe_cell

SYMMETRIC = ("--cell", "symmetric", "--first", "charge", "--area", "1 cm^2")


def written(tmp_path, name: str, test: CyclingTest):
    path = tmp_path / name
    test.table.write_csv(path)
    return path


def test_a_ramp_is_in_json_text_and_report(tmp_path):
    path = real_file("faults/cycling/ccd_void_at_0p6.csv")
    told = ionweld("cycling", "summary", path, *SYMMETRIC, "--out", tmp_path / "out", "--json")
    assert told.status == 0
    assert told.document["ramp"]["critical_current_density_mA_cm2"] == pytest.approx(0.5)
    assert told.document["ramp"]["first_failing_mA_cm2"] == pytest.approx(0.6)
    assert told.document["ramp"]["cause"] == "contact loss"
    assert "critical current density 0.5 mA/cm2" in ionweld("cycling", "summary", path, *SYMMETRIC).out
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "critical current density 0.5 mA/cm2" in page
    assert page.index("critical current density 0.5 mA/cm2") < page.index("<svg")
    kept = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert kept["ramp"] == told.document["ramp"]
    names = {path.name for path in (tmp_path / "out" / "figures").iterdir()}
    assert names == {f"{stem}.{kind}" for stem in ("voltage", "asr_ohm_cm2", "ramp") for kind in ("svg", "png", "csv")}


def test_the_csv_beside_a_figure_holds_what_is_drawn(tmp_path):
    ionweld("cycling", "summary", real_file("faults/cycling/ccd_void_at_0p6.csv"), *SYMMETRIC, "--out", tmp_path)
    drawn = pl.read_csv(tmp_path / "figures" / "ramp.csv")
    assert drawn["x"].to_list() == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7])
    assert drawn["x is"].unique().to_list() == ["current density / mA cm^-2"]
    table = pl.read_csv(tmp_path / "data" / "half_cycles.csv")
    assert table.filter(pl.col("direction") == "discharge")["current_A"].to_numpy().max() < 0.0  # numbers stay numbers


def test_a_warning_stands_in_text_json_and_report(tmp_path):
    path = real_file("faults/cycling/last_discharge_still_running.csv")
    told = ionweld("cycling", "summary", path, "--cell", "full", "--first", "charge", "--out", tmp_path, "--json")
    (warning,) = told.document["warnings"]
    assert "cycle 20" in warning
    assert told.document["cycles"][-1]["complete"] is False
    assert all(cycle["complete"] for cycle in told.document["cycles"][:-1])
    assert f"look at: {warning}" in ionweld("cycling", "summary", path, "--cell", "full", "--first", "charge").out
    assert warning in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("cell", [None, "symmetric", "half", "full"])
def test_every_kind_of_cell_has_a_report(tmp_path, cell):
    path = written(tmp_path, "cell.csv", full_cell(3))
    told = ionweld("cycling", "summary", path, *(("--cell", cell) if cell else ()), "--out", tmp_path / "out")
    assert told.status == 0
    assert (tmp_path / "out" / "report.html").stat().st_size > 10_000


def test_c_rates_refer_to_the_nominal_capacity_or_to_the_largest(tmp_path):
    path = written(tmp_path, "cell.csv", full_cell(3, current_A=5e-5))
    (first, *_) = ionweld("cycling", "summary", path, "--cell", "full", "--json").document["cycles"]
    assert first["discharge_c_rate"] == pytest.approx(0.5, rel=1e-6)
    given = ionweld("cycling", "summary", path, "--cell", "full", "--nominal", "0.2 mAh", "--json").document["cycles"][
        0
    ]
    assert given["charge_c_rate"] == pytest.approx(0.25, rel=1e-6)
    wrong = ionweld("cycling", "summary", path, "--nominal", "0 mAh", "--diffusion-length", "-1 um")
    assert wrong.status == 2
    assert "--nominal" in wrong.err
    assert "--diffusion-length" in wrong.err


# parts of one test


def part(first_cycle: int, cycles: int, clock: float | None = None, name: str = "part") -> CyclingTest:
    table = full_cell(cycles).table.with_columns(pl.col(bdf.CYCLE) + first_cycle - 1)
    if clock is not None:
        table = table.with_columns((pl.col(bdf.TIME) + clock).alias(CLOCK))
    return CyclingTest(table, Provenance("measured", name, f"{name}-{first_cycle}-{cycles}-{clock}", "reader"))


@pytest.mark.parametrize(("second", "added"), [(4, 0), (1, 3)])
def test_parts_go_on_or_count_again(second, added):
    joined, parts, said = join_parts([part(1, 3), part(second, 2)])
    name = bdf.DERIVED_CYCLE if added else bdf.CYCLE
    assert joined.table[name].unique().sort().to_list() == [1, 2, 3, 4, 5]
    if added:  # what the cycler counted stands beside it, unchanged
        own = [*part(1, 3).table[bdf.CYCLE], *part(1, 2).table[bdf.CYCLE]]
        assert joined.table[OWN_CYCLE].to_list() == own
        assert bdf.CYCLE not in joined.table.columns
    assert parts[1].cycles_added == added
    assert joined.table[PART].unique().to_list() == [1, 2]
    assert np.all(np.diff(joined.table[bdf.TIME].to_numpy()) >= 0.0)
    assert np.all(np.diff(joined.table[bdf.STEP].to_numpy()) >= 0)
    assert "how long the pauses between them were is not known" in said[0]


def test_the_clock_orders_parts_and_keeps_their_gap():
    early, late = part(1, 2, 1e9, "early"), part(3, 2, 1e9 + 1e5, "late")
    joined, parts, _ = join_parts([late, early])
    assert [one.source for one in parts] == ["early", "late"]
    lasted = early.table[bdf.TIME].to_numpy().max()
    assert parts[1].gap_s == pytest.approx(1e5 - lasted)
    assert joined.table.filter(pl.col(PART) == 2)[bdf.TIME][0] == pytest.approx(1e5)
    assert [one.source for one in join_parts([late, early], "given")[1]] == ["late", "early"]


def test_a_half_cycle_cut_by_the_end_of_a_file_goes_on():
    whole = full_cell(1).table
    cut = [whole.slice(0, 30), whole.slice(30)]
    parts = [CyclingTest(table, Provenance("measured", f"{i}", f"{i}", "")) for i, table in enumerate(cut)]
    joined, (_, second), _ = join_parts(parts)
    assert second.cycles_added == 0
    assert joined.table[bdf.CYCLE].unique().to_list() == [1]
    assert "goes on" in second.rule


def test_parts_that_cannot_be_of_one_test_are_refused():
    with pytest.raises(InputError, match="same content"):
        join_parts([part(1, 2), part(1, 2)])
    with pytest.raises(InputError, match="not every file says"):
        join_parts([part(1, 2), part(3, 2)], "clock")
    with pytest.raises(InputError, match="begins before"):
        join_parts([part(1, 2, 1e9, "a"), part(3, 2, 1e9 + 10.0, "b")])


def test_parts_from_the_command_line(tmp_path):
    files = [written(tmp_path, f"{i}.csv", part(first, 2)) for i, first in ((1, 1), (2, 3))]
    told = ionweld("cycling", "summary", *files, "--cell", "full", "--first", "charge", "--json")
    assert told.status == 0
    assert [cycle["cycle"] for cycle in told.document["cycles"]] == [1, 2, 3, 4]
    assert [one["cycles_added"] for one in told.document["parts"]] == [0, 0]
    assert any("part 2" in text for text in told.document["warnings"])


# differential capacity


def test_dqdv_of_one_file(tmp_path):
    path = written(tmp_path, "cell.csv", full_cell(2, points=600))
    told = ionweld(
        "cycling", "dqdv", path, "--step", "1 mV", "--smoothing", "2 mV", "--out", tmp_path / "out", "--json"
    )
    assert told.status == 0
    assert [(curve["cycle"], curve["direction"]) for curve in told.document["curves"]] == [
        (1, "charge"), (1, "discharge"), (2, "charge"), (2, "discharge"),
    ]  # fmt: skip
    charge = told.document["curves"][0]
    (peak,) = charge["peaks"]
    assert peak["voltage_V"] == pytest.approx(3.52, abs=2e-3)
    assert peak["width_V"] == pytest.approx(2.0 * 0.012 * 1.763, rel=0.1)  # sech^2: full width at half maximum
    assert charge["charge_Ah"] == pytest.approx(1e-4, rel=1e-3)
    assert (tmp_path / "out" / "figures" / "differential_capacity.csv").exists()
    one = ionweld("cycling", "dqdv", path, "--cycle", "2", "--direction", "discharge")
    assert one.out.startswith("cycle 2, discharge: 0.1 mAh")
    none = ionweld("cycling", "dqdv", path, "--cycle", "9")
    assert (none.status, none.out) == (2, "")
    assert "cycle 9" in none.err


# numbers as csv


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "-cmd", "@x", "=HYPERLINK(1)", "\tx"])
def test_text_that_a_spreadsheet_would_run_is_held_back(text):
    (row,) = list(csv.reader(StringIO(csv_text(["a"], [[text]]).partition("\n")[2])))
    assert row == [f"'{text}"]


@pytest.mark.parametrize("value", [-1.5, "-1.5", "+2e-3", 3, "cycle 1", "-inf"])
def test_numbers_and_plain_text_stay(value):
    assert safe_cell(value) == value
    assert safe_cell(None) == safe_cell(float("nan")) == ""


def test_a_table_survives_its_csv():
    made = made_of(ramp([(100.0, 100.0)] * 3)).table
    back = pl.read_csv(StringIO(csv_text(made.columns, made.iter_rows())))
    assert back[bdf.VOLTAGE].to_list() == made[bdf.VOLTAGE].to_list()


def test_the_numbers_of_every_kind_of_drawing():
    drawn = Figure()
    upper, lower, photo = drawn.subplots(3, 1)
    upper.set(title="=top", xlabel="t / s", ylabel="$R$ / ohm")
    upper.plot([0.0, 1.0], [2.0, np.nan], label="line")
    upper.scatter([3.0], [4.0], label="marks")
    upper.fill_between([0.0, 1.0], [0.0, 0.0], [1.0, 1.0], label="band")
    upper.bar([5.0], [6.0], width=1.0)
    lower.pcolormesh(np.array([[1.0, 2.0], [3.0, 4.0]]))
    photo.imshow(np.zeros((300, 300)))
    rows = list(csv.DictReader(StringIO(drawn_numbers(drawn))))
    series = {row["series"] for row in rows}
    assert series == {"line", "marks", "band", "shape 1", "map 1, row 1", "map 1, row 2"}
    assert [(row["x"], row["y"]) for row in rows if row["series"] == "line"] == [("0.0", "2.0"), ("1.0", "")]
    assert [(row["x"], row["y"]) for row in rows if row["series"] == "marks"] == [("3.0", "4.0")]
    assert {row["panel"] for row in rows if row["series"] == "band"} == {"'=top"}
    assert max(float(row["y"]) for row in rows if row["series"] == "shape 1") == pytest.approx(6.0)
    assert [row["y"] for row in rows if row["series"] == "map 1, row 2"] == ["3.0", "4.0"]
    assert rows[0]["y is"] == "R / ohm"


RESTING = {
    "arbin": ("Data_Point,Test_Time(s),Step_Index,Cycle_Index,Current(A),Voltage(V)", "{n},{t},1,1,0,{v}"),
    "own": ("Time (s),Voltage (V),Current (mA)", "{t},{v},0"),
    "bdf": ("Test Time / s,Voltage / V,Current / A", "{t},{v},0"),
}


@pytest.mark.parametrize("kind", RESTING)
def test_a_file_of_a_cell_at_rest_is_no_fault(tmp_path, kind):
    header, row = RESTING[kind]
    rows = "".join(row.format(n=i, t=60 * i, v=3.5 + i / 1e4) + "\n" for i in range(61))
    (tmp_path / "rest.csv").write_text(f"{header}\n{rows}")
    told = ionweld("cycling", "summary", tmp_path / "rest.csv", *SYMMETRIC, "--out", tmp_path / "out", "--json")
    assert told.status == 0, told.err
    assert told.document["rows"] == 61
    assert told.document["cycles"] == []
    assert told.document["events"] == []
    assert (tmp_path / "out" / "report.html").exists()
