"""A table of somebody's own: columns that say what they are and in which unit, in English, German or Chinese.

    Time (h), Voltage (V), Current (mA), Cycle        t / min; U / V; I / mA        Zeit [s], Spannung [V], Strom [mA]
    Time [s], Current [A], Terminal voltage [V]       time /s, I /A, E /V           T, Vf, Im with their units below

So write laboratories their spreadsheets, PyBaMM and PyProBE their tables, and Ivium and Gamry their instruments. Units
may stand in a line of their own below the names. It is taken where no format of a cycler fits. Programs differ in which
way a positive current goes (PyBaMM's discharges), so the voltage decides: see read/cycling/signs.py. Counters of charge
are kept under their own names, since nothing says what they count.
"""

import re

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.cycling import CURRENT, CYCLE, TIME, VOLTAGE
from ionweld.read.cycling.cleaning import to_numbers
from ionweld.read.cycling.format import STEP_ID, UNIX_TIME, Format, FormatColumn
from ionweld.read.cycling.raw import RawTable
from ionweld.read.cycling.spelling import readings

_TIMES = (
    "time", "t", "test_time", "total_time", "elapsed_time", "run_time", "zeit", "testzeit", "laufzeit", "时间", "总时间",
    "测试时间",
)  # fmt: skip
_VOLTAGES = (
    "voltage", "cell_voltage", "terminal_voltage", "battery_voltage", "potential", "u", "v", "e", "vf", "ewe", "ecell",
    "spannung", "zellspannung", "电压",
)  # fmt: skip
_CURRENTS = ("current", "i", "im", "strom", "电流")
_CYCLES = (
    "cycle",
    "cycle_number",
    "cycle_index",
    "cycle_no",
    "cycle_no.",
    "cyclenumber",
    "zyklus",
    "zyklusnummer",
    "循环",
    "循环号",
)
_CLOCKS = ("date", "date_time", "datetime", "date_and_time", "timestamp", "datum", "日期")
_FREQUENCIES = ("freq", "frequency", "f", "frequenz", "频率")
_REPEATED = re.compile(r"(.*) #\d+")


def _one_test(raw: RawTable) -> RawTable:
    """Return the table. Raises FileFormatError when it holds a spectrum, or several cells beside each other."""
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
    return raw


NAMED_COLUMNS = Format(
    name="table of named columns",
    columns=(
        FormatColumn(TIME, _TIMES, "duration"),
        FormatColumn(VOLTAGE, _VOLTAGES),
        FormatColumn(CURRENT, _CURRENTS),
        FormatColumn(CYCLE, _CYCLES, "count", "1"),
        FormatColumn(STEP_ID, ("step", "schritt"), "count", "1"),
        FormatColumn(UNIX_TIME, _CLOCKS, "clock"),
    ),
    hallmarks=(frozenset({*_TIMES, *_CLOCKS}), frozenset(_VOLTAGES), frozenset(_CURRENTS)),
    tidy=_one_test,
    sign="by voltage",
    clock_formats=(
        "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y/%m/%d %H:%M:%S%.f", "%d.%m.%Y %H:%M:%S%.f",
        "%m/%d/%Y %H:%M:%S%.f", "%d/%m/%Y %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M",
    ),
    says_what_is_missing=False,
    last=True,
)  # fmt: skip

FORMATS = (NAMED_COLUMNS,)
