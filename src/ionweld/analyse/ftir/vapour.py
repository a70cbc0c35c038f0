"""Lines of water vapour in the beam: narrow, many, and right where O-H of LiOH and carbonyls stand.

They are looked for in what a fit without them leaves over. When they are there, each of them becomes a column of the
fit by itself, in a narrow and in a wide shape that together make any width between, because their strengths relative to
each other depend on resolution and temperature.
"""

import numpy as np
from numpy.typing import NDArray

from ionweld.laws.infrared import band as band_shape
from ionweld.spec.infrared import vapour_lines

Floats = NDArray[np.float64]

_SEEN = 4.0  # standard errors of the mean height at the lines' places
_FEWEST = 6
_NEAR_cm1 = 1.5  # how well the places are known


def vapour_columns(x: Floats, residual: Floats) -> Floats:
    """Return a narrow and a wide shape of each line, shape (points, 2 lines); none when the residual does not show vapour."""
    known = vapour_lines()
    margin = max(known.widths)
    places = np.array([place for place in known.positions if x[0] + margin < place < x[-1] - margin])
    if len(places) < _FEWEST or not _is_seen(x, residual, places):
        return np.empty((len(x), 0))
    best = [_highest(x, residual, place) for place in places]
    return np.stack([band_shape(x, place, width, 0.3) for place in best for width in known.widths], axis=1)


def _is_seen(x: Floats, residual: Floats, places: Floats) -> bool:
    """Return whether the residual is higher at the lines than it would be at as many places of chance."""
    rough = residual - np.convolve(np.pad(residual, 10, mode="edge"), np.ones(21) / 21.0, mode="valid")
    heights = np.interp(places, x, rough)
    return bool(heights.mean() > _SEEN * rough.std() / np.sqrt(len(places)))


def _highest(x: Floats, residual: Floats, place: float) -> float:
    near = np.flatnonzero(np.abs(x - place) <= _NEAR_cm1)
    return float(x[near[np.argmax(residual[near])]]) if len(near) else place
