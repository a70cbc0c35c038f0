"""From fitted amounts to atomic percent, with errors that follow the whole covariance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from ionweld.analyse.xps.model import Model
from ionweld.analyse.xps.select import Selection
from ionweld.analyse.xps.whole import WholeLine

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SpeciesAmount:
    """A species in percent of all atoms that were counted (hydrogen is invisible).

    atomic_percent: the mean over all sets of species that come near the best; detected: whether the best set holds it.
    stderr, and the 95 % interval low to high: None when the fit is bad. upper_limit_95: for a species not detected.
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


@dataclass(frozen=True, slots=True)
class _Beliefs:
    """Amounts of all species that any rival holds, and of elements counted whole: shapes (m,), (m, s) and (m, s, s).

    formulas: the atoms of each name.
    """

    formulas: dict[str, dict[str, float]]
    weights: Array
    amounts: Array
    covariances: Array


def species_of(selection: Selection | None, whole: tuple[WholeLine, ...], good: bool) -> tuple[SpeciesAmount, ...]:
    """Return the species with their share of the atoms, elements counted whole by their names among them.

    Species that were dropped, and elements that were not seen, have the limit of their share.
    """
    beliefs = _beliefs(selection, whole)
    rows = np.diag([_atoms(formula) for formula in beliefs.formulas.values()])
    shares = dict(zip(beliefs.formulas, _shares(rows, beliefs), strict=True))
    total = float(beliefs.weights @ beliefs.amounts @ rows.sum(axis=0))
    found = [_counted(one, shares[one.element], total, good) for one in whole if one.counted]
    if selection is None:
        return tuple(found)
    model, table = selection.rivals[0].model, selection.rivals[0].model.tables.species
    fitted = [_held(one.name, _regions(model, at), shares[one.name], good) for at, one in enumerate(model.species)]
    kept = {one.name for one in (*found, *fitted)}
    others = dict.fromkeys([*selection.limits, *(name for name in beliefs.formulas if name not in kept)])
    limits = {name: selection.limits.get(name, 0.0) * _atoms(table[name].formula) for name in others}
    return (*fitted, *found, *(_absent(name, limits[name], total, shares.get(name), good) for name in others))


def _counted(line: WholeLine, share: "_Share", total: float, good: bool) -> SpeciesAmount:
    """Return an element that was counted whole."""
    if line.seen:
        return _held(line.element, (line.line,), share, good)
    return _absent(line.element, line.limit_atoms, total, None, good)


def _held(name: str, regions: tuple[str, ...], share: "_Share", good: bool) -> SpeciesAmount:
    """Return a species that the best set holds; one that is less than its own error is not seen, and has a limit."""
    percent, error, low, high = _said(share, good)
    if error is not None and percent < error:
        return SpeciesAmount(name, regions, percent, None, None, None, False, share.quantile(0.95))
    return SpeciesAmount(name, regions, percent, error, low, high, True)


def _atoms(formula: dict[str, float]) -> float:
    return sum(formula.values())


def _absent(name: str, atoms: float, total: float, share: "_Share | None", good: bool) -> SpeciesAmount:
    """Return what the best set does not hold: its mean over all sets, and the larger limit of its share.

    atoms: of the limit, of `total` atoms that were found.
    """
    mean = 100 * float(share.weights @ share.shares) if share else 0.0
    if not good or total <= 0:
        return SpeciesAmount(name, (), mean, None, None, None, False, None)
    above = max(100 * atoms / (total + atoms), share.quantile(0.95) if share else 0.0)
    return SpeciesAmount(name, (), mean, None, None, None, False, above)


def elements_of(selection: Selection | None, whole: tuple[WholeLine, ...], good: bool) -> tuple[ElementAmount, ...]:
    """Return the elements with their share of the atoms."""
    beliefs = _beliefs(selection, whole)
    names = list(dict.fromkeys(element for formula in beliefs.formulas.values() for element in formula))
    rows = np.array([[formula.get(name, 0.0) for formula in beliefs.formulas.values()] for name in names])
    return tuple(
        ElementAmount(name, *_said(share, good)) for name, share in zip(names, _shares(rows, beliefs), strict=True)
    )


