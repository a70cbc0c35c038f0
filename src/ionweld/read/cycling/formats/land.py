"""LAND / Landt CT2001A, the xlsx, csv and txt exports of LANDdt in English and Chinese.

    Record|Index, TestTime/h, StepTime/h, Current/mA, Capacity/mAh, SpeCap/mAh/g, SOC|DOD/%, Voltage/V, Energy/mWh,
    SpeEnergy/Wh/kg, AuxTemp/dC., AuxVolt/V, SysTime, <empty>, Cycle-Index, Step-Index, Step-State

Units stand in the header and vary; times may be text ("D HH:MM:SS"); `-` means that a channel is not connected; a title
such as 第1循环 may stand above the header. Workbooks go on over sheets `Record_1`... without a header. Capacity and energy
count up without a sign, in most files within each step, in some on over consecutive steps of one direction. Columns:
seen in public export files and their readers; states: words.py says which were seen and which are assumed.
"""

from ionweld.measurement.cycling import CURRENT, CYCLE, STEP_TYPE, TIME, VOLTAGE
from ionweld.read.cycling.counters import Counter
from ionweld.read.cycling.format import (
    RECORD,
    STEP_CUMULATIVE_CAPACITY,
    STEP_CUMULATIVE_ENERGY,
    STEP_ID,
    STEP_TIME,
    UNIX_TIME,
    Format,
    FormatColumn,
)
from ionweld.read.cycling.words import LAND as STATES
from ionweld.read.cycling.words import LAND_ASSUMED

COUNTER = Counter("program", "zero", "seen in files")
CLOCKS = ("%Y-%m-%d %H:%M:%S%.f", "%Y/%m/%d %H:%M:%S%.f", "%m/%d/%Y %H:%M:%S%.f")

LAND = Format(
    name="LAND CT2001A",
    columns=(
        FormatColumn(RECORD, ("record", "record|index", "index", "记录序号", "记录"), "count"),
        FormatColumn(TIME, ("testtime", "test_time", "测试时间"), "duration"),
        FormatColumn(STEP_TIME, ("steptime", "step_time", "步骤时间", "工步时间"), "duration"),
        FormatColumn(CURRENT, ("current", "电流")),
        FormatColumn(STEP_CUMULATIVE_CAPACITY, ("capacity", "容量")),
        FormatColumn(VOLTAGE, ("voltage", "电压")),
        FormatColumn(STEP_CUMULATIVE_ENERGY, ("energy", "能量")),
        FormatColumn("Temperature T1 / degC", ("auxtemp", "辅助温度")),
        FormatColumn(UNIX_TIME, ("systime", "系统时间"), "clock"),
        FormatColumn(CYCLE, ("cycle_index", "循环序号", "cycleno", "循环号"), "count"),
        FormatColumn(STEP_ID, ("step_index", "工步序号", "stepno", "工步号"), "count"),
        FormatColumn(STEP_TYPE, ("step_state", "工步状态", "工作模式", "state"), "words"),
    ),
    hallmarks=(
        frozenset({"testtime", "测试时间"}),
        frozenset({"current", "电流"}),
        frozenset({"voltage", "电压"}),
    ),
    sign="signed or by state",
    states=STATES,
    assumed_states=frozenset(LAND_ASSUMED),
    clock_formats=CLOCKS,
    counter=COUNTER,
)

# The newer LANHE software: sheets `Test information`, `Ch1_Proc`, `Log`, and the data in one called ...DefaultGroup...
LANHE = Format(
    name="LAND LANHE",
    columns=(
        FormatColumn(CYCLE, ("cycle",), "count"),
        FormatColumn(STEP_ID, ("step",), "count"),
        FormatColumn(RECORD, ("record",), "count"),
        FormatColumn(STEP_TYPE, ("workmode",), "words"),
        FormatColumn(TIME, ("testtime",), "duration"),
        FormatColumn(STEP_TIME, ("steptime",), "duration"),
        FormatColumn(VOLTAGE, ("voltage",)),
        FormatColumn(CURRENT, ("current",)),
        FormatColumn(STEP_CUMULATIVE_CAPACITY, ("capacity",)),
        FormatColumn(STEP_CUMULATIVE_ENERGY, ("energy",)),
        FormatColumn(UNIX_TIME, ("systime",), "clock"),
    ),
    hallmarks=(frozenset({"workmode"}), frozenset({"testtime"}), frozenset({"cycle"})),
    sign="signed or by state",
    states=STATES,
    assumed_states=frozenset(LAND_ASSUMED),
    clock_formats=CLOCKS,
    counter=COUNTER,
)

FORMATS = (LAND, LANHE)
