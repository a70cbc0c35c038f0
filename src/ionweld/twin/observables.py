"""What is read off an ensemble to be held against a published number: always through the analysis, never the states."""

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import beta

from ionweld.result import EventKind
from ionweld.simulate.cell import Outcome
from ionweld.twin.ensemble import Band, Member, band

Observable = Callable[[Member], float | None]
COULOMB_PER_MAH_PER_G = 3600.0  # C/kg
# An efficiency turns unstable at the first cycle that lies this far from the median of so many cycles before it; it is
# stable while it stays this near to the median of what follows. Both were set before any full cell was run.
UNSTABLE, UNSTABLE_MEMORY, STABLE = 0.05, 5, 0.01
EFFICIENCY_CYCLES = 20  # "only about 90% in the first 20 cycles"


def _before_drop(member: Member, column: str) -> NDArray[np.float64]:
    """Return a column over the cycles before the sudden drop; the first cycle is always among them."""
    drop = member.first(EventKind.SUDDEN_DROP)
    values = member.cycles[column].to_numpy()
    return values[: max(1, drop.cycle - 1)] if drop is not None else values


def _event_cycle(member: Member, kind: EventKind) -> float | None:
    event = member.first(kind)
    return None if event is None else float(event.cycle)


def _at(member: Member, column: str, cycle: int) -> float | None:
    values = member.cycles[column].to_numpy()
    return float(values[cycle - 1]) if cycle <= values.size else None


def _change(member: Member, column: str, start: int, end: int) -> float | None:
    first, last = _at(member, column, start), _at(member, column, end)
    return None if first is None or last is None else last / first - 1.0


def _peak_cycle(member: Member) -> float:
    """Return the cycle of the largest resistance before the current is raised."""
    current = member.cycles["current_density_mA_cm2"].to_numpy()
    resistance = member.cycles["asr_ohm_cm2"].to_numpy()
    return 1.0 + float(np.argmax(resistance[current <= 1.01 * current[0]]))


def _wedge(member: Member) -> float:
    """Return the median wedge index of the first ten cycles, those after a sudden drop left out."""
    return float(np.median(_before_drop(member, "wedge_index")[:10]))


def _capacity(member: Member, cycle: int) -> float | None:
    """Return a discharge capacity per mass of active material (C/kg)."""
    found = _at(member, "discharge_capacity_mAh_g", cycle)
    return None if found is None else COULOMB_PER_MAH_PER_G * found


def _efficiency(member: Member) -> NDArray[np.float64]:
    """Return the coulombic efficiency by cycle; that of a cycle without a discharge is 0."""
    return member.cycles["coulombic_efficiency"].fill_null(0.0).to_numpy()


def efficiency_over(table: pl.DataFrame, count: int) -> float:
    """Return the charge that the first `count` cycles gave back over that which was put in: dying cycles weigh little."""
    early = table.head(count)
    given, taken = (early[f"{way}_capacity_Ah"].to_numpy().sum() for way in ("discharge", "charge"))
    return float(given / taken)


def _half_capacity_cycle(member: Member) -> float | None:
    """Return the first cycle that gives less than half of the first capacity."""
    given = member.cycles["discharge_capacity_Ah"].to_numpy()
    below = np.flatnonzero(given < 0.5 * given[0])
    return float(below[0] + 1) if below.size else None


def _unstable_cycle(member: Member) -> float | None:
    """Return the first cycle whose efficiency leaves the median of the cycles before it."""
    efficiency = _efficiency(member)
    for cycle in range(UNSTABLE_MEMORY, efficiency.size):
        before = float(np.median(efficiency[cycle - UNSTABLE_MEMORY : cycle]))
        if abs(efficiency[cycle] - before) > UNSTABLE:
            return float(cycle + 1)
    return None


def _stable_after(member: Member) -> float:
    """Return after how many cycles the efficiency stays near the median of those that follow."""
    efficiency = _efficiency(member)
    for cycle in range(efficiency.size):
        later = efficiency[cycle:]
        if np.abs(later - np.median(later)).max() < STABLE:
            return float(cycle)
    return float(efficiency.size)


OBSERVABLES: dict[str, Observable] = {
    "bare.max_overpotential": lambda member: float(np.max(_before_drop(member, "overpotential_V"))),
    "bare.max_asr": lambda member: 1e-4 * float(np.max(_before_drop(member, "asr_ohm_cm2"))),
    "bare.first_short_cycle": lambda member: _event_cycle(member, EventKind.SUDDEN_DROP),
    "bare.failure_cycle": lambda member: _event_cycle(member, EventKind.FAILURE),
    "bare.wedge_index": _wedge,
    "welded.overpotential_cycle_10": lambda member: _at(member, "overpotential_V", 10),
    "welded.peak_cycle": _peak_cycle,
    "welded.change_10_to_280": lambda member: _change(member, "asr_ohm_cm2", 10, 280),
    "welded.wedge_index": _wedge,
    "welded.survival": lambda member: float(member.outcome is Outcome.COMPLETED and not member.events),
    "full_bare.capacity_1": lambda member: _capacity(member, 1),
    "full_bare.cycle_of_half_capacity": _half_capacity_cycle,
    "full_bare.efficiency_1_to_20": lambda member: efficiency_over(member.cycles, EFFICIENCY_CYCLES),
    "full_bare.efficiency_unstable_cycle": _unstable_cycle,
    "full_bare.impedance_0": lambda member: member.arcs_before_ohm,
    "full_bare.impedance_40": lambda member: member.arcs_after_ohm,
    "full_welded.capacity_1": lambda member: _capacity(member, 1),
    "full_welded.capacity_10": lambda member: _capacity(member, 10),
    "full_welded.capacity_40": lambda member: _capacity(member, 40),
    "full_welded.efficiency_stable_cycle": _stable_after,
    "full_welded.efficiency_min": lambda member: float(_efficiency(member).min()),
    "full_welded.impedance_0": lambda member: member.arcs_before_ohm,
    "full_welded.impedance_40": lambda member: member.arcs_after_ohm,
}


def observe(name: str, members: list[Member]) -> Band:
    """Return an observable over an ensemble; a survival is the part of the members that hold."""
    values = [OBSERVABLES[name](member) for member in members]
    return _share(values) if name.endswith(".survival") else band(values)


def _share(values: Sequence[float | None]) -> Band:
    """Return the part of the members that hold, with its Jeffreys intervals."""
    n, k = len(values), sum(value == 1.0 for value in values)
    p05, p16, p84, p95 = (float(beta.ppf(p, k + 0.5, n - k + 0.5)) for p in (0.05, 0.16, 0.84, 0.95))
    return Band(k / n, p05, p16, p84, p95, n=n, total=n)
