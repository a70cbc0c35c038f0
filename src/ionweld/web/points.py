"""Fewer points of a long curve: what a screen can show, extremes kept, so that no spike is lost by looking from afar."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_WIDTHS = 8000


def kept(
    x: "NDArray[np.float64]", y: "NDArray[np.float64]", widths: int, between: tuple[float, float] | None = None
) -> "NDArray[np.intp]":
    """Return the places of the points to draw, rising: per width of a pixel the first, last, lowest and highest one.

    x: rising, shape (n,); y: shape (n,), NaN where nothing is drawn; between: the part of x that is looked at; the
    points next to it stay, so that lines run to the edge. A curve of few points is kept whole.
    """
    import numpy as np

    widths = min(max(int(widths), 1), MOST_WIDTHS)
    first, last = 0, len(x)
    if between is not None:
        first, last = np.searchsorted(x, between[0], "left") - 1, np.searchsorted(x, between[1], "right") + 1
        first, last = max(int(first), 0), min(int(last), len(x))
    if last - first <= 4 * widths:
        return np.arange(first, last)
    pixel = np.floor((x[first:last] - x[first]) / max(x[last - 1] - x[first], 1e-300) * (widths - 1))
    starts = first + np.flatnonzero(np.r_[True, np.diff(pixel) > 0])
    ends = np.r_[starts[1:], last]
    return np.unique(np.concatenate([starts, ends - 1, *_extremes(y, starts, ends)]))


def _extremes(
    y: "NDArray[np.float64]", starts: "NDArray[np.intp]", ends: "NDArray[np.intp]"
) -> tuple["NDArray[np.intp]", "NDArray[np.intp]"]:
    """Return the place of the lowest and of the highest value of each block; blocks without a value give their first."""
    import numpy as np

    first, last = starts[0], ends[-1]
    of_block = np.repeat(np.arange(len(starts)), ends - starts)
    places = []
    for sign in (1.0, -1.0):
        values = np.where(np.isnan(y[first:last]), np.inf, sign * y[first:last])
        lowest = np.minimum.reduceat(values, starts - first)
        at = np.flatnonzero(values == lowest[of_block])
        _, once = np.unique(of_block[at], return_index=True)
        places.append(first + at[once])
    return places[0], places[1]
