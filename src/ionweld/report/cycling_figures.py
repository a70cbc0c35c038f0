"""Figures of symmetric cells: voltages, overpotentials with their bands, moments of short and failure, and states."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ionweld.measurement import cycling as bdf
from ionweld.report.figure import BARE, LAYER, PAPER, WELDED, legend_above

if TYPE_CHECKING:
    import polars as pl

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Trace:
    """What is drawn of one kind of cell: a typical voltage trace, and each member's overpotential by cycle (V)."""

    name: str
    table: "pl.DataFrame"
    overpotential: NDArray[np.float64]
    cycle_h: float
    colour: str = LAYER


@dataclass(frozen=True, slots=True)
class ColumnCurrents:
    """The current of each column over the mean (columns,), of one cell at one moment, and how it is drawn."""

    name: str
    moment: str
    ratio: NDArray[np.float64]
    colour: str
    style: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A number of the paper drawn into a figure: at a time (h) or at a voltage (V)."""

    label: str
    at: float


def voltage(axes: Axes, trace: Trace, start_h: float, end_h: float) -> None:
    """Draw a voltage trace between two times."""
    hours = trace.table[bdf.TIME].to_numpy() / HOUR
    shown = (hours >= start_h) & (hours <= end_h)
    volts = 1e3 * trace.table[bdf.VOLTAGE].to_numpy()[shown]
    axes.plot(hours[shown], volts, color=trace.colour, lw=0.7, label=f"{trace.name}, simulated (one typical cell)")


def middles(trace: Trace) -> NDArray[np.float64]:
    """Return the middle of each cycle (h): rests and changes of conditions lie between them; beyond the trace as if without."""
    flows = trace.table[bdf.CURRENT].to_numpy() != 0.0
    hours, cycle = trace.table[bdf.TIME].to_numpy()[flows] / HOUR, trace.table[bdf.CYCLE].to_numpy()[flows]
    first = np.unique(cycle, return_index=True)[1]
    known = 0.5 * (hours[first] + hours[np.append(first[1:], cycle.size) - 1])
    beyond = trace.overpotential.shape[1] - known.size
    later = known[-1] + trace.cycle_h * np.arange(1, beyond + 1)
    return np.append(known, later)[: trace.overpotential.shape[1]]


def bands(axes: Axes, trace: Trace) -> None:
    """Draw the median overpotential by cycle with its 5-95 % and 16-84 % bands, over the members still running."""
    cycles = middles(trace)
    alive = np.sum(np.isfinite(trace.overpotential), axis=0)
    shown = alive >= max(1, trace.overpotential.shape[0] // 10)
    values = 1e3 * trace.overpotential[:, shown]
    q = np.nanquantile(values, [0.05, 0.16, 0.5, 0.84, 0.95], axis=0)
    axes.fill_between(cycles[shown], q[0], q[4], color=trace.colour, alpha=0.15, lw=0)
    axes.fill_between(cycles[shown], q[1], q[3], color=trace.colour, alpha=0.3, lw=0)
    axes.plot(cycles[shown], q[2], color=trace.colour, label=f"{trace.name}, simulated: median of {len(values)} cells")


def _levels(axes: Axes, marks: Sequence[Mark]) -> None:
    for mark in marks:
        axes.axhline(1e3 * mark.at, color=PAPER, lw=0.8, ls="--")
        axes.annotate(
            mark.label, (0.995, 1e3 * mark.at), xycoords=("axes fraction", "data"), ha="right", va="bottom", fontsize=8
        )


def _moments(axes: Axes, marks: Sequence[Mark]) -> None:
    for mark in marks:
        axes.axvline(mark.at, color=PAPER, lw=0.8, ls=":")
        axes.annotate(mark.label, (mark.at, 0.98), xycoords=("data", "axes fraction"), ha="left", va="top", fontsize=8)


def cycling(traces: Sequence[Trace], end_h: float, levels: Sequence[Mark], moments: Sequence[Mark]) -> Figure:
    """Return voltage over time, and overpotential by cycle with bands; the paper's numbers are drawn in."""
    drawn = Figure(figsize=(7.1, 5.2), layout="constrained")
    upper, lower = drawn.subplots(2, 1, sharex=True)
    for trace in traces:
        voltage(upper, trace, 0.0, end_h)
        bands(lower, trace)
    upper.set_ylabel("voltage / mV")
    lower.set_ylabel("overpotential / mV")
    hourly = np.allclose(middles(traces[0])[:-1] % 1.0, 0.5)
    lower.set_xlabel("time / h (1 h per cycle)" if hourly else "time / h")
    lower.set_xlim(0.0, end_h)
    _levels(lower, levels)
    lower.set_ylim(0.0, None)
    _moments(lower, moments)
    for axes in (upper, lower):
        legend_above(axes)
    return drawn


