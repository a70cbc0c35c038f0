"""Element maps: counts of one X-ray line per pixel, one file each."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from ionweld.measurement.micrograph import ElementMaps
from ionweld.measurement.store import write_measurements
from ionweld.read.sem.technique import PICTURES
from ionweld.read.technique import Glimpse, Likeness, Technique

# A picture is a map only where its name says so: the line with its shell ("F_K", "O Ka"), or the words people use.
_MAP = re.compile(
    r"(?<![A-Za-z])[A-Z][a-z]?[\s_-]*[KLM][\s_-]*(?:a|alpha|α)?1?(?![A-Za-z])|(?i:\bmap\b|eds|edx|continuum)"
)
_NARROWEST_MAP = 8


def _recognises(glimpse: Glimpse) -> Likeness:
    said = _MAP.search(glimpse.path.stem.replace("_", " ")) is not None and _names_a_line(glimpse.path.stem)
    if glimpse.path.suffix.lower() == ".bcf" or (said and glimpse.head.startswith(PICTURES)):
        return Likeness.NAMED
    if not _names_a_line(glimpse.path.stem):
        return Likeness.NO
    table = glimpse.columns
    grid = table.is_table and table.values.shape[1] >= _NARROWEST_MAP and not any(map(str.strip, table.header))
    return Likeness.BARE if grid else Likeness.NO


def _names_a_line(stem: str) -> bool:
    from ionweld.errors import InputError
    from ionweld.read.eds import line_of

    try:
        line_of(stem)
    except InputError:
        return False
    return True


def _read(path: Path) -> list[ElementMaps]:
    from ionweld.read.eds import read_maps

    return [read_maps([path])]


def _write(path: Path, maps: Sequence[ElementMaps]) -> Path:
    (one,) = maps
    rows, columns = next(iter(one.counts.values())).shape
    row, column = np.divmod(np.arange(rows * columns, dtype=np.int32), columns)
    counts = {f"{line} / 1": grid.ravel() for line, grid in one.counts.items()}
    table = pl.DataFrame({"Row / 1": row, "Column / 1": column} | counts)
    return write_measurements(path, table, maps, {"shape": [rows, columns]})


TECHNIQUE = Technique(
    name="eds",
    kind="element map",
    suffix=".eds.parquet",
    recognises=_recognises,
    read=_read,
    write=_write,
    next="ionweld eds profile {file} --layer 0.45,0.55",
)
