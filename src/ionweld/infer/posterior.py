"""What the data teach of a parameter: approximate Bayesian computation, with a regression that says what to compare.

The best summary of many features for one parameter is its expectation given them (Fearnhead and Prangle 2012,
10.1111/j.1467-9868.2011.01010.x): trees predict it, for each draw from the draws of other folds. The draws whose
prediction is nearest to that of the measured cell are weighted by Epanechnikov's kernel, moved along a straight line to
it (Beaumont, Zhang and Balding 2002, 10.1093/genetics/162.4.2025), and read as the posterior, within the interval that was believed
before. What comes out no narrower than that says nothing: then it stays as it was believed.

Draws stand for the measured cell as a whole by how near they are in what is expected of all parameters, in the odds of
the cause, and in the levels of the measured curve: resistance, its growth, the life (features.LEVELS).
"""

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ionweld.infer import trees
from ionweld.infer.ablation import helping_alike
from ionweld.infer.diagnosis import Mechanism, PosteriorRow, Tie
from ionweld.infer.features import LEVELS
from ionweld.infer.interest import UNITS
from ionweld.infer.table import FOLDS, DrawTable
from ionweld.twin.pool import Mapper

Real = NDArray[np.float64]
KEPT = 0.2  # of the draws, where they tell a parameter well; all of them where they tell nothing of it
LEAST_KEPT = 60
LEVEL = 2.0  # what a distance in a level counts, over one in what trees expect of a parameter
LACKING = 2.0  # spreads that a level counts as which a draw lacks
QUANTILES = (0.025, 0.5, 0.975)
NEXT_TO_NOTHING = 1e-3  # of the largest: what a parameter of 0 counts as in the logarithm


@dataclass(frozen=True)
class Expectation:
    """What trees expect of the logarithm of a parameter. values: of the draws; held_out: by trees that did not see them.

    weights: how often each draw counts.
    """

    name: str
    values: Real
    held_out: Real
    weights: Real
    folds: tuple

    def of(self, row: Real) -> float:
        """Return what they expect for one row of features."""
        return float(np.mean([trees.predicted(one, row[None, :])[0] for one in self.folds]))


@dataclass(frozen=True)
class CellPosterior:
    """The rows of the report, and a weight for each draw under which the draws stand for the measured cell."""

    rows: tuple[PosteriorRow, ...]
    weights: Real


def likely_ties(table: DrawTable, weights: Real, odds: Real) -> tuple[Tie, ...]:
    """Return the pairs of mechanisms that help alike in draws that stand for the cell, the likeliest first.

    weights: of the draws; odds: of the causes, see _with_odds.
    """
    told = _with_odds(table, weights, odds)
    found: Counter[tuple[Mechanism, ...]] = Counter()
    for one, share in zip(table.draws, told.tolist(), strict=True):
        found[tuple(sorted(helping_alike(one.fate, one.without)))] += share
    pairs = [Tie((names[0], names[1]), share) for names, share in found.items() if len(names) == 2 and share > 0.0]
    return tuple(sorted(pairs, key=lambda tie: -tie.odds))


def bridged(table: DrawTable, weights: Real, odds: Real) -> float:
    """Return the share of the draws that stand for the cell in which a filament crossed the pellet, whatever they die by."""
    told = _with_odds(table, weights, odds)
    return float(told @ np.array([one.bridged for one in table.draws])) / max(float(told.sum()), 1e-12)


def _with_odds(table: DrawTable, weights: Real, odds: Real) -> Real:
    """Return weights of the draws that share the odds of each cause (causes,) among those that have it."""
    of_causes = np.bincount(table.causes, weights, minlength=odds.size)
    return weights * (odds / np.maximum(of_causes, 1e-12))[table.causes]


def learn_parameters(table: DrawTable, mapper: Mapper) -> tuple[Expectation, ...]:
    """Return what the draws teach of each parameter of interest that they differ in; each fold is a task of the mapper."""
    named = [name for name in UNITS if np.ptp(np.nan_to_num(table.parameter(name))) > 0.0]
    values = {name: _logs(table.parameter(name)) for name in named}
    taught = [(name, (table.folds != fold) & np.isfinite(values[name])) for name in named for fold in range(FOLDS)]
    tasks = [(table.features[rows], values[name][rows], table.weights[rows]) for name, rows in taught]
    made = iter(list(mapper(_regressed, tasks)))
    return tuple(_expectation(table, name, values[name], tuple(islice(made, FOLDS))) for name in named)


