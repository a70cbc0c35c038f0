"""A csv of any origin, described by its owner in a few lines of TOML.

    current_positive = "charge"                  # or "discharge", or "by state": never guessed
    decimal_mark = ","                           # optional, like encoding, delimiter, header_line: found if left out
    clock_format = "%d.%m.%Y %H:%M:%S"           # needed only for a column of clock times

    [columns]                                    # name in the file = name in the Battery Data Format, and the unit
    "Zeit" = { as = "Test Time / s", unit = "min" }
    "U" = { as = "Voltage / V", unit = "mV" }
    "I" = { as = "Current / A", unit = "uA" }
    "Zyklus" = { as = "Cycle Count / 1" }
    "Modus" = { as = "Step Type" }

    [states]                                     # needed when current_positive = "by state"
    "laden" = "charge"                           # or "discharge" or "rest", or a word of the Battery Data Format

A unit may be left out where it is the one in the name. Times may be texts such as "1 02:03:04": unit = "D HH:MM:SS".
Columns that are not described are kept under their own names.
"""

import codecs
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ionweld.errors import Fault, FileFormatError, SpecError
from ionweld.measurement.cycling import CURRENT, REQUIRED, STEP_TYPE
from ionweld.read.cycling.assemble import Recognised
from ionweld.read.cycling.format import UNIX_TIME, Format, FormatColumn, Match, Sign
from ionweld.read.cycling.formats.bdf import LABELS, kind_of
from ionweld.read.cycling.raw import Head, HeaderLine, candidate_headers, read_head, read_rows
from ionweld.read.cycling.spelling import factor, spell, unit_of
from ionweld.read.text import RawFile, split_fields

_KEYS = {
    "encoding", "delimiter", "decimal_mark", "header_line", "current_positive", "clock_format", "columns", "states",
}  # fmt: skip
_SIGNS: dict[str, Sign] = {"charge": "signed", "discharge": "signed", "by state": "by state"}
_STATES = {"charge": "ANY_CHG", "discharge": "ANY_DCH", "rest": "REST"}


@dataclass(slots=True)
class _Reading:
    """A description while it is read: what it says, and every fault in it."""

    path: Path
    said: dict[str, Any]
    faults: list[Fault] = field(default_factory=list)

    def fault(self, where: str, seen: str, mend: str) -> None:
        self.faults.append(Fault(f"{self.path}: {where}", seen, mend))


def read_described(source: RawFile, description: Path) -> Recognised:
    """Return a text table with its columns understood as its owner describes them.

    Raises SpecError with every fault of the description, FileFormatError when the file is not as described.
    """
    reading = _Reading(description, _load(description))
    form, matches = _format(reading)
    head = _head(source, reading)
    if reading.faults:
        raise SpecError(reading.faults)
    header = _header(source, head, reading.said, matches)
    raw = read_rows(source, head, header, mark=reading.said.get("decimal_mark"))
    return Recognised(form, raw, matches, {"description": description.name})


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise SpecError(Fault(str(path), f"cannot be read: {error}", "Write it as TOML, in UTF-8")) from None


def _format(reading: _Reading) -> tuple[Format, dict[str, Match]]:
    said = reading.said
    for key in said.keys() - _KEYS:
        reading.fault(key, "is not known", f"Known are {', '.join(sorted(_KEYS))}")
    positive = said.get("current_positive")
    if positive not in _SIGNS:
        mend = 'Say which way a positive current goes: "charge", "discharge", or "by state" when it has no sign'
        reading.fault("current_positive", f"is {positive!r}", mend)
        positive = "charge"
    matches = _matches(reading, -1.0 if positive == "discharge" else 1.0)
    mark = said.get("decimal_mark", ".")
    if mark not in (".", ","):
        reading.fault("decimal_mark", f"is {mark!r}", 'Write "." or ","')
    form = Format(
        name=f"described by {reading.path.name}",
        columns=tuple(match.column for match in matches.values()),
        hallmarks=(),
        sign=_SIGNS[positive],
        states=_states(reading),
        clock_formats=(str(said["clock_format"]),) if "clock_format" in said else (),
        convention=f"The description says: a positive current is {positive}",
    )
    return form, matches


