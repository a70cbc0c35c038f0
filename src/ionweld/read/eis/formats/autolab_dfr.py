"""Eco Chemie (Autolab) FRA data, `.dfr`, version 8.0.

    version8.0
    29                          the number of points
    0                           not known
    10000                       nine lines for each point
    109.00918219439
    26.5556798765152
    ...

| line of nine | meaning                                    |
|--------------|--------------------------------------------|
| 1            | frequency in Hz                            |
| 2            | Z' in ohm                                  |
| 3            | -Z'' in ohm, positive for a capacitor      |
| 4 to 9       | potential, current, time and others: kept as columns without a name |

Other versions may have other lines, so they are refused. (Layout: pyimpspec's reader, tested on a file of this version.)
"""

import numpy as np
import polars as pl

from ionweld.errors import Fault, FileFormatError
from ionweld.read.eis.table import HOW_TO_MEND, Table, table_of
from ionweld.read.eis.vocabulary import Column
from ionweld.read.text import RawFile, Text, numbers, start_report

NAME = "Autolab FRA data (.dfr)"
_VERSION = "version8.0"
_PER_POINT = 9
_MEANING = {"line 1": Column("frequency"), "line 2": Column("real"), "line 3": Column("imaginary", sign=-1)}


def recognises(text: Text) -> bool:
    """Return whether the first line is a version and the second a count, with one field a line."""
    lines = [line.strip() for line in text.lines[:4]]
    return len(lines) == 4 and lines[0].lower().startswith("version") and lines[1].isdigit()


def read(source: RawFile, text: Text) -> Table:
    """Return the points. Raises FileFormatError for another version than 8.0 and for a file without one whole point."""
    lines = [line.strip() for line in text.lines if line.strip()]
    if lines[0].lower() != _VERSION:
        seen = f"is FRA data of {lines[0][:40]!r}, and only {_VERSION} is known"
        raise FileFormatError(Fault(str(source.path), seen, f"Export it as text from FRA or Nova. {HOW_TO_MEND}"))
    values = numbers(pl.Series(lines[3:]).cast(pl.String), ".")
    whole = values[: len(values) // _PER_POINT * _PER_POINT].reshape(-1, _PER_POINT)[: int(lines[1])]
    if not len(whole) or not np.isfinite(whole[:, :3]).any():
        raise FileFormatError(Fault(str(source.path), "has not one whole point of nine lines", "Copy it again"))
    arrays = {f"line {at + 1}": whole[:, at].copy() for at in range(_PER_POINT)}
    table = table_of(source.path, start_report(source, NAME, text), arrays, _MEANING)
    return Table(table.report, table.frequency_Hz, table.impedance_ohm, extra=table.extra, declared_rows=int(lines[1]))
