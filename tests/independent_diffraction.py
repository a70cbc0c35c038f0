"""A diffractometer that shares no code and no table with the product: a pattern from atoms, for tests and benchmarks.

Lines: structure factors with four-Gaussian scattering factors (International Tables C, Table 6.1.1.4), five emission
lines of copper (Berger 1986, as fundamental-parameters programs use them), Lorentz-polarisation. Rays out of the plane:
the angle between two rays with axial angles b and g, cos 2phi = (cos 2theta - sin b sin g) / (cos b cos g), each with a
triangular density as Soller slits give it. Widths: Caglioti (instrument, Gauss) and Scherrer (phase, Lorentz). A halo of
several maxima, air scatter, platelets after March and Dollase averaged over each family of planes, grains that scatter
the intensities, Poisson noise.
"""

from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.special import voigt_profile

from ionweld.measurement.pattern import Diffractogram, Radiation
from ionweld.measurement.provenance import Provenance

Floats = NDArray[np.float64]
COPPER = Radiation(1.540593, 1.544414, 0.5, "given: Cu")

# wavelength (angstrom), share of the area, width (1e-3 angstrom)
EMISSION = (
    (1.534753, 0.0159, 3.6854),
    (1.540596, 0.5691, 0.437),
    (1.541058, 0.0762, 0.600),
    (1.544410, 0.2517, 0.520),
    (1.544721, 0.0871, 0.620),
)

# a1, b1 .. a4, b4, c; mass (g/mol)
ATOMS: dict[str, tuple[tuple[float, ...], float]] = {
    "Li+": ((0.6968, 4.6237, 0.7888, 1.9557, 0.3414, 0.6316, 0.1563, 10.0953, 0.0167), 6.94),
    "H": ((0.489918, 20.6593, 0.262003, 7.74039, 0.196767, 49.5519, 0.049879, 2.20159, 0.001305), 1.008),
    "B": ((2.0545, 23.2185, 1.3326, 1.021, 1.0979, 60.3498, 0.7068, 0.1403, -0.1932), 10.81),
    "C": ((2.31, 20.8439, 1.02, 10.2075, 1.5886, 0.5687, 0.865, 51.6512, 0.2156), 12.011),
    "O-": ((4.1916, 12.8573, 1.63969, 4.17236, 1.52673, 47.0179, -20.307, -0.01404, 21.9412), 15.999),
    "Na+": ((3.2565, 2.6671, 3.9362, 6.1153, 1.3998, 0.2001, 1.0032, 14.039, 0.404), 22.990),
    "Cl-": ((18.2915, 0.0066, 7.2084, 1.1717, 6.5337, 19.5424, 2.3386, 60.4486, -16.378), 35.45),
    "La3+": ((20.2489, 2.9207, 19.3763, 0.250698, 11.6323, 17.8211, 0.336048, 54.9453, 2.4086), 138.905),
}

Atom = tuple[str, float, float, float, float]  # species, place in the cell, occupancy


@dataclass(frozen=True)
class Crystal:
    """Every atom of a cell; a, b, c (angstrom) and beta (deg), the other angles right."""

    cell: tuple[float, float, float, float]
    atoms: tuple[Atom, ...]

    @property
    def density(self) -> float:
        """g/cm^3."""
        mass = sum(occupancy * ATOMS[name][1] for name, *_, occupancy in self.atoms)
        return mass / (np.prod(self.cell[:3]) * np.sin(np.radians(self.cell[3]))) / 0.6022


def _centred(atoms: list[Atom], shifts: list[tuple[float, float, float]]) -> tuple[Atom, ...]:
    return tuple((n, (x + u) % 1, (y + v) % 1, (z + w) % 1, q) for n, x, y, z, q in atoms for u, v, w in shifts)


_FACES = [(0, 0, 0), (0.5, 0.5, 0), (0.5, 0, 0.5), (0, 0.5, 0.5)]


def rock_salt(cation: str, anion: str, a: float) -> Crystal:
    """Return the structure of NaCl."""
    return Crystal((a, a, a, 90.0), _centred([(cation, 0, 0, 0, 1), (anion, 0.5, 0.5, 0.5, 1)], _FACES))


