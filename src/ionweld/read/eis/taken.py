"""When a spectrum was taken: what the lines before its rows say of date and time, where they can mean one day only."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

TAKEN = "taken at"  # how the provenance of a spectrum calls it; ISO 8601, by the clock of the instrument's computer
_LABEL = re.compile(
    r"\s*(?:acquisition started on|start(?:ed)?(?: ?time)?(?: at)?|date|time|datum|uhrzeit|日期|时间)\s*(?:label)?\s*[:=\t ]\s*(.*)",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(r"\s*acquisition started on", re.IGNORECASE)  # EC-Lab writes so, whatever the country
_DATE = re.compile(r"(?<!\d)(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?!\d)")
_TIME = re.compile(r"(?<![\d.:])(\d{1,2}):(\d{2}):(\d{2})(?![\d:])")
_NOON = re.compile(r"\b([ap])\.?m\b", re.IGNORECASE)


def taken_at(preamble: Sequence[str]) -> datetime | None:
    """Return the first date and the first time of day that stand under a label of their own; None without both.

    A date of which the day may be the month is none. Points are between day and month; year first means month second.
    """
    said = [(line, found[1]) for line in preamble if (found := _LABEL.match(line))]
    day = next(filter(None, (_date(text, bool(_MONTH_FIRST.match(line))) for line, text in said)), None)
    time = _first(_TIME, (text for _, text in said))
    if day is None or time is None:
        return None
    hour, minute, second = (int(part) for part in time.groups())
    noon = _NOON.search(time.string[time.end() :])
    try:
        return datetime(*day, _of_24(hour, noon), minute, second)
    except ValueError:  # the 40th of May
        return None


def _first(pattern: re.Pattern[str], texts: Iterable[str]) -> re.Match[str] | None:
    return next(filter(None, map(pattern.search, texts)), None)


def _of_24(hour: int, noon: re.Match[str] | None) -> int:
    return hour if noon is None else hour % 12 + (12 if noon[1].lower() == "p" else 0)


def _date(text: str, month_first: bool) -> tuple[int, int, int] | None:
    """Return year, month and day."""
    found = _DATE.search(text)
    if found is None:
        return None
    first, mark, second, last = int(found[1]), found[2], int(found[3]), int(found[4])
    if len(found[1]) == 4:
        return first, second, last
    if len(found[4]) != 4:
        return None
    if month_first or (second > 12 >= first):
        return last, first, second
    return (last, second, first) if mark == "." or first > 12 or first == second else None
