"""A bare pellet between two electrodes that block lithium: what conductivities are measured on."""

from pathlib import Path
from typing import Any

from pydantic import Field

from ionweld.spec.cell import Conduction, Electrolyte, Part, pellet_faults
from ionweld.spec.faults import check, read_toml
from ionweld.spec.quantity import Length


class BlockingElectrode(Part):
    """Two equal discs of metal, pressed or sputtered onto the pellet."""

    diameter: Length = Field(examples=['"10 mm"'])


class Pellet(Part):
    """A pellet and what is known of its conduction."""

    name: str = Field(examples=['"Li2OHCl pellet"'])
    electrolyte: Electrolyte
    electrode: BlockingElectrode
    conduction: Conduction | None = None


def load_pellet(path: Path) -> Pellet:
    """Read a pellet from a TOML file. Raises SpecError with every fault, or FileFormatError."""
    return parse_pellet(read_toml(path), path.name)


def parse_pellet(document: dict[str, Any], where: str = "pellet") -> Pellet:
    """Return the pellet that a TOML document describes. Raises SpecError with every fault."""
    return check(Pellet, document, where, pellet_faults)
