"""BioLogic EC-Lab binary, `.mpr`: the impedance among its records. The file itself: read/ec_lab.py.

| column          | meaning                                  |
|-----------------|------------------------------------------|
| freq/Hz         | frequency; 0 in the rests between sweeps |
| Re(Z)/Ohm       | real part                                |
| -Im(Z)/Ohm      | imaginary part, sign reversed            |
| cycle number,Ns | change from sweep to sweep               |
"""

from dataclasses import replace

import numpy as np

from ionweld.read.ec_lab import MAGIC, read_records
from ionweld.read.eis.table import Table, table_of
from ionweld.read.eis.vocabulary import understand
from ionweld.read.text import RawFile, start_report

NAME = "BioLogic EC-Lab binary (.mpr)"


def recognises_bytes(source: RawFile) -> bool:
    """Return whether the bytes begin with EC-Lab's signature."""
    return source.data.startswith(MAGIC)


def read_bytes(source: RawFile) -> Table:
    """Return the rows of the data module.

    Raises MissingExtraError without galvani, FileFormatError when the data module is damaged or holds no impedance.
    """
    data, warnings = read_records(source)
    report = replace(start_report(source, NAME), warnings=warnings)
    with np.errstate(invalid="ignore"):  # a damaged file may hold any bit pattern
        arrays = {name: data[name].astype(np.float64) for name in data.dtype.names if data.dtype[name].kind in "fiu"}
    meaning = {name: column for name in arrays if (column := understand(name))}
    return table_of(source.path, report, arrays, meaning)
