"""Marks between thousands: "12,345.6" is one number, also where the same comma parts the columns."""

import re
from collections.abc import Sequence

import polars as pl

from ionweld.read.text import DecimalMark
from ionweld.wording import many

_SPLIT = re.compile(r"(\d{1,3}(?:,\d{3})+(?:\.\d*)?)\s*$")
_UNBROKEN = re.compile(r"(?<=\d)[\u00a0\u202f'](?=\d{3})")
_PADDED = re.compile(r",0\d\d\b")


def without_thousands(frame: pl.DataFrame, mark: DecimalMark) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return the fields without the marks between thousands, and a remark where there were any.

    "100,000.5" (or "100.000,5" where the comma is the decimal mark, or a blank or apostrophe between) is one number only
    where every field of its column that has such a mark has it between groups of three digits.
    """
    other = r"\." if mark == "," else ","
    grouped = rf"^[+-]?\d{{1,3}}(?:[{other} '\u00a0\u202f]\d{{3}})+(?:{re.escape(mark)}\d*)?$"
    marks = rf"[{other} '\u00a0\u202f]"
    marked = frame.select(pl.all().str.contains(rf"\d{marks}\d"))
    cleaned = [
        name
        for name in frame.columns
        if marked[name].any() and frame[name].filter(marked[name].fill_null(False)).str.contains(grouped).all()
    ]
    if not cleaned:
        return frame, ()
    fields = sum(int(marked[name].sum()) for name in cleaned)
    named = ", ".join(repr(name[:40]) for name in cleaned[:20])
    said = f"{fields} fields of {named} have marks between thousands, which were taken out"
    return frame.with_columns(pl.col(name).str.replace_all(marks, "") for name in cleaned), (said,)


def rejoined(rows: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Return rows with numbers in one piece that a blank, an apostrophe or the comma of the columns parts, and a remark."""
    whole = [_UNBROKEN.sub("", row) for row in rows]
    changed = sum(one != other for one, other in zip(rows, whole, strict=True))
    said = (
        (f"{many(changed, 'row has', 'rows have')} marks between thousands, which were taken out",) if changed else ()
    )
    joined, more = _without_commas(whole)
    return joined, (*said, *more)


def _without_commas(rows: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Return rows of two columns "30.02,1,234" with the second in one piece.

    So it is where every further field has three digits, and some row has none of them or one that begins with a zero:
    three columns of numbers look otherwise.
    """
    parts = [row.split(",", 1) for row in rows]
    longer = [part[1] for part in parts if len(part) > 1 and "," in part[1]]
    if not longer or any(len(part) < 2 for part in parts) or not all(_SPLIT.fullmatch(rest.strip()) for rest in longer):
        return list(rows), ()
    if len(longer) == len(rows) and not any(_PADDED.search(rest) for rest in longer):
        return list(rows), ()
    said = f"{many(len(longer), 'row has', 'rows have')} commas between thousands beside those between columns: they were joined"
    return [f"{first},{rest.replace(',', '')}" for first, rest in parts], (said,)
