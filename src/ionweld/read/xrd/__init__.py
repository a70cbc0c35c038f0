"""Powder diffractograms: one file per format in formats/, and text columns. The content decides, not the name."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType

from ionweld.measurement.pattern import Diffractogram, Radiation
from ionweld.read.text import load
from ionweld.read.xrd.columns import read_columns
from ionweld.read.xrd.container import refuse_other_containers
from ionweld.rooms import names, part


@cache
def known_formats() -> tuple[ModuleType, ...]:
    """Return the modules of formats/, in the order of their names."""
    found = (part("read.xrd.formats", name) for name in names("read.xrd.formats"))
    return tuple(module for module in found if module is not None and hasattr(module, "recognises"))


def read_diffractogram(path: Path, radiation: Radiation | None = None) -> Diffractogram:
    """Return the scan in a file. `radiation`, when given, replaces what the file says; the report tells so.

    Raises FileFormatError when the file is none of the known formats, or is damaged.
    """
    source = load(path)
    known = next((module for module in known_formats() if module.recognises(source.data)), None)
    if known is None:
        refuse_other_containers(source)
    scan = known.read(source) if known else read_columns(source)
    return scan if radiation is None else with_radiation(scan, radiation)


def with_radiation(scan: Diffractogram, radiation: Radiation) -> Diffractogram:
    ingest = scan.ingest
    if ingest is not None and scan.radiation is not None and abs(scan.radiation.kalpha1 - radiation.kalpha1) > 1e-4:
        said = f"the file says {scan.radiation.kalpha1:.6f} angstrom, {radiation.kalpha1:.6f} was given and is used"
        ingest = replace(ingest, warnings=(*ingest.warnings, said))
    return replace(scan, radiation=radiation, ingest=ingest)
