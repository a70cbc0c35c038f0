"""A draw: one virtual cell from the prior through the protocol as measured, with what it shows and why it ends.

A draw is known by its number: all chance in it comes from streams that are named by the plan's seed and that number, so it
is the same on any number of workers, and can be made again with a lever moved. One simulated cell gives several draws
(infer.strata).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from importlib.resources import files

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
from ionweld.infer.discrepancy import DISCREPANCY, PAST, RIVAL, with_discrepancy, with_rival_laws
from ionweld.infer.features import Features, test_features
from ionweld.infer.interest import parameters_of_interest
from ionweld.infer.joint_features import joint_features
from ionweld.infer.moments import SpectrumMoment
from ionweld.infer.nuisances import Nuisances, nuisances
from ionweld.infer.observation import Observation
from ionweld.infer.prior import HAS_NOTICED, Prior, prior_of
from ionweld.infer.protocol import CellKind, MeasuredProtocol
from ionweld.infer.sampling import Sampling
from ionweld.infer.seen import SweepPlan, seen_spectra, seen_test, sweep_plans
from ionweld.infer.spectrum_features import on_grid, spectra_features
from ionweld.infer.strata import LOOKS, fault_of, made_to_leak, numbers_of, run_of, weight_of
from ionweld.measurement.cycling import CyclingTest
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.result import EventKind
from ionweld.simulate.cell import simulate
from ionweld.simulate.run import SimulatedTest
from ionweld.simulate.seeds import stream
from ionweld.spec.cell import CellSpec
from ionweld.spec.library import Entry, digest

BEFORE = SpectrumMoment("before")
TOLERANCE = 1e-4  # of the integrator: far finer than the chance of a draw
BRIDGES = (EventKind.FIRST_SHORT, EventKind.FIRST_BRIDGE)  # of a symmetric and of a full cell
DOUBT = 0.5  # the share of draws whose laws are off
ROOMS = ("analyse/cycling", "laws", "numerics", "simulate", "simulate/mechanisms", "spec")  # what a draw comes out of
FILES = ("ablation", "discrepancy", "draws", "features", "interest", "joint_features", "nuisances", "prior", "protocol",
         "sampling", "seen", "spectrum_features", "strata")  # fmt: skip


@dataclass(frozen=True, slots=True)
class DrawPlan:
    """What draws are made from: the prior of the cell, and how it was cycled and measured. doubt: see DOUBT."""

    prior: Prior
    kind: CellKind
    protocol: MeasuredProtocol
    sampling: Sampling
    sweeps: tuple[SweepPlan, ...]
    seed: str
    doubt: float = DOUBT

    @property
    def key(self) -> str:
        """A hash of all that a draw depends on besides its number; sisters of one design and one test share it."""
        cell = self.prior.cell.model_copy(update={"name": ""})
        laws = self.prior.parameters.mechanisms
        known = {name: one.value for name, one in self.prior.parameters.properties.items()}
        how = (cell.formation, cell.switches, laws)  # what a cell's own text leaves out
        plan = (cell, how, known, self.protocol, self.sampling, self.sweeps, self.seed, self.doubt)
        return sha256(repr((plan, digest(), __version__, _code())).encode()).hexdigest()


@cache
def _code() -> str:
    """Return a hash of the code that makes draws: those kept by another version are no longer right."""
    root, found = files("ionweld"), sha256()
    rooms = [one for room in ROOMS for one in root.joinpath(room).iterdir() if one.name.endswith(".py")]
    own = [root.joinpath("infer", f"{name}.py") for name in FILES]
    for one in (*sorted(rooms, key=str), *own):
        found.update(one.read_bytes())
    return found.hexdigest()


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
    cause: the one that helps most; parameters: those of the posterior, by name; weight: how often it counts; exact:
    whether it follows the twin's laws; bridged: whether a filament crossed its pellet, whatever else it dies by.
    """

    number: int
    features: Features
    fate: Fate
    without: dict[Mechanism, Fate]
    cause: Cause
    parameters: dict[str, float] = field(default_factory=dict)
    weight: float = 1.0
    exact: bool = True
    bridged: bool = False

    @property
    def run(self) -> int:
        """The number of the simulated cell that it is a look at."""
        return run_of(self.number)


def plan_of(cell: CellSpec, observation: Observation, seed: int) -> DrawPlan:
    """Return what the draws for an observation are made from."""
    sweeps = sweep_plans(observation.spectra)
    return DrawPlan(
        prior_of(cell), observation.kind, observation.protocol, observation.sampling, sweeps, f"diagnose/{seed}"
    )


