"""Autolab Nova text exports of a potential and a current over time, usually with semicolons and often decimal commas.

    Time (s);WE(1).Potential (V);WE(1).Current (A);Scan;Index

A Scan is a cycle of the program. The sign is the potentiostat's.
"""

from ionweld.measurement.cycling import CURRENT, CYCLE, TIME, VOLTAGE
from ionweld.read.cycling.format import OXIDATION_IS_POSITIVE, POWER, RECORD, Format, FormatColumn

NOVA = Format(
    name="Autolab Nova",
    columns=(
        FormatColumn(TIME, ("time", "corrected_time", "elapsed_time")),
        FormatColumn(VOLTAGE, ("we(1).potential", "we.potential", "potential")),
        FormatColumn(CURRENT, ("we(1).current", "we.current", "current")),
        FormatColumn(CYCLE, ("cycle", "scan", "cycle_number"), "count", "1"),
        FormatColumn(RECORD, ("index",), "count", "1"),
        FormatColumn(POWER, ("we(1).power", "power")),
    ),
    hallmarks=(
        frozenset({"we(1).potential", "we(1).current", "we.potential", "we.current"}),
        frozenset({"time", "corrected_time", "elapsed_time", "index", "scan"}),
    ),
    convention=OXIDATION_IS_POSITIVE,
)

FORMATS = (NOVA,)
