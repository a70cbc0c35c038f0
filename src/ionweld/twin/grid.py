"""A grid: one cell and protocol while fields of them vary. Each point is made when it is asked for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

from ionweld.errors import Fault, InputError, SpecError
from ionweld.simulate.refusals import refuse_the_impossible
from ionweld.spec.cell import CellSpec, parse_cell
from ionweld.spec.fields import replaced
from ionweld.spec.library import Entry
from ionweld.spec.protocol import parse_protocol
from ionweld.spec.variation import Value, Variation, as_quantity
from ionweld.twin.ensemble import Recipe

MOST_RUNS = 1_000_000


@dataclass(frozen=True, slots=True)
class Base:
    """What is varied: the documents of a cell and a protocol, the name of the draw, and how an interface is looked up.

    folder: where the files lie that the cell names.
    """

    name: str
    cell: dict[str, Any]
    protocol: dict[str, Any]
    parameters: Callable[[CellSpec], Entry]
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class GridPoint:
    """One point of the grid. Without a recipe it cannot be run, and `reason` says why."""

    number: int
    values: tuple[Value, ...]
    recipe: Recipe | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """All points, the last field varying fastest; each is made when it is asked for. first: the first that can be run."""

    base: Base
    variations: list[Variation]
    first: GridPoint

    def __len__(self) -> int:
        return prod(len(one.values) for one in self.variations)

    def __iter__(self) -> Iterator[GridPoint]:
        return (point_at(self.base, self.variations, number, values) for number, values in places_of(self.variations))


def grid(base: Base, variations: list[Variation], replicates: int) -> Grid:
    """Return all points. Raises SpecError when there are too many, or none can be run."""
    count = replicates * prod(len(one.values) for one in variations)
    if count > MOST_RUNS:
        raise SpecError(Fault("--vary", f"{count} cells are more than {MOST_RUNS}", "Take larger steps"))
    refused: InputError | None = None
    for number, values in places_of(variations):
        try:
            return Grid(base, variations, GridPoint(number, values, _recipe(base, variations, values)))
        except InputError as error:
            refused = refused or error
    assert refused is not None
    raise refused


def places_of(variations: list[Variation]) -> Iterator[tuple[int, tuple[Value, ...]]]:
    """Return the number and the values of each point, the last field varying fastest."""
    return enumerate(product(*(one.values for one in variations)))


def point_at(base: Base, variations: list[Variation], number: int, values: tuple[Value, ...]) -> GridPoint:
    """Return a point; one that cannot be read says why."""
    try:
        return GridPoint(number, values, _recipe(base, variations, values))
    except InputError as error:
        return GridPoint(number, values, None, str(error))


def _recipe(base: Base, variations: list[Variation], values: tuple[Value, ...]) -> Recipe:
    documents, numbers = {"cell": base.cell, "protocol": base.protocol}, {}
    for variation, value in zip(variations, values, strict=True):
        for field in variation.fields:
            root, _, name = field.path.partition(".")
            if root == "parameters":
                numbers[name] = as_quantity(value.raw, field, variation.asked)
            else:
                documents[root] = replaced(documents[root], field.path, value.raw)
    cell, protocol = parse_cell(documents["cell"], folder=base.folder), parse_protocol(documents["protocol"])
    refuse_the_impossible(cell, protocol)
    return Recipe(base.name, cell, protocol, base.parameters(cell).updated(numbers))
