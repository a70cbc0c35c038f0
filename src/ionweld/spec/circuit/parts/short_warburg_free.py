"""Wsg: finite diffusion with an open end, exponent free (the generalised Warburg of many fitting programs).

Source: Bisquert and Compte 2001, 10.1016/S0022-0728(00)00497-6; Ws is n = 1/2."""

from typing import Any

import numpy as np

from ionweld.spec.circuit.element import TAU, Element, N, R


def impedance(omega: Any, R: Any, tau: Any, n: Any) -> Any:
    """Return Z = R tanh(s)/s with s = (j omega tau)^n, in ohm."""
    s = np.exp(n * np.log(1j * omega * tau))
    return R * np.tanh(s) / s


def slopes(omega: Any, R: Any, tau: Any, n: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return Z and its derivatives by ln R, ln tau and ln n."""
    log_s = n * np.log(1j * omega * tau)
    s = np.exp(log_s)
    tanh = np.tanh(s)
    by_log_s = R * ((1 - tanh**2) - tanh / s)
    return R * tanh / s, (R * tanh / s, n * by_log_s, log_s * by_log_s)


ELEMENT = Element(
    symbol="Wsg",
    name="Warburg, finite, open end, free exponent",
    parameters=(R, TAU, N),
    formula="R*tanh((j*w*tau)**n)/(j*w*tau)**n",
    impedance=impedance,
    slopes=slopes,
    aliases=(),
)
