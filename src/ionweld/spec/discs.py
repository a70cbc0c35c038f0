"""What is round, or counts as a disc of its area: pouch cells and squares are written by their area."""

from dataclasses import replace
from math import pi, sqrt
from typing import Any

from pydantic import Field

from ionweld.errors import Fault
from ionweld.spec.faults import at, readable
from ionweld.spec.quantity import Quantity

# the diameter stands for it in the identity of a run
AREA: Any = Field(
    None,
    repr=False,
    examples=['"4 cm^2"'],
    description="in place of a diameter, of what is not round: it counts as a disc of that area",
)


def across(known: dict[str, Any]) -> Any:
    """Return the diameter of a disc of a known area, where no diameter is given; nothing where neither is."""
    area = known.get("area")
    if area is None:
        return None  # refused beside: see faults_of_disc
    diameter = sqrt(4.0 * area.value / pi)
    low, high = (None if end is None else sqrt(4.0 * end / pi) for end in (area.low, area.high))
    return Quantity(diameter, "m", f"{1e3 * diameter:.6g} mm", area.status, low, high, f"disc of {area.text}")


def size_text(disc: Any) -> str:
    """Return how large a disc is as its owner wrote it: by its diameter or its area."""
    return (disc.area or disc.diameter).text


def diameter_in(document: dict[str, Any], *path: str) -> Quantity | None:
    """Return the diameter that a document gives or means at a path, with the text of what it gives; None where there is none."""
    area = readable(document, (*path, "area"), "m^2")
    return (
        readable(document, (*path, "diameter"), "m")
        if area is None
        else replace(across({"area": area}), text=area.text)
    )


def faults_of_disc(document: dict[str, Any], *path: str) -> list[Fault]:
    """Return the fault of what is given neither by its diameter nor by its area, or by both."""
    part = at(document, *path)
    if not isinstance(part, dict) or ("diameter" in part) != ("area" in part):
        return []
    if "area" in part:
        return [Fault(".".join(path), "diameter and area are both given", "Give one of them")]
    return [
        Fault(
            ".".join((*path, "diameter")), "is missing", 'Add it, for example diameter = "6 mm", or an area = "4 cm^2"'
        )
    ]
