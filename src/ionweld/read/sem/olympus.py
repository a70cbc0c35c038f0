"""The scale that Olympus SIS programs write into a tif: tag 33560 leads to a block that begins with SIS0.

There is no public specification. After 58 bytes of head comes the number of entries (kind, count, place in the file); the
entry of kind 1 leads to general data: ten bytes, the exponent of the length, and the pixel's sides as two doubles (in
10^exponent metres), all small end first. Layout: as tifffile (BSD-3) reads it.
"""

import math
import struct
from collections.abc import Mapping

from ionweld.measurement.micrograph import PixelScale
from ionweld.read.sem.scale import from_unit

SIS_TAG = 33560
_HEAD, _GENERAL = 58, 1
_MOST_ENTRIES = 1000


def in_sis_block(data: bytes, tags: Mapping[int, object]) -> list[PixelScale]:
    """Return the scale of a file's SIS block, or none where it has no such block or a broken one."""
    at = data.find(b"SIS0") if SIS_TAG in tags else -1
    if at < 0:
        return []
    try:
        (entries,) = struct.unpack_from("<h", data, at + _HEAD)
        for place in range(min(entries, _MOST_ENTRIES)):
            kind, _, general = struct.unpack_from("<hhI", data, at + _HEAD + 2 + 8 * place)
            if kind == _GENERAL:
                exponent, side = struct.unpack_from("<10xhd", data, general)
                found = from_unit(repr(side * math.pow(10.0, exponent)), "m", "Olympus SIS block")
                return [found] if found else []
    except (struct.error, OverflowError):
        pass
    return []
