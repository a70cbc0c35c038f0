"""The cause, by ablation: the same virtual cell with one mechanism left out, and which of these fares best.

it died    the one that lives longest, by a quarter at least. Lives are followed for twice that of the cell, so that
           all that outlive this help alike: one mechanism acts through another, and to mend either is enough
it lives   the one without which most of what it lost is not lost, half of it at least: of its capacity (full cells),
           or of its resistance's growth; or a soft short, where the current that passes it is a fifth at least
none       nothing died, and next to nothing was lost
undecided  two help alike, to a tenth of what is compared, or no single change helps
"""

from dataclasses import dataclass
from math import log

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.infer.diagnosis import OUTSIDE, SWITCHES, Mechanism
from ionweld.infer.nuisances import Nuisances
from ionweld.infer.seen import first_resistance
from ionweld.measurement import cycling as bdf
from ionweld.result import EventKind
from ionweld.simulate.impedance import low_frequency_resistance
from ionweld.simulate.mechanisms import mechanisms_of
from ionweld.simulate.run import Outcome, SimulatedTest
from ionweld.spec.cell import CellSpec
from ionweld.spec.library import Entry

Real = NDArray[np.float64]
Cause = str  # a Mechanism, or "undecided"
ENDS = (EventKind.FIRST_SHORT, EventKind.VOLTAGE_LIMIT, EventKind.FAILURE)
LONGER = 1.25  # times the life
FOLLOWED = 2.0  # lives
TIE = 0.1  # of a life, or of what is lost
LOST = log(1.25)  # ln of the resistance: less is nothing
FADED = 0.05  # -ln of the discharge that is left: less is nothing
WORN = 0.8  # of the first discharge: a full cell with less is at its end
LATE = 4  # half cycles that the last resistance is averaged over


@dataclass(frozen=True, slots=True)
class Fate:
    """How a virtual cell fares: whether it died, when (s; else the end of its test), and what it lost until then.

    growth: ln of its last over its first resistance, before whatever killed it; faded: -ln of the discharge that is left,
    of a full cell.
    """

    dead: bool
    life_s: float
    growth: float
    faded: float = 0.0


def with_switch_off(cell: CellSpec, mechanism: Mechanism) -> CellSpec:
    """Return the same cell without a mechanism."""
    return cell.model_copy(update={"mechanisms": cell.mechanisms.model_copy(update={mechanism: False})})


def candidates(cell: CellSpec, parameters: Entry) -> tuple[Mechanism, ...]:
    """Return the mechanisms of a cell that can be left out and would be missed: no layer where there is no liquid."""
    there = {one.switch for one in mechanisms_of(cell, parameters)}
    wet = any(side.interface.liquid is not None for side in cell.sides)
    leaks = parameters["soft_short_growth"] > 0.0
    kept = {"layer": wet, "soft_short": leaks}
    return tuple(name for name in SWITCHES if name in there and kept.get(name, True))


def fate_of(run: SimulatedTest, nuisance: Nuisances, whole_s: float, outside: tuple[Mechanism, ...] = OUTSIDE) -> Fate:
    """Return how a virtual cell fared. outside: which of leads and the pellet's ageing are counted."""
    if run.conditions.derived.cathode is not None:
        return _fate_of_full(run, nuisance, whole_s, outside)
    end = min((event.time_s for event in run.events if event.kind in ENDS), default=None)
    life = end if end is not None else float(run.snapshot_times[-1])
    return Fate(end is not None, life, _growth(run, nuisance, whole_s, (end is not None, life), outside))


def _growth(
    run: SimulatedTest, nuisance: Nuisances, whole_s: float, fate: tuple[bool, float], outside: tuple[Mechanism, ...]
) -> float:
    """Return ln of the last over the first resistance of a symmetric cell, of the half cycles before its end."""
    R, ends = half_cycle_resistances(run)
    R = R + _outside(run, nuisance, ends, whole_s, outside)
    dead, life_s = fate
    lived = R[ends < life_s * (1.0 - 1e-9)] if dead else R
    return float(np.log(np.median(lived[-LATE:]) / lived[:2].mean())) if lived.size > 1 else 0.0


def half_cycle_resistances(run: SimulatedTest) -> tuple[Real, Real]:
    """Return the mean |V| of each half cycle over its current (ohm), and when it ended (s); rests are left out."""
    current = np.abs([leg.current for leg in run.legs]) * run.conditions.derived.electrode_area_m2
    ends = run.snapshot_times
    volts, spans = np.diff(run.state("voltage_time")[:, 0], prepend=0.0), np.diff(ends, prepend=0.0)
    loaded = (current > 0.0) & (spans > 0.0)
    return volts[loaded] / spans[loaded] / current[loaded], ends[loaded]


