"""Rigaku .rasx: a zip with Data0/Profile0.txt (2 theta, counts, attenuator factor; tab separated, with a BOM) and
Data0/MesurementConditions0.xml (sic), which holds WavelengthKalpha1 and WavelengthKalpha2.

Members are read up to limits in bytes and lines that no scan reaches, so that a zip bomb is refused before it unfolds.
"""

import re
from dataclasses import replace

import numpy as np

from ionweld.measurement.pattern import Diffractogram, Radiation
from ionweld.read.text import RawFile, number_or_nan, start_report
from ionweld.read.xrd.container import members_of, parse_xml, read_member
from ionweld.read.xrd.scan import make_scan, radiation_or_none, refuse
from ionweld.spec.crystal import tubes

_READER = "Rigaku rasx"
_PROFILE = re.compile(r"Profile\d+\.txt$")
_LARGEST_PROFILE = 16_000_000  # bytes; 200,000 points of 80 characters
_MOST_LINES = 400_000
_LARGEST_CONDITIONS = 4_000_000  # a million small XML elements take a hundred times their text in memory


def recognises(head: bytes) -> bool:
    """Return whether a zip names Rigaku's profile."""
    return head.startswith(b"PK") and b"Profile0.txt" in head


def read(source: RawFile) -> Diffractogram:
    """Return the first scan of a .rasx file. Raises FileFormatError."""
    members = members_of(source)
    profile = next((name for name in members if name.endswith("Profile0.txt")), None)
    several = sum(bool(_PROFILE.search(name)) for name in members)
    if profile is None:
        raise refuse(source, "is a .rasx without Data0/Profile0.txt", "Give a whole .rasx file")
    rows = [fields for line in _lines(source, profile) if len(fields := line.split(None, 3)) >= 2]
    table = np.array([[number_or_nan(field) for field in (*fields, "1")[:3]] for fields in rows]).reshape(-1, 3)
    conditions = next((name for name in members if "Conditions0" in name and name.endswith(".xml")), None)
    report = replace(
        start_report(source, _READER),
        encoding="utf-8-sig",
        decimal_mark=".",
        columns_mapped={"column 1": "2 theta / deg", "column 2 x column 3 (attenuator)": "counts"},
        warnings=(f"the file has {several} scans; the first is read",) if several > 1 else (),
    )
    radiation = _radiation(source, conditions) if conditions else None
    return make_scan(source, table[:, 0], table[:, 1] * table[:, 2], report, radiation)


def _lines(source: RawFile, profile: str) -> list[str]:
    data = read_member(source, profile, _LARGEST_PROFILE)
    if data.count(b"\n") > _MOST_LINES:
        raise refuse(source, f"its member {profile} has more than {_MOST_LINES} lines", "This is no scan")
    return data.decode("utf-8-sig", "replace").split("\n")


def _radiation(source: RawFile, name: str) -> Radiation | None:
    root = parse_xml(source, read_member(source, name, _LARGEST_CONDITIONS))
    values = {element.tag: number_or_nan(element.text or "") for element in root.iter() if "Wavelength" in element.tag}
    first, second = values.get("WavelengthKalpha1", 0.0), values.get("WavelengthKalpha2", 0.0)
    tube = next((element.text or "" for element in root.iter("TargetName")), "")
    ratio = tubes().get(tube, {}).get("kalpha2_ratio", 0.0)  # the file names the tube but not the ratio
    return radiation_or_none(first, second, ratio, "file")
