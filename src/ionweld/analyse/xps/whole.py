"""Elements counted whole: the area of a line above its background, whatever species stand in it.

For lines of which the fit has no species. The number of atoms is area / (sensitivity factor, time, transmission), in the same
units as the amounts of the joint fit. No position, shape or charge shift is needed; what species there are is not said.
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from math import hypot

import numpy as np
from numpy.typing import NDArray

from ionweld.analyse.xps.backgrounds import shirley, tougaard
from ionweld.analyse.xps.model import Background
from ionweld.analyse.xps.noise import FEWEST_CHANNELS, Scan, smooth
from ionweld.errors import ComputationError
from ionweld.spec.photoelectron import CoreLine, SurfaceTables, core_lines

Array = NDArray[np.float64]
_FEWEST_EDGE = 5
_EDGE_SHARE = 10  # one part in so many of the scan, at each of its ends, is taken for the background's level
_ROOM_EV = 2.0  # beyond the place of a weaker partner: less, and it is not in the scan
_SEEN = 3.0  # standard errors


@dataclass(frozen=True, slots=True)
class WholeLine:
    """A line without species. area: in the file's intensity times eV, above the background; peak_eV: as measured.

    both_partners: of a doublet, whether the scan holds the weaker one too. atoms: None without a sensitivity factor.
    counted: whether the composition holds it; limit_atoms: for a line that is not seen, what 95 % exclude.
    area_of_an_atom: sensitivity factor, time and transmission together.
    """

    line: str
    area: float
    area_stderr: float
    peak_eV: float
    both_partners: bool
    area_of_an_atom: float | None
    factor_log_error: float
    seen: bool
    counted: bool
    energy_eV: Array
    intensity: Array
    background: Array

    @property
    def element(self) -> str:
        return self.line.split()[0]

    @property
    def atoms(self) -> float | None:
        return self.area / self.area_of_an_atom if self.area_of_an_atom else None

    @property
    def atoms_stderr(self) -> float | None:
        if not self.area_of_an_atom:
            return None
        return hypot(self.area_stderr, self.area * self.factor_log_error) / self.area_of_an_atom

    @property
    def limit_atoms(self) -> float:
        return (max(self.area, 0.0) + 1.645 * self.area_stderr) / (self.area_of_an_atom or np.inf)


def whole_line(scan: Scan, tables: SurfaceTables, background: Background) -> WholeLine:
    """Return the area of all that stands in a scan above its background, and how many atoms that makes.

    The error holds counting, the levels at both ends, half of what a straight background would change, and for the atoms the
    spread of the sensitivity factors.
    """
    kept = _kept(scan, background)
    part = replace(scan, energy_eV=scan.energy_eV[kept], intensity=scan.intensity[kept])
    straight, under = _straight(part), _under(part, background)
    net = part.intensity - under
    area, changed = (float(np.trapezoid(one, part.energy_eV)) for one in (net, under - straight))
    error = hypot(_counting_error(part, under), 0.5 * changed)
    peak = float(part.energy_eV[np.argmax(smooth(net))])
    both = _holds_partner(part, peak)
    per_atom = _area_of_an_atom(part, tables, both)
    drawn = scan.intensity.copy()
    drawn[kept] = under
    return WholeLine(
        scan.line, area, error, peak, both, per_atom, tables.sensitivity.log_error.get(scan.line, 0.0),
        area > _SEEN * error, per_atom is not None, scan.energy_eV, scan.intensity, drawn,
    )  # fmt: skip


def counted_once(lines: list[WholeLine], fitted: Collection[str]) -> tuple[WholeLine, ...]:
    """Return the lines, only one of each element counted: the first in the table, and none where species were `fitted`."""
    order = list(core_lines())
    best: dict[str, str] = {}
    for one in sorted(lines, key=lambda one: order.index(one.line) if one.line in order else len(order)):
        if one.counted:
            best.setdefault(one.element, one.line)
    return tuple(replace(one, counted=one.element not in fitted and best.get(one.element) == one.line) for one in lines)


def _edge(scan: Scan) -> int:
    """Return how many channels at each end tell the level of the background there."""
    return max(_FEWEST_EDGE, len(scan.energy_eV) // _EDGE_SHARE)


def _straight(scan: Scan) -> Array:
    """Return the line through the levels at both ends."""
    edge = _edge(scan)
    low, high = scan.energy_eV[:edge].mean(), scan.energy_eV[-edge:].mean()
    ends = scan.intensity[:edge].mean(), scan.intensity[-edge:].mean()
    return ends[0] + (ends[1] - ends[0]) * (scan.energy_eV - low) / (high - low)


def _under(scan: Scan, background: Background) -> Array:
    """Return the background; where nothing rises above the line through the ends, that line."""
    if background != "linear":
        with suppress(ComputationError):
            return (shirley if background == "shirley" else tougaard)(scan.energy_eV, scan.intensity, _edge(scan))
    return _straight(scan)


def _kept(scan: Scan, background: Background) -> slice:
    """Return the part of a scan in which the background stays below the data.

    Where the data rise again towards an end (losses, another line's foot), a background that meets them there would stand above
    the data beside the line: that end is drawn in to where it does so most.
    """
    first, end = 0, len(scan.energy_eV)
    while end - first > FEWEST_CHANNELS:
        part = replace(scan, energy_eV=scan.energy_eV[first:end], intensity=scan.intensity[first:end])
        net, edge = part.intensity - _under(part, background), _edge(part)
        sure = _mean(net, edge) / np.sqrt(_mean(part.sigma(smooth(part.intensity)) ** 2, edge) / edge)
        worst, top = int(np.argmin(sure)), int(np.argmax(_mean(net, edge)))
        drawn_in = (first, first + worst + edge // 2) if worst > top else (first + worst - edge // 2, end)
        if sure[worst] > -_SEEN or not first <= drawn_in[0] < drawn_in[1] <= end or drawn_in == (first, end):
            break
        peak, shorter = float(part.energy_eV[top]), replace(part, energy_eV=part.energy_eV[: worst + 1])
        if worst > top and _holds_partner(part, peak) and not _holds_partner(shorter, peak):
            break
        first, end = drawn_in
    return slice(first, end)


def _mean(values: Array, width: int) -> Array:
    """Return running means over `width` channels, shorter ones at the ends."""
    ones = np.ones(width)
    return np.convolve(values, ones, mode="same") / np.convolve(np.ones_like(values), ones, mode="same")


def _counting_error(scan: Scan, under: Array) -> float:
    """Return the standard error of the area from counting: of each channel, and of the levels that the background rests on."""
    width, edge = np.gradient(scan.energy_eV), _edge(scan)
    rise = under[-1] - under[0]
    of_high = (under - under[0]) / rise if rise else np.linspace(0.0, 1.0, len(under))
    counted = width.copy()  # by how much the area grows with each channel
    counted[:edge] -= float(width @ (1.0 - of_high)) / edge
    counted[-edge:] -= float(width @ of_high) / edge
    return float(np.sqrt(counted**2 @ scan.sigma(smooth(scan.intensity)) ** 2))


def _holds_partner(scan: Scan, peak: float) -> bool:
    """Return whether the scan goes on beyond the weaker partner of a line whose stronger one stands at `peak`."""
    line: CoreLine | None = core_lines().get(scan.line)
    if line is None or len(line.at_eV) < 2:
        return True
    return peak + line.at_eV[1] - line.at_eV[0] + _ROOM_EV <= scan.energy_eV[-1]


def _area_of_an_atom(scan: Scan, tables: SurfaceTables, both_partners: bool) -> float | None:
    """Return what one atom adds to the area, in the units of the joint fit; None without a sensitivity factor."""
    factor, line = tables.sensitivity.value.get(scan.line), core_lines().get(scan.line)
    if factor is None:
        return None
    share = 1.0 if both_partners or line is None else line.stronger_share
    return factor * share * (scan.exposure_s or 1.0) * (scan.transmission or 1.0)
