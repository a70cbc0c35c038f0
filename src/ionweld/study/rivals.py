"""The rival readings of a study's falling overpotential, with what its own numbers say of them."""

from dataclasses import dataclass

from ionweld.spec.library import Entry
from ionweld.spec.protocol import by_time, by_window
from ionweld.study.calibration import Settings
from ionweld.study.model import Study
from ionweld.twin.ensemble import Recipe, under
from ionweld.twin.rivals import (
    Bench,
    Prediction,
    Reading,
    compaction,
    leak_after,
    predictions,
    soft_short,
)

LARGE_FALL = -0.12  # a fall that a reader of a plotted curve could not miss; the paper's text gives no size
EFFICIENCY = "fig3.welded.efficiency"  # the row of the paper that a leak would break


@dataclass(frozen=True, slots=True)
class Rivals:
    """The readings by name, what each predicts, and what the paper's own numbers say, in sentences."""

    names: tuple[str, ...]
    readings: tuple[Reading, ...]
    predictions: tuple[Prediction, ...]
    verdict: tuple[str, ...]


def rivals(study: Study, settings: Settings, parameters: Entry) -> Rivals:
    """Return the readings, each fitted to the same overpotential and fall. Raises ComputationError when one cannot be."""
    bench = _bench(study, settings, parameters)
    told = compaction(bench, parameters)
    readings = [told, *(soft_short(bench, parameters, told.settled_V, fall) for fall in (told.fall, LARGE_FALL))]
    names = tuple(f"{one.name}, fall {100 * abs(one.fall):.2g} %" for one in readings)
    found = predictions(bench, tuple(readings))
    return Rivals(names, tuple(readings), tuple(found), _verdict(study, bench, readings, found))


def _bench(study: Study, settings: Settings, parameters: Entry) -> Bench:
    recipes = {
        name: under(Recipe(name, study.cells[test.cell], study.protocols[test.protocol], parameters), parameters)
        for name, test in settings.tests.items()
    }
    welded, full = recipes["welded"], recipes["full_welded"]
    return Bench(welded.cell, by_time(welded.protocol), full.cell, by_window(full.protocol), f"{study.name}/rivals")


def _verdict(study: Study, bench: Bench, readings: list[Reading], found: list[Prediction]) -> tuple[str, ...]:
    told = next(number for number in study.numbers if number.id == EFFICIENCY)
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
        f"The soft short would have to conduct {leaks[0]:.2g} S/cm2 at cycle 280 ({leaks[1]:.2g} S/cm2 for the larger fall).",
        told_by_full_cell,
        "The text on the symmetric cell alone cannot tell the two apart: it prints one voltage and a direction.",
    )
