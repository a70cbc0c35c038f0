"""Arcs of a circuit: every R parallel to a C or CPE, with its time constant, capacitance and name.

Names follow Irvine, Sinclair and West (1990): the capacitance, brought to a cell of thickness/area = 1/cm, tells bulk
from grain boundary, interface and electrode reaction. The classes are in capacitance_classes.toml. A name is a
reading, not a measurement: where classes meet, two arcs share one, or the arc lies outside the window, it warns.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from typing import Literal

import numpy as np

from ionweld.analyse.eis.problem import Real
from ionweld.laws import impedance as law
from ionweld.measurement.impedance import SampleGeometry
from ionweld.spec.circuit import Branch, Circuit, Leaf, Node
from ionweld.spec.faults import shipped

Formula = Literal["Hsu-Mansfeld", "Brug"]
FORMULAS: dict[Formula, str] = {
    "Hsu-Mansfeld": "C_eff = (R Q)^(1/n)/R",
    "Brug": "C_eff = Q^(1/n) (1/R_series + 1/R)^((n-1)/n), R_series = sum of the lone resistors in series",
}
_CM_PER_M = 100.0
AT = ", at "  # what follows it in a warning differs from spectrum to spectrum
_UNKNOWN = SampleGeometry()
_CLOSE_FACTOR = 10.0  # arcs whose capacitances differ by less than this cannot be told apart by class


@dataclass(frozen=True, slots=True)
class ArcNames:
    """Which parameters make an arc: resistor, capacitance (C or Q) and exponent (None for a plain capacitor)."""

    R: str
    Q: str
    n: str | None


@dataclass(frozen=True, slots=True)
class Arc:
    """One arc. C_eff_F by `formula`; role None when neither geometry nor label can name it; warning None if clear."""

    role: str | None
    R_ohm: float
    tau_s: float
    C_eff_F: float
    C_per_cm_F: float | None
    resistor: str
    formula: str
    role_from: str | None
    warning: str | None


@dataclass(frozen=True, slots=True)
class CapacitanceClass:
    """A range of capacitance per cm of cell geometry, and what it is usually read as."""

    role: str
    low_F_per_cm: float
    high_F_per_cm: float
    reading: str


@cache
def classes() -> tuple[CapacitanceClass, ...]:
    """Return the capacitance classes of Irvine, Sinclair and West in rising order."""
    table = shipped("ionweld.analyse.eis", "capacitance_classes.toml")
    return tuple(CapacitanceClass(**row) for row in table["class"])


@cache
def arc_names(circuit: Circuit) -> tuple[ArcNames, ...]:
    """Return the arcs of a circuit, in the order they are written, wherever they are nested."""
    return tuple(_find(circuit.tree))


def _find(node: Node) -> list[ArcNames]:
    if isinstance(node, Leaf):
        return []
    found = [names] if (names := arc_of(node)) else []
    return found + [names for child in node.children for names in _find(child)]


def arc_of(node: Node) -> ArcNames | None:
    """Return the arc that a parallel branch makes: its lone R beside its lone C or CPE. A branch R - Wo counts as R."""
    if not isinstance(node, Branch) or node.kind != "parallel" or len(node.children) != 2:
        return None
    inside = [_front(child) for child in node.children]
    resistors = [leaf.name for leaf in inside if leaf and leaf.element.symbol == "R"]
    storage = [leaf for leaf in inside if leaf and leaf.element.symbol in ("C", "CPE")]
    if len(resistors) != 1 or len(storage) != 1:
        return None
    name = storage[0].name
    return ArcNames(resistors[0], *((name, None) if storage[0].element.symbol == "C" else (f"{name}.Q", f"{name}.n")))


def _front(node: Node) -> Leaf | None:
    """Return the element itself, or the lone resistor of a series branch such as R1-Wo1."""
    if isinstance(node, Leaf):
        return node
    resistors = [child for child in node.children if isinstance(child, Leaf) and child.element.symbol == "R"]
    return resistors[0] if node.kind == "series" and len(resistors) == 1 else None


def in_order(circuit: Circuit, logs: Real) -> Real:
    """Return the same fit with exchangeable arcs in the order of their time constants, fastest first.

    Terms of the outermost series that are written alike and share or fix nothing can trade places without any change
    of the impedance; the order makes labels mean the same in every fit.
    """
    uses = Counter(slot.free for slot in circuit.slots)
    groups: dict[str, list[int]] = {}
    for index, (term, slots) in enumerate(zip(circuit.tree.children, circuit.terms, strict=True)):
        if arc_of(term) and all(circuit.slots[s].free is not None and uses[circuit.slots[s].free] == 1 for s in slots):
            groups.setdefault(_written(term), []).append(index)
    ordered = logs.copy()
    for members in groups.values():
        by_time = sorted(members, key=lambda index: _time(circuit, logs, circuit.tree.children[index]))
        for place, source in zip(members, by_time, strict=True):
            for left, right in zip(circuit.terms[place], circuit.terms[source], strict=True):
                ordered[circuit.slots[left].free] = logs[circuit.slots[right].free]
    return ordered


def _written(node: Node) -> str:
    if isinstance(node, Leaf):
        return node.element.symbol
    return f"{node.kind}({','.join(_written(child) for child in node.children)})"


def _time(circuit: Circuit, logs: Real, term: Node) -> float:
    names = arc_of(term)
    assert names is not None  # only arcs are put in order
    values = circuit.values(logs)
    return float(law.arc_time(values[names.R], values[names.Q], values[names.n] if names.n else 1.0))


def name_arcs(
    circuit: Circuit,
    logs: Real,
    omega: Real,
    geometry: SampleGeometry = _UNKNOWN,
    formula: Formula = "Hsu-Mansfeld",
) -> tuple[Arc, ...]:
    """Return the arcs of a fit with their roles, each with the warning that it deserves.

    omega: rad/s, (n,), the window; geometry: thickness and area decide the class; without them a label (Rb, Rgb, Ri,
    Rc) is taken as the user's own naming, and said so.
    """
    values = circuit.values(logs)
    arcs = [_arc(names, values, _series_resistance(circuit, values), geometry, formula) for names in arc_names(circuit)]
    named = _with_roles(arcs)
    return tuple(_with_warnings(arc, named, omega) for arc in named)


def _series_resistance(circuit: Circuit, values: dict[str, float]) -> float:
    lone = [term.name for term in circuit.tree.children if isinstance(term, Leaf) and term.element.symbol == "R"]
    return sum(values[name] for name in lone)


def _arc(names: ArcNames, values: dict[str, float], R_series: float, geometry: SampleGeometry, formula: Formula) -> Arc:
    R, Q, n = values[names.R], values[names.Q], values[names.n] if names.n else 1.0
    if formula == "Brug" and R_series > 0:
        C = float(law.capacitance_brug(R, Q, n, R_series))
    else:
        formula, C = "Hsu-Mansfeld", float(law.capacitance_hsu_mansfeld(R, Q, n))
    per_cm = None
    if geometry.thickness_m and geometry.area_m2:
        per_cm = C * geometry.thickness_m / geometry.area_m2 / _CM_PER_M
    role = by_label(names.R)
    tau = float(law.arc_time(R, Q, n))
    return Arc(role, R, tau, C, per_cm, names.R, formula, "label" if role else None, None)


def _with_roles(arcs: Sequence[Arc]) -> list[Arc]:
    """Name the arcs by their capacitance per cm: each a class of its own, in the order of their time constants.

    Among all such assignments the one with the smallest total distance (in decades) between capacitances and classes
    wins. With more arcs than classes each takes the nearest class.
    """
    if any(arc.C_per_cm_F is None for arc in arcs):
        return list(arcs)
    order = sorted(range(len(arcs)), key=lambda index: arcs[index].tau_s)
    measured = [float(arcs[index].C_per_cm_F or 0.0) for index in order]
    chosen = min(
        combinations(classes(), len(arcs)) if len(arcs) <= len(classes()) else [[nearest_class(C) for C in measured]],
        key=lambda roles: sum(_distance(C, row) for C, row in zip(measured, roles, strict=True)),
    )
    named = list(arcs)
    for index, row in zip(order, chosen, strict=True):
        named[index] = replace(arcs[index], role=row.role, role_from="capacitance")
    return named


def _distance(per_cm: float, row: CapacitanceClass) -> float:
    """Return how many decades a capacitance lies outside a class, 0 inside."""
    return float(max(np.log10(row.low_F_per_cm / per_cm), np.log10(per_cm / row.high_F_per_cm), 0.0))


def nearest_class(per_cm: float) -> CapacitanceClass:
    """Return the class that holds this capacitance (F/cm), or the nearest one."""
    return min(classes(), key=lambda row: _distance(per_cm, row))


_LABELS = {"b": "bulk", "bulk": "bulk", "gb": "grain boundary", "i": "interface", "int": "interface", "c": "cathode",
           "ct": "interface", "cathode": "cathode"}  # fmt: skip


def by_label(resistor: str) -> str | None:
    """Return the role that the user's own label says (Rb, Rgb, Ri, Rc), or None."""
    return _LABELS.get(resistor.removeprefix("R").strip("_").rstrip("0123456789").lower())


