"""The rival readings of a study's falling overpotential, with what its own numbers say of them."""

from dataclasses import dataclass

from ionweld.spec.library import Entry
from ionweld.spec.protocol import by_time, by_window
from ionweld.study.published import Study
from ionweld.study.settings import RivalSettings
from ionweld.study.text import PaperNumber
from ionweld.twin.ensemble import Recipe, under
from ionweld.twin.rivals import (
    Prediction,
    RivalBench,
    RivalReading,
    compaction,
    leak_after,
    predictions,
    soft_short,
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
    told = compaction(bench, parameters)
    falls = (told.fall, settings.large_fall)
    readings = [told, *(soft_short(bench, parameters, told.settled_V, fall) for fall in falls)]
    names = tuple(f"{one.name}, fall {100 * abs(one.fall):.2g} %" for one in readings)
    found = predictions(bench, tuple(readings))
    verdict = sentences(study.number(settings.efficiency), bench, readings, found)
    return Rivals(bench, names, tuple(readings), tuple(found), verdict)


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
    )


def sentences(
    told: PaperNumber, bench: RivalBench, readings: list[RivalReading], found: list[Prediction]
) -> tuple[str, ...]:
    """Return what a paper's numbers say of the readings. told: the lowest coulombic efficiency of its full cell."""
    lowest = next(one for one in found if "coulombic efficiency" in one.experiment)
    leaks = [1e-4 * leak_after(reading, bench) for reading in readings[1:]]
    broken = all(value < 100.0 * told.value_si for value in lowest.values[1:])
    against = (
        "argues against it: the same pellet and layer carried the full cell, unless only the symmetric cell had a short"
        if broken
        else "does not decide"
    )
    fallen = " and ".join(f"{value:.3g} %" for value in lowest.values[1:])
    told_by_full_cell = (
        f"The paper's full cell, with a coulombic efficiency above {told.value}, {against}. With these leaks the lowest "
        f"efficiency of the twin's is {fallen}: a leak that takes more than the charging current leaves nothing to give back."
    )
    return (
        f"The soft short would have to conduct {leaks[0]:.2g} S/cm2 at cycle {bench.fallen} ({leaks[1]:.2g} S/cm2 for the larger fall).",
        told_by_full_cell,
        "The text on the symmetric cell alone cannot tell the two apart: it prints one voltage and a direction.",
    )
