"""JCAMP-DX 4.24 and 5.x: "##LABEL=value" records; the data as (X++(Y..Y)), packed or plain, or as (XY..XY).

Packed ordinates (ASDF): SQZ digits @A-I a-i begin a number, DIF digits %J-R j-r begin a difference to the number
before, DUP digits S-Z s repeat it. After a line that ends with a difference, the first ordinate of the next line
repeats the last one and is checked, not counted. Some programs end with a check that says nothing ("31999@"): where all
promised points are there already, it is left out.
Source: McDonald and Wilks 1988, 10.1366/0003702884428734.
"""

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ionweld.measurement.infrared import InfraredSpectrum, Ordinate
from ionweld.read.ftir.spectrum import HOW_TO_SAY, LARGEST_SPECTRUM, make_spectrum, ordinate_of, refuse
from ionweld.read.text import RawFile, decode, start_report

Floats = NDArray[np.float64]

_READER = "JCAMP-DX"
_SQZ = {"@": 0} | {c: i for i, c in enumerate("ABCDEFGHI", 1)} | {c: -i for i, c in enumerate("abcdefghi", 1)}
_DIF = {"%": 0} | {c: i for i, c in enumerate("JKLMNOPQR", 1)} | {c: -i for i, c in enumerate("jklmnopqr", 1)}
_DUP = {c: i for i, c in enumerate("STUVWXYZs", 1)}
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|\?")
_ASDF = re.compile(r"[@A-Za-s%]\d*|[+-]?(?:\d+(?:\.\d*)?|\.\d+)|\?")
_OTHER_KINDS = re.compile(r"NMR|MASS|RAMAN|\bE[PS]R\b|\bUV|NEUTRON|MOBILITY|DIFFRACTION|CHROMATOG", re.IGNORECASE)
_PACKED = re.compile(r"[@%A-DF-Za-df-s]")  # without E and e: in a plain file they are exponents


def is_jcamp(source: RawFile) -> bool:
    """Return whether the file begins like JCAMP-DX."""
    return b"##" in source.data[:300] and b"##JCAMP" in source.data[:4000].upper().replace(b" ", b"").replace(b"-", b"")


def read_jcamp(source: RawFile, ordinate: Ordinate | None) -> InfraredSpectrum:
    """Return the first spectrum of a JCAMP-DX file. Raises FileFormatError."""
    text = decode(source)
    blocks = [block for block in _blocks(text.lines) if "XYDATA" in block or "XYPOINTS" in block]
    records = _infrared(source, blocks)
    x_factor, y_factor = _number(source, records, "XFACTOR", 1.0), _number(source, records, "YFACTOR", 1.0)
    x_is, wavenumber = _abscissa_unit(source, records)
    read = _xydata if "XYDATA" in records else _xypoints
    x, y = read(source, records, x_factor, y_factor)
    said = ordinate or _ordinate(source, records)
    more = len(blocks) - 1
    report = replace(
        start_report(source, _READER, text),
        decimal_mark=".",
        columns_mapped={x_is: "wavenumber / cm-1", "Y": str(said)},
        unit_factors={"X": x_factor, "Y": y_factor},
        warnings=(f"the file has {more} more sets of data; the first infrared spectrum is read",) if more else (),
    )
    return make_spectrum(source, wavenumber(x), y, said, report, records.get("TITLE", "").strip()[:80])


def _blocks(lines: list[str]) -> list[dict[str, str]]:
    """Return label -> value of each block, which a TITLE begins; labels without blanks, dashes and underscores."""
    blocks: list[dict[str, str]] = [{}]
    label, kept = "", []
    for line in [*lines, "##END="]:
        if not line.startswith("##"):
            kept.append(line)
            continue
        if label == "TITLE" and blocks[-1]:
            blocks.append({})
        if label:
            blocks[-1].setdefault(label, "\n".join(kept))
        name, _, value = line[2:].partition("=")
        label, kept = re.sub(r"[\s\-_/]", "", name).upper(), [value]
    return blocks


def _infrared(source: RawFile, blocks: list[dict[str, str]]) -> dict[str, str]:
    """Return the first block of an infrared spectrum. Raises FileFormatError, naming what there is instead."""
    found = next((block for block in blocks if not _OTHER_KINDS.search(block.get("DATATYPE", ""))), None)
    if found is not None:
        return found
    kinds = ", ".join(sorted({block["DATATYPE"].strip()[:40] for block in blocks}))
    raise refuse(source, f"holds no infrared spectrum but {kinds}" if kinds else "has neither XYDATA nor XYPOINTS")


def _abscissa_unit(source: RawFile, records: dict[str, str]) -> tuple[str, Callable[[Floats], Floats]]:
    """Return what the abscissa is, and what makes wavenumbers of it. Raises FileFormatError."""
    units = records.get("XUNITS", "1/CM").split("$$")[0].upper().replace(" ", "")
    if units in ("1/CM", "CM-1", "CM^-1"):
        return "X", lambda x: x
    if units in ("MICROMETERS", "MICROMETRES", "UM", "MICRONS"):
        return "10000 / X, of micrometres", lambda x: 1e4 / np.where(x > 0.0, x, np.nan)
    raise refuse(source, f"its abscissa is in {units[:30]!r}", "Export the spectrum over wavenumbers (1/CM)")


