"""Whether the charge shift, and with it every assignment, rests on more than one line that happens to fit."""

import numpy as np
from numpy.typing import NDArray

from ionweld.analyse.xps.model import Model
from ionweld.analyse.xps.solve import SurfaceSolution

_SURE = 3.0  # standard errors from which on a species is taken as found


def anchored(model: Model, solution: SurfaceSolution) -> bool:
    """Return whether the charge shift is anchored.

    It is when a species with lines in at least two regions is found, because one shift must then serve two energies
    that are far apart; or when a reference line of fixed energy is found and, for aliphatic carbon, is the strongest of
    the organic carbons. Otherwise any line of a region may have been taken for any other.
    """
    amounts = solution.p[model.amounts]
    errors = np.sqrt(np.diag(solution.covariance)[model.amounts])
    found = (errors > 0) & (amounts > _SURE * errors)
    regions: dict[int, set[int]] = {}
    for component in model.components:
        regions.setdefault(component.species, set()).add(component.region)
    if any(found[species] and len(where) > 1 for species, where in regions.items()):
        return True
    return any(
        component.line.fixed and found[component.species] and not _outshone(model, amounts, component.species)
        for component in model.components
    )


def _outshone(model: Model, amounts: NDArray[np.float64], reference: int) -> bool:
    """Return whether a reference of the organic carbons is weaker than another of them."""
    role = model.species[reference].role
    if role != "organic":
        return False
    rivals = [i for i, one in enumerate(model.species) if one.role == role and "C" in one.formula]
    return bool(amounts[reference] < max(amounts[rivals]))
