"""What the interfaces of a simulated cell look like at a moment: contact, voids, layer and filament of each column."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ionweld.simulate.mechanism import Real
from ionweld.simulate.run import SimulatedTest
from ionweld.simulate.snapshot import BEFORE, Moment, moment

SIDES = ("negative", "positive")
_ACROSS = 0.999  # of the pellet's thickness: a filament that long has bridged it
_NO_VOID = 1e-6  # of the area: less lost contact than this is none


@dataclass(frozen=True, slots=True)
class SideShape:
    """One lithium interface. Lengths in m; arrays have one value per column (N,).

    distance: between foil and pellet; layer: thickness of what fills the gap, over `filled` of the area, `torn` being the part
    where it has come off; converted: part of it that is solid. contact: part of the column that touches; lost: part
    that touched at assembly and does not now, over voids `depth` deep; buried, cover: lithium missing in occluded
    voids, per area of the column, and how deep they lie.
    """

    name: str
    distance: float
    layer: float
    filled: float
    torn: float
    converted: float
    contact: Real
    lost: Real
    depth: Real
    buried: Real
    cover: Real


@dataclass(frozen=True, slots=True)
class CellShape:
    """All interfaces at one moment. filament: its length in each column (m); bridged: whether it crosses the pellet."""

    half_cycle: int
    said: str
    time_s: float
    pellet: float
    sides: tuple[SideShape, ...]
    filament: Real
    bridged: NDArray[np.bool_]


def shape_of(run: SimulatedTest, half_cycle: int = BEFORE) -> CellShape:
    """Return the shape of a cell after a half cycle (from 0; rests count; BEFORE for as assembled)."""
    seen = moment(run, half_cycle)
    start, pellet = seen.conditions, seen.conditions.derived.pellet_thickness_m
    filament = seen.column("filament")[0]
    sides = tuple(_side(seen, number) for number in range(len(start.cell.sides)))
    return CellShape(half_cycle, seen.said, seen.time_s, pellet, sides, filament, filament >= _ACROSS * pellet)


def _side(seen: Moment, side: int) -> SideShape:
    layout, fill = seen.conditions.layout, seen.conditions.derived.fills[side]
    filled, start = seen.number("chi", side), seen.number("chi_start", side)
    opening = float(seen.state("opening")[side]) if layout.has("shared", "opening") else 0.0
    welded = start > 0.0 and layout.has("shared", "porosity")
    layer = seen.number("layer_width", side) if welded else 0.0
    contact, pressed = seen.column("contact")[side], seen.column("pressed")[side]
    lost = np.maximum(pressed - contact, 0.0)
    return SideShape(
        name=SIDES[side],
        distance=max(0.0, (layer if welded else fill.gap_m) + opening),
        layer=layer,
        filled=filled,
        torn=max(0.0, start - filled),
        converted=seen.number("converted", side) if welded else 0.0,
        contact=contact,
        lost=lost,
        **_voids(seen, side, lost),
    )


def _voids(seen: Moment, side: int, lost: Real) -> dict[str, Real]:
    """Return how deep voids are: by the books where a mechanism keeps them, else the depth at which contact is lost."""
    layout, none = seen.conditions.layout, np.zeros(lost.size)
    if not layout.has("states", "closed"):
        depth = seen.number("void_depth") if layout.has("numbers", "void_depth") else 0.0
        return {"depth": np.where(lost > _NO_VOID, depth, 0.0), "buried": none, "cover": none}
    missing = seen.state("open")[side]
    depth = np.divide(missing, lost, out=none.copy(), where=lost > _NO_VOID)
    return {"depth": depth, "buried": seen.state("closed")[side], "cover": seen.state("cover")[side]}


def moments_shown(run: SimulatedTest, most: int) -> list[int]:
    """Return half cycles for a picture that moves: as assembled, evenly on to the last, and those of the events."""
    last = len(run.snapshots) - 1
    even = np.unique(np.linspace(BEFORE, last, min(most, last + 2)).round().astype(int)).tolist()
    events = [int(np.searchsorted(run.snapshot_times, event.time_s)) for event in run.events]
    return sorted({*even, *(min(one, last) for one in events)})
