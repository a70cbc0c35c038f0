"""BioLogic EC-Lab and BT-Lab: the text export .mpt and the binary .mpr, which have the same columns.

    EC-Lab ASCII FILE / Nb header lines : N / settings ... / names and values between tabs, decimal commas exist

Names carry their unit behind a slash: time/s, Ewe/V or <Ewe>/V or <Ewe/V> or Ecell/V, <I>/mA or I/mA, (Q-Qo)/mA.h, Ns
(the technique's sequence), half cycle, cycle number, Q charge/mA.h. Time may be absolute, month first. The settings may
have been left out of the export. A test at open circuit stores no current: it is zero, where the technique says so. Rows with a frequency are impedance sweeps between the cycling: they belong to `eis`.
The binary is opened in read/ec_lab.py.
"""

import re
from dataclasses import replace

import polars as pl

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.cycling import CURRENT, CYCLE, TIME, VOLTAGE
from ionweld.read.cycling.counters import Counter
from ionweld.read.cycling.format import (
    NET_CAPACITY,
    OXIDATION_IS_POSITIVE,
    POWER,
    STEP_ID,
    STEP_TIME,
    Format,
    FormatColumn,
    Opener,
)
from ionweld.read.cycling.raw import MOST_COLUMNS, Head, HeaderLine, RawTable, header_at, read_head, read_rows
from ionweld.read.ec_lab import MAGIC, is_open_circuit, read_records
from ionweld.read.text import RawFile
from ionweld.wording import many

FIRST_LINES = (b"EC-Lab ASCII FILE", b"BT-Lab ASCII FILE")
_CLOCKS = ("%m/%d/%Y %H:%M:%S%.f",)
_TITLE_LINES = 8
_CHARGE_OF_ROW = ("dq/mA.h", "dQ/mA.h")
_CURRENT_MADE = "current / A"
_RULE = "no current is stored: the charge dq since the row before, divided by the time since then"
_OPEN_CIRCUIT = "Open Circuit Voltage"
_NO_CURRENT = "no current is stored: the technique is open circuit, where none flows"
_COUNT = re.compile(r"Nb header lines\s*:\s*(\d+)", re.IGNORECASE)
_VOLTAGES = ("ecell", "<ecell>", "ewe_ece", "<ewe_ece>", "ewe", "<ewe>")
# (Q-Qo) is the net charge since the technique began, signed like the current; a row stands at the end of its interval.
_COUNTER = Counter("never", "charged", "documented")

COLUMNS = (
    FormatColumn(TIME, ("time",)),
    FormatColumn(VOLTAGE, _VOLTAGES),
    FormatColumn(CURRENT, ("<i>", "i", "current")),
    FormatColumn(NET_CAPACITY, ("(q_qo)",)),
    FormatColumn(CYCLE, ("cycle_number",), "count", "1"),
    FormatColumn(STEP_ID, ("ns",), "count", "1"),
    FormatColumn(STEP_TIME, ("step_time",)),
    FormatColumn(POWER, ("p",)),
    FormatColumn("Temperature T1 / degC", ("temperature",)),
)


def _is_text_export(source: RawFile) -> bool:
    return source.data[:80].lstrip(b"\xef\xbb\xbf \r\n").startswith(FIRST_LINES)


def _read_text(source: RawFile) -> RawTable:
    head = read_head(source)
    raw = read_rows(source, head, _header(source, head))
    return _at_open_circuit(raw) if any(line.strip() == _OPEN_CIRCUIT for line in head.lines[:_TITLE_LINES]) else raw


def _header(source: RawFile, head: Head) -> HeaderLine:
    """Return the line of names that the second line announces, or else the first that names a time and a voltage."""
    announced = next((int(match[1]) for line in head.lines[:4] if (match := _COUNT.search(line))), 0)
    lines = range(announced - 1, announced) if 3 <= announced <= len(head.lines) else range(len(head.lines))
    for number in (*lines, *range(len(head.lines))):
        line = head.lines[number]
        names = line.startswith(("mode\t", "freq/", "time/")) or "\ttime/" in line
        if names and line.count("\t") < MOST_COLUMNS:  # more in a line are rows whose ends were lost
            return header_at(head, number, "\t")
    mend = "Export it again in EC-Lab, with time, Ewe and I among the columns"
    raise FileFormatError(Fault(str(source.path), "is an EC-Lab text without a line of column names", mend))


