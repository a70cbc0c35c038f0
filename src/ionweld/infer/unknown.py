"""Cells that may be the real one: drawn over what nobody measured, and what becomes of them where they are changed."""

from dataclasses import dataclass, replace

from ionweld.spec.cell import CellSpec
from ionweld.spec.conditions import placed
from ionweld.spec.library import Entry
from ionweld.spec.protocol import AnyProtocol
from ionweld.twin.calibrated import parameters_for
from ionweld.twin.library_draws import library_draws, whole_ranges, with_conditions


@dataclass(frozen=True, slots=True)
class DrawnCell:
    """A cell with drawn conditions, the drawn numbers of its interfaces, and the name of its chance."""

    cell: CellSpec
    parameters: Entry
    seed: str


def unknown_draws(cell: CellSpec, protocol: AnyProtocol, count: int, seed: str) -> list[DrawnCell]:
    """Return draws over the ranges of the parameters of a cell's interfaces, and of the conditions that have one."""
    known = with_conditions(whole_ranges(parameters_for(cell)), cell, protocol)
    drawn = enumerate(library_draws(known, count, seed))
    return [DrawnCell(placed(cell, one), one, f"{seed}/{number}") for number, one in drawn]


def carried_over(draws: list[Entry], plain: CellSpec, other: CellSpec, seed: str) -> list[Entry]:
    """Return the parameters of draws for another cell.

    What the library says of both cells alike stays as it was drawn; the rest is drawn anew.
    """
    before, after = parameters_for(plain), parameters_for(other)
    new = {name: known for name, known in after.properties.items() if before.properties.get(name) != known}
    gone = before.properties.keys() - after.properties.keys()
    if not new and not gone:
        return draws
    fresh = library_draws(whole_ranges(replace(after, properties=new)), len(draws), seed)
    return [_merged(draw, one, after, gone) for draw, one in zip(draws, fresh, strict=True)]


def _merged(draw: Entry, fresh: Entry, after: Entry, gone: set[str]) -> Entry:
    kept = {name: known for name, known in draw.properties.items() if name not in gone}
    return replace(after, properties=kept | fresh.properties)
