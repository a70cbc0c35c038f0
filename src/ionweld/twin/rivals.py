"""Rival readings of a falling overpotential, fitted to the same rows, and what tells them apart.

The twin itself is one reading. A rival is the same cell with some parameters set and two left free, say the conductivity
of a layer and one rate; it then meets the same overpotential and the same fall. What they predict elsewhere differs.
Which parameters those are, and what a difference is worth, a study says.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from ionweld.analyse.cycling import cycles, summarised_cycles
from ionweld.errors import ComputationError
from ionweld.simulate.cell import simulate
from ionweld.simulate.impedance import area_specific_impedance, network, resistances
from ionweld.simulate.run import SimulatedTest
from ionweld.simulate.snapshot import Moment, at_temperature, moment
from ionweld.spec.cell import CellSpec
from ionweld.spec.library import Entry, assumption
from ionweld.spec.part import Part
from ionweld.spec.protocol import HalfCycleProtocol, WindowProtocol
from ionweld.spec.quantity import Quantity

NEVER = 1e9  # s between records
MEETS = 1e-3  # relative: by this a rival must meet its two rows


class Tells(Part):
    """What a difference between the readings is worth, by experiment."""

    cooled: str
    efficiency: str
    intercept: str
    later: str
    step: str


@dataclass(frozen=True, slots=True)
class RivalBench:
    """The cells and protocols on which the readings are compared, and the seed of their chance.

    settled, fallen: cycles between which the overpotential falls; later, step: pairs of cycles that may tell; uncertain:
    an activation energy that nobody measured, the same under every reading, over whose range the cold is predicted.
    """

    cell: CellSpec
    protocol: HalfCycleProtocol
    full_cell: CellSpec
    full_protocol: WindowProtocol
    seed: str
    settled: int
    fallen: int
    cooled: tuple[Quantity, ...]
    later: tuple[int, int]
    step: tuple[int, int]
    uncertain: str
    tells: Tells


@dataclass(frozen=True, slots=True)
class RivalStart:
    """A reading that is not the twin's. fixed: parameters that it sets; free: those that are fitted, with their starts."""

    name: str
    fixed: dict[str, float]
    free: dict[str, float]


@dataclass(frozen=True, slots=True)
class RivalReading:
    """One reading, fitted: its parameters, the overpotential once settled (V) and the fall of V/j (negative) it has."""

    name: str
    parameters: Entry
    settled_V: float
    fall: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """What each reading predicts for one experiment, in a common unit; `tells` says what the difference is worth.

    ranges: of each value, over the range of the charge transfer's activation energy, where it depends on that.
    temperature_K: to which the cell is cooled, of an experiment that cools it.
    """

    experiment: str
    unit: Literal["1", "%"]
    values: tuple[float, ...]
    tells: str
    ranges: tuple[tuple[float, float], ...] | None = None
    temperature_K: float | None = None

    @property
    def separation(self) -> float:
        """By how much the first reading differs from all others, as a part of what is measured; 0 where they overlap.

        The size of the rival's fall is not known, so whatever lies between the others counts as one of them. Of ratios,
        the gap over the larger of its edges; of per cents, the gap itself.
        """
        first, *others = self.ranges or tuple((value, value) for value in self.values)
        rest = min(low for low, _ in others), max(high for _, high in others)
        lower, upper = sorted((first, rest))
        gap = max(0.0, upper[0] - lower[1])
        return gap / 100.0 if self.unit == "%" else gap / upper[0]


def as_calibrated(bench: RivalBench, parameters: Entry, name: str) -> RivalReading:
    """Return the reading of the calibrated twin itself: its fall is what a rival is given."""
    return RivalReading(name, parameters, *_settled_and_fall(bench, parameters))


