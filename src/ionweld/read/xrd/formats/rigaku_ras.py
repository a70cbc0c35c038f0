"""Rigaku .ras: text of a header and rows of 2 theta, counts and the attenuator's factor, once per scan.

*RAS_DATA_START
*RAS_HEADER_START
*HW_XG_WAVE_LENGTH_ALPHA1 "1.540593"
*MEAS_SCAN_AXIS_X "TwoThetaTheta"
*MEAS_SCAN_UNIT_Y "counts"
*RAS_HEADER_END
*RAS_INT_START
10.0000 612.0000 1.0000
*RAS_INT_END
"""

import re
from dataclasses import replace

import numpy as np

from ionweld.measurement.pattern import Diffractogram, Radiation
from ionweld.read.text import RawFile, decode, number_or_nan, start_report
from ionweld.read.xrd.scan import make_scan, radiation_or_none, refuse
from ionweld.spec.crystal import tubes

_READER = "Rigaku ras"
_ENTRY = re.compile(r'\*(\w+)\s+"?([^"]*)"?')
_TWO_THETA = re.compile(r"(?:two|2)[ -]?(?:theta|θ|th)", re.IGNORECASE)
_MOST_ROWS = 2_000_000


def recognises(head: bytes) -> bool:
    """Return whether Rigaku's header begins in the first bytes."""
    return b"*RAS_HEADER_START" in head[:4096]


def read(source: RawFile) -> Diffractogram:
    """Return the first scan. Raises FileFormatError for one over another angle than 2 theta, or without rows."""
    text = decode(source)
    lines = [line.strip() for line in text.lines]
    starts = [at for at, line in enumerate(lines) if line == "*RAS_INT_START"]
    if not starts:
        raise refuse(source, "is a .ras without *RAS_INT_START: it was cut off before its rows")
    header = {match[1]: match[2] for line in lines[: starts[0]] if (match := _ENTRY.fullmatch(line))}
    axis = header.get("MEAS_SCAN_AXIS_X", "2 theta")
    if not _TWO_THETA.search(axis):
        raise refuse(source, f"was scanned over {axis!r}, not over 2 theta", "Give a scan over 2 theta")
    rows = [line.split() for line in lines[starts[0] + 1 :][:_MOST_ROWS]]
    end = next((at for at, row in enumerate(rows) if row and row[0].startswith("*RAS")), len(rows))
    table = np.array([[number_or_nan(field) for field in (*row, "1")[:3]] for row in rows[:end] if len(row) > 1])
    table = table.reshape(-1, 3)
    several = (f"the file has {len(starts)} scans; the first is read",) if len(starts) > 1 else ()
    report = replace(
        start_report(source, _READER, text),
        decimal_mark=".",
        columns_mapped={"column 1": "2 theta / deg", "column 2 x column 3 (attenuator)": "counts"},
        warnings=several,
    )
    scan = make_scan(source, table[:, 0], table[:, 1] * table[:, 2], report, _radiation(header))
    counted = header.get("MEAS_SCAN_UNIT_Y", "counts").lower().startswith("count")
    return scan if counted else replace(scan, counts_are="intensity")


def _radiation(header: dict[str, str]) -> Radiation | None:
    first, second = (number_or_nan(header.get(f"HW_XG_WAVE_LENGTH_ALPHA{n}", "")) for n in (1, 2))
    ratio = tubes().get(header.get("HW_XG_TARGET_NAME", ""), {}).get("kalpha2_ratio", 0.0)  # the file has no ratio
    return radiation_or_none(first, second, ratio, "file")
