"""Tables with the impedance as one complex number, as numerical programs write them.

    freq,Z                       frequency (Hz) impedance (ohm)
    100000,100.988-5.98426j      1.000e+05 (1.0099e+02+-5.984e+00j)

| column    | meaning                                                       |
|-----------|---------------------------------------------------------------|
| frequency | as in any table with named columns                            |
| complex   | Z' + j Z'' with i or j; its name and unit are those of \\|Z\\| |
| several   | z_exact, z_noisy: a sweep each                                |
"""

import re
from collections.abc import Sequence

from ionweld.read.eis.header import find_header, read_named
from ionweld.read.eis.table import Table
from ionweld.read.eis.vocabulary import understand
from ionweld.read.text import RawFile, Text, is_number, split_fields

NAME = "table with complex numbers"
_FEWEST_ROWS = 3
_PART = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_COMPLEX = re.compile(rf"\(?\s*([+-]?{_PART})\s*([+-]|\+-)\s*(?:({_PART})\s*\*?\s*[ij]|[ij]\s*\*?\s*({_PART}))\s*\)?")
_LABELLED = re.compile(r"\s*(?:Z|impedance)[ _](?!\w*(?:fit|calc|model|sim))\w+\s*", re.IGNORECASE)


def recognises(text: Text) -> bool:
    """Return whether several rows hold a frequency and a complex number, below a name for each."""
    return find_header(text.lines) is None and _with_pairs(text.lines[:200]) is not None


def read(source: RawFile, text: Text) -> Table:
    """Return the rows, the complex number taken apart. Raises FileFormatError when no frequency is named."""
    return read_named(source, Text(_with_pairs(text.lines) or [], text.encoding, text.ended), NAME)


def _with_pairs(lines: Sequence[str]) -> list[str] | None:
    """Return the lines from the names on, with Z' and Z'' in place of Z; None where that is not what they hold."""
    layouts = [[split_fields(line, delimiter) for line in lines] for delimiter in ("\t", ";", ",", " ")]
    rows, numbered = max(((rows, _numbered(rows)) for rows in layouts), key=lambda one: len(one[1]))
    if len(numbered) < _FEWEST_ROWS or numbered[0] == 0:
        return None
    names = rows[numbered[0] - 1]
    found = _impedances(names, rows[numbered[0]])
    if not found:
        return None
    parts = [f"Z{prime} (ohm)" for prime in ("'", "''")]  # the same words again are another sweep
    table = [[part for k, name in enumerate(names) for part in (parts if k in found else (name,))]]
    table += [
        [part for k, field in enumerate(row) for part in (_parts(field, found[k]) if k in found else (field,))]
        for row in map(rows.__getitem__, numbered)
    ]
    return ["\t".join(row) for row in table]


def _impedances(names: list[str], row: list[str]) -> dict[int, float]:
    """Return the places of the complex impedances of a row -> their factor to ohm."""
    complexes = [k for k, field in enumerate(row[: len(names)]) if _COMPLEX.fullmatch(field)]
    for k in complexes:
        column = understand(names[k])
        if column is not None and column.role == "modulus" and column.factor:
            return {k: column.factor}
    return {k: 1.0 for k in complexes if _LABELLED.fullmatch(names[k])}


def _numbered(rows: list[list[str]]) -> list[int]:
    return [i for i, row in enumerate(rows) if any(map(_COMPLEX.fullmatch, row)) and any(map(is_number, row))]


def _parts(field: str, factor: float) -> tuple[str, str]:
    match = _COMPLEX.fullmatch(field)
    if match is None:
        return "", ""
    real, sign, *imaginary = match.groups()
    size = factor * float(next(filter(None, imaginary)))
    return repr(factor * float(real)), repr(-size if "-" in sign else size)
