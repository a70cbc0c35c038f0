"""Novonix csv exports: a [Summary], a [Protocol], and below [Data] the table.

    Date and Time, Cycle Number, Step Type, Run Time (h), Step Time (h), Current (A), Potential (V), Capacity (Ah),
    Temperature (°C), Circuit Temperature (°C), Energy (Wh), dIdt (A/h), dVdt (V/h), Step Number, Step Position

Current is signed, charge positive. Step Type is a number, which is kept as it stands. What resets Capacity the data show.
"""

from ionweld.measurement.cycling import CURRENT, CYCLE, STEP, TIME, VOLTAGE
from ionweld.read.cycling.counters import Counter
from ionweld.read.cycling.format import NET_CAPACITY, STEP_TIME, UNIX_TIME, Format, FormatColumn

NOVONIX = Format(
    name="Novonix",
    columns=(
        FormatColumn(UNIX_TIME, ("date_and_time",), "clock"),
        FormatColumn(CYCLE, ("cycle_number",), "count", "1"),
        FormatColumn(TIME, ("run_time",), "duration"),
        FormatColumn(STEP_TIME, ("step_time",), "duration"),
        FormatColumn(CURRENT, ("current",)),
        FormatColumn(VOLTAGE, ("potential", "voltage")),
        FormatColumn(NET_CAPACITY, ("capacity",)),
        FormatColumn("Temperature T1 / degC", ("temperature",)),
        FormatColumn("Temperature T2 / degC", ("circuit_temperature",)),
        FormatColumn(STEP, ("step_number",), "count", "1"),
    ),
    hallmarks=(frozenset({"run_time"}), frozenset({"potential"}), frozenset({"step_number", "cycle_number"})),
    counter=Counter("program", "zero", "guessed"),
    clock_formats=("%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %H:%M:%S%.f", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S"),
)

FORMATS = (NOVONIX,)
