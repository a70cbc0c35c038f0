"""A virtual cell as a laboratory would have measured it: with its leads, noise and oven, sampled and rounded like the real one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.errors import ComputationError
from ionweld.infer.moments import SpectrumMoment
from ionweld.infer.nuisances import Nuisances
from ionweld.infer.sampling import Sampling, rounded
from ionweld.measurement import cycling as bdf
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.simulate.cell_spectra import spectrum_of
from ionweld.simulate.impedance import low_frequency_resistance, network
from ionweld.simulate.run import SimulatedTest
from ionweld.simulate.snapshot import BEFORE, Moment, at_temperature, half_cycle_of, moment
from ionweld.simulate.spectra import FrequencySweep
from ionweld.spec.quantity import Quantity

POINTS = 40  # of a virtual spectrum: features are read off a grid of eleven
_WINDOW_V = 5e-3  # by which leads must push a voltage over its limit before the cycler is said to have stopped there


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """A spectrum that was measured: when, and between which frequencies (Hz)."""

    moment: SpectrumMoment
    high_Hz: float
    low_Hz: float


def sweep_plans(spectra: Sequence[tuple[SpectrumMoment, ImpedanceSpectrum]]) -> tuple[SweepPlan, ...]:
    """Return what has to be measured of a virtual cell."""
    return tuple(
        SweepPlan(moment, float(one.frequency_Hz.max()), float(one.frequency_Hz.min())) for moment, one in spectra
    )


def first_resistance(run: SimulatedTest) -> float:
    """Return the resistance (ohm) of a cell as assembled, which the sizes of nuisances refer to."""
    return low_frequency_resistance(run, BEFORE).total


def seen_test(run: SimulatedTest, nuisance: Nuisances, sampling: Sampling, whole_s: float) -> bdf.CyclingTest:
    """Return the table that a cycler would have written. whole_s: how long the protocol lasts."""
    table = run.measurement.table
    time, volts, amps = (table[name].to_numpy() for name in (bdf.TIME, bdf.VOLTAGE, bdf.CURRENT))
    derived = run.conditions.derived
    R, pellet = first_resistance(run), derived.bulk_resistance_ohm_m2 / derived.electrode_area_m2
    outside = amps * (R * nuisance.lead(time, whole_s) + pellet * nuisance.aged(time, whole_s))
    swing = nuisance.swing(time) - 1.0
    day = volts * swing if derived.cathode is None else amps * R * swing
    shifted = volts + outside + day
    table = table.with_columns(pl.Series(bdf.VOLTAGE, shifted + nuisance.noise(volts.size)))
    if derived.cathode is not None:
        table = table.filter(_within_the_window(run, amps, shifted))
    return rounded(replace(run.measurement, table=table), sampling)


def _within_the_window(run: SimulatedTest, amps: NDArray[np.float64], volts: NDArray[np.float64]) -> pl.Series:
    """Return which rows a cycler records that stops at its limits: leads in series bring the voltage there sooner."""
    upper, lower = (run.conditions.number(name) for name in ("upper", "lower"))
    over = (amps > 0.0) & (volts > upper + _WINDOW_V)
    under = (amps < 0.0) & (volts < lower - _WINDOW_V)
    return pl.Series(~(over | under))


def seen_spectra(
    run: SimulatedTest, nuisance: Nuisances, plans: Sequence[SweepPlan], whole_s: float
) -> list[tuple[SpectrumMoment, ImpedanceSpectrum]]:
    """Return the spectra that would have been measured; none for a cycle that the cell did not reach."""
    found = []
    for plan in plans:
        seen = _moment(run, plan.moment, nuisance.rest_s)
        if seen is not None:
            found.append((plan.moment, _spectrum(run, seen, nuisance, plan, whole_s)))
    return found


def _moment(run: SimulatedTest, asked: SpectrumMoment, rest_s: float) -> Moment | None:
    half = {"before": BEFORE, "after": len(run.snapshots) - 1}.get(asked.when)
    if half is None:
        half = half_cycle_of(run, asked.cycle or 0)
    if half is None:
        return None
    try:
        seen = moment(run, half, rest_s if asked.when == "after" else 0.0)
    except ComputationError:  # the rest stalls: then the cell as its test left it
        seen = moment(run, half)
    T = asked.temperature_K
    return seen if T is None else at_temperature(seen, Quantity(T, "K", f"{T:.4g} K"))


def _spectrum(
    run: SimulatedTest, seen: Moment, nuisance: Nuisances, plan: SweepPlan, whole_s: float
) -> ImpedanceSpectrum:
    sweep = FrequencySweep(plan.high_Hz, plan.low_Hz, POINTS, min(nuisance.noise_Z, 0.5))
    made = spectrum_of(run, seen, sweep, nuisance.seed)
    at = np.array([min(seen.time_s, whole_s)])
    omega, pellet = 2.0 * np.pi * made.frequency_Hz[:, None], network(seen)
    aged = (pellet.grains.impedance(omega) + pellet.boundaries.impedance(omega)) / pellet.area_m2
    leads = first_resistance(run) * float(nuisance.lead(at, whole_s)[0])
    Z = made.impedance_ohm + leads + aged[:, 0] * float(nuisance.aged(at, whole_s)[0])
    return replace(made, impedance_ohm=Z)
