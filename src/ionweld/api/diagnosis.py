"""The join: why a measured cell fails, from its description and its measurements."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Unpack

import polars as pl

from ionweld.api.cells import Cell, as_cell
from ionweld.api.keywords import RunKeywords, Running, passes_on
from ionweld.api.measurements import Measurement
from ionweld.api.quantities import Place, count, each, is_list, path_of, text_of
from ionweld.api.reading import measured, sweep_of
from ionweld.api.result import Result
from ionweld.infer.diagnosis import (
    Advice,
    Misfit,
    PosteriorRow,
    RankedExperiment,
    SeenOutcome,
)
from ionweld.infer.engine import Inference, infer
from ionweld.infer.follow_up import FollowedUp, followed_up
from ionweld.infer.goal import parse_goal
from ionweld.infer.kept import KeptDraws, user_cache
from ionweld.infer.moments import SpectrumMoment, given_file, moment
from ionweld.infer.observation import Spectra, observe, read_files
from ionweld.measurement.cycling import CyclingTest
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.read.cycling import read_cycling_file
from ionweld.spec.cell import CellSpec
from ionweld.twin.pool import workers as processes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIMULATED = re.compile(r"after the \w+ of cycle (\d+)")


@dataclass(frozen=True, eq=False, repr=False)
class Diagnosis(Result):
    """Why a cell fails.

    Attributes
    ----------
    found
        Everything that it was read from: the draws, their features, causes and weights.
    followed
        The same with what follows: the curves of the posterior, experiments and advice.
    """

    followed: FollowedUp

    @property
    def found(self) -> Inference:
        """Everything that it was read from."""
        return self.followed.inference

    @property
    def verdict(self) -> str:
        return self.found.diagnosis.verdict

    @property
    def odds(self) -> dict[str, float]:
        """The odds of each mechanism, most likely first; `undecided` besides, and all add up to 1."""
        said = self.found.diagnosis
        return {one.mechanism: one.odds for one in said.mechanisms} | {"undecided": said.undecided}

    @property
    def explained(self) -> bool:
        """Whether any virtual cell behaves like this one. If not, the odds are worth little."""
        return self.found.diagnosis.explained

    @property
    def outcome(self) -> SeenOutcome:
        """How the measured test ended: kind of event and cycle."""
        return self.found.diagnosis.outcome

    @property
    def posterior(self) -> tuple[PosteriorRow, ...]:
        """Parameters before and after the data, with 95 % intervals."""
        return self.found.diagnosis.posterior

    @property
    def misfit(self) -> tuple[Misfit, ...]:
        """What of the cell no virtual cell like it shows."""
        return self.found.diagnosis.misfit

    @property
    def experiments(self) -> tuple[RankedExperiment, ...]:
        """What to measure next, the most telling first."""
        return self.found.diagnosis.experiments

    @property
    def advice(self) -> tuple[Advice, ...]:
        """What to change, with the gain to expect."""
        return self.found.diagnosis.advice

    @property
    def reachable(self) -> bool | None:
        """Whether the goal can be reached; None without a goal, or where the draws do not agree."""
        counsel = self.found.diagnosis.counsel
        return None if counsel is None else counsel.reachable

    @property
    def warnings(self) -> tuple[str, ...]:
        said = self.found.diagnosis
        return (*([said.borrowed] if said.borrowed else []), *said.warnings)

    def table(self) -> pl.DataFrame:
        """Return one row per mechanism, most likely first."""
        return pl.DataFrame({"mechanism": list(self.odds), "odds": list(self.odds.values())})

    def to_dict(self) -> dict[str, Any]:
        return self.found.diagnosis.to_dict()

    def to_parameters(self, path: Place) -> None:
        """Write what the data leave of the cell's parameters into a file `path`, for ``iw.simulate(..., parameters=path)``.

        Raises OutputError.
        """
        from ionweld.infer.calibration import parameter_text
        from ionweld.measurement.store import write_whole

        write_whole(path_of(path, "path"), parameter_text(self.found))

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.diagnosis_figures import draw_odds, draw_verdict

        if self.followed.curves.draws.size:
            draw_verdict(ax, self.followed.curves, self.outcome)
        else:
            draw_odds(ax, self.found.diagnosis)

    def _page(self) -> str:
        from ionweld.report.diagnosis import whole_page

        return whole_page(self.followed)


@passes_on(Running)
def diagnose(
    cell: Cell | Place,
    measurements: Iterable[Any],
    *,
    goal: str | None = None,
    first: Literal["charge", "discharge"] | None = None,
    draws: int | None = None,
    **run: Unpack[RunKeywords],
) -> Diagnosis:
    """Say why a cell fails: the mechanism with its odds, which experiment decides, and what to change.

    Parameters
    ----------
    cell : Cell or path
        What is known of the cell; what is not stays open within its range.
    measurements : list
        Cycling tests, as measurements or paths; spectra with their moment, as ``("after", spectrum)`` or as text,
        ``"after=b.csv"``. Moments are before, after and cycle:20, with a temperature of their own before@100degC. A
        simulated spectrum knows its moment.
    goal : str, optional
        "400 h at 0.4 mA/cm^2", "200 cycles", "critical current 1 mA/cm^2", "80 % capacity after 100 cycles"; else a longer life.
    first : {"charge", "discharge"}, optional
        Which half cycle opens a cycle.
    draws : int, optional
        How many virtual cells, in place of what the length of the test gives.
    seed, workers : int
        The same seed gives the same numbers, on any number of processes.
    progress : callable, optional
        As for `reproduce`.

    Returns
    -------
    Diagnosis
        Odds of each mechanism, whether any virtual cell is like this one, parameters before and after (SI), experiments with
        what they teach (bits), changes with their gain.

    Raises
    ------
    InputError
        With every fault: of a file, a spectrum without its moment, another kind of cell, a goal that it cannot have.
    ComputationError
        When most virtual cells cannot be simulated through this test.

    Examples
    --------
    >>> import ionweld as iw
    >>> iw.diagnose("examples/bare.toml", [], goal="a long life")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ionweld.errors.SpecError: goal: ...
    """
    said, described = Running(**run), as_cell(cell).spec
    aim = None if goal is None else parse_goal(text_of(goal, "goal", "400 h at 0.4 mA/cm^2"))
    tests, spectra = sorted_measurements(measurements, described)
    observation = observe(described, tests, spectra, first)
    known, number = None if draws is None else count(draws, "draws", 50), count(said.seed, "seed", 0)
    with processes(count(said.workers, "workers")) as mapper:
        found = infer(described, observation, mapper, said.started, seed=number, kept=_kept, draws=known)
        return Diagnosis(followed_up(found, aim, mapper, said.started))


def _kept(key: str) -> KeptDraws:
    return KeptDraws(user_cache(), key)


def sorted_measurements(measurements: Iterable[Any], cell: CellSpec) -> tuple[list[CyclingTest], Spectra]:
    """Return tests and spectra of what a person gave of a cell."""
    tests: list[CyclingTest] = []
    spectra: list[tuple[SpectrumMoment | None, ImpedanceSpectrum]] = []
    for one in [measurements] if isinstance(measurements, Measurement) else each(measurements, "measurements"):
        if is_list(one) and len(one) == 2:
            spectra.append((moment(str(one[0])), sweep_of(one[1], "measurements")))
        elif isinstance(one, Measurement) and one.technique == "eis":
            spectra.append((_own_moment(one.data), one.data))
        elif isinstance(one, Measurement):
            tests.append(measured(one, "cycling", "measurements", read_cycling_file))
        else:
            read = read_files([given_file(str(one))], cell)
            tests, spectra = [*tests, *read[0]], [*spectra, *read[1]]
    return tests, spectra


def _own_moment(data: ImpedanceSpectrum) -> SpectrumMoment | None:
    """Return the moment that a simulated spectrum knows; None for a measured one."""
    said = data.provenance.details.get("moment", "")
    found = _SIMULATED.match(said)
    if said.startswith("before"):
        return SpectrumMoment("before")
    if found is None:
        return None
    return SpectrumMoment("after") if "ended" in said else SpectrumMoment("cycle", int(found[1]))
