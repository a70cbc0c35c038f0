"""Gf: a Gerischer element whose exponent is free: diffusion on a fractal, coupled to a reaction.

Source: Boukamp and Bouwmeester 2003, 10.1016/S0167-2738(02)00834-6 (the usual Gerischer is n = 1/2)."""

from typing import Any

import numpy as np

from ionweld.spec.circuit.element import TAU, Element, N, R


def impedance(omega: Any, R: Any, tau: Any, n: Any) -> Any:
    """Return Z = R/(1 + j omega tau)^n in ohm."""
    return R * np.exp(-n * np.log(1 + 1j * omega * tau))


def slopes(omega: Any, R: Any, tau: Any, n: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return Z and its derivatives by ln R, ln tau and ln n."""
    Z = impedance(omega, R, tau, n)
    x = 1j * omega * tau
    return Z, (Z, -n * Z * x / (1 + x), -n * np.log(1 + x) * Z)


ELEMENT = Element(
    symbol="Gf",
    name="Gerischer, fractal",
    parameters=(R, TAU, N),
    formula="R/(1 + j*w*tau)**n",
    impedance=impedance,
    slopes=slopes,
    aliases=(),
)
