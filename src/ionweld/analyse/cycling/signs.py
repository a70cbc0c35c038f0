"""What a sign is, and the running numbers that the searches for signs share."""

from dataclasses import dataclass

import numpy as np
import polars as pl
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
    return np.array([_median(values[max(0, i + 1 - width) : i + 1]) for i in range(values.size)])


def _median(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")


def first_lasting(fires: NDArray[np.bool_], lasting: int) -> int | None:
    """Return the first place from which `lasting` values in a row are true."""
    run = 0
    for i, fired in enumerate(fires):
        run = run + 1 if fired else 0
        if run == lasting:
            return i - lasting + 1
    return None
