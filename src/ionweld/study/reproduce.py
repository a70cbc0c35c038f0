"""Reproduce a study: run its cells as ensembles, and set what comes out beside each number it is compared with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

from ionweld.errors import Fault, SpecError
from ionweld.simulate.run import Outcome
from ionweld.spec.derived import library_parameters
from ionweld.spec.library import Entry
from ionweld.spec.quantity import parse_quantity
from ionweld.study.calibration import predictive, recalibrate
from ionweld.study.characterisation import Characterisation, characterise
from ionweld.study.impedance import ImpedanceStudy, study_impedance
from ionweld.study.published import Study
from ionweld.study.rivals import Rivals, rivals
from ionweld.study.text import PaperNumber
from ionweld.twin.calibrated import Calibrated
from ionweld.twin.ensemble import Band, DrawnCells, Look, Member, Recipe, run, run_draws, under
from ionweld.twin.impedance_ensemble import PointSpectra, cell_impedance, member_spectra
from ionweld.twin.library_draws import library_draws, with_conditions
from ionweld.twin.observables import Observable, observe
from ionweld.twin.pool import Mapper, workers
from ionweld.units import to_si, written_unit

SPECTRA = 20  # cells of each kind whose spectra are drawn

Started = Callable[[str, int], Callable[[], None]]  # (title, total) -> what to call after each piece


@dataclass(frozen=True, slots=True)
class Target:
    """A number of the paper beside the twin's, in the paper's unit.

    twin: median of the cells at the calibrated parameters. twin_low, twin_high: 5-95 % band of single cells, over chance
    and over what the data and the paper leave open of parameters and conditions; chance_low, chance_high: over chance
    alone. `why` says how `holds` was decided and, for a miss, what is known of its cause.
    """

    id: str
    quantity: str
    where: str
    unit: str
    paper: float
    relation: str
    twin: float
    twin_low: float
    twin_high: float
    chance_low: float
    chance_high: float
    role: str
    holds: bool
    why: str


@dataclass(frozen=True, slots=True)
class StudyParameters:
    """What a study's cells are simulated with: parameters by test, and draws of what is left uncertain of them.

    calibrated: None where the study has no calibration; then both are the library's.
    """

    calibrated: Calibrated | None
    parameters: dict[str, Entry]
    draws: dict[str, list[Entry]]


@dataclass(frozen=True, slots=True)
class Reproduction:
    """Everything that a reproduction found."""

    study: Study
    known: StudyParameters
    ensembles: dict[str, DrawnCells]
    drawn: dict[str, list[Member]]
    targets: list[Target]
    characterisation: Characterisation | None
    impedance: ImpedanceStudy | None
    spectra: dict[str, tuple[PointSpectra, ...]]
    rivals: Rivals | None
    seconds: float = field(compare=False)

    @property
    def parameters(self) -> Entry:
        """The parameters of all tests: one set where they were calibrated together, else those of the first test."""
        return next(iter(self.known.parameters.values()))


def reproduce(study: Study, started: Started, *, fresh_calibration: bool = False) -> Reproduction:
    """Run a study. fresh_calibration: calibrate from scratch instead of taking the kept result.

    Raises SpecError where it is asked for and the study has no calibration.toml.
    """
    begun = perf_counter()
    with workers() as mapper:
        known = _known(study, started, mapper, fresh_calibration)
        ensembles, drawn = {}, {}
        for test in study.tests:
            done = started(f"{test.name.replace('_', ' ')} cells", 2 * test.members)
            parameters = known.parameters[test.name]
            recipe = under(Recipe(f"{study.name}/{test.name}", *study.described(test), parameters), parameters)
            spectra = study.protocols[test.protocol].impedance
            look = Look(member_spectra, min(SPECTRA, test.members)) if spectra else None
            ensembles[test.name] = run(recipe, test.members, mapper, done, look)
            drawn[test.name] = run_draws(recipe, known.draws[test.name][: test.members], mapper, done)
        samples = study.characterisation
        seen = characterise(study, samples, ensembles[samples.interface.test], mapper) if samples else None
    impedance = study_impedance(study, study.impedance) if study.impedance else None
    spectra = {name: cell_impedance(cells) for name, cells in ensembles.items() if cells.looked}
    members = {name: (ensemble.members, drawn[name]) for name, ensemble in ensembles.items()}
    targets = [target(study, number, members, impedance) for number in study.targets()]
    readings = rivals(study, study.rivals, known.parameters[study.rivals.test]) if study.rivals else None
    seconds = perf_counter() - begun
    return Reproduction(study, known, ensembles, drawn, targets, seen, impedance, spectra, readings, seconds)


def _known(study: Study, started: Started, mapper: Mapper, fresh: bool) -> StudyParameters:
    settings, calibrated = study.calibration, study.calibrated
    if fresh:
        if settings is None:
            seen = f"the study {study.name} has no calibration.toml"
            raise SpecError(Fault("recalibrate", seen, "Leave --recalibrate out, or say what the calibration is told"))
        done = started("calibrating", settings.starts + settings.draws)
        calibrated = recalibrate(study, settings, mapper, done)
    if settings is None or calibrated is None:
        return _from_the_library(study)
    parameters, draws = predictive(study, settings, calibrated)
    names = [test.name for test in study.tests]
    return StudyParameters(calibrated, dict.fromkeys(names, parameters), dict.fromkeys(names, draws))


def _from_the_library(study: Study) -> StudyParameters:
    parameters, draws = {}, {}
    for test in study.tests:
        cell, protocol = study.described(test)
        known = with_conditions(library_parameters(cell), cell, protocol)
        parameters[test.name] = known
        draws[test.name] = library_draws(known, test.members, f"{study.name}/{test.name}")
    return StudyParameters(None, parameters, draws)


def _ended_before(observable: Observable, members: list[Member]) -> str:
    """Return how many cells count with their last state in a number of the test's end."""
    ended = sum(member.outcome is not Outcome.COMPLETED for member in members)
    if observable.at != "end" or not ended:
        return ""
    return f"; {ended} of {len(members)} cells ended before and count with their last state"


