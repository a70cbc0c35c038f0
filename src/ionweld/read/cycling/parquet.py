"""Parquet tables of the Battery Data Format; one that ionweld wrote brings its provenance and context along."""

from io import BytesIO

import polars as pl

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.cycling import CyclingTest
from ionweld.measurement.store import read_cycling
from ionweld.read.cycling.archive import without_panic_text
from ionweld.read.cycling.assemble import assemble, checked_again, recognised
from ionweld.read.cycling.format import hallmarked, is_complete
from ionweld.read.cycling.formats import known_formats
from ionweld.read.cycling.raw import RawTable
from ionweld.read.text import RawFile

MAGIC = b"PAR1"
_OURS = "ionweld"


def read_parquet(source: RawFile) -> CyclingTest:
    """Return the measurement in a Parquet file. Raises FileFormatError when it is damaged or no such table."""
    try:
        with without_panic_text():
            if _OURS in pl.read_parquet_metadata(BytesIO(source.data)):
                return checked_again(source, read_cycling(source.path))
            frame = pl.read_parquet(BytesIO(source.data))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError, TypeError, KeyError) as error:
        seen = f"is a Parquet file that cannot be read: {str(error).splitlines()[0]}"
        raise FileFormatError(Fault(str(source.path), seen, "Write it again")) from None
    form = next((form for form in hallmarked(known_formats(), frame.columns) if is_complete(form, frame.columns)), None)
    if form is None:
        seen = f"is a Parquet table of something else: {', '.join(frame.columns[:12])}"
        mend = 'Name its columns as the Battery Data Format does, for example "Voltage / V"'
        raise FileFormatError(Fault(str(source.path), seen, mend))
    return assemble(source, recognised(form, RawTable(frame)))
