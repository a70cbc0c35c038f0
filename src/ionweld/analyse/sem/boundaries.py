"""The edges that run through a picture, and which two of them may bound a layer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

Array = NDArray[np.float64]

BORDER = 0.015  # share of the picture on each side that is not looked at: frames and info bars cut in there
SMALLEST_EDGE = 0.02  # of the picture's grey span: what is weaker is texture
_SCALES_PX = (2.0, 4.0)
_MOST_EDGES = 14


@dataclass(frozen=True, slots=True)
class Boundary:
    """An edge that runs through the picture: position and signed strength (grey levels per pixel)."""

    position: float
    slope: float


def find_boundaries(rows: Array) -> list[Boundary]:
    """Return the edges of the median profile, strongest kept, in order of position."""
    from scipy.signal import find_peaks  # half a second, for pictures alone

    cut_rows, cut = (max(2, int(BORDER * size)) for size in rows.shape)
    profile = np.median(rows[cut_rows:-cut_rows], axis=0)
    span = float(np.ptp(profile[cut:-cut]))
    found: list[Boundary] = []
    for scale in _SCALES_PX:
        slope = gaussian_filter1d(profile, scale, order=1)
        peaks, about = find_peaks(np.abs(slope), prominence=SMALLEST_EDGE * span / (scale * np.sqrt(2.0 * np.pi)))
        for peak in peaks[np.argsort(-about["prominences"])][:_MOST_EDGES]:
            close = any(abs(peak - other.position) < 3.0 * scale for other in found)
            if cut <= peak < len(profile) - cut and not close:
                found.append(Boundary(float(peak), float(slope[peak])))
    return sorted(found, key=lambda one: one.position)


def nested_pairs(boundaries: list[Boundary]) -> list[tuple[Boundary, Boundary]]:
    """Return the pairs of edges with nothing between them that is stronger than the weaker of the two."""
    pairs = []
    for index, left in enumerate(boundaries):
        inner = 0.0
        for right in boundaries[index + 1 :]:
            if inner < min(abs(left.slope), abs(right.slope)):
                pairs.append((left, right))
            inner = max(inner, abs(right.slope))
            if inner >= abs(left.slope):
                break
    return pairs


def nearest_pair(
    rows: Array, boundaries: list[Boundary], fractions: tuple[float, float]
) -> list[tuple[Boundary, Boundary]]:
    """Return the edges nearest to two positions, in fractions of the picture; none where that is one and the same."""
    if len(boundaries) < 2:
        return []
    ends = [min(boundaries, key=lambda one: abs(one.position - fraction * rows.shape[1])) for fraction in fractions]
    left, right = sorted(ends, key=lambda one: one.position)
    return [(left, right)] if left is not right else []
