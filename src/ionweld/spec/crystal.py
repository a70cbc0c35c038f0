"""A crystalline phase: its cell and atoms, and the powder lines that follow from them."""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ionweld.errors import Fault, SpecError
from ionweld.laws import diffraction
from ionweld.laws.diffraction import Lattice
from ionweld.spec.appearance import PhaseRecord
from ionweld.spec.entry import Entry, appearance_of
from ionweld.spec.faults import check, shipped
from ionweld.spec.library import entry, material_names
from ionweld.spec.part import Part

Floats = NDArray[np.float64]

ANGSTROM3_GRAM_PER_MOL = 1.0 / 0.602214076  # (g/mol) per angstrom^3 -> g/cm^3, with Avogadro's number
MAX_REFLECTIONS = 400_000  # a cell that asks for more is a mistake, not a powder
MAX_SITES = 2000
_SAME_PLACE = 1e-3  # two images of an atom closer than this fraction of a cell are one atom


@dataclass(frozen=True, slots=True)
class Site:
    """One atom of the cell: species ("Li1+" or "Li"), place in fractions of the cell, occupancy, B in angstrom^2."""

    species: str
    position: tuple[float, float, float]
    occupancy: float
    b_iso: float


@dataclass(frozen=True, slots=True)
class Phase:
    """A crystalline phase. `sites` holds every atom of the cell.

    cell: a, b, c in angstrom, alpha, beta, gamma in degrees.
    cell_tolerance: how far, as a fraction, the true cell may be from this one (a computed cell is off by 1-2 %).
    status and source: where cell and positions come from.
    distortion: a lattice of lower symmetry that the same atoms may take, or None.
    """

    name: str
    lattice: Lattice
    cell: tuple[float, float, float, float, float, float]
    sites: tuple[Site, ...]
    cell_tolerance: float
    status: str
    source: str
    distortion: Lattice | None = None

    @property
    def density(self) -> float:
        """X-ray density, g/cm^3."""
        masses = scattering_tables()["mass_g_mol"]
        mass = sum(site.occupancy * masses[element_of(site.species)] for site in self.sites)
        return mass / diffraction.volume(self.cell) * ANGSTROM3_GRAM_PER_MOL


@dataclass(frozen=True, slots=True)
class PowderLines:
    """The lines of a phase, merged where a powder cannot tell them apart.

    sums: (lines, free numbers): 1/d^2 = sums @ metric. strength: multiplicity |F|^2 / V^2, so that times the
    Lorentz-polarisation factor it is an intensity per volume of the phase. hkl: one name of each line.
    """

    sums: NDArray[np.int64]
    strength: Floats
    hkl: NDArray[np.int64]


def powder_lines(
    phase: Phase, wavelength: float, two_theta_max_deg: float, lattice: Lattice | None = None
) -> PowderLines:
    """Return the lines of `phase` up to an angle, for a wavelength in angstrom; lines of no strength are left out.

    lattice: group the lines as a lattice of lower symmetry, with the same atoms (a free pseudo-cubic cell).
    Raises SpecError when the cell has absurdly many.
    """
    end_deg = min(two_theta_max_deg, 179.0)
    q_max = (2.0 * np.sin(np.radians(end_deg) / 2.0) / wavelength) ** 2
    hkl = _reflections(phase, q_max, f"up to {end_deg:.0f} deg with {wavelength:g} angstrom")
    q = _inverse_d_squared(phase, hkl)
    strength = _strengths(phase, hkl, np.sqrt(q) / 2.0, wavelength)
    sums = diffraction.index_sums(lattice or phase.lattice, hkl)
    unique, first, inverse = np.unique(sums, axis=0, return_index=True, return_inverse=True)
    total = np.zeros(len(unique))
    np.add.at(total, inverse.ravel(), strength)
    keep = total > 1e-6 * total.max(initial=0.0)
    return PowderLines(unique[keep], total[keep], hkl[first[keep]])


def _reflections(phase: Phase, q_max: float, asked: str) -> NDArray[np.int64]:
    tensor = diffraction.metric_tensor(phase.cell)
    limits = np.floor(np.sqrt(q_max * np.diag(tensor))).astype(int)  # |h| <= a / d_min
    if np.prod(2.0 * limits + 1.0) > MAX_REFLECTIONS or len(phase.sites) > MAX_SITES:
        seen = f"the cell {phase.cell} with {len(phase.sites)} atoms has too many reflections {asked}"
        mend = "Check the wavelength (--wavelength Cu, or angstrom: Cu 1.5406, Mo 0.7093), then the cell, or give a narrower range"
        raise SpecError(Fault(phase.name, seen, mend))
    axes = [np.arange(-limit, limit + 1) for limit in limits]
    hkl = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    q = _inverse_d_squared(phase, hkl)
    return hkl[(q > 1e-9) & (q <= q_max)]


