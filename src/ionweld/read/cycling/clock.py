"""Clock times: whether the day or the month comes first is told from the file where that can be, and said where not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from ionweld.read.cycling.cleaning import filled_text, to_unix_time
from ionweld.read.cycling.summer_time import changes_of_hour

_ZONE_RULE = "the file's clock has no time zone; read as if it were UTC"
_SAME_SPAN_S = 3600.0
_ROWS_COMPARED = 2000
_CELLS_TO_TRY = 100
_ORDERS = (("%m/%d/", "%d/%m/"), ("%m-%d-", "%d-%m-"), ("%m.%d.", "%d.%m."))


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds since 1970, the rule by which they were read, and what a person should know of it."""

    moments: pl.Series
    rule: str
    doubts: tuple[str, ...] = ()


def read_clock(column: pl.Series, formats: Sequence[str], elapsed: pl.Series | None = None) -> Clock | None:
    """Return the times of a column, None when no format fits. elapsed: the test time of the same rows, s.

    Where both orders of day and month fit, the one whose span agrees with the test time is right; where neither does
    or both do, the format's own order is taken. The orders are compared on some thousand rows only.
    """
    rule = f"{column.name!r}: {_ZONE_RULE}"
    for form in formats:
        other = _other_order(form) if column.dtype == pl.String else None
        order, remark, doubt = _order(column, form, other, elapsed) if other else (form, "", "")
        for candidate in dict.fromkeys((order, form, other)):
            moments = to_unix_time(column, (candidate,)) if candidate else None
            if moments is not None:
                told = candidate == order
                doubts = (doubt,) if told and doubt else ()
                return _counted_on(Clock(moments, rule + (remark if told else ""), doubts))
    return None


def _counted_on(clock: Clock) -> Clock:
    """Return the times as they would be had nobody set the clock for the beginning or the end of summer time."""
    changed = changes_of_hour(clock.moments.cast(pl.Float64).to_numpy())
    if not changed.any():
        return clock
    rows = np.flatnonzero(changed)
    said = " and ".join(f"{'forward' if changed[row] > 0 else 'back'} an hour at row {row + 1}" for row in rows)
    doubt = f"The clock in {clock.moments.name!r} was set {said} (summer time): the times after it are counted on"
    moments = clock.moments - pl.Series(np.cumsum(changed))
    return Clock(moments.alias(clock.moments.name), clock.rule, (*clock.doubts, doubt))


def _other_order(form: str) -> str | None:
    for one, other in _ORDERS:
        for here, there in ((one, other), (other, one)):
            if here in form:
                return form.replace(here, there)
    return None


def _order(column: pl.Series, form: str, other: str, elapsed: pl.Series | None) -> tuple[str, str, str]:
    """Return the better of two orders, by which rule it was told from the other, and a doubt where it was not."""
    every = max(1, column.len() // _ROWS_COMPARED)
    some = column.gather_every(every)
    both = {order: to_unix_time(some, (order,)) for order in (form, other)}
    fitting = {order: moments for order, moments in both.items() if moments is not None}
    if len(fitting) < len(both):
        return next(iter(fitting), form), "", ""
    spans = {order: _span(moments) for order, moments in fitting.items()}
    apart = abs(spans[form] - spans[other])
    if apart > _SAME_SPAN_S and elapsed is not None:
        expected = _span(elapsed.gather_every(every))
        best = min(spans, key=lambda order: abs(spans[order] - expected))
        if abs(spans[best] - expected) < 0.5 * apart:
            return best, f"; {_name(best)} first, as the test time shows", ""
    first = filled_text(column.head(_CELLS_TO_TRY)).drop_nulls()
    doubt = (
        f"The dates in {column.name!r} could have the day or the month first ({first[0]!r}): they were read "
        f"{_name(form)} first, as this format usually has them"
    )
    return form, f"; {_name(form)} first", doubt


def _span(moments: pl.Series) -> float:
    known = moments.drop_nulls().drop_nans()
    return float(known[-1] - known[0]) if known.len() else 0.0


def _name(form: str) -> str:
    return "month" if form.index("%m") < form.index("%d") else "day"
