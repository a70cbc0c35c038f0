"""Events of a symmetric cell, each with the numbers that fired it.

    sudden drop   the resistance at the end of a half cycle lies more than `drop` below the median of those before it, and
                  not where it had been before a leap: a lead that opens and closes again takes back what it gave
    short         after such a drop, the resistance stays below it for `lasting` half cycles in a row
    failure       the resistance at the end of a half cycle falls below `failure` of the first cycle's mean

Resistances, not voltages, are compared, so that a change of the current density fires nothing. What is seen is a loss
of resistance; whether a filament caused it, this table alone cannot say.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ionweld.analyse.cycling.half_cycles import half_cycles
from ionweld.analyse.cycling.signs import column
from ionweld.measurement import cycling as bdf
from ionweld.result import Event, EventKind

_SAME_CURRENT = 0.02  # of it: half cycles that differ by less are at one current


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When an event fires. drop and failure are fractions; memory and lasting count half cycles.

    drop: 25 % is five times the largest wedge of a healthy bare cell, so a plateau's own shape does not fire it.
    failure: a tenth, as in the twin: by then nine tenths of the current bypass the electrolyte.
    """

    drop: float = 0.25
    failure: float = 0.10
    memory: int = 6
    lasting: int = 4


Counts = Callable[[NDArray[np.float64], int], bool]


def find_events(measurement: bdf.CyclingTest, thresholds: Thresholds | None = None) -> list[Event]:
    """Return the first sudden drop, short and failure of a test, in the order of time; none if nothing fired."""
    return events_in(half_cycles(measurement), thresholds or Thresholds())


def events_in(
    halves: pl.DataFrame, limits: Thresholds, counts: Counts = lambda resistance, at: True, settled_ohm: float = np.inf
) -> list[Event]:
    """Return find_events of a table of half cycles.

    counts: of the resistances and a half cycle below the drop, whether it counts; settled_ohm: what the resistance had
    come down to before anything happened, where that is less than in the first cycle.
    """
    resistance, _ = _resistances(halves)
    typical = typical_before(resistance, limits.memory)
    dropped = [at for at in _dropped(halves, typical, limits) if counts(resistance, at)]
    found = [
        _sudden_drop(halves, resistance, typical, dropped),
        _short(halves, resistance, typical, dropped, limits),
        _failure(halves, resistance, settled_ohm, limits),
    ]
    return sorted((event for event in found if event is not None), key=lambda event: event.time_s)


def typical_before(resistance: NDArray[np.float64], memory: int) -> NDArray[np.float64]:
    """Return for each half cycle the median of the `memory` half cycles before it; for the first, itself."""
    first = [medians(resistance[None, :i])[0] if i else value for i, value in enumerate(resistance[:memory])]
    if resistance.size <= memory:
        return np.array(first)
    return np.concatenate([first, medians(sliding_window_view(resistance[:-1], memory))])


def medians(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the median of each row: numpy's own asks first what it was given, which takes longer than short rows."""
    ordered, n = np.sort(rows, axis=1), rows.shape[1]
    middle = (ordered[:, (n - 1) // 2] + ordered[:, n // 2]) / 2.0
    return np.where(np.isnan(ordered[:, -1]), np.nan, middle)


def first_drop(halves: pl.DataFrame, limits: Thresholds) -> int | None:
    """Return the first half cycle of a sudden drop, counted from 0; None without any."""
    resistance, _ = _resistances(halves)
    return next(iter(_dropped(halves, typical_before(resistance, limits.memory), limits)), None)


def _resistances(halves: pl.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the resistance (ohm) and the current (A) at the end of each half cycle."""
    amps = halves["current_A"].abs().to_numpy()
    return halves["end_V"].cast(pl.Float64).to_numpy() / amps, amps


def _dropped(halves: pl.DataFrame, typical: NDArray[np.float64], limits: Thresholds) -> list[int]:
    """Return the half cycles of drops, but for those that come back to what was there before a leap."""
    (resistance, amps), left = _resistances(halves), 1.0 - limits.drop
    below = resistance < left * typical
    if below.any():
        settled = typical_before(without_leaps(resistance, amps, limits), limits.memory)
        below &= (resistance < left * settled) | (left * resistance > settled)
    return np.flatnonzero(below).tolist()


def without_leaps(
    resistance: NDArray[np.float64], amps: NDArray[np.float64], limits: Thresholds
) -> NDArray[np.float64]:
    """Return resistances less what leaps have added and no fall has taken back since (ohm).

    A leap is as large as a sudden drop, from one half cycle to the next at one current, and above what is typical: a short
    that heals is none. A filament only takes away; a lead or a contact that opens adds first, and takes back no more than
    that when it closes.
    """
    left, settled, added = 1.0 - limits.drop, resistance.copy(), 0.0
    steady = np.abs(np.diff(amps)) < _SAME_CURRENT * amps[1:]
    leaps = steady & (resistance[:-1] < left * resistance[1:])
    if not leaps.any():
        return settled
    for at, (change, leap) in enumerate(zip(np.diff(resistance).tolist(), leaps.tolist(), strict=True), start=1):
        if leap and np.median(settled[max(0, at - limits.memory) : at]) < left * resistance[at]:
            added += change
        elif change < 0.0:
            added = max(0.0, added + change)
        settled[at] -= added
    return settled


def _sudden_drop(
    halves: pl.DataFrame, resistance: NDArray[np.float64], typical: NDArray[np.float64], dropped: list[int]
) -> Event | None:
    if not dropped:
        return None
    at = dropped[0]
    fall = _fall(resistance[at], typical[at], "the median of the half cycles before")
    return _event(EventKind.SUDDEN_DROP, halves, at, fall)


def _short(
    halves: pl.DataFrame,
    resistance: NDArray[np.float64],
    typical: NDArray[np.float64],
    dropped: list[int],
    limits: Thresholds,
) -> Event | None:
    for at in dropped:
        after = resistance[at : at + limits.lasting]
        if after.size == limits.lasting and np.all(after < (1.0 - limits.drop) * typical[at]):
            fall = _fall(float(np.median(after)), typical[at], "the half cycles before")
            return _event(EventKind.SHORT, halves, at, f"{fall}, for {limits.lasting} half cycles in a row")
    return None


def _failure(
    halves: pl.DataFrame, resistance: NDArray[np.float64], settled_ohm: float, limits: Thresholds
) -> Event | None:
    mean = column(halves, "overpotential_V") / np.abs(column(halves, "current_A"))
    first_cycle = float(mean[:2].mean()) if mean.size else 0.0
    fired = np.flatnonzero(resistance < limits.failure * min(first_cycle, settled_ohm))
    if not fired.size:
        return None
    at = int(fired[0])
    return _event(EventKind.FAILURE, halves, at, _fall(resistance[at], first_cycle, "the first cycle"))


def _fall(now: float, before: float, reference: str) -> str:
    return f"resistance {now:.4g} ohm, {100 * (1 - now / before):.0f} % below {reference} ({before:.4g} ohm)"


def _event(kind: EventKind, halves: pl.DataFrame, at: int, evidence: str) -> Event:
    row = halves.row(at, named=True)
    return Event(kind, int(row["cycle"] or 0), float(row["start_s"]), evidence)
