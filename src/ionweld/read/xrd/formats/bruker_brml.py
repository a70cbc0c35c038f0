"""Bruker .brml: a zip with Experiment0/RawData0.xml, one <Datum> of numbers for each point.

    <ScanAxes><ScanAxisInfo AxisId="TwoTheta"><Start>10</Start>...<ScanAxisInfo AxisId="Theta">...</ScanAxes>
    <Datum>0.2,1,10.0000,5.0000,612</Datum> ... : time, absorption factor, 2 theta, theta, (other axes), counts
    <WaveLengthAlpha1 Value="1.5406" /> <WaveLengthAlpha2 .../> <WaveLengthRatio .../>

Theta runs with 2 theta at half its speed, which is what tells that the third and fourth field are these; whole numbers
that stand last are the counts. Files of other fields (detectors that stand still, other angles) are refused.
"""

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np

from ionweld.measurement.pattern import Diffractogram, Radiation
from ionweld.read.text import RawFile, number_or_nan, start_report
from ionweld.read.xrd.container import members_of, parse_xml, read_member
from ionweld.read.xrd.scan import FEWEST_POINTS, make_scan, radiation_or_none, refuse
from ionweld.wording import many

_READER = "Bruker brml"
_RAW = re.compile(r"Experiment\d+/RawData\d+\.xml")
_LARGEST = 64_000_000  # bytes
_FEWEST_FIELDS, _MOST_FIELDS = 5, 20
_COUPLED_DEG = 0.01
_WHOLE = 0.01  # counts of 4 or 5 digits behind a factor such as 8.3 are written to 0.1
_HOW_TO_MEND = "Export it from DIFFRAC as .xy or .raw, one scan over 2 theta"


def recognises(head: bytes) -> bool:
    """Return whether a zip names Bruker's folder."""
    return head.startswith(b"PK") and b"Experiment0/" in head


def read(source: RawFile) -> Diffractogram:
    """Return the first scan of many points. Raises FileFormatError when its fields are not the known ones."""
    names = sorted(name for name in members_of(source) if _RAW.fullmatch(name))
    if not names:
        raise refuse(source, "is a .brml without Experiment0/RawData0.xml", _HOW_TO_MEND)
    root = parse_xml(source, read_member(source, names[0], _LARGEST))
    routes = [rows for route in _all(root, "DataRoute") if len(rows := _rows(route)) >= FEWEST_POINTS]
    if not routes:
        raise refuse(source, f"its {names[0]} has no scan of {FEWEST_POINTS} points: an image, perhaps", _HOW_TO_MEND)
    table = _table(source, routes[0])
    more, last = len(routes) + len(names) - 2, table.shape[1]
    report = replace(
        start_report(source, _READER),
        decimal_mark=".",
        columns_mapped={"Datum field 3": "2 theta / deg", f"Datum field {last}": "counts"},
        columns_unmapped=(
            "Datum field 1 (time)",
            "Datum field 2 (absorption factor)",
            "Datum field 4 (theta)",
            *(f"Datum field {number}" for number in range(_FEWEST_FIELDS, last)),
        ),
        warnings=_said(table, more),
    )
    return make_scan(source, table[:, 2], table[:, -1], report, _radiation(root))


def _table(source: RawFile, rows: list[list[float]]) -> np.ndarray:
    """Return time, absorption factor, 2 theta, theta, and whatever else the points hold, counts last."""
    widths = {len(row) for row in rows}
    if len(widths) != 1 or not _FEWEST_FIELDS <= min(widths) <= _MOST_FIELDS:
        seen = f"its points have {', '.join(map(str, sorted(widths)))} fields, not time, flag, 2 theta, theta, counts"
        raise refuse(source, seen, _HOW_TO_MEND)
    table = np.array(rows)
    apart = table[:, 2] / 2.0 - table[:, 3]
    if not np.ptp(apart) < _COUPLED_DEG:
        raise refuse(source, "its third and fourth fields are no 2 theta with its theta", _HOW_TO_MEND)
    if table.shape[1] > _FEWEST_FIELDS and not (_are_counts(table[:, -1]) or _is_corrected(table)):
        raise refuse(source, "the last fields of its points are no counts", _HOW_TO_MEND)
    return table


def _are_counts(values: np.ndarray) -> bool:
    return bool(np.all((values >= 0.0) & (np.abs(values - np.round(values)) < _WHOLE)))


def _is_corrected(table: np.ndarray) -> bool:
    """Return whether the counts were multiplied by the absorber's factors already: over them they are whole numbers."""
    factor = table[:, 1]
    return bool(np.all(factor > 0.0)) and _are_counts(table[:, -1] / factor)


def _said(table: np.ndarray, more: int) -> tuple[str, ...]:
    weakened = int(np.sum(table[:, 1] != 1.0))
    done = "are corrected for it in the file" if _is_corrected(table) else "were not corrected for it"
    absorber = f"{many(weakened, 'point was', 'points were')} measured through the absorber: their counts {done}"
    return (
        *([f"the file has {many(more, 'more scan')}; the first is read"] if more else []),
        *([absorber] if weakened else []),
    )


def _rows(route: ElementTree.Element) -> list[list[float]]:
    return [[number_or_nan(field) for field in (one.text or "").split(",")] for one in _all(route, "Datum")]


def _all(root: ElementTree.Element, tag: str) -> list[ElementTree.Element]:
    return [element for element in root.iter() if element.tag.rpartition("}")[2] == tag]


def _radiation(root: ElementTree.Element) -> Radiation | None:
    first, second, ratio = (_value(root, tag) for tag in ("WaveLengthAlpha1", "WaveLengthAlpha2", "WaveLengthRatio"))
    return radiation_or_none(first, second, ratio, "file")


def _value(root: ElementTree.Element, tag: str) -> float:
    found = next(iter(_all(root, tag)), None)
    return 0.0 if found is None else number_or_nan(found.get("Value") or found.text or "")
