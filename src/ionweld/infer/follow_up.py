"""What follows a diagnosis: which experiment decides, and what to change, both over the draws that stand for the cell."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from ionweld.errors import ComputationError
from ionweld.infer.advice import DRAWS, Question, advise
from ionweld.infer.diagnosis import Findings
from ionweld.infer.draws import virtual_cell
from ionweld.infer.engine import Inference
from ionweld.infer.experiments import rank_experiments
from ionweld.infer.goal import Goal
from ionweld.infer.predictive import Predictive, predictive
from ionweld.infer.reach import usual_goal
from ionweld.infer.unknown import DrawnCell
from ionweld.simulate.seeds import stream
from ionweld.spec.protocol import AnyProtocol
from ionweld.twin.pool import Mapper

Started = Callable[[str, int], Callable[[], None]]


@dataclass(frozen=True)
class FollowedUp:
    """A diagnosis with experiments and advice, and the posterior's curves beside the measured one."""

    inference: Inference
    curves: Predictive

    @property
    def diagnosis(self) -> Findings:
        """What is said of the cell."""
        return self.inference.diagnosis


def followed_up(found: Inference, goal: Goal | None, mapper: Mapper, started: Started) -> FollowedUp:
    """Return a diagnosis with the experiments that would decide, and with advice.

    Raises InputError where the cell cannot have the goal. Advice that no draw can be run for is left out, with a warning.
    """
    begun = monotonic()
    curves = predictive(found, mapper, started)
    ranked = rank_experiments(found, mapper, started)
    said = found.diagnosis
    try:
        said = replace(said, counsel=advise(question(found, goal, DRAWS), mapper, started))
    except ComputationError as error:
        said = replace(said, warnings=(*said.warnings, f"no advice: {error}"))
    said = replace(said, experiments=ranked, seconds=said.seconds + monotonic() - begun)
    return FollowedUp(replace(found, diagnosis=said), curves)


def question(found: Inference, goal: Goal | None, count: int) -> Question:
    """Return what is asked of advice: the measured protocol, and draws of the posterior."""
    protocol = as_measured(found)
    draws = posterior_draws(found, count)
    return Question(found.plan.prior.cell, protocol, goal or usual_goal(protocol), draws, f"{found.plan.seed}/advice")


def as_measured(found: Inference) -> AnyProtocol:
    """Return the protocol of the measured cell, for the cell as it is described."""
    prior = found.plan.prior
    return found.plan.protocol.of(prior.cell, prior.parameters)


def posterior_draws(found: Inference, count: int) -> list[DrawnCell]:
    """Return cells that stand for the measured one: draws by their weights, evenly spaced (systematic resampling).

    A cell that is taken again has another chance: the same materials, other flaws.
    """
    ends = np.cumsum(found.posterior.weights)
    at = (np.arange(count) + stream(found.plan.seed, "resampling").random()) / count * ends[-1]
    places, taken, cells = np.searchsorted(ends, at), {}, []
    for place in np.minimum(places, ends.size - 1).tolist():
        draw = found.table.draws[place]
        one, again = virtual_cell(found.plan, draw.number), taken.get(draw.run, -1) + 1
        taken[draw.run] = again
        cells.append(DrawnCell(one.cell, one.parameters, one.seed if again == 0 else f"{one.seed}/{again}"))
    return cells
