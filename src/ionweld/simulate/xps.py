"""Simulated XPS: a sample of known composition, an instrument and its counting, as the same measurement type.

A check of the analysis should not share its code: lines and backgrounds are written out here once more, on a fine
grid, from the quantities that the caller states. Nothing is looked up in the tables of the analysis.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from ionweld import __version__
from ionweld.measurement.photoelectron import Photoelectron, Region
from ionweld.measurement.provenance import Provenance, hash_bytes
from ionweld.simulate.csv_text import header, rows, text

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Peak:
    """One line of one species: binding energy, and area in counts per second times eV.

    splitting_eV and minor_to_major: the doublet's weaker partner, whose area comes out of the same `area`.
    """

    line: str
    energy_eV: float
    area_eV_per_s: float
    splitting_eV: float = 0.0
    minor_to_major: float = 0.0


@dataclass(frozen=True, slots=True)
class SurfaceScan:
    """How a region is scanned, and what lies under its lines: a level, a slope and a Shirley step."""

    line: str
    low_eV: float
    high_eV: float
    step_eV: float = 0.1
    dwell_s: float = 0.5
    sweeps: int = 10
    level_per_s: float = 200.0
    slope_per_s_eV: float = 0.0
    shirley_per_eV: float = 0.02
    fwhm_eV: float = 1.4
    lorentz_share: float = 0.3


def simulate_xps(
    peaks: tuple[Peak, ...],
    scans: tuple[SurfaceScan, ...],
    charge_shift_eV: float,
    seed: int,
    name: str = "simulated sample",
    sputtered: bool | None = False,
    rinsed: bool | None = True,
) -> Photoelectron:
    """Return Poisson-counted regions of a sample with the given lines, all shifted by the same charge."""
    draw = np.random.default_rng(seed)
    regions = tuple(_region(scan, peaks, charge_shift_eV, draw) for scan in scans)
    stated = repr((name, [asdict(peak) for peak in peaks], [asdict(scan) for scan in scans], charge_shift_eV, seed))
    origin = Provenance("simulated", name, hash_bytes(stated.encode()), f"ionweld {__version__}", {"seed": str(seed)})
    return Photoelectron(regions, origin, sputtered, rinsed)


def _region(scan: SurfaceScan, peaks: tuple[Peak, ...], shift: float, draw: np.random.Generator) -> Region:
    energy = np.arange(scan.low_eV, scan.high_eV + 0.5 * scan.step_eV, scan.step_eV)
    fine = np.arange(scan.low_eV - 60.0, scan.high_eV + scan.step_eV, 0.02)  # tails of lines below the scan count too
    rate = np.zeros_like(fine)
    for peak in peaks:
        if peak.line == scan.line:
            rate += _profile(fine, peak, shift, scan)
    step = scan.shirley_per_eV * np.concatenate([[0.0], np.cumsum(0.5 * (rate[1:] + rate[:-1]) * np.diff(fine))])
    level = scan.level_per_s + scan.slope_per_s_eV * (energy - energy.mean())
    expected = np.maximum(np.interp(energy, fine, rate + step) + level, 0.0)
    counts = draw.poisson(expected * scan.dwell_s * scan.sweeps).astype(float)
    return Region(scan.line, energy[::-1], counts[::-1], "counts", scan.dwell_s, scan.sweeps, 1486.6, 23.5)


def _profile(energy: Array, peak: Peak, shift: float, scan: SurfaceScan) -> Array:
    major = peak.area_eV_per_s / (1.0 + peak.minor_to_major)
    parts = [(peak.energy_eV + shift, major)]
    if peak.minor_to_major:
        parts.append((peak.energy_eV + shift + peak.splitting_eV, major * peak.minor_to_major))
    sigma, half = scan.fwhm_eV / 2.3548200450309493, 0.5 * scan.fwhm_eV
    total = np.zeros_like(energy)
    for place, area in parts:
        gauss = np.exp(-0.5 * ((energy - place) / sigma) ** 2) / (sigma * np.sqrt(2.0 * np.pi))
        lorentz = half / np.pi / ((energy - place) ** 2 + half**2)
        total += area * ((1.0 - scan.lorentz_share) * gauss + scan.lorentz_share * lorentz)
    return total


def as_csv(measurement: Photoelectron, about: Mapping[str, object]) -> str:
    """Return the regions as csv text, one below the other, under what `about` says of them.

    All regions must have been counted equally long: a table of text says it once.
    """
    first = measurement.regions[0]
    counted = {
        "acquisition time / s": (first.dwell_s or 0.0) * (first.sweeps or 0),
        "photon energy / eV": first.photon_energy_eV,
    }
    blocks = [line for region in measurement.regions for line in _block(region)]
    return text([*header({**counted, **about}), *blocks])


def _block(region: Region) -> list[str]:
    return [f"binding energy / eV,{region.label} counts", *rows(region.binding_energy_eV, region.intensity)]
