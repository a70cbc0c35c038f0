"""How far layers lean from upright, and a picture sheared so that they stand.

A layer that runs through the picture gives the mean profile across it the sharpest steps when its rows are first moved
to stand upon each other: the tilt is the one at which the squared slope of that profile is largest.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

Array = NDArray[np.float64]

LARGEST_deg = 30.0
_STEP_deg = 1.0
_FINE_deg = 0.25
_AVERAGED_ROWS = 8
_SMOOTHED_PX = 3.0
_CLEARER = 1.5  # times the squared slope of the upright picture: less is no reason to shear it


def tilt_of(rows: Array, border: float) -> float:
    """Return the tilt of the layers in degrees, above zero when they lean to the right downwards; 0 when unclear.

    rows: grey levels, layers running up and down. border: the share of the picture on each side that is not looked at.
    """
    cut = max(2, int(border * rows.shape[0]))
    count = (rows.shape[0] - 2 * cut) // _AVERAGED_ROWS
    if count < 2:
        return 0.0
    blocks = rows[cut : cut + count * _AVERAGED_ROWS].reshape(count, _AVERAGED_ROWS, -1).mean(axis=1)
    coarse = np.arange(-LARGEST_deg, LARGEST_deg + 0.5 * _STEP_deg, _STEP_deg)
    best = _sharpest(blocks, coarse, border)
    fine = best + np.arange(-_STEP_deg, _STEP_deg + 0.5 * _FINE_deg, _FINE_deg)
    best = _sharpest(blocks, fine, border)
    clear = _sharpness(blocks, best, border) > _CLEARER * _sharpness(blocks, 0.0, border)
    return best if clear else 0.0


def sheared(rows: Array, tilt_deg: float) -> tuple[Array, float]:
    """Return the rows moved so that layers of this tilt stand upright, and the slope in pixels per row.

    A place x in row i of the result is x + slope (i - middle) in the picture; the outermost greys fill what moves in.
    """
    slope = float(np.tan(np.radians(tilt_deg)))
    x = np.clip(np.arange(rows.shape[1])[None, :] + _shifts(rows, slope), 0.0, rows.shape[1] - 1.0)
    low = np.minimum(x.astype(np.intp), rows.shape[1] - 2)
    part = x - low
    moved = (1.0 - part) * np.take_along_axis(rows, low, axis=1) + part * np.take_along_axis(rows, low + 1, axis=1)
    return moved, slope


def _shifts(rows: Array, slope: float) -> Array:
    return slope * (np.arange(len(rows), dtype=np.float64) - 0.5 * (len(rows) - 1))[:, None]


def _sharpest(blocks: Array, tilts: Array, border: float) -> float:
    return float(max(tilts, key=lambda tilt: _sharpness(blocks, float(tilt), border)))


def _sharpness(blocks: Array, tilt_deg: float, border: float) -> float:
    """Return the squared slope of the mean profile, summed over the picture without its border."""
    slope = _AVERAGED_ROWS * float(np.tan(np.radians(tilt_deg)))
    x = np.arange(blocks.shape[1])[None, :] + np.rint(_shifts(blocks, slope)).astype(np.intp)
    moved = np.take_along_axis(blocks, np.clip(x, 0, blocks.shape[1] - 1), axis=1)
    profile = gaussian_filter1d(moved.mean(axis=0), _SMOOTHED_PX, order=1)
    cut = max(2, int(border * len(profile)))
    return float(np.sum(profile[cut:-cut] ** 2))
