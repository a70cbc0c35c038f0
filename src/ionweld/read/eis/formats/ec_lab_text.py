"""BioLogic EC-Lab text, `.mpt`.

    EC-Lab ASCII FILE
    Nb header lines : 61
    ... settings ...
    freq/Hz <tab> Re(Z)/Ohm <tab> -Im(Z)/Ohm <tab> |Z|/Ohm <tab> Phase(Z)/deg <tab> time/s ...
    1.0003201E+003 <tab> 6.5470886E+001 <tab> 3.8998979E-001 ...

| column             | meaning                                  |
|--------------------|------------------------------------------|
| freq/Hz            | frequency; 0 in the rests between sweeps |
| Re(Z)/Ohm          | real part                                |
| -Im(Z)/Ohm         | imaginary part, sign reversed            |
| cycle number, Ns   | change from sweep to sweep               |

Written in Latin-1, with the decimal mark of the computer's locale. The settings hold an electrode area, but EC-Lab
fills in 0.001 cm2 when nobody types one, so it is not used.
"""

from ionweld.read.eis.header import read_named
from ionweld.read.eis.table import Table
from ionweld.read.text import RawFile, Text

NAME = "BioLogic EC-Lab text (.mpt)"


def recognises(text: Text) -> bool:
    """Return whether the first lines carry EC-Lab's signature."""
    return any("EC-Lab ASCII FILE" in line for line in text.lines[:10])


def read(source: RawFile, text: Text) -> Table:
    """Return the rows of an EC-Lab text. Raises FileFormatError when it holds no impedance."""
    return read_named(source, text, NAME)
