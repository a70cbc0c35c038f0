"""Tables of somebody's own: told by the names and units of their columns, signed by what the voltage does."""

from time import process_time

import numpy as np
import polars as pl
import pytest
from cycread.generators import truth, write_xlsx

from ionweld.analyse.cycling import summarise
from ionweld.errors import FileFormatError
from ionweld.measurement.cycling import CURRENT, CYCLE
from ionweld.read.cycling import propose_description, read_cycling_file
from ionweld.read.cycling.spelling import readings

TRUTH = truth()
HALF_AH = 2.5e-4 * 19 * 30.0 / 3600.0  # of each half cycle: 19 intervals of 30 s


def table(header: str, time: float, volt: float, ampere: float, *, sep: str = ",", dec: str = ".") -> str:
    """The truth in these units, its columns in the order time, voltage, current, cycle; header may be several lines."""
    columns = TRUTH.time_s * time, TRUTH.voltage_V * volt, TRUTH.current_A * ampere, TRUTH.cycle
    rows = (sep.join(f"{value:.9g}".replace(".", dec) for value in row) for row in zip(*columns, strict=True))
    return "\n".join([header, *rows, ""])


def halves(path, kind: str = "symmetric") -> list[float]:
    cycles = summarise(read_cycling_file(path), kind, "charge").cycles
    return [*cycles["charge_capacity_Ah"].to_list(), *cycles["discharge_capacity_Ah"].to_list()]


TABLES = {
    "a spreadsheet's": table("my cell\nTime (h),Voltage (V),Current (mA),Cycle", 1 / 3600, 1.0, 1e3),
    "a physicist's": table("t / min;U / mV;I / uA;cycle", 1 / 60, 1e3, 1e6, sep=";", dec=","),
    "a German's": table("Zeit [s];Spannung [V];Strom [mA];Zyklus", 1.0, 1.0, 1e3, sep=";", dec=","),
    "a Chinese": table("时间/min,电压/V,电流/A,循环", 1 / 60, 1.0, 1.0),
    "an electrochemist's": table("time/s\tE (V vs. Li/Li+)\tI/mA\tcycle number", 1.0, 1.0, 1e3, sep="\t"),
    "units below the names": table("# Li | Li\nTime,Voltage,Current,Cycle\nmin,V,mA,", 1 / 60, 1.0, 1e3),
    "units in brackets": table("Time,Voltage,Current,Cycle\n[h],[V],[A],[#]", 1 / 3600, 1.0, 1.0),
    "Gamry": table("\tT\tVf\tIm\tCyc\n\ts\tV vs. Ref.\tA\t#", 1.0, 1.0, 1.0, sep="\t").replace("\n0", "\n\t0"),
    "Ivium": table("time /s,E /V,I /A,n", 1.0, 1.0, 1.0),
    "PyBaMM": table("Time [s],Terminal voltage [V],Current [A],Cycle", 1.0, 1.0, -1.0),
    "dates": table("Date,Voltage (V),Current (mA),Cycle", 1 / 86400, 1.0, 1e3),
    "a remark below the last row": table("Time (h),Voltage (V),Current (mA),Cycle", 1 / 3600, 1.0, 1e3) + "the end\n",
}
TABLES["Gamry"] = "\n".join(line if line.startswith("\t") else f"\t{line}" for line in TABLES["Gamry"].splitlines())


@pytest.mark.parametrize("name", TABLES)
def test_named_columns_have_their_units_and_the_sign_that_the_voltage_gives(tmp_path, name):
    (tmp_path / "x.csv").write_text(TABLES[name], encoding="utf-8")
    assert halves(tmp_path / "x.csv") == pytest.approx([HALF_AH] * 6, rel=1e-5)
    told = read_cycling_file(tmp_path / "x.csv").ingest
    assert told.reader.startswith("table of named columns")
    assert ("sign changed" in told.derived[CURRENT]) == (name == "PyBaMM")
    assert any("sign of the current was changed" in said for said in told.said) == (name == "PyBaMM")


