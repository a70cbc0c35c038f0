"""Whether any virtual cell behaves like the measured one: asked first, because trees are sure of themselves anywhere.

    distance   root mean square over features of (x - y)/spread; one that one of the two lacks counts as two spreads
    nearness   mean distance of a cell to the draws nearest to it, among those that follow the twin's exact laws; of a draw, to
               those of other simulated cells
    worst      of its features the one that lies farthest from those of the draws around it, in mean deviations of these
    outside    by how much what a curve and a spectrum before it are known by, all together, reaches beyond all other simulated cells:
               its level, noise and growth, and whether the two agree. (Of all features some reach beyond in most cells.)
    share      of these draws, as often as each counts, that are as strange as the cell: in what they are strangest in, nearness,
               worst feature or outside, each by its rank among the draws. The cell counts among them, as one simulated cell more
    away       -ln share; beyond the farthest draw it goes on with the logarithm of the distance

Each draw's rank counts itself; were the cell's to leave it out, it would seem stranger than a draw in the same place (Vovk,
Gammerman and Shafer 2005, Algorithmic Learning in a Random World, ISBN 978-0-387-00152-4: conformal prediction). Below a share of
UNLIKE the cell is not explained, so that one in so many cells of the prior is refused. What does not fit is
said feature by feature: what lies outside of all the draws most like it.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ionweld.infer.diagnosis import Misfit
from ionweld.infer.features import EARLY_NOISE, LEVELS
from ionweld.infer.joint_features import AGREEMENT
from ionweld.infer.spectrum_features import MODULUS
from ionweld.infer.table import DrawTable
from ionweld.infer.trees import one_thread

Real = NDArray[np.float64]
NEAREST = 5
AROUND, FEW = 60, 0.3  # draws around a cell, and the share of them that must have a feature
LEAST_SPREAD = 0.05  # of all draws: less is the roundness of a number
SAME = 1e-12
NO_RUN = -1  # of a cell that is none of the draws
OUTWARDS = (-1.0, 1.0)
KNOWN_BY = (*LEVELS, EARLY_NOISE, AGREEMENT, f"before: {MODULUS}")  # features, as their names begin
ROUNDED = 1e-3  # of a feature's own size: what a test fixes, such as its current, differs by less, and tells nothing
ALIKE = 100  # draws that a feature is compared with
UNLIKE = 0.05  # of the share
LACKING = 2.0  # spreads
FARTHEST = 8.0  # spreads: a feature that is off by more does not weigh more
BEYOND = 3.0  # by how much `away` grows where the distance is e times that of the farthest draw
MOST_NAMED = 8
_NORMAL_IQR = 1.349


@dataclass(frozen=True, slots=True)
class AmongDraws:
    """Where a cell lies among the draws. distances: to each of them."""

    distances: Real
    share: float
    away: float


@dataclass(frozen=True, slots=True)
class Ranges:
    """How far each feature reaches among the draws, downwards and upwards (2, names), as numbers that grow outwards.

    ends: of the run that reaches farthest; runs: which one that is; others: of all other runs; shoulders: of nine in ten.
    """

    ends: Real
    runs: NDArray[np.int64]
    others: Real
    shoulders: Real

    def outside(self, rows: Real, own: NDArray[np.int64]) -> Real:
        """Return by how much rows reach beyond all runs but their own, over the features together (rows,).

        In each over the length of its tail, from the shoulder to the end: in a feature that spreads widely it means little.
        """
        found = np.zeros(len(rows))
        for place, sign in enumerate(OUTWARDS):
            ends = np.where(self.runs[place] == own[:, None], self.others[place], self.ends[place])
            with np.errstate(invalid="ignore"):  # a feature without an end
                beyond = (sign * rows - ends - LEAST_SPREAD) / (ends - self.shoulders[place] + LEAST_SPREAD)
            found += np.where(np.isfinite(beyond), np.maximum(beyond, 0.0), 0.0).sum(axis=1)
        return found


def ranges_of(points: Real, runs: NDArray[np.int64]) -> Ranges:
    """Return how far the features of all runs reach. One that few have has no end."""
    names = np.unique(runs)
    told = np.isfinite(points).sum(axis=0) >= FEW * AROUND
    found = []
    for sign in OUTWARDS:
        there = np.where(np.isfinite(points) & told, sign * points, -np.inf)
        reach = np.array([there[runs == run].max(axis=0) for run in names])
        order = np.argsort(-reach, axis=0, kind="stable")
        ends, others, shoulders = (
            np.take_along_axis(reach, order[rank : rank + 1], axis=0)[0] for rank in (0, 1, len(names) // 10)
        )
        found.append((ends, names[order[0]], others, shoulders))
    return Ranges(*(np.array(part) for part in zip(*found, strict=True)))


@dataclass(frozen=True)
class Cloud:
    """The draws as points. scale: middle and spread of each feature (2, names); points: the draws in these units."""

    table: DrawTable
    scale: Real
    points: Real

    @cached_property
    def exact(self) -> NDArray[np.bool_]:
        """Which draws a cell is compared with: those of the exact laws; all of them where hardly any are."""
        found = np.array([one.exact for one in self.table.draws])
        return found if found.sum() > NEAREST else np.ones(found.shape, dtype=np.bool_)

    @cached_property
    def _weights(self) -> Real:
        found = np.where(self.exact, self.table.weights, 0.0)
        return found / found.sum()

    @cached_property
    def _own(self) -> float:
        """What a simulated cell counts, with all looks at it."""
        return 1.0 / len({one.run for one, exact in zip(self.table.draws, self.exact.tolist(), strict=True) if exact})

    @cached_property
    def _runs(self) -> NDArray[np.int64]:
        return np.array([one.run for one in self.table.draws])

    @cached_property
    def _ranges(self) -> Ranges:
        known = np.array([name.startswith(KNOWN_BY) for name in self.table.names])
        return ranges_of(np.where(known, self.points, np.nan)[self.exact], self._runs[self.exact])

    @cached_property
    def _among(self) -> tuple[Real, Real, Real]:
        """The nearness, the worst feature and what is outside, of each draw among those of other simulated cells."""
        apart = distances(self.points, self.points)
        apart[(self._runs[:, None] == self._runs) | ~self.exact] = np.inf
        return (
            _nearness(apart),
            worst_features(self.points, apart, self.points),
            self._ranges.outside(self.points, self._runs),
        )

    @cached_property
    def strangeness(self) -> Real:
        """How strange each draw is, shape (draws,)."""
        return np.array([self._strange(place, own=0.0) for place in np.stack(self._among, axis=1)])

    @cached_property
    def away(self) -> Real:
        """How far each draw lies from the others, shape (draws,)."""
        near, *_ = self._among
        places = zip(near.tolist(), self.strangeness.tolist(), strict=True)
        return np.array([self._away(nearness, self._share(strange, own=0.0)) for nearness, strange in places])

    def place(self, row: Real) -> AmongDraws:
        """Return where a row of features lies."""
        point = _scaled(row[None, :], self.scale)
        to_draws = distances(point, self.points)
        apart = np.where(self.exact, to_draws, np.inf)
        near = float(_nearness(apart)[0])
        worst = float(worst_features(point, apart, self.points)[0])
        outside = float(self._ranges.outside(point, np.array([NO_RUN]))[0])
        share = self._share(self._strange(np.array([near, worst, outside]), own=self._own), own=self._own)
        return AmongDraws(to_draws[0], share, self._away(near, share))

    def _strange(self, place: Real, own: float) -> float:
        """Return how strange a cell is: a share of exp(-that) of the draws lies as far out, in what it is strangest in.

        place: nearness, worst feature, outside; own: what the cell itself counts, 0 for a draw, which is counted with the others.
        """
        shares = [
            (self._weights @ (known >= mine) + own) / (1.0 + own)
            for known, mine in zip(self._among, place.tolist(), strict=True)
        ]
        return -float(np.log(max(min(shares), self._least)))

    def _share(self, strange: float, own: float) -> float:
        return float((self._weights @ (self.strangeness >= strange - SAME) + own) / (1.0 + own))

    @property
    def _least(self) -> float:
        """The share that is meant where there is none: of a draw under other laws that is stranger than all exact ones."""
        return 0.5 / float(self.exact.sum())

    def _away(self, near: float, share: float) -> float:
        farthest = float(self._among[0][self.exact].max())
        beyond = BEYOND * max(0.0, float(np.log(near / farthest))) if farthest > 0.0 and near > 0.0 else 0.0
        return -float(np.log(max(share, self._least))) + beyond


def cloud_of(table: DrawTable) -> Cloud:
    """Return the draws of a table as points."""
    scale = _scale(table.features)
    return Cloud(table, scale, _scaled(table.features, scale))


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


def resemblance(cloud: Cloud, seen: Real) -> Resemblance:
    """Return how much a row of features is like the draws."""
    place = cloud.place(seen)
    order = np.argsort(place.distances, kind="stable")
    return Resemblance(place.share, _misfits(cloud.table, seen, order[:ALIKE]), order)


def _scale(draws: Real) -> Real:
    """Return the middle and the spread of features (n, names): what most draws share is told by those that differ."""
    known = np.isfinite(draws).any(axis=0)
    found = np.stack([np.zeros(draws.shape[1]), np.ones(draws.shape[1])])
    low, middle, high = np.nanpercentile(draws[:, known], [25.0, 50.0, 75.0], axis=0)
    spread, wide = (high - low) / _NORMAL_IQR, np.nanstd(draws[:, known], axis=0)
    spread = np.where(spread > 1e-3 * wide, spread, wide)
    spread = np.maximum(spread, ROUNDED * np.abs(middle))
    found[:, known] = middle, np.where(spread > 0.0, spread, 1.0)
    return found


def _scaled(rows: Real, scale: Real) -> Real:
    """Return features in units of the draws' spread about their middle; NaN stays."""
    return np.clip((rows - scale[0]) / scale[1], -FARTHEST, FARTHEST)


