"""Finds the layers of a cross section and measures their thickness, roughness and errors."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, uniform_filter1d
from scipy.signal import find_peaks

from ionweld.analyse.sem.edges import RowEdges, fit_rows
from ionweld.errors import ComputationError, Fault, InputError
from ionweld.measurement.micrograph import Micrograph

Array = NDArray[np.float64]

_BORDER = 0.015  # share of the picture on each side that is not looked at: frames and info bars cut in there
_SCALES_PX = (2.0, 4.0)
_SMALLEST_EDGE = 0.02  # of the picture's grey span: what is weaker is texture
_MOST_EDGES = 14
_AVERAGED_ROWS = 4  # so roughness on a finer scale than four rows is not seen
_FEWEST_ROWS = 16
_OUTLIER = 4.0  # in robust standard deviations


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer or gap. Lengths in metres; positions in pixels along the direction across the layer.

    stderr_m: of the mean thickness, all causes; edges_stderr_m: from the edges alone, with neighbouring rows counted
    as dependent; scale_stderr_m: from the scale. roughness_m: standard deviation of the thickness along the layer.
    first_px, second_px: the edges, shape (rows,), of the rows in rows_px that were kept.
    """

    thickness_m: float
    stderr_m: float
    edges_stderr_m: float
    scale_stderr_m: float
    roughness_m: float
    first_roughness_m: float
    second_roughness_m: float
    tilt_deg: float
    kind: str
    strength: float
    rows_px: Array
    first_px: Array
    second_px: Array
    rows_given_up: int


@dataclass(frozen=True, slots=True)
class SemResult:
    """All layers, the principal one first, and whether they stand upright in the picture."""

    layers: tuple[Layer, ...]
    upright: bool
    scale_says: str
    metres_per_pixel: float
    warnings: tuple[str, ...]


def measure_layers(
    micrograph: Micrograph, upright: bool | None = None, between: tuple[float, float] | None = None
) -> SemResult:
    """Find the layers of a cross section and measure each from edges in many rows.

    upright: whether the layers run up and down in the picture; None finds out. between: only the layer nearest to
    these two positions, in fractions of the picture across the layers. Raises InputError without a scale, and
    ComputationError when no layer is found.
    """
    if micrograph.scale is None:
        mend = 'Give --scale, for example "100 nm/px" or "5 um = 312 px" read off the bar'
        raise InputError(Fault(micrograph.provenance.source, "the file does not say how long a pixel is", mend))
    upright = is_upright(micrograph.grey) if upright is None else upright
    rows = micrograph.grey if upright else micrograph.grey.T
    boundaries = find_boundaries(rows)
    pairs = _between(rows, boundaries, between) if between else nested_pairs(boundaries)
    layers = [layer for pair in pairs if (layer := _measure(rows, pair, boundaries, micrograph))]
    if not layers:
        raise ComputationError(
            "no layer was found: no two edges run through the picture; crop it to the layer, or give --between"
        )
    layers.sort(key=lambda layer: -layer.strength)
    scale = micrograph.scale
    return SemResult(tuple(layers), upright, scale.says, scale.metres_per_pixel, _warnings(layers))


def _warnings(layers: list[Layer]) -> tuple[str, ...]:
    warnings = []
    if len(layers) > 1:
        warnings.append(f"{len(layers)} layers were found; the first is the one with the clearest edges: choose by eye")
    if layers[0].scale_stderr_m > layers[0].edges_stderr_m:
        warnings.append("the error is mostly that of the scale")
    return tuple(warnings)


def is_upright(grey: Array) -> bool:
    """Return whether grey levels change more from left to right than from top to bottom, averaged along the other."""

    def energy(profile: Array) -> float:
        cut = max(2, int(_BORDER * len(profile)))
        return float(np.sum(gaussian_filter1d(profile, 3.0, order=1)[cut:-cut] ** 2))

    rows, columns = (max(2, int(_BORDER * size)) for size in grey.shape)
    inner = grey[rows:-rows, columns:-columns]
    return energy(np.median(inner, axis=0)) >= energy(np.median(inner, axis=1))


