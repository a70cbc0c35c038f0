"""Powder diffraction: where the lines of a crystal stand and how strong they are.

A cell is written through its reciprocal metric: 1/d^2 of the reflection hkl is a sum of a few numbers (one for a cubic
lattice, six for a triclinic one) weighted by whole numbers made of h, k and l. Written so, a cell is linear, and all
reflections that cannot be told apart in a powder have the same whole numbers.

Lengths here are in angstrom, as the field writes them; angles 2 theta in degrees.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Lattice = Literal["cubic", "tetragonal", "hexagonal", "orthorhombic", "monoclinic", "triclinic"]
Floats = NDArray[np.float64]

# Which of (h^2, k^2, l^2, kl, hl, hk) share one number of the reciprocal metric, per lattice. Monoclinic: b unique.
_METRIC: dict[Lattice, Floats] = {
    "cubic": np.array([[1, 1, 1, 0, 0, 0]], dtype=float),
    "tetragonal": np.array([[1, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0]], dtype=float),
    "hexagonal": np.array([[1, 1, 0, 0, 0, 1], [0, 0, 1, 0, 0, 0]], dtype=float),
    "orthorhombic": np.array([[1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0]], dtype=float),
    "monoclinic": np.array(
        [[1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 1, 0]], dtype=float
    ),
    "triclinic": np.eye(6),
}


def index_sums(lattice: Lattice, hkl: ArrayLike) -> NDArray[np.int64]:
    """Return the whole numbers n with 1/d^2 = n . metric: shape (reflections, free numbers of the lattice).

    Source: quadratic form of the reciprocal metric.
    """
    h, k, l = np.asarray(hkl, dtype=np.int64).T  # noqa: E741 - the field's own letters
    products = np.stack([h * h, k * k, l * l, k * l, h * l, h * k], axis=1)
    return products @ _METRIC[lattice].astype(np.int64).T


def metric_of(lattice: Lattice, cell: ArrayLike) -> Floats:
    """Return the free numbers of the reciprocal metric (1/angstrom^2) of `cell` = (a, b, c, alpha, beta, gamma).

    The reciprocal metric tensor is the inverse of G with G_ij = a_i . a_j (International Tables for Crystallography
    volume B, section 1.1); its off-diagonal terms count twice in 1/d^2 = h^T G* h.

    Source: definition of the reciprocal lattice.
    """
    star = np.linalg.inv(metric_tensor(cell))
    six = np.array([star[0, 0], star[1, 1], star[2, 2], 2 * star[1, 2], 2 * star[0, 2], 2 * star[0, 1]])
    rows = _METRIC[lattice]
    return np.array([six[row.argmax()] for row in rows])


def cell_of(lattice: Lattice, metric: ArrayLike) -> Floats:
    """Return (a, b, c in angstrom, alpha, beta, gamma in degrees) of the numbers that metric_of gives.

    Source: definition of the reciprocal lattice.
    """
    s = np.asarray(metric, dtype=float) @ _METRIC[lattice]
    star = np.array(
        [[s[0], s[5] / 2, s[4] / 2], [s[5] / 2, s[1], s[3] / 2], [s[4] / 2, s[3] / 2, s[2]]]
    )  # the off-diagonal terms count twice in 1/d^2
    g = np.linalg.inv(star)
    a, b, c = np.sqrt(np.diag(g))
    cosines = np.array([g[1, 2] / (b * c), g[0, 2] / (a * c), g[0, 1] / (a * b)])
    return np.concatenate([[a, b, c], np.degrees(np.arccos(np.clip(cosines, -1.0, 1.0)))])


def metric_tensor(cell: ArrayLike) -> Floats:
    """Return the metric tensor (angstrom^2) of a cell (a, b, c in angstrom, alpha, beta, gamma in degrees).

    Source: definition.
    """
    lengths, angles = np.split(np.asarray(cell, dtype=float), 2)
    cos_alpha, cos_beta, cos_gamma = np.cos(np.radians(angles))
    cosines = np.array([[1.0, cos_gamma, cos_beta], [cos_gamma, 1.0, cos_alpha], [cos_beta, cos_alpha, 1.0]])
    return np.outer(lengths, lengths) * cosines


def volume(cell: ArrayLike) -> float:
    """Return the volume of a cell, angstrom^3. Source: root of the determinant of the metric tensor."""
    return float(np.sqrt(np.linalg.det(metric_tensor(cell))))


def bragg_angle(inverse_d_squared: ArrayLike, wavelength: ArrayLike) -> Floats:
    """Return 2 theta in degrees, from lambda = 2 d sin(theta); NaN where the wave is too long to be reflected.

    Source: Bragg's law.
    """
    sine = np.asarray(wavelength) * np.sqrt(np.asarray(inverse_d_squared)) / 2.0
    return 2.0 * np.degrees(np.arcsin(np.where(sine < 1.0, sine, np.nan)))


def lorentz_polarisation(two_theta_deg: ArrayLike) -> Floats:
    """Return (1 + cos^2 2t) / (sin^2 t cos t): powder, Bragg-Brentano, no monochromator. Diverges at 0 and 180 deg.

    Source: kinematic theory of powder diffraction.
    """
    two_theta = np.radians(two_theta_deg)
    theta = two_theta / 2.0
    return (1.0 + np.cos(two_theta) ** 2) / (np.sin(theta) ** 2 * np.cos(theta))


def scattering_factor(coefficients: ArrayLike, sine_over_wavelength: ArrayLike) -> Floats:
    """Return f0(s) = c + sum_i a_i exp(-b_i s^2), s = sin(theta)/lambda in 1/angstrom.

    coefficients: a1..a5, c, b1..b5 (Waasmaier and Kirfel 1995, 10.1107/S0108767394013292; s up to 6 1/angstrom).
    Returns shape of s.
    """
    numbers = np.asarray(coefficients, dtype=float)
    s2 = np.asarray(sine_over_wavelength, dtype=float)[..., None] ** 2
    return numbers[5] + np.sum(numbers[:5] * np.exp(-numbers[6:] * s2), axis=-1)


def structure_factor_squared(hkl: ArrayLike, positions: ArrayLike, amplitudes: ArrayLike) -> Floats:
    """Return |F|^2 of each reflection: F = sum_j f_j exp(2 pi i (h x_j + k y_j + l z_j)).

    hkl: (reflections, 3). positions: (atoms, 3), fractions of the cell, every atom of the cell. amplitudes:
    (reflections, atoms), complex: occupancy * (f0 + f' + i f'') * exp(-B s^2), in electrons.

    Source: kinematic theory of diffraction.
    """
    phase = np.exp(2j * np.pi * (np.asarray(hkl, dtype=float) @ np.asarray(positions, dtype=float).T))
    return np.abs(np.sum(np.asarray(amplitudes) * phase, axis=1)) ** 2


def march_dollase(cosine_squared: ArrayLike, r: ArrayLike) -> Floats:
    """Return by how much grains that lie unevenly strengthen a reflection: (r^2 cos^2 a + sin^2 a / r)^(-3/2).

    a: angle between the reflection and the axis about which the grains lie; r: 1 for an ideal powder, below 1 for
    platelets that lie flat. The mean over the sphere is 1. Valid for a texture with one axis, r from about 0.2 to 3.

    Source: Dollase 1986, 10.1107/S0021889886089458.
    """
    along = np.asarray(cosine_squared, dtype=float)
    return (np.square(r) * along + (1.0 - along) / np.asarray(r, dtype=float)) ** -1.5


def pseudo_voigt(offset_deg: ArrayLike, fwhm_deg: ArrayLike, lorentz_share: ArrayLike) -> Floats:
    """Return a line of area 1: eta Lorentz + (1 - eta) Gauss, both with the same full width at half maximum (deg).

    Source: definition.
    """
    x = 2.0 * np.asarray(offset_deg) / np.asarray(fwhm_deg)
    gauss = np.sqrt(np.log(2.0) / np.pi) * np.exp(-np.log(2.0) * x * x)
    lorentz = 1.0 / (np.pi * (1.0 + x * x))
    share = np.asarray(lorentz_share)
    return 2.0 / np.asarray(fwhm_deg) * (share * lorentz + (1.0 - share) * gauss)


def thompson_width(gauss: ArrayLike, lorentz: ArrayLike) -> tuple[Floats, Floats]:
    """Return full width and Lorentz share of the pseudo-Voigt that stands for a Gauss and a Lorentz width (one unit).

    width^5 = G^5 + 2.69269 G^4 L + 2.42843 G^3 L^2 + 4.47163 G^2 L^3 + 0.07842 G L^4 + L^5
    share = 1.36603 q - 0.47719 q^2 + 0.11116 q^3, with q = L / width
    Source: Thompson, Cox and Hastings 1987, 10.1107/S0021889887087090.
    """
    g, l = np.asarray(gauss, dtype=float), np.asarray(lorentz, dtype=float)  # noqa: E741 - as in the source
    fifth = ((((l + 0.07842 * g) * l + 4.47163 * g * g) * l + 2.42843 * g**3) * l + 2.69269 * g**4) * l + g**5
    width = fifth**0.2  # Horner's scheme: this runs thousands of times in a fit
    q = l / width
    return width, 1.36603 * q - 0.47719 * q * q + 0.11116 * q**3
