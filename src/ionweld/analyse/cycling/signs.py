"""What a sign is, and the running numbers that the searches for signs share."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ionweld.analyse.cycling.rivals import SignKind


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign that fired: which, where, the sentence, and its numbers in SI (shares are of 1)."""

    sign: SignKind
    cycle: int
    time_s: float
    evidence: str
    numbers: dict[str, float]


def sign_at(table: pl.DataFrame, at: int, sign: SignKind, evidence: str, numbers: dict[str, float]) -> Sign:
    """Return the sign that fired in row `at` of a table of half cycles or cycles."""
    row = table.row(at, named=True)
    return Sign(sign, int(row["cycle"] or 0), float(row["start_s"]), evidence, numbers)


def column(table: pl.DataFrame, name: str) -> NDArray[np.float64]:
    """Return a column as numbers, NaN where it has none."""
    return table[name].to_numpy().astype(np.float64, copy=False)  # a null becomes NaN; a cast in polars takes a query


def running_median(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Return for each value the median of it and those before it, `width` in all; NaN are passed over."""
    if not values.size:
        return values
    known = np.where(np.isfinite(values), values, np.nan)
    windows = np.sort(sliding_window_view(np.append(np.full(width - 1, np.nan), known), width))  # NaN come last
    count = np.isfinite(windows).sum(axis=1)
    row = np.arange(values.size)
    return (windows[row, np.maximum(count - 1, 0) // 2] + windows[row, count // 2]) / 2.0


def first_lasting(fires: NDArray[np.bool_], lasting: int) -> int | None:
    """Return the first place from which `lasting` values in a row are true."""
    run = 0
    for i, fired in enumerate(fires):
        run = run + 1 if fired else 0
        if run == lasting:
            return i - lasting + 1
    return None
