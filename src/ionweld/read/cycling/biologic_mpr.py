"""BioLogic .mpr, the binary of EC-Lab: the cycling among its records. The file itself: read/ec_lab.py."""

import polars as pl

from ionweld.errors import Fault, FileFormatError
from ionweld.read.cycling.biologic import COLUMNS, with_current
from ionweld.read.cycling.format import Format
from ionweld.read.cycling.nova import OXIDATION_IS_POSITIVE
from ionweld.read.cycling.raw import RawTable
from ionweld.read.ec_lab import read_records
from ionweld.read.text import RawFile

MPR = Format(
    name="BioLogic mpr (galvani)",
    columns=COLUMNS,
    hallmarks=(),
    convention=OXIDATION_IS_POSITIVE,
)


def read_mpr(source: RawFile) -> RawTable:
    """Return the records of a .mpr. Raises MissingExtraError without galvani, FileFormatError for a damaged file."""
    records, warnings = read_records(source)
    frame = pl.DataFrame({name: records[name].copy() for name in records.dtype.names or ()})
    if any(name.startswith("freq/") for name in frame.columns):
        mend = "Read it as an impedance spectrum (ionweld eis)"
        raise FileFormatError(Fault(str(source.path), "holds an impedance sweep, no cycling", mend))
    return with_current(RawTable(frame, warnings=warnings))
