"""Tables as people and their programs leave them: apart by blanks, per area, in other languages, with clocks of a day."""

import re
from datetime import timedelta
from functools import partial
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from command_line import ionweld
from cycread.generators import maccor_rows, text_of, truth, write_xlsx

import ionweld as iw
from ionweld.analyse.cycling import summarise
from ionweld.errors import AreaUnknownError, FileFormatError, InputError, SpecError
from ionweld.infer.moments import GivenFile
from ionweld.infer.observation import read_files
from ionweld.measurement.cycling import CURRENT, PRESSURE, SENSOR, TEMPERATURE, TIME
from ionweld.read.cycling import propose_description, read_cycling_file
from ionweld.spec.cell import load_cell
from ionweld.spec.derived import derive

EXAMPLES = Path(__file__).parents[2] / "examples"
TRUTH = truth()
HALF_AH = 2.5e-4 * 19 * 30.0 / 3600.0  # of each half cycle: 19 intervals of 30 s
AREA_CM2 = 0.785
HOURS, VOLTS, MILLIAMPERES, CYCLE = TRUTH.time_s / 3600, TRUTH.voltage_V, 1e3 * TRUTH.current_A, TRUTH.cycle
DENSITY = MILLIAMPERES / AREA_CM2
WORDS = [{"rest": "Rest", "charge": "CC Chg", "discharge": "CC DChg"}[kind] for kind in TRUTH.kind]
LATE = [moment + timedelta(hours=9, minutes=10) for moment in TRUTH.clock]  # midnight falls into the first charge


def table(header: str, *columns, sep: str = ",", dec: str = ".", form: str = "{:.9g}", end: str = "") -> str:
    def cell(value) -> str:
        return value if isinstance(value, str) else form.format(value).replace(".", dec)

    return "\n".join([header, *(sep.join(map(cell, row)) for row in zip(*columns, strict=True)), end])


plain = partial(table, form="{:.9g}")
usual = partial(table, form="{:<12.9g}", sep=" ")
FOUR = HOURS, VOLTS, MILLIAMPERES, CYCLE
DAYS = [f"{moment:%d.%m.%Y}" for moment in LATE]
TIMES_OF_DAY = [f"{moment:%H:%M:%S}" for moment in LATE]


def clock(form: str) -> list[str]:
    return [moment.strftime(form) for moment in LATE]


