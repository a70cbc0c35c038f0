"""Activation: a resistance that falls from the first current on, ever more slowly, while interfaces form.

Blocks of half cycles are compared, by their medians. As long as each block lies below the one before, by no more than
`SLOWER` times as much as that one did, the cell settles; a fall that becomes faster is something else. An electronic path
that was there from the first current on, and grows more slowly than the rest, looks the same: no table of voltages tells.
"""

import numpy as np
from numpy.typing import NDArray

STILL = 0.02  # ln R per block: less is no fall; the noise of a median of six half cycles is far below
SLOWER = 1.25  # a settling fall becomes smaller from block to block; so much is left to noise


def settled_at(resistance: NDArray[np.float64], block: int) -> int:
    """Return from which half cycle on the resistance has settled: 0 where it does not fall at the start.

    resistance: shape (n,), of half cycles at one current; block: half cycles per block.
    """
    count = resistance.size // block
    if count < 2:
        return 0
    log = np.log(np.nanmedian(resistance[: count * block].reshape(count, block), axis=1))
    falls = -np.diff(log)
    done = 0
    while done < falls.size and falls[done] > STILL and (done == 0 or falls[done] <= SLOWER * falls[done - 1]):
        done += 1
    return (done + 1) * block if done else 0


def is_sudden(resistance: NDArray[np.float64], at: int, drop: float) -> bool:
    """Return whether the fall that ends at half cycle `at` came at once, not as the slowing fall of an activation.

    Over the last two half cycles it is at least `drop`, and twice what it was over the two before; among the first half
    cycles, where nothing can be compared, it must be one half.
    """
    if at < 1:
        return False
    log = np.log(np.maximum(resistance, np.finfo(float).tiny))
    fall = log[max(0, at - 2)] - log[at]
    if at < 4:
        return bool(fall > np.log(2.0))
    return bool(fall > -np.log(1.0 - drop) and fall > 2.0 * (log[at - 4] - log[at - 2]))
