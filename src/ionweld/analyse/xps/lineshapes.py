"""Line shapes of unit area, with what a fit needs: derivatives and running integrals in closed form."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

Array = NDArray[np.float64]
_LN2 = float(np.log(2.0))


@dataclass(frozen=True, slots=True)
class Shape:
    """A line on a grid, each array of shape (n,): value, derivatives by centre, fwhm and mixing, running integral."""

    value: Array
    by_centre: Array
    by_fwhm: Array
    by_mix: Array
    integral: Array
    integral_by_fwhm: Array
    integral_by_mix: Array


def pseudo_voigt_value(energy_eV: Array, centre_eV: float, fwhm_eV: float, mix: float) -> Array:
    """Return the value of `pseudo_voigt` alone, which is all that a search for a start needs."""
    x, w = energy_eV - centre_eV, fwhm_eV
    square = x**2
    gauss = 2.0 * np.sqrt(_LN2 / np.pi) / w * np.exp(-4.0 * _LN2 / w**2 * square)
    return (1.0 - mix) * gauss + mix * (w / (2.0 * np.pi)) / (square + 0.25 * w**2)


def pseudo_voigt(energy_eV: Array, centre_eV: float, fwhm_eV: float, mix: float) -> Shape:
    """Return the sum form of the Gauss-Lorentz line, s = (1 - mix) G + mix L, both of unit area and equal FWHM w.

    G = 2 sqrt(ln2/pi)/w exp(-4 ln2 x^2/w^2), L = (w/2pi)/(x^2 + w^2/4), x = E - centre; mix in [0, 1].
    The running integral is that from -infinity to E, so its derivative by the centre is -s.
    Source: the usual definition of the pseudo-Voigt function; derivatives taken here.
    """
    x, w = energy_eV - centre_eV, fwhm_eV
    gauss = 2.0 * np.sqrt(_LN2 / np.pi) / w * np.exp(-4.0 * _LN2 * (x / w) ** 2)
    square = x**2 + 0.25 * w**2
    lorentz = w / (2.0 * np.pi) / square
    value = (1.0 - mix) * gauss + mix * lorentz
    by_x = -(1.0 - mix) * 8.0 * _LN2 * x / w**2 * gauss - mix * 2.0 * x / square * lorentz
    gauss_by_w = gauss * (8.0 * _LN2 * x**2 / w**3 - 1.0 / w)
    lorentz_by_w = lorentz * (1.0 / w - 0.5 * w / square)
    gauss_step = 0.5 * (1.0 + erf(2.0 * np.sqrt(_LN2) * x / w))
    lorentz_step = 0.5 + np.arctan(2.0 * x / w) / np.pi
    return Shape(
        value,
        -by_x,
        (1.0 - mix) * gauss_by_w + mix * lorentz_by_w,
        lorentz - gauss,
        (1.0 - mix) * gauss_step + mix * lorentz_step,
        -x / w * value,
        lorentz_step - gauss_step,
    )