APART = {
    "printed in columns": table(" Time / h   U / V   Current / mA   Cycle", *FOUR, form="{:14.9g}", sep=""),
    "numpy": table("# time(h) voltage(V) current(mA) cycle", *FOUR, form="{:.18e}", sep=" "),
    "numpy, units below": table("# time voltage current cycle\n# h V mA -", *FOUR, sep=" "),
    "decimal commas": table("t/h U/V I/mA Zyklus", *FOUR, sep=" ", dec=","),
    "names with blanks": usual("Test Time (h)   Cell Voltage (V)   Current (mA)   Cycle Number", *FOUR),
    "names with blanks, rows without": plain("Time (h)   Cell Voltage (V)   Current (mA)   Cycle", *FOUR, sep=" "),
    "pandas numbers rows": usual(" Time (h)  Voltage (V)  Current (mA)  Cycle", np.arange(TRUTH.rows), *FOUR),
    "R numbers rows": plain('"time_h" "voltage_V" "current_mA" "cycle"', [f'"{n}"' for n in CYCLE], *FOUR, sep=" "),
    "Chinese": usual("时间/h    电压/V    电流/mA    循环", *FOUR),
    "states of two words": usual("Time(h)   Voltage(V)  Current(mA)  Cycle   Status", *FOUR, WORDS),
    "a clock": usual("Date Time   Voltage(V)  Current(mA)  Cycle", clock("%Y-%m-%d %H:%M:%S  "), *FOUR[1:]),
    "remarks": "% of cell 7\n" + plain("% t(h) E(V) I(mA) cycle", *FOUR, sep=" ", end="% the end\n"),
    "prose above": "Test of the cell\nTime in h, Voltage (V), Current (mA) are below\n\n"
    + usual("Time/h  Voltage/V  Current/mA  Cycle", *FOUR),
}
PER_AREA = {
    "in brackets": plain("Time (h),Voltage (V),Current density (mA/cm2),Cycle", HOURS, VOLTS, DENSITY, CYCLE),
    "as physicists": plain("t/h;U/V;j/mA cm-2;Zyklus", HOURS, VOLTS, DENSITY, CYCLE, sep=";", dec=","),
    "typeset": plain("Time (h)\tU (V)\tj (mA·cm⁻²)\tcycle", HOURS, VOLTS, DENSITY, CYCLE, sep="\t"),
    "per square metre": plain("Time (h),U (V),J (A/m^2),cycle", HOURS, VOLTS, 10 * DENSITY, CYCLE),
    "micro": plain("Time (h),U (V),i (µA cm^-2),cycle", HOURS, VOLTS, 1e3 * DENSITY, CYCLE),
    "Chinese": plain("时间(h),电压(V),电流密度(mA/cm2),循环", HOURS, VOLTS, DENSITY, CYCLE),
    "units below": plain("Time,Voltage,Current density,Cycle\nh,V,mA cm-2,", HOURS, VOLTS, DENSITY, CYCLE),
    "apart by blanks": usual("t/h U/V j/mAcm-2 cycle", HOURS, VOLTS, DENSITY, CYCLE),
}
OTHERS = {
    "Excel says its delimiter": "sep=;\n" + plain("Zeit (h);Spannung (V);Strom (mA);Zyklus", *FOUR, sep=";", dec=","),
    "Origin": plain("A(X)\tB(Y)\tC(Y)\tD(Y)\nTime\tVoltage\tCurrent\tCycle\nh\tV\tmA\t\ncell 7\tb\tc\t", *FOUR, sep="\t"),
    "words for units": plain("Laufzeit [Std.];Klemmenspannung [V];Zeit;Stromstärke [mA];Zyklenzahl",
                             HOURS, VOLTS, WORDS, MILLIAMPERES, CYCLE, sep=";", dec=","),
    "units after in": plain("Zeit in h;Spannung in V;Strom in mA;Zyklus", *FOUR, sep=";", dec=","),
    "Chinese units": plain("时间（小时）,电压（伏）,电流（毫安）,圈数", *FOUR),
    "French": plain("Temps (h);Tension (V);Courant (mA);Cycle", *FOUR, sep=";", dec=","),
    "Japanese": plain("時間(h),電圧(V),電流(mA),サイクル", *FOUR),
    "between bars": plain("Time (h)|Voltage (V)|Current (mA)|Cycle", *FOUR, sep="|"),
    "against lithium": plain("Time (h),Potential vs. Li/Li+ (V),Current (mA),Cycle #", *FOUR),
    "abbreviations": plain("Time (sec.),Voltage (Volt),Current (mAmp),Cycle", TRUTH.time_s, *FOUR[1:]),
    "both currents": plain("Time (h),U (V),j (mA/cm2),I (mA),Cycle", HOURS, VOLTS, 7 * DENSITY, MILLIAMPERES, CYCLE),
    "date and time apart": plain("Datum;Uhrzeit;Spannung [V];Strom [mA];Zyklus", DAYS, TIMES_OF_DAY, *FOUR[1:], sep=";"),
    "the time of day alone": plain("Time,Voltage (V),Current (mA),Cycle", TIMES_OF_DAY, *FOUR[1:]),
    "before and after noon": plain("Date,U (V),I (mA),Cycle", clock("%m/%d/%Y %I:%M:%S %p"), *FOUR[1:]),
    "with a time zone": plain("timestamp,U (V),I (mA),Cycle", clock("%Y-%m-%dT%H:%M:%S.000+01:00"), *FOUR[1:]),
}  # fmt: skip


def halves(path, **how) -> list[float]:
    cycles = summarise(read_cycling_file(path, **how), "symmetric", "charge").cycles
    return [*cycles["charge_capacity_Ah"].to_list(), *cycles["discharge_capacity_Ah"].to_list()]


