"""Finds the layers of a cross section and measures their thickness, roughness and errors."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, uniform_filter1d

from ionweld.analyse.sem.boundaries import BORDER, SMALLEST_EDGE, Boundary, find_boundaries, nearest_pair, nested_pairs
from ionweld.analyse.sem.conventions import STEEPEST, TO_TEN_PERCENT, Edges, Placed, place
from ionweld.analyse.sem.edges import RowEdges, fit_rows
from ionweld.analyse.sem.tilt import LARGEST_deg, sheared, tilt_of
from ionweld.errors import ComputationError, Fault, InputError
from ionweld.measurement.micrograph import Micrograph, PixelScale
from ionweld.wording import many

Array = NDArray[np.float64]

_AVERAGED_ROWS = 4  # so roughness on a finer scale than four rows is not seen
_FEWEST_ROWS = 16
_RIDGES_TILT_deg = 1.0  # simulated gaps between ridges came out 0.0 % off at 0 degrees, 0.6 % at 1.5 and 2 % at 3
_UPRIGHT_deg = 3.5  # a picture whose layers lean less is not sheared: edges are followed from row to row
_OUTLIER = 4.0  # in robust standard deviations
_CHOICE_MATTERS = 0.05  # of the thickness: the accuracy that is promised for a layer whose edges are clear


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer or gap. Lengths in metres; positions in pixels along the direction across the layer.

    stderr_m: of the mean thickness, all causes; edges_stderr_m: from the edges alone, with neighbouring rows counted
    as dependent; scale_stderr_m: from the scale. roughness_m: standard deviation of the thickness along the layer.
    first_px, second_px: the edges, shape (rows,), of the rows in rows_px that were kept.
    edges: the convention of each. edge_width_m: 10 % to 90 % of each fitted step. innermost_m, steepest_m, outermost_m:
    the thickness between the steps' inner 10 % levels, middles and outer 10 % levels: how far the convention matters.
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
    edges: Edges
    edge_width_m: tuple[float, float]
    innermost_m: float
    steepest_m: float
    outermost_m: float


@dataclass(frozen=True, slots=True)
class SemResult:
    """All layers, the principal one first, and whether they stand upright in the picture."""

    layers: tuple[Layer, ...]
    upright: bool
    scale_says: str
    metres_per_pixel: float
    warnings: tuple[str, ...]

    @property
    def said(self) -> str:
        """What was found, in one line."""
        first = self.layers[0]
        thickness = f"{1e6 * first.thickness_m:.3g} ± {1e6 * first.stderr_m:.2g} um"
        if len(self.layers) == 1:
            return f"one layer, {thickness}"
        return f"{many(len(self.layers), 'layer')}, the principal one {thickness}"


def measure_layers(
    micrograph: Micrograph,
    upright: bool | None = None,
    between: tuple[float, float] | None = None,
    edges: Edges = STEEPEST,
) -> SemResult:
    """Find the layers of a cross section and measure each from edges in many rows.

    upright: whether the layers run up and down in the picture; None finds out. between: only the layer nearest to
    these two positions, in fractions of the picture across the layers. edges: what is called the first (left, upper)
    edge and the second, as conventions.py defines them. Raises InputError without a scale, and ComputationError when
    no layer is found.
    """
    if micrograph.scale is None:
        mend = 'Give --scale, for example "100 nm/px" or "5 um = 312 px" read off the bar'
        raise InputError(Fault(micrograph.provenance.source, "the file does not say how long a pixel is", mend))
    upright = is_upright(micrograph.grey) if upright is None else upright
    rows = micrograph.grey if upright else micrograph.grey.T
    straight = _straightened(rows)
    boundaries = find_boundaries(straight.rows)
    pairs = nearest_pair(rows, boundaries, between) if between else nested_pairs(boundaries)
    layers = [layer for pair in pairs if (layer := _measure(straight, pair, boundaries, micrograph.scale, edges))]
    if not layers:
        ridge = "; a ridge was asked for: perhaps none stands at the edge" if "ridge" in edges else ""
        raise ComputationError(
            f"no layer was found: no two edges run through the picture; crop it to the layer, or give --between{ridge}"
        )
    layers = _distinct(sorted(layers, key=lambda layer: -layer.strength))
    said = (*(micrograph.ingest.warnings if micrograph.ingest else ()), *_warnings(layers))
    return SemResult(tuple(layers), upright, micrograph.scale.says, micrograph.scale.metres_per_pixel, said)


@dataclass(frozen=True, slots=True)
class _Straight:
    """A picture whose layers stand upright: where x is found here, x + slope (row - middle) is in the picture."""

    rows: Array
    slope: float

    def in_picture(self, edge: Array, index: Array) -> Array:
        return edge + self.slope * (index - 0.5 * (len(self.rows) - 1))


def _straightened(rows: Array) -> _Straight:
    tilt = tilt_of(rows, BORDER)
    return _Straight(*sheared(rows, tilt)) if abs(tilt) > _UPRIGHT_deg else _Straight(rows, 0.0)


def _distinct(layers: list[Layer]) -> list[Layer]:
    """Return the layers without those that repeat a clearer one: both flanks of a ridge lead to the same crest."""
    kept: list[Layer] = []
    for layer in layers:
        ends = np.array([layer.first_px.mean(), layer.second_px.mean()])
        if not any(np.all(np.abs(ends - [one.first_px.mean(), one.second_px.mean()]) < 1.0) for one in kept):
            kept.append(layer)
    return kept


def _warnings(layers: list[Layer]) -> tuple[str, ...]:
    warnings = []
    first, um = layers[0], 1e6
    if first.outermost_m - first.innermost_m > 2.0 * _CHOICE_MATTERS * first.steepest_m:
        widest = 100.0 * max(first.edge_width_m) / first.steepest_m
        warnings.append(
            f"an edge is {widest:.0f} % of the layer wide: its inner ends, middles and outer ends give "
            f"{um * first.innermost_m:.3g}, {um * first.steepest_m:.3g} and {um * first.outermost_m:.3g} um; --edges chooses"
        )
    if "ridge" in first.edges and abs(first.tilt_deg) > _RIDGES_TILT_deg:
        mend = "turn the picture upright: a ridge is followed badly when tilted, and a thickness can be 1 to 2 % off"
        warnings.append(f"the layer is tilted by {first.tilt_deg:.1f} degrees; {mend}")
    elif abs(first.tilt_deg) > _UPRIGHT_deg:
        warnings.append(f"the layer is tilted by {first.tilt_deg:.1f} degrees: its thickness is that across itself")
    if abs(first.tilt_deg) > LARGEST_deg - 1.0:
        warnings.append("layers that lean this far are followed badly: turn the picture")
    if len(layers) > 1:
        warnings.append(f"{len(layers)} layers were found; the first is the one with the clearest edges: choose by eye")
    if layers[0].scale_stderr_m > layers[0].edges_stderr_m:
        warnings.append("the error is mostly that of the scale")
    return tuple(warnings)


def is_upright(grey: Array) -> bool:
    """Return whether grey levels change more from left to right than from top to bottom, averaged along the other."""

    def energy(profile: Array) -> float:
        cut = max(2, int(BORDER * len(profile)))
        return float(np.sum(gaussian_filter1d(profile, 3.0, order=1)[cut:-cut] ** 2))

    rows, columns = (max(2, int(BORDER * size)) for size in grey.shape)
    inner = grey[rows:-rows, columns:-columns]
    return energy(np.median(inner, axis=0)) >= energy(np.median(inner, axis=1))


def _measure(
    straight: _Straight, pair: tuple[Boundary, Boundary], boundaries: list[Boundary], scale: PixelScale, choice: Edges
) -> Layer | None:
    """Measure one pair of edges; None when too few rows show both, or a ridge that was asked for is missing."""
    left, right = pair
    rows = straight.rows
    room, blur = _room(pair, boundaries), _blur(rows, pair)
    reach = float(np.clip(room, 4.0, 20.0))
    index, smooth = _averaged(rows)
    ones = np.ones(len(index))
    edges = fit_rows(smooth, left.position * ones, right.position * ones, blur, reach)
    edges = _follow(smooth, edges, blur, reach)
    good = _kept(index, edges.first, edges.second, reach)
    if not _enough(good):
        return None
    seen = RowEdges(edges.first[good], edges.second[good], edges.first_rise[good], edges.second_rise[good])
    placed = place(smooth[good], seen, blur, room, choice, SMALLEST_EDGE * float(np.ptp(np.median(rows, axis=0))))
    if placed is None:
        return None
    still = _kept(index[good], placed.first, placed.second, reach) if "ridge" in choice else np.ones(good.sum(), bool)
    if not _enough(still):
        return None
    traced = _Traced(index[good], seen, placed, still, int(len(good) - still.sum()))
    return _layer(traced, pair, straight, scale, choice)


def _averaged(rows: Array) -> tuple[Array, Array]:
    """Return the middles of groups of rows, and their mean greys; the rows at the picture's ends are left out."""
    cut = max(2, int(BORDER * rows.shape[0]))
    count = (rows.shape[0] - 2 * cut) // _AVERAGED_ROWS
    smooth = rows[cut : cut + count * _AVERAGED_ROWS].reshape(count, _AVERAGED_ROWS, -1).mean(axis=1)
    return cut + _AVERAGED_ROWS * (np.arange(count) + 0.5), smooth


