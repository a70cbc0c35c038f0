"""From fitted amounts to atomic percent, with errors that follow the whole covariance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ionweld.analyse.xps.model import Model

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SpeciesAmount:
    """A species in percent of all atoms that were counted (hydrogen is invisible).

    stderr: None when the fit is bad. upper_limit_95: for a species that was tried and not found.
    """

    name: str
    regions: tuple[str, ...]
    atomic_percent: float
    stderr: float | None
    detected: bool
    upper_limit_95: float | None = None


@dataclass(frozen=True, slots=True)
class ElementAmount:
    """An element in percent of all atoms that were counted."""

    element: str
    atomic_percent: float
    stderr: float | None


def species_of(
    model: Model, p: Array, covariance: Array | None, limits: dict[str, float]
) -> tuple[SpeciesAmount, ...]:
    """Return the species with their share of the atoms, and those that were dropped with the limit of their share."""
    weights = np.array([sum(one.formula.values()) for one in model.species])
    rows = np.diag(weights)
    shares, errors = _shares(rows, model, p, covariance)
    found = [
        SpeciesAmount(one.name, _regions(model, index), 100 * share, error, True)
        for index, (one, share, error) in enumerate(zip(model.species, shares, errors, strict=True))
    ]
    total = float(weights @ p[model.amounts])
    for name, limit in limits.items():
        atoms = limit * _atoms(name)
        above = 100 * atoms / (total + atoms) if covariance is not None else None
        found.append(SpeciesAmount(name, (), 0.0, None, False, above))
    return tuple(found)


def elements_of(model: Model, p: Array, covariance: Array | None) -> tuple[ElementAmount, ...]:
    """Return the elements with their share of the atoms."""
    names = list(dict.fromkeys(element for one in model.species for element in one.formula))
    rows = np.array([[one.formula.get(name, 0.0) for one in model.species] for name in names])
    shares, errors = _shares(rows, model, p, covariance)
    return tuple(
        ElementAmount(name, 100 * share, error) for name, share, error in zip(names, shares, errors, strict=True)
    )


def _shares(
    rows: Array, model: Model, p: Array, covariance: Array | None
) -> tuple[list[float], list[float | None]]:
    """Return each row's share of all rows, and 100 times its standard error: d(share) = (row - share total)/N dn."""
    amounts = p[model.amounts]
    total = float(rows.sum(axis=0) @ amounts)
    if total <= 0:
        return [0.0] * len(rows), [None] * len(rows)
    shares = rows @ amounts / total
    if covariance is None:
        return [float(share) for share in shares], [None] * len(rows)
    gradient = (rows - shares[:, None] * rows.sum(axis=0)[None, :]) / total
    block = covariance[model.amounts, model.amounts]
    errors = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", gradient, block, gradient), 0.0))
    return [float(share) for share in shares], [float(100 * error) for error in errors]


def _regions(model: Model, index: int) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(component.line.line for component in model.components if component.species == index)
    )


def _atoms(name: str) -> float:
    from ionweld.analyse.xps.library import species_table

    return sum(species_table()[name].formula.values())
