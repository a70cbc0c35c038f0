"""Neware .nda and .ndax, read by fastnda (BSD-3).

The raw file's cycle is a counter of the program's loops; BTSDA shows another one, which begins each time that the direction
of the first current returns (NewareNDA's and fastnda's "auto"). That is the cycle count here, because it is what people
see; the raw file's stands beside it.

fastnda gives voltage, signed current (charge positive) and one net capacity and energy that start again with each step.
Where a file stores times and capacities only now and then, fastnda fills them in between.
"""

import logging
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import polars as pl

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.cycling import CURRENT, CYCLE, STEP, STEP_TYPE, TIME, VOLTAGE
from ionweld.read.cycling.archive import DAMAGE
from ionweld.read.cycling.counters import Counter
from ionweld.read.cycling.format import (
    RECORD,
    STEP_ID,
    STEP_NET_CAPACITY,
    STEP_NET_ENERGY,
    STEP_TIME,
    UNIX_TIME,
    Format,
    FormatColumn,
    Opener,
)
from ionweld.read.cycling.raw import RawTable
from ionweld.read.cycling.words import NEWARE_AND_ALIKE, OPEN_CIRCUIT, REST
from ionweld.read.text import RawFile

_NDA = b"NEWARE"
_RAW_CYCLE = "cycle_count of the raw file"
_RULE = "as BTSDA shows it: a cycle begins each time that the direction of the first current returns"
_NO_CYCLES = "Raw cycle column missing"


def recognises(source: RawFile) -> bool:
    """Return whether the file begins as an .nda, or is a zip container that holds the records of an .ndax."""
    return source.data.startswith(_NDA) or _is_ndax(source)


def _is_ndax(source: RawFile) -> bool:
    if not source.data.startswith(b"PK") or b"data.ndc" not in source.data:
        return False
    with zipfile.ZipFile(BytesIO(source.data)) as archive:
        return "data.ndc" in archive.namelist()


def read_neware(source: RawFile) -> RawTable:
    """Return the records of a Neware file. Raises FileFormatError."""
    suffix = ".nda" if source.data.startswith(_NDA) else ".ndax"
    read = _fastnda_read()
    with _named_by_content(source, suffix) as path, _listening() as said:
        try:
            frame = read(path, cycle_mode="raw")
        except DAMAGE as error:
            seen = f"is a Neware {suffix} file that the package fastnda cannot read: {type(error).__name__}: {error}"
            mend = "Export it again from BTSDA, as .ndax or csv"
            raise FileFormatError(Fault(str(source.path), seen, mend)) from None
    if any(sentence.startswith(_NO_CYCLES) for sentence in said):
        frame = frame.drop("cycle_count", strict=False)
    cycles = None
    if "cycle_count" in frame.columns:
        frame = frame.rename({"cycle_count": _RAW_CYCLE}).with_columns(_shown_cycle().alias("cycle_count"))
        cycles = ("cycle_count", _RAW_CYCLE)
    categories = [name for name, kind in frame.schema.items() if kind == pl.Categorical]
    frame = frame.with_columns(pl.col(name).cast(pl.String) for name in categories)
    made = {"cycle_count": _RULE} if cycles else {}
    return RawTable(frame, warnings=tuple(f"fastnda: {sentence}" for sentence in said), made=made, cycles=cycles)


def _shown_cycle() -> pl.Expr:
    """Return the count that BTSDA shows: one more each time that the direction of the first current returns."""
    word = pl.col("step_type").cast(pl.String)
    way = pl.when(word.str.ends_with("_DChg")).then(-1).when(word.str.ends_with("_Chg")).then(1)
    held = way.forward_fill()
    returns = (held == way.drop_nulls().first()) & (held.shift(1) == -held)
    return returns.fill_null(False).cast(pl.Int64).cum_sum() + 1


def _fastnda_read() -> Callable[..., pl.DataFrame]:
    """Return fastnda.read; its import exchanges zlib's functions for the whole process, which is taken back."""
    kept = zlib.decompress, zlib.decompressobj
    import fastnda
    import fastnda.ndax

    zlib.decompress, zlib.decompressobj = kept
    return fastnda.read


@contextmanager
def _named_by_content(source: RawFile, suffix: str) -> Iterator[Path]:
    """fastnda goes by the file's suffix: a file that is called otherwise is copied under the right one."""
    if source.path.suffix.lower() == suffix:
        yield source.path
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"renamed{suffix}")
        path.write_bytes(source.data)
        yield path


@contextmanager
def _listening() -> Iterator[list[str]]:
    """Collect what fastnda would say on standard error or as Python warnings: it belongs in the report."""
    said: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("fastnda")
    propagate, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield said
        said += [str(warning.message) for warning in caught]
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate


NEWARE = Format(
    name="Neware (fastnda)",
    columns=(
        FormatColumn(RECORD, ("index",), "count", "1"),
        FormatColumn(TIME, ("total_time",)),
        FormatColumn(VOLTAGE, ("voltage",)),
        FormatColumn(CURRENT, ("current",)),
        FormatColumn(UNIX_TIME, ("unix_time",)),
        FormatColumn(STEP_TIME, ("step_time",)),
        FormatColumn(CYCLE, ("cycle_count",), "count", "1"),
        FormatColumn(STEP, ("step_count",), "count", "1"),
        FormatColumn(STEP_ID, ("step_index",), "count", "1"),
        FormatColumn(STEP_TYPE, ("step_type",), "words"),
        FormatColumn(STEP_NET_CAPACITY, ("capacity",)),
        FormatColumn(STEP_NET_ENERGY, ("energy",)),
    ),
    opener=Opener(recognises, read_neware),
    counter=Counter("step", "zero", "documented"),
    states=REST | OPEN_CIRCUIT | NEWARE_AND_ALIKE,
    convention="fastnda adds up the test time, and fills in times and capacities between the records that hold them",
)

FORMATS = (NEWARE,)
