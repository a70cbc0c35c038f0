"""Where a layer's two edges lie in each row of a picture: a double error function, all rows at once.

Each row is modelled around its two edges as

    I(x) = a [1 - f1] + (b + c u)[f1 - f2] + d f2,   f_i = (1 + erf((x - x_i)/(sqrt(2) s)))/2,

with u running from -1 to 1 between the edges, so that the two sides of a layer may differ in grey. For given x1, x2
and blur s the levels a, b, c, d follow by linear least squares; x1 and x2 by Gauss-Newton. `fit_widths` also fits s, of each
edge by itself and shared by blocks of rows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

Array = NDArray[np.float64]
_STEPS = 12
_BLOCK = 8  # rows that share the widths of their edges
_NARROWEST = 0.3  # pixels
_SETTLED = 2e-3  # relative change of a width at which its fit ends
_RIDGE = 1e-9


@dataclass(frozen=True, slots=True)
class RowEdges:
    """Of both edges in each row, shape (rows,): position in pixels and step of grey, above zero where it rises."""

    first: Array
    second: Array
    first_rise: Array
    second_rise: Array


def fit_rows(rows: Array, first: Array, second: Array, blur: float, reach: float) -> RowEdges:
    """Return the edges of each row, from guesses `first` and `second`, shape (rows,).

    rows: grey levels, shape (rows, columns). reach: how many pixels on either side of an edge are looked at; an edge
    never moves further than that from its guess.
    """
    x, near = _windows(rows.shape[1], first, second, reach)
    grey = np.take_along_axis(rows, x.astype(np.intp), axis=1)
    one, two, widths = first.copy(), second.copy(), np.full((len(rows), 2), blur)
    for _ in range(_STEPS):
        fit = _model(grey, x, one, two, widths, near)
        one, two = _moved(fit, one, two, widths, (first, second), reach)
    levels = _model(grey, x, one, two, widths, near).levels
    first_rise, second_rise = levels[:, 1] - levels[:, 2] - levels[:, 0], levels[:, 3] - levels[:, 1] - levels[:, 2]
    return RowEdges(one, two, first_rise, second_rise)


def fit_widths(rows: Array, first: Array, second: Array, blur: float, reach: float) -> Array:
    """Return the width s of both edges in pixels, shape (rows, 2), each shared by a block of rows.

    first, second: the fitted positions; other arguments as of fit_rows. A width stays between 0.3 pixels and
    `reach`: at that end the edge is wider than what is looked at.
    """
    x, near = _windows(rows.shape[1], first, second, reach)
    grey = np.take_along_axis(rows, x.astype(np.intp), axis=1)
    starts = np.arange(0, max(1, len(rows) - _BLOCK // 2), _BLOCK)
    block = np.minimum(np.arange(len(rows)) // _BLOCK, len(starts) - 1)
    widths = np.full((len(rows), 2), blur)
    for _ in range(_STEPS):
        fit = _model(grey, x, first, second, widths, near, of_widths=True)
        change = np.stack([_width_step(by, fit.residual, starts) for by in (fit.by_one, fit.by_two)], axis=1)
        before, widths = widths, np.clip(widths * np.exp(np.clip(change[block], -0.5, 0.5)), _NARROWEST, reach)
        if np.median(np.abs(widths / before - 1.0)) < _SETTLED:
            break
    return widths


def _width_step(by: Array, residual: Array, starts: NDArray[np.intp]) -> Array:
    """Return the Gauss-Newton step of a width's logarithm, for each block of rows."""
    ahead, square = (np.add.reduceat(np.sum(by * other, axis=1), starts) for other in (residual, by))
    return ahead / np.maximum(square, 1e-12)


def _moved(
    fit: "_Fit", one: Array, two: Array, widths: Array, guesses: tuple[Array, Array], reach: float
) -> tuple[Array, Array]:
    """Return both positions after one step, at most a width long and never further than reach from the guesses."""
    step = np.clip(_step(fit.by_one, fit.by_two, fit.residual), -widths, widths)
    return (
        np.clip(one + step[:, 0], guesses[0] - reach, guesses[0] + reach),
        np.clip(two + step[:, 1], guesses[1] - reach, guesses[1] + reach),
    )


