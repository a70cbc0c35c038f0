"""What a person wants to see of a file at first: three numbers and one figure. One file per technique, found by looking.

A module of this folder, or `glance` of a package from outside, has `glance(measurements) -> Glance`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ionweld import rooms
from ionweld.report.figure import PAGE_MM, print_figure

HEIGHT_MM = 90.0
_THUMBNAIL_IN, _THUMBNAIL_DPI = (1.2, 0.75), 120


@dataclass(frozen=True, slots=True)
class GlanceNumber:
    """A number with its name and unit; value None: it cannot be said from the file alone, and `why` says why."""

    name: str
    value: float | int | None
    unit: str = ""
    why: str = ""

    def __post_init__(self) -> None:
        if self.value is not None:
            object.__setattr__(self, "why", "")

    def __str__(self) -> str:
        if self.value is None:
            return f"{self.name}: {self.why or 'not known'}"
        return f"{self.name} {self.value:.5g} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Glance:
    """Three numbers, how the figure is drawn into axes, and the table of what is drawn."""

    numbers: tuple[GlanceNumber, ...]
    draw: Callable[[Axes], Any]
    drawn: pl.DataFrame


def glance_at(technique: str, measurements: Sequence[Any]) -> Glance | None:
    """Return what there is to see at first, or None where the technique has nothing to show."""
    module = rooms.part("report.glance", technique)
    return None if module is None else module.glance(measurements)


def figure_of(found: Glance, title: str, width_mm: float = PAGE_MM) -> Figure:
    """Return the figure of a glance, drawn in the current style."""
    figure = print_figure(width_mm, HEIGHT_MM)
    axes = figure.subplots()
    found.draw(axes)
    axes.set_title(title.replace("$", r"\$"))
    return figure


def thumbnail(found: Glance) -> bytes:
    """Return what a glance draws as a small PNG, without axes, legend and scale of colours, and on no ground."""
    from io import BytesIO

    figure, buffer = Figure(figsize=_THUMBNAIL_IN), BytesIO()
    axes = figure.add_axes((0.02, 0.04, 0.96, 0.92))
    found.draw(axes)
    for beside in (axes.get_legend(), *figure.axes[1:]):
        if beside is not None:
            beside.remove()
    axes.set_axis_off()
    figure.savefig(buffer, format="png", dpi=_THUMBNAIL_DPI, transparent=True)
    return buffer.getvalue()
