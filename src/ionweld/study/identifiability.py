"""Which combinations of parameters the study's rows fix, in words."""

from dataclasses import dataclass

import numpy as np

from ionweld.twin.calibrated import Calibrated
from ionweld.twin.posterior import directions

FIXED, OPEN = 0.33, 0.75  # spread after the data over that before: below, the data fix it; above, they hardly touch it
NAMED = 0.35  # weights at least this large, of the largest, are named


@dataclass(frozen=True, slots=True)
class Combination:
    """A combination of parameters: in words, the part of its prior spread that is left, and what that means."""

    words: str
    left: float
    meaning: str


def combinations(calibrated: Calibrated) -> list[Combination]:
    """Return the combinations of the fitted parameters, from the best known to the least."""
    names = list(calibrated.parameters)
    draws = np.array([draw[: len(names)] for draw in calibrated.draws])
    return [Combination(_words(one.weights, names), one.learnt, _meaning(one.learnt)) for one in directions(draws)]


def _meaning(left: float) -> str:
    if left < FIXED:
        return "fixed by the data"
    return "narrowed" if left < OPEN else "not fixed: the prior speaks"


def _words(weights: np.ndarray, names: list[str]) -> str:
    """Return a product of parameters to powers of one sign or the other: what it is that is known."""
    largest = int(np.argmax(np.abs(weights)))
    kept = [place for place in np.argsort(-np.abs(weights)) if abs(weights[place]) >= NAMED * abs(weights[largest])]
    signs = np.sign(weights * weights[largest])
    up = [names[place].replace("_", " ") for place in kept if signs[place] > 0]
    down = [names[place].replace("_", " ") for place in kept if signs[place] < 0]
    return " × ".join(up) + (f" / ({' × '.join(down)})" if len(down) > 1 else f" / {down[0]}" if down else "")