@pytest.mark.parametrize("text", [*APART.values(), *OTHERS.values()], ids=[*APART, *OTHERS])
def test_what_a_person_can_read_is_read(tmp_path, text):
    (tmp_path / "x.txt").write_text(text, encoding="utf-8")
    assert halves(tmp_path / "x.txt") == pytest.approx([HALF_AH] * 6, rel=1e-5)


FOREIGN = {
    "Italian": ("latin-1", "Tempo (h);Tensione (V);Corrente (mA);Ciclo"),
    "Russian": ("cp1251", "Время, ч;Напряжение, В;Ток, мА;Цикл"),
    "Russian in UTF-8": ("utf-8", "Время (ч);Напряжение (В);Ток (мА);Цикл"),
    "Polish": ("cp1250", "Czas [h];Napięcie [V];Prąd [mA];Cykl"),
    "Korean": ("cp949", "시간(h);전압(V);전류(mA);사이클"),
    "Japanese": ("shift_jis", "経過時間(h);電圧(V);電流(mA);サイクル"),
    "Spanish": ("cp1252", "Tiempo (h);Tensión (V);Intensidad (mA);Ciclo"),
    "Swedish": ("utf-8", "Tid (h);Spänning (V);Ström (mA);Cykel"),
    "Danish": ("latin-1", "Tid (h);Spænding (V);Strøm (mA);Cyklus"),
    "Finnish": ("utf-8", "Aika (h);Jännite (V);Virta (mA);Sykli"),
    "Turkish": ("utf-8", "Zaman (h);Gerilim (V);Akım (mA);Döngü"),
    "Czech": ("utf-8", "Čas (h);Napětí (V);Proud (mA);Cyklus"),
    "Dutch": ("utf-8", "Tijd (h);Spanning (V);Stroom (mA);Cyclus"),
}


@pytest.mark.parametrize(("encoding", "header"), FOREIGN.values(), ids=FOREIGN)
def test_a_table_in_another_language_and_its_encoding(tmp_path, encoding, header):
    (tmp_path / "x.csv").write_text(plain(header, *FOUR, sep=";", dec=","), encoding=encoding)
    assert halves(tmp_path / "x.csv") == pytest.approx([HALF_AH] * 6, rel=1e-5)


@pytest.mark.parametrize("name", ["Status", "状態", "Modus"])
@pytest.mark.parametrize(
    "words",
    [
        ("rest", "charge", "discharge"),
        ("休止", "充電", "放電"),
        ("Ruhe", "Laden", "Entladen"),
        ("静置", "充电", "放电"),
        ("静置", "恒流充电", "恒流放电"),
        ("Rest", "CC Chg", "CC DChg"),
        ("rest", "CCCV_Charge", "CC-Discharge"),
        ("Rest", "Constant current charge", "Constant current discharge"),
        ("Repos", "Charge", "Décharge"),
        ("Reposo", "Carga", "Descarga"),
    ],
)
def test_a_current_without_a_sign_goes_by_the_state(tmp_path, name, words):
    state = [dict(zip(("rest", "charge", "discharge"), words, strict=True))[kind] for kind in TRUTH.kind]
    text = plain(f"Time (h),Voltage (V),Current (mA),Cycle,{name}", HOURS, VOLTS, np.abs(MILLIAMPERES), CYCLE, state)
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    read = read_cycling_file(tmp_path / "x.csv")
    np.testing.assert_allclose(read.table[CURRENT].to_numpy(), TRUTH.current_A, atol=1e-12)
    assert halves(tmp_path / "x.csv") == pytest.approx([HALF_AH] * 6, rel=1e-5)


