"""Any text table whose header names its columns: csv, txt, our own export, and those of many programs.

    frequency_Hz,Z_real_ohm,Z_imag_ohm        our own
    time/s,freq/Hz,|Z|/Ohm,Phase(Z)/deg,...   hybrid-drt
    Freq/Hz, Z'/ohm, Z"/ohm, Z/ohm, Phase/deg

| needed                 | in any order, with units from Hz, kHz, MHz, rad/s, ohm, kohm, Mohm, mohm, deg, rad      |
|------------------------|-----------------------------------------------------------------------------------------|
| frequency              | and                                                                                     |
| Z' and Z'' (or -Z'')   | or                                                                                      |
| modulus and phase      |                                                                                         |
| a count of the sweeps  | optional: sweep, scan, loop_index, cycle number                                         |
| temperature            | optional: degC or K                                                                     |

Lines before the header are skipped; units may stand in a row of their own below it. What each word means is in
vocabulary.py.
"""

from ionweld.read.eis.header import find_header, read_named
from ionweld.read.eis.table import Table
from ionweld.read.text import RawFile, Text

NAME = "table with named columns (csv, txt)"


def recognises(text: Text) -> bool:
    """Return whether any line names a frequency and a whole impedance."""
    return find_header(text.lines) is not None


def read(source: RawFile, text: Text) -> Table:
    """Return the rows below the header. Raises FileFormatError when there are none."""
    return read_named(source, text, NAME)
