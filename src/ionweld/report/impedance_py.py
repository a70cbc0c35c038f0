"""A fitted circuit in the words of impedance.py: its string, its values, and the file that its CustomCircuit loads."""

import json
from collections import Counter
from typing import Any

from ionweld.analyse.eis.fit import CircuitFit
from ionweld.errors import Fault, InputError
from ionweld.spec.circuit.grammar import Leaf, Node

# Our elements and those of impedance.py 1.7 with the same formula and the same order of parameters
_SAME = {"R": "R", "C": "C", "L": "L", "La": "La", "CPE": "CPE", "W": "W", "Wo": "Wo", "Ws": "Ws", "G": "G", "ZARC": "Zarc", "TLM": "TLMQ"}  # fmt: skip


def impedance_py(fit: CircuitFit) -> dict[str, Any]:
    """Return what `impedance.models.circuits.CustomCircuit` takes: circuit, initial_guess and constants.

    Elements are numbered anew by kind, because impedance.py allows no other labels. A parameter that braces fix is a
    constant; one that is shared is free in each place, since impedance.py knows no shared ones.
    Raises InputError with every element that impedance.py has not.
    """
    leaves = list(_leaves(fit.circuit.tree))
    unknown = sorted({leaf.element.symbol for leaf in leaves} - set(_SAME))
    if unknown:
        mend = f"Fit a circuit of {', '.join(_SAME)} for this"
        raise InputError(Fault(fit.circuit.text, f"impedance.py has no {', '.join(unknown)}", mend))
    names = _numbered(leaves)
    values = _values(fit)
    guess: list[float] = []
    constants: dict[str, float] = {}
    for leaf in leaves:
        for place, (value, fixed) in enumerate(values[leaf.name]):
            if fixed:
                constants[names[leaf.name] + (f"_{place}" if len(values[leaf.name]) > 1 else "")] = value
            else:
                guess.append(value)
    return {"circuit": _text(fit.circuit.tree, names), "initial_guess": guess, "constants": constants}


def impedance_py_text(fit: CircuitFit) -> str:
    """Return the JSON file that `CustomCircuit().load(path)` reads. Raises InputError as `impedance_py` does."""
    made = impedance_py(fit)
    document = {
        "Name": fit.spectrum.where,
        "Circuit String": made["circuit"],
        "Initial Guess": made["initial_guess"],
        "Constants": made["constants"],
        "CircuitFit": False,
    }
    return json.dumps(document, indent=1) + "\n"


def _leaves(node: Node) -> list[Leaf]:
    return [node] if isinstance(node, Leaf) else [leaf for child in node.children for leaf in _leaves(child)]


def _numbered(leaves: list[Leaf]) -> dict[str, str]:
    """Return the name of each element in impedance.py: its kind with a number, in the order of the circuit."""
    seen: Counter[str] = Counter()
    names = {}
    for leaf in leaves:
        kind = _SAME[leaf.element.symbol]
        names[leaf.name] = f"{kind}{seen[kind]}"
        seen[kind] += 1
    return names


def _values(fit: CircuitFit) -> dict[str, list[tuple[float, bool]]]:
    """Return of each element its values in SI units, in order, and whether each is fixed."""
    found = fit.circuit.values(fit.logs)
    values: dict[str, list[tuple[float, bool]]] = {}
    for slot in fit.circuit.slots:
        values.setdefault(slot.element, []).append((found[slot.name], slot.free is None))
    for leaf in _leaves(fit.circuit.tree):
        if leaf.element.symbol == "La":  # impedance.py writes (L j w)^n, ours is L (j w)^n
            (inductance, fixed), (exponent, exponent_fixed) = values[leaf.name]
            values[leaf.name] = [(inductance ** (1.0 / exponent), fixed), (exponent, exponent_fixed)]
    return values


def _text(node: Node, names: dict[str, str]) -> str:
    if isinstance(node, Leaf):
        return names[node.name]
    parts = [_text(child, names) for child in node.children]
    return "-".join(parts) if node.kind == "series" else f"p({','.join(parts)})"
