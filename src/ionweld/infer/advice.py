"""What to change: every lever moved over the same draws of the unknown, with the same chance, and what is gained.

A draw is a cell that may be the real one. It is run as it is and with a lever moved, and the two differ by the lever alone.
A lever is first tried at all of its steps on a few draws that die: one that outlives its test has nothing to gain in it. Its
best step then goes through all of them, if it helps any of the few. The changes that help most are tried together at last,
because a goal may take several.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ionweld.errors import ComputationError, InputError
from ionweld.infer.goal import Goal
from ionweld.infer.levers import Change, SilentLever, changes, levers
from ionweld.infer.reach import Reach, goal_test, horizon, reach
from ionweld.infer.unknown import DrawnCell, carried_over
from ionweld.simulate.cell import simulate
from ionweld.simulate.refusals import refuse_the_impossible
from ionweld.spec.borrowed import borrowed
from ionweld.spec.cell import CellSpec
from ionweld.spec.conditions import placed
from ionweld.spec.protocol import AnyProtocol
from ionweld.twin.calibrated import parameters_for
from ionweld.twin.pool import Mapper

DRAWS = 20
TRIED, LEAST_TRIED, RUNS_TRIED = 6, 2, 18  # draws on which a step is tried: fewer where a lever has many steps
BEST = 3  # changes that are tried together
TOLERANCE = 1e-4  # of the integrator: lives scatter by far more
LEAST = 0.05  # a life, a current or a capacity that is larger by less is taken as the same
LIKELY, UNLIKELY = 0.5, 0.05  # the share of draws from which a goal counts as reachable, and up to which as not

Started = Callable[[str, int], Callable[[], None]]


@dataclass(frozen=True, slots=True)
class Question:
    """A cell as described, its test, the goal, and cells that may be the real one. seed: of what a change brings in."""

    cell: CellSpec
    protocol: AnyProtocol
    goal: Goal
    draws: list[DrawnCell]
    seed: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A drawn cell, changed or not, in the test of a goal."""

    drawn: DrawnCell
    protocol: AnyProtocol
    goal: Goal


@dataclass(frozen=True, slots=True)
class Advice:
    """A change and what it brings, over the draws. gain, low, high: median, 5 and 95 %, in `unit`; factor: its median, where no
    draw was at 0.

    helps, hurts, reaches: the share of the draws in which it does, and in which the goal is reached (None without one);
    alive: the share that outlives its test, whose gain is the least there is; median: of what is reached.
    """

    change: str
    lever: str
    lab: str
    unit: str
    gain: float
    low: float
    high: float
    factor: float | None
    helps: float
    hurts: float
    reaches: float | None
    alive: float
    median: float
    draws: int
    note: str = ""

    @property
    def probability(self) -> float:
        """That the goal is reached; without a goal, that the change helps."""
        return self.helps if self.reaches is None else self.reaches


@dataclass(frozen=True, slots=True)
class AsItIs:
    """The cell unchanged: median, 5 and 95 % of what it reaches, in `unit`; shares that reach the goal and outlive the test."""

    unit: str
    median: float
    low: float
    high: float
    reaches: float | None
    alive: float
    draws: int


@dataclass(frozen=True, slots=True)
class Counsel:
    """All advice, the likeliest first. together: the best changes at once; silent: levers of which nothing can be said.

    reachable: whether the goal can be reached; None where no goal was given, or where the draws do not agree.
    """

    goal: Goal
    as_it_is: AsItIs
    advice: tuple[Advice, ...]
    together: Advice | None
    silent: tuple[SilentLever, ...]
    reachable: bool | None
    stalled: int = 0


@dataclass(slots=True)
class _Tried:
    """A cell, changed or not, in its test, and what its draws reached so far (None where one could not be integrated)."""

    text: str
    changes: tuple[Change, ...]
    trials: list[Trial]
    note: str = ""
    found: list[Reach | None] = field(default_factory=list)


