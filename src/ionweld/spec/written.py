"""Where a number of the library is written: its file and line, for a person who wants to read it there or change it."""

import re
from pathlib import Path
from typing import NamedTuple

from ionweld.spec.library import Library, shipped_text


class Written(NamedTuple):
    """A place. file: of the library or a person's own; line: from 1, None where a file writes it in a form of its own."""

    file: str
    line: int | None


def where_written(library: Library, name: str, number: str) -> Written:
    """Return where a number of an entry is written: of a borrowed one, in the entry that it is taken over from."""
    entry = library.entry(name)
    origin = library.entry(entry.borrowed[number]) if number in entry.borrowed else entry
    file, text = (origin.file, _text(origin.file)) if origin.file else shipped_text(origin.name)
    return Written(file, _line(text, number))


def _text(file: str) -> str:
    try:
        return Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError):  # moved or changed since it was read
        return ""


def _line(text: str, number: str) -> int | None:
    """Return the line of a number: a table of its own, or a key of the table of numbers."""
    name = re.escape(number)
    heading, key = re.compile(rf"\s*\[properties\.{name}\]"), re.compile(rf"\s*{name}\s*=")
    lines = text.splitlines()
    inside = next((at for at, line in enumerate(lines) if line.strip() == "[properties]"), len(lines))
    found = (at for at, line in enumerate(lines, 1) if heading.match(line) or (at > inside and key.match(line)))
    return next(found, None)


def lines_of(text: str) -> dict[str, int]:
    """Return the line of each key of a TOML text by its full name; members of a list of tables carry their number.

    `[[cell]]` and then `area = ...` is "cell.0.area". Keys of a table written within a line stand in that line.
    """
    found: dict[str, int] = {}
    counted: dict[str, int] = {}
    prefix, inside = "", False
    for number, line in enumerate(text.splitlines(), 1):
        quotes = line.count('"""') + line.count("'''")
        if inside or quotes % 2:
            inside = inside != bool(quotes % 2)
            continue
        if table := _TABLE.fullmatch(line):
            prefix = _numbered(_parts(table["names"]), bool(table["many"]), counted)
            found[prefix.rstrip(".")] = number
        elif key := _KEY.match(line):
            found[prefix + ".".join(_parts(key["names"]))] = number
    return found


def line_of(text: str, path: str) -> int | None:
    """Return the line of a number of a TOML text by its full name; None where nobody wrote it."""
    lines, (*parts, name) = lines_of(text), path.split(".")
    if path in lines:
        return lines[path]
    held = lines.get(".".join(parts))  # within one line, as in `interface = { gap = "10 um" }`
    written = held is not None and re.search(rf"\b{re.escape(name)}\s*=", text.splitlines()[held - 1])
    return held if written else None


_NAME = r'(?:"[^"]*"|[\w\-]+)'
_NAMES = rf"(?P<names>{_NAME}(?:\s*\.\s*{_NAME})*)"
_TABLE = re.compile(rf"\s*\[(?P<many>\[?)\s*{_NAMES}\s*\]?\]\s*(#.*)?")
_KEY = re.compile(rf"\s*{_NAMES}\s*=")


def _parts(names: str) -> list[str]:
    """Return the names of a head or a key one by one, without their quotes."""
    return [part.strip('"') for part in re.findall(_NAME, names)]


def _numbered(parts: list[str], many: bool, counted: dict[str, int]) -> str:
    """Return how names below a head of a table begin; counted: how many members each list of tables has so far."""
    path = ""
    for place, part in enumerate(parts):
        path = f"{path}{part}"
        if many and place == len(parts) - 1:
            counted[path] = counted.get(path, -1) + 1
        path = f"{path}.{counted[path]}." if path in counted else f"{path}."
    return path
