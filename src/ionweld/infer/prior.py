"""What is believed of a cell before its data: every number of its materials, and of its file, that has a range.

A range counts as two standard deviations to either side, in the logarithm unless it begins at 0. What is off unless
something is wrong (0, in a range from 0) is there in some cells, anywhere in the last decades of its range. What is
borrowed from another material has a wider one. By how much the laws are off is even between the ends of its range: there is no
middle that would be likelier. What a file gives as exact stays, but for the area of the foil and the oven.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import ndtr

from ionweld.infer.discrepancy import HOW_FAR_OFF
from ionweld.simulate.seeds import stream
from ionweld.spec.cell import Cathode, CellSpec, Electrode
from ionweld.spec.derived import library_parameters
from ionweld.spec.library import Entry, Library, entry
from ionweld.spec.part import Part
from ionweld.spec.quantity import Quantity
from ionweld.twin.calibrate import within

BORROWED_WIDER = 3.0  # times, to either side: between materials the same number differs by more than within one
ENERGY_WIDER = 1.2
OVEN_K = 1.0  # standard deviation of the temperature that an oven has about the one it shows
FOIL = 0.01  # standard deviation of the logarithm of a punched foil's diameter
THERE, DECADES = 0.3, 3.0  # how often something that is off by default is there, and how far its size is spread
LEAK = "soft_short_growth"
NOTICED, HAS_NOTICED = (
    0.1,
    THERE / DECADES,
)  # of the largest leak: more of it is noticed, and how often there is as much
_ENERGIES = ("J/mol", "K")


@dataclass(frozen=True)
class Prior:
    """The prior of a cell: as described, the numbers of its interfaces, and the entries of its materials, by name."""

    cell: CellSpec
    parameters: Entry
    materials: dict[str, Entry]

    @property
    def largest_leak(self) -> float | None:
        """The largest growth of a soft short that is off unless something is wrong; None where it is not off."""
        known = self.parameters.properties.get(LEAK)
        if known is None or not known.value == known.low == 0.0:
            return None
        return (widened(known) if LEAK in self.parameters.borrowed else known).high

    def leaks(self, parameters: Entry) -> bool | None:
        """Return whether a drawn cell has a leak that is noticed; None where there is no saying."""
        largest = self.largest_leak
        return None if largest is None else parameters[LEAK] > NOTICED * largest

    def drawn(self, seed: str, *, leaking: bool = False) -> tuple[CellSpec, Entry]:
        """Return a cell and the numbers of its interfaces, drawn from what is believed; the same seed, the same cell.

        leaking: with a soft short that is noticed, if it is off by default.
        """
        rng = stream(seed, "prior")
        parameters = _drawn_entry(self.parameters, rng)
        if leaking and self.largest_leak is not None:
            size = self.largest_leak * NOTICED ** stream(seed, "leak").random()
            known = self.parameters.properties[LEAK]
            parameters = parameters.updated({LEAK: known.moved(size)})
        own = {name: _drawn_entry(known, rng) for name, known in self.materials.items()}
        cell = _drawn_part(self.cell, rng)
        oven, foil = OVEN_K * rng.standard_normal(), np.exp(FOIL * rng.standard_normal())
        return _put(cell, float(oven), float(foil), own), parameters


def prior_of(cell: CellSpec) -> Prior:
    """Return what the library and the cell's own file say; a number that no entry gives has the usual range."""
    usual = {
        name.removeprefix("usual_"): known
        for name, known in entry("assumptions").properties.items()
        if name.startswith("usual_")
    }
    names = dict.fromkeys(_materials(cell))
    materials = {name: cell.library.entry(name) for name in names}
    electrolyte = cell.electrolyte.material
    materials[electrolyte] = _joined(materials[electrolyte], usual)
    return Prior(cell, _joined(library_parameters(cell), usual), materials)


def _materials(cell: CellSpec) -> list[str]:
    sides = cell.sides
    liquids = [side.interface.liquid for side in sides if side.interface.liquid is not None]
    cathode = [cell.cathode.material] if cell.cathode is not None else []
    return [cell.electrolyte.material, *(side.material for side in sides), *liquids, *cathode]


def _joined(known: Entry, usual: dict[str, Quantity]) -> Entry:
    missing = {name: value for name, value in usual.items() if name not in known.properties}
    return replace(known, properties=known.properties | missing)


def _drawn_entry(known: Entry, rng: np.random.Generator) -> Entry:
    steps = rng.standard_normal(len(known.properties))
    moved = {
        name: _moved(widened(value) if name in known.borrowed else value, float(step), even=name in HOW_FAR_OFF)
        for (name, value), step in zip(known.properties.items(), steps, strict=True)
    }
    return replace(known, properties=moved)


def widened(known: Quantity) -> Quantity:
    """Return a number that was taken over from another material with the wider range that it has here.

    Of a share above one half that is what it lacks of a whole: a cathode that is nearly full never becomes quite full.
    """
    if known.low is None or known.high is None:
        return known
    factor = ENERGY_WIDER if known.unit in _ENERGIES else BORROWED_WIDER
    share = known.unit == "1" and known.high <= 1.0
    if share and known.value > 0.5:
        return replace(known, low=max(0.0, 1.0 - factor * (1.0 - known.low)), high=1.0 - (1.0 - known.high) / factor)
    high = known.high * factor
    return replace(known, low=known.low / factor, high=min(high, 1.0) if share else high)


def _moved(known: Quantity, step: float, *, even: bool = False) -> Quantity:
    if known.low is None or known.high is None:
        return known
    if even:
        value = _evenly(known.low, known.high, step)
    else:
        value = _sometimes(known.high, step) if known.value == known.low == 0.0 else float(within(known, step))
    return known.moved(value)


def _evenly(low: float, high: float, step: float) -> float:
    """Return a number that is as likely anywhere between two others, in the logarithm unless that begins at 0."""
    rank = float(ndtr(step))
    return low * (high / low) ** rank if low > 0.0 else low + (high - low) * rank


def _sometimes(highest: float, step: float) -> float:
    """Return 0 most often, else a size that is even in its logarithm; step: standard normal."""
    rank = float(ndtr(step))
    return highest * 10.0 ** (-DECADES * rank / THERE) if rank < THERE else 0.0


def _drawn_part(part: Any, rng: np.random.Generator) -> Any:
    """Return a part of a cell's description with every number that has a range drawn within it."""
    changed: dict[str, Any] = {}
    for name in type(part).model_fields:
        value = getattr(part, name)
        if isinstance(value, Quantity) and value.low is not None:
            changed[name] = _moved(value, float(rng.standard_normal()))
        elif isinstance(value, Part):
            changed[name] = _drawn_part(value, rng)
    return part.model_copy(update=changed) if changed else part


def _widened(disc: Electrode | Cathode, by: float) -> Electrode | Cathode:
    return disc.model_copy(update={"area": None, "diameter": replace(disc.diameter, value=disc.diameter.value * by)})


def _put(cell: CellSpec, oven_K: float, foil: float, own: dict[str, Entry]) -> CellSpec:
    """Return a cell in an oven that is off, with discs that are wider or narrower, of materials as they were drawn."""
    discs = {"negative": cell.electrodes.negative, "positive": cell.electrodes.positive}
    foils = cell.electrodes.model_copy(
        update={side: _widened(disc, foil) for side, disc in discs.items() if disc is not None}
    )
    warm = replace(cell.temperature, value=cell.temperature.value + oven_K)
    moved = cell.model_copy(update={"temperature": warm, "electrodes": foils})
    return moved.of(Library({**cell.library.own, **own}))
