"""A micrograph from a png, jpg, tif or Digital Micrograph file: grey levels and, where the vendor wrote it, the length of a pixel."""

import warnings
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.micrograph import Micrograph, PixelScale
from ionweld.read.sem.digital_micrograph import is_digital_micrograph, read_pixels
from ionweld.read.sem.olympus import in_sis_block
from ionweld.read.sem.scale import beside, columns_stored, described, in_tags
from ionweld.read.technique import own_description
from ionweld.read.text import RawFile, load, provenance_of, start_report

READER = "micrograph"
LARGEST_PIXELS = 200_000_000
_SAME_SCALE = 0.01  # relative: scales that differ by less say the same


def read_micrograph(path: Path) -> Micrograph:
    """Return the picture as grey levels; its scale is None when none was found, and the most trusted of several.

    Most trusted is that of a description beside the file.
    Raises FileFormatError when the file is no picture, is cut off or is too large.
    """
    source = load(path)
    if is_digital_micrograph(source.data):
        grey, scales = read_pixels(source)
        kind, remarks = "Digital Micrograph", ()
        _check(source, grey)
    else:
        grey, scales, kind, remarks = _open(source)
    scales = [*described(own_description(path, "sem")), *scales, *beside(path)]
    report = replace(
        start_report(source, READER),
        columns_mapped={"picture": f"{kind}, {grey.shape[1]} x {grey.shape[0]} pixels"},
        warnings=(*remarks, *(_conflicts(scales) if scales else ("the file does not say how long a pixel is",))),
    )
    return Micrograph(grey, provenance_of(report), scales[0] if scales else None, report)


def with_scale(picture: Micrograph, scale: PixelScale) -> Micrograph:
    """Return the picture with a scale that a person gave; the file's own, where it differs, is said."""
    said = _conflicts([scale, picture.scale]) if picture.scale else ()
    return replace(picture, scale=scale, ingest=replace(picture.ingest, warnings=said) if picture.ingest else None)


def _conflicts(scales: list[PixelScale]) -> tuple[str, ...]:
    """Return a sentence for each scale that disagrees with the first."""
    used, *others = scales
    return tuple(
        f"two scales disagree: {used.metres_per_pixel * 1e9:.4g} nm per pixel ({used.says}) is used, "
        f"{other.metres_per_pixel * 1e9:.4g} nm ({other.says}) is not; give --scale to choose"
        for other in others
        if abs(other.metres_per_pixel / used.metres_per_pixel - 1.0) > _SAME_SCALE
    )


def _resized(columns: int, stored: set[int]) -> tuple[str, ...]:
    """Return a sentence where the picture has another width than its microscope says: a scale does not follow on resizing."""
    if not stored or columns in stored:
        return ()
    said = " or ".join(str(number) for number in sorted(stored))
    return (
        f"the picture has {columns} columns, its microscope stored {said}: if it was resized and not cut, its scale is wrong",
    )


def _open(source: RawFile) -> tuple[np.ndarray, list[PixelScale], str, tuple[str, ...]]:
    """Return the first page as grey levels, its scales, its format, and what is to be said of it."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a bomb warning or a corrupt tag is a reason to refuse
            with Image.open(BytesIO(source.data), formats=["PNG", "JPEG", "TIFF", "BMP"]) as picture:
                if picture.width * picture.height > LARGEST_PIXELS:
                    raise _fault(source, f"has {picture.width} x {picture.height} pixels, which is too large")
                tags = dict(getattr(picture, "tag_v2", {}))
                scales = [*in_tags(tags), *in_sis_block(source.data, tags)]
                grey = _grey(picture)
                remarks = _resized(picture.width, columns_stored(tags, source.path))
                kind, further = str(picture.format), _has_further_pages(picture)
    except UnidentifiedImageError:
        raise _fault(source, "is no picture that can be read") from None
    except _picture_faults() as error:
        raise _fault(source, f"cannot be read as a picture: {error}") from None
    _check(source, grey)
    return grey, scales, kind, (*(("the file has further pages; the first is read",) if further else ()), *remarks)


def _check(source: RawFile, grey: np.ndarray) -> None:
    if grey.ndim != 2 or min(grey.shape) < 8 or not np.all(np.isfinite(grey)):
        raise _fault(source, f"has the shape {grey.shape}, or values that are not finite")


def _has_further_pages(picture: object) -> bool:
    """Look at the second page alone: counting a thousand of them takes seconds."""
    from PIL import Image

    assert isinstance(picture, Image.Image)
    try:
        picture.seek(1)
    except (EOFError, OSError, ValueError):
        return False
    return True


def _picture_faults() -> tuple[type[Exception], ...]:
    """What pillow raises for pictures that are cut off or corrupt."""
    import struct

    from PIL.Image import DecompressionBombError

    return (
        OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError, IndexError, AttributeError, OverflowError,
        MemoryError, Warning, struct.error, DecompressionBombError, ZeroDivisionError, RuntimeError,
    )  # fmt: skip


def _grey(picture: object) -> np.ndarray:
    from PIL import Image

    assert isinstance(picture, Image.Image)
    if picture.mode in ("I;16", "I;16B", "I;16L", "I", "F", "L"):
        return np.asarray(picture, dtype=float)
    return np.asarray(picture.convert("L"), dtype=float)


def _fault(source: RawFile, seen: str) -> FileFormatError:
    return FileFormatError(Fault(str(source.path), seen, "Give the micrograph as png, jpg, tif, dm3 or dm4"))
