"""What a measured test does that the virtual cells' protocol cannot say, in words."""

from itertools import pairwise

import numpy as np
import polars as pl

from ionweld.infer.protocol import LIKE_CURRENT, CellKind
from ionweld.measurement import cycling as bdf

MOSTLY = 0.5  # of all half cycles, or cycles
EARLY = 4  # the first of so many parts of a half cycle shows the current that was set
FEWEST_RECORDS = 8


def departures(test: bdf.CyclingTest, halves: pl.DataFrame, kind: CellKind) -> list[str]:
    """Return what virtual cells do otherwise than the test: where it holds a voltage, or its half cycles are unlike."""
    together = _in_a_row(halves)
    return [*together, *_held(test, halves)] if kind == "full" else together or _unlike(halves)


def _held(test: bdf.CyclingTest, halves: pl.DataFrame) -> list[str]:
    """Return a line on the charges, or discharges, in most of which the current falls: they are held at a voltage."""
    time, amps = test.table[bdf.TIME].to_numpy(), test.table[bdf.CURRENT].abs().to_numpy()
    found = []
    for way in ("charge", "discharge"):
        ran = halves.filter(pl.col("direction") == way).select("start_s", "duration_s", "current_A").iter_rows()
        falls = [_falls(time, amps, *one) for one in ran]
        if falls and np.mean(falls) > MOSTLY:
            found.append(
                f"the current of most {way}s falls at their end, as at a held voltage: the virtual cells have no such step, "
                f"end their {way}s where the voltage reaches its limit, and run them at the mean current"
            )
    return found


def _falls(time: np.ndarray, amps: np.ndarray, start: float, lasted: float, mean: float) -> bool:
    first, last = np.searchsorted(time, [start, start + lasted])
    seen = amps[first:last]
    if seen.size < FEWEST_RECORDS:
        return False
    early = float(np.median(seen[: seen.size // EARLY]))
    return abs(mean) < (1.0 - LIKE_CURRENT) * early and seen[-1] < (1.0 - LIKE_CURRENT) * early


def _unlike(halves: pl.DataFrame) -> list[str]:
    """Return a line where a symmetric cell is charged at another current than it is discharged at."""
    rows = halves.select("direction", "current_A").rows()
    ratios = [abs(b[1] / a[1]) for a, b in pairwise(rows) if a[0] != b[0] and a[1] != 0.0]
    ratios = ratios[::2]  # of a half cycle to the next of the same cycle
    if not ratios or np.mean([abs(one - 1.0) > LIKE_CURRENT for one in ratios]) <= MOSTLY:
        return []
    times = float(np.median(ratios))
    return [
        (
            f"the second half cycle of a cycle runs at {times:.3g} times the current of the first: the virtual cells run both at "
            "the mean of the two"
        )
    ]


def _in_a_row(halves: pl.DataFrame) -> list[str]:
    """Return a line where half cycles of one direction follow each other, in a test that has both."""
    ways = halves["direction"].to_list()
    after = sum(one == other for one, other in pairwise(ways))
    if len(set(ways)) == 1 or after <= MOSTLY * len(ways) / 2:
        return []
    return [
        (
            f"{after} half cycles follow one of the same direction, at another current or after a rest: the virtual cells run each "
            "as a cycle of its own, there and back"
        )
    ]
