"""Inelastic backgrounds: taken off data (Shirley, Tougaard), and as part of a model (what a line leaves behind it).

Energies are binding energies in ascending order: scattered electrons appear above the line that they come from.
"""

import numpy as np
from numpy.typing import NDArray

from ionweld.errors import ComputationError

Array = NDArray[np.float64]

# Universal cross section B T/(C + T^2)^2, S. Tougaard, Surf. Sci. 216 (1989) 343; C is kept at its universal value and
# B is fitted or scaled to the data, because a scan is shorter than the loss tail.
TOUGAARD_C_EV2 = 1643.0
_MOST_ROUNDS = 200


def shirley(energy_eV: Array, intensity: Array, edge: int = 5, tolerance: float = 1e-6) -> Array:
    """Return the Shirley background, shape (n,): at each energy proportional to the peak area below it.

    B(E) = I_low + (I_high - I_low) A(E)/A(max), A(E) = integral of (I - B) from the lowest energy to E. The end
    levels are means of `edge` channels. Raises ComputationError when the iteration does not settle.
    Source: D. A. Shirley, Phys. Rev. B 5 (1972) 4709; iteration after Proctor and Sherwood, Anal. Chem. 54 (1982) 13.
    """
    low, high = float(np.mean(intensity[:edge])), float(np.mean(intensity[-edge:]))
    background = np.full_like(intensity, low)
    for _ in range(_MOST_ROUNDS):
        area = _running_integral(energy_eV, intensity - background)
        if area[-1] <= 0:
            break
        renewed = low + (high - low) * area / area[-1]
        if np.max(np.abs(renewed - background)) <= tolerance * max(abs(high), abs(low), 1.0):
            return renewed
        background = renewed
    raise ComputationError("the Shirley background does not settle: there is no peak above the line through the ends")


def tougaard(energy_eV: Array, intensity: Array, edge: int = 5) -> Array:
    """Return the Tougaard background, shape (n,), scaled so that it meets the data at the highest energies.

    B(E) = I_low + b * integral of K(E - E') (I(E') - I_low) dE', K(T) = T/(C + T^2)^2, C = 1643 eV^2.
    Raises ComputationError when the data does not rise. Source: S. Tougaard, Surf. Sci. 216 (1989) 343.
    """
    low, high = float(np.mean(intensity[:edge])), float(np.mean(intensity[-edge:]))
    tail = tougaard_matrix(energy_eV) @ (intensity - low)
    end = float(np.mean(tail[-edge:]))
    if end <= 0:
        raise ComputationError("the Tougaard background cannot be scaled: there is no intensity above the low end")
    return low + (high - low) / end * tail


def tougaard_matrix(energy_eV: Array) -> Array:
    """Return M, shape (n, n), such that M @ s is the loss tail of s with the universal cross section for b = 1."""
    loss = energy_eV[:, None] - energy_eV[None, :]
    width = np.gradient(energy_eV)
    kernel = np.where(loss > 0, loss / (TOUGAARD_C_EV2 + loss**2) ** 2, 0.0)
    return kernel * width[None, :]


def _running_integral(x: Array, y: Array) -> Array:
    return np.concatenate([[0.0], np.cumsum(0.5 * (y[1:] + y[:-1]) * np.diff(x))])
