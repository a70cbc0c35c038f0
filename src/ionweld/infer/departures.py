"""What a measured test does that the virtual cells' protocol cannot say, in words."""

from itertools import pairwise

import numpy as np
import polars as pl

from ionweld.infer.holds import LIKE_CURRENT, MOSTLY, held_to
from ionweld.infer.protocol import CellKind


def departures(halves: pl.DataFrame, kind: CellKind) -> list[str]:
    """Return what virtual cells do otherwise than the test: where its discharges hold a voltage, or its half cycles are unlike.

    halves: of counted_half_cycles; of a full cell with_holds.
    """
    together = _in_a_row(halves)
    return [*together, *_held(halves)] if kind == "full" else together or _unlike(halves)


def _held(halves: pl.DataFrame) -> list[str]:
    """Return a line on discharges that are held at a voltage: a protocol holds that of charges alone."""
    if held_to(halves, "discharge") is None:
        return []
    return [
        (
            "the current of most discharges falls at their end, as at a held voltage: the virtual cells have no such step, and "
            "end their discharges where the voltage reaches its limit"
        )
    ]


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
