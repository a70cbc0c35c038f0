"""Element maps: a folder or list of csv or tif maps of counts, or a Bruker .bcf through an optional package."""

import os
import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from ionweld.errors import Fault, FileFormatError, InputError, MissingExtraError
from ionweld.measurement.micrograph import ElementMaps
from ionweld.measurement.provenance import IngestReport, hash_bytes
from ionweld.read.sem import read_micrograph
from ionweld.read.text import (
    RawFile,
    decode,
    load,
    numbers,
    provenance_of,
    sniff_layout,
    split_fields,
    split_table,
    start_report,
)
from ionweld.spec.xray_lines import xray_lines

READER = "element maps"
_LINE = re.compile(r"(?<![A-Za-z])([A-Z][a-z]?)[\s_-]*(?:(K|L|M)[\s_-]*(?:a|alpha|α)?1?)?(?![A-Za-z])")
_ELEMENT = re.compile(
    "Li|Be|B|C|N|O|F|Ne|Na|Mg|Al|Si|P|S|Cl|Ar|K|Ca|Sc|Ti|V|Cr|Mn|Fe|Co|Ni|Cu|Zn|Ga|Ge|As|Se|Br|Kr|Rb|Sr|Y|Zr|Nb|Mo|Tc|Ru|Rh"
    "|Pd|Ag|Cd|In|Sn|Sb|Te|I|Xe|Cs|Ba|La|Ce|Pr|Nd|Pm|Sm|Eu|Gd|Tb|Dy|Ho|Er|Tm|Yb|Lu|Hf|Ta|W|Re|Os|Ir|Pt|Au|Hg|Tl|Pb|Bi|Th|U"
)
_WINDOW_HALF_keV = 0.05
_SHARE_OF_MEMORY, _USUAL_MEMORY = 0.5, 8e9  # bytes


def read_maps(files: list[Path]) -> ElementMaps:
    """Return the maps of several files, one X-ray line each ("F_Ka.csv", "O.tif"), or those of one .bcf.

    Raises FileFormatError for a file that holds no map, InputError when the maps differ in shape or a name says no
    element, and MissingExtraError for a .bcf when rosettasciio is not installed.
    """
    if len(files) == 1 and files[0].suffix.lower() == ".bcf":
        return _read_bcf(files[0])
    maps: dict[str, np.ndarray] = {}
    reports: list[IngestReport] = []
    for file in files:
        name, (grid, report) = line_of(file.stem), _read_map(file)
        if name in maps:
            raise InputError(Fault(str(file), f"is a second map of {name}", "Give one map of each line"))
        maps[name] = grid
        reports.append(report)
    shapes = {grid.shape for grid in maps.values()}
    if len(shapes) != 1:
        seen = "the maps differ in shape: " + ", ".join(f"{name} {grid.shape}" for name, grid in maps.items())
        raise InputError(Fault("", seen, "Export all maps of one scan with the same size"))
    first = replace(
        reports[0],
        file=", ".join(report.file for report in reports),
        sha256=hash_bytes("".join(report.sha256 for report in reports).encode()),
        columns_mapped={report.file: name for report, name in zip(reports, maps, strict=True)},
    )
    return ElementMaps(maps, provenance_of(first), ingest=first)


def line_of(name: str) -> str:
    """Return the line that a file's name says: "F Ka" for "map_F_K"; "continuum" stays as it is."""
    if "continuum" in name.lower() or "background" in name.lower():
        return "continuum"
    for match in reversed(list(_LINE.finditer(name.replace("_", " ")))):
        if _ELEMENT.fullmatch(match[1]):
            return f"{match[1]} {match[2] or 'K'}a"
    mend = "Name each file after its line, for example F_Ka.csv, O.tif, continuum.csv"
    raise InputError(Fault(name, "names no element", mend))


def _read_map(file: Path) -> tuple[np.ndarray, IngestReport]:
    source = load(file)
    if source.data[:4] in (b"II*\x00", b"MM\x00*") or source.data[:4] == b"\x89PNG":
        picture = read_micrograph(file)
        return picture.grey, start_report(source, READER)
    return _read_table(source)


def _read_table(source: RawFile) -> tuple[np.ndarray, IngestReport]:
    text = decode(source)
    lines = [line for line in text.lines if line.strip()]
    layout = sniff_layout(lines)
    width = len(split_fields(lines[-1].strip(" "), layout.delimiter))
    frame = split_table(lines, [f"c{index}" for index in range(width)], layout)
    grid = np.column_stack([numbers(frame[name], layout.decimal_mark) for name in frame.columns])
    good = np.all(np.isfinite(grid), axis=1)
    if good.sum() < 2 or width < 4 or not np.all(good[1:]):
        seen = f"{int((~good).sum())} of {len(grid)} rows are not {width} numbers each"
        raise FileFormatError(Fault(str(source.path), seen, "Export the map as rows of counts"))
    return grid[good], start_report(source, READER, text, layout)


def _read_bcf(file: Path) -> ElementMaps:
    try:
        from rsciio.bruker import file_reader  # pyright: ignore[reportMissingImports]
    except ImportError:
        mend = "Install it with: pip install 'ionweld[eds]' (rosettasciio, GPL), or export the maps as csv or tif"
        raise MissingExtraError(Fault(str(file), "reading .bcf needs the package rosettasciio", mend)) from None
    source = load(file)
    try:
        signals = file_reader(str(file), select_type="spectrum_image", lazy=True)
        cube = next(one for one in signals if one["data"].ndim == 3)
        _check_memory(file, cube["data"].nbytes)
        elements = cube["metadata"]["Sample"]["elements"]
        axis = next(one for one in cube["axes"] if one.get("units") == "keV")
    except (
        OSError,
        ValueError,
        KeyError,
        IndexError,
        StopIteration,
        TypeError,
        AttributeError,
        AssertionError,
    ) as error:
        raise FileFormatError(Fault(str(file), f"cannot be read: {error}", "Export the maps as csv or tif")) from None
    report = start_report(source, "Bruker bcf through rosettasciio")
    maps = _windows(np.asarray(cube["data"]), axis["offset"], axis["scale"], elements)
    return ElementMaps(maps, provenance_of(report), ingest=report)


def _check_memory(file: Path, needed: int) -> None:
    """Refuse a cube that would not fit beside its sums into the memory of this machine."""
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # a system that does not say
        memory = _USUAL_MEMORY
    if needed > _SHARE_OF_MEMORY * memory:
        seen = f"opens to {needed / 1e9:.1f} GB, and this machine has {memory / 1e9:.1f} GB of memory"
        raise InputError(Fault(str(file), seen, "Export the maps of the elements as csv or tif, or bin the cube first"))


def _windows(cube: np.ndarray, offset_keV: float, step_keV: float, elements: list[str]) -> dict[str, np.ndarray]:
    """Return counts in a window about each element's line; the last axis of the cube is energy."""
    energies = xray_lines().energy_keV
    maps = {}
    for element in elements:
        name = f"{element} Ka"
        if name in energies:
            low, high = ((energies[name] + side * _WINDOW_HALF_keV - offset_keV) / step_keV for side in (-1, 1))
            maps[name] = cube[..., max(0, int(low)) : int(high) + 1].astype(np.int64).sum(axis=-1).astype(float)
    if not maps:
        raise FileFormatError(
            Fault("", "the .bcf names no element whose line is known", "Export the maps as csv or tif")
        )
    return maps
