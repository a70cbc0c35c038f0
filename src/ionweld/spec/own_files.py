"""A person's own materials and pairs: files that a cell names, and all that lie in `materials/` beside it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ionweld.errors import Fault, FileFormatError, SpecError
from ionweld.spec.described import entry_of
from ionweld.spec.entry import Entry
from ionweld.spec.faults import read_toml
from ionweld.spec.library import Library

FOLDER = "materials"
SUFFIX = ".toml"
_NAMING = ("material", "liquid", "interlayer")  # the keys of a cell's tables whose text may be a file


def is_file(name: str) -> bool:
    """Whether a material is named by its file, in place of its name."""
    return name.endswith(SUFFIX)


def with_files(document: dict[str, Any], folder: Path | None) -> tuple[dict[str, Any], Library, list[Fault]]:
    """Return a cell's document with files replaced by the names of their entries, those entries, and their faults.

    folder: where relative paths start; None where a document has none, as from a study's own data.
    """
    if folder is None:
        return document, Library(), []
    named = {name: folder / name for name in _named_files(document)}
    own, faults = read_own([*named.values(), *beside(folder)])
    names = {one.file: one.name for one in own.values()}
    texts = {text: names[str(path)] for text, path in named.items() if str(path) in names}
    return _replaced(document, texts), Library(own), faults


def with_usual(document: dict[str, Any], library: Library) -> dict[str, Any]:
    """Return a cell's document with what is usual for its materials where it says nothing.

    That is the relative density of its pellet, and what 1 C means for its cathode.
    """
    filled = _filled(document, ("electrolyte",), "relative_density", "typical_relative_density", library)
    return _filled(filled, ("electrodes", "positive"), "nominal_capacity", "usual_nominal_capacity", library)


def _filled(
    document: dict[str, Any], path: tuple[str, ...], field: str, usual: str, library: Library
) -> dict[str, Any]:
    first, *rest = path
    part = document.get(first)
    if not isinstance(part, dict):
        return document
    if rest:
        return document | {first: _filled(part, tuple(rest), field, usual, library)}
    material = part.get("material")
    kinds = ("solid electrolyte", "cathode material")
    known = library.entry(material).properties if material in library.names(*kinds) else {}
    if field in part or usual not in known:
        return document
    return document | {first: part | {field: replace(known[usual], status="assumed")}}


def beside(folder: Path) -> list[Path]:
    """Return the files of materials that lie beside a cell in a folder."""
    return sorted((folder / FOLDER).glob(f"*{SUFFIX}"))


def read_own(paths: list[Path]) -> tuple[dict[str, Entry], list[Fault]]:
    """Return the entries of files by their names, and the faults of those that cannot be read."""
    documents, faults = {}, []
    for path in dict.fromkeys(paths):
        try:
            documents[path] = read_toml(path)
        except FileFormatError as error:
            faults += error.faults
    return _entries(documents, faults)


def _entries(documents: dict[Path, dict[str, Any]], faults: list[Fault]) -> tuple[dict[str, Entry], list[Fault]]:
    """Return the entries of documents, each after the one that it is based on."""
    own: dict[str, Entry] = {}
    waiting = {path: document.get("name") for path, document in documents.items()}
    faults += _twice(waiting)
    while waiting:
        ready = [path for path in waiting if documents[path].get("base") not in {*waiting.values()} - {waiting[path]}]
        for path in ready or [*waiting]:  # none is ready: they are based on each other
            name = waiting.pop(path)
            try:
                own[str(name)] = entry_of(documents[path], path.name, Library(own).entry, str(path))
            except SpecError as error:
                faults += error.faults
    return own, faults


def _twice(named: dict[Path, Any]) -> list[Fault]:
    others = {path: [str(one) for one in named if one != path and named[one] == named[path]] for path in named}
    return [
        Fault(f"{path}: name", f"{named[path]!r} is the name of {', '.join(same)} too", "Give each its own name")
        for path, same in others.items()
        if same
    ]


def _named_files(part: Any) -> Iterator[str]:
    """Return every file that a document names in place of a material."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key in _NAMING and isinstance(value, str) and is_file(value):
                yield value
            else:
                yield from _named_files(value)


def _replaced(part: Any, names: dict[str, str]) -> Any:
    if not isinstance(part, dict):
        return part
    return {
        key: names.get(value, value) if key in _NAMING and isinstance(value, str) else _replaced(value, names)
        for key, value in part.items()
    }


def library_with(name: str | None, folder: Path = Path()) -> tuple[Library, str | None]:
    """Return the library with what lies in `folder`/materials and in the file `name`, and the name of what was asked for.

    name: of an entry, or the file of one. Raises SpecError with the faults of all files.
    """
    named = [Path(name)] if name is not None and is_file(name) else []
    own, faults = read_own([*named, *beside(folder)])
    if faults:
        raise SpecError(faults)
    files = {one.file: one.name for one in own.values()}
    return Library(own), files.get(str(named[0]), name) if named else name


def solid_electrolyte(name: str) -> Entry:
    """Return the solid electrolyte of this name or file, of the library or of ./materials. Raises SpecError."""
    library, asked = library_with(name)
    known = library.names("solid electrolyte")
    if asked not in known:
        raise SpecError(Fault("electrolyte", f"{asked!r} is no solid electrolyte", f"Known: {', '.join(known)}"))
    return library.entry(asked)
