"""Which of several circuits a spectrum supports, by the corrected Akaike criterion."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ionweld.analyse.eis.fit import CircuitFit

# Burnham and Anderson's rule of thumb: below this difference the data hardly tell two models apart.
_EQUAL = 2.0
_ROUNDING = float(np.finfo(float).eps) ** 2


@dataclass(frozen=True, slots=True)
class CircuitRanking:
    """Circuits from best to worst: (text, AICc above the best, Akaike weight); warning when two serve equally."""

    ranking: tuple[tuple[str, float, float], ...]
    warning: str | None


def aicc(fit: CircuitFit) -> float:
    """Return AICc = N ln(chi2/N) + 2 k + 2 k (k + 1)/(N - k - 1), N data, k unknowns and the noise level."""
    count, unknowns = fit.problem.data, len(fit.logs) + 1
    if count - unknowns - 1 <= 0:
        return float("inf")
    misfit = max(fit.chi2 / count, _ROUNDING)  # data without noise fit to the last bit, and 0 has no logarithm
    return float(count * np.log(misfit) + 2 * unknowns + 2 * unknowns * (unknowns + 1) / (count - unknowns - 1))


def compare(fits: Sequence[CircuitFit]) -> CircuitRanking:
    """Return the ranking of several circuits fitted to one spectrum with the same weights."""
    scores = np.array([aicc(fit) for fit in fits])
    above = scores - scores.min()
    weights = np.exp(-above / 2) / np.sum(np.exp(-above / 2))
    order = np.argsort(above, kind="stable")
    ranking = tuple((fits[i].circuit.text, float(above[i]), float(weights[i])) for i in order)
    equal = [text for text, difference, _ in ranking if difference < _EQUAL]
    warning = f"{' and '.join(equal)} serve equally well (AICc within {_EQUAL:g})" if len(equal) > 1 else None
    return CircuitRanking(ranking, warning)
