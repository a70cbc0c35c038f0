"""The text of a paper as data: its numbers, each with its place and role, notes on its slips, and what was checked."""

from dataclasses import dataclass
from typing import Literal

from pydantic import Field, model_validator

from ionweld.spec.cell import Part
from ionweld.spec.quantity import parse_quantity

Relation = Literal["=", ">", "<"]
Role = Literal["context", "chosen", "calibrated", "predicted"]


class PaperNumber(Part):
    """One number of the paper's text: what it is, where it stands, and what it is used for."""

    id: str
    quantity: str
    where: str = Field(description="section and paragraph or figure")
    quote: str = Field(description="the paper's exact words, up to white space")
    relation: Relation
    value: str = Field(description="text with a unit")
    unit: str = Field(description="the SI unit that the value is kept in")
    precision: str | None = Field(None, description="half width, text with a unit; needed where the relation is =")
    role: Role
    observable: str | None = Field(None, description="the observable of study.toml that is compared with it")
    aim: str | None = Field(
        None,
        description="how near counts as met: an aim set before anything was fitted, or the sigma the row was told with",
    )
    miss: str = Field("", description="why the twin misses it, as far as that is known; shown where it does")
    reading: str = Field("", description="how words were turned into this number, where the text prints none")
    note: str = Field("", description="id of the note on a slip in this number")

    @model_validator(mode="after")
    def _readable(self) -> "PaperNumber":
        parse_quantity(self.value, self.unit, "any")
        if self.precision is not None:
            parse_quantity(self.precision, self.unit)
        if self.aim is not None:
            parse_quantity(self.aim, "1")
        return self

    @property
    def value_si(self) -> float:
        """The value in `unit`."""
        return parse_quantity(self.value, self.unit, "any").value

    @property
    def precision_si(self) -> float | None:
        """Half the width within which the text's number is known, in `unit`; None for a bound."""
        return None if self.precision is None else parse_quantity(self.precision, self.unit).value


class Slip(Part):
    """A slip, a contradiction or a gap of the paper: what is printed, what is taken as meant, and why."""

    id: str
    where: str
    printed: str = Field(description="the paper's exact words, up to white space")
    meant: str
    why: str


class PaperNumbers(Part):
    """What numbers.toml holds."""

    precision_rule: str
    number: list[PaperNumber]


class PaperNotes(Part):
    """What notes.toml holds."""

    note: list[Slip]


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A statement of the paper beside the simulated sample (in the paper's unit) and the references of other works.

    verdict: "agrees", "flagged" (outside every reference) or "paper only" (no reference but the paper itself).
    """

    id: str
    quantity: str
    where: str
    unit: str
    paper: float
    simulated: float | None
    stderr: float | None
    reference: str
    verdict: str
    says: str