def as_rival(bench: RivalBench, parameters: Entry, rival: RivalStart, settled: float, fall: float) -> RivalReading:
    """Return a rival that meets the same settled overpotential (V) and the same fall.

    Raises ComputationError when its free parameters cannot do that.
    """
    fixed = _changed(parameters, **rival.fixed)

    def entry(logs: NDArray[np.float64]) -> Entry:
        return _changed(fixed, **dict(zip(rival.free, np.exp(logs), strict=True)))

    def misfit(logs: NDArray[np.float64]) -> list[float]:
        volts, fell = _settled_and_fall(bench, entry(logs))
        return [volts / settled - 1.0, fell - fall]

    # each misfit is a simulated test, so no closer than needed: the slope counts misfits of order one
    found = least_squares(misfit, np.log(list(rival.free.values())), diff_step=0.02, gtol=0.01 * MEETS)
    if np.abs(found.fun).max() > MEETS:
        raise ComputationError(f"rivals: no {rival.name} gives a fall of {100 * fall:.3g} % at {settled:.4g} V")
    return RivalReading(rival.name, entry(found.x), settled, fall)


def predictions(bench: RivalBench, readings: tuple[RivalReading, ...]) -> list[Prediction]:
    """Return what each reading predicts for the experiments that may tell them apart, the best separated first."""
    runs = [_run(bench, reading.parameters) for reading in readings]
    found = [_cooling(bench, readings, runs, T) for T in bench.cooled]
    found += [_discharge(bench, readings), _intercept(bench, runs), *_later(bench, runs)]
    return sorted(found, key=lambda one: one.separation, reverse=True)


def _cooling(
    bench: RivalBench, readings: tuple[RivalReading, ...], runs: list[SimulatedTest], T: Quantity
) -> Prediction:
    pairs = list(zip(readings, runs, strict=True))
    energy = readings[0].parameters.quantity(bench.uncertain)
    edges = [edge or energy.value for edge in (energy.low, energy.high)]
    ranges = []
    for reading, run in pairs:
        ratios = [_cooled(bench, _changed(reading.parameters, **{bench.uncertain: edge}), run, T) for edge in edges]
        ranges.append((min(ratios), max(ratios)))
    found = Prediction(
        f"cool the same cell after cycle {bench.fallen}: V/j at {T.text} over that at {bench.cell.temperature.text}",
        "1",
        tuple(_cooled(bench, reading.parameters, run, T) for reading, run in pairs),
        bench.tells.cooled,
        tuple(ranges),
        T.value,
    )
    if found.separation > 0.0:
        return found
    return replace(found, tells=f"{found.tells}; a rival could show the same: alone it is no test")


def _discharge(bench: RivalBench, readings: tuple[RivalReading, ...]) -> Prediction:
    cycles = sum(stage.cycles for stage in bench.full_protocol.stages)
    return Prediction(
        f"full cell of the same interface: lowest coulombic efficiency of {cycles} cycles",
        "%",
        tuple(100.0 * _efficiency(bench, reading) for reading in readings),
        bench.tells.efficiency,
    )


def _intercept(bench: RivalBench, runs: list[SimulatedTest]) -> Prediction:
    return Prediction(
        f"Re Z at {assumption('highest_frequency').text}, cycle {bench.settled} to {bench.fallen}",
        "%",
        tuple(100.0 * _intercept_change(bench, run) for run in runs),
        bench.tells.intercept,
    )


def _later(bench: RivalBench, runs: list[SimulatedTest]) -> list[Prediction]:
    """Return what the later cycles show: whether the fall goes on, and the step of the current."""
    asr = [cycles(run.measurement, bench.protocol.first_half_cycle)["asr_ohm_cm2"].to_numpy() for run in runs]
    goes_on = Prediction(
        f"V/j, cycle {bench.later[0]} to {bench.later[1]}",
        "%",
        tuple(100.0 * _change(one, bench.later) for one in asr),
        bench.tells.later,
    )
    before, after = (0.1 * _current(bench.protocol, cycle) for cycle in bench.step)
    step = Prediction(
        f"V/j across the step from {before:g} to {after:g} mA/cm2, cycle {bench.step[0]} to {bench.step[1]}",
        "%",
        tuple(100.0 * _change(one, bench.step) for one in asr),
        bench.tells.step,
    )
    return [goes_on, step]


