"""Simulated portions of Li2OHCl before and after soaking in a solvent: the same sample as XRD and FTIR see it.

Li2OHCl -> LiOH + LiCl in the share that is drawn; part of the LiOH takes up water or carbon dioxide, part of the LiCl
is carried away; residues of the solvent stay. Every portion has a trace of LiOH from synthesis, a cell of its own and
may be cubic or slightly orthorhombic, as drying may leave it.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from ionweld.measurement.infrared import InfraredSpectrum
from ionweld.measurement.pattern import Diffractogram
from ionweld.simulate.ftir import InfraredSample, Spectrometer, band_areas, infrared_spectrum
from ionweld.simulate.xrd import Diffractometer, PhaseAmount, diffractogram
from ionweld.spec.crystal import library_phase, scattering_tables
from ionweld.spec.faults import shipped

# A quick scan of a sample under Kapton: grains lie unevenly, so lines are off by some per cent.
SCAN = Diffractometer(two_theta_deg=(15.0, 65.0, 0.03), peak_counts=1500.0, texture=0.06)
SPECTROMETER = Spectrometer(step_cm1=2.0, noise=2e-3)

HOST = "Li2OHCl"  # the electrolyte that the solvents of the library were tried on
_TRACE_OF_LIOH = 0.01  # largest share that synthesis leaves; assumed
_ELEMENTS = {
    "Li2OHCl": {"Li": 2, "O": 1, "H": 1, "Cl": 1},
    "LiOH": {"Li": 1, "O": 1, "H": 1},
    "LiOH.H2O": {"Li": 1, "O": 2, "H": 3},
    "Li2CO3": {"Li": 2, "C": 1, "O": 3},
    "LiCl": {"Li": 1, "Cl": 1},
}


@dataclass(frozen=True, slots=True)
class SoakedSample:
    """A simulated portion: what the instruments return, and the truth that the analysis must not see."""

    name: str
    pattern: Diffractogram
    spectrum: InfraredSpectrum
    moles: dict[str, float]
    compatible: bool


@cache
def solvents() -> dict[str, Any]:
    """Return what each solvent of the library does."""
    return shipped("ionweld.spec", "library/solvents.toml")["solvent"]


def soaked(solvent: str | None, seed: int, scan: Diffractometer = SCAN) -> SoakedSample:
    """Return a portion soaked in a solvent of the library and dried, or a pristine one (None)."""
    rng = np.random.default_rng([seed, _number(solvent)])
    effect = solvents()[solvent] if solvent else {"compatible": True, "residue": {}}
    moles = _moles(effect, rng)
    name = solvent or "pristine"
    return SoakedSample(
        name=name,
        pattern=diffractogram(_components(moles, rng), _aligned(scan, rng), int(rng.integers(2**31)), name),
        spectrum=infrared_spectrum(_absorbing(moles, effect, rng), SPECTROMETER, int(rng.integers(2**31)), name),
        moles=moles,
        compatible=bool(effect["compatible"]),
    )


def _number(solvent: str | None) -> int:
    return 1 + list(solvents()).index(solvent) if solvent else 0


def _moles(effect: dict[str, Any], rng: np.random.Generator) -> dict[str, float]:
    """Return moles of each substance, from one mole of Li2OHCl and its trace of LiOH."""
    draw = {
        key: rng.uniform(*effect.get(key, (0.0, 0.0))) for key in ("converted", "hydrated", "carbonated", "leached")
    }
    hydroxide = draw["converted"] + rng.uniform(0.0, _TRACE_OF_LIOH)
    carbonated = draw["carbonated"] * hydroxide
    hydrated = draw["hydrated"] * (hydroxide - carbonated)
    return {
        "Li2OHCl": 1.0 - draw["converted"],
        "LiOH": hydroxide - carbonated - hydrated,
        "LiOH.H2O": hydrated,
        "Li2CO3": carbonated / 2.0,
        "LiCl": draw["converted"] * (1.0 - draw["leached"]),
    }


def molar_mass(substance: str) -> float:
    """Return the molar mass (g/mol) of a substance that soaking may leave."""
    masses = scattering_tables()["mass_g_mol"]
    return sum(count * masses[element] for element, count in _ELEMENTS[substance].items())


def _components(moles: dict[str, float], rng: np.random.Generator) -> list[PhaseAmount]:
    masses = {name: amount * molar_mass(name) for name, amount in moles.items() if amount > 0.0}
    total = sum(masses.values())
    return [
        PhaseAmount(library_phase(name), mass / total, _cell(name, rng), size_width_deg=rng.uniform(0.05, 0.15))
        for name, mass in masses.items()
    ]


def _cell(name: str, rng: np.random.Generator) -> tuple[float, float, float, float, float, float]:
    a, b, c, alpha, beta, gamma = library_phase(name).cell
    factor = 1.0 + rng.normal(0.0, 2e-4)
    split = rng.uniform(0.001, 0.004) if name == "Li2OHCl" and rng.random() < 0.5 else 0.0  # slightly orthorhombic
    return (a * factor * (1 + split), b * factor * (1 - split), c * factor, alpha, beta, gamma)


def _aligned(scan: Diffractometer, rng: np.random.Generator) -> Diffractometer:
    return replace(scan, displacement_deg=rng.normal(0.0, 0.05), zero_deg=rng.normal(0.0, 0.01))


def _absorbing(moles: dict[str, float], effect: dict[str, Any], rng: np.random.Generator) -> InfraredSample:
    thickness = rng.uniform(0.6, 1.4)  # how well the powder touches the crystal
    strength = {"Li2OHCl": 1.0, "LiOH": np.exp(rng.normal(0.0, 0.25)), "LiOH.H2O": np.exp(rng.normal(0.0, 0.25))}
    seen = {name: amount * strength.get(name, 1.0) for name, amount in moles.items()}
    residue = {band: rng.uniform(low, high) for band, (low, high) in effect["residue"].items()}
    positions = {"Li2OHCl": 3604.0 + rng.normal(0.0, 0.5), "LiOH": 3678.0 + rng.normal(0.0, 0.7)}
    areas = band_areas(seen, residue, thickness)
    return InfraredSample(areas, positions, lorentz_share=float(rng.uniform(0.2, 0.8)))
