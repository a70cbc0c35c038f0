"""What a cell stores and lets through in a small alternating current, per area; and what a resistance hides of it.

omega is the angular frequency (rad/s). A constant-phase element is Z = 1/(Q (j omega)^n) throughout, here per area: Q in
s^n/(ohm m2). Everything is linear in the perturbation, so these laws hold about any state that moves slowly.
"""

from typing import Any

import numpy as np

from ionweld.laws.constants import EPSILON_0


def dielectric_capacitance(epsilon_r: Any, spread_length: Any) -> Any:
    """Return the capacitance of the pellet per electrode area (F/m2): C = epsilon_r epsilon_0 / s.

    epsilon_r: relative permittivity; spread_length: s = spreading L (m), thickness times spreading factor, so that
    displacement and conduction share one geometry and R C = epsilon/sigma. Source: plate capacitor.
    """
    return epsilon_r * EPSILON_0 / spread_length


def boundary_capacitance(per_length: Any, spread_length: Any) -> Any:
    """Return the capacitance of the grain boundaries per electrode area (F/m2): C = C' / s.

    per_length: C' (F/m), the capacitance of a cube of unit edge; spread_length: s (m), see dielectric_capacitance.
    Source: definition of the capacitance per length of cell geometry by which Irvine, Sinclair and West 1990 tell
    grain from grain boundary (from a digest).
    """
    return per_length / spread_length


def phase_element(R: Any, C: Any, n: Any) -> Any:
    """Return Q = (R C)^n / R (s^n/(ohm m2)) of the constant-phase element that beside R has the time constant R C.

    R (ohm m2), C: capacitance at the apex of the arc (F/m2), n: exponent, 0 to 1.
    Source: Hsu and Mansfeld 2001, 10.5006/1.3280607, solved for Q.
    """
    return (R * C) ** n / R


def phase_element_at(C: Any, omega_0: Any, n: Any) -> Any:
    """Return Q = C omega_0^(1 - n) (s^n/(ohm m2)) of a constant-phase element with the susceptance of C at omega_0.

    C (F/m2); omega_0: rad/s, where the modulus of its admittance is omega_0 C; n: exponent.
    Source: definition; for an interface that blocks, where there is no arc to take the capacitance from.
    """
    return C * omega_0 ** (1.0 - n)


def shunted(omega: Any, conductance: Any, Q: Any, n: Any) -> Any:
    """Return Z = 1/(g + Q (j omega)^n) (ohm m2): a path of conductance g (S/m2) beside a constant-phase element.

    g = 0 is a blocking interface. Source: parallel connection.
    """
    return 1.0 / (conductance + Q * (1j * omega) ** n)


def limiting_capacitance(capacity: Any, z: Any, slope: Any, edge: Any) -> Any:
    """Return the charge that a cathode takes up per voltage (F/m2): C = capacity/|dU/dz|, |dU/dz| = slope + edge/[z (1 - z)].

    capacity: charge of full lithiation (C/m2); z: lithiated fraction; slope, edge (V).
    Source: derivative of laws.cathode.plateau_potential.
    """
    return capacity * z * (1.0 - z) / (edge + slope * z * (1.0 - z))


def bounded_diffusion(omega: Any, R_d: Any, C: Any) -> Any:
    """Return Z = s coth(s)/(j omega C), s = sqrt(3 j omega R_d C) (ohm m2): diffusion into a layer with a blocked end.

    R_d: resistance of diffusion to a slow current (ohm m2), at least 0; C: limiting capacitance (F/m2). At low
    frequency Z = R_d + 1/(j omega C); R_d = 0 is the plain capacitance.
    Source: the finite-space Warburg element, R coth(s)/s with R = 3 R_d, tau = 3 R_d C, written for its low-frequency limit.
    """
    s = (3j * omega * R_d * C) ** 0.5
    safe = s + 1e-9 * (abs(s) < 1e-9)  # s coth(s) = 1 + s^2/3: no digit of a double is changed
    return safe / np.tanh(safe) / (1j * omega * C)