def _change(values: NDArray[np.float64], between: tuple[int, int]) -> float:
    """Return the relative change between two cycles."""
    first, last = between
    return float(values[last - 1] / values[first - 1] - 1.0)


def _current(protocol: HalfCycleProtocol, cycle: int) -> float:
    """Return the current density of a cycle (A/m2)."""
    ends = np.cumsum([stage.cycles for stage in protocol.stages])
    return protocol.stages[int(np.searchsorted(ends, cycle))].current_density.value


def conductance_beside(reading: RivalReading, bench: RivalBench) -> float:
    """Return what conducts beside the pellet at the cycle up to which the overpotential falls (S/m2)."""
    return network(moment(_run(bench, reading.parameters), 2 * bench.fallen - 1)).beside


def _changed(parameters: Entry, **values: float) -> Entry:
    return parameters.updated(
        {name: parameters.quantity(name).moved(float(value), "fitted") for name, value in values.items()}
    )


def _run(bench: RivalBench, parameters: Entry, protocol: HalfCycleProtocol | None = None) -> SimulatedTest:
    rare = {"record_every": Quantity(300.0, "s", "300 s")}
    return simulate(bench.cell, (protocol or bench.protocol).model_copy(update=rare), parameters, bench.seed)


def _until(protocol: HalfCycleProtocol, last: int) -> HalfCycleProtocol:
    """Return the protocol to the end of a cycle."""
    kept, left = [], last
    for stage in protocol.stages:
        kept.append(stage.model_copy(update={"cycles": min(left, stage.cycles)}))
        left -= stage.cycles
        if left <= 0:
            break
    return protocol.model_copy(update={"stages": kept})


def _settled_and_fall(bench: RivalBench, parameters: Entry) -> tuple[float, float]:
    run = _run(bench, parameters, _until(bench.protocol, bench.fallen))  # what comes later does not count here
    table = cycles(run.measurement, bench.protocol.first_half_cycle)
    asr = table["asr_ohm_cm2"].to_numpy()
    if asr.size < bench.fallen:
        raise ComputationError(f"rivals: the cell of seed {bench.seed!r} does not live to cycle {bench.fallen}")
    return float(table["overpotential_V"][bench.settled - 1]), _change(asr, (bench.settled, bench.fallen))


def _cooled(bench: RivalBench, parameters: Entry, run: SimulatedTest, T: Quantity) -> float:
    """Return V/j of the state after the last of the falling cycles, at another temperature over that at its own.

    parameters: of the run, but for activation energies, which change nothing at the temperature that they refer to.
    """
    seen = moment(run, 2 * bench.fallen - 1)
    other = replace(seen, conditions=seen.conditions.under(parameters))
    return _resistance(at_temperature(other, T)) / _resistance(seen)


def _resistance(seen: Moment) -> float:
    """Return what a slow current meets, with a short beside it (ohm m2)."""
    made = network(seen)
    return 1.0 / (1.0 / resistances(made).area_specific_total + made.beside)


def _efficiency(bench: RivalBench, reading: RivalReading) -> float:
    run = simulate(bench.full_cell, bench.full_protocol, reading.parameters, bench.seed)
    found = summarised_cycles(run.measurement, "full", "charge")["coulombic_efficiency"]
    return float(found.fill_null(0.0).to_numpy().min())


def _intercept_change(bench: RivalBench, run: SimulatedTest) -> float:
    """Return the change of the real part of Z where a sweep starts: pellet and layer, with a short beside them."""
    omega = np.array([2.0 * np.pi * assumption("highest_frequency").value])
    early, late = (
        area_specific_impedance(network(moment(run, 2 * cycle - 1)), omega)[0].real
        for cycle in (bench.settled, bench.fallen)
    )
    return float(late / early - 1.0)
