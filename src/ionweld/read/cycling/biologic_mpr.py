"""BioLogic .mpr, the binary of EC-Lab, read by galvani (GPL) where the extra `biologic` is installed.

galvani reads the data blocks by themselves, so that an unknown setting does not lose them.
"""

import io

import polars as pl

from ionweld.errors import Fault, FileFormatError, MissingExtraError
from ionweld.read.cycling.biologic import COLUMNS, with_current
from ionweld.read.cycling.format import Format
from ionweld.read.cycling.neware import DAMAGE
from ionweld.read.cycling.nova import OXIDATION_IS_POSITIVE
from ionweld.read.cycling.raw import RawTable
from ionweld.read.text import Source

MAGIC = b"BIO-LOGIC MODULAR FILE"

MPR = Format(
    name="BioLogic mpr (galvani)",
    columns=COLUMNS,
    hallmarks=(),
    convention=OXIDATION_IS_POSITIVE,
)


def read_mpr(source: Source) -> RawTable:
    """Return the records of a .mpr. Raises MissingExtraError without galvani, FileFormatError for a damaged file."""
    try:
        # GPL: never imported unless such a file is read, and not there where the extra is not installed
        from galvani.BioLogic import MPRfile  # pyright: ignore[reportMissingImports]
    except ImportError:
        mend = "Install the extra (galvani is GPL): pip install 'ionweld[biologic]'; or export the file as .mpt"
        raise MissingExtraError(Fault(str(source.path), "is a BioLogic .mpr", mend)) from None
    try:
        records = MPRfile(io.BytesIO(source.data)).data
        frame = pl.DataFrame({name: records[name].copy() for name in records.dtype.names or ()})
    except DAMAGE as error:
        seen = f"is a BioLogic .mpr that cannot be read: {type(error).__name__}: {error}"
        raise FileFormatError(Fault(str(source.path), seen, "Export it from EC-Lab as text (.mpt)")) from None
    if any(name.startswith("freq/") for name in frame.columns):
        mend = "Read it as an impedance spectrum (ionweld eis)"
        raise FileFormatError(Fault(str(source.path), "holds an impedance sweep, no cycling", mend))
    return with_current(RawTable(frame))
