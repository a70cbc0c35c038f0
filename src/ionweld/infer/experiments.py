"""What to measure next: how much each experiment is expected to teach of the cause, in bits.

    bits = H(cause | what is known) - E[ H(cause | what is known, outcome) ]

Draws that stand for the measured cell (the posterior's heaviest) are run through each experiment. Trees learn the cause from
its outcome, for each draw from the draws of other folds, and what they say is joined with the odds that the draw has so far:

    ln p(cause)  =  a ln(odds so far)  +  b ln(odds by the outcome)  +  constant

The entropies are the mean of -log2 of the probability of each draw's true cause, with the a and b that make it least, and
with b = 0. The price of one more fitted number is taken off, so that an outcome of mere noise teaches nothing. The interval
is that of the mean over the draws: two standard errors of what each gains.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import log
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator
from scipy.optimize import minimize

from ionweld.errors import ComputationError, InputError
from ionweld.infer import trees
from ionweld.infer.causes import entropy_bits
from ionweld.infer.diagnosis import RankedExperiment
from ionweld.infer.draws import DrawPlan, virtual_cell
from ionweld.infer.engine import Inference, share_of_usual
from ionweld.infer.features import Features
from ionweld.infer.outcomes import CutOpen, CycledOn, FullCell, NextSpectrum, SecondCell, Step, VirtualBench
from ionweld.infer.table import CAUSES, FOLDS
from ionweld.spec.faults import check, shipped
from ionweld.spec.part import Part
from ionweld.twin.pool import Mapper

FILE = "experiments.toml"
DRAWS = 100  # the heaviest of the posterior; fewer where a test is long
LEAST_DRAWS = 30
FEWEST = 50
SHOWN = 0.5  # of the draws: an outcome that fewer have teaches nothing
SETTLED_BITS = 0.1  # of entropy: then there is nothing left to decide
LEAST = 1e-4  # of a probability, before its logarithm
WIDTH = 2.0  # standard errors to either side
Real = NDArray[np.float64]
Started = Callable[[str, int], Callable[[], None]]


class Experiment(Part):
    """See the top of experiments.toml: exactly one of its ways."""

    name: str
    hours: float = Field(ge=0.0)
    spectrum: NextSpectrum | None = None
    on: CycledOn | None = None
    second: SecondCell | None = None
    full: FullCell | None = None
    section: CutOpen | None = None

    @property
    def ways(self) -> list[Step]:
        """What is done: one thing."""
        every = (self.spectrum, self.on, self.second, self.full, self.section)
        return [one for one in every if one is not None]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if len(self.ways) != 1:
            raise ValueError("an experiment does exactly one thing")
        return self


class Experiments(Part):
    """The file."""

    experiment: list[Experiment]


@cache
def experiments() -> tuple[Experiment, ...]:
    """Return all experiments there are."""
    return tuple(check(Experiments, shipped("ionweld.infer", FILE), FILE).experiment)


def possible(found: Inference) -> list[Experiment]:
    """Return the experiments that can be done: a dead cell is not cycled on, a full cell has its cathode already."""
    dead = found.diagnosis.outcome.kind != "alive"
    full = found.plan.kind == "full"
    return [one for one in experiments() if not (one.on and dead) and not (one.full and full)]


def rank_experiments(found: Inference, mapper: Mapper, started: Started) -> tuple[RankedExperiment, ...]:
    """Return the experiments by what they are expected to teach; none where the cause is settled, or draws are too few."""
    entropy = float(entropy_bits(found.odds))
    weights = found.posterior.weights
    heaviest = np.argsort(-weights, kind="stable")[: _count(found.plan)]
    heaviest = heaviest[weights[heaviest] > 0.0]
    if entropy < SETTLED_BITS or heaviest.size < LEAST_DRAWS:
        return ()
    chosen, done, outcomes = possible(found), started("experiments", heaviest.size), []
    tasks = [(found.plan, found.table.draws[place].number, chosen) for place in heaviest.tolist()]
    for one in mapper(outcomes_of, tasks):
        outcomes.append(one)
        done()
    share = weights[heaviest] / weights[heaviest].sum()
    known = found.causes.held_out[heaviest]
    causes, folds = found.table.causes[heaviest], found.table.folds[heaviest]
    ranked = []
    for place, experiment in enumerate(chosen):
        taught = bits(known, _matrix([one[place] for one in outcomes]), causes, folds, share).at_most(entropy)
        hours = experiment.hours + experiment.ways[0].hours(found.plan)
        ranked.append(RankedExperiment(experiment.name, taught.bits, hours, taught.low, taught.high))
    return tuple(sorted(ranked, key=lambda one: (-one.bits, one.hours)))


def _count(plan: DrawPlan) -> int:
    return max(min(FEWEST, DRAWS), int(DRAWS * share_of_usual(plan.protocol.half_cycles)))


def outcomes_of(task: tuple[DrawPlan, int, list[Experiment]]) -> list[Features]:
    """Return what each experiment shows of one draw; nothing where it cannot be simulated."""
    plan, number, chosen = task
    one = virtual_cell(plan, number)
    try:
        bench = VirtualBench(plan, one, one.run())
    except (ComputationError, InputError, ArithmeticError):
        return [{} for _ in chosen]
    return [_outcome(experiment, bench) for experiment in chosen]


def _outcome(experiment: Experiment, bench: VirtualBench) -> Features:
    try:
        return experiment.ways[0].outcome(bench)
    except (ComputationError, InputError, ArithmeticError):
        return {}


def _matrix(outcomes: list[Features]) -> Real:
    """Return outcomes side by side, NaN where a draw lacks a feature."""
    names = list(dict.fromkeys(name for one in outcomes for name in one))
    return np.array([[one.get(name, np.nan) for name in names] for one in outcomes]).reshape(len(outcomes), len(names))


@dataclass(frozen=True, slots=True)
class Taught:
    """What an experiment teaches (bits), and between which values this is known."""

    bits: float
    low: float
    high: float

    def at_most(self, most: float) -> "Taught":
        """Return the same where no more than so many bits can be taught."""
        return Taught(*(min(value, most) for value in (self.bits, self.low, self.high)))


def bits(known: Real, outcomes: Real, causes: NDArray[np.int64], folds: NDArray[np.int64], weights: Real) -> Taught:
    """Return what outcomes (draws, features) teach of causes (draws,), beyond the odds so far (draws, causes)."""
    if not outcomes.size or np.mean(np.isfinite(outcomes).any(axis=1)) < SHOWN:
        return Taught(0.0, 0.0, 0.0)
    so_far, told = np.log(np.maximum(known, LEAST)), _told(outcomes, causes, folds)

    def losses(z: Real) -> Real:
        logs = z[0] * so_far + max(0.0, z[1]) * told
        logs = logs - logs.max(axis=1, keepdims=True)
        p = np.exp(logs[np.arange(causes.size), causes]) / np.exp(logs).sum(axis=1)
        return -np.log(np.maximum(p, LEAST))

    before = minimize(lambda z: weights @ losses(np.array([z[0], 0.0])), [1.0], method="Nelder-Mead")
    after = minimize(lambda z: weights @ losses(z), [float(before.x[0]), 0.1], method="Nelder-Mead")
    gained = losses(np.array([before.x[0], 0.0])) - losses(after.x)
    price = float(np.sum(weights**2))  # 1 over the number of draws that count, in nats: Akaike's, of one parameter
    mean = float(weights @ gained)
    error = float(np.sqrt(np.sum(weights**2 * (gained - mean) ** 2)))
    at = np.array([mean - price, mean - price - WIDTH * error, mean - price + WIDTH * error])
    return Taught(*np.maximum(0.0, at / log(2.0)).tolist())


def _told(outcomes: Real, causes: NDArray[np.int64], folds: NDArray[np.int64]) -> Real:
    """Return ln of the odds of each cause by the outcome alone, for each draw by trees that did not see it."""
    logs = np.zeros((causes.size, len(CAUSES)))
    for fold in range(FOLDS):
        left = folds == fold
        if left.any() and len(np.unique(causes[~left])) > 1:
            found = trees.probabilities(trees.classifier(outcomes[~left], causes[~left]), outcomes[left], len(CAUSES))
            logs[left] = np.log(np.maximum(found, LEAST))
    return logs
