"""BioLogic EC-Lab and BT-Lab: the text export .mpt, and the columns that it shares with the binary .mpr.

    EC-Lab ASCII FILE / Nb header lines : N / settings ... / names and values between tabs, decimal commas exist

Names carry their unit behind a slash: time/s, Ewe/V or <Ewe>/V or Ecell/V, <I>/mA or I/mA, (Q-Qo)/mA.h, Ns (the
technique's sequence), half cycle, cycle number, Q charge/mA.h. Charge is positive.
"""

import re
from dataclasses import replace

import polars as pl

from ionweld.measurement.cycling import CURRENT, CYCLE, TIME, VOLTAGE
from ionweld.read.cycling.format import NET_CAPACITY, POWER, STEP_ID, STEP_TIME, Format, FormatColumn
from ionweld.read.cycling.nova import OXIDATION_IS_POSITIVE
from ionweld.read.cycling.raw import Head, HeaderLine, RawTable
from ionweld.read.text import split_fields

FIRST_LINES = ("EC-Lab ASCII FILE", "BT-Lab ASCII FILE")

_CHARGE_OF_ROW = ("dq/mA.h", "dQ/mA.h")
_CURRENT_MADE = "current / A"
_RULE = "no current is stored: the charge dq since the row before, divided by the time since then"
_COUNT = re.compile(r"Nb header lines\s*:\s*(\d+)", re.IGNORECASE)

COLUMNS = (
    FormatColumn(TIME, ("time",)),
    FormatColumn(VOLTAGE, ("ecell", "<ecell>", "ewe_ece", "<ewe_ece>", "ewe", "<ewe>")),
    FormatColumn(CURRENT, ("<i>", "i", "current")),
    FormatColumn(NET_CAPACITY, ("(q_qo)",)),
    FormatColumn(CYCLE, ("cycle_number",), "count", "1"),
    FormatColumn(STEP_ID, ("ns",), "count", "1"),
    FormatColumn(STEP_TIME, ("step_time",)),
    FormatColumn(POWER, ("p",)),
    FormatColumn("Temperature T1 / degC", ("temperature",)),
)

MPT = Format(
    name="BioLogic mpt",
    columns=COLUMNS,
    hallmarks=(frozenset({"time"}), frozenset({"ewe", "<ewe>", "ecell", "<ecell>", "ewe_ece", "<ewe_ece>"})),
    convention=OXIDATION_IS_POSITIVE,
)


def header_of(head: Head) -> HeaderLine | None:
    """Return the line of names that the second line of a .mpt announces, or None when the text is no .mpt."""
    if not head.lines or not head.lines[0].strip().startswith(FIRST_LINES):
        return None
    announced = next((match for line in head.lines[:4] if (match := _COUNT.search(line))), None)
    if announced is None or not 3 <= int(announced[1]) <= len(head.lines):
        return None
    line = int(announced[1]) - 1
    return HeaderLine(line, "\t", split_fields(head.lines[line].rstrip(), "\t"))


def with_current(raw: RawTable) -> RawTable:
    """Return the table with a current made from the charge of each row, where the file stored none."""
    charge = next((name for name in _CHARGE_OF_ROW if name in raw.frame.columns), None)
    has_current = any(cell.startswith(("<I>/", "I/")) for cell in raw.frame.columns)
    if has_current or charge is None or "time/s" not in raw.frame.columns:
        return raw
    ampere = 3.6 * pl.col(charge).cast(pl.Float64) / pl.col("time/s").cast(pl.Float64).diff()
    current = pl.when(pl.col(charge) == 0.0).then(0.0).otherwise(ampere).alias(_CURRENT_MADE)
    return replace(raw, frame=raw.frame.with_columns(current), made={_CURRENT_MADE: _RULE})


def is_impedance(header: HeaderLine) -> bool:
    """Return whether the table is a sweep of frequencies and no cycling."""
    return any(cell.casefold().startswith("freq/") for cell in header.cells)
