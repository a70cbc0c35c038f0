"""A cell as a person writes it: what it is made of, how it was put together, and at what conditions it is held."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from ionweld.errors import Fault, IonweldError
from ionweld.spec.faults import check, read_toml
from ionweld.spec.library import assumption, entry, material_names
from ionweld.spec.pairs import CATHODES, INTERFACES, unknown_pair
from ionweld.spec.quantity import (
    ActivationEnergy,
    Bound,
    Conductivity,
    Fraction,
    Length,
    Loading,
    Mass,
    Pause,
    Pressure,
    Quantity,
    Share,
    SpecificCapacity,
    Temperature,
    Volume,
    parse_quantity,
)

# fields of the conduction whose unit is easily mistaken: their unit, and the assumptions that say what is possible
CONDUCTION_LIMITS = {
    "conductivity_activation_energy": ("J/mol", "least_activation_energy", "greatest_activation_energy"),
    "conductivity_temperature": ("K", "lowest_temperature", "highest_conduction_temperature"),
    "transition_temperature": ("K", "lowest_temperature", "highest_conduction_temperature"),
}
SLURRY_TOLERANCE = 1e-3  # a recipe is weighed and rounded to a tenth of a per cent


class Part(BaseModel):
    """A part of a specification: nothing that is not known here may stand in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Interface(Part):
    """The gap between an electrode and the pellet, and what was put into it."""

    gap: Length = Field(examples=['"10 um"'])
    liquid: str | None = Field(None, examples=['"1 M LiPF6 in EC:DEC:FEC 45:45:10"'])
    volume: Volume | None = Field(None, examples=['"3 uL"'])
    layer: Length | None = Field(
        None,
        examples=['{ measured = "2 um", range = ["1.8 um", "2.2 um"], source = "cross section" }'],
        description="thickness of the dense layer that the liquid leaves, where it was measured; "
        "without it the parameter solid_content of the interface is taken",
    )


class Electrode(Part):
    """A disc of lithium pressed onto the pellet."""

    material: str = Field(examples=['"Li"'])
    diameter: Length = Field(examples=['"6 mm"'])
    thickness: Length = Field(examples=['"100 um"'])
    interface: Interface


class Slurry(Part):
    """The solids that the cathode was cast from, by mass; together 100 %."""

    active: Fraction = Field(examples=['"60 %"'], description="the active material")
    binder: Share = Field(examples=['"15 %"'])
    salt: Share = Field(examples=['"15 %"'], description="lithium salt that makes the binder conduct ions")
    carbon: Share = Field(examples=['"10 %"'], description="what conducts the electrons")


class Cathode(Part):
    """A cast composite cathode with a coat of polymer electrolyte on the side of the pellet."""

    material: str = Field(examples=['"LiFePO4"'])
    diameter: Length = Field(examples=['"6 mm"'])
    loading: Loading = Field(
        examples=['{ assumed = "2 mg/cm^2", range = ["1 mg/cm^2", "4 mg/cm^2"] }'],
        description="mass of the active material per area of the cathode",
    )
    slurry: Slurry
    coat: Length = Field(
        examples=['{ assumed = "10 um", range = ["3 um", "50 um"] }'], description="thickness of the polymer coat"
    )
    nominal_capacity: SpecificCapacity = Field(
        default_factory=lambda: assumption("nominal_capacity"),
        description="what 1 C means, per mass of active material",
    )


def _kind_of_positive(raw: Any) -> str:
    """Return which model describes a positive electrode: a cathode, or a second disc of lithium."""
    if isinstance(raw, Electrode | Cathode):
        return type(raw).__name__
    known = isinstance(raw, dict) and (raw.get("material") in material_names("cathode material") or "loading" in raw)
    return "Cathode" if known else "Electrode"


Positive = Annotated[
    Annotated[Electrode, Tag("Electrode")] | Annotated[Cathode, Tag("Cathode")], Discriminator(_kind_of_positive)
]


class Electrodes(Part):
    """The two electrodes; without `positive` the cell is symmetric, and the positive one is a copy of the negative."""

    negative: Electrode
    positive: Positive | None = None


class Electrolyte(Part):
    """The pellet. Its thickness is given, or follows from mass, diameter and relative density."""

    material: str = Field(examples=['"Li2OHCl"'])
    diameter: Length = Field(examples=['"10 mm"'])
    mass: Mass | None = Field(None, examples=['"0.15 g"'])
    thickness: Length | None = Field(None, examples=['"1.15 mm"'])
    relative_density: Fraction = Field(default_factory=lambda: assumption("relative_density"))


