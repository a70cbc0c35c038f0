"""Every element twice: its law against its formula, its derivatives against differences, its limits, its units."""

import ast
import cmath
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ionweld.laws import impedance as law
from ionweld.spec.circuit.elements import ELEMENTS, Element

OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.USub: operator.neg,
}  # fmt: skip
FUNCTIONS = {
    "sqrt": cmath.sqrt,
    "tanh": cmath.tanh,
    "sinh": cmath.sinh,
    "coth": lambda x: cmath.cosh(x) / cmath.sinh(x),
}


def evaluate(node: ast.AST, names: dict[str, complex]) -> complex:
    """Evaluate a formula of + - * / ** and three functions; anything else is an error."""
    match node:
        case ast.Expression(body=body):
            return evaluate(body, names)
        case ast.Constant(value=value):
            return complex(value)  # type: ignore[arg-type]
        case ast.Name(id=name):
            return names[name]
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATORS[type(op)](evaluate(left, names), evaluate(right, names))
        case ast.UnaryOp(op=op, operand=operand):
            return OPERATORS[type(op)](evaluate(operand, names))
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return FUNCTIONS[name](evaluate(argument, names))
    raise AssertionError(f"a formula may not hold {ast.dump(node)}")


def parameters_of(element: Element, logs: list[float], n: float) -> list[float]:
    return [n if p.kind == "exponent" else 10**log for p, log in zip(element.parameters, logs, strict=False)]


@pytest.mark.parametrize("symbol", sorted(ELEMENTS))
@given(logs=st.lists(st.floats(-2, 2), min_size=5, max_size=5), n=st.floats(0.3, 1.0), log_omega=st.floats(-2, 2))
def test_law_equals_formula(symbol: str, logs: list[float], n: float, log_omega: float) -> None:
    element = ELEMENTS[symbol]
    numbers = parameters_of(element, logs, n)
    names: dict[str, complex] = {p.symbol: v for p, v in zip(element.parameters, numbers, strict=True)}
    stated = evaluate(ast.parse(element.formula, mode="eval"), names | {"w": 10**log_omega, "j": 1j})
    assert complex(element.impedance(10**log_omega, *numbers)) == pytest.approx(stated, rel=1e-10)


@pytest.mark.parametrize("symbol", sorted(ELEMENTS))
@given(logs=st.lists(st.floats(-3, 3), min_size=5, max_size=5), n=st.floats(0.3, 0.99), log_omega=st.floats(-3, 3))
def test_slopes_equal_differences(symbol: str, logs: list[float], n: float, log_omega: float) -> None:
    element = ELEMENTS[symbol]
    # towards n = 1 a free exponent makes a resonant line, near whose poles differences are none
    numbers = parameters_of(element, logs, min(n, 0.6) if symbol in ("Wog", "Wsg") else n)
    omega, step = 10**log_omega, 1e-5
    Z, slopes = element.slopes(omega, *numbers)
    assert element.impedance(omega, *numbers) == Z
    for place, slope in enumerate(slopes):
        up, down = ([v * np.exp(s * step) if i == place else v for i, v in enumerate(numbers)] for s in (1, -1))
        difference = (element.impedance(omega, *up) - element.impedance(omega, *down)) / (2 * step)
        assert slope == pytest.approx(difference, rel=1e-6, abs=1e-7 * abs(Z))


@pytest.mark.parametrize("symbol", ["Wo", "Ws", "TLM", "G", "Wog", "Wsg", "TLMR", "ZARC", "HN", "Gf"])
def test_nothing_overflows_where_the_layer_is_thick(symbol: str) -> None:
    element = ELEMENTS[symbol]
    numbers = [0.8 if p.kind == "exponent" else 1e9 for p in element.parameters]
    Z, slopes = element.slopes(np.geomspace(1e-3, 1e9, 50), *numbers)
    assert np.all(np.isfinite(Z))
    assert all(np.all(np.isfinite(slope)) for slope in slopes)


def test_thick_layers_become_semi_infinite_diffusion() -> None:
    omega = np.geomspace(10, 1e4, 20)
    R, tau = 5.0, 1e4
    infinite = law.warburg(omega, R / np.sqrt(2 * tau))
    assert law.open_warburg(omega, R, tau) == pytest.approx(infinite, rel=1e-9)
    assert law.short_warburg(omega, R, tau) == pytest.approx(infinite, rel=1e-9)


def test_limits_at_low_frequency() -> None:
    assert law.short_warburg(1e-9, 5.0, 1.0) == pytest.approx(5.0, rel=1e-6)
    assert law.gerischer(1e-9, 5.0, 1.0) == pytest.approx(5.0, rel=1e-6)
    blocked = law.open_warburg(1e-6, 5.0, 1.0)  # R/3 and a capacitor of tau/R in series
    assert blocked.real == pytest.approx(5 / 3, rel=1e-6)
    assert blocked.imag == pytest.approx(-5.0 / 1e-6, rel=1e-6)
    assert law.transmission_line(1e-6, 5.0, 0.2, 1.0) == pytest.approx(blocked, rel=1e-9)


def _at(symbol: str, omega: float, *numbers: float) -> complex:
    return complex(ELEMENTS[symbol].impedance(omega, *numbers))


