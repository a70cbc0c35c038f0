"""Formats that are read from generated files of their looks: Neware tables, EC-Lab's exports, other units, old containers."""

import sys
import types

import numpy as np
import polars as pl
import pytest
import xlwt
from cycread.generators import LAND_STATES, Truth, arbin_rows, land_rows, text_of, truth, write_xlsx
from cycread.test_cycread_formats import assert_is
from data_files import real_file

from ionweld.errors import FileFormatError, MissingExtraError
from ionweld.measurement.cycling import CURRENT, CYCLE, STEP, TIME, VOLTAGE
from ionweld.read.cycling import propose_description, read_cycling_file
from ionweld.read.eis import read_spectra

TRUTH = truth(cycles=2, points=12)
MINUTES = truth(cycles=2, points=12, interval_s=60.0)
CHINESE = {"rest": "搁置", "charge": "恒流充电", "discharge": "恒流放电"}
ENGLISH = {"rest": "Rest", "charge": "CC Chg", "discharge": "CC DChg"}


def clock_text(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def neware_8(t: Truth, *, chinese: bool, unit: str = "mA", signed: bool = True):
    header = (
        "数据序号,循环号,工步号,工步类型,时间,总时间,电流(mA),电压(V),容量(mAh),能量(mWh),绝对时间"
        if chinese
        else "DataPoint,Cycle Index,Step Index,Step Type,Time,Total Time,Current(mA),Voltage(V),Capacity(mAh),Energy(mWh),Date"
    )
    factor = {"mA": 1e3, "uA": 1e6, "A": 1.0}[unit]
    names = header.replace("mA)", f"{unit})").replace("mAh)", f"{unit}h)").split(",")
    words = CHINESE if chinese else ENGLISH
    rows = []
    for i in range(t.rows):
        flow = t.current_A[i] if signed else abs(t.current_A[i])
        times = clock_text(t.step_time_s[i]), clock_text(t.time_s[i])
        numbers = flow * factor, t.voltage_V[i], t.step_capacity_Ah[i] * factor, 0.0, t.clock[i]
        rows.append([i + 1, int(t.cycle[i]), int(t.step_id[i]), words[t.kind[i]], *times, *numbers])
    return names, rows


def neware_7(t: Truth):
    header = "Record ID,Cycle ID,Step ID,Step Name,Time(h:min:s.ms),Voltage(V),Current(mA),Capacity(mAh),Capacitance_Chg(mAh),"
    names = (header + "Capacitance_DChg(mAh),Realtime").split(",")
    into, out = t.counter("charge") * 1e3, t.counter("discharge") * 1e3
    rows = []
    for i in range(t.rows):
        step = f"{clock_text(t.step_time_s[i])}.000"
        counts = t.step_capacity_Ah[i] * 1e3, into[i], out[i]
        rows.append(
            [i + 1, int(t.cycle[i]), int(t.step_id[i]), ENGLISH[t.kind[i]], step, t.voltage_V[i], t.current_A[i] * 1e3, *counts, t.clock[i]]
        )  # fmt: skip
    return names, rows


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("chinese", [True, False])
@pytest.mark.parametrize(("unit", "signed"), [("mA", True), ("uA", True), ("A", False)])
def test_tables_of_btsda_8(tmp_path, chinese, encoding, unit, signed):
    path = tmp_path / "x.csv"
    path.write_bytes(text_of(neware_8(TRUTH, chinese=chinese, unit=unit, signed=signed)).encode(encoding))
    measurement = read_cycling_file(path)
    assert measurement.provenance.software.startswith("Neware table")
    assert_is(measurement.table, TRUTH)


@pytest.mark.parametrize("chinese", [True, False])
def test_workbooks_of_btsda_8(tmp_path, chinese):
    header, rows = neware_8(TRUTH, chinese=chinese)
    path = write_xlsx(tmp_path / "x.xlsx", {"unit": [["plan"]], "record": [header, *rows]})
    assert_is(read_cycling_file(path).table, TRUTH)


def test_tables_of_btsda_7_whose_test_time_follows_from_the_clock(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(text_of(neware_7(TRUTH)))
    measurement = read_cycling_file(path)
    assert_is(measurement.table, TRUTH)
    assert "clock times only" in measurement.ingest.derived[TIME]  # type: ignore[union-attr]


# cycle numbers of Neware's binaries


def _neware(monkeypatch, words: list[str], raw: list[int]):
    import fastnda

    n = len(words)
    frame = pl.DataFrame(
        {
            "index": range(1, n + 1), "voltage_V": [3.3] * n, "current_mA": [0.1 if "_Chg" in word else -0.1 for word in words],
            "unix_time_s": [60.0 * i for i in range(n)], "step_time_s": [0.0] * n, "total_time_s": [60.0 * i for i in range(n)],
            "cycle_count": raw, "step_count": range(1, n + 1), "step_index": [1] * n, "step_type": words,
            "capacity_mAh": [0.0] * n, "energy_mWh": [0.0] * n,
        }
    )  # fmt: skip
    monkeypatch.setattr(fastnda, "read", lambda path, cycle_mode: frame)
    return real_file("cycling/neware_small.ndax")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["Rest", "CC_Chg", "CV_Chg", "Rest", "CC_DChg", "CC_Chg", "CC_DChg"], [1, 1, 1, 1, 1, 2, 2]),
        (["CC_DChg", "CC_Chg", "Rest", "CC_DChg", "CP_DChg", "CC_Chg"], [1, 1, 1, 2, 2, 2]),
        (["CC_Chg", "CC_DChg", "Rest", "CC_Chg"], [1, 1, 1, 2]),
    ],
)
def test_cycles_are_those_that_btsda_shows_and_the_raw_count_stands_beside(monkeypatch, words, shown):
    raw = [1] * len(words)
    path = _neware(monkeypatch, words, raw)
    measurement = read_cycling_file(path)
    assert measurement.table[CYCLE].to_list() == shown
    assert measurement.table["cycle_count of the raw file"].to_list() == raw
    assert f"The raw file counts 1 cycle, the vendor's program shows {max(shown)}: the program's is taken" in said(
        measurement
    )
    own = read_cycling_file(path, cycles="file")
    assert own.table[CYCLE].to_list() == raw
    assert own.table["cycle_count of the program"].to_list() == shown
    assert "1 cycle holds more than one charge or discharge" in said(own)


