"""Digital Micrograph files (.dm3, .dm4) of Gatan: a tree of tags, in which the picture and the length of its pixel stand.

After the version (3 or 4), the length and the order of bytes of the data (all in the order of big numbers first) comes the
root of the tree: sorted, open, number of tags; a tag is a kind (20 = branch, 21 = data), the length of its name and the name.
Data start with %%%%, then the numbers that say its type: a number, 15 = structure, 18 = text, 20 = array of either. In
version 4 lengths and these numbers have eight bytes, and each tag says its whole length. Only what a picture needs is kept;
arrays stay where they are in the file until one is asked for. Layout: as ImageJ's and other public readers describe it.
"""

import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.micrograph import PixelScale
from ionweld.read.sem.scale import from_unit
from ionweld.read.text import RawFile

_BRANCH, _DATA, _END = 20, 21, 0
_STRUCTURE, _TEXT, _ARRAY = 15, 18, 20
_NUMBERS = {2: "i2", 3: "i4", 4: "u2", 5: "u4", 6: "f4", 7: "f8", 8: "u1", 9: "i1", 10: "u1", 11: "i8", 12: "u8"}
_PIXELS = {1: "i2", 2: "f4", 6: "u1", 7: "i4", 9: "i1", 10: "u2", 11: "u4", 12: "f8", 14: "u1"}  # ImageData.DataType
_DEEPEST, _MOST_TAGS = 40, 200_000
_SHORT_TEXT = 400

Tree = dict[str, Any]


def is_digital_micrograph(head: bytes) -> bool:
    """Return whether the bytes begin a file of Gatan's program: version 3 or 4, its length, and its order of bytes."""
    order_at = {b"\x00\x00\x00\x03": 8, b"\x00\x00\x00\x04": 12}.get(head[:4])
    return order_at is not None and head[order_at : order_at + 4] in (b"\x00\x00\x00\x00", b"\x00\x00\x00\x01")


@dataclass(frozen=True, slots=True)
class _Array:
    """Numbers that were left in the file: where, and how many bytes."""

    at: int
    size: int


@dataclass(slots=True)
class _Cursor:
    data: bytes
    wide: bool
    little: bool
    at: int
    tags: int = field(default=0)

    def number(self, kind: str) -> int:
        """Return a whole number of the tree, the big end first."""
        (value,) = struct.unpack_from(f">{kind}", self.data, self.at)
        self.at += struct.calcsize(kind)
        return int(value)

    def length(self) -> int:
        return self.number("q" if self.wide else "i")

    def value(self, kind: int) -> int | float:
        found = np.frombuffer(self.data, ("<" if self.little else ">") + _NUMBERS[kind], 1, self.at)[0]
        self.at += found.itemsize
        return found.item()


def read_pixels(source: RawFile) -> tuple[NDArray[np.float64], list[PixelScale]]:
    """Return the largest picture of a file and the length of its pixel, where it stands. Raises FileFormatError."""
    try:
        images = [image for image in _branches(_tree(source.data).get("ImageList")) if _size(image)]
        if not images:
            raise ValueError("no picture among its tags")
        image = max(images, key=lambda one: int(np.prod(_size(one) or (0,))))
        if _is_spectrum_image(image):
            raise ValueError("it holds a spectrum image, no picture")
        return _grey(source.data, image), _scale(image)
    except (struct.error, KeyError, ValueError, IndexError, TypeError, OverflowError, RecursionError) as error:
        seen = f"cannot be read as a Digital Micrograph file: {error}"
        raise FileFormatError(Fault(str(source.path), seen, "Save it again, or export it as tif")) from None


def _tree(data: bytes) -> Tree:
    wide = data[3] == 4
    little = data[15 if wide else 11] == 1
    return _branch(_Cursor(data, wide, little, 16 if wide else 12), 0)


def _branch(cursor: _Cursor, depth: int) -> Tree:
    if depth > _DEEPEST:
        raise ValueError("its tags lie too deep")
    cursor.at += 2  # sorted, open
    found: Tree = {}
    for place in range(cursor.length()):
        cursor.tags += 1
        kind = cursor.number("B")
        if kind == _END or cursor.tags > _MOST_TAGS:
            break
        size = cursor.number("H")
        name = cursor.data[cursor.at : cursor.at + size].decode("latin-1") or str(place)
        cursor.at += size + (8 if cursor.wide else 0)
        if kind == _BRANCH:
            found[name] = _branch(cursor, depth + 1)
        elif kind == _DATA:
            found[name] = _leaf(cursor, name == "Data")
        else:
            raise ValueError(f"a tag of the unknown kind {kind}")
    return found


