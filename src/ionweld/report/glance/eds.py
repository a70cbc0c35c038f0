"""Element maps at first sight: the first map; how many lines, counts in all, and counts per pixel."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from matplotlib.axes import Axes

from ionweld.measurement.micrograph import ElementMaps
from ionweld.report.glance import Glance, GlanceNumber


def glance(maps: Sequence[ElementMaps]) -> Glance:
    """Return the first sight of one file of maps; its table is the mean of each row for every line."""
    (found,) = maps
    line, counts = next(iter(found.counts.items()))
    numbers = (
        GlanceNumber("lines", len(found.counts)),
        GlanceNumber(f"counts of {line}", float(counts.sum())),
        GlanceNumber(f"{line} per pixel", float(counts.mean()), "counts"),
    )
    means = {f"{name} / 1": grid.mean(axis=1) for name, grid in found.counts.items()}
    drawn = pl.DataFrame({"Row / 1": np.arange(counts.shape[0])} | means)
    return Glance(numbers, lambda axes: _draw(axes, line, counts), drawn)


def _draw(axes: Axes, line: str, counts: np.ndarray) -> None:
    shown = axes.imshow(counts, cmap="viridis")
    assert axes.figure is not None
    axes.figure.colorbar(shown, ax=axes, label=f"{line} / counts per pixel")
    axes.set_xlabel("across / pixels")
    axes.set_ylabel("down / pixels")
