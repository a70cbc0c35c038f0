"""The diagnosis of one cell, from its description and what was measured of it to odds, posterior and what does not fit.

Draws are made in blocks; at given numbers of them the odds are looked at, and when they have settled no more are made.
The numbers follow from the length of the test alone, never from a clock: the same seed gives the same answer.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from ionweld.analyse.cycling import diagnose as find_signs
from ionweld.analyse.cycling import first_of, summarise
from ionweld.errors import ComputationError
from ionweld.infer.causes import CauseOdds, learn_causes, ranked
from ionweld.infer.diagnosis import Findings, SeenOutcome
from ionweld.infer.draws import DiagnosisDraw, DrawPlan, draws_of, features_of, plan_of
from ionweld.infer.features import Features
from ionweld.infer.kept import KeptDraws
from ionweld.infer.observation import Observation
from ionweld.infer.posterior import CellPosterior, bridged, learn_parameters, likely_ties, posterior
from ionweld.infer.resemblance import Resemblance, resemblance
from ionweld.infer.strata import LOOKS as PER_RUN
from ionweld.infer.table import DrawTable, table_of
from ionweld.result import EventKind
from ionweld.spec.borrowed import borrowed
from ionweld.spec.cell import CellSpec
from ionweld.spec.derived import library_parameters
from ionweld.twin.pool import Mapper

Real = NDArray[np.float64]
BLOCK = 50
LOOKS = (200, 400, 600)  # simulated cells after which the odds are looked at
SETTLED = 0.03  # by which no odds differ between two looks
USUAL_HALF_CYCLES = 200  # of a test that gets as many cells as that; a longer one gets fewer
FEWEST = 200
FAILED_SHARE = 0.5  # of draws that could not be simulated: then nothing is said
Started = Callable[[str, int], Callable[[], None]]
ENDS = (EventKind.HARD_SHORT, EventKind.SOFT_SHORT, EventKind.END_OF_LIFE, EventKind.CONTACT_LOSS)


@dataclass(frozen=True)
class Inference:
    """A diagnosis with all that it was read from: what advice, experiments, figures and reports go on with.

    seen: features of the measured cell; row: the same in the order of the table; posterior.weights: of each draw.
    """

    diagnosis: Findings
    observation: Observation
    plan: DrawPlan
    table: DrawTable
    seen: Features
    causes: CauseOdds
    odds: Real
    posterior: CellPosterior
    resemblance: Resemblance

    @property
    def row(self) -> Real:
        """The features of the measured cell, in the order of the table's names."""
        return self.table.row(self.seen)


def looks(half_cycles: int) -> tuple[int, ...]:
    """Return after how many cells the odds are looked at, for a test of so many half cycles."""
    most = max(FEWEST, int(LOOKS[-1] * share_of_usual(half_cycles)))
    found = [look for look in LOOKS if look < most]
    return (*found, most)


def share_of_usual(half_cycles: int) -> float:
    """Return which share of the virtual cells of a usual test a longer one gets: its cells take longer."""
    return min(1.0, USUAL_HALF_CYCLES / max(1, half_cycles))


def infer(
    cell: CellSpec,
    observation: Observation,
    mapper: Mapper,
    started: Started,
    *,
    seed: int = 0,
    kept: Callable[[str], KeptDraws] | None = None,
    draws: int | None = None,
) -> Inference:
    """Return the diagnosis of a measured cell.

    mapper: keeps the order of its tasks; started: told of the draws; kept: where draws of a plan are kept, by its key;
    draws: how many cells, in place of what the length of the test gives. Raises ComputationError where most draws cannot be
    simulated.
    """
    begun = monotonic()
    plan, seen = plan_of(cell, observation, seed), features_of(observation)
    asked = (draws,) if draws is not None else looks(plan.protocol.half_cycles)
    table, causes, odds = _settle(plan, seen, asked, mapper, started("virtual cells", asked[-1]), kept)
    alike = resemblance(causes.cloud, table.row(seen))
    learnt = posterior(learn_parameters(table, mapper), table, table.row(seen), causes.held_out, odds)
    said = _diagnosis(cell, observation, table, odds, learnt, alike, monotonic() - begun)
    return Inference(said, observation, plan, table, seen, causes, odds, learnt, alike)