def said(measurement) -> str:
    return "\n".join(measurement.ingest.warnings)


# EC-Lab


MPT_NAMES = [
    "mode",
    "ox/red",
    "Ns",
    "time/s",
    "dq/mA.h",
    "(Q-Qo)/mA.h",
    "control/V/mA",
    "Ewe/V",
    "cycle number",
    "<I>/mA",
]


def ec_lab(t: Truth, names=MPT_NAMES, time=None, without=()):
    net = (t.running("charge") - t.running("discharge")) * 1e3
    rows = []
    for i in range(t.rows):
        moment = t.time_s[i] if time is None else time(t, i)
        dq = net[i] - (net[i - 1] if i else 0.0)
        row = [1, int(t.current_A[i] > 0), int(t.step_id[i]), moment, dq, net[i], 0.1, t.voltage_V[i], int(t.cycle[i])]
        rows.append([*row, t.current_A[i] * 1e3])
    keep = [at for at, name in enumerate(MPT_NAMES) if name not in without]
    return [names[at] for at in keep], [[row[at] for at in keep] for row in rows]


def ec_lab_text(rows, *, settings: bool = True) -> str:
    above = ["EC-Lab ASCII FILE", "Nb header lines : 4", ""] if settings else []
    return text_of(rows, "\t", ends="\r\n", above=above)


@pytest.mark.parametrize("settings", [True, False])
@pytest.mark.parametrize(
    ("voltage", "current"), [("Ewe/V", "<I>/mA"), ("<Ewe/V>", "<I/mA>"), ("<Ewe>/V", "I/mA"), ("Ecell/V", "<I>/mA")]
)
def test_ec_lab_with_any_name_of_its_columns_and_without_its_settings(tmp_path, settings, voltage, current):
    names = [{"Ewe/V": voltage, "<I>/mA": current}.get(name, name) for name in MPT_NAMES]
    path = tmp_path / "x.txt"
    path.write_bytes(ec_lab_text(ec_lab(TRUTH, names), settings=settings).encode("latin-1"))
    assert_is(read_cycling_file(path).table, TRUTH)


