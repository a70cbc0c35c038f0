"""Trees, boosted and grown at random: the one door to scikit-learn (BSD-3). Missing features go down a branch of their own.

Causes are told by both kinds together, by the mean of their logarithms: boosted trees are sharper where draws are many,
random ones steadier where they are few; together they have the lower log loss on draws left out.

On one thread and from one seed, so that the same draws give the same trees on any machine with the same packages.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]
# chosen by the log loss of draws left out; rounds, leaves and rate hardly matter, small leaves do harm
ROUNDS, LEAVES, RATE, SMALLEST_LEAF, RIDGE, TRIED = 100, 12, 0.07, 20, 5.0, 0.2
LEVELS = 64  # values that a feature is told apart by
GROWN, SMALLEST_RANDOM_LEAF = 150, 2  # random trees: how many, smallest leaf; each branch asks all features
LEAST = 1e-4  # of a probability, before its logarithm


def _settings() -> dict[str, Any]:
    return {
        "max_iter": ROUNDS,
        "learning_rate": RATE,
        "max_leaf_nodes": LEAVES,
        "min_samples_leaf": SMALLEST_LEAF,
        "l2_regularization": RIDGE,
        "max_features": TRIED,
        "max_bins": LEVELS,
        "early_stopping": False,
        "random_state": 0,
    }


@dataclass(frozen=True, slots=True)
class Classifier:
    """Trees of both kinds, taught the same."""

    kinds: tuple[Any, ...]


def classifier(table: Real, labels: NDArray[np.int64], weights: Real | None = None) -> Classifier:
    """Return trees that tell labels (n,) by features (n, m); NaN is missing. weights: how often each row counts."""
    from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier

    grown: dict[str, Any] = {"min_samples_leaf": SMALLEST_RANDOM_LEAF, "max_features": None, "random_state": 0}
    random = ExtraTreesClassifier(GROWN, n_jobs=1, **grown)
    with one_thread():
        shown, counts = _shown(table), _of_mean_one(weights)
        boosted = HistGradientBoostingClassifier(**_settings()).fit(_in_levels(shown), labels, counts)
        return Classifier((boosted, random.fit(shown, labels, counts)))


def regressor(table: Real, values: Real, weights: Real | None = None) -> Any:
    """Return trees that tell a number (n,) by features (n, m)."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    with one_thread():
        return HistGradientBoostingRegressor(**_settings()).fit(
            _in_levels(_shown(table)), values, _of_mean_one(weights)
        )


def _shown(table: Real) -> Real:
    """Return rows to be taught, with 0 for a feature that none of them has: nothing can be learnt from it."""
    return np.where(np.isfinite(table).any(axis=0), table, 0.0)


def _in_levels(table: Real) -> Real:
    """Return features brought down to LEVELS of their own quantiles: the library's way by weights takes a hundred times longer."""
    found = table.copy()
    for column in found.T:
        known = np.isfinite(column)
        levels = np.unique(np.quantile(column[known], np.linspace(0.0, 1.0, LEVELS), method="closest_observation"))
        column[known] = levels[np.searchsorted(levels, column[known], side="right") - 1]
    return found


def _of_mean_one(weights: Real | None) -> Real | None:
    return None if weights is None else weights / weights.mean()


def probabilities(found: Classifier, table: Real, count: int) -> Real:
    """Return the probability of each label below `count`, shape (n, count); 0 for one that the trees never saw."""
    logs = np.full((len(table), count), -np.inf)
    with one_thread():
        told = [np.log(np.maximum(kind.predict_proba(table), LEAST)) for kind in found.kinds]
    logs[:, found.kinds[0].classes_] = np.mean(told, axis=0)
    p = np.exp(logs)
    return p / p.sum(axis=1, keepdims=True)


def predicted(trees: Any, table: Real) -> Real:
    """Return the numbers that trees predict, shape (n,)."""
    with one_thread():
        return trees.predict(table)


def one_thread() -> Any:
    """Return a context in which numerical libraries take one thread: sums come out the same on any machine."""
    return _controller().limit(limits=1)


@cache
def _controller() -> Any:
    import sklearn.ensemble  # noqa: F401 - its threads must be loaded before they can be found
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
