"""Readers of XPS files: VAMAS, PHI .spe, and the csv exports of MultiPak, CasaXPS and plain two-column tables."""

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
