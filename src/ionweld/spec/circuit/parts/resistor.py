"""R: resistor, Z = R; law and source in laws/impedance.py."""

from ionweld.laws.impedance import resistor, resistor_slopes
from ionweld.spec.circuit.element import Element, R

ELEMENT = Element(
    symbol="R",
    name="resistor",
    parameters=(R,),
    formula="R",
    impedance=resistor,
    slopes=resistor_slopes,
    aliases=(),
)
