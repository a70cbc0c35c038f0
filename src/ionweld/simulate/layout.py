"""Where each number of a cell stands: named slots, counted here and nowhere else.

A cell is kept in three arrays. `y` holds what is integrated: states of each column, then shared ones. `numbers` holds
what all columns share and what is worked out anew; `columns` the same for each column, one row per slot. The cell's own
slots come first, then those of each mechanism. Who declares a slot gets its place back under its name, as a constant
that compiled code can use; nobody counts by hand. A slot with `sides` has two places, one per lithium interface: the
place of the negative one, + 1 for the positive one.
"""

from collections import namedtuple
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

NEGATIVE, POSITIVE = 0, 1
SIDES = 2  # places are kept for both sides; a full cell leaves those of the positive one alone


@dataclass(frozen=True, slots=True)
class Slot:
    """A named number. unit: SI; sides: one for each lithium interface; scale: of a state, what counts as one of it.

    The scale sets how precisely a state is integrated: an error of a tolerance times the scale is never too large. A
    name stands for a size that only the cell and its test know (conditions.scales). together: columns lie in parallel, so
    the error of one may be a tolerance of the largest among them, however small it is itself.
    """

    name: str
    unit: str
    meaning: str
    sides: bool = False
    scale: float | str = 1.0
    together: bool = False

    @property
    def width(self) -> int:
        """How many places it takes."""
        return SIDES if self.sides else 1


def places(slots: Sequence[Slot]) -> Any:
    """Return the place of each slot under its name, counted from the first. Raises ValueError for a name used twice."""
    names = [slot.name for slot in slots]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"slots named twice: {', '.join(twice)}")
    starts = [sum(slot.width for slot in slots[:i]) for i in range(len(slots))]
    return namedtuple("Places", names)(*starts)


def width(slots: Iterable[Slot]) -> int:
    """Return how many places slots take together."""
    return sum(slot.width for slot in slots)


class Place(NamedTuple):
    """Where the slots of one owner begin: of its states per column (rows), shared states, numbers and columns (rows)."""

    states: int
    shared: int
    numbers: int
    columns: int


@dataclass(frozen=True, slots=True)
class Slots:
    """What an owner (the cell itself, or a mechanism) keeps: states per column, shared states, numbers, columns."""

    states: tuple[Slot, ...] = ()
    shared: tuple[Slot, ...] = ()
    numbers: tuple[Slot, ...] = ()
    columns: tuple[Slot, ...] = ()

    @property
    def widths(self) -> Place:
        """How many places each kind takes."""
        return Place(width(self.states), width(self.shared), width(self.numbers), width(self.columns))


KINDS = Place._fields


class SlotLayout:
    """The places of all slots of one cell. owners: by name, in order; raises ValueError for a slot named twice."""

    def __init__(self, owners: dict[str, Slots]) -> None:
        self.first: dict[str, Place] = {}
        self.slots: dict[str, dict[str, tuple[int, Slot]]] = {kind: {} for kind in KINDS}
        place = Place(0, 0, 0, 0)
        for owner, slots in owners.items():
            self.first[owner] = place
            for kind in KINDS:
                self._add(kind, getattr(slots, kind), getattr(place, kind))
            place = Place(*(a + b for a, b in zip(place, slots.widths, strict=True)))
        self.sizes = place

    def _add(self, kind: str, slots: tuple[Slot, ...], start: int) -> None:
        for slot, place in zip(slots, places(slots), strict=True):
            rooms = ("states", "shared") if kind in ("states", "shared") else (kind,)
            if any(slot.name in self.slots[room] for room in rooms):
                raise ValueError(f"two mechanisms keep {kind} named {slot.name!r}")
            self.slots[kind][slot.name] = (start + place, slot)

    def place(self, kind: str, name: str) -> slice:
        """Return where a slot stands among its kind. Raises ValueError for a name that there is not."""
        if name not in self.slots[kind]:
            raise ValueError(f"no slot {name!r} in {kind}; there are {', '.join(self.slots[kind])}")
        start, slot = self.slots[kind][name]
        return slice(start, start + slot.width)

    def has(self, kind: str, name: str) -> bool:
        """Whether there is such a slot."""
        return name in self.slots[kind]

    def states(self, n: int) -> int:
        """Return the size of `y` for n columns."""
        return self.sizes.states * n + self.sizes.shared

    def state(self, name: str, n: int) -> slice:
        """Return where a state stands in `y`, of all columns or shared, both sides in one piece."""
        if self.has("shared", name):
            found, before = self.place("shared", name), self.sizes.states * n
            return slice(before + found.start, before + found.stop)
        found = self.place("states", name)
        return slice(found.start * n, found.stop * n)
