"""What else shows in a measurement besides the cell: leads, noise, the oven, a pellet that ages. Drawn for each virtual cell.

    leads      a series resistance: constant, rising in proportion to time, or one that comes and goes (telegraph)
    ageing     the pellet's own resistance rises as the square root of time
    swing      the oven swings with the day, and all resistances with it
    noise      of the voltage and of the impedance: white, and in some cells red as well

Sizes are relative to the cell's own resistance, so that they mean the same for a cell of 10 ohm and one of 10 kohm.
"""

from dataclasses import dataclass
from math import pi
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from ionweld.infer.strata import FAULTS, SHARES, Fault
from ionweld.simulate.seeds import stream

Real = NDArray[np.float64]
Leads = Literal["sound", "drifting", "telegraph"]
DAY_S = 86400.0
RED, MEMORY = 0.2, 0.95  # how often noise is red, and what of it is left from one record to the next
SWING_PER_K = 0.05  # of a resistance: 0.55 eV at 80 degC


@dataclass(frozen=True, slots=True)
class Nuisances:
    """Of one virtual cell. lead_size: of a fault; lead_steady: constant; ageing: at the end; of the first resistance each.

    noise_V, noise_Z (of the modulus), red: part of it over the white one; swing_K: amplitude, swing_phase; rest_s: before
    the last spectrum.
    """

    leads: Leads
    lead_size: float
    lead_steady: float
    ageing: float
    noise_V: float
    noise_Z: float
    red: float
    swing_K: float
    swing_phase: float
    rest_s: float
    seed: str

    def lead(self, time_s: Real, end_s: float) -> Real:
        """Return the resistance of the leads at some moments, relative to the first one of the cell."""
        if self.leads == "drifting":
            return self.lead_steady + self.lead_size * time_s / end_s
        if self.leads == "telegraph":
            return self.lead_steady + self.lead_size * self._open(time_s, end_s)
        return np.full(time_s.shape, self.lead_steady)

    def _open(self, time_s: Real, end_s: float) -> Real:
        """Return 1 where the loose contact is bad: it changes at random moments, some 20 times in all."""
        rng = stream(self.seed, "telegraph")
        changes = np.sort(rng.uniform(0.0, end_s, rng.poisson(20)))
        return (np.searchsorted(changes, time_s) % 2).astype(np.float64)

    def aged(self, time_s: Real, end_s: float) -> Real:
        """Return by how much the pellet's resistance has risen, relative to itself."""
        return self.ageing * np.sqrt(np.maximum(time_s, 0.0) / end_s)

    def noise(self, count: int) -> Real:
        """Return the noise of so many records of the voltage (V)."""
        rng = stream(self.seed, "voltage")
        found = rng.standard_normal(count)
        if self.red > 0.0:
            found = found + self.red * np.asarray(
                lfilter([np.sqrt(1.0 - MEMORY**2)], [1.0, -MEMORY], rng.standard_normal(count))
            )
        return self.noise_V * found

    def swing(self, time_s: Real) -> Real:
        """Return the factor that the day makes of every resistance."""
        return 1.0 + SWING_PER_K * self.swing_K * np.sin(2.0 * pi * time_s / DAY_S + self.swing_phase)


def nuisances(seed: str, fault: Fault | None = None) -> Nuisances:
    """Return the nuisances of a virtual cell. fault: of its surroundings; drawn without it."""
    rng = stream(seed, "nuisances")
    faulty, red = rng.random(2)
    kind, sizes, noise = rng.random(), np.exp(rng.normal(0.0, 1.0, 3)), np.exp(rng.normal(0.0, 1.0, 3))
    wrong = _drawn_fault(faulty) if fault is None else fault
    return Nuisances(
        leads="sound" if wrong != "leads" else "drifting" if kind < 0.5 else "telegraph",
        lead_size=0.5 * sizes[0],
        lead_steady=0.01 * sizes[1],
        ageing=0.5 * sizes[2] if wrong == "ageing" else 0.0,
        noise_V=1e-4 * noise[0],
        noise_Z=5e-3 * noise[1] ** 0.7,
        red=noise[2] if red < RED else 0.0,
        swing_K=abs(0.3 * rng.standard_normal()),
        swing_phase=rng.uniform(0.0, 2.0 * pi),
        rest_s=3600.0 * rng.exponential(2.0),
        seed=seed,
    )


def _drawn_fault(rank: float) -> Fault:
    """Return the fault that an even number between 0 and 1 stands for: one at a time."""
    return FAULTS[int(np.searchsorted(np.cumsum(list(SHARES.values()))[:-1], rank, side="right"))]
