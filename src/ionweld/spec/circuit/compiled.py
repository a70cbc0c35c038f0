"""Tree of elements -> flat program that computes Z and dZ/d(ln parameter) for many parameter sets at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ionweld.spec.circuit.elements import Kind, Parameter
from ionweld.spec.circuit.grammar import Branch, Leaf, Node, StatedValue, fault, leaves, parse

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True, slots=True)
class CircuitSlot:
    """One parameter of the circuit: its name (R0, CPE1.Q), unit, kind, and how it is bound.

    free: index of the unknown that it reads, or None when it is fixed at `fixed`.
    """

    name: str
    element: str
    parameter: Parameter
    free: int | None
    fixed: float | None

    @property
    def unit(self) -> str:
        return self.parameter.unit

    @property
    def kind(self) -> Kind:
        return self.parameter.kind


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of the program: an element (with its slots), a series or a parallel connection of earlier steps."""

    kind: str
    inputs: tuple[int, ...]
    leaf: Leaf | None = None
    slots: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Circuit:
    """A compiled circuit. `names` are the unknowns, in the order of every parameter vector (natural logarithms).

    text: as written; tree: as parsed; slots: all parameters of all elements; steps: the program, last step = total.
    terms: for each term of the outermost series, the slots inside it.
    """

    text: str
    tree: Branch
    slots: tuple[CircuitSlot, ...]
    steps: tuple[Step, ...]
    names: tuple[str, ...]
    units: tuple[str, ...]
    kinds: tuple[Kind, ...]
    terms: tuple[tuple[int, ...], ...]

    def impedance(self, omega: Real, logs: Real) -> Complex:
        """Return Z in ohm, shape (..., n), for unknowns `logs` of shape (..., p) and omega of shape (..., n)."""
        return self._forward(omega, logs)[0][-1]

    def slopes(self, omega: Real, logs: Real) -> tuple[Complex, Complex]:
        """Return Z, shape (..., n), and dZ/d ln(unknown), shape (..., p, n), by one sweep back through the program."""
        values, gradients = self._forward(omega, logs, slopes=True)
        total = values[-1]
        weights: list[Complex | float] = [1.0] * len(self.steps)
        jacobian = np.zeros((*total.shape[:-1], len(self.names), total.shape[-1]), complex)
        for index in range(len(self.steps) - 1, -1, -1):
            step = self.steps[index]
            for child in step.inputs:
                weights[child] = weights[index]
                if step.kind == "parallel":
                    weights[child] = weights[index] * (values[index] / values[child]) ** 2
            for slot, gradient in zip(step.slots, gradients[index], strict=True):
                if (free := self.slots[slot].free) is not None:
                    jacobian[..., free, :] += weights[index] * gradient
        return total, jacobian

    def _forward(
        self, omega: Real, logs: Real, slopes: bool = False
    ) -> tuple[list[Complex], list[tuple[Complex, ...]]]:
        numbers = np.exp(np.asarray(logs, float))[..., None]
        values: list[Complex] = []
        gradients: list[tuple[Complex, ...]] = []
        for step in self.steps:
            gradient: tuple[Complex, ...] = ()
            if step.leaf is not None:
                arguments = [self._argument(slot, numbers) for slot in step.slots]
                if slopes:
                    Z, gradient = step.leaf.element.slopes(omega, *arguments)
                else:
                    Z = step.leaf.element.impedance(omega, *arguments)
            elif step.kind == "parallel":
                Z = 1 / _total([1 / values[child] for child in step.inputs])
            else:
                Z = _total([values[child] for child in step.inputs])
            values.append(Z)
            gradients.append(gradient)
        return values, gradients

    def _argument(self, slot: int, numbers: Real) -> Real | float:
        bound = self.slots[slot]
        return numbers[..., bound.free, :] if bound.free is not None else float(bound.fixed or 0.0)

    def index(self, name: str) -> int:
        """Return the place of the unknown `name` in parameter vectors."""
        return self.names.index(name)

    def values(self, logs: Real) -> dict[str, float]:
        """Return every parameter by name, fixed and shared ones too, for one vector of logarithms."""
        return {
            slot.name: float(np.exp(logs[slot.free])) if slot.free is not None else float(slot.fixed or 0.0)
            for slot in self.slots
        }


