"""Reproduce a study: run its cells as ensembles, and set what comes out beside each number it is compared with."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from ionweld.simulate.run import Outcome
from ionweld.spec.library import Entry
from ionweld.spec.quantity import parse_quantity
from ionweld.study.calibration import (
    Calibrated,
    load_calibrated,
    load_settings,
    predictive,
    recalibrate,
)
from ionweld.study.characterisation import Characterisation, characterise
from ionweld.study.impedance import ImpedanceStudy, study_impedance
from ionweld.study.model import Study
from ionweld.study.rivals import Rivals, rivals
from ionweld.study.text import Number
from ionweld.twin.ensemble import Band, Ensemble, Member, Recipe, run, run_draws, under
from ionweld.twin.impedance_ensemble import PointSpectra, cell_impedance
from ionweld.twin.observables import observe
from ionweld.twin.pool import workers
from ionweld.units import to_si, written_unit

SPECTRA = 20  # cells of each kind whose spectra are drawn
MEMBERS = {"bare": 100, "welded": 40, "full_bare": 100, "full_welded": 40}

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
class Reproduction:
    """Everything that a reproduction found."""

    study: Study
    parameters: Entry
    calibrated: Calibrated
    ensembles: dict[str, Ensemble]
    drawn: dict[str, list[Member]]
    targets: list[Target]
    characterisation: Characterisation
    impedance: ImpedanceStudy
    spectra: dict[str, tuple[PointSpectra, ...]]
    rivals: Rivals
    seconds: float


def reproduce(study: Study, started: Started, *, fresh_calibration: bool = False) -> Reproduction:
    """Run a study. fresh_calibration: calibrate from scratch instead of taking the kept result."""
    begun = perf_counter()
    settings = load_settings(study.name)
    with workers() as mapper:
        if fresh_calibration:
            calibrated = recalibrate(study, settings, mapper, started("calibrating", settings.starts + settings.draws))
        else:
            calibrated = load_calibrated(study.name)
        parameters, draws = predictive(study, settings, calibrated)
        ensembles, drawn = {}, {}
        for name, test in settings.tests.items():
            count = MEMBERS[name]
            done = started(f"{name.replace('_', ' ')} cells", 2 * count)
            described = Recipe(
                f"{study.name}/{name}", study.cells[test.cell], study.protocols[test.protocol], parameters
            )
            recipe = under(described, parameters)
            ensembles[name] = run(recipe, count, mapper, done)
            drawn[name] = run_draws(recipe, draws[:count], mapper, done)
        spectra = {
            name: cell_impedance(ensemble.recipe, ensemble.typical, min(SPECTRA, MEMBERS[name]), mapper)
            for name, ensemble in ensembles.items()
            if ensemble.recipe.protocol.impedance
        }
        found = characterise(study, ensembles["welded"], mapper)
    impedance = study_impedance(study)
    members = {name: (ensemble.members, drawn[name]) for name, ensemble in ensembles.items()}
    targets = [target(number, members, impedance) for number in study.targets()]
    readings = rivals(study, settings, parameters)
    seconds = perf_counter() - begun
    return Reproduction(
        study, parameters, calibrated, ensembles, drawn, targets, found, impedance, spectra, readings, seconds
    )


def _ended_before(name: str, members: list[Member]) -> str:
    """Return how many cells count with their last state in a number of the test's end."""
    ended = sum(member.outcome is not Outcome.COMPLETED for member in members)
    if not name.endswith("impedance_40") or not ended:
        return ""
    return f"; {ended} of {len(members)} cells ended before and count with their last state"


def target(number: Number, members: dict[str, tuple[list[Member], list[Member]]], impedance: ImpedanceStudy) -> Target:
    """Return a number of the paper beside the twin's. members: by chance alone, and with all that is uncertain."""
    unit = written_unit(number.value)
    scale = to_si(f"1 {unit}", number.unit) if unit != "1" else 1.0
    name = str(number.observable)
    simulated = members.get(name.split(".")[0])
    if simulated is None:  # of a pellet, not of a cell
        chance = wide = impedance.observe(name)
    else:
        chance, wide = (observe(name, cells) for cells in simulated)
    holds, why = judge(number, chance)
    if not holds and wide.p05 <= number.value_si <= wide.p95:
        why += ", inside that of all that is uncertain"
    why += _ended_before(name, simulated[0]) if simulated else ""
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


def judge(number: Number, chance: Band) -> tuple[bool, str]:
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
