"""An infrared spectrum of a sample with known bands, with the noise and the drift of a real instrument."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

import numpy as np
from numpy.typing import NDArray

from ionweld import __version__
from ionweld.laws.infrared import band as band_shape
from ionweld.measurement.infrared import InfraredSpectrum
from ionweld.measurement.provenance import Provenance, hash_bytes
from ionweld.simulate.csv_text import header, rows, text
from ionweld.spec.infrared import bands

Floats = NDArray[np.float64]

HOST_AREA = 16.0  # absorbance times cm-1 of the O-H band of pure Li2OHCl: 0.5 high and 25 wide
# The band of each substance, and its area per formula unit over that of Li2OHCl: assumed, no measurement was found.
SUBSTANCES = {
    "Li2OHCl": ("Li2OHCl", 1.0),
    "LiOH": ("LiOH", 1.0),
    "LiOH.H2O": ("LiOH.H2O", 1.0),
    "Li2CO3": ("carbonate", 2.0),
    "LiCl": ("", 0.0),  # absorbs nothing here
}


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


def band_areas(moles: Mapping[str, float], residue: Mapping[str, float], contact: float = 1.0) -> dict[str, float]:
    """Return the area (absorbance times cm-1) of each band of a powder. Bands of no area are left out.

    moles: formula units of each substance, one in all for a whole powder. residue: further bands, as their area over
    that of pure Li2OHCl. contact: how well the powder touches the crystal, 1 = as usual.
    """
    areas: dict[str, float] = {}
    parts = [(SUBSTANCES[name][0], SUBSTANCES[name][1] * amount) for name, amount in moles.items()]
    for band, share in (*parts, *residue.items()):
        areas[band] = areas.get(band, 0.0) + float(HOST_AREA * contact * share)
    return {band: area for band, area in areas.items() if area > 0.0}


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
    stated = repr(asdict(sample)) + repr(asdict(instrument)) + str(seed)
    origin = Provenance(
        "simulated", name, hash_bytes(stated.encode()), f"simulate.ftir (ionweld {__version__})", {"seed": str(seed)}
    )
    return InfraredSpectrum(x, y, "absorbance", origin, label=name)


def as_csv(spectrum: InfraredSpectrum, about: Mapping[str, object]) -> str:
    """Return the spectrum as csv text, under what `about` says of it."""
    columns = rows(spectrum.wavenumber_cm1, spectrum.absorbance)
    return text([*header(about), "wavenumber / cm-1,absorbance", *columns])
