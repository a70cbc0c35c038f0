"""Bruker .brml: a zip with Experiment0/RawData0.xml, one <Datum> of five numbers for each point.

    <DataRoute><Datum>0.2,1,10.0000,5.0000,612</Datum> ... : time, flag, 2 theta, theta, counts
    <WaveLengthAlpha1 Value="1.5406" /> <WaveLengthAlpha2 .../> <WaveLengthRatio .../>

Other instruments write other numbers of fields (detectors that stand still, more axes); they are refused. Theta runs with
2 theta at half its speed, which is what tells that the fields are these.
"""

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np

from ionweld.measurement.pattern import Diffractogram, Radiation
from ionweld.read.text import RawFile, start_report
from ionweld.read.xrd.container import members_of, number_or_nan, parse_xml, read_member
from ionweld.read.xrd.scan import FEWEST_POINTS, make_scan, radiation_or_none, refuse

_READER = "Bruker brml"
_RAW = re.compile(r"Experiment\d+/RawData\d+\.xml")
_LARGEST = 64_000_000  # bytes
_FIELDS = 5
_COUPLED_DEG = 0.01
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
    more = len(routes) + len(names) - 2
    report = replace(
        start_report(source, _READER),
        decimal_mark=".",
        columns_mapped={"Datum field 3": "2 theta / deg", "Datum field 5": "counts"},
        columns_unmapped=("Datum field 1 (time)", "Datum field 2", "Datum field 4 (theta)"),
        warnings=(f"the file has {more} more scans; the first is read",) if more else (),
    )
    return make_scan(source, table[:, 2], table[:, 4], report, _radiation(root))


def _table(source: RawFile, rows: list[list[float]]) -> np.ndarray:
    widths = {len(row) for row in rows}
    if widths != {_FIELDS}:
        seen = f"its points have {', '.join(map(str, sorted(widths)))} fields, not time, flag, 2 theta, theta, counts"
        raise refuse(source, seen, _HOW_TO_MEND)
    table = np.array(rows)
    apart = table[:, 2] / 2.0 - table[:, 3]
    if not np.ptp(apart) < _COUPLED_DEG:
        raise refuse(source, "its third and fourth fields are no 2 theta with its theta", _HOW_TO_MEND)
    return table


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
