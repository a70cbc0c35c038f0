"""PalmSens PSTrace sessions, `.pssession`: JSON in UTF-16.

    {"Type": "PalmSens.DataFiles.SessionFile", "Measurements": [{"Title": "EIS", "DataSet": {"Values": [
        {"Description": "ZIm", "Unit": {"Type": "PalmSens.Units.ZIm", "S": "Ω", "Q": "-Z''"}, "DataValues": [{"V": 26.5}, ...]}, ...

| array with this Q | meaning                                              |
|-------------------|------------------------------------------------------|
| Frequency         | frequency in Hz                                      |
| Z'                | real part in ohm                                     |
| -Z''              | imaginary part, sign reversed as its name says       |

Q is the quantity, S the symbol of its unit, and the name of the unit's class holds the prefix ("KiloOhm"). The case of the
keys changes from version to version. A measurement is a sweep; those without an impedance (voltammograms) are passed over.
(Layout: three public readers and writers of these files.)
"""

import json
import re
from typing import Any

import numpy as np

from ionweld.errors import Fault, FileFormatError
from ionweld.read.eis.table import HOW_TO_MEND, Floats, Table, table_of
from ionweld.read.eis.vocabulary import Column, Role, understand
from ionweld.read.text import RawFile, Text, start_report

NAME = "PalmSens session (.pssession)"
_SIGNATURE = re.compile(r"PalmSens\.\w")
_PREFIX = re.compile(r"\.(Femto|Pico|Nano|Micro|Milli|Kilo|Mega|Giga)")
_FACTORS = {
    "Femto": 1e-15, "Pico": 1e-12, "Nano": 1e-9, "Micro": 1e-6, "Milli": 1e-3, "Kilo": 1e3, "Mega": 1e6, "Giga": 1e9,
}  # fmt: skip
_NEEDED: tuple[Role, ...] = ("frequency", "real", "imaginary")
_HEAD_CHARACTERS = 2**16


def recognises(text: Text) -> bool:
    """Return whether the text is JSON that begins with PalmSens' classes."""
    head = "\n".join(line[:_HEAD_CHARACTERS] for line in text.lines[:2000])[:_HEAD_CHARACTERS].lstrip("\ufeff \n")
    return head.startswith("{") and _SIGNATURE.search(head) is not None


def read(source: RawFile, text: Text) -> Table:
    """Return the sweeps of all measurements with an impedance. Raises FileFormatError when there is none."""
    found, passed_over, titles = [], 0, []
    for measurement in _measurements(source, "\n".join(text.lines)):
        sweep = _sweep(measurement)
        if sweep is None:
            passed_over += 1
            continue
        found.append(sweep)
        titles.append(str(measurement.get("title", "")))
    if not found:
        seen = f"is a PalmSens session of {passed_over} measurements, none with frequency, Z' and Z''"
        raise FileFormatError(Fault(str(source.path), seen, HOW_TO_MEND))
    arrays = {role: np.concatenate([sweep[role] for sweep in found]) for role in _NEEDED}
    marks = np.repeat(np.arange(1.0, len(found) + 1), [sweep["frequency"].size for sweep in found])
    meaning: dict[str, Column] = {role: Column(role) for role in _NEEDED} | {"measurement": Column("sweep")}
    table = table_of(source.path, start_report(source, NAME, text), {**arrays, "measurement": marks}, meaning)
    return Table(table.report, table.frequency_Hz, table.impedance_ohm, table.marks, preamble=tuple(titles))


def _measurements(source: RawFile, text: str) -> list[dict[str, Any]]:
    """Return the measurements of a session, keys in lower case. Raises FileFormatError for JSON that is none."""
    try:
        document = json.loads(text[text.index("{") : text.rindex("}") + 1], object_hook=_lower)
        measurements = document["measurements"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        seen = f"is no whole PalmSens session: {str(error)[:100] or type(error).__name__}"
        raise FileFormatError(Fault(str(source.path), seen, "Save the session again from PSTrace")) from None
    return [one for one in measurements if isinstance(one, dict)] if isinstance(measurements, list) else []


def _lower(found: dict[str, Any]) -> dict[str, Any]:
    return {key.lower(): value for key, value in found.items()}


def _sweep(measurement: dict[str, Any]) -> dict[Role, Floats] | None:
    """Return frequency, real and imaginary part of a measurement in SI units, or None where one of them is missing."""
    arrays: dict[Role, Floats] = {}
    data = measurement.get("dataset")
    values = data.get("values") if isinstance(data, dict) else None
    for array in values if isinstance(values, list) else ():
        column = _column(array)
        if column and column.role in _NEEDED and column.role not in arrays:
            arrays[column.role] = _numbers(array) * (column.sign * (column.factor or 1.0))
    sizes = {array.size for array in arrays.values()}
    return arrays if len(arrays) == len(_NEEDED) and len(sizes) == 1 else None


def _column(array: Any) -> Column | None:
    """Return what an array holds by its unit: the quantity as a header has it, and the prefix of the unit's class."""
    unit = array.get("unit") if isinstance(array, dict) else None
    if not isinstance(unit, dict):
        return None
    kind, symbol, quantity = (str(unit.get(key, ""))[:200] for key in ("type", "s", "q"))
    column = understand(quantity, symbol)
    if column is None or column.factor is None:
        return None
    prefix = _PREFIX.search(kind)
    factor = _FACTORS[prefix[1]] if prefix else 1.0
    return Column(column.role, factor * column.factor, column.sign)


def _numbers(array: dict[str, Any]) -> Floats:
    points = array.get("datavalues")
    found = (
        [point.get("v") if isinstance(point, dict) else None for point in points] if isinstance(points, list) else []
    )
    return np.array([float(v) if isinstance(v, int | float) and abs(v) < 1e300 else np.nan for v in found], float)
