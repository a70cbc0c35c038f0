"""Salt in a polymer electrolyte: its gradient under current, the voltage of that, and the current that it limits.

Lithium carries a part t of the current, the anion the rest; electrodes of lithium take no anions, so salt is used up where
lithium is plated and gathers where it is stripped, until it diffuses back as fast. All laws are those of a binary salt that
is dilute and dissociated (Nernst and Einstein), between plane electrodes. In PEO with LiTFSI, whose ions are associated,
they hold to a factor of two or three.
"""

import numpy as np

from ionweld.laws.constants import F, R
from ionweld.numerics.compiled import law

LEAST_SALT = 1e-4  # of the mean: below, the logarithm goes on as its tangent


@law
def salt_diffusivity(sigma, c, t_plus, T):
    """Return the diffusion coefficient of the salt (m2/s): D = 2 t (1 - t) sigma R T/(F^2 c).

    sigma: conductivity (S/m); c: concentration of the salt (mol/m3); t_plus: t, transference number of lithium, in (0, 1);
    T (K). From D_+ + D_- = sigma R T/(F^2 c), t = D_+/(D_+ + D_-) and D = 2 D_+ D_-/(D_+ + D_-).
    Source: Nernst-Einstein relation (textbook, for example Newman and Thomas-Alyea, Electrochemical Systems, chapter 11).
    """
    return 2.0 * t_plus * (1.0 - t_plus) * sigma * R * T / (F**2 * c)


@law
def limiting_current(D, c, t_plus, L):
    """Return the current density (A/m2) at which the salt is used up at the plated electrode: 2 c D F/(L (1 - t)).

    D: salt_diffusivity (m2/s); c: mean concentration (mol/m3); t_plus: t (1); L: distance of the electrodes (m).
    Valid: steady state, c and D even. It falls as 1/L, which was measured (Hoffman et al. 2021, limiting current in block
    copolymer electrolytes, abstract). Source: Brissot et al. 1999, 10.1016/S0378-7753(98)00242-0; Bai et al. 2016,
    10.1039/C6EE01674J (both from memory).
    """
    return 2.0 * c * D * F / (L * (1.0 - t_plus))


@law
def sand_time(D, c, t_plus, j):
    """Return how long a current far above the limiting one flows until the salt is used up (s).

    t = pi D (c F/(2 j (1 - t_+)))^2

    D (m2/s); c (mol/m3); t_plus: t_+ (1); j: current density (A/m2). Valid: diffusion has not reached the other electrode,
    t << L^2/D. The voltage of PEO cells was seen to run away at this time (Stolz et al. 2020, 10.1016/j.mattod.2020.11.025,
    abstract). Source: Sand 1901.
    """
    return np.pi * D * (c * F / (2.0 * j * (1.0 - t_plus))) ** 2


@law
def relaxation_time(D, L):
    """Return the time in which the longest wave of the gradient fades (s): L^2/(pi^2 D).

    D (m2/s); L (m). Wave k = 1, 3, 5 ... fades k^2 times as fast and holds 8/(pi k)^2 of what a steady current makes.
    Source: Fourier series of the diffusion equation with the flux given at both ends.
    """
    return L**2 / (np.pi**2 * D)


@law
def salt_logarithm(share):
    """Return ln of the salt at an electrode over its mean (1), and below a ten-thousandth of it the tangent of that.

    share: c/c_0 (1); past the limit of the transport a trial step may find less than none. The tangent is so steep that a
    voltage limit is met at once. Source: regularized by hand; a depleted layer has no other current to offer.
    """
    return np.log(np.maximum(share, LEAST_SALT)) + np.minimum(share - LEAST_SALT, 0.0) / LEAST_SALT


@law
def gradient_voltage(depletion, t_plus, T):
    """Return the voltage of a salt gradient between two electrodes of lithium (V), opposed to the current that made it.

    U = (2 R T/F)(1 - t) ln[(1 + u)/(1 - u)]

    depletion: u, by how much the salt at the plated electrode lies below its mean, over the mean (1); as much lies at the
    other above it; t_plus: t (1); T (K). Valid: dilute, activity coefficients constant; that a depleted zone conducts less
    is left out, which about doubles the drop near the limiting current.
    Source: concentration cell with transference (textbook, as above).
    """
    return 2.0 * R * T / F * (1.0 - t_plus) * (salt_logarithm(1.0 + depletion) - salt_logarithm(1.0 - depletion))
