"""Spectra of many draws of one cell at the points of its protocol, and of its typical member what a fit reads off."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ionweld.simulate.cell import Run
from ionweld.simulate.impedance import area_specific_impedance, network, resistances
from ionweld.simulate.named_points import Taken, moment_of, spectra_at, sweep_of
from ionweld.spec.impedance import ImpedancePoint
from ionweld.twin.ensemble import Band, Recipe, band, run_one
from ionweld.twin.impedance_reading import ReadSpectrum, read_spectrum
from ionweld.twin.pool import Mapper

MemberSpectra = list[tuple[NDArray[np.complex128], float] | None]


@dataclass(frozen=True, slots=True)
class PointSpectra:
    """One point of the protocol. taken: of the typical cell, with noise; read: its fits, None when there is no spectrum.

    members_ohm: noiseless spectra of the draws that lived so long, shape (members, frequencies); total: of all draws,
    the resistance of their states (ohm).
    """

    taken: Taken
    read: ReadSpectrum | None
    members_ohm: NDArray[np.complex128]
    total: Band


def member_spectra(task: tuple[Recipe, int]) -> MemberSpectra:
    """Return for each point of the protocol the noiseless spectrum (ohm) and the total of one member, None when dead."""
    recipe, number = task
    return _exact(run_one(recipe, number), recipe.protocol.impedance)


def _exact(run: Run, points: Sequence[ImpedancePoint]) -> MemberSpectra:
    found: MemberSpectra = []
    for point in points:
        seen = moment_of(run, point)
        if seen is None:
            found.append(None)
            continue
        made = network(seen)
        Z = area_specific_impedance(made, 2.0 * np.pi * sweep_of(point).grid()) / made.area_m2
        found.append((Z, resistances(made).total))
    return found


def cell_impedance(recipe: Recipe, typical: Run, members: int, mapper: Mapper) -> tuple[PointSpectra, ...]:
    """Return the spectra of a cell at every point of its protocol: of the typical run, and of the first `members`.

    Raises ComputationError when the integration of a rest stalls.
    """
    drawn = list(mapper(member_spectra, [(recipe, number) for number in range(members)]))
    taken = spectra_at(typical, recipe.protocol.impedance)
    return tuple(_point(one, [member[place] for member in drawn]) for place, one in enumerate(taken))


def _point(taken: Taken, drawn: MemberSpectra) -> PointSpectra:
    read = None
    if taken.spectrum is not None and taken.states is not None:
        read = read_spectrum(taken.spectrum, taken.states)
    alive = [one for one in drawn if one is not None]
    spectra = np.array([Z for Z, _ in alive]).reshape(len(alive), taken.point.points)
    return PointSpectra(taken, read, spectra, band([None if one is None else one[1] for one in drawn]))
