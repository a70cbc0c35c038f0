"""What reports show of simulated impedance: Nyquist plots on equal axes, and what the states hold."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ionweld.report.drawing import Drawing
from ionweld.report.figure import OKABE_ITO
from ionweld.report.page import Marked, figure, paragraph, table
from ionweld.simulate.impedance import Resistances
from ionweld.simulate.named_points import Taken

KILO = 1e3
BLOCKS_OHM = 1e9  # a cathode that is full, or empty, passes nothing slowly: there a number says less than the word
PARTS = ("grains", "boundaries", "lithium", "layer", "constriction", "cathode", "spread", "fading", "diffusion")
_PART_NAMES = {
    "grains": "grains of the pellet",
    "boundaries": "grain boundaries",
    "lithium": "lithium interfaces, charge transfer, all contact in parallel",
    "layer": "welded layer",
    "constriction": "constriction towards the contact",
    "cathode": "cathode, charge transfer",
    "spread": "unequal columns",
    "fading": "crowding into the active part of the cathode",
    "diffusion": "diffusion (in the tail, not in the total)",
}


def nyquist(axes: Axes, Z: NDArray[np.complex128], colour: str, label: str, style: str = "o") -> None:
    """Draw one spectrum (ohm) in kohm."""
    axes.plot(Z.real / KILO, -Z.imag / KILO, style, ms=3.5, lw=1.0, color=colour, mfc="none", label=label)


def equal_axes(axes: Axes, limits: tuple[float, float, float, float]) -> None:
    """Make one ohm as long on both axes, and name them. limits: of Re Z and of -Im Z (kohm)."""
    axes.set(xlabel="Re Z / kohm", ylabel="-Im Z / kohm", xlim=limits[:2], ylim=limits[2:])
    axes.set_aspect("equal", adjustable="box")


def points_figure(taken: Sequence[Taken]) -> Figure:
    """Return the Nyquist plots of a cell at the points of its protocol. To be drawn in the house's style."""
    drawn = Figure(figsize=(7.1, 4.6))
    axes = drawn.subplots()
    furthest, highest = 0.0, 0.0
    for place, one in enumerate(taken):
        colour = OKABE_ITO[place % len(OKABE_ITO)]
        Z = one.spectrum.impedance_ohm
        nyquist(axes, Z, colour, one.said)
        furthest = max(furthest, float(np.max(Z.real)) / KILO, one.states.total / KILO)
        highest = max(highest, float(np.max(-Z.imag)) / KILO)
        axes.axvline(one.states.total / KILO, color=colour, lw=0.8, ls=":")
    equal_axes(axes, (0.0, 1.1 * furthest, 0.0, max(1.4 * highest, 0.3 * furthest)))
    axes.set_title("typical cell, simulated; dotted: resistance that the states hold")
    axes.legend()
    return drawn


def points_section(taken: Sequence[Taken], shown: dict[str, Drawing]) -> str:
    """Return the section on the spectra of a protocol."""
    caption = "Simulated: Nyquist plots of the typical cell; the test goes on as if it had not been interrupted."
    whys = "".join(paragraph(f"{one.point.name.replace('_', ' ')}: {one.point.why}.") for one in taken if one.point.why)
    return figure(shown["impedance"], caption) + parts_table([(one.said, one.states) for one in taken]) + whys


def parts_table(columns: Sequence[tuple[str, Resistances]]) -> str:
    """Return the parts of a cell's resistance at several moments."""
    rows = [
        (_PART_NAMES[part], *(Marked(_ohms(getattr(states, part)), "number") for _, states in columns))
        for part in PARTS
    ]
    total = ("total before the tail", *(Marked(f"{states.total:,.0f}", "number") for _, states in columns))
    return table(("resistance of the states / ohm", *(said for said, _ in columns)), [*rows[:-1], total, rows[-1]])


def _ohms(value: float) -> str:
    return f"{round(value):,d}" if value < BLOCKS_OHM else "blocks"


def points_results(taken: Sequence[Taken]) -> list[dict[str, Any]]:
    """Return what the JSON document says of the spectra of a protocol."""
    return [
        {
            "point": one.point.name,
            "moment": one.said,
            "file": one.file,
            "temperature_K": one.spectrum.temperature_K,
            "states_ohm": {part: getattr(one.states, part) for part in PARTS} | {"total": one.states.total},
        }
        for one in taken
    ]
