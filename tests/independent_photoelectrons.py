"""Photoelectron spectra that share no code and no table with the product, for tests and benchmarks.

Lines: binding energies as the NIST database (SRD 20) lists them, drawn within the spread of its entries; areas by
Scofield's cross sections (Al K-alpha), each off by the spread between sets. A line is a Gaussian of the analyser over a
Lorentzian with a one-sided tail towards higher binding energy (slightly lopsided, as charging makes them), or stands
twice because a patch of the surface is charged more than the rest, or less; with the Shirley background of its own area and an inelastic tail far behind it. Poisson noise.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.special import voigt_profile

from ionweld.measurement.photoelectron import Photoelectron, Region
from ionweld.measurement.provenance import Provenance

Floats = NDArray[np.float64]

SPANS = {"Li 1s": (48.0, 64.0), "C 1s": (278.0, 298.0), "O 1s": (524.0, 542.0), "F 1s": (678.0, 698.0)}
SCOFIELD = {"Li 1s": 0.057, "C 1s": 1.00, "O 1s": 2.93, "F 1s": 4.43}
SPREAD = {"Li 1s": 0.15, "C 1s": 0.0, "O 1s": 0.06, "F 1s": 0.06}  # of the logarithm, between sets of factors

# atoms of each line in a formula unit, and where the entries of the database lie (lowest, highest)
SUBSTANCES: dict[str, dict[str, tuple[float, float, float]]] = {
    "C-C": {"C 1s": (1, 284.8, 284.8)},
    "C-O": {"C 1s": (1, 286.1, 286.5)},
    "LiF": {"Li 1s": (1, 55.7, 56.1), "F 1s": (1, 684.9, 685.4)},
    "Li2CO3": {"Li 1s": (2, 55.1, 55.4), "C 1s": (1, 289.6, 289.9), "O 1s": (3, 531.4, 531.7)},
    "organic O (C-O)": {"O 1s": (1, 532.8, 533.3)},
}


@dataclass(frozen=True)
class Bench:
    """Charge shift (eV), width (eV), tail of a lopsided line (eV), Shirley rise per eV, level and counting.

    patch: the share of the surface that stands at another potential, and by how much (eV).
    """

    shift: float = 1.0
    width: float = 1.2
    tail: float = 0.1
    patch: tuple[float, float] = (0.0, 0.0)
    rise: float = 0.02
    level: float = 200.0
    counts: float = 30.0
    step: float = 0.1
    seed: int = 0
    details: dict[str, str] = field(default_factory=dict)


def measured(amounts: dict[str, float], bench: Bench) -> Photoelectron:
    """Return the four regions of a surface with so many formula units of each substance."""
    draw = np.random.default_rng(bench.seed)
    regions = []
    gain = {line: np.exp(SPREAD[line] * draw.standard_normal()) for line in SPANS}
    for line, (low, high) in SPANS.items():
        fine = np.arange(low - 40.0, high + 5.0, 0.02)
        rate = np.zeros_like(fine)
        for name, amount in amounts.items():
            if line in SUBSTANCES[name]:
                atoms, first, last = SUBSTANCES[name][line]
                place = draw.uniform(first, last) + bench.shift
                rate += bench.counts * amount * atoms * SCOFIELD[line] * gain[line] * _line(fine - place, bench)
        rise = bench.rise * np.cumsum(rate) * 0.02
        energy = np.arange(low, high + bench.step / 2, bench.step)
        level = bench.level * (1.0 + 0.01 * (energy - low))
        counts = draw.poisson(np.interp(energy, fine, rate + rise) * 5.0 + level).astype(float)
        regions.append(Region(line, energy[::-1], counts[::-1], "counts", 0.5, 10, 1486.6, 23.5))
    origin = Provenance("simulated", "independent", "0" * 64, "tests/independent_photoelectrons.py", bench.details)
    return Photoelectron(tuple(regions), origin, sputtered=False, rinsed=True)


def _line(x: Floats, bench: Bench) -> Floats:
    share, further = bench.patch
    sigma, gamma = bench.width / 2.355 * 0.8, bench.width / 2 * 0.3
    line = (1.0 - share) * voigt_profile(x, sigma, gamma)
    if share > 0.0:
        line += share * voigt_profile(x - further, sigma, gamma)
    if bench.tail <= 0.0:
        return line
    decay = np.exp(-0.02 / bench.tail)
    return lfilter([1.0 - decay], [1.0, -decay], line)


def atomic_percent(amounts: dict[str, float]) -> dict[str, float]:
    """Return the share of the atoms (at.%, hydrogen not counted) that belong to each substance."""
    atoms = {name: amount * sum(row[0] for row in SUBSTANCES[name].values()) for name, amount in amounts.items()}
    return {name: 100.0 * count / sum(atoms.values()) for name, count in atoms.items()}