class Conduction(Part):
    """How this very pellet conducts, where that is known; what is left out is that of the library."""

    conductivity: Conductivity | None = Field(None, examples=['"1e-3 S/cm"'])
    conductivity_temperature: Temperature | None = Field(None, examples=['"100 degC"'])
    conductivity_activation_energy: ActivationEnergy | None = Field(None, examples=['"0.605 eV"'])
    transition_temperature: Temperature | None = Field(None, examples=['"38 degC"'])
    grain_boundary_share: Share | None = Field(None, examples=['"40 %"'])


class Cell(Part):
    """A cell at given conditions: symmetric with two electrodes of lithium, or full with a cathode."""

    name: str = Field(examples=['"Li | Li2OHCl | Li, bare"'])
    temperature: Temperature = Field(examples=['"80 degC"'])
    stack_pressure: Pressure = Field(examples=['{ assumed = "0.15 MPa", range = ["0.02 MPa", "1 MPa"] }'])
    rest: Pause = Field(
        default_factory=lambda: assumption("rest"), description="time under stack pressure before the first current"
    )
    electrolyte: Electrolyte
    conduction: Conduction | None = None
    electrodes: Electrodes

    @property
    def sides(self) -> tuple[Electrode, ...]:
        """The electrodes of lithium: one in a full cell; two in a symmetric one, the second a copy if not described."""
        negative, positive = self.electrodes.negative, self.electrodes.positive
        return (negative,) if isinstance(positive, Cathode) else (negative, positive or negative)

    @property
    def cathode(self) -> Cathode | None:
        """The cathode of a full cell; None in a symmetric one."""
        positive = self.electrodes.positive
        return positive if isinstance(positive, Cathode) else None


def load_cell(path: Path) -> Cell:
    """Read a cell from a TOML file. Raises SpecError with every fault, or FileFormatError."""
    return parse_cell(read_toml(path), path.name)


def parse_cell(document: dict[str, Any], where: str = "cell") -> Cell:
    """Return the cell that a TOML document describes. Raises SpecError with every fault."""
    return check(Cell, document, where, _impossible)


def pellet_faults(document: dict[str, Any]) -> list[Fault]:
    """Return the faults that lie between the fields of a bare pellet."""
    materials = _unknown_material(document, "electrolyte", ["solid electrolyte"])
    return [*_pellet(document), *_conduction(document), *materials]


def _impossible(document: dict[str, Any]) -> list[Fault]:
    """Faults that lie between the fields; looked for even where single fields have faults of their own."""
    faults = [*_pellet(document), *_conduction(document), *_materials(document), *_pairs(document)]
    for side in ("negative", "positive"):
        if _at(document, "electrodes", side) is not None:
            faults += [*_foil(document, side), *_liquid(document, side)]
    return [*faults, *_unequal(document), *_slurry(document)]


def _pellet(document: dict[str, Any]) -> list[Fault]:
    mass, thickness = _at(document, "electrolyte", "mass"), _at(document, "electrolyte", "thickness")
    faults = []
    if _at(document, "electrolyte") is not None and (mass is None) == (thickness is None):
        seen = "neither mass nor thickness is given" if mass is None else "mass and thickness are both given"
        faults.append(Fault("electrolyte", seen, 'Give one of them, for example mass = "0.15 g"'))
    relative = readable(document, ("electrolyte", "relative_density"), "1")
    if relative is not None and relative.value > 1.0:
        seen = f"{relative.text!r} is above 100 %"
        faults.append(Fault("electrolyte.relative_density", seen, 'Write the part that is solid, for example "90 %"'))
    return faults


def _conduction(document: dict[str, Any]) -> list[Fault]:
    """Return the faults of what is said about the pellet's conduction."""
    given = _at(document, "conduction")
    if not isinstance(given, dict):
        return []
    faults = [*_without_temperature(given), *_all_boundaries(document), *_without_law(document, given)]
    return [*faults, *(fault for name in CONDUCTION_LIMITS for fault in _beyond_limits(document, name))]


def _without_temperature(given: dict[str, Any]) -> list[Fault]:
    pair = ("conductivity", "conductivity_temperature")
    if sum(name in given for name in pair) != 1:
        return []
    missing = next(name for name in pair if name not in given)
    mend = 'Write both, for example conductivity = "2e-4 S/cm" and conductivity_temperature = "80 degC"'
    return [Fault(f"conduction.{missing}", "a conductivity and its temperature belong together", mend)]


def _all_boundaries(document: dict[str, Any]) -> list[Fault]:
    path = ("conduction", "grain_boundary_share")
    share = readable(document, path, "1", "not negative")
    if share is None or share.value < 1.0:
        return []
    seen = f"{share.text!r} of the pellet's resistance would leave nothing for its grains"
    return [Fault(".".join(path), seen, 'Write a part of it, for example "40 %"')]


