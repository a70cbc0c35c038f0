"""NR: a resistance that lowers the real part, as loops of adsorbed intermediates ask for. It is a description, no process."""

from typing import Any

from ionweld.spec.circuit.element import Element, R


def impedance(omega: Any, R: Any) -> Any:
    """Return Z = -R in ohm."""
    return -R * (omega / omega + 0j)


def slopes(omega: Any, R: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return Z and its derivative by ln R."""
    Z = impedance(omega, R)
    return Z, (Z,)


ELEMENT = Element(
    symbol="NR",
    name="negative resistor",
    parameters=(R,),
    formula="-R",
    impedance=impedance,
    slopes=slopes,
    aliases=(),
)
