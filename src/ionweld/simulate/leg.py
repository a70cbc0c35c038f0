"""A half cycle, a part of one, or a rest, as it was run."""

from typing import NamedTuple

import numpy as np

from ionweld.simulate.conditions import StartConditions
from ionweld.simulate.mechanism import Real


class Leg(NamedTuple):
    """A half cycle or a rest that was run: current density (A/m2), cycle, start and end (s), and what ended it.

    at_voltage: what was held meanwhile (V), 0 where the current was set; then the current is its mean. conditions, numbers: of the cell at its end; temperature, pressure: at the recorded times (K, Pa).
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
    at_voltage: float = 0.0

    @property
    def charge(self) -> float:
        """The charge that was moved, positive on charge (C/m2)."""
        return self.current * (self.end - self.start)


_BY_ROW = ("times", "rows", "temperature", "pressure")


def joined(legs: list[Leg]) -> Leg:
    """Return legs of the same current, or at the same voltage, one right after the other, as one."""
    first, last = legs[0], legs[-1]
    rows = {name: np.concatenate([getattr(leg, name) for leg in legs]) for name in _BY_ROW}
    mean = sum(leg.charge for leg in legs) / (last.end - first.start) if last.at_voltage else last.current
    return last._replace(start=first.start, current=mean, **rows)
