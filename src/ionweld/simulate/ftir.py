"""An infrared spectrum of a sample with known bands, with the noise and the drift of a real instrument."""

from dataclasses import asdict, dataclass, field

import numpy as np
from numpy.typing import NDArray

from ionweld import __version__
from ionweld.laws.infrared import band as band_shape
from ionweld.measurement.infrared import InfraredSpectrum
from ionweld.measurement.provenance import Provenance, hash_bytes
from ionweld.spec.infrared import bands

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class InfraredSample:
    """What absorbs: area (absorbance times cm-1) of each band of the library, by name.

    positions, widths: true values (cm-1) where they differ from the library's. lorentz_share: of every band.
    """

    areas: dict[str, float]
    positions: dict[str, float] = field(default_factory=dict)
    widths: dict[str, float] = field(default_factory=dict)
    lorentz_share: float = 0.5


@dataclass(frozen=True, slots=True)
class Spectrometer:
    """What the instrument does: range and step (cm-1), noise (absorbance), and the shape of its baseline."""

    range_cm1: tuple[float, float] = (700.0, 4000.0)
    step_cm1: float = 1.0
    noise: float = 1e-3
    offset: float = 0.03
    slope: float = 0.02
    curvature: float = 0.02


def infrared_spectrum(
    sample: InfraredSample, instrument: Spectrometer, seed: int, name: str = "simulated"
) -> InfraredSpectrum:
    """Return one spectrum, absorbance over wavenumber, with Gaussian noise from `seed`."""
    rng = np.random.default_rng(seed)
    x = np.arange(instrument.range_cm1[0], instrument.range_cm1[1], instrument.step_cm1)
    scaled = (x - x[0]) / (x[-1] - x[0])
    y = instrument.offset + instrument.slope * scaled + instrument.curvature * (1.0 - scaled) ** 2
    for key, area in sample.areas.items():
        known = bands()[key]
        position, width = sample.positions.get(key, known.position), sample.widths.get(key, known.width)
        y = y + area * band_shape(x, position, width, sample.lorentz_share)
    y = y + instrument.noise * rng.standard_normal(len(x))
    text = repr(asdict(sample)) + repr(asdict(instrument)) + str(seed)
    origin = Provenance(
        "simulated", name, hash_bytes(text.encode()), f"simulate.ftir (ionweld {__version__})", {"seed": str(seed)}
    )
    return InfraredSpectrum(x, y, "absorbance", origin, label=name)
