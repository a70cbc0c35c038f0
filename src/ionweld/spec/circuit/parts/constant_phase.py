"""CPE: constant-phase element, Z = 1/(Q*(j*w)**n); law and source in laws/impedance.py."""

from ionweld.laws.impedance import constant_phase, constant_phase_slopes
from ionweld.spec.circuit.element import Element, N, Q

ELEMENT = Element(
    symbol="CPE",
    name="constant-phase element",
    parameters=(Q, N),
    formula="1/(Q*(j*w)**n)",
    impedance=constant_phase,
    slopes=constant_phase_slopes,
    aliases=("Q",),
)
