"""Infrared bands: their shape, and light turned into absorbance."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def band(wavenumber: ArrayLike, position: ArrayLike, width: ArrayLike, lorentz_share: ArrayLike) -> Floats:
    """Return a band of area 1: eta Lorentz + (1 - eta) Gauss of the same full width at half maximum.

    wavenumber, position, width: cm-1; the result is in cm (absorbance per cm-1 of area).

    Source: definition.
    """
    x = 2.0 * (np.asarray(wavenumber) - position) / np.asarray(width)
    gauss = np.sqrt(np.log(2.0) / np.pi) * np.exp(-np.log(2.0) * x * x)
    lorentz = 1.0 / (np.pi * (1.0 + x * x))
    share = np.asarray(lorentz_share)
    return 2.0 / np.asarray(width) * (share * lorentz + (1.0 - share) * gauss)
