"""The join: why a measured cell fails, from its description and its measurements."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from ionweld.api.cells import Cell, as_cell
from ionweld.api.measurements import Measurement, measured, sweep_of
from ionweld.api.quantities import Place, count
from ionweld.api.result import Result
from ionweld.errors import Fault, InputError
from ionweld.infer.diagnosis import (
    WORDS,
    Advice,
    Misfit,
    PosteriorRow,
    RankedExperiment,
    SeenOutcome,
)
from ionweld.infer.engine import Inference, infer
from ionweld.infer.kept import KeptDraws, user_cache
from ionweld.infer.moments import HOW, SpectrumMoment, given_file, moment
from ionweld.infer.observation import observe, read_files
from ionweld.measurement.cycling import Cycling
from ionweld.measurement.impedance import Spectrum
from ionweld.read.cycling import read_cycling_file
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
    """

    found: Inference

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
    def warnings(self) -> tuple[str, ...]:
        said = self.found.diagnosis
        return (*([said.borrowed] if said.borrowed else []), *said.warnings)

    def table(self) -> pl.DataFrame:
        """Return one row per mechanism, most likely first."""
        return pl.DataFrame({"mechanism": list(self.odds), "odds": list(self.odds.values())})

    def to_dict(self) -> dict[str, Any]:
        return self.found.diagnosis.to_dict()

    def _draw(self, ax: "Axes") -> None:
        shown = {name: odds for name, odds in self.odds.items() if odds >= 0.005}
        ax.barh([WORDS.get(name, name) for name in shown][::-1], list(shown.values())[::-1])
        ax.set(xlabel="odds", xlim=(0.0, 1.0))


def diagnose(
    cell: Cell | Place,
    measurements: Iterable[Any],
    *,
    first: Literal["charge", "discharge"] | None = None,
    seed: int = 0,
    workers: int | None = None,
    draws: int | None = None,
) -> Diagnosis:
    """Say why a cell fails: the mechanism with its odds, what is known better now, and what does not fit.

    Parameters
    ----------
    cell : Cell or path
        What is known of the cell; what is not stays open within its range.
    measurements : list
        Cycling tests, as measurements or paths; spectra with their moment, as ``("after", spectrum)`` or as text,
        ``"after=b.csv"``. Moments are before, after and cycle:20, with a temperature of their own before@100degC. A
        simulated spectrum knows its moment.
    first : {"charge", "discharge"}, optional
        Which half cycle opens a cycle.
    seed : int
        Of chance: the same seed gives the same numbers, on any number of workers.
    workers : int, optional
        Processes; one without it.
    draws : int, optional
        How many virtual cells, in place of what the length of the test gives.

    Raises
    ------
    InputError
        With every fault: a file that cannot be read, a spectrum without its moment, a test of another kind of cell.
    ComputationError
        When most virtual cells cannot be simulated through this test.
    """
    described = as_cell(cell).spec
    tests, spectra = _sorted(measurements, described.temperature.value)
    observation = observe(described, tests, spectra, first)
    known = None if draws is None else count(draws, "draws", 50)
    with processes(count(workers or 1, "workers")) as mapper:
        found = infer(
            described,
            observation,
            mapper,
            lambda _title, _total: lambda: None,
            seed=count(seed, "seed", 0),
            kept=lambda key: KeptDraws(user_cache(), key),
            draws=known,
        )
    return Diagnosis(found)


def _sorted(
    measurements: Iterable[Any], temperature_K: float
) -> tuple[list[Cycling], list[tuple[SpectrumMoment, Spectrum]]]:
    """Return tests and spectra of what a person gave."""
    tests: list[Cycling] = []
    spectra: list[tuple[SpectrumMoment, Spectrum]] = []
    for one in [measurements] if isinstance(measurements, str | Measurement) else measurements:
        if isinstance(one, tuple) and len(one) == 2:
            spectra.append((moment(str(one[0])), sweep_of(one[1], "measurements")))
        elif isinstance(one, Measurement) and one.technique == "eis":
            spectra.append((_own_moment(one.data), one.data))
        elif isinstance(one, Measurement):
            tests.append(measured(one, "cycling", "measurements", read_cycling_file))
        else:
            read = read_files([given_file(str(one))], temperature_K)
            tests, spectra = tests + read[0], spectra + read[1]
    return tests, spectra


def _own_moment(data: Spectrum) -> SpectrumMoment:
    """Return the moment that a simulated spectrum knows. Raises InputError for a measured one."""
    said = data.provenance.details.get("moment", "")
    found = _SIMULATED.match(said)
    if said.startswith("before"):
        return SpectrumMoment("before")
    if found is None:
        mend = f'Give ("after", spectrum). {HOW}'
        raise InputError(Fault(data.where, "is a spectrum, and does not say when it was taken", mend))
    return SpectrumMoment("after") if "ended" in said else SpectrumMoment("cycle", int(found[1]))
