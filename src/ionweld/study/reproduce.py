"""Reproduce a study: run its cells as ensembles, and set what comes out beside each number it is compared with."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import perf_counter

from ionweld.spec.library import Entry
from ionweld.study.calibration import (
    Calibrated,
    load_calibrated,
    load_settings,
    predictive,
    recalibrate,
)
from ionweld.study.characterisation import Characterisation, characterise
from ionweld.study.model import Study
from ionweld.study.text import Number
from ionweld.twin.ensemble import Band, Ensemble, Member, Recipe, run, run_draws, under
from ionweld.twin.observables import observe
from ionweld.twin.pool import workers
from ionweld.units import to_si, written_unit

MEMBERS = {"bare": 100, "welded": 40, "full_bare": 100, "full_welded": 40}

Started = Callable[[str, int], Callable[[], None]]  # (title, total) -> what to call after each piece


@dataclass(frozen=True, slots=True)
class Target:
    """A number of the paper beside the twin's, in the paper's unit.

    twin: median of the cells at the calibrated parameters. twin_low, twin_high: 5-95 % band of single cells, over chance
    and over what the data and the paper leave open of parameters and conditions; chance_low, chance_high: over chance
    alone. status is "computed" or "not yet"; holds is False for what is not yet computed, `why` says how it was decided.
    """

    id: str
    quantity: str
    where: str
    unit: str
    paper: float
    relation: str
    role: str
    holds: bool
    status: str
    why: str
    twin: float | None = None
    twin_low: float | None = None
    twin_high: float | None = None
    chance_low: float | None = None
    chance_high: float | None = None


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
    seconds: float


def reproduce(study: Study, started: Started, *, fresh_calibration: bool = False) -> Reproduction:
    """Run a study. fresh_calibration: calibrate from scratch instead of taking the kept result."""
    begun = perf_counter()
    settings = load_settings(study.name)
    with workers() as mapper:
        if fresh_calibration:
            calibrated = recalibrate(study, settings, mapper, started("calibrating (starts)", settings.starts))
        else:
            calibrated = load_calibrated(study.name)
        parameters, draws = predictive(study, settings, calibrated, max(MEMBERS.values()))
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
    members = {name: (ensemble.members, drawn[name]) for name, ensemble in ensembles.items()}
    targets = [target(number, members) for number in study.targets()]
    found = characterise(study, ensembles["welded"])
    return Reproduction(study, parameters, calibrated, ensembles, drawn, targets, found, perf_counter() - begun)


def target(number: Number, members: dict[str, tuple[list[Member], list[Member]]]) -> Target:
    """Return a number of the paper beside the twin's. members: by chance alone, and with all that is uncertain."""
    unit = written_unit(number.value)
    scale = to_si(f"1 {unit}", number.unit) if unit != "1" else 1.0
    row = partial(
        Target, number.id, number.quantity, number.where, unit, number.value_si / scale, number.relation,
        role=number.role,
    )  # fmt: skip
    if number.needs is not None:
        return row(holds=False, status="not yet", why=f"not yet: needs the {number.needs}")
    name = str(number.observable)
    chance, wide = (observe(name, cells) for cells in members[name.split(".")[0]])
    holds, why = judge(number, chance.median, wide)
    return row(
        twin=chance.median / scale,
        twin_low=wide.p05 / scale,
        twin_high=wide.p95 / scale,
        chance_low=chance.p05 / scale,
        chance_high=chance.p95 / scale,
        holds=holds,
        status="computed",
        why=why,
    )


def judge(number: Number, median: float, wide: Band) -> tuple[bool, str]:
    """Return whether the twin agrees with the paper, and by which rule.

    A bound holds if the ensemble's median lies on its side. An equality holds if the median lies within the precision
    of the printed number, or if the paper's one cell lies within the 5-95 % band of single cells.
    """
    if number.relation != "=":
        inside = median > number.value_si if number.relation == ">" else median < number.value_si
        return inside, f"median {number.relation} paper"
    if abs(median - number.value_si) <= (number.precision_si or 0.0):
        return True, "median within the precision of the printed number"
    inside = wide.p05 <= number.value_si <= wide.p95
    return inside, "paper's cell inside the 5-95 % band of single cells" if inside else "paper's cell outside the band"
