"""Impedance from whatever pair of numbers an instrument gives: one row of RECIPES per pair, tried in this order.

    Z' and Z''        Z = Z' + j Z''
    |Z| and phase     Z = |Z| exp(j phase)
    Rs and Cs         Z = Rs - j/(omega Cs)
    G and B           Z = 1/(G + j B)
    |Y| and phase     Z = exp(-j phase)/|Y|
    Rp and Cp         Z = 1/(1/Rp + j omega Cp)
    Cp and G          Z = 1/(G + j omega Cp)
    Cp and D          Z = 1/[omega Cp (D + j)]
    Cs and D          Z = (D - j)/(omega Cs)

With |Y| a phase is that of the admittance. Source: definitions of the equivalent circuits in any LCR meter's handbook.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ionweld.read.eis.vocabulary import Role

Floats = NDArray[np.float64]
Given = Mapping[Role, Floats]


def _omega(given: Given) -> Floats:
    return 2.0 * np.pi * given["frequency"]


RECIPES: tuple[tuple[tuple[Role, Role], Callable[[Given], Any]], ...] = (
    (("real", "imaginary"), lambda g: g["real"] + 1j * g["imaginary"]),
    (("modulus", "phase"), lambda g: g["modulus"] * np.exp(1j * g["phase"])),
    (
        ("series_resistance", "series_capacitance"),
        lambda g: g["series_resistance"] - 1j / (_omega(g) * g["series_capacitance"]),
    ),
    (("conductance", "susceptance"), lambda g: 1.0 / (g["conductance"] + 1j * g["susceptance"])),
    (("admittance", "phase"), lambda g: np.exp(-1j * g["phase"]) / g["admittance"]),
    (
        ("parallel_resistance", "parallel_capacitance"),
        lambda g: 1.0 / (1.0 / g["parallel_resistance"] + 1j * _omega(g) * g["parallel_capacitance"]),
    ),
    (
        ("parallel_capacitance", "conductance"),
        lambda g: 1.0 / (g["conductance"] + 1j * _omega(g) * g["parallel_capacitance"]),
    ),
    (
        ("parallel_capacitance", "dissipation"),
        lambda g: 1.0 / (_omega(g) * g["parallel_capacitance"] * (g["dissipation"] + 1j)),
    ),
    (
        ("series_capacitance", "dissipation"),
        lambda g: (g["dissipation"] - 1j) / (_omega(g) * g["series_capacitance"]),
    ),
)


def recipe(roles: Collection[str]) -> tuple[tuple[Role, Role], Callable[[Given], Any]] | None:
    """Return the first pair that these roles hold, with what makes an impedance of it; None without one."""
    if "frequency" not in roles:
        return None
    return next((one for one in RECIPES if set(one[0]) <= set(roles)), None)
