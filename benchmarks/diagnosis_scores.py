"""How right odds of causes are: shares of hits, log loss, calibration, confusion.

truth: place of each look's cause in CAUSES; dead: whether its cell died; weights: how often the look counts; cells: the number of
its cell; p: odds (looks, causes).
Cells that are undecided by ablation count among the failed ones in one of the two shares, where "undecided" is the right answer.
"""

from itertools import pairwise
from typing import Any

import numpy as np

from ionweld.infer.table import CAUSES

EDGES = np.array([0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0001])
WORLDS = 200  # in which odds are true, to see what calibration error so few cells give by chance


def hits(said: np.ndarray, truth: np.ndarray, dead: np.ndarray, weights: np.ndarray) -> dict[str, Any]:
    truth, dead = truth.astype(int), dead.astype(bool)
    hit = said == truth
    per = {CAUSES[k]: share_of(hit, weights, truth == k) for k in np.unique(truth)}
    decided = [value for name, value in per.items() if name != "undecided"]
    known = truth != CAUSES.index("undecided")
    return {
        "looks": int(truth.size),
        "accuracy": share_of(hit, weights, truth >= 0),
        "accuracy where decided": share_of(hit, weights, known),
        "accuracy of failed": share_of(hit, weights, dead & known),
        "accuracy of failed, undecided an answer": share_of(hit, weights, dead),
        "balanced": float(np.mean(decided)),
        "per cause": per,
    }


def share_of(hit: np.ndarray, weights: np.ndarray, of: np.ndarray) -> float | None:
    """Return the share of hits of some looks, as often as each counts."""
    return float(np.average(hit[of], weights=weights[of])) if of.any() else None


def scores(
    p: np.ndarray, truth: np.ndarray, dead: np.ndarray, weights: np.ndarray, cells: np.ndarray
) -> dict[str, Any]:
    best, top, truth = p.argmax(axis=1), p.max(axis=1), truth.astype(int)
    hit = best == truth
    share = weights / weights.sum()
    reliability = _reliability(top, hit, share)
    present = sorted({*truth.tolist(), *best.tolist()})
    return hits(best, truth, dead, weights) | {
        "mean odds of what is said": float(share @ top),
        "log loss": float(-share @ np.log(np.maximum(p[np.arange(truth.size), truth], 1e-6))),
        "calibration error": _error(reliability),
        "calibration error by chance": _by_chance(top, share, cells),
        "reliability (said, true, share of cells)": reliability,
        "confusion": {
            CAUSES[k]: {CAUSES[j]: int(((truth == k) & (best == j)).sum()) for j in present}
            for k in present
            if (truth == k).any()
        },
    }


def _reliability(top: np.ndarray, hit: np.ndarray, share: np.ndarray) -> list[tuple[float, float, float]]:
    """Return odds said, how often they were true and how many cells said so, by odds."""
    bins = [(top >= low) & (top < high) for low, high in pairwise(EDGES)]
    return [
        (
            float(np.average(top[b], weights=share[b])),
            float(np.average(hit[b], weights=share[b])),
            float(share[b].sum()),
        )
        for b in bins
        if b.any()
    ]


def _error(reliability: list[tuple[float, float, float]]) -> float:
    return float(sum(abs(said - true) * n for said, true, n in reliability))


def _by_chance(top: np.ndarray, share: np.ndarray, cells: np.ndarray) -> float:
    """Return the calibration error that odds have which are true: looks at one cell are right or wrong together."""
    _, cell = np.unique(cells, return_inverse=True)
    ranks = np.random.default_rng(0).random((WORLDS, cell.max() + 1))
    return float(np.mean([_error(_reliability(top, rank[cell] < top, share)) for rank in ranks]))
