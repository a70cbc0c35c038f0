"""What a format is: its column table, its words for what a step does, and how its header is recognised."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from ionweld.measurement.cycling import REQUIRED, TIME, VOLTAGE
from ionweld.read.cycling.counters import BY_NAME, Counter
from ionweld.read.cycling.raw import RawTable
from ionweld.read.cycling.spelling import factor, factor_per_area, offset, readings, unit_of
from ionweld.read.text import RawFile

Kind = Literal["number", "count", "words", "clock", "duration"]
Sign = Literal["signed", "by state", "signed or by state", "by voltage"]

_CLOCK_UNIT = re.compile(r"\bh{1,2}(?:rs?|ours?)?:m{1,2}(?:in)?\b", re.IGNORECASE)

RECORD = "Record Index / 1"
UNIX_TIME = "Unix Time / s"
STEP_TIME = "Step Time / s"
STEP_ID = "Step ID"
POWER = "Power / W"
RESISTANCE = "Internal Resistance / ohm"
STEP_CUMULATIVE_CAPACITY = "Step Cumulative Capacity / Ah"
STEP_CUMULATIVE_ENERGY = "Step Cumulative Energy / Wh"
STEP_NET_CAPACITY = "Step Net Capacity / Ah"
STEP_NET_ENERGY = "Step Net Energy / Wh"
NET_CAPACITY = "Net Capacity / Ah"

OXIDATION_IS_POSITIVE = (
    "Positive current is oxidation at the working electrode, as the instrument has it: that is charging when the "
    "working electrode is the positive one of the cell"
)


@dataclass(frozen=True, slots=True)
class FormatColumn:
    """One column of a format: where it goes, how the instrument spells it, and its unit when the header has none.

    names: spellings as spelling.spell writes them, without the unit, the one to take of two first. unit None: the header
    must name the unit.
    """

    target: str
    names: tuple[str, ...]
    kind: Kind = "number"
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Opener:
    """How a file that is no plain table is told, by its first bytes or its members, and how its records are got."""

    recognises: Callable[[RawFile], bool]
    read: Callable[[RawFile], RawTable]


@dataclass(frozen=True, slots=True)
class Format:
    """A format of files.

    hallmarks: groups of spelled names; a header is of this format when it has one name of every group. Where several
    formats fit a header, the one that understands most of its columns is taken. opener: for files that are no table.
    tidy: what is done to the rows before the columns are matched. states: the format's words for a step, as spelling.spell
    writes them -> the words of the Battery Data Format (ANY_CHG, CC_DCH, REST ...). assumed_states: those of them that no file has confirmed, which the report says when one is
    met. convention: what is known of its signs, in one sentence for the report. counter: what its counter of charge is.
    last: taken only where no other format fits.
    """

    name: str
    columns: tuple[FormatColumn, ...]
    hallmarks: tuple[frozenset[str], ...] = ()
    opener: Opener | None = None
    tidy: Callable[[RawTable], RawTable] | None = None
    sign: Sign = "signed"
    states: Mapping[str, str] = field(default_factory=dict)
    assumed_states: frozenset[str] = frozenset()
    clock_formats: tuple[str, ...] = ()
    convention: str = ""
    counter: Counter = BY_NAME
    says_what_is_missing: bool = True
    last: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A column of the file that was understood: factor None means that its texts are durations or words.

    per_area: the file has it per area; factor gives the quantity per m2. offset: added after the factor. rank: of its
    name among those that the format knows.
    """

    source: str
    column: FormatColumn
    factor: float | None
    per_area: bool = False
    offset: float = 0.0
    rank: int = 0


def hallmarked(forms: Iterable[Format], header: Sequence[str]) -> list[Format]:
    """Return those formats that this header may be of, the one that understands most of its columns first."""
    names = {name for cell in header for name, _ in readings(cell)}
    fitting = [form for form in forms if form.hallmarks and all(group & names for group in form.hallmarks)]
    return sorted(fitting, key=lambda form: (form.last, -len(match_columns(form, header)), -len(form.hallmarks)))


def match_columns(form: Format, header: Sequence[str]) -> dict[str, Match]:
    """Return target -> match for the columns that the format knows.

    Of two that fit, one that is not per area, then the one whose name the format has first, then the first of the file.
    """
    found: dict[str, Match] = {}
    free = list(header)
    for column in form.columns:
        fitting = [match for source in free if (match := _match(column, source)) is not None]
        match = min(fitting, key=lambda match: (match.per_area, match.rank), default=None)
        if match is not None and column.target not in found:
            found[column.target] = match
            free.remove(match.source)
    return found


def other_voltages(found: Mapping[str, Match], header: Sequence[str]) -> list[str]:
    """Return the columns that would have served as the voltage as well as the one that was taken."""
    taken = {match.source for match in found.values()}
    free = [source for source in header if source not in taken and VOLTAGE in found]
    return [source for source in free if _match(found[VOLTAGE].column, source)]


def is_complete(form: Format, header: Sequence[str]) -> bool:
    """Return whether a header gives a format all the columns it needs."""
    return not missing_required(match_columns(form, header))


def missing_required(found: Mapping[str, Match]) -> list[str]:
    """Return the required columns that the header does not give; the test time follows from a clock."""
    return [target for target in REQUIRED if target not in found and not (target == TIME and UNIX_TIME in found)]


def _match(column: FormatColumn, source: str) -> Match | None:
    for name, unit in readings(source):
        if name in column.names and (match := _in_its_unit(column, source, unit)) is not None:
            return replace(match, rank=column.names.index(name))
    return None


def _in_its_unit(column: FormatColumn, source: str, unit: str | None) -> Match | None:
    if column.kind in ("words", "clock"):
        return Match(source, column, None)
    wanted = unit_of(column.target) or "1"
    written = (column.unit or ("1" if column.kind == "count" else None)) if unit is None else unit
    known = factor(written, wanted) if written is not None else None
    if known is not None:
        return Match(source, column, known, offset=offset(written or "", wanted))
    shared = factor_per_area(written, wanted) if written is not None else None
    if shared is not None:
        return Match(source, column, shared, per_area=True)
    if column.kind == "duration" and _is_clock_unit(written):
        return Match(source, column, None)
    return None


def _is_clock_unit(written: str | None) -> bool:
    """Return whether a unit says "text such as D HH:MM:SS": none at all, or a pattern with colons ("Hours in hh:mm:ss.xxx")."""
    return written is None or bool(_CLOCK_UNIT.search(written))
