"""Equations of docstrings are typeset as they are meant: what is drawn is worked out and held against the law itself."""

import math
import re
import sys
from pathlib import Path
from textwrap import dedent
from xml.etree import ElementTree

import numpy as np
import pytest
from scipy.constants import R

sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "_ext"))

from ionweld_site.equations import Node, mathml, parsed, stated, typeset
from ionweld_site.laws import arguments, laws_of, modules, words_of
from ionweld_site.markdown import doc

LAWS = {law.__name__: law for module in modules() for _, law in laws_of(module)}
CALLS = {"exp": np.exp, "ln": np.log, "sqrt": np.sqrt, "sinh": np.sinh, "asinh": np.arcsinh, "tanh": np.tanh, "max": max, "min": min,
         "coth": lambda x: 1.0 / np.tanh(x)}  # fmt: skip
CONSTANTS = {"pi": math.pi, "R": R}


def worked_out(node: Node, values: dict[str, float]) -> float:
    """Return what a part of an equation is worth."""
    parts = [one if isinstance(one, str) else worked_out(one, values) for one in node.parts]
    match node.kind:
        case "number":
            return float(node.text)
        case "name":
            return values[node.text]
        case "call":
            return float(CALLS[node.text](*parts[1:]))
        case "product":
            return math.prod(parts)
        case "fraction":
            return parts[0] / parts[1]
        case "power":
            return parts[0] ** parts[1]
        case "sum":
            return sum(-one if sign == "-" else one for sign, one in zip(parts[::2], parts[1::2], strict=True))
    return parts[0]


def equation(law: object) -> Node | None:
    """Return the first equation of a law."""
    words = words_of(law.__name__, arguments(law))
    first, *others = re.split(r"\n\s*\n", doc(law))
    drawn = stated(first, words) or next(
        filter(None, (typeset(dedent(one), words) for one in others if " = " in one)), ""
    )
    found = re.search(r'alttext="([^"]*)"', drawn)
    return parsed(found[1], words) if found else None


def own(node: Node, known: set[str]) -> bool:
    """Say whether an equation is made of these names alone."""
    names = {node.text} if node.kind == "name" else set()
    return names <= known and all(own(one, known) for one in node.parts if isinstance(one, Node))


STATED = {
    name: seen
    for name, law in LAWS.items()
    if (seen := equation(law)) is not None and own(seen.parts[2], {*arguments(law), *CONSTANTS})
}


def test_many_laws_say_their_whole_equation() -> None:
    assert len(STATED) > 18


@pytest.mark.parametrize("name", sorted(STATED))
def test_what_is_drawn_is_what_the_law_works_out(name: str) -> None:
    law, held = LAWS[name], 0
    for values in np.random.default_rng(7).uniform(0.2, 0.8, (8, len(arguments(law)))):
        found = float(law(*values).real)
        if found:  # "else 0" stands beside the equation
            drawn = worked_out(
                STATED[name].parts[2], CONSTANTS | dict(zip(arguments(law), values.tolist(), strict=True))
            )
            assert drawn == pytest.approx(found, rel=1e-12)
            held += 1
    assert held


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a = 1/2 b", 1 / 6),
        ("a = 1/2 (b)", 1.5),
        ("a = 1/b c", 1 / 15),
        ("a = 2 b^2/c", 3.6),
        ("a = -b^-c", -(3.0**-5)),
        ("a = ln b c", 5 * math.log(3)),
    ],
)
def test_a_fraction_ends_where_the_eye_ends_it(text: str, value: float) -> None:
    node = parsed(text)
    assert node is not None
    assert worked_out(node.parts[2], {"b": 3.0, "c": 5.0}) == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["diffusion in a layer", "a = b in ohm", "a = (b", "a =", "= a", "a = b $ c", "a = |b"]
)
def test_what_is_no_equation_stays_text(text: str) -> None:
    assert parsed(text) is None


def test_it_is_well_formed_and_shows_symbols() -> None:
    node = parsed("theta_e = (P / 3 P_ref) (n creep_rate t_rest)^(1/n)", {"creep_rate"})
    assert node is not None
    root = ElementTree.fromstring(mathml(node, "<as written>"))  # noqa: S314 - ours
    assert "".join(root.itertext()) == "θe=(P3Pref)(ncreep ratetrest)1n"
    assert root[0].get("alttext") == "<as written>"
