"""What an experiment would show of a virtual cell: the same features, through the same instruments, as of the real one."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydantic import Field

from ionweld.infer.draws import DrawPlan, VirtualCell
from ionweld.infer.features import Features, test_features
from ionweld.infer.moments import SpectrumMoment
from ionweld.infer.nuisances import nuisances
from ionweld.infer.observation import CellKind
from ionweld.infer.protocol import MeasuredProtocol
from ionweld.infer.seen import SweepPlan, seen_spectra, seen_test
from ionweld.infer.spectrum_features import spectra_features
from ionweld.simulate.cell import simulate
from ionweld.simulate.run import SimulatedTest
from ionweld.simulate.seeds import stream
from ionweld.spec.cell import Cathode, CellSpec
from ionweld.spec.derived import cathode_parameters
from ionweld.spec.library import Entry
from ionweld.spec.part import Part
from ionweld.spec.protocol import AnyProtocol, WindowProtocol, WindowStage
from ionweld.spec.quantity import CRate, Pause, Quantity
from ionweld.twin.library_draws import library_draws
from ionweld.units import to_si

HIGH_HZ, LOW_HZ = 1e6, 1.0  # of a spectrum that is still to be measured
TOLERANCE = 1e-4


@dataclass(frozen=True, slots=True)
class VirtualBench:
    """A virtual cell in the state that the real one is in, and how it was measured."""

    plan: DrawPlan
    one: VirtualCell
    run: SimulatedTest


class NextSpectrum(Part):
    """See experiments.toml."""

    rest: Pause
    warmer: str = "0 K"

    def hours(self, _plan: DrawPlan) -> float:
        """Return how long the cell takes for it."""
        return self.rest.value / 3600.0

    def outcome(self, bench: VirtualBench) -> Features:
        """Return the features of the spectrum."""
        warmer = to_si(self.warmer, "K")
        T = bench.one.cell.temperature.value + warmer if warmer else None
        sweep = SweepPlan(SpectrumMoment("after", None, T), HIGH_HZ, LOW_HZ)
        rested = replace(bench.one.nuisances, rest_s=self.rest.value)
        found = spectra_features(seen_spectra(bench.run, rested, [sweep], bench.plan.protocol.seconds))
        return {name.partition(": ")[2]: value for name, value in found.items()}


class CycledOn(Part):
    """See experiments.toml."""

    cycles: int
    current: float
    time: float

    def _protocol(self, plan: DrawPlan) -> MeasuredProtocol:
        last = plan.protocol.stages[-1]
        more = replace(last.times(self.current, self.time), cycles=self.cycles)
        return replace(plan.protocol, stages=(*plan.protocol.stages, more))

    def hours(self, plan: DrawPlan) -> float:
        """Return how long the cell takes for it."""
        return self._protocol(plan).stages[-1].seconds / 3600.0

    def outcome(self, bench: VirtualBench) -> Features:
        """Return the features of the whole test with the cycles that are added."""
        one, protocol = bench.one, self._protocol(bench.plan)
        program = protocol.of(one.cell, one.parameters)
        run = simulate(one.cell, program, one.parameters, one.seed, tolerance=TOLERANCE)
        return _seen(bench.plan, one, run, protocol.seconds)


class SecondCell(Part):
    """See experiments.toml."""

    pressure: float = 1.0
    current: float = 1.0

    def _protocol(self, plan: DrawPlan) -> MeasuredProtocol:
        stages = tuple(stage.times(self.current, 1.0 / self.current) for stage in plan.protocol.stages)
        return replace(plan.protocol, stages=stages)

    def hours(self, plan: DrawPlan) -> float:
        """Return how long the cell takes for it."""
        return self._protocol(plan).seconds / 3600.0

    def outcome(self, bench: VirtualBench) -> Features:
        """Return the features of a sister's test, which has flaws and leads of its own."""
        P = bench.one.cell.stack_pressure
        pressed = replace(P, value=P.value * self.pressure)
        cell = bench.one.cell.model_copy(update={"stack_pressure": pressed})
        sister, protocol = _sister(bench.one, cell), self._protocol(bench.plan)
        program = protocol.of(cell, sister.parameters)
        run = simulate(cell, program, sister.parameters, sister.seed, tolerance=TOLERANCE)
        return _seen(bench.plan, sister, run, protocol.seconds)


class FullCell(Part):
    """See experiments.toml."""

    cathode: dict[str, Any] = Field(description="of the width of the foil")
    lower_V: float
    upper_V: float
    c_rate: CRate
    cycles: int = Field(gt=0)

    def hours(self, _plan: DrawPlan) -> float:
        """Return how long the cell takes for it."""
        return 2.0 * self.cycles / self.c_rate.value / 3600.0

    def outcome(self, bench: VirtualBench) -> Features:
        """Return the features of a full cell on a pellet of the same batch."""
        foil = bench.one.cell.electrodes.negative.diameter
        cathode = Cathode.model_validate({**self.cathode, "diameter": foil})
        electrodes = bench.one.cell.electrodes.model_copy(update={"positive": cathode})
        sister = _sister(bench.one, bench.one.cell.model_copy(update={"electrodes": electrodes}))
        side = library_draws(cathode_parameters(sister.cell, cathode), 1, sister.seed)[0]
        parameters = _besides(sister.parameters, side)
        run = simulate(sister.cell, self._protocol(), parameters, sister.seed, tolerance=TOLERANCE)
        return _seen(bench.plan, sister, run, 3600.0 * self.hours(bench.plan), "full")

    def _protocol(self) -> AnyProtocol:
        stage = WindowStage(c_rate=self.c_rate, cycles=self.cycles)  # pyright: ignore[reportCallIssue]
        lower, upper = (Quantity(volts, "V", f"{volts:g} V") for volts in (self.lower_V, self.upper_V))
        about = {"name": "a full cell", "first_half_cycle": "charge", "record_every": "5 min", "stages": [stage]}
        return WindowProtocol.model_validate({**about, "lower_voltage": lower, "upper_voltage": upper})


class CutOpen(Part):
    """See experiments.toml."""

    contact: float
    layer: float

    def hours(self, _plan: DrawPlan) -> float:
        """Return how long the cell takes for it: it is not cycled."""
        return 0.0

    def outcome(self, bench: VirtualBench) -> Features:
        """Return what a cross section shows: how much of each interface touches, and how thick a layer is."""
        last = bench.run.states.tail(1)
        noise = stream(bench.one.seed, "section").standard_normal(len(last.columns))
        found = {}
        for name, step in zip(last.columns, noise.tolist(), strict=True):
            if name.startswith("Contact, "):
                found[name] = float(np.clip(last[name][0] + self.contact * step, 0.0, 1.0))
            if name.startswith("Layer thickness"):
                found[name] = float(last[name][0] * np.exp(self.layer * step))
        return found


Step = NextSpectrum | CycledOn | SecondCell | FullCell | CutOpen


def _sister(one: VirtualCell, cell: CellSpec) -> VirtualCell:
    seed = f"{one.seed}/second"
    return replace(one, cell=cell, seed=seed, nuisances=nuisances(seed))


def _besides(parameters: Entry, side: Entry) -> Entry:
    """Return the parameters of an interface with those of a cathode; what both have is the interface's."""
    return replace(parameters, properties=side.properties | parameters.properties)


def _seen(
    plan: DrawPlan, one: VirtualCell, run: SimulatedTest, whole_s: float, kind: CellKind | None = None
) -> Features:
    test = seen_test(run, one.nuisances, plan.sampling, whole_s)
    return test_features(test, kind or plan.kind, whole_s)
