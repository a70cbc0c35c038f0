"""The rival readings of a study's falling overpotential, with what its own numbers say of them."""

from dataclasses import dataclass

from pydantic_core import PydanticCustomError

from ionweld.errors import Fault, SpecError
from ionweld.spec.library import Entry
from ionweld.spec.protocol import by_time, by_window
from ionweld.spec.quantity import parse_quantity
from ionweld.study.published import Study
from ionweld.study.settings import FreeParameter, RivalModel, RivalSettings
from ionweld.study.text import PaperNumber
from ionweld.twin.ensemble import Recipe, under
from ionweld.twin.rivals import (
    Prediction,
    RivalBench,
    RivalReading,
    RivalStart,
    as_calibrated,
    as_rival,
    conductance_beside,
    predictions,
)


@dataclass(frozen=True, slots=True)
class Rivals:
    """The readings by name, what each predicts, and what the paper's own numbers say, in sentences."""

    bench: RivalBench
    names: tuple[str, ...]
    readings: tuple[RivalReading, ...]
    predictions: tuple[Prediction, ...]
    verdict: tuple[str, ...]


def rivals(study: Study, settings: RivalSettings, parameters: Entry) -> Rivals:
    """Return the readings, each fitted to the same overpotential and fall. Raises ComputationError when one cannot be."""
    bench = bench_of(study, settings, parameters)
    told = as_calibrated(bench, parameters, settings.reading)
    readings = [told]
    for model in settings.rival:
        rival = rival_of(model, parameters)
        readings += [
            as_rival(bench, parameters, rival, told.settled_V, fall) for fall in (told.fall, settings.large_fall)
        ]
    names = tuple(f"{one.name}, fall {100 * abs(one.fall):.2g} %" for one in readings)
    found = predictions(bench, tuple(readings))
    verdict = sentences(study.number(settings.efficiency), bench, readings, found)
    said = (*verdict, settings.remark) if settings.remark else verdict
    return Rivals(bench, names, tuple(readings), tuple(found), said)


def rival_of(model: RivalModel, parameters: Entry) -> RivalStart:
    """Return a rival with its numbers in SI units. Raises SpecError for a parameter or a unit that is none."""
    free = {one.parameter: _start(model, one, parameters) for one in model.free}
    fixed = {name: _number(model, name, raw, parameters) for name, raw in model.fixed.items()}
    return RivalStart(model.name, fixed, free)


def _start(model: RivalModel, one: FreeParameter, parameters: Entry) -> float:
    if one.times is not None:
        return one.times * parameters[one.parameter]
    return _number(model, one.parameter, one.start, parameters)


def _number(model: RivalModel, name: str, raw: str | None, parameters: Entry) -> float:
    try:
        return parse_quantity(raw, parameters.quantity(name).unit, "not negative").value
    except PydanticCustomError as error:
        context = error.context or {}
        raise SpecError(Fault(f"rivals.toml: {model.name}: {name}", context["seen"], context["mend"])) from None


def bench_of(study: Study, settings: RivalSettings, parameters: Entry) -> RivalBench:
    """Return the cells and protocols on which a study's readings are compared, under its conditions."""
    one, full = (
        under(Recipe(name, *study.described(study.test(name)), parameters), parameters)
        for name in (settings.test, settings.full_test)
    )
    return RivalBench(
        one.cell,
        by_time(one.protocol),
        full.cell,
        by_window(full.protocol),
        f"{study.name}/rivals",
        settings.settled,
        settings.fallen,
        tuple(settings.cooled),
        settings.later,
        settings.step,
        settings.uncertain,
        settings.tells,
    )


def sentences(
    told: PaperNumber, bench: RivalBench, readings: list[RivalReading], found: list[Prediction]
) -> tuple[str, ...]:
    """Return what a paper's numbers say of the readings. told: the lowest coulombic efficiency of its full cell."""
    lowest = next(one for one in found if "coulombic efficiency" in one.experiment)
    broken = all(value < 100.0 * told.value_si for value in lowest.values[1:])
    against = (
        "argues against it: the same pellet and layer carried the full cell, unless only the symmetric cell had it"
        if broken
        else "does not decide"
    )
    fallen = " and ".join(f"{value:.3g} %" for value in lowest.values[1:])
    leaks = " and ".join(f"{1e-4 * conductance_beside(reading, bench):.2g} S/cm2" for reading in readings[1:])
    rivals = " or ".join(dict.fromkeys(one.name for one in readings[1:]))
    carried = f"Under {rivals}, what conducts beside the pellet at cycle {bench.fallen} would have to be {leaks}."
    held_against = (
        f"The paper's full cell, with a coulombic efficiency above {told.value}, {against}. With that beside it the lowest "
        f"efficiency of the twin's is {fallen}: a leak that takes more than the charging current leaves nothing to give back."
    )
    return carried, held_against
