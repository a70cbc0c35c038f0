"""Spectra of many draws of one cell at the points of its protocol, and of its typical member what a fit reads off."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ionweld.simulate.cell import SimulatedTest
from ionweld.simulate.impedance import area_specific_impedance, network, resistances
from ionweld.simulate.named_points import Taken, moment_of, spectra_at, sweep_of
from ionweld.spec.impedance import ImpedancePoint
from ionweld.twin.ensemble import Band, DrawnCells, Recipe, band
from ionweld.twin.impedance_reading import ReadSpectrum, read_spectrum

MemberSpectra = list[tuple[NDArray[np.complex128], float]]


@dataclass(frozen=True, slots=True)
class PointSpectra:
    """One point of the protocol. taken: of the typical cell, with noise; read: its fits.

    members_ohm: noiseless spectra of the draws, shape (members, frequencies); total: of the same draws, the resistance
    of their states (ohm).
    """

    taken: Taken
    read: ReadSpectrum
    members_ohm: NDArray[np.complex128]
    total: Band


def member_spectra(recipe: Recipe, run: SimulatedTest) -> MemberSpectra:
    """Return for each point of the protocol the noiseless spectrum (ohm) of one member, and the total of its states."""
    return [_exact(run, point) for point in recipe.protocol.impedance]


def _exact(run: SimulatedTest, point: ImpedancePoint) -> tuple[NDArray[np.complex128], float]:
    made = network(moment_of(run, point))
    Z = area_specific_impedance(made, 2.0 * np.pi * sweep_of(point).grid()) / made.area_m2
    return Z, resistances(made).total


def cell_impedance(cells: DrawnCells) -> tuple[PointSpectra, ...]:
    """Return the spectra of a cell at every point of its protocol: of the typical run, and of the members looked at.

    cells: with the member_spectra of what was looked at. Raises ComputationError when the integration of a rest stalls.
    """
    taken = spectra_at(cells.typical, cells.recipe.protocol.impedance)
    return tuple(_point(one, [member[place] for member in cells.looked]) for place, one in enumerate(taken))


def _point(taken: Taken, drawn: MemberSpectra) -> PointSpectra:
    read = read_spectrum(taken.spectrum, taken.states)
    return PointSpectra(taken, read, np.array([Z for Z, _ in drawn]), band([total for _, total in drawn]))
