"""Arbin's .res, an Access database, through the optional package access-parser (Apache-2.0), imported here alone.

The records of a channel stand in `Channel_Normal_Table`, in SI units, in no certain order; DateTime counts days as Excel
does. What reads the columns is the format of Arbin's text exports.
"""

import logging
from collections.abc import Mapping
from types import ModuleType

import polars as pl

from ionweld.errors import Fault, FileFormatError, MissingExtraError
from ionweld.read.cycling.archive import DAMAGE
from ionweld.read.cycling.raw import RawTable
from ionweld.read.text import RawFile

MAGIC = (b"\x00\x01\x00\x00Standard Jet DB", b"\x00\x01\x00\x00Standard ACE DB")
_RECORDS, _ORDER, _TEST = "Channel_Normal_Table", "Data_Point", "Test_ID"
_UNITS = {
    "Test_Time": "s", "Step_Time": "s", "Current": "A", "Voltage": "V", "Charge_Capacity": "Ah", "Discharge_Capacity": "Ah",
    "Charge_Energy": "Wh", "Discharge_Energy": "Wh", "Internal_Resistance": "Ohm",
}  # fmt: skip


def read_database(source: RawFile) -> RawTable:
    """Return the records of the one test in an Arbin database.

    Raises MissingExtraError without access-parser, FileFormatError when the database is damaged, of another instrument,
    or holds several tests.
    """
    parser = _access_parser(source)
    logging.getLogger("access_parser").addHandler(logging.NullHandler())
    try:
        database = parser.AccessParser(str(source.path))
        if _RECORDS not in database.catalog:
            names = ", ".join(sorted(database.catalog)[:12])
            raise _refusal(source, f"is an Access database without the table {_RECORDS!r} of Arbin; it has {names}")
        columns = database.parse_table(_RECORDS)
        frame = _frame(columns)
    except FileFormatError:
        raise
    except DAMAGE as error:
        raise _refusal(source, f"is an Access database that cannot be read: {type(error).__name__}: {error}") from None
    if _TEST in frame.columns and frame[_TEST].n_unique() > 1:
        raise _refusal(source, f"holds {frame[_TEST].n_unique()} tests")
    return RawTable(frame)


def _access_parser(source: RawFile) -> ModuleType:
    try:
        import access_parser  # pyright: ignore[reportMissingImports]
    except ImportError:
        seen = "is an Access database (Arbin .res), which needs the optional package access-parser"
        mend = "Install it with: pip install 'ionweld[arbin]'; or export the file as csv or xlsx in MITS Pro"
        raise MissingExtraError(Fault(str(source.path), seen, mend)) from None
    return access_parser


def _frame(columns: Mapping[str, list[object]]) -> pl.DataFrame:
    frame = pl.DataFrame({name: pl.Series(name, values, strict=False) for name, values in columns.items()})
    frame = frame.sort(_ORDER) if _ORDER in frame.columns else frame
    return frame.rename({name: f"{name}({unit})" for name, unit in _UNITS.items() if name in frame.columns})


def _refusal(source: RawFile, seen: str) -> FileFormatError:
    return FileFormatError(Fault(str(source.path), seen, "Export the test as csv or xlsx in MITS Pro"))
