"""Powder diffractograms: PANalytical .xrdml, Rigaku .rasx, and text columns. The content decides, not the name."""

from dataclasses import replace
from pathlib import Path

from ionweld.measurement.pattern import Diffractogram, Radiation
from ionweld.read.text import load
from ionweld.read.xrd.columns import read_columns
from ionweld.read.xrd.rasx import is_zip, read_rasx
from ionweld.read.xrd.xrdml import is_xml, read_xrdml


def read_diffractogram(path: Path, radiation: Radiation | None = None) -> Diffractogram:
    """Return the scan in a file. `radiation`, when given, replaces what the file says; the report tells so.

    Raises FileFormatError when the file is none of the known formats, or is damaged.
    """
    source = load(path)
    if is_zip(source):
        scan = read_rasx(source)
    elif is_xml(source):
        scan = read_xrdml(source)
    else:
        scan = read_columns(source)
    return scan if radiation is None else with_radiation(scan, radiation)


def with_radiation(scan: Diffractogram, radiation: Radiation) -> Diffractogram:
    ingest = scan.ingest
    if ingest is not None and scan.radiation is not None and abs(scan.radiation.kalpha1 - radiation.kalpha1) > 1e-4:
        said = f"the file says {scan.radiation.kalpha1:.6f} angstrom, {radiation.kalpha1:.6f} was given and is used"
        ingest = replace(ingest, warnings=(*ingest.warnings, said))
    return replace(scan, radiation=radiation, ingest=ingest)
