"""A drawing of two interfaces to scale: a gap with its points of contact, and a layer that fills it."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ionweld.report.figure import LAYER

LITHIUM, PELLET = "#c9ced6", "#b98b5e"
WIDTH_UM = 60.0


@dataclass(frozen=True, slots=True)
class DrawnInterfaces:
    """What is drawn: names of both cells, gap between metal and pellet, layer's thickness, part that touches, materials."""

    names: tuple[str, str]
    gap_um: float
    layer_um: float
    contact: float
    electrolyte: str
    metal: str


def interface_drawing(one: DrawnInterfaces) -> Figure:
    """Return both interfaces in cross section, one scale for both directions and both drawings."""
    drawn = Figure(figsize=(7.1, 2.9))
    bare, welded = drawn.subplots(1, 2, sharey=True)
    _open(bare, one)
    _filled(welded, one)
    for axes in (bare, welded):
        axes.annotate(one.electrolyte, (2, -9))
        axes.set(xlim=(0, WIDTH_UM), ylim=(-12, one.gap_um + 12), aspect="equal", xlabel="position / um")
    bare.set_ylabel("height / um")
    return drawn


def _open(axes: Axes, one: DrawnInterfaces) -> None:
    gap = one.gap_um
    x = np.linspace(0.0, WIDTH_UM, 601)
    ridge = 0.5 * (1.0 + np.cos(2.0 * np.pi * (x - 15.0) / 30.0))
    height = gap * np.clip(ridge / np.quantile(ridge, 1.0 - one.contact), 0.0, 1.0)  # so much of it reaches the metal
    axes.fill_between(x, -12, height, color=PELLET, lw=0)
    axes.fill_between(x, gap, gap + 12, color=LITHIUM, lw=0)
    axes.set_title(f"{one.names[0]}: touching on {100 * one.contact:.0f} %")
    axes.annotate(one.metal, (2, gap + 9), va="top")
    axes.annotate("", (30, 0), (30, gap), arrowprops={"arrowstyle": "<->", "lw": 0.8})
    axes.annotate(f"gap {gap:g} um", (30, gap + 1), ha="center", va="bottom")


def _filled(axes: Axes, one: DrawnInterfaces) -> None:
    layer = one.layer_um
    axes.fill_between([0, WIDTH_UM], -12, 0, color=PELLET, lw=0)
    axes.fill_between([0, WIDTH_UM], 0, layer, color=LAYER, lw=0)
    axes.fill_between([0, WIDTH_UM], layer, layer + 24, color=LITHIUM, lw=0)
    axes.set_title(one.names[1])
    axes.annotate(one.metal, (2, layer + 9), va="top")
    axes.annotate(f"layer {layer:g} um", (30, layer / 2), (34, layer + 6), arrowprops={"arrowstyle": "-", "lw": 0.8})
