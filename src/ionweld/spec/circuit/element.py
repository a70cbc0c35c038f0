"""What an element of a circuit states of itself; the elements are in parts/, the list of all in elements.py."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

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
    """One kind of element. `slopes(omega, *parameters)` returns Z and its derivatives by ln(parameter).

    formula: what reports print; aliases: other spellings.
    """

    symbol: str
    name: str
    parameters: tuple[Parameter, ...]
    formula: str
    impedance: Callable[..., Any]
    slopes: Callable[..., tuple[Any, tuple[Any, ...]]]
    aliases: tuple[str, ...] = ()


R = Parameter("R", "ohm", "ohm")
Q = Parameter("Q", "s^n/ohm", "siemens")
N = Parameter("n", "1", "exponent")
TAU = Parameter("tau", "s", "time")