def _enough(good: NDArray[np.bool_]) -> bool:
    return bool(good.sum() >= _FEWEST_ROWS and good.sum() >= 0.3 * len(good))


def _room(pair: tuple[Boundary, Boundary], boundaries: list[Boundary]) -> float:
    """Return half of the way from the pair's edges to the nearest other edge, their partner among them, in pixels."""
    positions = [one.position for one in boundaries]
    ends = (pair[0].position, pair[1].position)
    return 0.5 * min((b - a for a, b in pairwise(positions) if a in ends or b in ends), default=40.0)


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


def _kept(index: Array, first: Array, second: Array, reach: float) -> NDArray[np.bool_]:
    """Return the rows whose edges are plausible: within the robust scatter about a straight line, and not at rest."""
    width = float(np.median(second - first))
    good = np.isfinite(first) & np.isfinite(second) & (second - first > 0.3 * width)
    for edge in (first, second):
        if good.sum() < _FEWEST_ROWS:
            break
        line = np.polyval(np.polyfit(index[good], edge[good], 1), index)
        spread = 1.4826 * float(np.median(np.abs((edge - line)[good]))) + 0.05
        good &= np.abs(edge - line) <= min(_OUTLIER * spread, 2.0 * reach)
    return good


@dataclass(frozen=True, slots=True)
class _Traced:
    """The rows that show both edges, as found and as placed; kept: those that are measured, of all but `given_up`."""

    index: Array
    seen: RowEdges
    placed: Placed
    kept: NDArray[np.bool_]
    given_up: int