@pytest.mark.parametrize("english", [True, False])
def test_toyo_tells_the_direction_by_its_condition(tmp_path, english):
    rows = [[f"{moment:%Y/%m/%d}", f"{moment:%H:%M:%S}"] for moment in LATE]
    numbers = zip(TRUTH.step_time_s, TRUTH.voltage_V, np.abs(MILLIAMPERES), strict=True)
    if english:
        top = "0,0,1,0,0,0,0\n\n\nDate,Time,PassTime[Sec],Voltage[V],Current[mA],,,Temp1[Deg],,,,,Condition,Mode,Cycle,TotlCycle,PassedDate,Temp1[Deg]"
        way = {"charge": 1, "discharge": 2, "rest": 0}
        ends = [
            f",,,24.50,,,,,{way[kind]},{1 + way[kind]},1,{cycle},0,24.50"
            for kind, cycle in zip(TRUTH.kind, CYCLE, strict=True)
        ]
    else:
        top = "日付,時刻,経過時間[Sec],電圧[V],電流[mA],状態,サイクル"
        way = {"charge": "充電", "discharge": "放電", "rest": "休止"}
        ends = [f",{way[kind]},{cycle}" for kind, cycle in zip(TRUTH.kind, CYCLE, strict=True)]
    lines = [
        ",".join([*row, *(f"{x:.6g}" for x in trio)]) + end for row, trio, end in zip(rows, numbers, ends, strict=True)
    ]
    (tmp_path / "000001").write_text("\n".join([top, *lines, ""]), encoding="utf-8" if english else "shift_jis")
    read = read_cycling_file(tmp_path / "000001")
    assert read.provenance.software.startswith("Toyo TOSCAT")
    np.testing.assert_allclose(read.table[CURRENT].to_numpy(), TRUTH.current_A, atol=1e-9)
    np.testing.assert_allclose(read.table[TIME].to_numpy(), TRUTH.time_s - TRUTH.time_s[0], atol=1.0)
    assert halves(tmp_path / "000001") == pytest.approx([HALF_AH] * 6, rel=1e-2)


@pytest.mark.parametrize("text", PER_AREA.values(), ids=PER_AREA)
def test_a_current_per_area_needs_the_area(tmp_path, text):
    path = tmp_path / "x.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AreaUnknownError, match=r"per area, and the cell's area is not known. Give it with --area"):
        read_cycling_file(path)
    assert halves(path, area_m2=1e-4 * AREA_CM2) == pytest.approx([HALF_AH] * 6, rel=1e-5)
    (tmp_path / "x.txt.toml").write_text(f'area = "{AREA_CM2} cm^2"')
    read = read_cycling_file(path)
    assert read.context.area_m2 == pytest.approx(1e-4 * AREA_CM2)
    assert any("times the area that was given, 0.785 cm2" in sentence for sentence in read.ingest.said)
    assert summarise(read, "symmetric", "charge").cycles["current_density_mA_cm2"][0] == pytest.approx(DENSITY.max())


def test_an_area_that_is_told_reaches_the_reader_through_every_door(tmp_path):
    path, area = tmp_path / "x.csv", f"{AREA_CM2} cm^2"
    path.write_text(PER_AREA["in brackets"])
    (unsaid,) = iw.look(path)
    assert (unsaid.kind, unsaid.technique) == ("not read", "cycling")
    assert unsaid.next.startswith("ionweld cycling summary ")
    assert unsaid.next.endswith('--area "0.785 cm^2"')
    refused = ionweld("look", tmp_path, "--json")
    assert refused.status == 2
    assert "cell's area is not known" in refused.document["items"][0]["warnings"][0]
    with pytest.raises(FileFormatError, match="area is not known"):
        iw.read(tmp_path)
    with ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.write(path, "inside.csv")
    for place in (path, tmp_path / "x.zip"):
        assert iw.read_one(place, area=area).table()[CURRENT].max() == pytest.approx(2.5e-4)
        assert iw.look(place, area=area)[0].kind == "cycling"
        summary = iw.summarise(place, area=area, kind="symmetric", first="charge")
        assert summary.cycles["charge_capacity_Ah"].to_list() == pytest.approx([HALF_AH] * 3, rel=1e-5)
    assert ionweld("look", path, "--area", area, "--json").document["items"][0]["kind"] == "cycling"
    with pytest.raises(InputError, match="is a test of a full cell"):  # so it was read
        iw.Protocol.from_measured(path, area=area)
    for wrong in ("0.785", "-1 cm^2", "1 cm"):
        with pytest.raises(InputError, match="area"):
            iw.read(path, area=wrong)


