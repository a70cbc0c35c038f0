"""HN: an arc that is broad and skewed.

Source: Havriliak and Negami 1967, 10.1016/0032-3861(67)90021-3."""

from typing import Any

import numpy as np

from ionweld.spec.circuit.element import TAU, Element, N, Parameter, R


def impedance(omega: Any, R: Any, tau: Any, n: Any, b: Any) -> Any:
    """Return Z = R/(1 + (j omega tau)^n)^b in ohm."""
    return R * np.exp(-b * np.log(1 + np.exp(n * np.log(1j * omega * tau))))


def slopes(omega: Any, R: Any, tau: Any, n: Any, b: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return Z and its derivatives by ln R, ln tau, ln n and ln b."""
    log_u = n * np.log(1j * omega * tau)
    u = np.exp(log_u)
    Z = impedance(omega, R, tau, n, b)
    by_log_u = -b * Z * u / (1 + u)
    return Z, (Z, n * by_log_u, log_u * by_log_u, -b * np.log(1 + u) * Z)


ELEMENT = Element(
    symbol="HN",
    name="Havriliak-Negami",
    parameters=(R, TAU, N, Parameter("b", "1", "exponent")),
    formula="R/(1 + (j*w*tau)**n)**b",
    impedance=impedance,
    slopes=slopes,
    aliases=(),
)
