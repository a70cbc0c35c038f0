"""Signs in symmetric cells: the resistance and the shape of the plateaus, half cycle by half cycle."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.analyse.cycling import leap_signs, ramp_signs
from ionweld.analyse.cycling.conditions import stretches_of
from ionweld.analyse.cycling.events import events_in, without_leaps
from ionweld.analyse.cycling.half_cycles import SETTLING_S
from ionweld.analyse.cycling.levels import runs
from ionweld.analyse.cycling.limits import Limits
from ionweld.analyse.cycling.rivals import SignKind
from ionweld.analyse.cycling.settling import is_sudden, settled_at
from ionweld.analyse.cycling.signs import Sign, column, first_lasting, running_median, sign_at
from ionweld.analyse.cycling.temperature import Swing, could_hide_a_day, swing_of
from ionweld.measurement import cycling as bdf
from ionweld.result import Event, EventKind

_NAMES = {EventKind.SUDDEN_DROP: SignKind.SUDDEN_DROP, EventKind.FAILURE: SignKind.RESISTANCE_GONE}
_DROPS = (SignKind.SUDDEN_DROP, SignKind.RESISTANCE_GONE, SignKind.FALL_UNDER_LOAD, SignKind.FALL_AT_ONCE)
_FASTEST = 0.10  # of the resistance, within a half cycle or within an hour: a room does not change it faster
_HOUR_S = 3600.0


def find(measurement: bdf.CyclingTest, halves: pl.DataFrame, limits: Limits) -> list[Sign]:
    """Return the signs of a symmetric cell, each where it first held; halves: of counted_half_cycles."""
    stretches = stretches_of(measurement, halves, column(halves, "start_s") + column(halves, "duration_s"))
    ohms = column(halves, "end_V") / np.abs(column(halves, "current_A"))
    found = [sign] if (sign := stretches.sign(halves, ohms, "resistance", "ohm")) is not None else []
    pieces = [piece for part in stretches.parts(halves) for piece in _pieces(measurement, part, limits)]
    for number, (piece, ramp) in enumerate(pieces):
        found += _in_piece(measurement, piece, ramp, limits, fresh=number == 0)
        if any(sign.sign in _DROPS for sign in found):  # what follows is its consequence
            break
    first: dict[SignKind, Sign] = {}
    for sign in found:
        first.setdefault(sign.sign, sign)
    return list(first.values())


def _pieces(
    measurement: bdf.CyclingTest, halves: pl.DataFrame, limits: Limits
) -> list[tuple[pl.DataFrame, list[tuple[int, int]]]]:
    """Return half cycles under the same conditions as a ramp, with its levels, and what was run before and after, without."""
    halves = _with_plateau(halves)
    found = []
    while halves.height:
        ramp = ramp_signs.rising(halves, limits, ramp_signs.is_known(measurement))
        start, end = (ramp[0][0], ramp[-1][1]) if ramp else (halves.height, halves.height)
        found.append((halves[:start], []))
        found.append((halves[start:end], [(one - start, other - start) for one, other in ramp]))
        halves = halves[end:]
    return [piece for piece in found if piece[0].height]


def _in_piece(
    measurement: bdf.CyclingTest, halves: pl.DataFrame, ramp: list[tuple[int, int]], limits: Limits, fresh: bool
) -> list[Sign]:
    """Return the signs in one of the pieces. fresh: it begins with the test."""
    settled = _settled(halves, "resistance_ohm", limits)
    steps = ramp_signs.find(halves, ramp, limits) if ramp else _drops(halves, settled, limits)
    if ramp or not any(sign.sign in _DROPS for sign in steps):  # else what lasts is seen in the half cycles after
        steps = _with_leap(steps, leap_signs.find(measurement, halves, limits))
    first_drop = min((sign.time_s for sign in steps if sign.sign in _DROPS), default=np.inf)
    swing = swing_of(measurement, _those(halves, column(halves, "start_s") < first_drop))
    steadied = swing.onto(halves)
    settled = _settled(steadied, "steady_ohm", limits)
    slow = [_noise(halves, limits), _activation(steadied, settled, limits) if fresh else None]
    if not ramp or _long(ramp, limits):
        unseen = could_hide_a_day(measurement)
        slow += [_falling(steadied, swing, settled, limits, unseen), _wedges(steadied, swing, settled, limits)]
    # what follows a drop is its consequence: only what comes before it says something of its own
    kept = [*steps, *(sign for sign in slow if sign is not None and sign.time_s < first_drop)]
    return [*kept, *_end_of_life(steadied, swing, kept, limits)]


def _with_leap(steps: list[Sign], leap: Sign | None) -> list[Sign]:
    """Return the signs with a drop within a half cycle, where no other comes before it.

    A ramp is judged to its first sign; after a contact that was lost, to its short.
    """
    if leap is None or any(sign.time_s <= leap.time_s for sign in steps if sign.sign in _DROPS):
        return steps
    return [*(sign for sign in steps if sign.time_s < leap.time_s), leap]


def _with_plateau(halves: pl.DataFrame) -> pl.DataFrame:
    """Return the half cycles that can be judged, with their mean resistance, and whether they were cut short.

    One that was cut before its plateau had settled, while others were not, shows how a cell is charged, not what its
    resistance is. It is kept where it agrees with the one before within a factor of three: so ends a cell that fails.
    """
    amps, lasted = np.abs(column(halves, "current_A")), column(halves, "duration_s")
    ohms, usual = column(halves, "end_V") / amps, float(np.median(lasted)) if lasted.size else 0.0
    cut = (lasted < SETTLING_S) & (lasted < usual / 2.0)
    agrees = np.append(False, ohms[1:] > ohms[:-1] / 3.0)[: ohms.size]
    judged = halves.hstack(
        [pl.Series("resistance_ohm", column(halves, "overpotential_V") / amps), pl.Series("cut", cut)]
    )
    return _those(judged, ~cut | agrees)


def _those(halves: pl.DataFrame, kept: NDArray[np.bool_]) -> pl.DataFrame:
    """Return some of the half cycles; most tests keep all, and a query of polars takes long where there are a thousand."""
    return halves if kept.all() else halves.filter(kept)


def _settled(halves: pl.DataFrame, name: str, limits: Limits) -> int:
    """Return from which half cycle on the cell has settled, within its first current."""
    first = runs(np.abs(column(halves, "current_A")), limits.current)[0][1]
    return min(first, settled_at(column(halves, name)[:first], limits.smoothing))


def _long(ramp: list[tuple[int, int]], limits: Limits) -> bool:
    """Return whether each level of a ramp is long enough for what is judged by running medians."""
    return min(end - start for start, end in ramp[:-1] or ramp) > limits.forming


def _drops(halves: pl.DataFrame, settled: int, limits: Limits) -> list[Sign]:
    mean = column(halves, "resistance_ohm")
    at_rest = float(np.median(mean[settled - limits.smoothing : settled])) if settled else np.inf
    drop = limits.resistance.drop / 2.0  # a short that comes within one half cycle is seen by halves in two
    cut = halves["cut"].to_list()
    events = events_in(halves, limits.resistance, lambda R, at: not cut[at] and is_sudden(R, at, drop), at_rest)
    return [_of_event(event, events) for event in events if event.kind in _NAMES]


def _of_event(event: Event, events: list[Event]) -> Sign:
    lasting = next((other for other in events if other.kind is EventKind.SHORT), None)
    evidence = event.evidence
    if event.kind is EventKind.SUDDEN_DROP:
        evidence += f"; {lasting.evidence}" if lasting else "; it came back within four half cycles"
    return Sign(_NAMES[event.kind], event.cycle, event.time_s, evidence, {"lasts": float(lasting is not None)})


def _activation(halves: pl.DataFrame, settled: int, limits: Limits) -> Sign | None:
    """A resistance that fell from the start and settled, by so much that it could be taken for a short."""
    if not settled:
        return None
    R = column(halves, "steady_ohm")
    first, then = float(R[0]), float(np.median(R[settled - limits.smoothing : settled]))
    if then > (1.0 - limits.fall) * first:
        return None
    evidence = (
        f"resistance fell from {first:.4g} ohm in the first half cycle to {then:.4g} ohm in the first {settled}, ever more "
        "slowly: interfaces form, or wet"
    )
    numbers = {"resistance_ohm": then, "resistance_at_first_ohm": first, "half_cycles": float(settled)}
    return sign_at(halves, 0, SignKind.SETTLING, evidence, numbers)


def _falling(halves: pl.DataFrame, swing: Swing, settled: int, limits: Limits, unseen: bool) -> Sign | None:
    """A fall that stays once the swing is taken out; one that only the swing makes is named as that.

    unseen: a warm afternoon would leave no other trace in this test. A slow fall counts then only below all that the
    resistance had been before its highest: what rises and falls back is what a room does.
    """
    steadied = _fall_of(halves, "steady_ohm", settled, limits, limits.fall / 2.0, unseen)
    raw = _fall_of(halves, "resistance_ohm", settled, limits, 0.0)
    return swing.named(raw) if raw is not None and steadied is None and swing.sign is not None else steadied


def _fall_of(
    halves: pl.DataFrame, name: str, settled: int, limits: Limits, left: float, deeper: bool = False
) -> Sign | None:
    """A slow fall from the highest resistance at this current, with plateaus that did not become steeper.

    left: share of the fall below which it must not come back later: a path that grew stays, a warm day goes. A path may
    heal too; it is told from a warm day by a step, within the fall, that no room makes. deeper: without such a step, only a
    fall below all that was before the highest counts.
    """
    steady = max(limits.steady_wedge, limits.unsure * _wedge_noise(halves))
    leaps = np.cumsum(_too_fast(halves, name))
    for start, end in runs(np.abs(column(halves, "current_A")), limits.current):
        forming = limits.smoothing if start else max(limits.forming, settled)
        every = running_median(column(halves, name)[start:end], limits.smoothing)
        R = every[forming:]
        wedge = running_median(column(halves, "wedge_index")[start:end], limits.smoothing)[forming:]
        highest = np.maximum.accumulate(R)
        tops = np.maximum.accumulate(np.where(np.diff(highest, prepend=-np.inf) > 0.0, np.arange(R.size), 0))
        flat = ~(wedge > wedge[tops] + steady)
        ahead = np.maximum.accumulate(R[::-1])[::-1]
        leapt = leaps[start + forming : end] > leaps[np.maximum(start + forming + tops - limits.smoothing, start)]
        below_all = np.minimum.accumulate(every)[forming + tops] > R
        stays = ((1.0 - left) * highest >= ahead) & (below_all | (not deeper))
        low = ((1.0 - limits.fall) * highest > R) & (leapt | stays)
        at = first_lasting(low & flat, limits.lasting)
        if at is not None:
            seen = [at, int(tops[at])]
            return _fallen(halves, start + forming + at, start + forming + seen[1], R[seen], wedge[seen])
    return None


def _too_fast(halves: pl.DataFrame, name: str) -> NDArray[np.bool_]:
    """Return in which half cycles the resistance fell from the one before by more than a room can make of it."""
    R, hours = column(halves, name), column(halves, "start_s") / _HOUR_S
    share = np.minimum(_FASTEST * np.maximum(1.0, np.diff(hours)), 1.0)
    return np.append(False, R[1:] < (1.0 - share) * R[:-1])


def _fallen(halves: pl.DataFrame, at: int, top: int, ohms: NDArray[np.float64], wedges: NDArray[np.float64]) -> Sign:
    (now, highest), (wedge, before) = ohms.tolist(), wedges.tolist()
    numbers = {"resistance_ohm": now, "highest_ohm": highest, "wedge_index": wedge, "wedge_at_highest": before}
    evidence = (
        f"resistance fell slowly to {now:.4g} ohm, {100 * (1 - now / highest):.0f} % below its highest ({highest:.4g} ohm, "
        f"cycle {halves['cycle'][top]}), with a wedge index of {100 * wedge:.1f} % against {100 * before:.1f} %"
    )
    return sign_at(halves, at, SignKind.FALLING_AND_FLAT, evidence, numbers)


def _noise(halves: pl.DataFrame, limits: Limits) -> Sign | None:
    noise, volts = column(halves, "noise_V"), column(halves, "overpotential_V")
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
    return sign_at(halves, at, SignKind.NOISE, evidence, numbers)


def _wedges(halves: pl.DataFrame, swing: Swing, settled: int, limits: Limits) -> Sign | None:
    raw, steadied = (_wedges_of(halves, name, settled, limits) for name in ("resistance_ohm", "steady_ohm"))
    return swing.named(raw) if raw is not None and steadied is None else steadied


def _wedges_of(halves: pl.DataFrame, name: str, settled: int, limits: Limits) -> Sign | None:
    """Wedges that grew, or a resistance that rose under wedged plateaus."""
    wedges = (column(halves, "wedge_index"), _sawtooth(halves))
    wedge, sawtooth = (running_median(values, limits.smoothing) for values in wedges)
    R = running_median(column(halves, name), limits.smoothing)
    if wedge.size <= limits.smoothing:
        return None
    own, first = wedge[limits.smoothing - 1], R[max(settled, limits.smoothing) - 1]
    least = max(limits.wedge, limits.certain * _wedge_noise(halves))
    grown = (wedge > own + least) & (sawtooth > sawtooth[limits.smoothing - 1] + least)
    risen = (first * (1.0 + limits.rise) < R) & (np.minimum(wedge, sawtooth) > least)
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
    return sign_at(halves, at, SignKind.WEDGE_GROWTH, evidence, numbers)


def _sawtooth(halves: pl.DataFrame) -> NDArray[np.float64]:
    """Return the part of the wedge index that the reversal takes back.

    What goes on from one half cycle to the next, as the drift of a warm morning does, is no loss of contact: contact that
    was lost by stripping comes back by plating. The drift within a half cycle is the slope of ln R between its neighbours
    at the same current times the duration of its plateau, as far as a room can make it.
    """
    log, middle = (
        np.log(np.maximum(column(halves, "resistance_ohm"), np.finfo(float).tiny)),
        column(halves, "start_s") + column(halves, "duration_s") / 2.0,
    )
    plateau = np.maximum(0.0, column(halves, "duration_s") - SETTLING_S)
    drift = np.zeros(log.size)
    for start, end in runs(np.abs(column(halves, "current_A")), 0.02):
        if end - start >= 3 and np.all(np.diff(middle[start:end]) > 0.0):  # a clock that stands still tells no slope
            slope = np.gradient(log[start:end], middle[start:end])
            drift[start:end] = slope * plateau[start:end]
    return column(halves, "wedge_index") - np.clip(drift, -_FASTEST, _FASTEST)


def _wedge_noise(halves: pl.DataFrame) -> float:
    """Return the scatter that white noise of the voltage gives the difference of two running medians of six wedges.

    A wedge is a difference of two voltages over their mean, sqrt(2) noise / V; the median of six has half of that
    scatter (1.25 / sqrt(6)), and the difference of two sqrt(2) times it: noise / V.
    """
    share = column(halves, "noise_V") / column(halves, "overpotential_V")
    known = share[np.isfinite(share)]
    return float(np.median(known)) if known.size else 0.0


def _end_of_life(halves: pl.DataFrame, swing: Swing, found: list[Sign], limits: Limits) -> list[Sign]:
    ends = [
        Sign(SignKind.SHORTED, sign.cycle, sign.time_s, sign.evidence, sign.numbers)
        for sign in found
        if sign.sign.value.kind is EventKind.HARD_SHORT
    ]
    raw, steadied = (_worn(halves, name, limits) for name in ("resistance_ohm", "steady_ohm"))
    if steadied is not None:
        ends.append(steadied)
    elif raw is not None:
        ends.append(swing.named(raw))
    return sorted(ends, key=lambda sign: sign.time_s)[:1]


def _worn(halves: pl.DataFrame, name: str, limits: Limits) -> Sign | None:
    R = column(halves, name)
    first = float(np.median(R[: limits.smoothing]))
    at = first_lasting(limits.worn * first < R, limits.lasting)
    if at is None:
        return None
    own = without_leaps(R, np.abs(column(halves, "current_A")), limits.resistance)
    if first_lasting(limits.worn * first < own, limits.lasting) is None and not _steeper(halves, own < R, limits):
        return _added_at_once(halves, R, own)
    evidence = f"resistance {R[at]:.4g} ohm, {R[at] / first:.1f} times that of the first half cycles ({first:.4g} ohm)"
    numbers = {"resistance_ohm": float(R[at]), "resistance_at_first_ohm": first}
    return sign_at(halves, at, SignKind.WORN, evidence, numbers)


def _steeper(halves: pl.DataFrame, added: NDArray[np.bool_], limits: Limits) -> bool:
    """Return whether plateaus climb by more since resistance was added: contact that was lost goes on being lost."""
    at, volts = int(np.argmax(added)), column(halves, "overpotential_V")
    climb = np.nan_to_num(column(halves, "wedge_index")) * volts
    before, after = climb[max(0, at - limits.smoothing) : at], climb[at + 1 : at + 1 + limits.lasting]
    least = max(limits.wedge, limits.certain * _wedge_noise(halves)) * volts[at - 1]
    return bool(np.median(after) - np.median(before) > least)


def _added_at_once(halves: pl.DataFrame, R: NDArray[np.float64], own: NDArray[np.float64]) -> Sign:
    at, left = int(np.argmax(own < R)), float(own[-1])
    evidence = (
        f"resistance rose from {R[at - 1]:.4g} to {R[at]:.4g} ohm from one half cycle to the next, at one current, and the "
        f"plateaus became no steeper: without what was added at once it is {left:.4g} ohm in the last half cycle"
    )
    numbers = {
        "resistance_ohm": float(R[at]),
        "resistance_before_ohm": float(R[at - 1]),
        "resistance_without_ohm": left,
    }
    return sign_at(halves, at, SignKind.ADDED_AT_ONCE, evidence, numbers)
