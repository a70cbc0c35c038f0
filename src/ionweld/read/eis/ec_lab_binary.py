"""BioLogic EC-Lab binary, `.mpr`, through the optional package galvani (GPL).

The file is a signature and a row of modules: settings, data, sometimes loops and a log. Only the data module holds the
measurement, in columns of the same names as in `.mpt`. galvani reads all modules and refuses a file when any of them
surprises it; then the data module is given to it alone, so that a strange setting does not cost the data.

| column          | meaning                                  |
|-----------------|------------------------------------------|
| freq/Hz         | frequency; 0 in the rests between sweeps |
| Re(Z)/Ohm       | real part                                |
| -Im(Z)/Ohm      | imaginary part, sign reversed            |
| cycle number,Ns | change from sweep to sweep               |
"""

import importlib
import struct
from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np

from ionweld.errors import Fault, FileFormatError, MissingExtraError
from ionweld.read.eis.table import Table, table_of
from ionweld.read.eis.vocabulary import understand
from ionweld.read.text import Source, start_report

NAME = "BioLogic EC-Lab binary (.mpr)"
_SIGNATURE = b"BIO-LOGIC MODULAR FILE"
_DATA_MODULE = b"MODULEVMP data  "
# What galvani raises for modules it does not know, cannot cut or finds contradictory.
_REFUSALS = (ValueError, OSError, AssertionError, NotImplementedError, TypeError, KeyError, IndexError, struct.error)


def recognises(source: Source) -> bool:
    """Return whether the bytes begin with EC-Lab's signature."""
    return source.data.startswith(_SIGNATURE)


def read(source: Source) -> Table:
    """Return the rows of the data module.

    Raises MissingExtraError without galvani, FileFormatError when the data module is damaged or holds no impedance.
    """
    galvani = _galvani(source)
    report = start_report(source, NAME)
    try:
        data = galvani.MPRfile(BytesIO(source.data)).data
    except _REFUSALS as refusal:
        data = _data_alone(galvani, source, refusal)
        warning = f"a part of the file besides the data could not be read ({_short(refusal)}); the data is complete"
        report = replace(report, warnings=(warning,))
    with np.errstate(invalid="ignore"):  # a damaged file may hold any bit pattern
        arrays = {name: data[name].astype(np.float64) for name in data.dtype.names if data.dtype[name].kind in "fiu"}
    meaning = {name: column for name in arrays if (column := understand(name))}
    return table_of(source.path, report, arrays, meaning)


def _galvani(source: Source) -> Any:
    try:
        return importlib.import_module("galvani.BioLogic")
    except ImportError:
        seen = "is a BioLogic binary file (.mpr), which needs the optional package galvani"
        mend = 'Install it with: pip install "ionweld[biologic]" (GPL), or export the file as text (.mpt) in EC-Lab'
        raise MissingExtraError(Fault(str(source.path), seen, mend)) from None


def _data_alone(galvani: Any, source: Source, refusal: Exception) -> Any:
    """Return the rows from a file made of the data module and an empty settings module."""
    start = source.data.rfind(_DATA_MODULE)
    if start < 0:
        seen = f"has no data module that could be read ({_short(refusal)})"
        raise FileFormatError(Fault(str(source.path), seen, "It was cut off: save or export it again in EC-Lab"))
    settings = np.array([(b"VMP Set   ", b"", 0, 0, b"01/01/00")], galvani.VMPmodule_hdr_v1)  # empty, as galvani wants
    try:
        module = next(galvani.read_VMP_modules(BytesIO(source.data[start:])))
        body = source.data[start : start + module["offset"] + module["length"]]
        return galvani.MPRfile(BytesIO(galvani.MPR_MAGIC + b"MODULE" + settings.tobytes() + body)).data
    except _REFUSALS as error:
        seen = f"has a damaged data module ({_short(error)})"
        mend = "It was cut off or changed: save or export it again in EC-Lab"
        raise FileFormatError(Fault(str(source.path), seen, mend)) from None


def _short(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:120]