def test_ec_lab_with_absolute_times(tmp_path):
    path = tmp_path / "x.mpt"
    rows = ec_lab(TRUTH, time=lambda t, i: t.clock[i].strftime("%m/%d/%Y %H:%M:%S.0000"))
    path.write_bytes(ec_lab_text(rows).encode("latin-1"))
    measurement = read_cycling_file(path)
    assert_is(measurement.table, TRUTH)
    assert measurement.table["Unix Time / s"][0] == 1714487599.0  # 04/30/2024


def test_ec_lab_without_a_current_gets_it_from_the_charge(tmp_path):
    path = tmp_path / "mb.mpt"
    path.write_bytes(ec_lab_text(ec_lab(TRUTH, without=("<I>/mA",))).encode("latin-1"))
    measurement = read_cycling_file(path)
    inside = measurement.table.filter(pl.col(STEP) == pl.col(STEP).shift(1))
    expected = TRUTH.current_A[1:][np.diff(TRUTH.step_count) == 0]
    np.testing.assert_allclose(inside[CURRENT].to_numpy(), expected, rtol=1e-6)


def test_ec_lab_with_impedance_between_gives_each_door_its_rows(tmp_path):
    header, rows = ec_lab(TRUTH)
    header = [*header, "freq/Hz", "Re(Z)/Ohm", "-Im(Z)/Ohm"]
    cycling = [[*row, 0.0, 0.0, 0.0] for row in rows]
    sweep = [[*rows[11][:-1], 0.0, 10.0 ** (5 - n / 2), 100.0 + n, 10.0 + n] for n in range(11)]
    path = tmp_path / "x.mpt"
    path.write_bytes(ec_lab_text((header, cycling[:12] + sweep + cycling[12:])).encode("latin-1"))
    measurement = read_cycling_file(path)
    assert_is(measurement.table, TRUTH)
    assert measurement.ingest is not None
    assert measurement.ingest.dropped == (
        "11 rows with a frequency are impedance sweeps between the cycling: ionweld eis reads them",
    )
    (spectrum,) = read_spectra(path)
    assert spectrum.frequency_Hz.size == 11


# other instruments and units


def test_basytec(tmp_path):
    t = TRUTH
    header = ["~Time[h]", "DataSet", "t-Step[h]", "Line", "Command", "U[V]", "I[A]", "Ah[Ah]", "T1[°C]", "Cyc-Count"]
    net = t.running("charge") - t.running("discharge")
    rows = [
        [t.time_s[i] / 3600, i + 1, t.step_time_s[i] / 3600, int(t.step_id[i]), "x", t.voltage_V[i], t.current_A[i], net[i], 25.0, int(t.cycle[i])]
        for i in range(t.rows)
    ]  # fmt: skip
    path = tmp_path / "x.txt"
    above = ["~Resultfile from Basytec Battery Test System", "~Start of Test: 19.06.2023 17:56:53", "~"]
    path.write_bytes(text_of((header, rows), "\t", above=above).encode("latin-1"))
    measurement = read_cycling_file(path)
    assert measurement.provenance.software.startswith("Basytec")
    assert_is(measurement.table, t)


def test_novonix(tmp_path):
    t = TRUTH
    names = "Date and Time,Cycle Number,Step Type,Run Time (h),Step Time (h),Current (A),Potential (V),Capacity (Ah),"
    header = (names + "Temperature (°C),Energy (Wh),Step Number,Step Position").split(",")
    net = t.running("charge") - t.running("discharge")
    rows = [
        [
            t.clock[i], int(t.cycle[i]), int(t.step_id[i]), t.time_s[i] / 3600, t.step_time_s[i] / 3600, t.current_A[i],
            t.voltage_V[i], net[i], 25.0, 0.0, int(t.step_count[i]), 0,
        ]
        for i in range(t.rows)
    ]  # fmt: skip
    path = tmp_path / "x.csv"
    path.write_text(
        text_of((header, rows), above=["[Summary]", "Novonix UHPC", "[End Summary]", "[Data]"]), encoding="utf-8"
    )
    measurement = read_cycling_file(path)
    assert measurement.provenance.software.startswith("Novonix")
    assert_is(measurement.table, t)
    assert set(measurement.table["Step Type (as in the file)"]) == {1.0, 2.0, 3.0}


