"""Bruker DIFFRAC .raw, version 3 ("RAW1.01"): headers of fixed size, little-endian, then counts as 4-byte floats.

| byte of the file | meaning                     | byte of a range | meaning                                   |
|------------------|-----------------------------|-----------------|-------------------------------------------|
| 12               | number of ranges, uint32    | 0               | 304, the length of its header, uint32     |
| 624, 632         | K-alpha-1, -2 (A), float64  | 4               | number of steps, uint32                   |
| 648              | their ratio, float64        | 16              | first 2 theta (deg), float64              |
| 712              | the first range             | 176             | step (deg), float64                       |
|                  |                             | 256             | bytes of further headers after it, uint32 |

(DIFFRAC plus XCH 5.0 manual, appendix A, as two public readers have it.) Versions 1 and 2 are refused by name; version 4 is in bruker_raw4.py.
"""

import struct
from dataclasses import replace

import numpy as np

from ionweld.measurement.pattern import Diffractogram
from ionweld.read.text import RawFile, start_report
from ionweld.read.xrd.scan import make_scan, radiation_or_none, refuse

_READER = "Bruker raw, version 3"
_VERSIONS = {b"RAW ": "1", b"RAW2": "2"}
_FIRST_RANGE, _RANGE_HEADER = 712, 304
_MOST_STEPS = 2_000_000


def recognises(head: bytes) -> bool:
    """Return whether the file begins with one of the signatures of a .raw."""
    return head.startswith(b"RAW1.01") or (head[:4] in _VERSIONS and b"\x00" in head[:712])


def read(source: RawFile) -> Diffractogram:
    """Return the first range. Raises FileFormatError for other versions and for damage."""
    data = source.data
    if not data.startswith(b"RAW1.01"):
        version = _VERSIONS[data[:4]]
        raise refuse(
            source, f"is a Bruker .raw of version {version}; only versions 3 and 4 are known", "Export it as .xy"
        )
    try:
        (ranges,) = struct.unpack_from("<I", data, 12)
        first, second = struct.unpack_from("<2d", data, 624)
        (ratio,) = struct.unpack_from("<d", data, 648)
        length, steps = struct.unpack_from("<2I", data, _FIRST_RANGE)
        (start,) = struct.unpack_from("<d", data, _FIRST_RANGE + 16)
        (step,) = struct.unpack_from("<d", data, _FIRST_RANGE + 176)
        (further,) = struct.unpack_from("<I", data, _FIRST_RANGE + 256)
    except struct.error:
        raise refuse(source, "is a Bruker .raw that ends within its headers", "Copy it again") from None
    counts_at = _FIRST_RANGE + _RANGE_HEADER + further
    if length != _RANGE_HEADER or not 0 < steps <= _MOST_STEPS or counts_at + 4 * steps > len(data):
        seen = f"is a Bruker .raw whose headers do not go with its size ({steps} steps, {len(data)} bytes)"
        raise refuse(source, seen, "Copy it again, or export it as .xy")
    with np.errstate(invalid="ignore"):  # a damaged file may hold any bit pattern
        counts = np.frombuffer(data, "<f4", steps, counts_at).astype(float)
    angles = start + step * np.arange(steps, dtype=np.float64)
    report = replace(
        start_report(source, _READER),
        columns_mapped={"start + step x n": "2 theta / deg", "intensity": "counts"},
        warnings=(f"the file has {ranges} ranges; the first is read",) if ranges > 1 else (),
    )
    return make_scan(source, angles, counts, report, radiation_or_none(first, second, ratio, "file"))
