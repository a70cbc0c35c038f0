"""GSAS powder data with one point per row, .fxye and its kin: a title, a BANK line, then rows.

    LaB6 standard
    BANK 1 5001 5001 CONST 1000.00 1.00 0 0 FXYE
    1000.00 612.0 24.7

FXYE and FXY: 2 theta in hundredths of a degree, intensity (and its error). Where the type is ESD or STD, points stand side by
side in fixed fields, which are refused; so is the time of flight of neutrons (any binning but CONST or CONS).
"""

from dataclasses import replace

import numpy as np

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
    kind, binning = bank[-1].upper(), bank[4].upper()
    if kind not in ("FXYE", "FXY"):
        raise refuse(source, f"is GSAS data of type {kind}, with points in fixed fields", _HOW_TO_MEND)
    if not binning.startswith("CONS"):
        raise refuse(source, f"is GSAS data in {binning} bins: no angles", _HOW_TO_MEND)
    rows = []
    for line in text.lines[at + 1 :]:
        fields = line.split()
        if fields[:1] == ["BANK"]:
            break
        if len(fields) > 1:
            rows.append([number_or_nan(field) for field in fields[:2]])
    table = np.array(rows).reshape(-1, 2)
    declared = (f"the BANK line says {bank[2]} points, {len(table)} were found",) if bank[2] != str(len(table)) else ()
    report = replace(
        start_report(source, _READER, text),
        decimal_mark=".",
        header_line=at + 1,
        columns_mapped={"column 1 / 100": "2 theta / deg", "column 2": "counts"},
        columns_unmapped=("column 3 (error)",) if kind == "FXYE" else (),
        warnings=declared,
    )
    return make_scan(source, table[:, 0] / 100.0, table[:, 1], report)


def _is_bank(fields: list[str]) -> bool:
    return len(fields) >= 7 and fields[0] == "BANK" and all(field.isdigit() for field in fields[1:4])