def test_digatron_with_its_units_below_the_names(tmp_path):
    t = MINUTES
    header = [
        "Time Stamp",
        "Step",
        "Status",
        "Prog Time",
        "Step Time",
        "Cycle",
        "Procedure",
        "Voltage",
        "Current",
        "Temperature",
        "AhAccu",
        "Cnt",
    ]
    net = t.running("charge") - t.running("discharge")
    words = {"rest": "PAU", "charge": "CHA", "discharge": "DCH"}
    rows = [
        [
            t.clock[i], int(t.step_id[i]), words[t.kind[i]], f"{clock_text(t.time_s[i])}.000",
            f"{clock_text(t.step_time_s[i])}.000", int(t.cycle[i]), "p", t.voltage_V[i] * 1e3, t.current_A[i] * 1e3, 25.0,
            net[i], 1,
        ]
        for i in range(t.rows)
    ]  # fmt: skip
    units = ["", "", "", "", "", "", "", "[mV]", "[mA]", "[C]", "[Ah]", "[Cnt]"]
    path = tmp_path / "x.csv"
    path.write_text(text_of((header, [units, *rows])))
    measurement = read_cycling_file(path)
    assert measurement.provenance.software.startswith("Digatron")
    assert_is(measurement.table, t)


@pytest.mark.parametrize("units", [("min", "mV", "mA", "mAh"), ("h", "V", "uA", "uAh"), ("ms", "mV", "A", "Ah")])
def test_the_battery_data_format_in_other_units(tmp_path, units):
    time, volt, ampere, hours = units
    factor = {"min": 60.0, "h": 3600.0, "ms": 1e-3, "mV": 1e-3, "V": 1.0, "mA": 1e-3, "uA": 1e-6, "A": 1.0, "mAh": 1e-3, "uAh": 1e-6, "Ah": 1.0}  # fmt: skip
    table = {
        f"Test Time / {time}": TRUTH.time_s / factor[time],
        f"Voltage / {volt}": TRUTH.voltage_V / factor[volt],
        f"Current / {ampere}": TRUTH.current_A / factor[ampere],
        "Cycle Count / 1": TRUTH.cycle,
        "Step Count / 1": TRUTH.step_count,
        f"Charging Capacity / {hours}": TRUTH.running("charge") / factor[hours],
        f"Discharging Capacity / {hours}": TRUTH.running("discharge") / factor[hours],
    }
    pl.DataFrame(table).write_csv(tmp_path / "x.csv")
    pl.DataFrame(table).write_parquet(tmp_path / "x.parquet")
    for path in (tmp_path / "x.csv", tmp_path / "x.parquet"):
        assert_is(read_cycling_file(path).table, TRUTH)


@pytest.mark.parametrize(
    "names",
    [
        ("test_time_second", "voltage_volt", "current_ampere"),
        ("test_time_hour", "voltage_millivolt", "current_milliampere"),
    ],
)
def test_machine_readable_names_in_parquet(tmp_path, names):
    factors = {"hour": 3600.0, "millivolt": 1e-3, "milliampere": 1e-3}
    values = zip(names, (TRUTH.time_s, TRUTH.voltage_V, TRUTH.current_A), strict=True)
    table = {name: value / factors.get(name.rpartition("_")[2], 1.0) for name, value in values}
    path = tmp_path / "x.parquet"
    pl.DataFrame({**table, "cycle_count": TRUTH.cycle, "step_count": TRUTH.step_count}).write_parquet(path)
    assert_is(read_cycling_file(path).table, TRUTH)