@pytest.mark.parametrize("units", [["h", "V", "mA", ""], ["(h)", "(V)", "(mA)", "(#)"]])
def test_units_below_the_names_in_a_workbook(tmp_path, units):
    columns = TRUTH.time_s / 3600, TRUTH.voltage_V, 1e3 * TRUTH.current_A, TRUTH.cycle
    rows = [units, *([float(value) for value in row] for row in zip(*columns, strict=True))]
    write_xlsx(
        tmp_path / "x.xlsx", {"About": [["cell", "7"]], "Data": [["time", "voltage", "current", "cycle"], *rows]}
    )
    assert halves(tmp_path / "x.xlsx") == pytest.approx([HALF_AH] * 6, rel=1e-5)
    assert not any("no numbers" in said for said in read_cycling_file(tmp_path / "x.xlsx").ingest.said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (table("Time (h),Voltage (V),Current (mA),Voltage (V)", 1.0, 1.0, 1.0), "several cells beside each other"),
        (
            "Time (h),Voltage (V),Current (mA)\n" + "".join(f"{n},{3 + n / 9},1\n" for n in range(9)),
            "the current never turns",
        ),
        (
            "t (h),U (V),I (mA)\n" + "".join(f"{n},3.5,{(-1) ** (n // 3)}\n" for n in range(30)),
            "the voltage does not follow",
        ),
        ("Time (h),Voltage (V),Current (mA/g)\n0,3,1\n1,3,1\n2,3,-1\n", "Current / A, or its unit is not known"),
    ],
)
def test_what_cannot_be_told_is_refused(tmp_path, text, said):
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(FileFormatError, match=said):
        read_cycling_file(tmp_path / "x.csv")


@pytest.mark.parametrize("header", ["Seconds,Volts,mA", "s,V,milliamps", "Sekunden,Volt,mA", "sec,V,mA"])
def test_a_column_may_be_called_by_its_unit(tmp_path, header):
    if "milliamps" in header:
        header = header.replace("milliamps", "mAmps")
    (tmp_path / "x.csv").write_text(table(header, 1.0, 1.0, 1e3))
    assert halves(tmp_path / "x.csv") == pytest.approx([HALF_AH] * 6, rel=1e-5)


def test_small_letters_are_no_units_and_two_units_of_a_kind_are_two_cells(tmp_path):
    (tmp_path / "x.csv").write_text(table("s,v,a", 1.0, 1.0, 1.0))
    with pytest.raises(FileFormatError, match="no known cycling format"):
        read_cycling_file(tmp_path / "x.csv")
    (tmp_path / "x.csv").write_text(table("s,V,A,V", 1.0, 1.0, 1.0))
    with pytest.raises(FileFormatError, match="several cells beside each other"):
        read_cycling_file(tmp_path / "x.csv")


def test_a_table_that_lacks_one_column_says_which(tmp_path):
    (tmp_path / "x.csv").write_text(table("Augenblick,Spannung [V],Strom [A]", 1.0, 1.0, 1.0))
    with pytest.raises(FileFormatError, match=r"without Test Time / s: .* Voltage / V and Current / A are understood"):
        read_cycling_file(tmp_path / "x.csv")


def _one_way(positive: str, rests: tuple[int, int], base: float, volts: float) -> str:
    """Return a test of one direction: rows at rest, 30 rows with 0.2 mA written without a sign, rows at rest."""
    drives = [0.0] * rests[0] + [volts] * 30 + [0.0] * rests[1]
    way = 1 if positive == "charge" else -1
    rows = [
        f"{60 * n},{base + way * (drive + drive * n / 200):.4f},{0.2 if drive else 0}" for n, drive in enumerate(drives)
    ]
    return "\n".join(["Time (s),Voltage (V),Current (mA)", *rows]) + "\n"


@pytest.mark.parametrize("positive", ["charge", "discharge"])
@pytest.mark.parametrize(("rests", "base"), [((3, 0), 0.0), ((0, 3), 3.1), ((2, 2), 1.2)])
def test_the_rest_beside_a_current_of_one_direction_tells_its_sign(tmp_path, positive, rests, base):
    (tmp_path / "x.csv").write_text(_one_way(positive, rests, base, 0.05))
    current = read_cycling_file(tmp_path / "x.csv").table[CURRENT].to_numpy()
    assert np.abs(current).max() == pytest.approx(2e-4)
    assert (current >= 0.0).all() if positive == "charge" else (current <= 0.0).all()


def test_a_rest_at_the_voltage_of_the_current_tells_nothing(tmp_path):
    (tmp_path / "x.csv").write_text(_one_way("charge", (3, 3), 3.1, 1e-6))
    with pytest.raises(FileFormatError, match="the voltage does not follow"):
        read_cycling_file(tmp_path / "x.csv")


