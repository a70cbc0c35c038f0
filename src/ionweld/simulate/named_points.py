"""The spectra that a protocol asks for, taken of one simulated cell."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.simulate.cell_spectra import spectrum_of
from ionweld.simulate.impedance import Resistances, network, resistances
from ionweld.simulate.run import SimulatedTest
from ionweld.simulate.snapshot import BEFORE, Direction, Moment, at_temperature, half_cycle_of, moment
from ionweld.simulate.spectra import FrequencySweep
from ionweld.spec.impedance import ImpedancePoint

_DIRECTIONS: dict[str | None, Direction] = {"end of charge": "charge", "end of discharge": "discharge"}


@dataclass(frozen=True, slots=True)
class Taken:
    """A spectrum that was asked for, with the resistances that the states hold; said: of what moment it is."""

    point: ImpedancePoint
    spectrum: ImpedanceSpectrum
    states: Resistances
    said: str

    @property
    def file(self) -> str:
        """Return the name of its file; the temperature in it is read again by `ionweld eis`."""
        T = self.spectrum.temperature_K
        warm = "" if T is None else f"_{T - 273.15:.4g}degC"
        return f"impedance_{self.point.name}{warm}.csv"


def sweep_of(point: ImpedancePoint) -> FrequencySweep:
    """Return what the instrument does at a point."""
    return FrequencySweep(point.highest_frequency.value, point.lowest_frequency.value, point.points, point.noise.value)


def moment_of(run: SimulatedTest, point: ImpedancePoint) -> Moment:
    """Return the cell at a point of its test; a cell whose test ended before is taken as the end left it.

    Raises ComputationError: see moment.
    """
    rest = point.rest.value if point.rest is not None else 0.0
    if point.after_cycle is None:
        seen = moment(run, BEFORE, rest)
    elif (found := half_cycle_of(run, point.after_cycle, _DIRECTIONS.get(point.state))) is not None:
        seen = moment(run, found, rest)
    else:
        seen = moment(run, len(run.snapshots) - 1, rest)
        seen = replace(seen, said=f"{seen.said}, with which its test ended")
    return seen if point.temperature is None else at_temperature(seen, point.temperature)


def spectra_at(run: SimulatedTest, points: Sequence[ImpedancePoint]) -> tuple[Taken, ...]:
    """Return the spectra of a cell at all points. Raises ComputationError when the integration of a rest stalls."""
    moments = [(point, moment_of(run, point)) for point in points]
    return tuple(
        Taken(point, spectrum_of(run, seen, sweep_of(point)), resistances(network(seen)), seen.said)
        for point, seen in moments
    )
