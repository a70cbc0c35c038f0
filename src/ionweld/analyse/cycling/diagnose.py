"""Events of a cell, each with the numbers that fired it and what would tell it from its rivals.

    kind               signs (symmetric cells)                signs (half and full cells)
    soft short         sudden drop; falling and flat; noise;  efficiency excursion or lasting loss; charge > discharge
                       fall under a rising current;
                       fall at once under one current
    hard short         resistance gone                        voltage gone
    contact loss       wedge growth; voltage runs away        growing polarisation
    end of life        hard short; resistance                 capacity
    activation         settling from the start
    temperature swing  follows the log; repeats every day     the same, of the polarisation
    changed conditions follows a logged step                  the same, of the discharge capacity

Each sign is reported once, where it first held. Thresholds and their reasons: limits.py; rivals: rivals.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from ionweld.analyse.cycling import storing_signs, sweep_signs, symmetric_signs
from ionweld.analyse.cycling.limits import Limits
from ionweld.analyse.cycling.signs import Sign
from ionweld.analyse.cycling.summary import CyclingSummary, Kind
from ionweld.measurement import cycling as bdf
from ionweld.result import EventKind

SHORTS = (EventKind.SOFT_SHORT, EventKind.HARD_SHORT)


@dataclass(frozen=True, slots=True)
class Finding:
    """An event: what, by which sign, where in the test, on which numbers, and what would tell it from its rivals."""

    kind: EventKind
    sign: str
    cycle: int
    time_s: float
    evidence: str
    numbers: Mapping[str, float]
    rivals: tuple[str, ...]


def diagnose(
    measurement: bdf.CyclingTest, summary: CyclingSummary, kind: Kind | None, limits: Limits | None = None
) -> tuple[Finding, ...]:
    """Return the events of a test in the order of time; none where the kind of cell is not known: it has to be asked."""
    if kind is None or not summary.half_cycles.height:
        return ()
    chosen, swept, summary = limits or Limits(), summary.half_cycles, summary.without_sweeps()
    if kind == "symmetric":
        signs = _with_sweeps(measurement, swept, summary.half_cycles, chosen)
    elif plates_only(summary.cycles):
        signs = []
    else:
        signs = storing_signs.find(measurement, summary.cycles, chosen)
    return tuple(_finding(sign) for sign in sorted(signs, key=lambda sign: sign.time_s))


def _with_sweeps(measurement: bdf.CyclingTest, every: pl.DataFrame, steady: pl.DataFrame, limits: Limits) -> list[Sign]:
    """Return the signs of a symmetric cell in its sweeps and in its other half cycles, those before a drop in a sweep."""
    signs = sweep_signs.find(measurement, every, limits)
    drop = min((sign.time_s for sign in signs if sign.sign.value.kind in SHORTS), default=np.inf)
    steady = steady.filter(steady["start_s"] < drop)
    return [*signs, *(symmetric_signs.find(measurement, steady, limits) if steady.height else [])]


def plates_only(cycles: pl.DataFrame) -> bool:
    """Return whether a half cell stores nothing but plated lithium: it plates below 0 V against lithium.

    What comes back is then a matter of the program, and says nothing about a leak; the analysis of plating and stripping
    judges such a test.
    """
    volts = cycles["discharge_mean_voltage_V"].drop_nulls().to_numpy()
    return bool(volts.size) and float(np.median(volts)) < 0.0


def _finding(sign: Sign) -> Finding:
    known = sign.sign.value
    return Finding(known.kind, known.label, sign.cycle, sign.time_s, sign.evidence, sign.numbers, known.rivals)


def first_of(found: tuple[Finding, ...], *kinds: EventKind) -> Finding | None:
    """Return the first event of one of these kinds, or None."""
    return next((finding for finding in found if finding.kind in kinds), None)
