"""PANalytical .xrdml (schemas 1.0 to 2.x): XML with one <scan>, positions as a range or a list, and the wavelength.

usedWavelength holds kAlpha1, kAlpha2 (angstrom) and ratioKAlpha2KAlpha1, which is that of the tube: a single crystal of germanium
or silicon in the incident beam (<monochromator><crystal>) lets K-alpha-1 pass alone, whatever the ratio says. <intensities> are corrected for the beam
attenuator already; <counts> (schema 2) are what the detector saw, to be multiplied by <beamAttenuationFactors>.
A document type or entity is refused before the parser sees it: no such file needs one.
"""

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from ionweld.measurement.pattern import Diffractogram, Radiation
from ionweld.read.text import RawFile, start_report
from ionweld.read.xrd.container import parse_xml
from ionweld.read.xrd.scan import make_scan, radiation_or_none, refuse
from ionweld.wording import many

_READER = "PANalytical xrdml"
_HEAD_BYTES = 16384  # comments may stand before it


def recognises(head: bytes) -> bool:
    """Return whether the file's first element is PANalytical's, in any of the encodings that XML has."""
    return b"<xrdMeasurement" in head[:_HEAD_BYTES].replace(b"\x00", b"")


def read(source: RawFile) -> Diffractogram:
    """Return the first complete scan of an .xrdml file. Raises FileFormatError."""
    root = parse_xml(source, source.data)
    scans = [scan for scan in root.iter() if scan.tag.endswith("}scan") or scan.tag == "scan"]
    scan = next((scan for scan in scans if _child(scan, "dataPoints") is not None), None)
    points = _child(scan, "dataPoints") if scan is not None else None
    if scan is None or points is None:
        raise refuse(source, "has no scan with data points")
    counts, taken, said = _counts(source, points)
    angles = _angles(source, scan, points, len(counts))
    radiation, filtered = _radiation(root)
    report = replace(
        start_report(source, _READER),
        columns_mapped={"positions 2Theta": "2 theta / deg", taken: "counts"},
        warnings=(
            *([f"the file has {len(scans)} scans; the first is read"] if len(scans) > 1 else []),
            *said,
            *filtered,
        ),
    )
    radius = _first_number(root, "radius")
    return make_scan(source, angles, counts, report, radiation, radius / 1000.0 if radius else None, _name(root))


def _counts(source: RawFile, points: ElementTree.Element) -> tuple[NDArray[np.float64], str, list[str]]:
    """Return the counts without the attenuator's effect, the columns they come from, and what is to be said of it."""
    if not _text(points, "counts"):
        return _floats(source, _text(points, "intensities"), "intensities"), "intensities", []
    counts, listed = _floats(source, _text(points, "counts"), "counts"), _text(points, "beamAttenuationFactors")
    if not listed:
        return counts, "counts", []
    factors = _floats(source, listed, "beamAttenuationFactors")
    if len(factors) != len(counts) or not np.all((factors >= 1.0) & np.isfinite(factors)):
        seen = f"has {len(factors)} beam attenuation factors for {len(counts)} counts, or one below 1"
        raise refuse(source, seen, "Export the scan again, with one factor of at least 1 per point")
    weakened = int(np.sum(factors > 1.0))
    said = [
        f"{many(weakened, 'point was', 'points were')} measured through the attenuator: their counts were multiplied by its factor"
    ]
    return counts * factors, "counts x beamAttenuationFactors", said if weakened else []


def _angles(source: RawFile, scan: ElementTree.Element, points: ElementTree.Element, count: int) -> NDArray[np.float64]:
    for positions in points:
        if not (positions.tag.endswith("positions") and positions.get("axis") == "2Theta"):
            continue
        listed = _text(positions, "listPositions")
        if listed:
            return _floats(source, listed, "listPositions")
        if _text(positions, "commonPosition"):
            break  # 2 theta stood still
        ends = [_floats(source, _text(positions, tag), tag) for tag in ("startPosition", "endPosition")]
        return np.linspace(ends[0][0], ends[1][0], count)
    axis = scan.get("scanAxis") or "another axis"
    raise refuse(source, f"was scanned over {axis}, not over 2 theta", "Give a scan over 2 theta")


def _radiation(root: ElementTree.Element) -> tuple[Radiation | None, list[str]]:
    """Return the radiation that reaches the sample, and what is to be said of it."""
    first, second, ratio = (_first_number(root, tag) for tag in ("kAlpha1", "kAlpha2", "ratioKAlpha2KAlpha1"))
    if not first:
        return None, []
    if ratio > 0.0 and _has_single_crystal(root):
        said = "a crystal monochromator stands in the incident beam: K-alpha-1 alone is taken, no K-alpha-2"
        return radiation_or_none(first, first, 0.0, "file"), [said]
    return radiation_or_none(first, second, ratio, "file"), []


def _has_single_crystal(root: ElementTree.Element) -> bool:
    incident = (path for path in root.iter() if path.tag.endswith("incidentBeamPath"))
    crystals = (_text(one, "crystal") for path in incident for one in path.iter() if one.tag.endswith("monochromator"))
    return any(crystal in ("Ge", "Si") for crystal in crystals)


def _name(root: ElementTree.Element) -> str:
    sample = next((element for element in root.iter() if element.tag.endswith("sample")), None)
    return (_text(sample, "name") or _text(sample, "id")) if sample is not None else ""


def _child(element: ElementTree.Element, tag: str) -> ElementTree.Element | None:
    return next((child for child in element if child.tag == tag or child.tag.endswith("}" + tag)), None)


def _text(element: ElementTree.Element, tag: str) -> str:
    child = _child(element, tag)
    return (child.text or "").strip() if child is not None else ""


def _first_number(root: ElementTree.Element, tag: str) -> float:
    for element in root.iter():
        if element.tag == tag or element.tag.endswith("}" + tag):
            try:
                return float(element.text or "")
            except ValueError:
                return 0.0
    return 0.0


def _floats(source: RawFile, text: str, tag: str) -> NDArray[np.float64]:
    try:
        found = np.array(text.split(), dtype=float)
    except ValueError as error:
        raise refuse(source, f"<{tag}> holds something that is no number: {error}") from None
    if not len(found):
        raise refuse(source, f"<{tag}> is missing or empty")
    return found
