"""Conditions that change within a test: at once, or evenly over a time, in steps small enough to pass for a line."""

from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from ionweld.spec.quantity import Quantity

FEWEST_STEPS, LARGEST_STEP_K = 50, 0.2  # of an even change: a pellet of 0.6 eV conducts 1 % better half a step on


class Held(NamedTuple):
    """Temperature and stack pressure at which a cell is held."""

    temperature: Quantity
    pressure: Quantity


@dataclass(frozen=True, slots=True)
class EvenChange:
    """A change of conditions from `before` to `after`, evenly from a time on (s) and over a time (s)."""

    begun: float
    before: Held
    after: Held
    over: float

    @property
    def steps(self) -> int:
        """How many small steps stand for it."""
        across = abs(self.after.temperature.value - self.before.temperature.value)
        return max(FEWEST_STEPS, ceil(across / LARGEST_STEP_K))

    def at(self, t: float) -> tuple[Held, float]:
        """Return the conditions of the small step of a time (s), those in its middle, and when it ends; then `after`."""
        number = int((t - self.begun) / self.over * self.steps + 1e-9)
        if number >= self.steps:
            return self.after, float("inf")
        part = (number + 0.5) / self.steps
        between = (_part(one, other, part) for one, other in zip(self.before, self.after, strict=True))
        return Held(*between), self.begun + self.over * (number + 1) / self.steps


def _part(before: Quantity, after: Quantity, part: float) -> Quantity:
    return after.moved(before.value + part * (after.value - before.value))
