"""Micrographs: pictures with the length of a pixel, where a microscope wrote it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from ionweld.measurement.micrograph import Micrograph
from ionweld.measurement.store import write_measurements
from ionweld.read.technique import Glimpse, Likeness, Technique

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
    from ionweld.read.sem import described, with_scale

    (picture,) = _read(path)
    return [with_scale(picture, scale) for scale in described(description)] or [picture]


def _said_beside(path: Path) -> str | None:
    """Return the scale that only a vendor's text file beside the picture gives."""
    from ionweld.read.sem import read_micrograph
    from ionweld.read.sem.scale import beside

    with path.open("rb") as stream:
        if not stream.read(8).startswith(PICTURES):
            return None
    scales = beside(path)
    if not scales or read_micrograph(path).scale != scales[0]:
        return None
    nanometres = 1e9 * scales[0].metres_per_pixel
    return f'# from the text file beside the picture\ntechnique = "sem"\nscale = "{nanometres!r} nm/px"\n'


def _unsaid(pictures: Sequence[Micrograph]) -> str:
    return ' --scale "100 nm/px"' if any(picture.scale is None for picture in pictures) else ""


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
    next="ionweld sem measure {file}",
    unsaid=_unsaid,
    read_described=_read_described,
    said_beside=_said_beside,
)