def advise(question: Question, mapper: Mapper, started: Started) -> Counsel:
    """Return what to change. Raises InputError where the cell cannot have the goal, ComputationError where no draw runs."""
    bench = DrawRunner(question, mapper, started)
    plain = bench.as_drawn()
    dying = sum(one is not None and not one.alive for one in plain.found)
    candidates, silent = bench.candidates()
    steps = _by_lever(candidates)
    bench.run("levers", [(one, _first_look(lever, dying)) for lever in steps for one in lever])
    best = [bench.best(plain, one) for one in steps]
    bench.run("best steps", [(one, None) for one in best if bench.advice(plain, one).helps > 0.0])
    advice = sorted(((bench.at_last(plain, one), one) for one in best), key=lambda pair: _rank(pair[0]), reverse=True)
    together = bench.together(plain, [one for said, one in advice if said.helps >= LIKELY][:BEST])
    as_it_is, shown = bench.as_it_is(plain), tuple(said for said, _ in advice)
    reachable = _reachable(as_it_is, [*shown, *([together] if together is not None else [])])
    return Counsel(question.goal, as_it_is, shown, together, tuple(silent), reachable, plain.found.count(None))


class DrawRunner:
    """What runs the draws of one question."""

    def __init__(self, question: Question, mapper: Mapper, started: Started) -> None:
        self.question, self.mapper, self.started = question, mapper, started
        self.longest = horizon(question.goal, question.cell, question.protocol)

    def as_drawn(self) -> _Tried:
        """Return the cell as it is, run; the draws that die come first from now on, and those that stall last.

        Raises ComputationError where all of them do.
        """
        plain = self.prepared(())
        self.run("draws", [(plain, None)])
        if not any(plain.found):
            raise ComputationError("no draw of this cell could be integrated through its test")
        order = sorted(range(len(plain.found)), key=lambda place: _last(plain.found[place]))
        draws, trials, found = (
            [known[place] for place in order] for known in (self.question.draws, plain.trials, plain.found)
        )
        self.question = replace(self.question, draws=draws)
        return replace(plain, trials=trials, found=found)

    def prepared(self, made: tuple[Change, ...]) -> _Tried:
        """Return the cell with changes, ready to run. Raises InputError where such a cell or test cannot be."""
        asked = self.question
        cell, protocol = asked.cell, asked.protocol
        for change in made:
            cell, protocol = change.step(cell, protocol)
        test = goal_test(asked.goal, cell, protocol, self.longest)
        refuse_the_impossible(cell, test)
        text = " and ".join(change.text for change in made)
        parameters = carried_over([one.parameters for one in asked.draws], asked.cell, cell, f"{asked.seed}/{text}")
        trials = []
        for one, drawn in zip(asked.draws, parameters, strict=True):
            other = one.cell
            for change in made:
                other, _ = change.step(other, asked.protocol)
            trials.append(Trial(replace(one, cell=other, parameters=drawn), placed(test, drawn), asked.goal))
        said = borrowed(cell, parameters_for(cell)).sentence
        note = said if said != borrowed(asked.cell, parameters_for(asked.cell)).sentence else ""
        return _Tried(text, made, trials, note)

    def candidates(self) -> tuple[list[_Tried], list[SilentLever]]:
        """Return every lever at every step that can be, and the levers that have none."""
        found, silent = [], []
        for lever in levers():
            steps = changes(lever, self.question.cell, self.question.protocol, self.question.goal)
            if isinstance(steps, SilentLever):
                silent.append(steps)
                continue
            ready, why = [], ""
            for change in steps:
                try:
                    ready.append(self.prepared((change,)))
                except InputError as error:
                    why = error.faults[0].seen
            found += ready
            silent += [] if ready else [SilentLever(lever.name, why)]
        return found, silent

    def run(self, title: str, wanted: list[tuple[_Tried, int | None]]) -> None:
        """Run each cell through its first draws, as many as wanted (None: all), beyond those that it has."""
        tasks, places = [], []
        for one, count in wanted:
            waiting = one.trials[len(one.found) : count]
            tasks += waiting
            places += [one] * len(waiting)
        done = self.started(title, len(tasks))
        for one, found in zip(places, self.mapper(reached, tasks), strict=True):
            one.found.append(found)
            done()

    def best(self, plain: _Tried, steps: list[_Tried]) -> _Tried:
        """Return the step of a lever that brings most on the draws that all of them have."""
        return max(steps, key=lambda one: _rank(self.advice(plain, one)))

    def at_last(self, plain: _Tried, changed: _Tried) -> Advice:
        """Return what a change brings; one left after a few draws, as it helped none, reaches what the cell as it is does."""
        found = self.advice(plain, changed)
        if len(changed.found) == len(plain.found):
            return found
        return replace(found, reaches=self._share([one for one in plain.found if one is not None]))

    def together(self, plain: _Tried, helping: list[_Tried]) -> Advice | None:
        """Return what the changes that help most bring at once; None where there are not two, or they cannot be combined."""
        if len(helping) < 2:
            return None
        try:
            all_of_them = self.prepared(tuple(change for one in helping for change in one.changes))
        except InputError:
            return None
        self.run("together", [(all_of_them, None)])
        return self.advice(plain, all_of_them)

    def as_it_is(self, plain: _Tried) -> AsItIs:
        """Return what the cell reaches unchanged."""
        kind, known = self.question.goal.kind, [one for one in plain.found if one is not None]
        low, median, high = _quantiles([kind.written(one.value) for one in known])
        alive = float(np.mean([one.alive for one in known]))
        return AsItIs(kind.shown, median, low, high, self._share(known), alive, len(known))

    def _share(self, found: list[Reach]) -> float | None:
        target = self.question.goal.target
        return None if target is None else float(np.mean([one.reaches(target) is True for one in found]))

    def advice(self, plain: _Tried, changed: _Tried) -> Advice:
        """Return what a change brings, over the draws that could be integrated both with and without it."""
        kind = self.question.goal.kind
        pairs = [(a, b) for a, b in zip(plain.found, changed.found, strict=False) if a is not None and b is not None]
        before = np.array([kind.written(a.value) for a, _ in pairs] or [np.nan])
        after = np.array([kind.written(b.value) for _, b in pairs] or [np.nan])
        low, gain, high = _quantiles(after - before)
        factor = float(np.median(after / before)) if (before > 0.0).all() else None
        first = changed.changes[0].lever
        return Advice(
            change=changed.text,
            lever=first.name if len(changed.changes) == 1 else "together",
            lab=first.lab if len(changed.changes) == 1 else "",
            unit=kind.shown,
            gain=gain,
            low=low,
            high=high,
            factor=factor,
            helps=float(np.mean(after > (1.0 + LEAST) * before)),
            hurts=float(np.mean(before > (1.0 + LEAST) * after)),
            reaches=self._share([b for _, b in pairs]) if pairs else None,
            alive=float(np.mean([b.alive for _, b in pairs])) if pairs else 0.0,
            median=float(np.median(after)),
            draws=len(pairs),
            note=changed.note,
        )


