"""The elements a circuit can hold: symbol, parameters, formula as text, and the law that computes the same.

The formula is what reports print; a test evaluates it independently and compares it with the law.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from ionweld.laws import impedance as law

# How a parameter scales: "ohm" with the impedance, "siemens" against it (so Q and C), "time" and "exponent" not at all.
Kind = Literal["ohm", "siemens", "inductance", "diffusion", "time", "exponent"]
SCALING: dict[Kind, float] = {
    "ohm": 1.0,
    "siemens": -1.0,
    "inductance": 1.0,
    "diffusion": 1.0,
    "time": 0.0,
    "exponent": 0.0,
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an element: its symbol in the formula, its unit, and how it scales."""

    symbol: str
    unit: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Element:
    """One kind of element. `slopes(omega, *parameters)` returns Z and its derivatives by ln(parameter)."""

    symbol: str
    name: str
    parameters: tuple[Parameter, ...]
    formula: str
    impedance: Callable[..., Any]
    slopes: Callable[..., tuple[Any, tuple[Any, ...]]]


_R = Parameter("R", "ohm", "ohm")
_Q = Parameter("Q", "s^n/ohm", "siemens")
_N = Parameter("n", "1", "exponent")
_TAU = Parameter("tau", "s", "time")

ELEMENTS: dict[str, Element] = {
    element.symbol: element
    for element in (
        Element("R", "resistor", (_R,), "R", law.resistor, law.resistor_slopes),
        Element("C", "capacitor", (Parameter("C", "F", "siemens"),), "1/(j*w*C)", law.capacitor, law.capacitor_slopes),
        Element("L", "inductor", (Parameter("L", "H", "inductance"),), "j*w*L", law.inductor, law.inductor_slopes),
        Element(
            "CPE",
            "constant-phase element",
            (_Q, _N),
            "1/(Q*(j*w)**n)",
            law.constant_phase,
            law.constant_phase_slopes,
        ),
        Element(
            "W",
            "Warburg, semi-infinite",
            (Parameter("A", "ohm/s^0.5", "diffusion"),),
            "A*(1 - j)/sqrt(w)",
            law.warburg,
            law.warburg_slopes,
        ),
        Element(
            "Wo",
            "Warburg, finite, blocking end",
            (_R, _TAU),
            "R*coth(sqrt(j*w*tau))/sqrt(j*w*tau)",
            law.open_warburg,
            law.open_warburg_slopes,
        ),
        Element(
            "Ws",
            "Warburg, finite, open end",
            (_R, _TAU),
            "R*tanh(sqrt(j*w*tau))/sqrt(j*w*tau)",
            law.short_warburg,
            law.short_warburg_slopes,
        ),
        Element("G", "Gerischer", (_R, _TAU), "R/sqrt(1 + j*w*tau)", law.gerischer, law.gerischer_slopes),
        Element(
            "TLM",
            "transmission line, blocking walls",
            (_R, _Q, _N),
            "R*coth(sqrt(R*Q*(j*w)**n))/sqrt(R*Q*(j*w)**n)",
            law.transmission_line,
            law.transmission_line_slopes,
        ),
    )
}

# Other spellings: Q, T and O are those of circuit description codes, TLMQ that of impedance.py.
ALIASES: dict[str, str] = {"Q": "CPE", "T": "Wo", "O": "Ws", "TLMQ": "TLM"}
SYMBOLS: tuple[str, ...] = tuple(sorted([*ELEMENTS, *ALIASES], key=len, reverse=True))


def element(symbol: str) -> Element:
    """Return the element that `symbol` (or another spelling of it) stands for."""
    return ELEMENTS[ALIASES.get(symbol, symbol)]
