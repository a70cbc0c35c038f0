"""Draws side by side: features, causes and parameters as arrays, NaN where one has none."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ionweld.infer.diagnosis import MECHANISMS
from ionweld.infer.draws import DiagnosisDraw
from ionweld.infer.features import Features

Real = NDArray[np.float64]
CAUSES = (*MECHANISMS, "undecided")
FOLDS = 5
RARE = 0.02  # a feature that fewer draws have says nothing, unless the measured cell has it


@dataclass(frozen=True)
class DrawTable:
    """Draws, and the names of the features that are compared: those of any draw or of the measured cell."""

    draws: tuple[DiagnosisDraw, ...]
    names: tuple[str, ...]

    @cached_property
    def features(self) -> Real:
        """The features, shape (draws, names)."""
        return np.array([self.row(one.features) for one in self.draws]).reshape(len(self.draws), len(self.names))

    @cached_property
    def causes(self) -> NDArray[np.int64]:
        """The place of each draw's cause in CAUSES, shape (draws,)."""
        return np.array([CAUSES.index(one.cause) for one in self.draws], dtype=np.int64)

    @cached_property
    def weights(self) -> Real:
        """How often each draw counts; all together once, shape (draws,)."""
        found = np.array([one.weight for one in self.draws])
        return found / found.sum()

    @cached_property
    def shares(self) -> Real:
        """How likely each cause is before any data, shape (causes,): that none of n cells had it makes it rare, not impossible.

        Each cause that can be left out counts half a simulated cell more (Jeffreys' prior of shares).
        """
        seen = np.bincount(self.causes, self.weights, minlength=len(CAUSES))
        there = {one.cause for one in self.draws}.union(*(one.without for one in self.draws))
        half = np.where([name in there for name in CAUSES], 0.5 / len({one.run for one in self.draws}), 0.0)
        return (seen + half) / (1.0 + half.sum())

    @cached_property
    def folds(self) -> NDArray[np.int64]:
        """The fold of each draw: looks at one simulated cell stay together."""
        return np.array([one.run % FOLDS for one in self.draws], dtype=np.int64)

    def row(self, features: Features) -> Real:
        """Return features in the order of the names."""
        return np.array([features.get(name, np.nan) for name in self.names])

    def parameter(self, name: str) -> Real:
        """Return a parameter of each draw."""
        return np.array([one.parameters.get(name, np.nan) for one in self.draws])


def table_of(draws: Sequence[DiagnosisDraw], seen: Features) -> DrawTable:
    """Return the table of draws to compare a measured cell with; a feature of nobody is left out."""
    names = dict.fromkeys([*seen, *(name for one in draws for name in one.features)])
    counts = {name: sum(name in one.features for one in draws) for name in names}
    least = RARE * len(draws)
    return DrawTable(tuple(draws), tuple(name for name in names if counts[name] > least or name in seen))
