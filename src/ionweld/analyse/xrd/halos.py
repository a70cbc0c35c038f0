"""Broad maxima of a film or a glass that the smooth background and the one hump of a pattern leave over.

Kapton has several. They enter one by one as bells of fixed place and width, the clearest first, as long as each lowers
chi2 by clearly more than its freedom is worth. What they follow is a running median of the residual, which lines do not
reach, whether a phase explains them or not.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from ionweld.analyse.xrd.search import Fitted, basis_of

Floats = NDArray[np.float64]

_WIDTHS_deg = (
    3.0,
    4.0,
    6.0,
    9.0,
)  # full widths; a line of crystals is not that broad, the background's terms are broader
_STEP_deg = 1.0
_MOST = 6
_WORTH = 3.0  # times ln(points): place, width and amplitude, and the search over all of them
_MEDIAN_deg = 2.0


def halo_columns(fitted: Fitted) -> Floats:
    """Return the bells that a pattern needs, shape (points, bells)."""
    x, sigma = fitted.model.two_theta, fitted.problem.sigma
    places = np.arange(x[0], x[-1], _STEP_deg)
    bells = np.hstack([_bells(x, places, width) for width in _WIDTHS_deg])
    points = max(3, round(_MEDIAN_deg * (len(x) - 1) / (x[-1] - x[0])) | 1)
    basis = basis_of(fitted)
    residual: Floats = median_filter(fitted.residual, points, mode="nearest")
    weighted: Floats = bells / sigma[:, None]
    full = np.einsum("pc,pc->c", weighted, weighted)
    weighted = weighted - basis @ (basis.T @ weighted)
    chosen: list[int] = []
    while len(chosen) < _MOST:
        size = np.einsum("pc,pc->c", weighted, weighted)
        known = size > 1e-3 * full
        gains = np.where(known, np.maximum(0.0, weighted.T @ residual) ** 2 / np.where(known, size, 1.0), 0.0)
        best = int(np.argmax(gains))
        if gains[best] < _WORTH * np.log(len(x)):
            break
        chosen.append(best)
        unit = weighted[:, best] / np.sqrt(size[best])
        residual = residual - unit * (unit @ residual)
        weighted = weighted - np.outer(unit, unit @ weighted)
    return bells[:, chosen]


def _bells(x: Floats, places: Floats, width: float) -> Floats:
    return np.exp(-4.0 * np.log(2.0) * ((x[:, None] - places) / width) ** 2)
