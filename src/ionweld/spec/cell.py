"""A cell as a person writes it: what it is made of, how it was put together, and at what conditions it is held."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, PrivateAttr, StrictBool, Tag, create_model

from ionweld.spec.cell_faults import cell_faults
from ionweld.spec.discs import AREA, across
from ionweld.spec.faults import check, read_toml
from ionweld.spec.library import Library, assumption, material_names
from ionweld.spec.own_files import with_files, with_usual
from ionweld.spec.part import Part
from ionweld.spec.quantity import (
    ActivationEnergy,
    Area,
    Conductivity,
    Duration,
    Fraction,
    Length,
    Loading,
    Mass,
    Pause,
    Share,
    SpecificCapacity,
    StackPressure,
    Temperature,
    Volume,
)


class Specimen(Part):
    """What is described together with the materials that it is made of: those of the library, and a person's own."""

    _library: Library = PrivateAttr(default_factory=Library)

    @property
    def library(self) -> Library:
        """The entries that the names of materials in this description stand for."""
        return self._library

    def of(self, library: Library) -> Self:
        """Return the same description with other entries behind its names."""
        copy = self.model_copy()
        copy._library = library
        return copy

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        yield from super().__repr_args__()
        if self.library.own:  # what is calculated from a cell depends on the files that it names
            yield "library", self.library.digest()


class Interface(Part):
    """The gap between an electrode and the pellet, and what was put into it."""

    gap: Length = Field(
        default_factory=lambda: assumption("gap"),
        examples=['"10 um"'],
        description="between the two before a liquid fills it; must be given with a liquid",
    )
    liquid: str | None = Field(None, examples=['"1 M LiPF6 in EC:DEC:FEC 45:45:10"'])
    volume: Volume | None = Field(
        None, examples=['"3 uL"'], description="of the liquid in this gap, before it solidifies; needs a liquid"
    )
    layer: Length | None = Field(
        None,
        examples=['{ measured = "2 um", range = ["1.8 um", "2.2 um"], source = "cross section" }'],
        description="thickness of the dense layer that the liquid leaves, where it was measured; "
        "without it the parameter solid_content of the interface is taken",
    )
    surface: str | None = Field(
        None, examples=['"heat_treated"'], description="treatment of the pellet's surface; as received without it"
    )
    interlayer: str | None = Field(None, examples=['"Au"'], description="dry layer between electrode and pellet")


class Electrode(Part):
    """A disc of lithium pressed onto the pellet."""

    material: str = Field(examples=['"Li"'])
    area: Area | None = AREA
    diameter: Length = Field(default_factory=across, examples=['"6 mm"'])
    thickness: Length = Field(examples=['"100 um"'])
    interface: Interface = Field(
        default_factory=lambda: Interface.model_validate({}), description="without it: dry, and as received"
    )


class Slurry(Part):
    """The solids that the cathode was made of, by mass; where more than the active part is said, together 100 %."""

    active: Fraction = Field(examples=['"60 %"'], description="the active material")
    binder: Share | None = Field(None, examples=['"15 %"'])
    salt: Share | None = Field(None, examples=['"15 %"'], description="lithium salt that makes the binder conduct ions")
    carbon: Share | None = Field(None, examples=['"10 %"'], description="what conducts the electrons")
    electrolyte: Share | None = Field(
        None, examples=['"28 %"'], description="solid electrolyte, of a composite of powders"
    )


