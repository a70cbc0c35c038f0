"""A micrograph from a png, jpg or tif: grey levels and, where the vendor wrote it, the length of a pixel."""

import warnings
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.micrograph import Micrograph, PixelScale
from ionweld.read.sem.scale import FEI_TAG, ZEISS_TAG, from_sidecar, from_tag
from ionweld.read.text import RawFile, load, provenance_of, start_report

READER = "micrograph"
LARGEST_PIXELS = 200_000_000


def read_micrograph(path: Path) -> Micrograph:
    """Return the picture as grey levels; its scale is None when no vendor's scale was found.

    Raises FileFormatError when the file is no picture, is cut off or is too large.
    """
    source = load(path)
    grey, scale, kind = _open(source)
    scale = scale or from_sidecar(path)
    report = replace(
        start_report(source, READER),
        columns_mapped={"picture": f"{kind}, {grey.shape[1]} x {grey.shape[0]} pixels"},
        warnings=() if scale else ("the file does not say how long a pixel is",),
    )
    return Micrograph(grey, provenance_of(report), scale, report)


def _open(source: RawFile) -> tuple[np.ndarray, PixelScale | None, str]:
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a bomb warning or a corrupt tag is a reason to refuse
            with Image.open(BytesIO(source.data), formats=["PNG", "JPEG", "TIFF", "BMP"]) as picture:
                if picture.width * picture.height > LARGEST_PIXELS:
                    raise _fault(source, f"has {picture.width} x {picture.height} pixels, which is too large")
                tags = getattr(picture, "tag_v2", {})
                scale = next((one for tag in (FEI_TAG, ZEISS_TAG) if (one := _tag_scale(tag, tags))), None)
                grey = _grey(picture)
                kind = str(picture.format)
    except UnidentifiedImageError:
        raise _fault(source, "is no picture that can be read") from None
    except _picture_faults() as error:
        raise _fault(source, f"cannot be read as a picture: {error}") from None
    if grey.ndim != 2 or min(grey.shape) < 8 or not np.all(np.isfinite(grey)):
        raise _fault(source, f"has the shape {grey.shape}, or values that are not finite")
    return grey, scale, kind


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


def _tag_scale(tag: int, tags: object) -> PixelScale | None:
    value = tags.get(tag) if hasattr(tags, "get") else None  # type: ignore[union-attr]
    if isinstance(value, tuple):
        value = value[0] if value else None
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    return from_tag(tag, value) if isinstance(value, str) else None


def _fault(source: RawFile, seen: str) -> FileFormatError:
    return FileFormatError(Fault(str(source.path), seen, "Give the micrograph as png, jpg or tif"))
