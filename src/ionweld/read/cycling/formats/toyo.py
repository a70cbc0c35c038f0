"""Toyo System TOSCAT, one text file per test or per cycle, in English or in Japanese (Shift JIS).

    0,0,1,0,0,0,0
    <two blank lines>
    Date,Time,PassTime[Sec],Voltage[V],Current[mA],,,Temp1[Deg],,,,,Condition,Mode,Cycle,TotlCycle,PassedDate,Temp1[Deg]

The current has no sign: Condition says which way it goes, 1 charge, 2 discharge, 0 or 3 rest. PassTime starts again with
each step, so the test's time is that of the clock. Mode is the step of the program, TotlCycle the cycle of the test.
"""

from ionweld.measurement.cycling import CURRENT, CYCLE, SENSOR, STEP_TYPE, VOLTAGE
from ionweld.read.cycling.day_times import with_day_times
from ionweld.read.cycling.format import STEP_ID, STEP_TIME, UNIX_TIME, Format, FormatColumn

_DATES, _TIMES = ("date", "日付"), ("time", "時刻")
_WAYS = {"1": "ANY_CHG", "2": "ANY_DCH", "0": "REST", "3": "REST"}

TOYO = Format(
    name="Toyo TOSCAT",
    columns=(
        FormatColumn(UNIX_TIME, _DATES, "clock"),
        FormatColumn(STEP_TIME, ("passtime", "passed_time", "経過時間")),
        FormatColumn(VOLTAGE, ("voltage", "電圧")),
        FormatColumn(CURRENT, ("current", "電流")),
        FormatColumn(SENSOR, ("temp1", "温度")),
        FormatColumn(STEP_TYPE, ("condition", "状態"), "words"),
        FormatColumn(STEP_ID, ("mode", "モード"), "count", "1"),
        FormatColumn(CYCLE, ("totlcycle", "総サイクル"), "count", "1"),
        FormatColumn(CYCLE, ("cycle", "サイクル"), "count", "1"),
    ),
    hallmarks=(
        frozenset({"passtime", "passed_time", "経過時間"}),
        frozenset({"condition", "状態"}),
        frozenset(_DATES),
    ),
    tidy=lambda raw: with_day_times(raw, _DATES, _TIMES),
    sign="by state",
    states=_WAYS
    | {f"{number}.0": way for number, way in _WAYS.items()}
    | {"充電": "ANY_CHG", "放電": "ANY_DCH", "休止": "REST"},
    clock_formats=("%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S"),
)

FORMATS = (TOYO,)
