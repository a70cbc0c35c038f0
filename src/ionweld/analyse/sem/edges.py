"""Where a layer's two edges lie in each row of a picture: a double error function, all rows at once.

Each row is modelled around its two edges as

    I(x) = a [1 - f1] + (b + c u)[f1 - f2] + d f2,   f_i = (1 + erf((x - x_i)/(sqrt(2) s)))/2,

with u running from -1 to 1 between the edges, so that the two sides of a layer may differ in grey. For given x1, x2
and blur s the levels a, b, c, d follow by linear least squares; x1 and x2 by Gauss-Newton.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

Array = NDArray[np.float64]
_STEPS = 12
_RIDGE = 1e-9


@dataclass(frozen=True, slots=True)
class RowEdges:
    """Positions of both edges in pixels, shape (rows,), and the misfit of each row relative to its contrast."""

    first: Array
    second: Array
    misfit: Array


def fit_rows(rows: Array, first: Array, second: Array, blur: float, reach: float) -> RowEdges:
    """Return the edges of each row, from guesses `first` and `second`, shape (rows,).

    rows: grey levels, shape (rows, columns). reach: how many pixels on either side of an edge are looked at; an edge
    never moves further than that from its guess.
    """
    x, near = _windows(rows.shape[1], first, second, reach)
    grey = np.take_along_axis(rows, x.astype(np.intp), axis=1)
    one, two = first.copy(), second.copy()
    for _ in range(_STEPS):
        levels, model, by_one, by_two = _model(grey, x, one, two, blur, near)
        residual = np.where(near, grey - model, 0.0)
        step = _step(by_one, by_two, residual)
        one = np.clip(one + np.clip(step[:, 0], -blur, blur), first - reach, first + reach)
        two = np.clip(two + np.clip(step[:, 1], -blur, blur), second - reach, second + reach)
    levels, model, _, _ = _model(grey, x, one, two, blur, near)
    squares = np.sum(np.where(near, (grey - model) ** 2, 0.0), axis=1) / np.maximum(near.sum(axis=1), 1)
    contrast = np.minimum(
        np.abs(levels[:, 1] - levels[:, 2] - levels[:, 0]), np.abs(levels[:, 1] + levels[:, 2] - levels[:, 3])
    )
    return RowEdges(one, two, np.sqrt(squares) / np.maximum(contrast, 1e-12))


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


def _model(
    rows: Array, x: Array, one: Array, two: Array, blur: float, near: NDArray[np.bool_]
) -> tuple[Array, Array, Array, Array]:
    """Return the levels, shape (rows, 4), the model and its derivatives by both positions, shape of `rows`."""
    f1, g1 = _step_function(x - one[:, None], blur)
    f2, g2 = _step_function(x - two[:, None], blur)
    width = np.maximum(two - one, 1e-3)[:, None]
    u = np.clip(2.0 * (x - one[:, None]) / width - 1.0, -1.0, 1.0)
    columns = np.stack([1.0 - f1, f1 - f2, u * (f1 - f2), f2], axis=-1) * near[:, :, None]
    gram = np.einsum("rxi,rxj->rij", columns, columns)
    gram += _RIDGE * np.maximum(np.trace(gram, axis1=1, axis2=2), 1.0)[:, None, None] * np.eye(4)
    levels = _levels(gram, columns, rows)
    model = np.einsum("rxi,ri->rx", columns, levels)
    inner = levels[:, 1:2] + levels[:, 2:3] * u
    by_one = np.where(near, -g1 * (inner - levels[:, 0:1]), 0.0)
    by_two = np.where(near, -g2 * (levels[:, 3:4] - inner), 0.0)
    # what the levels would take up anyway is taken off the derivatives (variable projection after Kaufman)
    by_one, by_two = (by - np.einsum("rxi,ri->rx", columns, _levels(gram, columns, by)) for by in (by_one, by_two))
    return levels, model, by_one, by_two


def _levels(gram: Array, columns: Array, target: Array) -> Array:
    return np.linalg.solve(gram, np.einsum("rxi,rx->ri", columns, target)[:, :, None])[:, :, 0]


def _step_function(distance: Array, blur: float) -> tuple[Array, Array]:
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