def _regressed(task: tuple[Real, Real, Real]) -> Any:
    return trees.regressor(*task)


def _expectation(table: DrawTable, name: str, values: Real, folds: tuple) -> Expectation:
    held_out = np.full(values.size, np.nan)
    for fold, found in enumerate(folds):
        left = table.folds == fold
        if left.any():
            held_out[left] = trees.predicted(found, table.features[left])
    return Expectation(name, values, held_out, table.weights, folds)


def _logs(values: Real) -> Real:
    return np.log(np.maximum(values, NEXT_TO_NOTHING * np.nanmax(values)))


def posterior(
    learnt: tuple[Expectation, ...], table: DrawTable, row: Real, held_out_odds: Real, odds: Real
) -> CellPosterior:
    """Return the posterior of a measured cell.

    row: its features; held_out_odds: of the draws (draws, causes); odds: of the cell (causes,).
    """
    expected = {one.name: one.of(row) for one in learnt}
    away = np.sum((2.0 * (held_out_odds - odds)) ** 2, axis=1) + _away_in_levels(table, row)
    for one in learnt:
        spread = max(float(np.nanstd(one.held_out)), 1e-12)
        away = away + np.nan_to_num((one.held_out - expected[one.name]) / spread, nan=1.0) ** 2
    weights = kernel(np.sqrt(away)) * table.weights
    return CellPosterior(tuple(_row(one, expected[one.name]) for one in learnt), weights / weights.sum())


def _away_in_levels(table: DrawTable, row: Real) -> Real:
    """Return the square of how far each draw lies from the measured curve (draws,), in the levels that this has."""
    there = np.isfinite(row) & np.isfinite(table.features).any(axis=0)
    places = [place for place, name in enumerate(table.names) if name in LEVELS and there[place]]
    levels = table.features[:, places]
    spread = np.nanstd(levels, axis=0)
    apart = (levels - row[places]) / np.where(spread > 0.0, spread, 1.0)
    return LEVEL**2 * np.sum(np.nan_to_num(apart, nan=LACKING) ** 2, axis=1)


def _row(one: Expectation, at: float) -> PosteriorRow:
    before, after = told(one, at)
    (lowest, _, highest), (low, median, high) = np.exp(before).tolist(), np.exp(after).tolist()
    return PosteriorRow(one.name, UNITS[one.name], (lowest, highest), low, median, high)


def told(one: Expectation, at: float) -> tuple[Real, Real]:
    """Return QUANTILES of the logarithm of a parameter, before and after the data. at: what trees expect by the data."""
    known = np.isfinite(one.values)
    before = weighted_quantiles(one.values[known], one.weights[known])
    after = adjusted_quantiles(one.values, one.held_out, at, one.weights)
    return before, np.clip(after, before[0], before[-1]) if np.ptp(after) < np.ptp(before) else before


def adjusted_quantiles(values: Real, expected: Real, at: float, counts: Real) -> Real:
    """Return quantiles of values (n,) given that what is expected of them (n,) is `at`: regression-adjusted, weighted.

    counts: how often each counts (n,).
    """
    known = np.isfinite(values) & np.isfinite(expected)
    values, expected = values[known], expected[known]
    known_by = np.corrcoef(values, expected)[0, 1] if np.ptp(expected) > 0.0 else 0.0
    weights = kernel(np.abs(expected - at), 1.0 - (1.0 - KEPT) * max(0.0, known_by) ** 2) * counts[known]
    slope, _ = np.polyfit(expected, values, 1, w=np.sqrt(weights)) if np.ptp(expected[weights > 0.0]) > 0 else (0.0, 0)
    moved = np.clip(values - slope * (expected - at), values.min(), values.max())
    return weighted_quantiles(moved, weights)


def kernel(away: Real, share: float = KEPT) -> Real:
    """Return Epanechnikov's weights of distances (n,); its width takes in a given share of them."""
    count = min(len(away), max(LEAST_KEPT, int(share * len(away))))
    width = max(float(np.sort(away)[count - 1]), 1e-12) * (1.0 + 1e-9)
    return np.maximum(0.0, 1.0 - (away / width) ** 2)


def weighted_quantiles(values: Real, weights: Real, quantiles: tuple[float, ...] = QUANTILES) -> Real:
    """Return quantiles of weighted values."""
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order]) - 0.5 * weights[order]
    return np.interp(np.array(quantiles) * weights.sum(), total, values[order])
