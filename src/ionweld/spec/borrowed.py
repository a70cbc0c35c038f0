"""How much of what a prediction stands on is borrowed from another material: said first, in every output."""

from dataclasses import dataclass

from ionweld.spec.cell import CellSpec
from ionweld.spec.derived import electrolyte_entry
from ionweld.spec.entry import Entry
from ionweld.spec.library import Library
from ionweld.spec.pairs import LAYER

ZERO_CELSIUS = 273.15


@dataclass(frozen=True, slots=True)
class Borrowed:
    """What a cell's prediction borrows.

    sentence: the first line of an output, empty where nothing is borrowed; numbers: each that is borrowed, with the entry
    that it is taken over from; total: how many there are in all.
    """

    sentence: str
    numbers: dict[str, str]
    total: int


def borrowed(cell: CellSpec, parameters: Entry) -> Borrowed:
    """Return what is borrowed of the parameters of a cell's interfaces and of its electrolyte."""
    entries = [parameters, electrolyte_entry(cell)]
    numbers = _of_another_liquid(cell, parameters)
    numbers |= {name: origin for one in entries for name, origin in one.borrowed.items()}
    total = sum(len(one.properties) for one in entries)
    origins = " and ".join(_origin(cell.library, name) for name in dict.fromkeys(numbers.values()))
    sentence = (
        f"{len(numbers)} of {total} parameters are borrowed from {origins}: a picture, not a prediction"
        if numbers
        else ""
    )
    return Borrowed(sentence, numbers, total)


def _of_another_liquid(cell: CellSpec, parameters: Entry) -> dict[str, str]:
    """Return the numbers of the welded layer where they are of another liquid than the cell's."""
    liquids = {side.interface.liquid for side in cell.sides} - {None}
    if not liquids or parameters.liquid is None or liquids == {parameters.liquid}:
        return {}
    return {name: parameters.liquid for name in LAYER if name in parameters.properties}


def _origin(library: Library, name: str) -> str:
    reference = library.entry(name).properties.get("reference_temperature")
    return name if reference is None else f"{name} at {reference.value - ZERO_CELSIUS:.4g} degC"
