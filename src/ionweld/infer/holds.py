"""Voltages that a cycler holds at the end of a full cell's half cycles, until the current has fallen."""

import numpy as np
import polars as pl

from ionweld.measurement import cycling as bdf

MOSTLY = 0.5  # of all half cycles
LIKE_CURRENT = 0.03  # a current that falls by no more is the one that was set
EARLY = 4  # the first of so many parts of a half cycle shows the current that was set
FEWEST_RECORDS = 8
LEVEL_V = 5e-3  # a voltage that is held moves by no more
AT_ONCE = 0.01  # of the time of a half cycle: what follows so soon goes on with it


def with_holds(test: bdf.CyclingTest, halves: pl.DataFrame) -> pl.DataFrame:
    """Return the half cycles of a full cell with what holds a voltage joined to what it follows.

    halves: of counted_half_cycles. current_A becomes the current that was set; held_to_A is the current at which a hold ended,
    null without one; duration_s, end_V: of both together. Other columns are those of the part before the hold.
    """
    time, amps = test.table[bdf.TIME].to_numpy(), test.table[bdf.CURRENT].to_numpy()
    found: list[dict] = []
    for row in halves.iter_rows(named=True):
        start, last = _ends(time, amps, row)
        if found and _goes_on(found[-1], row, last):
            before = found[-1]
            lasted = row["start_s"] + row["duration_s"] - before["start_s"]
            found[-1] = before | {"duration_s": lasted, "end_V": row["end_V"], "held_to_A": last}
        else:
            falls = start is not None and abs(last) < (1.0 - LIKE_CURRENT) * abs(start)
            held = {"current_A": start, "held_to_A": last} if falls else {"held_to_A": None}
            found.append(row | held)
    return pl.DataFrame(found, schema={**halves.schema, "held_to_A": pl.Float64})


def _ends(time: np.ndarray, amps: np.ndarray, row: dict) -> tuple[float | None, float]:
    """Return the current that was set at first, none where too few records show it, and that at the end (A)."""
    first, last = np.searchsorted(time, [row["start_s"], row["start_s"] + row["duration_s"]])
    seen = amps[first : last + 1][np.sign(amps[first : last + 1]) == np.sign(row["current_A"])]
    if seen.size < FEWEST_RECORDS:
        return None, float(seen[-1]) if seen.size else row["current_A"]
    return float(np.median(seen[: seen.size // EARLY])), float(seen[-1])


def _goes_on(before: dict, row: dict, last: float) -> bool:
    """Whether a half cycle holds the voltage at which the one before ended, at ever less current."""
    ended = before["start_s"] + before["duration_s"]
    same_way = row["direction"] == before["direction"] and before["held_to_A"] is None
    at_once = row["start_s"] - ended <= AT_ONCE * before["duration_s"]
    volts = [one for one in (before["end_V"], row["start_V"], row["end_V"]) if one is not None]
    level = max(volts) - min(volts) <= LEVEL_V
    return same_way and at_once and level and abs(last) < (1.0 - LIKE_CURRENT) * abs(before["current_A"])


def held_to(halves: pl.DataFrame, direction: str) -> float | None:
    """Return the current (A) down to which most half cycles of a direction are held; none where they are not."""
    ends = halves.filter(pl.col("direction") == direction)["held_to_A"].abs()
    mostly = len(ends) > 0 and ends.is_not_null().sum() > MOSTLY * len(ends)
    return float(np.median(ends.drop_nulls().to_numpy())) if mostly else None
