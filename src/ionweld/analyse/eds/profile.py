"""Profiles of net counts across a layer, from element maps: counting errors, overlaps, no atomic percent.

Atomic percent is not given: without standards, of a rough cross section, with lithium and hydrogen invisible, it would
be a number without an error.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ionweld.errors import Fault, InputError
from ionweld.measurement.micrograph import ElementMaps
from ionweld.numerics.counting import Counted, ratio_interval
from ionweld.spec.xray_lines import xray_lines

Array = NDArray[np.float64]
_SURE = 3.0  # standard errors beyond which an enrichment is called one
_FEWEST_COUNTS = 25.0  # below this the normal error of a count is not trusted


@dataclass(frozen=True, slots=True)
class LineProfile:
    """One X-ray line across the layer. counts and stderr, shape (n,), are sums over the rows; background is per column.

    layer_per_pixel and outside_per_pixel: net counts per pixel within and outside the layer, with standard errors.
    ratio: layer over outside, not below zero; None when the outside is not above zero by three standard errors.
    ratio_stderr is its error for many counts. ratio_low, ratio_high: the 95 % interval by profile likelihood, at any
    number of counts, given even where the ratio is not; ratio_high is None when the outside may hold none.
    """

    line: str
    counts: Array
    stderr: Array
    layer_per_pixel: float
    layer_stderr: float
    outside_per_pixel: float
    outside_stderr: float
    ratio: float | None
    ratio_stderr: float | None
    ratio_low: float
    ratio_high: float | None
    verdict: str
    overlaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EdsResult:
    """Profiles of all lines across the layer; position_m, shape (n,), or None when no scale is known."""

    position_px: Array
    position_m: Array | None
    layer_px: tuple[float, float]
    upright: bool
    profiles: tuple[LineProfile, ...]
    warnings: tuple[str, ...]


def eds_profile(
    maps: ElementMaps, layer: tuple[float, float], upright: bool = True, background_from: str | None = None
) -> EdsResult:
    """Return the profile of each line across the layer, and whether it is enriched there.

    layer: its two edges in fractions of the picture across it. upright: whether the layer runs up and down.
    background_from: a map of counts beside the lines (same width of window), taken off every line. Errors are those
    of counting, sqrt(N). Raises InputError for maps that are no counts, or a layer without pixels.
    """
    stacks = {name: _oriented(name, grid, upright) for name, grid in maps.counts.items()}
    columns = next(iter(stacks.values())).shape[1]
    inside = _inside(layer, columns)
    background = _background(stacks, background_from)
    profiles = tuple(
        _profile(name, grid, background, inside, set(stacks))
        for name, grid in stacks.items()
        if name != background_from
    )
    position = np.arange(columns, dtype=float)
    metres = position * maps.scale.metres_per_pixel if maps.scale else None
    edges = (layer[0] * columns, layer[1] * columns)
    return EdsResult(position, metres, edges, upright, profiles, _warnings(profiles, background_from))


def _oriented(name: str, grid: Array, upright: bool) -> Array:
    counts = np.asarray(grid, dtype=float)  # unsigned counts wrap around when they are subtracted: cast first
    if counts.ndim != 2 or not np.all(np.isfinite(counts)) or np.any(counts < 0):
        raise InputError(Fault(f"map {name}", "is no map of counts", "Give raw counts per pixel, with none negative"))
    if np.any(counts != np.rint(counts)):
        mend = "Give raw counts per pixel: errors of counting cannot be got from scaled or quantified maps"
        raise InputError(Fault(f"map {name}", "holds numbers that are no counts", mend))
    return counts if upright else counts.T


def _inside(layer: tuple[float, float], columns: int) -> NDArray[np.bool_]:
    low, high = layer
    centre = (np.arange(columns) + 0.5) / columns
    inside = (centre >= low) & (centre <= high)
    if not (0 <= low < high <= 1) or inside.all() or not inside.any():
        seen = f"{low:g} to {high:g} holds {int(inside.sum())} of {columns} columns"
        mend = "Give the edges of the layer as fractions of the picture, for example 0.4,0.55"
        raise InputError(Fault("layer", seen, mend))
    return inside


def _background(stacks: dict[str, Array], name: str | None) -> Array | None:
    if name is None:
        return None
    if name not in stacks:
        raise InputError(Fault("background", f"{name!r} is no map", f"Choose among {', '.join(stacks)}"))
    return stacks[name]


def _profile(
    name: str, grid: Array, background: Array | None, inside: NDArray[np.bool_], names: set[str]
) -> LineProfile:
    net = grid - background if background is not None else grid
    variance = grid + background if background is not None else grid
    layer, layer_error = _per_pixel(net[:, inside], variance[:, inside])
    outside, outside_error = _per_pixel(net[:, ~inside], variance[:, ~inside])
    ratio, ratio_error = _ratio(layer, layer_error, outside, outside_error)
    low, high = ratio_interval(_counted(grid, background, inside), _counted(grid, background, ~inside))
    overlaps = overlaps_of(name, names)
    verdict = _verdict(layer, layer_error, outside, outside_error, float(grid[:, inside].sum()), overlaps)
    return LineProfile(
        name, net.sum(axis=0), np.sqrt(np.maximum(variance.sum(axis=0), 1.0)), layer, layer_error, outside,
        outside_error, ratio, ratio_error, low, high, verdict, overlaps,
    )  # fmt: skip


def _per_pixel(net: Array, variance: Array) -> tuple[float, float]:
    return float(net.mean()), float(np.sqrt(max(variance.sum(), 1.0)) / net.size)


def _counted(grid: Array, background: Array | None, where: NDArray[np.bool_]) -> Counted:
    part = grid[:, where]
    return Counted(float(part.sum()), None if background is None else float(background[:, where].sum()), part.size)


def _ratio(layer: float, layer_error: float, outside: float, outside_error: float) -> tuple[float | None, float | None]:
    if outside <= _SURE * outside_error:
        return None, None
    ratio = max(0.0, layer) / outside
    return ratio, float(np.hypot(layer_error, ratio * outside_error) / outside)


def _verdict(
    layer: float, layer_error: float, outside: float, outside_error: float, total: float, overlaps: tuple[str, ...]
) -> str:
    if total < _FEWEST_COUNTS:
        return "too few counts"
    difference, error = layer - outside, float(np.hypot(layer_error, outside_error))
    if abs(difference) < _SURE * error:
        return "no difference"
    if difference > 0:
        return "enriched, or its overlap is" if overlaps else "enriched"
    return "depleted"


def overlaps_of(line: str, present: set[str]) -> tuple[str, ...]:
    """Return a sentence for each line of the table that lies too near to `line` to be told apart.

    Lines that were mapped too are named first, since there the overlap can be checked.
    """
    energies, resolution = xray_lines().energy_keV, xray_lines().resolution_keV
    if line not in energies:
        return (f"{line}: not in the table of lines; overlaps are not known",)
    near = [other for other, energy in energies.items() if other != line and abs(energy - energies[line]) < resolution]
    return tuple(
        f"{line} ({energies[line]:.3f} keV) overlaps {other} ({energies[other]:.3f} keV)"
        + (", which was mapped too" if other in present else "")
        for other in sorted(near, key=lambda other: other not in present)
    )


def _warnings(profiles: tuple[LineProfile, ...], background_from: str | None) -> tuple[str, ...]:
    warnings = [f"{element} is invisible to EDS: {why}" for element, why in xray_lines().invisible.items()]
    warnings += [one for profile in profiles for one in profile.overlaps]
    if background_from is None:
        warnings.append("no background was taken off: counts hold the continuum too (--background names a map of it)")
    warnings.append("no atomic percent is given: counts are compared with counts of the same line only")
    return tuple(warnings)