def test_a_cyclers_own_format_goes_before_its_names(tmp_path):
    text = table("Total Time,Voltage(V),Current(mA),Cycle Index,DataPoint,Time", 1.0, 1.0, 1e3).splitlines()
    rows = [f"{int(float(row.split(',')[0])) // 60}:{int(float(row.split(',')[0])) % 60:02d}" for row in text[1:]]
    lines = [
        f"0:{clock}{row[row.index(',') :]},{n},0:00:00"
        for n, (clock, row) in enumerate(zip(rows, text[1:], strict=True))
    ]
    (tmp_path / "x.csv").write_text("\n".join([text[0], *lines, ""]))
    assert read_cycling_file(tmp_path / "x.csv").ingest.reader.startswith("Neware table")


def test_a_shorted_cell_has_noise_and_no_sign(tmp_path):
    header, *rows = table("Test Time / s,Voltage / V,Current / A,Cycle Count / 1", 1.0, 0.0, 1.0).splitlines()
    noisy = [row.replace(",0,", f",{2e-5 if ',-' in row else -2e-5},", 1) for row in rows]
    (tmp_path / "x.csv").write_text("\n".join([header, *noisy, ""]))
    assert not any("The voltage falls" in one for one in read_cycling_file(tmp_path / "x.csv").ingest.said)


@pytest.mark.parametrize(("sign", "warned"), [(1.0, False), (-1.0, True)])
def test_a_voltage_that_falls_when_the_current_turns_to_charge_is_said(tmp_path, sign, warned):
    (tmp_path / "x.csv").write_text(table("Test Time / s,Voltage / V,Current / A,Cycle Count / 1", 1.0, 1.0, sign))
    said = read_cycling_file(tmp_path / "x.csv").ingest.said
    assert any("The voltage falls whenever the current turns" in one for one in said) == warned


def test_a_draft_takes_units_below_the_names_and_tells_equal_names_apart(tmp_path):
    (tmp_path / "x.csv").write_text(table("Time,Voltage,Density,Density\nh,V,mA/cm2,mA/cm2", 1.0, 1.0, 1.0))
    draft = propose_description(tmp_path / "x.csv")
    assert '"Time [h]" = { as = "Test Time / s", unit = "h" }' in draft
    assert '"Voltage [V]" = { as = "Voltage / V" }' in draft
    assert '"Density [mA/cm2] #2"' in draft


def test_cells_beside_each_other_are_described_one_by_one(tmp_path):
    columns = (TRUTH.time_s, TRUTH.voltage_V, TRUTH.current_A, TRUTH.voltage_V, 2.0 * TRUTH.current_A)
    names = ["t (s)", "U (V)", "I (A)", "U (V)", "I (A)"]
    lines = [",".join(names), *(",".join(f"{value:.9g}" for value in row) for row in zip(*columns, strict=True))]
    (tmp_path / "x.csv").write_text("\n".join([*lines, ""]))
    (tmp_path / "second.toml").write_text(
        'current_positive = "charge"\n[columns]\n"t (s)" = { as = "Test Time / s" }\n'
        '"U (V) #2" = { as = "Voltage / V" }\n"I (A) #2" = { as = "Current / A" }\n'
    )
    found = read_cycling_file(tmp_path / "x.csv", description=tmp_path / "second.toml")
    assert found.table[CURRENT].max() == pytest.approx(5e-4)
    assert CYCLE not in found.table.columns
    assert found.table.schema[CURRENT] == pl.Float64


@pytest.mark.parametrize(
    "unit", ["Hours in hh:mm:ss.xxx", "h:min:s.ms", "HH:MM:SS", "d hh:mm:ss", "Std., hh:mm:ss", "hours:min:sec"]
)
def test_times_as_text_whatever_the_header_calls_their_pattern(tmp_path, unit):
    def clock(seconds: float) -> str:
        return f"{int(seconds // 3600):02d}:{int(seconds % 3600 // 60):02d}:{seconds % 60:06.3f}"

    columns = TRUTH.time_s, TRUTH.voltage_V, TRUTH.current_A, TRUTH.cycle
    rows = [f'"{clock(t)}",{v},{i},{n}' for t, v, i, n in zip(*columns, strict=True)]
    header = f'Test:,25205\nMass (kg),Peak power (W)\n"Total Time ({unit})",Voltage (V),Current (A),Cycle'
    (tmp_path / "x.csv").write_text("\n".join([header, *rows]) + "\n")
    assert halves(tmp_path / "x.csv") == pytest.approx([HALF_AH] * 6, rel=1e-5)


@pytest.mark.parametrize("sign", ["/", "(", "[", "_", " in "])
def test_a_name_as_long_as_a_file_is_looked_at_once(sign):
    start = process_time()
    assert len(readings(20_000 * f"ab{sign}")) == 1
    assert process_time() - start < 0.5
