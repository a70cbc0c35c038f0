"""BioLogic EC-Lab binary, `.mpr`, through the optional package galvani (GPL), which is imported here alone.

The file is a signature and a row of modules: settings, data, sometimes loops and a log. Only the data module holds the
measurement, in columns of the same names as in `.mpt`. galvani reads all modules and refuses a file when any of them
surprises it; then the data module is given to it alone, so that a strange setting does not cost the data.
"""

import struct
from io import BytesIO
from types import ModuleType
from typing import Any

import numpy as np

from ionweld.errors import Fault, FileFormatError, MissingExtraError
from ionweld.read.text import RawFile

MAGIC = b"BIO-LOGIC MODULAR FILE"
_DATA_MODULE, _SETTINGS_MODULE = b"MODULEVMP data  ", b"MODULEVMP Set   "
_OPEN_CIRCUIT = 11  # the number of the technique, with which the settings begin
# What galvani raises for modules it does not know, cannot cut or finds contradictory.
_REFUSALS = (
    ValueError, OSError, AssertionError, NotImplementedError, TypeError, KeyError, IndexError, OverflowError,
    MemoryError, SyntaxError, struct.error,
)  # fmt: skip


def read_records(source: RawFile) -> tuple[Any, tuple[str, ...]]:
    """Return the records of the data module as a structured array, and warnings about the rest of the file.

    Raises MissingExtraError without galvani, FileFormatError when the data module is damaged or not there.
    """
    galvani = _galvani(source)
    try:
        return galvani.MPRfile(BytesIO(source.data)).data, ()
    except _REFUSALS as refusal:
        data = _data_alone(galvani, source, refusal)
        warning = f"a part of the file besides the data could not be read ({_short(refusal)}); the data is complete"
        return data, (warning,)


def is_open_circuit(source: RawFile) -> bool:
    """Return whether a file's settings say that the cell stood at open circuit. Raises MissingExtraError without galvani."""
    galvani = _galvani(source)
    start = source.data.find(_SETTINGS_MODULE)
    if start < 0:
        return False
    try:
        module = next(galvani.read_VMP_modules(BytesIO(source.data[start:])))
        return source.data[start + module["offset"]] == _OPEN_CIRCUIT
    except _REFUSALS:
        return False


def _galvani(source: RawFile) -> ModuleType:
    try:
        # GPL: never imported unless such a file is read, and not there where the extra is not installed
        import galvani.BioLogic  # pyright: ignore[reportMissingImports]
    except ImportError:
        seen = "is a BioLogic binary file (.mpr), which needs the optional package galvani"
        mend = "Install it (GPL) with: pip install 'ionweld[biologic]'; or export the file as text (.mpt) in EC-Lab"
        raise MissingExtraError(Fault(str(source.path), seen, mend)) from None
    return galvani.BioLogic


def _data_alone(galvani: Any, source: RawFile, refusal: Exception) -> Any:
    """Return the records from a file made of the data module and an empty settings module."""
    start = source.data.rfind(_DATA_MODULE)
    if start < 0:
        seen = f"has no data module that could be read ({_short(refusal)})"
        raise FileFormatError(Fault(str(source.path), seen, "It was cut off: save or export it again in EC-Lab"))
    settings = np.array([(b"VMP Set   ", b"", 0, 0, b"01/01/00")], galvani.VMPmodule_hdr_v1)  # empty, as galvani wants
    try:
        module = next(galvani.read_VMP_modules(BytesIO(source.data[start:])))
        body = source.data[start : start + module["offset"] + module["length"]]
        return galvani.MPRfile(BytesIO(galvani.MPR_MAGIC + b"MODULE" + settings.tobytes() + body)).data
    except NotImplementedError as error:  # nothing is wrong with the file: the library does not know all of its columns
        seen = f"holds a column that the package galvani does not know ({_short(error)})"
        mend = "Export it as text (.mpt) in EC-Lab, or install a newer galvani"
        raise FileFormatError(Fault(str(source.path), seen, mend)) from None
    except _REFUSALS as error:
        seen = f"has a damaged data module ({_short(error)})"
        mend = "It was cut off or changed: save or export it again in EC-Lab"
        raise FileFormatError(Fault(str(source.path), seen, mend)) from None


def _short(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:120]
