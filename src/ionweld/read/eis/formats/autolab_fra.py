"""Autolab FRA text "Z60W", and the quoted ZPlotW files of the same layout.

    "Z60W Data File: Version 1.1"
    ""                                                                              seven lines of comments
    0,2,0,1,0.1,10000
    41                                                                              the number of rows
    "  Freq (Hz)    Ampl     Bias   Time(Sec)   Z'(a)    Z''(b)    GD   Err   Range"
    10000,0,0,0,0.013785863964281,0.007191946305823,0,0,0

| position | column    | meaning                                  |
|----------|-----------|------------------------------------------|
| 1        | Freq (Hz) | frequency                                |
| 5        | Z'(a)     | real part in ohm                         |
| 6        | Z''(b)    | imaginary part, negative for a capacitor |

The line of names is one quoted text, is written in several ways, and is missing in some files, so the columns are
known by their places, as in ZPlot's own files.
"""

import re

from ionweld.errors import Fault, FileFormatError
from ionweld.read.eis.formats.zplot import read_positions
from ionweld.read.eis.table import Table
from ionweld.read.text import RawFile, Text

NAME = 'Autolab FRA text "Z60W"'
_SIGNATURE = re.compile(r'\s*"?\s*(?:Z60W|ZPlotW) Data File', re.IGNORECASE)
_COUNT = re.compile(r'\s*"?(\d{1,7})"?[\s,;]*')  # a spreadsheet fills every line up with delimiters
_SEARCHED_LINES = 40


def recognises(text: Text) -> bool:
    """Return whether the first lines carry the signature of this layout."""
    return any(map(_SIGNATURE.match, text.lines[:5]))


def read(source: RawFile, text: Text) -> Table:
    """Return the rows below the line with their number. Raises FileFormatError when that line is missing."""
    numbered = enumerate(map(_COUNT.fullmatch, text.lines[:_SEARCHED_LINES]))
    counts = [(index, int(match[1])) for index, match in numbered if match]
    if not counts:
        seen = "is a Z60W file without the line that holds the number of rows"
        raise FileFormatError(Fault(str(source.path), seen, "It was cut off or edited: export it again"))
    index, declared_rows = counts[-1]  # a comment before it may be a bare number, too
    first = index + 1
    if first < len(text.lines) and "freq" in text.lines[first].lower():
        first += 1
    return read_positions(source, text, NAME, first, declared_rows)
