"""Materials, interfaces and assumptions as data: every number with its source, status and range."""

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from ionweld.errors import Fault, SpecError
from ionweld.spec.quantity import Quantity, parse_quantity


@dataclass(frozen=True, slots=True)
class Entry:
    """A named set of sourced numbers, such as a material. priors: factors of one standard deviation, by name."""

    name: str
    kind: str
    about: str
    properties: dict[str, Quantity]
    symbols: dict[str, str]
    priors: dict[str, float]

    def __getitem__(self, name: str) -> float:
        """Return the SI value of a property. Raises SpecError when the library does not have it."""
        return self.quantity(name).value

    def quantity(self, name: str) -> Quantity:
        """Return a property with its source. Raises SpecError when the library does not have it."""
        if name not in self.properties:
            known = ", ".join(self.properties)
            raise SpecError(Fault(f"library: {self.name}", f"has no property {name!r}", f"Known: {known}"))
        return self.properties[name]

    def updated(self, quantities: dict[str, Quantity]) -> "Entry":
        """Return this entry with some of its numbers replaced, for example by calibrated ones."""
        for name in quantities:
            self.quantity(name)
        return replace(self, properties=self.properties | quantities)

    def joined(self, other: "Entry") -> "Entry":
        """Return one entry with the numbers of both. Raises SpecError when both have one of the same name."""
        twice = sorted(self.properties.keys() & other.properties.keys())
        if twice:
            seen = f"and {other.name} both have {', '.join(twice)}"
            raise SpecError(Fault(f"library: {self.name}", seen, "Give each number a name of its own"))
        return Entry(
            f"{self.name}; {other.name}",
            self.kind,
            f"{self.about} {other.about}",
            self.properties | other.properties,
            self.symbols | other.symbols,
            self.priors | other.priors,
        )


@cache
def _texts() -> list[str]:
    found = {item.name: item.read_text("utf-8") for item in files(__name__).iterdir() if item.name.endswith(".toml")}
    return [text for _, text in sorted(found.items())]


def digest() -> str:
    """Return a hash of the whole library: it changes with any of its numbers."""
    return sha256("\n".join(_texts()).encode()).hexdigest()


@cache
def _documents() -> dict[str, dict[str, Any]]:
    """Return the entries by name; the folder also holds tables of another form (phases, bands), read elsewhere."""
    documents = [tomllib.loads(text) for text in _texts()]
    return {document["name"]: document for document in documents if "properties" in document}


@cache
def entry(name: str) -> Entry:
    """Return a material or interface by its name. Raises SpecError when there is none."""
    if name not in _documents():
        raise SpecError(Fault("library", f"{name!r} is not in the library", f"Known: {', '.join(_documents())}"))
    document = _documents()[name]
    records: dict[str, dict[str, Any]] = document["properties"]
    base = entry(document["base"]) if "base" in document else None
    return Entry(
        name,
        document["kind"],
        document["about"],
        _taken_over(base) | {key: _quantity(record) for key, record in records.items()},
        (base.symbols if base else {}) | {key: record.get("symbol", key) for key, record in records.items()},
        {key: record["prior_factor"] for key, record in records.items() if "prior_factor" in record},
    )


def _taken_over(base: Entry | None) -> dict[str, Quantity]:
    """Return the numbers of the entry that another one starts from: for that other one they are assumptions."""
    if base is None:
        return {}
    return {
        key: replace(known, status="assumed", source=f"taken over from {base.name}, not known here; {known.source}")
        for key, known in base.properties.items()
    }


def _quantity(record: dict[str, Any]) -> Quantity:
    table = {record["status"]: record["value"], "source": record["source"]}
    if "range" in record:
        table["range"] = record["range"]
    return parse_quantity(table, record["unit"], "not negative")


def material_names(kind: str) -> list[str]:
    """Return the names of all entries of one kind, such as "solid electrolyte"."""
    return [name for name, document in _documents().items() if document["kind"] == kind]


def assumption(name: str) -> Quantity:
    """Return the documented assumption for something that a cell or protocol may leave out."""
    return entry("assumptions").quantity(name)
