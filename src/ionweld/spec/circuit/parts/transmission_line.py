"""TLM: transmission line, blocking walls, Z = R*coth(sqrt(R*Q*(j*w)**n))/sqrt(R*Q*(j*w)**n); law and source in laws/impedance.py."""

from ionweld.laws.impedance import transmission_line, transmission_line_slopes
from ionweld.spec.circuit.element import Element, N, Q, R

ELEMENT = Element(
    symbol="TLM",
    name="transmission line, blocking walls",
    parameters=(R, Q, N),
    formula="R*coth(sqrt(R*Q*(j*w)**n))/sqrt(R*Q*(j*w)**n)",
    impedance=transmission_line,
    slopes=transmission_line_slopes,
    aliases=("TLMQ",),
)