def _total(parts: Sequence[Complex]) -> Complex:
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


@lru_cache(maxsize=256)
def circuit(text: str) -> Circuit:
    """Return the compiled circuit for `text` (see grammar). Raises SpecError that points at the character."""
    return compile_tree(text, parse(text))


def compile_tree(text: str, tree: Branch) -> Circuit:
    """Return the program of a parsed circuit; `text` is what messages show."""
    slots = _bind(text, tree)
    places = {slot.name: index for index, slot in enumerate(slots)}
    steps: list[Step] = []
    _emit(tree, steps, places)
    free = {slot.free: slot for slot in reversed(slots) if slot.free is not None}
    order = [free[index] for index in range(len(free))]
    if not order:
        fault(text, 0, "every parameter is fixed", "Leave at least one parameter free")
    return Circuit(
        text,
        tree,
        tuple(slots),
        tuple(steps),
        tuple(slot.name for slot in order),
        tuple(slot.unit for slot in order),
        tuple(slot.kind for slot in order),
        tuple(tuple(places[name] for leaf in leaves(term) for name in _names(leaf)) for term in tree.children),
    )


def _names(leaf: Leaf) -> list[str]:
    """Return the parameter names of an element: R0 for a lone parameter, CPE1.Q and CPE1.n for several."""
    parameters = leaf.element.parameters
    return [leaf.name] if len(parameters) == 1 else [f"{leaf.name}.{p.symbol}" for p in parameters]


def _bind(text: str, tree: Branch) -> list[CircuitSlot]:
    """Give each parameter its unknown or its fixed value; shared parameters follow their chain to its end."""
    settings: dict[str, StatedValue] = {}
    known: dict[str, tuple[Leaf, Parameter]] = {}
    for leaf in leaves(tree):
        for name, parameter in zip(_names(leaf), leaf.element.parameters, strict=True):
            known[name] = (leaf, parameter)
            for setting in leaf.settings:
                if setting.symbol == parameter.symbol:
                    settings[name] = setting
    ends = {name: _follow(text, name, settings, known) for name in known}
    unknowns = [name for name in known if ends[name] == name]
    slots = []
    for name, (leaf, parameter) in known.items():
        end = ends[name]
        free = unknowns.index(end) if isinstance(end, str) else None
        slots.append(CircuitSlot(name, leaf.name, parameter, free, None if free is not None else float(end)))
    return slots


def _follow(
    text: str, name: str, settings: dict[str, StatedValue], known: dict[str, tuple[Leaf, Parameter]]
) -> float | str:
    seen, at = {name}, name
    while at in settings:
        setting = settings[at]
        if not isinstance(setting.value, str):
            _check_exponent(text, known[at][1], setting)
            return setting.value
        if setting.value not in known:
            fault(text, setting.column, f"there is no parameter {setting.value}", f"Known: {', '.join(known)}")
        if known[setting.value][1].kind != known[name][1].kind:
            fault(text, setting.column, f"{name} and {setting.value} are not of one kind", "Share like with like")
        if setting.value in seen:
            fault(text, setting.column, "the parameter is shared with itself", "Leave one of them free")
        at = setting.value
        seen.add(at)
    return at


def _check_exponent(text: str, parameter: Parameter, setting: StatedValue) -> None:
    if parameter.kind == "exponent" and float(setting.value) > 1:
        fault(text, setting.column, "an exponent lies between 0 and 1", "Write for example n=0.9")


def _emit(node: Node, steps: list[Step], places: dict[str, int]) -> int:
    if isinstance(node, Leaf):
        steps.append(Step("element", (), node, tuple(places[name] for name in _names(node))))
    else:
        inputs = tuple(_emit(child, steps, places) for child in node.children)
        steps.append(Step(node.kind, inputs))
    return len(steps) - 1