def _inverse_d_squared(phase: Phase, hkl: NDArray[np.int64]) -> Floats:
    star = np.linalg.inv(diffraction.metric_tensor(phase.cell))
    return np.einsum("ri,ij,rj->r", hkl, star, hkl)


def _strengths(phase: Phase, hkl: NDArray[np.int64], s: Floats, wavelength: float) -> Floats:
    amplitudes = np.empty((len(s), len(phase.sites)), dtype=complex)
    known: dict[tuple[str, float], NDArray[np.complex128]] = {}
    for column, site in enumerate(phase.sites):
        key = (site.species, site.b_iso)
        if key not in known:
            known[key] = _atom(site.species, s, wavelength) * np.exp(-site.b_iso * s * s)
        amplitudes[:, column] = site.occupancy * known[key]
    positions = np.array([site.position for site in phase.sites])
    return diffraction.structure_factor_squared(hkl, positions, amplitudes) / diffraction.volume(phase.cell) ** 2


def _atom(species: str, s: Floats, wavelength: float) -> NDArray[np.complex128]:
    tables = scattering_tables()
    element = element_of(species)
    f0 = diffraction.scattering_factor(tables["f0"].get(species, tables["f0"][element]), s)
    tube = tube_of(wavelength)
    dispersion = tables["dispersion"][tube][element] if tube else (0.0, 0.0)
    return np.asarray(f0 + dispersion[0] + 1j * dispersion[1], dtype=np.complex128)


@cache
def scattering_tables() -> dict[str, Any]:
    """Return the tables of scattering factors, dispersion corrections and molar masses."""
    return shipped("ionweld.spec", "library/scattering.toml")


@cache
def tubes() -> dict[str, Any]:
    """Return the K-alpha wavelengths of X-ray tubes, by element."""
    return shipped("ionweld.spec", "library/xray_tubes.toml")["tube"]


def tube_of(wavelength: float) -> str | None:
    """Return the tube whose K-alpha line this wavelength (angstrom) is, or None."""
    near = [name for name, tube in tubes().items() if abs(tube["kalpha1_angstrom"] / wavelength - 1.0) < 0.005]
    return near[0] if near else None


