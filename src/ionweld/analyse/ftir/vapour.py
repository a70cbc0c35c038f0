"""Lines of water vapour in the beam: narrow, many, and right where O-H of LiOH and carbonyls stand.

They are looked for in what a fit without them leaves over. When they are there, each of them is a line of the fit by
itself, because their strengths relative to each other depend on resolution and temperature.
"""

import numpy as np
from numpy.typing import NDArray

from ionweld.spec.infrared import vapour_lines

Floats = NDArray[np.float64]

_SEEN = 4.0  # standard errors of the mean height at the lines' places
_FEWEST = 6


def lines_in(x: Floats) -> Floats:
    """Return the places (cm-1) of the lines in a range."""
    known = vapour_lines()
    return np.array([place for place in known.positions if x[0] + known.width < place < x[-1] - known.width])


def shows_vapour(x: Floats, residual: Floats) -> bool:
    """Return whether the residual is higher at the lines than it would be at as many places of chance."""
    places = lines_in(x)
    if len(places) < _FEWEST:
        return False
    rough = residual - np.convolve(np.pad(residual, 10, mode="edge"), np.ones(21) / 21.0, mode="valid")
    heights = np.interp(places, x, rough)
    return bool(heights.mean() > _SEEN * rough.std() / np.sqrt(len(places)))
