"""A draw: one virtual cell from the prior through the protocol as measured, with what it shows and why it ends.

A draw is known by its number: all chance in it comes from streams that are named by the plan's seed and that number, so it
is the same on any number of workers, and can be made again with a lever moved.
"""

from dataclasses import dataclass, field
from hashlib import sha256

from ionweld import __version__
from ionweld.errors import ComputationError, InputError
from ionweld.infer.ablation import (
    FOLLOWED,
    LOST,
    OUTSIDE,
    Cause,
    Fate,
    candidates,
    cause_of,
    fate_of,
    with_switch_off,
)
from ionweld.infer.diagnosis import Mechanism
from ionweld.infer.features import Features, test_features
from ionweld.infer.interest import parameters_of_interest
from ionweld.infer.nuisances import Nuisances, nuisances
from ionweld.infer.observation import CellKind, Observation
from ionweld.infer.prior import Prior, prior_of
from ionweld.infer.protocol import MeasuredProtocol
from ionweld.infer.sampling import Sampling
from ionweld.infer.seen import SweepPlan, seen_spectra, seen_test, sweep_plans
from ionweld.infer.spectrum_features import spectra_features
from ionweld.simulate.cell import simulate
from ionweld.simulate.run import SimulatedTest
from ionweld.spec.cell import CellSpec
from ionweld.spec.library import Entry, digest

TOLERANCE = 1e-4  # of the integrator: far finer than the chance of a draw


@dataclass(frozen=True, slots=True)
class DrawPlan:
    """What draws are made from: the prior of the cell, and how it was cycled and measured."""

    prior: Prior
    kind: CellKind
    protocol: MeasuredProtocol
    sampling: Sampling
    sweeps: tuple[SweepPlan, ...]
    seed: str

    @property
    def key(self) -> str:
        """A hash of all that a draw depends on besides its number."""
        cell, known = self.prior.cell, {name: one.value for name, one in self.prior.parameters.properties.items()}
        content = (cell, known, self.protocol, self.sampling, self.sweeps, self.seed, digest(), __version__)
        return sha256(repr(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class VirtualCell:
    """What a draw is simulated from. protocol: the steps of current, which take their densities from the cell's area."""

    number: int
    seed: str
    cell: CellSpec
    parameters: Entry
    protocol: MeasuredProtocol
    nuisances: Nuisances

    def run(self) -> SimulatedTest:
        """Simulate it. Raises ComputationError when the integrator stalls, InputError for what cannot be simulated."""
        program = self.protocol.of(self.cell, self.parameters)
        return simulate(self.cell, program, self.parameters, self.seed, tolerance=TOLERANCE)


@dataclass(frozen=True, slots=True)
class DiagnosisDraw:
    """A virtual cell as the diagnosis uses it.

    features: those that its evidence gives, what is missing is absent; without: its fate with one mechanism left out;
    cause: the one that helps most; parameters: those of the posterior, by name.
    """

    number: int
    features: Features
    fate: Fate
    without: dict[Mechanism, Fate]
    cause: Cause
    parameters: dict[str, float] = field(default_factory=dict)


def plan_of(cell: CellSpec, observation: Observation, seed: int) -> DrawPlan:
    """Return what the draws for an observation are made from."""
    sweeps = sweep_plans(observation.spectra)
    return DrawPlan(
        prior_of(cell), observation.kind, observation.protocol, observation.sampling, sweeps, f"diagnose/{seed}"
    )


def virtual_cell(plan: DrawPlan, number: int) -> VirtualCell:
    """Return the virtual cell of a number."""
    seed = f"{plan.seed}/{number}"
    cell, parameters = plan.prior.drawn(seed)
    return VirtualCell(number, seed, cell, parameters, plan.protocol, nuisances(seed))


def draw(task: tuple[DrawPlan, int]) -> DiagnosisDraw | None:
    """Simulate and analyse a draw; None where its integration stalls, or what was drawn cannot be simulated."""
    plan, number = task
    one = virtual_cell(plan, number)
    try:
        return _drawn(plan, one)
    except (ComputationError, InputError, ArithmeticError):
        return None


def _drawn(plan: DrawPlan, one: VirtualCell) -> DiagnosisDraw:
    run, whole_s = one.run(), plan.protocol.seconds
    fate = fate_of(run, one.nuisances, whole_s)
    without = fates_without(one, run, fate, whole_s)
    return DiagnosisDraw(
        one.number,
        observed_features(plan, one, run),
        fate,
        without,
        cause_of(fate, without),
        parameters_of_interest(run),
    )


def observed_features(plan: DrawPlan, one: VirtualCell, run: SimulatedTest) -> Features:
    """Return the features of a virtual cell as its measurement would show them."""
    whole_s = plan.protocol.seconds
    test = seen_test(run, one.nuisances, plan.sampling, whole_s)
    spectra = seen_spectra(run, one.nuisances, plan.sweeps, whole_s)
    return test_features(test, plan.kind, whole_s) | spectra_features(spectra)


def features_of(observation: Observation) -> Features:
    """Return the same features of what was measured."""
    whole_s = observation.protocol.seconds
    return test_features(observation.test, observation.kind, whole_s) | spectra_features(observation.spectra)


def fates_without(one: VirtualCell, run: SimulatedTest, fate: Fate, whole_s: float) -> dict[Mechanism, Fate]:
    """Return the fates of the same cell with one mechanism left out at a time; nothing is simulated in vain."""
    fates: dict[Mechanism, Fate] = {
        name: fate_of(run, one.nuisances, whole_s, tuple(other for other in OUTSIDE if other != name))
        for name in OUTSIDE
    }
    there = candidates(one.cell, one.parameters)
    if not fate.dead and fate.growth < LOST and not fate.faded:
        there = ("soft_short",) if "soft_short" in there else ()
    seconds = max(FOLLOWED * fate.life_s, one.protocol.half_cycle_s) if fate.dead else whole_s
    protocol = one.protocol.lasting(seconds).sparsely()
    for name in there:
        known = _fate_without(one, name, protocol, whole_s)
        if known is not None:
            fates[name] = known
    return fates


def _fate_without(one: VirtualCell, name: Mechanism, protocol: MeasuredProtocol, whole_s: float) -> Fate | None:
    other = with_switch_off(one.cell, name)
    program = protocol.of(other, one.parameters)
    try:
        run = simulate(other, program, one.parameters, one.seed, tolerance=TOLERANCE)
    except ComputationError:
        return None
    return fate_of(run, one.nuisances, whole_s)