@cache
def emission(wavelength: float, kalpha2_ratio: float) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Return for K-alpha-1 and K-alpha-2 the lines they are made of: relative shift of the wavelength, share of the area.

    The strong line stands first. One line behind a monochromator (ratio 0), or of a tube that is not known, is one line.
    """
    tube = tube_of(wavelength) if kalpha2_ratio > 0.0 else None
    found = []
    for name in ("companions1", "companions2"):
        companions = tubes()[tube].get(name, []) if tube else []
        total = 1.0 + sum(share for _, share in companions)
        found.append(((0.0, 1.0 / total), *((float(shift), float(share) / total) for shift, share in companions)))
    return tuple(found)


def element_of(species: str) -> str:
    """Return the element of a species such as "Li1+", "Li+", "Li0+", "O2-" or "Mn3"; raises SpecError."""
    match = re.match(r"([A-Z][a-z]?)", species.strip())
    symbol = match[1] if match else ""
    known = scattering_tables()["mass_g_mol"]
    if symbol not in known and symbol[:1] in known:
        symbol = symbol[:1]
    if symbol == "D":
        symbol = "H"
    if symbol not in known:
        raise SpecError(
            Fault("", f"{species!r} is no chemical element", "Name atoms by their element, such as Li or O2-")
        )
    return symbol


def lattice_of(cell: tuple[float, ...]) -> Lattice:
    """Return the highest lattice that the numbers of a cell allow (hexagonal axes for a trigonal one).

    A CIF may name a low symmetry for a cell whose numbers are those of a higher one; the numbers decide.
    """
    a, b, c, alpha, beta, gamma = cell
    same = lambda x, y: abs(x - y) <= 1e-4 * max(x, y)  # noqa: E731 - one line, used five times below
    right = [same(angle, 90.0) for angle in (alpha, beta, gamma)]
    if all(right):
        if same(a, b):
            return "cubic" if same(b, c) else "tetragonal"
        return "orthorhombic"
    if right[0] and right[1] and same(gamma, 120.0) and same(a, b):
        return "hexagonal"
    return "monoclinic" if right[0] and right[2] else "triclinic"


Operation = tuple[NDArray[np.float64], NDArray[np.float64]]


def parse_operation(text: str) -> Operation:
    """Return (rotation, translation) of a symmetry operation such as "-x,y,1/2-z". Raises SpecError."""
    parts = text.replace(" ", "").lower().split(",")
    if len(parts) != 3:
        raise _bad_operation(text)
    rotation, translation = np.zeros((3, 3)), np.zeros(3)
    for row, part in enumerate(parts):
        if not re.fullmatch(r"([+-]?(?:[xyz]|\d+/\d+|\d*\.?\d+))+", part):
            raise _bad_operation(text)
        for sign, axis, number in re.findall(r"([+-]?)(?:([xyz])|(\d+/\d+|\d*\.?\d+))", part):
            factor = -1.0 if sign == "-" else 1.0
            if axis:
                rotation[row, "xyz".index(axis)] += factor
            else:
                translation[row] += factor * _number(number, text)
    return rotation, translation


def _number(number: str, text: str) -> float:
    try:
        return float(Fraction(number))
    except (ValueError, ZeroDivisionError):
        raise _bad_operation(text) from None


def _bad_operation(text: str) -> SpecError:
    return SpecError(Fault("symmetry", f"{text!r} is no symmetry operation", 'Write it as "-x,y+1/2,-z"'))


def expand(sites: list[Site], operations: list[Operation]) -> tuple[Site, ...]:
    """Return every atom of the cell: each site under each operation, images in the same place counted once."""
    full: list[Site] = []
    for site in sites:
        places: list[Floats] = []
        for rotation, translation in operations:
            place = (rotation @ np.array(site.position) + translation) % 1.0
            if not any(_same_place(place, other) for other in places):
                places.append(place)
        full += [
            Site(site.species, (float(p[0]), float(p[1]), float(p[2])), site.occupancy, site.b_iso) for p in places
        ]
        if len(full) > MAX_SITES:
            raise SpecError(Fault("", f"the cell has more than {MAX_SITES} atoms", "Give a smaller structure"))
    return tuple(full)


def _same_place(one: Floats, other: Floats) -> bool:
    apart = np.abs(one - other)
    return bool(np.all(np.minimum(apart, 1.0 - apart) < _SAME_PLACE))


def phases_of(electrolyte: Entry) -> list[Phase]:
    """Return the phases that XRD of an electrolyte looks for, its own first. Raises SpecError where its file names none."""
    return [phase_for(name, electrolyte) for name in appearance_of(electrolyte).phase_names]


def phase_for(name: str, electrolyte: Entry) -> Phase:
    """Return a phase by the name that an electrolyte's file gives it, or of the library. Raises SpecError."""
    known = electrolyte.appearance
    record = known.phases.get(name) if known is not None else None
    return _phase_from(name, record) if record is not None else library_phase(name)


@cache
def library_phase(name: str) -> Phase:
    """Return a phase of the library by its name, such as "LiOH.H2O". Raises SpecError, naming those there are."""
    table = _library()
    if name not in table:
        raise SpecError(
            Fault("phases", f"{name!r} is not in the library", f"Choose of {', '.join(table)}, or give a .cif file")
        )
    return _phase_from(name, table[name])


def library_names() -> tuple[str, ...]:
    """Return the names of the phases in the library."""
    return tuple(_library())


class _PhaseTable(Part):
    phase: dict[str, PhaseRecord]


@cache
def _library() -> dict[str, PhaseRecord]:
    """Return the phases of the electrolytes that come with ionweld, then those that form beside them."""
    beside = check(_PhaseTable, shipped("ionweld.spec", "library/phases.toml"), "library/phases.toml").phase
    known = [entry(name).appearance for name in material_names("solid electrolyte")]
    return {name: record for one in known if one is not None for name, record in one.phases.items()} | beside


def _phase_from(name: str, record: PhaseRecord) -> Phase:
    sites = [Site(species, (x, y, z), occupancy, b_iso) for species, x, y, z, occupancy, b_iso in record.sites]
    return Phase(
        name=name,
        lattice=lattice_of(record.cell),
        cell=record.cell,
        sites=expand(sites, [parse_operation(text) for text in record.symmetry]),
        cell_tolerance=record.cell_tolerance,
        status=record.status,
        source=record.source,
        distortion=record.distortion,
    )
