"""RelaxIS text export.

    RelaxIS 3.0 Spectrum export
    Date: 1/1/2024 2:00:00 PM
    Data: Frequency <tab> Data: Z' <tab> Data: Z'' <tab> Data: |Z| <tab> Data: Theta (Z)
    TM=20 <tab> Model: Unassigned <tab> x_1
    100000 <tab> 100.988 <tab> -5.98426 <tab> 101.165 <tab> -3.39122

| column          | meaning                                                        |
|-----------------|----------------------------------------------------------------|
| Data: Frequency | frequency in Hz                                                |
| Data: Z'        | real part in ohm                                               |
| Data: Z''       | imaginary part in ohm, negative for a capacitor                |

A row with the meta data of the spectrum (TM: what a person typed as its temperature, in a unit that is not said, so that
it is not used) stands between the names and the numbers.
"""

from ionweld.errors import Fault, FileFormatError
from ionweld.read.eis.header import block_below, find_header
from ionweld.read.eis.table import HOW_TO_MEND, Table, read_block
from ionweld.read.text import RawFile, Text

NAME = "RelaxIS text"


def recognises(text: Text) -> bool:
    """Return whether the first lines carry RelaxIS' signature."""
    return any("RelaxIS" in line for line in text.lines[:5])


def read(source: RawFile, text: Text) -> Table:
    """Return the rows of a RelaxIS export. Raises FileFormatError when it names no whole impedance."""
    lines = [line for line in text.lines if not line.startswith("TM=")]
    header = find_header(lines)
    if header is None:
        raise FileFormatError(Fault(str(source.path), "is a RelaxIS export without a whole impedance", HOW_TO_MEND))
    return read_block(source, Text(lines, text.encoding, text.ended), NAME, block_below(source.path, lines, header))
