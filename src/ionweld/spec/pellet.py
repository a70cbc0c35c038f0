"""A bare pellet between two electrodes that block lithium: what conductivities are measured on."""

from pathlib import Path
from typing import Any

from pydantic import Field

from ionweld.spec.cell import Electrolyte, Part, pellet_faults
from ionweld.spec.faults import check, read_toml
from ionweld.spec.library import Entry, entry
from ionweld.spec.quantity import ActivationEnergy, Conductivity, Length, Share, Temperature


class BlockingElectrode(Part):
    """Two equal discs of metal, pressed or sputtered onto the pellet."""

    diameter: Length = Field(examples=['"10 mm"'])


class Conduction(Part):
    """What is known of this very pellet; what is left out is that of the library."""

    conductivity: Conductivity | None = Field(None, examples=['"1e-3 S/cm"'])
    conductivity_temperature: Temperature | None = Field(None, examples=['"100 degC"'])
    conductivity_activation_energy: ActivationEnergy | None = Field(None, examples=['"0.605 eV"'])
    transition_temperature: Temperature | None = Field(None, examples=['"38 degC"'])
    grain_boundary_share: Share | None = Field(None, examples=['"40 %"'])


class Pellet(Part):
    """A pellet and what is known of its conduction."""

    name: str = Field(examples=['"Li2OHCl pellet"'])
    electrolyte: Electrolyte
    electrode: BlockingElectrode
    conduction: Conduction | None = None


def electrolyte_entry(pellet: Pellet) -> Entry:
    """Return the library's entry of the electrolyte with what is known of this pellet in its place."""
    if pellet.conduction is None:
        return entry(pellet.electrolyte.material)
    known = {name: getattr(pellet.conduction, name) for name in Conduction.model_fields}
    return entry(pellet.electrolyte.material).updated(
        {name: value for name, value in known.items() if value is not None}
    )


def load_pellet(path: Path) -> Pellet:
    """Read a pellet from a TOML file. Raises SpecError with every fault, or FileFormatError."""
    return parse_pellet(read_toml(path), path.name)


def parse_pellet(document: dict[str, Any], where: str = "pellet") -> Pellet:
    """Return the pellet that a TOML document describes. Raises SpecError with every fault."""
    return check(Pellet, document, where, pellet_faults)
