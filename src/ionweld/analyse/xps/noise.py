"""How noisy each channel is: from counting when the file says how long it counted, otherwise from the data."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ionweld.errors import Fault, InputError
from ionweld.measurement.photoelectron import Region

Array = NDArray[np.float64]
FEWEST_CHANNELS = 20
_FACTOR = 6.0  # variance of y[i-1] - 2 y[i] + y[i+1] in units of that of y


@dataclass(frozen=True, slots=True)
class Scan:
    """A region ready to fit, energies ascending; intensity in counts where `counted`.

    variance_per_intensity: 1 for counts; estimated from the data otherwise. exposure: seconds per channel (1 where
    it is not known), by which areas of different regions are made comparable.
    """

    line: str
    energy_eV: Array
    intensity: Array
    variance_per_intensity: float
    counted: bool
    exposure_s: float | None
    transmission: float | None

    def sigma(self, level: Array) -> Array:
        """Return the standard deviation of a channel whose expected intensity is `level`."""
        return np.sqrt(self.variance_per_intensity * np.maximum(level, self.floor))

    @property
    def floor(self) -> float:
        return 1.0 if self.counted else max(1e-12, 1e-4 * float(np.max(np.abs(self.intensity))))


def prepare(region: Region, line: str) -> Scan:
    """Return the region sorted by energy, in counts when dwell and sweeps are known.

    Raises InputError for a region with too few channels, equal energies or no signal.
    """
    order = np.argsort(region.binding_energy_eV, kind="stable")
    energy, intensity = region.binding_energy_eV[order], region.intensity[order]
    exposure = region.dwell_s * region.sweeps if region.dwell_s and region.sweeps else None
    _check(region, energy, intensity)
    transmission = float(np.median(region.transmission)) if region.transmission is not None else None
    counted = region.intensity_unit == "counts" or (region.intensity_unit == "counts/s" and exposure is not None)
    if region.intensity_unit == "counts/s" and exposure:
        intensity = intensity * exposure
    variance = 1.0 if counted else _variance_per_intensity(intensity)
    return Scan(line, energy, intensity, variance, counted, exposure, transmission)


def smooth(intensity: Array, width: int = 5) -> Array:
    """Return a running mean: the first guess of the expected intensity."""
    padded = np.pad(intensity, width // 2, mode="edge")
    return np.convolve(padded, np.ones(width) / width, mode="valid")


def _variance_per_intensity(intensity: Array) -> float:
    """Estimate var(I)/I from second differences, with the median so that the flanks of lines do not count."""
    second = intensity[2:] - 2.0 * intensity[1:-1] + intensity[:-2]
    level = np.maximum(smooth(intensity)[1:-1], 1e-12 + 1e-3 * float(np.max(intensity)))
    chi_square_median = 0.4549
    return max(float(np.median(second**2 / (_FACTOR * level))) / chi_square_median, 1e-12)


def _check(region: Region, energy: Array, intensity: Array) -> None:
    where = f"region {region.label or 'without a name'}"
    if len(energy) < FEWEST_CHANNELS:
        seen = f"has {len(energy)} channels; at least {FEWEST_CHANNELS} are needed"
        raise InputError(Fault(where, seen, "Scan a wider region, or leave this one out"))
    if np.any(np.diff(energy) <= 0):
        raise InputError(Fault(where, "the same energy stands there twice", "Give each scan as a region of its own"))
    if np.any(intensity < 0) or not np.any(intensity > 0):
        seen = "has negative intensities or none at all"
        raise InputError(Fault(where, seen, "Give the raw spectrum, with no background taken off"))