def _outside(
    run: SimulatedTest, nuisance: Nuisances, at_s: Real, whole_s: float, counted: tuple[Mechanism, ...]
) -> Real:
    """Return the resistance (ohm) that lies outside of the twin's cell, at some moments, in order.

    A loose contact counts at its worst so far: whether it is open or closed at the end is chance.
    """
    derived = run.conditions.derived
    pellet = derived.bulk_resistance_ohm_m2 / derived.electrode_area_m2
    found = np.zeros(at_s.shape)
    if "leads" in counted:
        found = found + first_resistance(run) * np.maximum.accumulate(nuisance.lead(at_s, whole_s))
    if "electrolyte" in counted:
        found = found + pellet * nuisance.aged(at_s, whole_s)
    return found


def _fate_of_full(run: SimulatedTest, nuisance: Nuisances, whole_s: float, outside: tuple[Mechanism, ...]) -> Fate:
    """Return the fate of a full cell: at its end when a discharge gives less than 80 % of the first."""
    steps = run.measurement.table.group_by(bdf.STEP, maintain_order=True).agg(
        pl.col(bdf.DISCHARGING_CAPACITY).max().alias("out"), pl.col(bdf.TIME).max().alias("end")
    )
    discharges = steps.filter(pl.col("out") > 0.0)
    if not discharges.height:
        return Fate(dead=True, life_s=float(run.snapshot_times[-1]), growth=0.0)
    out, end = discharges["out"].to_numpy(), discharges["end"].to_numpy()
    worn = np.flatnonzero(out < WORN * out[0])
    at = int(worn[0]) if worn.size else out.size - 1
    around = _outside(run, nuisance, end[: at + 1], whole_s, outside)[[0, -1]]
    first, then = _resistances_after(run, end[[0, at]]) + around
    dead = bool(worn.size) or run.outcome is Outcome.DEAD  # which may be at its very first discharge
    return Fate(dead, float(end[at]), float(np.log(then / first)), float(-np.log(out[at] / out[0])))


def _resistances_after(run: SimulatedTest, ends_s: Real) -> Real:
    """Return the resistance (ohm) of a cell after the half cycles that end at some moments."""
    halves = np.minimum(np.searchsorted(run.snapshot_times, ends_s * (1.0 - 1e-9)), len(run.snapshots) - 1)
    return np.array([low_frequency_resistance(run, int(half)).total for half in halves])


def cause_of(fate: Fate, without: dict[Mechanism, Fate]) -> Cause:
    """Return the mechanism without which the cell fares best: see the top of this file."""
    if fate.dead:
        best = helping_alike(fate, without)
        return best[0] if len(best) == 1 else "undecided"
    passing = without.get("soft_short")
    if passing is not None and passing.growth - fate.growth >= max(LOST, fate.growth):
        return "soft_short"
    if fate.faded >= FADED:
        return _of_loss(fate.faded, {name: one.faded for name, one in without.items()})
    if fate.growth >= LOST:
        return _of_loss(fate.growth, {name: one.growth for name, one in without.items()})
    return "none"


def helping_alike(fate: Fate, without: dict[Mechanism, Fate]) -> tuple[Mechanism, ...]:
    """Return the mechanisms without which a cell that died lives longest: several, where the lives cannot be told apart."""
    lives: dict[Mechanism, float] = {name: _followed(one, fate.life_s) for name, one in without.items()}
    longest = max(lives.values(), default=0.0)
    if not fate.dead or longest < LONGER * fate.life_s:
        return ()
    return tuple(name for name, life in lives.items() if life >= (1.0 - TIE) * longest)


def _followed(one: Fate, life_s: float) -> float:
    """Return how long a cell lives, at most as long as it is followed; one that outlives its test outlives that too.

    A cell that is dead before its test begins outlives nothing: what spares it that helps.
    """
    life = one.life_s if one.dead else np.inf
    return min(life, FOLLOWED * life_s) if life_s > 0.0 else life


def _of_loss(lost: float, left: dict[Mechanism, float]) -> Cause:
    saved: list[tuple[float, Mechanism]] = [(lost - max(loss, 0.0), name) for name, loss in left.items()]
    saved.sort(reverse=True)
    if not saved or saved[0][0] < 0.5 * lost:
        return "undecided"
    if len(saved) > 1 and saved[0][0] - saved[1][0] < TIE * lost:
        return "undecided"
    return saved[0][1]
