"""Signs in symmetric cells: the resistance and the shape of the plateaus, half cycle by half cycle."""

from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.analyse.cycling.events import find_events
from ionweld.analyse.cycling.limits import Limits
from ionweld.analyse.cycling.signs import Sign, first_lasting, running_median, sign_at
from ionweld.measurement import cycling as bdf
from ionweld.result import Event, EventKind

_NAMES = {
    EventKind.SUDDEN_DROP: (EventKind.SOFT_SHORT, "sudden drop"),
    EventKind.FAILURE: (EventKind.HARD_SHORT, "resistance gone"),
}


def find(measurement: bdf.Cycling, halves: pl.DataFrame, limits: Limits) -> list[Sign]:
    """Return the signs of a symmetric cell; halves: of counted_half_cycles."""
    events = find_events(measurement, limits.resistance)
    drops = [_of_event(event, events) for event in events if event.kind in _NAMES]
    slow = [_falling(halves, limits), _noise(halves, limits), _wedges(halves, limits)]
    found = [*drops, *(sign for sign in slow if sign is not None)]
    first_drop = min((sign.time_s for sign in drops), default=np.inf)
    # what follows a drop is its consequence: only noise and wedges before it say something of their own
    kept = [sign for sign in found if sign in drops or sign.time_s < first_drop]
    return [*kept, *_end_of_life(halves, limits, kept)]


def _of_event(event: Event, events: list[Event]) -> Sign:
    kind, name = _NAMES[event.kind]
    lasting = next((other for other in events if other.kind is EventKind.SHORT), None)
    evidence = event.evidence
    if event.kind is EventKind.SUDDEN_DROP:
        evidence += f"; {lasting.evidence}" if lasting else "; it came back within four half cycles"
    return Sign(kind, name, event.cycle, event.time_s, evidence, {"lasts": float(lasting is not None)})


def resistances(halves: pl.DataFrame) -> NDArray[np.float64]:
    """Return the mean resistance of each half cycle (ohm)."""
    return (halves["overpotential_V"] / halves["current_A"].abs()).to_numpy()


def _column(halves: pl.DataFrame, name: str) -> NDArray[np.float64]:
    return halves[name].cast(pl.Float64).fill_null(np.nan).to_numpy()


def _falling(halves: pl.DataFrame, limits: Limits) -> Sign | None:
    """A slow fall from the highest resistance at this current, with plateaus that did not become steeper."""
    steady = max(limits.steady_wedge, limits.unsure * _wedge_noise(halves))
    for start, end in _levels(np.abs(_column(halves, "current_A")), limits.current):
        forming = limits.smoothing if start else limits.forming
        R = running_median(resistances(halves)[start:end], limits.smoothing)[forming:]
        wedge = running_median(_column(halves, "wedge_index")[start:end], limits.smoothing)[forming:]
        highest = np.maximum.accumulate(R)
        tops = np.array([int(np.argmax(R[: i + 1])) for i in range(R.size)], dtype=int)
        flat = ~(wedge > wedge[tops] + steady)
        at = first_lasting(((1.0 - limits.fall) * highest > R) & flat, limits.lasting)
        if at is not None:
            return _fallen(
                halves, start + forming + at, start + forming + int(tops[at]), R[[at, tops[at]]], wedge[[at, tops[at]]]
            )
    return None


def _levels(current: NDArray[np.float64], share: float) -> list[tuple[int, int]]:
    """Return where runs of one current begin and end."""
    steps = np.flatnonzero(np.abs(np.diff(current)) > share * current[1:]) + 1
    bounds = [0, *steps.tolist(), current.size]
    return list(pairwise(bounds))


def _fallen(halves: pl.DataFrame, at: int, top: int, ohms: NDArray[np.float64], wedges: NDArray[np.float64]) -> Sign:
    (now, highest), (wedge, before) = ohms.tolist(), wedges.tolist()
    numbers = {"resistance_ohm": now, "highest_ohm": highest, "wedge_index": wedge, "wedge_at_highest": before}
    evidence = (
        f"resistance fell slowly to {now:.4g} ohm, {100 * (1 - now / highest):.0f} % below its highest ({highest:.4g} ohm, "
        f"cycle {halves['cycle'][top]}), with a wedge index of {100 * wedge:.1f} % against {100 * before:.1f} %"
    )
    return sign_at(halves, at, EventKind.SOFT_SHORT, "falling and flat", evidence, numbers)