def zoom(traces: Sequence[Trace], start_h: float, end_h: float) -> Figure:
    """Return voltage over a short time, where the shape of the plateaus shows."""
    drawn = Figure(figsize=(7.1, 2.8))
    axes = drawn.subplots()
    for trace in traces:
        voltage(axes, trace, start_h, end_h)
    axes.set(xlabel="time / h", ylabel="voltage / mV", xlim=(start_h, end_h))
    legend_above(axes)
    return drawn


def moments(kinds: Sequence[tuple[str, Sequence[float | None], float]], end: float) -> Figure:
    """Return how the cycles of events are distributed. kinds: (event, cycle of each member or None, the paper's)."""
    drawn = Figure(figsize=(7.1, 2.6))
    axes = drawn.subplots()
    for (event, values, paper), colour in zip(kinds, (BARE, LAYER), strict=False):
        known = np.sort([value for value in values if value is not None])
        share = np.arange(1, known.size + 1) / max(1, len(values))
        axes.step(known, share, where="post", color=colour, label=f"{event}, simulated ({len(values)} cells)")
        at = float(np.searchsorted(known, paper, side="right")) / max(1, len(values))
        axes.plot(
            [paper], [at], "o", color=PAPER, mfc=colour, ms=7, label=f"{event}, the paper's one cell: {paper:.0f}"
        )
    axes.set(xlabel="cycle", ylabel="share of cells", xlim=(0.0, end), ylim=(0.0, 1.02))
    legend_above(axes)
    return drawn


def states(name: str, table: "pl.DataFrame", filled: bool) -> Figure:
    """Return contact, filament and, where liquid filled the gap, the layer of one cell over time."""
    filled = filled and "Layer porosity / 1" in table.columns  # the mechanism may be switched off
    drawn = Figure(figsize=(7.1, 6.8 if filled else 3.8), layout="constrained")
    panels = drawn.subplots(4 if filled else 2, 1, sharex=True)
    hours = table[bdf.TIME].to_numpy() / HOUR
    _contact_panel(panels[0], hours, table)
    restorable = "Restorable contact, negative / 1" in table.columns  # only one law of contact knows it
    panels[0].set_title(f"{name} cell, simulated" + "; dashed: the contact that plating can restore" * restorable)
    panels[1].plot(hours, table["Longest filament / 1"], color=BARE, label="longest filament")
    panels[1].set(ylabel="length / thickness", ylim=(-0.02, 1.02))
    if filled:
        panels[2].plot(hours, table["Converted fraction / 1"], color=LAYER, label="liquid converted")
        panels[2].plot(hours, table["Layer porosity / 1"], color=LAYER, ls="--", label="porosity of the layer")
        panels[2].set(ylabel="fraction", ylim=(-0.02, 1.02))
        panels[3].plot(
            hours, 1e6 * table["Layer thickness / m"].to_numpy(), color=LAYER, label="thickness of the layer"
        )
        panels[3].set(ylabel="thickness / um", ylim=(0.0, None))
    panels[-1].set_xlabel("time / h")
    for axes in panels:
        legend_above(axes)
    return drawn


def _contact_panel(axes: Axes, hours: NDArray[np.float64], table: "pl.DataFrame") -> None:
    for side, colour in (("negative", BARE), ("positive", WELDED)):
        axes.plot(hours, table[f"Contact, {side} / 1"], color=colour, lw=0.7, label=f"{side} interface")
        if f"Restorable contact, {side} / 1" in table.columns:
            axes.plot(hours, table[f"Restorable contact, {side} / 1"], color=colour, lw=1.0, ls="--")
    axes.set(ylabel="contact fraction", ylim=(0.0, None))


def columns(shown: Sequence[ColumnCurrents]) -> Figure:
    """Return the current over the columns, sorted; the moments of one cell by the style of the line."""
    drawn = Figure(figsize=(7.1, 2.8))
    axes = drawn.subplots()
    for one in shown:
        order = np.arange(1, one.ratio.size + 1)
        label = f"{one.name}, {one.moment}"
        axes.step(order, np.sort(one.ratio)[::-1], where="mid", color=one.colour, ls=one.style, label=label)
    axes.axhline(1.0, color="0.7", lw=0.8)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel="column, from the busiest", ylabel="current / mean current", ylim=(0.0, None))
    axes.set_title("simulated, typical cells")
    legend_above(axes)
    return drawn
