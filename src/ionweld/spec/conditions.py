"""Conditions of a test that a paper leaves out and a calibration may move: fields of a cell or protocol, as parameters."""

from collections.abc import Iterable
from typing import Any, TypeVar

from ionweld.errors import Fault, SpecError
from ionweld.spec.cell import Part
from ionweld.spec.library import Entry
from ionweld.spec.quantity import Quantity

Described = TypeVar("Described", bound=Part)

# name of the parameter -> where it stands in a cell or in a protocol
PATHS = {
    "stack_pressure": ("stack_pressure",),
    "rest": ("rest",),
    "relative_density": ("electrolyte", "relative_density"),
    "conductivity": ("conduction", "conductivity"),
    "cathode_loading": ("electrodes", "positive", "loading"),
    "coat": ("electrodes", "positive", "coat"),
    "upper_voltage": ("upper_voltage",),
    "lower_voltage": ("lower_voltage",),
}


def condition(described: Part, name: str) -> Quantity | None:
    """Return a condition of a cell or protocol, or None where it has no such field. name: one of PATHS."""
    place: Any = described
    for part in PATHS[name]:
        place = getattr(place, part, None)
    return place if isinstance(place, Quantity) else None


def conditions_entry(described: Iterable[Part], names: Iterable[str]) -> Entry:
    """Return the named conditions as parameters, each as the first cell or protocol that has it states it.

    Raises SpecError for a name that is unknown, or that none of them gives with a range.
    """
    known, found = list(described), {}
    for name in names:
        stated = [quantity for one in known if name in PATHS and (quantity := condition(one, name)) is not None]
        if not stated or stated[0].low is None:
            raise SpecError(Fault("conditions", f"{name!r} is given by no cell with a range", f"Known: {[*PATHS]}"))
        found[name] = stated[0]
    return Entry("conditions", "conditions", "What the paper leaves out.", found, {name: name for name in found}, {})


def placed(described: Described, parameters: Entry) -> Described:
    """Return the cell or protocol under the conditions that are among the parameters; what it does not have is left."""
    for name in PATHS.keys() & parameters.properties.keys():
        if condition(described, name) is not None:
            described = _with(described, PATHS[name], parameters.quantity(name))
    return described


def _with(part: Any, path: tuple[str, ...], quantity: Quantity) -> Any:
    first, *rest = path
    return part.model_copy(update={first: _with(getattr(part, first), tuple(rest), quantity) if rest else quantity})
