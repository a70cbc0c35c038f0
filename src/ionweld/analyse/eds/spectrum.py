"""Which X-ray lines a spectrum shows: net counts with counting errors, overlaps, no atomic percent.

The continuum is what peak clipping leaves (Ryan et al. 1988, 10.1016/0168-583X(88)90063-8): on the scale ln(ln(sqrt(y +
1) + 1) + 1) each channel is replaced by the mean of its two neighbours at a distance, where that is lower, for ever
smaller distances.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ionweld.analyse.eds.profile import overlaps_of
from ionweld.measurement.xray_spectrum import XraySpectrum
from ionweld.spec.xray_lines import xray_lines

Floats = NDArray[np.float64]

_HALF_WINDOW_keV = 0.05
_CLIPPED_keV = 0.2  # farther than a line is wide
_SURE = 4.0  # standard errors: some thirty lines are asked for at once


@dataclass(frozen=True, slots=True)
class SeenLine:
    """One line of the table: net counts in its window with their standard error, and whether it is seen."""

    line: str
    energy_keV: float
    net_counts: float
    stderr: float
    seen: bool
    overlaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpectrumLines:
    """The lines of a spectrum, the strongest first, and the continuum under them, shape (n,)."""

    lines: tuple[SeenLine, ...]
    continuum: Floats
    warnings: tuple[str, ...]


def spectrum_lines(spectrum: XraySpectrum) -> SpectrumLines:
    """Return the lines of the table that the spectrum covers, each with its net counts."""
    smooth = _smooth(spectrum.counts, spectrum.energy_keV)
    continuum = clipped(smooth, round(_CLIPPED_keV / float(np.median(np.diff(spectrum.energy_keV)))))
    reach = spectrum.energy_keV[0] + _HALF_WINDOW_keV, spectrum.energy_keV[-1] - _HALF_WINDOW_keV
    inside = {name: energy for name, energy in xray_lines().energy_keV.items() if reach[0] <= energy <= reach[1]}
    peaks = {name for name, energy in inside.items() if _peaks_at(energy, spectrum, smooth - continuum)}
    found = [_line(spectrum, continuum, name, energy, name in peaks) for name, energy in inside.items()]
    seen = {one.line for one in found if one.seen}
    told = [
        SeenLine(one.line, one.energy_keV, one.net_counts, one.stderr, one.seen, overlaps_of(one.line, seen))
        for one in sorted(found, key=lambda one: -one.net_counts)
    ]
    invisible = [f"{element} is invisible to EDS: {why}" for element, why in xray_lines().invisible.items()]
    note = "no atomic percent is given: net counts of different lines do not compare without standards"
    return SpectrumLines(tuple(told), continuum, (*invisible, note))


def clipped(counts: Floats, reach: int) -> Floats:
    """Return the continuum under the peaks; reach: the largest distance of the two neighbours, in channels."""
    scaled = np.log(np.log(np.sqrt(counts + 1.0) + 1.0) + 1.0)
    for distance in range(max(reach, 1), 0, -1):
        if 2 * distance < scaled.size:
            mean = 0.5 * (scaled[: -2 * distance] + scaled[2 * distance :])
            scaled[distance:-distance] = np.minimum(scaled[distance:-distance], mean)
    return (np.exp(np.exp(scaled) - 1.0) - 1.0) ** 2 - 1.0


def _line(spectrum: XraySpectrum, continuum: Floats, name: str, energy: float, peak: bool) -> SeenLine:
    window = np.abs(spectrum.energy_keV - energy) <= _HALF_WINDOW_keV
    total, under = float(spectrum.counts[window].sum()), float(continuum[window].sum())
    error = float(np.sqrt(max(total + under, 1.0)))
    return SeenLine(name, energy, total - under, error, peak and total - under > _SURE * error, ())


def _peaks_at(energy: float, spectrum: XraySpectrum, net: Floats) -> bool:
    """Whether the smoothed net counts have a top within half a resolution of a line: the flank of another has none."""
    near = np.flatnonzero(np.abs(spectrum.energy_keV - energy) <= _HALF_WINDOW_keV)
    top = near[int(np.argmax(net[near]))]
    inside = near[0] < top < near[-1]
    return bool(inside and abs(spectrum.energy_keV[top] - energy) <= 0.5 * xray_lines().resolution_keV)


def _smooth(counts: Floats, energy_keV: Floats) -> Floats:
    """Return the mean over a resolution: the lowest of noisy channels would lie under the continuum."""
    width = max(1, round(xray_lines().resolution_keV / float(np.median(np.diff(energy_keV)))) | 1)
    padded = np.pad(counts, width // 2, mode="edge")
    return np.convolve(padded, np.ones(width) / width, mode="valid")
