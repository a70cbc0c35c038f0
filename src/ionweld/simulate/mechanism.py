"""What a mechanism is: one file in simulate/mechanisms, whose `MECHANISM` says all that a cell needs to know of it.

states, numbers, columns   what it keeps, by name (Slots)
parameters                 the library's numbers that it reads, with the unit of each
numbers, start             from those to its own numbers, and to what is drawn for each column and the first states
hooks                      compiled: what it adds to a moment, its rates, what it does at the end of a half cycle; how fast
                           its states decay by themselves, where that may be faster than a half cycle
seen                       what is recorded of it
storage                    the charge that what it adds to an interface stores in a small alternating current
lithium                    the lithium that it holds, for the balance
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import gamma
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ionweld.simulate.layout import Slots
from ionweld.simulate.seeds import stream
from ionweld.spec.cell import CellSpec
from ionweld.spec.derived import Derived, electrolyte_entry
from ionweld.spec.library import Entry, assumption

Real = NDArray[np.float64]
Values = Mapping[str, float | Real]


@dataclass(frozen=True, slots=True)
class Setting:
    """The cell for which numbers are worked out, at the temperature and pressure of that moment of a test."""

    cell: CellSpec
    parameters: Entry
    derived: Derived
    seed: str
    columns: int

    @property
    def temperature(self) -> float:
        """The temperature (K)."""
        return self.cell.temperature.value

    @property
    def electrolyte(self) -> Entry:
        """The library's entry of the electrolyte, with what is known of this very pellet."""
        return electrolyte_entry(self.cell)

    def known(self, name: str) -> float:
        """Return a number of the pair, or else what is usual, an assumption."""
        return self.parameters[name] if name in self.parameters.properties else assumption(f"usual_{name}").value

    def of_electrolyte(self, name: str) -> float:
        """Return a number of the electrolyte, or else what is usual, an assumption."""
        known = self.electrolyte
        return known[name] if name in known.properties else assumption(f"usual_{name}").value

    @property
    def lithium(self) -> Entry:
        """The library's entry of the metal."""
        return self.cell.library.entry(self.cell.electrodes.negative.material)

    def draws(self, name: str) -> np.random.Generator:
        """Return the random stream of one property of this cell."""
        return stream(self.seed, name)

    def weibull(self, modulus: float, name: str) -> Real:
        """Return a Weibull distributed number of mean 1 for each column; a single column takes the mean itself."""
        if self.columns == 1:
            return np.ones(1)
        return self.draws(name).weibull(modulus, size=self.columns) / gamma(1.0 + 1.0 / modulus)

    def flaws(self, modulus: float, name: str) -> Real:
        """Return weibull numbers of which the least is that of all independent columns, also of those not worked out.

        A first short is made by the weakest of all. Of m more numbers the least is again Weibull distributed, m^(1/modulus)
        times less: it stands in the place of the least that was drawn, where it is less.
        """
        found, others = self.weibull(modulus, name), self.derived.independent - self.derived.columns
        if others > 0 and self.columns == self.derived.columns:
            least = self.draws(f"{name}, of all").weibull(modulus) / (
                gamma(1.0 + 1.0 / modulus) * others ** (1.0 / modulus)
            )
            found[found.argmin()] = min(found.min(), least)
        return found


Reduction = Literal["value", "mean", "sum", "max", "min"]


@dataclass(frozen=True, slots=True)
class RecordedSlot:
    """What is recorded of a slot. title: of its column in the table of states."""

    title: str
    kind: Literal["states", "shared", "numbers", "columns"]
    slot: str
    how: Reduction = "value"
    side: int = 0
    whole: bool = False


class Storage(NamedTuple):
    """A constant-phase element per connected area: Q (s^n/(ohm m2)) and its exponent."""

    Q: Any
    n: float


def _nothing(_setting: Setting) -> Values:
    return {}


@dataclass(frozen=True, slots=True, eq=False)
class Mechanism:
    """See the top of this file; each is itself alone, a key of what is worked out once. switch: its name in a cell's
    [mechanisms], or None if no cell is without it; cells: of which kind of cell it is a part, "uncoated" where no coat lies
    between pellet and positive electrode: symmetric cells, and full ones whose cathode has none. electrolytes: which it is
    of: polymers are those whose entry gives a transference number, as a dissolved salt has one.

    assembly: the mean contact that a column has at the first current, before its spread. imbalance: by how much lithium
    that is on its books does not add up (m); cut: shortens the filaments of a column to a length (m), returns the
    lithium that was freed. storage: from the impedance's view of a cell and a side; drawn: numbers with which each half
    cycle or rest of so many begins, one for each; between: called with the course after each half cycle of which a hook has
    set the number `asks`: what needs Python, and comes seldom.
    """

    name: str
    about: str
    switch: str | None = None
    cells: Literal["all", "uncoated", "full"] = "all"
    electrolytes: Literal["all", "ceramic", "polymer"] = "all"
    slots: Slots = field(default_factory=Slots)
    parameters: Mapping[str, str] = field(default_factory=dict)
    numbers: Callable[[Setting], Values] = _nothing
    columns: Callable[[Setting], Values] = _nothing
    assembly: Callable[[Setting], float] | None = None
    states: Callable[[Setting, Any], Values] = lambda setting, drawn: {}
    hooks: Mapping[int, Any] = field(default_factory=dict)
    seen: tuple[RecordedSlot, ...] = ()
    storage: Callable[[Any, int], Storage] | None = None
    stores_in: Literal["transfer", "layer"] = "transfer"
    lithium: Callable[[Any], float] | None = None
    imbalance: Callable[[Any], float] | None = None
    cut: Callable[[Any, int, float], float] | None = None
    drawn: Callable[[Setting, int], Values] | None = None
    between: Callable[[Any], None] | None = None

    def __reduce__(self) -> tuple[Callable[[str], "Mechanism"], tuple[str]]:
        """Pickle a mechanism as its name: there is one of each, and compiled hooks do not travel."""
        from ionweld.simulate.mechanisms import mechanism

        return mechanism, (self.name,)