def _leaf(cursor: _Cursor, is_pixels: bool) -> Any:
    if cursor.data[cursor.at : cursor.at + 4] != b"%%%%":
        raise ValueError("a tag without its mark")
    cursor.at += 4
    count = cursor.length()
    if not 0 < count < 10_000:
        raise ValueError("a tag that says nothing of its type")
    types = [cursor.length() for _ in range(count)]
    if types[0] in _NUMBERS:
        return cursor.value(types[0])
    if types[0] == _STRUCTURE:
        return [cursor.value(kind) for kind in types[4::2]]
    size = _width(types[1:-1] if types[0] == _ARRAY else [10]) * types[-1]
    if types[0] not in (_TEXT, _ARRAY) or not 0 <= size <= len(cursor.data) - cursor.at:
        raise ValueError(f"data of the unknown type {types[0]}, or beyond the end of the file")
    start, cursor.at = cursor.at, cursor.at + size
    if types[:2] == [_ARRAY, 4] and size <= _SHORT_TEXT and not is_pixels:  # 16-bit characters
        return cursor.data[start : cursor.at].decode("utf-16-le" if cursor.little else "utf-16-be", "replace")
    return _Array(start, size)


def _width(types: list[int]) -> int:
    """Return the bytes of one element of an array: of a number, or of a structure of numbers."""
    kinds = types[4::2] if types[0] == _STRUCTURE else types[:1]
    return sum(np.dtype(_NUMBERS[kind]).itemsize for kind in kinds)


def _branches(tree: Any) -> list[Tree]:
    return [branch for branch in tree.values() if isinstance(branch, dict)] if isinstance(tree, dict) else []


def _size(image: Tree) -> tuple[int, int] | None:
    """Return rows and columns of a flat picture, or None."""
    data = image.get("ImageData")
    if not isinstance(data, dict) or not isinstance(data.get("Dimensions"), dict):
        return None
    sides = list(data["Dimensions"].values())
    if len(sides) < 2 or any(side != 1 for side in sides[2:]) or data.get("DataType") not in _PIXELS:
        return None
    return int(sides[1]), int(sides[0])


def _grey(data: bytes, image: Tree) -> NDArray[np.float64]:
    rows, columns = _size(image) or (0, 0)
    pixels = image["ImageData"]["Data"]
    kind = np.dtype(("<" if data[15 if data[3] == 4 else 11] == 1 else ">") + _PIXELS[image["ImageData"]["DataType"]])
    if not isinstance(pixels, _Array) or rows * columns * kind.itemsize > pixels.size:
        raise ValueError("fewer pixels than its size says")
    return np.frombuffer(data, kind, rows * columns, pixels.at).reshape(rows, columns).astype(float)


def _axes(image: Tree) -> list[tuple[float, str]]:
    """Return the length of a step along a row and down a column, each with its unit; none where they are not said."""
    calibrations = image["ImageData"].get("Calibrations")
    axes = _branches(calibrations.get("Dimension"))[:2] if isinstance(calibrations, dict) else []
    return [(axis["Scale"], str(axis.get("Units", ""))) for axis in axes if isinstance(axis.get("Scale"), float)]


def _is_spectrum_image(image: Tree) -> bool:
    """Return whether the program calls it a spectrum: energies or wavelengths stand along one side of it."""
    tags = image.get("ImageTags")
    meta = tags.get("Meta Data") if isinstance(tags, dict) else None
    return isinstance(meta, dict) and "spectrum" in str(meta.get("Format", "")).lower()


def _scale(image: Tree) -> list[PixelScale]:
    """Return the scale along the rows, and the one down the columns, which is said where it differs."""
    says = ("Digital Micrograph, Calibrations", "Digital Micrograph, Calibrations of the columns")
    found = [from_unit(str(step), unit, words) for (step, unit), words in zip(_axes(image), says, strict=False)]
    return [scale for scale in found if scale]
