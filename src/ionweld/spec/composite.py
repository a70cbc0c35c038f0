"""A cathode pressed or cast with the electrolyte itself: how thick it is, and how much of it conducts lithium ions."""

from dataclasses import dataclass

from ionweld.laws.cathode import composite_thickness
from ionweld.spec.cell import Cathode, CellSpec
from ionweld.spec.entry import Entry


@dataclass(frozen=True, slots=True)
class Composite:
    """Active material, electrolyte and pores; carbon and binder are small and left out.

    thickness_m; electrolyte: its share of the volume.
    """

    thickness_m: float
    electrolyte: float


def composite(cell: CellSpec, parameters: Entry) -> Composite | None:
    """Return the composite of a cell's cathode, or None: it has no electrolyte in it, or too little is known of it."""
    cathode = cell.cathode
    if cathode is None or "ionic_tortuosity" not in parameters.properties:
        return None
    active, electrolyte = _masses(cell, cathode, parameters)
    material = cell.library.entry(cathode.material)
    if electrolyte == 0.0 or "density" not in material.properties:
        return None
    density = material["density"]
    volumes = active / density, electrolyte / cell.library.entry(cell.electrolyte.material)["density"]
    solid = (1.0 - parameters["composite_porosity"]) / sum(volumes)
    thickness = composite_thickness(cathode.loading.value, density, solid * volumes[0])
    return Composite(float(thickness), solid * volumes[1])


def _masses(cell: CellSpec, cathode: Cathode, parameters: Entry) -> tuple[float, float]:
    """Return the shares by mass of active material and electrolyte, as its recipe says or else as is usual.

    A recipe that says the active part alone leaves the rest to the electrolyte; one that says a binder and a salt makes its
    electrolyte of them, which is that of the cell where this is a polymer.
    """
    recipe = cathode.slurry
    if recipe is None:
        return parameters["usual_active_share"], 1.0 - parameters["usual_active_share"]
    if all(part is None for part in (recipe.binder, recipe.salt, recipe.carbon, recipe.electrolyte)):
        return recipe.active.value, 1.0 - recipe.active.value
    polymer = cell.library.entry(cell.electrolyte.material).chemistry == "polymer"
    salted = polymer and recipe.salt is not None
    said = [recipe.electrolyte, *((recipe.binder, recipe.salt) if salted else ())]
    return recipe.active.value, sum(part.value for part in said if part is not None)
