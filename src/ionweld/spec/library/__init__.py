"""Materials, interfaces and assumptions as data: every number with its source, status and range."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from ionweld.errors import Fault, SpecError
from ionweld.spec.described import entry_of
from ionweld.spec.entry import Entry
from ionweld.spec.quantity import Quantity

__all__ = ["Entry", "Library", "assumption", "digest", "entry", "material_names", "shipped_text"]


@cache
def _texts() -> dict[str, str]:
    found = {item.name: item.read_text("utf-8") for item in files(__name__).iterdir() if item.name.endswith(".toml")}
    return dict(sorted(found.items()))


def digest() -> str:
    """Return a hash of the whole library: it changes with any of its numbers."""
    return sha256("\n".join(_texts().values()).encode()).hexdigest()


@cache
def _documents() -> dict[str, tuple[str, dict[str, Any]]]:
    """Return file and document by name; the folder also holds tables of another form (phases, bands), read elsewhere."""
    documents = [(file, tomllib.loads(text)) for file, text in _texts().items()]
    return {document["name"]: (file, document) for file, document in documents if "properties" in document}


@cache
def entry(name: str) -> Entry:
    """Return an entry that comes with ionweld, by its name. Raises SpecError when there is none."""
    if name not in _documents():
        raise SpecError(Fault("library", f"{name!r} is not in the library", f"Known: {', '.join(_documents())}"))
    file, document = _documents()[name]
    return entry_of(document, f"library/{file}", entry)


def shipped_text(name: str) -> tuple[str, str]:
    """Return file and text of an entry that comes with ionweld, as it was written. Raises SpecError when there is none."""
    entry(name)
    file = _documents()[name][0]
    return f"library/{file}", _texts()[file]


def material_names(kind: str) -> list[str]:
    """Return the names of all entries of one kind, such as "solid electrolyte", that come with ionweld."""
    return [name for name, (_, document) in _documents().items() if document["kind"] == kind]


def assumption(name: str) -> Quantity:
    """Return the documented assumption for something that a cell or protocol may leave out."""
    return entry("assumptions").quantity(name)


@cache
def _pairs() -> dict[tuple[str, str], str]:
    """Return the names of the pairs that come with ionweld, by their sides."""
    return {tuple(document["sides"]): name for name, (_, document) in _documents().items() if "sides" in document}


@dataclass(frozen=True)
class Library:
    """Entries by their names: a person's own, which go first, and those that come with ionweld."""

    own: dict[str, Entry] = field(default_factory=dict)

    def entry(self, name: str) -> Entry:
        """Return an entry by its name. Raises SpecError when there is none."""
        return self.own[name] if name in self.own else entry(name)

    def names(self, *kinds: str) -> list[str]:
        """Return the names of all entries of some kinds."""
        shipped = [name for kind in kinds for name in material_names(kind)]
        return list(dict.fromkeys([*(name for name, one in self.own.items() if one.kind in kinds), *shipped]))

    def pair(self, first: str, second: str) -> Entry | None:
        """Return what is known of two materials that touch: of the very two, of a chemistry, or of any electrolyte.

        Of a bare collector that is what is known of the metal that is plated on it.
        """
        found = self._written_pair(first, second)
        plated = self._written_pair(found.deposit, second) if found is not None and found.deposit is not None else None
        return found.deposited(plated, second) if found is not None and plated is not None else found

    def _written_pair(self, first: str, second: str) -> Entry | None:
        own = {one.sides: name for name, one in self.own.items() if one.sides is not None}
        for one in self._also(first):
            for other in self._also(second):
                if (one, other) in own or (one, other) in _pairs():
                    return self.entry(own.get((one, other)) or _pairs()[one, other])
        return None

    def _also(self, name: str) -> list[str]:
        """Return a material's name, then the wider names that a pair may have for it."""
        if name not in self.names("solid electrolyte"):
            return [name]
        return [wider for wider in (name, self.entry(name).chemistry, "solid electrolyte") if wider is not None]

    def digest(self) -> str:
        """Return a hash of a person's own entries; empty where there are none."""
        return sha256(repr(self.own).encode()).hexdigest() if self.own else ""