@dataclass(frozen=True, slots=True)
class Boundary:
    """An edge that runs through the picture: position and signed strength (grey levels per pixel)."""

    position: float
    slope: float


def find_boundaries(rows: Array) -> list[Boundary]:
    """Return the edges of the median profile, strongest kept, in order of position."""
    cut_rows, cut = (max(2, int(_BORDER * size)) for size in rows.shape)
    profile = np.median(rows[cut_rows:-cut_rows], axis=0)
    span = float(np.ptp(profile[cut:-cut]))
    found: list[Boundary] = []
    for scale in _SCALES_PX:
        slope = gaussian_filter1d(profile, scale, order=1)
        peaks, about = find_peaks(np.abs(slope), prominence=_SMALLEST_EDGE * span / (scale * np.sqrt(2.0 * np.pi)))
        for peak in peaks[np.argsort(-about["prominences"])][:_MOST_EDGES]:
            close = any(abs(peak - other.position) < 3.0 * scale for other in found)
            if cut <= peak < len(profile) - cut and not close:
                found.append(Boundary(float(peak), float(slope[peak])))
    return sorted(found, key=lambda one: one.position)


def nested_pairs(boundaries: list[Boundary]) -> list[tuple[Boundary, Boundary]]:
    """Return the pairs of edges with nothing between them that is stronger than the weaker of the two."""
    pairs = []
    for index, left in enumerate(boundaries):
        inner = 0.0
        for right in boundaries[index + 1 :]:
            if inner < min(abs(left.slope), abs(right.slope)):
                pairs.append((left, right))
            inner = max(inner, abs(right.slope))
            if inner >= abs(left.slope):
                break
    return pairs


def _between(
    rows: Array, boundaries: list[Boundary], fractions: tuple[float, float]
) -> list[tuple[Boundary, Boundary]]:
    if len(boundaries) < 2:
        return []
    ends = [min(boundaries, key=lambda one: abs(one.position - fraction * rows.shape[1])) for fraction in fractions]
    left, right = sorted(ends, key=lambda one: one.position)
    return [(left, right)] if left is not right else []


def _measure(
    rows: Array, pair: tuple[Boundary, Boundary], boundaries: list[Boundary], micrograph: Micrograph
) -> Layer | None:
    """Measure one pair of edges; None when too few rows show both."""
    assert micrograph.scale is not None
    left, right = pair
    width = right.position - left.position
    reach, blur = _reach(pair, boundaries), _blur(rows, pair)
    cut = max(2, int(_BORDER * rows.shape[0]))
    count = (rows.shape[0] - 2 * cut) // _AVERAGED_ROWS
    smooth = rows[cut : cut + count * _AVERAGED_ROWS].reshape(count, _AVERAGED_ROWS, -1).mean(axis=1)
    index = cut + _AVERAGED_ROWS * (np.arange(count) + 0.5)
    ones = np.ones(len(index))
    edges = fit_rows(smooth, left.position * ones, right.position * ones, blur, reach)
    edges = _follow(smooth, edges, blur, reach)
    good = _kept(index, edges, reach, width)
    if int(good.sum()) < _FEWEST_ROWS or good.sum() < 0.3 * len(good):
        return None
    return _layer(index[good], edges.first[good], edges.second[good], int((~good).sum()), pair, rows, micrograph)


def _reach(pair: tuple[Boundary, Boundary], boundaries: list[Boundary]) -> float:
    """Return how far to look: halfway to the next edge, but at least 4 pixels and at most 20."""
    positions = [one.position for one in boundaries]
    gaps = [b - a for a, b in pairwise(positions) if a in (pair[0].position, pair[1].position) or b in (
        pair[0].position, pair[1].position)]  # fmt: skip
    return float(np.clip(0.5 * min(gaps, default=20.0), 4.0, 20.0))


def _blur(rows: Array, pair: tuple[Boundary, Boundary]) -> float:
    """Return the width of the edges in single rows: the median distance over which their steepest step is made."""
    widths = []
    for edge in pair:
        low, high = max(0, int(edge.position) - 12), int(edge.position) + 13
        window = uniform_filter1d(rows, 9, axis=0)[:, low:high]
        slope = np.abs(gaussian_filter1d(window, 1.0, axis=1, order=1)).max(axis=1)
        step = np.abs(np.ptp(window, axis=1))
        widths.append(float(np.median(step / np.maximum(slope, 1e-9))) / np.sqrt(2.0 * np.pi))
    return float(np.clip(np.sqrt(max(np.mean(widths) ** 2 - 1.0, 0.25)), 0.7, 6.0))


