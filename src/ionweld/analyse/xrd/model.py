"""The whole pattern as one model: phases with free cells and widths, sample displacement, zero, hump and background.

    counts(2t) = sum_p s_p sum_lines strength LP(2t) [P(2t - 2t_1) + r P(2t - 2t_2)] + h hump(2t) + sum_j b_j T_j(2t)

2t_1 and 2t_2 are the Bragg angles of the K-alpha doublet, moved by zero + displacement cos(theta); each of the two has
companions that stand beside it (spec/library/xray_tubes.toml). P is the pseudo-Voigt line of Thompson, Cox and Hastings
(1987, 10.1107/S0021889887087090): a Gaussian width of the instrument and a Lorentzian width of each phase, X /
cos(theta) + Y tan(theta). Rays that leave the plane of the goniometer, at angles b to the sample and g from it, arrive
at 2t - (b^2 + g^2) / 2 cot(2t) + b g / sin(2t): cos 2phi = (cos 2t - sin b sin g) / (cos b cos g) for small angles
(Cheary and Coelho 1998, 10.1107/S0021889898006876). Soller slits give each of the two a triangular density, of half width
sqrt(tail). Grains that lie
unevenly about the c axis of a tetragonal or hexagonal phase: March and Dollase. s_p, h and b_j are amplitudes, solved
for; the rest are shapes, searched (numerics/varpro.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ionweld.analyse.xrd.lines import add_lines, add_slopes
from ionweld.laws import diffraction
from ionweld.laws.diffraction import Lattice
from ionweld.measurement.pattern import Radiation
from ionweld.numerics.varpro import Shapes
from ionweld.spec.crystal import Phase, PowderLines, emission, powder_lines

Floats = NDArray[np.float64]
Emitted = list[tuple[Floats, Floats]]  # of K-alpha-1 and K-alpha-2: shifts and shares of their parts

GLOBALS = 6  # zero, displacement, instrument width, hump position, hump width, axial tail
_AXES_ALIKE: tuple[Lattice, ...] = ("tetragonal", "hexagonal")  # c is the only direction of its kind
_CERTIFIED = 1e-5  # relative: nobody is so sure of the cell of a sample
_OF_EVERY_LINE = (0, 1, 2, 5)  # the globals that are not the hump's
_HALF = 8.0 * np.log(2.0)
_SHARE = 5  # of Lorentz, among the seven numbers of a line


@dataclass(frozen=True, slots=True)
class Priors:
    """What is known before the fit: value and standard deviation (deg; texture: a fraction of a line's intensity).

    size_spread: of the natural logarithm of the size width of a phase that does not show it itself.
    """

    zero: tuple[float, float]
    displacement: tuple[float, float]
    instrument_width: tuple[float, float]
    hump_position: tuple[float, float]
    hump_width: tuple[float, float]
    size_width: tuple[float, float]
    size_spread: tuple[float, float]
    strain_width: tuple[float, float]
    axial_tail: tuple[float, float]
    log_march: tuple[float, float]
    texture: tuple[float, float]
    b_iso: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class PhaseCandidate:
    """A phase in the fit: its lines grouped as `lattice`, the metric it starts from, and whether its shape is free.

    nearly: it promised enough to be fitted, but did not belong.
    """

    phase: Phase
    lattice: Lattice
    lines: PowderLines
    metric: Floats
    free: bool = True
    size_width: float | None = None
    nearly: bool = False

    @property
    def shapes(self) -> int:
        """How many shape parameters it has: its metric, size and strain width, and the March parameter of its grains."""
        return len(self.metric) + 2 + self.leans if self.free else 0

    @property
    def leans(self) -> bool:
        """Whether its grains may lie unevenly about c in the fit."""
        return self.free and self.lattice in _AXES_ALIKE

    @property
    def metric_scale(self) -> Floats:
        """The size of each number of the metric: mixed terms are measured by the largest pure one."""
        pure = np.abs(self.metric).max()
        return np.where(np.abs(self.metric) > 0.05 * pure, np.abs(self.metric), pure)


def candidate(
    phase: Phase, radiation: Radiation, two_theta_max: float, lattice: Lattice | None = None
) -> PhaseCandidate:
    """Return the phase with its lines up to an angle, starting from its own cell."""
    grouping = lattice or phase.lattice
    lines = powder_lines(phase, radiation.kalpha1, two_theta_max, grouping)
    return PhaseCandidate(phase, grouping, lines, diffraction.metric_of(grouping, phase.cell))


@dataclass(frozen=True)
class PatternModel:
    """The columns of the model as a function of its shapes. theta = GLOBALS, then the shapes of each free candidate."""

    two_theta: Floats
    radiation: Radiation
    candidates: tuple[PhaseCandidate, ...]
    priors: Priors
    background: Floats
    hump: bool
    _offsets: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        offsets = GLOBALS + np.concatenate([[0], np.cumsum([c.shapes for c in self.candidates])]).astype(int)
        object.__setattr__(self, "_offsets", tuple(int(offset) for offset in offsets))

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.candidates) + int(self.hump) + self.background.shape[1]

    def columns(self, theta: Floats, which: Sequence[int]) -> Floats:
        """Return the columns `which` of C, shape (points, len(which)): phases, hump, background terms."""
        phases = len(self.candidates)
        out = np.empty((len(self.two_theta), len(which)))
        for place, column in enumerate(which):
            if column < phases:
                out[:, place] = self._phase(theta, column)
            elif self.hump and column == phases:
                out[:, place] = np.exp(-4.0 * np.log(2.0) * ((self.two_theta - theta[3]) / theta[4]) ** 2)
            else:
                out[:, place] = self.background[:, column - phases - int(self.hump)]
        return out

    def at_least_zero(self) -> NDArray[np.bool_]:
        """Return which amplitudes may not be negative: phases and hump."""
        return np.arange(self.width) < len(self.candidates) + int(self.hump)

    def metric(self, theta: Floats, index: int) -> Floats:
        """Return the reciprocal metric of a candidate at these shapes, or at each of many, shape (many, shapes)."""
        c = self.candidates[index]
        if not c.free:
            return c.metric
        at = self._offsets[index]
        return c.metric + theta[..., at : at + len(c.metric)] * c.metric_scale

    def metric_slice(self, index: int) -> slice:
        """Return where the metric of a candidate stands in theta."""
        at = self._offsets[index]
        return slice(at, at + len(self.candidates[index].metric))

    def start_from(self, other: "PatternModel", theta: Floats) -> Floats:
        """Return shapes to start from: what `other` found for the phases that both have, the usual for the rest."""
        start = shapes_of(self).start
        start[:GLOBALS] = theta[:GLOBALS]
        for index, c in enumerate(self.candidates):
            if c in other.candidates:
                at, old = self._offsets[index], other._offsets[other.candidates.index(c)]
                start[at : at + c.shapes] = theta[old : old + c.shapes]
        return start

    def line_positions(self, theta: Floats, index: int) -> Floats:
        """Return 2 theta (deg, as measured) of the K-alpha-1 and K-alpha-2 lines of a candidate, shape (2, lines)."""
        return self._positions(theta, self.metric(theta, index) @ self.candidates[index].lines.sums.T)

    def widths(self, theta: Floats, index: int, positions: Floats) -> tuple[Floats, Floats]:
        """Return full width (deg) and Lorentz share of the lines of a candidate."""
        return _widths(theta[2], *self._own_widths(theta, index), positions)

    def line_columns(self, theta: Floats, index: int) -> Floats:
        """Return the profile of each line of a candidate by itself, shape (points, lines)."""
        lines = len(self.candidates[index].lines.strength)
        return self._draw(theta, index, np.arange(lines), lines).T

    def cell_columns(self, theta: Floats, c: PhaseCandidate, metrics: Floats) -> Floats:
        """Return the profile of a candidate with each of many cells, metrics (cells, numbers): shape (points, cells).

        To find where to start from: its lines are symmetric bells without companions and without long tails.
        """
        cells, lines = len(metrics), len(c.lines.strength)
        rows = np.repeat(np.arange(cells), lines)
        positions = self._positions(theta, (metrics @ c.lines.sums.T).ravel())
        strength = np.tile(c.lines.strength, cells)
        drawn = self._drawn(positions, strength, (theta[2], self.priors.size_width[0], 0.0), 0.0)
        drawn[:, _SHARE] = 0.0
        whole = [(np.atleast_1d(shares @ shifts), np.ones(1)) for shifts, shares in self._emitted]
        return self._add(drawn, whole, rows, cells).T

    def log_march(self, theta: Floats, index: int) -> tuple[float, int] | None:
        """Return ln r of March and Dollase for a candidate, and where it stands in theta; None when it has none."""
        at = self._lean_at(index)
        return (float(theta[at]), at) if self.candidates[index].leans else None

    def _lean_at(self, index: int) -> int:
        return self._offsets[index] + len(self.candidates[index].metric) + 2

    def _phase(self, theta: Floats, index: int) -> Floats:
        return self._draw(theta, index, np.zeros(len(self.candidates[index].lines.strength), dtype=np.int64), 1)[0]

    def _draw(self, theta: Floats, index: int, rows: NDArray[np.int64], count: int) -> Floats:
        return self._add(self._lines(theta, index), self._emitted, rows, count)

    def _strength(self, theta: Floats, index: int) -> Floats:
        c = self.candidates[index]
        if not c.leans:
            return c.lines.strength
        metric, lean = self.metric(theta, index), theta[..., self._lean_at(index)]
        along_c = c.lines.sums[:, 1] * metric[..., 1, None] / (metric @ c.lines.sums.T)
        return c.lines.strength * diffraction.march_dollase(along_c, np.exp(lean)[..., None])

    def _own_widths(self, theta: Floats, index: int) -> tuple[Any, Any]:
        """Return the size and the strain width of a candidate."""
        c = self.candidates[index]
        at = self._offsets[index] + len(c.metric)
        return (theta[..., at], theta[..., at + 1]) if c.free else (c.size_width or self.priors.size_width[0], 0.0)

    def _positions(self, theta: Floats, q: Floats) -> Floats:
        wavelengths = np.array([[self.radiation.kalpha1], [self.radiation.kalpha2]])
        angles = diffraction.bragg_angle(q[..., None, :], wavelengths)
        return angles + _of_each(theta[..., 0]) + _of_each(theta[..., 1]) * np.cos(np.radians(angles) / 2.0)

    def _add(self, lines: Floats, emitted: Emitted, rows: NDArray[np.int64], count: int) -> Floats:
        """Return lines (2, 7, lines), each added to its own of `count` rows, shape (count, points)."""
        out = np.zeros((count, len(self.two_theta)))
        for one, (shifts, shares) in zip(lines, emitted, strict=True):
            add_lines(self.two_theta, one, shifts, shares, rows, out)
        return out

    def _drawn(self, positions: Floats, strength: Floats, widths: tuple[Any, Any, Any], tail: Any) -> Floats:
        """Return the seven numbers that each line is drawn by, shape (2, 7, lines), or (many, 2, 7, lines)."""
        inside = np.isfinite(positions)
        safe = np.where(inside, positions, 90.0)
        width, share = _widths(*widths, safe)
        strong = strength[..., None, :] * np.array([[1.0], [self.radiation.kalpha2_ratio]])
        intensity = np.where(inside, strong * diffraction.lorentz_polarisation(safe), 0.0)
        angle = np.radians(safe)
        beside = np.degrees(2.0 * np.tan(angle / 2.0))
        return np.stack((safe, intensity, -tail / np.tan(angle), tail / np.sin(angle), width, share, beside), axis=-2)

    @cached_property
    def _emitted(self) -> Emitted:
        parts = emission(self.radiation.kalpha1, self.radiation.kalpha2_ratio)
        return [(shifts, shares) for shifts, shares in (np.transpose(one).copy() for one in parts)]

    def slopes(self, theta: Floats, amplitudes: Floats) -> Floats:
        """Return the derivative of columns @ amplitudes by each shape, shape (points, shapes).

        That of a line by its seven numbers is known; those of the numbers, which are exact, are taken by small differences.
        """
        out, steps = np.zeros((len(theta), len(self.two_theta))), 0.01 * shapes_of(self).step
        for index in range(len(self.candidates)):
            if amplitudes[index] != 0.0:
                at = [*_OF_EVERY_LINE, *range(self._offsets[index], self._offsets[index + 1])]
                out[at] += amplitudes[index] * self._phase_slopes(theta, index, at, steps)
        hump = len(self.candidates)
        if self.hump and amplitudes[hump] != 0.0:
            away = (self.two_theta - theta[3]) / theta[4]
            slope = amplitudes[hump] * _HALF * away * np.exp(-_HALF / 2.0 * away**2) / theta[4]
            out[3], out[4] = slope, slope * away
        return out.T

    def _phase_slopes(self, theta: Floats, index: int, at: list[int], steps: Floats) -> Floats:
        """Return the derivative of a phase by each of the shapes `at`, shape (len(at), points)."""
        lines, *moved = self._lines(np.vstack([theta, theta + np.diag(steps)[at]]), index)
        changes = (np.array(moved) - lines) / steps[at][:, None, None, None]
        out = np.zeros((len(at), len(self.two_theta)))
        for one, (shifts, shares) in enumerate(self._emitted):
            add_slopes(self.two_theta, lines[one], shifts, shares, np.ascontiguousarray(changes[:, one]), out)
        return out

    def _lines(self, theta: Floats, index: int) -> Floats:
        size, strain = self._own_widths(theta, index)
        widths = (_of_each(theta[..., 2]), _of_each(size), _of_each(strain))
        positions, strength = self.line_positions(theta, index), self._strength(theta, index)
        return self._drawn(positions, strength, widths, _of_each(theta[..., 5]))


def _of_each(numbers: ArrayLike) -> Floats:
    """Return a number, or many, with two axes more, for the lines of the two waves."""
    return np.asarray(numbers, dtype=float)[..., None, None]


def _widths(instrument: Any, size: Any, strain: Any, positions: Floats) -> tuple[Floats, Floats]:
    half = np.radians(positions) / 2.0
    return diffraction.thompson_width(instrument, size / np.cos(half) + strain * np.tan(half))


def shapes_of(model: PatternModel) -> Shapes:
    """Return start, bounds and priors of every shape of the model."""
    p = model.priors
    rows = [(*p.zero, -0.2, 0.2, 1e-4), (*p.displacement, -1.0, 1.0, 1e-4)]
    rows += [(*p.instrument_width, 0.005, 2.0, 1e-4)]
    rows += [(*p.hump_position, p.hump_position[0] - 4.0, p.hump_position[0] + 4.0, 1e-3)]
    rows += [(*p.hump_width, 0.4 * p.hump_width[0], 3.0 * p.hump_width[0], 1e-3)]
    rows += [(*p.axial_tail, 0.0, 0.5, 1e-4)]
    for c in model.candidates:
        if c.free:
            reach = 2.5 * c.phase.cell_tolerance
            sure = reach if reach < _CERTIFIED else np.inf  # a certified cell is knowledge, and not a start alone
            rows += [(0.0, sure, -reach, reach, 1e-6)] * len(c.metric)
            size = c.size_width or p.size_width[0]
            rows += [(size, p.size_width[1], 1e-4, 3.0, 1e-4), (*p.strain_width, 0.0, 5.0, 1e-4)]
            rows += [(*p.log_march, -1.6, 1.1, 1e-3)] * c.leans
    start, sigma, lower, upper, step = np.array(rows).T
    prior = start.copy()
    return Shapes(np.clip(start, lower, upper), lower, upper, prior, sigma, step)


def background_terms(two_theta: Floats, degree: int) -> Floats:
    """Return Chebyshev polynomials over the range, and 1 / 2 theta for the air scatter, shape (points, degree + 2)."""
    low, high = two_theta[0], two_theta[-1]
    x = 2.0 * (two_theta - low) / (high - low) - 1.0
    return np.column_stack(
        [np.polynomial.chebyshev.chebvander(x, degree), np.mean(two_theta) / np.maximum(two_theta, 1.0)]
    )
