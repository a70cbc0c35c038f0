"""A person's own species, doublets and sensitivity factors for XPS, from TOML files.

    name = "Kratos Axis Supra"                # with a name, the file's factors are the whole set; without, they are added
    source = "instrument's library, 2024"

    [factor]
    "Zr 3d" = { value = 7.04, largest_ratio = 1.1 }       # 1.1: by how much other sets differ

    [doublet."Zr 3d"]
    splitting_eV = 2.43
    error_eV = 0.03
    minor_to_major = 0.667
    source = "own measurement"

    [species.ZrO2]
    formula = { Zr = 1, O = 2 }
    lines = [{ line = "Zr 3d", low_eV = 182.0, high_eV = 182.6, source = "..." }, { line = "O 1s", ... }]

Energies are on the scale on which aliphatic carbon stands at 284.8 eV; a line that is a doublet is given by its
stronger partner.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import Field, model_validator

from ionweld.errors import Fault, SpecError
from ionweld.spec.faults import check, read_toml
from ionweld.spec.part import Part
from ionweld.spec.photoelectron import (
    SurfaceTables,
    doublet_of,
    sensitivity_of,
    smallest_error_eV,
    species_of,
    surface_tables,
)

_LINE = re.compile(r"[A-Z][a-z]? [1-7][spdf]")
_FURTHEST_EV = 1500.0


class OwnFactor(Part):
    """A sensitivity factor, relative to the others of its set; largest_ratio: by how much other sets differ."""

    value: float = Field(gt=0)
    largest_ratio: float = Field(ge=1)
    source: str = ""


class OwnDoublet(Part):
    """The weaker partner of a line."""

    splitting_eV: float = Field(gt=0, lt=100)
    error_eV: float = Field(gt=0)
    minor_to_major: float = Field(gt=0, le=1)
    source: str


class OwnLine(Part):
    """One line of a species and the range in which references put it (eV)."""

    line: str = Field(pattern=_LINE.pattern)
    low_eV: float = Field(gt=0, lt=_FURTHEST_EV)
    high_eV: float = Field(gt=0, lt=_FURTHEST_EV)
    source: str
    status: str = "literature"
    fixed: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> "OwnLine":
        if self.low_eV > self.high_eV:
            raise ValueError(f"{self.line}: low_eV lies above high_eV")
        return self


class OwnSpecies(Part):
    """A chemical species: the atoms that XPS sees, and its lines."""

    formula: dict[str, float] = Field(min_length=1)
    lines: list[OwnLine] = Field(min_length=1)
    role: str = "own"
    what: str = ""
    default: bool = True

    @model_validator(mode="after")
    def _of_its_elements(self) -> "OwnSpecies":
        strange = [line.line for line in self.lines if line.line.split()[0] not in self.formula]
        if strange or min(self.formula.values()) <= 0:
            raise ValueError(f"the formula holds no atoms of {', '.join(strange) or 'an element that it names'}")
        return self


class OwnTables(Part):
    """What one file says."""

    name: str | None = None
    source: str | None = None
    factor: dict[str, OwnFactor] = Field(default_factory=dict)
    doublet: dict[str, OwnDoublet] = Field(default_factory=dict)
    species: dict[str, OwnSpecies] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _set_is_whole(self) -> "OwnTables":
        if self.name is not None and not (self.source and self.factor):
            raise ValueError("a set of factors with a name needs its source and a [factor] table")
        return self


def own_surface_tables(files: Sequence[Path]) -> SurfaceTables:
    """Return the tables that ship with what the files add or replace, a later file before an earlier one.

    Raises FileFormatError for what is no TOML, SpecError with every fault of a file.
    """
    tables = surface_tables()
    for file in files:
        tables = _with(tables, check(OwnTables, read_toml(file), str(file)), str(file))
    return tables


def _with(tables: SurfaceTables, own: OwnTables, where: str) -> SurfaceTables:
    doublets = tables.doublets | {line: doublet_of(entry.model_dump()) for line, entry in own.doublet.items()}
    lines = {line.line for species in own.species.values() for line in species.lines}
    faults = [
        Fault(f"{where}: species", f"{line} is a doublet of unknown splitting", f'Add [doublet."{line}"]')
        for line in sorted(lines)
        if line[-1] != "s" and line not in doublets
    ]
    if faults:
        raise SpecError(faults)
    species = {name: species_of(name, one.model_dump(), smallest_error_eV()) for name, one in own.species.items()}
    factors = {line: entry.model_dump() for line, entry in own.factor.items()}
    found = sensitivity_of({"name": own.name or "", "source": own.source or where, "factor": factors})
    if own.name is None:
        said = tables.sensitivity
        note = f"{said.name}; {', '.join(found.value)} from {where}" if found.value else said.name
        found = replace(said, name=note, value=said.value | found.value, log_error=said.log_error | found.log_error)
    return SurfaceTables(tables.species | species, doublets, found)
