"""Neware tables: the csv, txt and xlsx exports of BTSDA (BTS 7 and 8), in English and Chinese.

    BTS 8: DataPoint, Cycle Index, Step Index, Step Type, Time, Total Time, Current(mA), Voltage(V), Capacity(mAh),
           Spec. Cap.(mAh/g), Chg. Cap.(mAh), DChg. Cap.(mAh), Energy(mWh), Date
           数据序号, 循环号, 工步号, 工步类型, 时间, 总时间, 电流(mA), 电压(V), 容量(mAh), 能量(mWh), 绝对时间
    BTS 7: Record ID, Cycle ID, Step ID, Time(h:min:s.ms), Voltage(V), Current(mA), Capacity(mAh),
           Capacitance_Chg(mAh), Capacitance_DChg(mAh), Realtime; without a test time, which follows from the clock

Cycle Index is the count that BTSDA shows. Current is signed, charge positive; Capacity counts up without a sign and starts
again with each step. Names: seen in public export files and in the column tables of their readers.
"""

from ionweld.measurement.cycling import (
    CHARGING_CAPACITY,
    CURRENT,
    CYCLE,
    DISCHARGING_CAPACITY,
    SENSOR,
    STEP_TYPE,
    TIME,
    VOLTAGE,
)
from ionweld.read.cycling.counters import Counter
from ionweld.read.cycling.format import (
    POWER,
    RECORD,
    STEP_CUMULATIVE_CAPACITY,
    STEP_CUMULATIVE_ENERGY,
    STEP_ID,
    STEP_TIME,
    UNIX_TIME,
    Format,
    FormatColumn,
)
from ionweld.read.cycling.words import CHINESE, NEWARE_AND_ALIKE, OPEN_CIRCUIT, REST

_RECORDS = (
    "datapoint",
    "data_point",
    "record_id",
    "record_index",
    "record_number",
    "数据序号",
    "记录号",
    "记录id",
    "记录序号",
)
_CYCLES = ("cycle_index", "cycle_id", "cycle", "循环号", "循环id", "循环")
_CLOCKS = ("date", "realtime", "absolute_time", "绝对时间", "系统时间")

NEWARE_TABLE = Format(
    name="Neware table (BTSDA)",
    columns=(
        FormatColumn(RECORD, _RECORDS, "count", "1"),
        FormatColumn(CYCLE, _CYCLES, "count", "1"),
        FormatColumn(STEP_ID, ("step_index", "step_id", "step", "工步号", "工步id", "工步"), "count", "1"),
        FormatColumn(STEP_TYPE, ("step_type", "step_name", "status", "工步类型", "工步名称"), "words"),
        FormatColumn(TIME, ("total_time", "总时间"), "duration"),
        FormatColumn(STEP_TIME, ("time", "relative_time", "时间", "相对时间"), "duration"),
        FormatColumn(CURRENT, ("current", "cur", "电流")),
        FormatColumn(VOLTAGE, ("voltage", "电压")),
        FormatColumn(CHARGING_CAPACITY, ("chg._cap.", "capacitance_chg", "charge_capacity", "充电容量")),
        FormatColumn(DISCHARGING_CAPACITY, ("dchg._cap.", "capacitance_dchg", "discharge_capacity", "放电容量")),
        FormatColumn(STEP_CUMULATIVE_CAPACITY, ("capacity", "容量")),
        FormatColumn(STEP_CUMULATIVE_ENERGY, ("energy", "能量")),
        FormatColumn(POWER, ("power", "功率")),
        FormatColumn(SENSOR, ("t1", "aux._t1", "temperature", "辅助温度", "温度")),
        FormatColumn(UNIX_TIME, _CLOCKS, "clock"),
    ),
    hallmarks=(
        frozenset(_RECORDS),
        frozenset(_CYCLES),
        frozenset({"total_time", "总时间", *_CLOCKS}),
        frozenset({"step_type", "step_name", "status", "工步类型", "工步名称", "time", "relative_time", "时间", "相对时间"}),
    ),
    sign="signed or by state",
    states=REST | OPEN_CIRCUIT | NEWARE_AND_ALIKE | CHINESE,
    counter=Counter("step", "zero", "seen in files"),
    clock_formats=(
        "%Y-%m-%d %H:%M:%S%.f", "%Y/%m/%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%m/%d/%Y %H:%M:%S%.f",
        "%m/%d/%Y %H:%M",
    ),
)  # fmt: skip

FORMATS = (NEWARE_TABLE,)
