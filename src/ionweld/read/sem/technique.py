"""Micrographs: pictures with the length of a pixel, where a microscope wrote it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from ionweld.measurement.micrograph import Micrograph
from ionweld.measurement.store import write_measurements
from ionweld.read.technique import Glimpse, Likeness, Technique, said_of

PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"BM")


def _recognises(glimpse: Glimpse) -> Likeness:
    from ionweld.read.sem.digital_micrograph import is_digital_micrograph

    known = glimpse.head.startswith(PICTURES) or is_digital_micrograph(glimpse.head)
    return Likeness.NAMED if known else Likeness.NO


def _read(path: Path) -> list[Micrograph]:
    from ionweld.read.sem import read_micrograph

    return [read_micrograph(path)]


def _read_described(path: Path, description: Path) -> list[Micrograph]:
    """`technique = "sem"`, and what the file does not say: `scale = "100 nm/px"`."""
    from ionweld.read.sem import parse_scale

    said = said_of(description, "sem", "scale")
    (picture,) = _read(path)
    return [replace(picture, scale=parse_scale(said["scale"])) if "scale" in said else picture]


def _write(path: Path, pictures: Sequence[Micrograph]) -> Path:
    (picture,) = pictures
    rows, columns = picture.grey.shape
    row, column = np.divmod(np.arange(picture.grey.size, dtype=np.int32), columns)
    table = pl.DataFrame({"Row / 1": row, "Column / 1": column, "Grey / 1": picture.grey.ravel()})
    return write_measurements(path, table, pictures, {"shape": [rows, columns]})


TECHNIQUE = Technique(
    name="sem",
    kind="micrograph",
    suffix=".sem.parquet",
    recognises=_recognises,
    read=_read,
    write=_write,
    next='ionweld sem measure {file} --scale "100 nm/px"',
    read_described=_read_described,
)
