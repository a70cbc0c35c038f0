"""C: capacitor, Z = 1/(j*w*C); law and source in laws/impedance.py."""

from ionweld.laws.impedance import capacitor, capacitor_slopes
from ionweld.spec.circuit.element import Element, Parameter

ELEMENT = Element(
    symbol="C",
    name="capacitor",
    parameters=(Parameter("C", "F", "siemens"),),
    formula="1/(j*w*C)",
    impedance=capacitor,
    slopes=capacitor_slopes,
    aliases=(),
)