def _layer(
    traced: _Traced, pair: tuple[Boundary, Boundary], straight: _Straight, scale: PixelScale, choice: Edges
) -> Layer:
    length, relative = scale.metres_per_pixel, scale.relative_error
    seen, placed, kept = traced.seen, traced.placed, traced.kept
    index = traced.index[kept]
    first, second = (straight.in_picture(edge[kept], index) for edge in (placed.first, placed.second))
    lines = [np.polyfit(index, edge, 1) for edge in (first, second)]
    tilt = np.arctan(0.5 * (lines[0][0] + lines[1][0]))
    across = (second - first) * np.cos(tilt) * length
    thickness, roughness = float(np.mean(across)), float(np.std(across, ddof=1))
    edges_error = roughness / np.sqrt(effective_number(across))
    strays = [
        float(np.std(edge - np.polyval(line, index)) * length)
        for edge, line in zip((first, second), lines, strict=True)
    ]
    left, right = pair
    clarity = min(abs(left.slope), abs(right.slope)) / (1.0 + roughness / thickness * 10.0)
    one, two = (float(TO_TEN_PERCENT * width * np.cos(tilt) * length) for width in placed.widths[kept].mean(axis=0))
    middle = float(np.mean(seen.second[kept] - seen.first[kept]) * np.cos(tilt) * length)
    return Layer(
        thickness, float(np.hypot(edges_error, thickness * relative)), float(edges_error), thickness * relative,
        roughness, strays[0], strays[1], float(np.degrees(tilt)), _kind(straight.rows, pair), float(clarity), index, first,
        second, traced.given_up, choice, (2.0 * one, 2.0 * two), middle - one - two, middle, middle + one + two,
    )  # fmt: skip


def _kind(rows: Array, pair: tuple[Boundary, Boundary]) -> str:
    middle, outside = _greys(rows, pair)
    if middle < min(outside):
        return "darker than both sides"
    return "brighter than both sides" if middle > max(outside) else "between its sides in grey"


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
