"""Gamry Explain data, `.DTA`, impedance.

    EXPLAIN
    TAG <tab> EISPOT
    ... settings and other tables ...
    ZCURVE <tab> TABLE
    <tab> Pt <tab> Time <tab> Freq <tab> Zreal <tab> Zimag <tab> Zsig <tab> Zmod <tab> Zphz <tab> Idc ...
    <tab> # <tab> s <tab> Hz <tab> ohm <tab> ohm <tab> V <tab> ohm <tab> ° <tab> A ...
    <tab> 0 <tab> 2 <tab> 200015.6 <tab> 113.7 <tab> -26.3 ...

| column       | meaning                                             |
|--------------|-----------------------------------------------------|
| Freq         | frequency                                           |
| Zreal, Zimag | the two parts; Zimag is negative for a capacitor    |
| Zmod, Zphz   | modulus and phase, compared with the parts          |
| Temp         | a thermocouple; -327.67 when none is connected      |

The units stand in the row below the names. The decimal mark is that of the computer's locale. Other tables (OCVCURVE)
come before; the table ends where a line does not begin with a tab. A second ZCURVE is a second sweep.
"""

import re
from dataclasses import replace

from ionweld.errors import Fault, UnknownFormatError
from ionweld.read.eis.header import read_named
from ionweld.read.eis.table import Table
from ionweld.read.text import RawFile, Text

NAME = "Gamry Explain data (.DTA)"
_TABLE = re.compile(r"ZCURVE\w*[\s,;]+TABLE")  # a spreadsheet saves it with other delimiters


def recognises(text: Text) -> bool:
    """Return whether the first lines carry Gamry's signature, or a ZCURVE table stands in the text."""
    return any(line.strip(" \t,;") == "EXPLAIN" for line in text.lines[:5]) or any(map(_TABLE.match, text.lines))


def read(source: RawFile, text: Text) -> Table:
    """Return the rows of every ZCURVE table. Raises UnknownFormatError when there is none: other tests hold other tables."""
    starts = [index + 1 for index, line in enumerate(text.lines) if _TABLE.match(line)]
    if not starts:
        tables = (
            ", ".join(sorted({line.split()[0][:40] for line in text.lines if re.match(r"\w+\s+TABLE", line)})) or "none"
        )
        seen = f"is Gamry data without an impedance table ZCURVE (tables: {tables})"
        mend = "Give the file of an impedance test; one of charge and discharge is read by ionweld cycling"
        raise UnknownFormatError(Fault(str(source.path), seen, mend))
    kept = [""] * len(text.lines)  # so that line numbers stay those of the file
    for start in starts:
        stop = next((n for n in range(start, len(text.lines)) if _ends_table(text.lines[n])), len(text.lines))
        kept[start:stop] = text.lines[start:stop]
    table = read_named(source, replace(text, lines=kept), NAME)
    return replace(table, preamble=tuple(text.lines[: starts[0]]))


def _ends_table(line: str) -> bool:
    return bool(line.strip()) and line[0] not in " \t,;"