def lioh(a: float = 3.549, c: float = 4.334) -> Crystal:
    """Return LiOH, P4/nmm, with the oxygen as in Mair 1978 (10.1107/S0567739478001151)."""
    z, h = 0.1935, 0.407
    places = [("Li+", 0, 0, 0), ("Li+", 0.5, 0.5, 0), ("O-", 0, 0.5, z), ("O-", 0.5, 0, -z)]
    atoms = [*places, ("H", 0, 0.5, h), ("H", 0.5, 0, -h)]
    return Crystal((a, a, c, 90.0), tuple((n, x, y, w % 1, 1) for n, x, y, w in atoms))


def host(a: float = 3.91) -> Crystal:
    """Return cubic Li2OHCl as an antiperovskite with a third of the lithium sites empty."""
    lithium = [("Li+", *place, 2 / 3) for place in ((0, 0.5, 0.5), (0.5, 0, 0.5), (0.5, 0.5, 0))]
    return Crystal((a, a, a, 90.0), (("Cl-", 0, 0, 0, 1), ("O-", 0.5, 0.5, 0.5, 1), *lithium))


def lab6(a: float = 4.1568) -> Crystal:
    """Return LaB6, Pm-3m: the line standard."""
    x = 0.1993
    boron = [("B", *p, 1) for s in (x, 1 - x) for p in ((s, 0.5, 0.5), (0.5, s, 0.5), (0.5, 0.5, s))]
    return Crystal((a, a, a, 90.0), (("La3+", 0, 0, 0, 1), *boron))


@dataclass(frozen=True)
class Portion:
    """So much of a crystal: share of the mass, Scherrer width (deg), March parameter about c, B (angstrom^2)."""

    crystal: Crystal
    share: float
    width: float = 0.08
    march: float = 1.0
    b_iso: float = 1.5


@dataclass(frozen=True)
class Bench:
    """The instrument and what stands over the sample. halo: place, width, height over the strongest line."""

    zero: float = 0.0
    displacement: float = 0.0
    caglioti: tuple[float, float, float] = (0.004, -0.003, 0.0045)
    soller_deg: float = 2.3
    counts: float = 5000.0
    level: float = 0.03
    air: float = 0.1
    halo: tuple[tuple[float, float, float], ...] = ()
    graininess: float = 0.0
    span: tuple[float, float, float] = (12.0, 80.0, 0.02)
    seed: int = 0
    details: dict[str, str] = field(default_factory=dict)


KAPTON = ((14.0, 3.0, 0.05), (19.0, 4.5, 0.20), (23.0, 5.0, 0.12), (42.0, 9.0, 0.04))
_FINE = 0.002


def measured(portions: list[Portion], bench: Bench) -> Diffractogram:
    """Return a scan with its noise."""
    draw = np.random.default_rng(bench.seed)
    x = np.arange(*bench.span)
    fine = np.arange(bench.span[0] - 2.0, bench.span[1] + 2.0, _FINE)
    lines = np.zeros_like(fine)
    for portion in portions:
        _add(lines, fine, portion, bench, draw)
    lines = np.interp(x, fine, lines)
    lines *= bench.counts / lines.max()
    under = bench.level + bench.air * np.exp(-(x - 12.0) / 9.0)
    under = under + sum(h * np.exp(-0.5 * ((x - p) / (w / 2.355)) ** 2) for p, w, h in bench.halo)
    counts = draw.poisson(lines + bench.counts * under).astype(float)
    origin = Provenance("simulated", "independent", "0" * 64, "tests/independent_diffraction.py", bench.details)
    return Diffractogram(x, counts, origin, radiation=COPPER, label=f"independent {bench.seed}")


def _add(lines: Floats, fine: Floats, portion: Portion, bench: Bench, draw: np.random.Generator) -> None:
    for spacing, strength in _families(portion):
        grains = np.exp(bench.graininess * draw.standard_normal()) if bench.graininess else 1.0
        for wavelength, share, spread in EMISSION:
            sine = wavelength / (2.0 * spacing)
            if sine >= 0.999:
                continue
            theta = np.arcsin(sine)
            polarised = (1.0 + np.cos(2 * theta) ** 2) / (sine**2 * np.cos(theta))
            natural = np.degrees(2.0 * np.tan(theta) * spread * 1e-3 / wavelength)
            _draw(lines, fine, theta, share * grains * strength * polarised * portion.share, natural, portion, bench)


