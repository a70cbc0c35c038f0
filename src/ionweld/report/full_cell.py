"""What a report shows of full cells: voltage profiles, capacity and efficiency, states, and how they ended."""

from statistics import median
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ionweld.measurement import cycling as bdf
from ionweld.report.drawing import Drawing
from ionweld.report.figure import BARE, LAYER, PAPER, WELDED, house_style, legend_above
from ionweld.report.page import figure
from ionweld.simulate.cell import Outcome
from ionweld.spec.library import assumption
from ionweld.twin.ensemble import DrawnCells, per_cycle

HOUR = 3600.0
LEAST_SPAN = 5.0  # % of efficiency that its axis shows at least: a change of a hundredth is not to look like a fall
PROFILES = 4  # voltage profiles drawn: the first cycle, the last complete one, and two between
SHADES = (LAYER, WELDED, BARE, PAPER)


def figures(found: DrawnCells) -> dict[str, Figure]:
    """Return the figures of a full cell's simulation by the name of their file."""
    with house_style():
        return {"profiles": profiles(found), "capacity": capacity(found, []), "states": states(found)}


def cycling(found: DrawnCells, shown: dict[str, Drawing]) -> tuple[str, str]:
    """Return the figure that leads the report, and the one that follows."""
    count = len(found.members)
    voltages = f"Simulated: voltage profiles of the typical cell (the one whose end is the median of {count})."
    by_cycle = (
        "Simulated: discharge capacity and coulombic efficiency by cycle, median with 16-84 % and 5-95 % bands over the "
        "cells still running. Both are worked out from the table, as for a measured cell."
    )
    return figure(shown["capacity"], by_cycle), figure(shown["profiles"], voltages)


def said(found: DrawnCells) -> str:
    """Return discharge capacity and efficiency at the start and at the end, over the cells still running."""
    rows = _quantiles(capacities(found))["median"]
    if not rows:
        return "no discharge was whole"
    capacity = f"{rows[0]:.4g} mAh/g in cycle 1, {rows[-1]:.4g} mAh/g in cycle {len(rows)} (medians)"
    shares = _quantiles(per_cycle(found.members, "coulombic_efficiency"))["median"]
    if not shares:
        return capacity
    return f"{capacity}, coulombic efficiency {100 * shares[0]:.3g} % and {100 * shares[-1]:.3g} %"


def capacities(found: DrawnCells) -> NDArray[np.float64]:
    """Return the discharge capacity of all members by cycle (Ah/kg, which is mAh/g of active material), (members, cycles)."""
    mass = found.typical.measurement.context.active_mass_kg
    assert mass is not None
    return per_cycle(found.members, "discharge_capacity_Ah") / mass


def results(found: DrawnCells) -> dict[str, Any]:
    """Return what the JSON document says of a full cell besides: capacity and efficiency of the ensemble by cycle."""
    return {
        "discharge_capacity_mAh_per_g": _quantiles(capacities(found)),
        "coulombic_efficiency": _quantiles(per_cycle(found.members, "coulombic_efficiency")),
    }


def _quantiles(table: NDArray[np.float64]) -> dict[str, list[float]]:
    alive = table[:, np.isfinite(table).any(axis=0)]
    rows = np.nanquantile(alive, [0.5, 0.05, 0.95], axis=0) if alive.size else np.empty((3, 0))
    return {name: row.tolist() for name, row in zip(("median", "p05", "p95"), rows, strict=True)}


def profiles(found: DrawnCells) -> Figure:
    """Return voltage over capacity of some cycles of the typical cell."""
    measured = found.typical.measurement
    table, mass = measured.table, measured.context.active_mass_kg
    assert mass is not None
    drawn = Figure(figsize=(7.1, 3.6))
    axes = drawn.subplots()
    last = int(table[bdf.CYCLE].to_numpy()[-1])
    chosen = np.unique(np.linspace(1, max(1, last - (last > 1)), PROFILES).astype(int))
    for cycle, colour in zip(chosen, SHADES, strict=False):
        for column, sign, style in ((bdf.CHARGING_CAPACITY, 1, "--"), (bdf.DISCHARGING_CAPACITY, -1, "-")):
            rows = table.filter((pl.col(bdf.CYCLE) == cycle) & (pl.col(bdf.CURRENT).sign() == sign))
            label = f"cycle {cycle}" if style == "-" else None
            x = _in_all(rows, column) / mass
            axes.plot(x, rows[bdf.VOLTAGE].to_numpy(), style, color=colour, label=label)
    axes.set(xlabel="capacity / mAh g$^{-1}$ of active material", ylabel="voltage / V")
    axes.set_title("typical cell, simulated; dashed: charge")
    legend_above(axes)
    return drawn


