"""L: inductor, Z = j*w*L; law and source in laws/impedance.py."""

from ionweld.laws.impedance import inductor, inductor_slopes
from ionweld.spec.circuit.element import Element, Parameter

ELEMENT = Element(
    symbol="L",
    name="inductor",
    parameters=(Parameter("L", "H", "inductance"),),
    formula="j*w*L",
    impedance=inductor,
    slopes=inductor_slopes,
    aliases=(),
)
