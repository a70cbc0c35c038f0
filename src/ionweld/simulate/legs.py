"""The half cycles and rests of a test that was run, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from ionweld.simulate.conditions import StartConditions
from ionweld.simulate.mechanism import Real


class Leg(NamedTuple):
    """A half cycle or a rest that was run: current density (A/m2), cycle, start and end (s), and what ended it.

    at_voltage: what was held meanwhile (V), 0 where the current was set; else the current is its mean. conditions, numbers: of the cell at its end; temperature, pressure: at the recorded times (K, Pa).
    """

    current: float
    cycle: int
    start: float
    end: float
    event: int
    snapshot: Real
    times: Real
    rows: Real
    conditions: StartConditions
    numbers: Real
    temperature: Real
    pressure: Real
    at_voltage: float


@dataclass(frozen=True, eq=False)
class Legs(Sequence[Leg]):
    """All legs of a test. By leg, (m,): current density (A/m2), voltage that was held (V, 0 where the current was set: else it
    is the mean), cycle, start and end (s), event that ended it, and how many rows were recorded of it; of the cell at its end snapshots (m, states), numbers (m, numbers) and conditions.

    By row, (r,): times (s), temperature, pressure (K, Pa), and what was recorded, rows (r, slots).
    """

    current: Real
    at_voltage: Real
    cycle: NDArray[np.int64]
    start: Real
    end: Real
    event: NDArray[np.int64]
    recorded: NDArray[np.int64]
    snapshots: Real
    numbers: Real
    conditions: tuple[StartConditions, ...]
    times: Real
    rows: Real
    temperature: Real
    pressure: Real

    def __len__(self) -> int:
        return self.current.size

    @overload
    def __getitem__(self, place: int) -> Leg: ...
    @overload
    def __getitem__(self, place: slice) -> list[Leg]: ...
    def __getitem__(self, place: int | slice) -> Leg | list[Leg]:
        places = range(len(self))[place]
        return self._leg(places) if isinstance(places, int) else [self._leg(one) for one in places]

    def _leg(self, i: int) -> Leg:
        own = slice(self._first_rows[i], self._first_rows[i + 1])
        return Leg(
            float(self.current[i]), int(self.cycle[i]), float(self.start[i]), float(self.end[i]), int(self.event[i]),
            self.snapshots[i], self.times[own], self.rows[own], self.conditions[i], self.numbers[i],
            self.temperature[own], self.pressure[own], float(self.at_voltage[i]),
        )  # fmt: skip

    @cached_property
    def _first_rows(self) -> list[int]:
        return [0, *np.cumsum(self.recorded).tolist()]

    @property
    def charges(self) -> Real:
        """Charge that was applied in each, positive on charge (C/m2)."""
        return self.current * (self.end - self.start)


_BY_ROW = ("times", "rows", "temperature", "pressure")


def joined(pieces: Sequence[Legs]) -> Legs:
    """Return legs one after the other. Copies, so that the room that was kept for them is given back."""
    conditions = tuple(one for piece in pieces for one in piece.conditions)
    names = [field.name for field in fields(Legs)]
    arrays = {name: np.concatenate([getattr(one, name) for one in pieces]) for name in names if name != "conditions"}
    return Legs(**arrays, conditions=conditions)


def as_one(parts: Sequence[Legs]) -> Legs:
    """Return parts of one leg as that leg: with all of their rows, and else as the last of them says."""
    rows = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _BY_ROW}
    recorded = np.array([part.recorded.sum() for part in parts]).sum(keepdims=True)
    last, mean = parts[-1], parts[-1].current
    if last.at_voltage[0] > 0.0:
        mean = sum(part.charges for part in parts) / (last.end - parts[0].start)
    return replace(last, start=parts[0].start, current=mean, recorded=recorded, **rows)
