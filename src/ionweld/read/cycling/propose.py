"""A draft of a description for a csv that no format knows: what its names may mean, for its owner to check.

Names and units are compared with those of all known formats. What cannot be told from a file, above all which way a
positive current goes, stays open in the draft: it is not valid before its owner has said so.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.cycling import CURRENT, REQUIRED, STEP_TYPE
from ionweld.read.cycling.format import Match, match_columns, missing_required
from ionweld.read.cycling.formats import known_formats
from ionweld.read.cycling.formats.bdf import LABELS
from ionweld.read.cycling.raw import Head, HeaderLine, candidate_headers, read_head
from ionweld.read.cycling.spelling import readings, spell, unit_of
from ionweld.read.text import is_number, load, split_fields

_ROWS_LOOKED_AT, _ROWS_SHOWN = 200, 12
_MOST_STATES = 40


@dataclass(frozen=True, slots=True)
class SeenTable:
    """A table of no known format: its names, its first rows as texts, and what the names may mean: label and unit.

    words: what stands in the columns that hold words, where these are few, as those of a state are.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    guesses: dict[str, tuple[str, str]]
    words: dict[str, tuple[str, ...]]


def table_in(path: Path) -> SeenTable:
    """Return the beginning of a table, for its owner to say what its columns are. Raises FileFormatError."""
    header, rows = _opened(path)
    found = {name: (match.column.target, _unit(name, match)) for name, match in _guesses(header).items()}
    words = {name: seen for at, name in enumerate(header.cells) if (seen := _words(rows, at))}
    return SeenTable(tuple(header.cells), tuple(tuple(row) for row in rows[:_ROWS_SHOWN]), found, words)


def _words(rows: list[list[str]], at: int) -> tuple[str, ...]:
    """Return the words that stand in a column, in their order; none where it holds numbers, or too many to be states."""
    cells = dict.fromkeys(row[at].strip() for row in rows if len(row) > at and row[at].strip())
    return tuple(cells) if len(cells) <= _MOST_STATES and not any(map(is_number, cells)) else ()


def propose_description(path: Path) -> str:
    """Return a draft of the TOML file that describes a csv. Raises FileFormatError when it holds no table."""
    header, rows = _opened(path)
    guesses = _guesses(header)
    lines = [
        f"# A draft for {path.name}: check each line, and delete what is wrong.",
        *_current_positive(header, rows, guesses),
        "",
        "[columns]",
        *(_column(name, guesses.get(name), numbers=_holds_numbers(rows, at)) for at, name in enumerate(header.cells)),
        *(
            f'# nothing looks like "{target}": write  "its name" = {{ as = "{target}" }}'
            for target in _lacking(guesses)
        ),
        *_states(header, rows, guesses),
    ]
    return "\n".join(lines) + "\n"


def _opened(path: Path) -> tuple[HeaderLine, list[list[str]]]:
    head = read_head(load(path))
    header = _likeliest_header(head)
    if header is None:
        raise FileFormatError(
            Fault(str(path), "holds no table of at least three columns", "Give a csv of a cycling test")
        )
    lines = head.lines[header.rows : header.rows + _ROWS_LOOKED_AT]
    return header, [split_fields(line, header.delimiter) for line in lines if line]


def _likeliest_header(head: Head) -> HeaderLine | None:
    """Return the line of names that most numbers stand below."""

    def numbers_below(header: HeaderLine) -> int:
        if any(is_number(cell) for cell in header.cells):
            return 0
        below = [split_fields(line, header.delimiter) for line in head.lines[header.rows : header.rows + 5]]
        fitting = [row for row in below if len(row) >= len(header.cells) - 1]
        return sum(is_number(cell) for row in fitting for cell in row)

    best = max(candidate_headers(head), key=numbers_below, default=None)
    return best if best is not None and numbers_below(best) else None


def _guesses(header: HeaderLine) -> dict[str, Match]:
    """Return what the names mean in the known formats; each quantity once, by the format that knows most of what it needs."""
    forms = sorted(known_formats(), key=lambda form: form.last, reverse=True)  # of two that know as many, the plain one
    by_format = [match_columns(form, header.cells) for form in forms]
    by_format.sort(key=lambda matches: (bool(missing_required(matches)), -len(matches)))
    found: dict[str, Match] = {}
    taken: set[str] = set()
    for matches in by_format:
        for target, match in matches.items():
            if target in LABELS and target not in taken and match.source not in found:
                found[match.source] = match
                taken.add(target)
    return found


def _column(name: str, match: Match | None, *, numbers: bool) -> str:
    quoted = json.dumps(name, ensure_ascii=False)
    if match is None:
        return f"# {quoted} = {{ as = ? }}"
    target = match.column.target
    unit = _unit(name, match)
    if numbers and ":" in unit:  # no unit is written, and numbers are no times such as 1:02:03
        return f'{quoted} = {{ as = "{target}", unit = "?" }}'
    return f'{quoted} = {{ as = "{target}"{f", unit = {json.dumps(unit, ensure_ascii=False)}" if unit else ""} }}'


def _holds_numbers(rows: list[list[str]], at: int) -> bool:
    return any(at < len(row) and is_number(row[at].replace(",", ".")) for row in rows)


def _unit(name: str, match: Match) -> str:
    wanted = unit_of(match.column.target)
    if wanted is None or match.column.kind in ("count", "words", "clock"):
        return ""
    if match.factor is None:
        return "D HH:MM:SS"
    written = next(
        (unit for spelled, unit in readings(name) if spelled in match.column.names and unit), match.column.unit
    )
    return "" if written in (None, wanted) else str(written)


def _lacking(guesses: dict[str, Match]) -> list[str]:
    return [target for target in REQUIRED if target not in {match.column.target for match in guesses.values()}]


def _current_positive(header: HeaderLine, rows: list[list[str]], guesses: dict[str, Match]) -> list[str]:
    cells = _cells_of(header, rows, guesses, CURRENT)
    has_sign = any(cell.startswith("-") and is_number(cell) for cell in cells)
    seen = "negative currents occur" if has_sign else "no negative current in the first rows"
    return [
        f'current_positive = "?"  # {seen}: write "charge", "discharge", or "by state" when the current has no sign'
    ]


def _states(header: HeaderLine, rows: list[list[str]], guesses: dict[str, Match]) -> list[str]:
    words = sorted({cell for cell in _cells_of(header, rows, guesses, STEP_TYPE) if cell})
    if not 0 < len(words) <= _MOST_STATES:
        return []
    known = {word: ours for form in known_formats() for word, ours in form.states.items()}
    lines = [f'{json.dumps(word, ensure_ascii=False)} = "{known.get(spell(word), "?")}"' for word in words]
    return ["", "[states]", *lines]


def _cells_of(header: HeaderLine, rows: list[list[str]], guesses: dict[str, Match], target: str) -> list[str]:
    name = next((source for source, match in guesses.items() if match.column.target == target), None)
    at = header.cells.index(name) if name is not None else len(header.cells)
    return [row[at] for row in rows if at < len(row)]
