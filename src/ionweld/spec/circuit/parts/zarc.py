"""ZARC: an arc in its own parameters, R beside a constant-phase element with tau = (R Q)^(1/n).

Source: Cole and Cole 1941, 10.1063/1.1750906, as in impedance.py (K, and Zarc there)."""

from typing import Any

import numpy as np

from ionweld.spec.circuit.element import TAU, Element, N, R


def impedance(omega: Any, R: Any, tau: Any, n: Any) -> Any:
    """Return Z = R/(1 + (j omega tau)^n) in ohm."""
    return R / (1 + np.exp(n * np.log(1j * omega * tau)))


def slopes(omega: Any, R: Any, tau: Any, n: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return Z and its derivatives by ln R, ln tau and ln n."""
    log_u = n * np.log(1j * omega * tau)
    Z = impedance(omega, R, tau, n)
    by_log_u = -Z * (1 - Z / R)
    return Z, (Z, n * by_log_u, log_u * by_log_u)


ELEMENT = Element(
    symbol="ZARC",
    name="arc (Cole-Cole)",
    parameters=(R, TAU, N),
    formula="R/(1 + (j*w*tau)**n)",
    impedance=impedance,
    slopes=slopes,
    aliases=(),
)