def _draw(
    lines: Floats, fine: Floats, theta: float, area: float, natural: float, portion: Portion, bench: Bench
) -> None:
    u, v, w = bench.caglioti
    tangent = np.tan(theta)
    gauss = np.sqrt(max(u * tangent**2 + v * tangent + w, 1e-5)) / 2.355
    lorentz = 0.5 * (portion.width / np.cos(theta) + natural)
    shift = bench.zero + bench.displacement * np.cos(theta)
    angles, weights = _axial(theta, bench.soller_deg)
    centre = float(weights @ angles) + shift
    first, last = np.searchsorted(fine, (centre - 3.0, centre + 3.0))
    if first == last:
        return
    near = fine[first:last]
    # the axial spread as a histogram on the fine grid, then one convolution with the Voigt line
    edges = np.append(near, near[-1] + _FINE) - 0.5 * _FINE
    spread = np.histogram(angles + shift, edges, weights=weights)[0]
    half = len(near) // 2
    line = voigt_profile(_FINE * np.arange(-half, half + 1), gauss, lorentz)
    lines[first:last] += area * np.convolve(spread, line, mode="full")[half : half + len(near)]


def _axial(theta: float, soller_deg: float) -> tuple[Floats, Floats]:
    """Return the angles (deg) at which rays of one Bragg angle arrive, and their weights."""
    if soller_deg == 0.0:
        return np.array([np.degrees(2 * theta)]), np.ones(1)
    nodes = (np.arange(40) + 0.5) / 20.0 - 1.0
    axial = np.radians(soller_deg) * nodes
    density = 1.0 - np.abs(nodes)
    b, g = np.meshgrid(axial, axial)
    cosine = (np.cos(2 * theta) - np.sin(b) * np.sin(g)) / (np.cos(b) * np.cos(g))
    weights = np.outer(density, density)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1))).ravel(), (weights / weights.sum()).ravel()


def _families(portion: Portion) -> list[tuple[float, float]]:
    """Return spacing (angstrom) and strength of each family of planes; strengths of all are per mass."""
    a, b, c, beta = portion.crystal.cell
    sine, cosine = np.sin(np.radians(beta)), np.cos(np.radians(beta))
    volume = a * b * c * sine
    found: dict[float, float] = {}
    for h, k, l in product(*(range(-int(edge / 0.98) - 1, int(edge / 0.98) + 2) for edge in (a, b, c))):  # noqa: E741
        q = (h * h / a**2 + l * l / c**2 - 2 * h * l * cosine / (a * c)) / sine**2 + k * k / b**2
        if not 0.0 < q < 1.0 / 0.98**2:
            continue
        along = abs(l) / c / np.sqrt(q)
        lean = (portion.march**2 * along**2 + (1 - along**2) / portion.march) ** -1.5
        key = round(1.0 / np.sqrt(q), 6)
        found[key] = found.get(key, 0.0) + lean * _squared(portion, (h, k, l), q)
    return [(d, s / volume**2 / portion.crystal.density) for d, s in found.items() if s > 1e-9]


def _squared(portion: Portion, hkl: tuple[int, int, int], q: float) -> float:
    s2 = q / 4.0
    total = 0j
    for name, x, y, z, occupancy in portion.crystal.atoms:
        numbers = ATOMS[name][0]
        f = numbers[8] + sum(numbers[i] * np.exp(-numbers[i + 1] * s2) for i in range(0, 8, 2))
        turn = np.exp(2j * np.pi * (hkl[0] * x + hkl[1] * y + hkl[2] * z))
        total += occupancy * (f + (0.364 + 0.702j if name == "Cl-" else 0.0)) * turn
    return float(abs(total) ** 2 * np.exp(-2.0 * portion.b_iso * s2))
