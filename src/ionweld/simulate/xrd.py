"""A diffractogram of a sample of known composition, with the noise and the faults of a real instrument.

Written against the laws alone, line by line and without cutting the tails, so that it is a test of the analysis and
no copy of it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ionweld import __version__
from ionweld.laws import diffraction
from ionweld.measurement.pattern import Diffractogram, Radiation
from ionweld.measurement.provenance import Provenance, hash_bytes
from ionweld.simulate.csv_text import header, rows, text
from ionweld.spec.crystal import Phase, emission, powder_lines, tubes

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PhaseAmount:
    """A phase of the sample: share of the mass, true cell (None = the library's), Lorentz width of its size (deg)."""

    phase: Phase
    mass_fraction: float
    cell: tuple[float, float, float, float, float, float] | None = None
    size_width_deg: float = 0.08


@dataclass(frozen=True, slots=True)
class Diffractometer:
    """What the instrument does to the pattern.

    peak_counts: height of the strongest line. background_counts: level under it; hump_counts: of the Kapton film.
    texture: relative standard deviation of line intensities from grains that lie unevenly (0 = ideal powder).
    """

    tube: str = "Cu"
    two_theta_deg: tuple[float, float, float] = (10.0, 80.0, 0.02)
    peak_counts: float = 1500.0
    background_counts: float = 150.0
    hump_counts: float = 300.0
    hump_position_deg: float = 20.0
    hump_width_deg: float = 6.0
    zero_deg: float = 0.0
    displacement_deg: float = 0.0
    width_deg: float = 0.07
    texture: float = 0.0


def diffractogram(
    sample: list[PhaseAmount], instrument: Diffractometer, seed: int, name: str = "simulated"
) -> Diffractogram:
    """Return one scan, 2 theta in degrees, with Poisson noise from `seed`."""
    rng = np.random.default_rng(seed)
    x = np.arange(*instrument.two_theta_deg)
    tube = tubes()[instrument.tube]
    radiation = Radiation(tube["kalpha1_angstrom"], tube["kalpha2_angstrom"], tube["kalpha2_ratio"], "simulated")
    clean = sum((_component(x, part, radiation, instrument, rng) for part in sample), np.zeros_like(x))
    clean = clean * instrument.peak_counts / clean.max() if clean.max() > 0.0 else clean
    counts = rng.poisson(clean + _background(x, instrument)).astype(float)
    return Diffractogram(x, counts, _provenance(sample, instrument, seed, name), radiation=radiation, label=name)


def _background(x: Floats, instrument: Diffractometer) -> Floats:
    hump = np.exp(-4.0 * np.log(2.0) * ((x - instrument.hump_position_deg) / instrument.hump_width_deg) ** 2)
    air = instrument.background_counts * (0.6 + 0.4 * np.exp(-(x - x[0]) / 15.0))
    return air + instrument.hump_counts * hump


def _component(
    x: Floats, part: PhaseAmount, radiation: Radiation, instrument: Diffractometer, rng: np.random.Generator
) -> Floats:
    lattice = part.phase.lattice
    cell = part.cell or part.phase.cell
    phase = replace(part.phase, cell=cell)
    if part.phase.distortion is not None and part.cell is not None:
        lattice = part.phase.distortion
    lines = powder_lines(phase, radiation.kalpha1, float(x[-1]) + 1.0, lattice)
    q = lines.sums @ diffraction.metric_of(lattice, cell)
    strength = lines.strength * np.exp(instrument.texture * rng.standard_normal(len(q)))
    volume_share = part.mass_fraction / phase.density
    out = np.zeros_like(x)
    for wavelength, share in _emitted(radiation):
        for angle, line in zip(diffraction.bragg_angle(q, wavelength), strength, strict=True):
            if np.isfinite(angle):
                out += volume_share * share * line * _line(x, float(angle), part, instrument)
    return out


def _emitted(radiation: Radiation) -> list[tuple[float, float]]:
    """Return every line of the tube: wavelength (angstrom), and area relative to K-alpha-1 as a whole."""
    two = ((radiation.kalpha1, 1.0), (radiation.kalpha2, radiation.kalpha2_ratio))
    made_of = emission(radiation.kalpha1, radiation.kalpha2_ratio)
    return [
        (wavelength * (1.0 + shift), share * part)
        for (wavelength, share), parts in zip(two, made_of, strict=True)
        for shift, part in parts
    ]


def _line(x: Floats, angle: float, part: PhaseAmount, instrument: Diffractometer) -> Floats:
    half = np.radians(angle) / 2.0
    place = angle + instrument.zero_deg + instrument.displacement_deg * np.cos(half)
    width, mix = diffraction.thompson_width(instrument.width_deg, part.size_width_deg / np.cos(half))
    return diffraction.lorentz_polarisation(angle) * diffraction.pseudo_voigt(x - place, width, mix)


def _provenance(sample: list[PhaseAmount], instrument: Diffractometer, seed: int, name: str) -> Provenance:
    stated = repr([(part.phase.name, part.mass_fraction, part.cell, part.size_width_deg) for part in sample])
    stated += repr(asdict(instrument)) + str(seed)
    return Provenance(
        "simulated", name, hash_bytes(stated.encode()), f"simulate.xrd (ionweld {__version__})", {"seed": str(seed)}
    )


def as_xy(pattern: Diffractogram, about: Mapping[str, object]) -> str:
    """Return the scan as text: 2 theta in degrees and counts, under its wavelengths and what `about` says of it."""
    return text([*header({**_wavelengths(pattern), **about}), *rows(pattern.two_theta_deg, pattern.counts, mark=" ")])


def _wavelengths(pattern: Diffractogram) -> dict[str, float]:
    """Return what a reader of text columns looks for; it stands first, so that no name of a phase is taken for it."""
    wave = pattern.radiation
    if wave is None:
        return {}
    return {
        "K-alpha1 / angstrom": wave.kalpha1, "K-alpha2 / angstrom": wave.kalpha2, "K-alpha2 ratio": wave.kalpha2_ratio
    }  # fmt: skip
