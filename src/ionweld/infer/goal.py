"""What a person wants of a cell, as text: "400 h at 0.4 mA/cm^2", "200 cycles", "critical current 1 mA/cm^2",
"80 % capacity after 100 cycles".
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ionweld.errors import Fault, SpecError, UnitError
from ionweld.units import from_si, to_si

EXAMPLES = '"400 h at 0.4 mA/cm^2", "200 cycles", "critical current 1 mA/cm^2" or "80 % capacity after 100 cycles"'
_SQUARED = re.compile(r"\b(c?m)2\b")  # as many write it: mA/cm2
_CYCLES = re.compile(r"(\S+)\s+cycles?(?:\s+(?:at|@)\s+(.+))?")
_CRITICAL = re.compile(r"(?:critical\s+current(?:\s+density)?|CCD)\s*(?:of|above|>=|>|=|:)?\s*(.+)", re.IGNORECASE)
_CAPACITY = re.compile(
    r"(.+?%|\S+)\s+(?:(?:of\s+the\s+)?(?:capacity|retention)|capacity\s+retention)\s+(?:after|at)\s+(\S+)\s+cycles?"
)
_LIFE = re.compile(r"(.+?)(?:\s+(?:at|@)\s+(.+))?")


class GoalKind(StrEnum):
    """What is counted, in which SI unit, and in which unit a lab would say it."""

    unit: str
    shown: str

    LIFE = "life", "s", "h"
    CYCLES = "cycles", "1", "cycles"
    CRITICAL_CURRENT = "critical current", "A/m^2", "mA/cm^2"
    CAPACITY = "capacity", "1", "%"

    def __new__(cls, text: str, unit: str, shown: str) -> "GoalKind":
        kind = str.__new__(cls, text)
        kind._value_ = text
        kind.unit, kind.shown = unit, shown
        return kind

    def written(self, value: float) -> float:
        """Return an SI value in the unit that a lab would say it in."""
        return value if self.shown == "cycles" else from_si(value, self.unit, self.shown)


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal in SI units. target: None where as much as possible is wanted.

    current: A/m2, where it names one; cycles: after how many a capacity is meant.
    """

    kind: GoalKind
    target: float | None
    text: str
    current: float | None = None
    cycles: int | None = None


LONGER_LIFE = Goal(GoalKind.LIFE, None, "a longer life")
HIGHER_CURRENT = Goal(GoalKind.CRITICAL_CURRENT, None, "a higher critical current")


def parse_goal(text: str, where: str = "goal") -> Goal:
    """Return the goal that a text says. Raises SpecError or UnitError; `where` is what the message names."""
    said = _SQUARED.sub(r"\1^2", " ".join(text.split()))
    for pattern, read in _READERS:
        match = pattern.fullmatch(said)
        if match is not None:
            return read(match, said, where)
    raise _fault(where, "is empty")


def _fault(where: str, seen: str) -> SpecError:
    return SpecError(Fault(where, seen, f"Write a goal such as {EXAMPLES}"))


def _life(match: re.Match[str], text: str, where: str) -> Goal:
    try:
        target = _positive(match[1], "s", where)
    except UnitError as error:
        raise _fault(where, f"{text!r} is no goal: {error.faults[0].seen}") from None
    return Goal(GoalKind.LIFE, target, text, _current(match[2], where))


def _cycles(match: re.Match[str], text: str, where: str) -> Goal:
    return Goal(GoalKind.CYCLES, float(_count(match[1], where)), text, _current(match[2], where))


def _critical(match: re.Match[str], text: str, where: str) -> Goal:
    return Goal(GoalKind.CRITICAL_CURRENT, _positive(match[1], "A/m^2", where), text)


def _capacity(match: re.Match[str], text: str, where: str) -> Goal:
    share = _positive(match[1], "1", where)
    if share > 1.0:
        raise _fault(where, f"{match[1]!r} is more than all of the capacity")
    return Goal(GoalKind.CAPACITY, share, text, cycles=_count(match[2], where))


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str, str], Goal]], ...] = (
    (_CAPACITY, _capacity),
    (_CRITICAL, _critical),
    (_CYCLES, _cycles),
    (_LIFE, _life),
)


def _positive(text: str, unit: str, where: str) -> float:
    value = to_si(text, unit, where)
    if value <= 0.0:
        raise _fault(where, f"{text!r} is not above 0")
    return value


def _current(text: str | None, where: str) -> float | None:
    return None if text is None else _positive(text, "A/m^2", where)


def _count(text: str, where: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise _fault(where, f"{text!r} is no number of cycles")
    return int(text)
