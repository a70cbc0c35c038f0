"""What a simulated test leaves behind, whatever kind of cell it was."""

from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from hashlib import sha256
from json import dumps

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld import __version__
from ionweld.measurement.cycling import CyclingTest
from ionweld.measurement.provenance import Provenance
from ionweld.result import EventKind
from ionweld.simulate.conditions import StartConditions
from ionweld.simulate.legs import Legs
from ionweld.simulate.recorded import Recorded, context, recorded, states_table, steps_table
from ionweld.spec.cell import CellSpec
from ionweld.spec.library import Entry
from ionweld.spec.protocol import AnyProtocol, Stage, WindowStage
from ionweld.spec.quantity import Quantity

RELATIVE_TOLERANCE = 1e-6


class Outcome(Enum):
    """How a test ended."""

    COMPLETED = "completed: every cycle of the protocol was run"
    FAILED = "failed by short circuit: the resistance fell below the failure fraction of that of the first cycle"
    SHORTED = "stopped: at the first short, as the protocol says"
    VOLTAGE_LIMIT = "stopped: the voltage limit of the protocol was reached"
    DEAD = "dead: a discharge gave less than the capacity below which a full cell counts as dead"


@dataclass(frozen=True, slots=True)
class CellEvent:
    """A located event: where in the test, |V| of the cell at that moment, and what it means."""

    kind: EventKind
    cycle: int
    time_s: float
    voltage_V: float
    meaning: str


@dataclass(frozen=True)
class SimulatedTest:
    """A simulated test: what happened, leg by leg, as arrays. Tables are made of them when they are first asked for.

    legs: half cycles and rests in their order; work: right-hand sides and steps taken. charge_error, lithium_error,
    energy_error and voids_error are the relative gaps of the balances (that of energy for full cells alone, that of
    voids where they keep books). columns: the number that was asked for in place of that of geometry.
    """

    outcome: Outcome
    events: tuple[CellEvent, ...]
    legs: Legs = field(repr=False)
    conditions: StartConditions = field(repr=False)
    protocol: AnyProtocol
    columns: int | None = None
    tolerance: float = RELATIVE_TOLERANCE
    work: dict[str, int] = field(default_factory=dict)
    charge_error: float = 0.0
    lithium_error: float = 0.0
    energy_error: float = 0.0
    voids_error: float = 0.0

    @cached_property
    def recorded(self) -> Recorded:
        """What was recorded, as arrays."""
        return recorded(self.legs, self.conditions.derived.electrode_area_m2)

    @cached_property
    def measurement(self) -> CyclingTest:
        """What a cycler would have written."""
        start = self.conditions
        table = steps_table(self.recorded)
        return CyclingTest(table, _provenance(self), context(start.cell, start.derived))

    @cached_property
    def states(self) -> pl.DataFrame:
        """What no instrument sees, one row per recorded moment."""
        return states_table(self.conditions, self.recorded)

    @property
    def snapshots(self) -> NDArray[np.float64]:
        """The whole state after each half cycle or rest, shape (legs, states); by name with `state`."""
        return self.legs.snapshots

    @property
    def snapshot_cycles(self) -> NDArray[np.int64]:
        """The cycle of each half cycle or rest."""
        return self.legs.cycle

    @property
    def snapshot_times(self) -> NDArray[np.float64]:
        """The end of each half cycle or rest (s)."""
        return self.legs.end

    def state(self, name: str) -> NDArray[np.float64]:
        """Return a state after each half cycle: (half cycles, sides or 1, N), or (half cycles, sides or 1) if shared."""
        layout, n = self.conditions.layout, self.conditions.n
        found = self.snapshots[:, layout.state(name, n)]
        return found if layout.has("shared", name) else found.reshape(len(found), -1, n)


def identity(
    cell: CellSpec,
    protocol: AnyProtocol,
    parameters: Entry,
    seed: str,
    columns: int | None = None,
    tolerance: float = RELATIVE_TOLERANCE,
) -> str:
    """Return a hash of all that a simulated cell depends on: the arguments of simulate."""
    values = {name: quantity.value for name, quantity in parameters.properties.items()}
    off = [name for name, on in cell.switches.items() if not on]
    ends = [name for name in ("one_way", "stop_at_short") if getattr(protocol, name, False)]
    ends += [
        f"{number} {name} {said!r}" for number, stage in enumerate(protocol.stages) for name, said in _unseen(stage)
    ]
    laws = [
        *off,
        *parameters.mechanisms,
        *ends,
        *map(repr, [*cell.formation, *protocol.program]),
    ]  # nothing where all is ordinary
    content = f"{cell!r}\n{protocol!r}\n{dumps(values, sort_keys=True)}\n{seed}\n{columns}\n{tolerance}" + "".join(
        f"\n{name}" for name in laws
    )
    return sha256(content.encode()).hexdigest()


def _unseen(stage: Stage | WindowStage) -> list[tuple[str, Quantity]]:
    """Return what a stage says beside what its text shows."""
    said = [(name, getattr(stage, name)) for name, about in type(stage).model_fields.items() if not about.repr]
    return [(name, one) for name, one in said if one is not None]


def _provenance(run: SimulatedTest) -> Provenance:
    """Return where a simulated table comes from: the identity of the run."""
    start = run.conditions
    cell, parameters, seed = start.cell, start.parameters, start.setting.seed
    digest = identity(cell, run.protocol, parameters, seed, run.columns, run.tolerance)
    about = {"seed": seed, "parameters": parameters.name}
    about |= {"program": "ramp"} if getattr(run.protocol, "ramp", None) is not None else {}
    return Provenance("simulated", f"{cell.name}; {run.protocol.name}", digest, f"ionweld {__version__}", about)
