"""Ws: Warburg, finite, open end, Z = R*tanh(sqrt(j*w*tau))/sqrt(j*w*tau); law and source in laws/impedance.py."""

from ionweld.laws.impedance import short_warburg, short_warburg_slopes
from ionweld.spec.circuit.element import TAU, Element, R

ELEMENT = Element(
    symbol="Ws",
    name="Warburg, finite, open end",
    parameters=(R, TAU),
    formula="R*tanh(sqrt(j*w*tau))/sqrt(j*w*tau)",
    impedance=short_warburg,
    slopes=short_warburg_slopes,
    aliases=("O",),
)