def _windows(columns: int, first: Array, second: Array, reach: float) -> tuple[Array, NDArray[np.bool_]]:
    """Return the columns to look at in each row, shape (rows, window), and which of them count.

    Far edges get a window each; near ones share one, in which everything between the edges counts too.
    """
    half = int(np.ceil(reach))
    steps = np.arange(-half, half + 1, dtype=float)[None, :]
    left, right = np.rint(first)[:, None], np.rint(second)[:, None]
    if np.min(right - left) > 2 * half:
        x = np.hstack([left + steps, right + steps]).astype(float)
    else:
        x = left + np.arange(-half, int(np.max(right - left)) + half + 1, dtype=float)[None, :]
    inside = (x >= 0.0) & (x < columns) & (x <= right + half)
    return np.clip(np.asarray(x, dtype=np.float64), 0.0, columns - 1.0), inside


@dataclass(frozen=True, slots=True)
class _Fit:
    """Levels, shape (rows, 4); residual and derivatives by both positions, or both logarithms of widths, (rows, window)."""

    levels: Array
    residual: Array
    by_one: Array
    by_two: Array


def _model(
    rows: Array, x: Array, one: Array, two: Array, widths: Array, near: NDArray[np.bool_], *, of_widths: bool = False
) -> _Fit:
    z1, z2 = x - one[:, None], x - two[:, None]
    (f1, g1), (f2, g2) = _step_function(z1, widths[:, :1]), _step_function(z2, widths[:, 1:])
    width = np.maximum(two - one, 1e-3)[:, None]
    u = np.clip(2.0 * z1 / width - 1.0, -1.0, 1.0)
    columns = np.stack([1.0 - f1, f1 - f2, u * (f1 - f2), f2], axis=1) * near[:, None, :]
    gram = columns @ columns.transpose(0, 2, 1)
    gram += _RIDGE * np.maximum(np.trace(gram, axis1=1, axis2=2), 1.0)[:, None, None] * np.eye(4)
    levels = _levels(gram, columns, rows)
    residual = np.where(near, rows - _drawn(columns, levels), 0.0)
    inner = levels[:, 1:2] + levels[:, 2:3] * u
    by_one = np.where(near, -g1 * (inner - levels[:, 0:1]), 0.0)
    by_two = np.where(near, -g2 * (levels[:, 3:4] - inner), 0.0)
    if of_widths:
        by_one, by_two = by_one * z1, by_two * z2
    # what the levels would take up anyway is taken off the derivatives (variable projection after Kaufman)
    free = (by - _drawn(columns, _levels(gram, columns, by)) for by in (by_one, by_two))
    return _Fit(levels, residual, *free)


def _levels(gram: Array, columns: Array, target: Array) -> Array:
    """Return the levels of each row, shape (rows, 4), that draw the target best with columns (rows, 4, window)."""
    return np.asarray(np.linalg.solve(gram, columns @ target[:, :, None])[:, :, 0], dtype=np.float64)


def _drawn(columns: Array, levels: Array) -> Array:
    return (levels[:, None, :] @ columns)[:, 0, :]


def _step_function(distance: Array, blur: Array) -> tuple[Array, Array]:
    z = distance / (np.sqrt(2.0) * blur)
    return 0.5 * (1.0 + erf(z)), np.exp(-(z**2)) / (blur * np.sqrt(2.0 * np.pi))


def _step(by_one: Array, by_two: Array, residual: Array) -> Array:
    """Return the Gauss-Newton step of both positions, shape (rows, 2)."""
    a, b, c = (np.sum(p * q, axis=1) for p, q in ((by_one, by_one), (by_one, by_two), (by_two, by_two)))
    r, s = np.sum(by_one * residual, axis=1), np.sum(by_two * residual, axis=1)
    floor = 1e-6 * np.maximum(a, c) + 1e-12
    a, c = a + floor, c + floor
    determinant = a * c - b * b
    return np.stack([(c * r - b * s) / determinant, (a * s - b * r) / determinant], axis=1)
