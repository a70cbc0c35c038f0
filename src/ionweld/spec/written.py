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
