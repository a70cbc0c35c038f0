"""The interfaces of a simulated cell drawn to scale: contact, voids, layer and filament of each column, half cycle by
half cycle.

Heights are to scale, of the interfaces in micrometres, of the pellet in millimetres. Across, each column of the twin has one
unit: what touches in it is drawn together as one spot, what was lost beside it, and the gap after that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from ionweld.report.figure import LAYER, OKABE_ITO, PAGE_MM, print_figure
from ionweld.simulate.interface_shape import CellShape, SideShape, moments_shown, shape_of
from ionweld.simulate.run import SimulatedTest

MOST_COLUMNS, MOST_FRAMES = 24, 40
COLOURS = {
    "lithium": "#c9ced6",
    "pellet": "#b98b5e",
    "void": "#ffffff",
    "layer": LAYER,
    "liquid": OKABE_ITO[5],
    "filament": OKABE_ITO[1],
    "bridge": OKABE_ITO[6],
}
_UM, _MM = 1e6, 1e3
_FILAMENT_WIDTH = 0.12  # of a column: its own is far less than a line can show
_AROUND = 0.6  # how much of foil and of pellet is drawn, in heights of what lies between them
_HEIGHTS = {"interface": 38.0, "pellet": 30.0}  # mm of a figure


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: what it is (a key of COLOURS), from x0 to x1 in columns, from y0 to y1 in the panel's unit."""

    kind: str
    x0: float
    x1: float
    y0: float
    y1: float


@dataclass(frozen=True, slots=True)
class Panel:
    """One part of the picture: its name, what stands on its axes, what they span, and its shapes from the back to the front."""

    name: str
    kind: str
    unit: str
    columns: tuple[int, ...]
    bottom: float
    top: float
    shapes: tuple[Box, ...]


def columns_shown(shapes: Sequence[CellShape]) -> tuple[int, ...]:
    """Return which columns are drawn: all, or of many the one with the longest filament at the end and evenly others."""
    last = shapes[-1].filament
    if last.size <= MOST_COLUMNS:
        return tuple(range(last.size))
    even = np.linspace(0, last.size - 1, MOST_COLUMNS - 1).round().astype(int).tolist()
    return tuple(sorted({*even, int(np.argmax(last))}))


def panels(one: CellShape, columns: Sequence[int], window: tuple[float, float]) -> list[Panel]:
    """Return the picture of one moment from top to bottom. window: heights at which the interfaces begin and end (um)."""
    shown = tuple(columns)
    parts = [_interface(side, shown, window) for side in one.sides]
    pellet = _pellet(one, shown)
    return [parts[1], pellet, parts[0]] if len(parts) == 2 else [pellet, parts[0]]  # the negative electrode lies below


def window_of(shapes: Sequence[CellShape]) -> tuple[float, float]:
    """Return between which heights interfaces are drawn (um), the same at all moments: from within the pellet into the foil."""
    high = _UM * max(side.distance + float(side.depth.max()) for one in shapes for side in one.sides)
    return -_AROUND * high, (1.0 + _AROUND) * high


def _interface(side: SideShape, columns: tuple[int, ...], window: tuple[float, float]) -> Panel:
    """Return an interface with the foil above and the pellet below, whichever way the cell lies."""
    (bottom, top), d, width = window, _UM * side.distance, float(len(columns))
    shapes = [Box("void", 0.0, width, 0.0, d), Box("lithium", 0.0, width, d, top)]
    for place, column in enumerate(columns):
        shapes += _column(side, column, float(place), d)
    shapes.append(Box("pellet", 0.0, width, bottom, 0.0))
    return Panel(f"{side.name} interface", "interface", "um", columns, bottom, top, tuple(shapes))


def _column(side: SideShape, column: int, x: float, d: float) -> list[Box]:
    contact, lost = float(side.contact[column]), float(side.lost[column])
    touching, touched = x + contact, min(x + contact + lost, x + 1.0)
    found = [Box("pellet", x, touched, 0.0, d)]
    if lost > 0.0:
        found.append(Box("void", touching, touched, d, d + _UM * float(side.depth[column])))
    found += _buried(side, column, x, d) + _filling(side, touched, x + 1.0, d)
    return found


def _buried(side: SideShape, column: int, x: float, d: float) -> list[Box]:
    """Return what is missing in the foil above the contact, as one void as wide as the contact."""
    contact, missing = float(side.contact[column]), _UM * float(side.buried[column])
    if missing <= 0.0 or contact <= 0.0:
        return []
    above = d + _UM * float(side.cover[column])
    return [Box("void", x, x + contact, above, above + missing / contact)]


def _filling(side: SideShape, start: float, end: float, d: float) -> list[Box]:
    """Return the layer in the gap: up to the foil where it holds, up to its own thickness where it has torn."""
    if side.layer <= 0.0 or end <= start:
        return []
    solid, layer, span = side.converted, _UM * side.layer, end - start
    holds, torn = start + span * side.filled, start + span * min(1.0, side.filled + side.torn)
    found = []
    for x0, x1, top in ((start, holds, d), (holds, torn, min(layer, d))):
        if x1 > x0:
            found += [Box("layer", x0, x1, 0.0, solid * top), Box("liquid", x0, x1, solid * top, top)]
    return found