def _noise(halves: pl.DataFrame, limits: Limits) -> Sign | None:
    noise, volts = _column(halves, "noise_V"), _column(halves, "overpotential_V")
    start = noise[: limits.forming]
    if noise.size <= limits.forming or not np.isfinite(start).any():
        return None
    own = float(np.nanmedian(start))
    fires = (noise > limits.noise * own) & (noise > limits.noise_floor * volts)
    fires[: limits.forming] = False
    at = first_lasting(fires, limits.lasting)
    if at is None:
        return None
    numbers = {"noise_V": noise[at], "noise_at_first_V": own, "overpotential_V": volts[at]}
    evidence = (
        f"noise within a half cycle {1e3 * noise[at]:.3g} mV, {1e3 * own:.3g} mV in the first {limits.forming} half cycles, "
        f"at {1e3 * volts[at]:.4g} mV, for {limits.lasting} half cycles in a row"
    )
    return sign_at(halves, at, EventKind.SOFT_SHORT, "noise", evidence, numbers)


def _wedges(halves: pl.DataFrame, limits: Limits) -> Sign | None:
    """Wedges that grew, or a resistance that rose under wedged plateaus."""
    wedge = running_median(_column(halves, "wedge_index"), limits.smoothing)
    R = running_median(resistances(halves), limits.smoothing)
    if wedge.size <= limits.smoothing:
        return None
    own, first = wedge[limits.smoothing - 1], R[limits.smoothing - 1]
    least = max(limits.wedge, limits.certain * _wedge_noise(halves))
    grown = wedge > own + least
    risen = (first * (1.0 + limits.rise) < R) & (wedge > least)
    fires = (grown | risen) & (np.arange(wedge.size) >= limits.forming)
    at = first_lasting(fires, limits.lasting)
    if at is None:
        return None
    numbers = {
        "wedge_index": wedge[at],
        "wedge_at_first": own,
        "resistance_ohm": R[at],
        "resistance_at_first_ohm": first,
    }
    evidence = (
        f"wedge index {100 * wedge[at]:.1f} % ({100 * own:.1f} % in the first {limits.smoothing} half cycles), "
        f"resistance {R[at]:.4g} ohm ({first:.4g} ohm then)"
    )
    return sign_at(halves, at, EventKind.CONTACT_LOSS, "wedge growth", evidence, numbers)


def _wedge_noise(halves: pl.DataFrame) -> float:
    """Return the scatter that white noise of the voltage gives the difference of two running medians of six wedges.

    A wedge is a difference of two voltages over their mean, sqrt(2) noise / V; the median of six has half of that
    scatter (1.25 / sqrt(6)), and the difference of two sqrt(2) times it: noise / V.
    """
    share = _column(halves, "noise_V") / _column(halves, "overpotential_V")
    known = share[np.isfinite(share)]
    return float(np.median(known)) if known.size else 0.0


def _end_of_life(halves: pl.DataFrame, limits: Limits, found: list[Sign]) -> list[Sign]:
    R = resistances(halves)
    first = float(np.median(R[: limits.smoothing]))
    worn = first_lasting(limits.worn * first < R, limits.lasting)
    ends = [
        Sign(EventKind.END_OF_LIFE, "hard short", s.cycle, s.time_s, s.evidence, s.numbers)
        for s in found
        if s.kind is EventKind.HARD_SHORT
    ]
    if worn is not None:
        evidence = (
            f"resistance {R[worn]:.4g} ohm, {R[worn] / first:.1f} times that of the first half cycles ({first:.4g} ohm)"
        )
        numbers = {"resistance_ohm": float(R[worn]), "resistance_at_first_ohm": first}
        ends.append(sign_at(halves, worn, EventKind.END_OF_LIFE, "resistance", evidence, numbers))
    return sorted(ends, key=lambda sign: sign.time_s)[:1]
