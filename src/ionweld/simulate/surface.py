"""What XPS sees of a surface of known composition: from amounts of species to lines and scans, by the tables."""

from collections.abc import Collection, Mapping

from ionweld.simulate.xps import Peak, SurfaceScan
from ionweld.spec.photoelectron import doublets, sensitivity, species_table, windows

_COUNTS_PER_ATOM = 100.0  # area in counts/s eV of one unit of amount at a sensitivity factor of one


def surface_species() -> tuple[str, ...]:
    """Return the species that can be simulated: those of the table whose lines all have a window to be scanned in."""
    return tuple(name for name, one in species_table().items() if all(line.line in windows() for line in one.lines))


def surface_peaks(amounts: Mapping[str, float]) -> tuple[Peak, ...]:
    """Return the lines of a surface. amounts: formula units of each species; about 100 in all give ordinary counts."""
    table = species_table()
    return tuple(
        _peak(line.line, line.centre_eV, amount * table[name].formula[line.element])
        for name, amount in amounts.items()
        for line in table[name].lines
    )


def _peak(line: str, energy_eV: float, atoms: float) -> Peak:
    pair = doublets().get(line)
    partner = (pair.splitting_eV, pair.minor_to_major) if pair else (0.0, 0.0)
    return Peak(line, energy_eV, _COUNTS_PER_ATOM * atoms * sensitivity().value[line], *partner)


def surface_lines(amounts: Collection[str]) -> tuple[str, ...]:
    """Return the lines that these species have, in the order of the table."""
    seen = {line.line for name in amounts for line in species_table()[name].lines}
    return tuple(line for line in windows() if line in seen)


def surface_scans(
    lines: Collection[str], fwhm_eV: float, dwell_s: float = 0.5, sweeps: int = 10
) -> tuple[SurfaceScan, ...]:
    """Return one scan of each line over its ordinary window; fwhm_eV: width of every line (eV)."""
    return tuple(SurfaceScan(line, *windows()[line], dwell_s=dwell_s, sweeps=sweeps, fwhm_eV=fwhm_eV) for line in lines)


def hundred_atoms(amounts: Mapping[str, float]) -> dict[str, float]:
    """Return the same composition, in formula units of which all atoms but hydrogen are 100."""
    atoms = sum(amount * _atoms(name) for name, amount in amounts.items())
    return {name: 100.0 * amount / atoms for name, amount in amounts.items()}


def atomic_percent(amounts: Mapping[str, float]) -> dict[str, float]:
    """Return the share of each species in percent of all atoms but hydrogen, from formula units."""
    return {name: amount * _atoms(name) for name, amount in hundred_atoms(amounts).items()}


def _atoms(name: str) -> float:
    return sum(species_table()[name].formula.values())
