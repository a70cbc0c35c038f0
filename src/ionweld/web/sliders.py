"""What can be moved on the screen What if: each field with its steps, as text with a unit."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ionweld.errors import Fault, InputError

if TYPE_CHECKING:
    from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Slider:
    """A field. path: where it stands in a cell's document, empty for one of the test; steps: numbers in `unit`."""

    name: str
    title: str
    unit: str
    steps: tuple[float, ...]
    begins: float
    path: str = ""
    instead_of: str = ""

    @property
    def start(self) -> str:
        """What it stands at before it is moved, of a cell without a file."""
        return self._text(self.begins)

    def _text(self, value: float) -> str:
        return f"{value:g} {self.unit}"

    def help(self) -> str:
        """Return what the schema of cells or of tests says of the field."""
        from ionweld.spec.cell import CellSpec
        from ionweld.spec.protocol import Stage

        said = _described(CellSpec, self.path) if self.path else _described(Stage, self.name)
        return said[:1].upper() + said[1:]

    def shown(self) -> dict[str, Any]:
        """Return what the page needs to draw it."""
        return {
            "name": self.name,
            "title": self.title,
            "help": self.help(),
            "of_the_cell": bool(self.path),
            "steps": [self._text(value) for value in self.steps],
            "start": self.steps.index(self.begins),
        }

    def checked(self, value: str) -> str:
        """Return a value that is one of the steps. Raises InputError for another."""
        if value not in map(self._text, self.steps):
            raise InputError(Fault(self.name, f"{value!r} is no step of this slider", "Move the slider"))
        return value

    def put(self, document: dict[str, Any], value: str) -> None:
        """Write a value into a cell's document, in the place of what says the same in another way."""
        *parts, last = self.path.split(".")
        place = document
        for part in parts:
            place = place.setdefault(part, {})
        if last == "volume" and "liquid" not in place:
            return  # a bare cell has nothing to be filled with
        place.pop(self.instead_of, None)
        place[last] = value


def _described(model: "type[BaseModel]", path: str) -> str:
    """Return the description of a field, which may lie in a part of a part of a model."""
    name, _, below = path.partition(".")
    field = model.model_fields[name]
    if not below:
        return field.description or ""
    part = field.annotation
    assert isinstance(part, type)
    return _described(part, below)


SLIDERS = (
    Slider(
        "stack_pressure", "Stack pressure", "MPa",
        (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0), 0.15, "stack_pressure",
    ),
    Slider(
        "volume", "Liquid in each gap", "uL",
        (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0), 3.0, "electrodes.negative.interface.volume",
    ),
    Slider(
        "current_density", "Current density", "mA/cm^2",
        (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.0), 0.1,
    ),
    Slider("half_cycle_time", "Half cycle", "h", (0.25, 0.5, 1.0, 2.0, 5.0), 0.5),
    Slider(
        "temperature", "Temperature", "degC",
        (25.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0, 110.0, 120.0), 80.0, "temperature",
    ),
    Slider(
        "thickness", "Pellet", "mm",
        (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0), 1.0, "electrolyte.thickness", "mass",
    ),
)  # fmt: skip
