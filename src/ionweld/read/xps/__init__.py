"""Readers of XPS files: VAMAS, PHI .spe, and the csv exports of MultiPak, CasaXPS and plain two-column tables."""

from dataclasses import replace
from pathlib import Path

from ionweld.errors import Fault, FileFormatError, InputError
from ionweld.measurement.photoelectron import Photoelectron, Region
from ionweld.read.text import RawFile, decode, load
from ionweld.read.xps import phi, tables, vamas


def read_xps(path: Path) -> Photoelectron:
    """Return the regions of an XPS file; its format is known by content, never by the extension.

    Raises FileFormatError, saying what was seen, when it is none of the known formats.
    """
    source = load(path)
    _refuse_binary(source)
    if phi.recognises(source.data):
        return phi.read(source)
    text = decode(source)
    if vamas.recognises(text):
        return vamas.read(source, text)
    return tables.read(source, text)


# Whole files of other programs: sound, and not to be mistaken for a damaged table.
_BINARY = {
    b"\xd0\xcf\x11\xe0": (
        "a compound file, as Thermo Avantage (.vgd) and old Excel write",
        "Export it from Avantage as VAMAS",
    ),
    b"\x05\x00": ("an Igor binary wave (.ibw)", "Save the wave from Igor as general text, energy and counts"),
    b"\x00\x05": ("an Igor binary wave (.ibw)", "Save the wave from Igor as general text, energy and counts"),
}


def _refuse_binary(source: RawFile) -> None:
    for magic, (what, mend) in _BINARY.items():
        if source.data.startswith(magic):
            raise FileFormatError(Fault(str(source.path), f"is {what}, which is not read", f"{mend}, or as csv"))


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


def levels_of(measurement: Photoelectron) -> tuple[Photoelectron, ...]:
    """Return the levels of a depth profile: the n-th scan of each line belongs to level n; surveys are left out.

    Raises InputError when the lines were not scanned equally often, or only once.
    """
    scans: dict[str, list[Region]] = {}
    for region in measurement.regions:
        if region.label != "survey":
            scans.setdefault(region.label, []).append(region)
    counts = {label: len(found) for label, found in scans.items()}
    if len(set(counts.values())) != 1 or max(counts.values()) < 2:
        seen = "no levels of a depth profile: " + ", ".join(
            f"{label or 'no name'} {n} x" for label, n in counts.items()
        )
        mend = "Every line has to be scanned at every level, or give one file per level"
        raise InputError(Fault(measurement.provenance.source, seen, mend))
    levels = zip(*scans.values(), strict=True)
    return tuple(replace(measurement, regions=regions) for regions in levels)
