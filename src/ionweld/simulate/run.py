"""What a simulated test leaves behind, whatever kind of cell it was."""

from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha256
from json import dumps

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld import __version__
from ionweld.measurement import cycling as bdf
from ionweld.measurement.provenance import Provenance
from ionweld.result import EventKind
from ionweld.simulate.conditions import StartConditions
from ionweld.spec.cell import Cell
from ionweld.spec.derived import Derived
from ionweld.spec.library import Entry
from ionweld.spec.protocol import AnyProtocol

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


@dataclass(frozen=True, slots=True)
class Run:
    """A simulated test. `states` has one row per recorded moment; `snapshots` the whole state after each half cycle.

    snapshots: shape (half cycles and rests done, states), by name with `state`; work: right-hand sides and steps taken.
    charge_error, lithium_error, energy_error and voids_error are the relative gaps of the balances (that of energy for
    full cells alone, that of voids where they keep books).
    """

    outcome: Outcome
    measurement: bdf.Cycling
    states: pl.DataFrame
    events: tuple[CellEvent, ...]
    snapshots: NDArray[np.float64]
    snapshot_cycles: NDArray[np.int64]
    snapshot_times: NDArray[np.float64]
    conditions: StartConditions
    work: dict[str, int] = field(default_factory=dict)
    charge_error: float = 0.0
    lithium_error: float = 0.0
    energy_error: float = 0.0
    voids_error: float = 0.0

    def state(self, name: str) -> NDArray[np.float64]:
        """Return a state after each half cycle: (half cycles, sides or 1, N), or (half cycles, sides or 1) if shared."""
        layout, n = self.conditions.layout, self.conditions.n
        found = self.snapshots[:, layout.state(name, n)]
        return found if layout.has("shared", name) else found.reshape(len(found), -1, n)


def steps_table(
    cell: Cell, volts: NDArray[np.float64], amps: NDArray[np.float64], when: dict[str, NDArray]
) -> pl.DataFrame:
    """Return recorded moments in the columns of the Battery Data Format. when: time, cycle, step, step_time (n,)."""
    moved = np.abs(amps) * when["step_time"] / 3600.0
    kind = pl.when(pl.col(bdf.CURRENT) > 0).then(pl.lit("CC_CHG")).when(pl.col(bdf.CURRENT) < 0).then(pl.lit("CC_DCH"))
    table = pl.DataFrame(
        {
            bdf.TIME: when["time"],
            bdf.VOLTAGE: volts,
            bdf.CURRENT: amps,
            bdf.CYCLE: when["cycle"],
            bdf.STEP: when["step"],
            bdf.STEP_TIME: when["step_time"],
            bdf.CHARGING_CAPACITY: np.where(amps > 0.0, moved, 0.0),
            bdf.DISCHARGING_CAPACITY: np.where(amps < 0.0, moved, 0.0),
            bdf.TEMPERATURE: np.full(len(volts), cell.temperature.value - 273.15),
            bdf.PRESSURE: np.full(len(volts), cell.stack_pressure.value),
        }
    )
    place = table.columns.index(bdf.STEP_TIME)
    return table.insert_column(place, table.select(kind.otherwise(pl.lit("REST")).alias(bdf.STEP_TYPE)).to_series())


def context(cell: Cell, derived: Derived) -> bdf.CellContext:
    """Return what an analysis needs to know about a cell besides its table."""
    cathode = derived.cathode
    return bdf.CellContext(
        area_m2=derived.electrode_area_m2,
        area_name=f"lithium foil, {cell.electrodes.negative.diameter.text}",
        interfaces=len(cell.sides),
        active_mass_kg=cathode.active_mass_kg if cathode is not None else None,
        temperature_K=cell.temperature.value,
        stack_pressure_Pa=cell.stack_pressure.value,
    )


def identity(
    cell: Cell,
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
    laws = [*off, *parameters.mechanisms, *ends, *map(repr, cell.formation)]  # nothing where all is ordinary
    content = f"{cell!r}\n{protocol!r}\n{dumps(values, sort_keys=True)}\n{seed}\n{columns}\n{tolerance}" + "".join(
        f"\n{name}" for name in laws
    )
    return sha256(content.encode()).hexdigest()


def provenance(cell: Cell, protocol: AnyProtocol, parameters: Entry, seed: str, digest: str) -> Provenance:
    """Return where a simulated table comes from; digest: the identity of the run."""
    about = {"seed": seed, "parameters": parameters.name}
    return Provenance("simulated", f"{cell.name}; {protocol.name}", digest, f"ionweld {__version__}", about)
