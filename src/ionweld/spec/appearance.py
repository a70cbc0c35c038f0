"""How a solid electrolyte shows in XRD and FTIR, as its file says it: its phase, what forms beside it, its bands."""

from typing import Literal

from pydantic import Field, model_validator

from ionweld.laws.diffraction import Lattice
from ionweld.spec.part import Part
from ionweld.spec.quantity import complaint

Basis = Literal["literature", "assumed", "measured"]


class PhaseRecord(Part):
    """A crystalline phase: its cell, its sites, and the operations that make every atom of the cell from them."""

    cell: tuple[float, float, float, float, float, float] = Field(
        description="a, b, c in angstrom, alpha, beta, gamma in degrees", examples=["[3.91, 3.91, 3.91, 90, 90, 90]"]
    )
    sites: list[tuple[str, float, float, float, float, float]] = Field(
        min_length=1, description="species, x, y, z, occupancy, B_iso in angstrom^2"
    )
    symmetry: list[str] = Field(min_length=1, examples=['["x,y,z", "-x,-y,-z"]'])
    cell_tolerance: float = Field(gt=0.0, lt=0.2, description="how far, as a fraction, a real sample's cell may be")
    distortion: Lattice | None = Field(None, description="a lattice of lower symmetry that the same atoms may take")
    status: Basis
    source: str = Field(min_length=1)


class RegionRecord(Part):
    """A part of the infrared spectrum (cm-1) whose bands share one baseline, a polynomial of this degree."""

    lowest: float = Field(gt=0.0)
    highest: float
    baseline_degree: int = Field(ge=0, le=8)


class BandRecord(Part):
    """An infrared band: where it may stand and how wide it may be (cm-1), what it stands for, and who says so."""

    region: str = Field(examples=['"hydroxyl"'])
    assignment: str = Field(examples=['"O-H of LiOH"'])
    family: Literal["electrolyte", "product", "water", "organic", "carbonate", "salt"]
    position: float
    position_sigma: float = Field(gt=0.0)
    lowest: float
    highest: float
    width: float = Field(gt=0.0, description="full width at half maximum")
    width_lowest: float = Field(gt=0.0)
    width_highest: float
    status: Basis
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _within(self) -> "BandRecord":
        for name, low, high in (
            ("position", self.lowest, self.highest),
            ("width", self.width_lowest, self.width_highest),
        ):
            if not low <= getattr(self, name) <= high:
                raise complaint(f"{name} lies outside of its own {low} to {high}", "Widen the range, or mend it")
        return self


class Appearance(Part):
    """What XRD and FTIR of an electrolyte look for."""

    phase: str = Field(
        examples=['"Li2OHCl"'], description="its own phase: one of `phases`, of the library, or a .cif file"
    )
    impurities: list[str] = Field(
        default_factory=list, description="phases that form beside it, such as with air: as `phase`"
    )
    left_by_liquids: list[str] = Field(
        default_factory=list, description="those of the impurities that a liquid leaves: no sign that it fell apart"
    )
    phases: dict[str, PhaseRecord] = Field(default_factory=dict, description="phases that the library does not have")
    bands: dict[str, BandRecord] = Field(default_factory=dict, description="infrared bands of its own")
    regions: dict[str, RegionRecord] = Field(
        default_factory=dict, description="where these stand, if not in a known one"
    )

    @property
    def phase_names(self) -> list[str]:
        """The phases that a diffractogram is searched for, its own first."""
        return [self.phase, *self.impurities]
