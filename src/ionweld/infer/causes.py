"""The odds of each cause: trees learn it from the draws, and what they say is calibrated on draws they did not see.

    p_k  ~  p_k(trees)^(1/T),   then   (1 - m) p_k + m * share of the cause

T and m rise with u, how far the cell lies from the draws (infer.resemblance):   ln T = a + b u,   logit m = c + d u

Each fold's trees are trained on the others. a, b, c and d are those under which the draws left out are most probable; half
of the draws have laws that are off, so that what trees say far from the draws is known to be worth less. b and d are at
least FADING: odds never grow surer away from the draws. For the measured cell all folds' trees are asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from ionweld.infer import trees
from ionweld.infer.diagnosis import MECHANISMS, MechanismOdds
from ionweld.infer.resemblance import Cloud, cloud_of
from ionweld.infer.table import CAUSES, FOLDS, DrawTable
from ionweld.twin.pool import Mapper

Real = NDArray[np.float64]
FLOOR = 1e-6  # of a probability, before its logarithm
FADING = 0.02  # least growth of ln T and of logit m with the distance
MOST_MIXED = 0.5
START = np.array([0.0, 0.5, 0.0, 0.5])


@dataclass(frozen=True, slots=True)
class Tempering:
    """How odds are softened: see the top of this file."""

    a: float
    b: float
    c: float
    d: float

    def of(self, logs: Real, away: Real, shares: Real) -> Real:
        """Return probabilities (n, causes) from logarithms, of cells that lie so far away (n,)."""
        scaled = logs / np.exp(self.a + self.b * away)[:, None]
        p = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        p = np.where(shares > 0.0, p, 0.0)
        p /= p.sum(axis=1, keepdims=True)
        mixed = (MOST_MIXED / (1.0 + np.exp(-(self.c + self.d * away))))[:, None]
        return (1.0 - mixed) * p + mixed * shares


@dataclass(frozen=True)
class CauseOdds:
    """Trees of each fold, how their odds are tempered, and the odds of each draw by trees that did not see it.

    held_out: shape (draws, causes); shares: of each cause among the draws; cloud: the draws, as the place of a cell.
    """

    folds: Sequence[Any]
    tempering: Tempering
    shares: Real
    held_out: Real
    cloud: Cloud

    def odds(self, row: Real) -> Real:
        """Return the odds of each cause for one row of features, shape (causes,)."""
        return self.odds_of(row[None, :])[0]

    def odds_of(self, rows: Real) -> Real:
        """Return the same for several rows (n, names), shape (n, causes)."""
        logs = np.mean([_logs(one, rows) for one in self.folds], axis=0)
        return self.tempering.of(logs, np.array([self.cloud.place(row).away for row in rows]), self.shares)


def learn_causes(table: DrawTable, mapper: Mapper) -> CauseOdds:
    """Return the odds of causes as the draws teach them; each fold's trees are a task of the mapper."""
    shares, cloud = table.shares, cloud_of(table)
    logs, lefts = (
        np.full((len(table.draws), len(CAUSES)), np.log(FLOOR)),
        [table.folds == fold for fold in range(FOLDS)],
    )
    tasks = [(table.features[~left], table.causes[~left], table.weights[~left]) for left in lefts]
    made = [_Constant(shares) if one is None else one for one in mapper(_taught, tasks)]
    for one, left in zip(made, lefts, strict=True):
        if left.any():
            logs[left] = _logs(one, table.features[left])
    tempering = calibrated(logs, table.causes, shares, cloud.away, table.weights)
    return CauseOdds(made, tempering, shares, tempering.of(logs, cloud.away, shares), cloud)


def _taught(task: tuple[Real, NDArray[np.int64], Real]) -> trees.Classifier | None:
    """Return trees that tell causes by features; None where there is one cause alone."""
    features, causes, weights = task
    return trees.classifier(features, causes, weights) if len(np.unique(causes)) > 1 else None


@dataclass(frozen=True, slots=True)
class _Constant:
    """What stands in for trees where all draws have one cause: there is nothing to tell apart."""

    shares: Real


def _logs(made: Any, rows: Real) -> Real:
    if isinstance(made, _Constant):
        return np.log(np.maximum(np.tile(made.shares, (len(rows), 1)), FLOOR))
    return np.log(np.maximum(trees.probabilities(made, rows, len(CAUSES)), FLOOR))


def calibrated(logs: Real, causes: NDArray[np.int64], shares: Real, away: Real, weights: Real) -> Tempering:
    """Return the tempering under which causes (n,) are most probable, given logs (n, causes)."""
    share, rows = weights / weights.sum(), np.arange(len(causes))

    def loss(z: Real) -> float:
        p = _tempering(z).of(logs, away, shares)[rows, causes]
        return -float(share @ np.log(np.maximum(p, FLOOR))) + 1e-3 * float(z @ z)

    options = {"xatol": 1e-3, "fatol": 1e-6, "maxiter": 800, "maxfev": 800}
    return _tempering(minimize(loss, START, method="Nelder-Mead", options=options).x)


def _tempering(z: Real) -> Tempering:
    """Return the tempering of free numbers, all of about 1."""
    a, b, c, d = z.tolist()
    return Tempering(a, FADING + 0.05 * b**2, c - 3.0, FADING + 0.2 * d**2)


def ranked(odds: Real) -> tuple[tuple[MechanismOdds, ...], float]:
    """Return the odds of mechanisms, most likely first, and those of no decision."""
    found = [MechanismOdds(name, float(odds[CAUSES.index(name)])) for name in MECHANISMS]
    return tuple(sorted(found, key=lambda one: -one.odds)), float(odds[CAUSES.index("undecided")])


def entropy_bits(odds: Real) -> Real:
    """Return the entropy of odds in bits, over the last axis."""
    return -np.sum(np.where(odds > 0.0, odds * np.log2(np.maximum(odds, FLOOR)), 0.0), axis=-1)
