"""A drawing of the two interfaces to scale: the bare gap with its points of contact, and the welded layer."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ionweld.report.figure import LAYER

LITHIUM, PELLET = "#c9ced6", "#b98b5e"
WIDTH_UM = 60.0


def interface_drawing(gap_um: float, layer_um: float, contact: float) -> Figure:
    """Return both interfaces in cross section, one scale for both directions and both drawings.

    gap_um: between lithium and the bare pellet; layer_um: thickness of the welded layer; contact: part that touches.
    """
    drawn = Figure(figsize=(7.1, 2.9))
    bare, welded = drawn.subplots(1, 2, sharey=True)
    _bare(bare, gap_um, contact)
    _welded(welded, layer_um)
    for axes in (bare, welded):
        axes.set(xlim=(0, WIDTH_UM), ylim=(-12, gap_um + 12), aspect="equal", xlabel="position / um")
    bare.set_ylabel("height / um")
    return drawn


def _bare(axes: Axes, gap: float, contact: float) -> None:
    x = np.linspace(0.0, WIDTH_UM, 601)
    ridge = 0.5 * (1.0 + np.cos(2.0 * np.pi * (x - 15.0) / 30.0))
    height = gap * np.clip(ridge / np.quantile(ridge, 1.0 - contact), 0.0, 1.0)  # so much of it reaches the lithium
    axes.fill_between(x, -12, height, color=PELLET, lw=0)
    axes.fill_between(x, gap, gap + 12, color=LITHIUM, lw=0)
    axes.set_title(f"bare: touching on {100 * contact:.0f} %")
    axes.annotate("lithium", (2, gap + 9), va="top")
    axes.annotate("Li2OHCl", (2, -9))
    axes.annotate("", (30, 0), (30, gap), arrowprops={"arrowstyle": "<->", "lw": 0.8})
    axes.annotate(f"gap {gap:g} um", (30, gap + 1), ha="center", va="bottom")


def _welded(axes: Axes, layer: float) -> None:
    axes.fill_between([0, WIDTH_UM], -12, 0, color=PELLET, lw=0)
    axes.fill_between([0, WIDTH_UM], 0, layer, color=LAYER, lw=0)
    axes.fill_between([0, WIDTH_UM], layer, layer + 24, color=LITHIUM, lw=0)
    axes.set_title("welded")
    axes.annotate("lithium", (2, layer + 9), va="top")
    axes.annotate("Li2OHCl", (2, -9))
    axes.annotate(f"layer {layer:g} um", (30, layer / 2), (34, layer + 6), arrowprops={"arrowstyle": "-", "lw": 0.8})