def _beliefs(selection: Selection | None, whole: tuple[WholeLine, ...]) -> _Beliefs:
    """Join what the fit's explanations say with the elements counted whole, which no explanation changes."""
    counted = [one for one in whole if one.counted]
    rivals = selection.rivals if selection else ()
    formulas = {one.name: one.formula for rival in rivals for one in rival.model.species}
    formulas |= {one.element: {one.element: 1.0} for one in counted}
    names, parts = list(formulas), [(rival, one) for rival in rivals for one in rival.solution.explanations]
    weights = np.array([rival.weight * one.weight for rival, one in parts]) if parts else np.ones(1)
    amounts = np.zeros((len(weights), len(names)))
    covariances = np.zeros((len(weights), len(names), len(names)))
    for at, (rival, one) in enumerate(parts):
        places, inside = [names.index(species.name) for species in rival.model.species], rival.model.amounts
        amounts[at, places] = one.p[inside]
        covariances[at][np.ix_(places, places)] = one.covariance[inside, inside]
    at = [names.index(one.element) for one in counted]
    atoms = np.array([(one.atoms or 0.0) if one.seen else 0.0 for one in counted])
    errors = np.array([(one.atoms_stderr or 0.0) if one.seen else 0.0 for one in counted])
    amounts[:, at] = atoms
    covariances[:, at, at] += errors**2
    lone = _error_of_a_lone_scan(selection)
    covariances[np.ix_(range(len(weights)), at, at)] += lone**2 * np.outer(atoms, atoms)
    return _Beliefs(formulas, weights, amounts, covariances)


def _error_of_a_lone_scan(selection: Selection | None) -> float:
    """Return the standard error of the logarithm of a factor that the fit leaves out, because it held one line only."""
    if selection is None or len(selection.rivals[0].model.scans) > 1:
        return 0.0
    model = selection.rivals[0].model
    return model.tables.sensitivity.log_error.get(model.scans[0].line, 0.0)


@dataclass(frozen=True, slots=True)
class _Share:
    """A share of the atoms as a mixture: weights, shares and standard errors, shape (m,).

    A part is normal in its logit; where its error is more than half of what lies between it and 0 or 1 that would give room
    from nothing to everything, and it is normal within 0 and 1.
    """

    weights: Array
    shares: Array
    errors: Array

    def quantile(self, level: float) -> float:
        """Return the percent below which that part of the mixture lies; a part without the species lies at zero."""
        there = (self.shares > 0.0) & (self.shares < 1.0)
        at_zero = float(self.weights[self.shares <= 0.0].sum())
        if at_zero >= level or not there.any():
            return 0.0
        weights, shares = self.weights[there], self.shares[there]
        errors = np.maximum(self.errors[there], 1e-15)
        low, high = -60.0, 60.0
        for _ in range(80):
            middle = 0.5 * (low + high)
            below = at_zero + float(weights @ _below(middle, shares, errors))
            low, high = (middle, high) if below < level else (low, middle)
        return float(100.0 / (1.0 + np.exp(-high)))


def _below(logit: float, shares: Array, errors: Array) -> Array:
    """Return how probable it is that each part lies below a share, given by its logit."""
    room = shares * (1.0 - shares)
    narrow = ndtr((logit - np.log(shares / (1.0 - shares))) * room / errors)
    at_0, at_1 = ndtr(-shares / errors), ndtr((1.0 - shares) / errors)
    wide = (ndtr((1.0 / (1.0 + np.exp(-logit)) - shares) / errors) - at_0) / (at_1 - at_0)
    return np.where(errors > 0.5 * np.minimum(shares, 1.0 - shares), wide, narrow)


def _shares(rows: Array, beliefs: _Beliefs) -> list[_Share]:
    """Return each row's share over all explanations."""
    parts = [_one_share(rows, *part) for part in zip(beliefs.amounts, beliefs.covariances, strict=True)]
    shares, errors = np.array([part[0] for part in parts]), np.sqrt(np.array([part[1] for part in parts]))
    return [_Share(beliefs.weights, shares[:, at], errors[:, at]) for at in range(len(rows))]


def _one_share(rows: Array, amounts: Array, covariance: Array) -> tuple[Array, Array]:
    """Return the shares of one explanation and their variances: d(share) = (row - share total)/N dn."""
    columns = rows.sum(axis=0)
    total = float(columns @ amounts)
    if total <= 0:
        return np.zeros(len(rows)), np.zeros(len(rows))
    shares = rows @ amounts / total
    gradient = (rows - shares[:, None] * columns[None, :]) / total
    return shares, np.maximum(np.einsum("ij,jk,ik->i", gradient, covariance, gradient), 0.0)


def _said(share: _Share, good: bool) -> tuple[float, float | None, float | None, float | None]:
    """Return percent, standard error and 95 % interval of a share; the interval stays within 0 and 100."""
    mean = float(share.weights @ share.shares)
    if not good:
        return 100 * mean, None, None, None
    error = float(np.sqrt(share.weights @ (share.errors**2 + (share.shares - mean) ** 2)))
    if not 0.0 < mean < 1.0 or error == 0.0:
        return 100 * mean, 100 * error, None, None
    return 100 * mean, 100 * error, share.quantile(0.025), share.quantile(0.975)


def _regions(model: Model, index: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(component.line.line for component in model.components if component.species == index))
