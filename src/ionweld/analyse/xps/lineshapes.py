"""Line shapes of unit area, with what a fit needs: derivatives and running integrals in closed form."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

Array = NDArray[np.float64]
_LN2 = float(np.log(2.0))
# Nodes and weights of exp(-u): the eight of Gauss and Laguerre but for the last three, which hold 3e-4 together. Lags
# are taken off their mean, so that a tail moves no line's mean.
_NODES, _WEIGHTS = (rule[:5] for rule in np.polynomial.laguerre.laggauss(8))
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
_LAGS = _NODES - _WEIGHTS @ _NODES


@dataclass(frozen=True, slots=True)
class Shape:
    """A line on a grid, each array of shape (n,), or one for each of several centres, shape (lines, n): value, derivatives, running integral and its derivatives.

    Derivatives are by centre, fwhm, mixing and tail; that of the integral by the centre is -value.
    """

    value: Array
    by_centre: Array
    by_fwhm: Array
    by_mix: Array
    by_tail: Array
    integral: Array
    integral_by_fwhm: Array
    integral_by_mix: Array
    integral_by_tail: Array


def pseudo_voigt_value(energy_eV: Array, centre_eV: float | Array, fwhm_eV: float, mix: float) -> Array:
    """Return the value of `pseudo_voigt` alone, which is all that a search for a start needs."""
    x, w = energy_eV - centre_eV, fwhm_eV
    square = x**2
    gauss = 2.0 * np.sqrt(_LN2 / np.pi) / w * np.exp(-4.0 * _LN2 / w**2 * square)
    return (1.0 - mix) * gauss + mix * (w / (2.0 * np.pi)) / (square + 0.25 * w**2)


def pseudo_voigt(energy_eV: Array, centre_eV: float | Array, fwhm_eV: float, mix: float) -> Shape:
    """Return the sum form of the Gauss-Lorentz line, s = (1 - mix) G + mix L, both of unit area and equal FWHM w.

    G = 2 sqrt(ln2/pi)/w exp(-4 ln2 x^2/w^2), L = (w/2pi)/(x^2 + w^2/4), x = E - centre; mix in [0, 1].
    The running integral is that from -infinity to E, so its derivative by the centre is -s.
    Source: the usual definition of the pseudo-Voigt function; derivatives taken here.
    """
    x, w = energy_eV - centre_eV, fwhm_eV
    no_tail = np.zeros_like(x)
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
        no_tail,
        (1.0 - mix) * gauss_step + mix * lorentz_step,
        -x / w * value,
        lorentz_step - gauss_step,
        no_tail,
    )


def lopsided_value(energy_eV: Array, centre_eV: float, fwhm_eV: float, mix: float, tail_eV: float) -> Array:
    """Return the value of `lopsided` alone."""
    return _WEIGHTS @ pseudo_voigt_value(energy_eV, _places(centre_eV, tail_eV), fwhm_eV, mix)


def _places(centre_eV: float | Array, tail_eV: float) -> Array:
    return np.asarray(centre_eV)[..., None, None] + (tail_eV * _LAGS)[:, None]


def lopsided(energy_eV: Array, centre_eV: float | Array, fwhm_eV: float, mix: float, tail_eV: float) -> Shape:
    """Return a line whose parts stand at different potentials: the pseudo-Voigt s spread over an exponential.

    f(E) = integral over u > 0 of exp(-u) s(E - tail (u - 1)) du, its mean at the centre, with a tail towards higher
    binding energies where tail > 0 (a surface that charges unevenly) and towards lower ones where tail < 0 (a flood gun
    that gives too much). The integral is taken at five points: to 0.5 % of the height up to a tail of 0.4 fwhm.
    Source: exponentially modified lines, Foley and Dorsey, Anal. Chem. 55 (1983) 730; the quadrature taken here.
    """
    part = pseudo_voigt(energy_eV, _places(centre_eV, tail_eV), fwhm_eV, mix)
    return Shape(
        _WEIGHTS @ part.value,
        _WEIGHTS @ part.by_centre,
        _WEIGHTS @ part.by_fwhm,
        _WEIGHTS @ part.by_mix,
        (_WEIGHTS * _LAGS) @ part.by_centre,
        _WEIGHTS @ part.integral,
        _WEIGHTS @ part.integral_by_fwhm,
        _WEIGHTS @ part.integral_by_mix,
        -(_WEIGHTS * _LAGS) @ part.value,
    )
