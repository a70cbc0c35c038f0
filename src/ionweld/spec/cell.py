"""A cell as a person writes it: what it is made of, how it was put together, and at what conditions it is held."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from ionweld.errors import Fault, IonweldError
from ionweld.spec.faults import check, read_toml
from ionweld.spec.library import assumption, material_names
from ionweld.spec.quantity import (
    Bound,
    Fraction,
    Length,
    Mass,
    Pause,
    Pressure,
    Quantity,
    Temperature,
    Volume,
    parse_quantity,
)


class Part(BaseModel):
    """A part of a specification: nothing that is not known here may stand in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Interface(Part):
    """The gap between an electrode and the pellet, and what was put into it."""

    gap: Length = Field(examples=['"10 um"'])
    liquid: str | None = Field(None, examples=['"1 M LiPF6 in EC:DEC:FEC 45:45:10"'])
    volume: Volume | None = Field(None, examples=['"3 uL"'])


class Electrode(Part):
    """A disc of lithium pressed onto the pellet."""

    material: str = Field(examples=['"Li"'])
    diameter: Length = Field(examples=['"6 mm"'])
    thickness: Length = Field(examples=['"100 um"'])
    interface: Interface


class Electrodes(Part):
    """The two electrodes; without `positive` the cell is symmetric, and the positive one is a copy of the negative."""

    negative: Electrode
    positive: Electrode | None = None


class Electrolyte(Part):
    """The pellet. Its thickness is given, or follows from mass, diameter and relative density."""

    material: str = Field(examples=['"Li2OHCl"'])
    diameter: Length = Field(examples=['"10 mm"'])
    mass: Mass | None = Field(None, examples=['"0.15 g"'])
    thickness: Length | None = Field(None, examples=['"1.15 mm"'])
    relative_density: Fraction = Field(default_factory=lambda: assumption("relative_density"))


class Cell(Part):
    """A symmetric lithium cell at given conditions."""

    name: str = Field(examples=['"Li | Li2OHCl | Li, bare"'])
    temperature: Temperature = Field(examples=['"80 degC"'])
    stack_pressure: Pressure = Field(examples=['{ assumed = "0.15 MPa", range = ["0.02 MPa", "1 MPa"] }'])
    rest: Pause = Field(
        default_factory=lambda: assumption("rest"), description="time under stack pressure before the first current"
    )
    electrolyte: Electrolyte
    electrodes: Electrodes

    @property
    def sides(self) -> tuple[Electrode, Electrode]:
        """The negative and the positive electrode; in a symmetric cell the second is a copy of the first."""
        return self.electrodes.negative, self.electrodes.positive or self.electrodes.negative


def load_cell(path: Path) -> Cell:
    """Read a cell from a TOML file. Raises SpecError with every fault, or FileFormatError."""
    return parse_cell(read_toml(path), path.name)


def parse_cell(document: dict[str, Any], where: str = "cell") -> Cell:
    """Return the cell that a TOML document describes. Raises SpecError with every fault."""
    return check(Cell, document, where, _impossible)


def _impossible(document: dict[str, Any]) -> list[Fault]:
    """Faults that lie between the fields; looked for even where single fields have faults of their own."""
    faults = [*_pellet(document), *_materials(document)]
    for side in ("negative", "positive"):
        if _at(document, "electrodes", side) is not None:
            faults += [*_foil(document, side), *_liquid(document, side)]
    return [*faults, *_unequal(document)]


def _pellet(document: dict[str, Any]) -> list[Fault]:
    mass, thickness = _at(document, "electrolyte", "mass"), _at(document, "electrolyte", "thickness")
    faults = []
    if _at(document, "electrolyte") is not None and (mass is None) == (thickness is None):
        seen = "neither mass nor thickness is given" if mass is None else "mass and thickness are both given"
        faults.append(Fault("electrolyte", seen, 'Give one of them, for example mass = "0.15 g"'))
    relative = _readable(document, ("electrolyte", "relative_density"), "1")
    if relative is not None and relative.value > 1.0:
        seen = f"{relative.text!r} is above 100 %"
        faults.append(Fault("electrolyte.relative_density", seen, 'Write the part that is solid, for example "90 %"'))
    return faults


def _materials(document: dict[str, Any]) -> list[Fault]:
    faults = []
    paths = [("electrolyte", "solid electrolyte"), ("electrodes.negative", "metal"), ("electrodes.positive", "metal")]
    for path, kind in paths:
        name = _at(document, *path.split("."), "material")
        if isinstance(name, str) and name not in material_names(kind):
            known = ", ".join(material_names(kind))
            faults.append(Fault(f"{path}.material", f"{name!r} is no {kind} of the library", f"Known: {known}"))
    return faults


def _foil(document: dict[str, Any], side: str) -> list[Fault]:
    foil = _readable(document, ("electrodes", side, "diameter"), "m")
    pellet = _readable(document, ("electrolyte", "diameter"), "m")
    if foil is None or pellet is None or foil.value <= pellet.value:
        return []
    seen = f"the electrode ({foil.text}) is wider than the pellet ({pellet.text})"
    return [Fault(f"electrodes.{side}.diameter", seen, "Check both diameters: the electrode must lie on the pellet")]


def _liquid(document: dict[str, Any], side: str) -> list[Fault]:
    path = ("electrodes", side, "interface")
    where = ".".join(path)
    liquid = _at(document, *path, "liquid")
    volume = _readable(document, (*path, "volume"), "m^3", "not negative")
    faults = []
    if isinstance(liquid, str) and liquid not in material_names("liquid electrolyte"):
        known = ", ".join(material_names("liquid electrolyte"))
        faults.append(
            Fault(f"{where}.liquid", f"{liquid!r} is no liquid electrolyte of the library", f"Known: {known}")
        )
    if volume is not None and volume.value > 0.0 and liquid is None:
        faults.append(Fault(where, "a volume is given, but no liquid", "Name the liquid, or remove the volume"))
    if liquid is not None and _at(document, *path, "volume") is None:
        faults.append(Fault(where, "a liquid is given, but no volume", 'Add its volume, for example volume = "3 uL"'))
    return faults


def _unequal(document: dict[str, Any]) -> list[Fault]:
    diameters = [_readable(document, ("electrodes", side, "diameter"), "m") for side in ("negative", "positive")]
    if None in diameters or diameters[0].value == diameters[1].value:  # pyright: ignore[reportOptionalMemberAccess]
        return []
    seen = "the two electrodes differ in diameter"
    mend = "Give both the same diameter: the spreading of current is only known for equal, facing electrodes"
    return [Fault("electrodes.positive.diameter", seen, mend)]


def _at(document: Any, *path: str) -> Any:
    for key in path:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _readable(document: Any, path: tuple[str, ...], unit: str, bound: Bound = "positive") -> Quantity | None:
    """Return the quantity at a path, or None where it is missing or has a fault of its own."""
    raw = _at(document, *path)
    try:
        return None if raw is None else parse_quantity(raw, unit, bound)
    except (PydanticCustomError, IonweldError):
        return None
