"""Basytec text exports: lines that begin with ~, the last of which names the columns.

    ~Start of Test: 19.06.2023 17:56:53
    ~Time[h]  DataSet  t-Step[h]  Line  Command  U[V]  I[A]  Ah[Ah]  T1[°C]  Cyc-Count  State

Current is signed, charge positive. Ah is the net charge, which the program may set to zero.
"""

from ionweld.measurement.cycling import CURRENT, CYCLE, TIME, VOLTAGE
from ionweld.read.cycling.counters import Counter
from ionweld.read.cycling.format import NET_CAPACITY, RECORD, STEP_ID, STEP_TIME, Format, FormatColumn

BASYTEC = Format(
    name="Basytec",
    columns=(
        FormatColumn(TIME, ("~time", "time"), "duration"),
        FormatColumn(RECORD, ("dataset",), "count", "1"),
        FormatColumn(STEP_TIME, ("t_step",), "duration"),
        FormatColumn(STEP_ID, ("line",), "count", "1"),
        FormatColumn(VOLTAGE, ("u",)),
        FormatColumn(CURRENT, ("i",)),
        FormatColumn(NET_CAPACITY, ("ah",)),
        FormatColumn("Temperature T1 / degC", ("t1",)),
        FormatColumn(CYCLE, ("cyc_count", "count"), "count", "1"),
    ),
    hallmarks=(frozenset({"~time"}), frozenset({"u"}), frozenset({"i"})),
    counter=Counter("program", "zero", "guessed"),
)

FORMATS = (BASYTEC,)