def reached(task: Trial) -> Reach | None:
    """Return how far one draw comes; None where its integration stalls."""
    one = task.drawn
    try:
        return reach(task.goal, simulate(one.cell, task.protocol, one.parameters, one.seed, tolerance=TOLERANCE))
    except (ComputationError, ArithmeticError):
        return None


def _last(found: Reach | None) -> int:
    return 2 if found is None else int(found.alive)


def _first_look(steps: list[_Tried], dying: int) -> int:
    """Return on how many draws each step of a lever is tried."""
    return min(TRIED, max(LEAST_TRIED, min(dying, RUNS_TRIED // len(steps))))


def _by_lever(candidates: list[_Tried]) -> list[list[_Tried]]:
    """Return the steps of each lever."""
    found: dict[str, list[_Tried]] = {}
    for one in candidates:
        found.setdefault(one.changes[0].lever.name, []).append(one)
    return list(found.values())


def _quantiles(values: Sequence[float] | NDArray[np.float64]) -> tuple[float, float, float]:
    low, median, high = np.quantile(np.asarray(values, dtype=np.float64), [0.05, 0.5, 0.95])
    return float(low), float(median), float(high)


def _rank(one: Advice) -> tuple[float, float, float]:
    return one.reaches or 0.0, one.helps - one.hurts, one.gain


def _reachable(as_it_is: AsItIs, changed: list[Advice]) -> bool | None:
    """Return whether the cell, as it is or with any of the changes, reaches the goal; None where the draws do not agree."""
    if as_it_is.reaches is None:
        return None
    best = max([as_it_is.reaches, *(one.reaches or 0.0 for one in changed)])
    return True if best >= LIKELY else False if best <= UNLIKELY else None