@given(log_omega=st.floats(-3, 3), n=st.floats(0.4, 1.0))
def test_general_elements_become_the_plain_ones(log_omega: float, n: float) -> None:
    w = 10**log_omega
    arc = 1 / (1 / 7.0 + 1 / complex(law.constant_phase(w, 2.0**n / 7.0, n)))
    assert _at("ZARC", w, 7.0, 2.0, n) == pytest.approx(arc, rel=1e-9)
    assert _at("HN", w, 7.0, 2.0, n, 1.0) == pytest.approx(arc, rel=1e-9)
    assert _at("Wog", w, 7.0, 2.0, 0.5) == pytest.approx(complex(law.open_warburg(w, 7.0, 2.0)), rel=1e-9)
    assert _at("Wsg", w, 7.0, 2.0, 0.5) == pytest.approx(complex(law.short_warburg(w, 7.0, 2.0)), rel=1e-9)
    assert _at("Gf", w, 7.0, 2.0, 0.5) == pytest.approx(complex(law.gerischer(w, 7.0, 2.0)), rel=1e-9)
    assert _at("La", w, 7.0, 1.0) == pytest.approx(complex(law.inductor(w, 7.0)), rel=1e-9)
    assert _at("NR", w, 7.0) == -7.0
    assert _at("NC", w, 7.0) == pytest.approx(-complex(law.capacitor(w, 7.0)))


@given(log_omega=st.floats(-2, 2), n=st.floats(0.4, 1.0))
def test_a_composite_electrode_becomes_a_pore_and_is_blind_to_which_rail_is_which(log_omega: float, n: float) -> None:
    w = 10**log_omega
    pore = complex(law.transmission_line(w, 7.0, 0.3, n))
    assert _at("TLMR", w, 7.0, 1e-9, 1e12, 0.3, n) == pytest.approx(pore, rel=1e-6)
    assert _at("TLMR", w, 7.0, 2.0, 5.0, 0.3, n) == pytest.approx(_at("TLMR", w, 2.0, 7.0, 5.0, 0.3, n), rel=1e-12)


def test_a_composite_electrode_at_rest_is_a_ladder_of_resistors() -> None:
    Ri, Re, Rct, count = 7.0, 2.0, 5.0, 4000
    # the ladder itself, solved from its far end: ions enter on the left, electrons leave on the right
    ri, re, y = Ri / count, Re / count, 1 / (Rct * count)
    # nodes: potentials of both rails; current 1 enters the ionic rail at 0 and leaves the electronic rail at the end
    from scipy.linalg import solve_banded

    diagonals = np.zeros((5, 2 * count))
    right = np.zeros(2 * count)
    for k in range(count):
        for place, r in ((2 * k, ri), (2 * k + 1, re)):
            links = (k > 0) + (k + 1 < count)
            diagonals[2, place] += links / r + y
            if k > 0:
                diagonals[4, place - 2] -= 1 / r
                diagonals[0, place] -= 1 / r
        diagonals[1, 2 * k + 1] -= y
        diagonals[3, 2 * k] -= y
    right[0] = 1.0
    diagonals[2, -1] += 1e9  # the electronic end is earth
    solved = solve_banded((2, 2), diagonals, right)
    assert _at("TLMR", 1e-12, Ri, Re, Rct, 1e-9, 1.0).real == pytest.approx(float(solved[0]), rel=2e-3)


@given(n=st.floats(0.3, 1.0), Q=st.floats(1e-9, 1e-3), R=st.floats(1.0, 1e6))
def test_capacitance_formulas(n: float, Q: float, R: float) -> None:
    apex = law.capacitance_hsu_mansfeld(R, Q, n)
    assert law.arc_time(R, Q, n) == pytest.approx(R * apex, rel=1e-9)
    # at its apex frequency an arc is as resistive as it is capacitive
    arc = 1 / (1 / R + 1 / law.constant_phase(1 / law.arc_time(R, Q, n), Q, n))
    assert -arc.imag / (R / 2) == pytest.approx(np.tan(np.pi * n / 4), rel=1e-9)
    assert law.capacitance_brug(R, Q, n, R / 7) <= apex * (1 + 1e-12)
    assert law.capacitance_brug(R, Q, n, 1e30 * R) == pytest.approx(apex, rel=1e-6)


def test_dimensions() -> None:
    u = pint.UnitRegistry()
    omega, R, tau = 3 / u.s, 2 * u.ohm, 4 * u.s
    Q = 1e-3 * u.s**0.8 / u.ohm
    laws = [
        law.resistor(omega, R), law.inductor(omega, 1 * u.henry), law.capacitor(omega, 1 * u.farad),
        law.constant_phase(omega, Q, 0.8), law.warburg(omega, 1 * u.ohm / u.s**0.5), law.open_warburg(omega, R, tau),
        law.short_warburg(omega, R, tau), law.gerischer(omega, R, tau), law.transmission_line(omega, R, Q, 0.8),
    ]  # fmt: skip
    for Z in laws:
        assert Z.check("[resistance]")
    assert law.capacitance_hsu_mansfeld(R, Q, 0.8).check("[capacitance]")
    assert law.capacitance_brug(R, Q, 0.8, R).check("[capacitance]")
    assert law.conductivity(R, 1 * u.mm, 1 * u.cm**2).check("[conductance]/[length]")
