"""GSAS powder data, .gsas, .gda, .fxye: a title, a BANK line, then rows.

    LaB6 standard
    BANK 1 5001 5001 CONST 1000.00 1.00 0 0 FXYE
    1000.00 612.0 24.7

FXYE and FXY: 2 theta in hundredths of a degree, intensity (and its error), a point per row. STD (and no type): ten fields of eight
characters per row, in each the number of detectors (two characters) and the intensity. ESD: five pairs of eight characters,
intensity and its error. There the angles follow from the BANK line: start and step in hundredths of a degree. The time of
flight of neutrons (any binning but CONST or CONS) is refused.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ionweld.measurement.pattern import Diffractogram
from ionweld.read.text import RawFile, decode, number_or_nan, start_report
from ionweld.read.xrd.scan import make_scan, refuse

_READER = "GSAS powder data"
_HOW_TO_MEND = "Export it as .xye, or as FXYE with CONST binning"
_MOST_HEADER_LINES = 50


def recognises(head: bytes) -> bool:
    """Return whether one of the first lines is a BANK line of GSAS."""
    return any(_is_bank(line.split()) for line in head[:8192].decode("latin-1").splitlines()[:_MOST_HEADER_LINES])


def read(source: RawFile) -> Diffractogram:
    """Return the first bank. Raises FileFormatError for fixed fields and for time of flight."""
    text = decode(source)
    at = next((n for n, line in enumerate(text.lines[:_MOST_HEADER_LINES]) if _is_bank(line.split())), None)
    if at is None:
        raise refuse(source, "is GSAS data without a BANK line", _HOW_TO_MEND)
    bank = text.lines[at].split()
    kind, binning = bank[-1].upper() if bank[-1].isalpha() else "STD", bank[4].upper()
    if not binning.startswith("CONS"):
        raise refuse(source, f"is GSAS data in {binning} bins: no angles", _HOW_TO_MEND)
    if kind not in _FIELDS:
        raise refuse(source, f"is GSAS data of type {kind}, which is not known here", _HOW_TO_MEND)
    below = text.lines[at + 1 :]
    end = next((n for n, line in enumerate(below) if line.startswith("BANK")), len(below))
    table = _FIELDS[kind](below[:end], bank)
    declared = (f"the BANK line says {bank[2]} points, {len(table)} were found",) if bank[2] != str(len(table)) else ()
    report = replace(
        start_report(source, _READER, text),
        decimal_mark=".",
        header_line=at + 1,
        columns_mapped={"hundredths of a degree": "2 theta / deg", "intensity": "counts"},
        columns_unmapped=("error",) if kind in ("FXYE", "ESD") else (),
        warnings=declared,
    )
    return make_scan(source, table[:, 0] / 100.0, table[:, 1], report)


def _in_rows(lines: list[str], _: list[str]) -> NDArray[np.float64]:
    """Return angle (deg / 100) and intensity of a point per row."""
    rows = [[number_or_nan(field) for field in line.split()[:2]] for line in lines if len(line.split()) > 1]
    return np.array(rows).reshape(-1, 2)


def _in_fields(wide: int, skipped: int) -> Callable[[list[str], list[str]], NDArray[np.float64]]:
    """Return what reads points in fields of so many characters, of which those `skipped` first are no intensity."""

    def points(lines: list[str], bank: list[str]) -> NDArray[np.float64]:
        fields = [line[at : at + wide] for line in lines for at in range(0, len(line.rstrip()), wide)]
        values = np.array([number_or_nan(field[skipped:8]) for field in fields])[: int(bank[2])]
        start, step = number_or_nan(bank[5]), number_or_nan(bank[6])
        return np.column_stack([start + step * np.arange(len(values), dtype=np.float64), values])

    return points


_FIELDS = {"FXYE": _in_rows, "FXY": _in_rows, "STD": _in_fields(8, 2), "ESD": _in_fields(16, 0)}


def _is_bank(fields: list[str]) -> bool:
    return len(fields) >= 7 and fields[0] == "BANK" and all(field.isdigit() for field in fields[1:4])
