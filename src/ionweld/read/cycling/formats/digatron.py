"""Digatron (BTS 600) csv exports; the units stand in brackets in a line below the names.

    Time Stamp, Step, Status, Prog Time, Step Time, Cycle, Cycle Level, Procedure, Voltage, Current, Temperature, AhAccu,
    WhAccu, Cnt
    ,,,,,,,,[V],[A],[C],[Ah],[Wh],[Cnt]

Times are text (HH:MM:SS.mmm). Current is signed, charge positive. AhAccu is the net charge, which the program may reset.
"""

from ionweld.measurement.cycling import CURRENT, CYCLE, STEP_TYPE, TIME, VOLTAGE
from ionweld.read.cycling.counters import Counter
from ionweld.read.cycling.format import NET_CAPACITY, STEP_ID, STEP_TIME, UNIX_TIME, Format, FormatColumn
from ionweld.read.cycling.words import OPEN_CIRCUIT, REST

DIGATRON = Format(
    name="Digatron",
    columns=(
        FormatColumn(UNIX_TIME, ("time_stamp",), "clock"),
        FormatColumn(STEP_ID, ("step",), "count", "1"),
        FormatColumn(STEP_TYPE, ("status",), "words"),
        FormatColumn(TIME, ("prog_time",), "duration"),
        FormatColumn(STEP_TIME, ("step_time",), "duration"),
        FormatColumn(CYCLE, ("cycle",), "count", "1"),
        FormatColumn(VOLTAGE, ("voltage",)),
        FormatColumn(CURRENT, ("current",)),
        FormatColumn("Temperature T1 / degC", ("temperature", "temp1", "temp")),
        FormatColumn(NET_CAPACITY, ("ahaccu", "capacity")),
    ),
    hallmarks=(frozenset({"prog_time"}), frozenset({"step_time"}), frozenset({"voltage"})),
    states=REST | OPEN_CIRCUIT | {"cha": "ANY_CHG", "dch": "ANY_DCH", "pau": "REST"},
    counter=Counter("program", "zero", "guessed"),
    clock_formats=("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S%.f", "%d.%m.%Y %H:%M:%S"),
)

FORMATS = (DIGATRON,)
