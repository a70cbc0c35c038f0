"""Draws of what nobody measured of a cell, and what becomes of them where its material or its surface is another."""

from dataclasses import replace

from ionweld.spec.cell import Cell
from ionweld.spec.conditions import PATHS
from ionweld.spec.library import Entry
from ionweld.spec.protocol import AnyProtocol
from ionweld.spec.quantity import Quantity
from ionweld.twin.calibrated import parameters_for
from ionweld.twin.library_draws import library_draws, with_conditions


def unknown_draws(cell: Cell, protocol: AnyProtocol, count: int, seed: str) -> list[Entry]:
    """Return draws of the parameters of a cell's interfaces, and of those of its conditions that have a range."""
    return library_draws(with_conditions(_whole_ranges(parameters_for(cell)), cell, protocol), count, seed)


def _whole_ranges(parameters: Entry) -> Entry:
    """Return the parameters with two standard deviations to either side: a fitted number's range holds one."""
    widened = {name: _widened(known) for name, known in parameters.properties.items() if known.status == "fitted"}
    return parameters.updated(widened)


def _widened(known: Quantity) -> Quantity:
    if known.low is None or known.high is None or known.low <= 0.0:
        return known
    low, high = known.value * (known.low / known.value) ** 2, known.value * (known.high / known.value) ** 2
    return replace(known, low=low, high=high)


def carried_over(draws: list[Entry], plain: Cell, other: Cell, seed: str) -> list[Entry]:
    """Return draws for another cell: what the library says of both alike stays as it was drawn, the rest is drawn anew."""
    before, after = parameters_for(plain).properties, parameters_for(other)
    new = {name: known for name, known in after.properties.items() if before.get(name) != known}
    if not new and before.keys() == after.properties.keys():
        return draws
    fresh = library_draws(_whole_ranges(replace(after, properties=new)), len(draws), seed)
    return [_merged(draw, one, after) for draw, one in zip(draws, fresh, strict=True)]


def _merged(draw: Entry, fresh: Entry, after: Entry) -> Entry:
    kept = {name: known for name, known in draw.properties.items() if name in after.properties or name in PATHS}
    return replace(after, properties=after.properties | kept | fresh.properties)


def without(draw: Entry, conditions: frozenset[str]) -> Entry:
    """Return a draw that leaves some conditions alone, because a change sets them."""
    return replace(draw, properties={name: one for name, one in draw.properties.items() if name not in conditions})