def _with_warnings(arc: Arc, arcs: Sequence[Arc], omega: Real) -> Arc:
    notes = []
    if arc.role is None:
        notes.append("not named: give thickness and area, or label the resistor Rb, Rgb, Ri or Rc")
    apex = f"{1 / (2 * np.pi * arc.tau_s):.3g} Hz"
    if arc.tau_s * omega.max() < 1:
        notes.append(f"its apex lies above the measured window{AT}{apex}")
    if arc.tau_s * omega.min() > 1:
        notes.append(f"its apex lies below the measured window{AT}{apex}")
    label = by_label(arc.resistor)
    if label and arc.role and label != arc.role:
        notes.append(f"the label {arc.resistor} says {label}, the capacitance says {arc.role}")
    if arc.role_from == "capacitance" and (usual := nearest_class(float(arc.C_per_cm_F or 0.0)).role) != arc.role:
        notes.append(f"named by its order only: its capacitance is that of {usual}")
    others = [other for other in arcs if other is not arc]
    close = [o.resistor for o in others if 1 / _CLOSE_FACTOR < o.C_eff_F / arc.C_eff_F < _CLOSE_FACTOR]
    if close:
        notes.append(f"its capacitance is within a factor 10 of that of {', '.join(close)}: the name is ambiguous")
    return replace(arc, warning="; ".join(notes) or None)
