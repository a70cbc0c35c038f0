"""Arbin MITS Pro: csv ("Test Time (s)"), xlsx ("Test_Time(s)") and the database .res, which read/cycling/access.py opens.

Current is signed, charge positive. The charge and discharge counters are never set to zero unless the program does it,
so the data show what resets them. Step_Index is the step of the program.
"""

from dataclasses import replace

from ionweld.measurement.cycling import CURRENT, CYCLE, PRESSURE, TIME, VOLTAGE
from ionweld.read.cycling.counters import Counter
from ionweld.read.cycling.format import POWER, RECORD, RESISTANCE, STEP_ID, STEP_TIME, UNIX_TIME, Format, FormatColumn
from ionweld.read.cycling.spelling import unit_of

ARBIN = Format(
    name="Arbin",
    columns=(
        FormatColumn(RECORD, ("data_point",), "count", "1"),
        FormatColumn(UNIX_TIME, ("date_time", "datetime"), "clock"),
        FormatColumn(TIME, ("test_time",)),
        FormatColumn(STEP_TIME, ("step_time",)),
        FormatColumn(CYCLE, ("cycle_index",), "count", "1"),
        FormatColumn(STEP_ID, ("step_index",), "count", "1"),
        FormatColumn(CURRENT, ("current",)),
        FormatColumn(VOLTAGE, ("voltage",)),
        FormatColumn(POWER, ("power",)),
        FormatColumn("Charging Capacity / Ah", ("charge_capacity",)),
        FormatColumn("Discharging Capacity / Ah", ("discharge_capacity",)),
        FormatColumn("Charging Energy / Wh", ("charge_energy",)),
        FormatColumn("Discharging Energy / Wh", ("discharge_energy",)),
        FormatColumn(RESISTANCE, ("internal_resistance",)),
        FormatColumn("Temperature T1 / degC", ("aux_temperature_1", "surface_temp")),
        FormatColumn(PRESSURE, ("aux_pressure_1", "pressure")),
        FormatColumn("Temperature T2 / degC", ("aux_temperature_2",)),
        FormatColumn("Temperature T3 / degC", ("aux_temperature_3",)),
    ),
    hallmarks=(
        frozenset({"test_time"}),
        frozenset({"step_index", "cycle_index", "data_point"}),
        frozenset({"current"}),
    ),
    sign="signed",
    clock_formats=(
        "%m/%d/%Y %H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%m/%d/%Y %H:%M",
        "%m/%d/%Y %I:%M:%S %p",
        "%Y-%m-%dT%H:%M:%S%.f",
    ),
    counter=Counter("program", "zero", "documented"),
)

# as its database has them, and tables that are written from it
WITHOUT_UNITS = replace(
    ARBIN,
    name="Arbin without units",
    columns=tuple(replace(one, unit=unit_of(one.target)) for one in ARBIN.columns),
    hallmarks=(frozenset({"data_point"}), frozenset({"cycle_index"}), frozenset({"charge_capacity"})),
    convention="Its header names no units: they were taken for those of Arbin's database, s, V, A, Ah and Wh",
)

FORMATS = (ARBIN, WITHOUT_UNITS)
