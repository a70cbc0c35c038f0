"""Zip containers (.xlsx, .ndax) are measured before anything opens them: a bomb is refused, not unpacked."""

import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

import polars as pl

from ionweld.errors import Fault, FileFormatError
from ionweld.read.text import RawFile

# What a parser of binary files raises on a damaged one: it has no error of its own.
DAMAGE = (
    ValueError, LookupError, ArithmeticError, EOFError, OSError, TypeError, AttributeError, RuntimeError, MemoryError,
    SyntaxError, AssertionError, BufferError, struct.error, zlib.error, BadZipFile, pl.exceptions.PolarsError,
)  # fmt: skip
_LARGEST_BYTES = 2**31
_LARGEST_RATIO = 150.0  # real workbooks of numbers unpack to 3-20 times their size
_RATIO_COUNTS_FROM_BYTES = 2**24
_MOST_MEMBERS = 10_000
_CHUNK = 2**18
_LOCAL_HEADER_BYTES = 30
_DECLARATIONS = (b"<!ENTITY", b"<!DOCTYPE")
_STORED, _DEFLATED = 0, 8


def guarded_members(source: RawFile) -> frozenset[str]:
    """Return the names in a zip container whose true unpacked size was measured and found reasonable.

    Raises FileFormatError for a damaged container, one that unpacks to far more than it holds, one whose parts are
    larger than they say, and one with an XML part that declares entities.
    """
    try:
        with ZipFile(BytesIO(source.data)) as archive:
            members = archive.infolist()
    except (BadZipFile, ValueError, OSError, NotImplementedError, OverflowError) as error:
        raise _refusal(source, f"is a damaged zip container: {error}") from None
    if len(members) > _MOST_MEMBERS:
        raise _refusal(source, f"holds {len(members)} parts")
    _check_total(source, sum(member.file_size for member in members))
    total = 0
    for member in members:
        total += _measure(source, member)
        _check_total(source, total)
    return frozenset(member.filename for member in members)


def _check_total(source: RawFile, total: int) -> None:
    ratio = total / len(source.data)
    if total > _LARGEST_BYTES or (total > _RATIO_COUNTS_FROM_BYTES and ratio > _LARGEST_RATIO):
        raise _refusal(source, f"would unpack to {total / 1e6:.0f} MB, {ratio:.0f} times its size: a zip bomb?")


def _measure(source: RawFile, member: ZipInfo) -> int:
    """Unpack one part piece by piece, keep nothing, and return its true size."""
    start = member.header_offset
    header = source.data[start : start + _LOCAL_HEADER_BYTES]
    if len(header) < _LOCAL_HEADER_BYTES or header[:4] != b"PK\x03\x04":
        raise _refusal(source, f"is a damaged zip container: {member.filename!r} is not where it should be")
    start += _LOCAL_HEADER_BYTES + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    packed = memoryview(source.data)[start : start + member.compress_size]
    if member.flag_bits & 1:
        raise _refusal(source, f"is encrypted ({member.filename!r})")
    if member.compress_type not in (_STORED, _DEFLATED):
        raise _refusal(source, f"packs {member.filename!r} in a way that office programs do not use")
    size = 0
    tail = b""
    for piece in _unpacked(source, member, packed):
        size += len(piece)
        _check_declarations(source, member, tail + piece)
        tail = piece[-16:]
        if size > member.file_size:
            raise _refusal(source, f"holds a part {member.filename!r} that is larger than it says: a zip bomb?")
    return size


def _unpacked(source: RawFile, member: ZipInfo, packed: memoryview) -> Iterator[bytes]:
    if member.compress_type == _STORED:
        yield from (bytes(packed[at : at + _CHUNK]) for at in range(0, len(packed), _CHUNK))
        return
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for at in range(0, len(packed), _CHUNK):
            piece = inflater.decompress(packed[at : at + _CHUNK], _CHUNK)
            yield piece
            while inflater.unconsumed_tail:
                yield inflater.decompress(inflater.unconsumed_tail, _CHUNK)
    except zlib.error as error:
        raise _refusal(source, f"is damaged: {member.filename!r} cannot be unpacked ({error})") from None


def _check_declarations(source: RawFile, member: ZipInfo, piece: bytes) -> None:
    if not member.filename.lower().endswith((".xml", ".rels", ".vml")):
        return
    narrow = piece.replace(b"\x00", b"").upper()  # a part in UTF-16 hides the same words between NULs
    if any(declaration in narrow for declaration in _DECLARATIONS):
        raise _refusal(source, f"declares entities in {member.filename!r}: an XML bomb?")


def _refusal(source: RawFile, seen: str) -> FileFormatError:
    mend = "Export the measurement again, or give the file as text (csv)"
    return FileFormatError(Fault(str(source.path), seen, mend))


@contextmanager
def without_panic_text() -> Iterator[None]:
    """Rust libraries panic on some damaged files and write a stack trace to the process's standard error: not for a user."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
