"""Metrohm Autolab Nova text, impedance.

    Index;Frequency (Hz);Z' (Ω);-Z'' (Ω);Z (Ω);-Phase (°);Time (s)
    1;1000000,0;512,3;87,1;519,7;9,65;12,3

| column         | meaning                                     |
|----------------|---------------------------------------------|
| Frequency (Hz) | frequency                                   |
| Z' (Ω)         | real part                                   |
| -Z'' (Ω)       | imaginary part, sign reversed by the header |
| Z (Ω)          | modulus, compared with Z' and Z''           |
| -Phase (°)     | phase, sign reversed by the header          |

One header line, usually with semicolons, but tabs and commas occur; the decimal mark is that of the computer's locale.
Ω is written as U+03A9 or U+2126 and arrives as mojibake or "?" from some exports. A sign is taken from the header:
an export with "Z''" instead of "-Z''" holds the imaginary part itself.
"""

from ionweld.read.eis.header import find_header, read_named
from ionweld.read.eis.table import Table
from ionweld.read.text import RawFile, Text

NAME = "Autolab Nova text"
_BEGINNINGS = ("frequency (", "z' (", "-phase (")


def recognises(text: Text) -> bool:
    """Return whether the text has a header in Nova's words."""
    header = find_header(text.lines)
    fields = [field.lower() for field in header.fields] if header else []
    return all(any(field.startswith(beginning) for field in fields) for beginning in _BEGINNINGS)


def read(source: RawFile, text: Text) -> Table:
    """Return the rows of a Nova export. Raises FileFormatError when no rows follow its header."""
    return read_named(source, text, NAME)
