"""TLMR: a composite electrode: ions in one rail, electrons in the other, a reaction between them all along.

    Z = (Ri Re/A) [1 + 2/(s sinh s)] + (Ri^2 + Re^2)/A coth(s)/s,   A = Ri + Re,  s^2 = A [1/Rct + Q (j omega)^n]

Ri, Re: resistance of each rail over the whole thickness; Rct, Q, n: of the whole inner surface. With Re = 0 and no
reaction it is the pore with blocking walls (TLM). Ions enter on one side, electrons leave on the other.
Source: Bisquert 2002, 10.1021/jp011941g (general transmission line with two rails)."""

from typing import Any

import numpy as np

from ionweld.spec.circuit.element import Element, N, Parameter, Q


def impedance(omega: Any, Ri: Any, Re: Any, Rct: Any, Q: Any, n: Any) -> Any:
    """Return Z in ohm; all resistances in ohm, Q in s^n/ohm."""
    return slopes(omega, Ri, Re, Rct, Q, n)[0]


def slopes(omega: Any, Ri: Any, Re: Any, Rct: Any, Q: Any, n: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return Z and its derivatives by the logarithms of Ri, Re, Rct, Q and n."""
    stored = Q * np.exp(n * np.log(1j * omega))
    A, y = Ri + Re, 1 / Rct + stored
    s = np.sqrt(A * y)
    inverse_sinh, coth = _inverse_sinh(s), 1 / np.tanh(s)
    through, across = Ri * Re / A, (Ri**2 + Re**2) / A
    f, g = 1 + 2 * inverse_sinh / s, coth / s
    by_log_s = through * -2 * inverse_sinh * (1 / s + coth) - across * (inverse_sinh**2 + g)
    Z = through * f + across * g
    by_y = 0.5 * by_log_s / y
    rails = [
        own * (other**2 / A**2 * f + (2 * own * A - Ri**2 - Re**2) / A**2 * g + 0.5 * by_log_s / A)
        for own, other in ((Ri, Re), (Re, Ri))
    ]
    return Z, (*rails, -by_y / Rct, by_y * stored, by_y * stored * n * np.log(1j * omega))


def _inverse_sinh(s: Any) -> Any:
    """Return 1/sinh(s), without overflow."""
    small = np.exp(-s)
    return 2 * small / (1 - small**2)


ELEMENT = Element(
    symbol="TLMR",
    name="transmission line, two rails, reaction",
    parameters=(
        Parameter("Ri", "ohm", "ohm"),
        Parameter("Re", "ohm", "ohm"),
        Parameter("Rct", "ohm", "ohm"),
        Q,
        N,
    ),
    formula="Ri*Re/(Ri + Re)*(1 + 2/(sqrt((Ri + Re)*(1/Rct + Q*(j*w)**n))*sinh(sqrt((Ri + Re)*(1/Rct + Q*(j*w)**n))))) + (Ri**2 + Re**2)/(Ri + Re)*coth(sqrt((Ri + Re)*(1/Rct + Q*(j*w)**n)))/sqrt((Ri + Re)*(1/Rct + Q*(j*w)**n))",
    impedance=impedance,
    slopes=slopes,
    aliases=(),
)