def _matches(reading: _Reading, current_sign: float) -> dict[str, Match]:
    columns = reading.said.get("columns")
    if not isinstance(columns, dict):
        mend = 'Write a table [columns] with lines such as "U" = { as = "Voltage / V" }'
        reading.fault("columns", "is missing", mend)
        return {}
    matches: dict[str, Match] = {}
    for source, said in columns.items():
        match = _match(reading, source, said, current_sign)
        if match is not None and match.column.target in matches:
            reading.fault(f"columns.{source}", f"{match.column.target} is already given", "Name each quantity once")
        elif match is not None:
            matches[match.column.target] = match
    for target in (name for name in REQUIRED if name not in matches):
        reading.fault("columns", f"no column is described as {target!r}", "Every test needs time, voltage and current")
    return matches


def _match(reading: _Reading, source: str, said: Any, current_sign: float) -> Match | None:
    where = f"columns.{source}"
    target = said.get("as") if isinstance(said, dict) else None
    if target not in LABELS:
        mend = f"Use a name of the Battery Data Format, for example {', '.join(REQUIRED)}, Cycle Count / 1, {STEP_TYPE}"
        reading.fault(where, f"as = {target!r} is no such name", mend)
        return None
    for key in said.keys() - {"as", "unit"}:
        reading.fault(f"{where}.{key}", "is not known", "Known are as and unit")
    if target == STEP_TYPE:
        return Match(source, FormatColumn(target, (), "words"), None)
    wanted = unit_of(target) or "1"
    unit = str(said.get("unit", wanted))
    if target == UNIX_TIME and "clock_format" in reading.said:
        return Match(source, FormatColumn(target, (), "clock"), None)
    if wanted == "s" and ":" in unit:
        return Match(source, FormatColumn(target, (), "duration"), None)
    known = factor(unit, wanted)
    if known is None:
        reading.fault(f"{where}.unit", f"{unit!r} is no unit of {target}", f"Write it as one of the kind of {wanted}")
        return None
    return Match(
        source, FormatColumn(target, (), kind_of(target)), known * (current_sign if target == CURRENT else 1.0)
    )


def _states(reading: _Reading) -> dict[str, str]:
    states = reading.said.get("states", {})
    if not isinstance(states, dict) or not all(isinstance(word, str) for word in states.values()):
        reading.fault("states", "is no table of words", 'Write lines such as "laden" = "charge"')
        return {}
    if reading.said.get("current_positive") == "by state" and not states:
        reading.fault("states", "is missing", 'Say what each state does: "charge", "discharge" or "rest"')
    return {spell(word): _STATES.get(str(meaning), str(meaning)) for word, meaning in states.items()}


def _head(source: RawFile, reading: _Reading) -> Head:
    encoding = reading.said.get("encoding")
    head = read_head(source)
    if encoding is None:
        return head
    try:
        name = codecs.lookup(str(encoding)).name
        lines = source.data[: 2**18].decode(name, "replace").removeprefix("\ufeff").splitlines()
    except (LookupError, ValueError):
        reading.fault("encoding", f"{encoding!r} is not known", 'Write for example "utf-8", "gb18030" or "latin-1"')
        return head
    return Head(lines, name)


def _header(source: RawFile, head: Head, said: Mapping[str, Any], matches: Mapping[str, Match]) -> HeaderLine:
    """Return the line that holds the described names. Raises FileFormatError naming those that no line holds."""
    wanted = {match.source for match in matches.values()}
    best: set[str] = wanted
    for header in _candidates(head, said):
        missing = wanted - set(header.cells)
        if not missing:
            return header
        best = min(best, missing, key=len)
    names = ", ".join(map(repr, sorted(best)))
    mend = "Write the names in [columns] exactly as they stand in the file"
    raise FileFormatError(Fault(str(source.path), f"no line of names holds the described columns {names}", mend))


def _candidates(head: Head, said: Mapping[str, Any]) -> list[HeaderLine]:
    delimiter, line = said.get("delimiter"), said.get("header_line")
    if isinstance(delimiter, str) and len(delimiter) == 1:
        found = [HeaderLine(i, delimiter, split_fields(text, delimiter)) for i, text in enumerate(head.lines)]
    else:
        found = list(candidate_headers(head))
    return [header for header in found if line is None or header.line + 1 == line]
