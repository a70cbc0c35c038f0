"""A table of somebody's own: columns that say what they are and in which unit, in English, German or Chinese.

    Time (h), Voltage (V), Current (mA), Cycle        t / min; U / V; I / mA        Zeit [s], Spannung [V], Strom [mA]
    Time [s], Current [A], Terminal voltage [V]       time /s, I /A, E /V           T, Vf, Im with their units below

So write laboratories their spreadsheets, PyBaMM and PyProBE their tables, and Ivium and Gamry their instruments. Units
may stand in a line of their own below the names. It is taken where no format of a cycler fits. Programs differ in which
way a positive current goes (PyBaMM's discharges), so the voltage decides, or the state where the current has no sign: see
read/cycling/signs.py. A column may be called by its unit
alone (Seconds, Volts, mA). Counters of charge are kept under their own names, since nothing says what they count.
"""

import re

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.cycling import CURRENT, CYCLE, PRESSURE, SENSOR, STEP_TYPE, TEMPERATURE, TIME, VOLTAGE
from ionweld.read.cycling.cleaning import to_numbers
from ionweld.read.cycling.day_times import with_day_times
from ionweld.read.cycling.format import STEP_ID, UNIX_TIME, Format, FormatColumn
from ionweld.read.cycling.raw import RawTable
from ionweld.read.cycling.spelling import itself, readings
from ionweld.read.cycling.words import CHARGE_AND_DISCHARGE, CHINESE, IN_FULL, NEWARE_AND_ALIKE, OPEN_CIRCUIT, REST

_TIMES = (  # of the whole test first: a bare time may start again with every step
    "test_time",
    "testtime",
    "total_time",
    "totaltime",
    "elapsed_time",
    "elapsedtime",
    "run_time",
    "testzeit",
    "laufzeit",
    "gesamtzeit",
    "总时间",
    "测试时间",
    "运行时间",
    "累计时间",
    "経過時間",
    "time",
    "t",
    "zeit",
    "时间",
    "temps",
    "tiempo",
    "時間",
    "시간",
    "tempo",
    "время",
    "czas",
    "tijd",
    "tid",
    "aika",
    "zaman",
    "čas",
    "elapsed",
    itself("s"),
)
_VOLTAGES = (  # between the cell's two sides first: a bare potential may be that of one of them
    "cell_voltage",
    "cellvoltage",
    "cell_potential",
    "ecell",
    "ewe_ece",
    "terminal_voltage",
    "battery_voltage",
    "zellspannung",
    "klemmenspannung",
    "voltage",
    "potential",
    "u",
    "v",
    "e",
    "vf",
    "ewe",
    "spannung",
    "电压",
    "电位",
    "电势",
    "tension",
    "voltaje",
    "電圧",
    "전압",
    "tensione",
    "tensão",
    "напряжение",
    "napięcie",
    "spanning",
    "tensión",
    "potencial",
    "spänning",
    "spænding",
    "spenning",
    "jännite",
    "gerilim",
    "napětí",
    "v_cell",
    "u_cell",
    "e_cell",
    "volt",
    "volts",
    itself("V"),
)
_CURRENTS = (
    "current",
    "i",
    "im",
    "j",
    "current_density",
    "areal_current",
    "areal_current_density",
    "strom",
    "stromstärke",
    "zellstrom",
    "stromdichte",
    "电流",
    "电流密度",
    "面电流密度",
    "courant",
    "corriente",
    "電流",
    "전류",
    "corrente",
    "ток",
    "prąd",
    "natężenie",
    "stroom",
    "intensidad",
    "ström",
    "strøm",
    "virta",
    "akım",
    "proud",
    "i_cell",
    "curr",
    "curr.",
    "amps",
    "ampere",
    itself("A"),
)
_CYCLES = (
    "cycle",
    "cycle_number",
    "cyclenumber",
    "cycle_index",
    "cycleindex",
    "cycle_no",
    "cycle_no.",
    "cycle_#",
    "cycle#",
    "zyklus",
    "zyklusnummer",
    "zyklusnr.",
    "zyklus_nr.",
    "zyklenzahl",
    "循环",
    "循环号",
    "循环数",
    "循环次数",
    "循环序号",
    "循环圈数",
    "圈数",
    "ciclo",
    "サイクル",
    "사이클",
    "цикл",
    "cykl",
    "cyclus",
    "cykel",
    "syklus",
    "sykli",
    "döngü",
    "çevrim",
    "cyklus",
)
_ROOM = (
    "ambient_temperature",
    "chamber_temperature",
    "oven_temperature",
    "room_temperature",
    "raumtemperatur",
    "环境温度",
)
_SENSORS = (
    "temperature",
    "temp",
    "temp.",
    "cell_temperature",
    "t",
    "t1",
    "temperatur",
    "zelltemperatur",
    "温度",
    "温度1",
    "température",
)
_PRESSURES = (
    "pressure",
    "stack_pressure",
    "applied_pressure",
    "cell_pressure",
    "p",
    "druck",
    "stapeldruck",
    "压力",
    "压强",
    "圧力",
)
_CLOCKS = (
    "date",
    "date_time",
    "datetime",
    "date/time",
    "date_and_time",
    "timestamp",
    "time_stamp",
    "datum",
    "zeitstempel",
    "datum/uhrzeit",
    "unix_time",
    "unixtime",
    "epoch",
    "epoch_time",
    "posix_time",
    "datum_uhrzeit",
    "日期",
    "日期时间",
    "测试日期",
    "绝对时间",
)
_DAY_TIMES = ("uhrzeit", "clock", "clock_time", "time_of_day", "时刻", *_TIMES)
_FREQUENCIES = ("freq", "frequency", "f", "frequenz", "频率")
_STATES = (
    "state",
    "status",
    "step_type",
    "mode",
    "zustand",
    "modus",
    "状态",
    "工步类型",
    "状態",
    "상태",
    "stato",
    "état",
    "состояние",
)
_REPEATED = re.compile(r"(.*) #\d+")