def test_arbin_in_other_units_and_as_parquet(tmp_path):
    header, rows = arbin_rows(TRUTH)
    swap = {"Current (A)": ("Current (mA)", 1e3), "Voltage (V)": ("Voltage (mV)", 1e3), "Test Time (s)": ("Test Time (h)", 1 / 3600),
            "Charge Capacity (Ah)": ("Charge Capacity (mAh)", 1e3), "Discharge Capacity (Ah)": ("Discharge Capacity (mAh)", 1e3)}  # fmt: skip
    factors = [swap.get(name, (name, None))[1] for name in header]
    named = [swap.get(name, (name, None))[0] for name in header]
    scaled = [[value * factor if factor else value for value, factor in zip(row, factors, strict=True)] for row in rows]
    path = tmp_path / "x.csv"
    path.write_text(text_of((named, scaled)))
    assert_is(read_cycling_file(path).table, TRUTH)
    pl.read_csv(path).write_parquet(tmp_path / "x.parquet")
    assert_is(read_cycling_file(tmp_path / "x.parquet").table, TRUTH)


# old containers


def test_an_old_excel_workbook(tmp_path):
    header, rows = land_rows(TRUTH, "Sec", "mA", "mAh")
    book = xlwt.Workbook()
    sheet = book.add_sheet("Record")
    for r, row in enumerate([header, *rows]):
        for c, value in enumerate(row):
            if value is not None:
                sheet.write(
                    r,
                    c,
                    value.item()
                    if isinstance(value, np.generic)
                    else value
                    if not hasattr(value, "year")
                    else str(value),
                )
    book.save(str(tmp_path / "x.xls"))
    assert_is(read_cycling_file(tmp_path / "x.xls").table, TRUTH)


def _database(monkeypatch, tables: dict[str, dict[str, list]]):
    class AccessParser:
        def __init__(self, path: str) -> None:
            self.catalog = dict.fromkeys(tables, 1)

        def parse_table(self, name: str) -> dict[str, list]:
            return tables[name]

    module = types.ModuleType("access_parser")
    module.AccessParser = AccessParser  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "access_parser", module)


def _res(tmp_path):
    path = tmp_path / "x.res"
    path.write_bytes(b"\x00\x01\x00\x00Standard Jet DB\x00" + b"\x00" * 4096)
    return path


def _records(t: Truth, test_id=None) -> dict[str, list]:
    backwards = range(t.rows - 1, -1, -1)  # pages of a database are in no order
    return {
        "Test_ID": [1 if test_id is None else test_id[i] for i in backwards],
        "Data_Point": [i + 1 for i in backwards], "Test_Time": [t.time_s[i] for i in backwards],
        "Step_Time": [t.step_time_s[i] for i in backwards], "DateTime": [45412.6 + t.time_s[i] / 86400 for i in backwards],
        "Step_Index": [int(t.step_id[i]) for i in backwards], "Cycle_Index": [int(t.cycle[i]) for i in backwards],
        "Current": [t.current_A[i] for i in backwards], "Voltage": [t.voltage_V[i] for i in backwards],
        "Charge_Capacity": [t.running("charge")[i] for i in backwards],
        "Discharge_Capacity": [t.running("discharge")[i] for i in backwards],
    }  # fmt: skip


def test_an_arbin_database_whose_rows_are_in_no_order(tmp_path, monkeypatch):
    _database(monkeypatch, {"Channel_Normal_Table": _records(TRUTH)})
    measurement = read_cycling_file(_res(tmp_path))
    assert measurement.provenance.software.startswith("Arbin")
    assert_is(measurement.table, TRUTH)
    assert measurement.table["Unix Time / s"][0] == pytest.approx((45412.6 - 25569) * 86400)


def test_a_database_of_another_kind_or_of_several_tests_is_refused(tmp_path, monkeypatch):
    _database(monkeypatch, {"Customers": {}})
    with pytest.raises(FileFormatError, match=r"without the table 'Channel_Normal_Table' of Arbin; it has Customers"):
        read_cycling_file(_res(tmp_path))
    _database(monkeypatch, {"Channel_Normal_Table": _records(TRUTH, [1 + i % 2 for i in range(TRUTH.rows)])})
    with pytest.raises(FileFormatError, match="holds 2 tests"):
        read_cycling_file(_res(tmp_path))


def test_a_database_without_its_reader_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "access_parser", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'ionweld\[arbin\]'"):
        read_cycling_file(_res(tmp_path))


# what is nothing, and what is named


