"""What is read off an ensemble to be held against a published number: always through the analysis, never the states.

An observable is a row of data: which test, which quantity, at which cycle or event, which statistic. Statistics are

    value                of `cycle`; of an impedance `at` the start or end; of an event, its cycle
    maximum, minimum, median   over `cycles` and up to `until`
    cycle of maximum     the first cycle of it
    relative change      last over first of `cycles`, minus 1
    pooled               charge given back over charge put in, both summed over `cycles`: dying cycles weigh little
    first below          the first cycle whose value lies below `level` times the first cycle's
    first unlike         the first cycle that lies more than `by` from the median of the `memory` cycles before it
    steady after         after how many cycles all values stay within `by` of the median of those that follow
    share                part of the cells that run to the end of the protocol without an event
"""

from collections.abc import Sequence
from typing import Literal, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, model_validator

from ionweld.result import EventKind
from ionweld.simulate.cell import Outcome
from ionweld.spec.cell import Part
from ionweld.twin.ensemble import Band, Member, band

# quantity -> column of the analysis, and its SI value per unit of that column
COLUMNS = {
    "overpotential": ("overpotential_V", 1.0),
    "area-specific resistance": ("asr_ohm_cm2", 1e-4),
    "current density": ("current_density_mA_cm2", 10.0),
    "wedge index": ("wedge_index", 1.0),
    "discharge capacity": ("discharge_capacity_Ah", 3600.0),
    "specific capacity": ("discharge_capacity_mAh_g", 3600.0),
    "coulombic efficiency": ("coulombic_efficiency", 1.0),
}
NEEDED = {
    "relative change": ("cycles",),
    "pooled": ("cycles",),
    "first below": ("level",),
    "first unlike": ("by", "memory"),
    "steady after": ("by",),
}
_ONLY = {  # what has no value by cycle: what it needs, and the one statistic that it has
    "event": ("event", "value"),
    "impedance": ("at", "value"),
    "survival": ("", "share"),
    "activation energy": ("", "value"),
}
Cycle = int
Cycles = tuple[Cycle, Cycle]


