"""Wo: Warburg, finite, blocking end, Z = R*coth(sqrt(j*w*tau))/sqrt(j*w*tau); law and source in laws/impedance.py."""

from ionweld.laws.impedance import open_warburg, open_warburg_slopes
from ionweld.spec.circuit.element import TAU, Element, R

ELEMENT = Element(
    symbol="Wo",
    name="Warburg, finite, blocking end",
    parameters=(R, TAU),
    formula="R*coth(sqrt(j*w*tau))/sqrt(j*w*tau)",
    impedance=open_warburg,
    slopes=open_warburg_slopes,
    aliases=("T",),
)
