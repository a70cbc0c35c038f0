"""Which column of a table holds what, by the names above its numbers; without names, by their usual order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ionweld.read.text import Layout, split_fields

_DELIMITERS = ("\t", ";", ",")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a column may be called: a pattern of names that mean it, and one of names that do not."""

    means: re.Pattern[str]
    other: re.Pattern[str]

    def is_named(self, name: str) -> bool:
        """Return whether a column of this name holds what is wanted."""
        return bool(self.means.search(name)) and not self.other.search(name)


def wanted(means: str, other: str) -> Wanted:
    """Return what the two patterns say, whatever the case of the letters."""
    return Wanted(re.compile(means, re.IGNORECASE), re.compile(other, re.IGNORECASE))


def names_above(lines: Sequence[str], layout: Layout, width: int) -> list[str]:
    """Return the names of the columns, from the last filled line above the numbers; none where it names other things."""
    line = next((line for line in reversed(lines) if line.strip()), "").strip().lstrip("#!;").strip()
    for delimiter in (layout.delimiter, *_DELIMITERS):
        names = split_fields(line.rstrip(delimiter), delimiter)
        if len(names) == width and not re.search("[:=]", line):  # settings have values behind a colon
            return names
    return []


def find_column(names: Sequence[str], what: Wanted, besides: int | None = None) -> int | None:
    """Return the place of the first column that is called what is wanted, not counting `besides`."""
    return next((at for at, name in enumerate(names) if at != besides and what.is_named(name)), None)