def _one_test(raw: RawTable) -> RawTable:
    """Return the table, with one time. Raises FileFormatError when it holds a spectrum, or cells beside each other."""
    frequency = next((n for n in raw.frame.columns if any(name in _FREQUENCIES for name, _ in readings(n))), None)
    if frequency is not None and (to_numbers(raw.frame[frequency], raw.decimal_mark).values > 0.0).any():
        seen = f"holds frequencies in {frequency!r}, as an impedance spectrum does"
        raise FileFormatError(Fault("", seen, "Read it as one (ionweld eis), or describe the file (--description)"))
    names = {*_VOLTAGES, *_CURRENTS}
    repeated = [match[1] for name in raw.frame.columns if (match := _REPEATED.fullmatch(name))]
    twice = [name for name in repeated if any(spelled in names for spelled, _ in readings(name))]
    if twice:
        seen = f"holds several cells beside each other: {twice[0]!r} stands in its header more than once"
        mend = "Save each cell as a file of its own, or describe the columns of one cell (--description)"
        raise FileFormatError(Fault("", seen, mend))
    return with_day_times(raw, _CLOCKS, _DAY_TIMES)


NAMED_COLUMNS = Format(
    name="table of named columns",
    columns=(
        FormatColumn(TIME, _TIMES, "duration"),
        FormatColumn(VOLTAGE, _VOLTAGES),
        FormatColumn(CURRENT, _CURRENTS),
        FormatColumn(CYCLE, _CYCLES, "count", "1"),
        FormatColumn(STEP_ID, ("step", "schritt"), "count", "1"),
        FormatColumn(STEP_TYPE, _STATES, "words"),
        FormatColumn(TEMPERATURE, _ROOM),
        FormatColumn(SENSOR, _SENSORS),
        FormatColumn(PRESSURE, _PRESSURES),
        FormatColumn(UNIX_TIME, _CLOCKS, "clock"),
    ),
    hallmarks=(frozenset({*_TIMES, *_CLOCKS}), frozenset(_VOLTAGES), frozenset(_CURRENTS)),
    tidy=_one_test,
    sign="by voltage",
    states=REST | OPEN_CIRCUIT | CHARGE_AND_DISCHARGE | IN_FULL | NEWARE_AND_ALIKE | CHINESE,
    clock_formats=(
        "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.fZ", "%Y-%m-%dT%H:%M:%S%.f%:z",
        "%Y/%m/%d %H:%M:%S%.f", "%d.%m.%Y %H:%M:%S%.f", "%d.%m.%y %H:%M:%S", "%m/%d/%Y %H:%M:%S%.f",
        "%m/%d/%Y %I:%M:%S %p", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%d.%m.%Y %H:%M", "%d.%m.%y %H:%M",
        "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M %p",
    ),
    says_what_is_missing=False,
    last=True,
)  # fmt: skip

FORMATS = (NAMED_COLUMNS,)
