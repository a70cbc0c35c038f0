"""Galvanostatic intermittent titration: pulses of one current, each with a rest that leads back to equilibrium.

Of each pulse, with E before it and after its rest:

    iR           V extrapolated to the start of the pulse along V = V_0 + b sqrt(t), minus E before
    Delta E_t    V at the end minus V_0: without iR
    Delta E_s    E after minus E before: one step of the quasi-equilibrium curve
    D            4 / (pi tau) L^2 (Delta E_s / Delta E_t)^2, L = volume of the active material over its surface

D needs L (a third of the radius for spheres), and tau << L^2 / D: tau D / L^2 is given beside it. Source: Weppner and
Huggins, J. Electrochem. Soc. 1977, 124, 1569 (with the moles times the molar volume over the area as L).
"""

from itertools import groupby
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.analyse.cycling.program import Analysis, Curve, Plot, Subject, rests, voltage_drift
from ionweld.laws.titration import titration_diffusivity
from ionweld.measurement import cycling as bdf
from ionweld.wording import many

LEAST_PULSES = 5
SAME = 1.3  # pulses of one train differ by no more in current and length
EARLY = 0.1  # share of a pulse left out of the line: charging of the interfaces
SHORT = 0.1  # tau D / L^2 above this is no "much smaller than one"
RESTED_V_PER_H = 2e-3  # a rest that still drifts by more has not reached equilibrium (chosen)


def find(subject: Subject) -> Analysis | None:
    """Return pulses, resistances, relaxation and the quasi-equilibrium curve; D where the diffusion length is given."""
    if subject.kind == "symmetric":
        return None
    pulses = [_pulse(subject, *pair) for pair in _train(subject)]
    if not pulses:
        return None
    document = {"pulses": pulses, "diffusion_length_m": subject.diffusion_length_m}
    says, warnings = _says(pulses), _warnings(pulses, subject)
    return Analysis("gitt", "Intermittent titration (GITT)", document, says, tuple(pulses), _plots(pulses), warnings)


def _train(subject: Subject) -> list[tuple[dict[str, Any], slice]]:
    """Return the half cycles that are pulses of a train, each with the rows of its rest.

    A pulse with which the table begins has no rest before it to compare with.
    """
    halves = subject.summary.half_cycles
    rows, made = halves.to_dicts(), []
    time = subject.measurement.table[bdf.TIME].to_numpy()
    after = dict(rests(subject.measurement, halves))
    rested = {i: part for i, part in after.items() if rows[i]["start_s"] > time[0]}
    paused = [(rows[i], part) for i, part in rested.items() if _pause(time, part) >= rows[i]["duration_s"] > 0.0]
    for _, train in groupby(paused, key=lambda pair: pair[0]["direction"]):
        pulses = list(train)
        if len(pulses) >= LEAST_PULSES and _alike([pulse for pulse, _ in pulses]):
            made += pulses
    return made


def _pause(time: NDArray[np.float64], part: slice) -> float:
    return float(time[part.stop - 1] - time[max(0, part.start - 1)])


def _alike(pulses: list[dict[str, Any]]) -> bool:
    """Return whether most pulses have one current and one length: the last may be cut by a limit."""
    for name in ("current_A", "duration_s"):
        values = np.abs([pulse[name] for pulse in pulses])
        if np.mean(np.abs(np.log(values / np.median(values))) < np.log(SAME)) < 0.8:
            return False
    return True


def _pulse(subject: Subject, half: dict[str, Any], rest: slice) -> dict[str, Any]:
    table = subject.measurement.table
    time, volts = table[bdf.TIME].to_numpy(), table[bdf.VOLTAGE].to_numpy()
    first = int(np.searchsorted(time, half["start_s"], side="left"))
    amps = np.abs(table[bdf.CURRENT].to_numpy()[first : rest.start])
    loaded = first + np.flatnonzero(amps > 0.5 * abs(half["current_A"]))
    before, after = volts[max(0, loaded[0] - 1)], volts[rest.stop - 1]
    begins = max(time[max(0, loaded[0] - 1)], 2.0 * time[loaded[0]] - time[loaded[min(1, loaded.size - 1)]])
    inside = time[loaded] - begins  # the current began between the record before and the first: one interval at most
    start, straight = _line(inside, volts[loaded])
    through, step = float(volts[loaded[-1]] - start), float(after - before)
    return {
        "cycle": half["cycle"],
        "direction": half["direction"],
        "start_s": half["start_s"],
        "duration_s": half["duration_s"],
        "current_A": half["current_A"],
        "charge_Ah": half["capacity_Ah"],
        "before_V": float(before),
        "equilibrium_V": float(after),
        "iR_V": float(start - before),
        "resistance_ohm": float(abs((start - before) / half["current_A"])),
        "relaxation_V": float(volts[loaded[-1]] - after),
        "drift_V_per_h": voltage_drift(time[rest], volts[rest]),
        "line_r2": straight,
    } | _diffusion(subject.diffusion_length_m, half["duration_s"], step, through)


