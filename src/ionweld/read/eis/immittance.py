"""Impedance from whatever pair of numbers an instrument gives; of several pairs the first of RECIPES is taken.

    Z' and Z''            Z = Z' + j Z''
    |Z| and phase         Z = |Z| exp(j phase)
    |Y| and phase         Z = exp(-j phase)/|Y|          the phase is that of the admittance
    series                Z = R + j X,   X = -1/(omega Cs) or omega Ls,      R = Rs or D |X| or |X|/Q
    parallel              Z = 1/(G + j B), B, omega Cp or -1/(omega Lp),      G, 1/Rp, D |B| or |B|/Q

An inductance is below zero where the sample is a capacitor. Source: definitions of the equivalent circuits in any LCR meter's
handbook.
"""

from collections.abc import Callable, Collection, Mapping
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ionweld.read.eis.vocabulary import Role

Floats = NDArray[np.float64]
Given = Mapping[Role, Floats]
Pair = tuple[Role, Role]
Of = Callable[[Given], Any]


def _omega(given: Given) -> Floats:
    return 2.0 * np.pi * given["frequency"]


_REACTANCE: dict[Role, Of] = {
    "series_capacitance": lambda g: -1.0 / (_omega(g) * g["series_capacitance"]),
    "series_inductance": lambda g: _omega(g) * g["series_inductance"],
}
_SUSCEPTANCE: dict[Role, Of] = {
    "susceptance": lambda g: g["susceptance"],
    "parallel_capacitance": lambda g: _omega(g) * g["parallel_capacitance"],
    "parallel_inductance": lambda g: -1.0 / (_omega(g) * g["parallel_inductance"]),
}
_CONDUCTANCE: dict[Role, Of] = {
    "conductance": lambda g: g["conductance"],
    "parallel_resistance": lambda g: 1.0 / g["parallel_resistance"],
}
_RESISTANCE: dict[Role, Of] = {"series_resistance": lambda g: g["series_resistance"]}
_LOSS: dict[Role, Of] = {"dissipation": lambda g: g["dissipation"], "quality": lambda g: 1.0 / np.abs(g["quality"])}


def _known(lossless: Of, loss: Of) -> Of:
    """Return R + jX, or G + jB, of its imaginary part and its real part."""
    return lambda given: loss(given) + 1j * lossless(given)


def _lossy(lossless: Of, loss: Of) -> Of:
    """Return the same of its imaginary part and its loss: the real part over the imaginary one."""
    return lambda given: loss(given) * np.abs(lossless(given)) + 1j * lossless(given)


def _inverse(of: Of) -> Of:
    return lambda given: 1.0 / of(given)


def _pairs(imaginary: dict[Role, Of], real: dict[Role, Of], made: Callable[[Of, Of], Of]) -> list[tuple[Pair, Of]]:
    return [((x, r), made(imaginary[x], real[r])) for x, r in product(imaginary, real)]


_SERIES = _pairs(_REACTANCE, _RESISTANCE, _known) + _pairs(_REACTANCE, _LOSS, _lossy)
_PARALLEL = _pairs(_SUSCEPTANCE, _CONDUCTANCE, _known) + _pairs(_SUSCEPTANCE, _LOSS, _lossy)
RECIPES: tuple[tuple[Pair, Of], ...] = (
    (("real", "imaginary"), lambda g: g["real"] + 1j * g["imaginary"]),
    (("modulus", "phase"), lambda g: g["modulus"] * np.exp(1j * g["phase"])),
    (("admittance", "phase"), lambda g: np.exp(-1j * g["phase"]) / g["admittance"]),
    *_SERIES,
    *((pair, _inverse(of)) for pair, of in _PARALLEL),
)


def recipe(roles: Collection[str]) -> tuple[Pair, Of] | None:
    """Return the first pair that these roles hold, with what makes an impedance of it; None without one."""
    if "frequency" not in roles:
        return None
    return next((one for one in RECIPES if set(one[0]) <= set(roles)), None)