def target(
    study: Study,
    number: PaperNumber,
    members: dict[str, tuple[list[Member], list[Member]]],
    impedance: ImpedanceStudy | None,
) -> Target:
    """Return a number of the paper beside the twin's. members: by chance alone, and with all that is uncertain."""
    unit = written_unit(number.value)
    scale = to_si(f"1 {unit}", number.unit) if unit != "1" else 1.0
    observable = study.observable(str(number.observable))
    simulated = members.get(observable.test, ([], []))
    if impedance is not None and observable.quantity == "activation energy":
        chance = wide = impedance.observe(observable.test)
    else:
        chance, wide = (observe(observable, cells) for cells in simulated)
    holds, why = judge(number, chance)
    if not holds and wide.p05 <= number.value_si <= wide.p95:
        why += ", inside that of all that is uncertain"
    why += _ended_before(observable, simulated[0])
    return Target(
        id=number.id,
        quantity=number.quantity,
        where=number.where,
        unit=unit,
        paper=number.value_si / scale,
        relation=number.relation,
        twin=chance.median / scale,
        twin_low=min(wide.p05, chance.p05) / scale,
        twin_high=max(wide.p95, chance.p95) / scale,
        chance_low=chance.p05 / scale,
        chance_high=chance.p95 / scale,
        role=number.role,
        holds=holds,
        why=why if holds or not number.miss else f"{why}; {number.miss}",
    )


def judge(number: PaperNumber, chance: Band) -> tuple[bool, str]:
    """Return whether the twin agrees with the paper, and by which rule. chance: of single cells at the calibrated values.

    A bound holds if the median lies on its side. An equality holds if the median lies within the precision of the printed
    number or within the row's aim, or if the paper's one cell lies within the 5-95 % band of chance alone: what is
    uncertain widens the band that is shown, and excuses no miss.
    """
    median, told = chance.median, number.value_si
    if number.relation != "=":
        inside = median > told if number.relation == ">" else median < told
        return inside, f"median {number.relation} paper"
    if abs(median - told) <= (number.precision_si or 0.0):
        return True, "median within the precision of the printed number"
    if number.aim is not None and abs(median / told - 1.0) <= parse_quantity(number.aim, "1").value:
        kind = "sigma that it was told with" if number.role == "calibrated" else "aim set before the calculation"
        return True, f"median within {number.aim}, the {kind}"
    if chance.p05 <= told <= chance.p95:
        return True, "paper's cell inside the 5-95 % band of chance"
    return False, "paper's cell outside the band of chance"
