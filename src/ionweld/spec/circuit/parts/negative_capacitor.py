"""NC: a capacitance below zero, the other reading of a low-frequency loop. It is a description, no process."""

from typing import Any

from ionweld.spec.circuit.element import Element, Parameter


def impedance(omega: Any, C: Any) -> Any:
    """Return Z = -1/(j omega C) in ohm."""
    return 1j / (omega * C)


def slopes(omega: Any, C: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return Z and its derivative by ln C."""
    Z = impedance(omega, C)
    return Z, (-Z,)


ELEMENT = Element(
    symbol="NC",
    name="negative capacitor",
    parameters=(Parameter("C", "F", "siemens"),),
    formula="-1/(j*w*C)",
    impedance=impedance,
    slopes=slopes,
    aliases=(),
)