@pytest.mark.parametrize("blanks", [1, 2, 5])
def test_blank_lines_below_a_header_are_nothing(tmp_path, blanks):
    header, rows = arbin_rows(TRUTH)
    text = text_of((header, rows)).replace("\n", "\n" * (blanks + 1), 1)
    (tmp_path / "x.csv").write_text(text)
    assert_is(read_cycling_file(tmp_path / "x.csv").table, TRUTH)


def test_a_row_that_is_shorter_than_the_header_costs_what_it_lacks(tmp_path):
    header, rows = land_rows(TRUTH, "Sec", "mA", "mAh", signed=True)
    text = text_of((header, rows)).splitlines()
    text[1] = ",".join(text[1].split(",")[:8])
    (tmp_path / "x.csv").write_text("\n".join(text) + "\n")
    measurement = read_cycling_file(tmp_path / "x.csv")
    assert measurement.table.height == TRUTH.rows
    assert measurement.table[VOLTAGE].to_list() == pytest.approx(TRUTH.voltage_V.tolist())


# a draft of a description


def test_a_draft_of_a_description_names_what_it_knows_and_asks_what_it_does_not(tmp_path):
    header, rows = land_rows(TRUTH, "Sec", "mA", "mAh")
    header = ["Zeit" if name == "TestTime/Sec" else name for name in header]
    path = tmp_path / "x.csv"
    path.write_text(text_of((header, rows), ";", ",", above=["aus dem Keller"]), encoding="utf-8")
    with pytest.raises(FileFormatError, match="--description"):
        read_cycling_file(path)
    draft = propose_description(path)
    for line in (
        '"Current/mA" = { as = "Current / A", unit = "mA" }', '"Zeit" = { as = "Test Time / s", unit = "?" }', '"Voltage/V" = { as = "Voltage / V" }',
        '"RateC" = "CC_CHG"', 'current_positive = "?"',
    ):  # fmt: skip
        assert line in draft.splitlines() or any(found.startswith(line) for found in draft.splitlines())
    toml = tmp_path / "x.toml"
    toml.write_text(draft, encoding="utf-8")
    with pytest.raises(Exception, match="current_positive"):  # a draft is not valid before its owner has spoken
        read_cycling_file(path, description=toml)
    mended = draft.replace('"?"  #', '"by state"  #').replace(
        '"Zeit" = { as = "Test Time / s", unit = "?" }', '"Zeit" = { as = "Test Time / s" }'
    )
    toml.write_text(mended, encoding="utf-8")
    assert_is(read_cycling_file(path, description=toml).table, TRUTH)
    assert set(LAND_STATES.values()) == {"R", "RateC", "RateD"}


def test_a_draft_of_no_table_is_refused(tmp_path):
    (tmp_path / "x.txt").write_text("buy milk\neggs, butter, flour\n")
    with pytest.raises(FileFormatError, match="no table"):
        propose_description(tmp_path / "x.txt")


OPEN_CIRCUIT = "EC-Lab ASCII FILE\r\nNb header lines : 6\r\n\r\n{title}\r\nRecord Ece\r\n{names}\r\n"


@pytest.mark.parametrize(
    ("names", "row"),
    [("time/s\tEwe/V", "{t}\t{v}\r\n"), ("mode\terror\ttime/s\tEwe/V\tEce/V", "1\t0\t{t}\t{v}\t0.1\r\n")],
)
def test_ec_lab_at_open_circuit_has_no_current_and_one_that_was_left_out_is_asked_for(tmp_path, names, row):
    rows = "".join(row.format(t=60 * i, v=3.5 + i / 1e4) for i in range(30))
    (tmp_path / "ocv.mpt").write_text(OPEN_CIRCUIT.format(title="Open Circuit Voltage", names=names) + rows)
    test = read_cycling_file(tmp_path / "ocv.mpt")
    assert test.table["Current / A"].to_list() == [0.0] * 30
    assert "the technique is open circuit" in test.ingest.derived["Current / A"]
    (tmp_path / "cut.mpt").write_text(OPEN_CIRCUIT.format(title="Galvanostatic Cycling", names=names) + rows)
    with pytest.raises(FileFormatError, match="no column for Current / A"):
        read_cycling_file(tmp_path / "cut.mpt")
