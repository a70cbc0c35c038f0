"""Resting potentials: where the voltage stands when no current flows, after which half cycle, and whether it still drifts.

A charged cell that loses voltage at rest while others of its build do not discharges itself: through a side reaction, or
through a path for electrons.
"""

import numpy as np

from ionweld.analyse.cycling.program import Analysis, Curve, Plot, Subject, rests, voltage_drift
from ionweld.measurement import cycling as bdf
from ionweld.wording import many

LEAST_S = 60.0  # shorter pauses are switching


def find(subject: Subject) -> Analysis | None:
    """Return the voltage at the end of each rest of a cell that stores charge; None without rests."""
    if subject.kind == "symmetric":
        return None
    halves = subject.summary.half_cycles.to_dicts()
    table = subject.measurement.table
    time, volts = table[bdf.TIME].to_numpy(), table[bdf.VOLTAGE].to_numpy()
    rows = [
        {
            "cycle": halves[i]["cycle"],
            "after": halves[i]["direction"],
            "start_s": float(time[part][0]),
            "duration_s": float(time[part][-1] - time[part][0]),
            "end_V": float(volts[part][-1]),
            "drift_V_per_h": voltage_drift(time[part], volts[part]),
        }
        for i, part in rests(subject.measurement, subject.summary.half_cycles)
        if time[part][-1] - time[part][0] >= LEAST_S
    ]
    if not rows:
        return None
    return Analysis("rests", "Resting potentials", {"rests": rows}, _says(rows), tuple(rows), _plots(rows))


def _says(rows: list[dict]) -> tuple[str, ...]:
    said = []
    for way in ("charge", "discharge"):
        ends = np.array([row["end_V"] for row in rows if row["after"] == way])
        if ends.size:
            said.append(
                f"at rest after {way}: {np.median(ends):.4f} V ({ends.min():.4f} to {ends.max():.4f}, {many(ends.size, 'rest')})"
            )
    return tuple(said)


def _plots(rows: list[dict]) -> tuple[Plot, ...]:
    curves = []
    for way in ("charge", "discharge"):
        mine = [row for row in rows if row["after"] == way]
        if mine:
            x, y = (np.array([row[name] for row in mine]) for name in ("start_s", "end_V"))
            curves.append(Curve(f"after {way}", x / 3600.0, y))
    return (Plot("rests", "time / h", "voltage at the end of a rest / V", tuple(curves), "Resting potentials."),)
