"""What can be moved on the screen What if: each field with its steps, as text with a unit."""

from dataclasses import dataclass
from typing import Any

from ionweld.errors import Fault, InputError


@dataclass(frozen=True, slots=True)
class Slider:
    """A field. path: where it stands in a cell's document, empty for one of the test; steps: numbers in `unit`."""

    name: str
    title: str
    help: str
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

    def shown(self) -> dict[str, Any]:
        """Return what the page needs to draw it."""
        return {
            "name": self.name,
            "title": self.title,
            "help": self.help,
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


SLIDERS = (
    Slider(
        "stack_pressure", "Stack pressure", "Presses lithium onto the pellet while the cell runs", "MPa",
        (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0), 0.15, "stack_pressure",
    ),
    Slider(
        "volume", "Liquid in each gap", "Solidifies in place; needs a cell with a liquid", "uL",
        (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0), 3.0, "electrodes.negative.interface.volume",
    ),
    Slider(
        "current_density", "Current density", "Of both half cycles, per area of the lithium", "mA/cm^2",
        (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.0), 0.1,
    ),
    Slider(
        "half_cycle_time", "Half cycle", "How long lithium goes one way", "h", (0.25, 0.5, 1.0, 2.0, 5.0), 0.5
    ),
    Slider(
        "temperature", "Temperature", "Of the whole cell", "degC",
        (25.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0, 110.0, 120.0), 80.0, "temperature",
    ),
    Slider(
        "thickness", "Pellet", "Thickness of the electrolyte", "mm",
        (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0), 1.0, "electrolyte.thickness", "mass",
    ),
)  # fmt: skip
