"""What is called the edge of a layer: four conventions, one for each of its two edges.

- steepest: where the grey changes fastest, the middle of the fitted step.
- foot, top: where the fitted step has made 10 %, or 90 %, of its way from its dark to its bright side, 1.2816 fitted
  widths from its middle. These are the levels of a rise time (Federal Standard 1037C, "rise time"). The crossing of the
  steepest tangent with the base line, which Hitachi's S-3400N manual (section 6.4.3, linear approximation) takes for an
  edge, is as good as the same point: sqrt(pi/2) = 1.2533 widths.
- ridge: the brightest line of a ridge that stands at the edge, on its bright side.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ionweld.analyse.sem.edges import RowEdges, fit_widths
from ionweld.analyse.sem.ridges import fit_ridge
from ionweld.errors import Fault, InputError

Array = NDArray[np.float64]
Edges = tuple[str, str]

STEEPEST: Edges = ("steepest", "steepest")
CONVENTIONS = ("steepest", "foot", "top", "ridge")
_WIDEST = 40.0  # pixels on either side of an edge: what is wider is shading, not an edge
TO_TEN_PERCENT = 1.2815515655446004  # widths s of an error function from its middle to 10 % and to 90 %


def parse_edges(text: str, where: str) -> Edges:
    """Return the conventions of the first (left, upper) and the second edge: "foot", or "ridge,steepest".

    Raises InputError for any other text.
    """
    names = [part.strip().lower() for part in text.split(",")]
    if len(names) > 2 or any(name not in CONVENTIONS for name in names):
        mend = f"Write one of {', '.join(CONVENTIONS)}, or two for the first and the second edge, as in ridge,steepest"
        raise InputError(Fault(where, f"{text!r} is no choice of edges", mend))
    return names[0], names[-1]


@dataclass(frozen=True, slots=True)
class Placed:
    """Both edges as the conventions place them, shape (rows,), and the widths s of both fitted steps, (rows, 2)."""

    first: Array
    second: Array
    widths: Array


def place(rows: Array, edges: RowEdges, blur: float, room: float, choice: Edges, least: float) -> Placed | None:
    """Return the edges moved from the steepest points to where `choice` puts them; None when a ridge is missing.

    room: pixels to the next edge that runs through the picture, halved. least: grey levels of the weakest ridge.
    """
    widths = _widths(rows, edges, blur, room)
    limit = float(np.median(edges.second - edges.first))
    moved = []
    for side, (name, at, rise) in enumerate(
        zip(choice, (edges.first, edges.second), (edges.first_rise, edges.second_rise), strict=True)
    ):
        rising = bool(np.median(rise) > 0)
        if name == "ridge":
            moved.append(fit_ridge(rows, at, rising, limit, least))
        else:
            moved.append(at + _TOWARDS_BRIGHT[name] * (1.0 if rising else -1.0) * TO_TEN_PERCENT * widths[:, side])
    first, second = moved
    return None if first is None or second is None else Placed(first, second, widths)


_TOWARDS_BRIGHT = {"steepest": 0.0, "foot": -1.0, "top": 1.0}


def _widths(rows: Array, edges: RowEdges, blur: float, room: float) -> Array:
    """Return the widths of both steps; wide ones are fitted again over three widths on either side, where there is room."""
    least = min(room, max(4.0, 3.0 * blur))
    widths = fit_widths(rows, edges.first, edges.second, blur, least)
    wide = min(room, _WIDEST, 3.0 * float(np.median(widths, axis=0).max()))
    if wide <= least:
        return widths
    return fit_widths(rows, edges.first, edges.second, float(np.median(widths)), wide)
