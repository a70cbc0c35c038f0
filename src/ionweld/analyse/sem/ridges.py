"""Where the crest of a bright ridge beside an edge lies in each row: a peak on a step.

In secondary-electron pictures the border of a material is brighter than its inside (the edge effect). Near the ridge
each row is modelled as

    I(x) = a [1 - F] + d F + h exp(-(x - c)^2 / (2 w^2)),   F = (1 + erf((x - c)/(sqrt(2) w)))/2,

which follows it from row to row by c. The step need not stand in the middle of the peak, so the brightest point beside
c is that of a cubic through the top of a block of rows, laid upon each other by c: within w of c + w u, where the curve
above has its maximum, u = (d - a)/(h sqrt(2 pi)).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, median_filter
from scipy.optimize import least_squares
from scipy.special import ndtr

Array = NDArray[np.float64]
_STEPS = 12
_LOOKED_AT = 2.5  # widths of the ridge on either side of its crest
_SHOULDER = 2.0  # a "crest" further than that many widths from the middle of its peak is a shoulder, not a peak
_BLOCK = 16  # rows that share a shape of the top: its error shows as scatter between the blocks
_NARROWEST_TOP = 2.5  # pixels on either side of a crest: a cubic needs five
_RECENTRED = 4
_FURTHEST = 60  # pixels from the edge


def fit_ridge(rows: Array, edge: Array, rising: bool, limit: float, least: float) -> Array | None:
    """Return the crest next to an edge in each row, shape (rows,), or None when no ridge stands there.

    rows: grey levels, shape (rows, columns). edge: its position in each row; the crest is the first one up its slope.
    limit: pixels from the edge within which it must be. least: how many grey levels it must stand above the lowest
    grey within `limit` on either side of it.
    """
    reach = int(min(limit, _FURTHEST))
    smooth_edge = median_filter(edge, max(3, len(edge) // 12) | 1, mode="nearest")
    found = _crest(_laid_upon(rows, smooth_edge, 2 * reach), rising, reach, least)
    if found is None:
        return None
    place, half = smooth_edge + found[0], max(3, int(np.ceil(found[1])))
    shape = _shape(_laid_upon(rows, place, half))
    if shape is None:
        return None
    place = _follow(rows, place, shape[0], half)
    shape = _shape(_laid_upon(rows, place, half)) or shape  # truer, now that the crests lie upon each other
    blocks = np.array_split(np.arange(len(rows)), max(1, len(rows) // _BLOCK))
    moved = [place[block] + _brightest(_laid_upon(rows[block], place[block], 2 * half), *shape) for block in blocks]
    return np.concatenate(moved)


def _brightest(profile: Array, width: float, crest: float) -> float:
    """Return the maximum of the cubic through the profile's top, in pixels from its middle."""
    middle, half = width * crest, max(width, _NARROWEST_TOP)
    for _ in range(_RECENTRED):  # a window that is not centred on the top would pull it towards its own middle
        x = np.arange(len(profile)) - 0.5 * (len(profile) - 1) - middle
        near = np.abs(x) <= half
        slope = np.polynomial.Polynomial.fit(x[near], profile[near], 3).deriv()
        tops = [float(root.real) for root in slope.roots() if abs(root.imag) < 1e-9 and slope.deriv()(root.real) < 0]
        middle += next((top for top in tops if abs(top) <= half), 0.0)
    return float(np.clip(middle, width * crest - half, width * crest + half))


def _laid_upon(rows: Array, place: Array, half: int) -> Array:
    """Return the mean of all rows, shape (2 half + 1,), each moved so that its place stands in the middle."""
    x = place[:, None] + np.arange(-half, half + 1)[None, :]
    low = np.clip(np.floor(x).astype(np.intp), 0, rows.shape[1] - 2)
    part = np.clip(x - low, 0.0, 1.0)
    return np.mean(
        (1.0 - part) * np.take_along_axis(rows, low, axis=1) + part * np.take_along_axis(rows, low + 1, axis=1), axis=0
    )


def _crest(profile: Array, rising: bool, reach: int, least: float) -> tuple[int, float] | None:
    """Return how far from the edge the crest is, and over how many pixels on either side the ridge is to be fitted."""
    smooth = gaussian_filter1d(profile, 1.0)
    step, middle = (1 if rising else -1), len(profile) // 2
    top = middle
    while abs(top - middle) < reach and smooth[top + step] > smooth[top]:
        top += step
    sides = smooth[max(0, top - reach) : top + 1][::-1], smooth[top : top + reach + 1]
    height = float(smooth[top] - max(side.min() for side in sides))
    if abs(top - middle) >= reach or height < least:
        return None
    falls = [int(np.argmax(side <= smooth[top] - 0.5 * height)) for side in sides]
    return top - middle, _LOOKED_AT * min(falls) / np.sqrt(2.0 * np.log(2.0))


def _columns(x: Array, width: float) -> Array:
    step, peak = ndtr(x / width), np.exp(-0.5 * (x / width) ** 2)
    return np.stack([1.0 - step, step, peak], axis=-1)


def _shape(profile: Array) -> tuple[float, float] | None:
    """Return the width w of the ridge, and u; None when the mean of these rows has no peak."""
    half = len(profile) // 2
    x = np.arange(-half, half + 1, dtype=float)

    def levels(unknown: Array) -> tuple[Array, Array]:
        columns = _columns(x - unknown[0], float(np.exp(unknown[1])))
        return columns, np.asarray(np.linalg.lstsq(columns, profile, rcond=None)[0], dtype=float)

    def residual(unknown: Array) -> Array:
        columns, found = levels(unknown)
        return columns @ found - profile

    bounds = ([-half, np.log(0.5)], [half, np.log(2.0 * half)])
    unknown = least_squares(residual, [0.0, np.log(half / _LOOKED_AT)], bounds=bounds).x
    left, right, height = levels(unknown)[1]
    if height <= 0 or abs(right - left) > _SHOULDER * np.sqrt(2.0 * np.pi) * height:
        return None
    return float(np.exp(unknown[1])), float((right - left) / (height * np.sqrt(2.0 * np.pi)))


def _follow(rows: Array, place: Array, width: float, half: int) -> Array:
    """Return the middle of the peak in each row, by Gauss-Newton with the levels projected out."""
    columns = np.rint(place)[:, None] + np.arange(-half, half + 1)[None, :]
    x = np.clip(columns, 0, rows.shape[1] - 1)
    grey = np.take_along_axis(rows, x.astype(np.intp), axis=1)
    centre: Array = place.copy()
    for _ in range(_STEPS):
        z = x - centre[:, None]
        basis = _columns(z, width)
        inverse = np.linalg.pinv(basis)
        levels = np.einsum("rix,rx->ri", inverse, grey)
        slope = levels[:, 2:] * z / width**2 - (levels[:, 1:2] - levels[:, :1]) / (width * np.sqrt(2.0 * np.pi))
        by = basis[:, :, 2] * slope
        by -= np.einsum("rxi,ri->rx", basis, np.einsum("rix,rx->ri", inverse, by))
        residual = grey - np.einsum("rxi,ri->rx", basis, levels)
        step = np.sum(by * residual, axis=1) / np.maximum(np.sum(by * by, axis=1), 1e-9)
        centre = np.clip(centre + np.clip(step, -0.5 * width, 0.5 * width), place - half, place + half)
    return centre
