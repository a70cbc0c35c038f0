"""What an analysis returns: numbers with their uncertainty and origin, warnings, and a way to lay them out as rows.

A result never hides how it was got: `status` says whether a number was measured, taken from the literature, assumed,
fitted or predicted, and `None` for an uncertainty means that it is not known, never that it is zero.
"""

from dataclasses import asdict, dataclass, is_dataclass
from enum import StrEnum
from math import isfinite
from typing import Any, Literal

Status = Literal["measured", "literature", "assumed", "fitted", "predicted", "derived"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its unit, its standard error and its 95 % interval; None where these are not known."""

    value: float
    unit: str
    stderr: float | None = None
    low: float | None = None
    high: float | None = None
    status: Status = "derived"


class EventKind(StrEnum):
    """Every kind of event that there is, by the word that stands in reports and JSON, and what it means.

    The first eight are causes that an analysis names, the next three what it sees of the resistance of a symmetric cell,
    the rest what happens to the states of a simulated cell, which no instrument sees.
    """

    meaning: str

    SOFT_SHORT = "soft short", "electrons pass beside the ions, and the cell still works"
    HARD_SHORT = "hard short", "electrons take nearly all of the current: the cell is gone"
    CONTACT_LOSS = "contact loss", "lithium lost touch with the electrolyte over part of an interface"
    END_OF_LIFE = "end of life", "the cell is worn out by the usual convention, or shorted"
    ACTIVATION = "activation", "the resistance fell from the first current on, ever more slowly, as interfaces form"
    CHANGED_CONDITIONS = (
        "changed conditions",
        "the cell changed where its logged temperature or stack pressure was changed",
    )
    OPEN_LEAD = "open lead", "resistance was added at once beside the cell: by a lead, a clamp or the cycler's range"
    TEMPERATURE_SWING = "temperature swing", "the resistance goes up and down with the temperature of the room"

    SUDDEN_DROP = "sudden drop", "the resistance fell within one half cycle, far below that of the half cycles before"
    SHORT = "short", "the resistance fell suddenly and stayed low"
    FAILURE = "failure", "the resistance fell below the failure fraction of that of the first cycle"

    FIRST_SHORT = "first short", "a filament has crossed the pellet"
    FIRST_BRIDGE = (
        "first bridge",
        "a filament has crossed the pellet: electrons leak through the coat alone, until the bridge burns back",
    )
    CONTACT_LOST = "contact lost", "the connected area of an interface fell below its limit"
    VOLTAGE_LIMIT = "voltage limit", "the voltage reached the limit of the protocol"
    TIME_LIMIT = "time limit", "a half cycle reached its time limit before a voltage limit: what flows in leaks away"
    DEAD = "dead", "a discharge gave less than the capacity below which a full cell counts as dead"

    def __new__(cls, text: str, meaning: str) -> "EventKind":
        kind = str.__new__(cls, text)
        kind._value_ = text
        kind.meaning = meaning
        return kind


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a cell: its kind, where in the test, and the evidence that fired it."""

    kind: EventKind
    cycle: int
    time_s: float
    evidence: str


def plain(value: Any) -> Any:
    """Return `value` as plain JSON data: dataclasses become objects, numpy becomes numbers, NaN and inf become null."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    as_list = getattr(value, "tolist", None)  # of numpy, which is not loaded to look for it
    if as_list is not None:
        return plain(as_list())
    if isinstance(value, float) and not isfinite(value):
        return None
    return value
