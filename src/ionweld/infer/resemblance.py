"""Whether any virtual cell behaves like the measured one: asked first, because trees are sure of themselves anywhere.

    distance   root mean square over features of (x - y)/spread; one that one of the two lacks counts as two spreads
    nearness   mean distance of a cell to the five draws nearest to it
    resemblance  share of the draws around the measured cell that lie as far from the others as it does

Below 1 % the cell is not explained. What does not fit is said feature by feature: what lies outside of all the draws most
like it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ionweld.infer.diagnosis import Misfit
from ionweld.infer.table import DrawTable

Real = NDArray[np.float64]
NEAREST = 5
AROUND = 0.5  # of the draws: what "around the measured cell" means
LEAST_AROUND = 40
ALIKE = 100  # draws that a feature is compared with
UNLIKE = 0.01  # of resemblance
LACKING = 2.0  # spreads
FARTHEST = 8.0  # spreads: a feature that is off by more does not weigh more
MOST_NAMED = 8
_NORMAL_IQR = 1.349


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How much the measured cell is like the draws: see the top of this file. nearest: draws, the most like it first."""

    share: float
    misfit: tuple[Misfit, ...]
    nearest: NDArray[np.int64]

    @property
    def explained(self) -> bool:
        """Whether some draw behaves like the measured cell."""
        return self.share >= UNLIKE


def resemblance(table: DrawTable, seen: Real) -> Resemblance:
    """Return how much a row of features is like the draws."""
    scaled, own = _scaled(table.features, table.features), _scaled(seen[None, :], table.features)
    away = distances(own, scaled)[0]
    order = np.argsort(away, kind="stable")
    among = _nearness_among(scaled)
    around = order[: max(LEAST_AROUND, int(AROUND * len(order)))]
    mine = float(np.sort(away)[:NEAREST].mean())
    share = float(np.mean(among[around] >= mine))
    return Resemblance(share, _misfits(table, seen, order[:ALIKE]), order)


def _scaled(rows: Real, draws: Real) -> Real:
    """Return features in units of the draws' spread about their middle; NaN stays."""
    low, middle, high = np.nanpercentile(draws, [25.0, 50.0, 75.0], axis=0)
    spread = (high - low) / _NORMAL_IQR
    wide = np.nanstd(draws, axis=0)
    spread = np.where(
        spread > 1e-3 * wide, spread, wide
    )  # a feature that most draws share is told by those that differ
    spread = np.where(spread > 0.0, spread, 1.0)
    return np.clip((rows - middle) / spread, -FARTHEST, FARTHEST)


def distances(rows: Real, others: Real) -> Real:
    """Return the distance of each row to each other one, shape (rows, others)."""
    found = np.empty((len(rows), len(others)))
    there = np.isfinite(others)
    filled = np.where(there, others, 0.0)
    for i, row in enumerate(rows):
        known = np.isfinite(row)
        both = there & known
        away = np.where(both, (filled - np.where(known, row, 0.0)) ** 2, LACKING**2 * (there ^ known))
        found[i] = np.sqrt(away.mean(axis=1))
    return found


def _nearness_among(scaled: Real) -> Real:
    away = distances(scaled, scaled)
    np.fill_diagonal(away, np.inf)
    return np.sort(away, axis=1)[:, :NEAREST].mean(axis=1)


def _misfits(table: DrawTable, seen: Real, alike: NDArray[np.int64]) -> tuple[Misfit, ...]:
    found = []
    for place, name in enumerate(table.names):
        values = table.features[alike, place]
        values = values[np.isfinite(values)]
        if not np.isfinite(seen[place]) or values.size < ALIKE // 4:
            continue
        outside = min(np.count_nonzero(values <= seen[place]), np.count_nonzero(values >= seen[place]))
        if outside == 0:
            low, high = np.percentile(values, [2.5, 97.5])
            size = abs(seen[place] - np.median(values)) / max(float(values.std()), 1e-12)
            found.append((size, Misfit(name, float(seen[place]), float(low), float(high), 0.0)))
    found.sort(key=lambda pair: -pair[0])
    return tuple(misfit for _, misfit in found[:MOST_NAMED])