def _beyond_limits(document: dict[str, Any], name: str) -> list[Fault]:
    """Return the fault of a number that no pellet has, nor its range: it would pass in silence, and be far off."""
    unit, *edges = CONDUCTION_LIMITS[name]
    given = readable(document, ("conduction", name), unit)
    low, high = (assumption(edge) for edge in edges)
    if given is None or all(low.value <= one <= high.value for one in (given.low, given.value, given.high) if one):
        return []
    what = repr(given.text) if given.low is None else f"{given.text!r}, or an end of its range,"
    seen = f"{what} lies outside of {low.text} to {high.text}"
    return [Fault(f"conduction.{name}", seen, "Check the number and its unit")]


def _without_law(document: dict[str, Any], given: dict[str, Any]) -> list[Fault]:
    material = _at(document, "electrolyte", "material")
    if material not in material_names("solid electrolyte"):
        return []
    unknown = [name for name in Conduction.model_fields if name in given and name not in entry(material).properties]
    seen = f"the library's law for {material} has no such number"
    return [Fault(f"conduction.{name}", seen, "Remove it") for name in unknown]


def _materials(document: dict[str, Any]) -> list[Fault]:
    paths = [
        ("electrolyte", ["solid electrolyte"]),
        ("electrodes.negative", ["metal"]),
        ("electrodes.positive", ["metal", "cathode material"]),
    ]
    return [fault for path, kinds in paths for fault in _unknown_material(document, path, kinds)]


def _unknown_material(document: dict[str, Any], path: str, kinds: list[str]) -> list[Fault]:
    name = _at(document, *path.split("."), "material")
    known = [material for kind in kinds for material in material_names(kind)]
    if not isinstance(name, str) or name in known:
        return []
    seen = f"{name!r} is no {' or '.join(kinds)} of the library"
    return [Fault(f"{path}.material", seen, f"Known: {', '.join(known)}")]


def _pairs(document: dict[str, Any]) -> list[Fault]:
    """Return the faults of materials that the library knows each by itself, but not against each other."""
    electrolyte = _at(document, "electrolyte", "material")
    if electrolyte not in material_names("solid electrolyte"):
        return []
    faults = []
    for side in ("negative", "positive"):
        material, where = _at(document, "electrodes", side, "material"), f"electrodes.{side}.material"
        if material in material_names("metal"):
            faults += unknown_pair(where, material, electrolyte, INTERFACES)
        elif material in material_names("cathode material"):
            faults += unknown_pair(where, electrolyte, material, CATHODES)
    return faults


def _foil(document: dict[str, Any], side: str) -> list[Fault]:
    foil = readable(document, ("electrodes", side, "diameter"), "m")
    pellet = readable(document, ("electrolyte", "diameter"), "m")
    if foil is None or pellet is None or foil.value <= pellet.value:
        return []
    seen = f"the electrode ({foil.text}) is wider than the pellet ({pellet.text})"
    return [Fault(f"electrodes.{side}.diameter", seen, "Check both diameters: the electrode must lie on the pellet")]


def _liquid(document: dict[str, Any], side: str) -> list[Fault]:
    path = ("electrodes", side, "interface")
    where = ".".join(path)
    liquid = _at(document, *path, "liquid")
    volume = readable(document, (*path, "volume"), "m^3", "not negative")
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
    diameters = [readable(document, ("electrodes", side, "diameter"), "m") for side in ("negative", "positive")]
    if None in diameters or diameters[0].value == diameters[1].value:  # pyright: ignore[reportOptionalMemberAccess]
        return []
    seen = "the two electrodes differ in diameter"
    mend = "Give both the same diameter: the spreading of current is only known for equal, facing electrodes"
    return [Fault("electrodes.positive.diameter", seen, mend)]


def _slurry(document: dict[str, Any]) -> list[Fault]:
    path = ("electrodes", "positive", "slurry")
    parts = [readable(document, (*path, name), "1", "not negative") for name in Slurry.model_fields]
    known = [part.value for part in parts if part is not None]
    if len(known) < len(parts) or abs(sum(known) - 1.0) < SLURRY_TOLERANCE:
        return []
    seen = f"the parts add up to {100 * sum(known):.4g} %"
    return [Fault(".".join(path), seen, "Check the recipe: mass fractions of all solids, together 100 %")]


def _at(document: Any, *path: str) -> Any:
    for key in path:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def readable(document: Any, path: tuple[str, ...], unit: str, bound: Bound = "positive") -> Quantity | None:
    """Return the quantity at a path, or None where it is missing or has a fault of its own."""
    raw = _at(document, *path)
    try:
        return None if raw is None else parse_quantity(raw, unit, bound)
    except (PydanticCustomError, IonweldError):
        return None
