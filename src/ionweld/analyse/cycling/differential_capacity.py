"""Differential capacity dQ/dV of a half cycle, without ever dividing by a difference of two noisy voltages.

The charge that passed between two records is spread evenly over the voltages between them; summed up on a grid of
voltages and divided by its step this is dQ/dV, and its integral is the charge of the half cycle, whatever the noise. It
is then smoothed with a Gaussian over the voltage, which keeps the integral as well.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ionweld.analyse.cycling.half_cycles import half_cycles, loaded_rows
from ionweld.measurement import cycling as bdf

STEP_V = 2e-3  # a tenth of the narrowest peak that is to be seen, 20 mV (chosen)
SMOOTHING_V = 5e-3  # standard deviation: a quarter of such a peak, and fifty steps of a cycler that writes 0.1 mV
PROMINENCE = 0.1  # of the highest peak: what stands out by less is a shoulder or noise (chosen)
_NARROW = 0.1  # of a grid's step: a Gaussian narrower than that moves nothing from one step to the next
_REACH = 5.0  # the grid goes so many standard deviations beyond the voltages, so that no charge falls off its end


@dataclass(frozen=True, slots=True)
class DifferentialCapacity:
    """dQ/dV on the middles of the grid. voltage_V, dQ_dV_Ah_per_V: shape (n,); charge_Ah: what it integrates to."""

    cycle: int
    direction: Literal["charge", "discharge"]
    voltage_V: NDArray[np.float64]
    dQ_dV_Ah_per_V: NDArray[np.float64]
    charge_Ah: float
    method: str


def differential_capacity(
    measurement: bdf.CyclingTest,
    cycle: int,
    direction: Literal["charge", "discharge"],
    *,
    step_V: float = STEP_V,
    smoothing_V: float = SMOOTHING_V,
) -> DifferentialCapacity | None:
    """Return dQ/dV of one half cycle, positive for both directions; None where that half cycle is not in the test.

    step_V: of the grid; smoothing_V: standard deviation of the Gaussian, 0 for none. The charge is the integral of the
    current; where it is logged too coarsely the shape stays right and the scale follows the integral.
    """
    volts, moved = loaded_rows(measurement, cycle, direction)
    if volts.size < 2 or moved.sum() <= 0.0:
        return None
    margin = _REACH * smoothing_V + step_V
    edges = np.arange(volts.min() - margin, volts.max() + margin + step_V, step_V)
    counted = np.diff(_passed_below(edges, volts, moved)) / step_V
    smooth = _smoothed(counted, smoothing_V / step_V)
    method = f"charge counted on a grid of {1e3 * step_V:g} mV, Gaussian smoothing of {1e3 * smoothing_V:g} mV"
    return DifferentialCapacity(
        cycle, direction, (edges[1:] + edges[:-1]) / 2, smooth, float(smooth.sum() * step_V), method
    )


def all_differential_capacities(
    measurement: bdf.CyclingTest,
    cycles: Collection[int] | None = None,
    direction: Literal["charge", "discharge"] | None = None,
    *,
    step_V: float = STEP_V,
    smoothing_V: float = SMOOTHING_V,
) -> tuple[DifferentialCapacity, ...]:
    """Return dQ/dV of every half cycle of a test, or of these cycles and this direction only."""
    halves = half_cycles(measurement).select("cycle", "direction").unique(maintain_order=True).drop_nulls()
    asked = [
        (cycle, way)
        for cycle, way in halves.iter_rows()
        if (cycles is None or cycle in cycles) and direction in (None, way)
    ]
    made = [differential_capacity(measurement, *pair, step_V=step_V, smoothing_V=smoothing_V) for pair in asked]
    return tuple(curve for curve in made if curve is not None)


def peaks(curve: DifferentialCapacity) -> list[dict[str, float]]:
    """Return the peaks of dQ/dV that stand out by a tenth of the highest: voltage, height and width at half of it."""
    from scipy.signal import find_peaks, peak_widths

    height = curve.dQ_dV_Ah_per_V
    at, _ = find_peaks(height, prominence=PROMINENCE * float(height.max()))
    step = float(curve.voltage_V[1] - curve.voltage_V[0])
    widths = step * peak_widths(height, at)[0]
    return [
        {"voltage_V": float(curve.voltage_V[i]), "height_Ah_per_V": float(height[i]), "width_V": float(width)}
        for i, width in zip(at, widths, strict=True)
    ]


def _passed_below(
    edges: NDArray[np.float64], volts: NDArray[np.float64], moved: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the charge that passed below each edge; moved[i] passed between the voltages i - 1 and i.

    Its slope is a sum of boxes, so it follows from the sorted ends of the boxes alone; intervals narrower than a
    millionth of the grid count as jumps.
    """
    low, high = np.minimum(volts[1:], volts[:-1]), np.maximum(volts[1:], volts[:-1])
    charge = moved[1:]
    wide = high - low > 1e-6 * (edges[1] - edges[0])
    total = np.zeros(edges.size)
    order = np.argsort(low[~wide])
    jumps = np.concatenate([[0.0], np.cumsum(charge[~wide][order])])
    total += jumps[np.searchsorted(low[~wide][order], edges)]
    density = charge[wide] / (high[wide] - low[wide])
    for ends, sign in ((low[wide], 1.0), (high[wide], -1.0)):
        order = np.argsort(ends)
        weight = np.concatenate([[0.0], np.cumsum(density[order])])
        moment = np.concatenate([[0.0], np.cumsum((density * ends)[order])])
        at = np.searchsorted(ends[order], edges)
        total += sign * (weight[at] * edges - moment[at])
    return total


def _smoothed(values: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    if sigma < _NARROW:
        return values
    from scipy.ndimage import gaussian_filter1d

    return gaussian_filter1d(values, sigma, mode="constant", truncate=_REACH)