def test_a_diagnosis_reads_with_the_area_of_its_cell(tmp_path):
    path, cell = tmp_path / "x.csv", load_cell(EXAMPLES / "bare.toml")
    path.write_text(PER_AREA["in brackets"])
    ((test,), _) = read_files([GivenFile(path)], cell)
    assert test.table[CURRENT].max() == pytest.approx(10.0 * DENSITY.max() * derive(cell).electrode_area_m2)


def test_a_capacity_per_area_goes_with_the_area_too(tmp_path):
    header = "Test Time / s,Voltage / V,Current / mA cm-2,Cycle Count / 1,Charging Capacity / mAh cm-2,Discharging Capacity / Ah m-2"
    into, out = (1e3 * TRUTH.running(way) / AREA_CM2 for way in ("charge", "discharge"))
    text = plain(header, TRUTH.time_s, VOLTS, DENSITY, CYCLE, into, 10 * out)
    (tmp_path / "x.csv").write_text(text)
    read = read_cycling_file(tmp_path / "x.csv", area_m2=1e-4 * AREA_CM2)
    assert halves(tmp_path / "x.csv", area_m2=1e-4 * AREA_CM2) == pytest.approx([HALF_AH] * 6, rel=1e-5)
    assert [check.counter_Ah for check in read.ingest.counters] == pytest.approx([HALF_AH] * 6, rel=1e-5)


def test_a_described_column_may_be_per_area(tmp_path):
    (tmp_path / "x.csv").write_text(plain("zeit,spannung,dichte", HOURS, VOLTS, DENSITY))
    (tmp_path / "x.toml").write_text(
        f'technique = "cycling"\narea = "{AREA_CM2} cm^2"\ncurrent_positive = "charge"\n[columns]\n'
        'zeit = { as = "Test Time / s", unit = "h" }\nspannung = { as = "Voltage / V" }\n'
        'dichte = { as = "Current / A", unit = "mA/cm^2" }\n'
    )
    read = read_cycling_file(tmp_path / "x.csv", description=tmp_path / "x.toml")
    assert read.table[CURRENT].max() == pytest.approx(2.5e-4)


@pytest.mark.parametrize("area", ['"0.785"', '"-1 cm^2"', '"much"', '"1 cm"', "0.785"])
def test_an_area_without_sense_is_refused(tmp_path, area):
    (tmp_path / "x.csv").write_text(PER_AREA["in brackets"])
    (tmp_path / "x.csv.toml").write_text(f"area = {area}")
    with pytest.raises(SpecError, match="area"):
        read_cycling_file(tmp_path / "x.csv")


@pytest.mark.parametrize(
    ("header", "factor", "name", "value"),
    [
        ("Pressure (MPa)", 2.0, PRESSURE, 2e6),
        ("Stack pressure / psi", 290.0, PRESSURE, 290.0 * 6894.757),
        ("Druck [bar]", 20.0, PRESSURE, 2e6),
        ("P (N/mm^2)", 2.0, PRESSURE, 2e6),
        ("压力(kPa)", 2000.0, PRESSURE, 2e6),
        ("Temperature (degC)", 60.0, SENSOR, 60.0),
        ("Temperature (K)", 333.15, SENSOR, 60.0),
        ("Temperature/Kelvin", 253.15, SENSOR, -20.0),
        ("Temperature (°F)", 140.0, SENSOR, 60.0),
        ("T/°C", 60.0, SENSOR, 60.0),
        ("温度(℃)", 60.0, SENSOR, 60.0),
        ("Oven temperature (°C)", 60.0, TEMPERATURE, 60.0),
    ],
)
def test_what_is_logged_beside_is_read(tmp_path, header, factor, name, value):
    text = plain(f"t/h\tU/V\tI/mA\t{header}", HOURS, VOLTS, MILLIAMPERES, np.full(TRUTH.rows, factor), sep="\t")
    (tmp_path / "x.txt").write_text(text, encoding="utf-8")
    read = read_cycling_file(tmp_path / "x.txt").table
    assert read[name].to_list() == pytest.approx([value] * TRUTH.rows)