def _ordinate(source: RawFile, records: dict[str, str]) -> Ordinate | None:
    named = records.get("YUNITS", "").strip()
    said = ordinate_of(named)
    if named and said is None:
        raise refuse(source, f"its ordinate is {named[:50]!r}, no absorbance or transmittance", HOW_TO_SAY)
    return said


def _number(source: RawFile, records: dict[str, str], label: str, default: float) -> float:
    text = records.get(label, "").split("$$")[0].strip()
    if not text:
        return default
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not np.isfinite(number):
        raise refuse(source, f"##{label}= {text[:40]!r} is no number")
    return number


def _xydata(source: RawFile, records: dict[str, str], x_factor: float, y_factor: float) -> tuple[Floats, Floats]:
    head, *lines = records["XYDATA"].split("\n")
    if "X++" not in head.upper():
        raise refuse(source, f"its data form {head.strip()[:30]!r} is not known; (X++(Y..Y)) is")
    ordinates: list[float] = []
    first_x = float("nan")
    ended_with_difference = False
    promised = _number(source, records, "NPOINTS", float("nan"))
    lines = [line.split("$$")[0] for line in lines]
    token = _ASDF if any(_PACKED.search(line) for line in lines) else _PLAIN
    for line in lines:
        tokens = token.findall(line)
        if not tokens:
            continue
        if np.isnan(first_x):
            first_x = _plain(source, tokens[0]) * x_factor
        values, difference = _ordinates(source, tokens[1:])
        if ended_with_difference and ordinates and values:
            if len(values) == 1 and len(ordinates) == promised:
                break
            if not np.isclose(values[0], ordinates[-1], rtol=1e-6, atol=0.5):
                raise refuse(source, f"its check of ordinates fails after point {len(ordinates)}: the file is damaged")
            values = values[1:]
        ordinates += values
        ended_with_difference = difference
        if len(ordinates) > LARGEST_SPECTRUM:
            raise refuse(source, f"unfolds to more than {LARGEST_SPECTRUM} points", "This is no spectrum")
    return _abscissa(source, records, len(ordinates), first_x), np.array(ordinates) * y_factor


def _abscissa(source: RawFile, records: dict[str, str], count: int, first_seen: float) -> Floats:
    first = _number(source, records, "FIRSTX", first_seen)
    last = _number(source, records, "LASTX", float("nan"))
    promised = _number(source, records, "NPOINTS", count)
    if promised != count:
        raise refuse(source, f"promises {promised:g} points and has {count}: the file is damaged")
    if np.isnan(last):
        step = _number(source, records, "DELTAX", float("nan"))
        last = first + step * (count - 1)
    return np.linspace(first, last, count)


def _ordinates(source: RawFile, tokens: list[str]) -> tuple[list[float], bool]:
    """Return the ordinates of one line, and whether it ends with a difference."""
    values: list[float] = []
    step: float | None = None
    for token in tokens:
        lead = token[0]
        if lead in _DUP and not lead.isdigit():
            if not values:
                raise refuse(source, "repeats an ordinate before there is one")
            times = int(f"{_DUP[lead]}{token[1:]}") - 1
            if times > LARGEST_SPECTRUM:
                raise refuse(source, f"repeats an ordinate {times} times", "This is no spectrum")
            start = values[-1]
            values += [start + (step or 0.0) * (n + 1) for n in range(times)]
        elif lead in _DIF:
            step = _packed(_DIF[lead], token)
            if not values:
                raise refuse(source, "begins a line with a difference")
            values.append(values[-1] + step)
        else:
            step = None
            values.append(_packed(_SQZ[lead], token) if lead in _SQZ else _plain(source, token))
    return values, step is not None


def _packed(lead: int, token: str) -> float:
    digits = f"{abs(lead)}{token[1:]}"
    negative = lead < 0
    return -float(digits) if negative else float(digits)


def _plain(source: RawFile, token: str) -> float:
    if token == "?":  # noqa: S105 - JCAMP's sign for an ordinate that is not known
        return float("nan")
    try:
        return float(token)
    except ValueError:
        raise refuse(source, f"{token[:30]!r} is no number") from None


def _xypoints(source: RawFile, records: dict[str, str], x_factor: float, y_factor: float) -> tuple[Floats, Floats]:
    _, *lines = records["XYPOINTS"].split("\n")
    fields = [field for line in lines for field in re.split(r"[\s,;]+", line.split("$$")[0].strip()) if field]
    try:
        flat = np.array(fields, dtype=float)
    except ValueError as error:
        raise refuse(source, f"its points hold something that is no number: {error}") from None
    if len(flat) % 2:
        raise refuse(source, "has a wavenumber without a value: the file is damaged")
    return flat[0::2] * x_factor, flat[1::2] * y_factor