def _settle(
    plan: DrawPlan,
    seen: Features,
    asked: Sequence[int],
    mapper: Mapper,
    done: Callable[[], None],
    kept: Callable[[str], KeptDraws] | None,
) -> tuple[DrawTable, CauseOdds, Real]:
    """Return draws, what they teach, and the odds, when these have settled or all draws are made."""
    store = kept(plan.key) if kept is not None else None
    made = make_draws(plan, range(asked[0]), mapper, done, store)
    look = _look(made, seen, mapper)
    for so_far, count in pairwise(asked):
        made += make_draws(plan, range(so_far, count), mapper, done, store)
        before, look = look, _look(made, seen, mapper)
        if float(np.max(np.abs(look[-1] - before[-1]))) < SETTLED:
            break
    if store is not None:
        store.forget_the_oldest()
    return look


def _look(made: Sequence[DiagnosisDraw | None], seen: Features, mapper: Mapper) -> tuple[DrawTable, CauseOdds, Real]:
    """Return the draws that could be made, what they teach, and the odds of the measured cell."""
    table = table_of(_usable(made), seen)
    causes = learn_causes(table, mapper)
    return table, causes, causes.odds(table.row(seen))


def _usable(made: Iterable[DiagnosisDraw | None]) -> list[DiagnosisDraw]:
    every = list(made)
    good = [one for one in every if one is not None and one.features]
    if len(good) < FAILED_SHARE * len(every):
        seen = f"{len(every) - len(good)} of {len(every)} virtual cells could not be simulated through this test"
        raise ComputationError(f"{seen}: compare the cell's description with the currents of its file")
    return good


def make_draws(
    plan: DrawPlan, runs: range, mapper: Mapper, done: Callable[[], None], store: KeptDraws | None = None
) -> list[DiagnosisDraw | None]:
    """Return the draws of some simulated cells, in order: kept ones read, the others made and kept, block by block."""
    found: list[DiagnosisDraw | None] = []
    for first in range(runs.start, runs.stop, BLOCK):
        block = range(first, min(first + BLOCK, runs.stop))
        known = store.load(first) if store is not None else None
        if known is None or len(known) != len(block) * PER_RUN:
            known = []
            for some in mapper(draws_of, [(plan, run) for run in block]):
                known += some
                done()
            if store is not None:
                store.keep(first, known)
        else:
            for _ in block:
                done()
        found += known
    return found


def _diagnosis(
    cell: CellSpec,
    observation: Observation,
    table: DrawTable,
    odds: Real,
    learnt: CellPosterior,
    alike: Resemblance,
    seconds: float,
) -> Findings:
    mechanisms, undecided = ranked(odds)
    return Findings(
        cell=cell.name,
        explained=alike.explained,
        outcome=seen_outcome(observation),
        mechanisms=mechanisms,
        undecided=undecided,
        posterior=learnt.rows,
        ties=likely_ties(table, learnt.weights, odds),
        bridged=bridged(table, learnt.weights, odds),
        misfit=alike.misfit,
        seconds=seconds,
        draws=len({one.run for one in table.draws}),
        resemblance=alike.share,
        borrowed=borrowed(cell, library_parameters(cell)).sentence,
        warnings=observation.warnings,
    )


def seen_outcome(observation: Observation) -> SeenOutcome:
    """Return how the measured test ended, by the events of the analysis: the gravest of them, or alive."""
    summary = summarise(observation.test, observation.kind, observation.protocol.first)
    found = find_signs(observation.test, summary, observation.kind)
    for kind in ENDS:
        event = first_of(found, kind)
        if event is not None:
            return SeenOutcome(str(kind), event.cycle)
    return SeenOutcome("alive", summary.cycles.height)
