"""Draws of what is not known: every parameter over its range in the library, every condition over that of the cell's file."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from ionweld.simulate.seeds import stream
from ionweld.spec.cell import CellSpec
from ionweld.spec.conditions import PATHS, condition, conditions_entry
from ionweld.spec.library import Entry
from ionweld.spec.protocol import AnyProtocol
from ionweld.spec.quantity import Quantity
from ionweld.twin.calibrate import within

RIVAL_READINGS = ("soft_short_growth",)


def with_conditions(parameters: Entry, cell: CellSpec, protocol: AnyProtocol) -> Entry:
    """Return the parameters of a cell with those of its conditions that its file or its protocol's gives with a range."""
    stated = {name: condition(cell, name) or condition(protocol, name) for name in PATHS}
    ranged = [name for name, known in stated.items() if known is not None and known.low is not None]
    return parameters.joined(conditions_entry([cell, protocol], ranged))


def whole_ranges(parameters: Entry) -> Entry:
    """Return the parameters with two standard deviations to either side: a fitted number's range holds one."""
    widened = {name: _widened(one) for name, one in parameters.properties.items() if one.status == "fitted"}
    return without_rivals(parameters.updated(widened))


def without_rivals(parameters: Entry) -> Entry:
    """Return the parameters with those rival readings at no range that are off (0), so that no draw has them.

    Such a reading is another one of one paper's voltages, not a size that nobody measured. Drawn over its range, a soft
    short discharges half of all full cells within days.
    """
    known = parameters.properties
    off = [name for name in RIVAL_READINGS if name in known and known[name].value == 0.0]
    return parameters.updated({name: replace(known[name], low=None, high=None) for name in off})


def _widened(known: Quantity) -> Quantity:
    if known.low is None or known.high is None or known.low <= 0.0:
        return known
    low, high = known.value * (known.low / known.value) ** 2, known.value * (known.high / known.value) ** 2
    return replace(known, low=low, high=high)


def library_draws(parameters: Entry, count: int, seed: str) -> list[Entry]:
    """Return draws of all numbers that have a range, which counts as two standard deviations to either side."""
    ranged = {name: known for name, known in parameters.properties.items() if known.low is not None and known.high}
    steps = stream(seed, "library draws").standard_normal((count, len(ranged)))
    return [parameters.updated(_moved(ranged, row)) for row in steps]


def common_draws(parameters: Entry, count: int, seed: str) -> list[Entry]:
    """Return draws like library_draws, in which each number takes the same steps whatever else is drawn beside it.

    So two cells drawn under one seed differ draw by draw in nothing but their conditions. Of each number one step falls in
    each of `count` equally probable parts (Latin hypercube: McKay, Beckman and Conover 1979, 10.1080/00401706.1979.10489755),
    so that few draws have a true median and width.
    """
    ranged = {name: known for name, known in parameters.properties.items() if known.low is not None and known.high}
    steps = np.empty((count, len(ranged)))
    for column, name in enumerate(ranged):
        random = stream(seed, "common draws", name)
        steps[:, column] = ndtri((random.permutation(count) + random.random(count)) / count)
    return [parameters.updated(_moved(ranged, row)) for row in steps]


def _moved(ranged: dict[str, Quantity], steps: NDArray[np.float64]) -> dict[str, Quantity]:
    return {
        name: known.moved(within(known, step))
        for (name, known), step in zip(ranged.items(), steps.tolist(), strict=True)
    }
