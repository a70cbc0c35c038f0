"""Readers of XPS files: VAMAS, PHI .spe, and the csv exports of MultiPak, CasaXPS and plain two-column tables."""

from dataclasses import replace
from pathlib import Path

from ionweld.measurement.photoelectron import Photoelectron
from ionweld.read.text import decode, load
from ionweld.read.xps import phi, tables, vamas


def read_xps(path: Path) -> Photoelectron:
    """Return the regions of an XPS file; its format is known by content, never by the extension.

    Raises FileFormatError, saying what was seen, when it is none of the known formats.
    """
    source = load(path)
    if phi.recognises(source.data):
        return phi.read(source)
    text = decode(source)
    if vamas.recognises(text):
        return vamas.read(source, text)
    return tables.read(source, text)


def join_samples(parts: list[Photoelectron], sputtered: bool | None, rinsed: bool | None) -> Photoelectron:
    """Return one measurement with the regions of all files; what a person says of the sample goes before the file."""
    first = parts[0]
    known = next((part.sputtered for part in parts if part.sputtered is not None), None)
    source = replace(first.provenance, source=", ".join(part.provenance.source for part in parts))
    return replace(
        first,
        regions=tuple(region for part in parts for region in part.regions),
        provenance=source,
        sputtered=known if sputtered is None else sputtered,
        rinsed=first.rinsed if rinsed is None else rinsed,
    )