def distances(rows: Real, others: Real) -> Real:
    """Return the distance of each row to each other one, shape (rows, others)."""
    known, there = np.isfinite(rows).astype(np.float64), np.isfinite(others).astype(np.float64)
    x, y = np.nan_to_num(rows), np.nan_to_num(others)
    with one_thread():
        apart = (x**2) @ there.T + known @ (y**2).T - 2.0 * x @ y.T
        lacking = known.sum(axis=1)[:, None] + there.sum(axis=1) - 2.0 * known @ there.T
    return np.sqrt(np.maximum(apart + LACKING**2 * lacking, 0.0) / rows.shape[1])


def _nearness(apart: Real) -> Real:
    """Return the mean of the smallest distances of each row."""
    count = min(NEAREST, int(np.isfinite(apart).sum(axis=1).min()))
    return np.partition(apart, count - 1, axis=1)[:, :count].mean(axis=1)


def worst_features(rows: Real, apart: Real, others: Real) -> Real:
    """Return by how many mean deviations each row's worst feature lies from those of the others around it.

    apart: distances to the others (rows, others). A feature that few around have counts for nothing.
    """
    count = min(AROUND, int(np.isfinite(apart).sum(axis=1).min()))
    around = np.argpartition(apart, count - 1, axis=1)[:, :count]
    return np.array([_worst(row, others[place]) for row, place in zip(rows, around, strict=True)])


