"""Text lists of counts alone, many in a row, whose angles follow from a start and a step in the header.

| program       | files        | start, step                           | then                                  |
|---------------|--------------|---------------------------------------|---------------------------------------|
| Bruker        | .uxd         | `_START=10` or `_2THETA=10`, `_STEPSIZE=0.02` | `_COUNTS` or `_CPS`; with `_2THETACOUNTS` and `_2THETACPS` angle and counts in pairs |
| Philips       | .udf         | `DataAngleRange, 10, 90,/`, `ScanStepSize, 0.02,/` | `RawScan`                    |
| Rigaku        | .asc, .txt   | `*START = 10`, `*STEP = 0.02`         | `*COUNT = 4001`                       |
| FullProf      | .dat         | `10.0 0.02 90.0`, start, step and end in the first row | the next row         |

(Layouts: Bruker's as public readers have it; the others as their programs' manuals show them.)
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ionweld.measurement.pattern import Diffractogram, Radiation
from ionweld.read.text import RawFile, Text, decode, number_or_nan, start_report
from ionweld.read.xrd.scan import make_scan, radiation_or_none, refuse
from ionweld.wording import many

_NUMBER = r"[^\d\n-]*(-?\d+\.?\d*(?:[eE][+-]?\d+)?)"
_COUNTS_ONLY = re.compile(r"[\s,;\d.eE+]*\d[\s,;\d.eE+/]*")
_FREE = re.compile(r"\s*(\d+\.?\d*)\s+(\d*\.\d+)\s+(\d+\.?\d*)(?:\s+\D.*)?")
_HEADER_LINES = 400
_OVER_TWO_THETA = ("COUPLED", "2THETA", "DETECTOR", "")
_NEAR = 1.5  # steps between the end that a header says and the end that its points give


@dataclass(frozen=True, slots=True)
class _Kind:
    """A program's words: patterns of the start, the step, the line above the counts, and the wavelengths."""

    name: str
    start: str
    step: str
    above: str
    lines: tuple[str, str, str]
    pairs: str = "(?!)"


_KINDS = (
    _Kind(
        "Bruker uxd", r"^_(?:START|2THETA)\s*=" + _NUMBER, r"^_STEPSIZE\s*=" + _NUMBER, r"^_(?:2THETA)?(?:COUNTS|CPS)\b",
        (r"^_WL1\s*=" + _NUMBER, r"^_WL2\s*=" + _NUMBER, r"^_WLRATIO\s*=" + _NUMBER), r"^_2THETA(?:COUNTS|CPS)\b",
    ),
    _Kind(
        "Philips udf", r"^DataAngleRange" + _NUMBER, r"^ScanStepSize" + _NUMBER, r"^RawScan\b",
        (r"^LabdaAlpha1," + _NUMBER, r"^LabdaAlpha2," + _NUMBER, r"^RatioAlpha21," + _NUMBER),
    ),
    _Kind(
        "Rigaku list", r"^\*START\s*=" + _NUMBER, r"^\*STEP\s*=" + _NUMBER, r"^\*COUNT\s*=",
        (r"^\*WAVE_LENGTH1\s*=" + _NUMBER, r"^\*WAVE_LENGTH2\s*=" + _NUMBER, r"^\*WAVE_RATIO\s*=" + _NUMBER),
    ),
)  # fmt: skip


def recognises(head: bytes) -> bool:
    """Return whether the first lines are those of one of the four programs."""
    lines = head[:32768].decode("latin-1").splitlines()[:_HEADER_LINES]
    return _kind(lines) is not None or _free_steps(lines) is not None