def test_rows_that_lack_a_cell_are_left_out_and_said(tmp_path):
    header, *rows = usual("t/h  U/V  I/mA  Zyklus", *FOUR).splitlines()
    (tmp_path / "x.txt").write_text("\n".join([header, *rows[:70], "the mains were off, sorry about it", *rows[70:]]))
    assert halves(tmp_path / "x.txt") == pytest.approx([HALF_AH] * 6, rel=1e-5)
    assert read_cycling_file(tmp_path / "x.txt").ingest.dropped == (
        "1 row with another number of cells than the header has names",
    )
    short = [row if n % 4 else " ".join(row.split()[:3]) for n, row in enumerate(rows)]
    (tmp_path / "x.txt").write_text("\n".join([header, *short]))
    with pytest.raises(FileFormatError, match="35 of its 140 rows have not the 4 cells that its header names"):
        read_cycling_file(tmp_path / "x.txt")


def test_a_draft_is_proposed_for_a_table_apart_by_blanks(tmp_path):
    (tmp_path / "x.txt").write_text(usual("Zeit/h  Klemme/V  I/mA  n", *FOUR))
    assert '"I/mA" = { as = "Current / A", unit = "mA" }' in propose_description(tmp_path / "x.txt")


@pytest.mark.parametrize("sep", ["\t", ",", ";"])
def test_a_column_called_by_a_hash_is_no_remark(tmp_path, sep):
    header = sep.join(["#", "Time (h)", "Voltage (V)", "Current (mA)", "Cycle"])
    (tmp_path / "x.csv").write_text(plain(header, np.arange(TRUTH.rows), *FOUR, sep=sep))
    assert halves(tmp_path / "x.csv") == pytest.approx([HALF_AH] * 6, rel=1e-5)


def test_times_since_the_start_beside_a_date_are_no_times_of_a_day(tmp_path):
    since = [f"{int(s // 3600):02d}:{int(s // 60 % 60):02d}:{int(s % 60):02d}" for s in TRUTH.time_s]
    (tmp_path / "x.csv").write_text(plain("Date,Time,U (V),I (mA),Cycle", DAYS, since, *FOUR[1:]))
    table_ = read_cycling_file(tmp_path / "x.csv").table
    np.testing.assert_allclose(table_[TIME].to_numpy(), TRUTH.time_s)


@pytest.mark.parametrize("with_date", [True, False])
def test_times_of_a_day_in_a_workbook(tmp_path, with_date):
    cells = [
        [*([moment.replace(hour=0, minute=0, second=0)] if with_date else []), moment.strftime("%H:%M:%S"), *values]
        for moment, *values in zip(LATE, VOLTS, MILLIAMPERES, CYCLE, strict=True)
    ]
    names = [*(["Date"] if with_date else []), "Time", "Voltage (V)", "Current (mA)", "Cycle"]
    assert halves(write_xlsx(tmp_path / "x.xlsx", {"Data": [names, *cells]})) == pytest.approx([HALF_AH] * 6, rel=1e-5)


def test_numbers_as_texts_in_a_workbook_have_their_decimal_commas(tmp_path):
    rows = [[f"{value:.9g}".replace(".", ",") for value in row] for row in zip(*FOUR, strict=True)]
    path = write_xlsx(tmp_path / "x.xlsx", {"Data": [["Zeit (h)", "U (V)", "I (mA)", "Zyklus"], *rows]})
    assert halves(path) == pytest.approx([HALF_AH] * 6, rel=1e-5)