def _pellet(one: CellShape, columns: tuple[int, ...]) -> Panel:
    height, width = _MM * one.pellet, float(len(columns))
    shapes = [Box("pellet", 0.0, width, 0.0, height)]
    for place, column in enumerate(columns):
        kind, middle = ("bridge" if one.bridged[column] else "filament"), place + 0.5
        half = _FILAMENT_WIDTH / 2
        shapes.append(Box(kind, middle - half, middle + half, 0.0, _MM * float(one.filament[column])))
    return Panel("pellet, with its filaments", "pellet", "mm", columns, 0.0, height, tuple(shapes))


def draw_panel(axes: Axes, panel: Panel) -> None:
    """Draw one part of the picture."""
    for shape in panel.shapes:
        corner, size = (shape.x0, shape.y0), (shape.x1 - shape.x0, shape.y1 - shape.y0)
        axes.add_patch(Rectangle(corner, *size, fc=COLOURS[shape.kind], ec="none", lw=0.0, label=shape.kind))
    every = max(1, len(panel.columns) // 8)
    ticks = range(0, len(panel.columns), every)
    axes.set(xlim=(0.0, len(panel.columns)), ylim=(panel.bottom, panel.top), ylabel=f"height / {panel.unit}")
    axes.set_xticks([tick + 0.5 for tick in ticks], [str(panel.columns[tick] + 1) for tick in ticks])
    axes.set_title(panel.name)


def picture_figure(one: CellShape, width_mm: float = PAGE_MM) -> Figure:
    """Return the picture of one moment. To be drawn in the house's style."""
    parts = panels(one, columns_shown([one]), window_of([one]))
    heights = [_HEIGHTS[panel.kind] for panel in parts]
    drawn = print_figure(width_mm, sum(heights) + 12.0)
    for axes, panel in zip(drawn.subplots(len(parts), 1, height_ratios=heights), parts, strict=True):
        draw_panel(axes, panel)
    drawn.axes[-1].set_xlabel("column")
    _legend(drawn, parts)
    return drawn


def draw_into(axes: Axes, one: CellShape) -> None:
    """Draw the picture of one moment into given axes, its parts below each other."""
    parts = panels(one, columns_shown([one]), window_of([one]))
    axes.set_axis_off()
    for place, panel in enumerate(parts):
        below = 1.0 - (place + 1) / len(parts)
        draw_panel(axes.inset_axes((0.0, below + 0.05, 1.0, 0.72 / len(parts))), panel)


def _legend(drawn: Figure, parts: Sequence[Panel]) -> None:
    seen = {shape.kind for panel in parts for shape in panel.shapes if shape.x1 > shape.x0 and shape.y1 != shape.y0}
    handles = [
        Patch(fc=colour, ec="0.5", lw=0.5, label="void or empty gap" if kind == "void" else kind)
        for kind, colour in COLOURS.items()
        if kind in seen
    ]
    drawn.legend(handles=handles, loc="outside upper left", ncols=len(handles))


def caption(one: CellShape) -> str:
    """Return what is said below the picture."""
    about = (
        "Simulated: the interfaces of the typical cell, heights to scale; each column of the twin takes the same width, what "
        "touches in it is drawn as one spot, and a filament wider than it is."
    )
    return f"{said_of_shape(one)}. {about}"


def said_of_shape(one: CellShape) -> str:
    """Return in one line what the picture shows."""
    touch = ", ".join(f"{side.name} {100.0 * float(side.contact.mean()):.3g} %" for side in one.sides)
    longest = 100.0 * float(one.filament.max(initial=0.0)) / one.pellet
    layers = ", ".join(f"{_UM * side.layer:.3g} um" for side in one.sides if side.layer > 0.0)
    welded = f"; layer {layers}" if layers else ""
    bridged = f"; {int(one.bridged.sum())} columns bridged" if one.bridged.any() else ""
    return f"{one.said}: contact {touch}; longest filament {longest:.3g} % of the pellet{welded}{bridged}"


def frames(run: SimulatedTest, most: int = MOST_FRAMES) -> dict[str, Any]:
    """Return a picture that moves, as plain data: at each moment what is said, and of each panel its shapes, all on one scale."""
    shapes = [shape_of(run, half_cycle) for half_cycle in moments_shown(run, most)]
    columns, window = columns_shown(shapes), window_of(shapes)
    return {"colours": COLOURS, "frames": [_frame(one, panels(one, columns, window)) for one in shapes]}


def _frame(one: CellShape, parts: Sequence[Panel]) -> dict[str, Any]:
    return {
        "half_cycle": one.half_cycle,
        "time_h": one.time_s / 3600.0,
        "said": said_of_shape(one),
        "panels": [
            {
                "name": panel.name,
                "kind": panel.kind,
                "unit": panel.unit,
                "columns": [column + 1 for column in panel.columns],
                "span": [panel.bottom, panel.top],
                "shapes": [[s.kind, *(round(v, 4) for v in (s.x0, s.x1, s.y0, s.y1))] for s in panel.shapes],
            }
            for panel in parts
        ],
    }
