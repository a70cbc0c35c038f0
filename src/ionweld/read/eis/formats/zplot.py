"""Scribner ZPlot, `.z`.

    ZPLOT2 ASCII
    ... settings ...
      Data Points:                56
      Freq(Hz) <tab> Ampl <tab> Bias <tab> Time(Sec) <tab> Z'(a) <tab> Z''(b) <tab> GD <tab> Err <tab> Range
    End Comments
    3.000000E+05 <tab> 1.0000E-02 <tab> 0.0000E+00 <tab> 2.670000E+00 <tab> 1.4777E+02 <tab> -1.1335E+01 ...

| position | column   | meaning                                  |
|----------|----------|------------------------------------------|
| 1        | Freq(Hz) | frequency                                |
| 5        | Z'(a)    | real part in ohm                         |
| 6        | Z''(b)   | imaginary part, negative for a capacitor |

The rows begin after the last "End Comments"; the columns always have these places. ZView saves the same layout with
commas.
"""

import re

from ionweld.errors import Fault, FileFormatError
from ionweld.read.eis.table import Table, TableBlock, read_block
from ionweld.read.eis.vocabulary import Column
from ionweld.read.text import RawFile, Text, sniff_layout

NAME = "ZPlot (.z)"
NAMES = ("Freq(Hz)", "Ampl", "Bias", "Time(Sec)", "Z'(a)", "Z''(b)", "GD", "Err", "Range")
MEANING = {"Freq(Hz)": Column("frequency"), "Z'(a)": Column("real"), "Z''(b)": Column("imaginary")}

_SIGNATURE = re.compile(r'\s*"?\s*ZPLOT2? ?ASCII', re.IGNORECASE)
_POINTS = re.compile(r"\s*Data Points:\s*(\d{1,9})\s*")


def recognises(text: Text) -> bool:
    """Return whether the first lines carry ZPlot's signature."""
    return any(map(_SIGNATURE.match, text.lines[:5]))


def read(source: RawFile, text: Text) -> Table:
    """Return the rows of a ZPlot file. Raises FileFormatError when it ends before them."""
    ends = [index for index, line in enumerate(text.lines) if line.strip().strip('"').startswith("End Comments")]
    if not ends:
        seen = 'is a ZPlot file without the line "End Comments", after which the rows begin'
        raise FileFormatError(Fault(str(source.path), seen, "It was cut off: save it again from ZPlot or ZView"))
    declared = [int(match[1]) for match in map(_POINTS.fullmatch, text.lines[: ends[-1]]) if match]
    return read_positions(source, text, NAME, ends[-1] + 1, declared[-1] if declared else None)


def read_positions(source: RawFile, text: Text, reader: str, first: int, declared_rows: int | None) -> Table:
    """Return rows whose columns have the fixed places of NAMES, from line index `first` to the end."""
    layout = sniff_layout(text.lines[first:])
    return read_block(source, text, reader, TableBlock(NAMES, MEANING, None, first, layout), declared_rows)
