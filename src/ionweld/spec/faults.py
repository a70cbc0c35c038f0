"""From TOML text to a checked object: every fault at once, each with its path and the way to mend it."""

import tomllib
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from ionweld.errors import Fault, FileFormatError, IonweldError, SpecError, why
from ionweld.spec.quantity import Bound, Quantity, parse_quantity

_LONGEST = 60  # letters of a value that is shown
_IN_WORDS = {
    "list_type": "no list",
    "tuple_type": "no list",
    "dict_type": "no table",
    "model_type": "no table",
    "string_type": "no text",
    "int_type": "no whole number",
    "int_parsing": "no whole number",
    "int_from_float": "no whole number",
    "bool_type": "neither true nor false",
}
_MEND = {"string_type": "Put it into quotes", "bool_type": "Write true or false"}
_MEND |= dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "Write a whole number")
Model = TypeVar("Model", bound=BaseModel)
ExtraCheck = Callable[[dict[str, Any]], list[Fault]]


def read_toml(path: Path) -> dict[str, Any]:
    """Return the content of a TOML file. Raises FileFormatError when it cannot be read or is no TOML."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise FileFormatError(
            Fault(str(path), f"cannot be read: {why(error)}", "Give the path of a TOML file")
        ) from None
    except UnicodeDecodeError:
        raise FileFormatError(Fault(str(path), "is not UTF-8 text", "Give a TOML file saved as UTF-8")) from None
    return toml_of(text, str(path))


def toml_of(text: str, where: str) -> dict[str, Any]:
    """Return the content of the text of a TOML file. Raises FileFormatError when it is no TOML."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a plain ValueError
        raise FileFormatError(Fault(where, f"is not valid TOML: {error}", "Mend that line")) from None


def shipped(package: str, file: str) -> dict[str, Any]:
    """Return the content of a TOML file that comes with ionweld, such as "library/phases.toml" of "ionweld.spec"."""
    return tomllib.loads(files(package).joinpath(file).read_text("utf-8"))


def check(
    model: type[Model],
    document: dict[str, Any],
    where: str,
    extra: ExtraCheck | None = None,
    known: Sequence[Fault] = (),
) -> Model:
    """Return `document` as a `model`. Raises SpecError with all faults: known ones, and those of `extra`, included."""
    faults = [*known, *(_in_file(where, fault) for fault in (extra(document) if extra else []))]
    checked: Model | None = None
    try:
        checked = model.model_validate(document)
    except ValidationError as error:
        # what follows from another field is not asked for where that one has a fault
        own = [detail for detail in error.errors() if detail["type"] != "default_factory_not_called"]
        faults = [_translate(model, where, detail) for detail in own] + faults
    if faults or checked is None:
        raise SpecError(faults)
    return checked


def _in_file(where: str, fault: Fault) -> Fault:
    return Fault(f"{where}: {fault.where}", fault.seen, fault.mend)


def _translate(model: type[BaseModel], where: str, detail: ErrorDetails) -> Fault:
    path = f"{where}: " + ".".join(str(part) for part in detail["loc"] if not _is_alternative(part))
    kind = detail["type"]
    if kind == "quantity":
        context = detail.get("ctx", {})
        return Fault(path, context["seen"], context["mend"])
    if kind == "extra_forbidden":
        return Fault(path, "unknown key", _suggest(model, detail["loc"]))
    if kind == "missing":
        return Fault(path, "is missing", f"Add {_what_to_add(model, detail['loc'])}")
    if kind in ("list_type", "tuple_type", "dict_type", "model_type"):
        return Fault(path, in_words(detail), f"Write {_what_to_add(model, detail['loc'])}")
    return Fault(path, in_words(detail), _MEND.get(kind, f"Seen: {_short(detail['input'])}"))


def in_words(detail: ErrorDetails) -> str:
    """Return what is wrong with a value, in the words of who writes TOML: pydantic speaks of Python's types."""
    said = _IN_WORDS.get(detail["type"])
    return f"{_short(detail['input'])} is {said}" if said else detail["msg"]


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."


def _suggest(model: type[BaseModel], loc: tuple[int | str, ...]) -> str:
    fields, key = _fields_at(model, loc[:-1]), str(loc[-1])
    listed = f"Known here: {', '.join(fields)}"
    inside = [
        _header(name, one) for name, one in fields.items() if any(key in inner.model_fields for inner in _in(one))
    ]
    if inside:
        return f"It belongs in {' or '.join(inside)}. {listed}"
    near = get_close_matches(key, list(fields), n=1)
    return f"Did you mean {near[0]!r}? {listed}" if near else listed


def _what_to_add(model: type[BaseModel], loc: tuple[int | str, ...]) -> str:
    name = str(loc[-1])
    field = _fields_at(model, loc[:-1]).get(name)
    if isinstance(loc[-1], int):
        return f"[[{loc[-2]}]]"
    if field is None:
        return name
    examples = [*(field.examples or ()), *(rule.example for rule in field.metadata if hasattr(rule, "example"))]
    return f"{name}, for example {name} = {examples[0]}" if examples else _header(name, field)


def _header(name: str, field: Any) -> str:
    """Return how a field is written that is a table, or several; its name, if it is a value."""
    if not _in(field):
        return name
    return f"[[{name}]]" if get_origin(field.annotation) in (list, tuple) else f"[{name}]"


def _in(field: Any) -> list[type[BaseModel]]:
    return models_in(field.annotation)


def _is_alternative(part: int | str) -> bool:
    """Whether a part of a path names which of several models was chosen: classes are capitalised, fields are not."""
    return isinstance(part, str) and part[:1].isupper()


def _fields_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> dict[str, Any]:
    """Return the fields of the model that stands at a path; list indices and keys of a table do not change the model."""
    inner, key_follows = [model], False
    for part in loc:
        if key_follows:
            key_follows = False
        elif _is_alternative(part):
            inner = [one for one in inner if one.__name__ == part]
        elif isinstance(part, str):
            field = inner[0].model_fields.get(part)
            inner = models_in(field.annotation) if field is not None else []
            key_follows = field is not None and get_origin(field.annotation) is dict
        if not inner:
            return {}
    return dict(inner[0].model_fields)


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """Return the models that a field's annotation names, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in getattr(annotation, "__args__", ()) for found in models_in(part)]


def at(document: Any, *path: str) -> Any:
    """Return what stands at a path of a document, or None."""
    for key in path:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def readable(document: Any, path: tuple[str, ...], unit: str, bound: Bound = "positive") -> Quantity | None:
    """Return the quantity at a path, or None where it is missing or has a fault of its own."""
    raw = at(document, *path)
    try:
        return None if raw is None else parse_quantity(raw, unit, bound)
    except (PydanticCustomError, IonweldError):
        return None