def _worst(row: Real, others: Real) -> float:
    there = np.isfinite(others)
    counts = there.sum(axis=0)
    told = np.isfinite(row) & (counts >= FEW * len(others))
    if not told.any():
        return 0.0
    filled, counts = np.where(there[:, told], others[:, told], 0.0), counts[told]
    middle = filled.sum(axis=0) / counts
    spread = (np.abs(filled - middle) * there[:, told]).sum(axis=0) / counts
    return float(np.max(np.abs(row[told] - middle) / (spread + LEAST_SPREAD)))


def _misfits(table: DrawTable, seen: Real, alike: NDArray[np.int64]) -> tuple[Misfit, ...]:
    found = []
    for place, name in enumerate(table.names):
        values = table.features[alike, place]
        values = values[np.isfinite(values)]
        if not np.isfinite(seen[place]) or values.size < ALIKE // 4:
            continue
        least = ROUNDED * abs(seen[place])
        below, above = values <= seen[place] + least, values >= seen[place] - least
        if not (below.any() and above.any()):
            low, high = np.percentile(values, [2.5, 97.5])
            size = abs(seen[place] - np.median(values)) / max(float(values.std()), 1e-12)
            found.append((size, Misfit(name, float(seen[place]), float(low), float(high), 0.0)))
    found.sort(key=lambda pair: -pair[0])
    return tuple(misfit for _, misfit in found[:MOST_NAMED])
