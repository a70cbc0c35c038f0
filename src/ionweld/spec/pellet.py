"""A bare pellet between two electrodes that block lithium: what conductivities are measured on."""

from pathlib import Path
from typing import Any

from pydantic import Field

from ionweld.spec.cell import Electrolyte, PelletConduction, Specimen
from ionweld.spec.cell_faults import pellet_faults
from ionweld.spec.discs import AREA, across
from ionweld.spec.faults import check
from ionweld.spec.own_files import with_files, with_usual
from ionweld.spec.part import Part
from ionweld.spec.quantity import Area, Length


class BlockingElectrode(Part):
    """Two equal discs of metal, pressed or sputtered onto the pellet."""

    area: Area | None = AREA
    diameter: Length = Field(default_factory=across, examples=['"10 mm"'])


class Pellet(Specimen):
    """A pellet and what is known of its conduction."""

    name: str = Field(examples=['"Li2OHCl pellet"'])
    electrolyte: Electrolyte
    electrode: BlockingElectrode
    conduction: PelletConduction | None = None


def parse_pellet(document: dict[str, Any], where: str = "pellet", folder: Path | None = None) -> Pellet:
    """Return the pellet that a TOML document describes; folder: where the files that it names lie.

    Raises SpecError with every fault.
    """
    named, library, faults = with_files(document, folder)
    resolved = with_usual(named, library)
    pellet = check(Pellet, resolved, where, lambda whole: pellet_faults(whole, library), faults)
    return pellet.of(library) if library.own else pellet
