"""The model of one region: bands, a smooth baseline, and lines of water vapour, as columns that depend on shapes.

Shapes: position, width, share of Lorentz and skew of each band; then, where vapour was seen, the width and share of Lorentz
that all its lines have in common, because the spectrometer gives it to them, and the place of each line.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ionweld.laws.infrared import band as band_shape
from ionweld.numerics import varpro
from ionweld.spec.infrared import InfraredBand, InfraredRegion, vapour_lines

Floats = NDArray[np.float64]

SHAPES = 4  # of a band
LORENTZ_SHARE = (0.5, 0.3)  # value and standard deviation before the fit
_SKEW = (0.0, 0.5)  # the same, of how lopsided a band is
_CLOSE = 0.75  # widths between a band and what may be no more than its flank
# How well the formula follows bands that an exponential had made lopsided (noiseless fits): their areas come out wrong by 2 %.
_NEAR, _FAR, _REACH = 0.007, 0.1, 0.25
_WIDTH_SIGMA = 0.4  # of a band's width: what is known of it before the fit


@dataclass(frozen=True, eq=False)
class RegionModel:
    """Columns: the bands, the terms of the baseline, the lines of vapour (places in cm-1; none where none was seen).

    without: bands that are held at nothing.
    """

    x: Floats
    region: InfraredRegion
    bands: tuple[InfraredBand, ...]
    lines: Floats
    without: frozenset[int] = frozenset()

    @property
    def baseline(self) -> range:
        """The columns of the baseline."""
        return range(len(self.bands), len(self.bands) + self.region.baseline_degree + 1)

    @property
    def lags(self) -> int:
        """Over how many points a misfit reaches: the width of the narrowest band."""
        return self.lags_of(min(band.width for band in self.bands))

    def lags_of(self, width: float) -> int:
        """Return how many points a width (cm-1) has, within reason."""
        return int(np.clip(width / np.mean(np.diff(self.x)), 2, 200))

    def columns(self, theta: Floats, which: Sequence[int]) -> Floats:
        """Return the columns `which`, shape (points, len(which))."""
        out = np.empty((len(self.x), len(which)))
        for at, column in enumerate(which):
            out[:, at] = self._column(theta, column)
        return out

    def _column(self, theta: Floats, column: int) -> Floats:
        if column in self.without:
            return np.zeros_like(self.x)
        if column < len(self.bands):
            return band_shape(self.x, *theta[SHAPES * column : SHAPES * (column + 1)])
        if column < self.baseline.stop:
            scaled = 2.0 * (self.x - self.region.lowest) / (self.region.highest - self.region.lowest) - 1.0
            return np.polynomial.legendre.legval(
                scaled, np.eye(self.region.baseline_degree + 1)[column - self.baseline.start]
            )
        width, share, *places = theta[SHAPES * len(self.bands) :]
        return band_shape(self.x, places[column - self.baseline.stop], width, share)

    def beneath(self, theta: Floats, areas: Floats, index: int) -> list[int]:
        """Return the bands that stand on the flank of one: so near that it may be theirs, and smaller."""
        places, widths = (theta[i : SHAPES * len(self.bands) : SHAPES] for i in range(2))
        near = np.abs(places - places[index]) < _CLOSE * 0.5 * (widths + widths[index])
        smaller = (areas[: len(self.bands)] < areas[index]) & (areas[: len(self.bands)] > 0.0)
        return [int(i) for i in np.flatnonzero(near & smaller)]

    def missed(self, theta: Floats, amplitudes: Floats) -> Floats:
        """Return the standard error of each point that the formula of the bands makes.

        Near its top a band is followed to _NEAR of its height, further out to _FAR of what is left of it, and wrong alike
        over _REACH of its width: as an error of each point by itself, it is larger by the root of their number.
        """
        total = np.zeros_like(self.x)
        for index in np.flatnonzero(amplitudes[: len(self.bands)]):
            band = self._column(theta, int(index)) * amplitudes[index]
            alike = 2.0 * np.sqrt(np.pi) * _REACH * theta[SHAPES * index + 1] / np.mean(np.diff(self.x))
            total += max(alike, 1.0) * np.minimum(_FAR * band, _NEAR * band.max()) ** 2
        return np.sqrt(total)

    def problem(self, y: Floats, sigma: Floats) -> varpro.Problem:
        """Return the least-squares problem of the region."""
        count, first = len(self.bands), self.baseline.stop
        column = np.arange(first + len(self.lines))
        touched = [[index] for index in range(count) for _ in range(SHAPES)]
        if len(self.lines):
            of_lines = list(range(first, len(column)))
            touched += [of_lines, of_lines, *([line] for line in of_lines)]
        return varpro.Problem(y, sigma, self.columns, (column < count) | (column >= first), touched)

    def shapes(self, start: Floats | None = None) -> varpro.Shapes:
        """Return what is known of the shapes before the fit."""
        rows = []
        for band in self.bands:
            rows.append((band.position, band.position_sigma, band.lowest, band.highest, 1e-3))
            rows.append((band.width, _WIDTH_SIGMA * band.width, band.width_lowest, band.width_highest, 1e-3))
            rows.append((*LORENTZ_SHARE, 0.0, 1.0, 1e-4))
            rows.append((*_SKEW, -2.0, 2.0, 1e-3))
        if len(self.lines):
            known = vapour_lines()
            rows.append((known.width, known.width_sigma, *known.widths, 1e-3))
            rows.append((*LORENTZ_SHARE, 0.0, 1.0, 1e-4))
            reach = 3.0 * known.position_sigma
            rows += [(line, known.position_sigma, line - reach, line + reach, 1e-3) for line in self.lines]
        prior, sigma, lower, upper, step = np.array(rows, dtype=float).T
        return varpro.Shapes(prior.copy() if start is None else start, lower, upper, prior, sigma, step)
