"""Whether numbers that nothing names run as the frequencies of a sweep do."""

from collections.abc import Sequence

import numpy as np

_FEWEST = 3
_EVENNESS = 8.0  # the longest step over the usual one, in decades: a sweep is even there, a time or a voltage is not


def runs_as_frequency(values: Sequence[float]) -> bool:
    """Return whether positive numbers go one way in steps that are about even on a logarithmic scale."""
    f = np.asarray(values, float)
    if f.size < _FEWEST or not np.all(np.isfinite(f)) or np.any(f <= 0):
        return False
    steps = np.diff(np.log(f))
    if not (np.all(steps > 0) or np.all(steps < 0)):
        return False
    sizes = np.abs(steps)
    return float(sizes.max()) < _EVENNESS * float(np.median(sizes)) and float(sizes.sum()) > np.log(2.0)
