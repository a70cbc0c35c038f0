"""What can be changed in the laboratory, as data (levers.toml), and the changes of a cell and its test that follow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from ionweld.infer.goal import Goal, GoalKind
from ionweld.spec.cell import CellSpec, Electrode
from ionweld.spec.derived import interface_entry
from ionweld.spec.faults import check, shipped
from ionweld.spec.part import Part
from ionweld.spec.protocol import AnyProtocol
from ionweld.spec.quantity import Pause, Quantity
from ionweld.units import from_si, to_si, written_unit

FILE = "levers.toml"
CellStep = Callable[[CellSpec, AnyProtocol], tuple[CellSpec, AnyProtocol]]
SAME = 1e-6  # relative: a step that changes nothing is none


class Move(Part):
    """A field that a lever moves, within which range, and what moves along in which power of the step.

    left_out: what the field means where nobody wrote it.
    """

    field: str
    range: tuple[str, str] | None = None
    along: dict[str, float] = Field(default_factory=dict, alias="with")
    left_out: Pause | None = None


class Lever(Part):
    """See the top of levers.toml."""

    name: str
    lab: str
    moves: list[Move] = Field(default_factory=list)
    times: list[float] = Field(default_factory=list)
    plus: list[str] = Field(default_factory=list)
    to: list[str] = Field(default_factory=list)
    choices: Literal["", "surface", "interlayer", "solid electrolyte"] = ""
    law: str = ""
    no_law: str = ""
    absent: str = ""
    fixed_by_current: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Self:
        ways = sum(bool(way) for way in (self.times, self.plus, self.to, self.choices))
        if bool(self.law) == bool(self.no_law) or ways != bool(self.law) or bool(self.moves) != bool(self.law):
            raise ValueError("a lever has a law, moves and one way to step; or says in no_law why it has none")
        return self


class Levers(Part):
    """The file."""

    lever: list[Lever]


@cache
def levers() -> tuple[Lever, ...]:
    """Return all levers there are."""
    return tuple(check(Levers, shipped("ionweld.infer", FILE), FILE).lever)


@dataclass(frozen=True, slots=True)
class Change:
    """A lever at one of its steps. step: the cell and the protocol that it makes of others, drawn ones too."""

    lever: Lever
    text: str
    step: CellStep


@dataclass(frozen=True, slots=True)
class SilentLever:
    """A lever of which nothing can be said, and why."""

    name: str
    why: str


def changes(lever: Lever, cell: CellSpec, protocol: AnyProtocol, goal: Goal) -> list[Change] | SilentLever:
    """Return a lever at each of its steps that is possible for this cell and test; or why there is none."""
    if lever.no_law:
        return SilentLever(lever.name, f"the twin has no law for this: {lever.no_law}")
    if lever.fixed_by_current and (goal.current is not None or goal.kind is GoalKind.CRITICAL_CURRENT):
        return SilentLever(lever.name, f"the goal itself says the current: {goal.text}")
    if lever.choices:
        return _named(lever, cell) or SilentLever(lever.name, _nothing_to_choose(lever, cell))
    for move in lever.moves:
        known = [found for one in _values((cell, protocol), move.field) if (found := one or move.left_out) is not None]
        if known:
            return _stepped(lever, move, known) or SilentLever(lever.name, _no_room(move, known[0]))
    field = lever.moves[-1].field.rsplit(".", 1)[-1].replace("_", " ")
    return SilentLever(lever.name, lever.absent or f"this cell or its test has no {field}")


def _no_room(move: Move, known: Quantity) -> str:
    return f"it is at {_said(known)}, and no step of this lever stays within {' to '.join(move.range or ())}"


def _stepped(lever: Lever, move: Move, known: list[Quantity]) -> list[Change]:
    """Return the steps of a lever that moves quantities, without those that leave the range or change nothing."""
    low, high = (to_si(edge, known[0].unit) for edge in move.range or ())
    found = []
    for how, step in _steps(lever):
        made = [step(one) for one in known]
        still = all(abs(new.value - old.value) <= SAME * abs(old.value) for new, old in zip(made, known, strict=True))
        if not still and all(low <= one.value <= high for one in made):
            one_value = len({one.value for one in known}) == 1
            name = "C rate" if move.field.endswith(".c_rate") else lever.name
            text = f"{name} to {_said(made[0])} (from {_said(known[0])})" if one_value else f"{name} {how}"
            found.append(Change(lever, text, _mover(move, step, made[0] if one_value else None)))
    return found


def _said(known: Quantity) -> str:
    """Return a quantity as people write it: a table of units has C for a coulomb, so that a C rate stands there as 1/h."""
    return known.text.replace(" 1/h", " C") if known.unit == "1/s" else known.text


Step = Callable[[Quantity], Quantity]


def _steps(lever: Lever) -> list[tuple[str, Step]]:
    """Return each step in words, and what it makes of a quantity."""
    times = [(f"times {factor:g}", _times(factor)) for factor in lever.times]
    plus = [(f"plus {text}", _plus(text)) for text in lever.plus]
    return [*times, *plus, *((f"to {text}", _to(text)) for text in lever.to)]


def _times(factor: float) -> Step:
    return lambda known: _moved(known, known.value * factor)


def _plus(text: str) -> Step:
    return lambda known: _moved(known, known.value + to_si(text, known.unit))


def _to(text: str) -> Step:
    return lambda known: Quantity(to_si(text, known.unit), known.unit, text, "chosen", source="a lever")


def _moved(known: Quantity, value: float) -> Quantity:
    unit = written_unit(known.text)
    number = from_si(value, known.unit, "" if unit == "1" else unit)
    text = f"{number:.3g}" + ("" if unit == "1" else f" {unit}")
    return Quantity(value, known.unit, text, "chosen", source="a lever")


def _mover(move: Move, step: Step, target: Quantity | None) -> CellStep:
    """Return what makes a step: the field takes it in every place, and what moves along in its power.

    target: what a field of the cell is set to whatever a draw has there, as a person would set it; None: by the step.
    """

    def made(known: Quantity | None, power: float) -> Quantity | None:
        known = known or move.left_out
        if known is None or (target is not None and move.field.startswith("cell.")):
            return None if known is None else target
        after = step(known)
        return after if power == 1.0 else _moved(known, known.value * (after.value / known.value) ** power)

    def change(cell: CellSpec, protocol: AnyProtocol) -> tuple[CellSpec, AnyProtocol]:
        parts = {"cell": cell, "protocol": protocol}
        for field, power in {move.field: 1.0, **move.along}.items():
            root, *path = field.split(".")
            parts[root] = edited(parts[root], path, lambda known, power=power: made(known, power)) or parts[root]
        return parts["cell"], parts["protocol"]

    return change


def _named(lever: Lever, cell: CellSpec) -> list[Change]:
    """Return the steps of a lever that takes another name of the library."""
    path = lever.moves[0].field.split(".")[1:]
    present = _values((cell,), lever.moves[0].field)[0]
    found = []
    for name in _choices(lever.choices, cell):
        if name != present:
            text = f"{lever.name}: {name}" + (f" (in place of {present})" if present else "")
            made = _another_pellet if lever.choices == "solid electrolyte" else _namer
            found.append(Change(lever, text, made(path, name)))
    return found


def _namer(path: list[str], name: str) -> CellStep:
    return lambda cell, protocol: (edited(cell, path, lambda _known: name), protocol)


def _another_pellet(path: list[str], name: str) -> CellStep:
    """Return what takes another electrolyte: what was measured of this very pellet, and done to its surface, goes with it."""

    def step(cell: CellSpec, protocol: AnyProtocol) -> tuple[CellSpec, AnyProtocol]:
        made = edited(cell, path, lambda _known: name).model_copy(update={"conduction": None})
        made = edited(made, ["electrodes", "*", "interface", "surface"], lambda _known: None)
        usual = cell.library.entry(name).properties.get("typical_relative_density")
        if usual is not None and cell.electrolyte.relative_density.status == "assumed":
            made = edited(made, ["electrolyte", "relative_density"], lambda _known: replace(usual, status="assumed"))
        return made, protocol

    return step


def _choices(kind: str, cell: CellSpec) -> Sequence[str]:
    if kind == "surface":
        return tuple(interface_entry(cell).surfaces)
    if kind == "interlayer":
        return cell.library.names("interlayer")
    metal = cell.electrodes.negative.material
    return [name for name in cell.library.names("solid electrolyte") if _very_own(cell, metal, name)]


def _very_own(cell: CellSpec, metal: str, electrolyte: str) -> bool:
    """Whether the library has a file of the very two, so that the numbers are not all those of a class."""
    pair = cell.library.pair(metal, electrolyte)
    return pair is not None and pair.sides == (metal, electrolyte)


def _nothing_to_choose(lever: Lever, cell: CellSpec) -> str:
    return f"the library knows no other {lever.choices} for {interface_entry(cell).name}"


def _values(parts: tuple[Any, ...], field: str) -> list[Any]:
    """Return what stands at a field of a cell or a protocol, of each stage or electrode; empty where there is none."""
    found: list[Any] = []
    root, *path = field.split(".")
    for part, name in zip(parts, ("cell", "protocol"), strict=False):
        if name == root:
            edited(part, path, lambda known: found.append(known) or known)
    return found


def edited(part: Any, path: Sequence[str], change: Callable[[Any], Any]) -> Any:
    """Return a part of a description with what stands at a path changed; None where it has no such field.

    A list is changed in each of its members; "*" stands for every electrode of lithium that is described.
    """
    if not path:
        return change(part)
    if isinstance(part, list | tuple):
        made = [edited(one, path, change) for one in part]
        return None if None in made else made
    first, *rest = path
    if first == "*":
        sides = {name: getattr(part, name) for name in ("negative", "positive")}
        made = {name: edited(one, rest, change) for name, one in sides.items() if isinstance(one, Electrode)}
        return None if None in made.values() else part.model_copy(update=made)
    if part is None or first not in type(part).model_fields:
        return None
    inner = getattr(part, first)
    if rest and inner is None:
        return None
    made = edited(inner, rest, change)
    return None if made is None and rest else part.model_copy(update={first: made})
