"""The odds of each cause: trees learn it from the draws, and what they say is calibrated on draws they did not see.

    p_k  ~  (mean over the folds' trees of ln p_k) / temperature, with a little of each cause's share mixed in

Each fold's trees are trained on the others; the temperature and the mixture are those under which the draws left out are
most probable. For the measured cell all folds' trees are asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from ionweld.infer import trees
from ionweld.infer.diagnosis import MECHANISMS, MechanismOdds
from ionweld.infer.table import CAUSES, FOLDS, DrawTable

Real = NDArray[np.float64]
FLOOR = 1e-6  # of a probability, before its logarithm
LEAST_DRAWS = 2 * FOLDS


@dataclass(frozen=True)
class CauseOdds:
    """Trees of each fold, how their odds are tempered, and the odds of each draw by trees that did not see it.

    held_out: shape (draws, causes); shares: of each cause among the draws.
    """

    folds: Sequence[Any]
    temperature: float
    mixture: float
    shares: Real
    held_out: Real

    def odds(self, row: Real) -> Real:
        """Return the odds of each cause for one row of features, shape (causes,)."""
        logs = [_logs(one, row[None, :]) for one in self.folds]
        return tempered(np.mean(logs, axis=0), self.temperature, self.mixture, self.shares)[0]


def learn_causes(table: DrawTable) -> CauseOdds:
    """Return the odds of causes as the draws teach them."""
    shares = np.bincount(table.causes, minlength=len(CAUSES)) / len(table.draws)
    logs, made = np.full((len(table.draws), len(CAUSES)), np.log(FLOOR)), []
    for fold in range(FOLDS):
        left = table.folds == fold
        if len(np.unique(table.causes[~left])) < 2:
            made.append(_Constant(shares))
        else:
            made.append(trees.classifier(table.features[~left], table.causes[~left]))
        if left.any():
            logs[left] = _logs(made[-1], table.features[left])
    temperature, mixture = calibrated(logs, table.causes, shares)
    return CauseOdds(made, temperature, mixture, shares, tempered(logs, temperature, mixture, shares))


@dataclass(frozen=True, slots=True)
class _Constant:
    """What stands in for trees where all draws have one cause: there is nothing to tell apart."""

    shares: Real


def _logs(made: Any, rows: Real) -> Real:
    if isinstance(made, _Constant):
        return np.log(np.maximum(np.tile(made.shares, (len(rows), 1)), FLOOR))
    return np.log(np.maximum(trees.probabilities(made, rows, len(CAUSES)), FLOOR))


def tempered(logs: Real, temperature: float, mixture: float, shares: Real) -> Real:
    """Return probabilities from logarithms: softened (or sharpened), and mixed with the shares of the causes."""
    scaled = logs / temperature
    p = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    p = np.where(shares > 0.0, p, 0.0)
    p /= p.sum(axis=1, keepdims=True)
    return (1.0 - mixture) * p + mixture * shares


def calibrated(logs: Real, causes: NDArray[np.int64], shares: Real) -> tuple[float, float]:
    """Return the temperature and the mixture under which causes (n,) are most probable, given logs (n, causes)."""

    def loss(z: Real) -> float:
        p = tempered(logs, float(np.exp(z[0])), _share(z[1]), shares)
        return -float(np.mean(np.log(np.maximum(p[np.arange(len(causes)), causes], FLOOR)))) + 1e-3 * float(z[0] ** 2)

    best = minimize(loss, np.array([0.0, -3.0]), method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-6})
    return float(np.exp(best.x[0])), _share(best.x[1])


def _share(z: float) -> float:
    return float(0.3 / (1.0 + np.exp(-z)))


def ranked(odds: Real) -> tuple[tuple[MechanismOdds, ...], float]:
    """Return the odds of mechanisms, most likely first, and those of no decision."""
    found = [MechanismOdds(name, float(odds[CAUSES.index(name)])) for name in MECHANISMS]
    return tuple(sorted(found, key=lambda one: -one.odds)), float(odds[CAUSES.index("undecided")])


def entropy_bits(odds: Real) -> Real:
    """Return the entropy of odds in bits, over the last axis."""
    return -np.sum(np.where(odds > 0.0, odds * np.log2(np.maximum(odds, FLOOR)), 0.0), axis=-1)
