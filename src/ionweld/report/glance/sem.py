"""A micrograph at first sight: the picture; the length of a pixel, the field of view, and its width in pixels."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from matplotlib.axes import Axes

from ionweld.measurement.micrograph import Micrograph
from ionweld.report.glance import Glance, GlanceNumber

_UNKNOWN = 'the file does not say how long a pixel is: --scale "100 nm/px"'


def glance(pictures: Sequence[Micrograph]) -> Glance:
    """Return the first sight of one picture; its table is the mean grey of each row."""
    (picture,) = pictures
    width = picture.grey.shape[1]
    metres = picture.scale.metres_per_pixel if picture.scale else None
    numbers = (
        GlanceNumber("length of a pixel", 1e9 * metres if metres else None, "nm", _UNKNOWN),
        GlanceNumber("field of view", 1e6 * metres * width if metres else None, "um", _UNKNOWN),
        GlanceNumber("width", width, "px"),
    )
    rows = np.arange(picture.grey.shape[0])
    drawn = pl.DataFrame({"Row / 1": rows, "Mean Grey / 1": picture.grey.mean(axis=1)})
    return Glance(numbers, lambda axes: _draw(axes, picture), drawn)


def _draw(axes: Axes, picture: Micrograph) -> None:
    rows, columns = picture.grey.shape
    per_pixel = 1e6 * picture.scale.metres_per_pixel if picture.scale else 1.0
    every = max(1, columns // 1500)
    extent = (0.0, columns * per_pixel, rows * per_pixel, 0.0)
    axes.imshow(picture.grey[::every, ::every], cmap="gray", extent=extent)
    unit = r"$\mathrm{\mu m}$" if picture.scale else "pixels"
    axes.set_xlabel(f"across / {unit}")
    axes.set_ylabel(f"down / {unit}")
