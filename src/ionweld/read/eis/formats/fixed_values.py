"""Dielectric spectrometer lists with a line of fixed values, as in the pellet series.

    s04147-140deg
    Fixed value(s) :  AC Volt  [Vrms]=3.5000e-02
       Freq.[Hz]    <tab>Zs'[ohm]   <tab>Zs''[ohm]
     1.00000e+06<tab> 2.21423e+04<tab>-5.43115e+04

| column    | meaning                                        |
|-----------|------------------------------------------------|
| Freq.[Hz] | frequency                                      |
| Zs'[ohm]  | real part of the series impedance              |
| Zs''[ohm] | imaginary part, negative for a capacitor       |

A temperature may stand among the fixed values (`Temp. [°C]=...`) or in the title, which is often the file's name.
"""

from ionweld.read.eis.header import read_named
from ionweld.read.eis.table import Table
from ionweld.read.text import RawFile, Text

NAME = 'list with "Fixed value(s)" line'


def recognises(text: Text) -> bool:
    """Return whether one of the first lines lists fixed values."""
    return any(line.lstrip().startswith("Fixed value(s)") for line in text.lines[:10])


def read(source: RawFile, text: Text) -> Table:
    """Return the rows of such a list. Raises FileFormatError when it holds no impedance."""
    return read_named(source, text, NAME)