class Observable(Part):
    """One row: what is read off the cells of a test, or off a pellet, in SI units."""

    id: str
    test: str = Field(description="name of a test; of an activation energy, of a pellet")
    quantity: Literal[
        "overpotential",
        "area-specific resistance",
        "current density",
        "wedge index",
        "discharge capacity",
        "specific capacity",
        "coulombic efficiency",
        "event",
        "impedance",
        "survival",
        "activation energy",
    ]
    statistic: Literal[
        "value",
        "maximum",
        "minimum",
        "median",
        "cycle of maximum",
        "relative change",
        "pooled",
        "first below",
        "first unlike",
        "steady after",
        "share",
    ]
    cycle: Cycle | None = Field(None, ge=1, description="for a value")
    cycles: Cycles | None = Field(None, description="first and last cycle that count, [1, 20]; without it, all")
    until: Literal["sudden drop", "raised current"] | None = Field(None, description="cycles before this count alone")
    event: EventKind | None = None
    at: Literal["start", "end"] | None = Field(
        None, description="of an impedance: before the first current, or at last"
    )
    level: float | None = Field(None, gt=0.0)
    by: float | None = Field(None, gt=0.0)
    memory: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Refuse a row that leaves out what its statistic needs, or asks for one that its quantity does not have."""
        needed, only = _ONLY.get(self.quantity, ("", self.statistic))
        if self.statistic != only or (self.statistic == "share") != (self.quantity == "survival"):
            raise ValueError(f"{self.quantity!r} has no statistic {self.statistic!r}")
        if self.statistic == "pooled" and self.quantity != "coulombic efficiency":
            raise ValueError("only a coulombic efficiency can be pooled")
        by_cycle = self.statistic == "value" and self.quantity in COLUMNS
        asked = (needed,) if needed else ("cycle",) if by_cycle else NEEDED.get(self.statistic, ())
        missing = [name for name in asked if getattr(self, name) is None]
        if missing:
            raise ValueError(f"{self.statistic!r} of {self.quantity!r} needs {', '.join(missing)}")
        return self

    def of(self, member: Member) -> float | None:
        """Return the observable of one cell, or None where the cell does not have it."""
        if self.event is not None:
            event = member.first(self.event)
            return None if event is None else float(event.cycle)
        if self.quantity == "impedance":
            return member.arcs_before_ohm if self.at == "start" else member.arcs_after_ohm
        if self.quantity == "survival":
            return float(member.outcome is Outcome.COMPLETED and not member.events)
        if self.statistic == "pooled":
            return pooled_efficiency(member.cycles, self.cycles)
        return self._statistic(member)

    def _statistic(self, member: Member) -> float | None:
        column, scale = COLUMNS[self.quantity]
        values = member.cycles[column]
        if self.quantity == "coulombic efficiency":
            values = values.fill_null(0.0)  # that of a cycle without a discharge
        found = values.to_numpy()
        if self.statistic in ("value", "relative change"):
            return self._at_cycles(found, scale)
        found = found[self._counted(member)]
        if self.statistic in _EXTREMES:
            return scale * float(_EXTREMES[self.statistic](found))
        return self._cycle_where(found)

    def _at_cycles(self, values: NDArray[np.float64], scale: float) -> float | None:
        first, last = self.cycles or (1, self.cycle or 1)
        if last > values.size:
            return None
        last_value = float(values[last - 1])
        return scale * last_value if self.statistic == "value" else last_value / float(values[first - 1]) - 1.0

    def _counted(self, member: Member) -> NDArray[np.bool_]:
        """Return which cycles count; the first one always does."""
        cycle = np.arange(1, member.cycles.height + 1)
        counts = np.ones(cycle.size, dtype=bool)
        if self.until == EventKind.SUDDEN_DROP and (drop := member.first(EventKind.SUDDEN_DROP)) is not None:
            counts = cycle < max(2, drop.cycle)
        if self.until == "raised current":
            current = member.cycles["current_density_mA_cm2"].to_numpy()
            counts = current <= 1.01 * current[0]
        first, last = self.cycles or (1, cycle.size)
        return counts & (cycle >= first) & (cycle <= last)

    def _cycle_where(self, values: NDArray[np.float64]) -> float | None:
        if self.statistic == "cycle of maximum":
            return 1.0 + float(np.argmax(values))
        if self.statistic == "first below":
            below = np.flatnonzero(values < (self.level or 0.0) * values[0])
            return float(below[0] + 1) if below.size else None
        if self.statistic == "first unlike":
            return _first_unlike(values, self.by or 0.0, self.memory or 1)
        return _steady_after(values, self.by or 0.0)


_EXTREMES = {"maximum": np.max, "minimum": np.min, "median": np.median}


def pooled_efficiency(table: pl.DataFrame, cycles: Cycles | None) -> float:
    """Return the charge that these cycles gave back over that which was put in; a table that ends before counts as it is."""
    first, last = cycles or (1, table.height)
    counted = table.slice(first - 1, last - first + 1)
    given, taken = (counted[f"{way}_capacity_Ah"].to_numpy().sum() for way in ("discharge", "charge"))
    return float(given / taken)


def _first_unlike(values: NDArray[np.float64], by: float, memory: int) -> float | None:
    for cycle in range(memory, values.size):
        before = float(np.median(values[cycle - memory : cycle]))
        if abs(values[cycle] - before) > by:
            return float(cycle + 1)
    return None


def _steady_after(values: NDArray[np.float64], by: float) -> float:
    for cycle in range(values.size):
        later = values[cycle:]
        if np.abs(later - np.median(later)).max() < by:
            return float(cycle)
    return float(values.size)


def observe(observable: Observable, members: list[Member]) -> Band:
    """Return an observable over an ensemble; a survival is the part of the members that hold."""
    values = [observable.of(member) for member in members]
    return _share(values) if observable.statistic == "share" else band(values)


def _share(values: Sequence[float | None]) -> Band:
    """Return the part of the members that hold, with its Jeffreys intervals."""
    from scipy.special import betaincinv  # 6 MB of every worker, for survival alone

    n, k = len(values), sum(value == 1.0 for value in values)
    p05, p16, p84, p95 = (float(betaincinv(k + 0.5, n - k + 0.5, p)) for p in (0.05, 0.16, 0.84, 0.95))
    return Band(k / n, p05, p16, p84, p95, n=n, total=n)