def _read_binary(source: RawFile) -> RawTable:
    """Return the records of a .mpr. Raises MissingExtraError without galvani, FileFormatError for a damaged file."""
    records, warnings = read_records(source)
    frame = pl.DataFrame({name: records[name].copy() for name in records.dtype.names or ()})
    raw = RawTable(frame, warnings=warnings)
    return _at_open_circuit(raw) if is_open_circuit(source) else raw


def _at_open_circuit(raw: RawTable) -> RawTable:
    if _has_current(raw) or any(name in raw.frame.columns for name in _CHARGE_OF_ROW):
        return raw
    nothing = raw.frame.with_columns(pl.lit(0.0).alias(_CURRENT_MADE))
    return replace(raw, frame=nothing, made={_CURRENT_MADE: _NO_CURRENT})


def _has_current(raw: RawTable) -> bool:
    return any(cell.startswith(("<I>/", "I/", "<I/")) for cell in raw.frame.columns)


def _cycling_rows(raw: RawTable) -> RawTable:
    """Leave out the rows of impedance sweeps, and make a current from the charge of each row where none is stored."""
    frequency = next((name for name in raw.frame.columns if name.casefold().startswith("freq/")), None)
    if frequency is not None:
        swept = (_numbers(raw, frequency) > 0.0).fill_null(False)
        count = raw.frame.select(swept.sum()).item()
        if count == raw.frame.height:
            mend = "Read it as an impedance spectrum (ionweld eis)"
            raise FileFormatError(Fault("", "holds an impedance sweep, no cycling", mend))
        if count:
            said = (
                f"{many(count, 'row with a frequency is', 'rows with a frequency are')} impedance sweeps between the cycling: "
                "ionweld eis reads them"
            )
            raw = replace(raw, frame=raw.frame.filter(~swept), dropped=(*raw.dropped, said))
    return _with_current(raw)


def _with_current(raw: RawTable) -> RawTable:
    charge = next((name for name in _CHARGE_OF_ROW if name in raw.frame.columns), None)
    if _has_current(raw) or charge is None or "time/s" not in raw.frame.columns:
        return raw
    moved = _numbers(raw, charge)
    ampere = 3.6 * moved / _numbers(raw, "time/s").diff()
    current = pl.when(moved == 0.0).then(0.0).otherwise(ampere).alias(_CURRENT_MADE)
    return replace(raw, frame=raw.frame.with_columns(current), made={_CURRENT_MADE: _RULE})


def _numbers(raw: RawTable, name: str) -> pl.Expr:
    column = pl.col(name)
    if raw.frame[name].dtype == pl.String:
        column = column.str.replace(",", ".", literal=True)
    return column.cast(pl.Float64, strict=False)


MPT = Format(
    name="BioLogic mpt",
    columns=COLUMNS,
    hallmarks=(
        frozenset({"time"}),
        frozenset(_VOLTAGES),
        frozenset({"ox_red", "ox/red", "<i>", "(q_qo)", "dq", "ns"}),
    ),
    opener=Opener(_is_text_export, _read_text),
    tidy=_cycling_rows,
    clock_formats=_CLOCKS,
    convention=OXIDATION_IS_POSITIVE,
    counter=_COUNTER,
)
MPR = Format(
    name="BioLogic mpr (galvani)",
    columns=COLUMNS,
    opener=Opener(lambda source: source.data.startswith(MAGIC), _read_binary),
    tidy=_cycling_rows,
    convention=OXIDATION_IS_POSITIVE,
    counter=_COUNTER,
)

FORMATS = (MPT, MPR)
