"""How right odds of causes are: shares of hits, log loss, calibration, confusion.

truth: place of each look's cause in CAUSES; dead: whether its cell died; weights: how often the look counts; p: odds (looks, causes).
Cells that are undecided by ablation count among the failed ones in one of the two shares, where "undecided" is the right answer.
"""

from itertools import pairwise
from typing import Any

import numpy as np

from ionweld.infer.table import CAUSES


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


def scores(p: np.ndarray, truth: np.ndarray, dead: np.ndarray, weights: np.ndarray) -> dict[str, Any]:
    best, top, truth = p.argmax(axis=1), p.max(axis=1), truth.astype(int)
    hit = best == truth
    share = weights / weights.sum()
    edges = np.array([0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0001])
    bins = [(top >= low) & (top < high) for low, high in pairwise(edges)]
    reliability = [
        (share_of(top, weights, b), share_of(hit, weights, b), float(share[b].sum())) for b in bins if b.any()
    ]
    present = sorted({*truth.tolist(), *best.tolist()})
    return hits(best, truth, dead, weights) | {
        "mean odds of what is said": float(share @ top),
        "log loss": float(-share @ np.log(np.maximum(p[np.arange(truth.size), truth], 1e-6))),
        "calibration error": float(sum(abs((said or 0.0) - (true or 0.0)) * n for said, true, n in reliability)),
        "reliability (said, true, share of cells)": reliability,
        "confusion": {
            CAUSES[k]: {CAUSES[j]: int(((truth == k) & (best == j)).sum()) for j in present}
            for k in present
            if (truth == k).any()
        },
    }
