"""From fitted amounts to atomic percent, with errors that follow the whole covariance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ionweld.analyse.xps.library import species_table
from ionweld.analyse.xps.model import Model
from ionweld.analyse.xps.solve import Solution

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SpeciesAmount:
    """A species in percent of all atoms that were counted (hydrogen is invisible).

    stderr, and the 95 % interval low to high: None when the fit is bad. upper_limit_95: for a
    species that was tried and not found.
    """

    name: str
    regions: tuple[str, ...]
    atomic_percent: float
    stderr: float | None
    low: float | None
    high: float | None
    detected: bool
    upper_limit_95: float | None = None


@dataclass(frozen=True, slots=True)
class ElementAmount:
    """An element in percent of all atoms that were counted, with its 95 % interval."""

    element: str
    atomic_percent: float
    stderr: float | None
    low: float | None
    high: float | None


def species_of(model: Model, solution: Solution, good: bool, limits: dict[str, float]) -> tuple[SpeciesAmount, ...]:
    """Return the species with their share of the atoms, and those that were dropped with the limit of their share."""
    weights = np.array([sum(one.formula.values()) for one in model.species])
    shares, errors = _shares(np.diag(weights), model, solution, good)
    found = [
        SpeciesAmount(one.name, _regions(model, index), 100 * share, error, *_interval(share, error), True)
        for index, (one, share, error) in enumerate(zip(model.species, shares, errors, strict=True))
    ]
    total = float(weights @ solution.p[model.amounts])
    for name, limit in limits.items():
        atoms = limit * sum(species_table()[name].formula.values())
        above = 100 * atoms / (total + atoms) if good and total > 0 else None
        found.append(SpeciesAmount(name, (), 0.0, None, None, None, False, above))
    return tuple(found)


def elements_of(model: Model, solution: Solution, good: bool) -> tuple[ElementAmount, ...]:
    """Return the elements with their share of the atoms."""
    names = list(dict.fromkeys(element for one in model.species for element in one.formula))
    rows = np.array([[one.formula.get(name, 0.0) for one in model.species] for name in names])
    shares, errors = _shares(rows, model, solution, good)
    return tuple(
        ElementAmount(name, 100 * share, error, *_interval(share, error))
        for name, share, error in zip(names, shares, errors, strict=True)
    )


def _shares(rows: Array, model: Model, solution: Solution, good: bool) -> tuple[list[float], list[float | None]]:
    """Return each row's share, and 100 times its standard error, over all explanations by their weights."""
    weights = np.array([one.weight for one in solution.explanations])
    parts = [_one_share(rows, one.p[model.amounts], one.covariance[model.amounts, model.amounts])
             for one in solution.explanations]  # fmt: skip
    shares = np.array([part[0] for part in parts])
    mean = weights @ shares
    if not good:
        return [float(share) for share in mean], [None] * len(rows)
    variance = weights @ (np.array([part[1] for part in parts]) + (shares - mean) ** 2)
    return [float(share) for share in mean], [float(100 * error) for error in np.sqrt(variance)]


def _one_share(rows: Array, amounts: Array, covariance: Array) -> tuple[Array, Array]:
    """Return the shares of one explanation and their variances: d(share) = (row - share total)/N dn."""
    columns = rows.sum(axis=0)
    total = float(columns @ amounts)
    if total <= 0:
        return np.zeros(len(rows)), np.zeros(len(rows))
    shares = rows @ amounts / total
    gradient = (rows - shares[:, None] * columns[None, :]) / total
    return shares, np.maximum(np.einsum("ij,jk,ik->i", gradient, covariance, gradient), 0.0)


def _interval(share: float, error: float | None) -> tuple[float | None, float | None]:
    """Return the 95 % interval in percent, symmetric in log(share/(1 - share)) so that it stays within 0 and 100."""
    if error is None or not 0.0 < share < 1.0:
        return None, None
    centre, half = np.log(share / (1.0 - share)), 1.96 * error / 100.0 / (share * (1.0 - share))
    half = min(half, 50.0)
    low, high = 1.0 / (1.0 + np.exp(-(centre - half))), 1.0 / (1.0 + np.exp(-(centre + half)))
    return float(100 * low), float(100 * high)


def _regions(model: Model, index: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(component.line.line for component in model.components if component.species == index))