def read(source: RawFile) -> Diffractogram:
    """Return the first scan. Raises FileFormatError when start or step is missing, or the end is not where they lead."""
    text = decode(source)
    lines = text.lines
    kind = _kind(lines[:_HEADER_LINES])
    if kind is not None:
        return _named(source, text, kind)
    steps = _free_steps(lines)
    if steps is None:
        raise refuse(source, "has no start and step above its counts")
    counts = _counts(lines[1:])
    start, step, end = steps
    if abs(start + step * (len(counts) - 1) - end) > _NEAR * step:
        seen = f"says {start:g} to {end:g} in steps of {step:g}, but has {len(counts)} counts"
        raise refuse(source, seen, "Export it again: points are missing, or these are no counts by steps")
    return _scan(source, text, "FullProf list", start + step * np.arange(len(counts), dtype=np.float64), counts)


def _named(source: RawFile, text: Text, kind: _Kind) -> Diffractogram:
    at = next(n for n, line in enumerate(text.lines) if re.match(kind.above, line))
    above = "\n".join(text.lines[:at])
    start, step = (_number(pattern, above) for pattern in (kind.start, kind.step))
    values = _counts(text.lines[at + 1 :])
    drive = re.findall(r"^_DRIVE\s*=\s*'?([A-Z0-9]*)", above, re.MULTILINE)
    if drive and drive[-1] not in _OVER_TWO_THETA:
        raise refuse(source, f"was scanned over {drive[-1]!r}, not over 2 theta", "Give a scan over 2 theta")
    more = sum(bool(re.match(kind.above, line)) for line in text.lines[at + 1 :])
    said = (f"the file has {many(more, 'more scan')}; the first is read",) if more else ()
    first, second, ratio = (_number(pattern, above) for pattern in kind.lines)
    radiation = (
        None if np.isnan(first) else radiation_or_none(first, np.nan_to_num(second), np.nan_to_num(ratio), "file")
    )
    if re.match(kind.pairs, text.lines[at]):
        pairs = values[: len(values) // 2 * 2].reshape(-1, 2)
        return _scan(source, text, kind.name, pairs[:, 0], pairs[:, 1], radiation, said)
    if not (np.isfinite(start) and 0.0 < step < np.inf):
        raise refuse(source, f"is a {kind.name} without a start and a step above its counts", "Export it as .xy")
    return _scan(
        source, text, kind.name, start + step * np.arange(len(values), dtype=np.float64), values, radiation, said
    )


def _scan(
    source: RawFile, text: Text, name: str, angles: NDArray[np.float64], counts: NDArray[np.float64],
    radiation: Radiation | None = None, said: tuple[str, ...] = (),
) -> Diffractogram:  # fmt: skip
    report = replace(
        start_report(source, name, text),
        decimal_mark=".",
        columns_mapped={"start + step x n": "2 theta / deg", "numbers in a row": "counts"},
        warnings=said,
    )
    return make_scan(source, angles, counts, report, radiation)


def _kind(lines: Sequence[str]) -> _Kind | None:
    return next((kind for kind in _KINDS if any(re.match(kind.above, line) for line in lines)), None)


def _free_steps(lines: Sequence[str]) -> tuple[float, float, float] | None:
    """Return start, step and end where the first line gives them and rows of several counts follow."""
    match = _FREE.fullmatch(lines[0]) if len(lines) > 2 else None
    if match is None or not all(len(line.split()) > 1 and _COUNTS_ONLY.fullmatch(line) for line in lines[1:3]):
        return None
    start, step, end = (float(number) for number in match.groups())
    return (start, step, end) if start < end and 0.0 < step <= 1.0 else None


def _counts(lines: Sequence[str]) -> NDArray[np.float64]:
    """Return the numbers of the rows up to the first line that holds something else."""
    found: list[float] = []
    for line in filter(str.strip, lines):
        if not _COUNTS_ONLY.fullmatch(line):
            break
        found += [number_or_nan(field) for field in re.split(r"[\s,;/]+", line.strip(" ,;/\t\r"))]
    return np.array(found)


def _number(pattern: str, text: str) -> float:
    found = re.findall(pattern, text, re.MULTILINE)
    return float(found[-1]) if found else float("nan")