def _follow(rows: Array, edges: RowEdges, blur: float, reach: float) -> RowEdges:
    """Fit once more from running medians of the first edges, so that a slow drift or tilt is followed."""
    from scipy.ndimage import median_filter

    size = max(3, len(rows) // 12) | 1
    first, second = (median_filter(edge, size, mode="nearest") for edge in (edges.first, edges.second))
    return fit_rows(rows, first, second, blur, reach)


def _kept(index: Array, edges: RowEdges, reach: float, width: float) -> NDArray[np.bool_]:
    """Return the rows whose edges are plausible: within the robust scatter about a straight line, and not at rest."""
    good = np.isfinite(edges.first) & np.isfinite(edges.second) & (edges.second - edges.first > 0.3 * width)
    for edge in (edges.first, edges.second):
        if good.sum() < _FEWEST_ROWS:
            break
        line = np.polyval(np.polyfit(index[good], edge[good], 1), index)
        spread = 1.4826 * float(np.median(np.abs((edge - line)[good]))) + 0.05
        good &= np.abs(edge - line) <= min(_OUTLIER * spread, 2.0 * reach)
    return good


def _layer(
    index: Array, first: Array, second: Array, given_up: int, pair: tuple[Boundary, Boundary], rows: Array,
    micrograph: Micrograph,
) -> Layer:  # fmt: skip
    assert micrograph.scale is not None
    length, relative = micrograph.scale.metres_per_pixel, micrograph.scale.relative_error
    slope_first, slope_second = (float(np.polyfit(index, edge, 1)[0]) for edge in (first, second))
    tilt = np.arctan(0.5 * (slope_first + slope_second))
    across = (second - first) * np.cos(tilt) * length
    thickness, roughness = float(np.mean(across)), float(np.std(across, ddof=1))
    edges_error = roughness / np.sqrt(effective_number(across))
    scale_error = thickness * relative
    straight = [
        float(np.std(edge - np.polyval(np.polyfit(index, edge, 1), index)) * length) for edge in (first, second)
    ]
    left, right = pair
    middle, outside = _greys(rows, pair)
    kind = "darker than both sides" if middle < min(outside) else (
        "brighter than both sides" if middle > max(outside) else "between its sides in grey")  # fmt: skip
    clarity = min(abs(left.slope), abs(right.slope)) / (1.0 + roughness / thickness * 10.0)
    return Layer(
        thickness, float(np.hypot(edges_error, scale_error)), float(edges_error), scale_error, roughness, straight[0],
        straight[1], float(np.degrees(tilt)), kind, float(clarity), index, first, second, given_up,
    )  # fmt: skip


def _greys(rows: Array, pair: tuple[Boundary, Boundary]) -> tuple[float, tuple[float, float]]:
    """Return the median grey of the layer and of strips as wide on either side."""
    low, high = int(pair[0].position), int(pair[1].position) + 1
    wide = max(3, min(40, high - low))
    strips = (rows[:, low:high], rows[:, max(0, low - wide) : low], rows[:, high : high + wide])
    middle, left, right = (float(np.median(strip)) if strip.size else float("nan") for strip in strips)
    return middle, (left, right)


def effective_number(values: Array) -> float:
    """Return how many independent values a series of neighbours is worth: n/(1 + 2 sum of autocorrelations).

    The sum runs up to the first correlation that is not positive. Source: the usual integrated autocorrelation time.
    """
    centred = values - values.mean()
    variance = float(centred @ centred)
    if variance <= 0:
        return float(len(values))
    total = 0.0
    for lag in range(1, len(values) // 2):
        correlation = float(centred[:-lag] @ centred[lag:]) / variance
        if correlation <= 0:
            break
        total += correlation
    return float(max(2.0, len(values) / (1.0 + 2.0 * total)))
