"""Infrared spectra that share no code and no table with the product, for tests and benchmarks.

A band is skewed by a one-sided exponential that it is convolved with, as sites of a falling frequency give it; its place is
its maximum. The baseline is scattering (a power of the wavenumber), a slope and a slow fringe. Water vapour: lines of
the bending and stretching vibration, each with a strength of its own, as wide as the resolution.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from ionweld.measurement.infrared import InfraredSpectrum
from ionweld.measurement.provenance import Provenance

Floats = NDArray[np.float64]

# strong lines of water vapour (cm-1), as spectroscopists list them for checking a purge
VAPOUR = (
    1436.48, 1456.89, 1473.51, 1489.84, 1506.93, 1521.31, 1539.06, 1558.53, 1576.13, 1616.71, 1635.65, 1653.27, 1670.7,
    1684.84, 1695.93, 1717.4, 1733.39, 1771.29, 1792.66, 1830.9, 1844.2, 1867.85, 3649.2, 3669.7, 3675.1, 3690.1, 3701.7,
    3711.9, 3735.9, 3744.6, 3750.4, 3780.3, 3801.4, 3806.9, 3820.7, 3838.0,
)  # fmt: skip


@dataclass(frozen=True)
class Band:
    """Place before it is skewed, full width (cm-1), area, length of the exponential (in widths, either side), Lorentz share."""

    place: float
    width: float
    area: float
    skew: float = 0.0
    mix: float = 0.5


@dataclass(frozen=True)
class Recorded:
    """The spectrum, and what is true of it: where each band has its maximum, and its area."""

    spectrum: InfraredSpectrum
    places: dict[str, float]
    areas: dict[str, float]


@dataclass(frozen=True)
class Bench:
    """The spectrometer: step (cm-1), noise, scattering, slope and fringe of its baseline, vapour (absorbance)."""

    step: float = 1.0
    noise: float = 1e-3
    scatter: float = 0.05
    slope: float = 0.01
    fringe: float = 0.0
    vapour: float = 0.0
    resolution: float = 4.0
    span: tuple[float, float] = (700.0, 4000.0)
    seed: int = 0
    details: dict[str, str] = field(default_factory=dict)


def recorded(bands: dict[str, Band], bench: Bench) -> Recorded:
    """Return a spectrum of these bands."""
    draw = np.random.default_rng(bench.seed)
    x = np.arange(*bench.span, bench.step)
    y = bench.scatter * (x / 2000.0) ** 1.5 + bench.slope * (x - 2000.0) / 1000.0
    y = y + bench.fringe * np.sin(2 * np.pi * x / 1900.0 + draw.uniform(0, 6.28))
    places, areas = {}, {}
    fine = np.arange(bench.span[0] - 500, bench.span[1] + 500, 0.1)
    for name, band in bands.items():
        shape = band.area / (band.width * (band.mix * np.pi / 2 + (1 - band.mix) * 1.06447)) * _shape(fine, band)
        places[name], areas[name] = _maximum(fine, shape), band.area
        y = y + np.interp(x, fine, shape)
    if bench.vapour > 0.0:
        for place in VAPOUR:
            strength = bench.vapour * draw.uniform(0.2, 1.0)
            y = y + strength * np.exp(-2.77 * ((x - place - draw.normal(0, 0.2)) / bench.resolution) ** 2)
    y = y + bench.noise * draw.standard_normal(len(x))
    origin = Provenance("simulated", "independent", "0" * 64, "tests/independent_infrared.py", bench.details)
    return Recorded(InfraredSpectrum(x, y, "absorbance", origin, label=f"independent {bench.seed}"), places, areas)


def _maximum(x: Floats, y: Floats) -> float:
    top = int(np.argmax(y))
    left, middle, right = y[top - 1 : top + 2]
    return float(x[top] + 0.5 * (left - right) / (left - 2 * middle + right) * (x[1] - x[0]))


def _shape(x: Floats, band: Band) -> Floats:
    u = (x - band.place) / band.width
    shape = band.mix / (1.0 + 4.0 * u * u) + (1.0 - band.mix) * np.exp(-2.7726 * u * u)
    length = abs(band.skew) * band.width / (x[1] - x[0])  # in points
    if length < 1.0:
        return shape
    decay = np.exp(-1.0 / length)
    return lfilter([1.0 - decay], [1.0, -decay], shape[:: int(np.sign(band.skew))])[:: int(np.sign(band.skew))]
