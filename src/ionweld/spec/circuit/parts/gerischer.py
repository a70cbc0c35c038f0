"""G: Gerischer, Z = R/sqrt(1 + j*w*tau); law and source in laws/impedance.py."""

from ionweld.laws.impedance import gerischer, gerischer_slopes
from ionweld.spec.circuit.element import TAU, Element, R

ELEMENT = Element(
    symbol="G",
    name="Gerischer",
    parameters=(R, TAU),
    formula="R/sqrt(1 + j*w*tau)",
    impedance=gerischer,
    slopes=gerischer_slopes,
    aliases=(),
)