class Cathode(Part):
    """A composite cathode, cast or pressed; with or without a coat of polymer electrolyte on the side of the pellet."""

    material: str = Field(examples=['"LiFePO4"'])
    area: Area | None = AREA
    diameter: Length = Field(default_factory=across, examples=['"6 mm"'])
    loading: Loading = Field(
        examples=['{ assumed = "2 mg/cm^2", range = ["1 mg/cm^2", "4 mg/cm^2"] }'],
        description="mass of the active material per area of the cathode",
    )
    slurry: Slurry | None = Field(None, description="recipe; without it the mass of the whole cathode is not known")
    coat: Length | None = Field(
        None,
        examples=['{ assumed = "10 um", range = ["3 um", "50 um"] }'],
        description="thickness of the polymer coat; without one a filament that has crossed the pellet shorts the cell",
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
    area: Area | None = AREA
    diameter: Length = Field(default_factory=across, examples=['"10 mm"'])
    mass: Mass | None = Field(None, examples=['"0.15 g"'], description="of the pellet, in place of its thickness")
    thickness: Length | None = Field(None, examples=['"1.15 mm"'], description="of the pellet, in place of its mass")
    relative_density: Fraction = Field(default_factory=lambda: assumption("relative_density"))


class PelletConduction(Part):
    """How this very pellet conducts, where that is known; what is left out is that of the library."""

    conductivity: Conductivity | None = Field(None, examples=['"1e-3 S/cm"'])
    conductivity_temperature: Temperature | None = Field(None, examples=['"100 degC"'])
    conductivity_activation_energy: ActivationEnergy | None = Field(None, examples=['"0.605 eV"'])
    transition_temperature: Temperature | None = Field(None, examples=['"38 degC"'])
    grain_boundary_share: Share | None = Field(None, examples=['"40 %"'])


class FormationStep(Part):
    """A step between assembly and the first current: the cell is held hot, pressed, or both, and then brought back."""

    temperature: Temperature = Field(examples=['"100 degC"'])
    stack_pressure: StackPressure = Field(examples=['"25 MPa"'])
    time: Duration = Field(examples=['"3 h"'])


def switch_names() -> list[str]:
    """Return the switches that the mechanisms' files state: read as text, since to import a mechanism is to compile it."""
    folder = Path(__file__).parent.parent / "simulate" / "mechanisms"
    stated = (
        re.findall(r'^    switch="(\w+)",$', file.read_text("utf-8"), re.MULTILINE) for file in folder.glob("*.py")
    )
    return sorted({switch for switches in stated for switch in switches})


_ON: dict[str, Any] = dict.fromkeys(switch_names(), (StrictBool, True))


class Mechanisms(create_model("Switches", __base__=Part, **_ON)):
    """What happens in the cell: `false` leaves a mechanism out, as if it did not exist."""


class CellSpec(Specimen):
    """A cell at given conditions: symmetric with two electrodes of lithium, or full with a cathode."""

    name: str = Field(examples=['"Li | Li2OHCl | Li, bare"'])
    temperature: Temperature = Field(examples=['"80 degC"'], description="of the whole cell")
    stack_pressure: StackPressure = Field(
        examples=['{ assumed = "0.15 MPa", range = ["0.02 MPa", "1 MPa"] }'],
        description="what presses the electrodes onto the pellet while the cell rests and runs",
    )
    rest: Pause = Field(
        default_factory=lambda: assumption("rest"), description="time under stack pressure before the first current"
    )
    electrolyte: Electrolyte
    conduction: PelletConduction | None = None
    electrodes: Electrodes
    formation: list[FormationStep] = Field(  # enters the identity of a run only where there is any
        default_factory=list, repr=False, description="steps of heat and pressure before the rest and the test"
    )
    mechanisms: Mechanisms = Field(default_factory=Mechanisms, repr=False)  # what is switched off enters identity

    @property
    def switches(self) -> dict[str, bool]:
        """Whether each mechanism that can be left out is part of the cell."""
        return self.mechanisms.model_dump()

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


def load_cell(path: Path) -> CellSpec:
    """Read a cell from a TOML file. Raises SpecError with every fault, or FileFormatError."""
    return parse_cell(read_toml(path), path.name, path.parent)


def parse_cell(document: dict[str, Any], where: str = "cell", folder: Path | None = None) -> CellSpec:
    """Return the cell that a TOML document describes; folder: where the files that it names lie.

    Raises SpecError with every fault.
    """
    named, library, faults = with_files(document, folder)
    resolved = with_usual(named, library)
    cell = check(CellSpec, resolved, where, lambda whole: cell_faults(whole, library), faults)
    return cell.of(library) if library.own else cell
