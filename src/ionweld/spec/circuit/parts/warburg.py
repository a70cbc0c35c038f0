"""W: Warburg, semi-infinite, Z = A*(1 - j)/sqrt(w); law and source in laws/impedance.py."""

from ionweld.laws.impedance import warburg, warburg_slopes
from ionweld.spec.circuit.element import Element, Parameter

ELEMENT = Element(
    symbol="W",
    name="Warburg, semi-infinite",
    parameters=(Parameter("A", "ohm/s^0.5", "diffusion"),),
    formula="A*(1 - j)/sqrt(w)",
    impedance=warburg,
    slopes=warburg_slopes,
    aliases=(),
)
