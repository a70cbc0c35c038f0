"""Parameters that a person's own cells gave: the file that `diagnose` writes, and what `--parameters` makes of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic_core import PydanticCustomError

from ionweld.errors import Fault, SpecError
from ionweld.spec.cell import CellSpec
from ionweld.spec.derived import interface_name
from ionweld.spec.faults import check, read_toml
from ionweld.spec.library import Entry
from ionweld.spec.part import Part
from ionweld.spec.quantity import Quantity, parse_quantity
from ionweld.twin.calibrated import parameters_for


class OwnParameter(Part):
    """One number, with the range that the data leave it."""

    value: str
    range: tuple[str, str] | None = None


class OwnParameters(Part):
    """The file: of which pair, from which cells and files, and the numbers."""

    software: str
    interface: str
    cells: list[str]
    draws: int = 0
    files: dict[str, str] = Field(default_factory=dict)
    parameters: dict[str, OwnParameter]


def parameters_from(path: Path | None) -> Callable[[CellSpec], Entry]:
    """Return what looks up the parameters of a cell: with those of a file in their place, where one is given.

    Raises SpecError with every fault of the file, FileFormatError where it cannot be read.
    """
    if path is None:
        return parameters_for
    own = check(OwnParameters, read_toml(path), path.name)
    return lambda cell: _with_own(own, cell, path.name)


def _with_own(own: OwnParameters, cell: CellSpec, where: str) -> Entry:
    """Return a cell's parameters with a person's own. Raises SpecError for those of another pair, and wrong numbers."""
    pair, known = interface_name(cell), parameters_for(cell)
    if own.interface != pair:
        seen = f"its numbers are of {own.interface}, and the cell is of {pair}"
        raise SpecError(Fault(f"{where}: interface", seen, "Give the file of a cell with the same materials"))
    found, faults = {}, []
    for name, one in own.parameters.items():
        if name not in known.properties:
            mend = f"Known: {', '.join(known.properties)}"
            faults.append(Fault(f"{where}: parameters.{name}", "is no number of this interface", mend))
            continue
        try:
            found[name] = _quantity(one, known.quantity(name), own)
        except PydanticCustomError as error:
            context: Any = error.context or {}
            faults.append(
                Fault(f"{where}: parameters.{name}", context.get("seen", str(error)), context.get("mend", ""))
            )
    if faults:
        raise SpecError(faults)
    return known.updated(found)


def _quantity(one: OwnParameter, known: Quantity, own: OwnParameters) -> Quantity:
    source = f"calibrated on own cells: {', '.join(own.cells)} ({own.software}); range: 95 %"
    raw = {"fitted": one.value, "source": source} | ({} if one.range is None else {"range": list(one.range)})
    return parse_quantity(raw, known.unit, "not negative")
