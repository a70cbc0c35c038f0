"""What several screens are asked about, and how: a decimal comma is as good as a point in every quantity."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from ionweld.units import point_for_comma

Name = Annotated[str, Field(max_length=500)]


def with_points(text: str) -> str:
    """Return a text with a point for the decimal comma of each of its numbers.

    Raises UnitError for "1,234 mm", which can be read in two ways.
    """
    return " ".join(_word(word) for word in text.split(" "))


def _word(word: str) -> str:
    stem = word.rstrip(",;")  # a comma behind a number lists it
    return point_for_comma(stem) + word[len(stem) :]


Quantity = Annotated[str, Field(max_length=200), AfterValidator(with_points)]


class AskedFile(BaseModel):
    """A file of the folder."""

    file: Name


class AskedProject(BaseModel):
    """A project of the folder; None for the nearest."""

    project: Name | None = None
