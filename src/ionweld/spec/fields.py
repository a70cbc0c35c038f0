"""The fields of a specification by their paths: which there are, and which of them a person means by a short name.

A path starts with `cell`, `protocol` or `parameters`. A field may be named by any ending of its path, and the side of
an electrode may be left out: `interface.volume` means both electrodes at once, `negative.interface.volume` only one.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from pydantic import BaseModel

from ionweld.errors import Fault, SpecError
from ionweld.spec.cell import CellSpec
from ionweld.spec.faults import models_in
from ionweld.spec.library import Entry
from ionweld.spec.protocol import protocol_model
from ionweld.spec.quantity import Bound, In, InCRate

SIDES = ("negative", "positive")
MOST_NEAR = 5  # names that are offered in place of an unknown one


@dataclass(frozen=True, slots=True)
class Field:
    """A field that holds one value. unit and bound: of a quantity; c_rate: whether it is written as "0.2 C"."""

    path: str
    kind: Literal["quantity", "whole number", "text"]
    unit: str = ""
    bound: Bound = "any"
    c_rate: bool = False

    @property
    def sideless(self) -> str:
        """The path without the side of the electrode."""
        return ".".join(part for part in self.path.split(".") if part not in SIDES)


def fields(cell: dict[str, Any], protocol: dict[str, Any], parameters: Entry) -> list[Field]:
    """Return every field of a cell's and a protocol's document, left-out ones included, and of the parameters."""
    numbers = [Field(f"parameters.{name}", "quantity", known.unit) for name, known in parameters.properties.items()]
    course = {name: value for name, value in protocol.items() if name != "impedance"}  # spectra change no course
    return [*cell_fields(cell), *protocol_fields(course), *numbers]


def cell_fields(document: dict[str, Any]) -> list[Field]:
    """Return every field of a cell's document, left-out ones included."""
    return [*_walk(CellSpec, document, "cell")]


def protocol_fields(document: dict[str, Any]) -> list[Field]:
    """Return every field of a protocol's document, left-out ones included."""
    return [*_walk(protocol_model(document), document, "protocol")]


def _walk(model: type[BaseModel], document: Any, path: str) -> Iterator[Field]:
    for name, about in model.model_fields.items():
        here, value = f"{path}.{name}", document.get(name) if isinstance(document, dict) else None
        models = models_in(about.annotation)
        if not models:
            yield _leaf(here, about.annotation, about.metadata)
        elif isinstance(value, list):
            for i, one in enumerate(value):
                yield from _walk(models[0], one, f"{here}.{i}")
        elif value is not None:
            yield from _walk(_described_by(models, value), value, here)
        elif (about.default is None or about.annotation is models[0]) and _all_optional(
            models[0]
        ):  # any one of its fields may be written alone
            yield from _walk(models[0], {}, here)


def _all_optional(model: type[BaseModel]) -> bool:
    return not any(about.is_required() for about in model.model_fields.values())


def _described_by(models: list[type[BaseModel]], value: Any) -> type[BaseModel]:
    """Return the model that has all the fields of a document: a positive electrode is a cathode or a disc of lithium."""
    return next((model for model in models if set(value) <= set(model.model_fields)), models[0])


def _leaf(path: str, annotation: Any, metadata: list[Any]) -> Field:
    rules = [*metadata, *(rule for part in getattr(annotation, "__args__", ()) for rule in _rules(part))]
    rule = next((one for one in rules if isinstance(one, In)), None)
    if rule is not None:
        return Field(path, "quantity", rule.unit, rule.bound)
    if any(isinstance(one, InCRate) for one in rules):
        return Field(path, "quantity", "1/s", "positive", c_rate=True)
    return Field(path, "whole number" if annotation is int else "text")


def _rules(annotation: Any) -> tuple[Any, ...]:
    return getattr(annotation, "__metadata__", ())


def find(asked: str, known: list[Field], where: str | None = None) -> list[Field]:
    """Return the fields that a path or its ending means: one, or the same one of both electrodes.

    where: what faults name; the option of the command line without it.

    Raises SpecError when there is none, or when the ending fits several.
    """
    matches = [field for field in known if _ends(field.path, asked) or _ends(field.sideless, asked)]
    names = list(dict.fromkeys(field.sideless for field in matches))
    if len(names) == 1:
        return matches
    where = where or f"vary {asked}"
    if matches:
        seen = f"{asked!r} may mean " + ", ".join(names)
        raise SpecError(Fault(where, seen, "Write as much of the path as tells them apart"))
    paths = [field.path for field in known]
    endings = {path.split(".", i)[-1]: path for path in paths for i in range(path.count(".") + 1)}
    near = get_close_matches(asked, list(endings), MOST_NEAR, 0.5) or get_close_matches(asked, paths, MOST_NEAR, 0.0)
    listed = ", ".join(dict.fromkeys(endings[name] for name in near))
    mend = f"Near it: {listed}. A part that the files leave out, such as a positive electrode, has no fields: write it"
    raise SpecError(Fault(where, f"{asked!r} is no field of this cell, protocol or interface", mend))


def _ends(path: str, asked: str) -> bool:
    return path == asked or path.endswith(f".{asked}")


def replaced(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a copy of a document with another value at a path (without its first part); tables left out are added."""
    copy = deepcopy(document)
    place: Any = copy
    *parts, last = path.split(".")[1:]
    for part in parts:
        place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
    place[last] = value
    return copy
