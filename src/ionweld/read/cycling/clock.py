"""Clock times: whether the day or the month comes first is told from the file where that can be, and said where not."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from ionweld.read.cycling.cleaning import filled_text, to_unix_time

_ZONE_RULE = "the file's clock has no time zone; read as if it were UTC"
_SAME_SPAN_S = 3600.0
_ROWS_COMPARED = 2000
_CELLS_TO_TRY = 100
_ORDERS = (("%m/%d/", "%d/%m/"), ("%m-%d-", "%d-%m-"), ("%m.%d.", "%d.%m."))


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds since 1970, the rule by which they were read, and what a person should know of it (or nothing)."""

    moments: pl.Series
    rule: str
    doubt: str = ""


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
                return Clock(moments, rule + (remark if told else ""), doubt if told else "")
    return None


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
