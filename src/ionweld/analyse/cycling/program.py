"""What an analysis of a test with a program of its own is given, and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.analyse.cycling.diagnose import Finding
from ionweld.analyse.cycling.summary import CyclingSummary, Kind
from ionweld.measurement import cycling as bdf
from ionweld.wording import many


@dataclass(frozen=True, slots=True)
class Subject:
    """A test with what is known of it. diffusion_length_m: volume of the active material over its surface; None: not said."""

    measurement: bdf.CyclingTest
    summary: CyclingSummary
    kind: Kind | None
    findings: tuple[Finding, ...]
    diffusion_length_m: float | None = None

    @property
    def said(self) -> str:
        """What was found, in one line."""
        named = [f"{event.kind} at cycle {event.cycle}" for event in self.findings[:3]]
        more = [f"{many(len(self.findings) - 3, 'event')} more"] if len(self.findings) > 3 else []
        found = ", ".join([*named, *more]) or ("no event" if self.kind else "kind of cell not said")
        return f"{many(self.summary.cycles.height, 'cycle')}; {found}"


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve of a plot. x, y: shape (n,), in the units that the plot's labels name."""

    label: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Plot:
    """What is to be drawn of an analysis. name: of its file; points: draw marks as well as lines."""

    name: str
    x_label: str
    y_label: str
    curves: tuple[Curve, ...]
    caption: str
    points: bool = True


@dataclass(frozen=True, slots=True)
class Analysis:
    """What an analysis found. name: its key in JSON; says: its results as sentences; rows: as a table for people."""

    name: str
    title: str
    document: dict[str, Any]
    says: tuple[str, ...]
    rows: tuple[dict[str, Any], ...] = ()
    plots: tuple[Plot, ...] = ()
    warnings: tuple[str, ...] = ()


Find = Callable[[Subject], Analysis | None]


def rests(measurement: bdf.CyclingTest, halves: pl.DataFrame) -> list[tuple[int, slice]]:
    """Return each rest: the half cycle before it (row of halves), and the rows of the table that belong to it.

    A rest is what lies between the end of one half cycle and the start of the next, or the end of the test.
    """
    if halves.is_empty():  # a cell at rest all the time has no half cycle before any
        return []
    time = measurement.table[bdf.TIME].to_numpy()
    ends = (halves["start_s"] + halves["duration_s"]).to_numpy()
    after = np.searchsorted(time, ends, side="right")
    before = np.append(np.searchsorted(time, halves["start_s"].to_numpy()[1:], side="left"), time.size)
    return [
        (i, slice(int(start), int(stop)))
        for i, (start, stop) in enumerate(zip(after, before, strict=True))
        if stop - start >= 1
    ]


def voltage_drift(time_s: NDArray[np.float64], volts: NDArray[np.float64]) -> float | None:
    """Return the slope of the voltage over the last quarter of a rest (V/h); None where that has fewer than three records."""
    late = time_s >= time_s[-1] - (time_s[-1] - time_s[0]) / 4.0
    if np.count_nonzero(late) < 3:
        return None
    t, v = time_s[late] - time_s[-1], volts[late]
    t = t - t.mean()
    return float(3600.0 * (t @ v) / (t @ t)) if t @ t > 0.0 else None
