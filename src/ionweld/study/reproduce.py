"""Reproduce a study: run its cells as ensembles, and set what comes out beside each number it is compared with."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from ionweld.spec.library import Entry
from ionweld.study.calibration import (
    Calibrated,
    load_calibrated,
    load_settings,
    recalibrate,
    with_calibrated,
)
from ionweld.study.characterisation import Characterisation, characterise
from ionweld.study.model import Study
from ionweld.study.text import Number
from ionweld.twin.ensemble import Band, Ensemble, Recipe, run
from ionweld.twin.observables import observe
from ionweld.twin.pool import workers
from ionweld.units import to_si, written_unit

MEMBERS = {"bare": 100, "welded": 40}

Started = Callable[[str, int], Callable[[], None]]  # (title, total) -> what to call after each piece


@dataclass(frozen=True, slots=True)
class Target:
    """A number of the paper beside the twin's: in the paper's unit, with the 5-95 % band of single cells.

    status is "computed" or "not yet"; holds is False for what is not yet computed. `why` says how holds was decided.
    """

    id: str
    quantity: str
    where: str
    unit: str
    paper: float
    relation: str
    twin: float | None
    twin_low: float | None
    twin_high: float | None
    role: str
    holds: bool
    status: str
    why: str


@dataclass(frozen=True, slots=True)
class Reproduction:
    """Everything that a reproduction found."""

    study: Study
    parameters: Entry
    calibrated: Calibrated
    ensembles: dict[str, Ensemble]
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
        parameters = with_calibrated(calibrated)
        ensembles = {}
        for cell, test in (("bare", settings.bare), ("welded", settings.welded)):
            recipe = Recipe(f"{study.name}/{cell}", study.cells[test.cell], study.protocols[test.protocol], parameters)
            ensembles[cell] = run(recipe, MEMBERS[cell], mapper, started(f"{cell} cells", MEMBERS[cell]))
    targets = [target(number, ensembles) for number in study.targets()]
    found = characterise(study, ensembles["welded"])
    return Reproduction(study, parameters, calibrated, ensembles, targets, found, perf_counter() - begun)


def target(number: Number, ensembles: dict[str, Ensemble]) -> Target:
    """Return a number of the paper beside the twin's."""
    unit = written_unit(number.value)
    scale = to_si(f"1 {unit}", number.unit) if unit != "1" else 1.0
    about = (number.id, number.quantity, number.where, unit, number.value_si / scale, number.relation)
    if number.needs is not None:
        why = f"not yet: needs the {number.needs}"
        return Target(*about, None, None, None, number.role, False, "not yet", why)
    name = str(number.observable)
    found = observe(name, ensembles[name.split(".")[0]].members)
    holds, why = judge(number, found)
    return Target(
        *about, found.median / scale, found.p05 / scale, found.p95 / scale, number.role, holds, "computed", why
    )


def judge(number: Number, found: Band) -> tuple[bool, str]:
    """Return whether the twin agrees with the paper, and by which rule.

    A bound holds if the ensemble's median lies on its side. An equality holds if the median lies within the precision
    of the printed number, or if the paper's one cell lies within the 5-95 % band of single cells.
    """
    if number.relation != "=":
        inside = found.median > number.value_si if number.relation == ">" else found.median < number.value_si
        return inside, f"median {number.relation} paper"
    if abs(found.median - number.value_si) <= (number.precision_si or 0.0):
        return True, "median within the precision of the printed number"
    inside = found.p05 <= number.value_si <= found.p95
    return inside, "paper's cell inside the 5-95 % band of single cells" if inside else "paper's cell outside the band"
