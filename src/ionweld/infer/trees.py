"""Gradient-boosted trees: the one door to scikit-learn (BSD-3). Missing features go down a branch of their own.

On one thread and from one seed, so that the same draws give the same trees on any machine with the same packages.
"""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]
# chosen by the log loss of draws left out; rounds, leaves and rate hardly matter, small leaves do harm
ROUNDS, LEAVES, RATE, SMALLEST_LEAF, RIDGE, TRIED = 100, 12, 0.07, 20, 5.0, 0.2


def _settings() -> dict[str, Any]:
    return {
        "max_iter": ROUNDS,
        "learning_rate": RATE,
        "max_leaf_nodes": LEAVES,
        "min_samples_leaf": SMALLEST_LEAF,
        "l2_regularization": RIDGE,
        "max_features": TRIED,
        "max_bins": 64,
        "early_stopping": False,
        "random_state": 0,
    }


def classifier(table: Real, labels: NDArray[np.int64]) -> Any:
    """Return trees that tell labels (n,) by features (n, m); NaN is missing."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    with _one_thread():
        return HistGradientBoostingClassifier(**_settings()).fit(table, labels)


def regressor(table: Real, values: Real) -> Any:
    """Return trees that tell a number (n,) by features (n, m)."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    with _one_thread():
        return HistGradientBoostingRegressor(**_settings()).fit(table, values)


def probabilities(trees: Any, table: Real, count: int) -> Real:
    """Return the probability of each label below `count`, shape (n, count); 0 for one that the trees never saw."""
    found = np.zeros((len(table), count))
    with _one_thread():
        found[:, trees.classes_] = trees.predict_proba(table)
    return found


def predicted(trees: Any, table: Real) -> Real:
    """Return the numbers that trees predict, shape (n,)."""
    with _one_thread():
        return trees.predict(table)


def _one_thread() -> Any:
    return _controller().limit(limits=1)


@cache
def _controller() -> Any:
    import sklearn.ensemble  # noqa: F401 - its threads must be loaded before they can be found
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