def virtual_cell(plan: DrawPlan, number: int) -> VirtualCell:
    """Return the virtual cell of a number."""
    seed = f"{plan.seed}/{run_of(number)}"
    cell, parameters = plan.prior.drawn(seed, leaking=made_to_leak(number))
    doubts = stream(seed, "laws")
    if doubts.random() < plan.doubt:
        past, rival = doubts.random(2) < (PAST, RIVAL)
        parameters = with_discrepancy(with_rival_laws(parameters) if rival else parameters, past=bool(past))
    around = nuisances(f"{seed}/{number % LOOKS}", fault_of(number))
    return VirtualCell(number, seed, cell, parameters, plan.protocol, around)


def draws_of(task: tuple[DrawPlan, int]) -> tuple[DiagnosisDraw | None, ...]:
    """Simulate and analyse a cell, and look at it under each fault of its surroundings."""
    plan, run = task
    return looked_at(plan, [virtual_cell(plan, number) for number in numbers_of(run)])


def looked_at(plan: DrawPlan, looks: list[VirtualCell]) -> tuple[DiagnosisDraw | None, ...]:
    """Return the draws of one virtual cell in several surroundings; it is simulated once.

    None in place of each draw where its integration stalls, or what was drawn cannot be simulated.
    """
    try:
        return _drawn(plan, looks)
    except (ComputationError, InputError, ArithmeticError):
        return (None,) * len(looks)


def _drawn(plan: DrawPlan, looks: list[VirtualCell]) -> tuple[DiagnosisDraw, ...]:
    first = looks[0]
    run, whole_s = first.run(), plan.protocol.seconds
    without, parameters = ablated(first, fate_of(run, first.nuisances, whole_s), whole_s), parameters_of_interest(run)
    leaks, exact = plan.prior.leaks(first.parameters), DISCREPANCY not in first.parameters.mechanisms
    bridged, found = any(event.kind in BRIDGES for event in run.events), []
    for one in looks:
        fate = fate_of(run, one.nuisances, whole_s)
        fates = fates_without(one, run, fate, whole_s, without)
        weight = weight_of(one.number, leaks, HAS_NOTICED)
        features = observed_features(plan, one, run)
        told = (cause_of(fate, fates), parameters, weight, exact, bridged)
        found.append(DiagnosisDraw(one.number, features, fate, fates, *told))
    return tuple(found)


def observed_features(plan: DrawPlan, one: VirtualCell, run: SimulatedTest) -> Features:
    """Return the features of a virtual cell as its measurement would show them."""
    whole_s = plan.protocol.seconds
    test = seen_test(run, one.nuisances, plan.sampling, whole_s)
    spectra = seen_spectra(run, one.nuisances, plan.sweeps, whole_s)
    return _features(test, plan.kind, whole_s, spectra)


def features_of(observation: Observation) -> Features:
    """Return the same features of what was measured."""
    return _features(observation.test, observation.kind, observation.protocol.seconds, observation.spectra)


def _features(
    test: CyclingTest, kind: CellKind, whole_s: float, spectra: Sequence[tuple[SpectrumMoment, ImpedanceSpectrum]]
) -> Features:
    """Return the features of a test, of its spectra, and of the two together."""
    of_test = test_features(test, kind, whole_s)
    before = next((one for moment, one in spectra if moment == BEFORE), None)
    joint = joint_features(of_test, on_grid(before)) if before is not None else {}
    return of_test | spectra_features(spectra) | joint


def ablated(one: VirtualCell, fate: Fate, whole_s: float) -> Callable[[Mechanism], SimulatedTest | None]:
    """Return what simulates a cell without a mechanism, once each; None where that stalls."""
    seconds = max(FOLLOWED * fate.life_s, one.protocol.half_cycle_s) if fate.dead else whole_s
    protocol = one.protocol.lasting(seconds).sparsely()

    @cache
    def without(name: Mechanism) -> SimulatedTest | None:
        try:
            return replace(one, cell=with_switch_off(one.cell, name), protocol=protocol).run()
        except ComputationError:
            return None

    return without


def fates_without(
    one: VirtualCell,
    run: SimulatedTest,
    fate: Fate,
    whole_s: float,
    without: Callable[[Mechanism], SimulatedTest | None],
) -> dict[Mechanism, Fate]:
    """Return the fates of the same cell with one mechanism left out at a time; nothing is simulated in vain."""
    fates: dict[Mechanism, Fate] = {
        name: fate_of(run, one.nuisances, whole_s, tuple(other for other in OUTSIDE if other != name))
        for name in OUTSIDE
    }
    there = candidates(one.cell, one.parameters)
    if not fate.dead and fate.growth < LOST and not fate.faded:
        there = ("soft_short",) if "soft_short" in there else ()
    for name in there:
        other = without(name)
        if other is not None:
            fates[name] = fate_of(other, one.nuisances, whole_s)
    return fates