def _line(seconds: NDArray[np.float64], volts: NDArray[np.float64]) -> tuple[float, float | None]:
    """Return V at the start of a pulse by the line over sqrt(t), and how straight it is (R^2); or the first record."""
    late = seconds >= EARLY * seconds[-1]
    if np.count_nonzero(late) < 4:
        return float(volts[0]), None
    root, v = np.sqrt(seconds[late]), volts[late]
    slope, start = np.polyfit(root, v, 1)
    left, spread = v - (start + slope * root), v - v.mean()
    return float(start), float(1.0 - left @ left / max(spread @ spread, 1e-30))


def _diffusion(length_m: float | None, tau_s: float, step_V: float, through_V: float) -> dict[str, float | None]:
    if length_m is None or through_V == 0.0 or step_V * through_V <= 0.0:
        return {"diffusivity_m2_s": None, "tau_D_over_L2": None}
    found = float(titration_diffusivity(length_m, tau_s, step_V, through_V))
    return {"diffusivity_m2_s": found, "tau_D_over_L2": tau_s * found / length_m**2}


def _says(pulses: list[dict[str, Any]]) -> tuple[str, ...]:
    ohms = np.array([pulse["resistance_ohm"] for pulse in pulses])
    volts = np.array([pulse["equilibrium_V"] for pulse in pulses])
    said = [
        (
            f"{len(pulses)} pulses; iR resistance {np.median(ohms):.4g} ohm ({ohms.min():.4g} to {ohms.max():.4g}); after the "
            f"rests {volts.min():.4f} to {volts.max():.4f} V"
        )
    ]
    known = np.array([pulse["diffusivity_m2_s"] for pulse in pulses if pulse["diffusivity_m2_s"] is not None])
    if known.size:
        said.append(
            f"diffusivity {1e4 * np.median(known):.3g} cm2/s in the median of {many(known.size, 'pulse')} ({1e4 * known.min():.2g} to "
            f"{1e4 * known.max():.2g})"
        )
    return tuple(said)


def _warnings(pulses: list[dict[str, Any]], subject: Subject) -> tuple[str, ...]:
    said = []
    long = [pulse for pulse in pulses if (pulse["tau_D_over_L2"] or 0.0) > SHORT]
    if long:
        said.append(
            f"GITT: in {len(long)} of {many(len(pulses), 'pulse')} tau D / L^2 is above {SHORT:g}: the pulse is not short against "
            "diffusion through the material, and its D is a lower limit at best; make the pulses shorter"
        )
    restless = [pulse for pulse in pulses if abs(pulse["drift_V_per_h"] or 0.0) > RESTED_V_PER_H]
    if restless:
        said.append(
            f"GITT: {len(restless)} of {len(pulses)} rests still drift by more than {1e3 * RESTED_V_PER_H:g} mV/h at their end: "
            "their voltage is not that of equilibrium; rest longer"
        )
    if subject.diffusion_length_m is None:
        said.append(
            "GITT: no diffusivity without --diffusion-length (volume over surface, of spheres a third of the radius)"
        )
    return tuple(said)


def _plots(pulses: list[dict[str, Any]]) -> tuple[Plot, ...]:
    frame = pl.DataFrame(pulses)
    curves, ohms = [], []
    for (direction,), rows in frame.group_by("direction", maintain_order=True):
        charge = 1e3 * rows["charge_Ah"].cum_sum().to_numpy()
        curves.append(Curve(str(direction), charge, rows["equilibrium_V"].to_numpy()))
        ohms.append(Curve(str(direction), charge, rows["resistance_ohm"].to_numpy()))
    x = "charge of the pulses / mAh"
    return (
        Plot(
            "gitt_equilibrium", x, "voltage after the rest / V", tuple(curves), "Quasi-equilibrium curve of the pulses."
        ),
        Plot("gitt_resistance", x, "iR / I / ohm", tuple(ohms), "Resistance of each pulse, extrapolated to its start."),
    )