@pytest.mark.parametrize("rows", [(30,), (30, 31), (39,)])
def test_a_suspended_row_of_a_maccor_counts_to_the_step_that_it_interrupts(tmp_path, rows):
    header, cells = maccor_rows(TRUTH, "s")
    for row in rows:
        cells[row][header.index("State")], cells[row][header.index("Amps")] = "S", 0.0
    (tmp_path / "x.txt").write_text(text_of((header, cells), "\t"))
    assert halves(tmp_path / "x.txt") == pytest.approx([HALF_AH] * 6, rel=1e-5)
    said = read_cycling_file(tmp_path / "x.txt").ingest.said
    assert any(re.match(f"{len(rows)} rows? in which a step was suspended", sentence) for sentence in said)


def test_charge_that_was_counted_at_rest_is_said(tmp_path):
    header, cells = maccor_rows(TRUTH, "s")
    cells[30][header.index("State")] = "P"
    (tmp_path / "x.txt").write_text(text_of((header, cells), "\t"))
    said = read_cycling_file(tmp_path / "x.txt").ingest.said
    assert any("mAh were counted in 1 row that neither charges nor discharges" in sentence for sentence in said)
    (tmp_path / "x.txt").write_text(text_of(maccor_rows(TRUTH, "s"), "\t"))
    assert not [sentence for sentence in read_cycling_file(tmp_path / "x.txt").ingest.said if "neither" in sentence]


@pytest.mark.parametrize(
    ("name", "per_second", "start"),
    [
        ("unix_time_s", 1.0, 1.7e9),
        ("timestamp_ms", 1e3, 1.7e12),
        ("Timestamp", 1e6, 1.7e15),
        ("Epoch", 1.0, 1.7e9),
        ("Date/Time", 1.0 / 86400.0, 45000.0),
    ],
)
def test_moments_that_are_counted_are_told_by_their_size(tmp_path, name, per_second, start):
    moments = [f"{start + 3600.0 * hours * per_second:.16g}" for hours in HOURS]
    rows = [f"{t};{u:.9g};{i:.9g}" for t, u, i in zip(moments, VOLTS, MILLIAMPERES, strict=True)]
    (tmp_path / "x.csv").write_text("\n".join([f"{name};Voltage (V);Current (mA)", *rows]))
    assert halves(tmp_path / "x.csv") == pytest.approx([HALF_AH] * 6, rel=1e-4)


def test_seconds_of_a_test_are_no_moments(tmp_path):
    text = plain("Timestamp;Voltage (V);Current (mA)", 3600.0 * HOURS, VOLTS, MILLIAMPERES, sep=";")
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(FileFormatError):
        read_cycling_file(tmp_path / "x.csv")


@pytest.mark.parametrize("header", ["Time/h;U/V;I/mA", "Zeit (h);Spannung (V);Strom (mA)", "Test time (h);Ewe/V;I/mA"])
def test_a_table_with_its_newest_row_first_is_turned_round_and_says_so(tmp_path, header):
    (tmp_path / "x.csv").write_text(plain(header, HOURS[::-1], VOLTS[::-1], MILLIAMPERES[::-1], sep=";"))
    assert halves(tmp_path / "x.csv") == pytest.approx([HALF_AH] * 6, rel=1e-5)
    assert any("newest row comes first" in sentence for sentence in read_cycling_file(tmp_path / "x.csv").ingest.said)


@pytest.mark.parametrize("counter", ["Charge Capacity (mAh)", "Capacity/mAh", "Charge_Capacity(Ah)"])
def test_a_current_that_is_logged_as_zero_while_a_counter_moves_is_said(tmp_path, counter):
    text = plain(f"t/h;U/V;I/A;{counter}", HOURS, VOLTS, 0.0 * VOLTS, 0.1 * HOURS, sep=";")
    (tmp_path / "x.csv").write_text(text)
    said = read_cycling_file(tmp_path / "x.csv").ingest.said
    assert any(sentence.startswith("The current is zero in every row, but") for sentence in said)
    (tmp_path / "x.csv").write_text(plain(f"t/h;U/V;I/A;{counter}", HOURS, VOLTS, 0.0 * VOLTS, 0.0 * HOURS, sep=";"))
    assert not any("zero in every row" in sentence for sentence in read_cycling_file(tmp_path / "x.csv").ingest.said)
