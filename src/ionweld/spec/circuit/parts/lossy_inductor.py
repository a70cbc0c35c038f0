"""La: an inductor with losses, as leads and eddy currents make it.

Source: impedance.py 1.7 (10.21105/joss.02349), La: Z = L (j omega)^n."""

from typing import Any

import numpy as np

from ionweld.spec.circuit.element import Element, N, Parameter


def impedance(omega: Any, L: Any, n: Any) -> Any:
    """Return Z = L (j omega)^n in ohm, L in ohm s^n."""
    return L * np.exp(n * np.log(1j * omega))


def slopes(omega: Any, L: Any, n: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return Z and its derivatives by ln L and ln n."""
    Z = impedance(omega, L, n)
    return Z, (Z, n * np.log(1j * omega) * Z)


ELEMENT = Element(
    symbol="La",
    name="inductor with losses",
    parameters=(Parameter("L", "ohm s^n", "inductance"), N),
    formula="L*(j*w)**n",
    impedance=impedance,
    slopes=slopes,
    aliases=(),
)
