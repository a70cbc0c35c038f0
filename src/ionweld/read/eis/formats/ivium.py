"""Ivium data, `.idf` (one measurement) and `.ids` (a set of them): lines of text between control characters.

    Title=cell 1
    ... settings ...
    primary_data
    3                                                     the number of columns
    29                                                    the number of rows
     1.09009182194390E+0002 -2.65556798765152E+0001  1.00000000000000E+0004

| column | meaning                                        |
|--------|------------------------------------------------|
| 1      | Z' in ohm                                      |
| 2      | Z'' in ohm, negative for a capacitor           |
| 3      | frequency in Hz                                |

Every technique of Ivium stores its primary data so, and the file does not name the columns: they are an impedance only where
the third runs as a frequency does. (Layout: pyimpspec's reader, tested on files with known data.)
"""

import re
from dataclasses import replace

import numpy as np

from ionweld.errors import Fault, FileFormatError
from ionweld.read.eis.sequence import runs_as_frequency
from ionweld.read.eis.table import HOW_TO_MEND, Floats, Table, table_of
from ionweld.read.eis.vocabulary import Column
from ionweld.read.text import RawFile, is_number, start_report

NAME = "Ivium data (.idf, .ids)"
_MARK = b"primary_data"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]+")
_COLUMNS = "3"
_MEANING = {
    "column 1": Column("real"), "column 2": Column("imaginary"), "column 3": Column("frequency"), "measurement": Column("sweep"),
}  # fmt: skip


def recognises_bytes(source: RawFile) -> bool:
    """Return whether a line of the bytes begins Ivium's primary data."""
    return _MARK in source.data and b"Title=" in source.data


def read_bytes(source: RawFile) -> Table:
    """Return the impedances among the primary data. Raises FileFormatError when there are none."""
    text = _CONTROL.sub("", source.data.decode("latin-1")).replace("\r\n", "\n").replace("\r", "\n")
    lines = [line.strip() for line in text.split("\n")]
    starts = [at for at, line in enumerate(lines) if "primary_data" in line]
    blocks = [_block(lines, at + 1) for at in starts]
    sweeps = [block for block in blocks if block is not None and runs_as_frequency(block[:, 2].tolist())]
    if not sweeps:
        seen = f"is Ivium data, but none of its {len(starts)} tables runs as an impedance: Z', Z'', frequency"
        raise FileFormatError(Fault(str(source.path), seen, f"Export it as text from IviumSoft. {HOW_TO_MEND}"))
    rows = np.vstack(sweeps)
    marks = np.repeat(np.arange(1.0, len(sweeps) + 1), [len(sweep) for sweep in sweeps])
    arrays = {f"column {at + 1}": rows[:, at].copy() for at in range(3)} | {"measurement": marks}
    other = len(starts) - len(sweeps)
    dropped = (f"{other} of {len(starts)} tables that run as no impedance",) if other else ()
    report = replace(start_report(source, NAME), dropped=dropped)
    return replace(table_of(source.path, report, arrays, _MEANING), preamble=tuple(lines[: starts[0]]))


def _block(lines: list[str], at: int) -> Floats | None:
    """Return the rows of three numbers below their two counts, (n, 3); None where they are not as these say."""
    filled = [line for line in lines[at : at + 2] if line]
    if len(filled) < 2 or filled[0] != _COLUMNS or not filled[1].isdigit():
        return None
    rows = []
    for line in lines[at + 2 : at + 2 + int(filled[1])]:
        fields = line.replace(",", ".").split()
        if len(fields) != 3 or not all(map(is_number, fields)):
            break
        rows.append([float(field) for field in fields])
    return np.array(rows) if rows else None
