"""Bruker DIFFRAC .raw, version 4 ("RAW4.00"), little-endian: segments that name themselves, then ranges of steps.

A segment begins with its kind and its length (uint32 each). Kind 30 tells of the tube, kind 0 begins a range:

| byte of segment 30 | meaning                        | byte of a range | meaning                                       |
|--------------------|--------------------------------|-----------------|-----------------------------------------------|
| 80, 88             | K-alpha-1, -2 (A), float64     | 32              | kind of scan, 24 letters                      |
| 104                | their ratio, float64           | 72, 80          | first 2 theta, step (deg), float64            |
| 112                | the anode, 4 letters           | 88              | number of steps, uint32                       |
|                    |                                | 136, 140        | bytes of a step, of further headers, uint32   |
|                    |                                | 160             | those headers, then the steps                 |

A step begins with its counts as a 4-byte float. (No public specification; as GSAS-II and other public readers have it, and
as a file of known angles shows.)
"""

import struct
from dataclasses import replace

import numpy as np

from ionweld.measurement.pattern import Diffractogram, Radiation
from ionweld.read.text import RawFile, start_report
from ionweld.read.xrd.scan import make_scan, radiation_or_none, refuse

_READER = "Bruker raw, version 4"
_FIRST_SEGMENT, _TUBE, _RANGE = 61, 30, 0
_SHORTEST_SEGMENT, _RANGE_HEADER = 8, 160
_MOST_SEGMENTS, _MOST_STEPS = 10_000, 2_000_000
_OVER_TWO_THETA = ("Locked Coupled", "Unlocked Coupled", "Detector Scan", "2Theta")
_HOW_TO_MEND = "Export it from DIFFRAC as .xy, one scan over 2 theta"


def recognises(head: bytes) -> bool:
    """Return whether the file begins with the signature of version 4."""
    return head.startswith(b"RAW4.00")


def read(source: RawFile) -> Diffractogram:
    """Return the first range. Raises FileFormatError for a scan over another angle, and for damage."""
    data = source.data
    try:
        at, radiation = _first_range(source)
        kind = _letters(data, at + 32, 24)
        start, step = struct.unpack_from("<2d", data, at + 72)
        (steps,) = struct.unpack_from("<I", data, at + 88)
        size, further = struct.unpack_from("<2I", data, at + 136)
    except struct.error:
        raise refuse(source, "is a Bruker .raw that ends within its headers", "Copy it again") from None
    if kind not in _OVER_TWO_THETA:
        raise refuse(source, f"holds a scan of the kind {kind[:24]!r}, not over 2 theta", _HOW_TO_MEND)
    counts_at = at + _RANGE_HEADER + further
    end = counts_at + size * steps
    if not (0 < steps <= _MOST_STEPS and 4 <= size <= 4096 and size % 4 == 0 and end <= len(data)):
        seen = f"is a Bruker .raw whose headers do not go with its size ({steps} steps, {len(data)} bytes)"
        raise refuse(source, seen, f"Copy it again. {_HOW_TO_MEND}")
    table = np.frombuffer(data, "<f4", steps * size // 4, counts_at).reshape(steps, -1)
    with np.errstate(invalid="ignore"):  # a damaged file may hold any bit pattern
        counts = table[:, 0].astype(float)
    more = len(data) - end >= _RANGE_HEADER
    report = replace(
        start_report(source, _READER),
        columns_mapped={"start + step x n": "2 theta / deg", "first number of a step": "counts"},
        warnings=("the file has further ranges; the first is read",) if more else (),
    )
    return make_scan(source, start + step * np.arange(steps, dtype=np.float64), counts, report, radiation)


def _first_range(source: RawFile) -> tuple[int, Radiation | None]:
    """Return where the first range begins, and the radiation that was named before it."""
    data, at, radiation = source.data, _FIRST_SEGMENT, None
    for _ in range(_MOST_SEGMENTS):
        kind, length = struct.unpack_from("<2I", data, at)
        if kind == _RANGE:
            return at, radiation
        if kind == _TUBE:
            first, second = struct.unpack_from("<2d", data, at + 80)
            (ratio,) = struct.unpack_from("<d", data, at + 104)
            radiation = radiation_or_none(first, second, ratio, "file")
        at += max(length, _SHORTEST_SEGMENT)
    raise refuse(source, "is a Bruker .raw without a range", _HOW_TO_MEND)


def _letters(data: bytes, at: int, most: int) -> str:
    return data[at : at + most].split(b"\x00")[0].decode("latin-1").strip()
