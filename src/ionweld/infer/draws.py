"""A draw: one virtual cell from the prior through the protocol as measured, with what it shows and why it ends."""

from dataclasses import dataclass, field
from typing import Literal

from ionweld.infer.diagnosis import Mechanism
from ionweld.spec.cell import Cell
from ionweld.spec.library import Entry
from ionweld.spec.protocol import AnyProtocol

TOLERANCE = 1e-4  # of the integrator: far finer than the chance of a draw


@dataclass(frozen=True, slots=True)
class VirtualCell:
    """What a draw is simulated from; the same number gives the same cell on any worker.

    `simulate(cell, protocol, parameters, seed, tolerance=TOLERANCE)` runs it again, with a lever moved where one is.
    """

    number: int
    seed: str
    cell: Cell
    parameters: Entry
    protocol: AnyProtocol


@dataclass(frozen=True, slots=True)
class Fate:
    """How a virtual cell fares: whether it died, when (s; else the end of its test), and how its resistance changed.

    growth: ln of its last over its first resistance, before whatever killed it.
    """

    dead: bool
    life_s: float
    growth: float


@dataclass(frozen=True, slots=True)
class Draw:
    """A virtual cell as the diagnosis uses it.

    features: those that its evidence gives, what is missing is absent; without: its fate with one mechanism left out;
    cause: the one that helps most; parameters: those of the posterior, by name.
    """

    number: int
    features: dict[str, float]
    fate: Fate
    without: dict[str, Fate]
    cause: Mechanism | Literal["undecided"]
    parameters: dict[str, float] = field(default_factory=dict)