def _in_all(rows: pl.DataFrame, counter: str) -> NDArray[np.float64]:
    """Return what has passed in all steps of a half cycle, such as a charge whose voltage was held: counters begin anew."""
    steps, counted = rows[bdf.STEP].to_numpy(), rows[counter].to_numpy()
    before = np.where(np.diff(steps, prepend=steps[:1]) != 0, np.append(0.0, counted[:-1]), 0.0)
    return counted + np.cumsum(before)


def _band(axes: Axes, values: NDArray[np.float64], colour: str) -> None:
    alive = np.isfinite(values).sum(axis=0) >= max(1, values.shape[0] // 10)
    if not alive.any():  # a cell that died in its first discharge has no efficiency
        axes.plot([], [], ".-", color=colour, label="not known")
        return
    cycles = 1 + np.flatnonzero(alive)
    q = np.nanquantile(values[:, alive], [0.05, 0.16, 0.5, 0.84, 0.95], axis=0)
    axes.fill_between(cycles, q[0], q[4], color=colour, alpha=0.15, lw=0)
    axes.fill_between(cycles, q[1], q[3], color=colour, alpha=0.3, lw=0)
    axes.plot(cycles, q[2], ".-", color=colour, label=f"simulated: median of {len(values)} cells")


def capacity(found: DrawnCells, paper: list[tuple[float, float]]) -> Figure:
    """Return capacity and coulombic efficiency by cycle. paper: (cycle, mAh/g) that a paper prints."""
    drawn = Figure(figsize=(7.1, 5.0), layout="constrained")
    upper, lower = drawn.subplots(2, 1, sharex=True)
    _band(upper, capacities(found), WELDED)
    _band(lower, 100.0 * per_cycle(found.members, "coulombic_efficiency"), LAYER)
    if paper:
        upper.plot(*zip(*paper, strict=True), "o", color=PAPER, mfc="none", ms=7, label="paper")
    upper.set_ylabel("discharge capacity / mAh g$^{-1}$")
    upper.set_ylim(0.0, 1.08 * upper.get_ylim()[1])  # the paper's first circle is not cut
    low, high = lower.get_ylim()
    lower.set(xlabel="cycle", ylabel="coulombic efficiency / %", ylim=(min(low, high - LEAST_SPAN), max(high, 100.0)))
    for axes in (upper, lower):
        legend_above(axes)
    return drawn


def states(found: DrawnCells) -> Figure:
    """Return what no instrument sees, of the typical cell: contact, lithiation and filaments over time."""
    table = found.typical.states
    hours = table[bdf.TIME].to_numpy() / HOUR
    drawn = Figure(figsize=(7.1, 6.6), layout="constrained")
    contact, lithiated, filament = drawn.subplots(3, 1, sharex=True)
    contact.plot(hours, table["Contact, negative / 1"], color=BARE, label="lithium contact")
    if "Restorable contact, negative / 1" in table.columns:  # only one law of contact knows it
        contact.plot(
            hours, table["Restorable contact, negative / 1"], "--", color=BARE, label="what plating can restore"
        )
    contact.plot(hours, table["Active fraction of the cathode / 1"], color=WELDED, label="active part of the cathode")
    contact.set(ylabel="fraction", ylim=(-0.02, 1.02), title="typical cell, simulated")
    low, high = table["Lithiated fraction, lowest / 1"], table["Lithiated fraction, highest / 1"]
    lithiated.fill_between(hours, low, high, color=LAYER, alpha=0.3, lw=0, label="lithiated fraction, all columns")
    lithiated.plot(hours, table["Lithiated fraction, mean / 1"], color=LAYER, lw=0.7, label="mean")
    lithiated.set(ylabel="fraction", ylim=(-0.02, 1.02))
    filament.plot(hours, table["Longest filament / 1"], color=BARE, label="longest filament / thickness")
    part = table["Bridged columns / 1"].to_numpy() / found.typical.conditions.columns.shape[1]
    filament.step(hours, part, where="post", color=PAPER, label="part of the columns that is bridged (descriptive)")
    filament.set(xlabel="time / h", ylabel="fraction", ylim=(-0.02, 1.02))
    for axes in (contact, lithiated, filament):
        legend_above(axes)
    return drawn


def endings(found: DrawnCells, name: str) -> str:
    """Return how many cells did not reach the end of their test: what is said of that end is of an earlier cycle."""
    asked, count = sum(stage.cycles for stage in found.recipe.protocol.stages), len(found.members)
    lasted = [member.cycles.height for member in found.members if member.outcome is not Outcome.COMPLETED]
    if not lasted:
        return f"All {count} cells of {name} ran their {asked} cycles."
    return (
        f"{len(lasted)} of {count} cells of {name} were dead before {asked} cycles (half of these by cycle "
        f"{median(lasted):.0f}): a discharge gave less than {assumption('dead_capacity').text}. Their test ended there, and "
        f'their impedance "after {asked} cycles" is that of their last state.'
    )
