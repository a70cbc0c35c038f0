"""Numbers of other papers that the twin is held against, as data: one file per paper in study/validation/.

Whether a paper was told to the library or held out of it was decided per paper, before anything was calculated. A
condition that a row does not have is not known, which is not the same as usual.
"""

from collections import Counter
from functools import cache
from importlib.resources import files
from tomllib import loads
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ionweld.errors import Fault, SpecError
from ionweld.spec.cell import Part
from ionweld.spec.faults import check
from ionweld.spec.quantity import (
    Bound,
    Duration,
    In,
    Length,
    Quantity,
    Temperature,
    parse_quantity,
)

FOLDER = "validation"
Kind = Literal[
    "critical_current", "interface_resistance", "life", "one_way_charge", "conductivity", "pressure_exponent"
]
# kind -> SI unit, the unit that a person reads, and what is possible
UNITS: dict[Kind, tuple[str, str, Bound]] = {
    "critical_current": ("A/m^2", "mA/cm^2", "positive"),
    "interface_resistance": ("ohm*m^2", "ohm*cm^2", "positive"),
    "life": ("s", "h", "positive"),
    "one_way_charge": ("C/m^2", "mAh/cm^2", "positive"),
    "conductivity": ("S/m", "mS/cm", "positive"),
    "pressure_exponent": ("1", "1", "any"),
}

# what a cell or its test may differ in, as far as the twin knows it
CONDITIONS = (
    "temperature", "stack_pressure", "relative_density", "thickness", "current", "half_cycle", "charge_per_half_cycle",
    "surface", "interlayer", "liquid", "direction", "attached_at",
)  # fmt: skip


class MeasuredRow(Part):
    """A number of a paper. relation: ">" where the true one is larger, such as a current that was borne.

    direction: of a critical current that was told for one electrode alone. attached_at: the pressure at which lithium was put on
    the pellet, where that was not the stack pressure of the test.
    """

    id: str
    kind: Kind
    relation: Literal["=", ">", "<"]
    value: str
    range: tuple[str, str] | None = None
    range_why: str = ""
    where: str
    value_checked: bool = True
    material: str
    composition: str = ""
    surface: str = ""
    interlayer: str = ""
    liquid: str = ""
    direction: Literal["stripping", "plating", ""] = ""
    preparation: str = ""
    temperature: Temperature | None = None
    stack_pressure: Annotated[Quantity, In("Pa", "not negative")] | None = None
    attached_at: Annotated[Quantity, In("Pa", "positive")] | None = None
    relative_density: float | None = Field(default=None, gt=0.0, le=1.0)
    grain_size: Length | None = None
    thickness: Length | None = None
    current: Annotated[Quantity, In("A/m^2", "not negative")] | None = None
    half_cycle: Duration | None = None
    charge_per_half_cycle: Annotated[Quantity, In("C/m^2", "positive")] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for text in (self.value, *(self.range or ())):
            self._si(text)
        return self

    def _si(self, text: str) -> float:
        unit, _, bound = UNITS[self.kind]
        return parse_quantity(text, unit, bound).value

    @property
    def measured(self) -> float:
        """The number in SI units."""
        return self._si(self.value)


class ValidationPaper(Part):
    """One paper: where it is, how its numbers were seen, what it is about, and whether the library was told of it."""

    citation: str
    doi: str | None = None
    arxiv: str | None = None
    how_seen: str
    class_: str = Field(alias="class", description="of electrolytes, such as argyrodite or garnet")
    split: Literal["told", "held_out"]
    row: list[MeasuredRow] = Field(min_length=1)


PaperRow = tuple[ValidationPaper, MeasuredRow]


@cache
def validation_papers() -> tuple[ValidationPaper, ...]:
    """Return the papers, by the names of their files. Raises SpecError with all faults of all files."""
    folder = files("ionweld.study").joinpath(FOLDER)
    papers, faults = [], []
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        try:
            papers.append(check(ValidationPaper, loads(item.read_text("utf-8")), item.name))
        except SpecError as error:
            faults += error.faults
    counts = Counter(row.id for paper in papers for row in paper.row)
    faults += [
        Fault(name, f"stands {count} times", "Give each its own id") for name, count in counts.items() if count > 1
    ]
    if faults:
        raise SpecError(faults)
    return tuple(papers)
