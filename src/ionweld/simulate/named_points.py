"""The spectra that a protocol asks for, taken of one simulated cell."""

from collections.abc import Sequence
from dataclasses import dataclass

from ionweld.measurement.impedance import Spectrum
from ionweld.simulate.cell_spectra import spectrum_of
from ionweld.simulate.impedance import Resistances, network, resistances
from ionweld.simulate.moments import BEFORE, Direction, Moment, at_temperature, half_cycle_of, moment
from ionweld.simulate.run import Run
from ionweld.simulate.spectra import Sweep
from ionweld.spec.impedance import ImpedancePoint

_DIRECTIONS: dict[str | None, Direction] = {"end of charge": "charge", "end of discharge": "discharge"}


@dataclass(frozen=True, slots=True)
class Taken:
    """A spectrum that was asked for, with the resistances that the states hold; both None when the cell was no more."""

    point: ImpedancePoint
    spectrum: Spectrum | None
    states: Resistances | None
    said: str

    @property
    def file(self) -> str:
        """Return the name of its file; the temperature in it is read again by `ionweld eis`."""
        T = self.spectrum.temperature_K if self.spectrum is not None else None
        warm = "" if T is None else f"_{T - 273.15:.4g}degC"
        return f"impedance_{self.point.name}{warm}.csv"


def sweep_of(point: ImpedancePoint) -> Sweep:
    """Return what the instrument does at a point."""
    return Sweep(point.highest_frequency.value, point.lowest_frequency.value, point.points, point.noise.value)


def moment_of(run: Run, point: ImpedancePoint) -> Moment | None:
    """Return the cell at a point of its test, or None when the test ended before. Raises ComputationError: see moment."""
    rest = point.rest.value if point.rest is not None else 0.0
    half_cycle: int | None = BEFORE
    if point.after_cycle is not None:
        half_cycle = half_cycle_of(run, point.after_cycle, _DIRECTIONS.get(point.state))
    if half_cycle is None:
        return None
    seen = moment(run, half_cycle, rest)
    return seen if point.temperature is None else at_temperature(seen, point.temperature)


def spectra_at(run: Run, points: Sequence[ImpedancePoint]) -> tuple[Taken, ...]:
    """Return the spectra of a cell at all points. Raises ComputationError when the integration of a rest stalls."""
    return tuple(_taken(run, point) for point in points)


def _taken(run: Run, point: ImpedancePoint) -> Taken:
    seen = moment_of(run, point)
    if seen is None:
        return Taken(point, None, None, f"not taken: the test ended in cycle {int(run.snapshot_cycles[-1])}")
    return Taken(point, spectrum_of(run, seen, sweep_of(point)), resistances(network(seen)), seen.said)
