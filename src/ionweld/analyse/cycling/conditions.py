"""Steps of the logged temperature or stack pressure: what changes with them is no short, no lost contact and no end of life.

A half cycle or cycle that ended at other conditions than the one before begins a new stretch, which is judged by itself.
One within which they changed is judged by nothing, nor are the first four of a stretch, while a cell follows. A step is 4 K
or a fifth of the pressure, and five times what the conditions usually move from one row to the next: days and breathing
are no steps.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.analyse.cycling.rivals import SignKind
from ionweld.analyse.cycling.signs import Sign, column, sign_at
from ionweld.measurement import cycling as bdf
from ionweld.wording import many

FOLLOWING = 4  # rows after a step in which a cell still follows: two cycles, in which a pellet warms and lithium creeps
_UNUSUAL = 5.0  # times the median change from row to row
_EDGE = 4  # the conditions at the start and end of a row are the median of this part of its records
_BESIDE = 3  # rows whose median stands for a stretch at its edge
_TOLD = 0.2  # change of the quantity that is worth a word: less than any threshold it could pass
_ALIKE = 0.5  # of a step: conditions that come back
_FLOOR_PA = 1e4  # what a sensor of stack pressures shows of none


@dataclass(frozen=True, slots=True)
class _Logged:
    """A logged condition. column: of a table, None where it is not logged; least: change that is a step; scale: to `unit`."""

    column: Callable[[pl.DataFrame], str | None]
    name: str
    unit: str
    scale: float
    least: float
    logarithmic: bool = False

    def known(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.log(np.maximum(values, 0.0) + _FLOOR_PA) if self.logarithmic else values


def _pressure(table: pl.DataFrame) -> str | None:
    return bdf.PRESSURE if bdf.PRESSURE in table.columns else None


_CONDITIONS = (
    _Logged(_pressure, "pressure", "MPa", 1e-6, float(np.log(1.2)), logarithmic=True),
    _Logged(bdf.logged_temperature, "temperature", "degC", 1.0, 4.0),
)


@dataclass(frozen=True, slots=True)
class Stretches:
    """number: of the stretch that each row belongs to, from 0; mixed: rows within which the conditions changed.

    said: row that begins a stretch -> which logged condition changed there, from what to what. ends: each condition that
    changed at the end of each row, over the least change that is a step.
    """

    number: NDArray[np.int64]
    mixed: NDArray[np.bool_]
    said: dict[int, str] = field(default_factory=dict)
    ends: tuple[NDArray[np.float64], ...] = ()

    def parts(self, table: pl.DataFrame) -> list[pl.DataFrame]:
        """Return the rows of each stretch that can be judged."""
        if not self.mixed.any() and not self.said:
            return [table]
        begins = np.array([0, *self.said])
        since = np.arange(table.height) - begins[self.number]
        follows = (self.number > 0) & (since < FOLLOWING)
        judged = ~self.mixed & ~follows
        return [table.filter(judged & (self.number == number)) for number in range(begins.size)]

    def sign(self, table: pl.DataFrame, values: NDArray[np.float64], what: str, unit: str) -> Sign | None:
        """Return the first step at which a quantity changed by more than a fifth, and how many more did so."""
        edges = [0, *self.said, values.size]
        found = []
        for (before, start), (_, end) in pairwise(pairwise(edges)):
            was, now = (
                _middle(values[part]) for part in (slice(max(before, start - _BESIDE), start), slice(start, end))
            )
            if was > 0.0 and abs(now / was - 1.0) > _TOLD:
                found.append((start, was, now))
        if not found:
            return None
        start, was, now = found[0]
        way = "falls" if now < was else "rises"
        more = f"; it changes at {len(found) - 1} more of the logged steps" if len(found) > 1 else ""
        evidence = f"the {what} {way} from {was:.4g} to {now:.4g} {unit} where {self.said[start]}{more}"
        return sign_at(table, start, SignKind.LOGGED_STEP, evidence, {"before": was, "after": now})

    def across(self, values: NDArray[np.float64], what: str, unit: str) -> tuple[str, ...]:
        """Say that nothing is judged across the steps, and what a quantity was where earlier conditions came back last."""
        if not self.said:
            return ()
        first, times = next(iter(self.said.values())), len(self.said)
        steps = f"the logged conditions step {many(times, 'time')} ({first})"
        said = [f"{steps}: shorts, lost contact and wear are judged between the steps, not across them"]
        spans = [slice(*edges) for edges in pairwise([0, *self.said, values.size])]
        pairs = [
            (old, new) for new in range(len(spans)) for old in range(new - 1) if self._alike(spans[old], spans[new])
        ]
        if pairs:
            (old, _), new = next(pair for pair in pairs if pair[1] == pairs[-1][1]), pairs[-1][1]
            was, now = (_middle(values[spans[at]][::-1]) for at in (old, new))
            said.append(
                f"at the conditions before, the {what} was {was:.4g} {unit}; where they came back, it is {now:.4g}"
            )
        return tuple(said)

    def _alike(self, one: slice, other: slice) -> bool:
        return all(abs(np.median(end[one]) - np.median(end[other])) < _ALIKE for end in self.ends)


def _middle(values: NDArray[np.float64]) -> float:
    known = values[: FOLLOWING + _BESIDE][np.isfinite(values[: FOLLOWING + _BESIDE])]
    return float(np.median(known)) if known.size else np.nan


def stretches_of(measurement: bdf.CyclingTest, table: pl.DataFrame, end_s: NDArray[np.float64]) -> Stretches:
    """Return where the logged conditions step. table: rows with start_s; end_s: of each row, shape (n,)."""
    found = Stretches(np.zeros(table.height, dtype=np.int64), np.zeros(table.height, dtype=bool))
    start_s = column(table, "start_s")
    for logged in _CONDITIONS:
        seen = _at_edges(measurement, logged, start_s, end_s)
        if seen is not None:
            found = _with(found, logged, *seen)
    starts = np.array(sorted(found.said), dtype=np.int64)
    number = np.searchsorted(starts, np.arange(table.height), side="right")
    return Stretches(number, found.mixed, {int(at): found.said[int(at)] for at in starts}, found.ends)


def _at_edges(
    measurement: bdf.CyclingTest, logged: _Logged, start_s: NDArray[np.float64], end_s: NDArray[np.float64]
) -> tuple[NDArray[np.float64], ...] | None:
    """Return a condition in the first and the last part of each row, and its span there; None if it is not logged, or still."""
    name = logged.column(measurement.table)
    if name is None or not start_s.size:
        return None
    rows = measurement.table.select(bdf.TIME, name).drop_nulls().filter(pl.col(name).is_finite())
    time, values = (rows[one].to_numpy() for one in (bdf.TIME, name))
    if not values.size or np.ptp(logged.known(values)) < logged.least:
        return None
    part = (end_s - start_s) / _EDGE
    inside = zip(np.searchsorted(time, start_s, "left"), np.searchsorted(time, end_s, "right"), strict=True)
    span = np.array([np.ptp(logged.known(values[one:end])) if end > one else 0.0 for one, end in inside])
    return _medians(time, values, start_s, start_s + part), _medians(time, values, end_s - part, end_s), span


def _medians(
    time: NDArray[np.float64], values: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the median of what was logged in each interval, or the value at its middle where nothing was."""
    first, last = np.searchsorted(time, low, "left"), np.searchsorted(time, high, "left")
    made = np.interp((low + high) / 2.0, time, values)
    for at in np.flatnonzero(last > first):
        made[at] = np.median(values[first[at] : last[at]])
    return made


def _with(
    found: Stretches, logged: _Logged, start: NDArray[np.float64], end: NDArray[np.float64], span: NDArray[np.float64]
) -> Stretches:
    """Return the stretches with the steps of one condition. A step up and down again within a row moves what is read there."""
    change = np.diff(logged.known(end), prepend=logged.known(end)[:1])
    least = max(logged.least, _UNUSUAL * float(np.median(np.abs(change[1:]))) if change.size > 1 else 0.0)
    said = dict(found.said)
    for at in np.flatnonzero(np.abs(change) >= least).tolist():
        was, now = logged.scale * end[at - 1], logged.scale * end[at]
        says = f"the logged {logged.name} {'rises' if now > was else 'falls'} {was:.3g} -> {now:.3g} {logged.unit}"
        said[at] = f"{said[at]} and {says}" if at in said else says
    return Stretches(found.number, found.mixed | (span >= least), said, (*found.ends, logged.known(end) / logged.least))
