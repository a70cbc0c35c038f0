"""Signs in a current ramp: half cycle by half cycle, because each density lasts only for a few of them.

voltage runs away            the resistance at the end of a half cycle rises over that of the half cycles before, and
                             the voltage climbs within the half cycle: contact is lost while lithium is stripped
fall under a rising current  the resistance falls, and the voltage itself falls although the current did not: kinetics
                             lower the resistance with the current, but never the voltage
"""

from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.analyse.cycling.events import typical_before
from ionweld.analyse.cycling.levels import runs
from ionweld.analyse.cycling.limits import Limits
from ionweld.analyse.cycling.rivals import SignKind
from ionweld.analyse.cycling.signs import Sign, column, sign_at
from ionweld.measurement import cycling as bdf

KINETIC_V = 0.1027  # 4 R T / F at 298.15 K
_LARGEST = 300.0  # of V / b: sinh overflows at 710, and beyond this the logarithm of a ratio is nothing
LEAST_LEVELS = 3  # two densities are a change of the program, three that rise are a ramp


def rising(halves: pl.DataFrame, limits: Limits, known: bool = False) -> list[tuple[int, int]]:
    """Return where the levels of a current ramp begin and end, in half cycles; none where the test is no ramp.

    A ramp begins after what was run at a higher current, and ends where the current comes back; of several the first one
    counts. Two levels are one where the test has nothing but them, each too short to be judged by itself: so ends a ramp
    whose second current is too much. known: the test is a ramp, however few levels it has.
    """
    current = np.abs(column(halves, "current_A"))
    levels = runs(current, limits.current) if current.size else []
    falls = [at for at, (one, other) in enumerate(pairwise(levels), start=1) if current[other[0]] <= current[one[0]]]
    chains = [levels[start:end] for start, end in pairwise([0, *falls, len(levels)])]
    brief = len(levels) == len(chains[0]) == 2 and all(end - start <= limits.lasting for start, end in levels)
    if known or brief:
        return chains[0]
    return next((chain for chain in chains if len(chain) >= LEAST_LEVELS), [])


def is_known(measurement: bdf.CyclingTest) -> bool:
    """Return whether a test says itself that it is a ramp, as a simulated one does."""
    return measurement.provenance.details.get("program") == "ramp"


def find(halves: pl.DataFrame, ramp: list[tuple[int, int]], limits: Limits) -> list[Sign]:
    """Return the first short and the first contact loss of a ramp; what follows a sign is its consequence."""
    end = ramp[-1][1]
    amps, volts = np.abs(column(halves, "current_A"))[:end], column(halves, "end_V")[:end]
    start = column(halves, "start_V")[:end]
    start = np.where(np.isfinite(start), start, volts)
    typical = typical_before(volts / amps, limits.resistance.memory)
    typical[0] = start[0] / amps[0]
    before = by_kinetics(np.append(start[0], volts[:-1]), amps / np.append(amps[0], amps[:-1]))
    for at in range(end):
        made = _fall(halves, at, (volts, start, before, amps), typical[at], limits) or _climb(
            halves, at, (volts, start, amps), typical[at], limits
        )
        if made is not None:
            return [made]
    return []


def by_kinetics(volts: NDArray[np.float64], ratio: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the least voltage that a sound cell can show when its current is changed by `ratio` (V)."""
    share = np.minimum(volts / KINETIC_V, _LARGEST)
    return np.where(volts / KINETIC_V < _LARGEST, KINETIC_V * np.arcsinh(ratio * np.sinh(share)), volts)


def _fall(
    halves: pl.DataFrame, at: int, seen: tuple[NDArray[np.float64], ...], typical: float, limits: Limits
) -> Sign | None:
    volts, start, before, amps = (values[at] for values in seen)
    ohms = volts / amps
    if ohms >= (1.0 - limits.resistance.drop) * typical:
        return None
    if volts >= (1.0 - limits.ramp_wedge) * max(before, start):
        return None
    gone = ohms < limits.resistance.failure * typical
    evidence = (
        f"{_density(halves, at)}: the resistance fell to {ohms:.4g} ohm, {100 * (1 - ohms / typical):.0f} % below the median "
        f"of the half cycles before ({typical:.4g} ohm), the voltage to {1e3 * volts:.4g} mV where "
        f"kinetics alone would leave {1e3 * max(before, start):.4g} mV"
    )
    sign = SignKind.RESISTANCE_GONE if gone else SignKind.FALL_UNDER_LOAD
    return sign_at(halves, at, sign, evidence, _numbers(halves, at, ohms, typical))


def _climb(
    halves: pl.DataFrame, at: int, seen: tuple[NDArray[np.float64], ...], typical: float, limits: Limits
) -> Sign | None:
    volts, start, amps = (values[at] for values in seen)
    ohms = volts / amps
    climbs = volts > (1.0 + limits.ramp_wedge) * start or halves["start_V"][at] is None
    if ohms <= (1.0 + limits.ramp_rise) * typical or not climbs:
        return None
    evidence = (
        f"{_density(halves, at)}: the voltage climbed from {1e3 * start:.4g} to {1e3 * volts:.4g} mV within the half cycle; "
        f"{ohms:.4g} ohm at its end, {typical:.4g} ohm in the median of the half cycles before"
    )
    return sign_at(halves, at, SignKind.VOLTAGE_RUNS_AWAY, evidence, _numbers(halves, at, ohms, typical))


def _density(halves: pl.DataFrame, at: int) -> str:
    if "current_density_mA_cm2" in halves.columns:
        return f"at {halves['current_density_mA_cm2'][at]:.4g} mA/cm2"
    return f"at {1e3 * abs(halves['current_A'][at]):.4g} mA"


def _numbers(halves: pl.DataFrame, at: int, ohms: float, typical: float) -> dict[str, float]:
    made = {"resistance_ohm": float(ohms), "resistance_before_ohm": float(typical)}
    made["current_A"] = abs(halves["current_A"][at])
    if "current_density_mA_cm2" in halves.columns:
        made["current_density_mA_cm2"] = halves["current_density_mA_cm2"][at]
    return made
