"""Impedance of circuit elements, and what follows from a resistance: capacitance, conductivity, spreading.

Every element is stated as Z(omega, parameters) and as its derivatives dZ/d(ln p), because fits run in logarithms of
parameters that span fifteen decades. `omega` is the angular frequency in rad/s; parameters broadcast against it, so
a column of shape (k, 1) evaluates k parameter sets at once. The constant-phase element is Z = 1/(Q (j omega)^n)
everywhere; Q has the unit s^n/ohm.

Sources: constant-phase element, Warburg and finite diffusion in the parametrisation of impedance.py 1.7
(10.21105/joss.02349), checked against it in the tests; transmission line after de Levie (blocking pore).
"""

from typing import Any

import numpy as np

# Beyond this real part tanh and coth equal 1 to double precision, and sinh would overflow soon after.
_LARGE = 20.0


def resistor(omega: Any, R: Any) -> Any:
    """Return Z = R in ohm. Source: Ohm's law."""
    return R * (_one_like(omega) + 0j)


def resistor_slopes(omega: Any, R: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return Z and (dZ/d ln R,). Source: derivative of the law above."""
    Z = resistor(omega, R)
    return Z, (Z,)


def inductor(omega: Any, L: Any) -> Any:
    """Return Z = j omega L in ohm, L in H. Source: definition of inductance."""
    return 1j * omega * L


def inductor_slopes(omega: Any, L: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return Z and (dZ/d ln L,). Source: derivative of the law above."""
    Z = inductor(omega, L)
    return Z, (Z,)


def capacitor(omega: Any, C: Any) -> Any:
    """Return Z = 1/(j omega C) in ohm, C in F. Source: definition of capacitance."""
    return -1j / (omega * C)


def capacitor_slopes(omega: Any, C: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return Z and (dZ/d ln C,). Source: derivative of the law above."""
    Z = capacitor(omega, C)
    return Z, (-Z,)


def constant_phase(omega: Any, Q: Any, n: Any) -> Any:
    """Return Z = 1/(Q (j omega)^n) in ohm, Q in s^n/ohm, n between 0 and 1.

    Source: definition, with Q as in impedance.py (10.21105/joss.02349).
    """
    # (j omega)^n in polar form: one real power instead of a complex one.
    return np.exp(-0.5j * np.pi * n) / (Q * omega**n)


def constant_phase_slopes(omega: Any, Q: Any, n: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return Z and (dZ/d ln Q, dZ/d ln n). Source: derivative of the law above."""
    Z = constant_phase(omega, Q, n)
    return Z, (-Z, -n * _log_j(omega) * Z)


def warburg(omega: Any, A: Any) -> Any:
    """Return Z = A (1 - j)/sqrt(omega) in ohm, semi-infinite diffusion, A in ohm/s^0.5.

    Source: impedance.py 1.7 (10.21105/joss.02349).
    """
    return A * (1 - 1j) / omega**0.5


def warburg_slopes(omega: Any, A: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return Z and (dZ/d ln A,). Source: derivative of the law above."""
    Z = warburg(omega, A)
    return Z, (Z,)


def open_warburg(omega: Any, R: Any, tau: Any) -> Any:
    """Return Z = R coth(s)/s with s = sqrt(j omega tau): diffusion in a layer with a blocking end, R in ohm.

    Source: impedance.py 1.7 (10.21105/joss.02349), Wo.
    """
    s = _root_j(omega * tau)
    return R * _coth(s) / s


def open_warburg_slopes(omega: Any, R: Any, tau: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return Z and (dZ/d ln R, dZ/d ln tau). Source: derivative of the law above."""
    s = _root_j(omega * tau)
    coth = _coth(s)
    Z = R * coth / s
    return Z, (Z, -0.5 * R * (_inverse_sinh_squared(s) + coth / s))


def short_warburg(omega: Any, R: Any, tau: Any) -> Any:
    """Return Z = R tanh(s)/s with s = sqrt(j omega tau): diffusion in a layer with an open end, R in ohm.

    Source: impedance.py 1.7 (10.21105/joss.02349), Ws.
    """
    s = _root_j(omega * tau)
    return R * np.tanh(s) / s


def short_warburg_slopes(omega: Any, R: Any, tau: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return Z and (dZ/d ln R, dZ/d ln tau). Source: derivative of the law above."""
    s = _root_j(omega * tau)
    tanh = np.tanh(s)
    Z = R * tanh / s
    return Z, (Z, 0.5 * R * (1 - tanh**2 - tanh / s))


def gerischer(omega: Any, R: Any, tau: Any) -> Any:
    """Return Z = R/sqrt(1 + j omega tau) in ohm: diffusion coupled to a reaction.

    Source: impedance.py 1.7 (10.21105/joss.02349), G.
    """
    return R / (1 + 1j * omega * tau) ** 0.5


def gerischer_slopes(omega: Any, R: Any, tau: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return Z and (dZ/d ln R, dZ/d ln tau). Source: derivative of the law above."""
    Z = gerischer(omega, R, tau)
    return Z, (Z, -0.5 * Z * 1j * omega * tau / (1 + 1j * omega * tau))


def transmission_line(omega: Any, R: Any, Q: Any, n: Any) -> Any:
    """Return Z = R coth(s)/s with s = sqrt(R Q (j omega)^n): a pore with blocking walls, R in ohm, Q in s^n/ohm.

    Source: de Levie, blocking pore (citation not checked).
    """
    s = (R / constant_phase(omega, Q, n)) ** 0.5
    return R * _coth(s) / s


def transmission_line_slopes(omega: Any, R: Any, Q: Any, n: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return Z and (dZ/d ln R, dZ/d ln Q, dZ/d ln n). Source: derivative of the law above."""
    s = (R / constant_phase(omega, Q, n)) ** 0.5
    coth = _coth(s)
    Z = R * coth / s
    by_Q = -0.5 * R * (_inverse_sinh_squared(s) + coth / s)
    return Z, (Z + by_Q, by_Q, by_Q * n * _log_j(omega))


def _one_like(omega: Any) -> Any:
    return omega / omega


def _log_j(omega: Any) -> Any:
    """Return ln(j omega) on its principal branch."""
    return np.log(omega) + 0.5j * np.pi


def _root_j(x: Any) -> Any:
    """Return sqrt(j x) for real positive x."""
    return (1 + 1j) * (0.5 * x) ** 0.5


def _coth(s: Any) -> Any:
    return 1 / np.tanh(s)


def _inverse_sinh_squared(s: Any) -> Any:
    """Return 1/sinh(s)^2, zero where sinh would overflow."""
    small = np.where(np.real(s) < _LARGE, s, _LARGE)
    return np.where(np.real(s) < _LARGE, 1 / np.sinh(small) ** 2, 0.0)


def arc_time(R: Any, Q: Any, n: Any) -> Any:
    """Return tau = (R Q)^(1/n) in s, the time constant of R parallel to a constant-phase element.

    Source: where the two branches of the parallel circuit have the same modulus.
    """
    return (R * Q) ** (1 / n)


def capacitance_hsu_mansfeld(R: Any, Q: Any, n: Any) -> Any:
    """Return C = (R Q)^(1/n)/R in F: the capacitance of the arc at its apex frequency.

    Source: Hsu and Mansfeld 2001, 10.5006/1.3280607, as used by the published pellet series (checked in the tests).
    """
    return arc_time(R, Q, n) / R


def capacitance_brug(R: Any, Q: Any, n: Any, R_series: Any) -> Any:
    """Return C = Q^(1/n) (1/R_series + 1/R)^((n - 1)/n) in F, for a surface distribution of time constants.

    Source: Brug et al. 1984, 10.1016/S0022-0728(84)80324-1. Always at most the Hsu-Mansfeld value.
    """
    return Q ** (1 / n) * (1 / R_series + 1 / R) ** ((n - 1) / n)


def conductivity(resistance_ohm: Any, thickness_m: Any, area_m2: Any) -> Any:
    """Return sigma = L/(R A) in S/m. Source: Ohm's law."""
    return thickness_m / (resistance_ohm * area_m2)
