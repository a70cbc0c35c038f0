"""Infrared bands: their shape, and light turned into absorbance."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_SKEWS = np.linspace(-3.0, 3.0, 61)
_STRETCHED = np.linspace(-16.0, 16.0, 4001)
_OFFSETS = np.sinh(_STRETCHED)  # in widths: dense at the band, wide enough for a Lorentzian's tails


def band(
    wavenumber: ArrayLike, position: ArrayLike, width: ArrayLike, lorentz_share: ArrayLike, skew: float = 0.0
) -> Floats:
    """Return a band of area 1: eta Lorentz + (1 - eta) Gauss of the same full width, which grows from flank to flank.

    wavenumber, position, width: cm-1; the result is in cm (absorbance per cm-1 of area). The maximum stands at
    `position`. skew s: at a distance of x widths the width is 2 / (1 + exp(s x)) times `width`; valid from -3 to 3.

    Source: Stancik and Brauns 2008, 10.1016/j.vibspec.2008.02.009 (equations 3 to 5), scaled to area 1 by quadrature.
    """
    lorentz, gauss = _shapes(
        (np.asarray(wavenumber, dtype=float) - np.asarray(position, dtype=float)) / np.asarray(width, dtype=float), skew
    )
    share = np.asarray(lorentz_share)
    areas = np.interp(skew, _SKEWS, _LORENTZ), np.interp(skew, _SKEWS, _GAUSS)
    return (share * lorentz / areas[0] + (1.0 - share) * gauss / areas[1]) / np.asarray(width)


def _shapes(x: Floats, skew: float) -> tuple[Floats, Floats]:
    """Return Lorentz and Gauss of height 1 at x widths from their maximum."""
    u = x * (1.0 + np.exp(np.clip(skew * x, -50.0, 50.0))) if skew else 2.0 * x
    square = np.minimum(u * u, 1e300)
    return 1.0 / (1.0 + square), np.exp(-np.log(2.0) * np.minimum(square, 1000.0))


_AREAS = np.array(
    [[np.trapezoid(shape * np.cosh(_STRETCHED), _STRETCHED) for shape in _shapes(_OFFSETS, skew)] for skew in _SKEWS]
)
_LORENTZ, _GAUSS = _AREAS[:, 0], _AREAS[:, 1]
